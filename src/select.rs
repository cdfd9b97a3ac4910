//! From a header and the keys that there are to exactly one key, or the reason why not.
//!
//! Keys are never tried one after the other. The steps are those of [`SelectError`], in its order.

use crate::algorithm::{Algorithm, AlgorithmSet};
use crate::error::{KeyError, SelectError};
use crate::json::JsonString;
use crate::jwks::Jwks;
use crate::key::VerifyingKey;
#[cfg(feature = "alloc")]
use crate::key_set::KeySet;

/// Where a [`Verifier`](crate::Verifier) finds keys: one [`VerifyingKey`], pairs of a `kid` and a
/// key, a [`Jwks`], or (with `alloc`) a [`KeySet`]. The trait is sealed.
///
/// A `Jwks` reads its text and builds the key again for every token. It is for tools and for devices
/// that see a token a minute; the others build their keys once.
pub trait KeySource: sealed::Find {}

impl<K: sealed::Find + ?Sized> KeySource for K {}

/// What the header asks for.
#[derive(Clone, Copy, Debug)]
pub struct Query<'q> {
    pub(crate) algorithm: Algorithm,
    pub(crate) kid: Option<JsonString<'q>>,
    /// What the verifier accepts.
    pub(crate) allowed: AlgorithmSet,
}

pub(crate) mod sealed {
    use super::{Found, Query};
    use crate::error::SelectError;

    pub trait Find {
        fn find(&self, query: &Query<'_>) -> Result<Found<'_>, SelectError>;
    }
}

/// The key that was chosen.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "without a heap there is no other place for a key")]
pub enum Found<'k> {
    /// It was there.
    Kept(&'k VerifyingKey),
    /// It was built for this token.
    Built(VerifyingKey),
}

impl Found<'_> {
    pub(crate) fn key(&self) -> &VerifyingKey {
        match self {
            Self::Kept(key) => key,
            Self::Built(key) => key,
        }
    }
}

/// Chooses among candidates: those with the header's kid, or all when the header has none.
fn choose<'k>(
    query: &Query<'_>,
    keys: usize,
    candidates: impl Iterator<Item = Result<Found<'k>, KeyError>>,
) -> Result<Found<'k>, SelectError> {
    let alg = query.algorithm;
    let mut best: Option<Found<'k>> = None;
    let mut fits = false;
    let mut several = false;
    let mut set_aside = None;
    for candidate in candidates {
        match candidate {
            Err(reason) => set_aside = set_aside.or(Some(reason)),
            Ok(found) if found.key().algorithm() == alg => {
                if fits {
                    return Err(match query.kid {
                        Some(_) => SelectError::KeyAmbiguous { alg },
                        None => SelectError::KidMissing { alg },
                    });
                }
                fits = true;
                best = Some(found);
            }
            Ok(found) => {
                several |= best.is_some();
                best = best.or(Some(found));
            }
        }
    }
    match (best, set_aside) {
        (Some(found), _) if fits => Ok(found),
        (Some(found), _) if !several => {
            Err(SelectError::AlgorithmMismatch { header: alg, key: found.key().algorithm() })
        }
        (None, Some(reason)) if query.kid.is_some() => Err(SelectError::KeySetAside { reason }),
        (None, None) if query.kid.is_some() => Err(SelectError::KidUnknown { keys }),
        _ => Err(SelectError::NoKeyForAlgorithm { alg }),
    }
}

/// A single key is the one to use, whatever `kid` the token has.
impl sealed::Find for VerifyingKey {
    fn find(&self, query: &Query<'_>) -> Result<Found<'_>, SelectError> {
        choose(query, 1, core::iter::once(Ok(Found::Kept(self))))
    }
}

impl sealed::Find for [(&str, VerifyingKey)] {
    fn find(&self, query: &Query<'_>) -> Result<Found<'_>, SelectError> {
        let asked = self.iter().filter(|(kid, _)| query.kid.is_none_or(|asked| asked == **kid));
        choose(query, self.len(), asked.map(|(_, key)| Ok(Found::Kept(key))))
    }
}

impl<const N: usize> sealed::Find for [(&str, VerifyingKey); N] {
    fn find(&self, query: &Query<'_>) -> Result<Found<'_>, SelectError> {
        self.as_slice().find(query)
    }
}

impl sealed::Find for Jwks<'_> {
    fn find(&self, query: &Query<'_>) -> Result<Found<'_>, SelectError> {
        let candidates = self.iter().filter_map(|member| match (query.kid, member) {
            (None, Err(reason)) => Some(Err(reason)),
            (Some(_), Err(_)) => None,
            (Some(asked), Ok(jwk)) if jwk.kid() != Some(asked) => None,
            (_, Ok(jwk)) => Some(jwk.verifying_key(query.allowed).map(Found::Built)),
        });
        choose(query, self.len(), candidates)
    }
}

#[cfg(feature = "alloc")]
impl sealed::Find for KeySet {
    fn find(&self, query: &Query<'_>) -> Result<Found<'_>, SelectError> {
        match query.kid {
            Some(kid) => choose(query, self.len(), self.keys_of(kid).map(kept)),
            None => choose(query, self.len(), self.keys().map(kept)),
        }
    }
}

#[cfg(feature = "alloc")]
fn kept(key: &Result<VerifyingKey, KeyError>) -> Result<Found<'_>, KeyError> {
    key.as_ref().map(Found::Kept).map_err(|reason| *reason)
}
