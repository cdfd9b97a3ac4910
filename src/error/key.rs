//! Why a key or a set of keys is refused.

use core::fmt;

use super::{Base64Error, Excerpt, JsonError};
use crate::algorithm::{Algorithm, AlgorithmSet, Enabled, FeatureOff};

/// Why key material, a JWK or a member of a JWK Set cannot be used to verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// The text is not strict JSON. Offsets count from the start of the key's own text.
    Json(JsonError),
    /// The text is JSON, but not an object.
    NotObject,
    /// A member that this kind of key requires is absent.
    MemberMissing {
        /// Its name.
        name: &'static str,
    },
    /// The key has a certificate but no key material of its own: `x5c` is not read.
    CertificateOnly {
        /// The name of the first missing member.
        name: &'static str,
    },
    /// A member has the wrong type.
    MemberType {
        /// Its name.
        name: &'static str,
        /// The required type.
        expected: &'static str,
        /// The type found.
        found: &'static str,
    },
    /// No algorithm of this build uses this `kty`.
    KtyUnsupported {
        /// The value.
        kty: Excerpt,
    },
    /// No algorithm of this build uses this `crv`.
    CrvUnsupported {
        /// The value of `kty`.
        kty: &'static str,
        /// The value.
        crv: Excerpt,
    },
    /// The key's `use` is neither `sig` (RFC 7517 §4.2) nor another value that the caller allows.
    UseNotSig {
        /// The value.
        key_use: Excerpt,
    },
    /// The key's `key_ops` does not contain `verify` (RFC 7517 §4.3).
    KeyOpsNotVerify,
    /// The key's `key_ops` contains an operation twice, which RFC 7517 §4.3 forbids.
    KeyOpsDuplicate {
        /// The operation.
        operation: &'static str,
    },
    /// The key's `alg` names an algorithm that this build does not verify.
    AlgUnsupported {
        /// The value.
        alg: Excerpt,
    },
    /// The key's `alg` cannot be used with its `kty` and `crv`.
    AlgMismatch {
        /// The value of `alg`.
        alg: Algorithm,
        /// The algorithms that a key of this `kty` and `crv` can be used with.
        could_be: AlgorithmSet,
    },
    /// The algorithm of the key is not one that the caller accepts.
    AlgNotAllowed {
        /// The algorithm of the key: its `alg` or, if that is absent, all that its `kty` and `crv` can be
        /// used with.
        alg: AlgorithmSet,
        /// What the caller accepts.
        allowed: AlgorithmSet,
    },
    /// A key without `alg` could be for several of the accepted algorithms. A key is for only one: what it
    /// verified with one algorithm must mean nothing for another (RFC 8725 §3.1).
    AlgMissing {
        /// These algorithms.
        could_be: AlgorithmSet,
    },
    /// The only accepted algorithm that the key can be for is not enabled in this build.
    FeatureDisabled {
        /// The algorithm. Its feature is its name in [`Algorithm`], in lower case.
        alg: Algorithm,
    },
    /// What should be a public key has a private member: anyone who has it can sign.
    PrivateMaterial {
        /// The name of the first private member.
        name: &'static str,
    },
    /// A secret (`oct`) where public keys are accepted as well.
    SecretAmongPublicKeys,
    /// Key material is not base64url. Offsets count from the start of the member's unescaped value.
    Base64 {
        /// The member's name.
        name: &'static str,
        /// What is wrong with it.
        error: Base64Error,
    },
    /// The secret is shorter than the hash (RFC 7518 §3.2).
    SecretTooShort {
        /// Its length in bytes.
        length: usize,
        /// The minimum length in bytes.
        min: usize,
    },
    /// The secret in a JWK is longer than 512 bytes.
    SecretTooLong {
        /// Its length in bytes.
        length: usize,
        /// The maximum length in bytes.
        max: usize,
    },
    /// The secret is itself the text or DER of a key, as it is or in base64, base64url, hexadecimal or
    /// UTF-16.
    SecretIsKeyDocument {
        /// What it looks like.
        form: KeyForm,
    },
    /// The length of a coordinate is not that of the field's elements (RFC 7518 §6.2.1.2, RFC 8037 §2).
    WrongCoordinateLength {
        /// `x` or `y`.
        name: &'static str,
        /// The curve.
        crv: &'static str,
        /// The required length in bytes.
        expected: usize,
        /// Its length in bytes.
        length: usize,
    },
    /// The coordinates are not a point on the curve. For Ed25519 they must be the canonical encoding of a
    /// point (RFC 8032 §5.1.3).
    PointNotOnCurve {
        /// The curve.
        crv: &'static str,
    },
    /// The Ed25519 point has small order: some signatures verify with it for any message.
    PointOfSmallOrder,
    /// The modulus has too few bits (RFC 7518 §3.3).
    ModulusTooSmall {
        /// Its size in bits.
        bits: usize,
        /// The minimum size in bits.
        min: usize,
    },
    /// The modulus has too many bits.
    ModulusTooLarge {
        /// Its size in bits.
        bits: usize,
        /// The maximum size in bits that this build accepts.
        max: usize,
    },
    /// The modulus is even.
    ModulusEven,
    /// The public exponent is below 65537: flawed padding checks have been exploited with small ones.
    ExponentTooSmall {
        /// The exponent.
        exponent: u64,
        /// The smallest accepted exponent.
        min: u64,
    },
    /// The public exponent has too many bits.
    ExponentTooLarge {
        /// Its size in bits.
        bits: usize,
        /// The maximum size in bits.
        max: usize,
    },
    /// The public exponent is even, which RSA excludes (RFC 8017 §3.1).
    ExponentEven {
        /// The exponent.
        exponent: u64,
    },
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Json(error) => write!(f, "key: {error}"),
            Self::NotObject => f.write_str("key: expected a JSON object, found another value"),
            Self::MemberMissing { name } => write!(f, "key '{name}': expected a value, found none"),
            Self::CertificateOnly { name } => write!(
                f,
                "key '{name}': expected a value, found only a certificate in 'x5c', which is not read: have the issuer publish the key's own members"
            ),
            Self::MemberType { name, expected, found } => {
                write!(f, "key '{name}': expected {expected}, found {found}")
            }
            Self::KtyUnsupported { kty } => {
                write!(f, "key 'kty': expected {}, found {kty}{}", Enabled::Ktys, FeatureOff(kty.as_str()))
            }
            Self::CrvUnsupported { kty: "EC", crv } if is_p256(crv.as_str()) => write!(
                f,
                "key 'crv': expected {}, found {crv}: this is P-256 under a name that JWK does not have",
                Enabled::Crvs("EC")
            ),
            Self::CrvUnsupported { kty, crv } => write!(
                f,
                "key 'crv': expected {}, found {crv}{}",
                Enabled::Crvs(kty),
                FeatureOff(crv.as_str())
            ),
            Self::UseNotSig { key_use } if is_like_sig(key_use.as_str()) => {
                write!(f, "key 'use': expected \"sig\", found {key_use}: did the issuer mean \"sig\"?")
            }
            Self::UseNotSig { key_use } => {
                write!(f, "key 'use': expected \"sig\", found {key_use}: the key is not for signatures")
            }
            Self::KeyOpsNotVerify => f.write_str(
                "key 'key_ops': expected \"verify\", found other operations: the key is not for verification",
            ),
            Self::KeyOpsDuplicate { operation } => {
                write!(f, "key 'key_ops': expected each operation once, found \"{operation}\" twice")
            }
            Self::AlgUnsupported { alg } => {
                write!(f, "key 'alg': expected {}, found {alg}{}", Enabled::Names, FeatureOff(alg.as_str()))
            }
            Self::AlgMismatch { alg, could_be } => {
                write!(f, "key 'alg': expected {could_be}, by its 'kty' and 'crv', found {alg}")
            }
            Self::AlgNotAllowed { alg, allowed } => {
                write!(f, "key: expected one for {allowed}, found one for {alg}")
            }
            Self::AlgMissing { could_be } => write!(
                f,
                "key 'alg': expected a value, found none, and the key could be for {could_be}: have the issuer publish it, or accept only one of them"
            ),
            Self::FeatureDisabled { alg } => write!(
                f,
                "key: expected one for an algorithm of this build, found one for {alg}: enable its feature"
            ),
            Self::PrivateMaterial { name } => write!(
                f,
                "key: expected a public key, found the private member '{name}': whoever can read it can sign; replace the key"
            ),
            Self::SecretAmongPublicKeys => f.write_str(
                "key: expected a public key, found a symmetric key in a set that also allows public-key algorithms: verify HMAC apart from them",
            ),
            Self::Base64 { name, error } => write!(f, "key '{name}': {error}"),
            Self::SecretTooShort { length, min } => write!(
                f,
                "secret: expected at least {min} bytes, found {length}: use a longer random secret"
            ),
            Self::SecretTooLong { length, max } => {
                write!(f, "secret: expected at most {max} bytes, found {length}")
            }
            Self::SecretIsKeyDocument { form } => {
                write!(f, "secret: expected random bytes, found what looks like {form}: use a random secret")
            }
            Self::WrongCoordinateLength { name, crv, expected, length } => {
                write!(f, "key '{name}': expected {expected} bytes for {crv}, found {length}")?;
                let stripped = (1..expected).contains(&length) && crv != "Ed25519";
                f.write_str(if stripped { ": the issuer stripped leading zeros, which it must keep" } else { "" })
            }
            Self::PointNotOnCurve { crv: "Ed25519" } => {
                f.write_str("key 'x': expected a point on Ed25519, found another")
            }
            Self::PointNotOnCurve { crv } => {
                write!(f, "key 'x' and 'y': expected a point on {crv}, found another")
            }
            Self::PointOfSmallOrder => {
                f.write_str("key 'x': expected a point of large order, found one of small order, which is nobody's key")
            }
            Self::ModulusTooSmall { bits, min } => {
                write!(f, "key 'n': expected at least {min} bits, found {bits}: replace the key with a larger one")
            }
            Self::ModulusTooLarge { bits, max } => {
                write!(f, "key 'n': expected at most {max} bits, found {bits}")
            }
            Self::ModulusEven => {
                f.write_str("key 'n': expected an odd number, found an even one: this is not an RSA modulus")
            }
            Self::ExponentTooSmall { exponent, min } => {
                write!(f, "key 'e': expected at least {min}, found {exponent}: replace the key")
            }
            Self::ExponentTooLarge { bits, max } => {
                write!(f, "key 'e': expected at most {max} bits, found {bits}")
            }
            Self::ExponentEven { exponent } => {
                write!(f, "key 'e': expected an odd number, found {exponent}: this is not an RSA exponent")
            }
        }
    }
}

