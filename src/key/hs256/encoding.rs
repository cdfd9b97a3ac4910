//! The octets that a text stands for, in constant time: no branch and no address depends on it.
//!
//! What is no character of an encoding is passed over, wherever it stands: line breaks, padding, quotes,
//! colons between hexadecimal digits, the zero octets of UTF-16. The shift by which an octet is taken out
//! depends on how many characters were passed over, which takes the same time on every processor since 2005.

/// All bits set, or none.
pub(super) type Mask = u32;

/// All bits set if `first <= octet <= last`.
pub(super) const fn within(octet: u32, first: u32, last: u32) -> Mask {
    // Both differences are negative then, and their top bits set.
    let below = first.wrapping_sub(1).wrapping_sub(octet);
    let above = octet.wrapping_sub(1).wrapping_sub(last);
    0_u32.wrapping_sub((below & above) >> 31)
}

/// Characters in a row that stand for values in a row.
struct Range {
    first: u32,
    last: u32,
    /// The value less the character, modulo 2^32.
    offset: u32,
}

const fn range(first: u8, last: u8, value: u32) -> Range {
    #[expect(clippy::as_conversions, reason = "`u32::from` is not const")]
    let (first, last) = (first as u32, last as u32);
    Range { first, last, offset: value.wrapping_sub(first) }
}

/// A way to write octets in characters of fewer bits, or as they are.
pub(super) struct Encoding {
    /// How many bits a character stands for.
    bits: u32,
    ranges: &'static [Range],
    /// For each place in a character at which an octet may begin, how many bits lie before it.
    pub(super) phases: &'static [u32],
}

/// The octets themselves.
pub(super) const PLAIN: Encoding = Encoding { bits: 8, ranges: &[range(0, 0xff, 0)], phases: &[0] };

/// base64 and base64url, also mixed (RFC 4648 §4, §5).
pub(super) const BASE64: Encoding = Encoding {
    bits: 6,
    ranges: &[
        range(b'A', b'Z', 0),
        range(b'a', b'z', 26),
        range(b'0', b'9', 52),
        range(b'+', b'+', 62),
        range(b'-', b'-', 62),
        range(b'/', b'/', 63),
        range(b'_', b'_', 63),
    ],
    phases: &[0, 2, 4, 6],
};

/// Hexadecimal in either case (RFC 4648 §8).
pub(super) const HEXADECIMAL: Encoding = Encoding {
    bits: 4,
    ranges: &[range(b'0', b'9', 0), range(b'a', b'f', 10), range(b'A', b'F', 10)],
    phases: &[0, 4],
};

/// What a character stands for.
#[derive(Clone, Copy)]
pub(super) struct Digit {
    value: u32,
    bits: u32,
    /// Whether it is a character of the encoding.
    known: Mask,
}

impl Encoding {
    pub(super) fn digit(&self, character: u8) -> Digit {
        let character = u32::from(character);
        let (mut value, mut known) = (0, 0);
        for range in self.ranges {
            let here = within(character, range.first, range.last);
            value |= character.wrapping_add(range.offset) & here;
            known |= here;
        }
        Digit { value, bits: self.bits, known }
    }
}

/// Digits on their way to octets.
#[derive(Clone, Copy, Default)]
pub(super) struct Octets {
    digits: u32,
    /// How many bits of the digits belong to no octet yet: at most seven.
    left: u32,
}

impl Octets {
    /// With so many bits, all zero, before the first digit.
    pub(super) fn after(left: u32) -> Self {
        Self { digits: 0, left }
    }

    /// Takes a digit; gives an octet, and whether it is complete.
    pub(super) fn push(&mut self, digit: Digit) -> (u32, Mask) {
        let added = self.digits << digit.bits | digit.value;
        self.digits ^= (self.digits ^ added) & digit.known;
        self.left = self.left.wrapping_add(digit.bits & digit.known);
        let complete = within(self.left, 8, 15) & digit.known;
        self.left = self.left.wrapping_sub(8 & complete);
        (self.digits.wrapping_shr(self.left) & 0xff, complete)
    }
}
