//! A JWK Set (RFC 7517 §5), borrowed from its JSON text.

use crate::algorithm::AlgorithmSet;
use crate::error::{KeyError, SetError};
use crate::json::{Elements, Members, Names, Word};
use crate::jwk::Jwk;
use crate::limits::Limits;

/// A JWK Set. It needs no heap, and keeps nothing but a reference to its text.
///
/// One bad member costs no other: it is an `Err` in its place.
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
    /// Reads a set. Of the members of `keys`, only where they start and end is known after this;
    /// [`iter`](Self::iter) reads them.
    ///
    /// # Errors
    ///
    /// [`SetError`].
    pub fn parse<T: AsRef<[u8]> + ?Sized>(text: &'a T) -> Result<Self, SetError> {
        Self::parse_with_limits(text, Limits::new())
    }

    /// The same with limits of one's own, of which [`Limits::max_set_length`], [`Limits::max_keys`] and
    /// [`Limits::max_members`] count here.
    ///
    /// # Errors
    ///
    /// [`SetError`].
    pub fn parse_with_limits<T: AsRef<[u8]> + ?Sized>(text: &'a T, limits: Limits) -> Result<Self, SetError> {
        let text = text.as_ref();
        let limit = limits.set_length();
        if text.len() > limit {
            return Err(SetError::TooLong { length: text.len(), limit });
        }
        const KEYS: u64 = Word::of_short("keys");
        let mut names = Names::new();
        let mut members = Members::new(text, limits.members(), &mut names)
            .map_err(|error| error.map_or(SetError::NotObject, SetError::Json))?;
        let mut keys = None;
        while let Some(word) = members.next_word().map_err(SetError::Json)? {
            // What is wrong inside a key is a fault of that key alone.
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
                Err(SetError::TooManyKeys { keys: keys.len(), limit: limits.keys() })
            }
            Some(Some(keys)) => Ok(Self { keys, limits, uses: &[] }),
        }
    }

    /// Accepts keys with one of these values of `use`, too: see [`Jwk::allow_uses`].
    #[must_use]
    pub const fn allow_uses(mut self, uses: &'a [&'a str]) -> Self {
        self.uses = uses;
        self
    }

    /// These keys, for tokens of the `allowed` algorithms: a source of keys for a
    /// [`Verifier`](crate::Verifier).
    #[must_use]
    pub fn keys(&self, allowed: impl Into<AlgorithmSet>) -> JwksKeys<'a> {
        JwksKeys { jwks: *self, allowed: allowed.into() }
    }

    /// The number of members, good and bad.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is no member at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.keys.len() == 0
    }

    /// The members, in order.
    pub fn iter(&self) -> impl Iterator<Item = Result<Jwk<'a>, KeyError>> + use<'a> {
        let (limits, uses) = (self.limits, self.uses);
        let parse = move |member| Jwk::parse_with_limits(member, limits).map(|jwk| jwk.allow_uses(uses));
        self.keys.iter().map(parse)
    }
}

/// The keys of a [`Jwks`] for tokens of some algorithms: see [`Jwks::keys`].
#[derive(Clone, Copy, Debug)]
pub struct JwksKeys<'a> {
    pub(crate) jwks: Jwks<'a>,
    pub(crate) allowed: AlgorithmSet,
}

/// Shows no text: a set may hold secrets.
impl core::fmt::Debug for Jwks<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Jwks").field("len", &self.len()).finish_non_exhaustive()
    }
}
