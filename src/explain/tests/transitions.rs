//! Every change of a TCP state, with its cause or without one.

use crate::explain::testing::*;
use crate::model::{
    Action, Cause, Fate, Filter, Flags, Ownerless, ProcessState, Socket, TcpState, TimerKind,
    WireAction,
};

fn deliver() -> Action {
    Action::Wire(WireAction::Deliver(Filter::any()))
}

/// The keys for the client's socket going from one row to another, with nothing else seen.
fn moved(from: Option<Socket>, to: Option<Socket>) -> Vec<&'static str> {
    let lab = |socket: Option<Socket>| match socket {
        Some(socket) => Lab::new().fd("client", 3, socket),
        None => Lab::new(),
    };
    Play::new(&lab(from), lab(to)).keys()
}

#[test]
fn every_state_has_its_words_without_a_cause() {
    use TcpState::{
        Close, CloseWait, Closing, Established, FinWait1, FinWait2, LastAck, Listen, SynRecv,
        SynSent, TimeWait,
    };
    let cases = [
        (Close, Listen, "to-listen"),
        (Close, SynSent, "to-syn-sent"),
        (Close, SynRecv, "to-syn-recv"),
        (SynSent, SynRecv, "to-syn-recv-crossed"),
        (SynSent, Established, "to-established-opened"),
        (SynRecv, Established, "to-established"),
        (Close, Established, "to-established-new"),
        (CloseWait, Established, "state-other"),
        (Established, FinWait1, "to-fin-wait1"),
        (FinWait1, FinWait2, "to-fin-wait2"),
        (Established, FinWait2, "to-fin-wait2-at-once"),
        (FinWait1, Closing, "to-closing"),
        (Established, Closing, "to-closing-at-once"),
        (FinWait2, TimeWait, "to-time-wait"),
        (FinWait1, TimeWait, "to-time-wait"),
        (Closing, TimeWait, "to-time-wait-crossed"),
        (Close, TimeWait, "to-time-wait-new"),
        (Established, CloseWait, "to-close-wait"),
        (Close, CloseWait, "to-close-wait-new"),
        (CloseWait, LastAck, "to-last-ack"),
        (LastAck, Close, "from-last-ack"),
        (CloseWait, Close, "from-close-wait"),
        (TimeWait, Close, "from-time-wait"),
        (Listen, Close, "from-listen"),
        (SynSent, Close, "from-syn-sent"),
        (SynRecv, Close, "from-syn-recv"),
        (Established, Close, "state-gone"),
        (Close, FinWait2, "state-new"),
        (Close, LastAck, "state-new"),
    ];
    for (from, to, key) in cases {
        let row = |state| match state {
            Close => tcp(Close),
            Listen => listener(0, 5),
            _ => client_end(state),
        };
        assert_eq!(moved(Some(row(from)), Some(row(to))), [key], "{from} to {to}");
    }
}

#[test]
fn an_rst_explains_an_end_from_either_side() {
    let arrives = to_client(7, Flags::RST, 0);
    let leaves = to_server(7, RST_ACK, 0);
    for packet in [arrives, leaves] {
        let cases = [
            (TcpState::SynSent, "reset-syn-sent"),
            (TcpState::SynRecv, "reset-syn-recv"),
            (TcpState::Established, "reset-state"),
        ];
        for (state, key) in cases {
            let before = Lab::new().row("client", client_end(state));
            let play = Play::new(&before, Lab::new()).delivered(&[&packet]);
            assert_eq!(play.keys(), [key], "{state}");
        }
    }
}

#[test]
fn data_for_a_closed_socket_is_answered_by_rst() {
    let (data, rst) = (to_client(7, Flags::ACK, 5), to_server(8, Flags::RST, 0));
    let orphan = client_end(TcpState::FinWait2).without_fd(Ownerless::Orphan);
    let before = Lab::new().row("client", orphan).held(&data, 1);
    let play = Play::new(&before, Lab::new()).cause(deliver()).delivered(&[&data, &rst]);
    assert_eq!(play.keys(), ["reset-closed"]);
}

#[test]
fn a_timer_is_named_by_what_it_was_for() {
    let cases = [
        (TcpState::FinWait2, TimerKind::TimeWait, "from-fin-wait2", "Its time is over"),
        (TcpState::SynRecv, TimerKind::Retransmit, "from-syn-recv", "No answer after 5 more tries"),
        (TcpState::Established, TimerKind::Keepalive, "state-gone", "The keepalive timer ran out"),
        (TcpState::LastAck, TimerKind::Other(7), "from-last-ack", "A timer of the kernel ran out"),
    ];
    for (state, timer, key, words) in cases {
        let row = client_end(state).timer(timer, 1, 5);
        let play = Play::new(&Lab::new().row("client", row), Lab::new());
        assert_eq!(play.keys(), [key]);
        assert!(play.first().starts_with(words), "{}", play.first());
    }
}

