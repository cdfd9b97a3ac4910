//! What text can be refused for: base64url and JSON.

use core::fmt;

/// Up to 31 bytes of text from a token, a key or a policy, fit to be shown: whatever is not
/// printable ASCII is replaced by `?`, and text that was cut ends in `...`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Excerpt {
    bytes: [u8; Self::MAX],
    len: u8,
}

impl Excerpt {
    const MAX: usize = 31;

    pub(crate) fn new(characters: impl IntoIterator<Item = char>) -> Self {
        let mut excerpt = Self { bytes: [0; Self::MAX], len: 0 };
        for character in characters {
            let Some(place) = excerpt.bytes.get_mut(usize::from(excerpt.len)) else {
                // Cut: the last three places say so.
                if let Some(end) = excerpt.bytes.last_chunk_mut() {
                    *end = *b"...";
                }
                break;
            };
            let byte = u8::try_from(character).ok().filter(|byte| (b' '..=b'~').contains(byte));
            *place = byte.unwrap_or(b'?');
            excerpt.len = excerpt.len.saturating_add(1);
        }
        excerpt
    }

    /// Excerpts of two texts that differ, from shortly before the first difference on where that lies
    /// far behind.
    pub(crate) fn of_mismatch(found: &str, expected: &str) -> [Self; 2] {
        let same =
            found.bytes().zip(expected.bytes()).take_while(|(found, expected)| found == expected).count();
        // The last three places may be dots.
        let skipped = if same < Self::MAX.saturating_sub(3) { 0 } else { same.saturating_sub(Self::MAX / 2) };
        let skipped = (0..=skipped).rev().find(|place| found.is_char_boundary(*place)).unwrap_or(0);
        [found, expected].map(|text| Self::new(text.get(skipped..).unwrap_or(text).chars()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.bytes
            .get(..usize::from(self.len))
            .and_then(|bytes| core::str::from_utf8(bytes).ok())
            .unwrap_or("")
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// Why text is not base64url without padding (RFC 7515 §2). Offsets count bytes of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Base64Error {
    /// A byte outside the alphabet `A-Z a-z 0-9 - _`.
    Byte {
        /// The byte.
        byte: u8,
        /// Where it stands.
        offset: usize,
    },
    /// A length that no encoding has: one more than a multiple of four.
    Length {
        /// The length in bytes.
        length: usize,
    },
    /// The last character has bits set that encode nothing: another text for the same octets.
    TrailingBits {
        /// Where the last character stands.
        offset: usize,
    },
    /// The decoded octets do not fit into the buffer.
    Buffer {
        /// Octets needed.
        needed: usize,
        /// Octets given.
        given: usize,
    },
}

impl fmt::Display for Base64Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Byte { byte: b'=', offset } => {
                write!(f, "padding '=' at byte {offset}: base64url in JOSE has no padding")
            }
            Self::Byte { byte: byte @ (b'+' | b'/'), offset } => write!(
                f,
                "'{}' at byte {offset} is of the standard base64 alphabet: base64url has '-' and '_'",
                char::from(byte)
            ),
            Self::Byte { byte: byte @ b' '..=b'~', offset } => {
                write!(f, "'{}' at byte {offset} is not base64url", char::from(byte))
            }
            Self::Byte { byte, offset } => write!(f, "byte 0x{byte:02x} at byte {offset} is not base64url"),
            Self::Length { length } => {
                write!(f, "{length} characters are no base64url text: it was cut or grew by one")
            }
            Self::TrailingBits { offset } => {
                write!(f, "the last character, at byte {offset}, has bits set that encode nothing")
            }
            Self::Buffer { needed, given } => {
                write!(f, "{needed} octets do not fit into a buffer of {given}")
            }
        }
    }
}

impl core::error::Error for Base64Error {}

/// Why text is not the JSON that this crate reads (RFC 8259, and unique names), and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// What is wrong.
    pub kind: JsonErrorKind,
    /// The offset in bytes from the start of the text.
    pub offset: usize,
}

/// What is wrong with JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonErrorKind {
    /// Not UTF-8 (RFC 8259 §8.1).
    Utf8,
    /// A byte order mark (RFC 8259 §8.1).
    ByteOrderMark,
    /// The text ends inside a value.
    End,
    /// A byte that cannot stand here.
    Unexpected,
    /// A control character inside a string (RFC 8259 §7).
    ControlCharacter,
    /// A backslash that starts no escape of RFC 8259 §7.
    Escape,
    /// `\u` with half of a surrogate pair.
    LoneSurrogate,
    /// A number that the grammar of RFC 8259 §6 does not have.
    Number,
    /// A second member with this name in the same object, escapes resolved.
    DuplicateName,
    /// More than 1 MiB of text.
    Length,
    /// More than 32 levels of arrays and objects.
    Depth,
    /// More than 128 members in the objects that are open at this place.
    Members,
    /// Text after the value.
    Trailing,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.kind {
            JsonErrorKind::Utf8 => "not UTF-8",
            JsonErrorKind::ByteOrderMark => "a byte order mark, which JSON must not have",
            JsonErrorKind::End => "the JSON text ends too early",
            JsonErrorKind::Unexpected => "no JSON value or separator stands here",
            JsonErrorKind::ControlCharacter => "a control character that is not escaped",
            JsonErrorKind::Escape => "not an escape sequence of JSON",
            JsonErrorKind::LoneSurrogate => "half of a surrogate pair",
            JsonErrorKind::Number => "not a number of JSON",
            JsonErrorKind::DuplicateName => "a second member of this name",
            JsonErrorKind::Length => "more than 1 MiB of text",
            JsonErrorKind::Depth => "more than 32 levels deep",
            JsonErrorKind::Members => "more than 128 members in the objects open here",
            JsonErrorKind::Trailing => "text after the JSON value",
        };
        write!(f, "{text}, at byte {}", self.offset)
    }
}

impl core::error::Error for JsonError {}
