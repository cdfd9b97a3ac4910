//! Where values stand in a text.

use core::num::NonZero;
use core::ops::Range;

use super::string::hex;
use super::{Array, JsonString, Object, Value};
use crate::error::{JsonError, JsonErrorKind};

/// What a value is, by its first byte; of a string, whether it has escapes.
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
    const ALL: [Self; 8] = [
        Self::Null,
        Self::True,
        Self::False,
        Self::Number,
        Self::Plain,
        Self::Escaped,
        Self::Array,
        Self::Object,
    ];

    const fn code(self) -> u64 {
        match self {
            Self::Null => 0,
            Self::True => 1,
            Self::False => 2,
            Self::Number => 3,
            Self::Plain => 4,
            Self::Escaped => 5,
            Self::Array => 6,
            Self::Object => 7,
        }
    }
}

/// Where a value stands in its text, and its kind, in one word. A [`Value`] or a struct of three would
/// go through memory in pieces, and waiting for the pieces took a third of the time of reading claims.
///
/// From the lowest bit on: one that is set, three for the kind, 28 for the start, 32 for the end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Span(NonZero<u64>);

impl Span {
    pub(super) fn new(start: usize, end: usize, kind: Kind) -> Self {
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

    pub(super) fn kind(self) -> Kind {
        let code = usize::try_from(self.0.get() >> 1 & 7).unwrap_or(0);
        Kind::ALL.get(code).copied().unwrap_or(Kind::Null)
    }

    fn text(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or_default()
    }

    /// The value that stands here in `text`.
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

    /// The string that stands here in `text`, if it is one.
    pub(crate) fn string(self, text: &str) -> Option<JsonString<'_>> {
        self.is_string().then(|| self.contents(text))
    }

    /// The string (RFC 8259 §7) whose opening quote stands at a position.
    ///
    /// Eight bytes are looked at together. Subtracting from a byte borrows into its top bit where
    /// the byte is smaller; above the first such byte that may be wrong, and nothing is read there.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn of_string(text: &str, start: usize) -> Result<Self, JsonError> {
        const ONES: u64 = 0x0101_0101_0101_0101;
        let less = |word: u64, than: u64| word.wrapping_sub(ONES.wrapping_mul(than)) & !word;
        let mut kind = Kind::Plain;
        let mut at = start.wrapping_add(1);
        loop {
            while let Some(word) = text.as_bytes().get(at..).and_then(<[u8]>::first_chunk) {
                let word = u64::from_le_bytes(*word);
                let quote = less(word ^ (ONES * 0x22), 1);
                let backslash = less(word ^ (ONES * 0x5c), 1);
                let found = (quote | backslash | less(word, 0x20)) & (ONES << 7);
                if found != 0 {
                    at = at.wrapping_add(usize::try_from(found.trailing_zeros() / 8).unwrap_or(0));
                    break;
                }
                at = at.wrapping_add(8);
            }
            match text.as_bytes().get(at) {
                Some(b'"') => return Ok(Self::new(start, at.wrapping_add(1), kind)),
                Some(b'\\') => {
                    kind = Kind::Escaped;
                    at = after_escape(text, at)?;
                }
                Some(0x20..) => at = at.wrapping_add(1),
                Some(_) => return Err(JsonError { kind: JsonErrorKind::ControlCharacter, offset: at }),
                None => return Err(JsonError { kind: JsonErrorKind::End, offset: at }),
            }
        }
    }

    pub(crate) fn is_string(self) -> bool {
        matches!(self.kind(), Kind::Plain | Kind::Escaped)
    }

    /// The number that stands here in `text`, if it is one.
    pub(crate) fn number(self, text: &str) -> Option<&str> {
        matches!(self.kind(), Kind::Number).then(|| self.text(text))
    }

    /// What stands between the quotes.
    pub(super) fn contents(self, text: &str) -> JsonString<'_> {
        let quotes = self.range();
        let inside = quotes.start.wrapping_add(1)..quotes.end.wrapping_sub(1);
        JsonString::new(text.get(inside).unwrap_or_default(), self.kind() == Kind::Escaped)
    }
}

/// Where the escape sequence ends whose backslash stands at a position.
fn after_escape(text: &str, at: usize) -> Result<usize, JsonError> {
    let fail = |kind| Err(JsonError { kind, offset: at });
    let rest = text.get(at..).unwrap_or_default();
    let length = match (rest.as_bytes().get(1), rest.get(2..).and_then(hex)) {
        (Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't'), _) => 2,
        // A high surrogate needs its low one behind it.
        (Some(b'u'), Some(0xd800..0xdc00)) => match rest.get(6..8).zip(rest.get(8..).and_then(hex)) {
            Some(("\\u", 0xdc00..0xe000)) => 12,
            _ => return fail(JsonErrorKind::LoneSurrogate),
        },
        (Some(b'u'), Some(0xdc00..0xe000)) => return fail(JsonErrorKind::LoneSurrogate),
        (Some(b'u'), Some(_)) => 6,
        _ => return fail(JsonErrorKind::Escape),
    };
    Ok(at.wrapping_add(length))
}
