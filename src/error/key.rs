//! What a key or a set of keys can be refused for.

use core::fmt;

use super::{Base64Error, Excerpt, JsonError};
use crate::algorithm::{Algorithm, AlgorithmSet, Enabled, FeatureOff};

/// Why key material, a JWK or a member of a JWK Set is not a key to verify with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// Not JSON, or not strict JSON. Offsets count from the start of the key's own text.
    Json(JsonError),
    /// JSON, but no object.
    NotObject,
    /// A member that this kind of key must have is absent.
    MemberMissing {
        /// Its name.
        name: &'static str,
    },
    /// A key without key material of its own beside its certificate: `x5c` is not read.
    CertificateOnly {
        /// The name of the first member that is missing.
        name: &'static str,
    },
    /// A member is not of the type that it must have.
    MemberType {
        /// Its name.
        name: &'static str,
        /// The type that it must have.
        expected: &'static str,
        /// The type that it has.
        found: &'static str,
    },
    /// A `kty` that carries none of the algorithms of this build.
    KtyUnsupported {
        /// The value.
        kty: Excerpt,
    },
    /// A `crv` that carries none of the algorithms of this build.
    CrvUnsupported {
        /// The value of `kty`.
        kty: &'static str,
        /// The value.
        crv: Excerpt,
    },
    /// The key's `use` is neither `sig` (RFC 7517 §4.2) nor a value that the caller allows beside it.
    UseNotSig {
        /// The value.
        key_use: Excerpt,
    },
    /// The key's `key_ops` does not have `verify` (RFC 7517 §4.3).
    KeyOpsNotVerify,
    /// The key's `key_ops` names an operation twice, which RFC 7517 §4.3 forbids.
    KeyOpsDuplicate {
        /// The operation.
        operation: &'static str,
    },
    /// The key's `alg` names an algorithm that this build does not verify.
    AlgUnsupported {
        /// The value.
        alg: Excerpt,
    },
    /// The key's `alg` cannot be carried by its `kty` and `crv`.
    AlgMismatch {
        /// The value of `alg`.
        alg: Algorithm,
        /// What a key of this `kty` and `crv` can carry.
        could_be: AlgorithmSet,
    },
    /// The algorithm of the key is not one that the caller accepts.
    AlgNotAllowed {
        /// The algorithm of the key: the one that its `alg` names or, without, all that its `kty` and
        /// `crv` can carry.
        alg: AlgorithmSet,
        /// What the caller accepts.
        allowed: AlgorithmSet,
    },
    /// A key without `alg` could be for several of the algorithms that the caller accepts. A key serves one:
    /// that it verified one kind of signature must say nothing about another (RFC 8725 §3.1).
    AlgMissing {
        /// Which of them.
        could_be: AlgorithmSet,
    },
    /// The only algorithm that the key can be for and the caller accepts is not enabled in this build.
    FeatureDisabled {
        /// The algorithm. Its feature has the algorithm's name in [`Algorithm`], in lower case.
        alg: Algorithm,
    },
    /// A private member in what should be a public key: whoever holds it can sign.
    PrivateMaterial {
        /// The name of the first such member.
        name: &'static str,
    },
    /// A secret (`oct`) where public keys are accepted as well.
    SecretAmongPublic,
    /// Material that is not base64url. Offsets count from the start of the member's value, escapes of
    /// JSON resolved.
    Base64 {
        /// The member's name.
        name: &'static str,
        /// What is wrong with it.
        error: Base64Error,
    },
    /// A secret shorter than the hash (RFC 7518 §3.2).
    SecretTooShort {
        /// Its length in octets.
        length: usize,
        /// The least length in octets.
        least: usize,
    },
    /// A secret in a JWK longer than 512 octets.
    SecretTooLong {
        /// Its length in octets.
        length: usize,
        /// The greatest length in octets.
        most: usize,
    },
    /// A secret that is itself the text or DER of a key, as it is or in base64, base64url or hexadecimal.
    SecretIsKeyDocument {
        /// What it looks like.
        form: KeyForm,
    },
    /// A coordinate that is not exactly as long as the field's numbers are (RFC 7518 §6.2.1.2,
    /// RFC 8037 §2).
    CoordinateLength {
        /// `x` or `y`.
        name: &'static str,
        /// The curve.
        crv: &'static str,
        /// The length that it must have, in octets.
        expected: usize,
        /// Its length in octets.
        length: usize,
    },
    /// Coordinates that are no point of the curve. Those of Ed25519 are an encoding of one (RFC 8032 §5.1.3),
    /// and must be the only one.
    PointNotOnCurve {
        /// The curve.
        crv: &'static str,
    },
    /// A point of Ed25519 of an order below that of the group: some signatures verify with it over any
    /// message.
    PointOfSmallOrder,
    /// A modulus with too few bits (RFC 7518 §3.3).
    ModulusTooSmall {
        /// Its size in bits.
        bits: usize,
        /// The least size in bits.
        least: usize,
    },
    /// A modulus with too many bits.
    ModulusTooLarge {
        /// Its size in bits.
        bits: usize,
        /// The greatest size in bits that this build accepts.
        most: usize,
    },
    /// An even modulus.
    ModulusEven,
    /// A public exponent below 65537, for which broken padding checks were exploited.
    ExponentTooSmall {
        /// The exponent.
        exponent: u64,
        /// The smallest exponent that is accepted.
        min: u64,
    },
    /// A public exponent of too many bits.
    ExponentTooLarge {
        /// Its size in bits.
        bits: usize,
        /// The greatest size in bits.
        max: usize,
    },
    /// An even public exponent, which is none of RSA (RFC 8017 §3.1).
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
            Self::SecretAmongPublic => f.write_str(
                "key: expected a public key, found a symmetric key in a set that also allows public-key algorithms: verify HMAC apart from them",
            ),
            Self::Base64 { name, error } => write!(f, "key '{name}': {error}"),
            Self::SecretTooShort { length, least } => write!(
                f,
                "secret: expected at least {least} bytes, found {length}: use a longer random secret"
            ),
            Self::SecretTooLong { length, most } => {
                write!(f, "secret: expected at most {most} bytes, found {length}")
            }
            Self::SecretIsKeyDocument { form } => {
                write!(f, "secret: expected random bytes, found what looks like {form}: use a random secret")
            }
            Self::CoordinateLength { name, crv, expected, length } => {
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
            Self::ModulusTooSmall { bits, least } => {
                write!(f, "key 'n': expected at least {least} bits, found {bits}: replace the key with a larger one")
            }
            Self::ModulusTooLarge { bits, most } => {
                write!(f, "key 'n': expected at most {most} bits, found {bits}")
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

/// Whether a `crv` is a name that P-256 has elsewhere: in SEC 2, ANSI X9.62, SSH, or written otherwise.
fn is_p256(crv: &str) -> bool {
    crv != "P-256"
        && ["secp256r1", "prime256v1", "nistp256", "P-256", "P256", "P_256"]
            .into_iter()
            .any(|name| crv.trim_ascii().eq_ignore_ascii_case(name))
}

/// Whether a `use` that is not `sig` seems to have been meant as one.
fn is_like_sig(key_use: &str) -> bool {
    ["sig", "sign", "signing", "signature", "verify"]
        .into_iter()
        .any(|word| key_use.trim_ascii().eq_ignore_ascii_case(word))
}

impl core::error::Error for KeyError {}

/// A form in which keys are handed round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyForm {
    /// A frame of PEM (RFC 7468), OpenPGP or SSH2 (RFC 4716).
    Pem,
    /// DER of a SubjectPublicKeyInfo, a certificate, or a key by itself (PKCS #1, PKCS #8, SEC 1).
    Der,
    /// A JWK, or a JWK Set (RFC 7517).
    Jwk,
    /// A public key of OpenSSH (RFC 4253 §6.6).
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

/// Why a document is not a JWK Set (RFC 7517 §5). A fault of one member is a [`KeyError`] of that
/// member and no fault of the set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetError {
    /// The document is longer than [`Limits::max_set_length`](crate::Limits::max_set_length).
    TooLong {
        /// Its length in bytes.
        length: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The document is not strict JSON.
    Json(JsonError),
    /// JSON, but no object.
    NotObject,
    /// The object has no `keys`.
    KeysMissing,
    /// `keys` is not an array.
    KeysNotArray,
    /// `keys` has more members than [`Limits::max_keys`](crate::Limits::max_keys).
    TooManyKeys {
        /// How many there are.
        keys: usize,
        /// The limit.
        limit: usize,
    },
}

impl fmt::Display for SetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TooLong { length, limit } => write!(
                f,
                "JWK Set: expected at most {limit} bytes, found {length}: raise Limits::max_set_length if such sets are normal"
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
            Self::TooManyKeys { keys, limit } => write!(
                f,
                "JWK Set: expected at most {limit} keys, found {keys}: raise Limits::max_keys if such sets are normal"
            ),
        }
    }
}

impl core::error::Error for SetError {}
