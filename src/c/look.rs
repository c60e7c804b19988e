//! A variable as bytes: each field with its place, its type and what it means.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::builtins::ipv6_text;
use super::constants;
use super::reach::number;
use super::scope::Variable;
use super::strace::flags;
use super::strace::quote::quoted;
use super::types::{Field, Int, Struct, Type};
use crate::model::Memory;

/// One field, element or hole of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its first byte, from the first byte of the variable.
    pub offset: u64,
    /// Its bytes as they lie in memory.
    pub bytes: Vec<u8>,
    /// How C names it: `addr.sin_addr.s_addr`; empty for a hole between fields.
    pub path: String,
    /// Its type.
    pub ty: String,
    /// What the bytes mean there: `AF_INET`, `8080`, `198.51.100.1`; empty where nothing is meant.
    pub meaning: String,
}

/// So many rows at most; a long array of structs ends there.
const MOST_ROWS: usize = 256;

/// The rows of a variable, from its first byte to its last. Empty if the memory has not got it.
pub fn rows(variable: &Variable, memory: &dyn Memory) -> Vec<Row> {
    let size = usize::try_from(variable.ty.size()).unwrap_or(usize::MAX);
    let Some(bytes) = memory.read(variable.address, size) else { return Vec::new() };
    let mut rows = Vec::new();
    collect(&variable.ty, &variable.name, 0, &bytes, None, &mut rows);
    rows
}

/// Where a value stands: the struct and the field.
type Within<'a> = Option<(&'a Struct, &'a Field)>;

fn collect(ty: &Type, path: &str, at: u64, bytes: &[u8], within: Within, rows: &mut Vec<Row>) {
    if rows.len() >= MOST_ROWS {
        return;
    }
    match ty {
        Type::Struct(layout) if layout.name != "fd_set" && layout.name != "sigset_t" => {
            fields(layout, path, at, bytes, rows);
        }
        Type::Array { of, length } if of.layout().is_some() => {
            for index in 0..*length {
                let start = (index * of.size()) as usize;
                let part = &bytes[start..start + of.size() as usize];
                let path = format!("{path}[{index}]");
                collect(of, &path, at + start as u64, part, None, rows);
                if rows.len() >= MOST_ROWS {
                    return;
                }
            }
        }
        Type::Array { .. }
        | Type::Struct(_)
        | Type::Int(_)
        | Type::Pointer { .. }
        | Type::Void
        | Type::Function => rows.push(Row {
            offset: at,
            bytes: bytes.to_vec(),
            path: path.to_owned(),
            ty: ty.to_string(),
            meaning: meaning(ty, within, bytes),
        }),
    }
}

/// One row for each field; of those that share bytes only the first, of `epoll_data` the widest.
fn fields(layout: &Struct, path: &str, at: u64, bytes: &[u8], rows: &mut Vec<Row>) {
    let mut end = 0;
    let number_of_all = layout.name.contains("epoll_data");
    let fields = layout.fields.iter().filter(|field| !number_of_all || field.name == "u64");
    for field in fields {
        if field.offset < end {
            continue;
        }
        hole(at, end, field.offset, bytes, rows);
        end = field.offset + field.ty.size();
        let part = &bytes[field.offset as usize..end as usize];
        let path = format!("{path}.{}", field.name);
        collect(&field.ty, &path, at + field.offset, part, Some((layout, field)), rows);
    }
    hole(at, end, layout.size, bytes, rows);
}

/// Bytes that no field has.
fn hole(at: u64, from: u64, to: u64, bytes: &[u8], rows: &mut Vec<Row>) {
    if from < to && rows.len() < MOST_ROWS {
        rows.push(Row {
            offset: at + from,
            bytes: bytes[from as usize..to as usize].to_vec(),
            path: String::new(),
            ty: String::new(),
            meaning: String::new(),
        });
    }
}

