//! How a header names its key, and whether a key has that name.
//!
//! A `kid` decides if there is one (RFC 7515 §4.1.4). Some issuers instead write a thumbprint of the key's
//! certificate into token and set. It is compared as text, and proves no more about the key than a `kid`
//! does.

use crate::header::Header;
use crate::json::JsonString;

/// The names of the key in a header.
#[derive(Clone, Copy, Debug)]
pub struct Reference<'h> {
    kid: Option<JsonString<'h>>,
    x5t_s256: Option<JsonString<'h>>,
    x5t: Option<JsonString<'h>>,
}

/// The one name that a key is chosen by.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Name<'h> {
    Kid(JsonString<'h>),
    X5tS256(JsonString<'h>),
    X5t(JsonString<'h>),
}

impl<'h> Reference<'h> {
    pub(crate) fn of(header: &Header<'h>) -> Self {
        Self { kid: header.kid(), x5t_s256: header.x5t_s256(), x5t: header.x5t() }
    }

    pub(crate) const fn kid(self) -> Option<JsonString<'h>> {
        self.kid
    }

    /// Returns the name that decides. `is_known` says whether a key has a name. A `kid` always decides;
    /// without one, the first thumbprint that is known.
    pub(crate) fn name(self, mut is_known: impl FnMut(Name<'h>) -> bool) -> Option<Name<'h>> {
        if let Some(kid) = self.kid {
            return Some(Name::Kid(kid));
        }
        let thumbprints = [self.x5t_s256.map(Name::X5tS256), self.x5t.map(Name::X5t)];
        thumbprints.into_iter().flatten().find(|name| is_known(*name))
    }
}

/// The names of a key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names<S> {
    pub(crate) kid: Option<S>,
    pub(crate) x5t_s256: Option<S>,
    pub(crate) x5t: Option<S>,
}

impl<S: Text> Names<S> {
    pub(crate) fn have(self, name: Name<'_>) -> bool {
        let (asked, own) = match name {
            Name::Kid(kid) => (kid, self.kid),
            Name::X5tS256(thumbprint) => (thumbprint, self.x5t_s256),
            Name::X5t(thumbprint) => (thumbprint, self.x5t),
        };
        own.is_some_and(|own| own.is(asked))
    }
}

impl<'k> Names<JsonString<'k>> {
    /// Creates the names of a key that has at most a kid.
    pub(crate) const fn of(kid: Option<JsonString<'k>>) -> Self {
        Self { kid, x5t_s256: None, x5t: None }
    }
}

impl<'k> From<Names<&'k str>> for Names<JsonString<'k>> {
    fn from(names: Names<&'k str>) -> Self {
        let [kid, x5t_s256, x5t] =
            [names.kid, names.x5t_s256, names.x5t].map(|name| name.map(|name| JsonString::new(name, false)));
        Self { kid, x5t_s256, x5t }
    }
}

/// The text of a key's name.
pub(crate) trait Text: Copy {
    fn is(self, name: JsonString<'_>) -> bool;
}

impl Text for &str {
    fn is(self, name: JsonString<'_>) -> bool {
        name == *self
    }
}

impl Text for JsonString<'_> {
    fn is(self, name: JsonString<'_>) -> bool {
        name == self
    }
}
