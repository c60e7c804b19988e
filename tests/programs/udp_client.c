/* udp_client.c - three datagrams, two answers */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SRV_IP "198.51.100.1"
#define PORT 9930
#define NPACK 2

int main(void)
{
    struct sockaddr_in si_other;
    int s, i, n;
    char buf[512];

    if ((s = socket(AF_INET, SOCK_DGRAM, 0)) < 0) {
        perror("socket");
        exit(1);
    }

    memset(&si_other, 0, sizeof(si_other));
    si_other.sin_family = AF_INET;
    si_other.sin_port = htons(PORT);
    if (inet_aton(SRV_IP, &si_other.sin_addr) == 0) {
        fprintf(stderr, "inet_aton() failed\n");
        exit(1);
    }

    for (i = 0; i < NPACK; i++) {
        printf("Sending packet %d\n", i);
        sprintf(buf, "This is packet %d\n", i);
        if (sendto(s, buf, strlen(buf), 0, (struct sockaddr *)&si_other, sizeof(si_other)) == -1) {
            perror("sendto");
            exit(1);
        }
        n = recvfrom(s, buf, sizeof(buf), 0, NULL, NULL);
        if (n > 0)
            printf("Answer: %.*s", n, buf);
    }
    sendto(s, "quit", 4, 0, (struct sockaddr *)&si_other, sizeof(si_other));

    close(s);
    return 0;
}
