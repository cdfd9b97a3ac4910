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
//! One doubling serves a column of all pieces of both scalars, so that 256/P doublings remain. Each scalar
//! takes about 256/(w+1) additions, whatever P is. Width w needs the 2^(w-2) odd multiples below 2^(w-1).
//!
//! | | P | multiples of Q | of G, 64-bit words | of G, 32-bit | doublings | additions |
//! |---|--:|--:|--:|--:|--:|--:|
//! | key as it comes | 1 | 8, on the stack | 64: 4 KB | 16: 1 KB | 256 | 71 or 79 |
//! | prepared key | 8 | 64: 4 KB | 128: 8 KB | 64: 4 KB | 32 | 79 or 85 |

use super::field::FieldElement;
use super::point::{Addend, Affine, Jacobian, Multiple};

/// The odd multiples of a point, by parts.
pub(super) type Table<M, const MULTIPLES: usize, const PARTS: usize> = [[M; MULTIPLES]; PARTS];

/// The odd multiples of a key in each part.
const MULTIPLES: usize = 8;

/// The table of a prepared key.
pub(super) type Prepared = Table<Affine, MULTIPLES, 8>;

/// Memory for it.
pub(super) const EMPTY: Prepared = [[Affine { x: FieldElement::ZERO, y: FieldElement::ZERO }; MULTIPLES]; 8];

/// Whether the base point has large tables. Where words have 32 bits, read-only memory is dear.
const LARGE: bool = FieldElement::WORD_BITS == 64;

static BASE: Table<Affine, { if LARGE { 64 } else { 16 } }, 1> = table(&Affine::GENERATOR);

/// Linked only into programs that prepare a key.
static BASE_PREPARED: Table<Affine, { if LARGE { 16 } else { 8 } }, 8> = table(&Affine::GENERATOR);

const fn table<const MULTIPLES: usize, const PARTS: usize>(
    point: &Affine,
) -> Table<Affine, MULTIPLES, PARTS> {
    let mut table = [[*point; MULTIPLES]; PARTS];
    fill(&mut table, point);
    table
}

/// Makes the table of a point.
#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "loops over arrays, where `for` is not constant"
)]
pub(super) const fn fill<const MULTIPLES: usize, const PARTS: usize>(
    table: &mut Table<Affine, MULTIPLES, PARTS>,
    point: &Affine,
) {
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

/// `u1 * G + u2 * Q`, for a key as it comes. Scalars are big-endian.
#[inline(never)]
pub(super) fn sum_vartime(u1: &[u8; 32], u2: &[u8; 32], q: &Affine) -> Jacobian {
    let mut multiple = Jacobian::from_affine(q);
    let step = Addend::new(multiple.double());
    let mut multiples = [[Addend::new(multiple); MULTIPLES]];
    for place in multiples.as_flattened_mut().iter_mut().skip(1) {
        multiple = multiple.add(&step);
        *place = Addend::new(multiple);
    }
    sum_of_columns(u1, &BASE, u2, &multiples)
}

/// The same, for a key whose table is made.
pub(super) fn sum_prepared_vartime(u1: &[u8; 32], u2: &[u8; 32], q: &Prepared) -> Jacobian {
    sum_of_columns(u1, &BASE_PREPARED, u2, q)
}

#[expect(clippy::arithmetic_side_effects, reason = "a table has parts")]
fn sum_of_columns<M: Multiple, const G: usize, const Q: usize, const PARTS: usize>(
    u1: &[u8; 32],
    base: &Table<Affine, G, PARTS>,
    u2: &[u8; 32],
    key: &Table<M, Q, PARTS>,
) -> Jacobian {
    let (u1, u2) = (Digits::new::<G>(u1), Digits::new::<Q>(u2));
    let mut sum = Jacobian::NEUTRAL;
    u1.add_carried(&mut sum, base);
    u2.add_carried(&mut sum, key);
    for column in (0..256 / PARTS).rev() {
        sum = sum.double();
        u1.add_column(&mut sum, column, base);
        u2.add_column(&mut sum, column, key);
    }
    sum
}

/// The digits of a scalar.
struct Digits {
    /// The lowest first: zero, or odd and below 2^(w-1) in size.
    digits: [i8; 256],
    /// Whether one is carried out of the highest digit.
    carried: bool,
}

impl Digits {
    /// The digits for a table of so many odd multiples.
    #[expect(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        reason = "place < 256 in the loop, and a digit is odd and has at most 8 bits"
    )]
    fn new<const MULTIPLES: usize>(scalar: &[u8; 32]) -> Self {
        let width = MULTIPLES.ilog2() + 2;
        let mut words = [0; 5];
        for (word, bytes) in words.iter_mut().zip(scalar.as_rchunks().1.iter().rev()) {
            *word = u64::from_be_bytes(*bytes);
        }
        let mut digits = [0; 256];
        let mut place = 0;
        let mut carry = 0;
        while place < 256 {
            let (word, shift) = (place / 64, place % 64);
            let window = words[word] >> shift | words[word + 1] << 1 << (63 - shift);
            // A bit that equals the carry gives the digit zero, and the same carry.
            let zeros = (window ^ 0_u64.wrapping_sub(carry)).trailing_zeros() as usize;
            if zeros > 0 {
                place += zeros;
                continue;
            }
            let value = (window & ((1 << width) - 1)) + carry;
            carry = value >> (width - 1);
            digits[place] = (value as i64 - ((carry as i64) << width)) as i8;
            place += width as usize;
        }
        Self { digits, carried: carry == 1 }
    }

    /// Adds what is carried out of the highest digit: a one, 256/P digits above the last part's lowest.
    fn add_carried<M: Multiple, const MULTIPLES: usize, const PARTS: usize>(
        &self,
        sum: &mut Jacobian,
        table: &Table<M, MULTIPLES, PARTS>,
    ) {
        if self.carried
            && let Some([once, ..]) = table.last().map(<[M; MULTIPLES]>::as_slice)
        {
            *sum = once.add_to(sum);
        }
    }

    /// Adds the multiples that the digits of a column ask for.
    #[expect(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "column < 256/PARTS, and a digit is below 2*MULTIPLES in size"
    )]
    fn add_column<M: Multiple, const MULTIPLES: usize, const PARTS: usize>(
        &self,
        sum: &mut Jacobian,
        column: usize,
        table: &Table<M, MULTIPLES, PARTS>,
    ) {
        for (piece, multiples) in self.digits.chunks_exact(256 / PARTS).zip(table) {
            let digit = piece[column];
            if digit != 0 {
                debug_assert!(digit % 2 != 0, "digit {digit} is even");
                let mut multiple = multiples[usize::from(digit.unsigned_abs() / 2)];
                if digit < 0 {
                    multiple.negate();
                }
                *sum = multiple.add_to(sum);
            }
        }
    }
}

#[cfg(test)]
mod tests;
