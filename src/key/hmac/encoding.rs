//! The octets that a text encodes, in constant time: no branch and no address depends on the text.
//!
//! Characters outside an encoding are skipped wherever they are: line breaks, padding, quotes, colons between
//! hexadecimal digits, the zero octets of UTF-16. How far an octet is shifted to extract it depends on the
//! text; a shift takes the same time for any distance.

/// All bits set, or none.
pub(super) type Mask = u32;

/// Returns all bits set if `first <= octet <= last`, none otherwise.
pub(super) fn within(octet: u32, first: u32, last: u32) -> Mask {
    // Both differences are then negative, with their top bits set.
    let below = first.wrapping_sub(1).wrapping_sub(octet);
    let above = octet.wrapping_sub(1).wrapping_sub(last);
    0_u32.wrapping_sub((below & above) >> 31)
}

/// A way to write octets in characters of as many bits or fewer.
pub(super) struct Encoding {
    /// The number of bits that a character encodes.
    bits: u32,
    characters: &'static [Characters],
    /// How many bits of its first octet may lie before a text: one value for each position of a character in
    /// its group.
    pub(super) phases: &'static [u32],
}

/// Consecutive characters that encode consecutive values.
struct Characters {
    first: u8,
    last: u8,
    value: u8,
}

const fn characters(first: u8, last: u8, value: u8) -> Characters {
    Characters { first, last, value }
}

/// The octets themselves.
pub(super) const PLAIN: Encoding = Encoding { bits: 8, characters: &[characters(0, 0xff, 0)], phases: &[0] };

/// Base64 and base64url, also mixed (RFC 4648 §4, §5).
pub(super) const BASE64: Encoding = Encoding {
    bits: 6,
    characters: &[
        characters(b'A', b'Z', 0),
        characters(b'a', b'z', 26),
        characters(b'0', b'9', 52),
        characters(b'+', b'+', 62),
        characters(b'-', b'-', 62),
        characters(b'/', b'/', 63),
        characters(b'_', b'_', 63),
    ],
    phases: &[0, 2, 4, 6],
};

/// Hexadecimal in either case (RFC 4648 §8).
pub(super) const HEXADECIMAL: Encoding = Encoding {
    bits: 4,
    characters: &[characters(b'0', b'9', 0), characters(b'a', b'f', 10), characters(b'A', b'F', 10)],
    phases: &[0, 4],
};

impl Encoding {
    /// Returns the number of bits that a character encodes.
    #[cfg(all(test, feature = "std"))]
    pub(super) fn bits(&self) -> u32 {
        self.bits
    }

    /// Returns the value of a character, and whether it is in the encoding.
    pub(super) fn digit(&self, character: u8) -> (u32, Mask) {
        let character = u32::from(character);
        let (mut value, mut known) = (0, 0);
        for characters in self.characters {
            let (first, last) = (u32::from(characters.first), u32::from(characters.last));
            let here = within(character, first, last);
            value |= character.wrapping_sub(first).wrapping_add(u32::from(characters.value)) & here;
            known |= here;
        }
        (value, known)
    }

    /// Returns an octet for each character, and whether this character completed it.
    pub(super) fn octets(&self, text: &[u8], phase: u32) -> impl Iterator<Item = (u32, Mask)> {
        let mut octets = Octets { encoding: self, bits: 0, left: phase };
        text.iter().map(move |character| octets.push(*character))
    }
}

/// The state of decoding characters to octets.
struct Octets<'e> {
    encoding: &'e Encoding,
    bits: u32,
    /// The number of bits that do not belong to an octet yet: at most seven.
    left: u32,
}

impl Octets<'_> {
    #[inline(never)]
    fn push(&mut self, character: u8) -> (u32, Mask) {
        let (value, known) = self.encoding.digit(character);
        let bits = self.bits.wrapping_shl(self.encoding.bits) | value;
        self.bits ^= (self.bits ^ bits) & known;
        self.left = self.left.wrapping_add(self.encoding.bits & known);
        let complete = within(self.left, 8, 15) & known;
        self.left = self.left.wrapping_sub(8 & complete);
        (self.bits.wrapping_shr(self.left) & 0xff, complete)
    }
}
