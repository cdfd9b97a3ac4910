//! The grammar of RFC 8259, a function for each production, without recursion.
//!
//! What lies before the reader's position has been checked. A function that reads stands behind what it
//! has read; a fault carries its own place.

use super::MAX_DEPTH;
use super::fault::Fault;
use super::names::{Inserted, Names, Word, check_large};
use super::span::{Kind, Span};
use super::string::hex;
use super::structure::{all_digits, before_first, string_part_ends};
use crate::error::JsonErrorKind;

/// A position in a text.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) position: usize,
    /// The greatest number of members in all objects that are open at one place.
    pub(super) max_members: usize,
}

impl<'a> Reader<'a> {
    #[inline(always)]
    pub(super) const fn new(text: &'a str, max_members: usize) -> Self {
        Self { text, position: 0, max_members }
    }

    #[inline(always)]
    fn byte(&self, position: usize) -> Option<u8> {
        self.text.as_bytes().get(position).copied()
    }

    #[inline(always)]
    pub(super) fn skip(&mut self, bytes: usize) {
        self.position = self.position.wrapping_add(bytes);
    }

    #[cold]
    fn expected<T>(&self, kind: JsonErrorKind) -> Result<T, Fault> {
        Err(Fault::at(kind, self.position))
    }

    /// Skips white space (RFC 8259 §2) and shows what follows.
    #[inline(always)]
    pub(super) fn next_token(&mut self) -> Option<u8> {
        loop {
            match self.byte(self.position) {
                Some(byte) if byte > b' ' => return Some(byte),
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.skip(1),
                other => return other,
            }
        }
    }

    /// Reads a text that is one value (RFC 8259 §2).
    pub(super) fn document(&mut self) -> Result<Span, Fault> {
        let value = self.value(0, 0)?;
        self.end()?;
        Ok(value)
    }

    /// Reads the end of the text.
    pub(super) fn end(&mut self) -> Result<(), Fault> {
        if self.next_token().is_none() { Ok(()) } else { self.expected(JsonErrorKind::ExpectedEnd) }
    }

