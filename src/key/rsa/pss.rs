//! EMSA-PSS (RFC 8017 §9.1.2) with the parameters of RFC 7518 §3.5: MGF1 with the hash of the message, and a
//! salt as long as the hash. Given the salt, every bit of the encoding has one valid value, and is compared.

use sha2::Digest;

use super::Word;
use super::montgomery::octets;
use super::word::Digit;

/// Returns whether the number is an encoding of the message with this digest, for a modulus of this many
/// bits. Not inlined, so that its buffers are not on the stack while the signature is raised to the exponent.
#[inline(never)]
pub(super) fn is_encoding<D: Digest, const N: usize>(
    found: &[Digit<Word>; N],
    digest: &[u8],
    bits: usize,
) -> bool {
    let mut buffer = [[0; size_of::<Digit<Word>>()]; N];
    octets(found, buffer.as_flattened_mut());
    // One bit less than the modulus; with 8k + 1 bits that is also one octet less (RFC 8017 §8.1.2).
    let bits = bits.wrapping_sub(1);
    let buffer = buffer.as_flattened_mut();
    debug_assert!(bits.div_ceil(8) <= buffer.len(), "{bits} bits in {} octets", buffer.len());
    let Some((above, encoded)) =
        buffer.len().checked_sub(bits.div_ceil(8)).and_then(|at| buffer.split_at_mut_checked(at))
    else {
        return false;
    };
    above.iter().all(|octet| *octet == 0) && is_consistent::<D>(encoded, digest, bits)
}

/// Returns whether an encoding of this many bits is one of the message with this digest.
fn is_consistent<D: Digest>(encoded: &mut [u8], digest: &[u8], bits: usize) -> bool {
    let hash_len = <D as Digest>::output_size();
    // 4: the trailer
    let Some((0xbc, encoded)) = encoded.split_last_mut() else { return false };
    // 5: DB, masked, and H
    let Some((masked, hash)) =
        encoded.len().checked_sub(hash_len).and_then(|at| encoded.split_at_mut_checked(at))
    else {
        return false;
    };
    // 6 and 9: the unused leftmost bits are zero, before and after unmasking.
    let used = 0xff_u8 >> (bits.wrapping_neg() % 8);
    let [first, ..] = masked else { return false };
    if *first & !used != 0 {
        return false;
    }
    // 7 and 8: DB
    unmask::<D>(masked, hash);
    if let [first, ..] = masked {
        *first &= used;
    }
    // 10 and 11: zeros, 1, salt
    let Some((start, salt)) = masked.len().checked_sub(hash_len).and_then(|at| masked.split_at_checked(at))
    else {
        return false;
    };
    let Some((1, zeros)) = start.split_last() else { return false };
    // 12 to 14: H of eight zeros, the hash of the message and the salt
    let expected = D::new().chain_update([0; 8]).chain_update(digest).chain_update(salt).finalize();
    zeros.iter().all(|octet| *octet == 0) && *hash == *expected
}

/// XORs the mask that MGF1 (RFC 8017 §B.2.1) derives from a seed.
fn unmask<D: Digest>(masked: &mut [u8], seed: &[u8]) {
    for (counter, block) in (0_u32..).zip(masked.chunks_mut(<D as Digest>::output_size())) {
        let mask = D::new().chain_update(seed).chain_update(counter.to_be_bytes()).finalize();
        block.iter_mut().zip(mask).for_each(|(octet, mask)| *octet ^= mask);
    }
}
