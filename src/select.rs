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
#[cfg(feature = "alloc")]
use crate::reference::Name;
use crate::reference::{Names, Reference, Relation};

/// Where a [`Verifier`](crate::Verifier) finds keys: one [`VerifyingKey`], pairs of a `kid` and a
/// key, a [`Jwks`], or (with `alloc`) a [`KeySet`] or the keys of a
/// [remote set](crate::rotation). The trait is sealed.
///
/// A `Jwks` reads its text and builds the key again for every token. It is for tools and for devices
/// that see a token a minute; the others build their keys once.
pub trait KeySource: sealed::Find {}

impl<K: sealed::Find + ?Sized> KeySource for K {}

/// What the header asks for.
#[derive(Clone, Copy, Debug)]
pub struct Query<'q> {
    pub(crate) algorithm: Algorithm,
    pub(crate) reference: Reference<'q>,
    /// What the verifier accepts.
    pub(crate) allowed: AlgorithmSet,
}

/// A key that there is, as a diagnosis shows it.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    pub(crate) kid: Option<Excerpt>,
    pub(crate) relation: Relation,
    /// The algorithm that it is bound to, or why it was set aside.
    pub(crate) outcome: Result<Algorithm, KeyError>,
}

pub(crate) mod sealed {
    use core::borrow::Borrow;

    use super::{Member, Query};
    use crate::algorithm::AlgorithmSet;
    use crate::error::SelectError;
    use crate::key::VerifyingKey;
    use crate::reference::Reference;

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
            reference: Reference<'m>,
            allowed: AlgorithmSet,
        ) -> impl Iterator<Item = Member>;
    }
}

/// Chooses among candidates: those that the header names, or all when it names none. `unknown` is why there
/// is none with the name.
fn choose<K: Borrow<VerifyingKey>>(
    alg: Algorithm,
    named: bool,
    candidates: impl Iterator<Item = Result<K, KeyError>>,
    unknown: impl FnOnce() -> SelectError,
) -> Result<K, SelectError> {
    let is_same = |one: &K, other: &K| one.borrow().is_same_key(other.borrow());
    // The first key for the header's algorithm; until there is one, the first for another.
    let mut best: Option<K> = None;
    let mut fits = 0_usize;
    let mut several = false;
    let mut set_aside = None;
    for candidate in candidates {
        match candidate {
            Err(reason) => set_aside = set_aside.or(Some(reason)),
            Ok(found) if found.borrow().algorithm() == alg => {
                // The same key once more is no other key.
                if fits == 0 || best.as_ref().is_none_or(|best| !is_same(best, &found)) {
                    fits = fits.saturating_add(1);
                }
                match fits {
                    1 => best = Some(found),
                    // A device is spared the counting.
                    _ if Excerpt::TEXTS == 1 => return Err(several_fit(alg, named, fits)),
                    _ => {}
                }
            }
            Ok(found) => {
                several |= best.as_ref().is_some_and(|best| !is_same(best, &found));
                best = best.or(Some(found));
            }
        }
    }
    match (best, set_aside) {
        (Some(found), _) if fits == 1 => Ok(found),
        (Some(_), _) if fits > 1 => Err(several_fit(alg, named, fits)),
        (Some(found), _) if !several => {
            Err(SelectError::AlgorithmMismatch { header: alg, key: found.borrow().algorithm() })
        }
        (None, Some(reason)) if named => Err(SelectError::KeySetAside { reason }),
        (None, None) => Err(unknown()),
        _ => Err(SelectError::NoKeyForAlgorithm { alg }),
    }
}

const fn several_fit(alg: Algorithm, named: bool, keys: usize) -> SelectError {
    match named {
        true => SelectError::KeyAmbiguous { alg, keys },
        false => SelectError::KidNeeded { alg, keys },
    }
}

/// None of the `keys` keys, whose kids these are, has the header's. A device is spared what is shown of them.
#[cfg_attr(not(feature = "alloc"), allow(unused_variables, reason = "the kids are not shown"))]
fn unknown<'k>(query: &Query<'_>, keys: usize, kids: impl Iterator<Item = JsonString<'k>>) -> SelectError {
    if keys == 0 {
        return SelectError::NoKeys;
    }
    #[cfg(feature = "alloc")]
    let kid = query.reference.kid();
    SelectError::KidUnknown {
        keys,
        #[cfg(feature = "alloc")]
        kid: kid.map_or(Excerpt::NONE, JsonString::excerpt),
        #[cfg(feature = "alloc")]
        known: JsonString::excerpt_of(kids, keys, kid),
    }
}

/// A single key is the one to use, whatever `kid` the token has.
impl sealed::Find for VerifyingKey {
    type Found<'k> = &'k Self;

