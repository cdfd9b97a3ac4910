//! Keys built once from a JWK Set, looked up by `kid`, with a verdict on every member.

use alloc::boxed::Box;
use alloc::string::ToString as _;
use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt;

use crate::algorithm::{Algorithm, AlgorithmSet};
use crate::error::{Error, Excerpt, KeyError};
use crate::json::JsonString;
use crate::jwk::Jwk;
use crate::jwks::Jwks;
use crate::key::VerifyingKey;
use crate::reference::{Name, Names};

/// The keys of a JWK Set, ready to verify. Without a heap, use an array of pairs of
/// `kid` and [`VerifyingKey`]: see [`KeySource`](crate::KeySource).
///
/// ```
/// # #[cfg(feature = "es256")] {
/// use jose_core::{Algorithm, Jwks, KeySet};
///
/// let text = r#"{"keys": [
///     {"kty": "EC", "crv": "P-256", "kid": "a", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
///      "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
///     {"kty": "RSA", "kid": "b", "use": "enc", "n": "AQAB", "e": "AQAB"}]}"#;
/// let keys = KeySet::from_jwks(&Jwks::parse(text)?, Algorithm::Es256)?;
///
/// let verdicts: Vec<String> = keys.verdicts().map(|verdict| verdict.to_string()).collect();
/// assert_eq!(verdicts[0], "kid \"a\": bound to ES256");
/// assert_eq!(verdicts[1], "kid \"b\": set aside: key 'use': expected \"sig\", found \"enc\": the key is not for signatures");
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct KeySet {
    members: Vec<Member>,
    allowed: AlgorithmSet,
    /// An open-addressing table of member numbers plus one, by a hash of the kid. Its length is a power of
    /// two, and at most half of it is used. Members with the same kid follow one another.
    places: Vec<u32>,
}

#[derive(Clone, Debug)]
struct Member {
    kid: Option<Box<str>>,
    x5t_s256: Option<Box<str>>,
    x5t: Option<Box<str>>,
    key: Result<VerifyingKey, KeyError>,
}

impl Member {
    fn new(member: Result<Jwk<'_>, KeyError>, allowed: AlgorithmSet) -> Self {
        let names = member.as_ref().ok().map(Jwk::names);
        let text = |name: Option<JsonString<'_>>| name.map(|name| name.to_string().into());
        Self {
            kid: names.and_then(|names| text(names.kid)),
            x5t_s256: names.and_then(|names| text(names.x5t_s256)),
            x5t: names.and_then(|names| text(names.x5t)),
            key: member.and_then(|jwk| jwk.verifying_key(allowed)),
        }
    }

    fn names(&self) -> Names<&str> {
        Names { kid: self.kid.as_deref(), x5t_s256: self.x5t_s256.as_deref(), x5t: self.x5t.as_deref() }
    }

    fn verdict(&self) -> Verdict<'_> {
        let outcome = self.key.as_ref().map(VerifyingKey::algorithm).map_err(|error| *error);
        Verdict { kid: self.kid.as_deref(), outcome }
    }
}

/// The verdict on one member of a JWK Set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verdict<'k> {
    /// Its `kid`, if it has a readable one.
    pub kid: Option<&'k str>,
    /// The algorithm that it is bound to, or why it was set aside.
    pub outcome: Result<Algorithm, KeyError>,
}

impl fmt::Display for Verdict<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kid.map(|kid| Excerpt::new(kid.chars())) {
            Some(kid) => write!(f, "kid {kid:?}: ")?,
            None => f.write_str("no kid: ")?,
        }
        match &self.outcome {
            Ok(algorithm) => write!(f, "bound to {algorithm}"),
            Err(reason) => write!(f, "set aside: {reason}"),
        }
    }
}

/// The maximum number of ES256 keys that are prepared, from the start of the set: 256 KB of memory and some
/// milliseconds. Sets have a handful of keys; a set of a thousand must not cost a thousand times as much.
const MAX_PREPARED: usize = 64;

