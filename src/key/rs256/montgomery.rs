//! Powers modulo an odd number, in Montgomery form. All data here is public.
//!
//! The arithmetic is that of crypto-bigint's `UintRef`, a number of any length: one row of a product
//! at a time. Its `FixedMontyForm` would do the same in as much time; but it comes once for each
//! width of modulus, and needs long division for the parameters, which together take 29 KB of a
//! device's flash where this takes 2 KB.

use core::cmp::Ordering;

use crypto_bigint::{Limb, UintRef, Word};

/// The widest modulus: 4096 bits.
pub(super) const MOST_LIMBS: usize = limbs(4096);

/// How many limbs hold this many bits.
const fn limbs(bits: usize) -> usize {
    bits.div_ceil(Limb::BYTES.saturating_mul(8))
}

/// A number of up to 4096 bits, the lowest limb first.
type Number = [Limb; MOST_LIMBS];

/// A product of two numbers.
type Wide = [Limb; 2 * MOST_LIMBS];

/// A modulus and what depends on it alone.
#[derive(Clone)]
pub(super) struct Modulus {
    /// How many limbs it has.
    len: usize,
    modulus: Number,
    /// R^2 modulo the modulus, R being two to the power of the bits in `len` limbs.
    radix_squared: Number,
    /// -1/modulus, modulo the range of a limb.
    inverse: Limb,
}

impl Modulus {
    /// The modulus that the octets write, big-endian, and that has so many bits. It is odd.
    pub(super) fn new(octets: &[u8], bits: usize) -> Self {
        let modulus = number(octets);
        let low = modulus.first().copied().unwrap_or(Limb::ONE);
        // An odd number is its own inverse in the lowest three bits, and each step of Newton's method
        // doubles their number.
        let two = Limb::from(2_u8);
        let steps =
            (0..5).fold(low, |inverse, _| inverse.wrapping_mul(two.wrapping_sub(low.wrapping_mul(inverse))));
        let inverse = steps.wrapping_neg();

        let len = limbs(bits);
        let mut new = Self { len, modulus, radix_squared: [Limb::ZERO; MOST_LIMBS], inverse };
        // The greatest power of two below the modulus, doubled until it is R*2^len. Squaring in
        // Montgomery form doubles the exponent behind R, until that is the bits of R.
        let width = Limb::BYTES.saturating_mul(8);
        let mut power = [Limb::ZERO; MOST_LIMBS];
        let top = bits.saturating_sub(1);
        UintRef::new_mut(&mut power).set_bit_vartime(u32::try_from(top).unwrap_or(0), true);
        for _ in top..len.saturating_mul(width).saturating_add(len) {
            let carry = UintRef::new_mut(prefix_mut(&mut power, len)).shl1_assign();
            new.reduce_once(&mut power, carry);
        }
        let mut wide: Wide = [Limb::ZERO; 2 * MOST_LIMBS];
        for _ in 0..width.trailing_zeros() {
            new.square(&mut power, &mut wide);
        }
        new.radix_squared = power;
        new
    }

    /// Whether both are the same number.
    pub(super) fn is_equal(&self, other: &Self) -> bool {
        self.modulus == other.modulus
    }

    /// Whether the number is below the modulus.
    pub(super) fn exceeds(&self, number: &Number) -> bool {
        self.limbs().cmp_vartime(UintRef::new(prefix(number, self.len))) == Ordering::Greater
    }

    /// `base`, which is below the modulus, to the power of `exponent`, which is odd and above one.
    pub(super) fn power(&self, base: &Number, exponent: u64) -> Number {
        let mut wide: Wide = [Limb::ZERO; 2 * MOST_LIMBS];
        let mut factor = *base;
        self.multiply(&mut factor, &self.radix_squared, &mut wide);
        let mut result = factor;
        // From the second highest bit to the second lowest.
        let bits = 64_u32.saturating_sub(exponent.leading_zeros());
        for bit in (1..bits.saturating_sub(1)).rev() {
            self.square(&mut result, &mut wide);
            if (exponent >> bit) & 1 == 1 {
                self.multiply(&mut result, &factor, &mut wide);
            }
        }
        self.square(&mut result, &mut wide);
        // The lowest bit is set. A product of Montgomery forms carries the R that the product with a
        // plain number lacks, so that this last one leaves Montgomery form by itself.
        self.multiply(&mut result, base, &mut wide);
        result
    }