/// Returns whether a `crv` is another name of P-256: in SEC 2, ANSI X9.62 or SSH, or in another spelling.
fn is_p256(crv: &str) -> bool {
    crv != "P-256"
        && ["secp256r1", "prime256v1", "nistp256", "P-256", "P256", "P_256"]
            .into_iter()
            .any(|name| crv.trim_ascii().eq_ignore_ascii_case(name))
}

/// Returns whether a `use` other than `sig` seems to be meant as `sig`.
fn is_like_sig(key_use: &str) -> bool {
    ["sig", "sign", "signing", "signature", "verify"]
        .into_iter()
        .any(|word| key_use.trim_ascii().eq_ignore_ascii_case(word))
}

impl core::error::Error for KeyError {}

/// A format in which keys are exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyForm {
    /// PEM (RFC 7468), OpenPGP or SSH2 (RFC 4716) text.
    Pem,
    /// The DER of a SubjectPublicKeyInfo, a certificate, or a bare key (PKCS #1, PKCS #8, SEC 1).
    Der,
    /// A JWK, or a JWK Set (RFC 7517).
    Jwk,
    /// An OpenSSH public key (RFC 4253 §6.6).
    Ssh,
    /// An uncompressed point of P-256, P-384 or P-521.
    Point,
}

impl fmt::Display for KeyForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pem => "a PEM key",
            Self::Der => "a DER key or certificate",
            Self::Jwk => "a JWK",
            Self::Ssh => "an SSH key",
            Self::Point => "an EC public key",
        })
    }
}

