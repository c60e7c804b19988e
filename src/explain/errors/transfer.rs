//! Errors that a reader and a writer may be told, whoever calls first.

use crate::explain::case::Case;
use crate::explain::names::packet_name;
use crate::explain::note::{Note, note};
use crate::explain::story::Story;
use crate::explain::traffic::Role;
use crate::model::{Family, File, Syscall, TimerKind};

/// The kernel's limit for the parts of one message (UIO_MAXIOV).
const PARTS: i64 = 1024;

/// Whether readv() or writev() got a number of parts that the kernel does not take.
pub fn too_many_parts(case: &Case) -> Option<i64> {
    let vectored = matches!(case.report.call.syscall, Syscall::Readv | Syscall::Writev);
    let parts = case.report.call.args[2];
    (vectored && !(0..=PARTS).contains(&parts)).then_some(parts)
}

/// Errors that either direction may be told first.
pub fn both(story: &Story, case: &Case, errno: &str) -> Option<Note> {
    let (call, who) = (case.call(), case.who());
    Some(match errno {
        "ECONNRESET" if case.socket().is_some_and(|s| s.kind.family == Family::Unix) => {
            note!("reset-unix", call = call, who = who)
        }
        "ECONNRESET" => {
            let rst = case.host.zip(case.before).and_then(|(host, socket)| {
                story.scene.arrived_as(&host.name, socket, &[Role::Rst])
            });
            match rst {
                Some(packet) => {
                    let packet = packet_name(packet);
                    note!("reset-now", call = call, who = who, packet = packet)
                }
                None => note!("reset-earlier", call = call, who = who),
            }
        }
        "ECONNREFUSED" if case.socket().is_some_and(|s| s.kind.family == Family::Unix) => {
            note!("datagram-refused-unix", call = call, who = who)
        }
        "ECONNREFUSED" => note!("datagram-refused", call = call, who = who),
        "ETIMEDOUT" => {
            let timer = case.before.and_then(|socket| socket.timer);
            let again = timer.map(|timer| timer.retransmits);
            match timer.map(|timer| timer.kind) {
                Some(TimerKind::Keepalive) => {
                    note!("transfer-timed-out-keepalive", call = call, who = who, again = again)
                }
                Some(
                    TimerKind::Retransmit
                    | TimerKind::TimeWait
                    | TimerKind::ZeroWindowProbe
                    | TimerKind::Other(_),
                )
                | None => note!("transfer-timed-out", call = call, who = who, again = again),
            }
        }
        "EHOSTUNREACH" | "ENETUNREACH" | "EPROTO" | "ENOPROTOOPT" => {
            let icmp = case.host.and_then(|host| story.scene.icmp(&host.name));
            match icmp {
                Some((packet, _, _)) => {
                    let packet = packet_name(packet);
                    note!("transfer-icmp", call = call, errno = errno, packet = packet)
                }
                None => note!("transfer-unreachable", call = call, errno = errno),
            }
        }
        "EBADF" => {
            let process = story.scene.before.process(case.process)?;
            let file = match &process.fd(case.fd)?.file {
                File::Other(name) => name.clone(),
                File::Socket(_) => return None,
            };
            note!("transfer-mode", call = call, who = who, file = file)
        }
        "EINVAL" if too_many_parts(case).is_some() => {
            note!("transfer-parts", call = call, count = too_many_parts(case))
        }
        "ECONNABORTED" => note!("transfer-aborted", call = call, who = who),
        _ => return None,
    })
}
