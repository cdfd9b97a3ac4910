//! Every reason for a refusal, in pipeline order, and what to do about it.
//!
//! All of them are `Copy` and need no heap. A variant is one cause; it carries both sides of a
//! mismatch and the offset of the offending byte where there is one. A signature that does not
//! hold carries nothing.

mod algorithm;
mod claims;
mod key;
mod parse;
mod text;

use core::fmt;

pub use self::algorithm::AlgorithmNameError;
pub use self::claims::ClaimsError;
pub use self::key::{KeyError, KeyForm, SetError};
pub use self::parse::ParseError;
pub use self::text::{Base64Error, Excerpt, JsonError, JsonErrorKind};
use crate::algorithm::{Algorithm, AlgorithmSet, Enabled, FeatureOff};

/// Why no key was chosen for a token. The order of the variants is the order of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SelectError {
    /// `crit` is not an array of strings with at least one (RFC 7515 §4.1.11). Of a verifier without
    /// [`understands`](crate::Verifier::understands), any `crit` is [`ParseError::Crit`].
    CritMalformed,
    /// `crit` names a parameter that RFC 7515 or RFC 7518 registers, which is no extension, or `b64` (RFC 7797),
    /// which is not supported.
    CritRegistered {
        /// The name.
        name: &'static str,
    },
    /// `crit` names an extension that is none of [`Verifier::understands`](crate::Verifier::understands).
    CritNotUnderstood {
        /// The name.
        name: Excerpt,
    },
    /// `crit` has a name twice.
    CritDuplicate {
        /// The name.
        name: Excerpt,
    },
    /// `crit` names a parameter that the header does not have.
    CritAbsent {
        /// The name.
        name: Excerpt,
    },
    /// The header's `alg` names an algorithm that this build does not verify; `none` is one of them.
    AlgorithmUnsupported {
        /// The value.
        alg: Excerpt,
    },
    /// The header's `alg` names an algorithm that the verifier does not accept.
    AlgorithmNotAllowed {
        /// The token's algorithm.
        alg: Algorithm,
        /// What the verifier accepts.
        allowed: AlgorithmSet,
    },
    /// The header has no `typ`, and the verifier demands one.
    TypMissing {
        /// What the verifier demands; the first, if several.
        expected: Excerpt,
    },
    /// The header's `typ` is not the one that the verifier demands.
    TypMismatch {
        /// The header's value.
        found: Excerpt,
        /// What the verifier demands; the first, if several.
        expected: Excerpt,
    },
    /// The header has no `kid`, and one is needed: the verifier demands it, or the set has several
    /// keys for the algorithm.
    KidMissing {
        /// The token's algorithm.
        alg: Algorithm,
    },
    /// No key has the header's `kid`.
    KidUnknown {
        /// How many keys there were, those set aside included.
        keys: usize,
    },
    /// Every key with the header's `kid` was set aside.
    KeySetAside {
        /// Why the first of them was.
        reason: KeyError,
    },
    /// Several keys have the header's `kid` and algorithm.
    KeyAmbiguous {
        /// The token's algorithm.
        alg: Algorithm,
    },
    /// The header's algorithm is not that of the key.
    AlgorithmMismatch {
        /// The token's algorithm.
        header: Algorithm,
        /// The key's algorithm.
        key: Algorithm,
    },
    /// Several keys could have been meant, and none of them is for the header's algorithm.
    NoKeyForAlgorithm {
        /// The token's algorithm.
        alg: Algorithm,
    },
}

