/* Small calls of the C library that lecture notes are full of. */
int main(void)
{
    char line[] = "GET /index.html HTTP/1.1\r\n", name[16], path[32], rest[32];
    int a = 0, b = 0, n; unsigned int x = 0; unsigned char small = 7; short half = 3; long big = 0;
    line[strcspn(line, "\r\n")] = '\0';
    printf("[%s] %zu %zu\n", line, strcspn(line, "z"), strspn(line, "TEG"));
    printf("%s %d\n", strpbrk(line, "/:"), strpbrk(line, "#") == NULL);
    char list[] = ",,one, two,three,,";
    for (char *piece = strtok(list, ", "); piece != NULL; piece = strtok(NULL, ", "))
        printf("<%s>", piece);
    printf("%d\n", strtok(NULL, ", ") == NULL);
    n = sscanf(line, "%15s %31s %s", name, path, rest);
    printf("%d %s %s %s\n", n, name, path, rest);
    n = sscanf("12:-34 0x1f ff", "%d:%d %x %x", &a, &b, &x, &x);
    printf("%d %d %d %x\n", n, a, b, x);
    n = sscanf("7 300 5000000000", "%hhu %hd %ld", &small, &half, &big);
    printf("%d %u %d %ld\n", n, small, half, big);
    n = sscanf("key=some value\nnext", "%[^=]=%[^\n]", name, path);
    printf("%d %s|%s\n", n, name, path);
    n = sscanf("abc-12", "%[a-c]%d", name, &a);
    printf("%d %s %d %d\n", n, name, a, sscanf("x", "%d", &a));
    printf("%d %d\n", sscanf("", "%d", &a), sscanf("5 6", "%d %*d", &a));
    printf("%d %d %d\n", strcasecmp("Host", "hOST") == 0, strncasecmp("Content-X", "content-y", 8), strcasecmp("a", "B") < 0);
    printf("%s %d\n", (char *)memchr(line, 'H', 26), memchr(line, 'Q', 5) == NULL);
    for (int i = 0; i < 36; i++) puts(strsignal(i));
    a = rand(); b = rand();
    printf("%d %d %d %d\n", a, b, isxdigit('g') != 0, ispunct('!') != 0);
    srand(42); long sum = 0;
    for (int i = 0; i < 1000; i++) sum += rand() % 100;
    a = rand(); printf("%ld %d\n", sum, a);
    srand(0); printf("%d %d\n", rand(), RAND_MAX);
    printf("%lu %d %d\n", strtoul("0xff", NULL, 16), abs(-5), fileno(stdout));
    setbuf(stdout, NULL); setvbuf(stdout, NULL, _IONBF, 0); setlinebuf(stderr);
    struct in6_addr any = IN6ADDR_ANY_INIT, loop = IN6ADDR_LOOPBACK_INIT;
    printf("%d %d %d\n", any.s6_addr[15], loop.s6_addr[15], (int)(intmax_t)9);
    return 0;
}
