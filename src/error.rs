//! Every reason for a refusal, in pipeline order, and what to do about it.
//!
//! All errors in this module are `Copy` and need no heap. A variant is one cause; it carries both sides of a
//! mismatch, and the offset of the invalid byte where there is one. For a signature that does not verify it
//! carries nothing.
//!
//! The enums are `#[non_exhaustive]`: variants may be added, and a `match` needs a `_`. The fields of a
//! variant and of an error that is a struct do not depend on features and do not change: a pattern needs no
//! `..`. Structs that report, such as [`keys::Verdict`](crate::keys::Verdict), may gain fields.

mod algorithm;
mod claims;
mod code;
mod excerpt;
mod key;
mod parse;
mod text;

use core::fmt;

pub use self::algorithm::AlgorithmNameError;
pub use self::claims::ClaimsError;
#[cfg(feature = "serde")]
pub use self::claims::Message;
#[cfg(feature = "alloc")]
pub(crate) use self::code::codes;
pub(crate) use self::excerpt::Escaped;
pub use self::excerpt::Excerpt;
pub use self::key::{KeyError, KeyForm, SetError};
pub use self::parse::ParseError;
pub use self::text::{Base64Error, JsonError, JsonErrorKind};
use crate::algorithm::{Algorithm, AlgorithmSet, Enabled, FeatureOff};
pub use crate::any_of::EmptyList;
#[cfg(feature = "std")]
pub use crate::time::ClockError;

/// Why no key was chosen for a token. The order of the variants is the order of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SelectError {
    /// `crit` is not a non-empty array of strings (RFC 7515 §4.1.11). Without
    /// [`understands`](crate::Verifier::understands), any `crit` is [`ParseError::CritUnsupported`].
    CritMalformed,
    /// `crit` names a parameter registered by RFC 7515 or RFC 7518, which is not an extension, or `b64`
    /// (RFC 7797), which is not supported.
    CritRegistered {
        /// The name.
        name: &'static str,
    },
    /// `crit` names an extension that [`Verifier::understands`](crate::Verifier::understands) does not list.
    CritNotUnderstood {
        /// The name.
        name: Excerpt,
    },
    /// `crit` contains a name twice.
    CritDuplicate {
        /// The name.
        name: Excerpt,
    },
    /// `crit` names a parameter that is not in the header.
    CritAbsent {
        /// The name.
        name: Excerpt,
    },
    /// The header's `alg`, possibly `none`, is not an algorithm that this build verifies.
    AlgorithmUnsupported {
        /// The value.
        alg: Excerpt,
    },
    /// The header's `alg` is an algorithm that the verifier does not accept.
    AlgorithmNotAllowed {
        /// The token's algorithm.
        alg: Algorithm,
        /// What the verifier accepts.
        allowed: AlgorithmSet,
    },
    /// The header has no `typ`, and the verifier requires one.
    TypMissing {
        /// What the verifier accepts.
        expected: Excerpt,
    },
    /// The header's `typ` is not one that the verifier accepts.
    TypMismatch {
        /// The header's value.
        found: Excerpt,
        /// What the verifier accepts.
        expected: Excerpt,
    },
    /// The header has no `kid`, and the verifier requires one.
    KidRequired,
    /// There are no keys.
    NoKeys,
    /// No key has the header's `kid`. Reported only once the header's algorithm is accepted.
    KidUnknown {
        /// The header's value.
        kid: Excerpt,
        /// The number of keys, including those set aside.
        keys: usize,
        /// The kids of these keys; without the feature `alloc`, none.
        known: Excerpt,
    },
    /// The header has no `kid`, and several keys fit its algorithm.
    KidNeeded {
        /// The token's algorithm.
        alg: Algorithm,
        /// The number of keys that fit, not counting copies of the first; without the feature `alloc`, 2.
        keys: usize,
    },
    /// The header names keys, by `kid` or thumbprint, and every one of them was set aside.
    KeyUnusable {
        /// Why the first of them was set aside.
        reason: KeyError,
    },
    /// Several keys have the header's algorithm and the `kid` or thumbprint that it names.
    KeyAmbiguous {
        /// The token's algorithm.
        alg: Algorithm,
        /// The number of these keys, not counting copies of the first; without the feature `alloc`, 2.
        keys: usize,
    },
    /// The header's algorithm is not that of the key.
    AlgorithmMismatch {
        /// The token's algorithm.
        header: Algorithm,
        /// The key's algorithm.
        key: Algorithm,
    },
    /// No usable key is for the header's algorithm, and the header does not single out another key.
    NoKeyForAlgorithm {
        /// The token's algorithm.
        alg: Algorithm,
    },
}

