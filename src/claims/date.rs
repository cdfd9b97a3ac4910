//! NumericDate (RFC 7519 §2): a JSON number of seconds, with or without a fraction and an exponent.

use crate::json::{Truncated, all_digits};
use crate::time::UnixTime;

/// The time that a number means, rounded down and up to a whole second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NumericDate {
    floor: i64,
    ceiling: i64,
}

impl NumericDate {
    /// Reads a valid JSON number. Returns `None` if it lies more than 2^63 - 1 seconds from the epoch: some
    /// issuers write that, or as many milliseconds, for "never".
    pub(super) fn parse(number: &[u8]) -> Option<Self> {
        // The case of nearly every token: an integer of few digits.
        let few = few_digits(number);
        few.map_or_else(|| Self::parse_any(number), |seconds| Some(Self { floor: seconds, ceiling: seconds }))
    }

    /// Reads a number of any form.
    // Not inlined: saves 18 of the 3,084 instructions of `claims` in benches/counts.
    #[inline(never)]
    fn parse_any(number: &[u8]) -> Option<Self> {
        let Truncated { negative, magnitude, whole } = Truncated::parse(number)?;
        // The whole seconds on either side, by their distance from the epoch.
        let nearer = i64::try_from(magnitude).ok()?;
        let farther = if whole { nearer } else { nearer.checked_add(1)? };
        let (floor, ceiling) = match negative {
            true => (farther.checked_neg()?, nearer.checked_neg()?),
            false => (nearer, farther),
        };
        Some(Self { floor, ceiling })
    }

    pub(super) const fn floor(self) -> UnixTime {
        UnixTime::from_secs(self.floor)
    }

    pub(super) const fn ceiling(self) -> UnixTime {
        UnixTime::from_secs(self.ceiling)
    }
}

/// Returns the integer, if it is written with at most 15 digits and nothing else.
fn few_digits(bytes: &[u8]) -> Option<i64> {
    if bytes.len() > 15 {
        return None;
    }
    let (mut number, mut rest) = (0, bytes);
    if cfg!(target_pointer_width = "64")
        && let Some((first, others)) = bytes.split_first_chunk()
        && all_digits(u64::from_le_bytes(*first))
    {
        (number, rest) = (eight_digits(*first), others);
    }
    for byte in rest {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number.wrapping_mul(10).wrapping_add(i64::from(digit));
    }
    Some(number)
}

/// Returns the number that eight digits write, by combining neighbors: digits, pairs, fours.
fn eight_digits(digits: [u8; 8]) -> i64 {
    let digits = u64::from_le_bytes(digits) & 0x0f0f_0f0f_0f0f_0f0f;
    // The first of each pair is the lower byte, and counts ten times as much.
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    let [eight @ .., _, _, _, _] = fours.wrapping_mul(10_000).wrapping_add(fours >> 32).to_le_bytes();
    u32::from_le_bytes(eight).into()
}
