/* sum_server.c - adds up numbers until the client says no more */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PORT = 7000, ROOM = 128 };

struct request {
    int conn;
    int length;
    char text[ROOM];
};

static int make_socket(int port)
{
    struct sockaddr_in name;
    int sock, reuse = 1;

    sock = socket(PF_INET, SOCK_STREAM, 0);
    if (sock < 0) {
        perror("socket");
        exit(EXIT_FAILURE);
    }
    if (setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof(reuse)) < 0)
        perror("setsockopt");

    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    name.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(sock, (struct sockaddr *)&name, sizeof(name)) < 0) {
        perror("bind");
        exit(EXIT_FAILURE);
    }
    return sock;
}

static int sum(const struct request *request)
{
    const char *p = request->text;
    int total = 0;

    while (*p) {
        total += atoi(p);
        p = strchr(p, ' ');
        if (p == NULL)
            break;
        p++;
    }
    return total;
}

int main(void)
{
    struct request request;
    char answer[16];
    int n, listener = make_socket(PORT);

    if (listen(listener, 1) < 0) {
        perror("listen");
        exit(EXIT_FAILURE);
    }

    request.conn = accept(listener, NULL, NULL);
    request.length = 0;
    while ((n = read(request.conn, request.text + request.length, ROOM - 1 - request.length)) > 0)
        request.length += n;
    request.text[request.length] = '\0';

    n = snprintf(answer, sizeof answer, "%d", sum(&request));
    write(request.conn, answer, n);
    close(request.conn);
    close(listener);
    exit(EXIT_SUCCESS);
}
