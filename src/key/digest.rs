//! Digests of public data, in one place for all algorithms.

use sha2::Digest;
use sha2::digest::Output;

/// The digest of a message.
#[inline(never)]
pub(super) fn digest<D: Digest>(message: &[u8]) -> Output<D> {
    D::digest(message)
}
