//! Strict JSON, borrowed from its text: RFC 8259 in UTF-8, with unique member names after unescaping, at most
//! 32 levels, and nothing after the value.
//!
//! One reader serves headers, keys, sets and claims on every target. It builds no tree: a value is checked to
//! its end in constant stack, and what is returned is a part of the text. That takes one pass over the text,
//! except that an object of more than 28 members is read again for its names, once for every 512 of them (128
//! where pointers have fewer than 64 bits).

mod string;
mod span;
mod fault;
mod number;
mod structure;
mod names;
mod reader;
mod members;

use core::fmt;

pub(crate) use self::members::Members;
pub(crate) use self::names::{Names, Word};
pub(crate) use self::number::Truncated;
use self::reader::Reader;
pub(crate) use self::span::Span;
pub use self::string::JsonString;
#[cfg(target_pointer_width = "64")]
pub(crate) use self::structure::byte_of;
pub(crate) use self::structure::{ElementTexts, Elements, all_digits};
use self::structure::{Structure, checked};
use crate::error::{JsonError, JsonErrorKind};
use crate::limits::Limits;

/// The maximum length of a text, in bytes: 1 MiB.
pub(crate) const MAX_LENGTH: usize = Limits::MAX;

/// The maximum number of levels of arrays and objects.
pub const MAX_DEPTH: usize = 32;

/// A JSON value, borrowed from a text that has been checked as a whole. Strings are equal if their unescaped
/// texts are; numbers, arrays and objects if their JSON texts are. `Display` writes the JSON text as it was
/// read.
///
/// The accessors return `None` for a value of another type. Each takes time linear in the value's text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written: JSON sets no bound, and nothing is rounded.
    Number(&'a str),
    /// A string.
    String(JsonString<'a>),
    /// An array.
    Array(Array<'a>),
    /// An object.
    Object(Object<'a>),
}

impl<'a> Value<'a> {
    /// Parses a text that is one JSON value.
    ///
    /// ```
    /// use jose_core::json::Value;
    ///
    /// let value = Value::parse(r#"{"a": [1, 2.5e3]}"#)?;
    /// let array = value.get("a").and_then(Value::as_array).ok_or("not an array")?;
    /// assert!(array.iter().eq([Value::Number("1"), Value::Number("2.5e3")]));
    /// assert!(array.iter().map(Value::as_i64).eq([Some(1), Some(2500)]));
    ///
    /// let error = Value::parse(r#"{"a": 1, "\u0061": 2}"#).unwrap_err();
    /// assert_eq!(error.to_string(), "expected unique member names, found a second member of this name at byte 9");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`JsonError`] if the text is not JSON, has a name twice in an object or exceeds a limit, with the
    /// offset of the first byte at fault.
    pub fn parse<T: AsRef<[u8]> + ?Sized>(text: &'a T) -> Result<Self, JsonError> {
        Self::parse_with_limits(text, Limits::new())
    }

    /// Parses a text within limits, of which [`Limits::max_members`] applies here.
    ///
    /// # Errors
    ///
    /// [`JsonError`] if the text is not JSON, has a name twice in an object or exceeds a limit, with the
    /// offset of the first byte at fault.
    pub fn parse_with_limits<T: AsRef<[u8]> + ?Sized>(
        text: &'a T,
        limits: Limits,
    ) -> Result<Self, JsonError> {
        let text = utf8(text.as_ref())?;
        let value = Reader { text }.document(limits.members());
        value.map(|value| value.value(text)).map_err(|fault| fault.in_text(text))
    }

    /// Returns the name of its type, for an error message.
    #[cold]
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

    /// Returns whether it is `null`.
    #[must_use]
    pub const fn is_null(self) -> bool {
        matches!(self, Self::Null)
    }

    /// Returns the boolean, if it is one.
    #[must_use]
    pub const fn as_bool(self) -> Option<bool> {
        if let Self::Bool(bool) = self { Some(bool) } else { None }
    }

    /// Returns the string, if it is one. To compare a value with a text, `==` is enough.
    #[must_use]
    pub const fn as_string(self) -> Option<JsonString<'a>> {
        if let Self::String(string) = self { Some(string) } else { None }
    }

    /// Returns the number, if it is an integer from -2^63 to 2^63 - 1, however it is written: `3`, `3.0`,
    /// `3e0` and `30e-1` are 3, and `-0` is 0. Nothing is rounded: `3.5` is not an integer.
    ///
    /// ```
    /// use jose_core::json::Value;
    ///
    /// let read = |text| Value::parse(text).ok().and_then(Value::as_i64);
    /// assert_eq!([read("-3"), read("3.0"), read("3e2")], [Some(-3), Some(3), Some(300)]);
    /// assert_eq!([read("3.5"), read("9223372036854775808"), read("\"3\"")], [None; 3]);
    /// ```
    #[must_use]
    pub fn as_i64(self) -> Option<i64> {
        let Truncated { negative, magnitude, .. } = self.integer()?;
        if negative { 0_i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() }
    }

    /// Returns the number, if it is an integer from 0 to 2^64 - 1, however it is written; see
    /// [`as_i64`](Self::as_i64).
    #[must_use]
    pub fn as_u64(self) -> Option<u64> {
        let Truncated { negative, magnitude, .. } = self.integer()?;
        (!negative || magnitude == 0).then_some(magnitude)
    }

    /// Returns the number, rounded to the nearest `f64`, ties to even; `None` if that would be infinite.
    ///
    /// ```
    /// use jose_core::json::Value;
    ///
    /// assert_eq!(Value::parse("2.5e-1")?.as_f64(), Some(0.25));
    /// assert_eq!(Value::parse("1e400")?.as_f64(), None);
    /// # Ok::<(), jose_core::error::JsonError>(())
    /// ```
    #[must_use]
    pub fn as_f64(self) -> Option<f64> {
        let Self::Number(number) = self else { return None };
        number.parse().ok().filter(|number: &f64| number.is_finite())
    }

    fn integer(self) -> Option<Truncated> {
        let Self::Number(number) = self else { return None };
        Truncated::parse(number.as_bytes()).filter(|number| number.whole)
    }

    /// Returns the array, if it is one.
    #[must_use]
    pub const fn as_array(self) -> Option<Array<'a>> {
        if let Self::Array(array) = self { Some(array) } else { None }
    }

    /// Returns the object, if it is one.
    #[must_use]
    pub const fn as_object(self) -> Option<Object<'a>> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }

    /// Returns the value of the member with this name, compared unescaped, if it is an object that has one.
    #[must_use]
    pub fn get(self, name: &str) -> Option<Self> {
        self.as_object()?.get(name)
    }
}

/// Writes the JSON text as it was read.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(bool) => bool.fmt(f),
            Self::Number(text) | Self::Array(Array(text)) | Self::Object(Object(text)) => f.write_str(text),
            Self::String(string) => string.write_json(f),
        }
    }
}