#[test]
fn icmp_ends_an_attempt_that_does_not_wait() {
    let before = Lab::new().fd("client", 3, client_end(TcpState::SynSent));
    let after = Lab::new().fd("client", 3, tcp(TcpState::Close));
    let play = Play::new(&before, after).delivered(&[&icmp(5, 3, 1)]);
    assert_eq!(play.keys(), ["from-syn-sent"]);
    assert!(play.first().starts_with("ICMP 3/1 arrived"), "{}", play.first());
}

#[test]
fn a_call_at_the_other_end_is_the_cause_where_no_packets_are_shown() {
    let before = Lab::new().fd("client", 3, client_end(TcpState::Established)).fd(
        "server",
        4,
        server_end(TcpState::Established),
    );
    let after = Lab::new()
        .row("client", client_end(TcpState::FinWait1).without_fd(Ownerless::Orphan))
        .fd("server", 4, server_end(TcpState::CloseWait));
    let close = call("client", "close", &[3], &["3"]);
    let play = Play::new(&before, after).report(close, OK);
    assert_eq!(play.keys(), ["close-fin-unseen", "to-close-wait", "to-fin-wait1", "orphan"]);
    let said: Vec<String> = play.notes().iter().map(|note| WORDS.short(note)).collect();
    assert!(said[1].starts_with("client called close() at the other end"), "{}", said[1]);
}

#[test]
fn a_call_and_the_answer_to_it_are_named_together() {
    let (fin, ack) = (to_server(6, FIN_ACK, 0), to_client(7, Flags::ACK, 0));
    let before = Lab::new().fd("client", 3, client_end(TcpState::Established));
    let after = Lab::new().fd("client", 3, client_end(TcpState::FinWait2));
    let shut = call("client", "shutdown", &[3, 2], &["3", "SHUT_RDWR"]);
    let play = Play::new(&before, after).report(shut, OK).delivered(&[&fin, &ack]);
    assert_eq!(play.keys(), ["shutdown-both", "to-fin-wait2-at-once"]);
    let said = WORDS.short(&play.notes()[1]);
    assert!(said.starts_with("client called shutdown(), and ACK 8080>40001 arrived"), "{said}");
}

#[test]
fn what_a_reboot_takes_away_is_told_by_the_reboot() {
    let before = Lab::new().fd("server", 3, listener(0, 5));
    let after = Lab::new()
        .edit("server", |process| {
            process.state = ProcessState::Dead(killed("SIGKILL"));
        })
        .edit_host("server", |host| host.boots = 1);
    let play = Play::new(&before, after).cause(Action::Reboot(host("server")));
    assert_eq!(play.keys(), ["rebooted"]);
}

#[test]
fn several_orphans_are_counted() {
    let end =
        |port: u16, state| tcp(state).at(&format!("198.51.100.2:{port}"), SERVER).queues(0, 0);
    let before = Lab::new().fd("client", 3, end(40001, TcpState::Established)).fd(
        "client",
        4,
        end(40002, TcpState::Established),
    );
    let orphan = |port| end(port, TcpState::FinWait1).without_fd(Ownerless::Orphan);
    let after = Lab::new()
        .row("client", orphan(40001))
        .row("client", orphan(40002))
        .state("client", ProcessState::Dead(crate::model::Outcome::Exited(0)));
    let play = Play::new(&before, after);
    let keys = ["death-exit", "to-fin-wait1", "to-fin-wait1", "death-closes", "orphans"];
    assert_eq!(play.keys(), keys);
}

#[test]
fn nobody_is_told_to_have_answered_whom_a_packet_was_not_for() {
    let (data, rst) = (to_server(5, Flags::ACK, 5), to_client(6, Flags::RST, 0));
    let play = Play::new(&Lab::new(), Lab::new()).delivered(&[&data, &rst]);
    assert_eq!(play.keys(), ["rst-no-connection"]);
    let (syn, rst) = (to_server(5, Flags::SYN, 0), to_client(6, RST_ACK, 0));
    let play = Play::new(&Lab::new(), Lab::new()).delivered(&[&syn]).passes(&rst, Fate::Held);
    assert_eq!(play.keys(), ["rst-no-listener"]);
    let mut play = Play::new(&Lab::new(), Lab::new());
    play.because(Cause::Kernel);
    assert_eq!(play.keys(), [""; 0]);
}
