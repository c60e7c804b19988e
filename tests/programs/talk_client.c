/* talk_client.c - two lines there and back, with a pause between them */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERV_PORT 8080

typedef struct sockaddr_in SOCKADDR_IN;

static void check(int result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
}

/* reads exactly len bytes; fewer only at the end */
static int readn(int fd, char *buf, int len)
{
    int left = len, n;
    char *p = buf;

    while (left > 0) {
        n = read(fd, p, left);
        check(n, "read");
        if (n == 0)
            break;
        left -= n;
        p += n;
    }
    return len - left;
}

int main(int argc, char *argv[])
{
    SOCKADDR_IN serv;
    char buf[100];
    int fd, n, round = 0;

    fd = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    check(fd, "socket");

    memset(&serv, 0, sizeof(SOCKADDR_IN));
    serv.sin_family = AF_INET;
    serv.sin_port = htons(SERV_PORT);
    serv.sin_addr.s_addr = inet_addr(argc > 1 ? argv[1] : "198.51.100.1");
    check(connect(fd, (struct sockaddr *)&serv, sizeof serv), "connect");

    do {
        sprintf(buf, "round %d", ++round);
        check(write(fd, buf, strlen(buf)), "write");
        n = readn(fd, buf, strlen(buf));
        buf[n] = '\0';
        printf("%s\n", buf);
        sleep(1);
    } while (round < 2);

    close(fd);
    return 0;
}
