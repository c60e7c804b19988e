//! What one look at the kernel hands on to the next.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::fd_table::FdReader;
use crate::model::{Kind, Snapshot};

/// What was seen last, and what never changes about what was seen.
#[derive(Debug, Default)]
pub(super) struct Observer {
    pub(super) last: Arc<Snapshot>,
    /// Family, type and protocol of a socket never change; each is asked for once.
    pub(super) kinds: BTreeMap<u64, Kind>,
    pub(super) fds: FdReader,
}

impl Observer {
    /// The last snapshot.
    pub fn last(&self) -> Arc<Snapshot> {
        self.last.clone()
    }
}
