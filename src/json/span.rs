//! The positions of values in a text.

use core::num::NonZero;
use core::ops::Range;

use super::{Array, JsonString, MAX_LENGTH, Object, Value};

/// The kind of a value, by its first byte; for a string, also whether it has escapes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Null,
    True,
    False,
    Number,
    Plain,
    Escaped,
    Array,
    Object,
}

impl Kind {
    #[expect(clippy::as_conversions, reason = "a discriminant, which has no other conversion")]
    const fn code(self) -> u64 {
        self as u64
    }

    const fn from_code(code: u64) -> Self {
        match code & 7 {
            0 => Self::Null,
            1 => Self::True,
            2 => Self::False,
            3 => Self::Number,
            4 => Self::Plain,
            5 => Self::Escaped,
            6 => Self::Array,
            _ => Self::Object,
        }
    }

    /// Returns the kind of a value other than a string, by its first byte.
    pub(super) const fn of_first(byte: u8) -> Self {
        match byte {
            b'{' => Self::Object,
            b'[' => Self::Array,
            b't' => Self::True,
            b'f' => Self::False,
            b'n' => Self::Null,
            _ => Self::Number,
        }
    }
}

/// The position and kind of a value, in one word. A [`Value`] or a struct of three fields would pass through
/// memory in pieces, and waiting for them took a third of the time of reading claims.
///
/// ```text
///  63        32 31         4 3    1  0
/// |    end     |    start   | kind | 1 |
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Span(NonZero<u64>);

const _: () = assert!(MAX_LENGTH < 1 << 28, "a start has 28 bits");

impl Span {
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn new(start: usize, end: usize, kind: Kind) -> Self {
        debug_assert!(start <= end && end <= MAX_LENGTH, "no text is longer");
        // No text is longer than 2^20 bytes.
        let [start, end] = [start, end].map(|place| u64::try_from(place).unwrap_or(0));
        Self(NonZero::<u64>::MIN | kind.code() << 1 | start << 4 | end << 32)
    }

    pub(super) fn start(self) -> u32 {
        u32::try_from(self.0.get() >> 4 & 0x0fff_ffff).unwrap_or(0)
    }

    pub(super) fn range(self) -> Range<usize> {
        let [start, end] = [u64::from(self.start()), self.0.get() >> 32];
        usize::try_from(start).unwrap_or(0)..usize::try_from(end).unwrap_or(0)
    }

    pub(super) const fn kind(self) -> Kind {
        Kind::from_code(self.0.get() >> 1)
    }

    /// Returns the text of the value.
    pub(crate) fn text(self, text: &str) -> &str {
        let part = text.get(self.range());
        debug_assert!(part.is_some(), "a span is of its text");
        part.unwrap_or_default()
    }

    /// Returns the value at this position in `text`.
    pub(crate) fn value(self, text: &str) -> Value<'_> {
        match self.kind() {
            Kind::Null => Value::Null,
            Kind::True => Value::Bool(true),
            Kind::False => Value::Bool(false),
            Kind::Number => Value::Number(self.text(text)),
            Kind::Array => Value::Array(Array(self.text(text))),
            Kind::Object => Value::Object(Object(self.text(text))),
            Kind::Plain | Kind::Escaped => Value::String(self.contents(text)),
        }
    }

    /// Returns the string at this position in `text`, if it is one.
    pub(crate) fn string(self, text: &str) -> Option<JsonString<'_>> {
        self.is_string().then(|| self.contents(text))
    }

    pub(crate) const fn is_string(self) -> bool {
        matches!(self.kind(), Kind::Plain | Kind::Escaped)
    }

    /// Returns the octets of the number at this position in `text`, if it is one.
    pub(crate) fn number(self, text: &str) -> Option<&[u8]> {
        if self.is_number() { text.as_bytes().get(self.range()) } else { None }
    }

    pub(crate) const fn is_null(self) -> bool {
        matches!(self.kind(), Kind::Null)
    }

    pub(crate) const fn is_true(self) -> bool {
        matches!(self.kind(), Kind::True)
    }

    pub(crate) const fn is_number(self) -> bool {
        matches!(self.kind(), Kind::Number)
    }

    /// Returns the text between the quotes.
    #[inline]
    pub(crate) fn contents(self, text: &str) -> JsonString<'_> {
        let quotes = self.range();
        let inside = quotes.start.wrapping_add(1)..quotes.end.wrapping_sub(1);
        let part = text.get(inside);
        debug_assert!(part.is_some(), "a span is of its text");
        JsonString::new(part.unwrap_or_default(), self.kind() == Kind::Escaped)
    }
}