impl fmt::Display for SelectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::CritMalformed => f.write_str(
                "token header 'crit': expected an array of one or more names, found another value: have the issuer correct it",
            ),
            Self::CritRegistered { name: "b64" } => f.write_str(
                "token header 'crit': expected extensions that are supported, found \"b64\": have the issuer encode the payload",
            ),
            Self::CritRegistered { name } => write!(
                f,
                "token header 'crit': expected extensions, found \"{name}\", which RFC 7515 or RFC 7518 registers: \
                 have the issuer leave it out"
            ),
            Self::CritNotUnderstood { name } => write!(
                f,
                "token header 'crit': expected extensions that this verifier understands, found {name}: give the name to \
                 Verifier::understands if the application processes it; otherwise have the issuer leave it out"
            ),
            Self::CritDuplicate { name } => write!(
                f,
                "token header 'crit': expected each name once, found {name} again: have the issuer correct it"
            ),
            Self::CritAbsent { name } => write!(
                f,
                "token header: expected the parameter {name}, which 'crit' names, found none: have the issuer correct it"
            ),
            Self::AlgorithmUnsupported { alg } => write!(
                f,
                "token header 'alg': expected {}, found {alg}{}: have the issuer sign with one of them",
                Enabled::Names,
                FeatureOff(alg.as_str())
            ),
            Self::AlgorithmNotAllowed { alg, allowed } => write!(
                f,
                "token header 'alg': expected {allowed}, found {alg}: have the issuer sign with {allowed}, \
                 or verify {alg} tokens with a verifier and keys for {alg}"
            ),
            Self::TypMissing { expected } => write!(
                f,
                "token header 'typ': expected {expected}, found none: check that this kind of token is meant for you"
            ),
            Self::TypMismatch { found, expected } => write!(
                f,
                "token header 'typ': expected {expected}, found {found}: send the kind of token that is meant for this verifier"
            ),
            Self::KidRequired => f.write_str(
                "token header 'kid': expected a value, found none: the verifier requires it; \
                 have the issuer put the key's 'kid' into the header",
            ),
            Self::NoKeys => f.write_str(
                "keys: expected at least one, found none: fetch the JWK Set, and check that it is not empty",
            ),
            Self::KidUnknown { keys, kid, known } => {
                match known {
                    Excerpt::NONE => write!(f, "token header 'kid': expected that of a key, found {kid}: ")?,
                    known => write!(f, "token header 'kid': expected {known}, found {kid}: ")?,
                }
                match keys {
                    1 => f.write_str("the only key does not have it")?,
                    keys => write!(f, "none of the {keys} keys has it")?,
                }
                f.write_str(
                    "; if the issuer rotated its keys, fetch its JWK Set again; otherwise check that the keys belong to this issuer",
                )
            }
            Self::KidNeeded { alg, keys } => write!(
                f,
                "token header 'kid': expected a value, to choose among {keys} keys for {alg}, found none: \
                 have the issuer put the key's 'kid' into the header"
            ),
            Self::KeyUnusable { reason } => write!(f, "key that the token names: {reason}"),
            Self::KeyAmbiguous { alg, keys } => write!(
                f,
                "keys: expected one {alg} key that the token names, found {keys}: the issuer must give each key its own 'kid'"
            ),
            Self::AlgorithmMismatch { header, key } => write!(
                f,
                "token header 'alg': expected {key}, which the chosen key is for, found {header}: \
                 have the issuer sign with {key}, or publish its {header} key"
            ),
            Self::NoKeyForAlgorithm { alg } => write!(
                f,
                "keys: expected one for {alg}, found none that can be used: check that the keys belong to this issuer"
            ),
        }
    }
}

impl core::error::Error for SelectError {}

/// Why a key did not verify a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureError {
    /// The key is bound to an algorithm other than the requested one.
    AlgorithmMismatch {
        /// The requested algorithm.
        requested: Algorithm,
        /// The key's algorithm.
        key: Algorithm,
    },
    /// The length of the signature is not the one that the algorithm and the key require.
    WrongLength {
        /// Its length in bytes.
        found: usize,
        /// The required length in bytes.
        expected: usize,
    },
    /// The signature does not verify with this key. No further reason is given.
    Invalid,
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::AlgorithmMismatch { requested, key } => {
                write!(f, "algorithm: expected {key}, which the key is for, found {requested}")
            }
            Self::WrongLength { found, expected } => {
                write!(
                    f,
                    "signature: expected {expected} bytes, found {found}: it is truncated or made with another key"
                )
            }
            Self::Invalid => f.write_str("signature does not verify with this key"),
        }
    }
}

impl core::error::Error for SignatureError {}

