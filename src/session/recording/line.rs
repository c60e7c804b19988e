//! The lines of a recording as they stand in the file.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::rows::Piece;
use crate::model::{
    Call, Caught, Cause, Change, Fd, Filter, Held, HostName, LabSpec, Passage, ProcessName,
    ProcessState, Report, Socket,
};
use crate::session::entry::{Bet, Origin, ProcessVariables, Verdict};

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// The first line.
    Sockstep(Header),
    /// The next entry of the timeline.
    Entry(Box<EntryLine>),
    /// Only so many entries stay; what was undone, or is written again because it was judged.
    Back(usize),
}

/// The first line: what was recorded, and by what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of this format; readers refuse a higher one.
    pub recording: u32,
    /// The version of sockstep that wrote it.
    pub program: String,
    /// What the lab was made of.
    pub spec: LabSpec,
    /// The lesson that was run, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lesson: Option<LessonText>,
}

/// A lesson as it was when it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonText {
    /// Where it was read from.
    pub path: String,
    /// The whole document.
    pub text: String,
}

/// One entry, in terms of the entry before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryLine {
    pub origin: Origin,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<usize>,
    pub cause: Cause,
    pub at: Duration,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<Report>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Arc<Caught>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passages: Vec<Passage>,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub untold: u64,
    pub snapshot: SnapshotLine,
    /// Only where they are not simply what differs between the two snapshots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<Change>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "super::hex")]
    pub output: Vec<u8>,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unprinted: u64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unsettled: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<Verdict>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bets: Vec<Bet>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<Piece<Arc<ProcessVariables>>>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub printed: String,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub printed_before: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<i64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub concluded: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotLine {
    pub at: Duration,
    pub hosts: Vec<Piece<HostLine>>,
    pub processes: Vec<Piece<ProcessLine>>,
    /// `None`: as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wire: Option<WireLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostLine {
    pub name: HostName,
    pub addresses: Vec<IpAddr>,
    pub boots: u32,
    pub sockets: Vec<Piece<Arc<Socket>>>,
    /// `None`: as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counters: Option<Arc<BTreeMap<String, u64>>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessLine {
    pub name: ProcessName,
    pub host: HostName,
    pub pid: i32,
    pub outer_pid: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ProcessName>,
    pub state: ProcessState,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub handling: Vec<Arc<Caught>>,
    pub fds: Vec<Piece<Arc<Fd>>>,
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub standard: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_in: Option<Arc<Call>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireLine {
    #[serde(default)]
    pub filters: Vec<Filter>,
    #[serde(default)]
    pub cut: bool,
    pub held: Vec<Piece<Arc<Held>>>,
}

fn yes() -> bool {
    true
}

fn is_yes(flag: &bool) -> bool {
    *flag
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}
