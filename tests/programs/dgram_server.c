/* dgram_server.c - datagrams between processes of one machine */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

const char *path = "/tmp/dgram.server";

int main(void)
{
    struct sockaddr_un me, peer;
    char buf[256];
    int fd = socket(AF_LOCAL, SOCK_DGRAM, 0);
    int i;

    if (fd < 0) {
        perror("socket");
        return 1;
    }
    unlink(path);
    memset(&me, 0, sizeof(me));
    me.sun_family = AF_LOCAL;
    strncpy(me.sun_path, path, sizeof(me.sun_path) - 1);
    if (bind(fd, (struct sockaddr *)&me, SUN_LEN(&me)) < 0) {
        perror("bind");
        return 1;
    }

    for (i = 0; i < 2; i++) {
        socklen_t len = sizeof(peer);
        ssize_t n = recvfrom(fd, buf, sizeof(buf) - 1, 0, (struct sockaddr *)&peer, &len);
        if (n < 0) {
            perror("recvfrom");
            return 1;
        }
        buf[n] = '\0';
        printf("%s says: %s\n", peer.sun_path, buf);
        sendto(fd, "ok", 2, 0, (struct sockaddr *)&peer, len);
    }

    close(fd);
    unlink(path);
    return 0;
}
