/* poll_server.c - the same with poll() */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT 8080
#define OPEN_MAX 16
#define TIMEOUT (-1)

static struct pollfd fds[OPEN_MAX];

static int make_listener(unsigned short port)
{
    struct sockaddr_in addr;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd == -1) {
        perror("socket");
        exit(EXIT_FAILURE);
    }
    memset(&addr, 0, sizeof(addr));
    addr.sin_family = AF_INET;
    addr.sin_addr.s_addr = htonl(INADDR_ANY);
    addr.sin_port = htons(port);
    if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) == -1 || listen(fd, 5) == -1) {
        perror("bind or listen");
        close(fd);
        exit(EXIT_FAILURE);
    }
    return fd;
}

int main(void)
{
    char buf[128];
    int nfds = 1;

    fds[0].fd = make_listener(PORT);
    fds[0].events = POLLIN;

    for (;;) {
        int ready = poll(fds, nfds, TIMEOUT);
        if (ready == -1) {
            if (errno == EINTR)
                continue;
            perror("poll");
            return EXIT_FAILURE;
        }

        if (fds[0].revents & POLLIN) {
            int conn = accept(fds[0].fd, NULL, NULL);
            if (nfds < OPEN_MAX) {
                fds[nfds].fd = conn;
                fds[nfds].events = POLLIN;
                fds[nfds].revents = 0;
                nfds++;
            } else {
                close(conn);
            }
        }

        for (int i = 1; i < nfds; i++) {
            if (!(fds[i].revents & (POLLIN | POLLHUP | POLLERR)))
                continue;
            int n = read(fds[i].fd, buf, sizeof(buf));
            if (n <= 0) {
                printf("descriptor %d is gone\n", fds[i].fd);
                close(fds[i].fd);
                fds[i] = fds[nfds - 1];
                nfds--;
                i--;
            } else {
                write(fds[i].fd, buf, n);
            }
        }
    }
}
