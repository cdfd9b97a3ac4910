//! Powers modulo an odd number, in Montgomery form. All data here is public, so time may depend on it.
//!
//! The same code serves moduli of any size. A product is computed in rows, as in long multiplication, with
//! digits of four words: a digit of one factor times all of the other. Sums, differences and doubles are rows
//! too, with the factor one.
//!
//! The modular arithmetic of `crypto-bigint` is compiled once for each width of modulus, and needs long
//! division for its parameters: more of a device's flash than this.

#[cfg(test)]
mod tests;

use core::ops::Not;

use super::word::{Digit, Word, multiply_add};

/// A modulus of up to `N` digits, and values derived from it.
#[derive(Clone)]
pub(super) struct Modulus<W, const N: usize> {
    /// The number of digits used by the modulus and by numbers below it. The others are zero.
    len: usize,
    modulus: [Digit<W>; N],
    /// R^2 modulo the modulus, where R is two to the power of the bits in `len` digits.
    radix_squared: [Digit<W>; N],
    /// Returns -1/modulus, modulo the range of a word.
    inverse: W,
}

impl<W: Word, const N: usize> Modulus<W, N> {
    /// Creates the modulus that the octets encode, big-endian. It must be odd and have this many bits.
    pub(super) fn new(octets: &[u8], bits: usize) -> Self {
        let len = bits.div_ceil(W::DIGIT_BITS);
        let modulus = number(octets);
        let mut new = Self { len, modulus, radix_squared: [[W::ZERO; 4]; N], inverse: inverse(modulus) };

        // The greatest power of two below the modulus, doubled until it is R*2^(4 len). Squaring in
        // Montgomery form then doubles the exponent after R, until it is the number of bits of R.
        #[expect(clippy::arithmetic_side_effects, reason = "the size of a number that exists")]
        let (top, end) = (bits - 1, len * const { W::DIGIT_BITS + 4 });
        let mut power = [[W::ZERO; 4]; N];
        W::set_bit(power.as_flattened_mut(), top);
        let residues = new.residues();
        let digits = prefix_mut(&mut power, len);
        for _ in top..end {
            let carry = double(digits);
            residues.reduce_once(digits, carry);
        }
        let mut wide = [[[W::ZERO; 4]; 2]; N];
        let wide = prefix_mut(&mut wide, len).as_flattened_mut();
        for _ in 0..const { (W::DIGIT_BITS / 4).trailing_zeros() } {
            residues.square(digits, wide);
        }
        new.radix_squared = power;
        new
    }

    /// Returns whether both are the same number.
    pub(super) fn is_equal(&self, other: &Self) -> bool {
        self.modulus == other.modulus
    }

    /// Returns whether the number is below the modulus.
    pub(super) fn exceeds(&self, number: &[Digit<W>; N]) -> bool {
        !self.residues().is_reached_by(prefix(number, self.len))
    }

    /// Raises a number below the modulus to an odd exponent above one.
    #[inline(never)]
    pub(super) fn raise(&self, number: &mut [Digit<W>; N], exponent: u64) {
        debug_assert!(exponent % 2 == 1 && exponent > 1, "{exponent} is even or one");
        let Some(highest) = exponent.checked_ilog2() else { return };
        let residues = self.residues();
        let mut wide = [[[W::ZERO; 4]; 2]; N];
        let wide = prefix_mut(&mut wide, self.len).as_flattened_mut();

        let base = *number;
        residues.multiply(prefix_mut(number, self.len), prefix(&self.radix_squared, self.len), wide);
        let factor = *number;
        let result = prefix_mut(number, self.len);
        // From the second highest bit to the second lowest.
        for bit in (1..highest).rev() {
            residues.square(result, wide);
            if (exponent >> bit) & 1 == 1 {
                residues.multiply(result, prefix(&factor, self.len), wide);
            }
        }
        residues.square(result, wide);
        // The lowest bit is set. `multiply` divides by R, and `base` has no factor R: this last product
        // leaves Montgomery form.
        residues.multiply(result, prefix(&base, self.len), wide);
    }

    fn residues(&self) -> Residues<'_, W> {
        Residues { modulus: prefix(&self.modulus, self.len), inverse: self.inverse }
    }
}

