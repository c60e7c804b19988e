//! connect() asks for a connection, and sleeps until the second packet of the handshake is here.

use std::sync::Arc;

use super::unix;
use crate::explain::case::Case;
use crate::explain::names::{address_name, family_shown, packet_name, sent_packet};
use crate::explain::note::note;
use crate::explain::row::Row;
use crate::explain::story::{Rank, Story};
use crate::explain::traffic::Role;
use crate::model::{Fate, Host, Ownerless, Socket, TcpState};

/// connect() returned 0.
pub fn returned(story: &mut Story, case: &Case) {
    let (Some(socket), Some(host)) = (case.after, case.host) else {
        let address = address_name(case.shown(1));
        return story.say(Rank::Call, note!("connect-unseen", who = case.who(), peer = address));
    };
    story.tell(socket);
    if unix::is_unix(socket) {
        return unix::connected(story, case, socket);
    }
    if !socket.kind.is_tcp() {
        return without_handshake(story, case, socket);
    }
    let (who, state) = (case.who(), socket.state);
    let (local, peer) = (socket.local.as_ref(), socket.peer.as_ref());
    if family_shown(case.shown(1)) == Some("AF_UNSPEC") {
        return dissolved(story, case, host);
    }
    if matches!(socket.state, None | Some(TcpState::Close)) {
        return reset_at_once(story, case, host);
    }
    let own = socket.ends().is_some_and(|(local, peer)| local == peer);
    let answer = story.scene.arrived_as(&host.name, socket, &[Role::SynAck]);
    let said = match answer.filter(|_| story.scene.slept(case.process)) {
        _ if own => note!("connect-self", who = who, local = local),
        Some(packet) if case.before.is_some_and(|b| b.state == Some(TcpState::SynRecv)) => {
            let packet = packet_name(packet);
            note!("connect-woken-crossed", packet = packet, who = who, peer = peer)
        }
        Some(packet) => {
            let packet = packet_name(packet);
            note!(
                "connect-woken",
                packet = packet,
                who = who,
                state = state,
                local = local,
                peer = peer
            )
        }
        None if case.before.is_some_and(|b| b.state == Some(TcpState::Established)) => {
            note!("connect-reported", who = who, peer = peer)
        }
        None => {
            note!("connect-returned", who = who, state = state, local = local, peer = peer)
        }
    };
    story.say(Rank::Call, said);
    chosen_port(story, case, socket);
    if !own {
        other_end(story, case, host, socket);
        whole_handshake(story, host, socket);
    }
}

/// The kernel chose the client's port.
fn chosen_port(story: &mut Story, case: &Case, socket: &Socket) {
    let unnamed = case.before.is_some_and(|before| before.local_port().is_none());
    if let Some(port) = socket.local_port()
        && unnamed
    {
        story.say(Rank::Aside, note!("connect-chose-port", who = case.who(), port = port));
    }
}

/// What the server's kernel has for the new connection.
fn other_end(story: &mut Story, case: &Case, host: &Host, socket: &Arc<Socket>) {
    let scene = &story.scene;
    let who = case.who();
    let Some((there, row)) = scene.peer(socket) else {
        let theirs = socket.peer.as_ref().and_then(|p| p.ip());
        let known = theirs
            .and_then(|ip| scene.after().hosts.iter().find(|host| host.addresses.contains(&ip)));
        if let Some(there) = known {
            let cookies = scene.counted(&there.name, "SyncookiesSent") > 0;
            let said = if cookies {
                note!("connect-cookie", who = who, host = &there.name)
            } else {
                note!("connect-no-row", who = who, host = &there.name)
            };
            story.say(Rank::Surprise, said);
        }
        return;
    };
    let name = scene.name(&there.name, row);
    let half = row.state == Some(TcpState::SynRecv);
    if half && row.ownerless.is_none() {
        story.say(Rank::Surprise, note!("connect-half-crossed", who = who, row = name));
    } else if half {
        let ack = scene.sent_as(&host.name, socket, &[Role::Ack, Role::Data]);
        let ack = ack.map(|(packet, fate)| sent_packet(packet_name(packet), fate));
        story.say(Rank::Surprise, note!("connect-half", who = who, row = name, ack = ack));
    } else if row.ownerless == Some(Ownerless::AcceptQueue) {
        let listener = scene.listener(&there.name, row);
        let name = listener.map(|listener| scene.name(&there.name, listener));
        let length = listener.and_then(|listener| listener.recv_q);
        let limit = listener.and_then(|listener| listener.send_q);
        story.tell(row);
        let note = note!("connect-queued", listener = name, length = length, limit = limit);
        story.say(Rank::Queue, note);
    }
}

