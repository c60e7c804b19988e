//! What a system call did, by its outcome.

mod accept;
mod bind;
mod close;
mod connect;
mod control;
mod descriptors;
mod exec;
mod files;
mod length;
mod meaning;
mod multiplex;
mod names;
mod open;
mod options;
mod overrun;
mod process;
mod ready;
mod receive;
mod send;
mod unix;
mod unsent;

pub use options::{name_in_number, plain, text, timeval};
pub use unix::named;

use super::case::Case;
use super::story::Story;
use crate::model::{Outcome, Report, Syscall};

/// Whether what the call returns counts bytes that went out of its second argument or into it.
fn moves_bytes(case: &Case) -> bool {
    use Syscall::{Read, Recvfrom, Sendto, Write};
    matches!(case.report.call.syscall, Read | Write | Recvfrom | Sendto)
}

/// Explains one report.
pub fn tell<'a>(story: &mut Story<'a>, report: &'a Report) {
    let case = Case::new(&story.scene, report);
    overrun::tell(story, &case);
    length::tell(story, &case);
    match &report.outcome {
        Outcome::Returned(value) => returned(story, &case, *value),
        Outcome::Blocked => blocked(story, &case),
        Outcome::Failed(errno) => super::errors::tell(story, &case, *errno),
        // The change of the process's state tells it, with the call.
        Outcome::Killed(_) | Outcome::Exited(_) => {}
    }
}

fn returned(story: &mut Story, case: &Case, value: i64) {
    match case.report.call.syscall {
        Syscall::Socket => open::socket(story, case, value),
        Syscall::Socketpair => open::socketpair(story, case),
        Syscall::Pipe | Syscall::Pipe2 => open::pipe(story, case),
        Syscall::Open => open::open(story, case, value),
        Syscall::Unlink => open::unlink(story, case),
        Syscall::Symlink => open::symlink(story, case),
        Syscall::Mkdir => open::mkdir(story, case),
        Syscall::Chmod => open::chmod(story, case),
        Syscall::Bind => bind::bind(story, case),
        Syscall::Listen => bind::listen(story, case),
        Syscall::Accept | Syscall::Accept4 => accept::returned(story, case, value),
        Syscall::Connect => connect::returned(story, case),
        Syscall::Read | Syscall::Readv | Syscall::Recvfrom | Syscall::Recvmsg => {
            receive::returned(story, case, value);
        }
        Syscall::Write | Syscall::Writev | Syscall::Sendto | Syscall::Sendmsg => {
            send::returned(story, case, value);
        }
        Syscall::Shutdown => close::shutdown(story, case),
        Syscall::Close => close::close(story, case),
        Syscall::Dup | Syscall::Dup2 | Syscall::Dup3 => descriptors::dup(story, case, value),
        Syscall::Fcntl => descriptors::fcntl(story, case, value),
        Syscall::Ioctl => descriptors::ioctl(story, case),
        Syscall::Getsockname | Syscall::Getpeername => names::returned(story, case),
        Syscall::Getsockopt => options::get(story, case),
        Syscall::Setsockopt => options::set(story, case),
        Syscall::Poll | Syscall::Select | Syscall::EpollWait => {
            multiplex::returned(story, case, value);
        }
        Syscall::EpollCreate | Syscall::EpollCreate1 => multiplex::created(story, case, value),
        Syscall::EpollCtl => multiplex::changed(story, case),
        Syscall::Fork => process::fork(story, case, value),
        Syscall::Execve => exec::returned(story, case),
        Syscall::Wait4 => process::waited(story, case, value),
        Syscall::Kill => process::kill(story, case),
        Syscall::RtSigaction => process::sigaction(story, case),
        Syscall::Setrlimit => process::setrlimit(story, case),
        Syscall::Alarm => process::alarm(story, case, value),
        Syscall::Kcmp => process::kcmp(story, case, value),
        Syscall::Getrlimit => process::getrlimit(story, case),
        Syscall::Getpid | Syscall::Getppid => process::number(story, case, value),
        Syscall::Time => process::time(story, case, value),
        Syscall::Nanosleep => process::slept(story, case),
        Syscall::Fstat => files::stat(story, case),
        Syscall::Lseek => files::seek(story, case, value),
        Syscall::Mmap => files::mmap(story, case),
        Syscall::Splice | Syscall::Sendfile => files::moved(story, case, value),
        // None comes back with a value.
        Syscall::Pause | Syscall::RtSigreturn | Syscall::ExitGroup => {
            process::other(story, case, value);
        }
    }
}

fn blocked(story: &mut Story, case: &Case) {
    match case.report.call.syscall {
        Syscall::Accept | Syscall::Accept4 => accept::blocked(story, case),
        Syscall::Connect => connect::blocked(story, case),
        Syscall::Read | Syscall::Readv | Syscall::Recvfrom | Syscall::Recvmsg => {
            receive::blocked(story, case);
        }
        Syscall::Write | Syscall::Writev | Syscall::Sendto | Syscall::Sendmsg => {
            send::blocked(story, case);
        }
        Syscall::Close => close::blocked(story, case),
        Syscall::Poll | Syscall::Select | Syscall::EpollWait => multiplex::blocked(story, case),
        Syscall::Splice | Syscall::Sendfile => files::blocked(story, case),
        Syscall::Socket
        | Syscall::Socketpair
        | Syscall::Bind
        | Syscall::Listen
        | Syscall::Shutdown
        | Syscall::Dup
        | Syscall::Dup2
        | Syscall::Dup3
        | Syscall::Pipe
        | Syscall::Pipe2
        | Syscall::Fcntl
        | Syscall::Ioctl
        | Syscall::Getsockopt
        | Syscall::Setsockopt
        | Syscall::Getsockname
        | Syscall::Getpeername
        | Syscall::EpollCreate
        | Syscall::EpollCreate1
        | Syscall::EpollCtl
        | Syscall::Fork
        | Syscall::Execve
        | Syscall::Unlink
        | Syscall::Symlink
        | Syscall::Mkdir
        | Syscall::Chmod
        | Syscall::Open
        | Syscall::Fstat
        | Syscall::Lseek
        | Syscall::Mmap
        | Syscall::Kill
        | Syscall::RtSigaction
        | Syscall::RtSigreturn
        | Syscall::Alarm
        | Syscall::Kcmp
        | Syscall::Getrlimit
        | Syscall::Setrlimit
        | Syscall::Getpid
        | Syscall::Getppid
        | Syscall::Time
        | Syscall::Pause
        | Syscall::Wait4
        | Syscall::Nanosleep
        | Syscall::ExitGroup => process::blocked(story, case),
    }
}
