//! Moments of data, of closing, and of death.

use crate::explain::testing::*;
use crate::model::{
    Action, Call, Cause, Fate, Filter, Flags, Outcome, Ownerless, ProcessState, Socket, TcpState,
    TimerKind, WireAction,
};

fn close(who: &str, fd: i64) -> Call {
    call(who, "close", &[fd], &[&fd.to_string()])
}

fn read(who: &str, fd: i64) -> Call {
    call(who, "read", &[fd, 0x1000_0000, 64], &[&fd.to_string(), "0x10000000", "64"])
}

fn write(who: &str, fd: i64, count: i64) -> Call {
    call(who, "write", &[fd, 0x1000_0000, count], &["?", "\"hello\"", "?"])
}

fn deliver() -> Action {
    Action::Wire(WireAction::Deliver(Filter::any()))
}

/// Both ends of an accepted connection: client fd 3 and server fd 4.
fn both(client: Socket, server: Socket) -> Lab {
    Lab::new().fd("client", 3, client).fd("server", 4, server)
}

fn open() -> Lab {
    both(client_end(TcpState::Established), server_end(TcpState::Established))
}

#[test]
fn a_write_that_arrived_names_the_bytes_that_wait_at_the_other_end() {
    let data = to_server(4, Flags::ACK, 5);
    let after =
        both(client_end(TcpState::Established), server_end(TcpState::Established).queues(5, 0));
    let play = Play::new(&open(), after)
        .report(write("client", 3, 5), Outcome::Returned(5))
        .delivered(&[&data]);
    assert_eq!(play.keys(), ["send-arrived"]);
    assert!(play.first().contains("server fd 4 has 5 bytes to read"), "{}", play.first());
}

#[test]
fn a_write_on_a_held_wire_says_where_its_bytes_are() {
    let data = to_server(4, Flags::ACK, 5);
    let after =
        both(client_end(TcpState::Established).queues(0, 5), server_end(TcpState::Established))
            .held(&data, 1);
    let play = Play::new(&open(), after)
        .report(write("client", 3, 5), Outcome::Returned(5))
        .passes(&data, Fate::Held);
    assert_eq!(play.keys(), ["send-on-the-way"]);
}

#[test]
fn a_short_write_is_a_surprise() {
    let after =
        both(client_end(TcpState::Established).queues(0, 5792), server_end(TcpState::Established));
    let play =
        Play::new(&open(), after).report(write("client", 3, 100_000), Outcome::Returned(5792));
    assert_eq!(play.keys(), ["send-short", "send-queued"]);
}

#[test]
fn a_delivered_segment_fills_the_receive_buffer_and_its_ack_empties_the_send_buffer() {
    let (data, ack) = (to_server(4, Flags::ACK, 5), to_client(5, Flags::ACK, 0));
    let before =
        both(client_end(TcpState::Established).queues(0, 5), server_end(TcpState::Established))
            .held(&data, 1);
    let after =
        both(client_end(TcpState::Established), server_end(TcpState::Established).queues(5, 0));
    let play = Play::new(&before, after).cause(deliver()).delivered(&[&data, &ack]);
    assert_eq!(play.keys(), ["data-arrived", "data-acknowledged"]);
}

#[test]
fn a_read_says_what_is_left_and_a_sleeping_one_what_woke_it() {
    let before =
        both(client_end(TcpState::Established), server_end(TcpState::Established).queues(10, 0));
    let after =
        both(client_end(TcpState::Established), server_end(TcpState::Established).queues(6, 0));
    let four = call("server", "read", &[4, 0x1000_0000, 4], &["4", "0x10000000", "4"]);
    let play = Play::new(&before, after).report(four, Outcome::Returned(4));
    assert_eq!(play.keys(), ["recv-returned", "recv-left"]);

    let asleep = open().asleep("server", &read("server", 4));
    let data = to_server(4, Flags::ACK, 5);
    let play = Play::new(&asleep, open())
        .report(read("server", 4), Outcome::Returned(5))
        .delivered(&[&data]);
    assert_eq!(play.keys(), ["recv-woken"]);
    assert!(play.first().starts_with("DATA 5 40001>8080 woke read()"), "{}", play.first());
}

#[test]
fn a_read_sleeps_because_nothing_is_there() {
    let asleep = open().asleep("server", &read("server", 4));
    let play = Play::new(&open(), asleep).report(read("server", 4), Outcome::Blocked);
    assert_eq!(play.keys(), ["recv-blocked"]);
}

