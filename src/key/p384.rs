//! ECDSA on P-384 with SHA-384 (RFC 7518 §3.4), with the arithmetic of `p384`. All data here is public.

use p384::ecdsa::signature::Verifier as _;
use p384::ecdsa::{Signature, VerifyingKey};
use p384::{FieldBytes, Sec1Point};

use super::parameters::{Parameters, octets};
use crate::error::KeyError;

#[derive(Clone)]
pub(super) struct Key(VerifyingKey);

impl Key {
    #[inline(never)]
    pub(super) fn new(x: &[u8], y: &[u8]) -> Result<Self, KeyError> {
        let (x, y) = (coordinate("x", x)?, coordinate("y", y)?);
        let point = Sec1Point::from_affine_coordinates(&x, &y, false);
        let key = VerifyingKey::from_sec1_point(&point);
        key.map(Self).map_err(|_| KeyError::PointNotOnCurve { crv: "P-384" })
    }

    /// Reads an `EC` JWK (RFC 7518 §6.2.1).
    #[inline(never)]
    pub(super) fn from_parameters(parameters: Parameters<'_, '_>) -> Result<Self, KeyError> {
        let (mut x, mut y) = ([0; 48], [0; 48]);
        let x = octets("x", parameters, &mut x, wrong_length)?;
        let y = octets("y", parameters, &mut y, wrong_length)?;
        Self::new(x, y)
    }

    /// Returns whether both are the same point.
    pub(super) fn is_same_key(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// Verifies a signature: r and s from 1 to n - 1, 48 octets each. A high s is accepted.
    #[inline(never)]
    pub(super) fn holds(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature).is_ok_and(|signature| self.0.verify(message, &signature).is_ok())
    }
}

/// Checks that a coordinate has exactly 48 octets (RFC 7518 §6.2.1.2).
fn coordinate(name: &'static str, octets: &[u8]) -> Result<FieldBytes, KeyError> {
    octets.try_into().map_err(|_| wrong_length(name, octets.len()))
}

const fn wrong_length(name: &'static str, length: usize) -> KeyError {
    KeyError::WrongCoordinateLength { name, crv: "P-384", expected: 48, length }
}
