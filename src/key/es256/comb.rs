//! The sum u1*G + u2*Q, from tables of multiples of G and Q. All data here is public: time depends on it.
//!
//! A scalar is written in signed digits, one a bit, of which most are zero and the others odd (width-w
//! non-adjacent form). A table of P parts cuts it into P pieces of 256/P digits; part i holds the odd
//! multiples of 2^(i*256/P) times the point:
//!
//! ```text
//!   digit 255 ........ 224 | ... | 63 ............ 32 | 31 ............. 0      P = 8
//!         part 7           |     | part 1             | part 0
//!         ^ column 31      |     | ^                  | ^
//! ```
//!
//! One doubling serves a column of all pieces, so that 256/P doublings remain. Sums take about
//! 256/(w+1) additions for each scalar, whatever P is. Width w needs the 2^(w-2) odd multiples below
//! 2^(w-1).

use super::field::FieldElement;
use super::point::{Addend, Affine, Jacobian, Multiple};

/// The pieces into which a table of affine multiples cuts a scalar.
pub(super) const PARTS: usize = 8;

/// The odd multiples in each part of a key's table.
pub(super) const KEY_MULTIPLES: usize = 8;

/// The same for the table of the base point, which takes 16 KB with words of 64 bits and 4 KB elsewhere,
/// where read-only memory is dear.
const BASE_MULTIPLES: usize = if cfg!(target_pointer_width = "64") { 32 } else { 8 };

/// The odd multiples of a point, by parts.
pub(super) type Table<const MULTIPLES: usize> = [[Affine; MULTIPLES]; PARTS];

pub(super) const EMPTY: Table<KEY_MULTIPLES> =
    [[Affine { x: FieldElement::ZERO, y: FieldElement::ZERO }; KEY_MULTIPLES]; PARTS];

static BASE: Table<BASE_MULTIPLES> = {
    let mut table = [[Affine::GENERATOR; BASE_MULTIPLES]; PARTS];
    fill(&mut table, &Affine::GENERATOR);
    table
};

/// Makes the table of a point.
#[expect(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "loops over arrays, where `for` is not constant")]
pub(super) const fn fill<const MULTIPLES: usize>(table: &mut Table<MULTIPLES>, point: &Affine) {
    let mut product = FieldElement::ONE;
    // For each multiple its Z, and the product of the Zs before it.
    let mut zs = [[(FieldElement::ONE, FieldElement::ONE); MULTIPLES]; PARTS];
    let mut base = Jacobian::from_affine(point);
    let mut part = 0;
    while part < PARTS {
        let twice = base.double();
        let step = Addend::new(twice);
        let mut multiple = base;
        let mut number = 0;
        while number < MULTIPLES {
            table[part][number] = Affine { x: multiple.x, y: multiple.y };
            zs[part][number] = (multiple.z, product);
            product = product.mul(&multiple.z);
            multiple = multiple.add(&step);
            number += 1;
        }
        base = double_n(twice, 256 / PARTS - 1);
        part += 1;
    }
    // The inverse of all Zs together, and then of each.
    let mut inverse = product.invert();
    while part > 0 {
        part -= 1;
        let mut number = MULTIPLES;
        while number > 0 {
            number -= 1;
            let (z, before) = zs[part][number];
            let z_inverse = inverse.mul(&before);
            inverse = inverse.mul(&z);
            let Affine { x, y } = table[part][number];
            let square = z_inverse.square();
            table[part][number] = Affine { x: x.mul(&square), y: y.mul(&square.mul(&z_inverse)) };
        }
    }
}

#[expect(clippy::arithmetic_side_effects, reason = "counts down to zero")]
const fn double_n(point: Jacobian, mut n: usize) -> Jacobian {
    let mut double = point;
    while n > 0 {
        double = double.double();
        n -= 1;
    }
    double
}

/// The odd multiples of a point that are made for one sum, as a table of one part.
pub(super) fn multiples(point: &Affine) -> [[Addend; KEY_MULTIPLES]; 1] {
    let mut multiple = Jacobian::from_affine(point);
    let step = Addend::new(multiple.double());
    let mut multiples = [Addend::new(multiple); KEY_MULTIPLES];
    for place in &mut multiples {
        *place = Addend::new(multiple);
        multiple = multiple.add(&step);
    }
    [multiples]
}

/// `u1 * G + u2 * Q`, where the table is that of Q. Scalars are big-endian.
pub(super) fn sum_vartime<M: Multiple, const P: usize>(
    u1: &[u8; 32],
    u2: &[u8; 32],
    table: &[[M; KEY_MULTIPLES]; P],
) -> Jacobian {
    let base_digits = Digits::new::<BASE_MULTIPLES>(u1);
    let digits = Digits::new::<KEY_MULTIPLES>(u2);
    let mut sum = Jacobian::NEUTRAL;
    let columns = 256 / P;
    for column in (0..=columns).rev() {
        sum = sum.double();
        add_column(&mut sum, &digits, column, table);
        add_column(&mut sum, &base_digits, column, &BASE);
    }
    sum
}

/// Adds what the digits of a column ask for.
#[inline(always)]
fn add_column<M: Multiple, const MULTIPLES: usize, const P: usize>(
    sum: &mut Jacobian,
    digits: &Digits,
    column: usize,
    table: &[[M; MULTIPLES]; P],
) {
    let columns = 256 / P;
    for (part, multiples) in table.iter().enumerate() {
        // What is carried out of the highest digit belongs to the last piece.
        if column > columns || column == columns && part + 1 < P { continue; }
        let digit = digits.0[part * columns + column];
        if digit == 0 { continue; }
        debug_assert!(digit % 2 != 0);
        let mut multiple = multiples[usize::from(digit.unsigned_abs() / 2)];
        if digit < 0 { multiple.negate(); }
        *sum = multiple.add_to(sum);
    }
}

/// The digits of a scalar, the lowest first: zero, or odd and below 2^(w-1) in size.
struct Digits([i8; 257]);

impl Digits {
    fn new<const MULTIPLES: usize>(scalar: &[u8; 32]) -> Self {
        let width = MULTIPLES.ilog2() + 2;
        let mut digits = [0; 257];
        let mut carry = 0u32;
        let mut place = 0;
        while place < 257 {
            let window = bits(scalar, place);
            if window & 1 == carry { place += 1; continue; }
            let value = (window & ((1 << width) - 1)) + carry;
            let negative = value >> (width - 1);
            carry = negative;
            digits[place] = value.wrapping_sub(negative << width) as i8;
            place += width as usize;
        }
        Self(digits)
    }
}

fn bits(scalar: &[u8; 32], place: usize) -> u32 {
    let byte = |n: usize| scalar.iter().rev().nth(place / 8 + n).map_or(0, |b| u32::from(*b));
    (byte(0) | byte(1) << 8 | byte(2) << 16) >> (place % 8)
}
