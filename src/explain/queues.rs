//! The accept queue of a listener when it is full, and SYN cookies.

use std::sync::Arc;

use super::note::note;
use super::overflow;
use super::story::{Rank, Story};
use crate::model::{Host, HostName, Socket};

/// Explains what moved in the queues of every host.
pub fn tell(story: &mut Story) {
    let hosts = &story.scene.after().hosts;
    for host in hosts {
        overflow::tell(story, host);
        answers(story, host);
    }
    let listeners: Vec<_> = story.scene.changed().filter(|(_, _, to)| to.is_listener()).collect();
    for (host, from, to) in listeners {
        full(story, host, from, to);
    }
}

/// The accept queue has become full.
fn full(story: &mut Story, host: &HostName, from: &Socket, to: &Arc<Socket>) {
    let (Some(length), Some(limit)) = (to.recv_q, to.send_q) else { return };
    if length > limit && from.recv_q.is_none_or(|earlier| earlier <= limit) {
        let name = story.scene.name(host, to);
        let note = note!("accept-queue-full", listener = name, length = length, limit = limit);
        story.say(Rank::Surprise, note);
    }
}

/// SYN cookies: a listener that answers without remembering.
fn answers(story: &mut Story, host: &Host) {
    let scene = &story.scene;
    let sent = scene.counted(&host.name, "SyncookiesSent");
    let failed = scene.counted(&host.name, "SyncookiesFailed");
    let received = scene.counted(&host.name, "SyncookiesRecv");
    let host = &host.name;
    if sent > 0 {
        story.say(Rank::Surprise, note!("cookie-sent", host = host, count = sent));
    }
    if received > 0 {
        story.say(Rank::Queue, note!("cookie-received", host = host, count = received));
    }
    if failed > 0 {
        story.say(Rank::Surprise, note!("cookie-failed", host = host, count = failed));
    }
}
