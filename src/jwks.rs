//! A JWK Set (RFC 7517 §5), borrowed from its JSON text.

use crate::error::{KeyError, SetError};
use crate::json::{Array, Members, Names, Value};
use crate::jwk::Jwk;

/// The longest JWK Set that is read, in bytes: 512 KiB, room for [`MAX_KEYS`] RSA keys of 2048 bits.
pub const MAX_SET_LENGTH: usize = 512 * 1024;

/// The greatest number of members of `keys`.
pub const MAX_KEYS: usize = 1024;

/// A JWK Set. It needs no heap, and keeps nothing but a reference to its text.
///
/// One bad member costs no other: it is an `Err` in its place.
///
/// ```
/// use jose_core::{Jwks, KeyError};
///
/// let set = Jwks::parse(r#"{"keys": [{"kty": "oct", "kid": "1", "k": "c2VjcmV0"}, "no key"]}"#)?;
/// let mut members = set.iter();
/// assert!(members.next().is_some_and(|jwk| jwk.is_ok_and(|jwk| jwk.kid().unwrap() == "1")));
/// assert!(matches!(members.next(), Some(Err(KeyError::NotObject))));
/// # Ok::<(), jose_core::SetError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Jwks<'a> {
    keys: Array<'a>,
    len: usize,
    uses: &'a [&'a str],
}

impl<'a> Jwks<'a> {
    /// Reads a set. Its members are only known to be JSON after this; [`iter`](Self::iter) reads them.
    ///
    /// # Errors
    ///
    /// [`SetError`].
    pub fn parse<T: AsRef<[u8]> + ?Sized>(text: &'a T) -> Result<Self, SetError> {
        let text = text.as_ref();
        if text.len() > MAX_SET_LENGTH {
            return Err(SetError::TooLong { length: text.len(), limit: MAX_SET_LENGTH });
        }
        let mut names = Names::new();
        let mut members = Members::new(text, &mut names)
            .map_err(|error| error.map_or(SetError::NotObject, SetError::Json))?;
        let mut keys = None;
        while members.next_name().map_err(SetError::Json)? {
            // A name that occurs twice in a key is a fault of that key alone.
            if members.name() == "keys" {
                let value = members.lenient_value().map_err(SetError::Json)?;
                keys = Some(value.value(members.text()));
            } else {
                members.value().map_err(SetError::Json)?;
            }
        }
        match keys {
            None => Err(SetError::KeysMissing),
            Some(Value::Array(keys)) => match keys.iter().take(MAX_KEYS.saturating_add(1)).count() {
                len if len > MAX_KEYS => Err(SetError::TooManyKeys { limit: MAX_KEYS }),
                len => Ok(Self { keys, len, uses: &[] }),
            },
            Some(_) => Err(SetError::KeysNotArray),
        }
    }

    /// Accepts keys with one of these values of `use`, too: see [`Jwk::allow_uses`].
    #[must_use]
    pub const fn allow_uses(mut self, uses: &'a [&'a str]) -> Self {
        self.uses = uses;
        self
    }

    /// The number of members, good and bad.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no member at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The members, in order.
    pub fn iter(&self) -> impl Iterator<Item = Result<Jwk<'a>, KeyError>> + use<'a> {
        let uses = self.uses;
        self.keys.iter().map(move |member| match member {
            Value::Object(object) => Jwk::parse(object.text()).map(|jwk| jwk.allow_uses(uses)),
            _ => Err(KeyError::NotObject),
        })
    }
}

/// Shows no text: a set may hold secrets.
impl core::fmt::Debug for Jwks<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Jwks").field("len", &self.len).finish_non_exhaustive()
    }
}
