//! The one pass over JSON text.
//!
//! Inside, a fault is only its kind, which fits into a register; the reader's position says where.

use super::string::hex;
use super::{Array, JsonString, MAX_DEPTH, MAX_OPEN_MEMBERS, Object, Value};
use crate::error::{JsonError, JsonErrorKind};

/// What a value is, by its first byte; of a string, whether it has escapes.
#[derive(Clone, Copy)]
enum Kind {
    Null,
    True,
    False,
    Number,
    Plain,
    Escaped,
    Array,
    Object,
}

/// A position in a text. What lies before it has been checked.
pub(super) struct Reader<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, position: 0 }
    }

    #[inline(always)]
    fn byte(&self, position: usize) -> Option<u8> {
        self.text.as_bytes().get(position).copied()
    }

    #[inline(always)]
    fn skip(&mut self, bytes: usize) {
        self.position = self.position.wrapping_add(bytes);
    }

    /// Skips white space (RFC 8259 §2) and shows what follows.
    #[inline(always)]
    fn next_token(&mut self) -> Option<u8> {
        loop {
            match self.byte(self.position) {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.skip(1),
                other => return other,
            }
        }
    }

    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.position).unwrap_or_default()
    }

    /// The string that ended just now, and whose opening quote stands at `start`.
    fn string_since(&self, start: usize, escaped: bool) -> JsonString<'a> {
        let quotes = start.wrapping_add(1)..self.position.wrapping_sub(1);
        JsonString::new(self.text.get(quotes).unwrap_or_default(), escaped)
    }

    /// Fails at a position.
    #[cold]
    fn fail<T>(&mut self, position: usize, kind: JsonErrorKind) -> Result<T, JsonErrorKind> {
        self.position = position;
        Err(if position < self.text.len() { kind } else { JsonErrorKind::End })
    }

    /// The error of a kind at the reader's position.
    fn error(&self, kind: JsonErrorKind) -> JsonError {
        JsonError { kind, offset: self.position }
    }

    /// Takes the end of the text.
    pub(super) fn end(&mut self) -> Result<(), JsonError> {
        match self.next_token() {
            None => Ok(()),
            Some(_) => Err(self.error(JsonErrorKind::Trailing)),
        }
    }

    /// Takes a value that stands `depth` levels deep. With `names`, names in it must be unique.
    #[inline(always)]
    pub(super) fn value(&mut self, depth: usize, names: Option<&mut Names>) -> Result<Value<'a>, JsonError> {
        let first = self.next_token();
        let start = self.position;
        let kind = match first {
            Some(b'{' | b'[') => self.container(depth, names),
            other => self.scalar(other),
        };
        Ok(match kind.map_err(|kind| self.error(kind))? {
            Kind::Null => Value::Null,
            Kind::True => Value::Bool(true),
            Kind::False => Value::Bool(false),
            Kind::Number => Value::Number(self.since(start)),
            Kind::Plain => Value::String(self.string_since(start, false)),
            Kind::Escaped => Value::String(self.string_since(start, true)),
            Kind::Array => Value::Array(Array(self.since(start))),
            Kind::Object => Value::Object(Object(self.since(start))),
        })
    }

    /// Takes an array or object with all that is in it, without recursion.
    fn container(&mut self, outer: usize, mut names: Option<&mut Names>) -> Result<Kind, JsonErrorKind> {
        // One bit a level that is open here, the innermost lowest: set for an object.
        let mut objects = 0_u32;
        // Where the names of the objects outside each level end.
        let mut bases = [0_u8; MAX_DEPTH];
        let mut depth = outer;
        loop {
            // A value starts here.
            let first = self.next_token();
            let opened = matches!(first, Some(b'{' | b'['));
            if opened {
                let Some(base) = bases.get_mut(depth) else {
                    return self.fail(self.position, JsonErrorKind::Depth);
                };
                *base = names.as_ref().map_or(0, |names| names.open);
                depth = depth.saturating_add(1);
                objects = (objects << 1) | u32::from(first == Some(b'{'));
                self.skip(1);
            } else {
                self.scalar(first)?;
            }
            // A level has opened, or a value has ended: close levels, up to the next value.
            let mut fresh = opened;
            loop {
                let object = objects & 1 == 1;
                match self.next_token() {
                    Some(b'}') if object => {}
                    Some(b']') if !object => {}
                    next => {
                        if !fresh {
                            if next != Some(b',') {
                                return self.fail(self.position, JsonErrorKind::Unexpected);
                            }
                            self.skip(1);
                        }
                        if object {
                            let base = bases.get(depth.saturating_sub(1)).copied().unwrap_or(0);
                            self.name(names.as_deref_mut().map(|names| (names, base)))?;
                        }
                        break;
                    }
                }
                self.skip(1);
                fresh = false;
                depth = depth.saturating_sub(1);
                objects >>= 1;
                if let Some(names) = names.as_deref_mut() {
                    names.open = bases.get(depth).copied().unwrap_or(0);
                }
                if depth == outer {
                    return Ok(if object { Kind::Object } else { Kind::Array });
                }
            }
        }
    }

    /// Takes a member's name and its colon. With `unique`, it must not be among the names from that
    /// base on.
    #[inline(always)]
    fn name(&mut self, unique: Option<(&mut Names, u8)>) -> Result<JsonString<'a>, JsonErrorKind> {
        if self.next_token() != Some(b'"') {
            return self.fail(self.position, JsonErrorKind::Unexpected);
        }
        let start = self.position;
        let kind = self.string()?;
        let name = self.string_since(start, matches!(kind, Kind::Escaped));
        if let Some((names, base)) = unique
            && let Err(kind) = names.insert(self.text, start, name, base)
        {
            return self.fail(start, kind);
        }
        if self.next_token() != Some(b':') {
            return self.fail(self.position, JsonErrorKind::Unexpected);
        }
        self.skip(1);
        Ok(name)
    }

    /// Takes a value that is neither array nor object, and starts with `first`.
    #[inline(always)]
    fn scalar(&mut self, first: Option<u8>) -> Result<Kind, JsonErrorKind> {
        match first {
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal("true", Kind::True),
            Some(b'f') => self.literal("false", Kind::False),
            Some(b'n') => self.literal("null", Kind::Null),
            _ => self.fail(self.position, JsonErrorKind::Unexpected),
        }
    }

    fn literal(&mut self, literal: &str, kind: Kind) -> Result<Kind, JsonErrorKind> {
        for byte in literal.bytes() {
            if self.byte(self.position) != Some(byte) {
                return self.fail(self.position, JsonErrorKind::Unexpected);
            }
            self.skip(1);
        }
        Ok(kind)
    }

    /// Takes a number (RFC 8259 §6).
    #[inline(always)]
    fn number(&mut self) -> Result<Kind, JsonErrorKind> {
        let mut at = self.position;
        at = at.wrapping_add(usize::from(self.byte(at) == Some(b'-')));
        // No zero before another digit.
        let zero = self.byte(at) == Some(b'0');
        at = if zero { at.wrapping_add(1) } else { self.digits(at)? };
        if self.byte(at) == Some(b'.') {
            at = self.digits(at.wrapping_add(1))?;
        }
        if let Some(b'e' | b'E') = self.byte(at) {
            at = at.wrapping_add(1);
            at = at.wrapping_add(usize::from(matches!(self.byte(at), Some(b'+' | b'-'))));
            at = self.digits(at)?;
        }
        if let Some(b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-') = self.byte(at) {
            return self.fail(at, JsonErrorKind::Number);
        }
        self.position = at;
        Ok(Kind::Number)
    }

    /// Where the digits that start at a position end. There is at least one.
    #[inline(always)]
    fn digits(&mut self, start: usize) -> Result<usize, JsonErrorKind> {
        let mut at = start;
        while let Some(b'0'..=b'9') = self.byte(at) {
            at = at.wrapping_add(1);
        }
        if at == start { self.fail(at, JsonErrorKind::Number) } else { Ok(at) }
    }

    /// Takes a string (RFC 8259 §7), its opening quote being next.
    ///
    /// Eight bytes are looked at together. Subtracting from a byte borrows into its top bit where
    /// the byte is smaller; above the first such byte that may be wrong, and nothing is read there.
    #[inline(always)]
    fn string(&mut self) -> Result<Kind, JsonErrorKind> {
        const ONES: u64 = 0x0101_0101_0101_0101;
        let less = |word: u64, than: u64| word.wrapping_sub(ONES.wrapping_mul(than)) & !word;
        let mut kind = Kind::Plain;
        let mut at = self.position.wrapping_add(1);
        loop {
            while let Some(word) = self.text.as_bytes().get(at..).and_then(<[u8]>::first_chunk) {
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
            match self.byte(at) {
                Some(b'"') => {
                    self.position = at.wrapping_add(1);
                    return Ok(kind);
                }
                Some(b'\\') => {
                    kind = Kind::Escaped;
                    at = self.escape(at)?;
                }
                Some(0x20..) => at = at.wrapping_add(1),
                _ => return self.fail(at, JsonErrorKind::ControlCharacter),
            }
        }
    }

    /// Where the escape sequence ends whose backslash stands at a position.
    fn escape(&mut self, at: usize) -> Result<usize, JsonErrorKind> {
        let rest = self.text.get(at..).unwrap_or_default();
        let length = match (rest.as_bytes().get(1), rest.get(2..).and_then(hex)) {
            (Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't'), _) => 2,
            // A high surrogate needs its low one behind it.
            (Some(b'u'), Some(0xd800..0xdc00)) => match rest.get(6..8).zip(rest.get(8..).and_then(hex)) {
                Some(("\\u", 0xdc00..0xe000)) => 12,
                _ => return self.fail(at, JsonErrorKind::LoneSurrogate),
            },
            (Some(b'u'), Some(0xdc00..0xe000)) => return self.fail(at, JsonErrorKind::LoneSurrogate),
            (Some(b'u'), Some(_)) => 6,
            _ => return self.fail(at, JsonErrorKind::Escape),
        };
        Ok(at.wrapping_add(length))
    }

    /// Takes the next element of the array at whose start, or inside which, the reader stands.
    pub(super) fn element(&mut self, first: bool) -> Result<Option<Value<'a>>, JsonError> {
        if first {
            self.skip(1);
        }
        match self.next_token() {
            Some(b']') => {
                self.skip(1);
                return Ok(None);
            }
            Some(b',') if !first => self.skip(1),
            _ if !first => return Err(self.error(JsonErrorKind::Unexpected)),
            _ => {}
        }
        self.value(1, None).map(Some)
    }
}

