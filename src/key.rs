//! Key material, bound to exactly one algorithm for life.
//!
//! The functions of the key files are not inlined: in one frame with the others, each would take the
//! stack of the greediest.

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
/// There is no way to take the material out again, `Debug` shows the algorithm alone, and a secret
/// is wiped when the key is dropped. What can be computed ahead (the HMAC state, the Montgomery
/// parameters) is computed here, once.
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
    /// A shared secret for HS256, of at least 32 octets (RFC 7518 §3.2).
    ///
    /// # Errors
    ///
    /// [`KeyError::SecretTooShort`]; [`KeyError::SecretIsKeyDocument`] for what has the structure of a key
    /// (see [`KeyForm`](crate::error::KeyForm)), as it is or in base64, base64url or hexadecimal: with a public
    /// key anyone could make the tag. What has no structure is taken for a secret: a modulus, a compressed
    /// point, an Ed25519 key without anything around it. A random secret is refused less than once in 2^30.
    #[cfg(feature = "hs256")]
    pub fn hs256(secret: &[u8]) -> Result<Self, KeyError> {
        hmac::Key::new(hmac::Hash::Sha256, secret).map(Material::Hmac).map(Self)
    }

    /// A shared secret for HS384, of at least 48 octets (RFC 7518 §3.2).
    ///
    /// # Errors
    ///
    /// As those of [`hs256`](Self::hs256).
    #[cfg(feature = "hs384")]
    pub fn hs384(secret: &[u8]) -> Result<Self, KeyError> {
        hmac::Key::new(hmac::Hash::Sha384, secret).map(Material::Hmac).map(Self)
    }

    /// A shared secret for HS512, of at least 64 octets (RFC 7518 §3.2).
    ///
    /// # Errors
    ///
    /// As those of [`hs256`](Self::hs256).
    #[cfg(feature = "hs512")]
    pub fn hs512(secret: &[u8]) -> Result<Self, KeyError> {
        hmac::Key::new(hmac::Hash::Sha512, secret).map(Material::Hmac).map(Self)
    }

    /// A point of P-256 for ES256: its affine coordinates, 32 octets each, big-endian
    /// (RFC 7518 §6.2.1).
    ///
    /// # Errors
    ///
    /// [`KeyError::CoordinateLength`], [`KeyError::PointNotOnCurve`].
    #[cfg(feature = "es256")]
    pub fn es256(x: &[u8], y: &[u8]) -> Result<Self, KeyError> {
        p256::Key::new(x, y).map(Material::P256).map(Self)
    }

    /// A point of P-384 for ES384: its affine coordinates, 48 octets each, big-endian
    /// (RFC 7518 §6.2.1).
    ///
    /// # Errors
    ///
    /// [`KeyError::CoordinateLength`], [`KeyError::PointNotOnCurve`].
    #[cfg(feature = "es384")]
    pub fn es384(x: &[u8], y: &[u8]) -> Result<Self, KeyError> {
        p384::Key::new(x, y).map(Material::P384).map(Self)
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
        rsa::Key::new(rsa::Scheme::Rs256, modulus, exponent).map(Material::Rsa).map(Self)
    }

    /// An RSA public key for RS384: modulus and exponent, as [`rs256`](Self::rs256) takes them.
    ///
    /// # Errors
    ///
    /// As those of [`rs256`](Self::rs256).
    #[cfg(feature = "rs384")]
    pub fn rs384(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        rsa::Key::new(rsa::Scheme::Rs384, modulus, exponent).map(Material::Rsa).map(Self)
    }

    /// An RSA public key for RS512: modulus and exponent, as [`rs256`](Self::rs256) takes them.
    ///
    /// # Errors
    ///
    /// As those of [`rs256`](Self::rs256).
    #[cfg(feature = "rs512")]
    pub fn rs512(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        rsa::Key::new(rsa::Scheme::Rs512, modulus, exponent).map(Material::Rsa).map(Self)
    }

    /// An RSA public key for PS256: modulus and exponent, as [`rs256`](Self::rs256) takes them.
    ///
    /// # Errors
    ///
    /// As those of [`rs256`](Self::rs256).
    #[cfg(feature = "ps256")]
    pub fn ps256(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        rsa::Key::new(rsa::Scheme::Ps256, modulus, exponent).map(Material::Rsa).map(Self)
    }

    /// An RSA public key for PS384: modulus and exponent, as [`rs256`](Self::rs256) takes them.
    ///
    /// # Errors
    ///
    /// As those of [`rs256`](Self::rs256).
    #[cfg(feature = "ps384")]
    pub fn ps384(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        rsa::Key::new(rsa::Scheme::Ps384, modulus, exponent).map(Material::Rsa).map(Self)
    }

    /// An RSA public key for PS512: modulus and exponent, as [`rs256`](Self::rs256) takes them.
    ///
    /// # Errors
    ///
    /// As those of [`rs256`](Self::rs256).
    #[cfg(feature = "ps512")]
    pub fn ps512(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        rsa::Key::new(rsa::Scheme::Ps512, modulus, exponent).map(Material::Rsa).map(Self)
    }

    /// A public key of Ed25519: the encoding of a point, 32 octets (RFC 8032 §5.1.2, RFC 8037 §2).
    ///
    /// # Errors
    ///
    /// [`KeyError::CoordinateLength`]; [`KeyError::PointNotOnCurve`], also for a y that is not below the
    /// field's prime; [`KeyError::PointOfSmallOrder`].
    #[cfg(feature = "ed25519")]
    pub fn ed25519(x: &[u8]) -> Result<Self, KeyError> {
        ed25519::Key::new(x).map(Material::Ed25519).map(Self)
    }

    /// The key that a JWK holds, which its other members say to be for `algorithm`.
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

    /// An ES256 key of which the multiples are known already. It is as fast as one that
    /// [`prepare_in`](Self::prepare_in) prepared, and takes no memory but theirs.
    ///
    /// # Errors
    ///
    /// [`KeyError::PointNotOnCurve`].
    #[cfg(feature = "es256")]
    pub fn es256_prepared(prepared: &'static PreparedEs256) -> Result<Self, KeyError> {
        p256::Key::prepared(prepared).map(Material::P256).map(Self)
    }

    /// Prepares the key so that verifications take less time: an ES256 key gets 4 KB of memory. Keys of
    /// other algorithms are left as they are, being prepared already. A [`KeySet`](crate::KeySet)
    /// prepares its keys by itself.
    #[cfg(feature = "alloc")]
    pub fn prepare(&mut self) {
        #[cfg(feature = "es256")]
        #[allow(irrefutable_let_patterns, reason = "with other algorithms it can fail")]
        if let Material::P256(key) = &mut self.0 {
            key.prepare();
        }
    }

    /// Prepares an ES256 key as [`prepare`](Self::prepare) does, in memory that the program set aside. Keys
    /// of other algorithms are left as they are, and so is the memory.
    #[cfg(feature = "es256")]
    pub fn prepare_in(&mut self, memory: &'static mut PreparedEs256) {
        #[allow(irrefutable_let_patterns, reason = "with other algorithms it can fail")]
        if let Material::P256(key) = &mut self.0 {
            key.prepare_in(memory);
        }
    }

    /// The algorithm that the key is bound to.
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

    /// Whether both are one key: the same material, bound to the same algorithm.
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

    /// The one length that signatures of this key have, in octets.
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

/// The conversion of a key that another part of the program already has.
///
/// # Errors
///
/// As [`VerifyingKey::rs256`], for RS256.
#[cfg(feature = "rsa")]
impl TryFrom<&::rsa::PublicKey> for VerifyingKey {
    type Error = KeyError;

    fn try_from(key: &::rsa::PublicKey) -> Result<Self, KeyError> {
        use ::rsa::traits::PublicKeyParts as _;
        Self::rs256(&key.n_bytes(), &key.e_bytes())
    }
}
