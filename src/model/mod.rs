//! Plain words: what a lab consists of, what can be done to it and what was seen.
//!
//! *Must not know*: any other room, a clock, a file, a terminal, or how anything here is found
//! out. Everything that a recording holds is here and can be written down with serde.

mod action;
mod address;
mod call;
mod caught;
mod change;
mod errno;
mod fill;
mod lang;
mod memory;
mod moment;
mod name;
mod need;
mod packet;
mod pairing;
mod process;
mod said;
mod signal;
mod snapshot;
mod socket;
mod spec;
pub mod ss;
pub mod tcpdump;
mod wire;
mod world;

pub use action::{Action, Unreachable, WireAction};
pub use address::{escape, harmless, harmless_json};
pub use call::{Call, Outcome, Overrun, Report, Syscall};
pub use caught::Caught;
pub use change::{Change, Transition, changes};
pub use errno::Errno;
pub use fill::{Piece, fill, pieces};
pub use lang::Lang;
pub use memory::{ARENA_SIZE, ARENA_START, Bytes, Memory, range};
pub use moment::{Cause, Moment};
pub use name::{HostName, ProcessName};
pub use need::{KernelPart, Need};
pub use packet::{Body, Fate, Flags, Packet, Passage, Segment, TcpOption};
pub use process::{Fd, File, Process, ProcessState, Watch};
pub use said::{Said, SaidValue, Say, Sayable, said, sayable};
pub use signal::Signal;
pub use snapshot::{Caller, Host, Snapshot};
pub use socket::{
    Address, Family, Kind, Ownerless, Reuse, Socket, SocketMemory, TcpInfo, TcpState, Timer,
    TimerKind,
};
pub use spec::{HostSpec, LabSpec, Preset, ProcessSpec, Rung};
pub use wire::{Filter, Held, PacketKind, Wire};
pub use world::{RefusedSetting, World, WorldError, Worlds};
