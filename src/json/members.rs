//! An object, member by member.

use super::names::Names;
use super::reader::Reader;
use super::span::{Kind, Span};
use super::{JsonString, Value};
use crate::error::{JsonError, JsonErrorKind};

/// The members of one object that is the whole of a text, taken one by one.
pub(crate) struct Members<'a, 'n> {
    reader: Reader<'a>,
    names: Option<&'n mut Names>,
    first: bool,
    name: Span,
}

impl<'a, 'n> Members<'a, 'n> {
    /// Starts on a text. Names must be unique on every level, for which `names` is fresh.
    ///
    /// # Errors
    ///
    /// Why the text is no JSON, or `None` for JSON that is not an object.
    #[inline]
    pub(crate) fn new(text: &'a [u8], names: &'n mut Names) -> Result<Self, Option<JsonError>> {
        let text = super::utf8(text)?;
        let mut reader = Reader::new(text);
        if reader.next_token() == Some(b'{') {
            return Ok(Self { names: Some(names), ..Self::of_checked(text) });
        }
        Err(no_object(text))
    }

    /// Starts on the text of an object that has been checked.
    pub(super) fn of_checked(text: &'a str) -> Self {
        let mut reader = Reader::new(text);
        reader.next_token();
        reader.skip(1);
        Self { reader, names: None, first: true, name: Span::new(0, 0, Kind::Null) }
    }

    /// The whole text.
    pub(crate) const fn text(&self) -> &'a str {
        self.reader.text
    }

    /// The name of the member that was taken last.
    pub(crate) fn name(&self) -> JsonString<'a> {
        self.name.contents(self.reader.text)
    }

    /// The next member's value, or `None` after the last, when nothing follows the object.
    #[inline]
    pub(crate) fn next(&mut self) -> Result<Option<Span>, JsonError> {
        if self.next_name()? { self.value().map(Some) } else { Ok(None) }
    }

    /// Takes the next member's name, if there is one. Its value must be taken before the next name.
    #[inline]
    pub(crate) fn next_name(&mut self) -> Result<bool, JsonError> {
        let first = core::mem::take(&mut self.first);
        match self.reader.next_token() {
            Some(b'}') => {
                self.reader.skip(1);
                self.reader.end()?;
                return Ok(false);
            }
            Some(b',') if !first => self.reader.skip(1),
            _ if !first => {
                let unexpected = self.reader.fail(self.reader.position, JsonErrorKind::Unexpected);
                return unexpected.map_err(|kind| self.reader.error(kind));
            }
            _ => {}
        }
        let name = self.reader.name(self.names.as_deref_mut().map(|names| (names, 0)));
        self.name = name.map_err(|kind| self.reader.error(kind))?;
        Ok(true)
    }

    /// The value of the member whose name was taken.
    #[inline]
    pub(crate) fn value(&mut self) -> Result<Span, JsonError> {
        self.reader.span(1, self.names.as_deref_mut()).map_err(|kind| self.reader.error(kind))
    }

    /// The same, for a value inside which names need not be unique.
    pub(crate) fn lenient_value(&mut self) -> Result<Span, JsonError> {
        self.reader.span(1, None).map_err(|kind| self.reader.error(kind))
    }
}

/// Why a text that does not begin as an object is no JSON, or `None` if it is.
#[cold]
#[inline(never)]
fn no_object(text: &str) -> Option<JsonError> {
    Value::parse(text).err()
}
