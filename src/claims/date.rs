//! NumericDate (RFC 7519 §2): a JSON number of seconds, with a fraction or an exponent or neither.

use crate::time::UnixTime;

/// The exact time that a number writes, to the second below and the second above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NumericDate {
    floor: i64,
    whole: bool,
}

impl NumericDate {
    /// Every integer up to here is a JSON number that everyone reads alike (RFC 8259 §6).
    const LIMIT: u64 = 1 << 53;

    /// Reads a number that is known to be one of JSON. `None` if it lies beyond 2^53 seconds.
    pub(super) fn parse(text: &str) -> Option<Self> {
        // What nearly every token has: an integer of at most fifteen digits.
        if text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            let digits = text.bytes().map(|byte| i64::from(byte & 0xf));
            let floor = digits.fold(0, |number: i64, digit| number.wrapping_mul(10).wrapping_add(digit));
            return Some(Self { floor, whole: true });
        }
        let (negative, text) = match text.strip_prefix('-') {
            Some(text) => (true, text),
            None => (false, text),
        };
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits =
            || integer.bytes().chain(fraction.bytes()).map(|digit| u64::from(digit.saturating_sub(b'0')));
        if digits().all(|digit| digit == 0) {
            return Some(Self { floor: 0, whole: true });
        }
        // How many digits, counted from the first of the mantissa, are before the point.
        let shift: i64 =
            exponent.parse().ok().unwrap_or(if exponent.starts_with('-') { i64::MIN } else { i64::MAX });
        let before = i64::try_from(integer.len()).ok()?.saturating_add(shift);
        let mut seconds = 0_u64;
        let mut whole = true;
        let mut place = 0_i64;
        for digit in digits() {
            if place < before {
                seconds = seconds.checked_mul(10)?.checked_add(digit)?;
            } else {
                whole &= digit == 0;
            }
            place = place.saturating_add(1);
        }
        // The zeros that the exponent writes behind the last digit.
        while place < before && seconds <= Self::LIMIT {
            seconds = seconds.checked_mul(10)?;
            place = place.saturating_add(1);
        }
        let seconds = i64::try_from(seconds).ok().filter(|_| seconds <= Self::LIMIT)?;
        Some(match (negative, whole) {
            (false, _) => Self { floor: seconds, whole },
            (true, true) => Self { floor: seconds.saturating_neg(), whole },
            (true, false) => Self { floor: seconds.saturating_neg().saturating_sub(1), whole },
        })
    }

    pub(super) const fn floor(self) -> UnixTime {
        UnixTime::from_seconds(self.floor)
    }

    pub(super) fn ceiling(self) -> UnixTime {
        UnixTime::from_seconds(self.floor.saturating_add(i64::from(!self.whole)))
    }
}