#[test]
fn reading_zero_is_explained_by_what_the_state_proves() {
    let cases = [
        (TcpState::CloseWait, "recv-end"),
        (TcpState::Established, "recv-end-own"),
        (TcpState::Close, "recv-end-closed"),
    ];
    for (state, key) in cases {
        let lab = both(client_end(TcpState::FinWait2), server_end(state));
        let play = Play::new(&lab, lab.clone()).report(read("server", 4), OK);
        assert_eq!(play.keys(), [key], "{state}");
    }
    let mut nothing = read("server", 4);
    nothing.args[2] = 0;
    let play = Play::new(&open(), open()).report(nothing, OK);
    assert_eq!(play.keys(), ["recv-nothing-asked"]);
}

#[test]
fn close_of_the_last_fd_says_fin_and_leaves_an_orphan() {
    let (fin, ack) = (to_server(6, FIN_ACK, 0), to_client(7, Flags::ACK, 0));
    let orphan = client_end(TcpState::FinWait2).without_fd(Ownerless::Orphan);
    let after = Lab::new().row("client", orphan).fd(
        "server",
        4,
        server_end(TcpState::CloseWait).queues(1, 0),
    );
    let play = Play::new(&open(), after).report(close("client", 3), OK).delivered(&[&fin, &ack]);
    let keys = ["close-fin", "to-close-wait", "to-fin-wait2-at-once", "fin-in-recv", "orphan"];
    assert_eq!(play.keys(), keys);
    assert!(play.first().contains("FIN,ACK 40001>8080, delivered"), "{}", play.first());
}

#[test]
fn close_of_one_of_two_fds_sends_nothing() {
    let inode = 3003;
    let before = open().share("client", 5, inode);
    let after = Lab::new().fd("client", 3, client_end(TcpState::Established)).fd(
        "server",
        4,
        server_end(TcpState::Established),
    );
    let play = Play::new(&before, after).report(close("client", 5), OK);
    assert_eq!(play.keys(), ["close-shared"]);
    assert!(play.first().contains("1 fd still refers to it (client fd 3)"), "{}", play.first());
}

#[test]
fn close_with_unread_bytes_sends_an_rst() {
    let rst = to_client(6, RST_ACK, 0);
    let unread = |bytes| {
        both(client_end(TcpState::Established), server_end(TcpState::Established).queues(bytes, 0))
    };
    let after = Lab::new().fd("client", 3, tcp(TcpState::Close));
    let play =
        Play::new(&unread(5), after.clone()).report(close("server", 4), OK).delivered(&[&rst]);
    assert_eq!(play.keys(), ["close-unread", "reset-state"]);
    let play = Play::new(&unread(0), after).report(close("server", 4), OK).delivered(&[&rst]);
    assert_eq!(play.keys(), ["close-aborted", "reset-state"]);
}

#[test]
fn closing_a_listener_resets_those_who_wait() {
    let rst = to_client(6, RST_ACK, 0);
    let before = Lab::new()
        .fd("server", 3, listener(1, 5))
        .row("server", server_end(TcpState::Established).without_fd(Ownerless::AcceptQueue))
        .fd("client", 3, client_end(TcpState::Established));
    let after = Lab::new().fd("client", 3, tcp(TcpState::Close));
    let play = Play::new(&before, after).report(close("server", 3), OK).delivered(&[&rst]);
    let keys = play.keys();
    assert_eq!(keys[..2], ["close-listener-resets", "close-listener"]);
    assert_eq!(keys[2..], ["reset-unaccepted", "reset-state"]);
}

#[test]
fn shutdown_of_writing_is_a_half_close() {
    let fin = to_server(6, FIN_ACK, 0);
    let after =
        both(client_end(TcpState::FinWait1), server_end(TcpState::Established)).held(&fin, 1);
    let call = call("client", "shutdown", &[3, 1], &["3", "SHUT_WR"]);
    let play = Play::new(&open(), after).report(call, OK).passes(&fin, Fate::Held);
    assert_eq!(play.keys(), ["shutdown-write", "to-fin-wait1"]);
}

