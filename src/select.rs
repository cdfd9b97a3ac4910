//! From a header and the keys that there are to exactly one key, or the reason why not.
//!
//! Keys are never tried one after the other. The steps are those of [`SelectError`], in its order.

use core::borrow::Borrow;

use crate::algorithm::{Algorithm, AlgorithmSet};
use crate::error::{Excerpt, KeyError, SelectError};
use crate::json::JsonString;
use crate::jwk::Jwk;
use crate::jwks::Jwks;
use crate::key::VerifyingKey;
#[cfg(feature = "alloc")]
use crate::key_set::KeySet;

/// Where a [`Verifier`](crate::Verifier) finds keys: one [`VerifyingKey`], pairs of a `kid` and a
/// key, a [`Jwks`], or (with `alloc`) a [`KeySet`] or the [`RemoteKeys`](crate::RemoteKeys) of a
/// [`RemoteKeySet`](crate::RemoteKeySet). The trait is sealed.
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

/// A key that there is, as a diagnosis shows it.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    pub(crate) kid: Option<Excerpt>,
    /// Whether its kid is the one asked for, or none was.
    pub(crate) asked: bool,
    /// The algorithm that it is bound to, or why it was set aside.
    pub(crate) outcome: Result<Algorithm, KeyError>,
}

pub(crate) mod sealed {
    use core::borrow::Borrow;

    use super::{Member, Query};
    use crate::algorithm::AlgorithmSet;
    use crate::error::SelectError;
    use crate::json::JsonString;
    use crate::key::VerifyingKey;

    #[diagnostic::on_unimplemented(
        message = "`{Self}` is not a source of keys",
        note = "keys are a `VerifyingKey`, an array of `(kid, VerifyingKey)`, a `Jwks`, a `KeySet` or `RemoteKeys`"
    )]
    pub trait Find {
        /// A reference to a key that is there, or a key built for this token.
        type Found<'k>: Borrow<VerifyingKey>
        where
            Self: 'k;

        fn find(&self, query: &Query<'_>) -> Result<Self::Found<'_>, SelectError>;

        /// Every key, for a diagnosis.
        fn members<'m>(
            &'m self,
            asked: Option<JsonString<'m>>,
            allowed: AlgorithmSet,
        ) -> impl Iterator<Item = Member>;
    }
}

/// Chooses among candidates: those with the header's kid, or all when the header has none.
fn choose<K: Borrow<VerifyingKey>>(
    query: &Query<'_>,
    keys: usize,
    candidates: impl Iterator<Item = Result<K, KeyError>>,
) -> Result<K, SelectError> {
    let alg = query.algorithm;
    let mut best: Option<K> = None;
    let mut fits = false;
    let mut several = false;
    let mut set_aside = None;
    for candidate in candidates {
        match candidate {
            Err(reason) => set_aside = set_aside.or(Some(reason)),
            Ok(found) if found.borrow().algorithm() == alg => {
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
            Err(SelectError::AlgorithmMismatch { header: alg, key: found.borrow().algorithm() })
        }
        (None, Some(reason)) if query.kid.is_some() => Err(SelectError::KeySetAside { reason }),
        (None, None) if query.kid.is_some() => Err(SelectError::KidUnknown { keys }),
        _ => Err(SelectError::NoKeyForAlgorithm { alg }),
    }
}

/// A single key is the one to use, whatever `kid` the token has.
impl sealed::Find for VerifyingKey {
    type Found<'k> = &'k Self;

    fn find(&self, query: &Query<'_>) -> Result<&Self, SelectError> {
        choose(query, 1, core::iter::once(Ok(self)))
    }

    fn members<'m>(&'m self, _: Option<JsonString<'m>>, _: AlgorithmSet) -> impl Iterator<Item = Member> {
        core::iter::once(Member { kid: None, asked: true, outcome: Ok(self.algorithm()) })
    }
}

impl sealed::Find for [(&str, VerifyingKey)] {
    type Found<'k>
        = &'k VerifyingKey
    where
        Self: 'k;

    fn find(&self, query: &Query<'_>) -> Result<&VerifyingKey, SelectError> {
        let asked = self.iter().filter(|(kid, _)| query.kid.is_none_or(|asked| asked == **kid));
        choose(query, self.len(), asked.map(|(_, key)| Ok(key)))
    }

    fn members<'m>(&'m self, asked: Option<JsonString<'m>>, _: AlgorithmSet) -> impl Iterator<Item = Member> {
        self.iter().map(move |(kid, key)| Member {
            kid: Some(Excerpt::new(kid.chars())),
            asked: asked.is_none_or(|asked| asked == **kid),
            outcome: Ok(key.algorithm()),
        })
    }
}

impl<const N: usize> sealed::Find for [(&str, VerifyingKey); N] {
    type Found<'k>
        = &'k VerifyingKey
    where
        Self: 'k;

    fn find(&self, query: &Query<'_>) -> Result<&VerifyingKey, SelectError> {
        self.as_slice().find(query)
    }

    fn members<'m>(
        &'m self,
        asked: Option<JsonString<'m>>,
        allowed: AlgorithmSet,
    ) -> impl Iterator<Item = Member> {
        self.as_slice().members(asked, allowed)
    }
}

impl sealed::Find for Jwks<'_> {
    type Found<'k>
        = VerifyingKey
    where
        Self: 'k;

    fn find(&self, query: &Query<'_>) -> Result<VerifyingKey, SelectError> {
        let candidates = self.iter().filter_map(|member| match (query.kid, member) {
            (None, Err(reason)) => Some(Err(reason)),
            (Some(_), Err(_)) => None,
            (Some(asked), Ok(jwk)) if jwk.kid() != Some(asked) => None,
            (_, Ok(jwk)) => Some(jwk.verifying_key(query.allowed)),
        });
        choose(query, self.len(), candidates)
    }

    fn members<'m>(
        &'m self,
        asked: Option<JsonString<'m>>,
        allowed: AlgorithmSet,
    ) -> impl Iterator<Item = Member> {
        self.iter().map(move |member| {
            let kid = member.as_ref().ok().and_then(Jwk::kid);
            Member {
                kid: kid.map(JsonString::excerpt),
                asked: asked.is_none_or(|asked| kid == Some(asked)),
                outcome: member.and_then(|jwk| jwk.verifying_key(allowed)).map(|key| key.algorithm()),
            }
        })
    }
}

#[cfg(feature = "alloc")]
impl sealed::Find for KeySet {
    type Found<'k> = &'k VerifyingKey;

    fn find(&self, query: &Query<'_>) -> Result<&VerifyingKey, SelectError> {
        match query.kid {
            Some(kid) => choose(query, self.len(), self.keys_of(kid).map(kept)),
            None => choose(query, self.len(), self.keys().map(kept)),
        }
    }

    fn members<'m>(&'m self, asked: Option<JsonString<'m>>, _: AlgorithmSet) -> impl Iterator<Item = Member> {
        self.verdicts().map(move |verdict| Member {
            kid: verdict.kid.map(|kid| Excerpt::new(kid.chars())),
            asked: asked.is_none_or(|asked| verdict.kid.is_some_and(|kid| asked == *kid)),
            outcome: verdict.outcome,
        })
    }
}

#[cfg(feature = "alloc")]
fn kept(key: &Result<VerifyingKey, KeyError>) -> Result<&VerifyingKey, KeyError> {
    key.as_ref().map_err(|reason| *reason)
}
