//! Dates in header fields (RFC 9110 §5.6.7).

/// Returns the seconds since 1970 of a date in one of the three formats that a recipient must accept; `None`
/// for anything else. Two-digit years are from 1970 to 2069, since there is no clock here.
pub(super) fn http_date(field: &[u8]) -> Option<i64> {
    let text = core::str::from_utf8(field).ok()?;
    let (day_name, rest) = text.split_at_checked(3)?;
    if !DAYS.contains(&day_name) {
        return None;
    }
    let (day, month, year, time) = if let Some(rest) = rest.strip_prefix(", ") {
        // Sun, 06 Nov 1994 08:49:37 GMT
        let mut parts = rest.strip_suffix(" GMT")?.splitn(4, ' ');
        let (day, month, year) = (digits(parts.next()?, 2)?, parts.next()?, digits(parts.next()?, 4)?);
        (day, month, year, parts.next()?)
    } else if let Some(rest) = rest.strip_prefix(' ') {
        // Sun Nov  6 08:49:37 1994
        let (month, rest) = rest.split_once(' ')?;
        let (day, rest) = rest.split_at_checked(2)?;
        let day = day.strip_prefix(' ').map_or_else(|| digits(day, 2), |day| digits(day, 1))?;
        let (time, year) = rest.strip_prefix(' ')?.split_once(' ')?;
        (day, month, digits(year, 4)?, time)
    } else {
        // Sunday, 06-Nov-94 08:49:37 GMT
        let (_, rest) = rest.strip_suffix(" GMT")?.split_once("day, ")?;
        let (date, time) = rest.split_once(' ')?;
        let mut parts = date.splitn(3, '-');
        let (day, month, year) = (digits(parts.next()?, 2)?, parts.next()?, digits(parts.next()?, 2)?);
        (day, month, if year < 70 { year.checked_add(2000)? } else { year.checked_add(1900)? }, time)
    };
    let month = (1_i64..).zip(MONTHS).find(|(_, name)| *name == month)?.0;
    let mut parts = time.splitn(3, ':');
    let (hour, minute) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let second = digits(parts.next()?, 2)?;
    // The second 60 is a leap second.
    if !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let clock = hour.checked_mul(3600)?.checked_add(minute.checked_mul(60)?)?.checked_add(second)?;
    days_since_1970(year, month, day)?.checked_mul(86_400)?.checked_add(clock)
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Returns a number of exactly this many digits.
fn digits(text: &str, count: usize) -> Option<i64> {
    let all = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if all { text.parse().ok() } else { None }
}

/// Returns the days since 1970-01-01 in the Gregorian calendar. Years start in March here, so that the leap
/// day is last.
fn days_since_1970(year: i64, month: i64, day: i64) -> Option<i64> {
    let (year, month) =
        if month > 2 { (year, month.checked_sub(3)?) } else { (year.checked_sub(1)?, month.checked_add(9)?) };
    let leap_days =
        year.div_euclid(4).checked_sub(year.div_euclid(100))?.checked_add(year.div_euclid(400))?;
    let in_year = month.checked_mul(153)?.checked_add(2)?.div_euclid(5).checked_add(day)?;
    // For 1970-01-01 the sum is 719,469.
    year.checked_mul(365)?.checked_add(leap_days)?.checked_add(in_year)?.checked_sub(719_469)
}

#[cfg(test)]
mod tests {
    use super::http_date;

    /// Values of `date --date=… +%s`.
    #[test]
    fn dates() {
        let table: &[(&str, Option<i64>)] = &[
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(784_111_777)),
            ("Sun Nov  6 08:49:37 1994", Some(784_111_777)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Thu, 29 Feb 2024 23:59:60 GMT", Some(1_709_251_200)),
            ("Tue, 29 Feb 2000 12:00:00 GMT", Some(951_825_600)),
            ("Wednesday, 31-Dec-69 23:59:59 GMT", Some(3_155_759_999)),
            ("Mon, 01 Mar 2100 00:00:00 GMT", Some(4_107_542_400)),
            ("Tue Dec 31 23:59:59 2024", Some(1_735_689_599)),
            ("0", None),
            ("", None),
            ("Sun, 06 Nov 1994 08:49:37", None),
            ("Sun, 06 Nov 1994 08:49:37 CET", None),
            ("Sun, 6 Nov 1994 08:49:37 GMT", None),
            ("Sun, 00 Nov 1994 08:49:37 GMT", None),
            ("Sun, 06 nov 1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 24:00:00 GMT", None),
            ("Sun, 06 Nov +994 08:49:37 GMT", None),
            ("So., 06 Nov 1994 08:49:37 GMT", None),
            ("1994-11-06T08:49:37Z", None),
            ("784111777", None),
            ("Sun\u{fc}, 06 Nov", None),
        ];
        for (text, expected) in table {
            assert_eq!(http_date(text.as_bytes()), *expected, "{text:?}");
        }
    }
}
