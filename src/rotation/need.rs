//! What a refused token needs of a new set, and which needs have already been looked up.

use alloc::collections::VecDeque;

use sha2::{Digest as _, Sha256};

use crate::algorithm::Algorithm;
use crate::error::{Error, SelectError, SignatureError};
use crate::json::JsonString;

/// A reason to fetch the set: a token was refused for something that a new set could fix. Returned by
/// [`RemoteKeys::need`](super::RemoteKeys::need), and passed to
/// [`RemoteKeySet::refetch`](super::RemoteKeySet::refetch).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "ask the set whether to fetch"]
pub struct Need {
    pub(super) kind: Kind,
    /// Identifies what is needed.
    digest: [u8; 16],
    /// The number of the set that the token was verified with.
    pub(super) revision: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// No key was chosen.
    Selection,
    /// A key was chosen, but the signature does not verify with it.
    Signature,
}

impl Kind {
    /// Returns the kind of refusal; `None` for one that no set could fix.
    pub(super) const fn of(refusal: &Error) -> Option<Self> {
        match refusal {
            Error::Select(
                SelectError::KidUnknown { .. }
                | SelectError::KidNeeded { .. }
                | SelectError::NoKeys
                | SelectError::KeyUnusable { .. }
                | SelectError::KeyAmbiguous { .. }
                | SelectError::AlgorithmMismatch { .. }
                | SelectError::NoKeyForAlgorithm { .. },
            ) => Some(Self::Selection),
            Error::Signature(SignatureError::Invalid | SignatureError::WrongLength { .. }) => {
                Some(Self::Signature)
            }
            _ => None,
        }
    }
}

impl Need {
    pub(super) fn new(kind: Kind, alg: Algorithm, kid: Option<JsonString<'_>>, revision: u64) -> Self {
        let mut hash = Sha256::new();
        hash.update([u8::from(kind == Kind::Signature), u8::from(kid.is_some())]);
        match kid {
            // The kid is hashed unescaped, so that it is the same however it is written.
            Some(kid) => kid.chars().for_each(|part| hash.update(part.encode_utf8(&mut [0; 4]))),
            None => hash.update(alg.name()),
        }
        let hash: [u8; 32] = hash.finalize().into();
        let mut digest = [0; 16];
        digest.iter_mut().zip(hash).for_each(|(place, byte)| *place = byte);
        Self { kind, digest, revision }
    }
}

/// The maximum number of needs that are remembered.
const MAX_NEEDS: usize = 32;

/// Needs of refused tokens, the oldest first.
///
/// Anyone who can send a token can add to them. They are kept as digests, so that their length does not
/// matter and none can be crafted to collide with another; the oldest makes room for the newest; a forgotten
/// need makes one answer less precise, but causes no fetch.
#[derive(Debug, Default)]
pub(super) struct Needs(VecDeque<Entry>);

#[derive(Debug)]
struct Entry {
    digest: [u8; 16],
    /// How many permits had been issued when it was first seen.
    permits: u64,
}

impl Needs {
    pub(super) const fn new() -> Self {
        Self(VecDeque::new())
    }

    /// Remembers a need, and returns how many permits had been issued when it was first seen. A set fetched
    /// with a later permit was searched for it.
    pub(super) fn note(&mut self, need: &Need, permits: u64) -> u64 {
        if let Some(entry) = self.0.iter().find(|entry| entry.digest == need.digest) {
            return entry.permits;
        }
        if self.0.len() >= MAX_NEEDS {
            self.0.pop_front();
        }
        self.0.push_back(Entry { digest: need.digest, permits });
        permits
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
