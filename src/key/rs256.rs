//! RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3, RFC 8017 §8.2.2). All data here is public.
//!
//! The signature is raised to the public exponent in Montgomery form, and the result compared with
//! the whole of the one message that it must be. Nothing of it is parsed.

use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Limb, MontyForm, MontyMultiplier as _, Odd, U2048, U3072, U4096, Uint, Word};
use sha2::{Digest as _, Sha256};

use crate::error::KeyError;

/// RFC 7518 §3.3.
const LEAST_BITS: usize = 2048;

/// What is computed on `U4096`. The cost of a verification grows with the square of the size.
const MOST_BITS_FIXED: usize = 4096;

#[cfg(not(feature = "rsa"))]
const MOST_BITS: usize = MOST_BITS_FIXED;
#[cfg(feature = "rsa")]
const MOST_BITS: usize = 8192;

/// The greatest length of a modulus, in octets.
pub(crate) const MOST_MODULUS_LEN: usize = MOST_BITS / 8;

/// The DigestInfo of SHA-256 up to the hash (RFC 8017 §9.2, note 1).
const DIGEST_INFO: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20];

#[derive(Clone)]
pub(super) struct Key {
    modulus_len: usize,
    exponent: u64,
    modulus: Modulus,
}

/// The modulus in the narrowest width that holds it, with its Montgomery parameters.
#[derive(Clone)]
#[allow(clippy::large_enum_variant, reason = "without a heap there is no other place for an RSA key")]
enum Modulus {
    Bits2048(Held<FixedMontyParams<{ U2048::LIMBS }>>),
    Bits3072(Held<FixedMontyParams<{ U3072::LIMBS }>>),
    Bits4096(Held<FixedMontyParams<{ U4096::LIMBS }>>),
    #[cfg(feature = "rsa")]
    Wide(Held<rsa::RsaPublicKey>),
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
        let exponent = exponent_of(exponent).ok_or(KeyError::Exponent)?;
        let modulus_len = modulus.len();
        let modulus = match bits {
            ..=2048 => parameters(modulus).map(Modulus::Bits2048),
            ..=3072 => parameters(modulus).map(Modulus::Bits3072),
            ..=MOST_BITS_FIXED => parameters(modulus).map(Modulus::Bits4096),
            #[cfg(feature = "rsa")]
            _ => wide(modulus, exponent).map(Modulus::Wide),
            #[cfg(not(feature = "rsa"))]
            _ => None,
        };
        Ok(Self { modulus_len, exponent, modulus: modulus.ok_or(KeyError::ModulusEven)? })
    }

    /// The length of the modulus, and of every signature, in octets.
    pub(super) const fn modulus_len(&self) -> usize {
        self.modulus_len
    }

    #[inline(never)]
    pub(super) fn holds(&self, message: &[u8], signature: &[u8]) -> bool {
        let digest = Sha256::digest(message).into();
        match &self.modulus {
            Modulus::Bits2048(parameters) => self.holds_fixed(parameters, &digest, signature),
            Modulus::Bits3072(parameters) => self.holds_fixed(parameters, &digest, signature),
            Modulus::Bits4096(parameters) => self.holds_fixed(parameters, &digest, signature),
            #[cfg(feature = "rsa")]
            Modulus::Wide(key) => {
                let scheme = rsa::Pkcs1v15Sign { hash_len: Some(digest.len()), prefix: DIGEST_INFO.into() };
                key.verify(scheme, &digest, signature).is_ok()
            }
        }
    }

    #[inline(never)]
    fn holds_fixed<const LIMBS: usize>(
        &self,
        parameters: &FixedMontyParams<LIMBS>,
        digest: &[u8; 32],
        signature: &[u8],
    ) -> bool {
        let signature = uint::<LIMBS>(signature);
        // RSAVP1 (RFC 8017 §5.2.2): a representative out of range is no signature.
        if signature >= *parameters.modulus().as_ref() {
            return false;
        }
        let mut buffer = [0; MOST_BITS_FIXED / 8];
        let expected = encode(digest, self.modulus_len, &mut buffer);
        power(parameters, signature, self.exponent) == uint(expected)
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

/// An odd exponent with 65537 <= e < 2^33. Below that range lie the exponents for which broken
/// padding checks were exploited, above it only cost.
fn exponent_of(octets: &[u8]) -> Option<u64> {
    let octets = without_leading_zeros(octets);
    if octets.len() > 5 {
        return None;
    }
    let exponent = octets.iter().fold(0, |number, octet| (number << 8) | u64::from(*octet));
    (exponent % 2 == 1 && (65537..1 << 33).contains(&exponent)).then_some(exponent)
}

/// The number that the octets write, big-endian. There are no more of them than fit.
fn uint<const LIMBS: usize>(octets: &[u8]) -> Uint<LIMBS> {
    let mut limbs = [Limb::ZERO; LIMBS];
    for (limb, octets) in limbs.iter_mut().zip(octets.rchunks(Limb::BYTES)) {
        limb.0 = octets.iter().fold(0, |word: Word, octet| (word << 8) | Word::from(*octet));
    }
    Uint::new(limbs)
}

fn parameters<const LIMBS: usize>(modulus: &[u8]) -> Option<Held<FixedMontyParams<LIMBS>>> {
    Odd::new(uint(modulus)).into_option().map(|odd| held(FixedMontyParams::new_vartime(odd)))
}

#[cfg(feature = "rsa")]
fn wide(modulus: &[u8], exponent: u64) -> Option<Held<rsa::RsaPublicKey>> {
    let modulus = rsa::BoxedUint::from_be_slice_vartime(modulus);
    rsa::RsaPublicKey::new(modulus, exponent.into()).ok().map(held)
}

/// `base` to the power of `exponent`, which is odd and greater than one.
fn power<const LIMBS: usize>(
    parameters: &FixedMontyParams<LIMBS>,
    base: Uint<LIMBS>,
    exponent: u64,
) -> Uint<LIMBS> {
    let mut multiplier = <FixedMontyForm<LIMBS> as MontyForm>::Multiplier::from(parameters);
    let mut factor = FixedMontyForm::new(&base, parameters);
    let mut result = factor;
    // From the second highest bit to the second lowest.
    let bits = 64_u32.saturating_sub(exponent.leading_zeros());
    for bit in (1..bits.saturating_sub(1)).rev() {
        multiplier.square_assign(&mut result);
        if (exponent >> bit) & 1 == 1 {
            multiplier.mul_assign(&mut result, &factor);
        }
    }
    multiplier.square_assign(&mut result);
    // The lowest bit is set. A product of Montgomery forms carries the radix that the product with a
    // plain number lacks, so that this last one leaves Montgomery form by itself.
    *factor.as_montgomery_mut() = base;
    multiplier.mul_assign(&mut result, &factor);
    result.to_montgomery()
}

/// EMSA-PKCS1-v1_5 (RFC 8017 §9.2) with SHA-256, `length` octets long, in `buffer`.
fn encode<'b>(digest: &[u8; 32], length: usize, buffer: &'b mut [u8; MOST_BITS_FIXED / 8]) -> &'b [u8] {
    let (message, _) = buffer.split_at_mut_checked(length).unwrap_or_default();
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
    message
}