/// What `bytes` of type `ty` mean where they stand.
fn meaning(ty: &Type, within: Within, bytes: &[u8]) -> String {
    if let Some((layout, field)) = within
        && let Some(special) = in_field(layout, field, bytes)
    {
        return special;
    }
    match ty {
        Type::Int(int) => integer(*int, bytes),
        Type::Pointer { to, .. } => address(to, number(bytes)),
        Type::Array { of, .. } => match **of {
            Type::Int(Int { size: 1, signed: true, .. }) => text(bytes),
            Type::Int(int) => list(bytes.chunks(usize::from(int.size)), |b| integer(int, b)),
            Type::Pointer { ref to, .. } => list(bytes.chunks(8), |b| address(to, number(b))),
            Type::Array { .. } | Type::Struct(_) | Type::Void | Type::Function => String::new(),
        },
        Type::Struct(layout) => set(&layout.name, bytes),
        Type::Void | Type::Function => String::new(),
    }
}

fn integer(int: Int, bytes: &[u8]) -> String {
    let value = int.keep(number(bytes) as i64);
    match (int.name, int.signed) {
        ("in_addr_t", _) => ipv4(bytes),
        ("in_port_t", _) => port(bytes),
        ("sa_family_t", _) => family(value),
        ("char", _) if (b' '..=b'~').contains(&(value as u8)) => {
            format!("'{}'", char::from(value as u8))
        }
        (_, true) => value.to_string(),
        (_, false) => (value as u64).to_string(),
    }
}

fn address(to: &Type, value: u64) -> String {
    match (to, value) {
        (Type::Function, 0) => "SIG_DFL".to_owned(),
        (Type::Function, 1) => "SIG_IGN".to_owned(),
        (_, 0) => "NULL".to_owned(),
        (_, value) => format!("{value:#x}"),
    }
}

/// The first elements of an array.
fn list<'a>(parts: impl Iterator<Item = &'a [u8]>, show: impl Fn(&[u8]) -> String) -> String {
    const MOST: usize = 16;
    let mut shown: Vec<String> = parts.take(MOST + 1).map(show).collect();
    if shown.len() > MOST {
        shown[MOST] = "…".to_owned();
    }
    shown.join(", ")
}

/// A string up to its NUL; bytes without one are shown as far as they mean something.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0);
    quoted(&bytes[..end.unwrap_or(bytes.len())])
}

fn ipv4(bytes: &[u8]) -> String {
    match bytes {
        [a, b, c, d] => Ipv4Addr::new(*a, *b, *c, *d).to_string(),
        _ => String::new(),
    }
}

fn port(bytes: &[u8]) -> String {
    match bytes {
        [high, low] => u16::from_be_bytes([*high, *low]).to_string(),
        _ => String::new(),
    }
}

fn family(value: i64) -> String {
    constants::named(value, &["AF_"]).map_or_else(|| value.to_string(), str::to_owned)
}

/// The members of an `fd_set` or a `sigset_t`.
fn set(name: &str, bytes: &[u8]) -> String {
    let bits = (0..bytes.len() * 8).filter(|bit| bytes[bit / 8] >> (bit % 8) & 1 == 1);
    let shown: Vec<String> = match name {
        "sigset_t" => {
            bits.map(|bit| super::strace::other::signal(bit as i64 + 1)).take(40).collect()
        }
        _ => bits.map(|bit| bit.to_string()).take(40).collect(),
    };
    format!("{{{}}}", shown.join(", "))
}

