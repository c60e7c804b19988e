/* The str_cli of every lecture: select() on standard input and on the socket. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/select.h>
#include <sys/socket.h>

int main(int argc, char *argv[])
{
    struct sockaddr_in addr;
    char buf[64];
    int sock = socket(AF_INET, SOCK_STREAM, 0);
    int stdineof = 0;

    memset(&addr, 0, sizeof(addr));
    addr.sin_family = AF_INET;
    addr.sin_addr.s_addr = inet_addr(argv[1]);
    addr.sin_port = htons(atoi(argv[2]));
    if (argc != 3 || connect(sock, (struct sockaddr *)&addr, sizeof(addr)) == -1) {
        perror("connect");
        exit(1);
    }
    for (;;) {
        fd_set rset;
        FD_ZERO(&rset);
        if (!stdineof)
            FD_SET(STDIN_FILENO, &rset);
        FD_SET(sock, &rset);
        if (select(sock + 1, &rset, NULL, NULL, NULL) < 0) {
            perror("select");
            exit(1);
        }
        if (FD_ISSET(sock, &rset)) {
            ssize_t n = read(sock, buf, sizeof(buf) - 1);
            if (n <= 0) {
                printf(stdineof ? "the server is done\n" : "the server is gone\n");
                break;
            }
            buf[n] = 0;
            printf("echo: %s", buf);
        }
        if (FD_ISSET(STDIN_FILENO, &rset)) {
            ssize_t n = read(STDIN_FILENO, buf, 6);
            if (n == 0) {
                stdineof = 1;
                shutdown(sock, SHUT_WR);
                continue;
            }
            write(sock, buf, n);
        }
    }
    close(sock);
    return 0;
}
