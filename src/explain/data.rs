//! What arrived: bytes in a receive buffer, room in a send buffer, a window that closes or opens.

use std::collections::HashSet;
use std::sync::Arc;

use super::names::packet_name;
use super::note::note;
use super::row::Row;
use super::story::{Rank, Story};
use super::traffic::{Role, role};
use super::wire::seconds;
use crate::model::{Action, Body, Cause, Family, HostName, Socket, TcpState, TimerKind};

/// How many sockets a moment names one by one.
const NAMED: usize = 4;

/// How many it looks at to find those.
const CONSIDERED: usize = 64;

/// Bytes arrived in a receive buffer, and were acknowledged.
pub fn tell(story: &mut Story) {
    let by_hand = matches!(
        story.scene.moment.cause,
        Cause::Action(Action::Wire(_)) | Cause::Kernel | Cause::Action(Action::Wait(_))
    );
    let mut named = 0;
    let changed = |from: &Socket, to: &Socket| (from.recv_q, from.send_q) != (to.recv_q, to.send_q);
    let rows: Vec<_> =
        story.scene.changed().filter(|(_, from, to)| changed(from, to)).take(CONSIDERED).collect();
    for (host, from, to) in rows {
        if named >= NAMED {
            break;
        }
        if to.kind.protocol == 17 && to.kind.family != Family::Unix && !to.kind.is_raw() {
            named += usize::from(datagram(story, host, from, to));
        }
        let packets = to.kind.is_raw() || to.kind.family == Family::Packet;
        if packets && to.recv_q > from.recv_q {
            let (socket, kind) = (story.scene.name(host, to), to.kind.short());
            let note = note!("raw-arrived", socket = socket, kind = kind, recv_q = to.recv_q);
            story.say(Rank::Queue, note);
            named += 1;
        }
        if !to.kind.is_tcp() || to.is_listener() || story.is_told(to) {
            continue;
        }
        named += usize::from(arrival(story, host, from, to));
        if by_hand {
            named += usize::from(acknowledged(story, host, from, to));
        }
    }
}

/// Recv-Q grew because a segment with bytes arrived.
fn arrival(story: &mut Story, host: &HostName, from: &Socket, to: &Arc<Socket>) -> bool {
    let scene = &story.scene;
    let (Some(was), Some(waiting)) = (from.recv_q, to.recv_q) else { return false };
    let Some(host) = scene.after().host(host) else { return false };
    // A FIN that these bytes let in counts 1, and is no byte.
    let ended = matches!(to.state, Some(TcpState::CloseWait | TcpState::Closing));
    let waiting = waiting.saturating_sub(u32::from(ended && from.state != to.state));
    let packet = scene.arrived_as(&host.name, to, &[Role::Data]);
    let Some(packet) = packet.filter(|_| waiting > was) else { return false };
    let socket = scene.name(&host.name, to);
    let segments = scene
        .arrived(&host.name, to.ends())
        .filter(|(_, segment)| role(segment) == Role::Data)
        .count();
    let note = if segments > 1 {
        note!(
            "data-arrived-many",
            segments = segments,
            socket = socket,
            was = was,
            waiting = waiting
        )
    } else {
        note!("data-arrived", packet = packet_name(packet), socket = socket, waiting = waiting)
    };
    story.say(Rank::Queue, note);
    true
}

/// Recv-Q of a UDP socket grew because a datagram arrived.
fn datagram(story: &mut Story, host: &HostName, from: &Socket, to: &Socket) -> bool {
    if to.recv_q <= from.recv_q {
        return false;
    }
    let port = to.local_port();
    let packet = story.scene.arrivals().filter(|packet| {
        packet.to.as_ref() == Some(host)
            && matches!(packet.body, Body::Udp { destination, .. } if Some(destination.port()) == port)
    });
    let Some(packet) = packet.last() else { return false };
    let socket = story.scene.name(host, to);
    let packet = packet_name(packet);
    let note = note!("datagram-arrived", packet = packet, socket = socket, recv_q = to.recv_q);
    story.say(Rank::Queue, note);
    true
}

