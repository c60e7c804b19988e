//! What a lab is to be made of.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use super::name::{HostName, ProcessName};

/// The plan of a lab, as a lesson's front matter gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabSpec {
    /// Which kind of lab.
    pub rung: Rung,
    /// Its timers.
    pub preset: Preset,
    /// The hosts; the client stands on the left and the server on the right of every picture.
    pub hosts: Vec<HostSpec>,
    /// The processes.
    pub processes: Vec<ProcessSpec>,
    /// Whether the connected route makes every ACK immediate (`quickack 1`); off in lessons about
    /// delayed ACKs.
    pub quickack: bool,
    /// Whether a lesson's `run` may start commands of the machine.
    pub allow_run: bool,
}

/// What a lab can do, by what this machine allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    /// Hosts in network namespaces, sockstep is the wire between them.
    Wire,
    /// Real fds and states on 127.77.x.y of this machine; no packets.
    Loopback,
}

/// How fast the kernel's timers of a lab run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Patient: one can talk over a held packet for an hour.
    Calm,
    /// Short time-outs, to see how the kernel gives up.
    Quick,
}

/// One host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostSpec {
    /// Its name.
    pub name: HostName,
    /// Its IPv4 address, in a /24.
    pub v4: Ipv4Addr,
    /// Its IPv6 address, in a /64.
    pub v6: Option<Ipv6Addr>,
}

/// One process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessSpec {
    /// Its name.
    pub name: ProcessName,
    /// Where it lives.
    pub host: HostName,
    /// It keeps CAP_NET_RAW.
    pub net_raw: bool,
}

impl LabSpec {
    /// The same lab on the loopback rung: its hosts are 127.77.`run`.x of this machine.
    #[must_use]
    pub fn on_loopback(mut self, run: u8) -> Self {
        self.rung = Rung::Loopback;
        for host in &mut self.hosts {
            host.v4 = Ipv4Addr::new(127, 77, run, host.v4.octets()[3]);
            host.v6 = None;
        }
        self
    }

    /// One server and one client on documentation addresses (RFC 5737, RFC 3849): what a lesson
    /// gets that names no hosts.
    ///
    /// # Panics
    /// Never: the names are constants.
    pub fn two_hosts() -> Self {
        let host = |name: &str, last: u8| HostSpec {
            name: HostName::parse(name).expect("a constant name"),
            v4: Ipv4Addr::new(198, 51, 100, last),
            v6: Some(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, u16::from(last))),
        };
        let process = |name: &str| ProcessSpec {
            name: ProcessName::parse(name).expect("a constant name"),
            host: HostName::parse(name).expect("a constant name"),
            net_raw: false,
        };
        Self {
            rung: Rung::Wire,
            preset: Preset::Calm,
            hosts: vec![host("server", 1), host("client", 2)],
            processes: vec![process("server"), process("client")],
            quickack: true,
            allow_run: false,
        }
    }
}
