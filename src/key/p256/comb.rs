//! The sum u1*G + u2*Q, from tables of multiples of G and Q. All data here is public, so time may depend on
//! it.
//!
//! A scalar is written in signed digits, one per bit, most of them zero and the others odd (width-w
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
//! | unprepared key | 1 | 8 (4 with 32-bit words), on the stack | 64: 4 KB | 16: 1 KB | 256 | 71 or 88 |
//! | prepared key | 8 | 64: 4 KB | 128: 8 KB | 64: 4 KB | 32 | 79 or 85 |

mod base;

use super::field::FieldElement;
use super::point::{Addend, Affine, Jacobian, Multiple};

/// The odd multiples of a point, by parts.
pub(super) type Table<M, const MULTIPLES: usize, const PARTS: usize> = [[M; MULTIPLES]; PARTS];

/// The table of a prepared key.
pub(super) type Prepared = Table<Affine, 8, 8>;

/// A table to be filled.
pub(super) const EMPTY: Prepared = [[UNSET; 8]; 8];

/// An entry to be set. It is not a point.
const UNSET: Affine = Affine { x: FieldElement::ZERO, y: FieldElement::ZERO };

/// Whether tables are large. With words of 32 bits, read-only memory and stack are scarce.
const LARGE: bool = FieldElement::WORD_BITS == 64;

/// The table of an unprepared key.
type Multiples = Table<Addend, KEY_MULTIPLES, 1>;

const KEY_MULTIPLES: usize = if LARGE { 8 } else { 4 };

static BASE: Table<Affine, { if LARGE { 64 } else { 16 } }, 1> = [points(&base::FIRST)];

/// Linked only into programs that prepare a key.
static BASE_PREPARED: Table<Affine, { if LARGE { 16 } else { 8 } }, 8> = {
    let [one, two, three, four, five, six, seven] = &base::OTHERS;
    [
        points(&base::FIRST),
        points(one),
        points(two),
        points(three),
        points(four),
        points(five),
        points(six),
        points(seven),
    ]
};

/// Converts the first `MULTIPLES` of these points.
#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler alone"
)]
const fn points<const MULTIPLES: usize>(coordinates: &[[u64; 4]]) -> [Affine; MULTIPLES] {
    let mut points = [UNSET; MULTIPLES];
    let mut number = 0;
    while number < MULTIPLES {
        points[number] = Affine {
            x: FieldElement::from_words(coordinates[2 * number]),
            y: FieldElement::from_words(coordinates[2 * number + 1]),
        };
        number += 1;
    }
    points
}

/// Fills the table of a point.
#[inline(never)]
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
    // For each multiple, its Z and the product of the Zs before it.
    let mut zs = [[(FieldElement::ONE, FieldElement::ONE); MULTIPLES]; PARTS];
    let mut base = Jacobian::from_affine(point);
    let mut part = 0;
    while part < PARTS {
        let mut multiple = base;
        base.double();
        let step = Addend::new(&base);
        let mut number = 0;
        while number < MULTIPLES {
            table[part][number] = Affine { x: multiple.x, y: multiple.y };
            zs[part][number] = (multiple.z, product);
            product = product.mul(&multiple.z);
            number += 1;
            if number < MULTIPLES {
                multiple.add(&step, false);
            }
        }
        part += 1;
        let mut doublings = 1;
        while part < PARTS && doublings < 256 / PARTS {
            base.double();
            doublings += 1;
        }
    }
    // The inverse of all Zs together, then of each.
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

/// Computes `u1 * G + u2 * Q` for an unprepared key. Scalars are big-endian.
#[inline(never)]
pub(super) fn sum_vartime(u1: &[u8; 32], u2: &[u8; 32], q: &Affine) -> Jacobian {
    let mut table: Multiples = [[Addend::UNSET; KEY_MULTIPLES]];
    make_multiples(&mut table, q);
    sum_of_columns(u1, &BASE, u2, &table)
}

/// Computes the odd multiples of a point, as a table of one part.
#[inline(never)]
fn make_multiples(table: &mut Multiples, q: &Affine) {
    let mut multiple = Jacobian::from_affine(q);
    let mut step = multiple;
    step.double();
    let step = Addend::new(&step);
    let [[first, others @ ..]] = table;
    *first = Addend::new(&multiple);
    for place in others {
        multiple.add(&step, false);
        *place = Addend::new(&multiple);
    }
}

/// Computes `u1 * G + u2 * Q` for a prepared key.
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
        sum.double();
        u1.add_column(&mut sum, column, base);
        u2.add_column(&mut sum, column, key);
    }
    sum
}

/// The digits of a scalar.
struct Digits {
    /// The lowest first: zero, or odd with a magnitude below 2^(w-1).
    digits: [i8; 256],
    /// Whether a one is carried out of the highest digit.
    carried: bool,
}

impl Digits {
    /// Computes the digits for a table of this many odd multiples.
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
            // Bits equal to the carry give digits of zero, and the same carry.
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

    /// Adds the carry out of the highest digit: a one, 256/P digits above the lowest digit of the last part.
    fn add_carried<M: Multiple, const MULTIPLES: usize, const PARTS: usize>(
        &self,
        sum: &mut Jacobian,
        table: &Table<M, MULTIPLES, PARTS>,
    ) {
        if self.carried
            && let Some([once, ..]) = table.last().map(<[M; MULTIPLES]>::as_slice)
        {
            once.add_to(sum, false);
        }
    }

    /// Adds the multiples for the digits of a column.
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
        for (part, multiples) in table.iter().enumerate() {
            // The remainders change nothing: they show the compiler that the indices are in bounds.
            let digit = self.digits[(part * (256 / PARTS) + column) % 256];
            if digit != 0 {
                let place = usize::from(digit.unsigned_abs() / 2);
                debug_assert!(digit % 2 != 0 && place < MULTIPLES, "digit {digit} of {MULTIPLES} multiples");
                multiples[place % MULTIPLES].add_to(sum, digit < 0);
            }
        }
    }
}

#[cfg(test)]
mod tests;
