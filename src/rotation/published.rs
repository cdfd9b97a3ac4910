//! The keys at one moment: those of the latest set, those in grace, and those that never change.

use alloc::vec::Vec;
use core::time::Duration;

use super::error::{FetchError, KeysUnavailable};
use super::monotonic::MonotonicTime;
use super::need::{Kind, Need};
use super::permit::Recipe;
use crate::algorithm::AlgorithmSet;
use crate::error::{Error, SelectError, SignatureError};
use crate::header::Crit;
use crate::json::JsonString;
use crate::jws::UnverifiedJws;
use crate::key::VerifyingKey;
use crate::key_set::KeySet;
use crate::limits::Limits;
use crate::reference::Reference;
use crate::select::{Cursor, Member, Query, sealed::Find};

/// Owns a published set of keys; shared between threads if there are any.
#[cfg(feature = "std")]
pub(super) type Handle = alloc::sync::Arc<KeySet>;
/// Without `std` there is one owner: some targets have no atomic counters.
#[cfg(not(feature = "std"))]
pub(super) type Handle = alloc::boxed::Box<KeySet>;

/// Everything that is read to verify.
#[derive(Debug)]
#[cfg_attr(feature = "std", derive(Clone))]
pub(super) struct Published {
    pub(super) latest: Option<Latest>,
    /// The newest first.
    pub(super) withdrawn: Vec<Withdrawn>,
    pub(super) fixed: Option<Handle>,
    pub(super) recipe: Recipe,
    /// How many sets there have been.
    pub(super) revision: u64,
    pub(super) max_stale: Duration,
    pub(super) last_error: Option<FetchError>,
}

/// The latest set.
#[derive(Debug)]
#[cfg_attr(feature = "std", derive(Clone))]
pub(super) struct Latest {
    pub(super) keys: Handle,
    /// When its lifetime ends.
    pub(super) fresh_until: MonotonicTime,
    /// Until when it is usable; `None` when it no longer is.
    pub(super) usable_until: Option<MonotonicTime>,
    /// The issuer has since published a set without a usable key.
    pub(super) is_withdrawn: bool,
}

impl Latest {
    pub(super) fn is_usable(&self, at: MonotonicTime) -> bool {
        self.usable_until.is_some_and(|until| at <= until)
    }
}

/// A set that was replaced by one without some of its keys.
#[derive(Debug)]
#[cfg_attr(feature = "std", derive(Clone))]
pub(super) struct Withdrawn {
    pub(super) keys: Handle,
    /// When its grace ends.
    pub(super) until: MonotonicTime,
}

impl Published {
    pub(super) fn is_usable(&self, at: MonotonicTime) -> bool {
        self.latest.as_ref().is_some_and(|latest| latest.is_usable(at))
    }

    /// Returns the keys at a time, if there are any.
    pub(super) fn keys(&self, at: MonotonicTime) -> Result<RemoteKeys<'_>, KeysUnavailable> {
        if self.fixed.is_some() || self.is_usable(at) {
            return Ok(self.view(at));
        }
        let last_error = self.last_error.clone();
        Err(match &self.latest {
            None => KeysUnavailable::NeverFetched { last_error },
            Some(latest) if latest.is_withdrawn => KeysUnavailable::Withdrawn { last_error },
            Some(latest) => {
                let stale_for = at.since(latest.fresh_until);
                KeysUnavailable::TooStale { stale_for, max: self.max_stale, last_error }
            }
        })
    }

    pub(super) fn view(&self, at: MonotonicTime) -> RemoteKeys<'_> {
        let latest = self.latest.as_ref().filter(|latest| latest.is_usable(at));
        RemoteKeys {
            latest: latest.map(|latest| &*latest.keys),
            withdrawn: if latest.is_some() { &self.withdrawn } else { &[] },
            fixed: self.fixed.as_deref(),
            recipe: self.recipe,
            revision: self.revision,
            at,
        }
    }
}

/// The keys of a [`RemoteKeySet`](super::RemoteKeySet) at one time, to verify with.
///
/// The key of a token is looked up in the latest set. If no member of that has its `kid`, the sets that the
/// issuer replaced and whose grace is not over are searched, and then the keys added with
/// [`fixed_keys`](super::RemoteKeySet::fixed_keys). The first set that has the `kid` decides, even if that
/// means refusing. A token without `kid` gets a key of the latest set or, if none was fetched or it is no
/// longer usable, of the added keys.
#[derive(Clone, Copy, Debug)]
pub struct RemoteKeys<'r> {
    latest: Option<&'r KeySet>,
    withdrawn: &'r [Withdrawn],
    fixed: Option<&'r KeySet>,
    recipe: Recipe,
    revision: u64,
    at: MonotonicTime,
}

