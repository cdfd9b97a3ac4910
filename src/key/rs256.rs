//! RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3, RFC 8017 §8.2.2). All data here is public.
//!
//! The signature is raised to the public exponent in Montgomery form, and the result compared with
//! the whole of the one message that it must be. Nothing of it is parsed.

mod montgomery;
mod word;

use self::word::Digit;
use super::digest::sha256;
use super::parameters::{Parameters, octets};
use crate::error::KeyError;

/// RFC 7518 §3.3.
const LEAST_BITS: usize = 2048;

/// The cost of a verification grows with the square of the size.
#[cfg(not(feature = "rsa"))]
const MOST_BITS: usize = MOST_BITS_NARROW;
#[cfg(feature = "rsa")]
const MOST_BITS: usize = 2 * MOST_BITS_NARROW;

const MOST_BITS_NARROW: usize = 4096;

/// The words of the processor. WebAssembly has products of two words of 32 bits, and none of 64.
#[cfg(target_pointer_width = "64")]
type Word = u64;
#[cfg(not(target_pointer_width = "64"))]
type Word = u32;

/// How many digits a narrow modulus has at most.
const DIGITS: usize = MOST_BITS_NARROW / (32 * size_of::<Word>());

/// The smallest public exponent.
const LEAST_EXPONENT: u64 = 65537;

/// The most bits that a public exponent has: the cost of a verification grows with their number.
const MOST_EXPONENT_BITS: usize = 33;

/// The DigestInfo of SHA-256 up to the hash (RFC 8017 §9.2, note 1).
const DIGEST_INFO: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20];

#[derive(Clone)]
pub(super) struct Key {
    modulus_len: usize,
    exponent: u64,
    modulus: Modulus,
}

#[derive(Clone)]
#[allow(clippy::large_enum_variant, reason = "without a heap there is no other place for an RSA key")]
enum Modulus {
    Narrow(Held<montgomery::Modulus<Word, DIGITS>>),
    #[cfg(feature = "rsa")]
    Wide(Held<montgomery::Modulus<Word, { 2 * DIGITS }>>),
}

/// In a box where there is a heap, so that other keys do not take the space of the largest.
#[cfg(feature = "alloc")]
type Held<T> = alloc::boxed::Box<T>;
#[cfg(not(feature = "alloc"))]
type Held<T> = T;

#[cfg(feature = "alloc")]
fn held<T>(value: T) -> Held<T> {
    Held::new(value)
}
#[cfg(not(feature = "alloc"))]
fn held<T>(value: T) -> Held<T> {
    value
}

impl Key {
    #[inline(never)]
    pub(super) fn new(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        let modulus = without_leading_zeros(modulus);
        let bits = bit_len(modulus);
        if bits < LEAST_BITS {
            return Err(KeyError::ModulusTooSmall { bits, least: LEAST_BITS });
        }
        if bits > MOST_BITS {
            return Err(KeyError::ModulusTooLarge { bits, most: MOST_BITS });
        }
        if modulus.last().is_none_or(|octet| octet % 2 == 0) {
            return Err(KeyError::ModulusEven);
        }
        let exponent = exponent_of(exponent)?;
        let modulus_len = modulus.len();
        #[cfg(feature = "rsa")]
        if bits > MOST_BITS_NARROW {
            let modulus = Modulus::Wide(held(montgomery::Modulus::new(modulus, bits)));
            return Ok(Self { modulus_len, exponent, modulus });
        }
        let modulus = Modulus::Narrow(held(montgomery::Modulus::new(modulus, bits)));
        Ok(Self { modulus_len, exponent, modulus })
    }

    /// An `RSA` JWK (RFC 7518 §6.3.1).
    #[inline(never)]
    pub(super) fn from_parameters(parameters: Parameters<'_, '_>) -> Result<Self, KeyError> {
        // Octets enough for the zeros that some issuers put first.
        let (mut n, mut e) = ([0; MOST_BITS / 8 + 8], [0; 16]);
        let too_large =
            |_, length: usize| KeyError::ModulusTooLarge { bits: length.saturating_mul(8), most: MOST_BITS };
        let n = octets("n", parameters, &mut n, too_large)?;
        let too_large = |_, length: usize| KeyError::ExponentTooLarge {
            bits: length.saturating_mul(8),
            max: MOST_EXPONENT_BITS,
        };
        Self::new(n, octets("e", parameters, &mut e, too_large)?)
    }

