//! What a document is that was expected to be a JWK Set or a JWK.

use core::fmt;

use super::{Cause, classify, token_text};
use crate::algorithm::{Algorithm, AlgorithmSet};
use crate::error::{Excerpt, KeyError, SetError};
use crate::json::{JsonString, Object, Value};
use crate::jwk::Jwk;
use crate::jwks::Jwks;
use crate::limits::Limits;

/// Reports what is wrong with a document that should be a JWK Set (RFC 7517 §5), and what to change. It needs
/// no heap. It is for debugging; use [`Jwks::parse`] to decide.
///
/// ```
/// use jose_core::diagnose::{Cause, diagnose_set};
///
/// let diagnosis = diagnose_set(r#"{"issuer":"https://issuer.example","jwks_uri":"https://issuer.example/jwks"}"#);
/// assert_eq!(diagnosis.cause(), Some(Cause::DocumentIsDiscovery));
/// let report = diagnosis.to_string();
/// assert!(report.ends_with(
///     "\nwhat to change:\n  \
///      1. DocumentIsDiscovery: fetch the document that 'jwks_uri' names: this is the issuer's metadata"
/// ));
/// ```
pub fn diagnose_set<T: AsRef<[u8]> + ?Sized>(document: &T) -> SetDiagnosis {
    diagnose_set_with_limits(document, Limits::new())
}

/// Does the same for [`Jwks::parse_with_limits`].
pub fn diagnose_set_with_limits<T: AsRef<[u8]> + ?Sized>(document: &T, limits: Limits) -> SetDiagnosis {
    let document = document.as_ref();
    let (outcome, seen) = match Jwks::parse_with_limits(document, limits) {
        Ok(set) => (Ok(set.len()), Seen { cause: set.is_empty().then_some(Cause::NoKeys), place: None }),
        Err(error) => (Err(error), of_set(error, document)),
    };
    SetDiagnosis { outcome, seen }
}

/// Reports what is wrong with a document that should be a JWK (RFC 7517 §4) for one of the `allowed`
/// algorithms, and what to change. It needs no heap. It is for debugging; use [`Jwk::verifying_key`] to
/// decide.
///
/// ```
/// use jose_core::Algorithm;
/// use jose_core::diagnose::{Cause, diagnose_jwk};
///
/// let diagnosis = diagnose_jwk("-----BEGIN PUBLIC KEY-----\nMFkw...", Algorithm::Es256);
/// assert_eq!(diagnosis.cause(), Some(Cause::DocumentIsPem));
/// ```
pub fn diagnose_jwk<T: AsRef<[u8]> + ?Sized>(document: &T, allowed: impl Into<AlgorithmSet>) -> JwkDiagnosis {
    let document = document.as_ref();
    let key = Jwk::parse(document).and_then(|jwk| jwk.verifying_key(allowed));
    let outcome = key.map(|key| key.algorithm());
    let seen = outcome.err().map_or(Seen::NOTHING, |error| of_jwk(error, document));
    JwkDiagnosis { outcome, seen }
}

/// What is wrong with a document that should be a JWK Set. `Display` writes a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct SetDiagnosis {
    outcome: Result<usize, SetError>,
    seen: Seen,
}

/// What is wrong with a document that should be a JWK. `Display` writes a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct JwkDiagnosis {
    outcome: Result<Algorithm, KeyError>,
    seen: Seen,
}

impl SetDiagnosis {
    /// Returns the number of members, usable or not, as counted by [`Jwks::parse`].
    ///
    /// # Errors
    ///
    /// The error of `Jwks::parse`.
    pub const fn outcome(&self) -> Result<usize, SetError> {
        self.outcome
    }

    /// Returns the cause. A set without members has one, although it can be read.
    #[must_use]
    pub const fn cause(&self) -> Option<Cause> {
        self.seen.cause
    }
}

impl JwkDiagnosis {
    /// Returns the algorithm that the key is bound to.
    ///
    /// # Errors
    ///
    /// The error of `Jwk::parse` or `Jwk::verifying_key`.
    pub const fn outcome(&self) -> Result<Algorithm, KeyError> {
        self.outcome
    }

    /// Returns the cause.
    #[must_use]
    pub const fn cause(&self) -> Option<Cause> {
        self.seen.cause
    }
}

impl fmt::Display for SetDiagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.outcome {
            Ok(1) => f.write_str("a JWK Set with 1 member")?,
            Ok(keys) => write!(f, "a JWK Set with {keys} members")?,
            Err(error) => write!(f, "refused: {error}")?,
        }
        self.seen.fmt(f)
    }
}

