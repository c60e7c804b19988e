/* Holds COUNT connections to itself over the loopback interface of the namespace it is in: two
 * sockets each, and one that listens. Says "ready" when they stand and sleeps until it is killed. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static int fail(const char *what) {
    perror(what);
    return 1;
}

int main(int argc, char **argv) {
    int count = argc > 1 ? atoi(argv[1]) : 0;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9000)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address)) return fail("bind");
    if (listen(listener, 4096)) return fail("listen");
    for (int i = 0; i < count; i++) {
        int one = socket(AF_INET, SOCK_STREAM, 0);
        if (one < 0) return fail("socket");
        if (connect(one, (struct sockaddr *)&address, sizeof address)) return fail("connect");
        if (accept(listener, NULL, NULL) < 0) return fail("accept");
    }
    puts("ready");
    fflush(stdout);
    pause();
    return 0;
}
