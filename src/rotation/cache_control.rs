//! `Cache-Control` and the other response fields in seconds (RFC 9111).

/// What the `Cache-Control` fields of a response say about its lifetime (RFC 9111 §5.2.2).
///
/// Other directives are ignored: `s-maxage` is for shared caches, which this is not (§5.2.2.10).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CacheControl {
    max_age: Option<u32>,
    /// `no-store`, `no-cache`, or a malformed field.
    stale: bool,
}

impl CacheControl {
    /// Reads one field line. Several lines form one list (RFC 9110 §5.3). A line that is malformed anywhere
    /// counts as stale: it may hide a `no-store`.
    pub(super) fn read(&mut self, field: &[u8]) {
        let mut rest = Some(field);
        while let Some(list) = rest {
            let (directive, others) = split_list(list);
            if !directive.is_empty() && self.read_directive(directive).is_none() {
                self.stale = true;
            }
            rest = others;
        }
    }

    /// Reads `token [ "=" ( token / quoted-string ) ]` (RFC 9111 §5.2); `None` for anything else.
    fn read_directive(&mut self, directive: &[u8]) -> Option<()> {
        let mut parts = directive.splitn(2, |byte| *byte == b'=');
        let name = parts.next().filter(|name| is_token(name))?;
        let argument = parts.next();
        if argument.is_some_and(|argument| !is_token(argument) && quoted_string(argument).is_none()) {
            return None;
        }
        if name.eq_ignore_ascii_case(b"max-age") {
            // The first one counts, and one that is not a number means stale (RFC 9111 §4.2.1).
            let seconds = delta_seconds(argument?)?;
            self.max_age = self.max_age.or(Some(seconds));
        } else if name.eq_ignore_ascii_case(b"no-store") || name.eq_ignore_ascii_case(b"no-cache") {
            // `no-cache="field"` is about that field only, and may be treated as `no-cache` (§5.2.2.4).
            self.stale = true;
        }
        Some(())
    }

    /// Returns the lifetime in seconds; `None` if there is none. Of two conflicting directives the stricter
    /// counts (RFC 9111 §4.2.1).
    pub(super) const fn lifetime(self) -> Option<u32> {
        if self.stale { Some(0) } else { self.max_age }
    }
}

/// Returns the `Age` of a response: the first member if there are several, nothing if it is not a number
/// (RFC 9111 §5.1).
pub(super) fn age(field: &[u8]) -> Option<u32> {
    delta_seconds(split_list(field).0)
}

/// Returns a number of seconds, written as a token or quoted. One that is too large is the maximum
/// (RFC 9111 §1.2.2).
pub(super) fn delta_seconds(argument: &[u8]) -> Option<u32> {
    let quoted = quoted_string(argument);
    let mut number = None;
    // In a quoted string, a backslash precedes a character that means itself (RFC 9110 §5.6.4).
    for byte in quoted.unwrap_or(argument).iter().filter(|byte| quoted.is_none() || **byte != b'\\') {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit <= 9)?;
        number = Some(number.unwrap_or(0_u32).saturating_mul(10).saturating_add(u32::from(digit)));
    }
    number
}

/// Returns whether this is a token (RFC 9110 §5.6.2).
fn is_token(text: &[u8]) -> bool {
    let other = b"!#$%&'*+-.^_`|~";
    !text.is_empty() && text.iter().all(|byte| byte.is_ascii_alphanumeric() || other.contains(byte))
}

/// Returns the contents of a quoted string that is the whole text (RFC 9110 §5.6.4).
fn quoted_string(text: &[u8]) -> Option<&[u8]> {
    let inside = text.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let mut escaped = false;
    let closed = inside.iter().any(|byte| {
        let literal = core::mem::take(&mut escaped);
        escaped = !literal && *byte == b'\\';
        !literal && *byte == b'"'
    });
    // After a backslash, the last quote is not the end.
    if closed || escaped { None } else { Some(inside) }
}

/// Returns the first member of a comma-separated list, without the white space around it, and the rest. A
/// comma in quotes does not separate (RFC 9110 §5.6.1, §5.6.4). A misplaced quote makes its member malformed,
/// including whatever it encloses.
fn split_list(list: &[u8]) -> (&[u8], Option<&[u8]>) {
    let (mut quoted, mut escaped) = (false, false);
    let comma = list.iter().position(|byte| {
        let literal = core::mem::take(&mut escaped);
        match byte {
            b'"' if !literal => quoted = !quoted,
            b'\\' if !literal => escaped = quoted,
            b',' => return !quoted,
            _ => {}
        }
        false
    });
    let (member, others) = match comma.and_then(|comma| list.split_at_checked(comma)) {
        Some((member, others)) => (member, others.get(1..)),
        None => (list, None),
    };
    (member.trim_ascii(), others)
}

