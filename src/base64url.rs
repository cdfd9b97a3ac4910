//! Strict base64url without padding (RFC 4648 §5, RFC 7515 §2): each octet string has exactly one encoding.
//!
//! Token text is public, and decoding it takes much of the time of an HS256 verification. [`decode`]
//! therefore looks characters up in tables, without a branch that depends on them. Key material, which may be
//! secret, is decoded by `base64ct` in constant time: [`decode_key_material`].

use base64ct::{Base64UrlUnpadded, Encoding as _};

use crate::error::Base64Error;

#[cfg(not(target_pointer_width = "64"))]
use self::small::{NONE, quad};
#[cfg(target_pointer_width = "64")]
use self::wide::{NONE, quad};

const ALPHABET: [u8; 64] = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A table for each of four positions: 4 KB, and four fifths of the time of one table with shifts.
#[cfg(target_pointer_width = "64")]
mod wide {
    use super::ALPHABET;

    /// The entry of a byte outside the alphabet: a bit above the 24 bits of four values.
    pub(super) const NONE: u32 = 1 << 24;

    /// The value of each byte, shifted to its position.
    type Table = [u32; 256];

    static PLACES: [Table; 4] = [table(18), table(12), table(6), table(0)];

    const fn table(shift: u32) -> Table {
        let mut table = [NONE; 256];
        let mut value = 0;
        while value < 64 {
            #[expect(clippy::as_conversions, clippy::indexing_slicing, reason = "all of this is constant")]
            {
                table[ALPHABET[value as usize] as usize] = value << shift;
            }
            #[expect(clippy::arithmetic_side_effects, reason = "all of this is constant")]
            {
                value += 1;
            }
        }
        table
    }

    fn lookup(table: &Table, byte: u8) -> u32 {
        table.get(usize::from(byte)).copied().unwrap_or(NONE)
    }

    /// Returns the 24 bits that four characters encode; at least [`NONE`] if one is outside the alphabet.
    ///
    /// Takes a reference so that each character is loaded by itself. Four that are loaded together must be
    /// taken apart again.
    #[inline(always)]
    pub(super) fn quad([a, b, c, d]: &[u8; 4]) -> u32 {
        lookup(&PLACES[0], *a) | lookup(&PLACES[1], *b) | lookup(&PLACES[2], *c) | lookup(&PLACES[3], *d)
    }
}

/// One table of 256 octets, for devices.
#[cfg(not(target_pointer_width = "64"))]
mod small {
    use super::ALPHABET;

    /// Greater than the 24 bits of any four characters of the alphabet.
    pub(super) const NONE: u32 = 1 << 24;

    /// The value of each byte; the top bit marks a byte outside the alphabet.
    static VALUES: [u8; 256] = {
        let mut values = [0x80; 256];
        let mut value = 0;
        while value < 64 {
            #[expect(clippy::as_conversions, clippy::indexing_slicing, reason = "all of this is constant")]
            {
                values[ALPHABET[value as usize] as usize] = value;
            }
            #[expect(clippy::arithmetic_side_effects, reason = "all of this is constant")]
            {
                value += 1;
            }
        }
        values
    };

    /// Returns the 24 bits that four characters encode; at least [`NONE`] if one is outside the alphabet.
    #[inline(never)]
    pub(super) fn quad(text: &[u8; 4]) -> u32 {
        let value = |byte| VALUES.get(usize::from(byte)).copied().map_or(0x80, u32::from);
        let [a, b, c, d] = text.map(value);
        // The mark of the first character ends up at bit 25; those of the others are moved to bit 24.
        a << 18 | b << 12 | c << 6 | d | ((b | c | d) & 0x80) << 17
    }
}

/// Returns the number of octets that `length` characters encode.
pub(crate) const fn decoded_len(length: usize) -> usize {
    // length * 3 / 4, without overflow.
    (length / 4).saturating_mul(3).saturating_add((length % 4).saturating_mul(3) / 4)
}

