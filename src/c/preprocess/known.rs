//! Which names the compiler and the headers have defined, for `#ifdef`. Here all headers count as
//! included.

use super::super::constants;
use super::Defines;

/// What the compiler itself defines, and its value.
const PREDEFINED: [(&str, i64); 26] = [
    ("__linux__", 1),
    ("__linux", 1),
    ("linux", 1),
    ("__gnu_linux__", 1),
    ("__unix__", 1),
    ("__unix", 1),
    ("unix", 1),
    ("__x86_64__", 1),
    ("__x86_64", 1),
    ("__amd64__", 1),
    ("__LP64__", 1),
    ("__STDC__", 1),
    ("__STDC_VERSION__", 201_710),
    ("__GNUC__", 12),
    ("__GLIBC__", 2),
    ("_POSIX_C_SOURCE", 200_809),
    ("_DEFAULT_SOURCE", 1),
    ("__BYTE_ORDER__", 1234),
    ("__ORDER_LITTLE_ENDIAN__", 1234),
    ("__ORDER_BIG_ENDIAN__", 4321),
    ("__BYTE_ORDER", 1234),
    ("__LITTLE_ENDIAN", 1234),
    ("__BIG_ENDIAN", 4321),
    ("BYTE_ORDER", 1234),
    ("LITTLE_ENDIAN", 1234),
    ("BIG_ENDIAN", 4321),
];

/// Constants that are enumerators of their header and no macros of it.
const ENUMERATORS: [&str; 17] = [
    "IPPORT_USERRESERVED",
    "KCMP_FILE",
    "KCMP_FILES",
    "KCMP_FS",
    "KCMP_SIGHAND",
    "KCMP_VM",
    "TCP_CLOSE",
    "TCP_CLOSE_WAIT",
    "TCP_CLOSING",
    "TCP_ESTABLISHED",
    "TCP_FIN_WAIT1",
    "TCP_FIN_WAIT2",
    "TCP_LAST_ACK",
    "TCP_LISTEN",
    "TCP_SYN_RECV",
    "TCP_SYN_SENT",
    "TCP_TIME_WAIT",
];

/// Macros of the headers that are no constants.
#[rustfmt::skip]
const MACROS: [&str; 22] = [
    "errno", "sa_handler", "sa_sigaction", "s6_addr", "FD_ZERO", "FD_SET", "FD_CLR", "FD_ISSET",
    "CMSG_ALIGN", "CMSG_SPACE", "CMSG_LEN", "CMSG_FIRSTHDR", "CMSG_NXTHDR", "CMSG_DATA",
    "WIFEXITED", "WEXITSTATUS", "WIFSIGNALED", "WTERMSIG", "SUN_LEN", "IN6_IS_ADDR_V4MAPPED",
    "S_ISSOCK", "offsetof",
];

/// Whether `#ifdef NAME` holds.
pub fn is_known(name: &str, defines: &Defines) -> bool {
    defines.contains_key(name)
        || MACROS.contains(&name)
        || PREDEFINED.iter().any(|(known, _)| *known == name)
        || constants::typed(name).is_some() && !ENUMERATORS.contains(&name)
}

/// What a name is worth in `#if`: 0 if it is no constant (C11 6.10.1).
pub fn worth(name: &str) -> i64 {
    let own = PREDEFINED.iter().find(|(known, _)| *known == name);
    let header = || constants::typed(name).filter(|_| !ENUMERATORS.contains(&name));
    own.map_or_else(|| header().map_or(0, |(value, _)| value), |(_, value)| *value)
}
