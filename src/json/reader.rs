//! The grammar of RFC 8259, without recursion. The functions are named for what they read; their
//! documentation has the production.
//!
//! A function takes the position where its production starts, up to which the text has been checked, and
//! returns where it ends; an error carries its own position. No state is kept between calls, so that the
//! position stays in a register.

use super::MAX_DEPTH;
use super::fault::Fault;
use super::names::{Names, Word, check_large};
use super::span::{Kind, Span};
use super::string::hex;
use super::structure::{all_digits, before_first, string_part_ends};
use crate::error::JsonErrorKind;

/// A text to read.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
}

/// A member name and where its value may start, or where the object ends.
pub(super) enum Next {
    Member(Word, Span, usize),
    End(usize),
}

impl<'a> Reader<'a> {
    // Inlined, like `after_ws`: otherwise reading claims takes 0.7 % more instructions.
    #[inline(always)]
    fn byte(self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Returns the text from this position on.
    fn rest(self, at: usize) -> &'a [u8] {
        let rest = self.text.as_bytes().get(at..);
        debug_assert!(rest.is_some(), "nothing is read beyond the end");
        rest.unwrap_or_default()
    }

    #[cold]
    fn fault<T>(self, kind: JsonErrorKind, at: usize) -> Result<T, Fault> {
        Err(Fault::at(kind, at))
    }

    /// Reads `ws` (RFC 8259 §2). Returns the position and byte of what follows.
    #[inline(always)]
    pub(super) fn after_ws(self, mut at: usize) -> (usize, Option<u8>) {
        loop {
            match self.byte(at) {
                Some(byte) if byte > b' ' => return (at, Some(byte)),
                Some(b' ' | b'\t' | b'\n' | b'\r') => at = at.wrapping_add(1),
                other => return (at, other),
            }
        }
    }

    /// Reads `JSON-text` (RFC 8259 §2). An object and the objects that enclose it may have at most
    /// `max_members` members in total.
    pub(super) fn document(self, max_members: usize) -> Result<Span, Fault> {
        let value = self.value(0, 0, max_members)?;
        self.end(value.end())?;
        Ok(value)
    }

    /// Reads white space and the end of the text, which end a `JSON-text` (RFC 8259 §2).
    pub(super) fn end(self, at: usize) -> Result<(), Fault> {
        match self.after_ws(at) {
            (_, None) => Ok(()),
            (at, Some(_)) => self.fault(JsonErrorKind::ExpectedEnd, at),
        }
    }