/// The members of one object that is the whole of a text, taken one by one.
pub(crate) struct Members<'a, 'n> {
    reader: Reader<'a>,
    names: Option<&'n mut Names>,
    first: bool,
}

impl<'a, 'n> Members<'a, 'n> {
    /// Starts on a text. Names must be unique on every level, for which `names` is fresh.
    ///
    /// # Errors
    ///
    /// Why the text is no JSON, or `None` for JSON that is not an object.
    pub(crate) fn new(text: &'a [u8], names: &'n mut Names) -> Result<Self, Option<JsonError>> {
        let mut reader = Reader::new(super::utf8(text)?);
        if reader.next_token() == Some(b'{') {
            reader.skip(1);
            return Ok(Self { reader, names: Some(names), first: true });
        }
        Value::parse(text)?;
        Err(None)
    }

    /// Starts on the text of an object that has been checked.
    pub(super) fn of_checked(text: &'a str) -> Self {
        let mut reader = Reader::new(text);
        reader.next_token();
        reader.skip(1);
        Self { reader, names: None, first: true }
    }

    /// The object as a whole. It has been checked once there is no next member.
    pub(crate) const fn object(&self) -> Object<'a> {
        Object(self.reader.text)
    }

    /// The next member, or `None` after the last, when nothing follows the object.
    #[inline]
    pub(crate) fn next(&mut self) -> Result<Option<(JsonString<'a>, Value<'a>)>, JsonError> {
        let Some(name) = self.next_name()? else { return Ok(None) };
        let value = self.value()?;
        Ok(Some((name, value)))
    }

    /// The next member's name. Its value must be taken before the next name.
    #[inline]
    pub(crate) fn next_name(&mut self) -> Result<Option<JsonString<'a>>, JsonError> {
        let first = core::mem::take(&mut self.first);
        match self.reader.next_token() {
            Some(b'}') => {
                self.reader.skip(1);
                self.reader.end()?;
                return Ok(None);
            }
            Some(b',') if !first => self.reader.skip(1),
            _ if !first => {
                let unexpected = self.reader.fail(self.reader.position, JsonErrorKind::Unexpected);
                return unexpected.map_err(|kind| self.reader.error(kind));
            }
            _ => {}
        }
        let name = self.reader.name(self.names.as_deref_mut().map(|names| (names, 0)));
        name.map(Some).map_err(|kind| self.reader.error(kind))
    }

    /// The value of the member whose name was taken.
    pub(crate) fn value(&mut self) -> Result<Value<'a>, JsonError> {
        self.reader.value(1, self.names.as_deref_mut())
    }

    /// The same, for a value inside which names need not be unique.
    pub(crate) fn lenient_value(&mut self) -> Result<Value<'a>, JsonError> {
        self.reader.value(1, None)
    }
}

