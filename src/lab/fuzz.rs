//! A door for the fuzzer to what a lab's processes say.

use super::order::{Answer, Order};
use super::sys::{Reply, Request};

/// A message of any of the lab's channels.
pub(crate) fn protocol(data: &[u8]) {
    if let Some(request) = Request::from_bytes(data) {
        assert_eq!(request.to_bytes(), data);
    }
    if let Some(reply) = Reply::from_bytes(data) {
        assert_eq!(Reply::from_bytes(&reply.to_bytes()), Some(reply));
    }
    let _ = serde_json::from_slice::<Order>(data);
    let _ = serde_json::from_slice::<Answer>(data);
}
