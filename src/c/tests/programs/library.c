/* The C library's part of the subset. */
int main(void)
{
    char buf[64], other[64]; struct in_addr in; struct in6_addr in6; int i;
    printf("%d|%5d|%-5d|%05d|%+d|% d|%x|%#x|%X|%o|%c|%s|%%\n", -1, 42, 42, 42, 42, 42, 255, 255, 255, 8, 'x', "text");
    printf("%ld %lu %lld %zu %u %hhd %hd %i\n", -1L, -1L, -5LL, sizeof buf, -1, 300, 70000, 7);
    printf("%10s|%-10s|%.2s|%*d|%-*d|%.3d|%8.3d\n", "right", "left", "cut", 4, 7, 4, 7, 5, 6);
    printf("%p %p\n", (void *)0x1234, NULL);
    i = printf("abc\n"); printf("%d\n", i);
    puts("line"); putchar('a'); putchar('\n'); fputs("fputs\n", stdout); fprintf(stdout, "%s\n", "fprintf");
    printf("%d %s\n", snprintf(buf, 5, "%d", 1234567), buf);
    sprintf(buf, "%s-%d", "a", 3); puts(buf);
    memset(buf, 0, sizeof buf); strcpy(buf, "hello"); strcat(buf, " world");
    printf("%zu %s %d %d %d\n", strlen(buf), buf, strcmp(buf, "hello") > 0, strcmp("a", "b") < 0, strncmp(buf, "help", 3));
    strncpy(other, buf, 5); other[5] = 0; printf("%s %s %s\n", other, strchr(buf, 'w'), strstr(buf, "o w"));
    printf("%d %d\n", strchr(buf, 'z') == NULL, memcmp(buf, other, 5));
    memcpy(buf + 2, buf, 3); printf("%.8s\n", buf); bzero(buf, 4); printf("%d\n", buf[3]);
    printf("%d %d %d %d\n", atoi("42x"), atoi("  -7"), atoi("x"), toupper('a'));
    printf("%x %x %x %x\n", htons(0x1234), ntohl(0x12345678), htonl(1), ntohs(0xff00));
    printf("%x %x %x\n", inet_addr("198.51.100.1"), inet_addr("nonsense"), inet_addr("1.2.3"));
    printf("%d %d\n", inet_aton("127.1", &in), inet_aton("300.1.1.1", &in)); puts(inet_ntoa(in));
    printf("%d %d %d\n", inet_pton(AF_INET, "10.0.0.1", &in), inet_pton(AF_INET, "10.0.0", &in), inet_pton(AF_INET6, "2001:db8::5", &in6));
    puts(inet_ntop(AF_INET, &in, buf, sizeof buf)); puts(inet_ntop(AF_INET6, &in6, buf, sizeof buf));
    puts(inet_ntop(AF_INET6, &in6addr_loopback, buf, INET6_ADDRSTRLEN)); puts(inet_ntop(AF_INET6, &in6addr_any, buf, 64));
    i = inet_pton(99, "x", &in); printf("%d %s\n", i, strerror(errno));
    i = inet_ntop(AF_INET, &in, buf, 3) == NULL; printf("%d %d\n", i, errno == ENOSPC);
    fd_set set; FD_ZERO(&set); FD_SET(3, &set); FD_SET(100, &set); FD_CLR(3, &set);
    printf("%d %d %zu\n", FD_ISSET(3, &set) != 0, FD_ISSET(100, &set) != 0, sizeof set);
    struct sockaddr_un un = { AF_UNIX, "/tmp/x" }; printf("%zu %zu\n", SUN_LEN(&un), sizeof un);
    printf("%zu %zu %zu %zu\n", CMSG_SPACE(sizeof(int)), CMSG_LEN(4), CMSG_SPACE(12), CMSG_ALIGN(5));
    union { char space[CMSG_SPACE(sizeof(int)) * 2]; struct cmsghdr align; } control;
    memset(&control, 0, sizeof control);
    struct msghdr m = { .msg_control = control.space, .msg_controllen = sizeof control.space };
    struct cmsghdr *c = CMSG_FIRSTHDR(&m); c->cmsg_len = CMSG_LEN(4); *(int *)CMSG_DATA(c) = 7;
    printf("%ld %d", (long)((char *)CMSG_DATA(c) - control.space), *(int *)(control.space + 16));
    c = CMSG_NXTHDR(&m, c); printf(" %ld", (long)((char *)c - control.space));
    c->cmsg_len = CMSG_LEN(4); printf(" %d\n", CMSG_NXTHDR(&m, c) == NULL);
    printf("%d %d %d %d\n", WIFEXITED(0x300), WEXITSTATUS(0x300), WIFSIGNALED(9), WTERMSIG(9));
    sigset_t signals; sigemptyset(&signals); sigaddset(&signals, SIGINT);
    printf("%d %d %d\n", sigismember(&signals, SIGINT), sigismember(&signals, SIGTERM), sigaddset(&signals, 99));
    errno = ECONNREFUSED; printf("%s %s\n", strerror(errno), strerror(0)); strcpy(buf, strerror(EAGAIN)); puts(buf); printf("[%s]\n", strerror(9999));
    return 0;
}