/// The names of the members of all open objects, to find a second one of the same name.
pub(crate) struct Names {
    /// 20 bits of where the name's opening quote stands, 12 bits of a digest of the name.
    entries: [u32; MAX_OPEN_MEMBERS],
    open: u8,
}

impl Names {
    const DIGEST: u32 = 0xfff;

    pub(crate) const fn new() -> Self {
        Self { entries: [0; MAX_OPEN_MEMBERS], open: 0 }
    }

    /// Adds the name whose opening quote stands at `start`, unless it is among those from `base` on.
    fn insert(
        &mut self,
        text: &str,
        start: usize,
        name: JsonString<'_>,
        base: u8,
    ) -> Result<(), JsonErrorKind> {
        // No text is longer than 2^20 bytes.
        let position = u32::try_from(start).unwrap_or(0);
        let written = text.as_bytes().get(start.saturating_add(1)..).unwrap_or_default();
        let entry = (position << 12) | (digest(name, written) & Self::DIGEST);
        let seen = self.entries.get(usize::from(base)..usize::from(self.open)).unwrap_or_default();
        for other in seen.iter().filter(|other| (**other ^ entry) & Self::DIGEST == 0) {
            let start = usize::try_from(*other >> 12).unwrap_or(0);
            let mut reader = Reader { text, position: start };
            let kind = reader.string()?;
            if reader.string_since(start, matches!(kind, Kind::Escaped)) == name {
                return Err(JsonErrorKind::DuplicateName);
            }
        }
        *self.entries.get_mut(usize::from(self.open)).ok_or(JsonErrorKind::Members)? = entry;
        self.open = self.open.saturating_add(1);
        Ok(())
    }
}

