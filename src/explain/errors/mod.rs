//! Why a call failed, as far as the snapshots and the packets of the moment prove it.
//!
//! First comes what is the same for every call (EBADF, ENOTSOCK, EFAULT …), then what each call
//! means by an error. Where nothing proves a cause, the note says so.

mod binding;
mod connecting;
mod files;
mod general;
mod multiplexing;
mod options;
mod processes;
mod receiving;
mod sending;
mod socket;
mod transfer;
mod waiting;

pub use sending::pipe;

use super::case::Case;
use super::note::{Note, note};
use super::story::{Rank, Story};
use crate::model::{Errno, Syscall};

/// Explains a call that failed.
pub fn tell(story: &mut Story, case: &Case, errno: Errno) {
    let name = errno.name().unwrap_or("?");
    let said = general::explain(story, case, name)
        .or_else(|| by_call(story, case, name))
        .or_else(|| general::by_name(case, name));
    let said = said.unwrap_or_else(|| {
        note!("error-other", call = case.call(), who = case.who(), errno = errno)
    });
    story.say(Rank::Failure, said);
    if let Some(socket) = case.after {
        story.tell(socket);
    }
}

fn by_call(story: &mut Story, case: &Case, errno: &str) -> Option<Note> {
    match case.report.call.syscall {
        Syscall::Socket | Syscall::Socketpair => socket::explain(case, errno),
        Syscall::Bind => binding::bind(story, case, errno),
        Syscall::Listen => binding::listen(story, case, errno),
        Syscall::Accept | Syscall::Accept4 => waiting::accept(story, case, errno),
        Syscall::Connect => connecting::explain(story, case, errno),
        Syscall::Write | Syscall::Writev | Syscall::Sendto | Syscall::Sendmsg => {
            sending::explain(story, case, errno)
        }
        Syscall::Read | Syscall::Readv | Syscall::Recvfrom | Syscall::Recvmsg => {
            receiving::explain(story, case, errno)
        }
        Syscall::Shutdown => waiting::shutdown(case, errno),
        Syscall::Getsockname | Syscall::Getpeername => waiting::names(case, errno),
        Syscall::Getsockopt | Syscall::Setsockopt => options::explain(case, errno),
        Syscall::Dup2 | Syscall::Dup3 => files::dup(case, errno),
        Syscall::Fcntl => files::fcntl(case, errno),
        Syscall::Ioctl => files::ioctl(case, errno),
        Syscall::Open | Syscall::Unlink | Syscall::Mkdir | Syscall::Chmod => {
            files::path(case, errno, 0)
        }
        // The name that it was to make, not the one that it leads to.
        Syscall::Symlink => files::path(case, errno, 1),
        Syscall::Lseek => files::seek(case, errno),
        Syscall::Mmap => files::mmap(case, errno),
        Syscall::Splice | Syscall::Sendfile => files::moving(story, case, errno),
        Syscall::Poll
        | Syscall::Select
        | Syscall::EpollCreate
        | Syscall::EpollCreate1
        | Syscall::EpollCtl
        | Syscall::EpollWait => multiplexing::explain(story, case, errno),
        Syscall::Kill => processes::kill(case, errno),
        Syscall::Getrlimit => processes::getrlimit(case, errno),
        Syscall::Kcmp => processes::kcmp(errno),
        Syscall::RtSigaction => processes::sigaction(case, errno),
        Syscall::Setrlimit => processes::setrlimit(case, errno),
        Syscall::Wait4 => processes::wait(case, errno),
        Syscall::Execve => processes::execve(case, errno),
        Syscall::Fork | Syscall::Nanosleep | Syscall::Pipe | Syscall::Pipe2 | Syscall::Close => {
            processes::other(case, errno)
        }
        Syscall::RtSigreturn
        | Syscall::Alarm
        | Syscall::Dup
        | Syscall::Fstat
        | Syscall::Getpid
        | Syscall::Getppid
        | Syscall::Time
        | Syscall::Pause
        | Syscall::ExitGroup => None,
    }
}
