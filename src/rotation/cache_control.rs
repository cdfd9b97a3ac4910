//! `Cache-Control` and the other fields of a response that count seconds (RFC 9111).

/// What the `Cache-Control` fields of a response say about its lifetime (RFC 9111 §5.2.2).
///
/// Other directives are passed over: `s-maxage` is for shared caches, and this is none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CacheControl {
    max_age: Option<u32>,
    /// `no-store`, `no-cache`, or a field that cannot be relied on.
    stale: bool,
}

impl CacheControl {
    /// Reads one field. There may be several, and together they are one list (RFC 9110 §5.3).
    pub(super) fn read(&mut self, field: &[u8]) {
        let mut rest = Some(field);
        while let Some(list) = rest {
            let (directive, others) = split_list(list);
            self.read_directive(directive);
            rest = others;
        }
    }

    /// `name` or `name=argument`; the argument may be quoted (RFC 9111 §5.2).
    fn read_directive(&mut self, directive: &[u8]) {
        let mut parts = directive.splitn(2, |byte| *byte == b'=');
        let name = parts.next().unwrap_or_default();
        let argument = parts.next();
        if name.eq_ignore_ascii_case(b"max-age") {
            // The first one counts, and one that is no number means stale (RFC 9111 §4.2.1).
            match argument.and_then(delta_seconds) {
                Some(seconds) => self.max_age = self.max_age.or(Some(seconds)),
                None => self.stale = true,
            }
        } else if name.eq_ignore_ascii_case(b"no-store") || name.eq_ignore_ascii_case(b"no-cache") {
            // `no-cache="field"` speaks of that field only, and may be taken for the whole (§5.2.2.4).
            self.stale = true;
        } else if argument
            .is_some_and(|argument| argument.first() == Some(&b'"') && unquoted(argument).is_none())
        {
            // A quote that does not end may have swallowed any directive.
            self.stale = true;
        }
    }

    /// The lifetime in seconds that is left of a response of this age; `None` if nothing is said. Of
    /// two directives that conflict the stricter counts (RFC 9111 §4.2.1).
    pub(super) fn lifetime(self, age: u32) -> Option<u32> {
        if self.stale { Some(0) } else { self.max_age.map(|seconds| seconds.saturating_sub(age)) }
    }

    /// Whether nothing is said about the lifetime.
    pub(super) const fn is_silent(self) -> bool {
        !self.stale && self.max_age.is_none()
    }
}

/// The `Age` of a response: the first member, should there be several, and nothing if that is no
/// number (RFC 9111 §5.1).
pub(super) fn age(field: &[u8]) -> Option<u32> {
    delta_seconds(split_list(field).0)
}

/// A number of seconds, as a token or quoted. What is too great is as great as can be (RFC 9111 §1.2.2).
pub(super) fn delta_seconds(argument: &[u8]) -> Option<u32> {
    let digits = match argument.first() {
        Some(b'"') => unquoted(argument)?,
        _ => argument,
    };
    // A backslash stands before a character that means itself, in quotes only (RFC 9110 §5.6.4).
    let quoted = digits.len() != argument.len();
    let mut number = None;
    for byte in digits.iter().filter(|byte| !quoted || **byte != b'\\') {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit <= 9)?;
        number = Some(number.unwrap_or(0_u32).saturating_mul(10).saturating_add(u32::from(digit)));
    }
    number
}

/// What stands between two quotes.
fn unquoted(argument: &[u8]) -> Option<&[u8]> {
    argument.strip_prefix(b"\"")?.strip_suffix(b"\"")
}

/// The first member of a comma-separated list, without the white space around it, and the others. A
/// comma in quotes separates nothing (RFC 9110 §5.6.1, §5.6.4).
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

    /// What fields say together: the lifetime in seconds at age zero.
    fn lifetime(fields: &[&str]) -> Option<u32> {
        let mut read = CacheControl::default();
        fields.iter().for_each(|field| read.read(field.as_bytes()));
        read.lifetime(0)
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
            // Too great a number is the greatest, and the first of two counts.
            (&["max-age=99999999999999999999"], Some(u32::MAX)),
            (&["max-age=4294967296"], Some(u32::MAX)),
            (&["max-age=10, max-age=20"], Some(10)),
            (&["max-age=10", "max-age=20"], Some(10)),
            // Other caches' business.
            (&["s-maxage=300"], None),
            (&["s-maxage=5, max-age=300"], Some(300)),
            (&["stale-if-error=300, x-max-age=5, max-agee=6"], None),
            // The stricter of two.
            (&["no-store"], STALE),
            (&["No-Cache"], STALE),
            (&["max-age=300, no-cache"], STALE),
            (&["max-age=300", "no-store"], STALE),
            (&["no-cache=\"set-cookie\", max-age=300"], STALE),
            // Quotes hide what is in them.
            (&["private=\"a, max-age=5\", max-age=300"], Some(300)),
            (&["ext=\"no-store, \\\" no-cache\", max-age=300"], Some(300)),
            (&["ext=\"\\\\\", max-age=300"], Some(300)),
            // What is no number is stale.
            (&["max-age"], STALE),
            (&["max-age="], STALE),
            (&["max-age=\"\""], STALE),
            (&["max-age=-1"], STALE),
            (&["max-age=+1"], STALE),
            (&["max-age=1.5"], STALE),
            (&["max-age=0x10"], STALE),
            (&["max-age= 300"], STALE),
            (&["max-age =300"], None),
            (&["max-age=3\\00"], STALE),
            (&["max-age=soon, max-age=300"], STALE),
            // Garbage beside it is passed over; a quote that does not end is not.
            (&["=, ==, ;max-age=5, \u{fffd}, max-age=300"], Some(300)),
            (&["ext=\"max-age=300"], STALE),
            (&["max-age=\"300"], STALE),
        ];
        for (fields, expected) in table {
            assert_eq!(lifetime(fields), *expected, "{fields:?}");
        }
    }

    #[test]
    fn the_age_is_taken_off() {
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
        let mut read = CacheControl::default();
        assert!(read.is_silent());
        read.read(b"max-age=300");
        assert_eq!(read.lifetime(10), Some(290));
        assert_eq!(read.lifetime(301), Some(0));
    }
}
