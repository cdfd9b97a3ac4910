//! RSASSA-PKCS1-v1_5 and RSASSA-PSS with SHA-2 (RFC 7518 §3.3, §3.5). All data here is public.
//!
//! The signature is raised to the public exponent in Montgomery form. `pkcs1.rs` and `pss.rs` check the
//! result.

mod montgomery;
#[cfg(any(feature = "rs256", feature = "rs384", feature = "rs512"))]
mod pkcs1;
#[cfg(feature = "_pss")]
mod pss;
mod word;

#[cfg(feature = "ps256")]
use sha2::Sha256;
#[cfg(feature = "ps384")]
use sha2::Sha384;
#[cfg(feature = "ps512")]
use sha2::Sha512;

#[cfg(any(feature = "rs256", feature = "ps256"))]
use super::digest::sha256;
#[cfg(any(feature = "rs384", feature = "ps384"))]
use super::digest::sha384;
#[cfg(any(feature = "rs512", feature = "ps512"))]
use super::digest::sha512;
use super::parameters::{Parameters, octets};
use crate::algorithm::Algorithm;
use crate::error::KeyError;

/// The minimum size of a modulus in bits (RFC 7518 §3.3).
const MIN_BITS: usize = 2048;

/// The maximum size of a modulus in bits: the cost of a verification grows with the square of the size.
#[cfg(not(feature = "rsa"))]
const MAX_BITS: usize = MAX_BITS_NARROW;
#[cfg(feature = "rsa")]
const MAX_BITS: usize = 2 * MAX_BITS_NARROW;

const MAX_BITS_NARROW: usize = 4096;

/// The word of the processor. WebAssembly has products of two words of 32 bits, but not of 64.
#[cfg(target_pointer_width = "64")]
type Word = u64;
#[cfg(not(target_pointer_width = "64"))]
type Word = u32;

/// The maximum number of digits of a narrow modulus.
const DIGITS: usize = MAX_BITS_NARROW / (32 * size_of::<Word>());

/// The smallest public exponent.
const MIN_EXPONENT: u64 = 65537;

/// The maximum size of a public exponent in bits, with which the cost of a verification grows.
const MAX_EXPONENT_BITS: usize = 33;

/// How a message is encoded and hashed: the algorithm.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Scheme {
    #[cfg(feature = "rs256")]
    Rs256,
    #[cfg(feature = "rs384")]
    Rs384,
    #[cfg(feature = "rs512")]
    Rs512,
    #[cfg(feature = "ps256")]
    Ps256,
    #[cfg(feature = "ps384")]
    Ps384,
    #[cfg(feature = "ps512")]
    Ps512,
}

#[derive(Clone)]
pub(super) struct Key {
    scheme: Scheme,
    /// The size of the modulus in bits.
    bits: usize,
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

impl Modulus {
    fn new(modulus: &[u8], bits: usize) -> Self {
        #[cfg(feature = "rsa")]
        if bits > MAX_BITS_NARROW {
            return Self::Wide(held(montgomery::Modulus::new(modulus, bits)));
        }
        Self::Narrow(held(montgomery::Modulus::new(modulus, bits)))
    }
}

/// In a box if there is a heap, so that other keys do not take the space of the largest.
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
    pub(super) fn new(scheme: Scheme, modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        let modulus = without_leading_zeros(modulus);
        let bits = bit_len(modulus);
        if bits < MIN_BITS {
            return Err(KeyError::ModulusTooSmall { bits, min: MIN_BITS });
        }
        if bits > MAX_BITS {
            return Err(KeyError::ModulusTooLarge { bits, max: MAX_BITS });
        }
        if modulus.last().is_none_or(|octet| octet % 2 == 0) {
            return Err(KeyError::ModulusEven);
        }
        let exponent = exponent_of(exponent)?;
        Ok(Self { scheme, bits, exponent, modulus: Modulus::new(modulus, bits) })
    }

    /// Reads an `RSA` JWK (RFC 7518 §6.3.1).
    #[inline(never)]
    pub(super) fn from_parameters(scheme: Scheme, parameters: Parameters<'_, '_>) -> Result<Self, KeyError> {
        // Leaves room for the leading zero octets that some issuers write.
        let (mut n, mut e) = ([0; MAX_BITS / 8 + 8], [0; 16]);
        let too_large =
            |_, length: usize| KeyError::ModulusTooLarge { bits: length.saturating_mul(8), max: MAX_BITS };
        let n = octets("n", parameters, &mut n, too_large)?;
        let too_large = |_, length: usize| KeyError::ExponentTooLarge {
            bits: length.saturating_mul(8),
            max: MAX_EXPONENT_BITS,
        };
        Self::new(scheme, n, octets("e", parameters, &mut e, too_large)?)
    }

