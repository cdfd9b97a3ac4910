//! Strict base64url without padding (RFC 4648 §5, RFC 7515 §2): each octet string has exactly one encoding.
//!
//! - [`decode_secret`] is for key material. Not secret: its length, the positions of its escapes, and whether
//!   and where it is malformed. No branch and no address depends on the rest.
//! - [`decode`] is for the parts of a token, which are public. It looks characters up in tables, since
//!   decoding them takes much of the time of an HS256 verification.
//!
//! Each has its own loop: a token is a slice, of which eight characters are decoded at a time; a secret comes
//! through the escapes of JSON, one character at a time.

use base64ct::{Base64UrlUnpadded, Encoding as _};

use crate::error::Base64Error;

#[cfg(not(target_pointer_width = "64"))]
use self::small::quad;
#[cfg(target_pointer_width = "64")]
use self::wide::quad;

/// Decodes `text`, which is public, into the start of `out` and returns that part.
///
/// # Errors
///
/// [`Base64Error::BufferTooSmall`] first; then the first invalid byte; then a wrong length or last character.
pub(crate) fn decode<'o>(text: &[u8], out: &'o mut [u8]) -> Result<&'o mut [u8], Base64Error> {
    let needed = decoded_len(text.len());
    let given = out.len();
    let out = out.get_mut(..needed).ok_or(Base64Error::BufferTooSmall { needed, given })?;

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
    if whole && seen < INVALID { Ok(out) } else { Err(fault(text)) }
}

/// Decodes what follows the last full group. Returns its bits, and whether it can end a text.
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

/// Decodes `text` into the start of `out` and returns that part. Not secret: its length, and whether and
/// where it is malformed. No branch and no address depends on the rest.
///
/// # Errors
///
/// The first invalid byte; then [`Base64Error::BufferTooSmall`]; then a wrong length or last character.
pub(crate) fn decode_secret(
    text: impl Iterator<Item = u8> + Clone,
    out: &mut [u8],
) -> Result<&[u8], Base64Error> {
    let mut rest = text.clone();
    let (mut length, mut decodes) = (0_usize, true);
    let (given, mut places) = (out.len(), out.chunks_mut(3));
    loop {
        // Missing characters at the end count as zero. The octet after the last then holds the unused bits.
        let mut four = [b'A'; 4];
        let mut count = 0_usize;
        for (place, byte) in four.iter_mut().zip(rest.by_ref()) {
            *place = byte;
            count = count.wrapping_add(1);
        }
        length = length.wrapping_add(count);
        let (three, known) = decode_four(four);
        let [_, second, third] = three;
        let whole = match count {
            0 | 4 => true,
            // One character encodes no octet.
            1 => false,
            2 => second == 0,
            _ => third == 0,
        };
        decodes &= known & whole;
        if let Some(place) = places.next() {
            place.iter_mut().zip(three).for_each(|(place, octet)| *place = octet);
        }
        if count < 4 {
            break;
        }
    }
    // An invalid character is a more precise error than a length.
    if !decodes && let Some(error) = invalid_byte(text) {
        return Err(error);
    }
    let needed = decoded_len(length);
    let decoded = out.get(..needed).ok_or(Base64Error::BufferTooSmall { needed, given })?;
    if decodes { Ok(decoded) } else { Err(fault_of_length(length)) }
}

/// Returns the number of octets that `length` characters encode.
pub(crate) const fn decoded_len(length: usize) -> usize {
    // length * 3 / 4, which cannot overflow this way.
    (length / 4).wrapping_mul(3).wrapping_add((length % 4).wrapping_mul(3) / 4)
}

const ALPHABET: [u8; 64] = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// More than the 24 bits of four characters: at least one of them is outside the alphabet.
const INVALID: u32 = 1 << 24;

/// A table for each of four positions: 4 KB, and four fifths of the time of one table with shifts.
#[cfg(target_pointer_width = "64")]
mod wide {
    use super::{ALPHABET, INVALID};

    /// The value of each byte, shifted to its position.
    type Table = [u32; 256];

    static PLACES: [Table; 4] = [table(18), table(12), table(6), table(0)];

