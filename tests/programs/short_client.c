/* short_client.c - reads to the end and closes */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    struct sockaddr_in addr = {
        .sin_family = AF_INET,
        .sin_port = htons(8080),
    };
    char c;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    inet_pton(AF_INET, "198.51.100.1", &addr.sin_addr);
    if (connect(fd, (struct sockaddr *)&addr, sizeof addr) != 0) {
        perror("connect");
        return 1;
    }
    while (read(fd, &c, 1) == 1)
        putchar(c);
    putchar('\n');
    close(fd);
    return 0;
}
