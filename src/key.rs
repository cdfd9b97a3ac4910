//! Key material, permanently bound to exactly one algorithm.
//!
//! The functions of the key files are not inlined: in a shared frame, each would need the stack of the
//! largest.

#[allow(dead_code, reason = "each is for some algorithms")]
mod digest;
#[cfg(feature = "ed25519")]
mod ed25519;
#[cfg(feature = "_hmac")]
mod hmac;
#[cfg(feature = "es256")]
mod p256;
#[cfg(feature = "es384")]
mod p384;
mod parameters;
#[cfg(feature = "_rsa")]
mod rsa;

use core::fmt;

#[cfg(feature = "es256")]
pub use self::p256::PreparedEs256;
use self::parameters::Parameters;
use crate::algorithm::Algorithm;
use crate::error::{KeyError, SignatureError};

/// A key to verify with: a secret or a public key, and the one algorithm it is used with.
///
/// The key material cannot be read back, `Debug` shows only the algorithm, and a secret is wiped when the key
/// is dropped. What can be precomputed (the HMAC state, the Montgomery parameters) is computed once, at
/// construction.
///
/// ```
/// # #[cfg(feature = "hs256")] {
/// use jose_core::{Algorithm, VerifyingKey, error::SignatureError};
///
/// let key = VerifyingKey::hs256(&[7; 32])?;
/// let refused = key.verify(Algorithm::Rs256, b"message", &[0; 256]);
/// let error = SignatureError::AlgorithmMismatch { requested: Algorithm::Rs256, key: Algorithm::Hs256 };
/// assert_eq!(refused, Err(error));
/// # }
/// # Ok::<(), jose_core::error::KeyError>(())
/// ```
#[derive(Clone)]
pub struct VerifyingKey(Material);

#[derive(Clone)]
#[allow(clippy::large_enum_variant, reason = "without a heap there is no other place for an RSA key")]
enum Material {
    #[cfg(feature = "_hmac")]
    Hmac(hmac::Key),
    #[cfg(feature = "es256")]
    P256(p256::Key),
    #[cfg(feature = "es384")]
    P384(p384::Key),
    #[cfg(feature = "_rsa")]
    Rsa(rsa::Key),
    #[cfg(feature = "ed25519")]
    Ed25519(ed25519::Key),
}

impl VerifyingKey {
    /// Creates a key from a shared secret for HS256, of at least 32 octets (RFC 7518 §3.2).
    ///
    /// # Errors
    ///
    /// [`KeyError::SecretTooShort`]; [`KeyError::SecretIsKeyDocument`] for a secret with the structure of a
    /// key (see [`KeyForm`](crate::error::KeyForm)), as it is or in base64, base64url, hexadecimal or UTF-16:
    /// with a public key anyone could compute the tag. Key material without structure is taken for a secret:
    /// a modulus, a compressed point or an Ed25519 key with nothing around it. A random secret is refused
    /// less than once in 2^30.
    #[cfg(feature = "hs256")]
    pub fn hs256(secret: &[u8]) -> Result<Self, KeyError> {
        hmac::Key::new(hmac::Hash::Sha256, secret).map(Material::Hmac).map(Self)
    }

    /// Creates a key from a shared secret for HS384, of at least 48 octets (RFC 7518 §3.2).
    ///
    /// # Errors
    ///
    /// As for [`hs256`](Self::hs256).
    #[cfg(feature = "hs384")]
    pub fn hs384(secret: &[u8]) -> Result<Self, KeyError> {
        hmac::Key::new(hmac::Hash::Sha384, secret).map(Material::Hmac).map(Self)
    }

    /// Creates a key from a shared secret for HS512, of at least 64 octets (RFC 7518 §3.2).
    ///
    /// # Errors
    ///
    /// As for [`hs256`](Self::hs256).
    #[cfg(feature = "hs512")]
    pub fn hs512(secret: &[u8]) -> Result<Self, KeyError> {
        hmac::Key::new(hmac::Hash::Sha512, secret).map(Material::Hmac).map(Self)
    }

