//! Handlers of signals. The kernel is given a handler of the process's own, with the learner's
//! flags and mask; it says which signal came, and serves requests until it is told to go back.

use core::ffi::{c_int, c_void};
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::kernel::{Errno, ask, block_signals, leave, number, own_pid};
use super::memory::in_arena;
use super::request::{DEEPEST, Reply, Signalled};
use super::talk::{channel, say};
use super::{Alone, serve};

/// `struct sigaction` as the kernel has it on x86-64.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
struct Action {
    handler: u64,
    flags: i64,
    restorer: u64,
    mask: u64,
}

const RESTORER: i64 = 0x0400_0000;
const SIGINFO: i64 = 4;
const SIGKILL: i64 = 9;

/// In how many handlers this process is.
static DEPTH: AtomicU32 = AtomicU32::new(0);

/// The signals that the learner's own code would have blocked where the process is.
static MASK: AtomicU64 = AtomicU64::new(0);

/// The learner's handlers and flags, by signal. A static, because the handler has no other way to
/// them.
static LEARNERS: Alone<[(u64, i64); 65]> = Alone::new([(0, 0); 65]);

/// The signals that the process's code blocks by itself, from the beginning: a program that was
/// put in another's place finds those that the other one had blocked.
#[allow(dead_code)] // see `exec::begin_anew`
pub(super) fn begin_with_mask(mask: u64) {
    MASK.store(mask, Ordering::Relaxed);
}

/// rt_sigaction(2) for the learner: where the new action names a handler, the kernel gets ours in
/// its place, and where the old one was ours, the learner gets back the one it gave.
pub(super) fn install(a: [i64; 6]) -> (i64, i32) {
    // The learner's functions lie in the arena. Elsewhere is no code: the kernel will find out.
    let wanted = read(a[1]).filter(|action| in_arena(action.handler, 1));
    let ours = wanted.map(|action| Action {
        handler: own_address(),
        // It wants to know who sent the signal.
        flags: action.flags | SIGINFO | RESTORER,
        restorer: restore as *const () as u64,
        mask: action.mask,
    });
    let action = ours.as_ref().map_or(a[1], |ours| core::ptr::from_ref(ours) as i64);
    // SAFETY: the kernel checks the addresses; `ours` lives until the call is back, and has the
    // kernel's layout. The handler that it names does nothing that a handler must not do.
    if let Err(errno) = unsafe { ask(number::RT_SIGACTION, [a[0], action, a[2], a[3]]) } {
        return (-1, errno.0);
    }
    LEARNERS.with(|learners| {
        let slot = usize::try_from(a[0]).ok().and_then(|signal| learners.get_mut(signal));
        let Some(slot) = slot else { return };
        if let Some(old) = read(a[2]).filter(|old| old.handler == own_address()) {
            write(a[2], Action { handler: slot.0, flags: slot.1, restorer: 0, ..old });
        }
        if let Some(wanted) = wanted {
            *slot = (wanted.handler, wanted.flags);
        }
    });
    (0, 0)
}

/// Gives a signal back its default, as it was before anybody changed it.
///
/// # Errors
/// EINVAL if there is no such signal.
pub fn reset(signal: c_int) -> Result<(), Errno> {
    let default = Action { handler: 0, flags: 0, restorer: 0, mask: 0 };
    let action = (&raw const default) as i64;
    // SAFETY: the structure lives until the call is back; the default runs no code of ours.
    unsafe { ask(number::RT_SIGACTION, [signal.into(), action, 0, 8]) }.map(drop)
}

fn own_address() -> u64 {
    caught as *const () as u64
}

/// What lies at an address of the arena; `None` if it lies elsewhere, for the kernel to judge.
fn read(address: i64) -> Option<Action> {
    if !in_arena(address as u64, size_of::<Action>()) {
        return None;
    }
    // SAFETY: the arena is mapped there, readable, for the whole life of the process. Any bytes
    // are an action.
    Some(unsafe { core::ptr::read_unaligned(address as usize as *const Action) })
}

fn write(address: i64, action: Action) {
    if in_arena(address as u64, size_of::<Action>()) {
        // SAFETY: as in `read`; sockstep does not look while this process has not answered.
        unsafe { core::ptr::write_unaligned(address as usize as *mut Action, action) };
    }
}

/// What the kernel calls. It runs only while the process waits for a request or makes a call of
/// the learner's, so nothing of ours is half done.
extern "C" fn caught(signal: c_int, info: *mut Info, _context: *mut c_void) {
    if let Err(errno) = handle(signal, info) {
        leave(errno.0);
    }
}

/// The beginning of `siginfo_t`, as the kernel fills it for signals that a process sent and for
/// SIGCHLD.
#[repr(C)]
struct Info {
    signal: i32,
    errno: i32,
    code: i32,
    padding: i32,
    sender: i32,
    user: u32,
    status: i32,
}

fn handle(signal: c_int, info: *mut Info) -> Result<(), Errno> {
    let mask = block_signals()?;
    let depth = DEPTH.load(Ordering::Relaxed) + 1;
    if depth as usize > DEEPEST {
        // A real program's stack is full at some depth, too. Its neighbours go on.
        // SAFETY: two numbers; nothing comes after it.
        unsafe { ask(number::KILL, [own_pid().into(), SIGKILL]) }?;
    }
    DEPTH.store(depth, Ordering::Relaxed);
    let outer = MASK.swap(mask, Ordering::Relaxed);
    // SAFETY: SA_SIGINFO is always set, so the kernel has filled the structure; its fields are
    // plain numbers, and those that mean nothing for this signal are not believed by anybody.
    let Info { code, sender, user, status, .. } = unsafe { core::ptr::read(info) };
    let (address, flags) = LEARNERS.with(|learners| {
        let slot = usize::try_from(signal).ok().and_then(|signal| learners.get(signal));
        slot.copied().unwrap_or_default()
    });
    let caught = Reply::Caught(Signalled {
        signal,
        code,
        sender,
        user,
        status,
        address,
        flags,
        depth,
        mask: outer,
    });
    say(channel(), caught, &[])?;
    serve(depth, mask)?;
    MASK.store(outer, Ordering::Relaxed);
    DEPTH.store(depth - 1, Ordering::Relaxed);
    Ok(())
}

/// The way back from a handler: rt_sigreturn(2), with the stack as the kernel left it.
// SAFETY: only the kernel jumps here, behind a handler; it never comes back.
#[unsafe(naked)]
unsafe extern "C" fn restore() {
    core::arch::naked_asm!("mov eax, 15", "syscall")
}
