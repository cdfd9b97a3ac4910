//! ECDSA on P-256 with SHA-256 (RFC 7518 §3.4). All data here is public.

use p256::Sec1Point;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha256};

use crate::error::KeyError;

#[derive(Clone)]
pub(super) struct Key(VerifyingKey);

impl Key {
    pub(super) fn new(x: &[u8], y: &[u8]) -> Result<Self, KeyError> {
        let (x, y) = (coordinate("x", x)?, coordinate("y", y)?);
        // Coordinates say no point at infinity, and p256 checks that they are below the field's
        // prime and on the curve.
        let point = Sec1Point::from_affine_coordinates(&x.into(), &y.into(), false);
        VerifyingKey::from_sec1_point(&point).map(Self).map_err(|_| KeyError::PointNotOnCurve)
    }

    pub(super) fn holds(&self, message: &[u8], signature: &[u8]) -> bool {
        // r and s from 1 to n - 1, or there is no signature. A high s is one (RFC 7518 §3.4 has no
        // rule against it).
        let Ok(signature) = Signature::from_slice(signature) else { return false };
        self.0.verify_prehash(&Sha256::digest(message), &signature).is_ok()
    }
}

/// A coordinate of exactly 32 octets (RFC 7518 §6.2.1.2).
fn coordinate(name: &'static str, octets: &[u8]) -> Result<[u8; 32], KeyError> {
    octets.try_into().map_err(|_| KeyError::CoordinateLength { name, length: octets.len() })
}
