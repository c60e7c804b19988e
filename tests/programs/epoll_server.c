/* epoll_server.c - and once more with epoll, edge-triggered, on non-blocking sockets */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT 8080
#define MAX_EVENTS 10
#define BUFFER_SIZE 64

int setnonblocking(int fd)
{
    int old_option = fcntl(fd, F_GETFL);
    int new_option = old_option | O_NONBLOCK;
    fcntl(fd, F_SETFL, new_option);
    return old_option;
}

void addfd(int epollfd, int fd, int enable_et)
{
    struct epoll_event event;
    event.data.fd = fd;
    event.events = EPOLLIN;
    if (enable_et)
        event.events |= EPOLLET;
    epoll_ctl(epollfd, EPOLL_CTL_ADD, fd, &event);
    setnonblocking(fd);
}

int main(void)
{
    struct epoll_event events[MAX_EVENTS];
    struct sockaddr_in address;
    char buf[BUFFER_SIZE];
    int ret, listenfd, epollfd;

    bzero(&address, sizeof(address));
    address.sin_family = AF_INET;
    inet_pton(AF_INET, "0.0.0.0", &address.sin_addr);
    address.sin_port = htons(PORT);

    listenfd = socket(PF_INET, SOCK_STREAM, 0);
    if (listenfd < 0) {
        perror("socket");
        return 1;
    }
    ret = bind(listenfd, (struct sockaddr *)&address, sizeof(address));
    if (ret == -1) {
        perror("bind");
        return 1;
    }
    ret = listen(listenfd, 5);
    if (ret == -1) {
        perror("listen");
        return 1;
    }

    epollfd = epoll_create(5);
    addfd(epollfd, listenfd, 0);

    while (1) {
        int number = epoll_wait(epollfd, events, MAX_EVENTS, -1);
        if (number < 0 && errno != EINTR) {
            printf("epoll failure\n");
            break;
        }

        for (int i = 0; i < number; i++) {
            int sockfd = events[i].data.fd;
            if (sockfd == listenfd) {
                struct sockaddr_in client;
                socklen_t length = sizeof(client);
                int connfd = accept(listenfd, (struct sockaddr *)&client, &length);
                addfd(epollfd, connfd, 1);
            } else if (events[i].events & EPOLLIN) {
                while (1) {
                    memset(buf, '\0', BUFFER_SIZE);
                    ret = recv(sockfd, buf, BUFFER_SIZE - 1, 0);
                    if (ret < 0) {
                        if (errno == EAGAIN || errno == EWOULDBLOCK) {
                            printf("read later\n");
                            break;
                        }
                        close(sockfd);
                        break;
                    } else if (ret == 0) {
                        close(sockfd);
                        break;
                    } else {
                        printf("got %d bytes of content: %s\n", ret, buf);
                        send(sockfd, buf, ret, 0);
                    }
                }
            } else {
                printf("something else happened\n");
            }
        }
    }
    close(listenfd);
    return 0;
}