    fn find(&self, query: &Query<'_>) -> Result<&Self, SelectError> {
        let named = query.reference.kid().is_some();
        choose(query.algorithm, named, core::iter::once(Ok(self)), || SelectError::NoKeys)
    }

    fn members<'m>(&'m self, _: Reference<'m>, _: AlgorithmSet) -> impl Iterator<Item = Member> {
        core::iter::once(Member { kid: None, relation: Relation::Named, outcome: Ok(self.algorithm()) })
    }
}

impl sealed::Find for [(&str, VerifyingKey)] {
    type Found<'k>
        = &'k VerifyingKey
    where
        Self: 'k;

    fn find(&self, query: &Query<'_>) -> Result<&VerifyingKey, SelectError> {
        let name = query.reference.name(|_| false);
        let named = self.iter().filter(|(kid, _)| name.is_none_or(|name| of_pair(kid).have(name)));
        choose(query.algorithm, name.is_some(), named.map(|(_, key)| Ok(key)), || {
            unknown(query, self.len(), self.iter().map(|(kid, _)| JsonString::new(kid, false)))
        })
    }

    fn members<'m>(&'m self, reference: Reference<'m>, _: AlgorithmSet) -> impl Iterator<Item = Member> {
        let name = reference.name(|_| false);
        self.iter().map(move |(kid, key)| Member {
            kid: Some(Excerpt::new(kid.chars())),
            relation: of_pair(kid).relation(name),
            outcome: Ok(key.algorithm()),
        })
    }
}

const fn of_pair(kid: &str) -> Names<&str> {
    Names { kid: Some(kid), x5t_s256: None, x5t: None }
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
        reference: Reference<'m>,
        allowed: AlgorithmSet,
    ) -> impl Iterator<Item = Member> {
        self.as_slice().members(reference, allowed)
    }
}

impl sealed::Find for Jwks<'_> {
    type Found<'k>
        = VerifyingKey
    where
        Self: 'k;

    fn find(&self, query: &Query<'_>) -> Result<VerifyingKey, SelectError> {
        let name = query.reference.name(|name| self.iter().flatten().any(|jwk| jwk.names().have(name)));
        let candidates = self.iter().filter_map(|member| match (name, member) {
            (None, Err(reason)) => Some(Err(reason)),
            (Some(_), Err(_)) => None,
            (Some(name), Ok(jwk)) if !jwk.names().have(name) => None,
            (_, Ok(jwk)) => Some(jwk.verifying_key(query.allowed)),
        });
        choose(query.algorithm, name.is_some(), candidates, || {
            unknown(query, self.len(), self.iter().flatten().filter_map(|jwk| jwk.names().kid))
        })
    }

    fn members<'m>(
        &'m self,
        reference: Reference<'m>,
        allowed: AlgorithmSet,
    ) -> impl Iterator<Item = Member> {
        let name = reference.name(|name| self.iter().flatten().any(|jwk| jwk.names().have(name)));
        self.iter().map(move |member| {
            let names = member.as_ref().map_or(Names { kid: None, x5t_s256: None, x5t: None }, Jwk::names);
            Member {
                kid: names.kid.map(JsonString::excerpt),
                relation: names.relation(name),
                outcome: member.and_then(|jwk| jwk.verifying_key(allowed)).map(|key| key.algorithm()),
            }
        })
    }
}

#[cfg(feature = "alloc")]
impl sealed::Find for KeySet {
    type Found<'k> = &'k VerifyingKey;

    fn find(&self, query: &Query<'_>) -> Result<&VerifyingKey, SelectError> {
        let alg = query.algorithm;
        let unknown = || {
            let kids = self.names().filter_map(|names| names.kid);
            unknown(query, self.len(), kids.map(|kid| JsonString::new(kid, false)))
        };
        match query.reference.name(|name| self.keys_named(name).next().is_some()) {
            Some(Name::Kid(kid)) => choose(alg, true, self.keys_of(kid).map(kept), unknown),
            Some(thumbprint) => choose(alg, true, self.keys_named(thumbprint).map(kept), unknown),
            None => choose(alg, false, self.keys().map(kept), unknown),
        }
    }

    fn members<'m>(&'m self, reference: Reference<'m>, _: AlgorithmSet) -> impl Iterator<Item = Member> {
        let name = reference.name(|name| self.keys_named(name).next().is_some());
        self.verdicts().zip(self.names()).map(move |(verdict, names)| Member {
            kid: verdict.kid.map(|kid| Excerpt::new(kid.chars())),
            relation: names.relation(name),
            outcome: verdict.outcome,
        })
    }
}

#[cfg(feature = "alloc")]
fn kept(key: &Result<VerifyingKey, KeyError>) -> Result<&VerifyingKey, KeyError> {
    key.as_ref().map_err(|reason| *reason)
}
