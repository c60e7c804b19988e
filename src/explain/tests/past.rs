//! What only the moments before can tell apart.

use crate::explain::testing::*;
use crate::model::{Action, Address, Call, Cause, Fate, Flags, Outcome, Socket, TcpState};

fn send() -> Call {
    call("client", "send", &[3, 0x1000_0000, 9, 0], &["3", "\"x\"", "9", "0"])
}

fn fresh() -> Socket {
    tcp(TcpState::Close)
}

fn client(socket: Socket) -> Lab {
    Lab::new().fd("client", 3, socket)
}

/// A moment from one lab to another, and the lab's start before it.
fn begun(before: &Lab, after: &Lab) -> Play {
    let mut start = Play::new(&Lab::new(), Lab::new());
    start.start();
    let born = Play::new(&Lab::new(), before.clone()).behind(&start);
    Play::new(before, after.clone()).behind(&born)
}

fn epipe(lab: &Lab, earlier: &Play) -> Vec<&'static str> {
    Play::new(lab, lab.clone()).report(send(), failed("EPIPE")).behind(earlier).keys()
}

#[test]
fn a_write_without_a_connection_is_told_by_how_the_socket_lived() {
    let (open, over) = (client(client_end(TcpState::Established)), client(fresh()));
    assert_eq!(epipe(&over, &begun(&over, &over)), ["send-pipe-never"]);
    assert_eq!(epipe(&over, &Play::new(&over, over.clone())), ["send-pipe-dead"]);
    assert_eq!(epipe(&over, &begun(&open, &over)), ["send-pipe-over"]);
    let rst = to_client(6, RST_ACK, 0);
    let reset = begun(&open, &over).delivered(&[&rst]);
    assert_eq!(epipe(&over, &reset), ["send-pipe-reset"]);
    let told = Play::new(&over, over.clone()).report(send(), failed("ECONNRESET")).behind(&reset);
    assert_eq!(epipe(&over, &told), ["send-pipe-told"]);
    let wait = client(client_end(TcpState::CloseWait));
    let fin = begun(&open, &wait).delivered(&[&to_client(5, FIN_ACK, 0)]);
    let reset = Play::new(&wait, over.clone()).delivered(&[&rst]).behind(&fin);
    assert_eq!(epipe(&over, &reset), ["send-pipe-fin-reset"]);
}

#[test]
fn the_moments_of_another_lab_prove_nothing() {
    let (open, over) = (client(client_end(TcpState::Established)), client(fresh()));
    let before = begun(&open, &over);
    let mut again = Play::new(&over, over.clone()).behind(&before);
    again.start();
    assert_eq!(epipe(&over, &again), ["send-pipe-dead"]);
}

#[test]
fn a_syn_is_sent_again_as_often_as_was_set() {
    let connect = || call("client", "connect", &[3, 0x1000_0000, 16], &["3", SHOWN_SERVER, "16"]);
    let syn = to_server(1, Flags::SYN, 0);
    let after = client(client_end(TcpState::SynSent)).asleep("client", &connect());
    let blocked = || {
        Play::new(&client(fresh()), after.clone())
            .report(connect(), Outcome::Blocked)
            .passes(&syn, Fate::Held)
    };
    let clause = |play: Play| {
        let note = play.notes().into_iter().find(|note| note.key == "connect-blocked");
        WORDS.long(&note.expect("it is told")).unwrap_or_default()
    };
    let mut set = Play::new(&client(fresh()), client(fresh()));
    set.because(Cause::Action(Action::Set {
        host: host("client"),
        key: "net.ipv4.tcp_syn_retries".into(),
        value: "1".into(),
    }));
    let text = clause(blocked().behind(&set));
    assert!(text.contains("1 time at most"), "{text}");
    for key in ["connect-again-times", "connect-again-default"] {
        assert!(!text.contains(key));
    }
    assert!(clause(blocked()).contains("1, 3 and 7 seconds"));
}

