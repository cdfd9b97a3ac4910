//! EMSA-PKCS1-v1_5 (RFC 8017 §9.2). The number recovered from a signature is compared as a whole with the
//! expected one. Nothing is parsed.

use super::Word;
use super::montgomery::number;
use super::word::Digit;

/// A DigestInfo up to the hash (RFC 8017 §9.2, note 1).
pub(super) type DigestInfo = [u8; 19];

#[cfg(feature = "rs256")]
pub(super) const SHA256: DigestInfo = digest_info(1, 32);
#[cfg(feature = "rs384")]
pub(super) const SHA384: DigestInfo = digest_info(2, 48);
#[cfg(feature = "rs512")]
pub(super) const SHA512: DigestInfo = digest_info(3, 64);

/// Creates the DigestInfo of the hash with this last arc in its object identifier, 2.16.840.1.101.3.4.2, and
/// this length.
#[expect(clippy::arithmetic_side_effects, reason = "all of this is constant")]
const fn digest_info(arc: u8, length: u8) -> DigestInfo {
    [0x30, 17 + length, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, arc, 5, 0, 4, length]
}

/// Returns whether the number is the encoding of the digest in this many octets. Not inlined, so that its
/// buffers are not on the stack while the signature is raised to the exponent.
#[inline(never)]
pub(super) fn is_encoding<const N: usize>(
    found: &[Digit<Word>; N],
    digest: &[u8],
    digest_info: &DigestInfo,
    length: usize,
) -> bool {
    let mut buffer = [[0; size_of::<Digit<Word>>()]; N];
    let Some(encoded) = buffer.as_flattened_mut().get_mut(..length) else { return false };
    encode(digest, digest_info, encoded);
    *found == number::<Word, N>(encoded)
}

/// Encodes a digest to the length of `encoded`.
fn encode(digest: &[u8], digest_info: &DigestInfo, encoded: &mut [u8]) {
    debug_assert!(encoded.len() >= 256 && digest.len() <= 64, "{} octets", encoded.len());
    encoded.fill(0xff);
    if let Some(start) = encoded.first_chunk_mut() {
        *start = [0, 1];
    }
    let (rest, hash) = encoded.split_at_mut(encoded.len().saturating_sub(digest.len()));
    hash.iter_mut().zip(digest).for_each(|(place, octet)| *place = *octet);
    if let Some((padding, info)) = rest.split_last_chunk_mut() {
        *info = *digest_info;
        if let Some(separator) = padding.last_mut() {
            *separator = 0;
        }
    }
}
