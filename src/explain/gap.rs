//! A FIN that came before bytes that belong before it: the kernel keeps it, and the segment that
//! fills the gap is what ends the stream.

use std::sync::Arc;

use super::moves::Move;
use super::scene::{Scene, is_delivery};
use super::traffic::{Role, role};
use crate::model::{Packet, TcpState};

/// The segment that filled the gap before a FIN, where the moment shows that one did. `fin`: the
/// FIN that arrived in this moment, if one did.
pub fn filled_by<'a>(
    scene: &Scene<'a>,
    moved: &Move<'a>,
    fin: Option<&'a Arc<Packet>>,
) -> Option<&'a Arc<Packet>> {
    use TcpState::{CloseWait, Closing, FinWait1, FinWait2, TimeWait};
    let ended = match (moved.from, moved.to) {
        (_, Some(CloseWait | Closing)) | (Some(FinWait1 | FinWait2), Some(TimeWait)) => true,
        (_, _) => false,
    };
    // Of a flood only the beginning is told, and it may have been another segment.
    if !ended || scene.moment.untold > 0 {
        return None;
    }
    match fin.and_then(|fin| fin.segment()) {
        None => scene.arrived_as(moved.host, moved.row, &[Role::Data]),
        Some(fin) => before_the_answer(scene, moved, fin.sequence.wrapping_add(fin.span())),
    }
}

/// The last segment that had arrived when the receiver first acknowledged the FIN, if that one
/// only brought bytes. `end`: the first sequence number behind the FIN.
fn before_the_answer<'a>(scene: &Scene<'a>, moved: &Move<'a>, end: u32) -> Option<&'a Arc<Packet>> {
    let (local, peer) = moved.row.ends()?;
    let mut last = None;
    let mut fin_came = false;
    for passage in &scene.moment.passages {
        let Some(segment) = passage.packet.segment() else { continue };
        let ends = (segment.source, segment.destination);
        if ends == (local, peer) && passage.packet.from.as_ref() == Some(moved.host) {
            if fin_came && segment.acknowledgment == end {
                return last.filter(|packet: &&Arc<Packet>| {
                    packet.segment().is_some_and(|segment| role(segment) == Role::Data)
                });
            }
        } else if ends == (peer, local) && is_delivery(passage) {
            match role(segment) {
                Role::Fin => (fin_came, last) = (true, Some(&passage.packet)),
                Role::Data => last = Some(&passage.packet),
                Role::Syn | Role::SynAck | Role::Rst | Role::Ack => {}
            }
        }
    }
    None
}
