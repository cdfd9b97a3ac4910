//! Strings as they are written in JSON text, with escapes.

use core::cmp::Ordering;
use core::fmt::{self, Write as _};

use crate::error::Excerpt;

/// A JSON string, borrowed from checked text. It compares, iterates and displays unescaped, control
/// characters included; `Debug` shows its start, safe to log.
///
/// ```
/// use jose_core::json::{JsonString, Value};
///
/// let value = Value::parse(r#""caf\u00e9""#)?;
/// let name = value.as_string().ok_or("not a string")?;
/// assert!(name == "café");
/// assert_eq!(value.as_string(), Some(JsonString::from("café")));
/// assert_eq!(name.to_string(), "café");
///
/// // Without a heap:
/// let mut buffer = [0; 16];
/// assert_eq!(name.copy_to(&mut buffer), Some("café"));
/// assert_eq!(buffer[..name.len()], *"café".as_bytes());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct JsonString<'a> {
    /// The text between the quotes.
    raw: &'a str,
    escaped: bool,
}

impl<'a> JsonString<'a> {
    pub(crate) const fn new(raw: &'a str, escaped: bool) -> Self {
        Self { raw, escaped }
    }

    /// Returns the text, if no character of it is escaped. To compare, use `==`; to get the text in any case,
    /// [`copy_to`](Self::copy_to) or `to_string`: all of these handle escapes.
    #[must_use]
    pub fn as_str(self) -> Option<&'a str> {
        if self.escaped { None } else { Some(self.raw) }
    }

    /// Returns the text as ASCII octets, unescaped, for secret text: no branch and no address depends on what
    /// `\u` encodes. The positions of escapes are not secret. Anything outside ASCII, and each escape other
    /// than `\u`, yields octets outside ASCII.
    pub(crate) fn ascii_octets(self) -> impl Iterator<Item = u8> + Clone + use<'a> {
        let mut rest = self.raw.as_bytes();
        core::iter::from_fn(move || {
            let (octet, after) = match rest {
                [octet, after @ ..] if !self.escaped => (*octet, after),
                [b'\\', b'u', digits @ ..] => {
                    let (digits, after) = digits.split_first_chunk()?;
                    let (unit, _) = code_unit_of(*digits);
                    // 0xff if one of the upper nine bits is set.
                    let beyond = (unit >> 7).wrapping_neg() >> 8;
                    let [_, octet] = (unit | beyond).to_be_bytes();
                    (octet, after)
                }
                [b'\\', _, after @ ..] => (u8::MAX, after),
                [octet, after @ ..] => (*octet, after),
                [] => return None,
            };
            rest = after;
            Some(octet)
        })
    }

    /// Returns the characters, unescaped.
    pub fn chars(self) -> impl Iterator<Item = char> + Clone + use<'a> {
        let mut rest = self.raw.chars();
        core::iter::from_fn(move || next_character(&mut rest, self.escaped))
    }

    /// Calls `work` with each octet of the unescaped text in UTF-8.
    pub(super) fn for_each_octet(self, mut work: impl FnMut(u8)) {
        let mut encoded = [0; 4];
        self.chars().for_each(|character| character.encode_utf8(&mut encoded).bytes().for_each(&mut work));
    }

    /// Returns the length of the unescaped text in bytes of UTF-8, which [`copy_to`](Self::copy_to) needs.
    #[must_use]
    pub fn len(self) -> usize {
        let mut len = 0_usize;
        self.for_each_octet(|_| len = len.wrapping_add(1));
        len
    }

    /// Returns whether it has no characters.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.raw.is_empty()
    }

    /// Copies the unescaped text to the start of `buffer` and returns the copy. Returns `None` if `buffer`
    /// has fewer than [`len`](Self::len) bytes; it may then hold the start of the text.
    pub fn copy_to(self, buffer: &mut [u8]) -> Option<&str> {
        let mut len = 0_usize;
        for character in self.chars() {
            let mut encoded = [0; 4];
            let encoded = character.encode_utf8(&mut encoded).as_bytes();
            let end = len.checked_add(encoded.len())?;
            buffer.get_mut(len..end)?.copy_from_slice(encoded);
            len = end;
        }
        let text = core::str::from_utf8(buffer.get(..len)?);
        debug_assert!(text.is_ok(), "characters are UTF-8");
        text.ok()
    }

    /// Returns the text, unescaped into `buffer` if it has escapes; `None` if it does not fit.
    pub(crate) fn text<'b>(self, buffer: &'b mut [u8]) -> Option<&'b str>
    where
        'a: 'b,
    {
        self.as_str().or_else(|| self.copy_to(buffer))
    }

    /// Writes the string as JSON, with quotes: as it was read, or, if it was not read from JSON, with the
    /// required escapes.
    pub(super) fn write_json(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        if self.escaped {
            f.write_str(self.raw)?;
        } else {
            self.raw.chars().try_for_each(|character| match character {
                // RFC 8259 §7
                '"' | '\\' | '\0'..='\x1f' => write!(f, "\\u{:04x}", u32::from(character)),
                _ => f.write_char(character),
            })?;
        }
        f.write_str("\"")
    }

    #[cold]
    fn is_by_characters(self, other: &str) -> bool {
        self.chars().eq(other.chars())
    }

    /// Compares with a checked string, of which `text` is what follows its opening quote: by octets of UTF-8,
    /// which is the order of characters. Stops at the first difference.
    pub(super) fn compare_start(self, text: &str) -> Ordering {
        // On a device, where few names are compared, a second path is not worth its code size.
        if !cfg!(target_pointer_width = "64") {
            return self.chars().cmp(up_to_quote(text));
        }
        let both = self.raw.bytes().zip(text.bytes());
        let same = both.take_while(|(own, other)| own == other && *own != b'\\').count();
        match (self.raw.as_bytes().get(same), text.as_bytes().get(same)) {
            (Some(b'\\'), _) | (_, Some(b'\\')) => self.chars().cmp(up_to_quote(text)),
            (None, Some(b'"')) => Ordering::Equal,
            (None, _) => Ordering::Less,
            (Some(_), Some(b'"')) => Ordering::Greater,
            (own, other) => own.cmp(&other),
        }
    }

    /// Returns the text for an error message.
    pub(crate) fn excerpt(self) -> Excerpt {
        Self::excerpt_beside(Some(self), None)
    }

    /// Returns the text, if there is one, for an error message that shows it beside another.
    #[cold]
    fn excerpt_beside(text: Option<Self>, other: Option<JsonString<'_>>) -> Excerpt {
        let mut excerpt = Excerpt::NONE;
        if let Some(text) = text {
            text.add_to(&mut excerpt, other, 1);
        }
        excerpt
    }

    /// Returns the texts, at most `count`, for an error message. One that differs from `other` only far into
    /// the text starts shortly before the difference.
    pub(crate) fn excerpt_of(
        mut texts: impl Iterator<Item = Self>,
        count: usize,
        other: Option<JsonString<'_>>,
    ) -> Excerpt {
        if Excerpt::TEXTS == 1 {
            return Self::excerpt_beside(texts.next(), other);
        }
        let mut excerpt = Excerpt::NONE;
        let mut left = count.min(Excerpt::TEXTS);
        for text in texts {
            text.add_to(&mut excerpt, other, left);
            // There may be more than can be shown, which are counted.
            left = left.saturating_sub(1);
        }
        excerpt
    }

    #[cold]
    fn add_to(self, excerpt: &mut Excerpt, other: Option<JsonString<'_>>, texts: usize) {
        let same = other.map_or(0, |other| {
            let both = self.chars().zip(other.chars()).take_while(|(own, other)| own == other);
            both.map(|(own, _)| Excerpt::width(own)).sum()
        });
        excerpt.push(self.chars(), same, texts);
    }
}