    /// Reads `value` (RFC 8259 §3) inside `depth` arrays and objects, whose objects may have `room` more
    /// members.
    // Inlined, like `scalar`: otherwise a header takes 8 % more instructions, and claims 9 %.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn value(self, at: usize, depth: usize, room: usize) -> Result<Span, Fault> {
        match self.after_ws(at) {
            (at, Some(b'{' | b'[')) => self.array_or_object(at, depth, room),
            (at, first) => self.scalar(at, first),
        }
    }

    /// Reads `value` (RFC 8259 §3) other than `object` and `array`, which starts with `first`.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn scalar(self, at: usize, first: Option<u8>) -> Result<Span, Fault> {
        match first {
            Some(b'"') => self.string(at),
            Some(b'-' | b'0'..=b'9') => self.number(at),
            other => self.literal(at, other),
        }
    }

    /// Reads `array` (RFC 8259 §5) or `object` (§4) with everything in it. The levels are a stack in an
    /// array, not one of calls.
    // Not inlined, like `Header::parse`, so that the array here and the names there have frames of their own:
    // otherwise verifying HS256 on a Cortex-M4 takes 2,484 bytes of stack instead of 1,800.
    #[inline(never)]
    fn array_or_object(self, start: usize, outer: usize, room: usize) -> Result<Span, Fault> {
        let mut names = Names::new();
        // The levels around the current one, as far as they were opened here.
        let mut levels = [Level::CLOSED; MAX_DEPTH];
        let mut depth = outer;
        let mut level = Level { room, ..Level::CLOSED };
        let mut at = start;
        loop {
            // A value starts here.
            let (first_at, byte) = self.after_ws(at);
            let opened = matches!(byte, Some(b'{' | b'['));
            if opened {
                let Some(place) = levels.get_mut(depth) else {
                    return self.fault(JsonErrorKind::TooDeep, first_at);
                };
                *place = level;
                depth = depth.wrapping_add(1);
                let object = (byte == Some(b'{')).then_some(first_at);
                level = Level { object, names: names.open(), large: false, room: level.room };
                at = first_at.wrapping_add(1);
            } else {
                at = self.scalar(first_at, byte)?.end();
            }
            // A level has opened, or a value has ended: closes levels up to the next value.
            let mut first = opened;
            loop {
                let more;
                (more, at) = self.next_in(&mut level, &mut names, at, first)?;
                if more {
                    break;
                }
                first = false;
                names.close(level.names);
                if level.large
                    && let Some(object) = level.object
                {
                    check_large(self.text, object)?;
                }
                depth = depth.wrapping_sub(1);
                if depth == outer {
                    let kind = if level.object.is_some() { Kind::Object } else { Kind::Array };
                    return Ok(Span::new(start, at, kind));
                }
                let around = levels.get(depth);
                debug_assert!(around.is_some(), "a level that closes was opened");
                level = around.copied().unwrap_or(Level::CLOSED);
            }
        }
    }

    /// Reads what stands before a value in an `array` or `object`, or its end. Returns whether there is a
    /// value, and the position.
    fn next_in(
        self,
        level: &mut Level,
        names: &mut Names,
        at: usize,
        first: bool,
    ) -> Result<(bool, usize), Fault> {
        if level.object.is_none() {
            return self.next_element(at, first);
        }
        let (word, name, at) = match self.member_name(at, first)? {
            Next::Member(word, name, at) => (word, name, at),
            Next::End(at) => return Ok((false, at)),
        };
        if !names.insert(self.text, (word, name), level.names, &mut level.room)? {
            level.large = true;
            names.close(level.names);
        }
        Ok((true, at))
    }

    /// Reads `value-separator`, except before the first element, or `end-array` (RFC 8259 §5). Returns
    /// whether there is an element, and the position.
    fn next_element(self, at: usize, first: bool) -> Result<(bool, usize), Fault> {
        match (self.after_ws(at), first) {
            ((at, Some(b']')), _) => Ok((false, at.wrapping_add(1))),
            ((at, _), true) => Ok((true, at)),
            ((at, Some(b',')), false) => Ok((true, at.wrapping_add(1))),
            ((at, _), false) => self.fault(JsonErrorKind::ExpectedCommaOrBracket, at),
        }
    }

    /// Reads `string name-separator` (RFC 8259 §4), with the `value-separator` before it unless it is the
    /// first; or reads `end-object`. White space may stand before the value.
    // Inlined, like `short_name`: otherwise a header takes 7 % more instructions, and claims 7 %.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn member_name(self, at: usize, first: bool) -> Result<Next, Fault> {
        let at = match (self.after_ws(at), first) {
            ((at, Some(b',')), false) => at.wrapping_add(1),
            ((at, Some(b'}')), _) => return Ok(Next::End(at.wrapping_add(1))),
            ((at, _), true) => at,
            ((at, _), false) => return self.fault(JsonErrorKind::ExpectedCommaOrBrace, at),
        };
        if let Some((word, name)) = self.short_name(at) {
            return Ok(Next::Member(word, name, name.end().wrapping_add(1)));
        }
        let (word, name) = match self.after_ws(at) {
            (at, Some(b'"')) => self.other_name(at)?,
            (at, _) => return self.fault(JsonErrorKind::ExpectedName, at),
        };
        match self.after_ws(name.end()) {
            (at, Some(b':')) => Ok(Next::Member(word, name, at.wrapping_add(1))),
            (at, _) => self.fault(JsonErrorKind::ExpectedColon, at),
        }
    }

    /// Reads `string name-separator`, if the name is short, starts here and is followed immediately by ':'.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn short_name(self, start: usize) -> Option<(Word, Span)> {
        // Worth its code size where eight octets are one word.
        if cfg!(not(target_pointer_width = "64")) {
            return None;
        }
        let (b'"', rest) = self.text.as_bytes().get(start..)?.split_first()? else { return None };
        let (word, length) = Word::of_quoted(*rest.first_chunk()?)?;
        let end = start.wrapping_add(length).wrapping_add(2);
        let has_colon = self.byte(end) == Some(b':');
        has_colon.then(|| (word, Span::new(start, end, Kind::Plain)))
    }

    /// Reads `string`, for any other name.
    fn other_name(self, start: usize) -> Result<(Word, Span), Fault> {
        let name = self.string(start)?;
        Ok((Word::of(name.contents(self.text)), name))
    }

    /// Reads `string` (RFC 8259 §7), whose opening quote is at `start`.
    // Inlined: otherwise a header takes 5 % more instructions, and claims 3 %.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn string(self, start: usize) -> Result<Span, Fault> {
        let mut kind = Kind::Plain;
        let mut at = start.wrapping_add(1);
        loop {
            // With `rest`, a string of escapes takes 11 % more instructions.
            let Some(rest) = self.text.as_bytes().get(at..) else {
                return self.fault(JsonErrorKind::UnterminatedString, at);
            };
            at = at.wrapping_add(before_first(rest, string_part_ends));
            match self.byte(at) {
                Some(b'"') => return Ok(Span::new(start, at.wrapping_add(1), kind)),
                Some(b'\\') => {
                    kind = Kind::Escaped;
                    at = self.escape(at)?;
                }
                Some(0x20..) => at = at.wrapping_add(1),
                Some(_) => return self.fault(JsonErrorKind::ControlCharacter, at),
                None => return self.fault(JsonErrorKind::UnterminatedString, at),
            }
        }
    }

    /// Reads `char` with an `escape` (RFC 8259 §7), or two that are a surrogate pair.
    fn escape(self, at: usize) -> Result<usize, Fault> {
        let length = match self.rest(at) {
            [_, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
            [_, b'u', digits @ ..] => match (hex(digits), digits.get(4..)) {
                // A high surrogate must be followed by a low one.
                (Some(0xd800..0xdc00), Some([b'\\', b'u', low @ ..])) => match hex(low) {
                    Some(0xdc00..0xe000) => 12,
                    _ => return self.fault(JsonErrorKind::LoneSurrogate, at),
                },
                (Some(0xd800..0xe000), _) => return self.fault(JsonErrorKind::LoneSurrogate, at),
                (Some(_), _) => 6,
                (None, _) => return self.fault(JsonErrorKind::InvalidEscape, at),
            },
            _ => return self.fault(JsonErrorKind::InvalidEscape, at),
        };
        Ok(at.wrapping_add(length))
    }

    /// Reads `number` (RFC 8259 §6).
    // Inlined, like `digits`: otherwise a header takes 0.7 % more instructions, and claims 0.5 %.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn number(self, start: usize) -> Result<Span, Fault> {
        let mut at = start;
        if self.byte(at) == Some(b'-') {
            at = at.wrapping_add(1);
        }
        if self.byte(at) == Some(b'0') {
            at = at.wrapping_add(1);
            if let Some(b'0'..=b'9') = self.byte(at) {
                return self.fault(JsonErrorKind::LeadingZero, at);
            }
        } else {
            at = self.digits(at)?;
        }
        if self.byte(at) == Some(b'.') {
            at = self.digits(at.wrapping_add(1))?;
        }
        if let Some(b'e' | b'E') = self.byte(at) {
            at = at.wrapping_add(1);
            if let Some(b'+' | b'-') = self.byte(at) {
                at = at.wrapping_add(1);
            }
            at = self.digits(at)?;
        }
        Ok(Span::new(start, at, Kind::Number))
    }

    /// Reads `1*DIGIT` (RFC 8259 §6).
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn digits(self, start: usize) -> Result<usize, Fault> {
        let mut at = start;
        // A time in seconds has ten digits.
        if cfg!(target_pointer_width = "64")
            && let Some(word) = self.rest(at).first_chunk()
            && all_digits(u64::from_le_bytes(*word))
        {
            at = at.wrapping_add(8);
        }
        while let Some(b'0'..=b'9') = self.byte(at) {
            at = at.wrapping_add(1);
        }
        if at == start { self.fault(JsonErrorKind::ExpectedDigit, at) } else { Ok(at) }
    }

    /// Reads `true`, `false` or `null` (RFC 8259 §3), whose first character is `first`.
    fn literal(self, start: usize, first: Option<u8>) -> Result<Span, Fault> {
        let (literal, kind) = match first {
            Some(b't') => ("true", Kind::True),
            Some(b'f') => ("false", Kind::False),
            Some(b'n') => ("null", Kind::Null),
            _ => return self.fault(JsonErrorKind::ExpectedValue, start),
        };
        let mut at = start;
        for byte in literal.bytes() {
            if self.byte(at) != Some(byte) {
                return self.fault(JsonErrorKind::InvalidLiteral, at);
            }
            at = at.wrapping_add(1);
        }
        Ok(Span::new(start, at, kind))
    }
}

/// An open array or object.
#[derive(Clone, Copy)]
struct Level {
    /// Where it starts, if it is an object.
    object: Option<usize>,
    /// The number of names kept for the objects around it.
    names: u8,
    /// Whether some of its names were not kept.
    large: bool,
    /// How many more members it may have.
    room: usize,
}

impl Level {
    const CLOSED: Self = Self { object: None, names: 0, large: false, room: 0 };
}
