//! What surrounds a token, or was done to its text in transit. Each of these makes `verify` refuse the token;
//! a diagnosis notes it and reads on.

use super::cause::Cause;
use crate::base64url;
use crate::limits::Limits;

/// What can be removed from around a token.
const AROUND: [Cause; 5] =
    [Cause::BearerPrefix, Cause::Quotes, Cause::WhiteSpace, Cause::InvisibleCharacter, Cause::SdJwt];

/// Removes what commonly surrounds a token, and returns what it was. A text that is far too long is left as
/// it is, so that its length costs nothing.
pub(super) fn unwrap(text: &[u8], limits: Limits) -> (&[u8], impl Iterator<Item = Cause> + use<>) {
    let mut token = text;
    let mut seen = [false; AROUND.len()];
    let mut note = |cause| {
        AROUND.iter().zip(&mut seen).filter(|(known, _)| **known == cause).for_each(|(_, seen)| *seen = true);
    };
    if text.len() / 2 <= limits.token_length() {
        // More layers than in `"Bearer 'token'\n"` are no accident.
        for _ in 0..4 {
            token = stripped(token, &mut note);
            if let Some(rest) = without_bearer(token) {
                note(Cause::BearerPrefix);
                token = rest;
            }
        }
        // After the three parts of a JWT, not within them.
        let is_jwt = |text: &&[u8]| text.split(|byte| *byte == b'.').count() == 3 && begins_as_header(text);
        let end = token.iter().position(|byte| *byte == b'~');
        if let Some(jwt) = end.and_then(|end| token.get(..end)).filter(is_jwt) {
            note(Cause::SdJwt);
            token = jwt;
        }
    }
    (token, AROUND.into_iter().zip(seen).filter(|(_, seen)| *seen).map(|(cause, _)| cause))
}

/// Returns the text after `Bearer ` or `Authorization: Bearer `, in any letter case (RFC 9110 §11.1).
fn without_bearer(text: &[u8]) -> Option<&[u8]> {
    let credentials = without_prefix(text, b"authorization:").unwrap_or(text).trim_ascii_start();
    let rest = without_prefix(credentials, b"bearer")?;
    rest.first().is_none_or(u8::is_ascii_whitespace).then(|| rest.trim_ascii_start())
}

fn without_prefix<'t>(text: &'t [u8], prefix: &[u8]) -> Option<&'t [u8]> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Returns the text without white space, quotes (of JSON, a shell, Python's bytes, a word processor) and
/// invisible characters at its ends.
fn stripped<'t>(mut text: &'t [u8], note: &mut dyn FnMut(Cause)) -> &'t [u8] {
    loop {
        let trimmed = text.trim_ascii();
        if trimmed.len() < text.len() {
            note(Cause::WhiteSpace);
        }
        let ends = (1..=4).find_map(|length| {
            let first = trimmed.split_at_checked(length);
            let last = trimmed.len().checked_sub(length).and_then(|start| trimmed.split_at_checked(start));
            let of = |(character, rest)| Some((rest, cause_of_character(character)?));
            first.and_then(of).or_else(|| last.and_then(|(rest, last)| of((last, rest))))
        });
        text = match (ends, trimmed) {
            (Some((rest, cause)), _) => {
                note(cause);
                rest
            }
            (None, [b'b', rest @ ..]) if rest.starts_with(b"'") => rest,
            (None, _) => return trimmed,
        };
    }
}

/// Classifies the octets of one character that does not belong in a token and was copied along with it.
fn cause_of_character(octets: &[u8]) -> Option<Cause> {
    let mut characters = core::str::from_utf8(octets).ok()?.chars();
    let (character, None) = (characters.next()?, characters.next()) else { return None };
    match character {
        '"' | '\'' | '`' | '\\' => Some(Cause::Quotes),
        '\u{ab}' | '\u{bb}' | '\u{2018}'..='\u{201f}' | '\u{2039}' | '\u{203a}' => Some(Cause::Quotes),
        _ if character.is_ascii_whitespace() => Some(Cause::WhiteSpace),
        // Controls, spaces of any width, direction and joining marks, the byte order mark.
        ..' '
        | '\u{7f}'..='\u{a0}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{2000}'..='\u{200f}'
        | '\u{2028}'..='\u{202f}'
        | '\u{205f}'..='\u{206f}'
        | '\u{3000}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' => Some(Cause::InvisibleCharacter),
        _ => None,
    }
}

/// Returns why dot-separated text is not base64url; `None` if each character could be.
pub(super) fn cause_in(text: &[u8]) -> Option<Cause> {
    let regular = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let rest = text.get(text.iter().position(|byte| !regular(byte))?..)?;
    Some(match rest {
        [b'=', ..] => Cause::PaddedBase64,
        [b'+' | b'/', ..] => Cause::StandardBase64,
        [b'%', ..] => Cause::PercentEncoded,
        _ => {
            let mut lengths = 1..=4;
            lengths.find_map(|length| cause_of_character(rest.get(..length)?)).unwrap_or(Cause::NotBase64url)
        }
    })
}

/// Classifies octets that should be UTF-8.
pub(super) const fn encoding(octets: &[u8]) -> Option<Cause> {
    match octets {
        [0x1f, 0x8b, ..] => Some(Cause::Gzip),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some(Cause::Utf16),
        // Two ASCII characters.
        [1..=0x7f, 0, 1..=0x7f, 0, ..] | [0, 1..=0x7f, 0, 1..=0x7f, ..] => Some(Cause::Utf16),
        _ => None,
    }
}

/// Returns whether the text begins with the base64 of `{` or white space, as every encoded header does.
pub(super) fn begins_as_header(token: &[u8]) -> bool {
    let mut octets = [0; 3];
    let start = token.get(..4).and_then(|start| decode_leniently(start, &mut octets));
    start.is_some() && octets.trim_ascii_start().first().is_none_or(|first| *first == b'{')
}

/// Decodes base64 of either alphabet, with or without padding, skipping what is not printable ASCII. Returns
/// the number of octets. The result is shown, never trusted.
pub(super) fn decode_leniently(text: &[u8], out: &mut [u8]) -> Option<usize> {
    let mut characters = text.iter().filter(|byte| **byte != b'=' && byte.is_ascii_graphic());
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
            taken = taken.checked_add(1)?;
        }
        if taken == 0 {
            return Some(len);
        }
        len = len.checked_add(base64url::decode(quad.get(..taken)?, out.get_mut(len..)?).ok()?.len())?;
    }
}
