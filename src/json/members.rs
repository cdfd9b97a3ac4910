//! An object, read member by member.

use super::fault::Fault;
use super::names::{Names, Word, check_large};
use super::reader::{Next, Reader};
use super::span::Span;
use super::{Elements, JsonString};
use crate::error::JsonError;

/// A member of an object: its name and its value.
#[derive(Clone, Copy)]
pub(crate) struct Member {
    pub(crate) word: Word,
    name: Span,
    pub(crate) value: Span,
}

impl Member {
    /// Returns the name. `text` is what the member was read from.
    pub(crate) fn name(self, text: &str) -> JsonString<'_> {
        self.name.contents(text)
    }
}

/// The members of a text that is one object, read one at a time.
pub(crate) struct Members<'a, 'n> {
    reader: Reader<'a>,
    /// Where the object starts.
    start: usize,
    /// How far it has been read.
    position: usize,
    names: &'n mut Names,
    /// Whether no name has been read yet.
    first: bool,
    /// How many more members there may be.
    room: usize,
}

impl<'a, 'n> Members<'a, 'n> {
    /// Starts reading a text. An object and the objects that enclose it may have at most `max_members`
    /// members in total. `names` must be new; at the end it holds the names of the object.
    ///
    /// # Errors
    ///
    /// Why the text is not JSON, or `None` for JSON that is not an object.
    // Inlined: otherwise a header takes 1.7 % more instructions.
    #[inline]
    pub(crate) fn new(
        text: &'a [u8],
        max_members: usize,
        names: &'n mut Names,
    ) -> Result<Self, Option<JsonError>> {
        let reader = Reader { text: super::utf8(text)? };
        let (start, Some(b'{')) = reader.after_ws(0) else { return Err(no_object(reader, max_members)) };
        let position = start.wrapping_add(1);
        Ok(Self { reader, start, position, names, first: true, room: max_members })
    }

    /// Returns the whole text.
    pub(crate) const fn text(&self) -> &'a str {
        self.reader.text
    }

    /// Reads the next member. Returns `None` after the last, if nothing follows the object.
    // Inlined, like `value` and `next_name`: otherwise a header takes 16 % more instructions, and claims
    // 15 % more.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn next(&mut self) -> Result<Option<Member>, JsonError> {
        let Some((word, name)) = self.next_name()? else { return Ok(None) };
        Ok(Some(Member { word, name, value: self.value()? }))
    }

    /// Reads the name of the next member, if there is one. Its value must be read before the next name.
    pub(crate) fn next_word(&mut self) -> Result<Option<Word>, JsonError> {
        Ok(self.next_name()?.map(|(word, _)| word))
    }

    /// Reads the value of the member whose name was read.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(crate) fn value(&mut self) -> Result<Span, JsonError> {
        let value = self.reader.value(self.position, 1, self.room).map_err(|fault| self.error(fault))?;
        self.position = value.end();
        Ok(value)
    }

    /// Reads the value of the member whose name was read, by structure alone if it is an array; `None` if it
    /// is not.
    pub(crate) fn elements(&mut self) -> Result<Option<Elements<'a>>, JsonError> {
        let (at, first) = self.reader.after_ws(self.position);
        if first != Some(b'[') {
            return self.value().map(|_| None);
        }
        let (elements, end) = Elements::new(self.reader.text, at).map_err(|fault| self.error(fault))?;
        self.position = end;
        Ok(Some(elements))
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn next_name(&mut self) -> Result<Option<(Word, Span)>, JsonError> {
        let next = self.reader.member_name(self.position, self.first);
        let (word, name) = match next.map_err(|fault| self.error(fault))? {
            Next::Member(word, name, at) => {
                self.position = at;
                (word, name)
            }
            Next::End(at) => return self.end(at).map(|()| None).map_err(|fault| self.error(fault)),
        };
        self.first = false;
        let inserted = self.names.insert(self.reader.text, (word, name), 0, &mut self.room);
        inserted.map_err(|fault| self.error(fault))?;
        Ok(Some((word, name)))
    }

    /// Reads the end of the text, and checks the names again if the object is so large that not all may have
    /// been kept.
    fn end(&self, at: usize) -> Result<(), Fault> {
        if !self.names.are_all() {
            check_large(self.reader.text, self.start)?;
        }
        self.reader.end(at)
    }

    #[cold]
    fn error(&self, fault: Fault) -> JsonError {
        fault.in_text(self.reader.text)
    }
}

/// Returns why a text that does not begin as an object is not JSON, or `None` if it is.
#[cold]
fn no_object(reader: Reader<'_>, max_members: usize) -> Option<JsonError> {
    reader.document(max_members).err().map(|fault| fault.in_text(reader.text))
}
