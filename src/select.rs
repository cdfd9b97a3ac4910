//! From a header and the available keys to exactly one key, or the reason why there is none.
//!
//! Keys are never tried one after another. The steps are those of [`SelectError`], in its order.

use core::borrow::Borrow;

use crate::algorithm::{Algorithm, AlgorithmSet};
use crate::error::{Excerpt, KeyError, SelectError};
use crate::json::JsonString;
use crate::jwk::Jwk;
use crate::jwks::JwksKeys;
use crate::key::VerifyingKey;
#[cfg(feature = "alloc")]
use crate::key_set::KeySet;
#[cfg(feature = "alloc")]
use crate::reference::Name;
use crate::reference::{Names, Reference};

/// Where a [`Verifier`](crate::Verifier) looks up keys. The trait is sealed.
///
/// | source | algorithms |
/// |---|---|
/// | one [`VerifyingKey`] | the key's |
/// | `[(kid, VerifyingKey)]`, an array or a `Vec` of pairs, `kid` a `&str`, `String` or other text | those of the keys |
/// | [`Jwks::keys`](crate::Jwks::keys), which parses the text and builds the key for every token: for tools, and for devices that see a token a minute | those allowed there |
/// | a [`KeySet`](crate::KeySet) (feature `alloc`) | those allowed for it |
/// | `RemoteKeys` and `CurrentKeys` of a [remote set](crate::rotation) (`alloc`, `std`) | those allowed for it, and those of its fixed keys |
/// | a reference, `Box`, `Rc` or `Arc` of one of these | the same |
pub trait KeySource: sealed::Find {}

impl<K: sealed::Find + ?Sized> KeySource for K {}

/// What the header asks for.
#[derive(Clone, Copy, Debug)]
pub struct Query<'q> {
    pub(crate) algorithm: Algorithm,
    pub(crate) reference: Reference<'q>,
}

/// An available key, as a diagnosis shows it.
#[derive(Clone, Copy, Debug)]
pub struct Member<'m> {
    pub(crate) names: Names<JsonString<'m>>,
    /// Whether it has the name in the header, or the header has none.
    pub(crate) is_named: bool,
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
        note = "keys are a `VerifyingKey`, an array of `(kid, VerifyingKey)`, a `KeySet`, `RemoteKeys`, or `jwks.keys(allowed)`"
    )]
    pub trait Find {
        /// A reference to an existing key, or a key built for this token.
        type Found<'k>: Borrow<VerifyingKey>
        where
            Self: 'k;

        fn find(&self, query: &Query<'_>) -> Result<Self::Found<'_>, SelectError>;

        /// Returns the algorithms of tokens that it can have a key for.
        fn algorithms(&self) -> AlgorithmSet;

        /// Returns every key, for a diagnosis.
        fn members<'m>(&'m self, reference: Reference<'m>) -> impl Iterator<Item = Member<'m>>;
    }
}

/// Chooses among candidates: the keys that the header names, or all if it names none. `unknown` returns the
/// error for when no key has the name.
fn choose<K: Borrow<VerifyingKey>>(
    alg: Algorithm,
    named: bool,
    candidates: impl Iterator<Item = Result<K, KeyError>>,
    unknown: impl FnOnce() -> SelectError,
) -> Result<K, SelectError> {
    let is_same = |one: &K, other: &K| one.borrow().is_same_key(other.borrow());
    // The first key for the header's algorithm, and how many different ones there are.
    let mut chosen: Option<K> = None;
    let mut fits = 0_usize;
    // The first key for another algorithm, and whether there is a different one.
    let mut other: Option<K> = None;
    let mut others = false;
    let mut set_aside = None;
    for candidate in candidates {
        match candidate {
            Err(reason) => set_aside = set_aside.or(Some(reason)),
            Ok(key) if key.borrow().algorithm() == alg => {
                // A copy of the same key does not count.
                if chosen.as_ref().is_none_or(|chosen| !is_same(chosen, &key)) {
                    fits = fits.saturating_add(1);
                }
                // A device does not need the count.
                if fits > 1 && Excerpt::TEXTS == 1 {
                    return Err(several_fit(alg, named, fits));
                }
                chosen = chosen.or(Some(key));
            }
            Ok(key) => {
                others |= other.as_ref().is_some_and(|other| !is_same(other, &key));
                other = other.or(Some(key));
            }
        }
    }
    match (chosen, other, set_aside) {
        (Some(chosen), ..) if fits == 1 => Ok(chosen),
        (Some(_), ..) => Err(several_fit(alg, named, fits)),
        (None, Some(other), _) if !others => {
            Err(SelectError::AlgorithmMismatch { header: alg, key: other.borrow().algorithm() })
        }
        (None, None, Some(reason)) if named => Err(SelectError::KeySetAside { reason }),
        (None, None, None) => Err(unknown()),
        _ => Err(SelectError::NoKeyForAlgorithm { alg }),
    }
}

