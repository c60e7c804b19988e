//! `/bin/program` of a lab: what a process of the lab becomes by execve(2). A hand again, with
//! fresh memory; what the kernel has left it of fds and signals, it leaves as it is.
//!
//! It is a program of its own, small enough for the lab's file system, and needs no library: the
//! lab has none. `build.rs` makes it, and sockstep has it inside.
#![no_std]
#![no_main]

mod hand;

use core::arch::{asm, naked_asm};
use core::panic::PanicInfo;

/// Where the kernel begins.
// SAFETY: the kernel jumps here once, with the stack as execve(2) makes it.
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn _start() -> ! {
    naked_asm!("xor ebp, ebp", "and rsp, -16", "call {}", "ud2", sym main)
}

extern "C" fn main() -> ! {
    match hand::begin_anew() {
        Ok(()) => hand::leave(0),
        Err(errno) => hand::leave(errno.0),
    }
}

#[panic_handler]
fn panicked(_: &PanicInfo<'_>) -> ! {
    // EX_SOFTWARE of sysexits.h.
    hand::leave(70)
}

/// What the compiler takes for granted that somebody has.
///
/// # Safety
/// As memcpy(3).
// SAFETY: nobody else in this program has the name.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, length: usize) -> *mut u8 {
    // SAFETY: by the caller: both places have the length, and do not overlap.
    unsafe {
        asm!("rep movsb", inout("rdi") to => _, inout("rsi") from => _, inout("rcx") length => _);
    }
    to
}

/// As above.
///
/// # Safety
/// As memset(3).
// SAFETY: nobody else in this program has the name.
#[unsafe(no_mangle)]
unsafe extern "C" fn memset(to: *mut u8, byte: i32, length: usize) -> *mut u8 {
    // SAFETY: by the caller: the place has the length.
    unsafe {
        asm!("rep stosb", inout("rdi") to => _, inout("rcx") length => _, in("al") byte as u8);
    }
    to
}

/// As above.
///
/// # Safety
/// As memcmp(3).
// SAFETY: nobody else in this program has the name.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(a: *const u8, b: *const u8, length: usize) -> i32 {
    let mut at = 0;
    while at < length {
        // SAFETY: by the caller: both places have the length.
        let (a, b) = unsafe { (a.add(at).read_volatile(), b.add(at).read_volatile()) };
        if a != b {
            return i32::from(a) - i32::from(b);
        }
        at += 1;
    }
    0
}

/// As above.
///
/// # Safety
/// As bcmp(3).
// SAFETY: nobody else in this program has the name.
#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(a: *const u8, b: *const u8, length: usize) -> i32 {
    // SAFETY: by the caller, as for memcmp.
    unsafe { memcmp(a, b, length) }
}

/// As above.
///
/// # Safety
/// As memmove(3).
// SAFETY: nobody else in this program has the name.
#[unsafe(no_mangle)]
unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, length: usize) -> *mut u8 {
    let behind = (to as usize).wrapping_sub(from as usize);
    let mut at = 0;
    while at < length {
        // From the end, where the beginning of `to` lies in `from`.
        let place = if behind < length { length - 1 - at } else { at };
        // SAFETY: by the caller: both places have the length.
        unsafe { to.add(place).write_volatile(from.add(place).read_volatile()) };
        at += 1;
    }
    to
}

/// The language's own library names it, though nothing is ever unwound here.
// SAFETY: nobody else in this program has the name.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {
    hand::leave(70)
}
