//! Whether octets are an uncompressed point of P-256, P-384 or P-521: 4, x and y (SEC 1 §2.3.3).
//!
//! The number of octets and the first are decided openly; see `document.rs`. The rest is as secret as the
//! octets are: one random secret in 256 of such a length gets that far.

use zeroize::Zeroizing;

use super::encoding::{Encoding, Mask, Octets, within};

/// In limbs of 32 bits, the lowest first.
const LIMBS: usize = 17;
type Number = [u32; LIMBS];

/// The curve y² = x³ - 3x + b (FIPS 186-4 §D.1.2).
struct Curve {
    /// How many octets a coordinate has.
    width: u32,
    /// Each is -1 modulo 2^32.
    modulus: &'static [u32],
    /// b/R² modulo the modulus, where R is 2^544.
    b: &'static [u32],
}

const CURVES: [Curve; 3] = [
    Curve {
        width: 32,
        modulus: &[0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0, 0, 0, 1, 0xffff_ffff],
        b: &[
            0xefd7_6307,
            0x2222_7eee,
            0x1ce0_5a3a,
            0x26f8_b805,
            0xcba2_0d67,
            0xdf9e_31d8,
            0x0720_c530,
            0xa37f_46ae,
        ],
    },
    Curve {
        width: 48,
        modulus: &[
            0xffff_ffff,
            0,
            0,
            0xffff_ffff,
            0xffff_fffe,
            0xffff_ffff,
            0xffff_ffff,
            0xffff_ffff,
            0xffff_ffff,
            0xffff_ffff,
            0xffff_ffff,
            0xffff_ffff,
        ],
        b: &[
            0xf5f5_e4fb,
            0x6b55_82c1,
            0x87ad_11c4,
            0x3162_afff,
            0x6d3e_6bc7,
            0x4f97_23e7,
            0xa9f0_7b04,
            0x5d8b_a101,
            0xcf8e_7d52,
            0x741c_71d3,
            0x185b_0e12,
            0xaa3e_3205,
        ],
    },
    Curve {
        width: 66,
        modulus: &[
            0xffff_ffff,
            0xffff_ffff,
            0xffff_ffff,
            0xffff_ffff,
            0xffff_ffff,
            0xffff_ffff,
            0xffff_ffff,
            0xffff_ffff,
            0xffff_ffff,
            0xffff_ffff,
            0xffff_ffff,
            0xffff_ffff,
            0xffff_ffff,
            0xffff_ffff,
            0xffff_ffff,
            0xffff_ffff,
            0x1ff,
        ],
        b: &[
            0xd3c7_bd14,
            0x7e20_f4b0,
            0xfc1c_d5cf,
            0x02f4_eec6,
            0x4dec_594b,
            0xe547_b1fa,
            0x2785_5864,
            0x2646_3bc4,
            0x57ce_e2d2,
            0xc96e_66cc,
            0x03ba_8b69,
            0x8682_da15,
            0x687e_4a68,
            0xe586_3872,
            0x0146_54fa,
            0xa35a_81f8,
            0xfe,
        ],
    },
];

/// Whether the octets that the secret encodes are a point.
pub(super) fn is_point(secret: &[u8], encoding: &Encoding) -> bool {
    // No encoding makes octets of fewer characters.
    if secret.len() < 65 {
        return false;
    }
    let (mut octets, mut count, mut first) = (Octets::default(), 0_u32, 0);
    for character in secret {
        let (octet, complete) = octets.push(encoding.digit(*character));
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
        let (mut octets, mut count) = (Octets::default(), 0_u32);
        for character in secret {
            let (octet, complete) = octets.push(encoding.digit(*character));
            append(&mut x, octet, complete & within(count, 1, self.width));
            append(&mut y, octet, complete & within(count, self.width.wrapping_add(1), self.octets()));
            count = count.wrapping_add(complete & 1);
        }

        let (modulus, b) = (number(self.modulus), number(self.b));
        let (zero, one) = (number(&[]), number(&[1]));
        let mut minus_three = modulus;
        let [lowest, ..] = &mut minus_three;
        *lowest = lowest.wrapping_sub(3);
        // Both sides over R^2.
        let square = multiply_add(&y, &y, &zero, &modulus);
        let left = multiply_add(&square, &one, &zero, &modulus);
        let minus_three = multiply_add(&minus_three, &one, &zero, &modulus);
        let factor = multiply_add(&x, &x, &minus_three, &modulus);
        let right = multiply_add(&x, &factor, &b, &modulus);
        left.iter().zip(right).fold(0, |difference, (left, right)| difference | left ^ right) == 0
    }
}

/// A number with zeros above the limbs that are given.
fn number(limbs: &[u32]) -> Number {
    let mut number = [0; LIMBS];
    number.iter_mut().zip(limbs).for_each(|(place, limb)| *place = *limb);
    number
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

/// a * b / R + c modulo the modulus. `a` and `b` are below 2^528, one of them below the modulus or both
/// with a product below R times the modulus; `c` is below the modulus.
fn multiply_add(a: &Number, b: &Number, c: &Number, modulus: &Number) -> Number {
    let mut sum = [0; LIMBS + 1];
    for digit in a {
        add_product(&mut sum, *digit, b);
        // Since the modulus is -1 modulo 2^32, this makes the lowest limb zero.
        let [lowest, ..] = sum;
        add_product(&mut sum, lowest, modulus);
        let mut above = 0;
        sum.iter_mut().rev().for_each(|limb| core::mem::swap(limb, &mut above));
    }
    add_product(&mut sum, 1, c);
    // It is below three times the modulus.
    let [mut result @ .., _] = sum;
    for _ in 0..2 {
        let (mut difference, mut borrow) = (result, false);
        for (limb, subtrahend) in difference.iter_mut().zip(modulus) {
            let (less, first) = limb.overflowing_sub(*subtrahend);
            let (less, second) = less.overflowing_sub(u32::from(borrow));
            (*limb, borrow) = (less, first | second);
        }
        let keep = 0_u32.wrapping_sub(u32::from(borrow));
        result.iter_mut().zip(difference).for_each(|(limb, less)| *limb ^= (*limb ^ less) & !keep);
    }
    result
}

/// Adds a number, times a limb. The sum fits.
fn add_product(sum: &mut [u32; LIMBS + 1], factor: u32, number: &Number) {
    let [limbs @ .., top] = sum;
    let mut carry = 0_u32;
    for (limb, digit) in limbs.iter_mut().zip(number) {
        // At most (2^32 - 1)^2 + 2 * (2^32 - 1) = 2^64 - 1.
        let product = u64::from(factor).wrapping_mul(u64::from(*digit));
        let wide = product.wrapping_add(u64::from(*limb)).wrapping_add(u64::from(carry));
        (*limb, carry) = halves(wide);
    }
    *top = top.wrapping_add(carry);
}

/// The lower and the upper 32 bits.
#[expect(clippy::as_conversions, reason = "cutting is meant")]
fn halves(wide: u64) -> (u32, u32) {
    (wide as u32, (wide >> 32) as u32)
}