const fn several_fit(alg: Algorithm, named: bool, keys: usize) -> SelectError {
    match named {
        true => SelectError::KeyAmbiguous { alg, keys },
        false => SelectError::KidNeeded { alg, keys },
    }
}

/// Returns the error if none of the keys, whose kids are `kids`, has the header's. A device does not show
/// these.
fn unknown<'k>(
    kid: Option<JsonString<'_>>,
    keys: usize,
    kids: impl Iterator<Item = JsonString<'k>>,
) -> SelectError {
    if keys == 0 {
        return SelectError::NoKeys;
    }
    SelectError::KidUnknown {
        keys,
        kid: kid.map_or(Excerpt::NONE, JsonString::excerpt),
        known: if Excerpt::TEXTS == 1 { Excerpt::NONE } else { JsonString::excerpt_of(kids, keys, kid) },
    }
}

/// A single key is used whatever `kid` the token has.
impl sealed::Find for VerifyingKey {
    type Found<'k> = &'k Self;

    fn find(&self, query: &Query<'_>) -> Result<&Self, SelectError> {
        let named = query.reference.kid().is_some();
        choose(query.algorithm, named, core::iter::once(Ok(self)), || SelectError::NoKeys)
    }

    fn algorithms(&self) -> AlgorithmSet {
        self.algorithm().into()
    }

    fn members<'m>(&'m self, _: Reference<'m>) -> impl Iterator<Item = Member<'m>> {
        core::iter::once(Member { names: Names::of(None), is_named: true, outcome: Ok(self.algorithm()) })
    }
}

impl<S: AsRef<str>> sealed::Find for [(S, VerifyingKey)] {
    type Found<'k>
        = &'k VerifyingKey
    where
        Self: 'k;

    fn find(&self, query: &Query<'_>) -> Result<&VerifyingKey, SelectError> {
        let name = query.reference.name(|_| false);
        let named = self.iter().filter(|(kid, _)| name.is_none_or(|name| of_pair(kid.as_ref()).have(name)));
        choose(query.algorithm, name.is_some(), named.map(|(_, key)| Ok(key)), || {
            unknown(
                query.reference.kid(),
                self.len(),
                self.iter().map(|(kid, _)| JsonString::new(kid.as_ref(), false)),
            )
        })
    }

    fn algorithms(&self) -> AlgorithmSet {
        // Without keys, their absence is the reason to refuse a token, whatever its algorithm.
        AlgorithmSet::of(self.iter().map(|(_, key)| key.algorithm())).unwrap_or(AlgorithmSet::ALL)
    }

    fn members<'m>(&'m self, reference: Reference<'m>) -> impl Iterator<Item = Member<'m>> {
        let name = reference.name(|_| false);
        self.iter().map(move |(kid, key)| Member {
            names: of_pair(kid.as_ref()).into(),
            is_named: name.is_none_or(|name| of_pair(kid.as_ref()).have(name)),
            outcome: Ok(key.algorithm()),
        })
    }
}

const fn of_pair(kid: &str) -> Names<&str> {
    Names { kid: Some(kid), x5t_s256: None, x5t: None }
}

