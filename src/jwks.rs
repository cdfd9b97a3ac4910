//! A JWK Set (RFC 7517 §5), borrowed from its JSON text.

use crate::algorithm::AlgorithmSet;
use crate::error::{KeyError, SetError};
use crate::json::{ElementTexts, Elements, Members, Names, Word};
use crate::jwk::Jwk;
use crate::limits::Limits;

/// A JWK Set. It needs no heap, and keeps only a reference to its text.
///
/// A bad member does not affect the others: it is an `Err` in its place.
///
/// ```
/// use jose_core::{Jwks, error::KeyError};
///
/// let set = Jwks::parse(r#"{"keys": [{"kty": "oct", "kid": "1", "k": "c2VjcmV0"}, "no key"]}"#)?;
/// let mut members = set.iter();
/// assert!(members.next().is_some_and(|jwk| jwk.is_ok_and(|jwk| jwk.kid().unwrap() == "1")));
/// assert!(matches!(members.next(), Some(Err(KeyError::NotObject))));
/// # Ok::<(), jose_core::error::SetError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Jwks<'a> {
    keys: Elements<'a>,
    limits: Limits,
    uses: &'a [&'a str],
}

impl<'a> Jwks<'a> {
    /// Parses a set. Of the members of `keys` this only finds where they start and end; [`iter`](Self::iter)
    /// parses them.
    ///
    /// # Errors
    ///
    /// [`SetError`] if the text is not a JWK Set or exceeds the default limits.
    pub fn parse<T: AsRef<[u8]> + ?Sized>(text: &'a T) -> Result<Self, SetError> {
        Self::parse_with_limits(text, Limits::new())
    }

    /// Parses a set within limits, of which [`Limits::max_set_length`], [`Limits::max_keys`] and
    /// [`Limits::max_members`] apply here.
    ///
    /// # Errors
    ///
    /// [`SetError`] if the text is not a JWK Set or exceeds the limits.
    pub fn parse_with_limits<T: AsRef<[u8]> + ?Sized>(text: &'a T, limits: Limits) -> Result<Self, SetError> {
        let text = text.as_ref();
        let limit = limits.set_length();
        if text.len() > limit {
            return Err(SetError::TooLong { length: text.len(), max: limit });
        }
        const KEYS: u64 = Word::of_short("keys");
        let mut names = Names::new();
        let mut members = Members::new(text, limits.members(), &mut names)
            .map_err(|error| error.map_or(SetError::NotObject, SetError::Json))?;
        let mut keys = None;
        while let Some(word) = members.next_word().map_err(SetError::Json)? {
            // An error inside a key affects that key alone.
            if word.get() == KEYS {
                keys = Some(members.elements().map_err(SetError::Json)?);
            } else {
                members.value().map_err(SetError::Json)?;
            }
        }
        match keys {
            None => Err(SetError::KeysMissing),
            Some(None) => Err(SetError::KeysNotArray),
            Some(Some(keys)) if keys.len() > limits.keys() => {
                Err(SetError::TooManyKeys { keys: keys.len(), max: limits.keys() })
            }
            Some(Some(keys)) => Ok(Self { keys, limits, uses: &[] }),
        }
    }

    /// Also accepts keys with one of these values of `use`: see [`Jwk::allow_uses`].
    #[must_use]
    pub const fn allow_uses(mut self, uses: &'a [&'a str]) -> Self {
        self.uses = uses;
        self
    }

    /// Returns these keys for tokens of the `allowed` algorithms, as a source of keys for a
    /// [`Verifier`](crate::Verifier).
    #[must_use]
    pub fn keys(&self, allowed: impl Into<AlgorithmSet>) -> JwksKeys<'a> {
        JwksKeys { jwks: *self, allowed: allowed.into() }
    }

    /// Returns the number of members, usable or not.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.keys.len()
    }

    /// Returns whether there are no members.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.keys.len() == 0
    }

    /// Returns the members, in order.
    #[must_use]
    pub const fn iter(&self) -> JwksMembers<'a> {
        JwksMembers { texts: self.keys.iter(), limits: self.limits, uses: self.uses }
    }
}

impl<'a> IntoIterator for &Jwks<'a> {
    type Item = Result<Jwk<'a>, KeyError>;
    type IntoIter = JwksMembers<'a>;

    fn into_iter(self) -> JwksMembers<'a> {
        self.iter()
    }
}

/// The members of a [`Jwks`], each parsed when it is reached: see [`Jwks::iter`].
#[derive(Clone)]
pub struct JwksMembers<'a> {
    texts: ElementTexts<'a>,
    limits: Limits,
    uses: &'a [&'a str],
}

impl<'a> Iterator for JwksMembers<'a> {
    type Item = Result<Jwk<'a>, KeyError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let member = self.texts.next()?;
        Some(Jwk::parse_with_limits(member, self.limits).map(|jwk| jwk.allow_uses(self.uses)))
    }
}

impl core::iter::FusedIterator for JwksMembers<'_> {}

/// Omits the text: a set may contain secrets.
impl core::fmt::Debug for JwksMembers<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("JwksMembers").finish_non_exhaustive()
    }
}

/// The keys of a [`Jwks`] for tokens of some algorithms: see [`Jwks::keys`].
#[derive(Clone, Copy, Debug)]
pub struct JwksKeys<'a> {
    pub(crate) jwks: Jwks<'a>,
    pub(crate) allowed: AlgorithmSet,
}

/// Omits the text: a set may contain secrets.
impl core::fmt::Debug for Jwks<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Jwks").field("len", &self.len()).finish_non_exhaustive()
    }
}
