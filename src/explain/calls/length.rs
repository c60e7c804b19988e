//! Lengths of addresses: more than the address has, or less than the kernel's answer.

use crate::explain::case::Case;
use crate::explain::names::family_shown;
use crate::explain::note::{Value, note};
use crate::explain::story::{Rank, Story};
use crate::model::{Outcome, Overrun, Syscall};

/// Says what became of a length that is not the address's.
pub fn tell(story: &mut Story, case: &Case) {
    if let Some(longer) = longer(case) {
        let Longer { told, structure, size, .. } = longer;
        let overrun = case.report.call.overrun.as_ref();
        let said = match overrun.filter(|overrun| longer.harmless(overrun)) {
            Some(overrun) => note!(
                "overrun-unused",
                object = Value::quoted(&overrun.object),
                room = overrun.room,
                call = case.call(),
                told = told,
                structure = structure,
                size = size
            ),
            None => note!("length-longer", told = told, structure = structure, size = size),
        };
        story.say(Rank::Queue, said);
    }
    if let Some((room, size)) = cut(case) {
        story.say(Rank::Queue, note!("address-cut", room = room, size = size));
    }
}

/// An argument that the kernel wrote an address to, unless there was too little room for it.
pub fn written_whole<'a>(case: &Case<'a>, index: usize) -> Option<&'a str> {
    case.written(index).filter(|_| cut(case).is_none())
}

/// Whether the kernel's answer had more bytes of address than there was room for.
pub fn is_cut(case: &Case) -> bool {
    cut(case).is_some()
}

/// The length of an IP address that a call took, though it is more than such an address has.
pub struct Longer {
    /// The place of the address among the arguments.
    argument: usize,
    /// The length that the call was told.
    told: u64,
    /// The structure that an address of this family is.
    structure: &'static str,
    /// Its size in bytes.
    size: u64,
}

impl Longer {
    /// Whether the kernel used nothing from behind the object that the call was given.
    pub fn harmless(&self, overrun: &Overrun) -> bool {
        overrun.argument == self.argument && overrun.room >= self.size
    }
}

/// See [`Longer`].
pub fn longer(case: &Case) -> Option<Longer> {
    let Outcome::Returned(_) = case.report.outcome else { return None };
    let syscall = case.report.call.syscall;
    let argument = match (syscall == Syscall::Sendto, named(syscall)) {
        (true, _) => 4,
        (false, true) => 1,
        (false, false) => return None,
    };
    let (structure, size) = match family_shown(case.shown(argument))? {
        "AF_INET" => ("sockaddr_in", 16),
        "AF_INET6" => ("sockaddr_in6", 28),
        _ => return None,
    };
    let told = u64::try_from(case.report.call.args[argument + 1]).ok()?;
    (told > size).then_some(Longer { argument, told, structure, size })
}

/// Whether the call is given an address as its second argument.
fn named(syscall: Syscall) -> bool {
    matches!(syscall, Syscall::Bind | Syscall::Connect)
}

/// Whether the call answers with an address in its second argument.
fn answered(syscall: Syscall) -> bool {
    use Syscall::{Accept, Accept4, Getpeername, Getsockname};
    matches!(syscall, Accept | Accept4 | Getsockname | Getpeername)
}

/// The room for an address that the kernel answered, and the size of the address, if that is more.
fn cut(case: &Case) -> Option<(u64, u64)> {
    let syscall = case.report.call.syscall;
    let place = match (syscall == Syscall::Recvfrom, answered(syscall)) {
        (true, _) => 5,
        (false, true) => 2,
        (false, false) => return None,
    };
    // strace writes a length that the kernel changed as `[4 => 16]`.
    let inside = case.written(place)?.strip_prefix('[')?.strip_suffix(']')?;
    let (room, size) = inside.split_once(" => ")?;
    let (room, size) = (room.parse().ok()?, size.parse().ok()?);
    (size > room).then_some((room, size))
}
