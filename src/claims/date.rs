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
        let bytes = text.as_bytes();
        // What nearly every token has: an integer of few digits.
        if bytes.len() <= 15 {
            let digits = bytes.iter().try_fold(0_i64, |number, byte| match byte {
                b'0'..=b'9' => Some(number.wrapping_mul(10).wrapping_add(i64::from(byte & 0xf))),
                _ => None,
            });
            if let Some(floor) = digits {
                return Some(Self { floor, whole: true });
            }
        }
        let negative = bytes.first() == Some(&b'-');
        let end = bytes.iter().position(|byte| byte | 0x20 == b'e').unwrap_or(bytes.len());
        let (mantissa, exponent) = bytes.split_at_checked(end)?;
        let mut shift = 0_i32;
        for byte in exponent.iter().filter(|byte| byte.is_ascii_digit()) {
            shift = shift.saturating_mul(10).saturating_add(i32::from(byte.wrapping_sub(b'0')));
        }
        if exponent.contains(&b'-') {
            shift = shift.saturating_neg();
        }
        // How many more digits are before the point. Texts are shorter than 2^20 bytes.
        let point = mantissa.iter().position(|byte| *byte == b'.').unwrap_or(end);
        let mut before = shift.saturating_add(i32::try_from(point).ok()?).saturating_sub(i32::from(negative));
        let mut seconds = 0_u64;
        let mut whole = true;
        let mut any = false;
        for byte in mantissa.iter().filter(|byte| byte.is_ascii_digit()) {
            let digit = byte.wrapping_sub(b'0');
            any |= digit != 0;
            if before > 0 {
                if seconds > Self::LIMIT {
                    return None;
                }
                seconds = seconds.wrapping_mul(10).wrapping_add(u64::from(digit));
            } else {
                whole &= digit == 0;
            }
            before = before.saturating_sub(1);
        }
        if !any {
            return Some(Self { floor: 0, whole: true });
        }
        // The zeros that the exponent writes behind the last digit.
        while before > 0 && seconds <= Self::LIMIT {
            seconds = seconds.wrapping_mul(10);
            before = before.saturating_sub(1);
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
