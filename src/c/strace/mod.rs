//! Arguments in strace's notation.

use super::machine::CallResult;
use crate::model::{Call, Memory, Syscall};

/// The arguments as they are before the call.
pub(super) fn before(_syscall: Syscall, args: &[i64; 6], _memory: &dyn Memory) -> Vec<String> {
    args.iter().map(i64::to_string).collect()
}

/// The arguments that the kernel wrote to, by position.
pub fn written(_call: &Call, _result: CallResult, _memory: &dyn Memory) -> Vec<(usize, String)> {
    Vec::new()
}
