//! The numbers 0, 1 and 2, which are listed only once they are something else than at birth.

use crate::explain::testing::*;
use crate::model::{Call, Fd, File, Outcome, TcpState};

fn on(name: &str, fd: i64, other: i64) -> Call {
    call("client", name, &[fd, other], &["?", "?"])
}

/// A process that has closed 0.
fn without_0() -> Lab {
    let null = |number| {
        let file = File::Other("/dev/null".into());
        Fd { number, file, cloexec: false, nonblock: false, watches: Vec::new() }
    };
    let lab = Lab::new().file("client", null(1)).file("client", null(2));
    lab.edit("client", |process| process.standard = false)
}

#[test]
fn what_is_hidden_is_not_free() {
    let play = Play::new(&Lab::new(), without_0()).report(on("close", 0, 0), OK);
    assert_eq!(play.keys(), ["close-file"]);
    assert!(play.first().contains("/dev/null"), "{}", play.first());
    let lab = Lab::new().fd("client", 3, client_end(TcpState::Established));
    let play = Play::new(&lab, lab.clone()).report(on("dup2", 3, 0), OK);
    assert_eq!(play.keys(), ["dup-replaced", "dup-returned"]);
    assert!(play.first().contains("/dev/null"), "{}", play.first());
}

#[test]
fn the_lowest_free_number_may_be_0() {
    let socket = || on("socket", 2, 1);
    let after = without_0().fd("client", 0, tcp(TcpState::Close));
    let play = Play::new(&without_0(), after).report(socket(), Outcome::Returned(0));
    assert_eq!(play.keys(), ["socket-tcp", "fd-lowest"]);
    let after = without_0().fd("client", 3, tcp(TcpState::Close));
    let play = Play::new(&without_0(), after).report(socket(), Outcome::Returned(3));
    assert_eq!(play.keys(), ["socket-tcp"]);
}

#[test]
fn a_full_table_is_counted_with_all_its_numbers() {
    let said = |lab: &Lab| {
        let play = Play::new(lab, lab.clone()).report(on("dup", 3, 0), failed("EMFILE"));
        assert_eq!(play.keys(), ["error-mfile"]);
        play.first()
    };
    let three = |lab: Lab| lab.fd("client", 3, tcp(TcpState::Close));
    assert!(said(&three(Lab::new())).contains("It has 4 numbers"));
    let own = without_0().fd("client", 0, tcp(TcpState::Close));
    assert!(said(&three(own)).contains("It has 4 numbers"));
}