/// Why a document is not a JWK Set (RFC 7517 §5). An error in one member is a [`KeyError`] of that member,
/// not of the set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetError {
    /// The document is longer than [`Limits::max_set_length`](crate::Limits::max_set_length).
    TooLong {
        /// Its length in bytes.
        length: usize,
        /// The maximum length in bytes.
        max: usize,
    },
    /// The document is not strict JSON.
    Json(JsonError),
    /// The document is JSON, but not an object.
    NotObject,
    /// The object has no member `keys`.
    KeysMissing,
    /// `keys` is not an array.
    KeysNotArray,
    /// `keys` has more members than [`Limits::max_keys`](crate::Limits::max_keys).
    TooManyKeys {
        /// The number of members.
        keys: usize,
        /// The maximum number.
        max: usize,
    },
}

impl fmt::Display for SetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TooLong { length, max } => write!(
                f,
                "JWK Set: expected at most {max} bytes, found {length}: raise Limits::max_set_length if such sets are normal"
            ),
            Self::Json(error) => write!(f, "JWK Set: {error}"),
            Self::NotObject => f.write_str(
                "JWK Set: expected a JSON object, found another value: the document is not a JWK Set",
            ),
            Self::KeysMissing => {
                f.write_str("JWK Set 'keys': expected an array, found none: the document is not a JWK Set")
            }
            Self::KeysNotArray => f.write_str(
                "JWK Set 'keys': expected an array, found another value: the document is not a JWK Set",
            ),
            Self::TooManyKeys { keys, max } => write!(
                f,
                "JWK Set: expected at most {max} keys, found {keys}: raise Limits::max_keys if such sets are normal"
            ),
        }
    }
}

impl core::error::Error for SetError {}
