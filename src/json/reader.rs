//! The one pass over JSON text.

use super::string::hex;
use super::{Array, JsonString, MAX_DEPTH, MAX_OPEN_MEMBERS, Object, Value};
use crate::error::{JsonError, JsonErrorKind};

/// A position in a text. What lies before it has been checked.
pub(super) struct Reader<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, position: 0 }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    fn skip(&mut self, bytes: usize) {
        self.position = self.position.saturating_add(bytes);
    }

    /// Takes `byte`, if it is next.
    fn take(&mut self, byte: u8) -> bool {
        let taken = self.peek() == Some(byte);
        self.skip(usize::from(taken));
        taken
    }

    /// Skips white space (RFC 8259 §2) and shows what follows.
    fn next_token(&mut self) -> Option<u8> {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.skip(1),
                other => return other,
            }
        }
    }

    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.position).unwrap_or_default()
    }

    fn error(&self, kind: JsonErrorKind) -> JsonError {
        JsonError { kind, offset: self.position }
    }

    /// The error for a place where nothing that is allowed stands.
    fn unexpected(&self) -> JsonError {
        self.error(if self.peek().is_none() { JsonErrorKind::End } else { JsonErrorKind::Unexpected })
    }

    /// Takes the end of the text.
    pub(super) fn end(&mut self) -> Result<(), JsonError> {
        match self.next_token() {
            None => Ok(()),
            Some(_) => Err(self.error(JsonErrorKind::Trailing)),
        }
    }

    /// Takes a value that stands `depth` levels deep. With `names`, names in it must be unique.
    pub(super) fn value(&mut self, depth: usize, names: Option<&mut Names>) -> Result<Value<'a>, JsonError> {
        let first = self.next_token();
        let start = self.position;
        match first {
            Some(b'{') => self.container(depth, names).map(|()| Value::Object(Object(self.since(start)))),
            Some(b'[') => self.container(depth, names).map(|()| Value::Array(Array(self.since(start)))),
            _ => self.scalar(),
        }
    }

    /// Takes an array or object with all that is in it, without recursion.
    fn container(&mut self, outer: usize, mut names: Option<&mut Names>) -> Result<(), JsonError> {
        // One bit a level that is open here, the innermost lowest: set for an object.
        let mut objects = 0_u32;
        // Where the names of the objects outside each level end.
        let mut bases = [0_u8; MAX_DEPTH];
        let mut depth = outer;
        loop {
            // A value starts here.
            let opened = match self.next_token() {
                Some(byte @ (b'{' | b'[')) => {
                    let base = bases.get_mut(depth).ok_or_else(|| self.error(JsonErrorKind::Depth))?;
                    *base = names.as_ref().map_or(0, |names| names.open);
                    depth = depth.saturating_add(1);
                    objects = (objects << 1) | u32::from(byte == b'{');
                    self.skip(1);
                    true
                }
                _ => {
                    self.scalar()?;
                    false
                }
            };
            // A value has ended, or a level has opened: close levels, up to the next value.
            let mut first = opened;
            loop {
                let object = objects & 1 == 1;
                match self.next_token() {
                    Some(b'}') if object => {}
                    Some(b']') if !object => {}
                    next => {
                        if !first {
                            if next != Some(b',') {
                                return Err(self.unexpected());
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
                first = false;
                depth = depth.saturating_sub(1);
                objects >>= 1;
                if let Some(names) = names.as_deref_mut() {
                    names.open = bases.get(depth).copied().unwrap_or(0);
                }
                if depth == outer {
                    return Ok(());
                }
            }
        }
    }

    /// Takes a member's name and its colon. With `unique`, it must not be among the names from that
    /// base on.
    fn name(&mut self, unique: Option<(&mut Names, u8)>) -> Result<JsonString<'a>, JsonError> {
        if self.next_token() != Some(b'"') {
            return Err(self.unexpected());
        }
        let start = self.position;
        let name = self.string()?;
        if let Some((names, base)) = unique {
            names.insert(self.text, start, name, base).map_err(|kind| JsonError { kind, offset: start })?;
        }
        if self.next_token() != Some(b':') {
            return Err(self.unexpected());
        }
        self.skip(1);
        Ok(name)
    }

    /// Takes a value that is neither array nor object.
    fn scalar(&mut self) -> Result<Value<'a>, JsonError> {
        match self.peek() {
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            Some(b't') => self.literal("true", Value::Bool(true)),
            Some(b'f') => self.literal("false", Value::Bool(false)),
            Some(b'n') => self.literal("null", Value::Null),
            _ => Err(self.unexpected()),
        }
    }

    fn literal(&mut self, literal: &str, value: Value<'a>) -> Result<Value<'a>, JsonError> {
        for byte in literal.bytes() {
            if !self.take(byte) {
                return Err(self.unexpected());
            }
        }
        Ok(value)
    }

    /// Takes a number (RFC 8259 §6).
    fn number(&mut self) -> Result<&'a str, JsonError> {
        let start = self.position;
        self.take(b'-');
        // No zero before another digit.
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _sign = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        match self.peek() {
            Some(b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-') => Err(self.error(JsonErrorKind::Number)),
            _ => Ok(self.since(start)),
        }
    }

    /// Takes one digit or more.
    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.position;
        while let Some(b'0'..=b'9') = self.peek() {
            self.skip(1);
        }
        match self.position == start {
            true if self.peek().is_some() => Err(self.error(JsonErrorKind::Number)),
            true => Err(self.error(JsonErrorKind::End)),
            false => Ok(()),
        }
    }

    /// Takes a string (RFC 8259 §7), its opening quote being next.
    fn string(&mut self) -> Result<JsonString<'a>, JsonError> {
        self.skip(1);
        let start = self.position;
        let mut escaped = false;
        loop {
            let rest = self.text.as_bytes().get(self.position..).unwrap_or_default();
            self.skip(plain_len(rest));
            match self.peek() {
                Some(b'"') => {
                    let string = JsonString::new(self.since(start), escaped);
                    self.skip(1);
                    return Ok(string);
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(_) => return Err(self.error(JsonErrorKind::ControlCharacter)),
                None => return Err(self.error(JsonErrorKind::End)),
            }
        }
    }

    /// Takes an escape sequence. An error points at its backslash.
    fn escape(&mut self) -> Result<(), JsonError> {
        let rest = self.text.get(self.position..).unwrap_or_default();
        let length = match (rest.as_bytes().get(1), rest.get(2..).and_then(hex)) {
            (Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't'), _) => 2,
            // A high surrogate needs its low one behind it.
            (Some(b'u'), Some(0xd800..0xdc00)) => match rest.get(6..8).zip(rest.get(8..).and_then(hex)) {
                Some(("\\u", 0xdc00..0xe000)) => 12,
                _ => return Err(self.error(JsonErrorKind::LoneSurrogate)),
            },
            (Some(b'u'), Some(0xdc00..0xe000)) => return Err(self.error(JsonErrorKind::LoneSurrogate)),
            (Some(b'u'), Some(_)) => 6,
            _ => return Err(self.error(JsonErrorKind::Escape)),
        };
        self.skip(length);
        Ok(())
    }

    /// Takes the next element of the array at whose start, or inside which, the reader stands.
    pub(super) fn element(
        &mut self,
        first: bool,
        names: Option<&mut Names>,
    ) -> Result<Option<Value<'a>>, JsonError> {
        if first {
            self.skip(1);
        }
        match self.next_token() {
            Some(b']') => {
                self.skip(1);
                return Ok(None);
            }
            Some(b',') if !first => self.skip(1),
            _ if !first => return Err(self.unexpected()),
            _ => {}
        }
        self.value(1, names).map(Some)
    }
}