    /// Whether both have one modulus and one exponent.
    pub(super) fn is_same_key(&self, other: &Self) -> bool {
        let modulus = match (&self.modulus, &other.modulus) {
            (Modulus::Narrow(own), Modulus::Narrow(other)) => own.is_equal(other),
            #[cfg(feature = "rsa")]
            (Modulus::Wide(own), Modulus::Wide(other)) => own.is_equal(other),
            #[cfg(feature = "rsa")]
            _ => false,
        };
        modulus && self.exponent == other.exponent
    }

    /// The length of the modulus, and of every signature, in octets.
    pub(super) const fn modulus_len(&self) -> usize {
        self.modulus_len
    }

    #[inline(never)]
    pub(super) fn holds(&self, message: &[u8], signature: &[u8]) -> bool {
        let digest = sha256(message);
        match &self.modulus {
            Modulus::Narrow(modulus) => self.holds_modulo(modulus, &digest, signature),
            #[cfg(feature = "rsa")]
            Modulus::Wide(modulus) => self.holds_modulo(modulus, &digest, signature),
        }
    }

    fn holds_modulo<const N: usize>(
        &self,
        modulus: &montgomery::Modulus<Word, N>,
        digest: &[u8; 32],
        signature: &[u8],
    ) -> bool {
        let mut number = montgomery::number(signature);
        // RSAVP1 (RFC 8017 §5.2.2): a representative out of range is no signature.
        if !modulus.exceeds(&number) {
            return false;
        }
        modulus.raise(&mut number, self.exponent);
        is_encoding(&number, digest, self.modulus_len)
    }
}

fn without_leading_zeros(octets: &[u8]) -> &[u8] {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    octets.get(zeros..).unwrap_or_default()
}

/// The size in bits of a number without leading zero octets.
fn bit_len(octets: &[u8]) -> usize {
    let unused = octets.first().map_or(0, |octet| octet.leading_zeros());
    octets.len().saturating_mul(8).saturating_sub(usize::try_from(unused).unwrap_or(0))
}

/// Reads an odd exponent with 65537 <= e < 2^33. Below that range lie the exponents for which broken
/// padding checks were exploited, above it only cost.
fn exponent_of(octets: &[u8]) -> Result<u64, KeyError> {
    let octets = without_leading_zeros(octets);
    let bits = bit_len(octets);
    if bits > MOST_EXPONENT_BITS {
        return Err(KeyError::ExponentTooLarge { bits, max: MOST_EXPONENT_BITS });
    }
    let exponent = octets.iter().fold(0, |number, octet| (number << 8) | u64::from(*octet));
    if exponent < LEAST_EXPONENT {
        return Err(KeyError::ExponentTooSmall { exponent, min: LEAST_EXPONENT });
    }
    if exponent % 2 == 0 {
        return Err(KeyError::ExponentEven { exponent });
    }
    Ok(exponent)
}

/// Whether the number is what EMSA-PKCS1-v1_5 makes of the digest, in so many octets. Not inlined, so that
/// its buffers are not on the stack while the signature is raised to the exponent.
#[inline(never)]
fn is_encoding<const N: usize>(number: &[Digit<Word>; N], digest: &[u8; 32], length: usize) -> bool {
    let mut buffer = [[0; size_of::<Digit<Word>>()]; N];
    let Some(message) = buffer.as_flattened_mut().get_mut(..length) else { return false };
    encode(digest, message);
    *number == montgomery::number::<Word, N>(message)
}

/// EMSA-PKCS1-v1_5 (RFC 8017 §9.2) with SHA-256, as long as `message`.
fn encode(digest: &[u8; 32], message: &mut [u8]) {
    message.fill(0xff);
    if let Some(start) = message.first_chunk_mut() {
        *start = [0, 1];
    }
    if let Some((rest, hash)) = message.split_last_chunk_mut::<32>() {
        *hash = *digest;
        if let Some((rest, info)) = rest.split_last_chunk_mut() {
            *info = DIGEST_INFO;
            if let Some(separator) = rest.last_mut() {
                *separator = 0;
            }
        }
    }
}