impl fmt::Display for SelectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::CritMalformed => f.write_str(
                "expected 'crit' in the header to be an array of one or more names, found another value: \
                 have the issuer correct it",
            ),
            Self::CritRegistered { name: "b64" } => f.write_str(
                "expected in 'crit' extensions that are supported, found \"b64\": have the issuer encode the payload",
            ),
            Self::CritRegistered { name } => write!(
                f,
                "expected extensions in 'crit', found \"{name}\", which RFC 7515 or RFC 7518 registers: \
                 have the issuer leave it out"
            ),
            Self::CritNotUnderstood { name } => write!(
                f,
                "expected in 'crit' extensions that this verifier understands, found \"{name}\": give the name to \
                 Verifier::understands if the application processes it; otherwise have the issuer leave it out"
            ),
            Self::CritDuplicate { name } => write!(
                f,
                "expected each name in 'crit' once, found \"{name}\" again: have the issuer correct it"
            ),
            Self::CritAbsent { name } => write!(
                f,
                "expected the parameter \"{name}\", which 'crit' names, in the header, found none: \
                 have the issuer correct it"
            ),
            Self::AlgorithmUnsupported { alg } => {
                write!(
                    f,
                    "the token's 'alg' is \"{alg}\"{}, and this build verifies {}: set the issuer to sign with one of them",
                    FeatureOff(alg.as_str()),
                    Enabled::Names
                )
            }
            Self::AlgorithmNotAllowed { alg, allowed } => write!(
                f,
                "the token is signed with {alg}, and this verifier accepts {allowed}: set the issuer to sign with \
                 {allowed}, or verify {alg} tokens with a verifier and keys made for {alg}"
            ),
            Self::TypMissing { expected } => {
                write!(
                    f,
                    "the token has no 'typ', and this verifier accepts \"{expected}\" only: check that it is the kind of token meant for you"
                )
            }
            Self::TypMismatch { found, expected } => {
                write!(
                    f,
                    "the token's 'typ' is \"{found}\", and this verifier accepts \"{expected}\" only: send the kind of token that is meant for it"
                )
            }
            Self::KidMissing { alg } => write!(
                f,
                "the token's header has no 'kid', and one is needed to choose the {alg} key: \
                 have the issuer put the key's 'kid' into the header"
            ),
            Self::KidUnknown { keys } => write!(
                f,
                "the token's 'kid' is that of none of the {keys} keys: fetch the JWK Set again if the issuer \
                 rotated its keys, and check that the set is that issuer's"
            ),
            Self::KeySetAside { reason } => {
                write!(f, "the key with the token's 'kid' cannot be used: {reason}")
            }
            Self::KeyAmbiguous { alg } => {
                write!(f, "several {alg} keys have the token's 'kid': the set must tell them apart")
            }
            Self::AlgorithmMismatch { header, key } => {
                write!(
                    f,
                    "the token is signed with {header}, and the key that was chosen is for {key} only: the issuer must sign with {key}, or publish its {header} key"
                )
            }
            Self::NoKeyForAlgorithm { alg } => {
                write!(
                    f,
                    "the token is signed with {alg}, and no usable key is for {alg}: check that the set is that issuer's"
                )
            }
        }
    }
}

impl core::error::Error for SelectError {}

/// Why a key did not verify a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureError {
    /// The key is bound to another algorithm than the one asked for.
    AlgorithmMismatch {
        /// The algorithm asked for.
        requested: Algorithm,
        /// The key's algorithm.
        key: Algorithm,
    },
    /// The signature does not have the one length that the algorithm and the key give it.
    Length {
        /// Its length in octets.
        found: usize,
        /// The length that it must have, in octets.
        expected: usize,
    },
    /// The signature is not one of this key over this text. There is nothing more to say.
    Invalid,
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::AlgorithmMismatch { requested, key } => {
                write!(f, "{requested} was asked for, and the key is for {key} only")
            }
            Self::Length { found, expected } => {
                write!(f, "the signature has {found} octets, and this key's signatures have {expected}")
            }
            Self::Invalid => f.write_str("the signature is not one of this key over this text"),
        }
    }
}

impl core::error::Error for SignatureError {}

/// Why a token was refused, by the stage that refused it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The token or its header is not what it must be, or the buffer is too small for it.
    Parse(ParseError),
    /// No key was chosen.
    Select(SelectError),
    /// The signature does not hold.
    Signature(SignatureError),
    /// The claims are not those demanded.
    Claims(ClaimsError),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parse(error) => error.fmt(f),
            Self::Select(error) => error.fmt(f),
            Self::Signature(error) => error.fmt(f),
            Self::Claims(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for Error {}

impl From<ParseError> for Error {
    fn from(error: ParseError) -> Self {
        Self::Parse(error)
    }
}

impl From<SelectError> for Error {
    fn from(error: SelectError) -> Self {
        Self::Select(error)
    }
}

impl From<SignatureError> for Error {
    fn from(error: SignatureError) -> Self {
        Self::Signature(error)
    }
}

impl From<ClaimsError> for Error {
    fn from(error: ClaimsError) -> Self {
        Self::Claims(error)
    }
}
