//! Lines that strace 6.1 printed for the same C (addresses in memory apart).

use super::running::{Answer, Process, err, ok};

/// Runs `source`, whose last call is answered by `answer`, the ones before by 0, and compares the
/// last line.
pub fn last_line(source: &str, answer: Answer, before: usize, wanted: &str) {
    let mut process = Process::new();
    let mut answers: Vec<Answer> = vec![ok(0); before];
    answers.push(answer);
    process.run(source, &answers).unwrap_or_else(|reason| panic!("{source}: {reason}"));
    assert_eq!(process.lines.last().map(String::as_str), Some(wanted), "{source}");
}

pub fn line(source: &str, wanted: &str) {
    let answer = match wanted.rsplit_once(" = -1 ") {
        Some((_, error)) => err(error.split(' ').next().expect("a name")),
        None => {
            let (_, value) = wanted.rsplit_once(" = ").expect("a result");
            ok(value.parse().unwrap_or(0))
        }
    };
    last_line(source, answer, 0, wanted);
}

#[test]
fn sockets_and_addresses() {
    let a = "struct sockaddr_in a = { AF_INET, htons(48080), { inet_addr(\"127.0.0.1\") } };";
    let bind = |rest: &str, wanted: &str| line(&format!("{a} bind(3, {rest});"), wanted);
    line("socket(AF_INET, SOCK_STREAM, 0);", "socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3");
    bind(
        "(struct sockaddr *)&a, 3",
        "bind(3, {sa_family=AF_INET, sa_data=\"\\273\"}, 3) = -1 EINVAL (Invalid argument)",
    );
    bind("NULL, 16", "bind(3, NULL, 16) = -1 EFAULT (Bad address)");
    bind(
        "(void *)&a, 8",
        "bind(3, {sa_family=AF_INET, sa_data=\"\\273\\320\\177\\0\\0\\1\"}, 8) = -1 EINVAL \
         (Invalid argument)",
    );
    bind("(void *)1234, 16", "bind(3, 0x4d2, 16) = -1 EFAULT (Bad address)");
    bind("(void *)&a, -1", "bind(3, 0x10000040, -1) = -1 EINVAL (Invalid argument)");
    for (source, wanted) in [
        (
            "socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK|SOCK_CLOEXEC, IPPROTO_TCP);",
            "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, IPPROTO_TCP) = 4",
        ),
        (
            "socket(99, 77, 5);",
            "socket(0x63 /* AF_??? */, 0x4d /* SOCK_??? */, 5) = -1 EINVAL (Invalid argument)",
        ),
        ("socket(AF_UNIX, SOCK_SEQPACKET, 0);", "socket(AF_UNIX, SOCK_SEQPACKET, 0) = 6"),
        (
            "socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));",
            "socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)) = 8",
        ),
        (
            "socket(AF_PACKET, SOCK_DGRAM, 0);",
            "socket(AF_PACKET, SOCK_DGRAM, htons(0 /* ETH_P_??? */)) = 16",
        ),
        ("socket(AF_NETLINK, SOCK_RAW, 0);", "socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) = 9"),
        (
            "socket(AF_INET, 0x1000|1, 262);",
            "socket(AF_INET, SOCK_STREAM|0x1000 /* SOCK_??? */, IPPROTO_MPTCP) = -1 EINVAL (Invalid \
             argument)",
        ),
        ("shutdown(3, 9);", "shutdown(3, 0x9 /* SHUT_??? */) = -1 EINVAL (Invalid argument)"),
        (
            "struct sockaddr_un u = { AF_UNIX, \"/tmp/cw/sock\" }; bind(3, (void *)&u, sizeof u);",
            "bind(3, {sa_family=AF_UNIX, sun_path=\"/tmp/cw/sock\"}, 110) = 0",
        ),
        (
            "struct sockaddr_un u = { AF_UNIX, \"\\0abs\\1\" }; bind(3, (void *)&u, 7);",
            "bind(3, {sa_family=AF_UNIX, sun_path=@\"abs\\1\"}, 7) = 0",
        ),
        (
            "struct sockaddr_un u = { AF_UNIX }; bind(3, (void *)&u, 2);",
            "bind(3, {sa_family=AF_UNIX}, 2) = 0",
        ),
        (
            "struct sockaddr_in6 s = { .sin6_family = AF_INET6, .sin6_port = htons(80), \
             .sin6_flowinfo = htonl(5), .sin6_scope_id = 1 }; inet_pton(AF_INET6, \
             \"2001:db8::1\", &s.sin6_addr); connect(3, (void *)&s, 28);",
            "connect(3, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(5), \
             inet_pton(AF_INET6, \"2001:db8::1\", &sin6_addr), sin6_scope_id=1}, 28) = 0",
        ),
        (
            "struct sockaddr u = { AF_UNSPEC }; connect(3, &u, 16);",
            "connect(3, {sa_family=AF_UNSPEC, \
             sa_data=\"\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\"}, 16) = 0",
        ),
        (
            "struct sockaddr_nl n = { AF_NETLINK, 0, 5, 1 }; bind(3, (void *)&n, sizeof n);",
            "bind(3, {sa_family=AF_NETLINK, nl_pid=5, nl_groups=0x000001}, 12) = -1 EINVAL (Invalid \
             argument)",
        ),
    ] {
        line(source, wanted);
    }
}

