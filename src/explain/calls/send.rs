//! write(), send() and their kin hand bytes to the kernel.

use std::sync::Arc;

use super::unsent::{self, Parts};
use super::{control, unix};
use crate::explain::case::Case;
use crate::explain::names::{address_name, packet_name, sent_packet};
use crate::explain::note::{Note, note};
use crate::explain::row::Row;
use crate::explain::scene::Scene;
use crate::explain::story::{Rank, Story};
use crate::explain::traffic::Role;
use crate::explain::urgent;
use crate::explain::wire::seconds;
use crate::model::{
    Body, Call, Family, Fate, Host, HostName, Outcome, Packet, ProcessName, ProcessState, Report,
    Socket, Syscall, TcpState, TimerKind,
};

/// The call took bytes.
pub fn returned(story: &mut Story, case: &Case, count: i64) {
    let (Some(socket), Some(host)) = (case.after, case.host) else {
        let note = note!("send-file", call = case.call(), who = case.who(), count = count);
        return story.say(Rank::Call, note);
    };
    if socket.kind.family == Family::Unix {
        unix::sent(story, case, socket, count);
        control::sent(story, case);
    } else if socket.kind.is_tcp() {
        stream(story, case, host, socket, count);
    } else {
        datagram(story, case, host, socket, count);
    }
    short(story, case, count);
}

/// How many bytes were asked to be sent, where one argument says it.
fn asked(case: &Case) -> Option<i64> {
    matches!(case.report.call.syscall, Syscall::Write | Syscall::Sendto)
        .then_some(case.report.call.args[2])
}

/// Fewer bytes were taken than offered.
fn short(story: &mut Story, case: &Case, count: i64) {
    if let Some(asked) = asked(case)
        && count < asked
    {
        story.say(Rank::Surprise, note!("send-short", asked = asked, count = count));
    }
}

/// Bytes for a TCP connection.
fn stream(story: &mut Story, case: &Case, host: &Arc<Host>, socket: &Arc<Socket>, count: i64) {
    let (call, who) = (case.call(), case.who());
    if count == 0 {
        return story.say(Rank::Call, note!("send-nothing", call = call, who = who));
    }
    let known = case.before.filter(|before| before.ends().is_some()).unwrap_or(socket);
    let scene = &story.scene;
    if let Some(rst) = scene.arrived_as(&host.name, known, &[Role::Rst]) {
        let packet = packet_name(rst);
        story.tell(socket);
        let note =
            note!("send-answered-rst", call = call, who = who, count = count, packet = packet);
        return story.say(Rank::Surprise, note);
    }
    let sent = scene.sent_as(&host.name, known, &[Role::Data, Role::Fin]);
    let peer = scene.peer(known);
    let there = peer.map(|(host, row)| (scene.name(&host.name, row), row.recv_q));
    let waits = there.as_ref().and_then(|(_, waiting)| *waiting).filter(|waiting| *waiting > 0);
    // What Send-Q counts was not acknowledged: nobody knows how much of it has arrived.
    let left = socket.send_q.filter(|left| *left > 0);
    // The timer that asks a closed window also lets go what was held back for an open one.
    let window = socket.tcp.as_ref().and_then(|tcp| tcp.snd_wnd);
    let probe = socket.timer.filter(|timer| timer.kind == TimerKind::ZeroWindowProbe);
    let held_back = probe.filter(|_| window > Some(0) && left.is_some() && sent.is_none());
    let mut split = held_back.is_none();
    let under_way = Parts::of(socket).is_some_and(|parts| parts.in_flight > 0);
    let here = peer.is_some_and(|(there, _)| there.name == host.name);
    let taken = peer.and_then(|(_, row)| taken(scene, row));
    let said = match (sent, there) {
        (None, _) if held_back.is_some() => {
            note!("send-queued", call = call, who = who, count = count, send_q = left)
        }
        (None | Some((_, Fate::Delivered)), Some((peer, Some(waiting))))
            if left.is_some() && (sent.is_some() || waiting > 0 || under_way) =>
        {
            split = false;
            unsent::partly(case, socket, count, (peer, waiting))
        }
        (None | Some((_, Fate::Delivered)), Some((peer, _))) if waits.is_some() => {
            note!(
                "send-arrived",
                call = call,
                who = who,
                count = count,
                peer = peer,
                waiting = waits
            )
        }
        (Some((packet, Fate::Delivered)), Some((peer, _))) => {
            let packet = packet_name(packet);
            delivered(case, taken, count, packet, peer)
        }
        (Some((packet, fate)), _) => {
            let packet = sent_packet(packet_name(packet), fate);
            note!("send-on-the-way", call = call, who = who, count = count, packet = packet)
        }
        (None, Some((peer, _))) if left.is_none() && here => match taken {
            Some(Taken::Woken) => {
                note!("send-here-woken", call = call, who = who, count = count, peer = peer)
            }
            Some(Taken::Asleep) | None => {
                note!("send-here", call = call, who = who, count = count, peer = peer)
            }
        },
        (None, _) => {
            let send_q = socket.send_q;
            note!("send-queued", call = call, who = who, count = count, send_q = send_q)
        }
    };
    if let Some((_, row)) = peer
        && story.scene.transition_of(row).is_none()
    {
        story.tell(row);
    }
    story.say(Rank::Call, said);
    ignored_address(story, case);
    urgent::sent(story, case, &host.name, known);
    let waiting = Parts::of(socket).is_some_and(|parts| parts.unsent > 0);
    if window == Some(0) && (sent.is_none() || waiting) {
        story.say(Rank::Surprise, note!("send-no-window", who = case.who()));
    }
    if split {
        unsent::parts(story, case, socket);
    }
    if let Some(timer) = held_back {
        let left = seconds(timer.left_ms);
        story.say(Rank::Queue, note!("send-queued-timer", who = case.who(), seconds = left));
    } else {
        unsent::reason(story, case, socket);
    }
    if socket.state == Some(TcpState::CloseWait) {
        story.say(Rank::Queue, note!("send-close-wait", who = case.who()));
    }
}

