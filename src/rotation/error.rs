//! Why a fetch brought no keys, and why there are none to verify with.

use alloc::boxed::Box;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt::{self, Write as _};
use core::time::Duration;

use crate::diagnose::Cause;
use crate::error::{Excerpt, KeyError, SetError};
use crate::key_set::NoUsableKey;

/// Why a fetch brought no keys.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchError {
    /// The endpoint could not be reached, or did not answer in time.
    NoResponse(NoResponse),
    /// A status code other than 200 (or 304 where there is something to confirm).
    Status {
        /// The status code.
        status: u16,
    },
    /// The body is not a JWK Set.
    Set {
        /// Why.
        error: SetError,
        /// What the document is instead, with advice.
        cause: Option<Cause>,
    },
    /// The body is a JWK Set without a key that can be used: the issuer withdrew its keys, or publishes none for
    /// the accepted algorithms. [`RotationPolicy::withdrawal`](super::RotationPolicy::withdrawal) says what
    /// becomes of the keys that are in use.
    NoUsableKey(UnusableKeys),
    /// The permit did not come back in time and was replaced. What came with it is not used.
    PermitLapsed,
    /// The permit is that of another [`RemoteKeySet`](super::RemoteKeySet). What came with it is not used.
    ForeignPermit,
    /// A set that has keys already cannot be seeded.
    KeysPresent,
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoResponse(none) => none.fmt(f),
            Self::Status { status: 304 } => f.write_str(
                "JWK Set: expected status 200, found 304, although there was nothing to confirm: check the caches on the way",
            ),
            Self::Status { status } => {
                write!(f, "JWK Set: expected status 200, found {status}: check the URL, and the issuer's state")
            }
            Self::Set { error, cause } => {
                error.fmt(f)?;
                cause.map_or(Ok(()), |cause| write!(f, "; {}", cause.advice()))
            }
            Self::NoUsableKey(keys) => keys.fmt(f),
            Self::PermitLapsed => f.write_str(
                "the fetch was not completed in time: give the HTTP client a timeout below the policy's, \
                 and let no cancelled request take the permit along",
            ),
            Self::ForeignPermit => f.write_str(
                "the permit belongs to another RemoteKeySet: complete a fetch with the set that permitted it",
            ),
            Self::KeysPresent => f.write_str("the set has keys already: seed it before its first fetch"),
        }
    }
}

impl core::error::Error for FetchError {}

crate::error::codes! {
    FetchError: NoResponse Status Set NoUsableKey PermitLapsed ForeignPermit KeysPresent;
    KeysUnavailable: NeverFetched TooStale Withdrawn;
}

/// The HTTP client brought no response: no connection, a timeout, a body that is too long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoResponse {
    cause: Option<Box<str>>,
}

/// How much is kept of a cause, in bytes.
const MAX_CAUSE: usize = 200;

impl NoResponse {
    /// Keeps the HTTP client's own error, up to 200 characters of it, for the log and for
    /// [`RemoteStatus`](super::RemoteStatus).
    pub fn because(cause: &dyn fmt::Display) -> Self {
        let mut text = Bounded { text: String::new() };
        // It fails when the text is full; what came before is what is kept.
        let whole = write!(text, "{cause}").is_ok();
        if !whole {
            text.text.push_str("...");
        }
        Self { cause: Some(text.text.into()) }
    }
}

/// Text up to a length, whose control characters are escaped.
struct Bounded {
    text: String,
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        for character in more.chars() {
            if self.text.len() >= MAX_CAUSE {
                return Err(fmt::Error);
            }
            if character.is_control() {
                self.text.push_str(&character.escape_default().to_string());
            } else {
                self.text.push(character);
            }
        }
        Ok(())
    }
}

impl fmt::Display for NoResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JWK Set: expected a response, found none: ")?;
        match &self.cause {
            Some(cause) => f.write_str(cause),
            None => f.write_str("check that this machine reaches the URL, and its TLS and proxy settings"),
        }
    }
}

