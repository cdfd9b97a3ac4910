//! The compact serialization, `header.payload.signature` (RFC 7515 §7.1), split under a limit.

use crate::error::ParseError;
use crate::json::{before_first, is};
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
    let (header, rest) = split_at_dot(token).ok_or(ParseError::PartsMissing { parts: 1 })?;
    let (payload, signature) = split_at_dot(rest).ok_or(ParseError::PartsMissing { parts: 2 })?;
    if split_at_dot(signature).is_some() {
        let jwe = signature.iter().filter(|byte| **byte == b'.').count() == 2;
        return Err(if jwe { ParseError::Jwe } else { ParseError::TooManyParts });
    }
    let limit = limits.header_length();
    if header.len() > limit {
        return Err(ParseError::HeaderTooLong { length: header.len(), limit });
    }
    let signed = token.len().saturating_sub(signature.len()).saturating_sub(1);
    Ok(Parts { header, payload, signature, signing_input: token.get(..signed).unwrap_or_default() })
}

/// What stands before and after the first dot.
fn split_at_dot(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let words = before_first(text, |word| is(word, b'.'));
    let rest = text.get(words..)?;
    // A dot that was found, or the last few bytes.
    let dot = words.wrapping_add(rest.iter().position(|byte| *byte == b'.')?);
    let (before, rest) = text.split_at_checked(dot)?;
    Some((before, rest.get(1..)?))
}
