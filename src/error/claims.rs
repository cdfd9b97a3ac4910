//! What a verified payload can be refused for.

use core::fmt;

use super::{Excerpt, JsonError};
use crate::time::{Leeway, UnixTime};

/// Why the claims of a verified token are not those that the policy demands (RFC 7519 §4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimsError {
    /// The payload is not strict JSON. Offsets count from the start of the decoded payload.
    Json(JsonError),
    /// The payload is JSON, but no object.
    NotObject,
    /// A registered claim is present and not of the type that it must have.
    ClaimType {
        /// Its name.
        name: &'static str,
        /// The type that it must have.
        expected: &'static str,
        /// The type that it has.
        found: &'static str,
    },
    /// A time that lies more than 2^63 - 1 seconds from the epoch.
    DateRange {
        /// The claim's name.
        name: &'static str,
    },
    /// A claim that the policy demands is absent.
    ClaimMissing {
        /// Its name.
        name: &'static str,
    },
    /// A claim is present that the policy demands to be absent.
    ClaimPresent {
        /// Its name.
        name: &'static str,
    },
    /// `iss` is not an issuer that the policy accepts.
    IssuerMismatch {
        /// The claim.
        found: Excerpt,
        /// What the policy accepts; the first, if several.
        expected: Excerpt,
    },
    /// No member of `aud` is an audience that the policy accepts.
    AudienceMismatch {
        /// The claim; its first member, if several.
        found: Excerpt,
        /// What the policy accepts; the first, if several.
        expected: Excerpt,
    },
    /// `exp` lies in the past.
    Expired {
        /// The first second at which the token is no longer valid.
        exp: UnixTime,
        /// The time it was held against.
        now: UnixTime,
        /// The leeway granted.
        leeway: Leeway,
    },
    /// `nbf` lies in the future.
    NotYetValid {
        /// The first second at which the token is valid.
        nbf: UnixTime,
        /// The time it was held against.
        now: UnixTime,
        /// The leeway granted.
        leeway: Leeway,
    },
    /// `iat` lies in the future, and the policy limits the token's age.
    IssuedInFuture {
        /// When the token was issued.
        iat: UnixTime,
        /// The time it was held against.
        now: UnixTime,
        /// The leeway granted.
        leeway: Leeway,
    },
    /// The token was issued longer ago than the policy accepts.
    TooOld {
        /// When the token was issued.
        iat: UnixTime,
        /// The time it was held against.
        now: UnixTime,
        /// The greatest age that the policy accepts, in seconds.
        max_age: u32,
        /// The leeway granted.
        leeway: Leeway,
    },
}

impl fmt::Display for ClaimsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Json(error) => write!(f, "the claims are not strict JSON: {error}"),
            Self::NotObject => f.write_str("the claims are not a JSON object"),
            Self::ClaimType { name, expected, found } => {
                write!(f, "'{name}' of the token: expected {expected}, found {found}")
            }
            Self::DateRange { name } => write!(f, "'{name}' is a number that is no time in seconds"),
            Self::ClaimMissing { name } => write!(f, "the token has no '{name}', and the policy demands one"),
            Self::ClaimPresent { name } => {
                write!(f, "the token has '{name}', and the policy demands that it has none")
            }
            Self::IssuerMismatch { found, expected } => {
                write!(
                    f,
                    "'iss' is \"{found}\" where \"{expected}\" is expected: the texts must be equal, byte by byte"
                )
            }
            Self::AudienceMismatch { found, expected } => {
                write!(
                    f,
                    "'aud' is \"{found}\" where \"{expected}\" is expected: the token was issued for someone else"
                )
            }
            Self::Expired { exp, now, leeway } => write!(
                f,
                "the token expired {} seconds ago ('exp' {}, now {}, leeway {}): get a new one, or set the clock",
                now.seconds().saturating_sub(exp.seconds()),
                exp.seconds(),
                now.seconds(),
                leeway.seconds()
            ),
            Self::NotYetValid { nbf, now, leeway } => write!(
                f,
                "the token is valid only in {} seconds ('nbf' {}, now {}, leeway {}): wait, set the clock, or grant leeway",
                nbf.seconds().saturating_sub(now.seconds()),
                nbf.seconds(),
                now.seconds(),
                leeway.seconds()
            ),
            Self::IssuedInFuture { iat, now, leeway } => write!(
                f,
                "the token was issued {} seconds in the future ('iat' {}, now {}, leeway {}): set the clock, or grant leeway",
                iat.seconds().saturating_sub(now.seconds()),
                iat.seconds(),
                now.seconds(),
                leeway.seconds()
            ),
            Self::TooOld { iat, now, max_age, leeway } => write!(
                f,
                "the token is {} seconds old, and at most {max_age} are accepted ('iat' {}, now {}, leeway {}): get a new one",
                now.seconds().saturating_sub(iat.seconds()),
                iat.seconds(),
                now.seconds(),
                leeway.seconds()
            ),
        }
    }
}

impl core::error::Error for ClaimsError {}
