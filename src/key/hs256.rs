//! HMAC with SHA-256 (RFC 7518 §3.2).
//!
//! Secret here: the octets of the key and all that is computed from them. No branch and no address
//! depends on them, the decision to refuse a key or a tag excepted.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

use super::parameters::{Parameters, octets};
use crate::error::KeyError;

/// The least length of a secret: that of the hash (RFC 7518 §3.2).
const LEAST: usize = 32;

/// The greatest length of a secret in a JWK, in octets. HMAC hashes what is longer than 64.
const MOST_IN_JWK: usize = 512;

/// The state after the padded key, inner and outer, so that no token pays for it again. It is wiped
/// on drop, and so is every copy.
#[derive(Clone)]
pub(super) struct Key(Hmac<Sha256>);

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
        if bool::from(is_key_document(secret)) {
            return Err(KeyError::SecretIsKeyDocument);
        }
        // HMAC takes a key of any length, so that this error cannot occur.
        let state = Hmac::new_from_slice(secret);
        state.map(Self).map_err(|_| KeyError::SecretTooShort { length: secret.len(), least: LEAST })
    }

    /// An `oct` JWK (RFC 7518 §6.4).
    #[inline(never)]
    pub(super) fn from_parameters(parameters: &Parameters<'_>) -> Result<Self, KeyError> {
        let mut buffer = zeroize::Zeroizing::new([0; MOST_IN_JWK]);
        let too_long = |length| KeyError::SecretTooLong { length, most: MOST_IN_JWK };
        Self::new(octets("k", parameters.k, &mut *buffer, too_long)?)
    }

    /// Whether both are one secret: whether their tags of the empty message are equal, for the secrets
    /// themselves are not kept. How long this takes depends on neither.
    pub(super) fn is_same_key(&self, other: &Self) -> bool {
        let tag = |key: &Self| -> [u8; 32] { key.0.clone().finalize().into_bytes().into() };
        tag(self).ct_eq(&tag(other)).into()
    }

    #[inline(never)]
    pub(super) fn holds(&self, message: &[u8], tag: &[u8]) -> bool {
        let mut mac = self.0.clone();
        mac.update(message);
        let expected: [u8; 32] = mac.finalize().into_bytes().into();
        let equal = tag.len().ct_eq(&expected.len());
        // Eight octets at a time cost a seventh of what one at a time costs.
        let words = expected.as_chunks::<8>().0.iter().zip(tag.as_chunks().0);
        let equal = words.fold(equal, |equal, (expected, found)| {
            equal & u64::from_ne_bytes(*expected).ct_eq(&u64::from_ne_bytes(*found))
        });
        equal.into()
    }
}

/// Whether the secret is the text or DER of a key, in one of the forms in which keys are handed round.
/// Whoever passes the public key of an RS256 issuer as a secret makes a verifier for which everybody
/// can sign.
fn is_key_document(secret: &[u8]) -> Choice {
    /// Eight octets that stand in the text of a key, and by accident in no secret; and how many of the
    /// eight say nothing.
    const TEXTS: [([u8; 8], u32); 13] = [
        // PEM (RFC 7468), and base64 of it.
        (*b"-----BEG", 0),
        (*b"LS0tLS1C", 0),
        // A JWK, also as a JSON string.
        (*b"\"kty\"   ", 3),
        (*b"\\\"kty\\\" ", 1),
        // OpenSSH, SSH2 (RFC 4716).
        (*b"ssh-rsa ", 0),
        (*b"ecdsa-sh", 0),
        (*b"ssh-ed25", 0),
        (*b"---- BEG", 0),
        // PEM without its lines: a SubjectPublicKeyInfo for RSA, for P-256 and P-384, for P-521, for Ed25519.
        (*b"BgkqhkiG", 0),
        (*b"KoZIzj0C", 0),
        (*b"ByqGSM49", 0),
        (*b"BQYDK2Vw", 0),
        // A certificate in DER: its version 3, and the tag of its serial number (RFC 5280 §4.1).
        (*b"\xa0\x03\x02\x01\x02\x02  ", 2),
    ];
    // Eight octets at a time cost a sixth of what one at a time costs.
    secret.windows(8).filter_map(<[u8]>::first_chunk).fold(is_der_public_key(secret), |found, window| {
        let window = u64::from_be_bytes(*window);
        TEXTS.iter().fold(found, |found, (text, unused)| {
            let shift = unused.wrapping_mul(8);
            found | (window >> shift).ct_eq(&(u64::from_be_bytes(*text) >> shift))
        })
    })
}

/// Whether the octets begin as a SubjectPublicKeyInfo (a SEQUENCE of a SEQUENCE of an object
/// identifier) or a PKCS#1 RSAPublicKey (a SEQUENCE of a long INTEGER).
fn is_der_public_key(secret: &[u8]) -> Choice {
    // Tag and length of the outer SEQUENCE, then the inner tags; None stands for any octet.
    const SEQUENCE: Option<u8> = Some(0x30);
    const HEADS: [&[Option<u8>]; 4] = [
        &[SEQUENCE, None, SEQUENCE, None, Some(6)],
        &[SEQUENCE, Some(0x81), None, SEQUENCE, None, Some(6)],
        &[SEQUENCE, Some(0x82), None, None, SEQUENCE, None, Some(6)],
        &[SEQUENCE, Some(0x82), None, None, Some(2), Some(0x82)],
    ];
    let matches = |head: &&[Option<u8>]| {
        let octets = secret.iter().zip(*head);
        octets.fold(Choice::from(1), |all, (octet, expected)| {
            all & expected.map_or(Choice::from(1), |expected| octet.ct_eq(&expected))
        })
    };
    HEADS.iter().map(matches).fold(Choice::from(0), core::ops::BitOr::bitor)
}