    const fn table(shift: u32) -> Table {
        let mut table = [INVALID; 256];
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

    #[expect(clippy::indexing_slicing, reason = "256 entries, indexed by a u8")]
    fn lookup(table: &Table, byte: u8) -> u32 {
        table[usize::from(byte)]
    }

    /// Returns the 24 bits that four characters encode; at least [`INVALID`] if one is outside the alphabet.
    ///
    /// Takes a reference so that each character is loaded by itself. Four that are loaded together must be
    /// taken apart again.
    pub(super) fn quad([a, b, c, d]: &[u8; 4]) -> u32 {
        lookup(&PLACES[0], *a) | lookup(&PLACES[1], *b) | lookup(&PLACES[2], *c) | lookup(&PLACES[3], *d)
    }
}

/// One table of 256 octets, for devices.
#[cfg(any(all(test, feature = "alloc"), not(target_pointer_width = "64")))]
mod small {
    use super::ALPHABET;

    /// The mark of a byte outside the alphabet.
    const OUTSIDE: u8 = 0x80;

    /// The value of each byte.
    static VALUES: [u8; 256] = {
        let mut values = [OUTSIDE; 256];
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

    #[expect(clippy::indexing_slicing, reason = "256 entries, indexed by a u8")]
    fn lookup(byte: u8) -> u32 {
        VALUES[usize::from(byte)].into()
    }

    /// Returns the 24 bits that four characters encode; at least [`INVALID`](super::INVALID) if one is
    /// outside the alphabet.
    pub(super) fn quad(text: &[u8; 4]) -> u32 {
        let [a, b, c, d] = text.map(lookup);
        // The mark of the first character ends up at bit 25; those of the others are moved to bit 24.
        a << 18 | b << 12 | c << 6 | d | ((b | c | d) & u32::from(OUTSIDE)) << 17
    }
}

/// Returns the octets of four characters, and whether all are in the alphabet, in constant time.
// Not inlined, so that its branches, which tests/constant_time counts, do not depend on what calls it.
#[inline(never)]
fn decode_four(text: [u8; 4]) -> ([u8; 3], bool) {
    let mut octets = [0; 3];
    let decodes = Base64UrlUnpadded::decode(text, &mut octets).is_ok();
    (octets, decodes)
}

/// Finds the error of a text that was refused.
#[cold]
fn fault(text: &[u8]) -> Base64Error {
    invalid_byte(text.iter().copied()).unwrap_or_else(|| fault_of_length(text.len()))
}

/// Finds the first byte outside the alphabet.
fn invalid_byte(text: impl Iterator<Item = u8>) -> Option<Base64Error> {
    let (offset, byte) = (0..).zip(text).find(|(_, byte)| !decode_four([*byte, b'A', b'A', b'A']).1)?;
    Some(Base64Error::InvalidByte { byte, offset })
}

/// Returns the error of a refused text of this length whose characters are all in the alphabet.
const fn fault_of_length(length: usize) -> Base64Error {
    match length % 4 {
        1 => Base64Error::InvalidLength { length },
        rest => {
            debug_assert!(rest != 0, "full groups have no unused bits");
            Base64Error::TrailingBits { offset: length.wrapping_sub(1) }
        }
    }
}

#[cfg(all(test, feature = "alloc"))]
#[expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]
mod tests {
    use super::{INVALID, decode, decode_four, decode_secret, decoded_len, quad, small};
    use crate::error::Base64Error;
    use alloc::vec;
    use alloc::vec::Vec;

    /// RFC 4648 §5, table 2.
    fn sextet(byte: u8) -> Option<u8> {
        Some(match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        })
    }

    /// Bit by bit.
    fn model(text: &[u8]) -> Result<Vec<u8>, Base64Error> {
        let mut bits = Vec::new();
        for (offset, byte) in text.iter().copied().enumerate() {
            let value = sextet(byte).ok_or(Base64Error::InvalidByte { byte, offset })?;
            bits.extend((0..6).rev().map(|bit| value >> bit & 1));
        }
        let octets = bits.chunks_exact(8);
        match octets.remainder() {
            [] | [0, 0] | [0, 0, 0, 0] => {}
            rest if rest.len() == 6 => return Err(Base64Error::InvalidLength { length: text.len() }),
            _ => return Err(Base64Error::TrailingBits { offset: text.len() - 1 }),
        }
        Ok(octets.map(|octet| octet.iter().fold(0, |sum, bit| sum << 1 | bit)).collect())
    }

