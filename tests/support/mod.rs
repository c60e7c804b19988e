//! What tests against the kernel share.

#![allow(dead_code, reason = "each test file uses its part")]

pub mod dice;
pub mod traces;

use std::sync::Arc;

use sockstep::lab::Labs;
use sockstep::model::{
    ARENA_START, Action, Call, LabSpec, Moment, ProcessName, Syscall, World, Worlds as _,
};

/// Where tests put what calls point to.
pub const ARENA: u64 = ARENA_START + 64;

/// A lab, or `None` with a printed reason where this machine can't. In CI that is a failure.
pub fn lab_or_skip(spec: &LabSpec) -> Option<Box<dyn World>> {
    match labs().open(spec) {
        Ok(world) => Some(world),
        Err(why) => {
            assert!(std::env::var_os("CI").is_none(), "kernel tests must run in CI: {why}");
            println!("skipped: {why}");
            None
        }
    }
}

/// Labs kept by the built program.
pub fn labs() -> Labs {
    Labs::kept_by(env!("CARGO_BIN_EXE_sockstep").into())
}

/// A process's name.
pub fn name(text: &str) -> ProcessName {
    ProcessName::parse(text).expect("a name")
}

/// Makes a call with raw arguments.
pub fn call(world: &mut dyn World, process: &str, syscall: Syscall, args: [i64; 6]) -> Moment {
    let call = Call {
        process: name(process),
        code: format!("{syscall}(…)"),
        typed: syscall.name().into(),
        syscall,
        args,
        shown: Vec::new(),
        child: None,
        overrun: None,
    };
    world.act(&Action::Call(Arc::new(call))).expect("a call that makes sense")
}

/// A `struct sockaddr_in`.
pub fn sockaddr(address: [u8; 4], port: u16) -> Vec<u8> {
    let mut bytes = 2_u16.to_ne_bytes().to_vec();
    bytes.extend(port.to_be_bytes());
    bytes.extend(address);
    bytes.extend([0; 8]);
    bytes
}
