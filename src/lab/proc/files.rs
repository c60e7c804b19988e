//! The links in `/proc/PID/fd` and the text in `/proc/PID/fdinfo/N`.

use crate::model::{File, Watch, escape};

/// What the lab reads of an fd's `/proc/PID/fdinfo/N`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FdInfo {
    /// Closed by execve(2): a flag of the fd itself.
    pub cloexec: bool,
    /// O_NONBLOCK: a flag of the open file, shared by all its fds.
    pub nonblock: bool,
    /// The number of the mount that the file is on. All sockets are on one.
    pub mount: Option<u64>,
    /// The file's inode, which Linux says since 5.14.
    pub inode: Option<u64>,
}

/// What an fd stands for, from what its link says: `socket:[4711]`, `pipe:[12]`, a path. Bytes
/// that are no UTF-8 are escaped.
pub fn file(link: &[u8]) -> File {
    let inode = link.strip_prefix(b"socket:[").and_then(|rest| rest.strip_suffix(b"]"));
    if let Some(inode) = inode.and_then(super::number) {
        return File::Socket(inode);
    }
    File::Other(std::str::from_utf8(link).map_or_else(|_| escape(link), str::to_owned))
}

/// Reads the first four lines of `/proc/PID/fdinfo/N`. `None` if the flags are not there.
pub fn fd_info(text: &[u8]) -> Option<FdInfo> {
    /// `O_CLOEXEC` and `O_NONBLOCK` as x86 and ARM have them.
    const CLOEXEC: u32 = 0o2_000_000;
    const NONBLOCK: u32 = 0o4_000;
    let field = |name: &[u8]| {
        let mut lines = text.split(|b| *b == b'\n').take(4);
        lines.find_map(|line| line.strip_prefix(name))
    };
    let digits = std::str::from_utf8(field(b"flags:")?.trim_ascii()).ok()?;
    let flags = u32::from_str_radix(digits, 8).ok()?;
    Some(FdInfo {
        cloexec: flags & CLOEXEC != 0,
        nonblock: flags & NONBLOCK != 0,
        mount: field(b"mnt_id:").and_then(super::number),
        inode: field(b"ino:").and_then(super::number),
    })
}

/// What an epoll watches, from its `/proc/PID/fdinfo/N`:
/// `tfd: 5 events: 80000019 data: 5  pos:0 ino:…`.
pub fn watches(text: &[u8]) -> Vec<Watch> {
    let Ok(text) = std::str::from_utf8(text) else { return Vec::new() };
    let lines = text.lines().filter_map(|line| {
        let mut words = line.strip_prefix("tfd:")?.split_ascii_whitespace();
        let fd = words.next()?.parse().ok()?;
        let [_, events, _, data] = [words.next()?, words.next()?, words.next()?, words.next()?];
        let events = u32::from_str_radix(events, 16).ok()?;
        Some(Watch { fd, events, data: u64::from_str_radix(data, 16).ok()? })
    });
    let mut found: Vec<Watch> = lines.collect();
    found.sort_by_key(|watch| watch.fd);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_is_known_by_its_inode_and_all_else_by_its_name() {
        assert_eq!(file(b"socket:[4711]"), File::Socket(4711));
        assert_eq!(file(b"pipe:[12]"), File::Other("pipe:[12]".into()));
        assert_eq!(file(b"/tmp/socket:[1]"), File::Other("/tmp/socket:[1]".into()));
        assert_eq!(file(b"socket:[]"), File::Other("socket:[]".into()));
        assert_eq!(file(b"socket:[1"), File::Other("socket:[1".into()));
        assert_eq!(file(b"/tmp/\xff"), File::Other("/tmp/\\xff".into()));
    }

    #[test]
    fn what_an_epoll_watches_stands_in_lines_of_its_own() {
        let text = "pos:\t0\nflags:\t02\nmnt_id:\t16\nino:\t75\n\
                    tfd:       12 events: 80000019 data:               ff  pos:0 ino:1 sdev:8\n\
                    tfd:        5 events:       19 data: ffffffffffffffff  pos:0 ino:1 sdev:8\n\
                    tfd: odd\n";
        let watch = |fd, events, data| Watch { fd, events, data };
        let known = [watch(5, 0x19, u64::MAX), watch(12, 0x8000_0019, 255)];
        assert_eq!(watches(text.as_bytes()), known);
        assert_eq!(watches(b"flags:\t02\n"), []);
    }

    #[test]
    fn flags_are_octal_and_the_rest_may_be_missing() {
        let info = |text: &str| fd_info(text.as_bytes());
        let (mount, inode) = (Some(9), Some(4711));
        let text = "pos:\t0\nflags:\t02004002\nmnt_id:\t9\nino:\t4711\n";
        assert_eq!(info(text), Some(FdInfo { cloexec: true, nonblock: true, mount, inode }));
        assert_eq!(info("flags:\t02\n"), Some(FdInfo::default()));
        assert_eq!(info("flags:\t09\n"), None);
        assert_eq!(info("pos:\t0\n"), None);
    }
}
