//! The permission to fetch, and the result of a fetch: the half of the work that needs no access to the set.

use alloc::boxed::Box;
use core::time::Duration;

use sha2::{Digest as _, Sha256};

use super::error::{FetchError, NoResponse, UnusableKeys};
use super::monotonic::MonotonicTime;
use super::response::HttpResponse;
use crate::algorithm::AlgorithmSet;
use crate::diagnose::diagnose_set_with_limits;
use crate::jwks::Jwks;
use crate::key_set::KeySet;
use crate::limits::Limits;

/// The permission to fetch the set once. At most one is in flight at a time.
///
/// Pass the response to [`receive`](Self::receive), and the outcome to
/// [`RemoteKeySet::complete`](super::RemoteKeySet::complete). A dropped permit is considered lost after the
/// policy's [`fetch_timeout`](super::RotationPolicy::fetch_timeout). If requests can be cancelled, for
/// example by a client that disconnects, do not make the fetch part of one.
#[derive(Debug)]
#[must_use = "no other fetch is permitted until this one is completed or lost"]
pub struct FetchPermit {
    pub(super) identity: PermitIdentity,
    /// The number of this permit; the first is 1.
    pub(super) number: u64,
    pub(super) issued_at: MonotonicTime,
    pub(super) etag: Option<Box<str>>,
    /// The digest of the document in use.
    pub(super) digest: Option<[u8; 32]>,
    pub(super) recipe: Recipe,
}

/// How a permit and its set recognize each other, without a counter shared by all sets.
///
/// Both hold an allocation, and the permit also stores the address of its set's. Allocations that exist at
/// the same time have different addresses. A permit of another existing set stores another set address. A
/// permit of a dropped set is older than this set and its permits but still exists: none has its address.
#[derive(Debug)]
pub(super) struct PermitIdentity {
    pub(super) set: usize,
    own: Box<u8>,
}

impl PermitIdentity {
    pub(super) fn new(set: usize) -> Self {
        Self { set, own: Box::new(0) }
    }

    pub(super) fn address(&self) -> usize {
        address_of(&self.own)
    }
}

pub(super) fn address_of(allocation: &u8) -> usize {
    core::ptr::from_ref(allocation).addr()
}

/// How keys are built from a document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recipe {
    pub(super) allowed: AlgorithmSet,
    /// The values of `use` that are accepted besides `sig`.
    pub(super) uses: &'static [&'static str],
    pub(super) limits: Limits,
}

impl FetchPermit {
    /// Returns the `ETag` of the set in use, for the request's `If-None-Match` (RFC 9110 §13.1.2). The server
    /// may then answer 304 without a body.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// Reads the response, and builds and prepares the keys. This is the expensive half of a fetch, about 37
    /// ms for 1,024 RSA keys, and needs no access to the set. A document that is already in use is not parsed
    /// again.
    pub fn receive(self, fetched: Result<HttpResponse<'_>, NoResponse>) -> FetchOutcome {
        let retry_after = fetched.as_ref().ok().and_then(HttpResponse::retry_after);
        let content = match fetched {
            Ok(response) => self.read(&response),
            Err(none) => Err(FetchError::NoResponse(none)),
        };
        FetchOutcome { permit: self, retry_after, content }
    }

    fn read(&self, response: &HttpResponse<'_>) -> Result<Content, FetchError> {
        let fields = Fields::of(response);
        match response.status {
            304 if self.etag.is_some() => Ok(Content::NotModified(fields)),
            200 if self.digest == Some(digest(response.body)) => Ok(Content::Same(fields)),
            200 => Ok(Content::New(Document::read(response, self.recipe)?, fields)),
            status => Err(FetchError::Status { status }),
        }
    }
}

/// The result of a fetch, with keys ready for use.
#[derive(Debug)]
#[must_use = "complete the fetch with it"]
pub struct FetchOutcome {
    pub(super) permit: FetchPermit,
    pub(super) retry_after: Option<Duration>,
    pub(super) content: Result<Content, FetchError>,
}

#[derive(Debug)]
pub(super) enum Content {
    /// Status 304.
    NotModified(Fields),
    /// The same document that is in use.
    Same(Fields),
    New(Document, Fields),
}

/// The keys of a document.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) keys: KeySet,
    pub(super) digest: [u8; 32],
}

impl Document {
    pub(super) fn read(response: &HttpResponse<'_>, recipe: Recipe) -> Result<Self, FetchError> {
        let limits = recipe.limits;
        let jwks = Jwks::parse_with_limits(response.body, limits).map_err(|error| FetchError::Set {
            error,
            cause: diagnose_set_with_limits(response.body, limits).cause(),
        })?;
        let keys = KeySet::from_jwks(&jwks.allow_uses(recipe.uses), recipe.allowed);
        let keys = keys.map_err(|none| FetchError::NoUsableKey(UnusableKeys::new(&none)))?;
        Ok(Self { keys, digest: digest(response.body) })
    }
}

/// The header fields of a response that stay with its set.
#[derive(Debug)]
pub(super) struct Fields {
    pub(super) etag: Option<Box<str>>,
    /// The lifetime that the response states.
    pub(super) declared: Option<Duration>,
    pub(super) age: Duration,
}

impl Fields {
    pub(super) fn of(response: &HttpResponse<'_>) -> Self {
        Self { etag: response.etag.map(Box::from), declared: response.lifetime(), age: response.age() }
    }

    /// Fills in what a 304 need not repeat (RFC 9111 §3.2, §4.3.4).
    pub(super) fn or(self, before: &mut Option<Box<str>>, declared: Option<Duration>) -> Self {
        Self { etag: self.etag.or(before.take()), declared: self.declared.or(declared), age: self.age }
    }
}

fn digest(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}
