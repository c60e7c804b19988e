//! A change of a TCP state.

use std::sync::Arc;

use super::row::Row;
use crate::model::{Change, HostName, Socket, TcpState};

/// A TCP socket's way from one state to another. A missing state is a socket that the kernel did
/// not list.
#[derive(Clone, Copy)]
pub struct Move<'a> {
    /// Its host.
    pub host: &'a HostName,
    /// The row before.
    pub before: Option<&'a Arc<Socket>>,
    /// The row after.
    pub after: Option<&'a Arc<Socket>>,
    /// The row that knows both ends: the later one, unless the connection is gone.
    pub row: &'a Arc<Socket>,
    /// The state before; CLOSE counts as none.
    pub from: Option<TcpState>,
    /// The state after; CLOSE counts as none.
    pub to: Option<TcpState>,
}

impl<'a> Move<'a> {
    /// The change of a TCP state, if this change is one.
    pub fn of(change: &'a Change) -> Option<Self> {
        let transition = change.transition()?;
        let named = |socket: &Arc<Socket>| socket.local_port().is_some();
        let (host, before, after, row) = match change {
            Change::SocketNew { host, socket } => (host, None, Some(socket), socket),
            Change::SocketGone { host, socket } => (host, Some(socket), None, socket),
            Change::SocketChanged { host, from, to } => {
                (host, Some(from), Some(to), if named(to) { to } else { from })
            }
            Change::ProcessBorn { .. }
            | Change::ProcessState { .. }
            | Change::FdOpened { .. }
            | Change::FdClosed { .. }
            | Change::FdChanged { .. }
            | Change::Counter { .. }
            | Change::Rebooted { .. } => return None,
        };
        let open = |state: &TcpState| *state != TcpState::Close;
        let (from, to) = (transition.from.filter(open), transition.to.filter(open));
        (from != to).then_some(Self { host, before, after, row, from, to })
    }
}
