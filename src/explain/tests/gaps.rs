//! No errno of a call that a program may meet, no success and no sleep falls to words that say
//! nothing of this call.

use crate::explain::testing::*;
use crate::model::{Call, Errno, Fd, File, Outcome, Syscall, TcpState};

/// Notes that would say the same of any call.
const GENERIC: [&str; 9] = [
    "error-other",
    "error-inval",
    "error-perm",
    "error-opnotsupp",
    "error-nospc",
    "call-returned",
    "call-blocked",
    "fcntl-returned",
    "ioctl-returned",
];

/// The errnos of each call: those of its manual page, and those that the kernel gives besides.
#[rustfmt::skip]
const ERRNOS: &[(&[Syscall], &str)] = &[
    (&[Syscall::Socket], "EACCES EAFNOSUPPORT EINVAL EMFILE EPROTONOSUPPORT EPERM ESOCKTNOSUPPORT \
        ENODEV ENFILE ENOBUFS ENOMEM"),
    (&[Syscall::Socketpair], "EAFNOSUPPORT EFAULT EINVAL EMFILE ENFILE EOPNOTSUPP EPROTONOSUPPORT \
        ESOCKTNOSUPPORT EPERM EACCES"),
    (&[Syscall::Bind], "EACCES EADDRINUSE EADDRNOTAVAIL EBADF EFAULT EINVAL ENOTSOCK ENAMETOOLONG \
        ENOENT ELOOP ENOTDIR EROFS EAFNOSUPPORT ENODEV ENOMEM EPERM"),
    (&[Syscall::Listen], "EADDRINUSE EBADF ENOTSOCK EOPNOTSUPP EINVAL"),
    (&[Syscall::Accept, Syscall::Accept4], "EAGAIN EBADF EFAULT EINTR EINVAL EMFILE ENOTSOCK \
        EOPNOTSUPP ECONNABORTED ENFILE ENOBUFS ENOMEM EPERM EPROTO"),
    (&[Syscall::Connect], "EACCES EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF ECONNREFUSED \
        EFAULT EINPROGRESS EINTR EISCONN ENETUNREACH ENOTSOCK EPROTOTYPE ETIMEDOUT EHOSTUNREACH \
        EINVAL ECONNABORTED ECONNRESET ENOPROTOOPT EPROTO ENOENT ENAMETOOLONG ENOTDIR ELOOP \
        EADDRINUSE EPERM ENODEV"),
    (&[Syscall::Write, Syscall::Writev, Syscall::Sendto, Syscall::Sendmsg],
        "EACCES EAGAIN EALREADY EBADF ECONNRESET EDESTADDRREQ EFAULT EINTR EINVAL EISCONN EMSGSIZE \
        ENOBUFS ENOTCONN ENOTSOCK EOPNOTSUPP EPIPE ENOMEM ECONNREFUSED EHOSTUNREACH ENETUNREACH \
        ETIMEDOUT ECONNABORTED EADDRNOTAVAIL EAFNOSUPPORT EPERM ENOENT EPROTOTYPE EINPROGRESS \
        ETOOMANYREFS ENODEV ENXIO EPROTO ENOPROTOOPT"),
    (&[Syscall::Read, Syscall::Readv, Syscall::Recvfrom, Syscall::Recvmsg],
        "EAGAIN EBADF ECONNREFUSED EFAULT EINTR EINVAL ENOTCONN ENOTSOCK ECONNRESET ETIMEDOUT \
        EHOSTUNREACH ENETUNREACH ECONNABORTED ENOMEM EISDIR EPROTO ENOPROTOOPT EOPNOTSUPP"),
    (&[Syscall::Shutdown], "EBADF EINVAL ENOTCONN ENOTSOCK"),
    (&[Syscall::Close], "EBADF EINTR EIO"),
    (&[Syscall::Getsockopt, Syscall::Setsockopt], "EBADF EFAULT EINVAL ENOPROTOOPT ENOTSOCK EDOM \
        EPERM EACCES EOPNOTSUPP ENODEV EADDRINUSE EADDRNOTAVAIL EISCONN ENOMEM ENOTCONN ENOENT"),
    (&[Syscall::Getsockname], "EBADF EFAULT EINVAL ENOBUFS ENOTSOCK"),
    (&[Syscall::Getpeername], "EBADF EFAULT EINVAL ENOBUFS ENOTSOCK ENOTCONN"),
    (&[Syscall::Dup], "EBADF EMFILE"),
    (&[Syscall::Dup2], "EBADF EMFILE EBUSY EINTR"),
    (&[Syscall::Dup3], "EBADF EMFILE EBUSY EINTR EINVAL"),
    (&[Syscall::Pipe, Syscall::Pipe2], "EFAULT EINVAL EMFILE ENFILE"),
    (&[Syscall::Fcntl], "EBADF EINVAL EMFILE EPERM EFAULT EAGAIN"),
    (&[Syscall::Ioctl], "EBADF EFAULT EINVAL ENOTTY EPERM ENODEV EADDRNOTAVAIL ENXIO ENOENT"),
    (&[Syscall::Poll], "EFAULT EINTR EINVAL ENOMEM"),
    (&[Syscall::Select], "EBADF EFAULT EINTR EINVAL ENOMEM"),
    (&[Syscall::EpollCreate], "EINVAL EMFILE ENFILE ENOMEM"),
    (&[Syscall::EpollCreate1], "EINVAL EMFILE ENFILE ENOMEM"),
    (&[Syscall::EpollCtl], "EBADF EEXIST EINVAL ELOOP ENOENT ENOMEM ENOSPC EPERM EFAULT"),
    (&[Syscall::EpollWait], "EBADF EFAULT EINTR EINVAL"),
    (&[Syscall::Fork], "EAGAIN ENOMEM"),
    (&[Syscall::Execve], "E2BIG EACCES EAGAIN EFAULT EINVAL EIO EISDIR ELIBBAD ELOOP EMFILE \
        ENAMETOOLONG ENFILE ENOENT ENOEXEC ENOMEM ENOTDIR EPERM ETXTBSY"),
    (&[Syscall::Symlink, Syscall::Mkdir], "EACCES EEXIST EFAULT ELOOP ENAMETOOLONG ENOENT ENOTDIR EPERM EROFS"),
    (&[Syscall::Chmod], "EACCES EFAULT ELOOP ENAMETOOLONG ENOENT ENOTDIR EPERM EROFS"),
    (&[Syscall::Unlink], "EACCES EBUSY EFAULT EISDIR ELOOP ENAMETOOLONG ENOENT ENOTDIR EPERM EROFS"),
    (&[Syscall::Open], "EACCES EEXIST EFAULT EINVAL EISDIR ELOOP EMFILE ENAMETOOLONG ENFILE ENODEV \
        ENOENT ENOTDIR ENXIO EPERM EROFS"),
    (&[Syscall::Fstat], "EBADF EFAULT"),
    (&[Syscall::Lseek], "EBADF EINVAL ENXIO ESPIPE"),
    (&[Syscall::Mmap], "EACCES EAGAIN EBADF EINVAL ENODEV ENOMEM EPERM"),
    (&[Syscall::Splice], "EAGAIN EBADF EINVAL ENOMEM EPIPE ESPIPE ENOTCONN ECONNRESET"),
    (&[Syscall::Sendfile], "EAGAIN EBADF EFAULT EINVAL ENOTCONN EPIPE ECONNRESET EOVERFLOW ESPIPE"),
    (&[Syscall::Kill], "EINVAL EPERM ESRCH"),
    (&[Syscall::RtSigaction], "EFAULT EINVAL"),
    (&[Syscall::Setrlimit], "EFAULT EINVAL EPERM"),
    (&[Syscall::Getrlimit], "EFAULT EINVAL"),
    (&[Syscall::Kcmp], "EBADF EINVAL EPERM ESRCH"),
    (&[Syscall::Wait4], "ECHILD EINTR EINVAL EFAULT"),
    (&[Syscall::Nanosleep], "EFAULT EINTR EINVAL"),
    (&[Syscall::Pause], "EINTR"),
    (&[Syscall::Getpid, Syscall::Getppid, Syscall::Time, Syscall::ExitGroup], ""),
    (&[Syscall::Alarm, Syscall::RtSigreturn], ""),
];

