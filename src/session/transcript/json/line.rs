//! The json lines themselves; docs/formats.md tells what each field means.

use serde::Serialize;

/// One line. Numbers of steps and choices count from 1, as on the screen.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Line<'a> {
    Step {
        step: usize,
        of: usize,
        scene: Option<&'a str>,
        code: String,
    },
    Call {
        step: Option<usize>,
        at_ms: u64,
        host: Option<&'a str>,
        process: &'a str,
        pid: i32,
        code: &'a str,
        syscall: &'a str,
        args: Vec<&'a str>,
        outcome: Came<'a>,
    },
    Signal {
        step: Option<usize>,
        at_ms: u64,
        host: Option<&'a str>,
        process: &'a str,
        pid: i32,
        signal: String,
        handler: &'a str,
        info: String,
        restart: bool,
        during: Option<&'a str>,
    },
    Process {
        step: Option<usize>,
        host: &'a str,
        process: &'a str,
        pid: i32,
        is: String,
    },
    Packet {
        step: Option<usize>,
        at_ms: u64,
        protocol: &'static str,
        from: Option<String>,
        to: Option<String>,
        flags: Option<String>,
        seq: Option<u32>,
        ack: Option<u32>,
        relative_seq: Option<u32>,
        relative_ack: Option<u32>,
        len: usize,
        from_host: Option<&'a str>,
        to_host: Option<&'a str>,
        fate: &'static str,
    },
    State {
        step: Option<usize>,
        at_ms: u64,
        host: &'a str,
        process: Option<&'a str>,
        fd: Option<i32>,
        local: Option<String>,
        peer: Option<String>,
        from: Option<&'static str>,
        to: Option<&'static str>,
    },
    Queue {
        step: Option<usize>,
        host: &'a str,
        process: Option<&'a str>,
        fd: Option<i32>,
        local: Option<String>,
        accept_len: Option<u32>,
        accept_limit: Option<u32>,
        syn_len: usize,
    },
    Printed {
        step: Option<usize>,
        text: &'a str,
    },
    Output {
        step: Option<usize>,
        text: String,
    },
    More {
        step: Option<usize>,
        packets: u64,
        bytes: u64,
    },
    Fact {
        step: Option<usize>,
        what: &'a str,
        held: bool,
        kernel: String,
        reason: Option<String>,
        line: usize,
        column: usize,
    },
    Bet {
        step: usize,
        choices: Vec<Choice<'a>>,
        chosen: Option<usize>,
        truth: usize,
    },
    End {
        steps: usize,
        passed: usize,
        failed: usize,
        error: Option<&'a str>,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Came<'a> {
    Returned(i64),
    Errno(String),
    Blocked(&'a str),
    Killed(String),
    Exited(i32),
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Choice<'a> {
    pub fact: &'a str,
    pub words: &'a str,
}
