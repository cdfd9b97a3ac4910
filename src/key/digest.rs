//! Digests of public data, in one place for all algorithms.

use sha2::Digest as _;

/// Returns the SHA-256 digest of a message.
#[inline(never)]
pub(super) fn sha256(message: &[u8]) -> [u8; 32] {
    sha2::Sha256::digest(message).into()
}

/// Returns the SHA-384 digest of a message.
#[inline(never)]
pub(super) fn sha384(message: &[u8]) -> [u8; 48] {
    sha2::Sha384::digest(message).into()
}

/// Returns the SHA-512 digest of a message.
#[inline(never)]
pub(super) fn sha512(message: &[u8]) -> [u8; 64] {
    sha2::Sha512::digest(message).into()
}
