//! Facts: what can be asked of the kernel.

mod counters;
mod read;
mod terms;

pub(super) use read::{fact, read_fact};
pub(super) use terms::{
    Mention, Named, errno, filter, host_name, is_identifier, process_name, signal,
};

use std::fmt;

use crate::model::{Errno, Filter, HostName, ProcessName, Signal, TcpState};

/// Something that is true or false of the lab at a moment. A fact that can't be evaluated yet
/// (an fd without a value, a process that is not born) is false.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Fact {
    /// `NAME FD is STATE`: the socket behind the fd is in this state.
    State {
        /// Whose fd.
        process: ProcessName,
        /// Which.
        fd: FdName,
        /// The state; a TCP socket that is in no list of the kernel is CLOSE.
        state: TcpState,
    },
    /// `NAME FD is closed`: the process's fd table has no such number.
    Closed {
        /// Whose fd.
        process: ProcessName,
        /// Which.
        fd: FdName,
    },
    /// `NAME FD queue LEN/LIMIT`: a listener's accept queue, as the kernel counts it.
    Queue {
        /// Whose fd.
        process: ProcessName,
        /// Which.
        fd: FdName,
        /// Connections that wait for accept(): the kernel's Recv-Q.
        length: u32,
        /// min(backlog, somaxconn): the kernel's Send-Q.
        limit: u32,
    },
    /// `NAME FD recv N`: the kernel's Recv-Q, in which an unread FIN counts 1.
    Recv {
        /// Whose fd.
        process: ProcessName,
        /// Which.
        fd: FdName,
        /// Bytes (for UDP, the kernel's memory).
        count: u32,
    },
    /// `NAME FD send N`: the kernel's Send-Q, what is not acknowledged.
    Send {
        /// Whose fd.
        process: ProcessName,
        /// Which.
        fd: FdName,
        /// Bytes; a SYN or FIN counts 1.
        count: u32,
    },
    /// `NAME in CALL`: the process sleeps in this call.
    In {
        /// Who.
        process: ProcessName,
        /// The call by the name that was typed: `send`, not `sendto`.
        call: String,
    },
    /// `NAME returned N`: the last call that came back, came back with this.
    Returned {
        /// Whose.
        process: ProcessName,
        /// The value.
        value: i64,
    },
    /// `NAME returned -1 ENAME`: the last call that came back, failed with this.
    Failed {
        /// Whose.
        process: ProcessName,
        /// The error.
        errno: Errno,
    },
    /// `NAME dead SIGNAME`: the process was killed by this signal.
    Killed {
        /// Who.
        process: ProcessName,
        /// By what.
        signal: Signal,
    },
    /// `NAME exit N`: the process ended by itself with this status.
    Exited {
        /// Who.
        process: ProcessName,
        /// The exit status.
        status: i32,
    },
    /// `NAME: C-EXPRESSION`: true if it is not 0. It makes no system call.
    C {
        /// In whose memory.
        process: ProcessName,
        /// The C; it compiles in the process's scope at the place where the fact is judged.
        expression: String,
    },
    /// `@HOST has N STATE`: so many TCP sockets of the host are in this state, with or without fd.
    Has {
        /// Where.
        host: HostName,
        /// How many.
        count: u32,
        /// In which state.
        state: TcpState,
    },
    /// `@HOST counts COUNTER > N`: a counter of `/proc/net/snmp` or `/proc/net/netstat`.
    Counts {
        /// Where.
        host: HostName,
        /// Its name, such as `ListenOverflows`.
        counter: String,
        /// The counter is above this.
        above: u64,
    },
    /// `wire holds [N] F`: so many rows of packets in flight match; without N, at least one.
    Holds {
        /// How many rows; a packet that came again and was folded into its row counts once.
        count: Option<u32>,
        /// Which.
        filter: Filter,
    },
    /// `wire empty`: no packet is in flight.
    WireEmpty,
    /// `not FACT`
    Not(Box<Fact>),
}

/// How a fact names a descriptor.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FdName {
    /// By a variable of the process.
    Variable(String),
    /// By its number.
    Number(i32),
}

impl fmt::Display for FdName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FdName::Variable(name) => f.write_str(name),
            FdName::Number(number) => write!(f, "{number}"),
        }
    }
}

impl fmt::Display for Fact {
    /// The fact as it stands in a lesson.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fact::State { process, fd, state } => write!(f, "{process} {fd} is {state}"),
            Fact::Closed { process, fd } => write!(f, "{process} {fd} is closed"),
            Fact::Queue { process, fd, length, limit } => {
                write!(f, "{process} {fd} queue {length}/{limit}")
            }
            Fact::Recv { process, fd, count } => write!(f, "{process} {fd} recv {count}"),
            Fact::Send { process, fd, count } => write!(f, "{process} {fd} send {count}"),
            Fact::In { process, call } => write!(f, "{process} in {call}"),
            Fact::Returned { process, value } => write!(f, "{process} returned {value}"),
            Fact::Failed { process, errno } => write!(f, "{process} returned -1 {errno}"),
            Fact::Killed { process, signal } => write!(f, "{process} dead {signal}"),
            Fact::Exited { process, status } => write!(f, "{process} exit {status}"),
            Fact::C { process, expression } => write!(f, "{process}: {expression}"),
            Fact::Has { host, count, state } => write!(f, "{host} has {count} {state}"),
            Fact::Counts { host, counter, above } => {
                write!(f, "{host} counts {counter} > {above}")
            }
            Fact::Holds { count: None, filter } => write!(f, "wire holds {filter}"),
            Fact::Holds { count: Some(count), filter } => write!(f, "wire holds {count} {filter}"),
            Fact::WireEmpty => f.write_str("wire empty"),
            Fact::Not(fact) => write!(f, "not {fact}"),
        }
    }
}
