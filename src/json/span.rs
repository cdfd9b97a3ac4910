//! The positions of values in a text.

use core::num::NonZero;

use super::{Array, JsonString, MAX_LENGTH, Object, Value};

#[expect(clippy::as_conversions, reason = "no usize has more than 64 bits")]
const fn widened(offset: usize) -> u64 {
    offset as u64
}

/// Returns an offset that was widened.
#[expect(clippy::as_conversions, reason = "exact, since it was a usize")]
const fn narrowed(offset: u64) -> usize {
    offset as usize
}

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

    /// Returns the kind with a code, of which only three bits count.
    const fn of_code(code: u64) -> Self {
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

const _: () = {
    let mut code = 0;
    while code < 8 {
        assert!(Kind::of_code(code).code() == code, "a kind has its code");
        code = code.wrapping_add(1);
    }
};

/// The position and kind of a value, in one word. A [`Value`] or a struct of three fields would pass through
/// memory in pieces, and waiting for them took a third of the time of reading claims.
///
/// ```text
///  63        32 31         4 3    1  0
/// |    end     |    start   | kind | 1 |
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Span(NonZero<u64>);

const _: () = assert!(MAX_LENGTH < 1 << 28, "a start has 28 bits, and an end more");

impl Span {
    pub(super) fn new(start: usize, end: usize, kind: Kind) -> Self {
        debug_assert!(start <= end && end <= MAX_LENGTH, "no text is longer");
        let [start, end] = [start, end].map(widened);
        Self(NonZero::<u64>::MIN | kind.code() << 1 | start << 4 | end << 32)
    }

    pub(super) const fn start(self) -> usize {
        narrowed(self.0.get() >> 4 & 0x0fff_ffff)
    }

    pub(super) const fn end(self) -> usize {
        narrowed(self.0.get() >> 32)
    }

    pub(super) const fn kind(self) -> Kind {
        Kind::of_code(self.0.get() >> 1)
    }

    /// Returns the text of the value.
    pub(crate) fn text(self, text: &str) -> &str {
        let part = text.get(self.start()..self.end());
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
        if !self.is_number() {
            return None;
        }
        let part = text.as_bytes().get(self.start()..self.end());
        debug_assert!(part.is_some(), "a span is of its text");
        part
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
    pub(crate) fn contents(self, text: &str) -> JsonString<'_> {
        let inside = self.start().wrapping_add(1)..self.end().wrapping_sub(1);
        let part = text.get(inside);
        debug_assert!(part.is_some(), "a span is of its text");
        JsonString::new(part.unwrap_or_default(), self.kind() == Kind::Escaped)
    }
}
