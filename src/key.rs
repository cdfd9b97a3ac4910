//! Key material, bound to exactly one algorithm for life.
//!
//! The functions of the key files are not inlined: in one frame with the others, each would take the
//! stack of the greediest.

#[cfg(any(feature = "es256", feature = "rs256"))]
mod digest;
#[cfg(feature = "es256")]
mod es256;
#[cfg(feature = "hs256")]
mod hs256;
mod parameters;
#[cfg(feature = "rs256")]
mod rs256;

use core::fmt;

#[cfg(feature = "es256")]
pub use self::es256::PreparedEs256;
use self::parameters::Parameters;
use crate::algorithm::Algorithm;
use crate::error::{KeyError, SignatureError};

/// A key to verify with: a secret or a public key, and the one algorithm it is used with.
///
/// There is no way to take the material out again, `Debug` shows the algorithm alone, and a secret
/// is wiped when the key is dropped. What can be computed ahead (the HMAC state, the Montgomery
/// parameters) is computed here, once.
///
/// ```
/// # #[cfg(feature = "hs256")] {
/// use jose_core::{Algorithm, SignatureError, VerifyingKey};
///
/// let key = VerifyingKey::hs256(&[7; 32])?;
/// let refused = key.verify(Algorithm::Rs256, b"message", &[0; 256]);
/// let error = SignatureError::AlgorithmMismatch { requested: Algorithm::Rs256, key: Algorithm::Hs256 };
/// assert_eq!(refused, Err(error));
/// # }
/// # Ok::<(), jose_core::KeyError>(())
/// ```
#[derive(Clone)]
pub struct VerifyingKey(Material);

#[derive(Clone)]
#[allow(clippy::large_enum_variant, reason = "without a heap there is no other place for an RSA key")]
enum Material {
    #[cfg(feature = "hs256")]
    Hs256(hs256::Key),
    #[cfg(feature = "es256")]
    Es256(es256::Key),
    #[cfg(feature = "rs256")]
    Rs256(rs256::Key),
}

impl VerifyingKey {
    /// A shared secret for HS256, of at least 32 octets (RFC 7518 §3.2).
    ///
    /// # Errors
    ///
    /// [`KeyError::SecretTooShort`]; [`KeyError::SecretIsKeyDocument`] for what has the structure of a key
    /// (see [`KeyForm`](crate::KeyForm)), as it is or in base64, base64url or hexadecimal: with a public
    /// key anyone could make the tag. What has no structure is taken for a secret: a modulus, a compressed
    /// point, an Ed25519 key without anything around it. A random secret is refused less than once in 2^30.
    #[cfg(feature = "hs256")]
    pub fn hs256(secret: &[u8]) -> Result<Self, KeyError> {
        hs256::Key::new(secret).map(Material::Hs256).map(Self)
    }

    /// A point of P-256 for ES256: its affine coordinates, 32 octets each, big-endian
    /// (RFC 7518 §6.2.1).
    ///
    /// # Errors
    ///
    /// [`KeyError::CoordinateLength`], [`KeyError::PointNotOnCurve`].
    #[cfg(feature = "es256")]
    pub fn es256(x: &[u8], y: &[u8]) -> Result<Self, KeyError> {
        es256::Key::new(x, y).map(Material::Es256).map(Self)
    }

    /// An RSA public key for RS256: modulus and exponent, big-endian (RFC 7518 §6.3.1). Leading zero
    /// octets are allowed in both and mean nothing.
    ///
    /// # Errors
    ///
    /// [`KeyError::ModulusTooSmall`] below 2048 bits, [`KeyError::ModulusTooLarge`] above 4096 (8192
    /// with feature `rsa`), [`KeyError::ModulusEven`]; [`KeyError::ExponentTooLarge`] above 33 bits,
    /// [`KeyError::ExponentTooSmall`] below 65537, [`KeyError::ExponentEven`].
    #[cfg(feature = "rs256")]
    pub fn rs256(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        rs256::Key::new(modulus, exponent).map(Material::Rs256).map(Self)
    }

    /// The key that a JWK holds, which its other members say to be for `algorithm`.
    pub(crate) fn from_parameters(
        algorithm: Algorithm,
        parameters: Parameters<'_, '_>,
    ) -> Result<Self, KeyError> {
        let material = match algorithm {
            #[cfg(feature = "hs256")]
            Algorithm::Hs256 => Material::Hs256(hs256::Key::from_parameters(parameters)?),
            #[cfg(feature = "es256")]
            Algorithm::Es256 => Material::Es256(es256::Key::from_parameters(parameters)?),
            #[cfg(feature = "rs256")]
            Algorithm::Rs256 => Material::Rs256(rs256::Key::from_parameters(parameters)?),
            #[allow(unreachable_patterns, reason = "with the features of all algorithms there is no other")]
            alg => return Err(KeyError::FeatureDisabled { alg }),
        };
        Ok(Self(material))
    }