impl fmt::Display for JwkDiagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.outcome {
            Ok(algorithm) => write!(f, "a JWK, bound to {algorithm}")?,
            Err(error) => write!(f, "refused: {error}")?,
        }
        self.seen.fmt(f)
    }
}

/// What a document is, and where it has its keys if that is the wrong place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    cause: Option<Cause>,
    place: Option<Excerpt>,
}

impl Seen {
    const NOTHING: Self = Self { cause: None, place: None };
}

impl From<Cause> for Seen {
    fn from(cause: Cause) -> Self {
        Self { cause: Some(cause), place: None }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = self.place {
            write!(f, "\n  keys       in the member '{place:#}'")?;
        }
        self.cause.map_or(Ok(()), |cause| write!(f, "\nwhat to change:\n  1. {cause}"))
    }
}

fn of_set(error: SetError, document: &[u8]) -> Seen {
    let otherwise = match error {
        SetError::TooLong { .. } => Cause::SetTooLong,
        SetError::TooManyKeys { .. } => Cause::TooManyKeys,
        SetError::Json(error) => classify::json_error(error.kind).unwrap_or(Cause::DocumentNotJson),
        _ => Cause::SetWithoutKeys,
    };
    if let Some(cause) = of_text(document) {
        return cause.into();
    }
    match Value::parse(document) {
        Ok(Value::Object(object)) => match (object.get("keys"), error) {
            (Some(Value::Object(keys)), _) => of_object(keys).unwrap_or(otherwise.into()),
            (None, SetError::KeysMissing) if object.get("kty").is_some() => Cause::SetIsJwk.into(),
            (None, SetError::KeysMissing) => of_object(object).unwrap_or(otherwise.into()),
            _ => otherwise.into(),
        },
        Ok(Value::Array(array)) if array.iter().any(is_jwk) => Cause::SetIsArray.into(),
        _ => otherwise.into(),
    }
}

fn of_jwk(error: KeyError, document: &[u8]) -> Seen {
    if let Some(cause) = of_text(document) {
        return cause.into();
    }
    let value = Value::parse(document);
    let found = match (error, value) {
        (KeyError::Json(error), _) => {
            return classify::json_error(error.kind).unwrap_or(Cause::DocumentNotJson).into();
        }
        (KeyError::MemberMissing { name: "kty" }, Ok(Value::Object(object))) => match object.get("keys") {
            Some(Value::Array(_)) => Some(Cause::JwkIsSet.into()),
            _ => of_object(object),
        },
        (KeyError::NotObject, Ok(Value::Array(array))) if array.iter().any(is_jwk) => {
            Some(Cause::JwkIsSet.into())
        }
        (KeyError::NotObject, Ok(Value::String(text))) if begins(text, PEM) => {
            Some(Cause::DocumentIsPem.into())
        }
        (KeyError::NotObject, _) => None,
        _ => return classify::key_error(&error).into(),
    };
    found.unwrap_or(Cause::JwkWithoutKty.into())
}

/// Classifies a document that is not JSON.
fn of_text(document: &[u8]) -> Option<Cause> {
    let text = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document).trim_ascii_start();
    if text.starts_with(b"<") {
        return Some(Cause::DocumentIsHtml);
    }
    if text.starts_with(PEM.as_bytes()) {
        return Some(Cause::DocumentIsPem);
    }
    token_text::encoding(document)
}

const PEM: &str = "-----BEGIN ";

/// Classifies an object that has neither `kty` nor an array `keys`.
fn of_object(object: Object<'_>) -> Option<Seen> {
    if object.get("jwks_uri").is_some() {
        return Some(Cause::DocumentIsDiscovery.into());
    }
    object.iter().find_map(|(name, value)| match value {
        Value::String(text) if begins(text, "-----BEGIN CERT") => Some(Cause::SetIsCertificates.into()),
        Value::String(text) if begins(text, "-----BEGIN PUBLIC") => Some(Cause::SetIsPublicKeys.into()),
        _ if has_keys(value) => Some(Seen { cause: Some(Cause::KeysElsewhere), place: Some(name.excerpt()) }),
        _ if is_jwk(value) => Some(Cause::SetIsMap.into()),
        _ => None,
    })
}

/// Returns whether a value is an array with a JWK in it, or an object with an array `keys`.
fn has_keys(value: Value<'_>) -> bool {
    match value {
        Value::Array(array) => array.iter().any(is_jwk),
        Value::Object(inner) => matches!(inner.get("keys"), Some(Value::Array(_))),
        _ => false,
    }
}

fn is_jwk(value: Value<'_>) -> bool {
    matches!(value, Value::Object(object) if object.get("kty").is_some())
}

fn begins(text: JsonString<'_>, start: &str) -> bool {
    text.chars().take(start.len()).eq(start.chars())
}
