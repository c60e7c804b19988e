/* fork_server.c - one child for each client; nobody waits for them */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#define PORT 8080
#define MAX_LINE 256

void die(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

void serve(int conn)
{
    char line[MAX_LINE];
    ssize_t n;

    while ((n = recv(conn, line, sizeof line, 0)) > 0) {
        for (int i = 0; i < n; i++)
            if (line[i] >= 'a' && line[i] <= 'z')
                line[i] = line[i] - 'a' + 'A';
        if (send(conn, line, n, 0) < 0)
            die("send");
    }
    close(conn);
}

int main(void)
{
    int sockfd, conn, on = 1;
    struct sockaddr_in addr, peer;
    socklen_t len;
    pid_t pid;

    signal(SIGCHLD, SIG_IGN);

    sockfd = socket(AF_INET, SOCK_STREAM, 0);
    if (sockfd < 0)
        die("socket");
    setsockopt(sockfd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);

    memset(&addr, 0, sizeof addr);
    addr.sin_family = AF_INET;
    addr.sin_addr.s_addr = INADDR_ANY;
    addr.sin_port = htons(PORT);
    if (bind(sockfd, (struct sockaddr *)&addr, sizeof addr) < 0)
        die("bind");
    if (listen(sockfd, 10) < 0)
        die("listen");
    printf("listening on port %d\n", PORT);

    while (1) {
        len = sizeof peer;
        conn = accept(sockfd, (struct sockaddr *)&peer, &len);
        if (conn < 0) {
            if (errno == EINTR)
                continue;
            die("accept");
        }
        printf("client %s\n", inet_ntoa(peer.sin_addr));

        pid = fork();
        if (pid < 0)
            die("fork");
        if (pid == 0) {
            close(sockfd);
            serve(conn);
            exit(0);
        }
        close(conn);
    }
    return 0;
}
