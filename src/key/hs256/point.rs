//! Whether octets are an uncompressed point of P-256, P-384 or P-521: 4, x and y (SEC 1 §2.3.3).
//!
//! The number of octets and the first are decided openly; see `document.rs`. The rest is as secret as the
//! octets are: one random secret in 256 of such a length gets that far.

use core::iter;

use zeroize::Zeroizing;

use super::encoding::{Encoding, Mask, within};

/// In limbs of 32 bits, the lowest first.
const LIMBS: usize = 17;
type Number = [u32; LIMBS];

/// The curve y² = x³ - 3x + b (FIPS 186-4 §D.1.2).
struct Curve {
    /// How many octets a coordinate has.
    width: u32,
    /// Its limbs, of which each is a small number modulo 2^32. The lowest is -1.
    modulus: &'static [i16],
    /// b/R modulo the modulus, where R is 2^544.
    b: &'static [u32],
}

const CURVES: [Curve; 3] = [
    Curve {
        width: 32,
        modulus: &[-1, -1, -1, 0, 0, 0, 1, -1],
        b: &[
            0xe59b_e0a6,
            0x9ca0_65a7,
            0x41b9_c322,
            0xa0f4_5304,
            0x7c17_8684,
            0x1ecc_e451,
            0xeafd_3b02,
            0x4584_a136,
        ],
    },
    Curve {
        width: 48,
        modulus: &[-1, 0, 0, -1, -2, -1, -1, -1, -1, -1, -1, -1],
        b: &[
            0xfc7a_73ca,
            0x325d_f835,
            0x6f3d_276d,
            0x0a1f_98a1,
            0x3e95_69cc,
            0x9d53_5f43,
            0xb23a_ac3c,
            0xbd31_49bf,
            0xdfba_748c,
            0x18cd_2e86,
            0x246c_0ca3,
            0x8040_8afe,
        ],
    },
    Curve {
        width: 66,
        modulus: &[-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0x1ff],
        b: &[
            0x8a3f_a8d6,
            0x5869_e3de,
            0xe7bf_107a,
            0x637e_0e6a,
            0xa581_7a77,
            0xfd26_f62c,
            0x3272_a3d8,
            0xe213_c2ac,
            0x6913_231d,
            0x662b_e771,
            0xb4e4_b733,
            0x0a81_dd45,
            0x3443_416d,
            0x3934_3f25,
            0x7d72_c31c,
            0xfc00_a32a,
            0x0000_0140,
        ],
    },
];

/// Whether the octets that the secret encodes are a point.
pub(super) fn is_point(secret: &[u8], encoding: &Encoding) -> bool {
    // No encoding makes octets of fewer characters.
    if secret.len() < 65 {
        return false;
    }
    let (mut count, mut first) = (0_u32, 0);
    for (octet, complete) in encoding.octets(secret, 0) {
        first |= octet & complete & within(count, 0, 0);
        count = count.wrapping_add(complete & 1);
    }
    let of_length = |curve: &Curve| within(count, curve.octets(), curve.octets()) & within(first, 4, 4);
    if CURVES.iter().fold(0, |any, curve| any | of_length(curve)) == 0 {
        return false;
    }
    // The number of octets, and with it the curve, is public from here on.
    CURVES.iter().any(|curve| of_length(curve) != 0 && curve.has(secret, encoding))
}

impl Curve {
    /// How many octets a point has.
    fn octets(&self) -> u32 {
        self.width.wrapping_mul(2).wrapping_add(1)
    }

    /// Whether the coordinates after the first octet satisfy the equation.
    fn has(&self, secret: &[u8], encoding: &Encoding) -> bool {
        let (mut x, mut y) = (Zeroizing::new([0; LIMBS]), Zeroizing::new([0; LIMBS]));
        let mut count = 0_u32;
        for (octet, complete) in encoding.octets(secret, 0) {
            append(&mut x, octet, complete & within(count, 1, self.width));
            append(&mut y, octet, complete & within(count, self.width.wrapping_add(1), self.octets()));
            count = count.wrapping_add(complete & 1);
        }

        let mut modulus = [0; LIMBS];
        modulus
            .iter_mut()
            .zip(self.modulus)
            .for_each(|(limb, small)| *limb = i32::from(*small).cast_unsigned());
        let montgomery = |a: &Number, b: &[u32], factor, c: &[u32]| product(a, b, factor, c, &modulus);
        // y^2 + 3x and x^3 + b, both over R^2.
        let left = montgomery(&montgomery(&y, &*y, 3, &*x), &[1], 0, &[]);
        let right = montgomery(&x, &montgomery(&x, &*x, 0, &[]), 1, self.b);
        left.iter().zip(right).fold(0, |difference, (left, right)| difference | left ^ right) == 0
    }
}

/// Appends an octet to a big-endian number if the mask says so.
fn append(number: &mut Number, octet: u32, there: Mask) {
    let mut carry = octet;
    for limb in number {
        let longer = *limb << 8 | carry;
        carry = *limb >> 24;
        *limb ^= (*limb ^ longer) & there;
    }
}

/// (a * b + factor * c) / R modulo the modulus (Montgomery's product). The dividend is below R times the
/// modulus.
#[inline(never)]
fn product(a: &Number, b: &[u32], factor: u32, c: &[u32], modulus: &Number) -> Number {
    let mut sum = [0; LIMBS + 1];
    add(&mut sum, factor, c);
    for digit in a {
        add(&mut sum, *digit, b);
        // Since the modulus is -1 modulo 2^32, this makes the lowest limb zero.
        let [lowest, ..] = sum;
        add(&mut sum, lowest, modulus);
        let mut above = 0;
        sum.iter_mut().rev().for_each(|limb| core::mem::swap(limb, &mut above));
    }
    // It is below twice the modulus.
    let [mut result @ .., _] = sum;
    let (mut less, mut borrow) = (result, false);
    for (limb, subtrahend) in less.iter_mut().zip(modulus) {
        let (once, first) = limb.overflowing_sub(*subtrahend);
        let (twice, second) = once.overflowing_sub(u32::from(borrow));
        (*limb, borrow) = (twice, first | second);
    }
    let keep = 0_u32.wrapping_sub(u32::from(borrow));
    result.iter_mut().zip(less).for_each(|(limb, less)| *limb = *limb & keep | less & !keep);
    result
}

/// Adds `factor * number`. The sum fits.
#[inline(never)]
fn add(sum: &mut [u32; LIMBS + 1], factor: u32, number: &[u32]) {
    let mut carry = 0_u32;
    for (limb, digit) in sum.iter_mut().zip(number.iter().chain(iter::repeat(&0))) {
        // At most (2^32 - 1)^2 + 2 * (2^32 - 1) = 2^64 - 1.
        let product = u64::from(factor).wrapping_mul(u64::from(*digit));
        (*limb, carry) = halves(product.wrapping_add(u64::from(*limb)).wrapping_add(u64::from(carry)));
    }
}

/// The lower and the upper 32 bits.
#[expect(clippy::as_conversions, reason = "cutting is meant")]
fn halves(wide: u64) -> (u32, u32) {
    (wide as u32, (wide >> 32) as u32)
}