    /// An ES256 key of which the multiples are known already. It is as fast as one that
    /// [`prepare_in`](Self::prepare_in) prepared, and takes no memory but theirs.
    ///
    /// # Errors
    ///
    /// [`KeyError::PointNotOnCurve`].
    #[cfg(feature = "es256")]
    pub fn es256_prepared(prepared: &'static PreparedEs256) -> Result<Self, KeyError> {
        es256::Key::prepared(prepared).map(Material::Es256).map(Self)
    }

    /// Prepares the key so that verifications take less time: an ES256 key gets 4 KB of memory. Keys of
    /// other algorithms are left as they are, being prepared already. A [`KeySet`](crate::KeySet)
    /// prepares its keys by itself.
    #[cfg(feature = "alloc")]
    pub fn prepare(&mut self) {
        #[cfg(feature = "es256")]
        #[allow(irrefutable_let_patterns, reason = "with other algorithms it can fail")]
        if let Material::Es256(key) = &mut self.0 {
            key.prepare();
        }
    }

    /// Prepares an ES256 key as [`prepare`](Self::prepare) does, in memory that the program set aside. Keys
    /// of other algorithms are left as they are, and so is the memory.
    #[cfg(feature = "es256")]
    pub fn prepare_in(&mut self, memory: &'static mut PreparedEs256) {
        #[allow(irrefutable_let_patterns, reason = "with other algorithms it can fail")]
        if let Material::Es256(key) = &mut self.0 {
            key.prepare_in(memory);
        }
    }

    /// The algorithm that the key is bound to.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self.0 {
            #[cfg(feature = "hs256")]
            Material::Hs256(_) => Algorithm::Hs256,
            #[cfg(feature = "es256")]
            Material::Es256(_) => Algorithm::Es256,
            #[cfg(feature = "rs256")]
            Material::Rs256(_) => Algorithm::Rs256,
        }
    }

    /// Whether `signature` is one of this key over `message`. This is the low-level door, for
    /// detached content and formats of one's own; for a token use [`Verifier`](crate::Verifier).
    ///
    /// # Errors
    ///
    /// [`SignatureError::AlgorithmMismatch`] unless `algorithm` is the key's own, before any
    /// cryptography; then [`SignatureError::Length`] and [`SignatureError::Invalid`].
    pub fn verify(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        if algorithm != self.algorithm() {
            return Err(SignatureError::AlgorithmMismatch { requested: algorithm, key: self.algorithm() });
        }
        let expected = self.signature_len();
        if signature.len() != expected {
            return Err(SignatureError::Length { found: signature.len(), expected });
        }
        let holds = match self.0 {
            #[cfg(feature = "hs256")]
            Material::Hs256(ref key) => key.holds(message, signature),
            #[cfg(feature = "es256")]
            Material::Es256(ref key) => key.holds(message, signature),
            #[cfg(feature = "rs256")]
            Material::Rs256(ref key) => key.holds(message, signature),
        };
        if holds { Ok(()) } else { Err(SignatureError::Invalid) }
    }

    /// Whether both are one key: the same material, bound to the same algorithm.
    pub(crate) fn is_same_key(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            #[cfg(feature = "hs256")]
            (Material::Hs256(own), Material::Hs256(other)) => own.is_same_key(other),
            #[cfg(feature = "es256")]
            (Material::Es256(own), Material::Es256(other)) => own.is_same_key(other),
            #[cfg(feature = "rs256")]
            (Material::Rs256(own), Material::Rs256(other)) => own.is_same_key(other),
            #[allow(unreachable_patterns, reason = "with one algorithm there is no other pair")]
            _ => false,
        }
    }

    /// The one length that signatures of this key have, in octets.
    fn signature_len(&self) -> usize {
        match self.0 {
            #[cfg(feature = "hs256")]
            Material::Hs256(_) => 32,
            #[cfg(feature = "es256")]
            Material::Es256(_) => 64,
            #[cfg(feature = "rs256")]
            Material::Rs256(ref key) => key.modulus_len(),
        }
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({}, ..)", self.algorithm())
    }
}

/// The conversion of a key that another part of the program already has.
///
/// # Errors
///
/// As [`VerifyingKey::rs256`].
#[cfg(feature = "rsa")]
impl TryFrom<&rsa::PublicKey> for VerifyingKey {
    type Error = KeyError;

    fn try_from(key: &rsa::PublicKey) -> Result<Self, KeyError> {
        use rsa::traits::PublicKeyParts as _;
        Self::rs256(&key.n_bytes(), &key.e_bytes())
    }
}
