//! Strict base64url without padding (RFC 4648 §5, RFC 7515 §2): one octet string, one text.
//!
//! Token text is public, and much of the time of an HS256 verification goes into decoding it.
//! [`decode`] therefore looks characters up in a table, without a branch that depends on them. Key
//! material, which may be secret, goes through the constant-time decoder of `base64ct` instead:
//! [`decode_key_material`].

use base64ct::{Base64UrlUnpadded, Encoding};

use crate::error::Base64Error;

const ALPHABET: [u8; 64] = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What a byte without a value has in [`VALUES`].
const NONE: u8 = 0x80;

/// The value of each byte.
const VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut value = 0;
    while value < 64 {
        #[expect(clippy::as_conversions, clippy::indexing_slicing, reason = "all of this is constant")]
        {
            values[ALPHABET[value as usize] as usize] = value;
        }
        value += 1;
    }
    values
};

fn value(byte: u8) -> u8 {
    VALUES.get(usize::from(byte)).copied().unwrap_or(NONE)
}

/// The number of octets that `length` characters encode.
pub(crate) const fn decoded_len(length: usize) -> usize {
    // length * 3 / 4, without overflow.
    (length / 4).saturating_mul(3).saturating_add((length % 4).saturating_mul(3) / 4)
}

/// The three octets of four characters, and their values, joined by or.
fn quad(text: [u8; 4]) -> ([u8; 3], u8) {
    let [a, b, c, d] = text.map(value);
    ([a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d], a | b | c | d)
}

/// Decodes `text` into the front of `out` and gives that part.
///
/// # Errors
///
/// [`Base64Error`], with the offset of the first byte that is wrong.
pub(crate) fn decode<'o>(text: &[u8], out: &'o mut [u8]) -> Result<&'o mut [u8], Base64Error> {
    let needed = decoded_len(text.len());
    let given = out.len();
    let out = out.get_mut(..needed).ok_or(Base64Error::Buffer { needed, given })?;

    let (quads, tail) = text.as_chunks();
    let (triples, rest) = out.as_chunks_mut();
    let mut seen = 0;
    for (text, triple) in quads.iter().zip(triples) {
        let (octets, values) = quad(*text);
        *triple = octets;
        seen |= values;
    }
    let whole = match *tail {
        [] => true,
        [_] => false,
        _ => {
            // The characters that are missing have the value zero. The octet after the last then
            // holds the bits that encode nothing.
            let mut text = [b'A'; 4];
            text.iter_mut().zip(tail).for_each(|(place, byte)| *place = *byte);
            let (octets, values) = quad(text);
            seen |= values;
            rest.iter_mut().zip(octets).for_each(|(place, octet)| *place = octet);
            octets.get(rest.len()) == Some(&0)
        }
    };
    if whole && seen & NONE == 0 { Ok(out) } else { Err(fault(text)) }
}

/// Why `text`, which [`decode`] refused, is wrong.
#[cold]
fn fault(text: &[u8]) -> Base64Error {
    match text.iter().enumerate().find(|(_, byte)| value(**byte) == NONE) {
        Some((offset, byte)) => Base64Error::Byte { byte: *byte, offset },
        None if text.len() % 4 == 1 => Base64Error::Length { length: text.len() },
        None => Base64Error::TrailingBits { offset: text.len().saturating_sub(1) },
    }
}

/// Decodes key material in constant time: which characters it has shows neither in a branch nor in
/// an address, unless it is refused.
///
/// # Errors
///
/// [`Base64Error`], with the offset of the first byte that is wrong.
pub(crate) fn decode_key_material<'o>(text: &[u8], out: &'o mut [u8]) -> Result<&'o [u8], Base64Error> {
    let given = out.len();
    let needed = decoded_len(text.len());
    if needed > given {
        // What is wrong with the text says more than its length.
        return Err(match fault(text) {
            error @ Base64Error::Byte { .. } => error,
            _ => Base64Error::Buffer { needed, given },
        });
    }
    Base64UrlUnpadded::decode(text, out).map_err(|_| fault(text))
}
