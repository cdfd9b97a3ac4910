//! The one pass over JSON text.
//!
//! Inside, a fault is only its kind, which fits into a register; the reader's position says where.

use super::names::Names;
use super::span::{Kind, Span};
use super::{MAX_DEPTH, Value};
use crate::error::{JsonError, JsonErrorKind};

/// A position in a text. What lies before it has been checked.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) position: usize,
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
    pub(super) fn skip(&mut self, bytes: usize) {
        self.position = self.position.wrapping_add(bytes);
    }

    /// Skips white space (RFC 8259 §2) and shows what follows.
    #[inline(always)]
    pub(super) fn next_token(&mut self) -> Option<u8> {
        loop {
            match self.byte(self.position) {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.skip(1),
                other => return other,
            }
        }
    }

    /// Fails at a position.
    #[cold]
    pub(super) fn fail<T>(&mut self, position: usize, kind: JsonErrorKind) -> Result<T, JsonErrorKind> {
        self.position = position;
        Err(if position < self.text.len() { kind } else { JsonErrorKind::End })
    }

    /// The error of a kind at the reader's position.
    pub(super) fn error(&self, kind: JsonErrorKind) -> JsonError {
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
    pub(super) fn value(&mut self, depth: usize, names: Option<&mut Names>) -> Result<Value<'a>, JsonError> {
        let span = self.span(depth, names).map_err(|kind| self.error(kind))?;
        Ok(span.value(self.text))
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn span(&mut self, depth: usize, names: Option<&mut Names>) -> Result<Span, JsonErrorKind> {
        let first = self.next_token();
        let start = self.position;
        let kind = match first {
            Some(b'{' | b'[') => self.container(depth, names),
            other => self.scalar(other),
        }?;
        Ok(Span::new(start, self.position, kind))
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
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn name(&mut self, unique: Option<(&mut Names, u8)>) -> Result<Span, JsonErrorKind> {
        if self.next_token() != Some(b'"') {
            return self.fail(self.position, JsonErrorKind::Unexpected);
        }
        let start = self.position;
        let name = self.string()?;
        if let Some((names, base)) = unique
            && let Err(kind) = names.insert(self.text, name, base)
        {
            return self.fail(start, kind);
        }
        if self.next_token() != Some(b':') {
            return self.fail(self.position, JsonErrorKind::Unexpected);
        }
        self.skip(1);
        Ok(name)
    }

    /// Takes a string, its opening quote being next.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn string(&mut self) -> Result<Span, JsonErrorKind> {
        match Span::of_string(self.text, self.position) {
            Ok(span) => {
                self.position = span.range().end;
                Ok(span)
            }
            Err(JsonError { kind, offset }) => self.fail(offset, kind),
        }
    }

    /// Takes a value that is neither array nor object, and starts with `first`.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn scalar(&mut self, first: Option<u8>) -> Result<Kind, JsonErrorKind> {
        match first {
            Some(b'"') => Ok(self.string()?.kind()),
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
    #[cfg_attr(target_pointer_width = "64", inline(always))]
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
