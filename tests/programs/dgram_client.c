/* dgram_client.c - needs a name of its own to be answered */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void set_path(struct sockaddr_un *addr, const char *path)
{
    memset(addr, 0, sizeof(struct sockaddr_un));
    addr->sun_family = AF_LOCAL;
    snprintf(addr->sun_path, sizeof(addr->sun_path), "%s", path);
}

int main(void)
{
    struct sockaddr_un me, server;
    char answer[16];
    int fd, n, i;

    fd = socket(AF_LOCAL, SOCK_DGRAM, 0);
    set_path(&me, "/tmp/dgram.client");
    set_path(&server, "/tmp/dgram.server");

    unlink(me.sun_path);
    if (bind(fd, (struct sockaddr *)&me, sizeof(me)) == -1) {
        perror("bind");
        exit(1);
    }

    for (i = 1; i <= 2; i++) {
        char text[32];
        sprintf(text, "message %d", i);
        if (sendto(fd, text, strlen(text), 0, (struct sockaddr *)&server, sizeof(server)) == -1) {
            perror("sendto");
            exit(1);
        }
        n = recv(fd, answer, sizeof(answer), 0);
        printf("answer of %d bytes\n", n);
    }

    close(fd);
    unlink(me.sun_path);
    return 0;
}