impl core::error::Error for NoResponse {}

/// The keys of a set in which none can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnusableKeys {
    keys: usize,
    shown: Box<[UnusableKey]>,
}

/// A key of a JWK Set that was set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnusableKey {
    /// The start of its `kid`, where it has one that can be read.
    pub kid: Option<Excerpt>,
    /// Why it was set aside.
    pub reason: KeyError,
}

/// How many keys an error names.
const MAX_SHOWN: usize = 4;

impl UnusableKeys {
    pub(super) fn new(none: &NoUsableKey) -> Self {
        let mut reasons: Vec<_> = none
            .verdicts()
            .filter_map(|verdict| verdict.outcome.err().map(|reason| (verdict.kid, reason)))
            .collect();
        let keys = reasons.len();
        reasons.sort_by_key(|(_, reason)| is_for_others(reason));
        let shown = reasons.iter().take(MAX_SHOWN).map(|(kid, reason)| UnusableKey {
            kid: kid.map(|kid| Excerpt::new(kid.chars())),
            reason: *reason,
        });
        Self { keys, shown: shown.collect() }
    }

    /// The number of members of the set.
    #[must_use]
    pub const fn keys(&self) -> usize {
        self.keys
    }

    /// Up to four of them: first those that were to be used and have a fault, then those that are for another
    /// purpose or algorithm.
    #[must_use]
    pub fn shown(&self) -> &[UnusableKey] {
        &self.shown
    }
}

/// Whether a key is in order, and not for this verifier.
const fn is_for_others(reason: &KeyError) -> bool {
    matches!(
        reason,
        KeyError::UseNotSig { .. }
            | KeyError::KeyOpsNotVerify
            | KeyError::KtyUnsupported { .. }
            | KeyError::CrvUnsupported { .. }
            | KeyError::AlgUnsupported { .. }
            | KeyError::AlgNotAllowed { .. }
            | KeyError::FeatureDisabled { .. }
    )
}

impl fmt::Display for UnusableKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JWK Set: expected a key that can be used, found none among {}", self.keys)?;
        for key in &self.shown {
            match key.kid {
                Some(kid) => write!(f, "; kid {kid:?}: {}", key.reason)?,
                None => write!(f, "; no kid: {}", key.reason)?,
            }
        }
        match self.keys.checked_sub(self.shown.len()) {
            Some(more @ 1..) => write!(f, "; and {more} more"),
            _ => Ok(()),
        }
    }
}

/// Why there are no keys to verify with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeysUnavailable {
    /// No fetch has succeeded yet.
    NeverFetched {
        /// The error of the last fetch, if any.
        last_error: Option<FetchError>,
    },
    /// The lifetime of the keys ended longer ago than the policy allows.
    TooStale {
        /// How long ago.
        stale_for: Duration,
        /// The maximum: [`RotationPolicy::max_stale`](super::RotationPolicy::max_stale).
        max: Duration,
        /// The error of the last fetch, if any.
        last_error: Option<FetchError>,
    },
    /// The issuer withdrew its keys: it publishes a set in which none can be used.
    Withdrawn {
        /// The error of the last fetch.
        last_error: Option<FetchError>,
    },
}

impl fmt::Display for KeysUnavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last_error = match self {
            Self::NeverFetched { last_error } => {
                f.write_str("the JWK Set has not been fetched yet")?;
                last_error
            }
            Self::TooStale { stale_for, max, last_error } => {
                let (seconds, max) = (stale_for.as_secs(), max.as_secs());
                write!(f, "the lifetime of the keys ended {seconds} s ago, and at most {max} s are allowed")?;
                last_error
            }
            Self::Withdrawn { last_error } => {
                f.write_str("the issuer withdrew its keys")?;
                last_error
            }
        };
        match last_error {
            Some(error) => write!(f, "; last fetch: {error}"),
            None => f.write_str(": fetch it when a fetch is due"),
        }
    }
}

impl core::error::Error for KeysUnavailable {}