impl<'r> RemoteKeys<'r> {
    /// Returns the latest set, with its verdict on each member; `None` if only added keys are left.
    #[must_use]
    pub const fn latest(&self) -> Option<&'r KeySet> {
        self.latest
    }

    /// Returns the need of a `token` that a [`Verifier`](crate::Verifier) refused with these keys, if a new
    /// set could fix that:
    ///
    /// - no key has its `kid`, or the key that has it was set aside, is for another algorithm or is not the
    ///   only one;
    /// - it has no `kid`, and no single key is for its algorithm;
    /// - its signature does not verify with a key of the remote set: the issuer may have replaced the key and
    ///   kept the `kid`.
    ///
    /// If this returns `None`, refuse the token. It needs no access to the set, and no lock.
    pub fn need<T: AsRef<[u8]> + ?Sized>(&self, token: &T, refusal: &Error) -> Option<Need> {
        let kind = Kind::of(refusal)?;
        // The verifier has held the token to its own limits, and `crit` to what it understands.
        let limits = Limits::new()
            .max_token_length(Limits::MAX)
            .max_header_length(Limits::MAX)
            .max_members(Limits::MAX);
        let mut scratch = Vec::new();
        let jws = UnverifiedJws::parse_with(token.as_ref(), &mut scratch, limits, Crit::Checked).ok()?;
        let algorithm = jws.header().algorithm().ok()?;
        let reference = Reference::of(jws.header());
        let query = Query { algorithm, reference };
        let mends = match (kind, self.find_here(&query)) {
            _ if !self.recipe.allowed.contains(algorithm) => false,
            (Kind::Selection, Err(_)) => true,
            // There is a key: a rule of the verifier refused the token.
            (Kind::Selection, Ok(_)) => false,
            (Kind::Signature, Err(_)) => false,
            // Signatures of the other algorithms have the same length for every key.
            (Kind::Signature, Ok(_)) if is_length(refusal) && algorithm.kty() != "RSA" => false,
            (Kind::Signature, Ok(key)) => !self.is_fixed(key),
        };
        mends.then(|| Need::new(kind, algorithm, reference.kid(), self.revision))
    }

    fn is_fixed(&self, key: &VerifyingKey) -> bool {
        let mut fixed = self.fixed.into_iter().flat_map(KeySet::keys).flatten();
        fixed.any(|fixed| core::ptr::eq(fixed, key))
    }

    /// Returns the newest replaced or added set that has this kid.
    fn beside_latest(&self, kid: JsonString<'_>) -> Option<&'r KeySet> {
        let in_grace = self.withdrawn.iter().filter(|withdrawn| withdrawn.until > self.at);
        let mut others = in_grace.map(|withdrawn| &*withdrawn.keys).chain(self.fixed);
        others.find(|keys| keys.keys_of(kid).next().is_some())
    }

    /// Finds a key that lives as long as the keys it was taken from.
    pub(super) fn find_here(self, query: &Query<'_>) -> Result<&'r VerifyingKey, SelectError> {
        let Some(latest) = self.latest else {
            // A view without the latest set has added keys.
            return self.fixed.map_or(Err(SelectError::NoKeys), |fixed| fixed.find(query));
        };
        let found = latest.find(query);
        let Err(SelectError::KidUnknown { .. }) = found else { return found };
        query.reference.kid().and_then(|kid| self.beside_latest(kid)).map_or(found, |keys| keys.find(query))
    }

    /// Returns the algorithms of the set, and those of the added keys.
    pub(super) fn algorithms_here(self) -> AlgorithmSet {
        self.fixed.map_or(self.recipe.allowed, |fixed| self.recipe.allowed | fixed.algorithms())
    }

    /// Returns the key after a position, for a diagnosis.
    pub(super) fn member_here<'m>(
        self,
        reference: Reference<'m>,
        cursor: &mut Cursor<'m>,
    ) -> Option<Member<'m>>
    where
        'r: 'm,
    {
        let latest = self.latest;
        let others = match (latest, reference.kid()) {
            (None, _) => self.fixed,
            (Some(latest), Some(kid)) if latest.keys_of(kid).next().is_none() => self.beside_latest(kid),
            _ => None,
        };
        for keys in latest.into_iter().chain(others).skip(cursor.set) {
            if let Some(member) = keys.member(reference, cursor) {
                return Some(member);
            }
            cursor.next_set();
        }
        None
    }
}

const fn is_length(refusal: &Error) -> bool {
    matches!(refusal, Error::Signature(SignatureError::WrongLength { .. }))
}

impl Find for RemoteKeys<'_> {
    fn with_key(
        &self,
        query: &Query<'_>,
        act: &mut dyn FnMut(&VerifyingKey) -> Result<(), Error>,
    ) -> Result<(), Error> {
        act(self.find_here(query)?)
    }

    fn algorithms(&self) -> AlgorithmSet {
        self.algorithms_here()
    }

    fn member<'m>(&'m self, reference: Reference<'m>, cursor: &mut Cursor<'m>) -> Option<Member<'m>> {
        self.member_here(reference, cursor)
    }
}
