//! An error on its way out of the reader: what is wrong, and where.

use super::span::{offset, packed};
use crate::error::{JsonError, JsonErrorKind};

/// An error and its place. It is small, so that a result that holds it is returned in registers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fault {
    kind: JsonErrorKind,
    at: u32,
}

const _: () = assert!(size_of::<Fault>() == 8, "a result of a word and a fault is two words");

impl Fault {
    #[cold]
    pub(super) const fn at(kind: JsonErrorKind, at: usize) -> Self {
        Self { kind, at: packed(at) }
    }

    /// Returns the error, with the character found.
    #[cold]
    pub(super) fn in_text(self, text: &str) -> JsonError {
        let Self { kind, at } = self;
        let offset = offset(at);
        let rest = text.get(offset..).filter(|_| kind.shows_character());
        let found = rest.and_then(|rest| rest.chars().next());
        JsonError { kind, found, offset }
    }
}
