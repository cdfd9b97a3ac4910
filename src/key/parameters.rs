//! The parameters of a JWK that are key material (RFC 7518 §6), as text until a key is created from them.

use crate::base64url;
use crate::error::{Base64Error, KeyError};
use crate::json::Value;

/// The values of the members of a JWK, by name; `None` for an absent one.
pub(super) type Parameters<'p, 'a> = &'p dyn Fn(&str) -> Option<Value<'a>>;

/// Decodes a parameter into the start of `buffer`. `too_long` creates the error if there are more octets than
/// fit, given their number.
#[inline(never)]
pub(super) fn octets<'b>(
    name: &'static str,
    parameters: Parameters<'_, '_>,
    buffer: &'b mut [u8],
    too_long: fn(&'static str, usize) -> KeyError,
) -> Result<&'b [u8], KeyError> {
    let value = parameters(name).ok_or(KeyError::MemberMissing { name })?;
    let text =
        value.as_string().ok_or(KeyError::MemberType { name, expected: "a string", found: value.kind() })?;
    base64url::decode_secret(text.ascii_octets(), buffer).map_err(|error| match error {
        Base64Error::BufferTooSmall { needed, .. } => too_long(name, needed),
        Base64Error::InvalidByte { byte, offset } => {
            // For a character outside ASCII, possibly escaped, its first octet.
            let byte = text.chars().nth(offset).map_or(byte, first_octet);
            KeyError::Base64 { name, error: Base64Error::InvalidByte { byte, offset } }
        }
        error => KeyError::Base64 { name, error },
    })
}

/// Returns the first octet of a character in UTF-8.
fn first_octet(character: char) -> u8 {
    let mut octets = [0; 4];
    character.encode_utf8(&mut octets);
    let [first, ..] = octets;
    first
}
