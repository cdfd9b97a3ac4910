//! HMAC with SHA-2 (RFC 7518 §3.2).
//!
//! Secret here: the octets of the key and all that is computed from them. No branch and no address depends on
//! them, except for the decision to refuse a key or a tag.

mod document;
mod encoding;
mod point;

use hmac::digest::common::Key as Block;
use hmac::digest::{CtOutput, block_api::EagerHash};
use hmac::{Hmac, KeyInit, Mac};
#[cfg(feature = "hs256")]
use sha2::Sha256;
#[cfg(feature = "hs384")]
use sha2::Sha384;
#[cfg(feature = "hs512")]
use sha2::Sha512;

use super::parameters::{Parameters, octets};
use crate::algorithm::Algorithm;
use crate::error::KeyError;

/// The maximum length of a secret in a JWK, in octets. HMAC hashes a key longer than a block.
const MAX_IN_JWK: usize = 512;

/// The hash function of an algorithm.
#[derive(Clone, Copy)]
pub(super) enum Hash {
    #[cfg(feature = "hs256")]
    Sha256,
    #[cfg(feature = "hs384")]
    Sha384,
    #[cfg(feature = "hs512")]
    Sha512,
}

impl Hash {
    /// Returns the length of a tag, which is also the minimum length of a secret (RFC 7518 §3.2), in octets.
    const fn len(self) -> usize {
        match self {
            #[cfg(feature = "hs256")]
            Self::Sha256 => 32,
            #[cfg(feature = "hs384")]
            Self::Sha384 => 48,
            #[cfg(feature = "hs512")]
            Self::Sha512 => 64,
        }
    }
}

/// The inner and outer states after the padded key, so that it is not hashed again for each token. Wiped on
/// drop, and so is every copy.
#[derive(Clone)]
#[allow(clippy::large_enum_variant, reason = "without a heap there is no other place")]
pub(super) enum Key {
    #[cfg(feature = "hs256")]
    Sha256(Hmac<Sha256>),
    #[cfg(feature = "hs384")]
    Sha384(Hmac<Sha384>),
    #[cfg(feature = "hs512")]
    Sha512(Hmac<Sha512>),
}

// The state is two hash states, which are wiped only with a feature of `sha2`.
const _: fn() = || {
    fn is_wiped<T: zeroize::ZeroizeOnDrop>() {}
    #[cfg(feature = "hs256")]
    is_wiped::<Sha256>();
    #[cfg(feature = "hs384")]
    is_wiped::<Sha384>();
    #[cfg(feature = "hs512")]
    is_wiped::<Sha512>();
};

impl Key {
    #[inline(never)]
    pub(super) fn new(hash: Hash, secret: &[u8]) -> Result<Self, KeyError> {
        let min = hash.len();
        if secret.len() < min {
            return Err(KeyError::SecretTooShort { length: secret.len(), min });
        }
        if let Some(form) = document::form(secret) {
            return Err(KeyError::SecretIsKeyDocument { form });
        }
        Ok(match hash {
            #[cfg(feature = "hs256")]
            Hash::Sha256 => Self::Sha256(state::<_, 64>(secret)),
            #[cfg(feature = "hs384")]
            Hash::Sha384 => Self::Sha384(state::<_, 128>(secret)),
            #[cfg(feature = "hs512")]
            Hash::Sha512 => Self::Sha512(state::<_, 128>(secret)),
        })
    }

    /// Reads an `oct` JWK (RFC 7518 §6.4).
    #[inline(never)]
    pub(super) fn from_parameters(hash: Hash, parameters: Parameters<'_, '_>) -> Result<Self, KeyError> {
        let mut buffer = zeroize::Zeroizing::new([0; MAX_IN_JWK]);
        let too_long = |_, length| KeyError::SecretTooLong { length, max: MAX_IN_JWK };
        Self::new(hash, octets("k", parameters, &mut *buffer, too_long)?)
    }

    const fn hash(&self) -> Hash {
        match self {
            #[cfg(feature = "hs256")]
            Self::Sha256(_) => Hash::Sha256,
            #[cfg(feature = "hs384")]
            Self::Sha384(_) => Hash::Sha384,
            #[cfg(feature = "hs512")]
            Self::Sha512(_) => Hash::Sha512,
        }
    }

    pub(super) const fn algorithm(&self) -> Algorithm {
        match self.hash() {
            #[cfg(feature = "hs256")]
            Hash::Sha256 => Algorithm::Hs256,
            #[cfg(feature = "hs384")]
            Hash::Sha384 => Algorithm::Hs384,
            #[cfg(feature = "hs512")]
            Hash::Sha512 => Algorithm::Hs512,
        }
    }

    /// Returns the length of a tag in octets.
    pub(super) const fn tag_len(&self) -> usize {
        self.hash().len()
    }

    /// Returns whether both are the same secret for the same algorithm. The secrets are not kept, so this
    /// compares their tags of the empty message. The time does not depend on either.
    pub(super) fn is_same_key(&self, other: &Self) -> bool {
        match (self, other) {
            #[cfg(feature = "hs256")]
            (Self::Sha256(own), Self::Sha256(other)) => tag(own, b"") == tag(other, b""),
            #[cfg(feature = "hs384")]
            (Self::Sha384(own), Self::Sha384(other)) => tag(own, b"") == tag(other, b""),
            #[cfg(feature = "hs512")]
            (Self::Sha512(own), Self::Sha512(other)) => tag(own, b"") == tag(other, b""),
            #[allow(unreachable_patterns, reason = "with one hash there is no other pair")]
            _ => false,
        }
    }

    #[inline(never)]
    pub(super) fn holds(&self, message: &[u8], tag: &[u8]) -> bool {
        match self {
            #[cfg(feature = "hs256")]
            Self::Sha256(state) => is_tag(state, message, tag),
            #[cfg(feature = "hs384")]
            Self::Sha384(state) => is_tag(state, message, tag),
            #[cfg(feature = "hs512")]
            Self::Sha512(state) => is_tag(state, message, tag),
        }
    }
}

/// Creates the state for a secret. HMAC pads a key with zeros to a block, and hashes a longer one
/// (RFC 2104 §2).
fn state<D: EagerHash, const BLOCK: usize>(secret: &[u8]) -> Hmac<D>
where
    for<'b> &'b Block<Hmac<D>>: From<&'b [u8; BLOCK]>,
{
    let mut block = zeroize::Zeroizing::new([0; BLOCK]);
    match block.get_mut(..secret.len()) {
        Some(start) => start.copy_from_slice(secret),
        None => block.iter_mut().zip(D::digest(secret)).for_each(|(place, octet)| *place = octet),
    }
    Hmac::new((&*block).into())
}

/// Returns whether the octets are the tag of a message.
fn is_tag<D: EagerHash>(state: &Hmac<D>, message: &[u8], octets: &[u8]) -> bool {
    octets.try_into().is_ok_and(|octets| tag(state, message) == CtOutput::new(octets))
}

/// Returns the tag of a message, which compares in constant time.
#[inline(never)]
fn tag<D: EagerHash>(state: &Hmac<D>, message: &[u8]) -> CtOutput<Hmac<D>> {
    state.clone().chain_update(message).finalize()
}
