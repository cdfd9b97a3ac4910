//! Why a verified payload is refused.

use core::fmt;
#[cfg(feature = "serde")]
use core::fmt::Write as _;
use core::time::Duration;

use super::{Excerpt, JsonError};
use crate::time::UnixTime;

/// Why the claims of a verified token are not those that the policy requires (RFC 7519 §4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimsError {
    /// The payload is not strict JSON. Offsets count from the start of the decoded payload.
    Json(JsonError),
    /// The payload is JSON, but not an object.
    NotObject,
    /// A registered claim has the wrong type.
    ClaimType {
        /// Its name.
        name: &'static str,
        /// The required type.
        expected: &'static str,
        /// The type found.
        found: &'static str,
    },
    /// A time lies more than 2^63 - 1 seconds from the epoch.
    DateOutOfRange {
        /// The claim's name.
        name: &'static str,
    },
    /// A claim that the policy requires is absent.
    ClaimMissing {
        /// Its name.
        name: &'static str,
    },
    /// A claim that the policy forbids is present.
    ClaimPresent {
        /// Its name.
        name: &'static str,
    },
    /// `iss` is not an issuer that the policy accepts.
    IssuerMismatch {
        /// The claim.
        found: Excerpt,
        /// What the policy accepts.
        expected: Excerpt,
    },
    /// No value of `aud` is an audience that the policy accepts.
    AudienceMismatch {
        /// The claim, which may have several values.
        found: Excerpt,
        /// What the policy accepts.
        expected: Excerpt,
    },
    /// `exp` is in the past.
    Expired {
        /// The first second at which the token is no longer valid.
        exp: UnixTime,
        /// The time it was checked at.
        now: UnixTime,
        /// The leeway granted.
        leeway: Duration,
    },
    /// `nbf` is in the future.
    NotYetValid {
        /// The first second at which the token is valid.
        nbf: UnixTime,
        /// The time it was checked at.
        now: UnixTime,
        /// The leeway granted.
        leeway: Duration,
    },
    /// `iat` is in the future, and the policy limits the token's age.
    IssuedInFuture {
        /// When the token was issued.
        iat: UnixTime,
        /// The time it was checked at.
        now: UnixTime,
        /// The leeway granted.
        leeway: Duration,
    },
    /// The token is older than the policy accepts.
    TooOld {
        /// When the token was issued.
        iat: UnixTime,
        /// The time it was checked at.
        now: UnixTime,
        /// The maximum age that the policy accepts.
        max_age: Duration,
        /// The leeway granted.
        leeway: Duration,
    },
    /// The claims do not fit the type they are deserialized into.
    #[cfg(feature = "serde")]
    Deserialize {
        /// The message of `serde_json`.
        message: Message,
        /// The line of the payload, starting at 1.
        line: u32,
        /// The byte in this line, starting at 1.
        column: u32,
    },
}

/// Up to 79 bytes of another library's message. `Display` escapes everything but printable ASCII.
#[cfg(feature = "serde")]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Message {
    bytes: [u8; 79],
    len: u8,
}

#[cfg(feature = "serde")]
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.bytes.get(..usize::from(self.len));
        let text = bytes.and_then(|bytes| core::str::from_utf8(bytes).ok());
        debug_assert!(text.is_some(), "a message was cut between characters");
        text.unwrap_or_default().chars().try_for_each(|character| match character {
            ' '..='~' => f.write_char(character),
            _ => write!(f, "{}", character.escape_unicode()),
        })
    }
}

#[cfg(feature = "serde")]
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(feature = "serde")]
impl ClaimsError {
    pub(crate) fn of_serde(error: &serde_json::Error) -> Self {
        use alloc::string::ToString as _;

        let (line, column) = (error.line(), error.column());
        let text = error.to_string();
        // The fields hold the position.
        let place = alloc::format!(" at line {line} column {column}");
        let text = text.strip_suffix(&place).unwrap_or(&text);
        let mut message = Message { bytes: [0; 79], len: 0 };
        // Where it is cut, three dots follow.
        let start = (0..=76).rev().find_map(|end| text.split_at_checked(end));
        let (kept, dots) = match start {
            Some((start, _)) if text.len() > message.bytes.len() => (start, "..."),
            _ => (text, ""),
        };
        for ((place, byte), len) in message.bytes.iter_mut().zip(kept.bytes().chain(dots.bytes())).zip(1..) {
            *place = byte;
            message.len = len;
        }
        // A payload of 1 MiB has fewer lines and columns than that.
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self::Deserialize { message, line: number(line), column: number(column) }
    }
}

