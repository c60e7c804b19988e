//! execve(): which descriptors the new program has, and why there is none.

use crate::explain::testing::*;
use crate::model::{Call, Fd, File};

fn pipe(number: i32, cloexec: bool) -> Fd {
    let file = File::Other("pipe:[1]".into());
    Fd { number, file, cloexec, nonblock: false, watches: Vec::new() }
}

/// A client with these open files; the others of its numbers are closed on exec.
fn lab(kept: &[i32], closed: &[i32]) -> Lab {
    let fds = kept.iter().map(|fd| (*fd, false)).chain(closed.iter().map(|fd| (*fd, true)));
    fds.fold(Lab::new(), |lab, (fd, cloexec)| lab.file("client", pipe(fd, cloexec)))
}

fn execve() -> Call {
    let shown = ["\"/bin/program\"", "[\"program\"]", "NULL"];
    call("client", "execve", &[0x1000_0000, 0x1000_0040, 0], &shown)
}

#[test]
fn what_is_closed_and_what_is_left_is_told_by_number() {
    let cases: [(&[i32], &[i32], &str, &str); 4] = [
        (&[], &[], "exec-returned", "/bin/program runs in client now"),
        (&[3, 5], &[], "exec-kept", "as before: 3, 5"),
        (&[], &[4, 6], "exec-closed", "has closed 4, 6"),
        (&[3], &[4], "exec-both", "has closed 4: close-on-exec was set. Open as before: 3."),
    ];
    for (kept, closed, key, said) in cases {
        let play = Play::new(&lab(kept, closed), lab(kept, &[])).report(execve(), OK);
        assert_eq!(play.keys()[0], key);
        assert!(play.first().contains(said), "{}", play.first());
    }
}

#[test]
fn each_reason_why_nothing_is_run_has_words() {
    let cases = [
        ("ENOENT", "path-error"),
        ("EACCES", "exec-denied"),
        ("ENOEXEC", "exec-format"),
        ("E2BIG", "exec-long"),
        ("ETXTBSY", "exec-written"),
        ("EAGAIN", "exec-processes"),
        ("EPERM", "exec-perm"),
        ("ELIBBAD", "exec-interpreter"),
        ("EIO", "exec-io"),
        ("EFAULT", "error-fault"),
    ];
    for (errno, key) in cases {
        let play = Play::new(&lab(&[3], &[4]), lab(&[3], &[4])).report(execve(), failed(errno));
        assert_eq!(play.keys(), [key], "{errno}");
    }
}
