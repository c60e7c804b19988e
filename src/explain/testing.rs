//! Snapshots and moments by hand.
