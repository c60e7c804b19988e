//! The field's constants, as Linux on x86-64 has them. A test asks gcc.

use super::types::{INTS, Int, Type};
use crate::model::{Errno, Signal};

/// The value and type of a constant of the headers.
pub(super) fn typed(name: &str) -> Option<(i64, Type)> {
    let int = |name: &str| INTS.iter().find(|int| int.name == name).map(|int| Type::Int(*int));
    match name {
        "NULL" => return Some((0, Type::pointer(Type::Void))),
        "MAP_FAILED" => return Some((-1, Type::pointer(Type::Void))),
        "SIG_DFL" => return Some((0, Type::pointer(Type::Function))),
        "SIG_IGN" => return Some((1, Type::pointer(Type::Function))),
        "SIG_ERR" => return Some((-1, Type::pointer(Type::Function))),
        "stdin" | "stdout" | "stderr" => {
            let number = match name {
                "stdin" => 0,
                "stdout" => 1,
                _ => 2,
            };
            return Some((number, Type::pointer(Type::Void)));
        }
        "INADDR_ANY" => return Some((0, int("in_addr_t")?)),
        "INADDR_LOOPBACK" => return Some((0x7f00_0001, int("in_addr_t")?)),
        "INADDR_BROADCAST" | "INADDR_NONE" => return Some((0xffff_ffff, int("in_addr_t")?)),
        "RLIM_INFINITY" => return Some((-1, int("rlim_t")?)),
        "UINT32_MAX" | "UINT_MAX" => return Some((0xffff_ffff, Type::Int(Int::UNSIGNED))),
        "LONG_MAX" | "INT64_MAX" | "SSIZE_MAX" => return Some((i64::MAX, Type::Int(Int::LONG))),
        "SIZE_MAX" | "UINT64_MAX" | "ULONG_MAX" => return Some((-1, Type::Int(Int::SIZE))),
        "true" => return Some((1, Type::INT)),
        "false" => return Some((0, Type::INT)),
        _ => {}
    }
    let value = value(name)?;
    // 1u << 31 and the requests of ioctl are no int.
    let is_int = i32::try_from(value).is_ok();
    Some((value, Type::Int(if is_int { Int::INT } else { Int::UNSIGNED })))
}

/// Names that [`typed`] knows besides the tables.
const SPECIAL: [&str; 26] = [
    "NULL",
    "MAP_FAILED",
    "SIG_DFL",
    "SIG_IGN",
    "SIG_ERR",
    "stdin",
    "stdout",
    "stderr",
    "INADDR_ANY",
    "INADDR_LOOPBACK",
    "INADDR_BROADCAST",
    "INADDR_NONE",
    "RLIM_INFINITY",
    "UINT32_MAX",
    "UINT_MAX",
    "LONG_MAX",
    "INT64_MAX",
    "SSIZE_MAX",
    "SIZE_MAX",
    "UINT64_MAX",
    "ULONG_MAX",
    "true",
    "false",
    "EWOULDBLOCK",
    "ENOTSUP",
    "EDEADLOCK",
];

/// The value of a constant that is an integer.
pub fn value(name: &str) -> Option<i64> {
    if let Some((_, value)) = TABLE.iter().find(|(known, _)| *known == name) {
        return Some(*value);
    }
    if name.starts_with("SIG") {
        return Signal::parse(name).map(|signal| i64::from(signal.0));
    }
    Errno::from_name(name).map(|errno| i64::from(errno.0))
}

/// Every name of a constant.
pub fn names() -> impl Iterator<Item = &'static str> {
    let errnos = Errno::all().map(|(name, _)| name);
    let signals = Signal::all().filter_map(Signal::name);
    TABLE.iter().map(|(name, _)| *name).chain(SPECIAL).chain(signals).chain(errnos)
}

/// The first constant of this value whose name begins with one of `prefixes`, in the order of the
/// table.
pub(super) fn named(value: i64, prefixes: &[&str]) -> Option<&'static str> {
    let fits = |name: &str| prefixes.iter().any(|prefix| name.starts_with(prefix));
    TABLE.iter().find(|(name, known)| *known == value && fits(name)).map(|(name, _)| *name)
}

