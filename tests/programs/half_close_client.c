/* half_close_client.c - says that it is done with shutdown(), and reads the answer after that */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    const char *numbers = "17 4 21";
    struct sockaddr_in addr;
    char answer[64];
    int fd, n;

    if (argc != 2) {
        printf("usage: %s address\n", argv[0]);
        return 1;
    }
    fd = socket(AF_INET, SOCK_STREAM, 0);
    memset(&addr, 0, sizeof addr);
    addr.sin_family = AF_INET;
    addr.sin_port = htons(7000);
    inet_pton(AF_INET, argv[1], &addr.sin_addr);
    if (connect(fd, (struct sockaddr *)&addr, sizeof addr) == -1) {
        perror("connect");
        return 1;
    }

    write(fd, numbers, strlen(numbers));
    shutdown(fd, SHUT_WR); /* no more from us; we still listen */

    while ((n = read(fd, answer, sizeof answer - 1)) > 0) {
        answer[n] = '\0';
        printf("sum: %s\n", answer);
    }
    close(fd);
    return 0;
}