#[test]
fn shutdown_of_writing_may_be_the_end_of_both_directions() {
    let fin = to_client(6, FIN_ACK, 0);
    let before = Lab::new().fd("server", 4, server_end(TcpState::CloseWait).queues(1, 0));
    let after = Lab::new().fd("server", 4, tcp(TcpState::Close));
    let call = call("server", "shutdown", &[4, 1], &["4", "SHUT_WR"]);
    let play = Play::new(&before, after).report(call, OK).passes(&fin, Fate::Delivered);
    assert_eq!(play.keys()[0], "shutdown-last");
}

#[test]
fn every_step_of_a_goodbye_names_its_packet() {
    let cases: [(TcpState, TcpState, Flags, &str); 5] = [
        (TcpState::FinWait1, TcpState::FinWait2, Flags::ACK, "to-fin-wait2"),
        (TcpState::FinWait1, TcpState::Closing, FIN_ACK, "to-closing"),
        (TcpState::FinWait1, TcpState::TimeWait, FIN_ACK, "to-time-wait-three"),
        (TcpState::FinWait2, TcpState::TimeWait, FIN_ACK, "to-time-wait"),
        (TcpState::Closing, TcpState::TimeWait, Flags::ACK, "to-time-wait-crossed"),
    ];
    for (from, to, flags, key) in cases {
        let row = |state| client_end(state).without_fd(Ownerless::Orphan);
        let after = match to {
            TcpState::TimeWait => row(to).timer(TimerKind::TimeWait, 60_000, 0),
            _ => row(to),
        };
        let packet = to_client(8, flags, 0);
        let before = Lab::new().row("client", row(from)).held(&packet, 1);
        let play = Play::new(&before, Lab::new().row("client", after))
            .cause(deliver())
            .delivered(&[&packet]);
        assert_eq!(play.keys(), [key]);
        assert!(play.first().contains(&packet.label()), "{}", play.first());
    }
}

#[test]
fn the_second_side_keeps_nothing() {
    let ack = to_server(9, Flags::ACK, 0);
    let last = server_end(TcpState::LastAck).without_fd(Ownerless::Orphan);
    let before = Lab::new().row("server", last).held(&ack, 1);
    let play = Play::new(&before, Lab::new()).cause(deliver()).delivered(&[&ack]);
    assert_eq!(play.keys(), ["from-last-ack"]);

    let (fin, ack) = (to_client(8, FIN_ACK, 0), to_server(9, Flags::ACK, 0));
    let before = Lab::new().fd("server", 4, server_end(TcpState::CloseWait));
    let play =
        Play::new(&before, Lab::new()).report(close("server", 4), OK).delivered(&[&fin, &ack]);
    assert_eq!(play.keys(), ["close-fin", "from-close-wait"]);
}

#[test]
fn time_wait_ends_by_its_timer() {
    let row = client_end(TcpState::TimeWait).without_fd(Ownerless::TimeWait);
    let before = Lab::new().row("client", row.timer(TimerKind::TimeWait, 10, 0));
    let play = Play::new(&before, Lab::new());
    assert_eq!(play.keys(), ["from-time-wait"]);
    assert!(play.first().starts_with("Its time is over"), "{}", play.first());
}

#[test]
fn an_fd_whose_connection_became_a_time_wait_row_is_told_once() {
    let fin = to_client(8, FIN_ACK, 0);
    let before = Lab::new().fd("client", 3, client_end(TcpState::FinWait2)).held(&fin, 1);
    let row = client_end(TcpState::TimeWait).without_fd(Ownerless::TimeWait);
    let after = Lab::new()
        .fd("client", 3, tcp(TcpState::Close))
        .row("client", row.timer(TimerKind::TimeWait, 60_000, 0));
    let play = Play::new(&before, after).cause(deliver()).delivered(&[&fin]);
    assert_eq!(play.keys(), ["to-time-wait-new"]);
}

#[test]
fn the_first_write_to_a_closed_peer_succeeds_and_brings_an_rst() {
    let (data, rst) = (to_server(8, Flags::ACK, 5), to_client(9, Flags::RST, 0));
    let before = Lab::new().fd("client", 3, client_end(TcpState::CloseWait));
    let after = Lab::new().fd("client", 3, tcp(TcpState::Close));
    let play = Play::new(&before, after)
        .report(write("client", 3, 5), Outcome::Returned(5))
        .delivered(&[&data, &rst]);
    assert_eq!(play.keys(), ["send-answered-rst", "rst-no-connection"]);
}