/// A host with a socket of each sort: fresh, listening and connected TCP, UDP, unix, a bound TCP
/// socket, a pipe, a file and an epoll, as 3 to 11; 12 is a UDP socket that may not sleep, 13 a unix
/// one.
pub(super) fn lab() -> Lab {
    let file = |number, name: &str| Fd {
        number,
        file: File::Other(name.into()),
        cloexec: false,
        nonblock: false,
        watches: Vec::new(),
    };
    Lab::new()
        .fd("server", 3, tcp(TcpState::Close))
        .fd("server", 4, listener(0, 5))
        .fd("server", 5, server_end(TcpState::Established))
        .fd("server", 6, plain(UDP))
        .fd("server", 7, plain(UNIX))
        .fd("server", 8, tcp(TcpState::Close).at("0.0.0.0:9090", "0.0.0.0:0"))
        .file("server", file(9, "pipe:[7]"))
        .file("server", file(10, "/tmp/f"))
        .file("server", file(11, "anon_inode:[eventpoll]"))
        .fd("server", 12, plain(UDP))
        .nonblock("server", 12)
        .fd("server", 13, plain(UNIX))
        .nonblock("server", 13)
}

/// A call as a program would make it that meets this errno.
fn situation(syscall: Syscall, errno: &str) -> Call {
    use Syscall as S;
    let unix = r#"{sa_family=AF_UNIX, sun_path="/tmp/s"}"#;
    let on = |fd: i64, rest: &[&str]| {
        let fd = match errno {
            "EBADF" => 77,
            "ENOTSOCK" => 9,
            _ => fd,
        };
        let mut shown = vec![fd.to_string()];
        shown.extend(rest.iter().map(|text| (*text).to_owned()));
        let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
        call("server", syscall.name(), &[fd, 0x1000_0000, 16], &shown)
    };
    let plain = |args: &[i64], shown: &[&str]| call("server", syscall.name(), args, shown);
    let path = matches!(
        errno,
        "ENOENT" | "ENOTDIR" | "ELOOP" | "ENAMETOOLONG" | "EROFS" | "EPROTOTYPE" | "EAGAIN"
    );
    match syscall {
        S::Socket | S::Socketpair => plain(&[2, 1, 0], &["AF_INET", "SOCK_STREAM", "IPPROTO_IP"]),
        S::Bind if path => on(7, &[unix, "9"]),
        S::Bind if errno == "EADDRNOTAVAIL" => {
            let foreign =
                r#"{sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("203.0.113.5")}"#;
            on(3, &[foreign, "16"])
        }
        S::Bind => on(3, &[SHOWN_ANY, "16"]),
        S::Listen if errno == "EADDRINUSE" => on(8, &["5"]),
        S::Listen if errno == "EOPNOTSUPP" => on(6, &["5"]),
        S::Listen => on(5, &["5"]),
        S::Accept | S::Accept4 if errno == "EINVAL" => on(3, &["NULL", "NULL", "0"]),
        S::Accept | S::Accept4 if errno == "EOPNOTSUPP" => on(6, &["NULL", "NULL", "0"]),
        S::Accept | S::Accept4 => on(4, &["NULL", "NULL", "0"]),
        S::Connect if path => on(7, &[unix, "9"]),
        S::Connect => on(3, &[SHOWN_SERVER, "16"]),
        S::Write | S::Read | S::Readv | S::Writev if errno == "EISDIR" => on(10, &["\"x\"", "1"]),
        S::Sendto | S::Sendmsg | S::Write | S::Writev
            if matches!(
                errno,
                "ENOENT" | "EPROTOTYPE" | "ETOOMANYREFS" | "EISCONN" | "ENOTCONN"
            ) =>
        {
            on(7, &["\"x\"", "1", "0", unix, "9"])
        }
        S::Sendto | S::Sendmsg | S::Write | S::Writev
            if matches!(errno, "EDESTADDRREQ" | "EMSGSIZE" | "EACCES" | "ECONNREFUSED") =>
        {
            on(6, &["\"x\"", "1", "0", SHOWN_SERVER, "16"])
        }
        S::Write | S::Writev | S::Sendto | S::Sendmsg => on(5, &["\"x\"", "1", "0"]),
        S::Read | S::Readv | S::Recvfrom | S::Recvmsg if errno == "ENOTCONN" => {
            on(3, &["0x10000000", "1", "0"])
        }
        S::Read | S::Readv | S::Recvfrom | S::Recvmsg => on(5, &["0x10000000", "1", "0"]),
        S::Shutdown => on(3, &["SHUT_WR"]),
        S::Getsockopt | S::Setsockopt => on(5, &["SOL_SOCKET", "SO_REUSEADDR", "[1]", "4"]),
        S::Getsockname | S::Getpeername => on(3, &["0x10000000", "[16]"]),
        S::Dup2 | S::Dup3 if errno == "EBADF" => plain(&[3, 9999], &["3", "9999", "0"]),
        S::Dup | S::Dup2 | S::Dup3 | S::Close | S::Fstat => on(3, &["5", "0"]),
        S::Fcntl => on(3, &["F_SETFL", "O_NONBLOCK"]),
        S::Ioctl => on(3, &["FIONREAD", "0x10000000"]),
        S::Lseek if errno == "EINVAL" => on(10, &["-1", "SEEK_SET"]),
        S::Lseek => on(3, &["0", "SEEK_SET"]),
        S::EpollCtl => {
            let fd = if errno == "EBADF" { 77 } else { 5 };
            plain(&[11, 1, fd, 0], &["11", "EPOLL_CTL_ADD", &fd.to_string(), "{events=EPOLLIN}"])
        }
        S::EpollWait if errno == "EINVAL" => on(5, &["0x10000000", "4", "-1"]),
        S::EpollWait => on(11, &["0x10000000", "4", "-1"]),
        S::Mmap if errno == "EBADF" => plain(&[0, 4096, 1, 1, 77, 0], &["NULL", "4096"]),
        S::Mmap => plain(&[0, 4096, 1, 1, 5, 0], &["NULL", "4096", "PROT_READ", "MAP_SHARED", "5"]),
        S::Splice => on(5, &["NULL", "9", "NULL", "100", "0"]),
        S::Sendfile => on(5, &["10", "NULL", "100"]),
        S::Symlink => plain(&[0x1000_0000, 0x1000_0010], &["\"/tmp/s\"", "\"/tmp/t\""]),
        S::Open | S::Unlink | S::Mkdir | S::Chmod => {
            plain(&[0x1000_0000, 0, 0], &["\"/tmp/s\"", "O_RDWR"])
        }
        S::Execve => {
            let vector = 0x1000_0040;
            plain(&[0x1000_0000, vector, 0], &["\"/bin/program\"", "[\"program\"]", "NULL"])
        }
        S::Kill => plain(&[99, 15], &["99", "SIGTERM"]),
        S::RtSigaction => plain(&[9], &["SIGKILL", "{…}"]),
        S::Setrlimit => plain(&[7], &["RLIMIT_NOFILE", "{rlim_cur=9, rlim_max=9}"]),
        S::Getrlimit => plain(&[7], &["RLIMIT_NOFILE", "0x10000000"]),
        S::Alarm => plain(&[5], &["5"]),
        S::Kcmp => plain(&[2, 2, 0, 3, 4], &["2", "2", "KCMP_FILE", "3", "4"]),
        S::Poll => plain(&[0x1000_0000, 5000, 0], &["[…]", "5000", "0"]),
        S::Select => plain(&[5, 0, 0, 0, 0], &["5", "[3]", "NULL", "NULL", "NULL"]),
        S::EpollCreate
        | S::EpollCreate1
        | S::Pipe
        | S::Pipe2
        | S::Fork
        | S::Wait4
        | S::Nanosleep
        | S::Pause
        | S::RtSigreturn
        | S::Getpid
        | S::Getppid
        | S::Time
        | S::ExitGroup => plain(&[1, 2], &["1", "2"]),
    }
}

