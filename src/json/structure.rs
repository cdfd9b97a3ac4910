//! Values by structure alone: brackets and strings, without checking what is in them.
//!
//! This is all that checked text needs, and enough to skip what is checked by itself: a malformed member of a
//! JWK Set ends where its brackets do. It takes constant stack at any depth, and time linear in the text.

use super::fault::Fault;
use super::span::{Kind, Span};
use crate::error::JsonErrorKind;

const ONES: u64 = 0x0101_0101_0101_0101;

/// Returns eight bytes whose top bits say, for each byte of a word, whether it is this ASCII character. The
/// bits of bytes above the first match may be wrong, and so may those of bytes outside ASCII:
/// [`before_first`] ignores both.
const fn is(word: u64, character: u8) -> u64 {
    // Subtracting from a byte borrows into its top bit if the byte is smaller.
    (word ^ ONES.wrapping_mul(widened(character))).wrapping_sub(ONES)
}

/// Does the same for bytes less than an ASCII character.
const fn is_less(word: u64, than: u8) -> u64 {
    word.wrapping_sub(ONES.wrapping_mul(widened(than)))
}

#[expect(clippy::as_conversions, reason = "u64::from is not const")]
const fn widened(byte: u8) -> u64 {
    byte as u64
}

/// Returns the place of the first byte whose top bit is set. One must be.
#[expect(clippy::as_conversions, reason = "less than eight")]
pub(crate) const fn byte_of(marks: u64) -> usize {
    debug_assert!(marks != 0, "there is no such byte");
    (marks.trailing_zeros() / 8) as usize
}

/// Returns how many bytes of a text come before the first that `said` marks. The last bytes, fewer than a
/// word, are not examined.
pub(super) fn before_first(text: &[u8], said: impl Fn(u64) -> u64) -> usize {
    let mut before = 0_usize;
    for word in text.as_chunks().0 {
        let word = u64::from_le_bytes(*word);
        let found = marks(word, said(word));
        if found != 0 {
            return before.wrapping_add(byte_of(found));
        }
        before = before.wrapping_add(8);
    }
    before
}

/// Marks what ends a part of a string: a quote, a backslash or a control character.
pub(super) const fn string_part_ends(word: u64) -> u64 {
    // Flipping the second bit keeps control characters below 0x20 and makes the quote 0x20; no other ASCII
    // character is then less than 0x21.
    is_less(word ^ ONES.wrapping_mul(2), 0x21) | is(word, b'\\')
}

/// Returns the top bit of the first byte that `said` marks, and perhaps those of bytes above it.
pub(super) const fn marks(word: u64, said: u64) -> u64 {
    said & !word & (ONES << 7)
}

/// Returns whether eight bytes are digits: they are 0x30 to 0x3f, and still are with six added.
pub(crate) const fn all_digits(word: u64) -> bool {
    let high = 0xf0 * ONES;
    let more = (word & !high).wrapping_add(0x06 * ONES);
    (word & high | (more & high) >> 4) == 0x30 * ONES
}

/// Returns what was found in text that has been read before, and so has no fault.
pub(super) fn checked<T>(found: Result<T, Fault>) -> Option<T> {
    debug_assert!(found.is_ok(), "the text has been read before");
    found.ok()
}