/// The maximum number of verdicts in a message, so that no set makes it long.
const MAX_SHOWN: usize = 8;

/// A JWK Set without a usable key, and the verdicts that say why.
#[derive(Clone, Debug)]
pub struct NoUsableKey {
    set: KeySet,
}

impl NoUsableKey {
    /// Returns the verdict on each member, in order. All were set aside.
    #[must_use]
    pub fn verdicts(&self) -> Verdicts<'_> {
        self.set.verdicts()
    }

    /// Returns the set all the same, to [diagnose](crate::Verifier::diagnose) tokens with: every one is
    /// refused.
    #[must_use]
    pub fn into_set(self) -> KeySet {
        self.set
    }
}

impl fmt::Display for NoUsableKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JWK Set: expected a key that can be used, found none among {}", self.set.len())?;
        self.verdicts().take(MAX_SHOWN).try_for_each(|verdict| write!(f, "; {verdict}"))?;
        match self.set.len().checked_sub(MAX_SHOWN) {
            Some(more @ 1..) => write!(f, "; and {more} more"),
            _ => Ok(()),
        }
    }
}

/// Keeps the number of members and why the first was set aside: [`Error`] is `Copy`, and cannot keep all.
impl From<NoUsableKey> for Error {
    fn from(none: NoUsableKey) -> Self {
        let first = none.verdicts().next().and_then(|verdict| verdict.outcome.err());
        Self::NoUsableKey { keys: none.set.len(), first }
    }
}

impl core::error::Error for NoUsableKey {}

impl KeySet {
    /// Builds every key of the set that is for one of the `allowed` algorithms, and keeps the reason for each
    /// that is set aside.
    ///
    /// # Errors
    ///
    /// [`NoUsableKey`] if every key was set aside, or the set is empty.
    pub fn from_jwks(jwks: &Jwks<'_>, allowed: impl Into<AlgorithmSet>) -> Result<Self, NoUsableKey> {
        Self::build(jwks, allowed.into())
    }

    fn build(jwks: &Jwks<'_>, allowed: AlgorithmSet) -> Result<Self, NoUsableKey> {
        // Allocated at its final size: growing would leave copies of secrets behind.
        let mut members = Vec::with_capacity(jwks.len());
        members.extend(jwks.iter().map(|jwk| Member::new(jwk, allowed)));
        Self::of(members, allowed)
    }

    /// Builds a set of one key from a JWK outside a set.
    ///
    /// # Errors
    ///
    /// [`NoUsableKey`] if the key was set aside.
    pub fn from_jwk(jwk: &Jwk<'_>, allowed: impl Into<AlgorithmSet>) -> Result<Self, NoUsableKey> {
        let allowed = allowed.into();
        Self::of(alloc::vec![Member::new(Ok(*jwk), allowed)], allowed)
    }