/// A digest of the unescaped name, which stands at the start of `text`: of its length and its first
/// eight bytes. An attacker can make names that share it; they are then compared, each with fewer
/// than [`MAX_OPEN_MEMBERS`] others.
#[inline(always)]
fn digest(name: JsonString<'_>, text: &[u8]) -> u32 {
    let (first, length) = match (name.as_str(), text.first_chunk()) {
        (Some(name), Some(first)) => {
            // What follows a short name is masked out.
            let unused = 64_u32.saturating_sub(u32::try_from(name.len()).unwrap_or(8).saturating_mul(8));
            (u64::from_le_bytes(*first) & u64::MAX.checked_shr(unused).unwrap_or(0), name.len())
        }
        _ => {
            let mut first = [0; 8];
            let mut places = first.iter_mut();
            let length = name.chars().fold(0, |length: usize, character| {
                let mut buffer = [0; 4];
                let bytes = character.encode_utf8(&mut buffer).as_bytes();
                places.by_ref().zip(bytes).for_each(|(place, byte)| *place = *byte);
                length.saturating_add(bytes.len())
            });
            (u64::from_le_bytes(first), length)
        }
    };
    let mixed = first ^ u64::try_from(length).unwrap_or(0);
    u32::try_from(mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52).unwrap_or(0)
}
