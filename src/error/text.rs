//! Why text is refused: base64url and JSON.

use core::fmt;

/// Why text is not base64url without padding (RFC 7515 §2). Offsets are in bytes of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Base64Error {
    /// A byte is outside the alphabet `A-Z a-z 0-9 - _`.
    InvalidByte {
        /// The byte.
        byte: u8,
        /// Its offset.
        offset: usize,
    },
    /// No encoding has this length: one more than a multiple of four.
    InvalidLength {
        /// The length in bytes.
        length: usize,
    },
    /// The last character has unused bits set: another text encodes the same octets.
    TrailingBits {
        /// The offset of the last character.
        offset: usize,
    },
    /// The decoded octets do not fit into the buffer.
    BufferTooSmall {
        /// Octets needed.
        needed: usize,
        /// Octets given.
        given: usize,
    },
}

impl fmt::Display for Base64Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::InvalidByte { byte: b'=', offset } => {
                write!(f, "expected base64url, found '=' at byte {offset}: base64url in JOSE has no padding")
            }
            Self::InvalidByte { byte: byte @ (b'+' | b'/'), offset } => write!(
                f,
                "expected base64url, found '{}' at byte {offset}: this is the standard base64 alphabet; base64url has '-' and '_'",
                char::from(byte)
            ),
            Self::InvalidByte { byte: byte @ b' '..=b'~', offset } => {
                write!(f, "expected base64url, found '{}' at byte {offset}", char::from(byte))
            }
            Self::InvalidByte { byte, offset } => {
                write!(f, "expected base64url, found 0x{byte:02x} at byte {offset}")
            }
            Self::InvalidLength { length } => write!(
                f,
                "expected base64url, found {length} characters, a length that no encoding has: the text is truncated or has one too many"
            ),
            Self::TrailingBits { offset } => {
                write!(
                    f,
                    "expected zeros in the unused bits of the last character, found ones at byte {offset}"
                )
            }
            Self::BufferTooSmall { needed, given } => {
                write!(f, "expected a buffer of at least {needed} bytes, found {given}")
            }
        }
    }
}

impl core::error::Error for Base64Error {}

/// Why text is not JSON as this crate reads it (RFC 8259, and unique names), and where.
///
/// ```
/// use jose_core::json::Value;
///
/// let error = Value::parse(r#"{"a" 1}"#).unwrap_err();
/// assert_eq!(error.to_string(), "expected ':' after member name, found '1' at byte 5");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// What is wrong.
    pub kind: JsonErrorKind,
    /// The character at the offset; `None` at the end of the text, or if the kind says enough.
    pub found: Option<char>,
    /// The offset in bytes from the start of the text.
    pub offset: usize,
}

/// What is wrong with JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonErrorKind {
    /// Not UTF-8 (RFC 8259 §8.1).
    InvalidUtf8,
    /// A byte order mark (RFC 8259 §8.1).
    ByteOrderMark,
    /// There is no value where one is required (RFC 8259 §3).
    ExpectedValue,
    /// There is no member name where one is required (RFC 8259 §4).
    ExpectedName,
    /// There is no colon after a member name (RFC 8259 §4).
    ExpectedColon,
    /// There is neither a comma nor a brace after the value of a member (RFC 8259 §4).
    ExpectedCommaOrBrace,
    /// There is neither a comma nor a bracket after an element of an array (RFC 8259 §5).
    ExpectedCommaOrBracket,
    /// The text ends inside an array or object.
    ExpectedClosing,
    /// There is text after the value (RFC 8259 §2).
    ExpectedEnd,
    /// A word begins like `true`, `false` or `null` but is another (RFC 8259 §3).
    InvalidLiteral,
    /// There is no digit where a number requires one (RFC 8259 §6).
    ExpectedDigit,
    /// A digit follows a leading zero (RFC 8259 §6).
    LeadingZero,
    /// The text ends inside a string (RFC 8259 §7).
    UnterminatedString,
    /// An unescaped control character is in a string (RFC 8259 §7).
    ControlCharacter,
    /// A backslash does not start an escape sequence (RFC 8259 §7).
    InvalidEscape,
    /// `\u` encodes half of a surrogate pair (RFC 8259 §8.2).
    LoneSurrogate,
    /// A second member of the same object has this name after unescaping (RFC 8259 §4).
    DuplicateName,
    /// The text is longer than 1 MiB.
    TooLong,
    /// Arrays and objects are nested more than 32 levels deep.
    TooDeep,
    /// An object and the objects that enclose it have more members in total than
    /// [`Limits::max_members`](crate::Limits::max_members).
    TooManyMembers,
}

impl JsonErrorKind {
    /// Returns what is expected, and what is found if that is not the character at the offset.
    const fn words(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::InvalidUtf8 => ("UTF-8", Some("an invalid byte")),
            Self::ByteOrderMark => ("JSON without byte order mark", Some("one")),
            Self::ExpectedValue => ("a value", None),
            Self::ExpectedName => ("a member name in double quotes", None),
            Self::ExpectedColon => ("':' after member name", None),
            Self::ExpectedCommaOrBrace => ("',' or '}' after member", None),
            Self::ExpectedCommaOrBracket => ("',' or ']' after array element", None),
            Self::ExpectedClosing => ("']' or '}'", None),
            Self::ExpectedEnd => ("end of text after JSON value", None),
            Self::InvalidLiteral => ("true, false or null", None),
            Self::ExpectedDigit => ("a digit in number", None),
            Self::LeadingZero => ("no digit after leading zero", None),
            Self::UnterminatedString => ("'\"' at end of string", None),
            Self::ControlCharacter => ("control characters in strings to be escaped", None),
            Self::InvalidEscape => ("an escape sequence of JSON", Some("an unknown one")),
            Self::LoneSurrogate => ("surrogates in pairs", Some("half of a pair")),
            Self::DuplicateName => ("unique member names", Some("a second member of this name")),
            Self::TooLong => ("at most 1 MiB of text", Some("more")),
            Self::TooDeep => ("at most 32 levels of arrays and objects", Some("another")),
            Self::TooManyMembers => ("no more members than Limits::max_members", Some("another")),
        }
    }

    /// Returns whether a message shows the character at the offset.
    pub(crate) const fn shows_character(self) -> bool {
        self.words().1.is_none()
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (expected, found) = self.kind.words();
        write!(f, "expected {expected}, found ")?;
        match (found, self.found) {
            (Some(found), _) => f.write_str(found)?,
            (None, Some(found @ (' '..='&' | '('..='~'))) => write!(f, "'{found}'")?,
            (None, Some(found)) => write!(f, "'{}'", found.escape_default())?,
            (None, None) => f.write_str("end of text")?,
        }
        write!(f, " at byte {}", self.offset)
    }
}

impl core::error::Error for JsonError {}