/// Bytes that a packet took to the other end, where nothing is unread now.
fn delivered(case: &Case, taken: Option<Taken>, count: i64, packet: String, peer: String) -> Note {
    let (call, who) = (case.call(), case.who());
    match taken {
        Some(Taken::Woken) => note!(
            "send-delivered-woken",
            call = call,
            who = who,
            count = count,
            packet = packet,
            peer = peer
        ),
        Some(Taken::Asleep) => note!(
            "send-delivered-taken",
            call = call,
            who = who,
            count = count,
            packet = packet,
            peer = peer
        ),
        None => note!(
            "send-delivered",
            call = call,
            who = who,
            count = count,
            packet = packet,
            peer = peer
        ),
    }
}

/// A call that had slept before and took what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is awake.
    Woken,
    /// It sleeps on.
    Asleep,
}

/// Whether a call that slept in a read of this socket has taken what was sent.
pub fn taken(scene: &Scene, socket: &Socket) -> Option<Taken> {
    use Syscall::{Read, Readv, Recvfrom, Recvmsg};
    let reads = |call: &Call| {
        let fd = i32::try_from(call.args[0]).unwrap_or(-1);
        let of = scene.before.socket_of(&call.process, fd);
        matches!(call.syscall, Read | Readv | Recvfrom | Recvmsg)
            && of.is_some_and(|of| socket.inode != 0 && of.inode == socket.inode)
    };
    let slept: Vec<&ProcessName> = scene
        .before
        .processes
        .iter()
        .filter(|process| match &process.state {
            ProcessState::InCall { call, .. } => reads(call),
            ProcessState::Ready
            | ProcessState::Running
            | ProcessState::Stopped
            | ProcessState::Dead(_) => false,
        })
        .map(|process| &process.name)
        .collect();
    let back = |report: &Report| {
        slept.contains(&&report.call.process) && matches!(report.outcome, Outcome::Returned(1..))
    };
    if scene.moment.reports.iter().any(back) {
        return Some(Taken::Woken);
    }
    (!slept.is_empty()).then_some(Taken::Asleep)
}

/// A stream goes where it is connected to, whatever address sendto() names.
fn ignored_address(story: &mut Story, case: &Case) {
    let call = &case.report.call;
    if call.syscall == Syscall::Sendto && call.args[4] != 0 && case.shown(4).contains("sa_family=")
    {
        let address = address_name(case.shown(4));
        story.say(Rank::Queue, note!("send-address-ignored", who = case.who(), address = address));
    }
}

