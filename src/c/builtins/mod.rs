//! Functions of the C library that ask no kernel, done here on the process's memory.

mod control;
mod error_text;
mod format;
mod network;
mod sets;
mod text;

pub use error_text::strerror;
pub(super) use network::ipv6_text;

use super::ast::Expr;
use super::calls::{CallHelp, Does};
use super::compile::literal_text;
use super::error::Error;
use super::fault::Fault;
use super::reach::Reach;

/// One function of the C library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[rustfmt::skip]
pub(super) enum Builtin {
    Htons, Htonl, InetAddr, InetAton, InetPton, InetNtop, InetNtoa, IsV4Mapped,
    Memset, Memcpy, Memcmp, Bzero, Strcpy, Strncpy, Strcat, Strlen, Strcmp, Strncmp, Strchr,
    Strstr, Atoi, Toupper, Tolower, Strerror,
    Perror, Printf, Fprintf, Snprintf, Sprintf, Puts, Fputs, Putchar, Fflush,
    SunLen, FdZero, FdSet, FdClr, FdIsset,
    CmsgAlign, CmsgSpace, CmsgLen, CmsgFirst, CmsgNext, CmsgData,
    Wifexited, Wexitstatus, Wifsignaled, Wtermsig, IsSocket,
    Sigemptyset, Sigfillset, Sigaddset, Sigdelset, Sigismember,
}

/// What came of it.
pub(super) struct Done {
    pub value: i64,
    /// Operations it counts as, besides one.
    pub cost: u64,
    pub printed: Option<String>,
}

impl Done {
    fn value(value: i64) -> Self {
        Self { value, cost: 0, printed: None }
    }
}

/// The arguments of one call.
struct Args<'a>(&'a [i64]);

impl Args<'_> {
    fn int(&self, at: usize) -> i64 {
        self.0.get(at).copied().unwrap_or(0)
    }

    fn address(&self, at: usize) -> u64 {
        self.int(at) as u64
    }
}

/// Does `builtin`. `fuel` is how many operations it may count as at most.
pub(super) fn run(
    builtin: Builtin,
    args: &[i64],
    reach: &mut Reach,
    fuel: u32,
) -> Result<Done, Fault> {
    use Builtin as B;
    let a = Args(args);
    match builtin {
        B::Htons => Ok(Done::value(i64::from((a.int(0) as u16).swap_bytes()))),
        B::Htonl => Ok(Done::value(i64::from((a.int(0) as u32).swap_bytes()))),
        B::InetAddr | B::InetAton | B::InetPton | B::InetNtop | B::InetNtoa | B::IsV4Mapped => {
            network::run(builtin, &a, reach).map(Done::value)
        }
        B::Memset
        | B::Memcpy
        | B::Memcmp
        | B::Bzero
        | B::Strcpy
        | B::Strncpy
        | B::Strcat
        | B::Strlen
        | B::Strcmp
        | B::Strncmp
        | B::Strchr
        | B::Strstr
        | B::Atoi
        | B::Toupper
        | B::Tolower
        | B::Strerror => text::run(builtin, &a, reach, fuel),
        B::Perror
        | B::Printf
        | B::Fprintf
        | B::Snprintf
        | B::Sprintf
        | B::Puts
        | B::Fputs
        | B::Putchar
        | B::Fflush => format::run(builtin, &a, reach, fuel),
        B::SunLen
        | B::FdZero
        | B::FdSet
        | B::FdClr
        | B::FdIsset
        | B::Sigemptyset
        | B::Sigfillset
        | B::Sigaddset
        | B::Sigdelset
        | B::Sigismember => sets::run(builtin, &a, reach).map(Done::value),
        B::CmsgAlign
        | B::CmsgSpace
        | B::CmsgLen
        | B::CmsgFirst
        | B::CmsgNext
        | B::CmsgData
        | B::Wifexited
        | B::Wexitstatus
        | B::Wifsignaled
        | B::Wtermsig
        | B::IsSocket => control::run(builtin, &a, reach).map(Done::value),
    }
}

/// Checks a format that stands there as a string: known conversions, as many arguments.
pub(super) fn check_format(call: &CallHelp, arguments: &[Expr]) -> Result<(), Error> {
    let at = match call.does {
        Does::Here(Builtin::Printf) => 0,
        Does::Here(Builtin::Fprintf | Builtin::Sprintf) => 1,
        Does::Here(Builtin::Snprintf) => 2,
        Does::Here(_) | Does::Ask(..) => return Ok(()),
    };
    let Some(expr) = arguments.get(at) else { return Ok(()) };
    let Some(text) = literal_text(expr) else { return Ok(()) };
    let needed = format::needed(text)
        .map_err(|reason| Error::new(expr.span.clone(), reason).help(format::KNOWN))?;
    let found = arguments.len() - at - 1;
    if found == needed {
        return Ok(());
    }
    let message = format!("this format needs {needed} more arguments, found {found}");
    Err(Error::new(expr.span.clone(), message))
}