    /// Creates a key for ES256 from a point on P-256: its affine coordinates, 32 octets each, big-endian
    /// (RFC 7518 §6.2.1).
    ///
    /// # Errors
    ///
    /// [`KeyError::WrongCoordinateLength`] or [`KeyError::PointNotOnCurve`].
    #[cfg(feature = "es256")]
    pub fn es256(x: &[u8], y: &[u8]) -> Result<Self, KeyError> {
        p256::Key::new(x, y).map(Material::P256).map(Self)
    }

    /// Creates a key for ES384 from a point on P-384: its affine coordinates, 48 octets each, big-endian
    /// (RFC 7518 §6.2.1).
    ///
    /// # Errors
    ///
    /// [`KeyError::WrongCoordinateLength`] or [`KeyError::PointNotOnCurve`].
    #[cfg(feature = "es384")]
    pub fn es384(x: &[u8], y: &[u8]) -> Result<Self, KeyError> {
        p384::Key::new(x, y).map(Material::P384).map(Self)
    }

    /// Creates a key for RS256 from an RSA public key: modulus and exponent, big-endian (RFC 7518 §6.3.1).
    /// Leading zero octets are ignored in both.
    ///
    /// # Errors
    ///
    /// [`KeyError::ModulusTooSmall`] below 2048 bits, [`KeyError::ModulusTooLarge`] above 4096 (8192
    /// with feature `rsa`), [`KeyError::ModulusEven`]; [`KeyError::ExponentTooLarge`] above 33 bits,
    /// [`KeyError::ExponentTooSmall`] below 65537, [`KeyError::ExponentEven`].
    #[cfg(feature = "rs256")]
    pub fn rs256(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        rsa::Key::new(rsa::Scheme::Rs256, modulus, exponent).map(Material::Rsa).map(Self)
    }

    /// Creates a key for RS384 from modulus and exponent, as for [`rs256`](Self::rs256).
    ///
    /// # Errors
    ///
    /// As for [`rs256`](Self::rs256).
    #[cfg(feature = "rs384")]
    pub fn rs384(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        rsa::Key::new(rsa::Scheme::Rs384, modulus, exponent).map(Material::Rsa).map(Self)
    }

    /// Creates a key for RS512 from modulus and exponent, as for [`rs256`](Self::rs256).
    ///
    /// # Errors
    ///
    /// As for [`rs256`](Self::rs256).
    #[cfg(feature = "rs512")]
    pub fn rs512(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        rsa::Key::new(rsa::Scheme::Rs512, modulus, exponent).map(Material::Rsa).map(Self)
    }

    /// Creates a key for PS256 from modulus and exponent, as for [`rs256`](Self::rs256).
    ///
    /// # Errors
    ///
    /// As for [`rs256`](Self::rs256).
    #[cfg(feature = "ps256")]
    pub fn ps256(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        rsa::Key::new(rsa::Scheme::Ps256, modulus, exponent).map(Material::Rsa).map(Self)
    }

    /// Creates a key for PS384 from modulus and exponent, as for [`rs256`](Self::rs256).
    ///
    /// # Errors
    ///
    /// As for [`rs256`](Self::rs256).
    #[cfg(feature = "ps384")]
    pub fn ps384(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        rsa::Key::new(rsa::Scheme::Ps384, modulus, exponent).map(Material::Rsa).map(Self)
    }

    /// Creates a key for PS512 from modulus and exponent, as for [`rs256`](Self::rs256).
    ///
    /// # Errors
    ///
    /// As for [`rs256`](Self::rs256).
    #[cfg(feature = "ps512")]
    pub fn ps512(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        rsa::Key::new(rsa::Scheme::Ps512, modulus, exponent).map(Material::Rsa).map(Self)
    }