#[cfg(test)]
mod tests {
    use super::{CacheControl, age};

    /// Returns the combined lifetime of fields, in seconds.
    fn lifetime(fields: &[&str]) -> Option<u32> {
        let mut read = CacheControl::default();
        fields.iter().for_each(|field| read.read(field.as_bytes()));
        read.lifetime()
    }

    #[test]
    fn fields_and_what_they_say() {
        const STALE: Option<u32> = Some(0);
        let table: &[(&[&str], Option<u32>)] = &[
            (&[], None),
            (&[""], None),
            (&["public"], None),
            (&["max-age=300"], Some(300)),
            (&["MAX-AGE=300"], Some(300)),
            (&["public, max-age=300, must-revalidate"], Some(300)),
            (&[" ,, public\t,max-age=300 , "], Some(300)),
            (&["public", "max-age=300"], Some(300)),
            (&["max-age=\"300\""], Some(300)),
            (&["max-age=\"3\\00\""], Some(300)),
            (&["max-age=0"], STALE),
            (&["max-age=007"], Some(7)),
            // A number that is too large is the maximum, and the first of two counts.
            (&["max-age=99999999999999999999"], Some(u32::MAX)),
            (&["max-age=4294967296"], Some(u32::MAX)),
            (&["max-age=10, max-age=20"], Some(10)),
            (&["max-age=10", "max-age=20"], Some(10)),
            // For other caches.
            (&["s-maxage=300"], None),
            (&["s-maxage=5, max-age=300"], Some(300)),
            (&["stale-if-error=300, x-max-age=5, max-agee=6"], None),
            // The stricter of two.
            (&["no-store"], STALE),
            (&["No-Cache"], STALE),
            (&["max-age=300, no-cache"], STALE),
            (&["max-age=300", "no-store"], STALE),
            (&["no-cache=\"set-cookie\", max-age=300"], STALE),
            // Quotes hide their contents.
            (&["private=\"a, max-age=5\", max-age=300"], Some(300)),
            (&["ext=\"no-store, \\\" no-cache\", max-age=300"], Some(300)),
            (&["ext=\"\\\\\", max-age=300"], Some(300)),
            // What is not a number means stale.
            (&["max-age"], STALE),
            (&["max-age="], STALE),
            (&["max-age=\"\""], STALE),
            (&["max-age=-1"], STALE),
            (&["max-age=+1"], STALE),
            (&["max-age=1.5"], STALE),
            (&["max-age=0x10"], STALE),
            (&["max-age= 300"], STALE),
            (&["max-age =300"], STALE),
            (&["max-age=3\\00"], STALE),
            (&["max-age=soon, max-age=300"], STALE),
            // Malformed means stale, since it may hide a `no-store`.
            (&["ext=a\"b, no-store"], STALE),
            (&["ext=a\"b, max-age=300"], STALE),
            (&["ext=\"a\"b, max-age=300"], STALE),
            (&["a\"b, max-age=300\""], STALE),
            (&["ext=\"a\\\", max-age=300"], STALE),
            (&["ext=, max-age=300"], STALE),
            (&["=, max-age=300"], STALE),
            (&["max-age=300; public"], STALE),
            (&["public; max-age=300"], STALE),
            (&["\u{fffd}, max-age=300"], STALE),
            (&["max-age=300", "\""], STALE),
            (&["ext=\"max-age=300"], STALE),
            (&["max-age=\"300"], STALE),
        ];
        for (fields, expected) in table {
            assert_eq!(lifetime(fields), *expected, "{fields:?}");
        }
    }

    #[test]
    fn ages() {
        let table: &[(&str, Option<u32>)] = &[
            ("10", Some(10)),
            (" 10 ", Some(10)),
            ("10, 20", Some(10)),
            ("99999999999", Some(u32::MAX)),
            ("", None),
            ("-1", None),
            ("x, 10", None),
        ];
        for (field, expected) in table {
            assert_eq!(age(field.as_bytes()), *expected, "{field:?}");
        }
    }
}
