/* Makes the calls that it reads, one a line, and prints what came back. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
    char line[256], word[32], text[64], buffer[64];
    while (fgets(line, sizeof line, stdin)) {
        int fd = 0, number = 0;
        long result = -1;
        struct sockaddr_in address = {.sin_family = AF_INET};
        if (sscanf(line, "%31s %d %63s %d", word, &fd, text, &number) < 1) continue;
        errno = 0;
        if (!strcmp(word, "socket")) result = socket(AF_INET, SOCK_STREAM, 0);
        if (!strcmp(word, "listen")) result = listen(fd, 5);
        if (!strcmp(word, "accept")) result = accept(fd, NULL, NULL);
        if (!strcmp(word, "read")) result = read(fd, buffer, sizeof buffer);
        if (!strcmp(word, "write")) result = write(fd, text, strlen(text));
        if (!strcmp(word, "close")) result = close(fd);
        if (!strcmp(word, "bind") || !strcmp(word, "connect")) {
            inet_pton(AF_INET, text, &address.sin_addr);
            address.sin_port = htons(number);
            result = word[0] == 'b' ? bind(fd, (struct sockaddr *)&address, sizeof address)
                                    : connect(fd, (struct sockaddr *)&address, sizeof address);
        }
        printf("%s = %ld %s\n", word, result, errno ? strerror(errno) : "");
        fflush(stdout);
    }
    return 0;
}
