//! Arguments that tell the kernel more bytes than the object has into which they point.
//!
//! C calls that undefined and does not check it; the kernel knows a process's memory and no
//! objects. Here the sizes of all objects are known, so it can be said.

use super::scope::Scope;
use crate::model::{Memory, Overrun, Syscall};

/// How many bytes of a string are shown as its name.
const SHOWN: usize = 12;

/// A pointer among the arguments, and where its length stands.
struct Span {
    pointer: usize,
    length: Length,
    /// The kernel writes there.
    fills: bool,
}

#[derive(Clone, Copy)]
enum Length {
    /// A `size_t` among the arguments.
    Size(usize),
    /// A `socklen_t` among the arguments.
    Socklen(usize),
    /// A `socklen_t` in memory, which the kernel reads and writes.
    Behind(usize),
}

const fn reads(pointer: usize, length: Length) -> Span {
    Span { pointer, length, fills: false }
}

const fn fills(pointer: usize, length: Length) -> Span {
    Span { pointer, length, fills: true }
}

/// The blocks of memory that a call names by a pointer and a length.
fn spans(syscall: Syscall) -> &'static [Span] {
    use Length::{Behind, Size, Socklen};
    match syscall {
        Syscall::Read => const { &[fills(1, Size(2))] },
        Syscall::Write => const { &[reads(1, Size(2))] },
        Syscall::Recvfrom => const { &[fills(1, Size(2)), fills(4, Behind(5))] },
        Syscall::Sendto => const { &[reads(1, Size(2)), reads(4, Socklen(5))] },
        Syscall::Bind | Syscall::Connect => const { &[reads(1, Socklen(2))] },
        Syscall::Accept | Syscall::Accept4 | Syscall::Getsockname | Syscall::Getpeername => {
            const { &[fills(1, Behind(2))] }
        }
        Syscall::Getsockopt => const { &[fills(3, Behind(4))] },
        Syscall::Setsockopt => const { &[reads(3, Socklen(4))] },
        Syscall::Socket
        | Syscall::Socketpair
        | Syscall::Listen
        | Syscall::Readv
        | Syscall::Writev
        | Syscall::Sendmsg
        | Syscall::Recvmsg
        | Syscall::Shutdown
        | Syscall::Close
        | Syscall::Dup
        | Syscall::Dup2
        | Syscall::Dup3
        | Syscall::Pipe
        | Syscall::Pipe2
        | Syscall::Fcntl
        | Syscall::Ioctl
        | Syscall::Poll
        | Syscall::Select
        | Syscall::EpollCreate
        | Syscall::EpollCreate1
        | Syscall::EpollCtl
        | Syscall::EpollWait
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
        | Syscall::Splice
        | Syscall::Sendfile
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
        | Syscall::ExitGroup => &[],
    }
}

/// The first argument of a call that reaches beyond its object. `memory` is as before the call.
/// A pointer into no object of the program is the kernel's to judge.
pub fn overrun(
    syscall: Syscall,
    args: &[i64; 6],
    scope: &Scope,
    memory: &dyn Memory,
) -> Option<Overrun> {
    spans(syscall).iter().find_map(|span| {
        let address = args[span.pointer] as u64;
        let told = span.length.told(args, memory)?;
        let object = object_at(address, scope)?;
        let room = object.end - address;
        let offset = address - object.start;
        let at = if offset == 0 { String::new() } else { format!("+{offset}") };
        (told > room).then(|| Overrun {
            argument: span.pointer,
            object: object.name(memory) + &at,
            room,
            told,
            fills: span.fills,
        })
    })
}

impl Length {
    fn told(self, args: &[i64; 6], memory: &dyn Memory) -> Option<u64> {
        match self {
            Length::Size(at) => Some(args[at] as u64),
            // A negative length is refused by the kernel before it looks at the bytes.
            Length::Socklen(at) => u64::try_from(args[at] as i32).ok(),
            Length::Behind(at) => {
                let bytes = memory.read(args[at] as u64, 4)?;
                let length = i32::from_le_bytes(bytes.try_into().ok()?);
                u64::try_from(length).ok()
            }
        }
    }
}

/// A piece of memory that C knows as one thing.
struct Object<'a> {
    start: u64,
    end: u64,
    /// The variable's name; a string has none.
    name: Option<&'a str>,
}

impl Object<'_> {
    /// As it is called in C: `z`, `"abc"`.
    fn name(&self, memory: &dyn Memory) -> String {
        if let Some(name) = self.name {
            return name.to_owned();
        }
        let length = usize::try_from(self.end - self.start).unwrap_or(0);
        let bytes = memory.read(self.start, length.min(SHOWN + 1)).unwrap_or_default();
        let text = bytes.strip_suffix(&[0]).unwrap_or(&bytes);
        let (shown, more) = match text.get(..SHOWN) {
            Some(start) if length > SHOWN + 1 => (start, "..."),
            Some(_) | None => (text, ""),
        };
        format!("\"{}\"{more}", crate::model::escape(shown))
    }
}

/// The variable or string in which this address lies.
fn object_at(address: u64, scope: &Scope) -> Option<Object<'_>> {
    let inside = |start: u64, size: u64| (start..start.saturating_add(size)).contains(&address);
    let variables = scope.variables().map(|variable| {
        let (start, size) = (variable.address, variable.ty.size());
        (start, size, Some(&*variable.name))
    });
    let strings = scope.strings.iter().map(|(start, text)| (*start, text.len() as u64, None));
    let found = variables.chain(strings).find(|(start, size, _)| inside(*start, *size));
    found.map(|(start, size, name)| Object { start, end: start.saturating_add(size), name })
}