#[rustfmt::skip]
const TABLE: &[(&str, i64)] = &[
    ("AF_UNSPEC", 0), ("AF_UNIX", 1), ("AF_LOCAL", 1), ("AF_FILE", 1), ("AF_INET", 2),
    ("AF_AX25", 3), ("AF_IPX", 4), ("AF_APPLETALK", 5), ("AF_NETROM", 6), ("AF_BRIDGE", 7),
    ("AF_ATMPVC", 8), ("AF_X25", 9), ("AF_INET6", 10), ("AF_ROSE", 11), ("AF_KEY", 15),
    ("AF_NETLINK", 16), ("AF_ROUTE", 16), ("AF_PACKET", 17), ("AF_RDS", 21), ("AF_CAN", 29),
    ("AF_TIPC", 30), ("AF_BLUETOOTH", 31), ("AF_ALG", 38), ("AF_VSOCK", 40), ("AF_XDP", 44),
    ("AF_MAX", 46), ("PF_UNSPEC", 0), ("PF_UNIX", 1), ("PF_LOCAL", 1), ("PF_FILE", 1),
    ("PF_INET", 2), ("PF_INET6", 10), ("PF_KEY", 15), ("PF_NETLINK", 16), ("PF_ROUTE", 16),
    ("PF_PACKET", 17), ("PF_AX25", 3), ("PF_IPX", 4), ("PF_APPLETALK", 5), ("PF_X25", 9),
    ("SOCK_STREAM", 1), ("SOCK_DGRAM", 2), ("SOCK_RAW", 3), ("SOCK_RDM", 4),
    ("SOCK_SEQPACKET", 5), ("SOCK_DCCP", 6), ("SOCK_PACKET", 10), ("SOCK_NONBLOCK", 2048),
    ("SOCK_CLOEXEC", 524288), ("IPPROTO_IP", 0), ("IPPROTO_ICMP", 1), ("IPPROTO_IGMP", 2),
    ("IPPROTO_TCP", 6), ("IPPROTO_UDP", 17), ("IPPROTO_IPV6", 41), ("IPPROTO_ICMPV6", 58),
    ("IPPROTO_SCTP", 132), ("IPPROTO_UDPLITE", 136), ("IPPROTO_RAW", 255),
    ("IPPROTO_MPTCP", 262), ("IPPROTO_DCCP", 33), ("IPPROTO_ESP", 50), ("IPPROTO_GRE", 47),
    ("SOL_SOCKET", 1), ("SOL_IP", 0), ("SOL_TCP", 6), ("SOL_UDP", 17), ("SOL_IPV6", 41),
    ("SOL_PACKET", 263), ("SOL_RAW", 255), ("SOL_NETLINK", 270), ("SOL_ICMPV6", 58),
    ("SO_DEBUG", 1), ("SO_REUSEADDR", 2), ("SO_TYPE", 3), ("SO_ERROR", 4), ("SO_DONTROUTE", 5),
    ("SO_BROADCAST", 6), ("SO_SNDBUF", 7), ("SO_RCVBUF", 8), ("SO_SNDBUFFORCE", 32),
    ("SO_RCVBUFFORCE", 33), ("SO_KEEPALIVE", 9), ("SO_OOBINLINE", 10), ("SO_NO_CHECK", 11),
    ("SO_PRIORITY", 12), ("SO_LINGER", 13), ("SO_BSDCOMPAT", 14), ("SO_REUSEPORT", 15),
    ("SO_PASSCRED", 16), ("SO_PEERCRED", 17), ("SO_RCVLOWAT", 18), ("SO_SNDLOWAT", 19),
    ("SO_RCVTIMEO", 20), ("SO_SNDTIMEO", 21), ("SO_BINDTODEVICE", 25), ("SO_ATTACH_FILTER", 26),
    ("SO_DETACH_FILTER", 27), ("SO_PEERNAME", 28), ("SO_TIMESTAMP", 29), ("SO_ACCEPTCONN", 30),
    ("SO_PEERSEC", 31), ("SO_PASSSEC", 34), ("SO_TIMESTAMPNS", 35), ("SO_MARK", 36),
    ("SO_TIMESTAMPING", 37), ("SO_PROTOCOL", 38), ("SO_DOMAIN", 39), ("SO_RXQ_OVFL", 40),
    ("SO_PEEK_OFF", 42), ("SO_NOFCS", 43), ("SO_LOCK_FILTER", 44), ("SO_SELECT_ERR_QUEUE", 45),
    ("SO_BUSY_POLL", 46), ("SO_MAX_PACING_RATE", 47), ("SO_INCOMING_CPU", 49),
    ("SO_MEMINFO", 55), ("SO_INCOMING_NAPI_ID", 56), ("SO_COOKIE", 57), ("SO_PEERGROUPS", 59),
    ("SO_ZEROCOPY", 60), ("SO_TXTIME", 61), ("SO_BINDTOIFINDEX", 62),
    ("SO_PREFER_BUSY_POLL", 69), ("SO_NETNS_COOKIE", 71), ("SO_BUF_LOCK", 72),
    ("SO_RESERVE_MEM", 73), ("TCP_NODELAY", 1), ("TCP_MAXSEG", 2), ("TCP_CORK", 3),
    ("TCP_KEEPIDLE", 4), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 6), ("TCP_SYNCNT", 7),
    ("TCP_LINGER2", 8), ("TCP_DEFER_ACCEPT", 9), ("TCP_WINDOW_CLAMP", 10), ("TCP_INFO", 11),
    ("TCP_QUICKACK", 12), ("TCP_CONGESTION", 13), ("TCP_MD5SIG", 14),
    ("TCP_THIN_LINEAR_TIMEOUTS", 16), ("TCP_THIN_DUPACK", 17), ("TCP_USER_TIMEOUT", 18),
    ("TCP_REPAIR", 19), ("TCP_FASTOPEN", 23), ("TCP_TIMESTAMP", 24), ("TCP_NOTSENT_LOWAT", 25),
    ("TCP_CC_INFO", 26), ("TCP_SAVE_SYN", 27), ("TCP_SAVED_SYN", 28),
    ("TCP_FASTOPEN_CONNECT", 30), ("TCP_ULP", 31), ("TCP_FASTOPEN_NO_COOKIE", 34),
    ("TCP_ZEROCOPY_RECEIVE", 35), ("TCP_INQ", 36), ("TCP_TX_DELAY", 37), ("TCP_ESTABLISHED", 1),
    ("TCP_SYN_SENT", 2), ("TCP_SYN_RECV", 3), ("TCP_FIN_WAIT1", 4), ("TCP_FIN_WAIT2", 5),
    ("TCP_TIME_WAIT", 6), ("TCP_CLOSE", 7), ("TCP_CLOSE_WAIT", 8), ("TCP_LAST_ACK", 9),
    ("TCP_LISTEN", 10), ("TCP_CLOSING", 11), ("IP_TOS", 1), ("IP_TTL", 2), ("IP_HDRINCL", 3),
    ("IP_OPTIONS", 4), ("IP_RECVOPTS", 6), ("IP_RETOPTS", 7), ("IP_PKTINFO", 8),
    ("IP_MTU_DISCOVER", 10), ("IP_RECVERR", 11), ("IP_RECVTTL", 12), ("IP_RECVTOS", 13),
    ("IP_MTU", 14), ("IP_FREEBIND", 15), ("IP_TRANSPARENT", 19), ("IP_MINTTL", 21),
    ("IP_NODEFRAG", 22), ("IP_BIND_ADDRESS_NO_PORT", 24), ("IP_MULTICAST_IF", 32),
    ("IP_MULTICAST_TTL", 33), ("IP_MULTICAST_LOOP", 34), ("IP_ADD_MEMBERSHIP", 35),
    ("IP_DROP_MEMBERSHIP", 36), ("IP_UNBLOCK_SOURCE", 37), ("IP_UNICAST_IF", 50),
    ("IP_PMTUDISC_DONT", 0), ("IP_PMTUDISC_WANT", 1), ("IP_PMTUDISC_DO", 2),
    ("IP_PMTUDISC_PROBE", 3), ("IP_LOCAL_PORT_RANGE", 51), ("IPV6_ADDRFORM", 1),
    ("IPV6_UNICAST_HOPS", 16), ("IPV6_MULTICAST_IF", 17), ("IPV6_MULTICAST_HOPS", 18),
    ("IPV6_MULTICAST_LOOP", 19), ("IPV6_JOIN_GROUP", 20), ("IPV6_LEAVE_GROUP", 21),
    ("IPV6_ADD_MEMBERSHIP", 20), ("IPV6_DROP_MEMBERSHIP", 21), ("IPV6_MTU_DISCOVER", 23),
    ("IPV6_MTU", 24), ("IPV6_RECVERR", 25), ("IPV6_V6ONLY", 26), ("IPV6_RECVPKTINFO", 49),
    ("IPV6_PKTINFO", 50), ("IPV6_RECVHOPLIMIT", 51), ("IPV6_HOPLIMIT", 52), ("IPV6_TCLASS", 67),
    ("IPV6_RECVTCLASS", 66), ("IPV6_DONTFRAG", 62), ("UDP_CORK", 1), ("UDP_ENCAP", 100),
    ("UDP_SEGMENT", 103), ("UDP_GRO", 104), ("UDP_NO_CHECK6_TX", 101), ("UDP_NO_CHECK6_RX", 102),
    ("SHUT_RD", 0), ("SHUT_WR", 1), ("SHUT_RDWR", 2), ("SOMAXCONN", 4096), ("MSG_OOB", 1),
    ("MSG_PEEK", 2), ("MSG_DONTROUTE", 4), ("MSG_CTRUNC", 8), ("MSG_PROXY", 16),
    ("MSG_TRUNC", 32), ("MSG_DONTWAIT", 64), ("MSG_EOR", 128), ("MSG_WAITALL", 256),
    ("MSG_FIN", 512), ("MSG_SYN", 1024), ("MSG_CONFIRM", 2048), ("MSG_RST", 4096),
    ("MSG_ERRQUEUE", 8192), ("MSG_NOSIGNAL", 16384), ("MSG_MORE", 32768),
    ("MSG_WAITFORONE", 65536), ("MSG_BATCH", 262144), ("MSG_ZEROCOPY", 67108864),
    ("MSG_FASTOPEN", 536870912), ("MSG_CMSG_CLOEXEC", 1073741824), ("SCM_RIGHTS", 1),
    ("SCM_CREDENTIALS", 2), ("SCM_TIMESTAMP", 29), ("F_DUPFD", 0), ("F_GETFD", 1),
    ("F_SETFD", 2), ("F_GETFL", 3), ("F_SETFL", 4), ("F_GETLK", 5), ("F_SETLK", 6),
    ("F_SETLKW", 7), ("F_SETOWN", 8), ("F_GETOWN", 9), ("F_SETSIG", 10), ("F_GETSIG", 11),
    ("F_DUPFD_CLOEXEC", 1030), ("F_SETPIPE_SZ", 1031), ("F_GETPIPE_SZ", 1032), ("FD_CLOEXEC", 1),
    ("O_RDONLY", 0), ("O_WRONLY", 1), ("O_RDWR", 2), ("O_CREAT", 64), ("O_EXCL", 128),
    ("O_NOCTTY", 256), ("O_TRUNC", 512), ("O_APPEND", 1024), ("O_NONBLOCK", 2048),
    ("O_NDELAY", 2048), ("O_SYNC", 1052672), ("O_DSYNC", 4096), ("O_ASYNC", 8192),
    ("O_DIRECT", 16384), ("O_DIRECTORY", 65536), ("O_NOFOLLOW", 131072), ("O_CLOEXEC", 524288),
    ("O_PATH", 2097152), ("O_TMPFILE", 4259840), ("O_ACCMODE", 3), ("S_IFMT", 61440),
    ("S_IFSOCK", 49152), ("S_IFREG", 32768), ("S_IFDIR", 16384), ("S_IFCHR", 8192),
    ("S_IFIFO", 4096), ("S_IRUSR", 256), ("S_IWUSR", 128), ("S_IXUSR", 64), ("S_IRWXU", 448),
    ("S_IRWXG", 56), ("S_IRWXO", 7), ("FIONREAD", 21531), ("FIONBIO", 21537), ("SIOCINQ", 21531),
    ("SIOCOUTQ", 21521), ("SIOCATMARK", 35077), ("TIOCOUTQ", 21521), ("TIOCINQ", 21531),
    ("SIOCOUTQNSD", 35147), ("SIOCGIFCONF", 35090), ("FIOASYNC", 21586), ("SIOCSPGRP", 35074),
    ("SIOCGPGRP", 35076), ("FIOCLEX", 21585), ("FIONCLEX", 21584), ("SEEK_SET", 0),
    ("SEEK_CUR", 1), ("SEEK_END", 2), ("POLLIN", 1), ("POLLPRI", 2), ("POLLOUT", 4),
    ("POLLERR", 8), ("POLLHUP", 16), ("POLLNVAL", 32), ("POLLRDNORM", 64), ("POLLRDBAND", 128),
    ("POLLWRNORM", 256), ("POLLWRBAND", 512), ("POLLMSG", 1024), ("POLLRDHUP", 8192),
    ("EPOLLIN", 1), ("EPOLLPRI", 2), ("EPOLLOUT", 4), ("EPOLLERR", 8), ("EPOLLHUP", 16),
    ("EPOLLRDNORM", 64), ("EPOLLRDBAND", 128), ("EPOLLWRNORM", 256), ("EPOLLWRBAND", 512),
    ("EPOLLMSG", 1024), ("EPOLLRDHUP", 8192), ("EPOLLEXCLUSIVE", 268435456),
    ("EPOLLWAKEUP", 536870912), ("EPOLLONESHOT", 1073741824), ("EPOLLET", 2147483648),
    ("EPOLL_CLOEXEC", 524288), ("EPOLL_CTL_ADD", 1), ("EPOLL_CTL_DEL", 2), ("EPOLL_CTL_MOD", 3),
    ("FD_SETSIZE", 1024), ("SA_NOCLDSTOP", 1), ("SA_NOCLDWAIT", 2), ("SA_SIGINFO", 4),
    ("SA_ONSTACK", 134217728), ("SA_RESTART", 268435456), ("SA_NODEFER", 1073741824),
    ("SA_RESETHAND", 2147483648), ("WNOHANG", 1), ("WUNTRACED", 2), ("WCONTINUED", 8),
    ("RLIMIT_CPU", 0), ("RLIMIT_FSIZE", 1), ("RLIMIT_DATA", 2), ("RLIMIT_STACK", 3),
    ("KCMP_FILE", 0), ("KCMP_VM", 1), ("KCMP_FILES", 2), ("KCMP_FS", 3), ("KCMP_SIGHAND", 4),
    ("RLIMIT_CORE", 4), ("RLIMIT_RSS", 5), ("RLIMIT_NPROC", 6), ("RLIMIT_NOFILE", 7),
    ("RLIMIT_MEMLOCK", 8), ("RLIMIT_AS", 9), ("RLIMIT_LOCKS", 10), ("RLIMIT_SIGPENDING", 11),
    ("RLIMIT_MSGQUEUE", 12), ("RLIMIT_NICE", 13), ("RLIMIT_RTPRIO", 14), ("PROT_NONE", 0),
    ("PROT_READ", 1), ("PROT_WRITE", 2), ("PROT_EXEC", 4), ("MAP_SHARED", 1), ("MAP_PRIVATE", 2),
    ("MAP_ANONYMOUS", 32), ("MAP_FIXED", 16), ("SPLICE_F_MOVE", 1), ("SPLICE_F_NONBLOCK", 2),
    ("SPLICE_F_MORE", 4), ("SPLICE_F_GIFT", 8), ("INET_ADDRSTRLEN", 16),
    ("INET6_ADDRSTRLEN", 46), ("STDIN_FILENO", 0), ("STDOUT_FILENO", 1), ("STDERR_FILENO", 2),
    ("EXIT_SUCCESS", 0), ("EXIT_FAILURE", 1), ("BUFSIZ", 8192), ("INT_MAX", 2147483647),
    ("INT_MIN", -2147483648), ("UINT8_MAX", 255), ("UINT16_MAX", 65535), ("SHRT_MAX", 32767),
    ("CHAR_BIT", 8), ("ETH_P_802_3", 1), ("ETH_P_802_3_MIN", 1536), ("ETH_P_ALL", 3), ("ETH_P_IP", 2048), ("ETH_P_ARP", 2054),
    ("ETH_P_IPV6", 34525), ("ICMP_ECHO", 8), ("ICMP_ECHOREPLY", 0), ("ICMP_DEST_UNREACH", 3),
    ("ICMP6_ECHO_REQUEST", 128), ("ICMP6_ECHO_REPLY", 129), ("PACKET_HOST", 0),
    ("PACKET_BROADCAST", 1), ("PACKET_MULTICAST", 2), ("PACKET_OTHERHOST", 3),
    ("PACKET_OUTGOING", 4), ("NETLINK_ROUTE", 0), ("NETLINK_UNUSED", 1),
    ("NETLINK_USERSOCK", 2), ("NETLINK_FIREWALL", 3), ("NETLINK_SOCK_DIAG", 4), ("NETLINK_NFLOG", 5),
    ("NETLINK_XFRM", 6), ("NETLINK_SELINUX", 7), ("NETLINK_ISCSI", 8), ("NETLINK_AUDIT", 9),
    ("NETLINK_FIB_LOOKUP", 10), ("NETLINK_CONNECTOR", 11), ("NETLINK_NETFILTER", 12), ("NETLINK_IP6_FW", 13),
    ("NETLINK_DNRTMSG", 14), ("NETLINK_KOBJECT_UEVENT", 15), ("NETLINK_GENERIC", 16),
    ("NETLINK_SCSITRANSPORT", 18), ("NETLINK_ECRYPTFS", 19), ("NETLINK_RDMA", 20), ("NETLINK_CRYPTO", 21),
    ("NETLINK_SMC", 22),
    ("IPPORT_RESERVED", 1024), ("IPPORT_USERRESERVED", 5000), ("PATH_MAX", 4096), ("EOF", -1),
    ("SO_ATTACH_BPF", 50), ("SO_WIFI_STATUS", 41), ("SO_TXREHASH", 74),
    ("IP_ADD_SOURCE_MEMBERSHIP", 39), ("IP_BLOCK_SOURCE", 38), ("IP_DROP_SOURCE_MEMBERSHIP", 40),
    ("IP_MSFILTER", 41), ("IP_MULTICAST_ALL", 49), ("IP_PASSSEC", 18),
    ("IP_RECVORIGDSTADDR", 20), ("IP_ROUTER_ALERT", 5), ("IP_CHECKSUM", 23),
    ("IPTOS_LOWDELAY", 16), ("IPTOS_THROUGHPUT", 8), ("IPTOS_RELIABILITY", 4),
    ("IPTOS_MINCOST", 2), ("IPV6_RTHDR", 57), ("IPV6_AUTHHDR", 10), ("IPV6_DSTOPTS", 59),
    ("IPV6_HOPOPTS", 54), ("IPV6_ROUTER_ALERT", 22), ("IPV6_FREEBIND", 78),
    ("IPV6_AUTOFLOWLABEL", 70), ("TCP_FASTOPEN_KEY", 33), ("TCP_COOKIE_TRANSACTIONS", 15),
    ("TCP_CM_INQ", 36), ("SIOCGSTAMP", 35078), ("SIOCGIFADDR", 35093), ("AF_SMC", 43),
    ("_IOFBF", 0), ("_IOLBF", 1), ("_IONBF", 2), ("RAND_MAX", 2147483647),
    ("SI_USER", 0), ("SI_KERNEL", 128), ("CLD_EXITED", 1), ("CLD_KILLED", 2),
    ("CLD_DUMPED", 3), ("CLD_STOPPED", 5), ("CLD_CONTINUED", 6), ("SIGPOLL", 29),
    ("SIGCLD", 17), ("SIGIOT", 6), ("IOV_MAX", 1024), ("HOST_NAME_MAX", 64),
];