/// Implements the lookup of keys for types that hold a source.
macro_rules! find_through {
    ($(#[$feature:meta])? impl[$($parameters:tt)*] for $holder:ty: $held:ty) => {
        $(#[$feature])?
        impl<$($parameters)*> sealed::Find for $holder {
            type Found<'k>
                = <$held as sealed::Find>::Found<'k>
            where
                Self: 'k;

            fn find(&self, query: &Query<'_>) -> Result<Self::Found<'_>, SelectError> {
                <$held>::find(self, query)
            }

            fn algorithms(&self) -> AlgorithmSet {
                <$held>::algorithms(self)
            }

            fn members<'m>(&'m self, reference: Reference<'m>) -> impl Iterator<Item = Member<'m>> {
                <$held>::members(self, reference)
            }
        }
    };
}

find_through!(impl[S: AsRef<str>, const N: usize] for [(S, VerifyingKey); N]: [(S, VerifyingKey)]);
find_through!(#[cfg(feature = "alloc")] impl[S: AsRef<str>] for alloc::vec::Vec<(S, VerifyingKey)>: [(S, VerifyingKey)]);
find_through!(impl[K: sealed::Find + ?Sized] for &K: K);
find_through!(#[cfg(feature = "alloc")] impl[K: sealed::Find + ?Sized] for alloc::boxed::Box<K>: K);
find_through!(#[cfg(feature = "alloc")] impl[K: sealed::Find + ?Sized] for alloc::rc::Rc<K>: K);
find_through!(
    #[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
    impl[K: sealed::Find + ?Sized] for alloc::sync::Arc<K>: K
);

impl sealed::Find for JwksKeys<'_> {
    type Found<'k>
        = VerifyingKey
    where
        Self: 'k;

    fn find(&self, query: &Query<'_>) -> Result<VerifyingKey, SelectError> {
        let name = query.reference.name(|name| self.jwks.iter().flatten().any(|jwk| jwk.names().have(name)));
        let candidates = self.jwks.iter().filter_map(|member| match (name, member) {
            (None, Err(reason)) => Some(Err(reason)),
            (Some(_), Err(_)) => None,
            (Some(name), Ok(jwk)) if !jwk.names().have(name) => None,
            (_, Ok(jwk)) => Some(jwk.verifying_key(self.allowed)),
        });
        choose(query.algorithm, name.is_some(), candidates, || {
            unknown(
                query.reference.kid(),
                self.jwks.len(),
                self.jwks.iter().flatten().filter_map(|jwk| jwk.names().kid),
            )
        })
    }

    fn algorithms(&self) -> AlgorithmSet {
        self.allowed
    }

    fn members<'m>(&'m self, reference: Reference<'m>) -> impl Iterator<Item = Member<'m>> {
        let name = reference.name(|name| self.jwks.iter().flatten().any(|jwk| jwk.names().have(name)));
        self.jwks.iter().map(move |member| {
            let names = member.as_ref().map_or(Names::of(None), Jwk::names);
            Member {
                names,
                is_named: name.is_none_or(|name| names.have(name)),
                outcome: member.and_then(|jwk| jwk.verifying_key(self.allowed)).map(|key| key.algorithm()),
            }
        })
    }
}

#[cfg(feature = "alloc")]
impl KeySet {
    /// Returns the key that a token of this algorithm with this `kid` is verified with.
    ///
    /// # Errors
    ///
    /// [`SelectError::KidUnknown`], [`SelectError::KeySetAside`], [`SelectError::KeyAmbiguous`],
    /// [`SelectError::AlgorithmMismatch`] or [`SelectError::NoKeyForAlgorithm`].
    pub fn key(&self, kid: &str, algorithm: Algorithm) -> Result<&VerifyingKey, SelectError> {
        let kid = JsonString::new(kid, false);
        choose(algorithm, true, self.keys_of(kid).map(kept), || self.unknown(Some(kid)))
    }

    fn unknown(&self, kid: Option<JsonString<'_>>) -> SelectError {
        let kids = self.names().filter_map(|names| names.kid);
        unknown(kid, self.len(), kids.map(|kid| JsonString::new(kid, false)))
    }
}

#[cfg(feature = "alloc")]
impl sealed::Find for KeySet {
    type Found<'k> = &'k VerifyingKey;

    fn find(&self, query: &Query<'_>) -> Result<&VerifyingKey, SelectError> {
        let alg = query.algorithm;
        let unknown = || self.unknown(query.reference.kid());
        match query.reference.name(|name| self.keys_named(name).next().is_some()) {
            Some(Name::Kid(kid)) => choose(alg, true, self.keys_of(kid).map(kept), unknown),
            Some(thumbprint) => choose(alg, true, self.keys_named(thumbprint).map(kept), unknown),
            None => choose(alg, false, self.keys().map(kept), unknown),
        }
    }

    fn algorithms(&self) -> AlgorithmSet {
        Self::algorithms(self)
    }

    fn members<'m>(&'m self, reference: Reference<'m>) -> impl Iterator<Item = Member<'m>> {
        let name = reference.name(|name| self.keys_named(name).next().is_some());
        self.verdicts().zip(self.names()).map(move |(verdict, names)| Member {
            names: names.into(),
            is_named: name.is_none_or(|name| names.have(name)),
            outcome: verdict.outcome,
        })
    }
}

#[cfg(feature = "alloc")]
fn kept(key: &Result<VerifyingKey, KeyError>) -> Result<&VerifyingKey, KeyError> {
    key.as_ref().map_err(|reason| *reason)
}