/// Returns the whole seconds. Anyone can build an error, with any duration.
fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

/// A number of seconds in words.
struct Seconds(i64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} second{}", self.0, if self.0 == 1 { "" } else { "s" })
    }
}

/// Sums saturate: the caller's clock and the token's claims may be any `i64`.
impl fmt::Display for ClaimsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Json(error) => write!(f, "claims: {error}"),
            Self::NotObject => {
                f.write_str("claims: expected a JSON object, found another value: the payload is not a JWT's")
            }
            Self::ClaimType { name, expected, found } => {
                write!(f, "claim '{name}': expected {expected}, found {found}")
            }
            Self::DateOutOfRange { name } => {
                write!(f, "claim '{name}': expected a number of seconds since 1970, found one beyond 64 bits")
            }
            Self::ClaimMissing { name } => {
                write!(f, "claim '{name}': expected a value, found none: the policy requires it")
            }
            Self::ClaimPresent { name } => {
                write!(f, "claim '{name}': expected none, found one: the policy forbids it")
            }
            Self::IssuerMismatch { found, expected } => write!(
                f,
                "claim 'iss': expected {expected}, found {found}: the texts must be equal, byte by byte"
            ),
            Self::AudienceMismatch { found, expected } => write!(
                f,
                "claim 'aud': expected {expected}, found {found}: the token was issued for another audience"
            ),
            Self::Expired { exp, now, leeway } => {
                let (exp, now, leeway) = (exp.as_secs(), now.as_secs(), seconds(leeway));
                let after = now.saturating_sub(leeway);
                write!(
                    f,
                    "claim 'exp': expected a time after {after} (now {now}, leeway {leeway}), found {exp}: "
                )?;
                match now.saturating_sub(exp) {
                    0 => f.write_str("the token expires at this second")?,
                    seconds => write!(f, "the token expired {} ago", Seconds(seconds))?,
                }
                f.write_str("; get a new one, or set the clock")
            }
            Self::NotYetValid { nbf, now, leeway } => {
                let (nbf, now, leeway) = (nbf.as_secs(), now.as_secs(), seconds(leeway));
                let latest = now.saturating_add(leeway);
                write!(
                    f,
                    "claim 'nbf': expected at most {latest} (now {now}, leeway {leeway}), found {nbf}: \
                     the token becomes valid in {}; wait, set the clock, or grant leeway",
                    Seconds(nbf.saturating_sub(now))
                )
            }
            Self::IssuedInFuture { iat, now, leeway } => {
                let (iat, now, leeway) = (iat.as_secs(), now.as_secs(), seconds(leeway));
                let latest = now.saturating_add(leeway);
                write!(
                    f,
                    "claim 'iat': expected at most {latest} (now {now}, leeway {leeway}), found {iat}: \
                     the token was issued {} in the future; set the clock, or grant leeway",
                    Seconds(iat.saturating_sub(now))
                )
            }
            Self::TooOld { iat, now, max_age, leeway } => {
                let (iat, now, leeway) = (iat.as_secs(), now.as_secs(), seconds(leeway));
                let max_age = seconds(max_age);
                let earliest = now.saturating_sub(max_age).saturating_sub(leeway);
                write!(
                    f,
                    "claim 'iat': expected at least {earliest} (now {now}, maximum age {max_age}, leeway {leeway}), found {iat}: \
                     the token is {} old; get a new one",
                    Seconds(now.saturating_sub(iat))
                )
            }
            #[cfg(feature = "serde")]
            Self::Deserialize { message, line, column } => write!(
                f,
                "claims: expected the type that they are deserialized into, found another at line {line} column {column}: {message}"
            ),
        }
    }
}

impl core::error::Error for ClaimsError {}