    /// Creates an Ed25519 key from the encoding of a point, 32 octets (RFC 8032 §5.1.2, RFC 8037 §2).
    ///
    /// # Errors
    ///
    /// [`KeyError::WrongCoordinateLength`]; [`KeyError::PointNotOnCurve`], also if y is not below the field's
    /// prime; [`KeyError::PointOfSmallOrder`].
    #[cfg(feature = "ed25519")]
    pub fn ed25519(x: &[u8]) -> Result<Self, KeyError> {
        ed25519::Key::new(x).map(Material::Ed25519).map(Self)
    }

    /// Creates the key from the parameters of a JWK whose other members bind it to `algorithm`.
    pub(crate) fn from_parameters(
        algorithm: Algorithm,
        parameters: Parameters<'_, '_>,
    ) -> Result<Self, KeyError> {
        let material = match algorithm {
            #[cfg(feature = "hs256")]
            Algorithm::Hs256 => Material::Hmac(hmac::Key::from_parameters(hmac::Hash::Sha256, parameters)?),
            #[cfg(feature = "hs384")]
            Algorithm::Hs384 => Material::Hmac(hmac::Key::from_parameters(hmac::Hash::Sha384, parameters)?),
            #[cfg(feature = "hs512")]
            Algorithm::Hs512 => Material::Hmac(hmac::Key::from_parameters(hmac::Hash::Sha512, parameters)?),
            #[cfg(feature = "es256")]
            Algorithm::Es256 => Material::P256(p256::Key::from_parameters(parameters)?),
            #[cfg(feature = "es384")]
            Algorithm::Es384 => Material::P384(p384::Key::from_parameters(parameters)?),
            #[cfg(feature = "rs256")]
            Algorithm::Rs256 => Material::Rsa(rsa::Key::from_parameters(rsa::Scheme::Rs256, parameters)?),
            #[cfg(feature = "rs384")]
            Algorithm::Rs384 => Material::Rsa(rsa::Key::from_parameters(rsa::Scheme::Rs384, parameters)?),
            #[cfg(feature = "rs512")]
            Algorithm::Rs512 => Material::Rsa(rsa::Key::from_parameters(rsa::Scheme::Rs512, parameters)?),
            #[cfg(feature = "ps256")]
            Algorithm::Ps256 => Material::Rsa(rsa::Key::from_parameters(rsa::Scheme::Ps256, parameters)?),
            #[cfg(feature = "ps384")]
            Algorithm::Ps384 => Material::Rsa(rsa::Key::from_parameters(rsa::Scheme::Ps384, parameters)?),
            #[cfg(feature = "ps512")]
            Algorithm::Ps512 => Material::Rsa(rsa::Key::from_parameters(rsa::Scheme::Ps512, parameters)?),
            #[cfg(feature = "ed25519")]
            Algorithm::Ed25519 => Material::Ed25519(ed25519::Key::from_parameters(parameters)?),
            #[allow(unreachable_patterns, reason = "with the features of all algorithms there is no other")]
            alg => return Err(KeyError::FeatureDisabled { alg }),
        };
        Ok(Self(material))
    }

    /// Creates an ES256 key whose multiples have been computed. It is as fast as after
    /// [`prepare_in`](Self::prepare_in), and takes no other memory.
    ///
    /// # Errors
    ///
    /// [`KeyError::PointNotOnCurve`] if the multiples are not those of a point on P-256.
    #[cfg(feature = "es256")]
    pub fn es256_prepared(prepared: &'static PreparedEs256) -> Result<Self, KeyError> {
        p256::Key::from_prepared(prepared).map(Material::P256).map(Self)
    }

    /// Prepares the key so that verifying takes less time: an ES256 key gets 4 KB of memory. Keys of other
    /// algorithms are already prepared and do not change. A [`KeySet`](crate::KeySet) prepares its keys
    /// itself.
    #[cfg(feature = "alloc")]
    pub fn prepare(&mut self) {
        #[cfg(feature = "es256")]
        #[allow(irrefutable_let_patterns, reason = "with other algorithms it can fail")]
        if let Material::P256(key) = &mut self.0 {
            key.prepare();
        }
    }

