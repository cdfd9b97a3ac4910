//! What a document is that was to be a JWK Set.

use core::fmt;

use super::cause::Cause;
use crate::error::{JsonError, JsonErrorKind, SetError};
use crate::json::{Object, Value};
use crate::jwks::Jwks;
use crate::limits::Limits;

/// Says what is wrong with a document that was to be a JWK Set (RFC 7517 §5), and what to change. It
/// needs no heap. [`Jwks::parse`] decides; this is for people.
///
/// ```
/// use jose_core::diagnose::{Cause, diagnose_set};
///
/// let diagnosis = diagnose_set(r#"{"issuer":"https://issuer.example","jwks_uri":"https://issuer.example/jwks"}"#);
/// assert_eq!(diagnosis.cause(), Some(Cause::SetIsDiscovery));
/// assert_eq!(
///     diagnosis.to_string(),
///     "refused: the document has no 'keys': it is no JWK Set\n\
///      what to change:\n  \
///      1. SetIsDiscovery: fetch the document that 'jwks_uri' names: this is the issuer's metadata"
/// );
/// ```
pub fn diagnose_set<T: AsRef<[u8]> + ?Sized>(document: &T) -> SetDiagnosis {
    diagnose_set_with_limits(document, Limits::new())
}

/// The same for [`Jwks::parse_with_limits`].
pub fn diagnose_set_with_limits<T: AsRef<[u8]> + ?Sized>(document: &T, limits: Limits) -> SetDiagnosis {
    let document = document.as_ref();
    let (outcome, cause) = match Jwks::parse_with_limits(document, limits) {
        Ok(set) => (Ok(set.len()), set.is_empty().then_some(Cause::NoKeys)),
        Err(error) => (Err(error), Some(cause(error, document))),
    };
    SetDiagnosis { outcome, cause }
}

/// What is wrong with a document that was to be a JWK Set. `Display` is a report of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct SetDiagnosis {
    outcome: Result<usize, SetError>,
    cause: Option<Cause>,
}

impl SetDiagnosis {
    /// The number of members, good and bad, as [`Jwks::parse`] counts them.
    ///
    /// # Errors
    ///
    /// What `Jwks::parse` refuses the document for.
    pub const fn outcome(&self) -> Result<usize, SetError> {
        self.outcome
    }

    /// What is to be changed. A set without a member has a cause, although it can be read.
    #[must_use]
    pub const fn cause(&self) -> Option<Cause> {
        self.cause
    }
}

impl fmt::Display for SetDiagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.outcome {
            Ok(1) => f.write_str("a JWK Set with 1 member")?,
            Ok(keys) => write!(f, "a JWK Set with {keys} members")?,
            Err(error) => write!(f, "refused: {error}")?,
        }
        self.cause.map_or(Ok(()), |cause| write!(f, "\nwhat to change:\n  1. {cause}"))
    }
}

fn cause(error: SetError, document: &[u8]) -> Cause {
    let text = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document).trim_ascii_start();
    if text.starts_with(b"<") {
        return Cause::SetIsHtml;
    }
    if text.starts_with(b"-----BEGIN ") {
        return Cause::SetIsPem;
    }
    match (error, Value::parse(document)) {
        (SetError::TooLong { .. }, _) => Cause::SetTooLong,
        (SetError::TooManyKeys { .. }, _) => Cause::TooManyKeys,
        (SetError::Json(JsonError { kind: JsonErrorKind::TooManyMembers, .. }), _) => Cause::TooManyMembers,
        (SetError::KeysMissing, Ok(Value::Object(object))) => of_object(object),
        (_, Ok(Value::Array(array))) if array.iter().any(|key| matches!(key, Value::Object(_))) => {
            Cause::SetIsArray
        }
        (SetError::Json(_), _) => Cause::SetNotJson,
        _ => Cause::SetWithoutKeys,
    }
}

/// What an object without `keys` is.
fn of_object(object: Object<'_>) -> Cause {
    let is_certificate = |value: Value<'_>| {
        value.as_string().is_some_and(|text| text.chars().take(11).eq("-----BEGIN ".chars()))
    };
    if object.get("kty").is_some() {
        Cause::SetIsJwk
    } else if object.get("jwks_uri").is_some() {
        Cause::SetIsDiscovery
    } else if object.iter().any(|(_, value)| is_certificate(value)) {
        Cause::SetIsCertificates
    } else {
        Cause::SetWithoutKeys
    }
}
