//! SHA-256, in one place for all algorithms.

use sha2::{Digest as _, Sha256};

/// The digest of what a state has taken in, followed by a message. The copy of the state is wiped if states
/// are.
#[inline(never)]
pub(super) fn finish(state: &Sha256, message: &[u8]) -> [u8; 32] {
    state.clone().chain_update(message).finalize().into()
}

/// The digest of a message.
pub(super) fn sha256(message: &[u8]) -> [u8; 32] {
    finish(&Sha256::new(), message)
}
