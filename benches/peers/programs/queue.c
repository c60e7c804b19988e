/* Opens COUNT connections to 198.51.100.1:8080 and holds them; with "half" it does not wait until
 * they stand, with "udp" it sends COUNT datagrams there instead. Says "ready" when that is done and
 * sleeps until it is killed. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static int fail(const char *what) {
    perror(what);
    return 1;
}

int main(int argc, char **argv) {
    int count = argc > 1 ? atoi(argv[1]) : 0, fd = -1;
    int half = argc > 2 && !strcmp(argv[2], "half"), udp = argc > 2 && !half;
    int type = udp ? SOCK_DGRAM : half ? SOCK_STREAM | SOCK_NONBLOCK : SOCK_STREAM;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8080)};
    inet_pton(AF_INET, "198.51.100.1", &address.sin_addr);
    for (int i = 0; i < count; i++) {
        if (!udp || fd < 0) fd = socket(AF_INET, type, 0);
        if (fd < 0) return fail("socket");
        if (!udp && connect(fd, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS)
            return fail("connect");
        if (udp && sendto(fd, "x", 1, 0, (struct sockaddr *)&address, sizeof address) < 0)
            return fail("sendto");
    }
    puts("ready");
    fflush(stdout);
    pause();
    return 0;
}
