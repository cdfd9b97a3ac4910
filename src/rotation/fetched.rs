//! A set that was fetched, and until when it is good.

use alloc::boxed::Box;

use sha2::{Digest as _, Sha256};

use super::cache_control::CacheControl;
use super::error::FetchError;
use super::fetch::FetchPermit;
use super::policy::RotationPolicy;
use super::response::HttpResponse;
use crate::algorithm::AlgorithmSet;
use crate::json::JsonString;
use crate::jwks::Jwks;
use crate::key_set::KeySet;
use crate::limits::Limits;

/// A set with a usable key.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) keys: KeySet,
    /// Of the document: the same one again changes nothing.
    digest: [u8; 32],
    pub(super) etag: Option<Box<str>>,
    cache_control: CacheControl,
    pub(super) confirmed_at: u64,
    /// When the next fetch is due.
    pub(super) refresh_at: u64,
    /// When its lifetime ends.
    pub(super) fresh_until: u64,
}

impl Fetched {
    /// The set in the body of a response. Its lifetime is over until [`extend`](Self::extend) says
    /// what it is.
    pub(super) fn read(
        response: &HttpResponse<'_>,
        allowed: AlgorithmSet,
        uses: &[&str],
        limits: Limits,
    ) -> Result<Self, FetchError> {
        let jwks = Jwks::parse_with_limits(response.body, limits).map_err(FetchError::Set)?.allow_uses(uses);
        let keys = KeySet::from_jwks(&jwks, allowed).map_err(|none| {
            let first = none.verdicts().next().and_then(|verdict| verdict.outcome.err());
            FetchError::NoUsableKey { keys: jwks.len(), first }
        })?;
        let mut fetched = Self {
            keys,
            digest: digest(response),
            etag: None,
            cache_control: CacheControl::default(),
            confirmed_at: 0,
            refresh_at: 0,
            fresh_until: 0,
        };
        fetched.take_fields(response);
        Ok(fetched)
    }

    /// Whether the body is the document that this set was read from.
    pub(super) fn is_of(&self, response: &HttpResponse<'_>) -> bool {
        self.digest == digest(response)
    }

    /// Takes the fields of a whole response, be they there or not.
    pub(super) fn take_fields(&mut self, response: &HttpResponse<'_>) {
        self.etag = response.etag.map(Box::from);
        self.cache_control = response.cache_control;
    }

    /// Takes the fields of a 304, which need not repeat those that stay (RFC 9111 §3.2, §4.3.4).
    pub(super) fn update_fields(&mut self, response: &HttpResponse<'_>) {
        self.etag = response.etag.map(Box::from).or(self.etag.take());
        if !response.cache_control.is_silent() {
            self.cache_control = response.cache_control;
        }
    }

    /// Starts the lifetime that the fields give. It counts from the permit, because the response may
    /// have been on its way since (RFC 9111 §4.2.3).
    pub(super) fn extend(
        &mut self,
        policy: &RotationPolicy,
        permit: &FetchPermit,
        age: u32,
        at: u64,
        jitter: u32,
    ) {
        let lifetime = policy.lifetime_of(self.cache_control.lifetime(age));
        self.confirmed_at = at;
        self.fresh_until = permit.issued_at.saturating_add(lifetime.into());
        self.refresh_at = self.fresh_until.saturating_sub(policy.early(lifetime, jitter).into());
    }

    /// How long ago its lifetime ended, if that is longer than the policy allows.
    pub(super) fn too_stale(&self, policy: &RotationPolicy, at: u64) -> Option<u64> {
        Some(at.saturating_sub(self.fresh_until)).filter(|seconds| *seconds > policy.max_stale.into())
    }

    /// Whether a key of this set has a `kid` that no member of `other` has.
    pub(super) fn has_key_beyond(&self, other: &Self) -> bool {
        let mut bound = self.keys.verdicts().filter(|verdict| verdict.outcome.is_ok());
        let gone = |kid: &str| other.keys.keys_of(JsonString::new(kid, false)).next().is_none();
        bound.any(|verdict| verdict.kid.is_some_and(gone))
    }
}

fn digest(response: &HttpResponse<'_>) -> [u8; 32] {
    Sha256::digest(response.body).into()
}
