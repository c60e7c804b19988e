//! Lengths of addresses that are not the address's.

use crate::explain::testing::*;
use crate::model::{Action, Call, Outcome, Overrun, ProcessState, TcpState};

fn lab() -> Lab {
    Lab::new().fd("client", 3, client_end(TcpState::Established)).fd("client", 4, plain(UDP))
}

/// The keys of notes about lengths.
fn about_lengths(play: &Play) -> Vec<&'static str> {
    let mut keys = play.keys();
    keys.retain(|key| {
        ["length-", "address-cut", "overrun-"].iter().any(|about| key.starts_with(about))
    });
    keys
}

fn connect(length: i64) -> Call {
    call("client", "connect", &[3, 0x1000_0000, length], &["3", SHOWN_SERVER, "?"])
}

fn done(call: Call) -> Play {
    Play::new(&lab(), lab()).report(call, OK)
}

#[test]
fn a_length_that_is_more_than_the_address_has_is_told_where_the_kernel_took_it() {
    assert_eq!(about_lengths(&done(connect(16))), [""; 0]);
    let play = done(connect(28));
    assert_eq!(about_lengths(&play), ["length-longer"]);
    let text = play.notes().iter().map(|note| WORDS.short(note)).collect::<String>();
    assert!(text.contains("The length 28 is more than the 16 bytes of a sockaddr_in."), "{text}");
    let refused = Play::new(&lab(), lab()).report(connect(28), failed("EINVAL"));
    assert_eq!(about_lengths(&refused), [""; 0]);
    let args = [4, 0x1000_0000, 5, 0, 0x1000_0100, 128];
    let sendto = call("client", "sendto", &args, &["4", "\"hello\"", "5", "0", SHOWN_SERVER]);
    assert_eq!(about_lengths(&done(sendto)), ["length-longer"]);
}

#[test]
fn what_msg_trunc_throws_away_was_not_copied() {
    let recv = |flags| {
        let recv = call("client", "recv", &[3, 0x1000_0000, 2, flags], &["3"]);
        Play::new(&lab(), lab()).report(recv, Outcome::Returned(2)).keys()
    };
    assert_eq!(recv(0x20), ["recv-thrown-away"]);
    assert_eq!(recv(0x22), ["recv-peeked"]);
    assert_eq!(recv(0), ["recv-returned"]);
}

#[test]
fn a_reboot_kills_nobody_by_a_signal() {
    let dead = ProcessState::Dead(killed("SIGKILL"));
    let play = Play::new(&lab(), lab().state("client", dead)).cause(Action::Reboot(host("client")));
    assert_eq!(play.keys(), ["rebooted"]);
}

#[test]
fn what_stands_behind_an_address_does_harm_only_where_the_address_itself_is_not_whole() {
    let overrun = |room| {
        let overrun =
            Overrun { argument: 1, object: "to".to_owned(), room, told: 20, fills: false };
        done(Call { overrun: Some(overrun), ..connect(20) })
    };
    assert_eq!(about_lengths(&overrun(16)), ["overrun-unused"]);
    assert_eq!(about_lengths(&overrun(8)), ["overrun-read", "length-longer"]);
}

#[test]
fn an_address_that_was_cut_is_told_with_both_lengths_and_never_taken_for_a_name() {
    let cut = r#"{sa_family=AF_INET, sa_data="\37"}"#;
    let play = |typed: &str, length: &str| {
        let call = call("client", typed, &[3, 0x1000_0000, 0x1000_0100], &["3", "?", "[3]"]);
        Play::new(&lab(), lab()).written(call, OK, &[(1, cut), (2, length)])
    };
    for (typed, name) in [("getsockname", CLIENT), ("getpeername", SERVER)] {
        let told = play(typed, "[3 => 16]");
        let notes: Vec<String> = told.notes().iter().map(|note| WORDS.short(note)).collect();
        assert!(notes[0].contains(name) && !notes[0].contains("sa_data"), "{}", notes[0]);
        let room = "There was room for 3 bytes of the address, which has 16:";
        assert!(notes[1].starts_with(room), "{}", notes[1]);
    }
    assert_eq!(about_lengths(&play("getpeername", "[3 => 16]")), ["address-cut"]);
    for length in ["[16]", "[28 => 16]", "[16 => ?]", "16", ""] {
        assert_eq!(about_lengths(&play("getpeername", length)), [""; 0], "{length}");
    }
    let args = [4, 0x1000_0000, 9, 0, 0x1000_0100, 0x1000_0200];
    let recvfrom = call("client", "recvfrom", &args, &["4"]);
    let told = Play::new(&lab(), lab()).written(
        recvfrom,
        Outcome::Returned(5),
        &[(4, cut), (5, "[4 => 16]")],
    );
    assert_eq!(about_lengths(&told), ["address-cut"]);
    let accept = call("client", "accept", &[3, 0x1000_0000, 0x1000_0100], &["3"]);
    let after = lab().fd("client", 5, tcp(TcpState::Close));
    let told = Play::new(&lab(), after.clone()).written(
        accept.clone(),
        Outcome::Returned(5),
        &[(1, cut), (2, "[4 => 16]")],
    );
    assert_eq!(told.keys()[0], "accept-dead-unnamed");
    let told = Play::new(&lab(), after).written(
        accept,
        Outcome::Returned(5),
        &[(1, SHOWN_SERVER), (2, "[16]")],
    );
    assert_eq!(told.keys()[0], "accept-dead");
}