/// The most important note of a call with this outcome that changed nothing.
fn first(call: Call, outcome: Outcome) -> &'static str {
    let lab = lab();
    let keys = Play::new(&lab, lab.clone()).report(call, outcome).keys();
    keys.first().copied().unwrap_or("nothing")
}

/// The generic notes among these, each with its call.
fn generic(told: Vec<(String, &'static str)>) -> Vec<String> {
    for (what, key) in &told {
        println!("{what}: {key}");
    }
    let generic = |key: &str| GENERIC.contains(&key) || key == "nothing";
    told.into_iter()
        .filter(|(_, key)| generic(key))
        .map(|(what, key)| format!("{what}: {key}"))
        .collect()
}

#[test]
fn every_errno_of_every_call_is_explained_by_its_own_words() {
    let mut told = Vec::new();
    for (calls, errnos) in ERRNOS {
        for syscall in *calls {
            for name in errnos.split_ascii_whitespace() {
                let errno = Errno::from_name(name).expect("a known errno");
                let key = first(situation(*syscall, name), Outcome::Failed(errno));
                told.push((format!("{syscall} {name}"), key));
            }
        }
    }
    let generic = generic(told);
    assert!(generic.is_empty(), "{} of them:\n{}", generic.len(), generic.join("\n"));
}

#[test]
fn the_table_of_errnos_has_every_call_once() {
    for syscall in Syscall::ALL {
        let places = ERRNOS.iter().filter(|(calls, _)| calls.contains(syscall)).count();
        assert_eq!(places, 1, "{syscall}");
    }
}

#[test]
fn every_call_that_succeeds_is_explained_by_its_own_words() {
    // These never return.
    let never = [Syscall::ExitGroup, Syscall::Pause, Syscall::RtSigreturn];
    let returns = |syscall: &&Syscall| !never.contains(*syscall);
    let calls = Syscall::ALL.iter().filter(returns);
    let told = calls.map(|syscall| {
        (format!("{syscall} returned"), first(situation(*syscall, ""), Outcome::Returned(1)))
    });
    let generic = generic(told.collect());
    assert!(generic.is_empty(), "{} of them:\n{}", generic.len(), generic.join("\n"));
}

#[test]
fn every_call_that_can_sleep_is_explained_by_its_own_words() {
    use Syscall as S;
    const SLEEPING: [S; 20] = [
        S::Accept,
        S::Accept4,
        S::Connect,
        S::Read,
        S::Readv,
        S::Recvfrom,
        S::Recvmsg,
        S::Write,
        S::Writev,
        S::Sendto,
        S::Sendmsg,
        S::Close,
        S::Poll,
        S::Select,
        S::EpollWait,
        S::Wait4,
        S::Nanosleep,
        S::Pause,
        S::Splice,
        S::Sendfile,
    ];
    let told = SLEEPING.into_iter().map(|syscall| {
        (format!("{syscall} sleeps"), first(situation(syscall, ""), Outcome::Blocked))
    });
    let generic = generic(told.collect());
    assert!(generic.is_empty(), "{} of them:\n{}", generic.len(), generic.join("\n"));
}
