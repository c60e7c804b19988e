//! Ephemeral ports: the kernel draws them at random, and every run of a lesson is to be alike.
//! While a call is made it may choose one port only, so that they run 40001, 40002, …
//!
//! Whoever sets `ip_local_port_range` on a host, a lesson or a command, wants to see what the kernel
//! does with it; there it chooses as it likes.

use super::life::Lab;
use crate::model::{Call, Syscall};

impl Lab {
    /// Before a call: if the kernel may choose a port, it may choose the next one only.
    pub fn pin_port(&mut self, call: &Call) {
        let next = self.next_port;
        // Where this can't be set, the port is what the kernel chooses: less even, as true.
        self.with_ports(call, |host| host.pin_port(next));
    }

    /// After it: the whole range again.
    pub fn unpin_port(&mut self, call: &Call) {
        self.with_ports(call, super::host::Host::unpin_port);
    }

    fn with_ports(&mut self, call: &Call, act: impl FnOnce(&mut super::host::Host)) {
        if !chooses_a_port(call.syscall) {
            return;
        }
        let Some(host) = self.process(&call.process).map(|process| process.host.clone()) else {
            return;
        };
        if let Some(host) = self.hosts.iter_mut().find(|candidate| candidate.name == host) {
            act(host);
        }
    }
}

/// Whether the kernel may choose a local port in this call.
fn chooses_a_port(call: Syscall) -> bool {
    use Syscall::{Bind, Connect, Listen, Sendmsg, Sendto};
    matches!(call, Connect | Bind | Listen | Sendto | Sendmsg)
}