/// Fields whose meaning their type alone does not tell.
fn in_field(layout: &Struct, field: &Field, bytes: &[u8]) -> Option<String> {
    let value = number(bytes) as i64;
    let signed = i64::from(value as i32);
    Some(match (layout.name.as_str(), field.name.as_str()) {
        (_, "sin_zero" | "__ss_padding" | "__pad0" | "nl_pad") => String::new(),
        (_, "s6_addr") => {
            let octets: [u8; 16] = bytes.try_into().ok()?;
            ipv6_text(Ipv6Addr::from(octets))
        }
        (_, "sin6_flowinfo") => (value as u32).swap_bytes().to_string(),
        (_, "sun_path") => match bytes {
            [0, rest @ ..] if rest.iter().any(|byte| *byte != 0) => {
                let end = rest.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
                format!("@{}", quoted(&rest[..end]))
            }
            _ => text(bytes),
        },
        ("struct sockaddr", "sa_data") => quoted(bytes),
        ("struct pollfd", "events" | "revents") => flags::poll(value),
        ("struct epoll_event", "events") => flags::epoll(value),
        ("struct msghdr", "msg_flags") => flags::message(signed),
        ("struct cmsghdr", "cmsg_level") => constants::named(signed, &["SOL_"])?.to_owned(),
        ("struct cmsghdr", "cmsg_type") => constants::named(signed, &["SCM_"])?.to_owned(),
        ("struct sigaction", "sa_flags") => flags::action(signed),
        ("struct tcp_info", "tcpi_state") => state(value)?.to_owned(),
        ("struct stat", "st_mode") => format!("{value:#o}").replace("0o", "0"),
        ("struct rlimit", _) if value == -1 => "RLIM_INFINITY".to_owned(),
        _ => return None,
    })
}

/// The name of a TCP state.
fn state(value: i64) -> Option<&'static str> {
    let first = constants::value("TCP_ESTABLISHED")?;
    let states = [
        "TCP_ESTABLISHED",
        "TCP_SYN_SENT",
        "TCP_SYN_RECV",
        "TCP_FIN_WAIT1",
        "TCP_FIN_WAIT2",
        "TCP_TIME_WAIT",
        "TCP_CLOSE",
        "TCP_CLOSE_WAIT",
        "TCP_LAST_ACK",
        "TCP_LISTEN",
        "TCP_CLOSING",
    ];
    usize::try_from(value - first).ok().and_then(|at| states.get(at)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::c::tests::running::Process;

    fn shown(source: &str, name: &str) -> Vec<String> {
        let mut process = Process::new();
        process.run(source, &[]).expect("it runs");
        let variable = process.scope.variable(name).expect("it was declared").clone();
        let rows = rows(&variable, &process.memory);
        let end = rows.iter().map(|row| row.bytes.len() as u64).sum::<u64>();
        assert_eq!(end, variable.ty.size(), "each byte has its row");
        let text = |row: Row| format!("{} {}: {} = {}", row.offset, row.ty, row.path, row.meaning);
        rows.into_iter().map(text).collect()
    }

    #[test]
    fn an_address_is_bytes_with_names() {
        assert_eq!(
            shown(
                "struct sockaddr_in a = { AF_INET, htons(8080), { inet_addr(\"198.51.100.1\") } };",
                "a"
            ),
            [
                "0 sa_family_t: a.sin_family = AF_INET",
                "2 in_port_t: a.sin_port = 8080",
                "4 in_addr_t: a.sin_addr.s_addr = 198.51.100.1",
                "8 unsigned char[8]: a.sin_zero = ",
            ]
        );
    }

    #[test]
    fn holes_unions_and_flags_are_told() {
        let source = "struct msghdr m = { .msg_namelen = 16, .msg_flags = MSG_TRUNC };
            struct epoll_event e[2] = { { EPOLLIN | EPOLLET, { .fd = 7 } } };
            fd_set set; FD_SET(3, &set); FD_SET(64, &set); char text[8] = \"hi\\n\";";
        let rows = shown(source, "m");
        assert_eq!(rows[1..3], ["8 socklen_t: m.msg_namelen = 16", "12 :  = "]);
        assert_eq!(rows[7], "48 int: m.msg_flags = MSG_TRUNC");
        let rows = shown(source, "e");
        assert_eq!(rows[0], "0 uint32_t: e[0].events = EPOLLIN|EPOLLET");
        assert_eq!(rows[1], "4 uint64_t: e[0].data.u64 = 7");
        assert_eq!(shown(source, "set"), ["0 fd_set: set = {3, 64}"]);
        assert_eq!(shown(source, "text"), ["0 char[8]: text = \"hi\\n\""]);
    }
}
