//! The keys of one moment: those of the latest set, and those in grace.

use crate::algorithm::AlgorithmSet;
use crate::error::SelectError;
use crate::json::JsonString;
use crate::key::VerifyingKey;
use crate::key_set::KeySet;
use crate::reference::Reference;
use crate::select::{Member, Query, sealed::Find};

/// The keys of a [`RemoteKeySet`](crate::RemoteKeySet) at one time, to verify with.
///
/// A token's key is looked for in the latest set. Only when no member of that has its `kid`, those
/// that the issuer withdrew and whose grace is not over are searched; a token without `kid` gets none
/// of them.
#[derive(Clone, Copy, Debug)]
pub struct RemoteKeys<'r> {
    pub(super) latest: &'r KeySet,
    pub(super) withdrawn: &'r [Withdrawn],
    pub(super) at: u64,
}

/// A set that was replaced by one without some of its keys.
#[derive(Clone, Debug)]
pub(super) struct Withdrawn {
    pub(super) keys: KeySet,
    /// The end of its grace.
    pub(super) until: u64,
}

impl<'r> RemoteKeys<'r> {
    /// The latest set, with its verdict on each member.
    #[must_use]
    pub const fn latest(&self) -> &'r KeySet {
        self.latest
    }

    /// The newest set in grace that has this kid.
    fn in_grace(&self, kid: JsonString<'_>) -> Option<&'r KeySet> {
        let mut in_grace = self.withdrawn.iter().filter(|withdrawn| withdrawn.until > self.at);
        let has_kid = |withdrawn: &&Withdrawn| withdrawn.keys.keys_of(kid).next().is_some();
        in_grace.find(has_kid).map(|withdrawn| &withdrawn.keys)
    }
}

impl Find for RemoteKeys<'_> {
    type Found<'k>
        = &'k VerifyingKey
    where
        Self: 'k;

    fn find(&self, query: &Query<'_>) -> Result<&VerifyingKey, SelectError> {
        let found = self.latest.find(query);
        let Err(SelectError::KidUnknown { .. }) = found else { return found };
        // A set that has the kid decides, be it to refuse.
        query.reference.kid().and_then(|kid| self.in_grace(kid)).map_or(found, |keys| keys.find(query))
    }

    fn members<'m>(
        &'m self,
        reference: Reference<'m>,
        allowed: AlgorithmSet,
    ) -> impl Iterator<Item = Member> {
        let gone = reference.kid().filter(|kid| self.latest.keys_of(*kid).next().is_none());
        let in_grace = gone.and_then(|kid| self.in_grace(kid)).into_iter();
        let in_grace = in_grace.flat_map(move |keys| keys.members(reference, allowed));
        self.latest.members(reference, allowed).chain(in_grace)
    }
}
