//! How a header names its key, and what a key is to that name.
//!
//! A `kid` decides wherever there is one (RFC 7515 §4.1.4). Some issuers write a thumbprint of the
//! key's certificate instead, and the same text into their set; it is compared as text, and says no more
//! of the key than a `kid` does.

use crate::header::Header;
use crate::json::JsonString;

/// What a header has to name its key.
#[derive(Clone, Copy, Debug)]
pub struct Reference<'h> {
    kid: Option<JsonString<'h>>,
    x5t_s256: Option<JsonString<'h>>,
    x5t: Option<JsonString<'h>>,
}

/// The one name that keys are chosen by.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Name<'h> {
    Kid(JsonString<'h>),
    X5tS256(JsonString<'h>),
    X5t(JsonString<'h>),
}

impl<'h> Reference<'h> {
    /// No name at all.
    pub(crate) const NONE: Self = Self { kid: None, x5t_s256: None, x5t: None };

    pub(crate) fn of(header: &Header<'h>) -> Self {
        Self { kid: header.kid(), x5t_s256: header.x5t_s256(), x5t: header.x5t() }
    }

    pub(crate) const fn kid(self) -> Option<JsonString<'h>> {
        self.kid
    }

    /// The name that decides among keys, of which `is_known` says whether one of them has it: the `kid`
    /// in any case, and without it a thumbprint that is known.
    pub(crate) fn name(self, mut is_known: impl FnMut(Name<'h>) -> bool) -> Option<Name<'h>> {
        if let Some(kid) = self.kid {
            return Some(Name::Kid(kid));
        }
        let thumbprints = [self.x5t_s256.map(Name::X5tS256), self.x5t.map(Name::X5t)];
        thumbprints.into_iter().flatten().find(|name| is_known(*name))
    }
}

/// What a key is to the name in a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    /// It has the name, or the header names none.
    Named,
    /// It has another name, or none.
    Other,
    /// The header's `kid` is not the key's own, but its `x5t#S256` or `x5t`.
    Thumbprint,
    /// The header's `kid` differs from the key's own in letter case alone.
    LetterCase,
}

/// The names that a key has.
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

    pub(crate) fn relation(self, name: Option<Name<'_>>) -> Relation {
        match name {
            Some(name) if !self.have(name) => self.relation_to_another(name),
            _ => Relation::Named,
        }
    }

    fn relation_to_another(self, name: Name<'_>) -> Relation {
        let Name::Kid(kid) = name else { return Relation::Other };
        if self.x5t_s256.is_some_and(|own| own.is(kid)) || self.x5t.is_some_and(|own| own.is(kid)) {
            Relation::Thumbprint
        } else if self.kid.is_some_and(|own| own.is_but_for_case(kid)) {
            Relation::LetterCase
        } else {
            Relation::Other
        }
    }
}

/// Text that a name of a key is kept as.
pub(crate) trait Text: Copy {
    fn is(self, name: JsonString<'_>) -> bool;
    fn is_but_for_case(self, name: JsonString<'_>) -> bool;
}

impl Text for &str {
    fn is(self, name: JsonString<'_>) -> bool {
        name == *self
    }

    fn is_but_for_case(self, name: JsonString<'_>) -> bool {
        equal_but_for_case(self.chars(), name)
    }
}

impl Text for JsonString<'_> {
    fn is(self, name: JsonString<'_>) -> bool {
        name == self
    }

    fn is_but_for_case(self, name: JsonString<'_>) -> bool {
        equal_but_for_case(self.chars(), name)
    }
}

fn equal_but_for_case(own: impl Iterator<Item = char>, name: JsonString<'_>) -> bool {
    let lower = |character: char| character.to_ascii_lowercase();
    own.map(lower).eq(name.chars().map(lower))
}