    /// Prepares an ES256 key as [`prepare`](Self::prepare) does, in memory that the program sets aside. Keys
    /// of other algorithms and the memory do not change.
    #[cfg(feature = "es256")]
    pub fn prepare_in(&mut self, memory: &'static mut PreparedEs256) {
        #[allow(irrefutable_let_patterns, reason = "with other algorithms it can fail")]
        if let Material::P256(key) = &mut self.0 {
            key.prepare_in(memory);
        }
    }

    /// Returns the algorithm that the key is bound to.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self.0 {
            #[cfg(feature = "_hmac")]
            Material::Hmac(ref key) => key.algorithm(),
            #[cfg(feature = "es256")]
            Material::P256(_) => Algorithm::Es256,
            #[cfg(feature = "es384")]
            Material::P384(_) => Algorithm::Es384,
            #[cfg(feature = "_rsa")]
            Material::Rsa(ref key) => key.algorithm(),
            #[cfg(feature = "ed25519")]
            Material::Ed25519(_) => Algorithm::Ed25519,
        }
    }

    /// Verifies `signature` over `message`. Low-level: for detached content and custom formats; for tokens,
    /// use [`Verifier`](crate::Verifier).
    ///
    /// # Errors
    ///
    /// [`SignatureError::AlgorithmMismatch`] if `algorithm` is not that of the key, before any cryptography;
    /// then [`SignatureError::WrongLength`] or [`SignatureError::Invalid`].
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
            return Err(SignatureError::WrongLength { found: signature.len(), expected });
        }
        let holds = match self.0 {
            #[cfg(feature = "_hmac")]
            Material::Hmac(ref key) => key.holds(message, signature),
            #[cfg(feature = "es256")]
            Material::P256(ref key) => key.holds(message, signature),
            #[cfg(feature = "es384")]
            Material::P384(ref key) => key.holds(message, signature),
            #[cfg(feature = "_rsa")]
            Material::Rsa(ref key) => key.holds(message, signature),
            #[cfg(feature = "ed25519")]
            Material::Ed25519(ref key) => key.holds(message, signature),
        };
        if holds { Ok(()) } else { Err(SignatureError::Invalid) }
    }

    /// Returns whether both are the same key: the same material, bound to the same algorithm.
    pub(crate) fn is_same_key(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            #[cfg(feature = "_hmac")]
            (Material::Hmac(own), Material::Hmac(other)) => own.is_same_key(other),
            #[cfg(feature = "es256")]
            (Material::P256(own), Material::P256(other)) => own.is_same_key(other),
            #[cfg(feature = "es384")]
            (Material::P384(own), Material::P384(other)) => own.is_same_key(other),
            #[cfg(feature = "_rsa")]
            (Material::Rsa(own), Material::Rsa(other)) => own.is_same_key(other),
            #[cfg(feature = "ed25519")]
            (Material::Ed25519(own), Material::Ed25519(other)) => own.is_same_key(other),
            #[allow(unreachable_patterns, reason = "with one kind of key there is no other pair")]
            _ => false,
        }
    }

    /// Returns the length of this key's signatures, in octets.
    fn signature_len(&self) -> usize {
        match self.0 {
            #[cfg(feature = "_hmac")]
            Material::Hmac(ref key) => key.tag_len(),
            #[cfg(feature = "es256")]
            Material::P256(_) => 64,
            #[cfg(feature = "es384")]
            Material::P384(_) => 96,
            #[cfg(feature = "_rsa")]
            Material::Rsa(ref key) => key.modulus_len(),
            #[cfg(feature = "ed25519")]
            Material::Ed25519(_) => 64,
        }
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({}, ..)", self.algorithm())
    }
}

/// Converts a key that another part of the program has.
///
/// # Errors
///
/// As for [`VerifyingKey::rs256`].
#[cfg(feature = "rsa")]
impl TryFrom<&::rsa::PublicKey> for VerifyingKey {
    type Error = KeyError;

    fn try_from(key: &::rsa::PublicKey) -> Result<Self, KeyError> {
        use ::rsa::traits::PublicKeyParts as _;
        Self::rs256(&key.n_bytes(), &key.e_bytes())
    }
}
