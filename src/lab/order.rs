//! What sockstep tells the lab's first process to do, and what that answers.
//!
//! One order is one message of JSON; fds travel beside it. Answers come in the order of the
//! orders; [`Answer::Died`] may come at any time.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use crate::model::{HostName, ProcessName};

/// The longest message either side sends, in bytes.
pub(super) const LONGEST: usize = 64 * 1024;

/// Something that needs the lab's privileges.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Order {
    MakeHost(HostPlan),
    /// Forget a host, whose processes are dead. The keeper destroys its sockets and lets go of its
    /// TUN; when sockstep has let go of it, too, the namespace ends.
    DropHost(HostName),
    /// Set a sysctl of a host.
    Set {
        /// Where.
        host: HostName,
        /// Full name, with dots.
        key: String,
        /// Value.
        value: String,
    },
    /// Start a process on a host. Its control channel and its arena come with the order.
    Spawn {
        /// Its name.
        process: ProcessName,
        /// Where.
        host: HostName,
        /// Keep CAP_NET_RAW.
        net_raw: bool,
    },
    /// Run a command of the machine on a host. The channel for its hello and the pipe
    /// for what it prints come with the order.
    Run {
        /// Where.
        host: HostName,
        /// For `sh -c`.
        command: String,
    },
}

/// A host to make.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct HostPlan {
    /// Its name.
    pub name: HostName,
    /// Its address, in a /24.
    pub v4: Ipv4Addr,
    /// Its address, in a /64.
    pub v6: Option<Ipv6Addr>,
    /// `quickack 1` on the connected routes.
    pub quickack: bool,
    /// Sysctls, set in this order.
    pub settings: Vec<(String, String)>,
}

/// What the lab's first process answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Answer {
    /// The host is there.
    Host {
        /// The sysctls that could not be set, each with its errno.
        refused: Vec<(String, i32)>,
    },
    /// The process or command has started.
    Started {
        /// Its number inside the lab.
        pid: i32,
    },
    /// It is done.
    Done,
    /// It could not be done.
    Failed {
        /// What was tried.
        attempt: String,
        /// The errno.
        errno: i32,
    },
    /// A process has ended; nobody asked.
    Died {
        /// Its number inside the lab.
        pid: i32,
        /// How.
        end: End,
    },
}

/// What the lab's first process tells the keeper.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Told {
    /// There is a host of this name; a copy of its TUN and a sock_diag socket come along.
    Made(HostName),
    /// This host is to be forgotten.
    Dropped(HostName),
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum End {
    /// By itself, with this status.
    Exited(i32),
    /// By this signal.
    Killed(i32),
}
