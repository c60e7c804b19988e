//! `#include`: the headers of the system count as included; others are refused.

use super::super::error::Error;
use super::super::lexer::Token;
use crate::model::said;

/// Headers of one word that a program of this field may name in quotes, too.
#[rustfmt::skip]
const SYSTEM: [&str; 34] = [
    "alloca.h", "assert.h", "byteswap.h", "ctype.h", "endian.h", "err.h", "errno.h", "fcntl.h",
    "getopt.h", "ifaddrs.h", "inttypes.h", "limits.h", "malloc.h", "math.h", "memory.h", "netdb.h",
    "poll.h", "pthread.h", "sched.h", "signal.h", "stdarg.h", "stdbool.h", "stddef.h", "stdint.h",
    "stdio.h", "stdlib.h", "string.h", "strings.h", "syslog.h", "termios.h", "time.h", "unistd.h",
    "wait.h", "wchar.h",
];
/// Directories of the system's headers.
const FOLDERS: [&str; 7] = ["sys/", "netinet/", "arpa/", "net/", "linux/", "bits/", "asm/"];

/// Refuses `#include "own.h"`: only the file itself is read.
pub fn include(text: &str, token: Token) -> Result<(), Error> {
    let name = text.split_once('"').and_then(|(_, rest)| rest.split_once('"'));
    let Some((name, _)) = name else { return Ok(()) };
    if SYSTEM.contains(&name) || FOLDERS.iter().any(|folder| name.starts_with(folder)) {
        return Ok(());
    }
    let message = said!("sockstep reads no header of one's own: {name}", name);
    let help = said!("put what stands in it here, in place of this line");
    Err(Error::new(token.span(), message).help(help))
}
