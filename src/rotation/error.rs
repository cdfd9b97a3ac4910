//! Why a fetch yielded no keys, and why there are none to verify with.

use alloc::boxed::Box;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt::{self, Write as _};
use core::time::Duration;

use crate::diagnose::Cause;
use crate::error::{Excerpt, KeyError, SetError};
use crate::key_set::NoUsableKey;

/// Why a fetch yielded no keys.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchError {
    /// The endpoint could not be reached, or did not answer in time.
    NoResponse(NoResponse),
    /// The status code is not 200 (or 304 if there is a set to confirm).
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
    /// The body is a JWK Set without a usable key: the issuer withdrew its keys, or publishes none for the
    /// accepted algorithms. [`RotationPolicy::withdrawal`](super::RotationPolicy::withdrawal) decides whether
    /// the current keys stay in use.
    NoUsableKey(UnusableKeys),
    /// The permit did not come back in time and was replaced. Its response is not used.
    PermitLapsed,
    /// The permit belongs to another [`RemoteKeySet`](super::RemoteKeySet). Its response is not used.
    ForeignPermit,
    /// The set already has keys, so it cannot be seeded.
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

/// The HTTP client returned no response: no connection, a timeout, or a body that is too long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoResponse {
    cause: Option<Box<str>>,
}

/// The maximum length of a cause that is kept, in bytes.
const MAX_CAUSE: usize = 200;

impl NoResponse {
    /// Creates an error that keeps up to 200 characters of the HTTP client's own, for the log and for
    /// [`RemoteStatus`](super::RemoteStatus).
    pub fn because(cause: &dyn fmt::Display) -> Self {
        let mut text = Bounded { text: String::new() };
        // Fails if the text is full; what was written before is kept.
        let whole = write!(text, "{cause}").is_ok();
        if !whole {
            text.text.push_str("...");
        }
        Self { cause: Some(text.text.into()) }
    }
}

/// Text of limited length, with control characters escaped.
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

/// The keys of a set without a usable key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnusableKeys {
    keys: usize,
    shown: Box<[UnusableKey]>,
}

/// A key of a JWK Set that was set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnusableKey {
    /// The start of its `kid`, if it has a readable one.
    pub kid: Option<Excerpt>,
    /// Why it was set aside.
    pub reason: KeyError,
}

/// The maximum number of keys that an error names.
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

    /// Returns the number of members of the set.
    #[must_use]
    pub const fn keys(&self) -> usize {
        self.keys
    }

    /// Returns up to four of them: first the keys with a fault that could otherwise be used, then those for
    /// another purpose or algorithm.
    #[must_use]
    pub fn shown(&self) -> &[UnusableKey] {
        &self.shown
    }
}

/// Returns whether a key is valid but not for this verifier.
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
    /// The issuer withdrew its keys: it publishes a set without a usable key.
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
