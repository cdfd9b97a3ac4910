//! The field of P-256: integers modulo p = 2^256 - 2^224 + 2^192 + 2^96 - 1 (SP 800-186 §3.2.1.3).
//!
//! An element a is kept as a * R modulo p with R = 2^256 (Montgomery form), and always below p, so that equal
//! elements have equal words. All data here is public, so time may depend on it.
//!
//! Words have 64 bits on targets with pointers of 64 bits, and 32 bits otherwise. `--cfg
//! jose_core_words="32"` selects 32 bits everywhere, for tests. The functions are `const`, so that a prepared
//! key can be a constant.

#[cfg(any(test, not(target_pointer_width = "64"), jose_core_words = "32"))]
mod limbs32;
#[cfg(any(test, all(target_pointer_width = "64", not(jose_core_words = "32"))))]
mod limbs64;
mod words;

#[cfg(any(not(target_pointer_width = "64"), jose_core_words = "32"))]
use self::{limbs32 as limbs, words::word32::Word};
#[cfg(all(target_pointer_width = "64", not(jose_core_words = "32")))]
use self::{limbs64 as limbs, words::word64::Word};

const WORDS: usize = limbs::P.as_flattened().len();

/// An integer modulo p, in Montgomery form and below p.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FieldElement(limbs::Limbs);

impl FieldElement {
    pub(super) const WORD_BITS: u32 = Word::BITS;

    pub(super) const ZERO: Self = Self([[0; 4]; WORDS / 4]);

    /// R modulo p: the integer 1, doubled 256 times.
    pub(super) const ONE: Self = Self::plain(1).double_n(256);

    /// The square of R.
    const R_SQUARED: Self = Self::ONE.double_n(256);

    /// Wraps a small integer, not in Montgomery form.
    const fn plain(integer: Word) -> Self {
        let Self(mut limbs) = Self::ZERO;
        limbs[0][0] = integer;
        Self(limbs)
    }

    /// Wraps the words of an element in Montgomery form, below p: 64 bits each, the lowest first.
    #[expect(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        reason = "evaluated by the compiler alone"
    )]
    pub(super) const fn from_words(words: [u64; 4]) -> Self {
        let Self(mut limbs) = Self::ZERO;
        let kept = limbs.as_flattened_mut();
        let mut place = 0;
        while place < WORDS {
            kept[place] = (words[place * 4 / WORDS] >> (place * 256 / WORDS % 64)) as Word;
            place += 1;
        }
        assert!(limbs::minus_p(&limbs).1, "an element is below p");
        Self(limbs)
    }

    /// Returns the element that the bytes encode, big-endian, if it is below p.
    #[expect(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "both arrays have 32 bytes")]
    pub(super) const fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        let Self(mut limbs) = Self::ZERO;
        let words = limbs.as_flattened_mut();
        let mut place = 0;
        while place < WORDS {
            let mut word = [0; 32 / WORDS];
            let mut byte = 0;
            while byte < word.len() {
                word[byte] = bytes[32 - (place + 1) * word.len() + byte];
                byte += 1;
            }
            words[place] = Word::from_be_bytes(word);
            place += 1;
        }
        let (_, below_p) = limbs::minus_p(&limbs);
        if below_p { Some(Self(limbs).mul(&Self::R_SQUARED)) } else { None }
    }

    /// Returns this element as an integer from 0 to p - 1, big-endian.
    pub(super) fn to_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        let Self(limbs) = self.mul(&Self::plain(1));
        for (bytes, word) in bytes.rchunks_exact_mut(32 / WORDS).zip(limbs.as_flattened()) {
            bytes.copy_from_slice(&word.to_be_bytes());
        }
        bytes
    }

    pub(super) const fn is_zero(&self) -> bool {
        let mut bits = 0;
        let mut words = self.0.as_flattened();
        while let [word, rest @ ..] = words {
            bits |= *word;
            words = rest;
        }
        bits == 0
    }

    // Inlined, as are the functions of limbs64: without, ES256 takes 20 % more instructions on x86-64.
    #[inline(always)]
    pub(super) const fn add(&self, other: &Self) -> Self {
        Self(limbs::add(&self.0, &other.0))
    }

    #[inline(always)]
    pub(super) const fn sub(&self, other: &Self) -> Self {
        Self(limbs::sub(&self.0, &other.0))
    }

    #[inline(always)]
    pub(super) const fn mul(&self, other: &Self) -> Self {
        Self(limbs::mul(&self.0, &other.0))
    }

    #[inline(always)]
    pub(super) const fn square(&self) -> Self {
        Self(limbs::square(&self.0))
    }

    #[inline(always)]
    pub(super) const fn double(&self) -> Self {
        self.add(self)
    }

    #[inline(always)]
    pub(super) const fn negate(&self) -> Self {
        Self::ZERO.sub(self)
    }

    /// `self * 2^n`
    #[expect(clippy::arithmetic_side_effects, reason = "counts down to zero")]
    const fn double_n(self, mut n: usize) -> Self {
        let mut product = self;
        while n > 0 {
            product = product.double();
            n -= 1;
        }
        product
    }

    /// `self^(2^n)`
    #[expect(clippy::arithmetic_side_effects, reason = "counts down to zero")]
    #[inline(never)]
    const fn square_n(self, mut n: usize) -> Self {
        let mut power = self;
        while n > 0 {
            power = power.square();
            n -= 1;
        }
        power
    }

    /// `1 / self` (and zero for zero), which is `self^(p - 2)`.
    ///
    /// The exponent is 2^256 - 2^224 + 2^192 + 2^96 - 3, in bits: 32 ones, 31 zeros, a one, 96 zeros, 94
    /// ones, a zero, a one. `ones_n` is `self` to the power of n ones.
    pub(super) const fn invert(&self) -> Self {
        let ones_2 = self.square_n(1).mul(self);
        let ones_3 = ones_2.square_n(1).mul(self);
        let ones_6 = ones_3.square_n(3).mul(&ones_3);
        let ones_12 = ones_6.square_n(6).mul(&ones_6);
        let ones_15 = ones_12.square_n(3).mul(&ones_3);
        let ones_30 = ones_15.square_n(15).mul(&ones_15);
        let ones_32 = ones_30.square_n(2).mul(&ones_2);
        let top = ones_32.square_n(32).mul(self);
        let ones_64_after_zeros = top.square_n(128).mul(&ones_32).square_n(32).mul(&ones_32);
        ones_64_after_zeros.square_n(30).mul(&ones_30).square_n(2).mul(self)
    }
}

#[cfg(test)]
mod tests;
