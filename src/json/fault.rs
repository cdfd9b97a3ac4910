//! A fault on its way out of the reader: small enough for a register.

use super::MAX_LENGTH;
use crate::error::{JsonError, JsonErrorKind};

/// What is wrong with a text, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fault {
    kind: JsonErrorKind,
    offset: u32,
}

impl Fault {
    #[cold]
    pub(super) fn at(kind: JsonErrorKind, offset: usize) -> Self {
        debug_assert!(offset <= MAX_LENGTH, "no text is longer");
        Self { kind, offset: u32::try_from(offset).unwrap_or(u32::MAX) }
    }

    /// The error, with the character that was found.
    #[cold]
    pub(super) fn in_text(self, text: &str) -> JsonError {
        let offset = usize::try_from(self.offset).unwrap_or(usize::MAX);
        let rest = text.get(offset..).filter(|_| self.kind.shows_character());
        let found = rest.and_then(|rest| rest.chars().next());
        JsonError { kind: self.kind, found, offset }
    }
}
