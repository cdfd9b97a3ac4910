//! Strict JSON, borrowed from its text: RFC 8259, UTF-8, unique member names after unescaping, at
//! most 32 levels, nothing after the value.
//!
//! One reader serves headers, keys, sets and claims on every target. It keeps no tree. A value is
//! checked to its end in one pass, in constant stack and in time linear in its size, and what is
//! handed out is a part of the text.

mod string;
mod span;
mod fault;
mod structure;
mod names;
mod reader;
mod members;

pub(crate) use self::members::Members;
pub(crate) use self::names::{Names, Word};
use self::reader::Reader;
pub(crate) use self::span::Span;
pub use self::string::JsonString;
use self::structure::Structure;
pub(crate) use self::structure::{Elements, all_digits};
use crate::error::{JsonError, JsonErrorKind};
use crate::limits::Limits;

/// The greatest length of a text, in bytes: 1 MiB.
pub const MAX_LENGTH: usize = Limits::MAX;

/// The greatest number of levels of arrays and objects.
pub const MAX_DEPTH: usize = 32;

/// A JSON value, borrowed from text that has been checked as a whole. Strings are equal when they mean
/// the same; numbers, arrays and objects when their text is the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is written: JSON sets no bound, and this crate rounds none.
    Number(&'a str),
    /// A string.
    String(JsonString<'a>),
    /// An array.
    Array(Array<'a>),
    /// An object.
    Object(Object<'a>),
}

impl<'a> Value<'a> {
    /// Reads a text that is one JSON value.
    ///
    /// ```
    /// use jose_core::json::Value;
    ///
    /// let Ok(Value::Object(object)) = Value::parse(r#"{"a": [1, 2.5e3]}"#) else { panic!() };
    /// let Some(Value::Array(array)) = object.get("a") else { panic!() };
    /// assert!(array.iter().eq([Value::Number("1"), Value::Number("2.5e3")]));
    ///
    /// let error = Value::parse(r#"{"a": 1, "\u0061": 2}"#).unwrap_err();
    /// assert_eq!(error.to_string(), "expected unique member names, found a second member of this name at byte 9");
    /// ```
    ///
    /// # Errors
    ///
    /// [`JsonError`], with the offset of the first byte that is wrong.
    pub fn parse<T: AsRef<[u8]> + ?Sized>(text: &'a T) -> Result<Self, JsonError> {
        Self::parse_with_limits(text, Limits::new())
    }

    /// The same with limits of one's own, of which [`Limits::max_members`] counts here.
    ///
    /// # Errors
    ///
    /// [`JsonError`], with the offset of the first byte that is wrong.
    pub fn parse_with_limits<T: AsRef<[u8]> + ?Sized>(
        text: &'a T,
        limits: Limits,
    ) -> Result<Self, JsonError> {
        let text = utf8(text.as_ref())?;
        let value = Reader { text }.document(limits.members());
        value.map(|value| value.value(text)).map_err(|fault| fault.in_text(text))
    }

    /// What it is, for an error message.
    #[cold]
    #[inline(never)]
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }

    /// The string, if it is one.
    #[must_use]
    pub fn as_string(self) -> Option<JsonString<'a>> {
        if let Self::String(string) = self { Some(string) } else { None }
    }
}

/// An array, borrowed from checked text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Array<'a>(&'a str);

impl<'a> Array<'a> {
    /// The elements, in order.
    pub fn iter(self) -> impl Iterator<Item = Value<'a>> {
        self.elements()
    }

    pub(crate) const fn elements(self) -> ArrayElements<'a> {
        ArrayElements { text: self.0, structure: Structure::new(self.0, 1), first: true }
    }
}

/// The elements of an array, in order.
#[derive(Clone)]
pub(crate) struct ArrayElements<'a> {
    text: &'a str,
    structure: Structure<'a>,
    first: bool,
}

impl<'a> Iterator for ArrayElements<'a> {
    type Item = Value<'a>;

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn next(&mut self) -> Option<Value<'a>> {
        let element = self.structure.element(core::mem::take(&mut self.first)).ok().flatten()?;
        Some(element.value(self.text))
    }
}

/// An object, borrowed from checked text. Its names are unique.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Object<'a>(&'a str);

impl<'a> Object<'a> {
    /// The object that is the whole of a text, which has been checked.
    pub(crate) const fn of_checked(text: &'a str) -> Self {
        Self(text)
    }

    /// The members, in the order of the text.
    pub fn iter(self) -> impl Iterator<Item = (JsonString<'a>, Value<'a>)> {
        let mut members = Structure::new(self.0, 0);
        core::iter::from_fn(move || {
            let (name, value) = members.member()?;
            Some((name.contents(self.0), value.value(self.0)))
        })
    }

    /// The value of the member with this name, escapes resolved.
    #[must_use]
    pub fn get(self, name: &str) -> Option<Value<'a>> {
        self.iter().find(|(found, _)| *found == *name).map(|(_, value)| value)
    }
}

/// The text as UTF-8, without a byte order mark.
fn utf8(text: &[u8]) -> Result<&str, JsonError> {
    if text.len() > MAX_LENGTH {
        return Err(JsonError { kind: JsonErrorKind::TooLong, found: None, offset: MAX_LENGTH });
    }
    if text.starts_with(b"\xef\xbb\xbf") {
        return Err(JsonError { kind: JsonErrorKind::ByteOrderMark, found: None, offset: 0 });
    }
    core::str::from_utf8(text).map_err(|error| JsonError {
        kind: JsonErrorKind::InvalidUtf8,
        found: None,
        offset: error.valid_up_to(),
    })
}
