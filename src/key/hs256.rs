//! HMAC with SHA-256 (RFC 7518 §3.2).
//!
//! Secret here: the octets of the key and all that is computed from them. No branch and no address
//! depends on them, the decision to refuse a key or a tag excepted.

mod document;
mod encoding;
mod point;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::digest::{finish, sha256};
use super::parameters::{Parameters, octets};
use crate::error::KeyError;

/// The least length of a secret: that of the hash (RFC 7518 §3.2).
const LEAST: usize = 32;

/// The octets of the pads.
const INNER: u8 = 0x36;
const OUTER: u8 = 0x5c;

/// The greatest length of a secret in a JWK, in octets. HMAC hashes what is longer than 64.
const MOST_IN_JWK: usize = 512;

/// The state after the padded key, inner and outer, so that no token pays for it again. It is wiped
/// on drop, and so is every copy.
#[derive(Clone)]
pub(super) struct Key {
    /// Have taken in the key with the inner and the outer pad.
    inner: Sha256,
    outer: Sha256,
}

// It is two states of SHA-256, which only a feature of `sha2` wipes.
const _: fn() = || {
    fn is_wiped<T: zeroize::ZeroizeOnDrop>() {}
    is_wiped::<Sha256>();
};

impl Key {
    #[inline(never)]
    pub(super) fn new(secret: &[u8]) -> Result<Self, KeyError> {
        if secret.len() < LEAST {
            return Err(KeyError::SecretTooShort { length: secret.len(), least: LEAST });
        }
        if let Some(form) = document::form(secret) {
            return Err(KeyError::SecretIsKeyDocument { form });
        }
        // HMAC fills a key up with zeros to a block, and hashes one that is longer (RFC 2104 §2).
        let mut block = Zeroizing::new([0; 64]);
        match block.get_mut(..secret.len()) {
            Some(start) => start.copy_from_slice(secret),
            None => {
                let (start, _) = block.split_at_mut(LEAST);
                start.copy_from_slice(&*Zeroizing::new(sha256(secret)));
            }
        }
        let mut padded = |pad: u8| {
            block.iter_mut().for_each(|octet| *octet ^= pad);
            Sha256::new_with_prefix(&*block)
        };
        let inner = padded(INNER);
        // The inner pad is taken away again.
        Ok(Self { inner, outer: padded(INNER ^ OUTER) })
    }

    /// An `oct` JWK (RFC 7518 §6.4).
    #[inline(never)]
    pub(super) fn from_parameters(parameters: Parameters<'_, '_>) -> Result<Self, KeyError> {
        let mut buffer = Zeroizing::new([0; MOST_IN_JWK]);
        let too_long = |_, length| KeyError::SecretTooLong { length, most: MOST_IN_JWK };
        Self::new(octets("k", parameters, &mut *buffer, too_long)?)
    }

    /// Whether both are one secret: whether their tags of the empty message are equal, for the secrets
    /// themselves are not kept. How long this takes depends on neither.
    pub(super) fn is_same_key(&self, other: &Self) -> bool {
        self.holds(b"", &*other.tag(b""))
    }

    #[inline(never)]
    pub(super) fn holds(&self, message: &[u8], tag: &[u8]) -> bool {
        self.tag(message).ct_eq(tag).into()
    }

    /// The tag of a message.
    fn tag(&self, message: &[u8]) -> Zeroizing<[u8; 32]> {
        let inner = Zeroizing::new(finish(&self.inner, message));
        Zeroizing::new(finish(&self.outer, &*inner))
    }
}
