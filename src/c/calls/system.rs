//! System calls, as section 2 of the manual declares them.

use super::{CallHelp, Does, Lowering, Parameter, row};
use crate::model::Syscall;

const fn plain(syscall: Syscall) -> Does {
    Does::Ask(syscall, Lowering::Plain)
}

const fn exec(list: bool, search: bool) -> Does {
    Does::Ask(Syscall::Execve, Lowering::Exec { list, search })
}

#[rustfmt::skip]
pub(super) const CALLS: &[CallHelp] = &[
    row!("int" "socket" ("int" "domain", "int" "type", "int" "protocol")
        "make a socket and give it the lowest free number", plain(Syscall::Socket)),
    row!("int" "socketpair" ("int" "domain", "int" "type", "int" "protocol", "int[2]" "sv")
        "make two sockets that are connected to each other", plain(Syscall::Socketpair)),
    row!("int" "bind" ("int" "sockfd", "const struct sockaddr *" "addr", "socklen_t" "addrlen")
        "give the socket a name: its own address", plain(Syscall::Bind)),
    row!("int" "listen" ("int" "sockfd", "int" "backlog")
        "open the door: from now on the kernel shakes hands", plain(Syscall::Listen)),
    row!("int" "accept" ("int" "sockfd", "struct sockaddr *" "addr", "socklen_t *" "addrlen")
        "take one connection from the accept queue", plain(Syscall::Accept)),
    row!("int" "accept4" ("int" "sockfd", "struct sockaddr *" "addr", "socklen_t *" "addrlen", "int" "flags")
        "accept, with flags for the new descriptor", plain(Syscall::Accept4)),
    row!("int" "connect" ("int" "sockfd", "const struct sockaddr *" "addr", "socklen_t" "addrlen")
        "connect to the address of a peer", plain(Syscall::Connect)),
    row!("ssize_t" "read" ("int" "fd", "void *" "buf", "size_t" "count")
        "take at most count bytes; 0 means that no more will come", plain(Syscall::Read)),
    row!("ssize_t" "write" ("int" "fd", "const void *" "buf", "size_t" "count")
        "hand bytes to the kernel", plain(Syscall::Write)),
    row!("ssize_t" "readv" ("int" "fd", "const struct iovec *" "iov", "int" "iovcnt")
        "read into several buffers", plain(Syscall::Readv)),
    row!("ssize_t" "writev" ("int" "fd", "const struct iovec *" "iov", "int" "iovcnt")
        "write from several buffers", plain(Syscall::Writev)),
    row!("ssize_t" "send" ("int" "sockfd", "const void *" "buf", "size_t" "len", "int" "flags")
        "write to a connected socket, with flags", Does::Ask(Syscall::Sendto, Lowering::Zeros(2))),
    row!("ssize_t" "sendto" ("int" "sockfd", "const void *" "buf", "size_t" "len", "int" "flags", "const struct sockaddr *" "dest_addr", "socklen_t" "addrlen")
        "send to an address", plain(Syscall::Sendto)),
    row!("ssize_t" "sendmsg" ("int" "sockfd", "const struct msghdr *" "msg", "int" "flags")
        "send from several buffers, with an address and ancillary data", plain(Syscall::Sendmsg)),
    row!("ssize_t" "recv" ("int" "sockfd", "void *" "buf", "size_t" "len", "int" "flags")
        "read from a socket, with flags", Does::Ask(Syscall::Recvfrom, Lowering::Zeros(2))),
    row!("ssize_t" "recvfrom" ("int" "sockfd", "void *" "buf", "size_t" "len", "int" "flags", "struct sockaddr *" "src_addr", "socklen_t *" "addrlen")
        "receive, and learn who sent it", plain(Syscall::Recvfrom)),
    row!("ssize_t" "recvmsg" ("int" "sockfd", "struct msghdr *" "msg", "int" "flags")
        "receive into several buffers, with the address and ancillary data", plain(Syscall::Recvmsg)),
    row!("int" "shutdown" ("int" "sockfd", "int" "how")
        "end one or both directions, whoever else holds the socket", plain(Syscall::Shutdown)),
    row!("int" "close" ("int" "fd")
        "let go of the descriptor; the last one ends the connection", plain(Syscall::Close)),
    row!("int" "getsockname" ("int" "sockfd", "struct sockaddr *" "addr", "socklen_t *" "addrlen")
        "ask for the socket's own address", plain(Syscall::Getsockname)),
    row!("int" "getpeername" ("int" "sockfd", "struct sockaddr *" "addr", "socklen_t *" "addrlen")
        "ask for the peer's address", plain(Syscall::Getpeername)),
    row!("int" "getsockopt" ("int" "sockfd", "int" "level", "int" "optname", "void *" "optval", "socklen_t *" "optlen")
        "read an option of the socket", plain(Syscall::Getsockopt)),
    row!("int" "setsockopt" ("int" "sockfd", "int" "level", "int" "optname", "const void *" "optval", "socklen_t" "optlen")
        "set an option of the socket", plain(Syscall::Setsockopt)),
    row!("int" "fcntl" ("int" "fd", "int" "op"; ...)
        "read or set flags of a descriptor or open file", plain(Syscall::Fcntl)),
    row!("int" "ioctl" ("int" "fd", "unsigned long" "op"; ...)
        "ask the file something that has no call of its own", plain(Syscall::Ioctl)),
    row!("int" "dup" ("int" "oldfd")
        "a second number for the same open file", plain(Syscall::Dup)),
    row!("int" "dup2" ("int" "oldfd", "int" "newfd")
        "make newfd a number for the same open file", plain(Syscall::Dup2)),
    row!("int" "dup3" ("int" "oldfd", "int" "newfd", "int" "flags")
        "dup2, with flags", plain(Syscall::Dup3)),
    row!("int" "pipe" ("int[2]" "pipefd")
        "make a pipe: read from the first, write to the second", plain(Syscall::Pipe)),
    row!("int" "pipe2" ("int[2]" "pipefd", "int" "flags")
        "pipe, with flags", plain(Syscall::Pipe2)),
    row!("int" "poll" ("struct pollfd *" "fds", "nfds_t" "nfds", "int" "timeout")
        "wait until one of the descriptors is ready (milliseconds)", plain(Syscall::Poll)),
    row!("int" "select" ("int" "nfds", "fd_set *" "readfds", "fd_set *" "writefds", "fd_set *" "exceptfds", "struct timeval *" "timeout")
        "wait until a descriptor of one of the sets is ready", plain(Syscall::Select)),
    row!("int" "epoll_create" ("int" "size")
        "make an epoll instance; size means nothing, but is more than 0", plain(Syscall::EpollCreate)),
    row!("int" "epoll_create1" ("int" "flags")
        "make an epoll: a list of descriptors to wait for", plain(Syscall::EpollCreate1)),
    row!("int" "epoll_ctl" ("int" "epfd", "int" "op", "int" "fd", "struct epoll_event *" "event")
        "add, change or remove a descriptor", plain(Syscall::EpollCtl)),
    row!("int" "epoll_wait" ("int" "epfd", "struct epoll_event *" "events", "int" "maxevents", "int" "timeout")
        "wait for events (milliseconds)", plain(Syscall::EpollWait)),
    row!("pid_t" "fork" ()
        "make a second process with copies of all descriptors", plain(Syscall::Fork)),
    row!("int" "execve" ("const char *" "pathname", "char *const []" "argv", "char *const []" "envp")
        "put another program in the place of this one", plain(Syscall::Execve)),
    row!("int" "execv" ("const char *" "pathname", "char *const []" "argv")
        "execve with the environment as it is: empty", exec(false, false)),
    row!("int" "execvp" ("const char *" "file", "char *const []" "argv")
        "execv; a name without a slash is one of /bin", exec(false, true)),
    row!("int" "execl" ("const char *" "pathname", "const char *" "arg"; ...)
        "execv with a list of arguments that ends with (char *) NULL", exec(true, false)),
    row!("int" "execlp" ("const char *" "file", "const char *" "arg"; ...)
        "execl; a name without a slash is one of /bin", exec(true, true)),
    row!("pid_t" "waitpid" ("pid_t" "pid", "int *" "wstatus", "int" "options")
        "wait until a child has ended", Does::Ask(Syscall::Wait4, Lowering::Zeros(1))),
    row!("pid_t" "wait4" ("pid_t" "pid", "int *" "wstatus", "int" "options", "struct rusage *" "rusage")
        "wait until a child has ended", plain(Syscall::Wait4)),
    row!("pid_t" "wait" ("int *" "wstatus")
        "wait until any child has ended", Does::Ask(Syscall::Wait4, Lowering::Wait)),
    row!("pid_t" "getpid" ()
        "the number of this process", plain(Syscall::Getpid)),
    row!("pid_t" "getppid" ()
        "the number of the parent", plain(Syscall::Getppid)),
    row!("int" "kill" ("pid_t" "pid", "int" "sig")
        "send a signal to a process", plain(Syscall::Kill)),
    row!("int" "pause" ()
        "sleep until a signal comes", plain(Syscall::Pause)),
    row!("int" "sigaction" ("int" "signum", "const struct sigaction *" "act", "struct sigaction *" "oldact")
        "say what a signal is to do", Does::Ask(Syscall::RtSigaction, Lowering::Sigaction)),
    row!("void *" "signal" ("int" "signum", "sighandler_t" "handler")
        "say what a signal is to do, the short way", Does::Ask(Syscall::RtSigaction, Lowering::Signal)),
    row!("unsigned int" "alarm" ("unsigned int" "seconds")
        "have SIGALRM sent to this process in so many seconds", plain(Syscall::Alarm)),
    row!("int" "kcmp" ("pid_t" "pid1", "pid_t" "pid2", "int" "type", "unsigned long" "idx1", "unsigned long" "idx2")
        "compare what two processes have in the kernel: 0 if it is the same (KCMP_FILE)", plain(Syscall::Kcmp)),
    row!("int" "getrlimit" ("int" "resource", "struct rlimit *" "rlim")
        "read a limit of this process", plain(Syscall::Getrlimit)),
    row!("int" "setrlimit" ("int" "resource", "const struct rlimit *" "rlim")
        "lower a limit of this process", plain(Syscall::Setrlimit)),
    row!("int" "open" ("const char *" "pathname", "int" "flags"; ...)
        "open a file", plain(Syscall::Open)),
    row!("int" "unlink" ("const char *" "pathname")
        "remove a name from its directory", plain(Syscall::Unlink)),
    row!("int" "remove" ("const char *" "pathname")
        "remove a name from its directory", plain(Syscall::Unlink)),
    row!("int" "symlink" ("const char *" "target", "const char *" "linkpath")
        "make a name that leads to another one", plain(Syscall::Symlink)),
    row!("int" "mkdir" ("const char *" "pathname", "mode_t" "mode")
        "make a directory", plain(Syscall::Mkdir)),
    row!("int" "chmod" ("const char *" "pathname", "mode_t" "mode")
        "say who may do what with a file", plain(Syscall::Chmod)),
    row!("int" "fstat" ("int" "fd", "struct stat *" "statbuf")
        "ask what a descriptor stands for", plain(Syscall::Fstat)),
    row!("off_t" "lseek" ("int" "fd", "off_t" "offset", "int" "whence")
        "move the position in a file", plain(Syscall::Lseek)),
    row!("void *" "mmap" ("void *" "addr", "size_t" "length", "int" "prot", "int" "flags", "int" "fd", "off_t" "offset")
        "map a file into memory", plain(Syscall::Mmap)),
    row!("ssize_t" "splice" ("int" "fd_in", "off_t *" "off_in", "int" "fd_out", "off_t *" "off_out", "size_t" "len", "unsigned int" "flags")
        "move bytes between a pipe and a file inside the kernel", plain(Syscall::Splice)),
    row!("ssize_t" "sendfile" ("int" "out_fd", "int" "in_fd", "off_t *" "offset", "size_t" "count")
        "send from a file inside the kernel", plain(Syscall::Sendfile)),
    row!("unsigned int" "sleep" ("unsigned int" "seconds")
        "sleep", Does::Ask(Syscall::Nanosleep, Lowering::Sleep { nanoseconds: 1_000_000_000 })),
    row!("int" "usleep" ("unsigned int" "usec")
        "sleep for microseconds", Does::Ask(Syscall::Nanosleep, Lowering::Sleep { nanoseconds: 1000 })),
    row!("int" "nanosleep" ("const struct timespec *" "duration", "struct timespec *" "rem")
        "sleep for seconds and nanoseconds", plain(Syscall::Nanosleep)),
    row!("time_t" "time" ("time_t *" "tloc")
        "the seconds since 1970", plain(Syscall::Time)),
    row!("void" "exit" ("int" "status")
        "end this process; the kernel closes what it held", plain(Syscall::ExitGroup)),
    row!("void" "_exit" ("int" "status")
        "end this process at once", plain(Syscall::ExitGroup)),
];