/// A datagram.
fn datagram(story: &mut Story, case: &Case, host: &Host, socket: &Socket, count: i64) {
    let (call, who) = (case.call(), case.who());
    let mine = |source: std::net::SocketAddr| {
        socket.local_port().is_some_and(|port| port == source.port())
    };
    let raw = socket.kind.is_raw() || socket.kind.family == Family::Packet;
    let ours = |(packet, _): &&(&Arc<Packet>, Fate)| match packet.body {
        _ if packet.from.as_ref() != Some(&host.name) => false,
        Body::Udp { source, .. } => raw || mine(source),
        // What a raw socket sends has no port by which it could be told from others.
        Body::Tcp(_) | Body::Icmp { .. } | Body::Other { .. } => raw,
    };
    let sent = story.scene.sent.iter().find(ours);
    // The header of UDP is in the first fragment only, so none of them is told as UDP.
    let pieces = story.scene.sent.iter().filter(|(packet, _)| {
        let udp = matches!(packet.body, Body::Other { protocol: Some(17) });
        udp && packet.from.as_ref() == Some(&host.name)
    });
    let fragments = if socket.kind.protocol == 17 { pieces.count() } else { 0 };
    let to = case.destination();
    let said = match sent {
        Some((packet, fate)) => {
            let packet = sent_packet(packet_name(packet), *fate);
            if raw {
                note!("send-raw", call = call, who = who, count = count, packet = packet)
            } else {
                note!("send-datagram", call = call, who = who, count = count, packet = packet)
            }
        }
        None if let Some(own) = own_address(host, &to) => {
            let ports = ["UdpNoPorts", "Udp6NoPorts"];
            let said = match ports.map(|name| story.scene.counted(&host.name, name)).iter().sum() {
                0_u64 => note!("datagram-own"),
                _ => note!("datagram-own-refused", port = i32::from(own)),
            };
            note!("send-datagram-own", call = call, who = who, count = count, to = &to, fate = said)
        }
        None if fragments > 1 => note!(
            "send-datagram-fragments",
            call = call,
            who = who,
            count = count,
            to = &to,
            fragments = fragments
        ),
        None => note!("send-datagram-unseen", call = call, who = who, count = count, to = &to),
    };
    story.say(Rank::Call, said);
    let everybody: Vec<String> = story
        .scene
        .sent
        .iter()
        .filter(ours)
        .filter_map(|(packet, _)| others(story, packet))
        .map(ToString::to_string)
        .collect();
    if !everybody.is_empty() {
        story.say(Rank::Queue, note!("send-to-all", address = to, hosts = everybody));
    }
    if let Some((packet, 3, 3)) = story.scene.icmp(&host.name) {
        let (packet, who) = (packet_name(packet), case.who());
        let note = match socket.peer_port() {
            Some(_) => note!("datagram-icmp-told", packet = packet, socket = who),
            None => note!("datagram-icmp-untold", packet = packet, socket = who),
        };
        story.say(Rank::Surprise, note);
    }
    let unnamed = case.before.is_some_and(|before| before.local_port().is_none());
    if let Some(port) = socket.local_port()
        && unnamed
    {
        story.say(Rank::Aside, note!("send-chose-port", who = case.who(), port = port));
    }
}

/// The host to which the packet goes, though its address is another one: everybody's.
fn others<'a>(story: &Story, packet: &'a Packet) -> Option<&'a HostName> {
    let to = packet.to.as_ref()?;
    let Body::Udp { destination, .. } = packet.body else { return None };
    let own = &story.scene.after().host(to)?.addresses;
    (!own.contains(&destination.ip().to_canonical())).then_some(to)
}

/// The call sleeps.
pub fn blocked(story: &mut Story, case: &Case) {
    let (call, who) = (case.call(), case.who());
    let wchan = story.scene.wchan(case.process);
    let Some(socket) = case.after else {
        let note = note!("send-blocked-other", call = call, who = who, wchan = wchan);
        return story.say(Rank::Call, note);
    };
    let said = if socket.state == Some(TcpState::SynSent) {
        note!("send-blocked-connecting", call = call, who = who)
    } else if socket.kind.is_tcp() {
        let (send_q, window) = (socket.send_q, socket.tcp.as_ref().and_then(|tcp| tcp.snd_wnd));
        let there = story.scene.peer(socket);
        let peer = there.map(|(host, row)| story.scene.name(&host.name, row));
        let unread = there.and_then(|(_, row)| row.recv_q);
        story.say(
            Rank::Queue,
            note!("send-blocked-peer", peer = peer, unread = unread, window = window),
        );
        unsent::parts(story, case, socket);
        note!("send-blocked", call = call, who = who, send_q = send_q, wchan = wchan)
    } else if socket.kind.family == Family::Unix {
        note!("send-blocked-unix", call = call, who = who, wchan = wchan)
    } else {
        note!("send-blocked-other", call = call, who = who, wchan = wchan)
    };
    story.say(Rank::Call, said);
}

/// The port of this address, if it leads to the host itself: one of its own, or the wildcard,
/// which means the loopback address where it is a destination.
fn own_address(host: &Host, to: &str) -> Option<u16> {
    let to: std::net::SocketAddr = to.parse().ok()?;
    let ip = to.ip().to_canonical();
    let own = ip.is_unspecified() || ip.is_loopback() || host.addresses.contains(&ip);
    own.then_some(to.port())
}
