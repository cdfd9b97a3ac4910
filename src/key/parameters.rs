//! The parameters of a JWK that are key material (RFC 7518 §6), as text until a key is made of them.

use crate::base64url;
use crate::error::{Base64Error, KeyError};
use crate::json::{JsonString, Value};

#[derive(Clone, Copy, Default)]
pub(crate) struct Parameters<'a> {
    pub(crate) n: Option<Value<'a>>,
    pub(crate) e: Option<Value<'a>>,
    pub(crate) x: Option<Value<'a>>,
    pub(crate) y: Option<Value<'a>>,
    pub(crate) k: Option<Value<'a>>,
}

/// The octets of the parameter `name`, decoded into `buffer`; `too_long` makes the error for octets
/// that it does not hold, of their number.
pub(super) fn octets<'b>(
    name: &'static str,
    value: Option<Value<'_>>,
    buffer: &'b mut [u8],
    too_long: impl FnOnce(usize) -> KeyError,
) -> Result<&'b [u8], KeyError> {
    let value = value.ok_or(KeyError::MemberMissing { name })?;
    let text =
        value.as_string().ok_or(KeyError::MemberType { name, expected: "a string", found: value.kind() })?;
    let decoded = match text.as_str() {
        Some(text) => base64url::decode_key_material(text.as_bytes(), buffer),
        None => octets_in_escapes(text, buffer),
    };
    decoded.map_err(|error| match error {
        Base64Error::Buffer { needed, .. } => too_long(needed),
        error => KeyError::Base64 { name, error },
    })
}

/// The same for text with escapes, which a writer of JSON may make of any character (RFC 8259 §7).
#[cold]
#[inline(never)]
fn octets_in_escapes<'b>(text: JsonString<'_>, buffer: &'b mut [u8]) -> Result<&'b [u8], Base64Error> {
    base64url::decode_key_characters(text.ascii_octets(), buffer).map_err(|error| match error {
        // Which of the characters that were meant it is.
        Base64Error::Byte { .. } => base64url::fault(text.utf8_octets()),
        error => error,
    })
}
