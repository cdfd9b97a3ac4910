//! An object, member by member.

use super::fault::Fault;
use super::names::{Inserted, Names, Word, check_large};
use super::reader::Reader;
use super::span::Span;
use super::{Elements, JsonString};
use crate::error::{JsonError, JsonErrorKind};

/// A member of an object: its name and its value.
#[derive(Clone, Copy)]
pub(crate) struct Member {
    pub(crate) word: Word,
    name: Span,
    pub(crate) value: Span,
}

impl Member {
    /// The name, of which `text` is the text.
    pub(crate) fn name(self, text: &str) -> JsonString<'_> {
        self.name.contents(text)
    }
}

/// The members of the object that is the whole of a text, taken one by one.
pub(crate) struct Members<'a> {
    reader: Reader<'a>,
    /// Where the object starts.
    start: usize,
    names: Names,
    count: usize,
    large: bool,
}

impl<'a> Members<'a> {
    /// Starts on a text. At most `max_members` may be in the objects that are open at one place.
    ///
    /// # Errors
    ///
    /// Why the text is no JSON, or `None` for JSON that is not an object.
    #[inline]
    pub(crate) fn new(text: &'a [u8], max_members: usize) -> Result<Self, Option<JsonError>> {
        let text = super::utf8(text)?;
        let mut reader = Reader::new(text, max_members);
        if reader.next_token() != Some(b'{') {
            return Err(no_object(text, max_members));
        }
        let start = reader.position;
        reader.skip(1);
        Ok(Self { reader, start, names: Names::new(), count: 0, large: false })
    }

    /// The whole text.
    pub(crate) const fn text(&self) -> &'a str {
        self.reader.text
    }

    /// The names, once all members have been taken.
    pub(crate) const fn into_names(self) -> Names {
        self.names
    }

    /// The next member, or `None` after the last, when nothing follows the object.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn next(&mut self) -> Result<Option<Member>, JsonError> {
        let Some((word, name)) = self.next_name()? else { return Ok(None) };
        Ok(Some(Member { word, name, value: self.value()? }))
    }

    /// Takes the next member's name, if there is one. Its value must be taken before the next name.
    pub(crate) fn next_word(&mut self) -> Result<Option<Word>, JsonError> {
        Ok(self.next_name()?.map(|(word, _)| word))
    }

    /// The value of the member whose name was taken.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn value(&mut self) -> Result<Span, JsonError> {
        self.reader.value(1, self.count).map_err(|fault| fault.in_text(self.reader.text))
    }

    /// The value of the member whose name was taken, by structure alone if it is an array; `None` if it is
    /// none.
    pub(crate) fn elements(&mut self) -> Result<Option<Elements<'a>>, JsonError> {
        if self.reader.next_token() != Some(b'[') {
            return self.value().map(|_| None);
        }
        let elements = Elements::new(self.reader.text, &mut self.reader.position);
        elements.map(Some).map_err(|fault| fault.in_text(self.reader.text))
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn next_name(&mut self) -> Result<Option<(Word, Span)>, JsonError> {
        let text = self.reader.text;
        let name = self.reader.member_name(self.count == 0).map_err(|fault| fault.in_text(text))?;
        let Some((word, name)) = name else { return self.end().map(|()| None) };
        self.count = self.count.wrapping_add(1);
        let kind = match self.names.insert(text, word, name, 0) {
            Inserted::Twice => JsonErrorKind::DuplicateName,
            _ if self.count > self.reader.max_members => JsonErrorKind::TooManyMembers,
            Inserted::New => return Ok(Some((word, name))),
            Inserted::Full => {
                self.large = true;
                return Ok(Some((word, name)));
            }
        };
        Err(Fault::at(kind, name.range().start).in_text(text))
    }

    /// What remains to be seen behind the last member.
    fn end(&mut self) -> Result<(), JsonError> {
        let text = self.reader.text;
        let names = if self.large { check_large(text, self.start) } else { Ok(()) };
        names.and_then(|()| self.reader.end()).map_err(|fault| fault.in_text(text))
    }
}

/// Why a text that does not begin as an object is no JSON, or `None` if it is.
#[cold]
#[inline(never)]
fn no_object(text: &str, max_members: usize) -> Option<JsonError> {
    Reader::new(text, max_members).document().err().map(|fault| fault.in_text(text))
}
