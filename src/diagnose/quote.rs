//! A text of a token, a key or a policy, as a report shows it.

use core::fmt::{self, Write as _};

use crate::error::Escaped;
use crate::json::JsonString;

/// The maximum number of bytes shown of a text: enough for an issuer with a tenant ID, and for any `kid`.
const SHOWN: usize = 200;

/// How many characters are shown before the first difference of two texts, if the difference would otherwise
/// be cut off.
const BEFORE: usize = 60;

/// A text in quotes, escaped as in an [`Excerpt`](crate::error::Excerpt), with dots outside the quotes where
/// it is cut.
#[derive(Clone, Copy)]
pub(super) struct Quoted<'t> {
    text: JsonString<'t>,
    /// The number of characters skipped at the start.
    skipped: usize,
}

impl<'t> Quoted<'t> {
    pub(super) const fn new(text: JsonString<'t>) -> Self {
        Self { text, skipped: 0 }
    }

    /// Creates a quotation that shows the first difference from another text.
    pub(super) fn beside(text: JsonString<'t>, other: JsonString<'_>) -> Self {
        let same = text.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
        let skipped = if same < SHOWN - BEFORE { None } else { same.checked_sub(BEFORE) };
        Self { text, skipped: skipped.unwrap_or(0) }
    }
}

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.skipped == 0 { "\"" } else { "...\"" })?;
        let mut room = SHOWN;
        for character in self.text.chars().skip(self.skipped).map(Escaped) {
            let Some(left) = room.checked_sub(character.len()) else {
                return f.write_str("\"...");
            };
            room = left;
            character.fmt(f)?;
        }
        f.write_char('"')
    }
}
