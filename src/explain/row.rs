//! Small questions about a socket's row.

use crate::model::Socket;

/// What explanations ask of a row.
pub trait Row {
    /// The peer's port, where the socket has a peer.
    fn peer_port(&self) -> Option<u16>;
    /// Its own address, where it is an IP address.
    fn local_ip(&self) -> Option<std::net::IpAddr>;
    /// Its own port, where it has one.
    fn local_port(&self) -> Option<u16>;
}

impl Row for Socket {
    fn peer_port(&self) -> Option<u16> {
        self.peer.as_ref()?.port().filter(|port| *port != 0)
    }

    fn local_ip(&self) -> Option<std::net::IpAddr> {
        self.local.as_ref()?.ip().map(|ip| ip.to_canonical())
    }

    fn local_port(&self) -> Option<u16> {
        self.local.as_ref()?.port().filter(|port| *port != 0)
    }
}