impl PartialEq<str> for Value<'_> {
    fn eq(&self, other: &str) -> bool {
        self.as_string().is_some_and(|string| string == *other)
    }
}

impl PartialEq<&str> for Value<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

/// An array, borrowed from checked text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Array<'a>(&'a str);

impl<'a> Array<'a> {
    /// Returns the elements, in order.
    #[must_use]
    pub const fn iter(self) -> ArrayElements<'a> {
        ArrayElements { text: self.0, structure: Structure::new(self.0, 1), first: true }
    }

    /// Returns the JSON text as it was read.
    #[must_use]
    pub const fn as_json(self) -> &'a str {
        self.0
    }
}

/// The elements of an array, in order: see [`Array::iter`].
#[derive(Clone)]
pub struct ArrayElements<'a> {
    text: &'a str,
    structure: Structure<'a>,
    first: bool,
}

impl<'a> Iterator for ArrayElements<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        let element = checked(self.structure.element(core::mem::take(&mut self.first))).flatten()?;
        Some(element.value(self.text))
    }
}

impl core::iter::FusedIterator for ArrayElements<'_> {}

/// Omits the text, which may be secret.
impl fmt::Debug for ArrayElements<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArrayElements").finish_non_exhaustive()
    }
}

impl<'a> IntoIterator for Array<'a> {
    type Item = Value<'a>;
    type IntoIter = ArrayElements<'a>;

    fn into_iter(self) -> ArrayElements<'a> {
        self.iter()
    }
}

impl<'a> IntoIterator for &Array<'a> {
    type Item = Value<'a>;
    type IntoIter = ArrayElements<'a>;

    fn into_iter(self) -> ArrayElements<'a> {
        self.iter()
    }
}

/// An object, borrowed from checked text. Its names are unique.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Object<'a>(&'a str);

impl<'a> Object<'a> {
    /// Wraps a checked text that is one object.
    pub(crate) const fn of_checked(text: &'a str) -> Self {
        Self(text)
    }

    /// Returns the JSON text as it was read.
    #[must_use]
    pub const fn as_json(self) -> &'a str {
        self.0
    }

    /// Returns the members, in the order of the text.
    #[must_use]
    pub const fn iter(self) -> ObjectMembers<'a> {
        ObjectMembers { text: self.0, structure: Structure::new(self.0, 0) }
    }

    /// Returns the value of the member with this name, compared unescaped.
    #[must_use]
    pub fn get(self, name: &str) -> Option<Value<'a>> {
        self.iter().find(|(found, _)| *found == *name).map(|(_, value)| value)
    }
}

/// The members of an object, in the order of the text, each with its name: see [`Object::iter`].
#[derive(Clone)]
pub struct ObjectMembers<'a> {
    text: &'a str,
    structure: Structure<'a>,
}

impl<'a> Iterator for ObjectMembers<'a> {
    type Item = (JsonString<'a>, Value<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (name, value) = self.structure.member()?;
        Some((name.contents(self.text), value.value(self.text)))
    }
}

impl core::iter::FusedIterator for ObjectMembers<'_> {}

/// Omits the text, which may be secret.
impl fmt::Debug for ObjectMembers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectMembers").finish_non_exhaustive()
    }
}

impl<'a> IntoIterator for Object<'a> {
    type Item = (JsonString<'a>, Value<'a>);
    type IntoIter = ObjectMembers<'a>;

    fn into_iter(self) -> ObjectMembers<'a> {
        self.iter()
    }
}

impl<'a> IntoIterator for &Object<'a> {
    type Item = (JsonString<'a>, Value<'a>);
    type IntoIter = ObjectMembers<'a>;

    fn into_iter(self) -> ObjectMembers<'a> {
        self.iter()
    }
}

/// Returns the text as UTF-8. A text that is too long or begins with a byte order mark is refused.
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
