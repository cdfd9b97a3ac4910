//! What is said about a fetch: that it is permitted, whether it helps, and what it changed.

use alloc::boxed::Box;
use core::fmt;

/// The permission to fetch the set once. There is at most one at a time.
///
/// It goes back with [`RemoteKeySet::complete`](crate::RemoteKeySet::complete). One that is dropped
/// instead is taken for lost when the policy's
/// [`fetch_timeout`](crate::RotationPolicy::fetch_timeout) is over. Where a request can be cancelled,
/// by a client that hangs up for one, the fetch should not be a part of it.
#[derive(Debug)]
#[must_use = "no other fetch is permitted until this one is completed or lost"]
pub struct FetchPermit {
    pub(super) number: u64,
    pub(super) issued_at: u64,
    pub(super) etag: Option<Box<str>>,
}

impl FetchPermit {
    /// The `ETag` of the set that is in use, for the request's `If-None-Match` (RFC 9110 §13.1.2). The
    /// server may then answer 304 without a body.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }
}

/// The HTTP client brought no response: no connection, a timeout, a body that is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreachable;

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the fetch brought no response")
    }
}

impl core::error::Error for Unreachable {}

/// What a fetch that succeeded changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refreshed {
    /// A new set is in use.
    Replaced,
    /// The set that was in use is the issuer's still, by a 304 or by the same document again. Its
    /// lifetime is extended.
    Confirmed,
}

/// Whether fetching the set again can help a token that was refused. There are no more answers than
/// these, because each must be acted on.
#[derive(Debug)]
#[must_use = "it may hold a permit"]
pub enum Refetch {
    /// Fetch now, complete, and verify once more.
    Now(FetchPermit),
    /// The set has changed since the token was verified, and has the key now: verify once more.
    VerifyAgain,
    /// A fetch is in flight: verify once more when it has been completed, or refuse the token.
    InFlight,
    /// The kid has not been looked up yet, and no fetch is permitted before this many seconds. Until
    /// then the token is to be refused; if it is a good one, it will do later.
    Later {
        /// Seconds from now.
        seconds: u64,
    },
    /// The set was fetched after this kid was first seen, and it has no such key: refuse the token.
    InVain,
    /// The refusal has another reason, which no set can mend: refuse the token.
    Useless,
}
