//! Detects an uncompressed point of P-256, P-384 or P-521: 4, x and y (SEC 1 §2.3.3).
//!
//! The number of octets, and whether the first is 4, is decided openly; see `document.rs`. The others stay
//! secret: one random secret in 256 of such a length gets that far. This runs once per key, so it is written
//! to be small, and multiplies bit by bit.

use subtle::{Choice, ConditionallySelectable};

use super::encoding::{Encoding, Mask, within};

/// Limbs of 32 bits, the lowest first.
type Number = [u32; 17];

/// The curve y² = x³ - 3x + b (FIPS 186-4 §D.1.2).
struct Curve {
    /// The length of a coordinate in octets.
    width: u32,
    /// Its limbs, each a small number modulo 2^32.
    modulus: &'static [i16],
    b: &'static [u32],
}

const CURVES: [Curve; 3] = [
    Curve {
        width: 32,
        modulus: &[-1, -1, -1, 0, 0, 0, 1, -1],
        b: &[
            0x27d2_604b,
            0x3bce_3c3e,
            0xcc53_b0f6,
            0x651d_06b0,
            0x7698_86bc,
            0xb3eb_bd55,
            0xaa3a_93e7,
            0x5ac6_35d8,
        ],
    },
    Curve {
        width: 48,
        modulus: &[-1, 0, 0, -1, -2, -1, -1, -1, -1, -1, -1, -1],
        b: &[
            0xd3ec_2aef,
            0x2a85_c8ed,
            0x8a2e_d19d,
            0xc656_398d,
            0x5013_875a,
            0x0314_088f,
            0xfe81_4112,
            0x181d_9c6e,
            0xe3f8_2d19,
            0x988e_056b,
            0xe23e_e7e4,
            0xb331_2fa7,
        ],
    },
    Curve {
        width: 66,
        modulus: &[-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0x1ff],
        b: &[
            0x6b50_3f00,
            0xef45_1fd4,
            0x3d2c_34f1,
            0x3573_df88,
            0x3bb1_bf07,
            0x1652_c0bd,
            0xec7e_937b,
            0x5619_3951,
            0x8ef1_09e1,
            0xb8b4_8991,
            0x99b3_15f3,
            0xa2da_725b,
            0xb685_40ee,
            0x929a_21a0,
            0x8e1c_9a1f,
            0x953e_b961,
            0x0000_0051,
        ],
    },
];

/// Returns whether the octets that the secret encodes are a point.
#[inline(never)]
pub(super) fn is_point(secret: &[u8], encoding: &Encoding) -> bool {
    // No encoding needs fewer characters than octets.
    if secret.len() < 65 {
        return false;
    }
    let read = Octets::read(secret, encoding, 0);
    CURVES.iter().fold(false, |any, curve| {
        let length = curve.width.wrapping_mul(2).wrapping_add(1);
        let may_be = within(read.count, length, length) & within(read.first, 4, 4);
        any | (may_be != 0 && curve.has(&Octets::read(secret, encoding, curve.width).coordinates))
    })
}

/// The octets that a text encodes: the first, and two numbers after it.
struct Octets {
    count: u32,
    first: u32,
    coordinates: [Number; 2],
}

impl Octets {
    /// Reads them with coordinates of this width.
    #[inline(never)]
    fn read(secret: &[u8], encoding: &Encoding, width: u32) -> Self {
        let mut read = Self { count: 0, first: 0, coordinates: [[0; 17]; 2] };
        for (octet, there) in encoding.octets(secret, 0) {
            read.first |= octet & there & within(read.count, 0, 0);
            if width != 0 {
                let mut from = 1_u32;
                for number in &mut read.coordinates {
                    let after = from.wrapping_add(width);
                    append(number, octet, there & within(read.count, from, after.wrapping_sub(1)));
                    from = after;
                }
            }
            read.count = read.count.wrapping_add(there & 1);
        }
        read
    }
}

/// Appends an octet to a number if the mask is set.
fn append(number: &mut Number, octet: u32, there: Mask) {
    let mut carry = octet;
    for limb in number {
        let longer = *limb << 8 | carry;
        carry = *limb >> 24;
        *limb ^= (*limb ^ longer) & there;
    }
}

impl Curve {
    /// Returns whether the equation holds, as y² + 3x = x³ + b. For coordinates of the modulus or above,
    /// either answer is possible.
    fn has(&self, [x, y]: &[Number; 2]) -> bool {
        let (mut modulus, mut b) = ([0; 17], [0; 17]);
        modulus
            .iter_mut()
            .zip(self.modulus)
            .for_each(|(limb, small)| *limb = i32::from(*small).cast_unsigned());
        b.iter_mut().zip(self.b).for_each(|(limb, given)| *limb = *given);

        let mut left = product(y, y, &modulus);
        (0..3).for_each(|_| add(&mut left, x, Mask::MAX, &modulus));
        let mut right = product(x, &product(x, x, &modulus), &modulus);
        add(&mut right, &b, Mask::MAX, &modulus);
        left.iter().zip(right).fold(0, |difference, (left, right)| difference | left ^ right) == 0
    }
}

/// Returns the product modulo the modulus.
#[inline(never)]
fn product(left: &Number, right: &Number, modulus: &Number) -> Number {
    let mut result = [0; 17];
    for limb in left.iter().rev() {
        for bit in (0..u32::BITS).rev() {
            let double = result;
            add(&mut result, &double, Mask::MAX, modulus);
            add(&mut result, right, 0_u32.wrapping_sub(limb.wrapping_shr(bit) & 1), modulus);
        }
    }
    result
}

/// Adds a number modulo the modulus if the mask is set. Both must be below the modulus.
#[inline(never)]
fn add(sum: &mut Number, number: &Number, there: Mask, modulus: &Number) {
    let (mut carry, mut borrow) = (false, false);
    let mut less = [0; 17];
    for (((sum, limb), modulus), less) in sum.iter_mut().zip(number).zip(modulus).zip(&mut less) {
        (*sum, carry) = carrying(*sum, limb & there, carry, u32::overflowing_add);
        (*less, borrow) = carrying(*sum, *modulus, borrow, u32::overflowing_sub);
    }
    let below = Choice::from(u8::from(borrow));
    sum.iter_mut().zip(less).for_each(|(sum, less)| *sum = u32::conditional_select(&less, sum, below));
}

fn carrying(left: u32, right: u32, carry: bool, operation: fn(u32, u32) -> (u32, bool)) -> (u32, bool) {
    let (once, first) = operation(left, right);
    let (twice, second) = operation(once, u32::from(carry));
    (twice, first | second)
}