#[test]
fn addresses_that_come_back() {
    let peer = [2, 0, 0xbb, 0xd0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
    let ask = |room: i32, wanted: &str| {
        let source = format!(
            "struct sockaddr_storage s; socklen_t n = {room}; getsockname(3, (void *)&s, &n);"
        );
        let given = peer[..usize::try_from(room).expect("small").min(16)].to_vec();
        last_line(&source, (vec![(1, given), (2, vec![16, 0, 0, 0])], Ok(0)), 0, wanted);
    };
    ask(4, "getsockname(3, {sa_family=AF_INET, sa_data=\"\\273\\320\"}, [4 => 16]) = 0");
    ask(0, "getsockname(3, 0x10000040, [0 => 16]) = 0");
    ask(
        16,
        "getsockname(3, {sa_family=AF_INET, sin_port=htons(48080), \
         sin_addr=inet_addr(\"127.0.0.1\")}, [16]) = 0",
    );
    line(
        "struct sockaddr_storage s; socklen_t n = 128; accept(3, (void *)&s, &n);",
        "accept(3, 0x10000040, [128]) = -1 EAGAIN (Resource temporarily unavailable)",
    );
    last_line(
        "char b[64]; struct sockaddr_storage s; socklen_t n = 128; \
         recvfrom(3, b, 64, 0, (void *)&s, &n);",
        (vec![(1, b"hihi".to_vec()), (5, vec![0; 4])], Ok(4)),
        0,
        "recvfrom(3, \"hihi\", 64, 0, 0x10000080, [128 => 0]) = 4",
    );
}

#[test]
fn bytes() {
    for (source, wanted) in [
        (
            "write(4, \"hello\\n\\t\\\"x\\\\\\0\\1\\33\\377zz\", 17);",
            "write(4, \"hello\\n\\t\\\"x\\\\\\0\\1\\33\\377zz\\0\", 17) = 17",
        ),
        ("write(3, NULL, 5);", "write(3, NULL, 5) = -1 EFAULT (Bad address)"),
        ("write(3, \"\", 0);", "write(3, \"\", 0) = 0"),
        ("send(3, \"hi\", 2, MSG_NOSIGNAL);", "sendto(3, \"hi\", 2, MSG_NOSIGNAL, NULL, 0) = 2"),
        (
            "struct iovec v[2] = { { \"ab\", 2 }, { \"cde\", 3 } }; writev(3, v, 2);",
            "writev(3, [{iov_base=\"ab\", iov_len=2}, {iov_base=\"cde\", iov_len=3}], 2) = 5",
        ),
        ("writev(3, NULL, 2);", "writev(3, NULL, 2) = -1 EFAULT (Bad address)"),
        ("struct iovec v[1]; writev(3, v, 0);", "writev(3, [], 0) = 0"),
        (
            "send(3, \"aaa\", 3, MSG_OOB|MSG_MORE|0x10000000);",
            "sendto(3, \"aaa\", 3, MSG_OOB|MSG_MORE|0x10000000, NULL, 0) = -1 EPIPE (Broken pipe)",
        ),
    ] {
        line(source, wanted);
    }
}

#[test]
fn messages() {
    let source = "struct iovec v[1] = { { \"ab\", 2 } }; union { char b[CMSG_SPACE(sizeof(int))]; \
        struct cmsghdr h; } u; struct msghdr m = { .msg_iov = v, .msg_iovlen = 1, \
        .msg_control = u.b, .msg_controllen = sizeof u.b }; struct cmsghdr *c = CMSG_FIRSTHDR(&m); \
        c->cmsg_level = SOL_SOCKET; c->cmsg_type = SCM_RIGHTS; c->cmsg_len = CMSG_LEN(4); \
        *(int *)CMSG_DATA(c) = 3; sendmsg(4, &m, 0);";
    line(
        source,
        "sendmsg(4, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"ab\", iov_len=2}], \
         msg_iovlen=1, msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, \
         cmsg_data=[3]}], msg_controllen=24, msg_flags=0}, 0) = 2",
    );
    line(
        "struct msghdr m = { 0 }; recvmsg(5, &m, MSG_DONTWAIT);",
        "recvmsg(5, {msg_namelen=0}, MSG_DONTWAIT) = -1 EAGAIN (Resource temporarily unavailable)",
    );
    line("recvmsg(5, NULL, 0);", "recvmsg(5, NULL, 0) = -1 EFAULT (Bad address)");
    last_line(
        "char a[2] = \"ab\", b[5]; struct iovec v[2] = { { a, 2 }, { b, 5 } }; struct msghdr m = \
         { .msg_iov = v, .msg_iovlen = 2 }; recvmsg(5, &m, 0);",
        ok(2),
        0,
        "recvmsg(5, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"ab\", iov_len=2}, \
         {iov_base=\"\", iov_len=5}], msg_iovlen=2, msg_controllen=0, msg_flags=0}, 0) = 2",
    );
}

#[test]
fn waiting_for_many() {
    let poll = "struct pollfd p[2] = { { 13, POLLIN }, { 12, POLLIN|POLLOUT } };";
    line(
        &format!("{poll} poll(p, 2, 5);"),
        "poll([{fd=13, events=POLLIN}, {fd=12, events=POLLIN|POLLOUT}], 2, 5) = 0 (Timeout)",
    );
    let found = [13, 0, 0, 0, 1, 0, 0, 0, 12, 0, 0, 0, 5, 0, 4, 0];
    last_line(
        &format!("{poll} poll(p, 2, 0);"),
        (vec![(0, found.to_vec())], Ok(1)),
        0,
        "poll([{fd=13, events=POLLIN}, {fd=12, events=POLLIN|POLLOUT}], 2, 0) = 1 ([{fd=12, \
         revents=POLLOUT}])",
    );
    last_line(
        "fd_set r, w; FD_ZERO(&r); FD_ZERO(&w); FD_SET(3, &r); FD_SET(13, &r); FD_SET(12, &w); \
         struct timeval z = { 0 }; select(14, &r, &w, NULL, &z);",
        (vec![(1, vec![0; 128])], Ok(1)),
        0,
        "select(14, [3 13], [12], NULL, {tv_sec=0, tv_usec=0}) = 1 (out [12], left {tv_sec=0, \
         tv_usec=0})",
    );
    line("epoll_create(5);", "epoll_create(5) = 0");
    line(
        "struct epoll_event e = { .events = EPOLLIN|EPOLLET, .data.fd = 12 }; \
         epoll_ctl(17, EPOLL_CTL_ADD, 12, &e);",
        "epoll_ctl(17, EPOLL_CTL_ADD, 12, {events=EPOLLIN|EPOLLET, data={u32=12, u64=12}}) = 0",
    );
    let event = [4, 0, 0, 0, 0xbc, 0x9a, 0x78, 0x56, 0x34, 0x12, 0, 0];
    last_line(
        "struct epoll_event e[4]; epoll_wait(17, e, 4, 0);",
        (vec![(1, event.to_vec())], Ok(1)),
        0,
        "epoll_wait(17, [{events=EPOLLOUT, data={u32=1450744508, u64=20015998343868}}], 4, 0) = 1",
    );
    last_line(
        "struct epoll_event e[4]; epoll_wait(17, e, 4, 0);",
        ok(0),
        0,
        "epoll_wait(17, [], 4, 0) = 0",
    );
}

#[test]
fn descriptors_files_and_processes() {
    for (source, wanted) in [
        ("fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK);", "fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0"),
        ("fcntl(3, F_SETFD, FD_CLOEXEC);", "fcntl(3, F_SETFD, FD_CLOEXEC) = 0"),
        ("fcntl(3, F_DUPFD, 10);", "fcntl(3, F_DUPFD, 10) = 14"),
        ("fcntl(3, 999, 5);", "fcntl(3, 0x3e7 /* F_??? */, 0x5) = -1 EINVAL (Invalid argument)"),
        ("fcntl(3, F_GETFD);", "fcntl(3, F_GETFD) = 0"),
        (
            "int n; ioctl(-1, FIONREAD, &n);",
            "ioctl(-1, FIONREAD, 0x10000040) = -1 EBADF (Bad file descriptor)",
        ),
        ("int one = 1; ioctl(3, FIONBIO, &one);", "ioctl(3, FIONBIO, [1]) = 0"),
        (
            "ioctl(3, 0x1234, 5);",
            "ioctl(3, _IOC(_IOC_NONE, 0x12, 0x34, 0), 0x5) = -1 ENOTTY (Inappropriate ioctl for device)",
        ),
        ("dup3(3, 31, O_CLOEXEC);", "dup3(3, 31, O_CLOEXEC) = 31"),
        ("lseek(3, 0, SEEK_SET);", "lseek(3, 0, SEEK_SET) = -1 ESPIPE (Illegal seek)"),
        ("unlink(\"/tmp/cw/sock\");", "unlink(\"/tmp/cw/sock\") = 0"),
        (
            "open(\"/tmp/cw/x\", O_RDWR|O_CREAT|O_TRUNC, 0644);",
            "open(\"/tmp/cw/x\", O_RDWR|O_CREAT|O_TRUNC, 0644) = 28",
        ),
        (
            "open(\"/nope\", O_RDONLY);",
            "open(\"/nope\", O_RDONLY) = -1 ENOENT (No such file or directory)",
        ),
        ("kill(0, SIGCHLD);", "kill(0, SIGCHLD) = 0"),
        ("kill(5, 212);", "kill(5, 212) = -1 EINVAL (Invalid argument)"),
        (
            "struct sigaction s = { .sa_handler = SIG_IGN, .sa_flags = SA_RESTART }; \
             sigaddset(&s.sa_mask, SIGINT); sigaction(SIGUSR1, &s, NULL);",
            "rt_sigaction(SIGUSR1, {sa_handler=SIG_IGN, sa_mask=[INT], \
             sa_flags=SA_RESTORER|SA_RESTART, sa_restorer=NULL}, NULL, 8) = 0",
        ),
        (
            "struct rlimit r = { 8192, RLIM_INFINITY }; setrlimit(RLIMIT_NOFILE, &r);",
            "setrlimit(RLIMIT_NOFILE, {rlim_cur=8*1024, rlim_max=RLIM64_INFINITY}) = -1 EPERM \
             (Operation not permitted)",
        ),
        ("waitpid(-1, NULL, WNOHANG|WUNTRACED);", "wait4(-1, NULL, WNOHANG|WSTOPPED, NULL) = 0"),
        (
            "splice(12, NULL, 27, NULL, 100, SPLICE_F_NONBLOCK|SPLICE_F_MOVE);",
            "splice(12, NULL, 27, NULL, 100, SPLICE_F_MOVE|SPLICE_F_NONBLOCK) = 0",
        ),
        (
            "off_t o = 3; sendfile(12, 3, &o, 10);",
            "sendfile(12, 3, [3], 10) = -1 ESPIPE (Illegal seek)",
        ),
        ("usleep(1000);", "nanosleep({tv_sec=0, tv_nsec=1000000}, 0x100ff140) = 0"),
        ("exit(3);", "exit_group(3) = ?"),
        ("fork();", "fork() = 7"),
    ] {
        line(source, wanted);
    }
    last_line(
        "fcntl(3, F_GETFL);",
        ok(0x802),
        0,
        "fcntl(3, F_GETFL) = 0x802 (flags O_RDWR|O_NONBLOCK)",
    );
    last_line(
        "int s; waitpid(-1, &s, 0);",
        (vec![(1, vec![0, 3, 0, 0])], Ok(9)),
        0,
        "wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 3}], 0, NULL) = 9",
    );
    last_line(
        "int s; wait(&s);",
        (vec![(1, vec![9, 0, 0, 0])], Ok(9)),
        0,
        "wait4(-1, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}], 0, NULL) = 9",
    );
    let pair = [15, 0, 0, 0, 16, 0, 0, 0];
    last_line(
        "int sv[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, sv);",
        (vec![(3, pair.to_vec())], Ok(0)),
        0,
        "socketpair(AF_UNIX, SOCK_STREAM, 0, [15, 16]) = 0",
    );
    last_line(
        "mmap(NULL, 4096, PROT_READ, MAP_SHARED, 3, 0);",
        ok(0x7fd5_066a_5000),
        0,
        "mmap(NULL, 4096, PROT_READ, MAP_SHARED, 3, 0) = 0x7fd5066a5000",
    );
}
