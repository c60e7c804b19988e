//! socket(), bind(): a socket comes to be and gets a name.

use crate::explain::note::{Note, note};
use crate::explain::scene::Scene;
use crate::model::Report;

/// socket() returned an fd.
pub fn socket(scene: Scene, report: &Report, fd: i64) -> Vec<Note> {
    let process = &report.call.process;
    let socket = i32::try_from(fd).ok().and_then(|fd| scene.after().socket_of(process, fd));
    vec![note!(
        "socket-returned",
        process = process,
        fd = fd,
        kind = socket.map(|s| s.kind.short())
    )]
}

/// bind() returned 0.
pub fn bind(scene: Scene, report: &Report) -> Vec<Note> {
    let local = scene.socket_after(report).and_then(|s| s.local.as_ref());
    vec![note!(
        "bind-returned",
        process = &report.call.process,
        fd = report.call.args[0],
        local = local
    )]
}
