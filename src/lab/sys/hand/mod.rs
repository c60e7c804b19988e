//! A process of the lab: a hand for the kernel that makes one raw system call after another.
//!
//! It knows no C and no socket. A request is a system call's number and six integers; what the
//! integers point to lies in the arena that it shares with sockstep.
//!
//! All of its signals, the C library's own two as well, are blocked but in two places: while it
//! makes the learner's call, and while it waits for a request. So a handler never finds it in the
//! middle of its own work.
//!
//! This folder is a part of two programs: of sockstep, from which the first hands are forked, and
//! of the small one that a hand becomes by execve(2), `../program.rs`. So it has nothing but
//! `core`, and names nothing outside of itself.

mod children;
mod exec;
mod handler;
mod kernel;
mod memory;
mod request;
mod talk;

use core::cell::UnsafeCell;

#[allow(unused_imports)] // sockstep itself never begins so
pub use exec::begin_anew;
pub use handler::reset;
pub use kernel::{Errno, leave};
pub use memory::{ARENA_SIZE, ARENA_START, GUARD, memory};
pub use request::{DEEPEST, Reply, Request, Signalled};

use kernel::{
    ADDRESS_SPACE, EAGAIN, EBADMSG, EINTR, OPEN_FILES, block_signals, close, limit, limits, number,
    set_mask,
};
use memory::map;
use request::Early;
use talk::{
    HARD_LIMIT, SOFT_LIMIT, above_the_limit, channel, hear, hello, keep, say, wait_readable,
};

/// How much memory a process may map besides its arena and the guard behind it, in bytes: the
/// program itself, and some for a learner's mmap(). A lesson must not exhaust the machine.
const MAPPABLE: u64 = 256 << 20;

/// The requests that came too early: they are for after the handler that runs. A static, because
/// a handler of signals has no other way to them.
static EARLY: Alone<Early> = Alone::new(Early::NONE);

/// What only one piece of code looks at at a time: the process has one thread, and its signals are
/// blocked meanwhile.
struct Alone<T>(UnsafeCell<T>);

// SAFETY: there is one thread.
unsafe impl<T> Sync for Alone<T> {}

impl<T> Alone<T> {
    const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// Looks at it, with all signals blocked.
    fn with<R>(&self, look: impl FnOnce(&mut T) -> R) -> R {
        // SAFETY: no handler of a signal runs, nobody calls this from `look`, and there is one
        // thread: this is the only reference.
        look(unsafe { &mut *self.0.get() })
    }
}

/// The life of a hand, from its birth to its end. It has dropped all privileges, and all fds but
/// its channel, the memory for its arena, and 0, 1 and 2.
///
/// # Errors
/// The first step of the start that failed. Once it serves, it ends by leaving.
pub fn live(control: i32, arena: i32) -> Result<(), Errno> {
    block_signals()?;
    map(arena, false)?;
    close(arena);
    keep(above_the_limit(control, &[])?)?;
    close(control);
    let (_, hard) = limits(OPEN_FILES)?;
    let hard = hard.min(HARD_LIMIT);
    limit(OPEN_FILES, hard.min(SOFT_LIMIT), hard)?;
    let most = (ARENA_SIZE + GUARD) as u64 + MAPPABLE;
    limit(ADDRESS_SPACE, most, most)?;
    say(channel(), hello(channel()), &[])?;
    serve(0, 0)
}

/// Serves requests until it is told to go back from the handler in which it is; the program
/// itself (`depth` 0) serves until its channel closes, and then leaves. `mask` is what the
/// learner's own code would have blocked here.
///
/// # Errors
/// EBADMSG for a message that is none; what answering gives.
pub fn serve(depth: u32, mask: u64) -> Result<(), Errno> {
    loop {
        let request = next_request(depth, mask)?;
        if request.number == number::RT_SIGRETURN && depth > 0 {
            return Ok(());
        }
        carry_out(request, mask)?;
    }
}

fn next_request(depth: u32, mask: u64) -> Result<Request, Errno> {
    loop {
        if let Some(request) = EARLY.with(|early| early.take(depth)) {
            return Ok(request);
        }
        // A handler that runs meanwhile may take the request, or move the control fd.
        match wait_readable(channel(), mask) {
            Err(EINTR) => continue,
            other => other?,
        }
        let mut bytes = [0; 72];
        let length = match hear(channel(), &mut bytes) {
            Err(EAGAIN | EINTR) => continue,
            other => other?,
        };
        if length == 0 {
            leave(0);
        }
        let request = bytes.get(..length).and_then(Request::from_bytes).ok_or(EBADMSG)?;
        if request.depth > depth {
            return Err(EBADMSG);
        }
        if request.depth == depth {
            return Ok(request);
        }
        EARLY.with(|early| early.put(request)).ok_or(EBADMSG)?;
    }
}

fn carry_out(request: Request, mask: u64) -> Result<(), Errno> {
    let own = channel();
    // An argument that names the control fd means a number that the learner never opened. It
    // steps aside, so that the kernel's own answer is true.
    if request.arguments.iter().any(|a| *a as i32 == own) {
        keep(above_the_limit(own, &request.arguments)?)?;
    }
    let a = request.arguments;
    let (value, errno) = match request.number {
        number::FORK => return children::fork_a_hand(),
        number::RT_SIGACTION => handler::install(a),
        number::EXECVE => exec::execute(a, mask)?,
        number => make(number, a, mask)?,
    };
    answer(value, errno)
}

/// Makes a call of the learner's, with the signals that its own code would have blocked.
fn make(number: i64, a: [i64; 6], mask: u64) -> Result<(i64, i32), Errno> {
    set_mask(mask)?;
    // SAFETY: none to give, and that is the point: the kernel checks every argument, and whatever
    // it does is done to this process alone, which has no privileges and no state of its own to
    // lose except its mapping and its control fd.
    let value = unsafe { kernel::ask(number, a) };
    block_signals()?;
    Ok(value.map_or_else(|errno| (-1, errno.0), |value| (value, 0)))
}

fn answer(value: i64, errno: i32) -> Result<(), Errno> {
    say(channel(), Reply::Back { value, errno, control: channel() }, &[])
}