/// How many bytes stand before a quote, a backslash or a control character.
///
/// Eight bytes are looked at together. Subtracting from a byte borrows into its top bit where the
/// byte is smaller; above the first such byte that may be wrong, and nothing is read from there.
fn plain_len(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let less = |word: u64, than: u64| word.wrapping_sub(ONES * than) & !word;
    let (words, tail) = bytes.as_chunks::<8>();
    let mut plain = 0_usize;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let quote = less(word ^ (ONES * 0x22), 1);
        let backslash = less(word ^ (ONES * 0x5c), 1);
        let found = (quote | backslash | less(word, 0x20)) & (ONES << 7);
        if found != 0 {
            return plain.saturating_add(usize::try_from(found.trailing_zeros() / 8).unwrap_or(0));
        }
        plain = plain.saturating_add(8);
    }
    let in_tail = tail.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20)).count();
    plain.saturating_add(in_tail)
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
    pub(crate) fn next(&mut self) -> Result<Option<(JsonString<'a>, Value<'a>)>, JsonError> {
        let Some(name) = self.next_name()? else { return Ok(None) };
        let value = self.value()?;
        Ok(Some((name, value)))
    }

    /// The next member's name. Its value must be taken before the next name.
    pub(crate) fn next_name(&mut self) -> Result<Option<JsonString<'a>>, JsonError> {
        let first = core::mem::take(&mut self.first);
        match self.reader.next_token() {
            Some(b'}') => {
                self.reader.skip(1);
                self.reader.end()?;
                return Ok(None);
            }
            Some(b',') if !first => self.reader.skip(1),
            _ if !first => return Err(self.reader.unexpected()),
            _ => {}
        }
        self.reader.name(self.names.as_deref_mut().map(|names| (names, 0))).map(Some)
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
            let mut reader = Reader { text, position: usize::try_from(*other >> 12).unwrap_or(0) };
            if reader.string().is_ok_and(|other| other == name) {
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