    fn limbs(&self) -> &UintRef {
        UintRef::new(prefix(&self.modulus, self.len))
    }

    /// Makes `a` the `a * b / R` modulo the modulus.
    #[inline(never)]
    fn multiply(&self, a: &mut Number, b: &Number, wide: &mut Wide) {
        prefix_mut(wide, self.len).fill(Limb::ZERO);
        let b = UintRef::new(prefix(b, self.len));
        for (place, a) in prefix(a, self.len).iter().enumerate() {
            add_row(wide, place, b, *a);
        }
        self.reduce(wide, a);
    }

    /// Makes `a` the `a * a / R` modulo the modulus: half of the products of limbs, twice, and the
    /// squares.
    #[inline(never)]
    fn square(&self, a: &mut Number, wide: &mut Wide) {
        prefix_mut(wide, self.len.saturating_mul(2)).fill(Limb::ZERO);
        let mut rest = prefix(a, self.len);
        let mut place = 1;
        while let [first, others @ ..] = rest {
            add_row(wide, place, UintRef::new(others), *first);
            place = place.saturating_add(2);
            rest = others;
        }
        UintRef::new_mut(prefix_mut(wide, self.len.saturating_mul(2))).shl1_assign();
        let mut carry = Limb::ZERO;
        for (a, [low, high]) in prefix(a, self.len).iter().zip(wide.as_chunks_mut().0) {
            let product;
            (*low, product) = a.carrying_mul_add(*a, *low, carry);
            (*high, carry) = high.overflowing_add(product);
        }
        self.reduce(wide, a);
    }

    /// Makes `number` the `wide / R` modulo the modulus, for a product of two numbers below it.
    #[inline(always)]
    fn reduce(&self, wide: &mut Wide, number: &mut Number) {
        let mut top = Limb::ZERO;
        for place in 0..self.len {
            let lowest = wide.get(place).copied().unwrap_or(Limb::ZERO);
            // This multiple of the modulus makes the lowest limb zero.
            let carry = row(wide, place, self.limbs(), lowest.wrapping_mul(self.inverse));
            if let Some(next) = wide.get_mut(place.saturating_add(self.len)) {
                (*next, top) = next.carrying_add(carry, top);
            }
        }
        let high = wide.iter().skip(self.len);
        prefix_mut(number, self.len).iter_mut().zip(high).for_each(|(place, limb)| *place = *limb);
        self.reduce_once(number, top);
    }

    /// Subtracts the modulus from a number, if `carry` on top of it or the number itself says that it
    /// is not below. It is below twice the modulus.
    fn reduce_once(&self, number: &mut Number, carry: Limb) {
        if carry != Limb::ZERO || !self.exceeds(number) {
            UintRef::new_mut(prefix_mut(number, self.len)).borrowing_sub_assign(self.limbs(), Limb::ZERO);
        }
    }
}

/// Adds `factor * number` to the limbs from `place` on, and gives what is carried out of the last.
#[inline(always)]
fn row(wide: &mut [Limb], place: usize, number: &UintRef, factor: Limb) -> Limb {
    let end = place.saturating_add(number.nlimbs());
    let limbs = wide.get_mut(place..end).unwrap_or_default();
    // The lengths are the same, and this tells the compiler.
    if limbs.len() != number.nlimbs() {
        return Limb::ZERO;
    }
    UintRef::new_mut(limbs).carrying_add_assign_mul_limb(number, factor, Limb::ZERO)
}

/// The same, where the limb behind is still zero and takes what is carried.
#[inline(always)]
fn add_row(wide: &mut [Limb], place: usize, number: &UintRef, factor: Limb) {
    let carry = row(wide, place, number, factor);
    if let Some(next) = wide.get_mut(place.saturating_add(number.nlimbs())) {
        *next = carry;
    }
}

fn prefix(number: &[Limb], len: usize) -> &[Limb] {
    number.get(..len).unwrap_or_default()
}

fn prefix_mut(number: &mut [Limb], len: usize) -> &mut [Limb] {
    number.get_mut(..len).unwrap_or_default()
}

/// The number that the octets write, big-endian. There are no more of them than fit.
pub(super) fn number(octets: &[u8]) -> Number {
    let mut number = [Limb::ZERO; MOST_LIMBS];
    for (limb, octets) in number.iter_mut().zip(octets.rchunks(Limb::BYTES)) {
        limb.0 = octets.iter().fold(0, |word: Word, octet| (word << 8) | Word::from(*octet));
    }
    number
}
