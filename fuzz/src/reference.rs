//! Slow and plain: what the targets hold the crate's answers to.

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_core::error::Base64Error;

/// Base64url: octets by base64ct; a fault by the place of each character in the alphabet.
pub fn base64url(text: &[u8]) -> Result<Vec<u8>, Base64Error> {
    let mut buffer = vec![0; text.len()];
    let octets = Base64UrlUnpadded::decode(text, &mut buffer).ok().map(<[u8]>::to_vec);
    let fault = base64url_fault(text);
    assert_eq!(octets.is_none(), fault.is_some(), "the two references differ");
    octets.ok_or_else(|| fault.unwrap())
}

fn base64url_fault(text: &[u8]) -> Option<Base64Error> {
    let mut last = 0;
    for (offset, byte) in text.iter().copied().enumerate() {
        last = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return Some(Base64Error::InvalidByte { byte, offset }),
        };
    }
    // What is left of the last character's six bits: four after two characters, two after three.
    let unused = match text.len() % 4 {
        1 => return Some(Base64Error::InvalidLength { length: text.len() }),
        2 => 0b1111,
        3 => 0b11,
        _ => 0,
    };
    (last & unused != 0).then(|| Base64Error::TrailingBits { offset: text.len() - 1 })
}

/// What an error shows of a text: see `Excerpt`.
pub fn excerpt(text: &str) -> String {
    let mut shown = String::from('"');
    let mut length = 0;
    for character in text.chars() {
        length += character.len_utf8();
        match character {
            _ if length > 46 => return shown + "\"...",
            '"' | '\\' => shown.extend(['\\', character]),
            ' '..='~' => shown.push(character),
            other => shown.extend(other.escape_unicode()),
        }
    }
    shown + "\""
}
