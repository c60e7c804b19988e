/* file_client.c - reads until the end, and counts lines */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK 16
#define MIN(a, b) ((a) < (b) ? (a) : (b))

int main(int argc, char *argv[])
{
    struct sockaddr_in addr;
    char buf[CHUNK + 1];
    int total = 0, lines = 0, n;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    memset(&addr, 0, sizeof(addr));
    addr.sin_family = AF_INET;
    addr.sin_port = htons(8000);
    addr.sin_addr.s_addr = inet_addr(argc > 1 ? argv[1] : "198.51.100.1");

    if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
        perror("connect");
        return 1;
    }
    while ((n = read(fd, buf, MIN(CHUNK, (int)sizeof(buf) - 1))) > 0) {
        char *p = buf;
        buf[n] = '\0';
        while ((p = strchr(p, '\n')) != NULL) {
            lines++;
            p++;
        }
        total += n;
    }
    printf("%d bytes, %d lines\n", total, lines);
    close(fd);
    return 0;
}
