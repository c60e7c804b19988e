//! The structs of the socket API, in C: the same text that a header has. Layout puts each field
//! where gcc does; a test asks gcc.

/// What every process knows before its first statement.
pub(super) const HEADERS: &str = "
#define h_addr h_addr_list[0]
#define IN6ADDR_ANY_INIT { { 0 } }
#define IN6ADDR_LOOPBACK_INIT { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 } }
typedef void FILE;
typedef void (*sighandler_t)(int);
struct sockaddr { sa_family_t sa_family; char sa_data[14]; };
struct in_addr { in_addr_t s_addr; };
struct sockaddr_in {
    sa_family_t sin_family; in_port_t sin_port; struct in_addr sin_addr; unsigned char sin_zero[8];
};
struct in6_addr {
    union { uint8_t s6_addr[16]; uint16_t s6_addr16[8]; uint32_t s6_addr32[4]; };
};
struct sockaddr_in6 {
    sa_family_t sin6_family; in_port_t sin6_port; uint32_t sin6_flowinfo;
    struct in6_addr sin6_addr; uint32_t sin6_scope_id;
};
struct sockaddr_un { sa_family_t sun_family; char sun_path[108]; };
struct sockaddr_storage {
    sa_family_t ss_family; char __ss_padding[118]; unsigned long __ss_align;
};
struct sockaddr_ll {
    unsigned short sll_family; unsigned short sll_protocol; int sll_ifindex;
    unsigned short sll_hatype; unsigned char sll_pkttype; unsigned char sll_halen;
    unsigned char sll_addr[8];
};
struct sockaddr_nl {
    sa_family_t nl_family; unsigned short nl_pad; uint32_t nl_pid; uint32_t nl_groups;
};
struct hostent {
    char *h_name; char **h_aliases; int h_addrtype; int h_length; char **h_addr_list;
};
struct iovec { void *iov_base; size_t iov_len; };
struct msghdr {
    void *msg_name; socklen_t msg_namelen; struct iovec *msg_iov; size_t msg_iovlen;
    void *msg_control; size_t msg_controllen; int msg_flags;
};
struct cmsghdr { size_t cmsg_len; int cmsg_level; int cmsg_type; };
struct ucred { pid_t pid; uid_t uid; gid_t gid; };
struct linger { int l_onoff; int l_linger; };
struct timeval { time_t tv_sec; suseconds_t tv_usec; };
struct timespec { time_t tv_sec; long tv_nsec; };
struct pollfd { int fd; short events; short revents; };
typedef union epoll_data { void *ptr; int fd; uint32_t u32; uint64_t u64; } epoll_data_t;
struct epoll_event { uint32_t events; epoll_data_t data; } __attribute__((packed));
typedef struct { long fds_bits[16]; } fd_set;
typedef struct { unsigned long __val[16]; } sigset_t;
struct sigaction {
    union { sighandler_t sa_handler; void *sa_sigaction; };
    sigset_t sa_mask; int sa_flags; void *sa_restorer;
};
typedef struct {
    int si_signo; int si_errno; int si_code; int __pad0; pid_t si_pid; uid_t si_uid;
    int si_status; int __pad1; long __pad2[12];
} siginfo_t;
struct rlimit { rlim_t rlim_cur; rlim_t rlim_max; };
struct ip_mreq { struct in_addr imr_multiaddr; struct in_addr imr_interface; };
struct ipv6_mreq { struct in6_addr ipv6mr_multiaddr; unsigned int ipv6mr_interface; };
struct icmphdr {
    uint8_t type; uint8_t code; uint16_t checksum;
    union {
        struct { uint16_t id; uint16_t sequence; } echo;
        uint32_t gateway;
    } un;
};
struct stat {
    dev_t st_dev; ino_t st_ino; nlink_t st_nlink; mode_t st_mode; uid_t st_uid; gid_t st_gid;
    int __pad0; dev_t st_rdev; off_t st_size; blksize_t st_blksize; blkcnt_t st_blocks;
    struct timespec st_atim; struct timespec st_mtim; struct timespec st_ctim; long __reserved[3];
};
struct tcp_info {
    uint8_t tcpi_state; uint8_t tcpi_ca_state; uint8_t tcpi_retransmits; uint8_t tcpi_probes;
    uint8_t tcpi_backoff; uint8_t tcpi_options; uint8_t __tcpi_wscale; uint8_t __tcpi_flags;
    uint32_t tcpi_rto; uint32_t tcpi_ato; uint32_t tcpi_snd_mss; uint32_t tcpi_rcv_mss;
    uint32_t tcpi_unacked; uint32_t tcpi_sacked; uint32_t tcpi_lost; uint32_t tcpi_retrans;
    uint32_t tcpi_fackets; uint32_t tcpi_last_data_sent; uint32_t tcpi_last_ack_sent;
    uint32_t tcpi_last_data_recv; uint32_t tcpi_last_ack_recv; uint32_t tcpi_pmtu;
    uint32_t tcpi_rcv_ssthresh; uint32_t tcpi_rtt; uint32_t tcpi_rttvar;
    uint32_t tcpi_snd_ssthresh; uint32_t tcpi_snd_cwnd; uint32_t tcpi_advmss;
    uint32_t tcpi_reordering; uint32_t tcpi_rcv_rtt; uint32_t tcpi_rcv_space;
    uint32_t tcpi_total_retrans;
};
";