/// A position in a text, moved by reading.
#[derive(Clone)]
pub(super) struct Structure<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Structure<'a> {
    pub(super) const fn new(text: &'a str, position: usize) -> Self {
        Self { text, position }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    fn skip(&mut self, bytes: usize) {
        self.position = self.position.wrapping_add(bytes);
    }

    /// Skips white space and returns what follows.
    fn after_ws(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.byte() {
            self.skip(1);
        }
        self.byte()
    }

    fn fault<T>(&self, kind: JsonErrorKind) -> Result<T, Fault> {
        Err(Fault::at(kind, self.position))
    }

    /// Takes the string whose opening quote is next.
    pub(super) fn string(&mut self) -> Result<Span, Fault> {
        let start = self.position;
        let mut kind = Kind::Plain;
        self.skip(1);
        loop {
            let Some(rest) = self.text.as_bytes().get(self.position..) else {
                return Err(Fault::at(JsonErrorKind::UnterminatedString, self.text.len()));
            };
            self.skip(before_first(rest, |word| is(word, b'"') | is(word, b'\\')));
            match self.byte() {
                Some(b'"') => {
                    self.skip(1);
                    return Ok(Span::new(start, self.position, kind));
                }
                Some(b'\\') => {
                    kind = Kind::Escaped;
                    self.skip(2);
                }
                Some(_) => self.skip(1),
                None => return Err(Fault::at(JsonErrorKind::UnterminatedString, self.text.len())),
            }
        }
    }

    /// Takes a value. Of a number or literal, only the end is found.
    pub(super) fn value(&mut self) -> Result<Span, Fault> {
        let Some(first) = self.after_ws() else { return self.fault(JsonErrorKind::ExpectedValue) };
        if cfg!(target_pointer_width = "64") && first == b'"' {
            return self.string();
        }
        let start = self.position;
        let mut depth = 0_usize;
        loop {
            match self.byte() {
                Some(b'"') => {
                    let string = self.string()?;
                    if depth == 0 {
                        return Ok(string);
                    }
                }
                Some(b'{' | b'[') => {
                    self.skip(1);
                    depth = depth.wrapping_add(1);
                }
                Some(b'}' | b']') if depth != 0 => {
                    self.skip(1);
                    depth = depth.wrapping_sub(1);
                    if depth == 0 {
                        break;
                    }
                }
                Some(_) if depth != 0 => self.skip(1),
                None if depth != 0 => return self.fault(JsonErrorKind::ExpectedClosing),
                _ => {
                    self.scalar();
                    if self.position == start {
                        return self.fault(JsonErrorKind::ExpectedValue);
                    }
                    break;
                }
            }
        }
        Ok(Span::new(start, self.position, Kind::of_first(first)))
    }

    /// Skips what can be a number or literal, or was meant to be one.
    fn scalar(&mut self) {
        while let Some(byte) = self.byte()
            && !matches!(byte, b'"' | b'[' | b']' | b'{' | b'}' | b',' | b':' | b' ' | b'\t' | b'\n' | b'\r')
        {
            self.skip(1);
        }
    }

    /// Takes the next member of an object. The position is at its brace or after its last value taken.
    /// Returns `None` after the last member. For text that has been checked.
    pub(super) fn member(&mut self) -> Option<(Span, Span)> {
        if self.after_ws() == Some(b'}') {
            return None;
        }
        self.skip(1);
        if self.after_ws() != Some(b'"') {
            return None;
        }
        let name = checked(self.string())?;
        Some((name, self.value_of_member()?))
    }

    /// Takes the value after a member name. For text that has been checked.
    pub(super) fn value_of_member(&mut self) -> Option<Span> {
        self.after_ws();
        self.skip(1);
        checked(self.value())
    }

    /// Takes the next element of an array. The position is after its bracket or after its last value taken.
    /// Returns `None` at the bracket that ends the array, and stays there.
    pub(super) fn element(&mut self, first: bool) -> Result<Option<Span>, Fault> {
        match (self.after_ws(), first) {
            (Some(b']'), _) => return Ok(None),
            (_, true) => {}
            (Some(b','), false) => self.skip(1),
            (_, false) => return self.fault(JsonErrorKind::ExpectedCommaOrBracket),
        }
        self.value().map(Some)
    }
}

/// The elements of an array, found by structure alone: what is in them need not be JSON.
#[derive(Clone, Copy)]
pub(crate) struct Elements<'a> {
    text: &'a str,
    /// The position after the bracket.
    start: usize,
    len: usize,
}

impl<'a> Elements<'a> {
    /// Takes the array whose bracket is at a position, and returns also the position after the array.
    pub(super) fn new(text: &'a str, position: usize) -> Result<(Self, usize), Fault> {
        let start = position.wrapping_add(1);
        let mut structure = Structure::new(text, start);
        let mut len = 0_usize;
        while structure.element(len == 0)?.is_some() {
            len = len.wrapping_add(1);
        }
        Ok((Self { text, start, len }, structure.position.wrapping_add(1)))
    }

    /// Returns the number of elements.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Returns the text of each element, in order.
    pub(crate) const fn iter(self) -> ElementTexts<'a> {
        ElementTexts { text: self.text, structure: Structure::new(self.text, self.start), first: true }
    }
}

/// The text of each element of an array.
#[derive(Clone)]
pub(crate) struct ElementTexts<'a> {
    text: &'a str,
    structure: Structure<'a>,
    first: bool,
}

impl<'a> Iterator for ElementTexts<'a> {
    type Item = &'a str;

    #[inline]
    fn next(&mut self) -> Option<&'a str> {
        let element = checked(self.structure.element(core::mem::take(&mut self.first))).flatten()?;
        Some(element.text(self.text))
    }
}

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "tests may panic")]
mod tests {
    use super::{all_digits, before_first, string_part_ends};

    /// Every byte at every place of a word.
    #[test]
    fn words_match_model() {
        for place in 0..8 {
            for byte in 0..=255 {
                let (mut text, mut digits) = (*b"5aZ~ !#9", *b"01234569");
                (text[place], digits[place]) = (byte, byte);
                let end = text.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
                assert_eq!(
                    before_first(&text, string_part_ends),
                    end.unwrap_or(8),
                    "{}",
                    text.escape_ascii()
                );
                let are_digits = digits.iter().all(u8::is_ascii_digit);
                assert_eq!(all_digits(u64::from_le_bytes(digits)), are_digits, "{}", digits.escape_ascii());
            }
        }
    }
}
