//! Ed25519 (RFC 8032 §5.1, RFC 8037 §3.1), with the arithmetic of `ed25519-dalek`. All data here is public.
//!
//! RFC 8032 leaves verifiers room, and they differ. The criteria here are strict: a signature binds its
//! signer to one key and one message, and has only one encoding:
//!
//! - The key A and R have the canonical encoding of a point (RFC 8032 §5.1.2): y is below the prime, and the
//!   sign is zero if x is. Neither point has small order.
//! - S is below the order of the group.
//! - The equation is the one without cofactor: R = S*B - k*A.

use ed25519_dalek::{Signature, VerifyingKey};

use super::parameters::{Parameters, octets};
use crate::error::KeyError;

#[derive(Clone)]
pub(super) struct Key(VerifyingKey);

impl Key {
    #[inline(never)]
    pub(super) fn new(x: &[u8]) -> Result<Self, KeyError> {
        let x = x.try_into().map_err(|_| wrong_length("x", x.len()))?;
        let not_on_curve = KeyError::PointNotOnCurve { crv: "Ed25519" };
        let key = VerifyingKey::from_bytes(x).map_err(|_| not_on_curve)?;
        if key.is_weak() {
            return Err(KeyError::PointOfSmallOrder);
        }
        // Apart from points of small order, only a y of 2^255 - 19 or above has another encoding.
        match x {
            [0xed..=0xff, middle @ .., 0x7f | 0xff] if middle.iter().all(|octet| *octet == 0xff) => {
                Err(not_on_curve)
            }
            _ => Ok(Self(key)),
        }
    }

    /// Reads an `OKP` JWK with Ed25519 (RFC 8037 §2).
    #[inline(never)]
    pub(super) fn from_parameters(parameters: Parameters<'_, '_>) -> Result<Self, KeyError> {
        Self::new(octets("x", parameters, &mut [0; 32], wrong_length)?)
    }

    /// Returns whether both are the same point.
    pub(super) fn is_same_key(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    #[inline(never)]
    pub(super) fn holds(&self, message: &[u8], signature: &[u8]) -> bool {
        let Ok(signature) = Signature::from_slice(signature) else { return false };
        self.0.verify_strict(message, &signature).is_ok()
    }
}

const fn wrong_length(name: &'static str, length: usize) -> KeyError {
    KeyError::WrongCoordinateLength { name, crv: "Ed25519", expected: 32, length }
}