    /// Both decoders do what the model does, and need no more room than that.
    #[track_caller]
    fn both(text: &[u8]) -> Result<Vec<u8>, Base64Error> {
        let expected = model(text);
        let needed = text.len() * 3 / 4;
        let mut out = vec![0; needed];
        assert_eq!(decode(text, &mut out).map(|octets| octets.to_vec()), expected, "{}", text.escape_ascii());
        out.fill(0xff);
        let secret = decode_secret(text.iter().copied(), &mut out);
        assert_eq!(secret.map(<[u8]>::to_vec), expected, "{}", text.escape_ascii());
        if let (Ok(_), Some(given)) = (&expected, needed.checked_sub(1)) {
            let error = Base64Error::BufferTooSmall { needed, given };
            assert_eq!(decode(text, &mut out[..given]).err(), Some(error));
            assert_eq!(decode_secret(text.iter().copied(), &mut out[..given]).err(), Some(error));
        }
        expected
    }

    /// The tables and the constant-time decoder are the model, for every byte in every place of a group.
    #[test]
    fn groups_match_model() {
        for place in 0..4 {
            for byte in 0..=255 {
                for others in *b"A_m" {
                    let mut text = [others; 4];
                    text[place] = byte;
                    let bits = model(&text)
                        .ok()
                        .map(|octets| octets.iter().fold(0, |bits, octet| bits << 8 | u32::from(*octet)));
                    let (octets, valid) = decode_four(text);
                    let [a, b, c] = octets;
                    assert_eq!(valid.then_some(u32::from_be_bytes([0, a, b, c])), bits);
                    for found in [quad(&text), small::quad(&text)] {
                        assert_eq!((found < INVALID).then_some(found), bits);
                    }
                }
            }
        }
    }

    #[test]
    fn lengths_match_model() {
        for length in (0..5000).chain(usize::MAX - 5000..=usize::MAX) {
            assert_eq!(u128::try_from(decoded_len(length)), Ok(u128::try_from(length).unwrap() * 3 / 4));
        }
    }

    /// Every text of up to two bytes, and of three that are at the edges of the alphabet's ranges.
    #[test]
    fn short_texts() {
        assert_eq!(both(b""), Ok(Vec::new()));
        let edges: Vec<u8> = b"\x00+,-./09:=@AQZ[^_`agwz{\x7f\xff".to_vec();
        for first in 0..=255 {
            both(&[first]).unwrap_err();
            for second in 0..=255 {
                let _ = both(&[first, second]);
            }
        }
        for first in &edges {
            for second in &edges {
                for third in &edges {
                    let _ = both(&[*first, *second, *third]);
                }
            }
        }
    }

    /// Every byte at every position of texts that end in a full group and in a part of one; the loop that
    /// takes two groups runs not at all, once and several times.
    #[test]
    fn every_byte_at_every_position() {
        for length in [4, 7, 8, 10, 16, 18, 19, 35] {
            let text: Vec<u8> = (0..length).map(|place| b"Az09-_QA"[place % 8]).collect();
            for position in 0..length {
                for byte in 0..=255 {
                    let mut text = text.clone();
                    text[position] = byte;
                    let _ = both(&text);
                }
            }
        }
    }

    /// The first of two invalid bytes is named, even if the length and the last bits are wrong as well.
    #[test]
    fn first_invalid_byte() {
        for length in [37, 39] {
            for first in 0..length {
                for second in first..length {
                    let mut text = vec![b'B'; length];
                    (text[second], text[first]) = (b'=', b'+');
                    assert_eq!(both(&text), Err(Base64Error::InvalidByte { byte: b'+', offset: first }));
                }
            }
        }
    }

    #[test]
    fn nonexistent_lengths() {
        for length in (1..300).step_by(4) {
            assert_eq!(both(&vec![b'A'; length]), Err(Base64Error::InvalidLength { length }));
        }
    }

    /// Padding, white space and line ends are not removed.
    #[test]
    fn extra_characters() {
        for (text, offset) in [
            ("AA==", 2),
            ("AAA=", 3),
            ("AAAA====", 4),
            ("AAAA\n", 4),
            (" AAAA", 0),
            ("AA AA", 2),
            ("AAAA\r\nAAAA", 4),
            ("AAAA\0", 4),
        ] {
            let byte = text.as_bytes()[offset];
            assert_eq!(both(text.as_bytes()), Err(Base64Error::InvalidByte { byte, offset }));
        }
    }
}