    /// Creates a set of these keys, each with its `kid`, for tokens of their algorithms. Several keys may
    /// have the same `kid`, as in a JWK Set: the algorithm tells them apart, and a token is refused if two
    /// different keys have its `kid` and its algorithm.
    ///
    /// ```
    /// # #[cfg(feature = "hs256")] {
    /// use jose_core::{Algorithm, KeySet, VerifyingKey};
    ///
    /// let key = VerifyingKey::hs256(b"a secret of at least thirty-two octets")?;
    /// let keys = KeySet::from_keys([("2026-1", key)])?;
    /// assert!(keys.key("2026-1", Algorithm::Hs256).is_ok());
    /// assert!(keys.iter().map(|(kid, _)| kid).eq([Some("2026-1")]));
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`NoUsableKey`] if there are no keys.
    pub fn from_keys<S: Into<Box<str>>>(
        keys: impl IntoIterator<Item = (S, VerifyingKey), IntoIter: ExactSizeIterator>,
    ) -> Result<Self, NoUsableKey> {
        let member =
            |(kid, key): (S, _)| Member { kid: Some(kid.into()), x5t_s256: None, x5t: None, key: Ok(key) };
        let keys = keys.into_iter();
        let mut members = Vec::with_capacity(keys.len());
        members.extend(keys.map(member));
        let allowed = AlgorithmSet::of(Keys(members.iter()).map(|(_, key)| key.algorithm()));
        // Without keys there is an error, whatever is allowed.
        Self::of(members, allowed.unwrap_or(AlgorithmSet::ALL))
    }

    /// Returns the members of this set followed by those of another, for tokens of the algorithms of either.
    /// Members with the same `kid` are treated as in [`from_keys`](Self::from_keys).
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        let allowed = self.allowed | other.allowed;
        #[expect(clippy::arithmetic_side_effects, reason = "both are in memory")]
        let mut members = Vec::with_capacity(self.members.len() + other.members.len());
        members.extend(self.members.iter().chain(&other.members).cloned());
        Self::indexed(members, allowed)
    }

    fn of(members: Vec<Member>, allowed: AlgorithmSet) -> Result<Self, NoUsableKey> {
        let is_usable = members.iter().any(|member| member.key.is_ok());
        let set = Self::indexed(members, allowed);
        if is_usable { Ok(set) } else { Err(NoUsableKey { set }) }
    }

    fn indexed(members: Vec<Member>, allowed: AlgorithmSet) -> Self {
        #[expect(
            clippy::arithmetic_side_effects,
            reason = "a member is larger than two bytes, and all are in memory"
        )]
        let places = alloc::vec![0; (members.len() * 2).next_power_of_two()];
        let mut set = Self { members, allowed, places };
        let places = Cell::from_mut(&mut *set.places).as_slice_of_cells();
        for (number, member) in (1..).zip(&set.members) {
            let Some(kid) = &member.kid else { continue };
            let free = probe(places, hash(kid)).find(|place| place.get() == 0);
            debug_assert!(free.is_some(), "at most half of the table is used");
            free.into_iter().for_each(|place| place.set(number));
        }
        set.members
            .iter_mut()
            .filter_map(|member| member.key.as_mut().ok())
            .filter(|key| key.algorithm() == Algorithm::Es256)
            .take(MAX_PREPARED)
            .for_each(VerifyingKey::prepare);
        set
    }

    /// Returns the usable keys, in order, each with its `kid` if it has one.
    #[must_use]
    pub fn iter(&self) -> Keys<'_> {
        Keys(self.members.iter())
    }

    /// Returns the verdict on each member of the set, in order.
    #[must_use]
    pub fn verdicts(&self) -> Verdicts<'_> {
        Verdicts(self.members.iter())
    }

    /// Returns the algorithms that the set allows.
    #[must_use]
    pub const fn algorithms(&self) -> AlgorithmSet {
        self.allowed
    }

    /// Returns the number of members, including those set aside.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Returns whether there are no members: possible only after [`NoUsableKey::into_set`].
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Returns the key of every member, or why it was set aside.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Result<VerifyingKey, KeyError>> {
        self.members.iter().map(|member| &member.key)
    }

    /// Returns the names of a member, and the verdict on it.
    pub(crate) fn member_at(&self, place: usize) -> Option<(Names<&str>, Result<Algorithm, KeyError>)> {
        let member = self.members.get(place)?;
        Some((member.names(), member.verdict().outcome))
    }

    /// Returns the names of every member.
    pub(crate) fn names(&self) -> impl Iterator<Item = Names<&str>> {
        self.members.iter().map(Member::names)
    }

    /// Returns the keys of the members with this name, or why they were set aside. It searches every member,
    /// and is for thumbprints: few tokens name their key by one, and a set has few members.
    pub(crate) fn keys_named(&self, name: Name<'_>) -> impl Iterator<Item = &Result<VerifyingKey, KeyError>> {
        self.members.iter().filter(move |member| member.names().have(name)).map(|member| &member.key)
    }

    /// Returns the keys of the members with this kid, which is looked up by its hash.
    pub(crate) fn keys_of(
        &self,
        kid: JsonString<'_>,
    ) -> impl Iterator<Item = &Result<VerifyingKey, KeyError>> {
        let start = match kid.as_str() {
            Some(kid) => Some(hash(kid)),
            None => hash_of_escaped(kid),
        };
        // All of them, if there is no hash.
        let numbers = probe(&self.places, start.unwrap_or(0)).copied();
        numbers.take_while(move |number| *number != 0 || start.is_none()).filter_map(move |number| {
            let member = self.members.get(usize::try_from(number).ok()?.checked_sub(1)?)?;
            let own = member.kid.as_deref().filter(|own| start.is_some() || own.len() > MAX_RESOLVED)?;
            (kid == *own).then_some(&member.key)
        })
    }
}

