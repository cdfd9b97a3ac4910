//! The exact integer part of a JSON number (RFC 8259 §6), with or without a fraction and an exponent.

/// A number truncated towards zero, and whether that is exact.
#[derive(Clone, Copy)]
pub(crate) struct Truncated {
    pub(crate) negative: bool,
    pub(crate) magnitude: u64,
    pub(crate) whole: bool,
}

impl Truncated {
    /// Reads a valid JSON number. Returns `None` if its magnitude is 2^64 or more.
    pub(crate) fn parse(number: &[u8]) -> Option<Self> {
        let negative = number.first() == Some(&b'-');
        let end = number.iter().position(|byte| byte | 0x20 == b'e').unwrap_or(number.len());
        let (mantissa, exponent) = number.split_at_checked(end)?;
        // An exponent may have any number of digits. Shifts beyond the length of a text do not differ.
        let mut shift = 0_i32;
        for byte in exponent.iter().filter(|byte| byte.is_ascii_digit()) {
            shift = shift.saturating_mul(10).saturating_add(i32::from(byte.wrapping_sub(b'0')));
        }
        if let [_, b'-', ..] = exponent {
            shift = shift.saturating_neg();
        }
        // How many more digits come before the point.
        let point = mantissa.iter().position(|byte| *byte == b'.').unwrap_or(end);
        let mut before = shift.saturating_add(i32::try_from(point).ok()?).saturating_sub(i32::from(negative));
        // Fails on the first digit that does not fit.
        let next = |magnitude: u64, digit: u8| magnitude.checked_mul(10)?.checked_add(digit.into());
        let mut magnitude = 0_u64;
        let mut whole = true;
        for byte in mantissa.iter().filter(|byte| byte.is_ascii_digit()) {
            let digit = byte.wrapping_sub(b'0');
            if before > 0 {
                magnitude = next(magnitude, digit)?;
            } else {
                whole &= digit == 0;
            }
            before = before.saturating_sub(1);
        }
        // The exponent appends zeros after the last digit: few, or they do not fit.
        while before > 0 && magnitude != 0 {
            magnitude = next(magnitude, 0)?;
            before = before.saturating_sub(1);
        }
        Some(Self { negative, magnitude, whole })
    }
}
