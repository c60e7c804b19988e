/* upper_client.c - sends its arguments, one by one, and prints the answers */
#include <netdb.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    struct sockaddr_in server = { 0 };
    char answer[256];
    int fd;

    if (argc < 3) {
        fprintf(stderr, "usage: %s address word...\n", argv[0]);
        return 1;
    }

    fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0) {
        perror("socket");
        return 1;
    }

    server.sin_family = AF_INET;
    server.sin_port = htons(8080);
    if (!inet_aton(argv[1], &server.sin_addr)) {
        fprintf(stderr, "%s is no address\n", argv[1]);
        return 1;
    }

    if (connect(fd, (struct sockaddr *)&server, sizeof server) < 0) {
        perror("connect");
        return 1;
    }

    for (int i = 2; i < argc; ++i) {
        if (send(fd, argv[i], strlen(argv[i]), 0) < 0) {
            perror("send");
            return 1;
        }
        int n = recv(fd, answer, sizeof answer - 1, 0);
        if (n <= 0)
            break;
        answer[n] = '\0';
        printf("%s -> %s\n", argv[i], answer);
    }

    close(fd);
    return 0;
}