/// The usable keys of a [`KeySet`], each with its `kid` if it has one: see [`KeySet::iter`].
#[derive(Clone, Debug)]
pub struct Keys<'k>(core::slice::Iter<'k, Member>);

impl<'k> Iterator for Keys<'k> {
    type Item = (Option<&'k str>, &'k VerifyingKey);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.find_map(|member| Some((member.kid.as_deref(), member.key.as_ref().ok()?)))
    }
}

impl core::iter::FusedIterator for Keys<'_> {}

impl<'k> IntoIterator for &'k KeySet {
    type Item = (Option<&'k str>, &'k VerifyingKey);
    type IntoIter = Keys<'k>;

    fn into_iter(self) -> Keys<'k> {
        self.iter()
    }
}

/// The verdict on each member of a [`KeySet`], in order: see [`KeySet::verdicts`].
#[derive(Clone, Debug)]
pub struct Verdicts<'k>(core::slice::Iter<'k, Member>);

impl<'k> Iterator for Verdicts<'k> {
    type Item = Verdict<'k>;

    fn next(&mut self) -> Option<Verdict<'k>> {
        self.0.next().map(Member::verdict)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl core::iter::FusedIterator for Verdicts<'_> {}

/// The maximum length of a kid with escapes that is hashed. A longer one is compared with every kid that is
/// also longer; there are none unless the issuer makes them.
const MAX_RESOLVED: usize = 256;

#[cold]
fn hash_of_escaped(kid: JsonString<'_>) -> Option<usize> {
    kid.copy_to(&mut [0; MAX_RESOLVED]).map(hash)
}

/// Returns all places, in the order in which a kid with this hash takes them.
fn probe<P>(places: &[P], hash: usize) -> impl Iterator<Item = &P> {
    debug_assert!(places.len().is_power_of_two(), "{} places", places.len());
    let halves = places.split_at_checked(hash & places.len().wrapping_sub(1));
    debug_assert!(halves.is_some(), "the start is beyond the table");
    let (before, from) = halves.unwrap_or_default();
    from.iter().chain(before)
}

/// A hash that is fast for short text. The kids in the table come from the issuer; a kid that an attacker
/// makes up is compared with half of them at worst.
fn hash(kid: &str) -> usize {
    let (words, tail) = kid.as_bytes().as_chunks::<8>();
    let mut last = [0; 8];
    last.iter_mut().zip(tail).for_each(|(place, byte)| *place = *byte);
    let words = words.iter().chain(core::iter::once(&last));
    let mixed = words.fold(0, |mixed: u64, word| {
        (mixed.rotate_left(23) ^ u64::from_le_bytes(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    });
    // The high bits are the best mixed; the table takes the lowest of them.
    #[expect(clippy::as_conversions, reason = "bits that are cut off decide nothing")]
    {
        (mixed >> 40) as usize
    }
}
