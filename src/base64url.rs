//! Strict base64url without padding (RFC 4648 §5, RFC 7515 §2): one octet string, one text.
//!
//! Token text is public, and much of the time of an HS256 verification goes into decoding it.
//! [`decode`] therefore looks characters up in tables, without a branch that depends on them. Key
//! material, which may be secret, goes through the constant-time decoder of `base64ct` instead:
//! [`decode_key_material`].

use base64ct::{Base64UrlUnpadded, Encoding};

use crate::error::Base64Error;

const ALPHABET: [u8; 64] = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What a byte without a value has in the tables. It shows above the 24 bits of four values.
const NONE: u32 = 1 << 24;

/// The value of each byte, shifted to its place among four.
type Table = [u32; 256];

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

static LAST: Table = table(0);

/// A table for each place takes 3 KB more, and four fifths of the time that one table and shifts take.
#[cfg(target_pointer_width = "64")]
static OTHERS: [Table; 3] = [table(18), table(12), table(6)];

fn lookup(table: &Table, byte: u8) -> u32 {
    table.get(usize::from(byte)).copied().unwrap_or(NONE)
}

/// The 24 bits that four characters encode; at least [`NONE`] if one of them has no value.
///
/// By reference: each character is loaded by itself, where four that are loaded together must be taken
/// apart again.
#[cfg(target_pointer_width = "64")]
#[inline(always)]
fn quad([a, b, c, d]: &[u8; 4]) -> u32 {
    lookup(&OTHERS[0], *a) | lookup(&OTHERS[1], *b) | lookup(&OTHERS[2], *c) | lookup(&LAST, *d)
}

/// The 24 bits that four characters encode; at least [`NONE`] if one of them has no value.
#[cfg(not(target_pointer_width = "64"))]
fn quad(text: &[u8; 4]) -> u32 {
    let [a, b, c, d] = text.map(|byte| lookup(&LAST, byte));
    (a << 18 | b << 12 | c << 6 | d) & (NONE - 1) | (a | b | c | d) & NONE
}

/// The number of octets that `length` characters encode.
pub(crate) const fn decoded_len(length: usize) -> usize {
    // length * 3 / 4, without overflow.
    (length / 4).saturating_mul(3).saturating_add((length % 4).saturating_mul(3) / 4)
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
    let (triples, rest) = out.as_chunks_mut::<3>();
    let mut seen = 0;
    // Two at a time where there are two, since six octets are written as soon as three.
    let (pairs, last) = quads.as_chunks();
    let (sixes, last_triple) = triples.as_chunks_mut::<2>();
    for ([first, second], six) in pairs.iter().zip(sixes) {
        let (first, second) = (quad(first), quad(second));
        let [octets @ .., _, _] = (u64::from(first) << 40 | u64::from(second) << 16).to_be_bytes();
        six.as_flattened_mut().copy_from_slice(&octets);
        seen |= first | second;
    }
    if let ([text], [triple]) = (last, last_triple) {
        let bits = quad(text);
        let [_, octets @ ..] = bits.to_be_bytes();
        *triple = octets;
        seen |= bits;
    }
    let (bits, whole) = decode_tail(tail, rest);
    seen |= bits;
    if whole && seen < NONE { Ok(out) } else { Err(fault(text.iter().copied())) }
}

/// Decodes what is left behind the last four characters: their bits, and whether they can end a text.
fn decode_tail(tail: &[u8], out: &mut [u8]) -> (u32, bool) {
    // The characters that are missing have the value zero. The octet after the last then holds the bits
    // that encode nothing.
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

/// Why text that was refused is wrong.
#[cold]
fn fault(text: impl Iterator<Item = u8> + Clone) -> Base64Error {
    match text.clone().enumerate().find(|(_, byte)| lookup(&LAST, *byte) == NONE) {
        Some((offset, byte)) => Base64Error::Byte { byte, offset },
        None => match text.count() {
            length if length % 4 == 1 => Base64Error::Length { length },
            length => Base64Error::TrailingBits { offset: length.saturating_sub(1) },
        },
    }
}

/// Decodes key material in constant time: which characters it has shows neither in a branch nor in
/// an address, unless it is refused.
///
/// # Errors
///
/// [`Base64Error`], with the offset of the first byte that is wrong.
pub(crate) fn decode_key_material<'o>(text: &[u8], out: &'o mut [u8]) -> Result<&'o [u8], Base64Error> {
    let characters = || text.iter().copied();
    let needed = fitting(characters(), out.len())?;
    Base64UrlUnpadded::decode(text, out.get_mut(..needed).unwrap_or_default())
        .map_err(|_| fault(characters()))
}

/// The same for characters that do not stand side by side.
#[inline(never)]
pub(crate) fn decode_key_characters(
    mut characters: impl Iterator<Item = u8> + Clone,
    out: &mut [u8],
) -> Result<&[u8], Base64Error> {
    let all = characters.clone();
    let needed = fitting(all.clone(), out.len())?;
    let out = out.get_mut(..needed).unwrap_or_default();
    // Four characters by four, which encode three octets; the last four may be fewer.
    for octets in out.chunks_mut(3) {
        let mut quad = [0; 4];
        let taken = quad.iter_mut().zip(characters.by_ref()).map(|(place, octet)| *place = octet).count();
        let quad = quad.get(..taken).unwrap_or_default();
        Base64UrlUnpadded::decode(quad, octets).map_err(|_| fault(all.clone()))?;
    }
    // What a single character behind the last four would be.
    if characters.next().is_some() { Err(fault(all)) } else { Ok(out) }
}

/// The number of octets that characters encode, if so many are there.
fn fitting(text: impl Iterator<Item = u8> + Clone, given: usize) -> Result<usize, Base64Error> {
    let needed = decoded_len(text.clone().count());
    if needed <= given {
        return Ok(needed);
    }
    // What is wrong with the text says more than its length.
    Err(match fault(text) {
        error @ Base64Error::Byte { .. } => error,
        _ => Base64Error::Buffer { needed, given },
    })
}