/// Decodes `text` into the start of `out` and returns that part.
///
/// # Errors
///
/// [`Base64Error`], with the offset of the first invalid byte.
pub(crate) fn decode<'o>(text: &[u8], out: &'o mut [u8]) -> Result<&'o mut [u8], Base64Error> {
    let needed = decoded_len(text.len());
    let given = out.len();
    let out = out.get_mut(..needed).ok_or(Base64Error::Buffer { needed, given })?;

    let (quads, tail) = text.as_chunks();
    let (triples, rest) = out.as_chunks_mut::<3>();
    let mut seen = 0;
    // Two groups at a time where possible: writing six octets takes no longer than writing three.
    #[cfg(target_pointer_width = "64")]
    let (quads, triples) = {
        let (pairs, last) = quads.as_chunks();
        let (sixes, last_triple) = triples.as_chunks_mut::<2>();
        for ([first, second], six) in pairs.iter().zip(sixes) {
            let (first, second) = (quad(first), quad(second));
            let [octets @ .., _, _] = (u64::from(first) << 40 | u64::from(second) << 16).to_be_bytes();
            six.as_flattened_mut().copy_from_slice(&octets);
            seen |= first | second;
        }
        (last, last_triple)
    };
    for (text, triple) in quads.iter().zip(triples) {
        let bits = quad(text);
        let [_, octets @ ..] = bits.to_be_bytes();
        *triple = octets;
        seen |= bits;
    }
    let (bits, whole) = decode_tail(tail, rest);
    seen |= bits;
    if whole && seen < NONE { Ok(out) } else { Err(fault(text)) }
}

/// Decodes what follows the last full group. Returns its bits, and whether it can end a text.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn decode_tail(tail: &[u8], out: &mut [u8]) -> (u32, bool) {
    // Missing characters count as zero. The octet after the last then holds the unused bits.
    match (tail, out) {
        ([], _) => (0, true),
        ([a, b], [first]) => {
            let bits = quad(&[*a, *b, b'A', b'A']);
            let [_, octet, unused, _] = bits.to_be_bytes();
            *first = octet;
            (bits, unused == 0)
        }
        ([a, b, c], [first, second]) => {
            let bits = quad(&[*a, *b, *c, b'A']);
            let [_, octet, next, unused] = bits.to_be_bytes();
            (*first, *second) = (octet, next);
            (bits, unused == 0)
        }
        // One character encodes no octet.
        _ => (0, false),
    }
}

/// Finds the error of a text that was refused.
#[cold]
#[inline(never)]
fn fault(text: &[u8]) -> Base64Error {
    match (0..).zip(text).find(|(_, byte)| !is_in_alphabet(**byte)) {
        Some((offset, byte)) => Base64Error::Byte { byte: *byte, offset },
        None => fault_of_length(text.len()),
    }
}

/// Returns the error of a refused text of this length whose characters are all in the alphabet.
const fn fault_of_length(length: usize) -> Base64Error {
    if length % 4 == 1 {
        Base64Error::Length { length }
    } else {
        Base64Error::TrailingBits { offset: length.saturating_sub(1) }
    }
}

/// Decodes key material in constant time: no branch and no address depends on its characters, unless it is
/// refused.
///
/// # Errors
///
/// [`Base64Error`], with the offset of the first invalid byte.
#[inline(never)]
pub(crate) fn decode_key_material(
    text: impl Iterator<Item = u8> + Clone,
    out: &mut [u8],
) -> Result<&[u8], Base64Error> {
    // Characters may come from escapes, one at a time, and are decoded in groups of four.
    let mut rest = text.clone();
    let (mut length, mut decodes) = (0_usize, true);
    let (given, mut places) = (out.len(), out.chunks_mut(3));
    loop {
        // Missing characters at the end count as zero.
        let mut four = [b'A'; 4];
        let mut count = 0_usize;
        for (place, byte) in four.iter_mut().zip(rest.by_ref()) {
            *place = byte;
            count = count.wrapping_add(1);
        }
        length = length.wrapping_add(count);
        let (three, decoded) = decode_four(four);
        // A single character encodes no octet. The octet after the last holds the unused bits.
        let unused = three.get(decoded_len(count)).copied().unwrap_or(0);
        decodes &= decoded & (count != 1) & (unused == 0);
        if let Some(place) = places.next() {
            place.iter_mut().zip(three).for_each(|(place, octet)| *place = octet);
        }
        if count < 4 {
            break;
        }
    }
    // An invalid character is a more precise error than a length.
    if !decodes && let Some((offset, byte)) = (0..).zip(text).find(|(_, byte)| !is_in_alphabet(*byte)) {
        return Err(Base64Error::Byte { byte, offset });
    }
    let needed = decoded_len(length);
    let decoded = out.get(..needed).ok_or(Base64Error::Buffer { needed, given })?;
    if decodes { Ok(decoded) } else { Err(fault_of_length(length)) }
}

/// Returns whether a character is in the alphabet, in constant time.
fn is_in_alphabet(byte: u8) -> bool {
    decode_four([byte, b'A', b'A', b'A']).1
}

/// Returns the octets of four characters, and whether all are in the alphabet, in constant time.
#[inline(never)]
fn decode_four(text: [u8; 4]) -> ([u8; 3], bool) {
    let mut octets = [0; 3];
    let decodes = Base64UrlUnpadded::decode(text, &mut octets).is_ok();
    (octets, decodes)
}