/// Returns the number that the octets encode, big-endian. They must fit.
pub(super) fn number<W: Word, const N: usize>(octets: &[u8]) -> [Digit<W>; N] {
    let mut number = [[W::ZERO; 4]; N];
    debug_assert!(octets.len() <= size_of_val(&number), "{} octets do not fit", octets.len());
    for (word, octets) in number.as_flattened_mut().iter_mut().zip(octets.rchunks(W::OCTETS)) {
        *word = W::from_octets(octets);
    }
    number
}

/// Writes the number to octets, big-endian. There must be as many as the number can have.
#[cfg(feature = "_pss")]
pub(super) fn octets<W: Word, const N: usize>(number: &[Digit<W>; N], octets: &mut [u8]) {
    debug_assert_eq!(octets.len(), size_of_val(number), "every octet has a place");
    for (word, octets) in number.as_flattened().iter().zip(octets.rchunks_mut(W::OCTETS)) {
        word.write(octets);
    }
}

/// Returns -1/modulus, modulo the range of a word.
fn inverse<W: Word, const N: usize>(modulus: [Digit<W>; N]) -> W {
    let [lowest, ..] = modulus.as_flattened() else { return W::ONE };
    // Finds x with lowest*x = -1, so that x*(2 + lowest*x) = x. An odd number is its own inverse in the
    // lowest three bits, and each step doubles the number of correct bits: 6, 12, 24, 48, 96.
    let two = W::ONE.wrapping_add(W::ONE);
    let negative = (!*lowest).wrapping_add(W::ONE);
    (0..5).fold(negative, |x, _| x.wrapping_mul(two.wrapping_add(lowest.wrapping_mul(x))))
}

/// Arithmetic with numbers below a modulus, in as many digits as it has.
struct Residues<'m, W> {
    modulus: &'m [Digit<W>],
    inverse: W,
}

impl<W: Word> Residues<'_, W> {
    /// Sets `a` to `a * b / R` modulo the modulus. `wide` is space for the product.
    fn multiply(&self, a: &mut [Digit<W>], b: &[Digit<W>], wide: &mut [Digit<W>]) {
        prefix_mut(wide, b.len()).fill([W::ZERO; 4]);
        let mut rest = &mut *wide;
        for factor in &*a {
            let Some((row, [next, ..])) = rest.split_at_mut_checked(b.len()) else { break };
            *next = add_row(row, *factor, b, [W::ZERO; 4]);
            let [_, above @ ..] = rest else { break };
            rest = above;
        }
        debug_assert_eq!(rest.len(), b.len(), "each factor has had its row");
        self.reduce(wide, a);
    }

    /// Sets `a` to `a * a / R` modulo the modulus: twice the products of two different digits, and the
    /// squares. `wide` is space for the product.
    fn square(&self, a: &mut [Digit<W>], wide: &mut [Digit<W>]) {
        prefix_mut(wide, a.len()).fill([W::ZERO; 4]);
        let (mut factors, mut rest) = (&*a, &mut *wide);
        while let [factor, others @ ..] = factors {
            if let [_, row @ ..] = &mut *rest
                && let Some((row, [next, ..])) = row.split_at_mut_checked(others.len())
            {
                *next = add_row(row, *factor, others, [W::ZERO; 4]);
            }
            let [_, _, above @ ..] = rest else { break };
            (factors, rest) = (others, above);
        }
        debug_assert!(factors.is_empty() && rest.is_empty(), "each factor has had its row");
        let (mut doubled, mut carry) = (W::ZERO, W::ZERO);
        for (digit, [low, high]) in a.iter().zip(wide.as_chunks_mut().0) {
            (*low, doubled) = W::multiply_add(W::ONE, *low, *low, doubled);
            (*high, doubled) = W::multiply_add(W::ONE, *high, *high, doubled);
            let product;
            (*low, product) = multiply_add(*digit, *digit, *low, [carry, W::ZERO, W::ZERO, W::ZERO]);
            (*high, carry) = W::multiply_add(W::ONE, product, *high, W::ZERO);
        }
        debug_assert!(doubled == W::ZERO && carry == W::ZERO, "a square has twice the digits");
        self.reduce(wide, a);
    }

    /// Sets `number` to `wide / R` modulo the modulus, for a product of two numbers below it.
    #[inline(never)]
    fn reduce(&self, wide: &mut [Digit<W>], number: &mut [Digit<W>]) {
        let [lowest, others @ ..] = self.modulus else { return };
        let (mut rest, mut top) = (wide, W::ZERO);
        // While there is a digit above those that the modulus reaches.
        while let Some(([first, row @ ..], [next, ..])) = rest.split_at_mut_checked(self.modulus.len()) {
            let (factor, carry) = clear(self.inverse, *lowest, *first);
            let carry = add_row(row, factor, others, carry);
            (*next, top) = W::multiply_add(W::ONE, carry, *next, top);
            let [_, above @ ..] = rest else { break };
            rest = above;
        }
        debug_assert_eq!(rest.len(), number.len(), "as many digits as the modulus has are left");
        number.iter_mut().zip(rest).for_each(|(digit, high)| *digit = *high);
        self.reduce_once(number, top);
    }

    /// Subtracts the modulus from a number that is not below it, as `carry` above the number or the number
    /// itself shows. Once is enough: the number is below twice the modulus. That holds for the double of a
    /// number below the modulus, and for a reduction, (wide + factor * modulus) / R with wide below modulus *
    /// R and the factor below R.
    fn reduce_once(&self, number: &mut [Digit<W>], carry: W) {
        if carry != W::ZERO || self.is_reached_by(number) {
            // The complement plus one is the negative.
            let mut one = W::ONE;
            for (digit, modulus) in number.iter_mut().zip(self.modulus) {
                (*digit, one) = W::multiply_add(W::ONE, modulus.map(Not::not), *digit, one);
            }
        }
    }

    /// Returns whether the number is the modulus or above it.
    fn is_reached_by(&self, number: &[Digit<W>]) -> bool {
        number.as_flattened().iter().rev().cmp(self.modulus.as_flattened().iter().rev()).is_ge()
    }
}

