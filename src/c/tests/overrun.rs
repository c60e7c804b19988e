//! Lengths that reach beyond an object.

use crate::c::{Event, Machine, Scope, compile, overrun};
use crate::model::{Bytes, Overrun};

/// The overrun of the only call in this C.
fn of(source: &str) -> Option<Overrun> {
    let mut scope = Scope::new(&[]);
    let mut memory = Bytes::zeroed();
    let mut machine = Machine::new();
    for statement in compile(source, &mut scope).expect("C") {
        let event = machine.begin(&statement, &mut memory).expect("no fault");
        if let Event::Call(call) = event {
            return overrun(call.syscall, &call.args, &scope, &memory);
        }
    }
    panic!("no call");
}

fn seen(source: &str) -> Option<(String, u64, u64, bool)> {
    of(source).map(|found| (found.object, found.room, found.told, found.fills))
}

#[test]
fn a_length_beyond_a_variable_is_seen() {
    let found = |object: &str, room, told, fills| Some((object.to_owned(), room, told, fills));
    assert_eq!(seen("char z[4]; read(4, z, 400);"), found("z", 4, 400, true));
    assert_eq!(seen("char z[4]; recv(4, z + 1, 4, 0);"), found("z+1", 3, 4, true));
    assert_eq!(seen("char z[4]; write(4, z, 5);"), found("z", 4, 5, false));
    let text = "struct sockaddr_in a; connect(3, (struct sockaddr *)&a, 28);";
    assert_eq!(seen(text), found("a", 16, 28, false));
    let text = "struct sockaddr_in a; socklen_t n = 128; accept(3, (struct sockaddr *)&a, &n);";
    assert_eq!(seen(text), found("a", 16, 128, true));
    let text = "int one = 1; setsockopt(3, SOL_SOCKET, SO_REUSEADDR, &one, 8);";
    assert_eq!(seen(text), found("one", 4, 8, false));
}

#[test]
fn a_length_beyond_a_string_is_seen_and_its_nul_belongs_to_it() {
    assert_eq!(seen(r#"write(4, "abc", 4);"#), None);
    assert_eq!(seen(r#"write(4, "abc", 5);"#), Some((r#""abc""#.to_owned(), 4, 5, false)));
    let long = of(r#"send(4, "a long string\n with more", 100, 0);"#).expect("it is too long");
    assert_eq!((long.object.as_str(), long.room), (r#""a long strin"..."#, 25));
    let escaped = of(r#"write(4, "\x1b[2J", 100);"#).expect("it is too long");
    assert_eq!(escaped.object, r#""\x1b[2J""#);
}

#[test]
fn what_fits_or_is_the_kernel_s_to_judge_is_no_overrun() {
    for fine in [
        "char z[4]; read(4, z, sizeof z);",
        "char z[4]; read(4, z, 0);",
        "read(4, NULL, 400);",
        "read(4, (void *)1, 400);",
        "struct sockaddr_in a; bind(3, (struct sockaddr *)&a, -1);",
        "struct sockaddr_in a; socklen_t n = sizeof a; accept(3, (struct sockaddr *)&a, &n);",
        "accept(3, NULL, NULL);",
        "char z[4]; close(3);",
        // What sizeof looks at is no object.
        "int n = sizeof \"abc\"; char z[4]; read(4, z, 4);",
    ] {
        assert_eq!(seen(fine), None, "{fine}");
    }
}