    /// Reads a value (RFC 8259 §3) that stands in `depth` arrays and objects, in which `members` stand
    /// before it.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn value(&mut self, depth: usize, members: usize) -> Result<Span, Fault> {
        let first = self.next_token();
        if let Some(b'"') = first {
            return self.string();
        }
        let start = self.position;
        let kind = match first {
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'{' | b'[') => self.array_or_object(depth, members),
            other => self.literal(other),
        }?;
        Ok(Span::new(start, self.position, kind))
    }

    /// Reads an array (RFC 8259 §5) or object (§4) with all that is in it.
    #[inline(never)]
    fn array_or_object(&mut self, outer: usize, members: usize) -> Result<Kind, Fault> {
        let mut names = Names::new();
        // What there is to know of each level that is open here, and of its outer ones.
        let mut levels = [Level::CLOSED; MAX_DEPTH];
        let mut depth = outer;
        let mut level = Level { members, ..Level::CLOSED };
        loop {
            // A value starts here.
            let opened = match self.next_token() {
                Some(first @ (b'{' | b'[')) => {
                    let Some(place) = levels.get_mut(depth) else {
                        return self.expected(JsonErrorKind::TooDeep);
                    };
                    *place = level;
                    depth = depth.wrapping_add(1);
                    let start = if first == b'{' { u32::try_from(self.position).ok() } else { None };
                    level = Level { start, names: names.open(), large: false, members: level.members };
                    self.skip(1);
                    true
                }
                _ => {
                    self.value_within()?;
                    false
                }
            };
            // A level has opened, or a value has ended: close levels, up to the next value.
            let mut first = opened;
            while !self.next_in(&mut level, &mut names, first)? {
                first = false;
                names.close(level.names);
                let kind = if level.start.is_some() { Kind::Object } else { Kind::Array };
                if let Some(start) = level.start.filter(|_| level.large) {
                    check_large(self.text, usize::try_from(start).unwrap_or(0))?;
                }
                depth = depth.wrapping_sub(1);
                if depth == outer {
                    return Ok(kind);
                }
                level = levels.get(depth).copied().unwrap_or(Level::CLOSED);
            }
        }
    }

    /// Reads on to the next value of an array or object, its name included, or to the end of it.
    fn next_in(&mut self, level: &mut Level, names: &mut Names, first: bool) -> Result<bool, Fault> {
        if level.start.is_none() {
            return self.next_element(first);
        }
        let Some((word, name)) = self.member_name(first)? else { return Ok(false) };
        level.members = level.members.wrapping_add(1);
        let kind = match names.insert(self.text, word, name, level.names) {
            _ if level.members > self.max_members => JsonErrorKind::TooManyMembers,
            Inserted::Twice => JsonErrorKind::DuplicateName,
            Inserted::New => return Ok(true),
            Inserted::Full => {
                level.large = true;
                names.close(level.names);
                return Ok(true);
            }
        };
        Err(Fault::at(kind, name.range().start))
    }

    /// Reads on to the next element of an array (RFC 8259 §5), or to the end of it.
    fn next_element(&mut self, first: bool) -> Result<bool, Fault> {
        match self.next_token() {
            Some(b']') => {
                self.skip(1);
                return Ok(false);
            }
            Some(b',') if !first => self.skip(1),
            _ if !first => return self.expected(JsonErrorKind::ExpectedCommaOrBracket),
            _ => {}
        }
        Ok(true)
    }

    /// Reads a member name and the ':' after it (RFC 8259 §4), or the end of the object. The reader then
    /// stands before the value.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn member_name(&mut self, first: bool) -> Result<Option<(Word, Span)>, Fault> {
        match self.next_token() {
            Some(b',') if !first => self.skip(1),
            Some(b'}') => {
                self.skip(1);
                return Ok(None);
            }
            _ if !first => return self.expected(JsonErrorKind::ExpectedCommaOrBrace),
            _ => {}
        }
        if self.next_token() != Some(b'"') {
            return self.expected(JsonErrorKind::ExpectedName);
        }
        let name = self.name()?;
        if self.next_token() != Some(b':') {
            return self.expected(JsonErrorKind::ExpectedColon);
        }
        self.skip(1);
        Ok(Some(name))
    }

    /// Reads the string that is a member's name.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn name(&mut self) -> Result<(Word, Span), Fault> {
        let start = self.position;
        let inside = self.text.as_bytes().get(start.wrapping_add(1)..).unwrap_or_default();
        if let Some((word, length)) = inside.first_chunk().and_then(|first| Word::of_quoted(*first)) {
            self.skip(length.wrapping_add(2));
            return Ok((word, Span::new(start, self.position, Kind::Plain)));
        }
        self.other_name()
    }

    /// Reads a name that is not short, or has escapes.
    #[inline(never)]
    fn other_name(&mut self) -> Result<(Word, Span), Fault> {
        let name = self.string()?;
        Ok((Word::of(name.contents(self.text)), name))
    }

    /// Reads a value that is neither array nor object.
    fn value_within(&mut self) -> Result<(), Fault> {
        match self.next_token() {
            Some(b'"') => self.string().map(drop),
            Some(b'-' | b'0'..=b'9') => self.number().map(drop),
            other => self.literal(other).map(drop),
        }
    }

    /// Reads the string (RFC 8259 §7) whose opening quote is next.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn string(&mut self) -> Result<Span, Fault> {
        let start = self.position;
        let mut kind = Kind::Plain;
        self.skip(1);
        loop {
            let rest = self.text.as_bytes().get(self.position..).unwrap_or_default();
            self.skip(before_first(rest, string_part_ends));
            match self.byte(self.position) {
                Some(b'"') => {
                    self.skip(1);
                    return Ok(Span::new(start, self.position, kind));
                }
                Some(b'\\') => {
                    kind = Kind::Escaped;
                    self.escape()?;
                }
                Some(0x20..) => self.skip(1),
                Some(_) => return self.expected(JsonErrorKind::ControlCharacter),
                None => return self.expected(JsonErrorKind::UnterminatedString),
            }
        }
    }

    /// Reads an escape sequence (RFC 8259 §7).
    #[inline(never)]
    fn escape(&mut self) -> Result<(), Fault> {
        let rest = self.text.as_bytes().get(self.position..).unwrap_or_default();
        let length = match rest {
            [_, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
            [_, b'u', digits @ ..] => match (hex(digits), digits.get(4..)) {
                // A high surrogate needs its low one behind it.
                (Some(0xd800..0xdc00), Some([b'\\', b'u', low @ ..])) => match hex(low) {
                    Some(0xdc00..0xe000) => 12,
                    _ => return self.expected(JsonErrorKind::LoneSurrogate),
                },
                (Some(0xd800..0xe000), _) => return self.expected(JsonErrorKind::LoneSurrogate),
                (Some(_), _) => 6,
                (None, _) => return self.expected(JsonErrorKind::InvalidEscape),
            },
            _ => return self.expected(JsonErrorKind::InvalidEscape),
        };
        self.skip(length);
        Ok(())
    }

    /// Reads a number (RFC 8259 §6).
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn number(&mut self) -> Result<Kind, Fault> {
        if self.byte(self.position) == Some(b'-') {
            self.skip(1);
        }
        if self.byte(self.position) == Some(b'0') {
            self.skip(1);
            if let Some(b'0'..=b'9') = self.byte(self.position) {
                return self.expected(JsonErrorKind::LeadingZero);
            }
        } else {
            self.digits()?;
        }
        if self.byte(self.position) == Some(b'.') {
            self.skip(1);
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.byte(self.position) {
            self.skip(1);
            if let Some(b'+' | b'-') = self.byte(self.position) {
                self.skip(1);
            }
            self.digits()?;
        }
        Ok(Kind::Number)
    }

    /// Reads digits, at least one.
    #[inline(always)]
    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.position;
        while let Some(word) = self.text.as_bytes().get(self.position..).and_then(<[u8]>::first_chunk)
            && all_digits(u64::from_le_bytes(*word))
        {
            self.skip(8);
        }
        while let Some(b'0'..=b'9') = self.byte(self.position) {
            self.skip(1);
        }
        if self.position == start { self.expected(JsonErrorKind::ExpectedDigit) } else { Ok(()) }
    }

    /// Reads `true`, `false` or `null` (RFC 8259 §3), of which this is the first character.
    #[inline(never)]
    fn literal(&mut self, first: Option<u8>) -> Result<Kind, Fault> {
        let (literal, kind) = match first {
            Some(b't') => ("true", Kind::True),
            Some(b'f') => ("false", Kind::False),
            Some(b'n') => ("null", Kind::Null),
            _ => return self.expected(JsonErrorKind::ExpectedValue),
        };
        for byte in literal.bytes() {
            if self.byte(self.position) != Some(byte) {
                return self.expected(JsonErrorKind::InvalidLiteral);
            }
            self.skip(1);
        }
        Ok(kind)
    }
}

/// An array or object that is open.
#[derive(Clone, Copy)]
struct Level {
    /// Where it starts, if it is an object.
    start: Option<u32>,
    /// How many names are kept of the objects outside it.
    names: u8,
    /// Whether names of it were left out.
    large: bool,
    /// How many members are in it and in those outside it.
    members: usize,
}

impl Level {
    const CLOSED: Self = Self { start: None, names: 0, large: false, members: 0 };
}
