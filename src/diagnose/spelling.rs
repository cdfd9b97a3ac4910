//! Texts of `iss` and `aud` beside those that are accepted, and how two differ if only in spelling.

use crate::claims::Expect;
use crate::json::{JsonString, Value};

/// Returns the accepted texts.
pub(super) fn accepted<'e>(expect: &'e Expect<'_>) -> impl Iterator<Item = &'e str> + Clone {
    let (one, several) = match expect {
        Expect::Exactly(text) => (Some(*text), None),
        Expect::AnyOf(texts) => (None, Some(texts.iter())),
        Expect::Forbidden | Expect::Anything => (None, None),
    };
    one.into_iter().chain(several.into_iter().flatten())
}

/// Returns the texts of a claim that is a string or an array of strings.
pub(super) fn texts<'t>(value: Value<'t>) -> impl Iterator<Item = JsonString<'t>> + use<'t> {
    let (one, several) = match value {
        Value::Array(several) => (None, Some(several.iter())),
        one => (one.as_string(), None),
    };
    one.into_iter().chain(several.into_iter().flatten().filter_map(Value::as_string))
}

/// How a text differs from an expected one, if only in its spelling.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Near {
    /// In a slash at the end.
    Slash,
    /// In the scheme, and perhaps a slash.
    Scheme,
    /// In letter case, and perhaps the scheme.
    LetterCase,
    /// The expected text has a placeholder.
    Placeholder,
}

/// Finds the first accepted text that is near one of the claim's texts. Returns its index, and how they
/// differ. A text with escapes must have at most 512 bytes.
pub(super) fn nearest<'e>(
    found: Value<'_>,
    accepted: impl Iterator<Item = &'e str>,
) -> Option<(usize, Near)> {
    let mut buffer = [0; 512];
    let mut places = accepted.enumerate();
    places.find_map(|(place, expected)| {
        let near = texts(found).find_map(|text| near(text.text(&mut buffer)?, expected));
        near.map(|near| (place, near))
    })
}

fn near(found: &str, expected: &str) -> Option<Near> {
    let (without_scheme, expected_without) = (without_url_scheme(found), without_url_scheme(expected));
    if without_slash(found) == without_slash(expected) {
        Some(Near::Slash)
    } else if without_scheme == expected_without {
        Some(Near::Scheme)
    } else if without_scheme.eq_ignore_ascii_case(expected_without) {
        Some(Near::LetterCase)
    } else {
        fills(found, expected).then_some(Near::Placeholder)
    }
}

fn without_slash(text: &str) -> &str {
    text.strip_suffix('/').unwrap_or(text)
}

/// Returns a text without its scheme.
fn without_url_scheme(text: &str) -> &str {
    let scheme = text.as_bytes().windows(3).position(|part| part == b"://");
    let rest = scheme.and_then(|end| text.get(end.checked_add(3)?..));
    without_slash(rest.unwrap_or(text))
}

/// Returns whether a text is the pattern with the part in braces replaced by something without a slash.
fn fills(text: &str, pattern: &str) -> bool {
    let brace = |brace: u8| pattern.bytes().position(|byte| byte == brace);
    let (Some(open), Some(close)) = (brace(b'{'), brace(b'}')) else { return false };
    let (before, after) = (pattern.get(..open), close.checked_add(1).and_then(|end| pattern.get(end..)));
    let rest = before.and_then(|before| text.strip_prefix(before));
    let filled = rest.and_then(|rest| rest.strip_suffix(after?));
    open < close
        && filled.is_some_and(|filled| !filled.is_empty() && !filled.bytes().any(|byte| byte == b'/'))
}