/// Why a token was refused, by the stage that refused it, or why there is no key to verify it with. Every
/// error between the text of a key or set and typed claims converts into this one with `?`:
///
/// ```
/// # #[cfg(all(feature = "serde", feature = "hs256"))] {
/// use jose_core::{Algorithm, ClaimsPolicy, Error, Expect, Jwks, KeySet, UnixTime, Verifier};
///
/// #[derive(serde::Deserialize)]
/// struct Account {
///     iss: String,
///     exp: i64,
/// }
///
/// fn account(jwks: &str, token: &str, now: UnixTime) -> Result<Account, Error> {
///     let keys = KeySet::from_jwks(&Jwks::parse(jwks)?, Algorithm::Hs256)?;
///     let mut scratch = Vec::new();
///     let verified = Verifier::new(&keys).verify(token, &mut scratch)?;
///     let policy = ClaimsPolicy::new(Expect::Exactly("joe"), Expect::Forbidden);
///     Ok(verified.claims(&policy, now)?.deserialize()?)
/// }
///
/// // RFC 7515 §A.1
/// let jwks = r#"{"keys":[{"kty":"oct", "k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}]}"#;
/// let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// let joe = account(jwks, token, UnixTime::from_secs(1_300_819_000))?;
/// assert_eq!((&*joe.iss, joe.exp), ("joe", 1_300_819_380));
///
/// let expired = account(jwks, token, UnixTime::from_secs(1_300_819_380)).err();
/// assert_eq!(expired.map(|error| (error.stage(), error.code())), Some(("claims", "Expired")));
/// # }
/// # Ok::<(), jose_core::Error>(())
/// ```
///
/// The text of an error is complete, and [`source`](core::error::Error::source) is `None`, so that a report
/// that follows sources repeats nothing. The details are in the fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The token is malformed, or the buffer is too small for it.
    Parse(ParseError),
    /// The header is not accepted, or no key was chosen.
    Select(SelectError),
    /// The signature does not verify.
    Signature(SignatureError),
    /// The claims are not those that the policy requires.
    Claims(ClaimsError),
    /// A key cannot be used.
    Key(KeyError),
    /// A document is not a JWK Set.
    Set(SetError),
    /// No key of a JWK Set can be used.
    #[cfg(feature = "alloc")]
    NoUsableKey {
        /// The number of keys in the set.
        keys: usize,
        /// Why the first key was set aside; `None` if there is none.
        first: Option<KeyError>,
    },
    /// The system clock is set to a time before 1970.
    #[cfg(feature = "std")]
    Clock(ClockError),
    /// A configured name is not that of an algorithm.
    #[cfg(feature = "alloc")]
    AlgorithmName(AlgorithmNameError),
    /// A configured list is empty.
    #[cfg(feature = "alloc")]
    EmptyList(EmptyList),
}

impl Error {
    /// Returns the stage that refused, for programs: `parse` (the text of the token, of its signature and
    /// payload as well), `select` (what is required of the header, and the choice of a key), `signature`,
    /// `claims`, `keys` (loading a key or a set), `clock` or `configuration`.
    #[must_use]
    pub const fn stage(&self) -> &'static str {
        match self {
            Self::Parse(_) => "parse",
            Self::Select(_) => "select",
            Self::Signature(_) => "signature",
            Self::Claims(_) => "claims",
            Self::Key(_) | Self::Set(_) => "keys",
            #[cfg(feature = "alloc")]
            Self::NoUsableKey { .. } => "keys",
            #[cfg(feature = "std")]
            Self::Clock(_) => "clock",
            #[cfg(feature = "alloc")]
            Self::AlgorithmName(_) | Self::EmptyList(_) => "configuration",
        }
    }

    /// Returns the code of the error, for programs: the name of the variant or struct, which does not change
    /// with the text. Together with [`stage`](Self::stage) it identifies the error.
    ///
    #[doc = include_str!("error/codes.md")]
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Parse(error) => error.code(),
            Self::Select(error) => error.code(),
            Self::Signature(error) => error.code(),
            Self::Claims(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::Set(error) => error.code(),
            #[cfg(feature = "alloc")]
            Self::NoUsableKey { .. } => "NoUsableKey",
            #[cfg(feature = "std")]
            Self::Clock(_) => "ClockError",
            #[cfg(feature = "alloc")]
            Self::AlgorithmName(error) => error.code(),
            #[cfg(feature = "alloc")]
            Self::EmptyList(_) => "EmptyList",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parse(error) => error.fmt(f),
            Self::Select(error) => error.fmt(f),
            Self::Signature(error) => error.fmt(f),
            Self::Claims(error) => error.fmt(f),
            Self::Key(error) => error.fmt(f),
            Self::Set(error) => error.fmt(f),
            #[cfg(feature = "alloc")]
            Self::NoUsableKey { keys, first } => {
                write!(f, "JWK Set: expected a key that can be used, found none among {keys}")?;
                first.map_or(Ok(()), |reason| write!(f, ": the first: {reason}"))
            }
            #[cfg(feature = "std")]
            Self::Clock(error) => error.fmt(f),
            #[cfg(feature = "alloc")]
            Self::AlgorithmName(error) => error.fmt(f),
            #[cfg(feature = "alloc")]
            Self::EmptyList(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for Error {}

macro_rules! from {
    ($($error:ident $variant:ident)*) => {$(
        impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        }
    )*};
}

from! {
    ParseError Parse
    SelectError Select
    SignatureError Signature
    ClaimsError Claims
    KeyError Key
    SetError Set
}
#[cfg(feature = "std")]
from!(ClockError Clock);
#[cfg(feature = "alloc")]
from!(AlgorithmNameError AlgorithmName EmptyList EmptyList);