#[test]
fn an_option_that_was_set_before_explains_a_sleep() {
    let set = |option: &str, value: &str| {
        let call = call("client", "setsockopt", &[3], &["3", "SOL_SOCKET", option, value, "4"]);
        let lab = client(client_end(TcpState::Established));
        Play::new(&lab, lab.clone()).report(call, OK)
    };
    let read = |flags: i64| call("client", "recv", &[3, 1, 50, flags], &["3", "0x1", "50", "?"]);
    let sleeps = |had: u32, left: u32, flags: i64, earlier: &Play| {
        let socket = |queue| client_end(TcpState::Established).queues(queue, 0);
        let after = client(socket(left)).asleep("client", &read(flags));
        Play::new(&client(socket(had)), after)
            .report(read(flags), Outcome::Blocked)
            .behind(earlier)
            .keys()
    };
    assert_eq!(sleeps(2, 2, 0, &set("SO_RCVLOWAT", "[5]")), ["recv-blocked-lowat"]);
    assert_eq!(sleeps(0, 0, 0, &set("SO_RCVLOWAT", "[1]")), ["recv-blocked"]);
    assert_eq!(sleeps(7, 0, 0x100, &set("SO_KEEPALIVE", "[1]")), ["recv-blocked-all"]);
    let half = r#""\0\0\0\0\0\0\0\0 \241\7\0\0\0\0\0""#;
    let limit = sleeps(0, 0, 0, &set("SO_RCVTIMEO_OLD", half));
    assert_eq!(limit, ["recv-time-limit", "recv-blocked"]);
}

#[test]
fn a_path_in_the_way_is_a_socket_or_was_one_or_is_something_else() {
    let path = r#"{sa_family=AF_UNIX, sun_path="/tmp/s"}"#;
    let bind = || call("server", "bind", &[5, 0x1000_0000, 9], &["5", path, "9"]);
    let connect = || call("server", "connect", &[5, 0x1000_0000, 9], &["5", path, "9"]);
    let free = Lab::new().fd("server", 5, plain(UNIX));
    let named = plain(UNIX).named(Address::Path(b"/tmp/s".to_vec()));
    let owned = free.clone().fd("server", 3, named);
    let keys = |lab: &Lab, call: Call, errno: &str, earlier: Option<&Play>| {
        let play = Play::new(lab, lab.clone()).report(call, failed(errno));
        match earlier {
            Some(earlier) => play.behind(earlier).keys(),
            None => play.keys(),
        }
    };
    let was = Play::new(&free, owned.clone()).report(bind(), OK);
    let unlink = call("server", "unlink", &[1], &["\"/tmp/s\""]);
    let play = Play::new(&owned, owned.clone()).report(unlink, OK).behind(&was);
    assert_eq!(play.keys(), ["unlink-returned"]);
    assert_eq!(keys(&owned, bind(), "EADDRINUSE", None), ["bind-path-owned"]);
    assert_eq!(keys(&free, bind(), "EADDRINUSE", Some(&was)), ["bind-path-taken"]);
    assert_eq!(keys(&free, bind(), "EADDRINUSE", None), ["bind-path-there"]);
    assert_eq!(keys(&owned, connect(), "ECONNREFUSED", None), ["connect-unix-idle"]);
    assert_eq!(keys(&free, connect(), "ECONNREFUSED", Some(&was)), ["connect-unix-nobody"]);
    assert_eq!(keys(&free, connect(), "ECONNREFUSED", None), ["connect-unix-none"]);
}

#[test]
fn an_error_of_the_attempt_before_is_told_as_such() {
    let connect = || call("client", "connect", &[3, 0x1000_0000, 16], &["3", SHOWN_SERVER, "16"]);
    let lab = client(fresh()).nonblock("client", 3);
    let before = Play::new(&lab, lab.clone()).report(connect(), failed("EINPROGRESS"));
    let refused = || Play::new(&lab, lab.clone()).report(connect(), failed("ECONNREFUSED"));
    assert_eq!(refused().behind(&before).keys(), ["connect-refused-before"]);
    assert_eq!(refused().keys(), ["connect-refused"]);
}

#[test]
fn no_error_means_another_thing_in_each_state() {
    let read = || {
        let shown = ["3", "SOL_SOCKET", "SO_ERROR", "0x1", "[4]"];
        call("client", "getsockopt", &[3], &shown)
    };
    let keys = |socket: Socket, earlier: Option<&Play>| {
        let lab = client(socket);
        let play = Play::new(&lab, lab.clone()).written(read(), OK, &[(3, "[0]")]);
        match earlier {
            Some(earlier) => play.behind(earlier).keys(),
            None => play.keys(),
        }
    };
    let connect = call("client", "connect", &[3, 0x1000_0000, 16], &["3", SHOWN_SERVER, "16"]);
    let tried = client(fresh());
    let tried = Play::new(&tried, tried.clone()).report(connect, failed("EINPROGRESS"));
    let open = client_end(TcpState::Established);
    assert_eq!(keys(open, None), ["option-error-none-connected"]);
    assert_eq!(keys(client_end(TcpState::SynSent), None), ["option-error-none-going"]);
    assert_eq!(keys(fresh(), Some(&tried)), ["option-error-none-taken"]);
    assert_eq!(keys(fresh(), None), ["option-error-none"]);
}