/// All three packets of a handshake passed in this moment.
fn whole_handshake(story: &mut Story, host: &Arc<Host>, socket: &Socket) {
    let scene = &story.scene;
    let syn = scene.sent_as(&host.name, socket, &[Role::Syn]);
    let answer = scene.arrived_as(&host.name, socket, &[Role::SynAck]);
    let ack = scene.sent_as(&host.name, socket, &[Role::Ack]);
    if let (Some((syn, Fate::Delivered)), Some(answer), Some((ack, Fate::Delivered))) =
        (syn, answer, ack)
    {
        let (first, second, third) = (packet_name(syn), packet_name(answer), packet_name(ack));
        let note = note!("handshake-whole", first = first, second = second, third = third);
        story.say(Rank::Wire, note);
    }
}

/// connect() returned 0, and an RST ended the connection within the same moment.
fn reset_at_once(story: &mut Story, case: &Case, host: &Arc<Host>) {
    let ends = case.before.and_then(|before| before.ends());
    let rst = story.scene.arrivals().filter(|packet| packet.to.as_ref() == Some(&host.name));
    let rst = rst
        .filter(|packet| {
            packet.segment().is_some_and(|segment| {
                let mine = ends.is_none_or(|(local, peer)| {
                    peer.port() == 0 || segment.destination == local && segment.source == peer
                });
                crate::explain::traffic::role(segment) == Role::Rst && mine
            })
        })
        .last();
    let said = match rst {
        Some(packet) => {
            note!("connect-then-reset", who = case.who(), packet = packet_name(packet))
        }
        None => note!("connect-then-closed", who = case.who()),
    };
    story.say(Rank::Surprise, said);
}

/// AF_UNSPEC is no address: it takes from the socket what it has.
fn dissolved(story: &mut Story, case: &Case, host: &Arc<Host>) {
    let who = case.who();
    let Some(before) = case.before else {
        return story.say(Rank::Call, note!("connect-unspec", who = who));
    };
    story.tell(before);
    let (state, peer) = (before.state, before.peer.as_ref());
    let rst = story.scene.sent_as(&host.name, before, &[Role::Rst]);
    let said = match (before.peer_port(), rst) {
        (Some(_), Some((packet, _))) => {
            let packet = packet_name(packet);
            note!("connect-unspec-reset", who = who, peer = peer, packet = packet)
        }
        (Some(_), None) => note!("connect-unspec-peer", who = who, peer = peer, state = state),
        (None, _) if state == Some(TcpState::Listen) => {
            note!("connect-unspec-listener", who = who)
        }
        (None, _) => note!("connect-unspec", who = who),
    };
    story.say(Rank::Call, said);
}

/// connect() on a socket that shakes no hands.
fn without_handshake(story: &mut Story, case: &Case, socket: &Socket) {
    let who = case.who();
    let had = case.before.is_some_and(|before| before.peer_port().is_some());
    let said = if socket.peer_port().is_none() && had {
        note!("connect-dissolved", who = who)
    } else {
        let (local, peer) = (socket.local.as_ref(), socket.peer.as_ref());
        note!("connect-datagram", who = who, local = local, peer = peer)
    };
    story.say(Rank::Call, said);
}

/// connect() sleeps.
pub fn blocked(story: &mut Story, case: &Case) {
    let who = case.who();
    let wchan = story.scene.wchan(case.process);
    let (Some(socket), Some(host)) = (case.after, case.host) else {
        return story.say(Rank::Call, note!("connect-blocked-other", who = who, wchan = wchan));
    };
    if unix::is_unix(socket) {
        return unix::connecting(story, case);
    }
    if socket.state != Some(TcpState::SynSent) {
        return story.say(Rank::Call, note!("connect-blocked-other", who = who, wchan = wchan));
    }
    story.tell(socket);
    let peer = socket.peer.as_ref();
    let syn = story.scene.sent_as(&host.name, socket, &[Role::Syn]);
    let said = match syn {
        Some((packet, fate)) => {
            let syn = sent_packet(packet_name(packet), fate);
            let again = match story.scene.sysctl(&host.name, "net.ipv4.tcp_syn_retries") {
                Some(times) => note!("connect-again-times", times = times),
                None => note!("connect-again-default"),
            };
            note!(
                "connect-blocked",
                who = who,
                peer = peer,
                syn = syn,
                wchan = wchan,
                again = again
            )
        }
        None => note!("connect-blocked-unseen", who = who, peer = peer, wchan = wchan),
    };
    story.say(Rank::Call, said);
    chosen_port(story, case, socket);
    answer_in_flight(story, socket);
}

/// The SYN arrived and its answer is still on the wire.
fn answer_in_flight(story: &mut Story, socket: &Socket) {
    let Some((local, peer)) = socket.ends() else { return };
    if let Some((packet, _)) = story.scene.held(peer, local, &[Role::SynAck]) {
        let packet = packet_name(packet);
        story.say(Rank::Queue, note!("connect-answer-held", packet = packet));
    }
}
