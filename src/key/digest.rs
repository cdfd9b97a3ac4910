//! SHA-256 of public data, in one place for all algorithms.

use sha2::{Digest as _, Sha256};

/// The digest of a message.
#[inline(never)]
pub(super) fn sha256(message: &[u8]) -> [u8; 32] {
    Sha256::digest(message).into()
}
