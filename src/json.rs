//! Strict JSON, borrowed from its text: RFC 8259, UTF-8, unique member names after unescaping, at
//! most 32 levels, nothing after the value.
//!
//! One reader serves headers, keys, sets and claims on every target. It keeps no tree. A value is
//! checked to its end in one pass, in constant stack and in time linear in its size, and what is
//! handed out is a part of the text.

mod string;
mod span;
mod names;
mod reader;
mod members;

pub(crate) use self::members::Members;
pub(crate) use self::names::Names;
use self::reader::Reader;
pub(crate) use self::span::Span;
pub use self::string::JsonString;
use crate::error::{JsonError, JsonErrorKind};

/// The greatest length of a text, in bytes: 1 MiB.
pub const MAX_LENGTH: usize = 1 << 20;

/// The greatest number of levels of arrays and objects.
pub const MAX_DEPTH: usize = 32;

/// The greatest number of members in all objects that are open at one place of the text. Names are
/// told apart within this bound, so that the cost stays linear whatever the text holds.
pub const MAX_OPEN_MEMBERS: usize = 128;

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
    /// assert_eq!(error.to_string(), "a second member of this name, at byte 9");
    /// ```
    ///
    /// # Errors
    ///
    /// [`JsonError`], with the offset of the first byte that is wrong.
    pub fn parse<T: AsRef<[u8]> + ?Sized>(text: &'a T) -> Result<Self, JsonError> {
        let mut reader = Reader::new(utf8(text.as_ref())?);
        let value = reader.value(0, Some(&mut Names::new()))?;
        reader.end()?;
        Ok(value)
    }

    /// What it is, for an error message.
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
        let mut reader = Reader::new(self.0);
        let mut first = true;
        core::iter::from_fn(move || reader.element(core::mem::take(&mut first)).ok().flatten())
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

    /// The text of the object.
    pub(crate) const fn text(self) -> &'a str {
        self.0
    }

    /// The members, in the order of the text.
    pub fn iter(self) -> impl Iterator<Item = (JsonString<'a>, Value<'a>)> {
        let mut members = Members::of_checked(self.0);
        core::iter::from_fn(move || {
            let value = members.next().ok().flatten()?;
            Some((members.name(), value.value(self.0)))
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
        return Err(JsonError { kind: JsonErrorKind::Length, offset: MAX_LENGTH });
    }
    if text.starts_with(b"\xef\xbb\xbf") {
        return Err(JsonError { kind: JsonErrorKind::ByteOrderMark, offset: 0 });
    }
    core::str::from_utf8(text)
        .map_err(|error| JsonError { kind: JsonErrorKind::Utf8, offset: error.valid_up_to() })
}
