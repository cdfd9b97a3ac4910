//! ECDSA on P-256 with SHA-256 (RFC 7518 §3.4). All data here is public.

#[cfg(feature = "alloc")]
mod table;

use p256::Sec1Point;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha256};

use super::parameters::{Parameters, octets};
use crate::error::KeyError;

#[cfg(feature = "alloc")]
pub use self::table::{Precomputation, Window};

#[derive(Clone)]
pub(super) struct Key {
    key: VerifyingKey,
    #[cfg(feature = "alloc")]
    tables: Option<table::Tables>,
}

impl Key {
    #[inline(never)]
    pub(super) fn new(x: &[u8], y: &[u8]) -> Result<Self, KeyError> {
        let (x, y) = (coordinate("x", x)?, coordinate("y", y)?);
        // Coordinates say no point at infinity, and p256 checks that they are below the field's
        // prime and on the curve.
        let point = Sec1Point::from_affine_coordinates(&x.into(), &y.into(), false);
        let key = VerifyingKey::from_sec1_point(&point).map_err(|_| KeyError::PointNotOnCurve)?;
        Ok(Self {
            key,
            #[cfg(feature = "alloc")]
            tables: None,
        })
    }

    /// An `EC` JWK (RFC 7518 §6.2.1).
    #[inline(never)]
    pub(super) fn from_parameters(parameters: &Parameters<'_>) -> Result<Self, KeyError> {
        let (mut x, mut y) = ([0; 32], [0; 32]);
        let too_long = |name| move |length| KeyError::CoordinateLength { name, length };
        let x = octets("x", parameters.x, &mut x, too_long("x"))?;
        let y = octets("y", parameters.y, &mut y, too_long("y"))?;
        Self::new(x, y)
    }

    /// Whether both are one point.
    pub(super) fn is_same_key(&self, other: &Self) -> bool {
        self.key == other.key
    }

    #[cfg(feature = "alloc")]
    pub(super) fn precompute(&mut self, precomputation: &Precomputation, window: Window) {
        self.tables = Some(table::Tables::new(precomputation, window, self.key.as_affine()));
    }

    #[inline(never)]
    pub(super) fn holds(&self, message: &[u8], signature: &[u8]) -> bool {
        // r and s from 1 to n - 1, or there is no signature. A high s is one (RFC 7518 §3.4 has no
        // rule against it).
        let Ok(signature) = Signature::from_slice(signature) else { return false };
        let digest = Sha256::digest(message);
        #[cfg(feature = "alloc")]
        if let Some(holds) = self.tables.as_ref().and_then(|tables| tables.hold(&digest, &signature)) {
            return holds;
        }
        self.key.verify_prehash(&digest, &signature).is_ok()
    }
}

/// A coordinate of exactly 32 octets (RFC 7518 §6.2.1.2).
fn coordinate(name: &'static str, octets: &[u8]) -> Result<[u8; 32], KeyError> {
    octets.try_into().map_err(|_| KeyError::CoordinateLength { name, length: octets.len() })
}