/// Returns the characters up to the closing quote.
fn up_to_quote(text: &str) -> impl Iterator<Item = char> {
    let mut rest = text.chars();
    core::iter::from_fn(
        move || if rest.as_str().starts_with('"') { None } else { next_character(&mut rest, true) },
    )
}

/// Takes a character, unescaping it if the text has escapes.
fn next_character(rest: &mut core::str::Chars<'_>, escaped: bool) -> Option<char> {
    match rest.next()? {
        '\\' if escaped => Some(unescape(rest)),
        character => Some(character),
    }
}

/// Takes what follows the backslash of an escape, which the reader has checked, and returns its character.
fn unescape(rest: &mut core::str::Chars<'_>) -> char {
    let character = match rest.next() {
        Some('n') => Some('\n'),
        Some('t') => Some('\t'),
        Some('r') => Some('\r'),
        Some('b') => Some('\u{8}'),
        Some('f') => Some('\u{c}'),
        Some('u') => encoded(rest),
        other => other,
    };
    debug_assert!(character.is_some(), "the reader has checked the escape");
    character.unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Takes what follows `\u` and returns the character.
fn encoded(rest: &mut core::str::Chars<'_>) -> Option<char> {
    let unit = code_unit(rest)?;
    if let 0xd800..0xdc00 = unit {
        // A high surrogate is followed by its low one.
        *rest = rest.as_str().strip_prefix("\\u")?.chars();
        return char::decode_utf16([unit, code_unit(rest)?]).next()?.ok();
    }
    char::from_u32(unit.into())
}

/// Takes four digits and returns the UTF-16 code unit that they encode.
fn code_unit(rest: &mut core::str::Chars<'_>) -> Option<u16> {
    let (digits, after) = rest.as_str().split_at_checked(4)?;
    *rest = after.chars();
    hex(digits.as_bytes())
}

/// Returns the UTF-16 code unit that the first four characters encode.
pub(super) fn hex(text: &[u8]) -> Option<u16> {
    let (unit, is_hex) = code_unit_of(*text.first_chunk()?);
    is_hex.then_some(unit)
}

/// Returns the UTF-16 code unit that four digits encode, and whether all are digits. They may be secret: no
/// branch and no address depends on them, except on whether they are digits.
fn code_unit_of(digits: [u8; 4]) -> (u16, bool) {
    // All bits set if a number is in a range, from the sign of a difference.
    let within = |number: i16, low: i16, high: i16| {
        !((number.wrapping_sub(low) | high.wrapping_sub(number)) >> 15).cast_unsigned()
    };
    let mut unit = 0;
    let mut all = u16::MAX;
    for digit in digits {
        let (decimal, letter) = (i16::from(digit), i16::from(digit | 0x20));
        let (is_decimal, is_letter) = (within(decimal, 0x30, 0x39), within(letter, 0x61, 0x66));
        let value = is_decimal & u16::from(digit & 0xf) | is_letter & u16::from(digit & 0xf).wrapping_add(9);
        unit = unit << 4 | value;
        all &= is_decimal | is_letter;
    }
    (unit, all == u16::MAX)
}

impl PartialEq<str> for JsonString<'_> {
    // For other crates: reading a header and comparing its `kid` takes 1.4 % more instructions otherwise.
    #[cfg_attr(target_pointer_width = "64", inline)]
    fn eq(&self, other: &str) -> bool {
        if self.escaped { self.is_by_characters(other) } else { self.raw == other }
    }
}

