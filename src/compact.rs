//! The compact serialization, `header.payload.signature` (RFC 7515 §7.1), split under a limit.

use crate::error::ParseError;
use crate::limits::Limits;

/// The three parts of a token, all still encoded.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'t> {
    pub(crate) header: &'t [u8],
    pub(crate) payload: &'t [u8],
    pub(crate) signature: &'t [u8],
    /// `header.payload`: the octets that were signed (RFC 7515 §5.1).
    pub(crate) signing_input: &'t [u8],
}

/// Splits a token.
///
/// # Errors
///
/// [`ParseError`], up to [`ParseError::HeaderTooLong`].
#[inline(never)]
pub(crate) fn split(token: &[u8], limits: Limits) -> Result<Parts<'_>, ParseError> {
    let limit = limits.token_length();
    if token.len() > limit {
        return Err(ParseError::TokenTooLong { length: token.len(), limit });
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
        return Err(ParseError::HeaderTooLong { length: header.len(), limit });
    }
    Ok(Parts { header, payload, signature, signing_input })
}

/// What stands before and after a dot.
fn around(text: &[u8], dot: usize) -> (&[u8], &[u8]) {
    let parts = text.split_at_checked(dot).and_then(|(before, rest)| Some((before, rest.get(1..)?)));
    debug_assert!(parts.is_some(), "a dot is in its text");
    parts.unwrap_or_default()
}

/// Where the first three dots stand.
#[cfg(not(target_pointer_width = "64"))]
fn first_dots(text: &[u8]) -> [Option<usize>; 3] {
    let mut dots = [None; 3];
    let mut start = 0_usize;
    for dot in &mut dots {
        let rest = text.get(start..).unwrap_or_default();
        let Some(before) = rest.iter().position(|byte| *byte == b'.') else { break };
        let at = start.wrapping_add(before);
        *dot = Some(at);
        start = at.wrapping_add(1);
    }
    dots
}

/// Where the first three dots stand, sixteen bytes looked at together.
#[cfg(target_pointer_width = "64")]
fn first_dots(text: &[u8]) -> [Option<usize>; 3] {
    let mut dots = [None; 3];
    let mut places = dots.iter_mut();
    // Takes note of the bytes that `found` marks, which start at `start`.
    let mut note = |mut found: u128, start: usize| {
        while found != 0
            && let Some(place) = places.next()
        {
            *place =
                usize::try_from(found.trailing_zeros() / 8).ok().map(|within| start.wrapping_add(within));
            found &= found.wrapping_sub(1);
        }
    };
    let (words, tail) = text.as_chunks();
    let mut start = 0_usize;
    for word in words {
        note(dots_in(*word), start);
        start = start.wrapping_add(16);
    }
    // The last few bytes, together with some that were looked at before.
    let (last, seen) = match text.last_chunk() {
        Some(last) => (*last, 16_usize.wrapping_sub(tail.len())),
        None => {
            let mut last = [0; 16];
            last.iter_mut().zip(tail).for_each(|(place, byte)| *place = *byte);
            (last, 0)
        }
    };
    let fresh = u32::try_from(seen).ok().and_then(|seen| u128::MAX.checked_shl(seen.wrapping_mul(8)));
    note(dots_in(last) & fresh.unwrap_or(0), start.wrapping_sub(seen));
    dots
}

/// The top bit of each byte that is a dot.
#[cfg(target_pointer_width = "64")]
fn dots_in(word: [u8; 16]) -> u128 {
    const ONES: u128 = 0x0101_0101_0101_0101_0101_0101_0101_0101;
    let zero_at_dots = u128::from_le_bytes(word) ^ (ONES * 0x2e);
    // The top bit is clear where a byte is zero, and nowhere else: no sum of seven bits carries.
    let others = (zero_at_dots & (ONES * 0x7f)).wrapping_add(ONES * 0x7f) | zero_at_dots;
    !others & (ONES << 7)
}

/// What a text with more than two dots is.
#[cold]
fn more_parts(token: &[u8]) -> ParseError {
    let dots = token.iter().filter(|byte| **byte == b'.').count();
    if dots == 4 { ParseError::Jwe } else { ParseError::TooManyParts }
}
