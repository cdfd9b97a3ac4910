//! What surrounds a token or was done to its text on its way. All of it refuses the token; a
//! diagnosis names it and reads on.

use super::cause::Cause;
use crate::base64url;
use crate::error::Base64Error;
use crate::limits::Limits;

/// Takes off what commonly stands around a token, and says what it was. Nothing is taken off a text
/// that is far too long, so that its length costs nothing.
pub(super) fn unwrap(text: &[u8], limits: Limits) -> (&[u8], [Option<Cause>; 3]) {
    if text.len() / 2 > limits.token_length() {
        return (text, [None; 3]);
    }
    let mut token = text;
    let (mut bearer, mut quotes, mut space) = (None, None, None);
    // More layers than `"Bearer 'token'\n"` has are no accident.
    for _ in 0..4 {
        let trimmed = token.trim_ascii();
        if trimmed.len() < token.len() {
            space = Some(Cause::WhiteSpace);
        }
        token = trimmed;
        if let Some(rest) = without_scheme(token) {
            bearer = Some(Cause::BearerPrefix);
            token = rest;
        }
        let inside = without_quotes(token);
        if inside.len() < token.len() {
            quotes = Some(Cause::Quotes);
        }
        token = inside;
    }
    (token, [bearer, quotes, space])
}

/// The text behind `Bearer ` or `Authorization: Bearer `, in any case of letters (RFC 9110 §11.1).
fn without_scheme(text: &[u8]) -> Option<&[u8]> {
    let credentials = without_prefix(text, b"authorization:").unwrap_or(text).trim_ascii_start();
    let rest = without_prefix(credentials, b"bearer")?;
    rest.first().is_none_or(u8::is_ascii_whitespace).then(|| rest.trim_ascii_start())
}

fn without_prefix<'t>(text: &'t [u8], prefix: &[u8]) -> Option<&'t [u8]> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// The text without the quotes of JSON, of a shell, or of Python's bytes.
fn without_quotes(mut text: &[u8]) -> &[u8] {
    if let [b'b', rest @ ..] = text
        && rest.starts_with(b"'")
    {
        text = rest;
    }
    while let [b'"' | b'\'' | b'`' | b'\\', rest @ ..] = text {
        text = rest;
    }
    while let [rest @ .., b'"' | b'\'' | b'`' | b'\\'] = text {
        text = rest;
    }
    text
}

/// Why a part of a token is not base64url.
pub(super) const fn cause(error: Base64Error) -> Cause {
    match error {
        Base64Error::Byte { byte: b'=', .. } => Cause::PaddedBase64,
        Base64Error::Byte { byte: b'+' | b'/', .. } => Cause::StandardBase64,
        Base64Error::Byte { byte: b'%', .. } => Cause::PercentEncoded,
        Base64Error::Byte { byte, .. } if byte.is_ascii_whitespace() => Cause::WhiteSpace,
        Base64Error::Buffer { .. } => Cause::ScratchTooSmall,
        _ => Cause::NotBase64url,
    }
}

/// Why header and payload, with the dot between them, are not base64url.
pub(super) fn cause_in(signing_input: &[u8]) -> Option<Cause> {
    let regular = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let byte = signing_input.iter().copied().find(|byte| !regular(byte))?;
    Some(cause(Base64Error::Byte { byte, offset: 0 }))
}

/// Decodes base64 of either alphabet, with or without padding and white space, and gives the number
/// of octets. What comes of it is shown, and never believed.
pub(super) fn decode_leniently(text: &[u8], out: &mut [u8]) -> Option<usize> {
    let mut characters = text.iter().filter(|byte| **byte != b'=' && !byte.is_ascii_whitespace());
    let mut len = 0_usize;
    loop {
        let mut quad = [0; 4];
        let mut taken = 0_usize;
        for (place, byte) in quad.iter_mut().zip(characters.by_ref()) {
            *place = match byte {
                b'+' => b'-',
                b'/' => b'_',
                other => *other,
            };
            taken = taken.saturating_add(1);
        }
        if taken == 0 {
            return Some(len);
        }
        len = len.saturating_add(base64url::decode(quad.get(..taken)?, out.get_mut(len..)?).ok()?.len());
    }
}