/// Datagrams that came and found no room.
pub fn no_room(story: &mut Story) {
    let hosts = &story.scene.after().hosts;
    for host in hosts {
        let dropped = story.scene.counted(&host.name, "UdpRcvbufErrors");
        if dropped > 0 {
            let note = note!("datagram-no-room", host = &host.name, count = dropped);
            story.say(Rank::Surprise, note);
        }
    }
}

/// Send-Q shrank because an acknowledgment arrived.
fn acknowledged(story: &mut Story, host: &HostName, from: &Socket, to: &Arc<Socket>) -> bool {
    let scene = &story.scene;
    let (Some(was), Some(left)) = (from.send_q, to.send_q) else { return false };
    let open = matches!(to.state, Some(TcpState::Established | TcpState::CloseWait))
        && from.state == to.state;
    let Some(host) = scene.after().host(host).filter(|_| open && left < was) else { return false };
    let packet = scene.arrived_as(&host.name, to, &[Role::Ack, Role::Data]);
    let Some(packet) = packet else { return false };
    let socket = scene.name(&host.name, to);
    let note = note!(
        "data-acknowledged",
        packet = packet_name(packet),
        socket = socket,
        was = was,
        left = left
    );
    story.say(Rank::Queue, note);
    true
}

/// A receiver has no room any more, or has room again.
pub fn windows(story: &mut Story) {
    let scene = &story.scene;
    // Of a flood the last packet is not told, and only the last one would tell the window.
    if scene.moment.untold > 0 {
        return;
    }
    let shut: HashSet<_> = scene
        .before
        .hosts
        .iter()
        .flat_map(|host| &host.sockets)
        .filter(|row| row.tcp.as_ref().is_some_and(|tcp| tcp.snd_wnd == Some(0)))
        .filter_map(|row| row.ends())
        .collect();
    let telling = scene.arrivals().filter_map(|packet| {
        let segment = packet.segment()?;
        let ends = (segment.destination, segment.source);
        let plain = matches!(role(segment), Role::Ack | Role::Data);
        (plain && (segment.window == 0 || shut.contains(&ends))).then_some((packet, segment, ends))
    });
    let telling: Vec<_> = telling.collect();
    let Some((packet, segment, ends)) = telling.last().copied() else { return probes(story) };
    let opened = telling.iter().find(|(_, earlier, pair)| *pair == ends && earlier.window > 0);
    let Some(host) = packet.to.as_ref().and_then(|host| scene.before.host(host)) else { return };
    let Some(row) = host.sockets.iter().find(|row| row.ends() == Some(ends)) else { return };
    let socket = scene.name(&host.name, row);
    let (packet, window) = (packet_name(packet), segment.window);
    let (rank, note) = if let (0, Some((first, earlier, _))) = (window, opened) {
        let (first, window) = (packet_name(first), earlier.window);
        let note = note!(
            "window-refilled",
            packet = first,
            window = window,
            socket = socket,
            last = packet
        );
        (Rank::Queue, note)
    } else if window > 0 {
        (Rank::Surprise, note!("window-open", packet = packet, socket = socket, window = window))
    } else if shut.contains(&ends) {
        (Rank::Aside, note!("window-still-zero", packet = packet, socket = socket))
    } else {
        (Rank::Surprise, note!("window-zero", packet = packet, socket = socket))
    };
    story.say(rank, note);
    probes(story);
}

/// The kernel asked whether a closed window is open again.
fn probes(story: &mut Story) {
    let hosts = &story.scene.after().hosts;
    for host in hosts.iter().filter(|host| story.scene.counted(&host.name, "TCPWinProbe") > 0) {
        let asks = |row: &&Arc<Socket>| {
            row.timer.is_some_and(|timer| timer.kind == TimerKind::ZeroWindowProbe)
        };
        let Some(row) = host.sockets.iter().find(asks) else { continue };
        let left = row.timer.map(|timer| seconds(timer.left_ms));
        let note =
            note!("window-probe", socket = story.scene.name(&host.name, row), seconds = left);
        story.say(Rank::State, note);
        return;
    }
}