#[test]
fn sigpipe_kills_a_writer_and_the_kernel_closes_for_it() {
    let before = Lab::new().fd("client", 3, tcp(TcpState::Close));
    let after = Lab::new()
        .edit("client", |process| process.fds.clear())
        .state("client", ProcessState::Dead(killed("SIGPIPE")));
    let play = Play::new(&before, after).report(write("client", 3, 5), killed("SIGPIPE"));
    assert_eq!(play.keys(), ["death-sigpipe", "send-pipe-dead", "death-closes"]);
}

#[test]
fn a_killed_process_says_fin() {
    let fin = to_server(6, FIN_ACK, 0);
    let after = Lab::new()
        .state("client", ProcessState::Dead(killed("SIGKILL")))
        .row("client", client_end(TcpState::FinWait1).without_fd(Ownerless::Orphan))
        .fd("server", 4, server_end(TcpState::Established))
        .held(&fin, 1);
    let signal = crate::model::Signal(9);
    let play = Play::new(&open(), after)
        .cause(Action::Kill { signal, process: process("client") })
        .passes(&fin, Fate::Held);
    let keys = ["death-signal", "to-fin-wait1", "packet-in-flight", "death-closes", "orphan"];
    assert_eq!(play.keys(), keys);
}

#[test]
fn a_reboot_is_noticed_by_nobody() {
    let after = Lab::new()
        .fd("client", 3, client_end(TcpState::Established))
        .edit_host("server", |host| host.boots = 1);
    let play = Play::new(&open(), after).cause(Action::Reboot(host("server")));
    assert_eq!(play.keys(), ["reboot-unnoticed", "rebooted"]);
}

#[test]
fn a_cut_wire_is_quiet() {
    let play =
        Play::new(&open(), open()).cause(Action::Wait(std::time::Duration::from_millis(3000)));
    assert_eq!(play.keys(), ["quiet"]);
    assert!(play.first().starts_with("3.0 s passed"), "{}", play.first());
    let play = Play::new(&open(), open()).cause(Action::Wait(std::time::Duration::ZERO));
    assert_eq!(play.keys(), ["nothing-new"]);
}

#[test]
fn a_retransmission_is_told_with_its_packet() {
    let data = to_server(9, Flags::ACK, 5);
    let again = |n| {
        both(
            client_end(TcpState::Established).queues(0, 5).timer(TimerKind::Retransmit, 400, n),
            server_end(TcpState::Established),
        )
    };
    let after = again(1).counter("client", "TCPTimeouts", 1);
    let play = Play::new(&again(0), after).passes(&data, Fate::Cut);
    assert_eq!(play.keys(), ["sent-again"]);
}

#[test]
fn no_packet_and_no_call_means_no_cause() {
    let after = both(client_end(TcpState::Established), server_end(TcpState::CloseWait));
    let play = Play::new(&open(), after);
    assert_eq!(play.keys(), ["to-close-wait"]);
    assert!(play.first().starts_with("Why is not to be seen"), "{}", play.first());
}

#[test]
fn nothing_observed_is_nothing_said() {
    let play = Play::new(&open(), open());
    assert_eq!(play.keys(), [""; 0]);
}

#[test]
fn a_moment_of_plain_statements_says_so() {
    let lab = open().snapshot();
    let ran = |changed, value| Cause::Statement {
        process: process("client"),
        code: "x = 1;".into(),
        changed,
        value,
    };
    let mut moment = crate::model::Moment {
        cause: ran(true, Some(1)),
        at: std::time::Duration::ZERO,
        reports: Vec::new(),
        passages: Vec::new(),
        untold: 0,
        snapshot: std::sync::Arc::new(lab.clone()),
        changes: Vec::new(),
        printed: Vec::new(),
        signals: Vec::new(),
        unprinted: 0,
        unsettled: false,
    };
    let keys = |moment: &_| -> Vec<_> {
        crate::explain::notes(&lab, moment).into_iter().map(|note| note.key).collect()
    };
    assert_eq!(keys(&moment), ["statement-only"]);
    moment.unsettled = true;
    assert_eq!(keys(&moment), ["statement-only", "unsettled"]);
    moment.unsettled = false;
    moment.cause = ran(false, Some(1));
    assert_eq!(keys(&moment), ["statement-value"]);
    moment.cause = ran(false, None);
    assert_eq!(keys(&moment), ["statement-nothing"]);
}
