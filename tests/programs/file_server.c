/* file_server.c - hands out a file with sendfile(), and writes the file first */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILENAME "/tmp/notes.txt"

static void die(const char *msg)
{
    perror(msg);
    exit(EXIT_FAILURE);
}

static void make_file(void)
{
    const char text[] = "A socket is a file descriptor.\nSo is a file.\n";
    int fd = open(FILENAME, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    if (fd < 0)
        die("open");
    write(fd, text, sizeof(text) - 1);
    close(fd);
}

int main(int argc, char *argv[])
{
    struct sockaddr_in addr;
    struct stat st;
    off_t offset = 0;
    int listenfd, connfd, filefd;
    ssize_t sent;
    int port = argc > 1 ? atoi(argv[1]) : 8000;

    make_file();

    listenfd = socket(AF_INET, SOCK_STREAM, 0);
    if (listenfd < 0)
        die("socket");
    memset(&addr, 0, sizeof(addr));
    addr.sin_family = AF_INET;
    addr.sin_addr.s_addr = htonl(INADDR_ANY);
    addr.sin_port = htons(port);
    if (bind(listenfd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
        die("bind");
    if (listen(listenfd, 1) < 0)
        die("listen");

    connfd = accept(listenfd, NULL, NULL);
    if (connfd < 0)
        die("accept");

    filefd = open(FILENAME, O_RDONLY);
    if (filefd < 0)
        die("open");
    if (fstat(filefd, &st) < 0)
        die("fstat");
    sent = sendfile(connfd, filefd, &offset, st.st_size);
    if (sent < 0)
        die("sendfile");
    printf("sent %ld of %ld bytes, offset %ld\n", (long)sent, (long)st.st_size, (long)offset);

    close(filefd);
    close(connfd);
    close(listenfd);
    unlink(FILENAME);
    return 0;
}