/// Adds `factor * number + carry` to a row of the sum, and returns the digit carried out of it.
#[inline(never)]
fn add_row<W: Word>(
    row: &mut [Digit<W>],
    factor: Digit<W>,
    number: &[Digit<W>],
    mut carry: Digit<W>,
) -> Digit<W> {
    debug_assert_eq!(row.len(), number.len(), "a row is as long as the number");
    for (sum, digit) in row.iter_mut().zip(number) {
        (*sum, carry) = multiply_add(factor, *digit, *sum, carry);
    }
    carry
}

/// Returns the factor whose product with a modulus makes the lowest digit of the sum zero, and the carry out
/// of that digit. `lowest` is the lowest digit of the modulus.
fn clear<W: Word>(inverse: W, lowest: Digit<W>, sum: Digit<W>) -> (Digit<W>, Digit<W>) {
    let [s0, ..] = sum;
    let f0 = s0.wrapping_mul(inverse);
    let ([_, s1, s2, s3], s4) = W::multiply_add(f0, lowest, sum, W::ZERO);
    let f1 = s1.wrapping_mul(inverse);
    let ([_, s2, s3, s4], s5) = W::multiply_add(f1, lowest, [s1, s2, s3, s4], W::ZERO);
    let f2 = s2.wrapping_mul(inverse);
    let ([_, s3, s4, s5], s6) = W::multiply_add(f2, lowest, [s2, s3, s4, s5], W::ZERO);
    let f3 = s3.wrapping_mul(inverse);
    let ([_, s4, s5, s6], s7) = W::multiply_add(f3, lowest, [s3, s4, s5, s6], W::ZERO);
    ([f0, f1, f2, f3], [s4, s5, s6, s7])
}

/// Doubles a number, and returns the carry.
fn double<W: Word>(number: &mut [Digit<W>]) -> W {
    let mut carry = W::ZERO;
    for digit in number {
        (*digit, carry) = W::multiply_add(W::ONE, *digit, *digit, carry);
    }
    carry
}

/// Returns the used part of a number, or of the space for a product.
fn prefix<T>(whole: &[T], len: usize) -> &[T] {
    debug_assert!(len <= whole.len(), "{len} of {} digits", whole.len());
    whole.get(..len).unwrap_or(whole)
}

fn prefix_mut<T>(whole: &mut [T], len: usize) -> &mut [T] {
    debug_assert!(len <= whole.len(), "{len} of {} digits", whole.len());
    whole.split_at_mut(len.min(whole.len())).0
}
