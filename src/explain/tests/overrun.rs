//! Calls that were told more bytes than their object has.

use crate::explain::testing::*;
use crate::model::{Call, Outcome, Overrun, TcpState};

fn told(typed: &str, argument: usize, fills: bool) -> Call {
    let overrun = Overrun { argument, object: "z".to_owned(), room: 4, told: 400, fills };
    let call = call("server", typed, &[4, 0x1000_0000, 400], &["4", "\"\"", "400"]);
    Call { overrun: Some(overrun), ..call }
}

#[test]
fn what_lies_behind_an_object_is_told_with_what_came_of_it() {
    let lab = Lab::new().fd("server", 4, server_end(TcpState::Established));
    let first = |call, outcome| Play::new(&lab, lab.clone()).report(call, outcome).keys()[0];
    assert_eq!(first(told("read", 1, true), Outcome::Returned(10)), "overrun-filled");
    assert_eq!(first(told("read", 1, true), Outcome::Returned(4)), "overrun-may-fill");
    assert_eq!(first(told("read", 1, true), Outcome::Blocked), "overrun-may-fill");
    assert_eq!(first(told("write", 1, false), Outcome::Returned(400)), "overrun-sent");
    assert_eq!(first(told("write", 1, false), Outcome::Returned(3)), "overrun-read");
    let play = Play::new(&lab, lab.clone()).report(told("connect", 1, false), failed("EISCONN"));
    assert_eq!(play.keys(), ["connect-again", "overrun-read"]);
    let play = Play::new(&lab, lab.clone()).report(told("read", 1, true), Outcome::Returned(10));
    let text = play.first();
    assert!(text.starts_with("z has 4 bytes, but read() was told 400: 6 of"), "{text}");
}
