//! The compact serialization, `header.payload.signature` (RFC 7515 §7.1), split within limits.

use crate::error::ParseError;
#[cfg(target_pointer_width = "64")]
use crate::json::byte_of;
use crate::limits::Limits;

/// The three parts of a token, still encoded.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'t> {
    pub(crate) header: &'t [u8],
    pub(crate) payload: &'t [u8],
    pub(crate) signature: &'t [u8],
    /// `header.payload`: the octets that were signed (RFC 7515 §5.1).
    pub(crate) signing_input: &'t [u8],
}

/// Splits a token into its parts.
///
/// # Errors
///
/// [`ParseError`], one of the variants up to [`ParseError::HeaderTooLong`].
pub(crate) fn split(token: &[u8], limits: Limits) -> Result<Parts<'_>, ParseError> {
    let limit = limits.token_length();
    if token.len() > limit {
        return Err(ParseError::TokenTooLong { length: token.len(), max: limit });
    }
    if token.trim_ascii_start().first() == Some(&b'{') {
        return Err(ParseError::JsonSerialization);
    }
    let (first, second) = match first_dots(token) {
        [None, ..] => return Err(ParseError::PartsMissing { parts: 1 }),
        [_, None, _] => return Err(ParseError::PartsMissing { parts: 2 }),
        [_, _, Some(_)] => return Err(more_parts(token)),
        [Some(first), Some(second), None] => (first, second),
    };
    let (signing_input, signature) = around(token, second);
    let (header, payload) = around(signing_input, first);
    let limit = limits.header_length();
    if header.len() > limit {
        return Err(ParseError::HeaderTooLong { length: header.len(), max: limit });
    }
    Ok(Parts { header, payload, signature, signing_input })
}

/// Returns the text before a dot and the text after it.
fn around(text: &[u8], dot: usize) -> (&[u8], &[u8]) {
    let parts = text.split_at_checked(dot).and_then(|(before, rest)| Some((before, rest.get(1..)?)));
    debug_assert!(parts.is_some(), "a dot is in its text");
    parts.unwrap_or_default()
}

/// Returns the positions of the first three dots.
fn first_dots(text: &[u8]) -> [Option<usize>; 3] {
    let mut dots = [None; 3];
    let mut start = 0_usize;
    for dot in &mut dots {
        let Some(before) = text.get(start..).and_then(before_dot) else { break };
        let at = start.wrapping_add(before);
        *dot = Some(at);
        start = at.wrapping_add(1);
    }
    dots
}

/// Returns the number of bytes before the first dot, if there is one.
#[cfg(not(target_pointer_width = "64"))]
fn before_dot(text: &[u8]) -> Option<usize> {
    text.iter().position(|byte| *byte == b'.')
}

/// Returns the number of bytes before the first dot, if there is one.
// The loop over words is written out: with that of `json::structure`, a token is split with 4 % more
// instructions.
#[cfg(target_pointer_width = "64")]
fn before_dot(text: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // Most blocks have no dot, as a few vector instructions find out.
    let (blocks, _) = text.as_chunks::<32>();
    let without =
        blocks.iter().take_while(|block| block.iter().fold(true, |none, byte| none & (*byte != b'.')));
    let mut before = without.count().wrapping_mul(32);
    let (words, tail) = text.get(before..)?.as_chunks();
    for word in words {
        let zero_at_dots = u64::from_le_bytes(*word) ^ (ONES * 0x2e);
        // The first marked byte is a zero: no byte before it borrows.
        let marked = zero_at_dots.wrapping_sub(ONES) & !zero_at_dots & (ONES << 7);
        if marked != 0 {
            return Some(before.wrapping_add(byte_of(marked)));
        }
        before = before.wrapping_add(8);
    }
    tail.iter().position(|byte| *byte == b'.').map(|within| before.wrapping_add(within))
}

/// Returns the error for a text with more than two dots.
#[cold]
fn more_parts(token: &[u8]) -> ParseError {
    // An SD-JWT with key binding also has four dots: it is two tokens joined by '~' (RFC 9901 §4).
    let joint = |byte: &u8| match byte {
        b'.' => 1,
        b'~' => 5,
        _ => 0_usize,
    };
    if token.iter().map(joint).sum::<usize>() == 4 { ParseError::Jwe } else { ParseError::TooManyParts }
}
