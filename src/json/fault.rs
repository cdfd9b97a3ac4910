//! An error on its way out of the reader: what is wrong, and where.

use super::MAX_LENGTH;
use crate::error::{JsonError, JsonErrorKind};

/// An error and its place, in one word: a result that holds it is returned in registers. As a struct of two
/// fields, a string of escapes takes 24 % more instructions.
///
/// ```text
///  31            8 7      0
/// |     offset    |  kind  |
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fault(usize);

const _: () = assert!(MAX_LENGTH < 1 << 24, "an offset has 24 bits");

/// Every kind, at its discriminant.
const KINDS: [JsonErrorKind; 20] = [
    JsonErrorKind::InvalidUtf8,
    JsonErrorKind::ByteOrderMark,
    JsonErrorKind::ExpectedValue,
    JsonErrorKind::ExpectedName,
    JsonErrorKind::ExpectedColon,
    JsonErrorKind::ExpectedCommaOrBrace,
    JsonErrorKind::ExpectedCommaOrBracket,
    JsonErrorKind::ExpectedClosing,
    JsonErrorKind::ExpectedEnd,
    JsonErrorKind::InvalidLiteral,
    JsonErrorKind::ExpectedDigit,
    JsonErrorKind::LeadingZero,
    JsonErrorKind::UnterminatedString,
    JsonErrorKind::ControlCharacter,
    JsonErrorKind::InvalidEscape,
    JsonErrorKind::LoneSurrogate,
    JsonErrorKind::DuplicateName,
    JsonErrorKind::TooLong,
    JsonErrorKind::TooDeep,
    JsonErrorKind::TooManyMembers,
];

const _: () = {
    let mut rest: &[JsonErrorKind] = &KINDS;
    while let [before @ .., last] = rest {
        assert!(code(*last) == before.len(), "a kind stands at its discriminant");
        rest = before;
    }
};

#[expect(clippy::as_conversions, reason = "a discriminant, which has no other conversion")]
const fn code(kind: JsonErrorKind) -> usize {
    kind as usize
}

impl Fault {
    #[cold]
    pub(super) fn at(kind: JsonErrorKind, offset: usize) -> Self {
        debug_assert!(offset <= MAX_LENGTH, "no text is longer");
        Self(offset << 8 | code(kind))
    }

    /// Returns the error, with the character found.
    #[cold]
    pub(super) fn in_text(self, text: &str) -> JsonError {
        let offset = self.0 >> 8;
        let kind = KINDS.get(self.0 & 0xff).copied();
        debug_assert!(kind.is_some(), "every kind is listed");
        let kind = kind.unwrap_or(JsonErrorKind::ExpectedValue);
        let rest = text.get(offset..).filter(|_| kind.shows_character());
        let found = rest.and_then(|rest| rest.chars().next());
        JsonError { kind, found, offset }
    }
}