impl PartialEq<&str> for JsonString<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl PartialEq for JsonString<'_> {
    fn eq(&self, other: &Self) -> bool {
        if self.escaped || other.escaped { self.chars().eq(other.chars()) } else { self.raw == other.raw }
    }
}

impl Eq for JsonString<'_> {}

impl PartialEq<JsonString<'_>> for str {
    fn eq(&self, other: &JsonString<'_>) -> bool {
        *other == *self
    }
}

impl PartialEq<JsonString<'_>> for &str {
    fn eq(&self, other: &JsonString<'_>) -> bool {
        *other == **self
    }
}

#[cfg(feature = "alloc")]
impl PartialEq<alloc::string::String> for JsonString<'_> {
    fn eq(&self, other: &alloc::string::String) -> bool {
        *self == **other
    }
}

#[cfg(feature = "alloc")]
impl PartialEq<JsonString<'_>> for alloc::string::String {
    fn eq(&self, other: &JsonString<'_>) -> bool {
        *other == **self
    }
}

/// Wraps a text as it is, for comparison: `claims.subject()? == Some("ada".into())`.
impl<'a> From<&'a str> for JsonString<'a> {
    fn from(text: &'a str) -> Self {
        Self::new(text, false)
    }
}

impl fmt::Display for JsonString<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars().try_for_each(|character| f.write_char(character))
    }
}

impl fmt::Debug for JsonString<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.excerpt(), f)
    }
}

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "tests may panic")]
mod tests {
    use super::code_unit_of;

    /// Every byte at every place.
    #[test]
    fn digits_match_model() {
        for place in 0..4 {
            for byte in 0..=255 {
                for other in *b"0aF9" {
                    let mut digits = [other; 4];
                    digits[place] = byte;
                    let model = digits
                        .iter()
                        .try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?));
                    let (unit, valid) = code_unit_of(digits);
                    assert_eq!(valid.then_some(u32::from(unit)), model, "{}", digits.escape_ascii());
                }
            }
        }
    }
}
