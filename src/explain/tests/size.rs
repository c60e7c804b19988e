//! Large moments cost in proportion.

use crate::explain::testing::*;
use crate::model::{Socket, TcpState};

/// So many connections are closed by their peers in one moment.
fn closed(count: u32) -> Play {
    let client = |n: u32| format!("198.51.100.2:{}", 1024 + n);
    let row = |n: u32, state, waiting| Socket {
        cookie: 100 + u64::from(n),
        ..tcp(state).at(SERVER, &client(n)).queues(waiting, 0)
    };
    let (mut before, mut after) = (Lab::new(), Lab::new().counter("server", "ListenOverflows", 5));
    for n in 0..count {
        before = before.row("server", row(n, TcpState::Established, 0));
        after = after.row("server", row(n, TcpState::CloseWait, 1));
    }
    let fins: Vec<_> =
        (0..count).map(|n| segment(n.into(), &client(n), SERVER, FIN_ACK, 0)).collect();
    Play::new(&before, after).delivered(&fins.iter().collect::<Vec<_>>())
}

#[test]
fn a_moment_of_thousands_of_changes_has_a_handful_of_notes() {
    let play = closed(2000);
    let keys = play.keys();
    assert_eq!(keys.iter().filter(|key| **key == "to-close-wait").count(), 6);
    assert!(keys.contains(&"states-more"), "{keys:?}");
    assert!(keys.len() < 12, "{keys:?}");
}
