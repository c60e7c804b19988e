//! The FIN in the queues, and the timer of FIN_WAIT2.

use std::sync::Arc;

use crate::explain::testing::*;
use crate::model::{
    Action, Body, Fate, Filter, Flags, Outcome, Ownerless, Packet, TcpState, TimerKind, WireAction,
};

fn deliver() -> Action {
    Action::Wire(WireAction::Deliver(Filter::any()))
}

fn server(state: TcpState, recv: u32, send: u32) -> Lab {
    Lab::new().fd("server", 4, server_end(state).queues(recv, send))
}

#[test]
fn an_unread_fin_is_told_where_it_counts_in_the_receive_queue() {
    let fin = to_server(5, FIN_ACK, 0);
    let play = |was, now| {
        let before = server(TcpState::Established, was, 0);
        let play = Play::new(&before, server(TcpState::CloseWait, now, 0));
        play.cause(deliver()).delivered(&[&fin]).keys()
    };
    assert_eq!(play(0, 1), ["to-close-wait", "fin-in-recv"]);
    assert_eq!(play(5, 6), ["to-close-wait", "fin-behind-bytes"]);
    // Somebody has read it.
    assert_eq!(play(0, 0), ["to-close-wait"]);
}

/// A packet with these numbers.
fn numbered(packet: &Arc<Packet>, sequence: u32, acknowledgment: u32) -> Arc<Packet> {
    let mut packet = (**packet).clone();
    if let Body::Tcp(segment) = &mut packet.body {
        (segment.sequence, segment.acknowledgment) = (sequence, acknowledgment);
    }
    Arc::new(packet)
}

#[test]
fn a_fin_that_came_before_missing_bytes_is_not_what_ends_the_stream() {
    let lab = |state, recv| server(state, recv, 0);
    let fin = numbered(&to_server(5, FIN_ACK, 0), 105, 1);
    let asks = numbered(&to_client(6, Flags::ACK, 0), 1, 100);
    let data = numbered(&to_server(7, Flags::ACK, 5), 100, 1);
    let ack = numbered(&to_client(8, Flags::ACK, 0), 1, 106);
    let told = |packets: &[&Arc<Packet>]| {
        let play = Play::new(&lab(TcpState::Established, 0), lab(TcpState::CloseWait, 6));
        let play = play.delivered(packets);
        let notes = play.notes();
        WORDS.short(notes.iter().find(|note| note.key == "to-close-wait").expect("the change"))
    };
    let text = told(&[&fin, &asks, &data, &ack]);
    let kept = "DATA 5 40001>8080 arrived and filled the gap before FIN,ACK 40001>8080, which";
    assert!(text.starts_with(kept), "{text}");
    let text = told(&[&data, &fin, &ack]);
    assert!(text.starts_with("FIN,ACK 40001>8080 arrived:"), "{text}");
    let text = told(&[&fin, &ack]);
    assert!(text.starts_with("FIN,ACK 40001>8080 arrived:"), "{text}");
    let text = told(&[&data, &ack]);
    assert!(
        text.starts_with("DATA 5 40001>8080 arrived and filled the gap before the FIN"),
        "{text}"
    );
}

#[test]
fn the_read_that_gives_0_takes_the_fin() {
    let read = || call("server", "read", &[4, 0x1000_0000, 64], &["4", "\"\"", "64"]);
    let play = Play::new(&server(TcpState::CloseWait, 1, 0), server(TcpState::CloseWait, 0, 0));
    assert_eq!(play.report(read(), Outcome::Returned(0)).keys(), ["recv-end", "fin-taken"]);
    let again = Play::new(&server(TcpState::CloseWait, 0, 0), server(TcpState::CloseWait, 0, 0));
    assert_eq!(again.report(read(), Outcome::Returned(0)).keys(), ["recv-end"]);
}

#[test]
fn a_fin_without_an_ack_counts_in_the_send_queue() {
    let fin = to_client(5, FIN_ACK, 0);
    let play = |was, now| {
        let before = server(TcpState::CloseWait, 0, was);
        let play = Play::new(&before, server(TcpState::LastAck, 0, now));
        play.passes(&fin, Fate::Held).keys()
    };
    assert_eq!(play(0, 1)[1], "fin-in-send");
    assert_eq!(play(10, 11)[1], "bytes-and-fin-in-send");
}

#[test]
fn a_syn_without_an_ack_counts_in_the_send_queue() {
    let syn = to_server(5, crate::model::Flags::SYN, 0);
    let before = Lab::new().fd("client", 3, tcp(TcpState::Close));
    let after = |send| Lab::new().fd("client", 3, client_end(TcpState::SynSent).queues(0, send));
    let last = |send| Play::new(&before, after(send)).passes(&syn, Fate::Held).keys();
    assert!(last(1).contains(&"syn-in-send"));
    assert!(!last(0).contains(&"syn-in-send"));
}

#[test]
fn fin_wait2_without_an_fd_tells_its_timer() {
    let row = |kind, left| {
        let row = client_end(TcpState::FinWait2).without_fd(Ownerless::Orphan);
        Lab::new().row("client", row.timer(kind, left, 0))
    };
    let before =
        Lab::new().row("client", client_end(TcpState::FinWait1).without_fd(Ownerless::Orphan));
    let last = |before: &Lab, after| Play::new(before, after).keys().pop();
    let long = row(TimerKind::Keepalive, 3_540_000);
    assert_eq!(last(&before, long.clone()), Some("fin-wait2-long"));
    let short = row(TimerKind::TimeWait, 3000);
    assert_eq!(last(&before, short.clone()), Some("fin-wait2-timer"));
    assert_eq!(last(&long, short), Some("fin-wait2-second"));
    // Time that runs down is nothing new.
    assert_eq!(last(&long, row(TimerKind::Keepalive, 3_000_000)), None);
}
