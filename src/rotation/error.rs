//! Why a fetch brought no keys, and why there are none to verify with.

use core::fmt;

use crate::error::{KeyError, SetError};

/// Why a fetch brought no keys. The keys that there were stay in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchError {
    /// The endpoint could not be reached, or did not answer in time.
    Unreachable,
    /// A status code other than 200 (or 304 where there is something to confirm).
    Status {
        /// The status code.
        status: u16,
    },
    /// The body is not a JWK Set.
    Set(SetError),
    /// The body is a JWK Set without a key that can be used.
    NoUsableKey {
        /// How many members it has.
        keys: usize,
        /// Why the first of them was set aside.
        first: Option<KeyError>,
    },
    /// The permit did not come back in time and was replaced; or it is that of another
    /// [`RemoteKeySet`](crate::RemoteKeySet). What came with it is not used.
    PermitLapsed,
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Unreachable => f.write_str(
                "the JWK Set could not be fetched: check that this machine reaches the URL, and its TLS and proxy settings",
            ),
            Self::Status { status: 304 } => f.write_str(
                "status 304 instead of the JWK Set, although there was none to confirm: check the caches on the way",
            ),
            Self::Status { status } => {
                write!(f, "status {status} instead of the JWK Set: check the URL, and the issuer's state")
            }
            Self::Set(error) => write!(f, "what was fetched is no JWK Set: {error}"),
            Self::NoUsableKey { keys: 0, .. } => f.write_str("the JWK Set is empty"),
            Self::NoUsableKey { keys, first: Some(first) } => {
                write!(f, "none of the {keys} keys in the JWK Set can be used; of the first: {first}")
            }
            Self::NoUsableKey { keys, first: None } => {
                write!(f, "none of the {keys} keys in the JWK Set can be used")
            }
            Self::PermitLapsed => f.write_str(
                "the fetch was not completed in time: give the HTTP client a timeout below the policy's, \
                 and let no cancelled request take the permit along",
            ),
        }
    }
}

impl core::error::Error for FetchError {}

/// Why there are no keys to verify with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeysUnavailable {
    /// No fetch has succeeded yet.
    NeverFetched {
        /// What became of the latest.
        last_error: Option<FetchError>,
    },
    /// The lifetime of the keys ended longer ago than the policy allows.
    TooStale {
        /// How long ago, in seconds.
        seconds: u64,
        /// The most that is allowed, in seconds: [`RotationPolicy::max_stale`](crate::RotationPolicy).
        limit: u32,
        /// What became of the latest fetch.
        last_error: Option<FetchError>,
    },
}

impl fmt::Display for KeysUnavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last_error = match *self {
            Self::NeverFetched { last_error } => {
                f.write_str("the JWK Set has not been fetched yet")?;
                last_error
            }
            Self::TooStale { seconds, limit, last_error } => {
                write!(f, "the keys are {seconds} s past their lifetime, and {limit} s are the most")?;
                last_error
            }
        };
        match last_error {
            Some(error) => write!(f, "; the latest fetch: {error}"),
            None => f.write_str(": fetch it when a fetch is due"),
        }
    }
}

impl core::error::Error for KeysUnavailable {}
