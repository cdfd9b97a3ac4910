//! Strict base64url without padding (RFC 4648 §5, RFC 7515 §2): one octet string, one text.
//!
//! Token text is public, and most of the time of an HS256 verification goes into decoding it.
//! [`decode`] therefore works on blocks of 32 characters without a branch that depends on them, in
//! a form that the compiler turns into vector instructions. Key material, which may be secret, goes
//! through the constant-time decoder of `base64ct` instead: [`decode_key_material`].

use base64ct::{Base64UrlUnpadded, Encoding};

use crate::error::Base64Error;

/// Characters decoded at a time.
const BLOCK: usize = 32;

/// The number of octets that `length` characters encode; too long by one for a length that no
/// encoding has.
pub(crate) const fn decoded_len(length: usize) -> usize {
    // length * 3 / 4, without overflow.
    (length / 4).saturating_mul(3).saturating_add((length % 4).saturating_mul(3) / 4)
}

/// The value of a character, and 0xff or 0 for whether it has one.
#[inline(always)]
fn value(byte: u8) -> (u8, u8) {
    fn mask(condition: bool) -> u8 {
        u8::from(condition).wrapping_neg()
    }
    let upper = mask(byte.wrapping_sub(b'A') < 26);
    let lower = mask(byte.wrapping_sub(b'a') < 26);
    let digit = mask(byte.wrapping_sub(b'0') < 10);
    let minus = mask(byte == b'-');
    let under = mask(byte == b'_');
    let value = (upper & byte.wrapping_sub(b'A'))
        | (lower & byte.wrapping_sub(b'a' - 26))
        | (digit & byte.wrapping_add(52 - b'0'))
        | (minus & 62)
        | (under & 63);
    (value, upper | lower | digit | minus | under)
}

/// Packs eight six-bit values into the low 48 bits.
#[inline(always)]
const fn pack(values: u64) -> u64 {
    let pairs = ((values & 0x3f00_3f00_3f00_3f00) >> 2) | (values & 0x003f_003f_003f_003f);
    let quads = ((pairs & 0x0fff_0000_0fff_0000) >> 4) | (pairs & 0x0000_0fff_0000_0fff);
    ((quads & 0x00ff_ffff_0000_0000) >> 8) | (quads & 0x0000_0000_00ff_ffff)
}

/// Decodes one block. The result is 0xff if every character has a value.
fn block(text: &[u8; BLOCK], out: &mut [u8; BLOCK / 4 * 3]) -> u8 {
    // Two arrays, and not one of pairs: so the loop becomes vector instructions.
    let (mut values, mut valid) = ([0; BLOCK], [0; BLOCK]);
    for ((byte, value), valid) in text.iter().zip(&mut values).zip(&mut valid) {
        (*value, *valid) = self::value(*byte);
    }
    let (eights, _) = values.as_chunks();
    let (sixes, _) = out.as_chunks_mut::<6>();
    for (eight, six) in eights.iter().zip(sixes) {
        let [_, _, packed @ ..] = pack(u64::from_be_bytes(*eight)).to_be_bytes();
        *six = packed;
    }
    valid.iter().fold(0xff, |all, valid| all & valid)
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

    let (blocks, tail) = text.as_chunks::<BLOCK>();
    let (places, rest) = out.as_chunks_mut::<{ BLOCK / 4 * 3 }>();
    let mut valid = 0xff;
    for (text, place) in blocks.iter().zip(places) {
        valid &= block(text, place);
    }

    // What is left is padded to a block with the character of value zero.
    if !tail.is_empty() {
        let mut text = [b'A'; BLOCK];
        let mut octets = [0; BLOCK / 4 * 3];
        text.iter_mut().zip(tail).for_each(|(place, byte)| *place = *byte);
        valid &= block(&text, &mut octets);
        // Where no character follows, the octet after the last holds the bits that encode nothing.
        let unused = octets.get(rest.len()).copied().unwrap_or(0);
        rest.iter_mut().zip(octets).for_each(|(place, octet)| *place = octet);
        if tail.len() % 4 == 1 || unused != 0 {
            valid = 0;
        }
    }
    if valid == 0xff { Ok(out) } else { Err(fault(text)) }
}

/// Why `text`, which [`decode`] refused, is wrong.
#[cold]
fn fault(text: &[u8]) -> Base64Error {
    match text.iter().enumerate().find(|(_, byte)| value(**byte).1 == 0) {
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
