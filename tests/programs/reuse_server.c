/* reuse_server.c - starts twice on the same port: what SO_REUSEADDR is for */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT 8080

static int start(int reuse)
{
    struct sockaddr_in addr;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse) == -1) {
        perror("setsockopt");
        exit(1);
    }
    memset(&addr, 0, sizeof addr);
    addr.sin_family = AF_INET;
    addr.sin_addr.s_addr = htonl(INADDR_ANY);
    addr.sin_port = htons(PORT);
    if (bind(fd, (struct sockaddr *)&addr, sizeof addr) == -1) {
        printf("bind: %s\n", strerror(errno));
        close(fd);
        return -1;
    }
    listen(fd, 5);
    return fd;
}

int main(void)
{
    char hello[] = "goodbye";
    int fd, conn;

    fd = start(1);
    conn = accept(fd, NULL, NULL);
    write(conn, hello, sizeof hello - 1);
    close(conn); /* we close first: the TIME_WAIT is ours */
    close(fd);
    sleep(1);

    fd = start(0);
    if (fd == -1) {
        printf("without SO_REUSEADDR: refused\n");
        fd = start(1);
    }
    printf("with SO_REUSEADDR: %s\n", fd == -1 ? "refused" : "fine");
    close(fd);
    return 0;
}