    pub(super) const fn algorithm(&self) -> Algorithm {
        match self.scheme {
            #[cfg(feature = "rs256")]
            Scheme::Rs256 => Algorithm::Rs256,
            #[cfg(feature = "rs384")]
            Scheme::Rs384 => Algorithm::Rs384,
            #[cfg(feature = "rs512")]
            Scheme::Rs512 => Algorithm::Rs512,
            #[cfg(feature = "ps256")]
            Scheme::Ps256 => Algorithm::Ps256,
            #[cfg(feature = "ps384")]
            Scheme::Ps384 => Algorithm::Ps384,
            #[cfg(feature = "ps512")]
            Scheme::Ps512 => Algorithm::Ps512,
        }
    }

    /// Returns whether both have the same modulus, exponent and algorithm.
    pub(super) fn is_same_key(&self, other: &Self) -> bool {
        let modulus = match (&self.modulus, &other.modulus) {
            (Modulus::Narrow(own), Modulus::Narrow(other)) => own.is_equal(other),
            #[cfg(feature = "rsa")]
            (Modulus::Wide(own), Modulus::Wide(other)) => own.is_equal(other),
            #[cfg(feature = "rsa")]
            _ => false,
        };
        modulus && self.exponent == other.exponent && self.scheme == other.scheme
    }

    /// Returns the length of the modulus, which is that of every signature, in octets.
    pub(super) const fn modulus_len(&self) -> usize {
        self.bits.div_ceil(8)
    }

    #[inline(never)]
    pub(super) fn holds(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.modulus {
            Modulus::Narrow(modulus) => self.holds_modulo(modulus, message, signature),
            #[cfg(feature = "rsa")]
            Modulus::Wide(modulus) => self.holds_modulo(modulus, message, signature),
        }
    }

    fn holds_modulo<const N: usize>(
        &self,
        modulus: &montgomery::Modulus<Word, N>,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        let mut number = montgomery::number(signature);
        // RSAVP1 (RFC 8017 §5.2.2): a representative out of range is not a signature.
        if !modulus.exceeds(&number) {
            return false;
        }
        modulus.raise(&mut number, self.exponent);
        match self.scheme {
            #[cfg(feature = "rs256")]
            Scheme::Rs256 => {
                pkcs1::is_encoding(&number, &sha256(message), &pkcs1::SHA256, self.modulus_len())
            }
            #[cfg(feature = "rs384")]
            Scheme::Rs384 => {
                pkcs1::is_encoding(&number, &sha384(message), &pkcs1::SHA384, self.modulus_len())
            }
            #[cfg(feature = "rs512")]
            Scheme::Rs512 => {
                pkcs1::is_encoding(&number, &sha512(message), &pkcs1::SHA512, self.modulus_len())
            }
            #[cfg(feature = "ps256")]
            Scheme::Ps256 => pss::is_encoding::<Sha256, N>(&number, &sha256(message), self.bits),
            #[cfg(feature = "ps384")]
            Scheme::Ps384 => pss::is_encoding::<Sha384, N>(&number, &sha384(message), self.bits),
            #[cfg(feature = "ps512")]
            Scheme::Ps512 => pss::is_encoding::<Sha512, N>(&number, &sha512(message), self.bits),
        }
    }
}

fn without_leading_zeros(mut octets: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = octets {
        octets = rest;
    }
    octets
}

/// Returns the size in bits of a number without leading zero octets.
fn bit_len(octets: &[u8]) -> usize {
    let Some((first, rest)) = octets.split_first() else { return 0 };
    let used = (0..8).filter(|bit| first >> bit != 0).count();
    rest.len().saturating_mul(8).saturating_add(used)
}

/// Reads an odd exponent with 65537 <= e < 2^33. Flawed padding checks have been exploited with smaller
/// exponents; larger ones only cost time.
fn exponent_of(octets: &[u8]) -> Result<u64, KeyError> {
    let octets = without_leading_zeros(octets);
    let bits = bit_len(octets);
    if bits > MAX_EXPONENT_BITS {
        return Err(KeyError::ExponentTooLarge { bits, max: MAX_EXPONENT_BITS });
    }
    let exponent = octets.iter().fold(0, |number, octet| (number << 8) | u64::from(*octet));
    if exponent < MIN_EXPONENT {
        return Err(KeyError::ExponentTooSmall { exponent, min: MIN_EXPONENT });
    }
    if exponent % 2 == 0 {
        return Err(KeyError::ExponentEven { exponent });
    }
    Ok(exponent)
}
