//! Words of 32 and 64 bits, digits of four words, and the one operation that multiplies, adds and doubles
//! numbers. All data here is public, so time may depend on it.
//!
//! The functions with digits are inlined: without, RS256 takes 23 % more instructions on x86-64, and 2.4
//! times as many on a Cortex-M4.

use core::ops::Not;

/// Four words, the lowest first. Numbers consist of digits, so that a row of a product reads and writes four
/// words of the sum for sixteen products.
pub(super) type Digit<W> = [W; 4];

/// A word of the processor.
pub(super) trait Word: Copy + Ord + Not<Output = Self> + 'static {
    const ZERO: Self;
    const ONE: Self;
    const OCTETS: usize;
    const DIGIT_BITS: usize = Self::OCTETS * 32;

    /// Returns the number that at most `OCTETS` octets encode, big-endian.
    fn from_octets(octets: &[u8]) -> Self;

    /// Writes `OCTETS` octets, big-endian.
    #[cfg(feature = "_pss")]
    fn write(self, octets: &mut [u8]);

    /// Sets the bit at this position of a number, the lowest word first.
    fn set_bit(number: &mut [Self], place: usize);

    fn wrapping_add(self, other: Self) -> Self;

    fn wrapping_mul(self, other: Self) -> Self;

    /// `sum + factor * number + carry`: its lowest four words, and the one above. These are enough: with all
    /// words at their maximum it is 2^(5 w) - 1.
    fn multiply_add(factor: Self, number: Digit<Self>, sum: Digit<Self>, carry: Self) -> (Digit<Self>, Self);
}

macro_rules! word {
    ($word:ident, $wide:ident, $($multiply_add:tt)*) => {
        impl Word for $word {
            const ZERO: Self = 0;
            const ONE: Self = 1;
            const OCTETS: usize = size_of::<Self>();

            fn from_octets(octets: &[u8]) -> Self {
                octets.iter().fold(0, |word, octet| (word << 8) | Self::from(*octet))
            }

            #[cfg(feature = "_pss")]
            fn write(self, octets: &mut [u8]) {
                octets.iter_mut().zip(self.to_be_bytes()).for_each(|(place, octet)| *place = octet);
            }

            fn set_bit(number: &mut [Self], place: usize) {
                const BITS: usize = size_of::<$word>() * 8;
                if let Some(word) = number.get_mut(place / BITS) {
                    *word |= 1 << (place % BITS);
                }
            }

            fn wrapping_add(self, other: Self) -> Self {
                self.wrapping_add(other)
            }

            fn wrapping_mul(self, other: Self) -> Self {
                self.wrapping_mul(other)
            }

            $($multiply_add)*
        }

        impl WideningWord for $word {
            #[inline(always)]
            #[expect(clippy::arithmetic_side_effects, reason = "at the greatest (2^w - 1)^2 + 2 (2^w - 1) = 2^2w - 1")]
            #[expect(clippy::as_conversions, reason = "takes the lower and the upper half")]
            fn widening_multiply_add(self, other: Self, sum: Self, carry: Self) -> (Self, Self) {
                let wide = $wide::from(self) * $wide::from(other) + $wide::from(sum) + $wide::from(carry);
                (wide as Self, (wide >> Self::BITS) as Self)
            }
        }
    };
}

trait WideningWord: Sized {
    /// `self * other + sum + carry`: the lower word and the upper.
    fn widening_multiply_add(self, other: Self, sum: Self, carry: Self) -> (Self, Self);
}

word! { u32, u64,
    // One word of the sum after another: each is a single instruction (umaal) on a Cortex-M4, and a product
    // and two sums in registers of 64 bits.
    #[inline(always)]
    fn multiply_add(factor: u32, number: Digit<u32>, sum: Digit<u32>, carry: u32) -> (Digit<u32>, u32) {
        let [n0, n1, n2, n3] = number;
        let [s0, s1, s2, s3] = sum;
        let (s0, carry) = factor.widening_multiply_add(n0, s0, carry);
        let (s1, carry) = factor.widening_multiply_add(n1, s1, carry);
        let (s2, carry) = factor.widening_multiply_add(n2, s2, carry);
        let (s3, carry) = factor.widening_multiply_add(n3, s3, carry);
        ([s0, s1, s2, s3], carry)
    }
}

word! { u64, u128,
    // The product first, and then the sum: two chains of additions with carry, ten instructions where one
    // word after another takes sixteen.
    #[inline(always)]
    fn multiply_add(factor: u64, number: Digit<u64>, sum: Digit<u64>, carry: u64) -> (Digit<u64>, u64) {
        let [n0, n1, n2, n3] = number;
        let [s0, s1, s2, s3] = sum;
        let (p0, high0) = factor.widening_multiply_add(n0, 0, carry);
        let (low1, high1) = factor.widening_multiply_add(n1, 0, 0);
        let (low2, high2) = factor.widening_multiply_add(n2, 0, 0);
        let (low3, high3) = factor.widening_multiply_add(n3, 0, 0);
        let (p1, carry) = carrying_add(low1, high0, false);
        let (p2, carry) = carrying_add(low2, high1, carry);
        let (p3, carry) = carrying_add(low3, high2, carry);
        let (p4, none) = carrying_add(high3, 0, carry);
        debug_assert!(!none, "a product of four words and one has five");
        let (s0, carry) = carrying_add(s0, p0, false);
        let (s1, carry) = carrying_add(s1, p1, carry);
        let (s2, carry) = carrying_add(s2, p2, carry);
        let (s3, carry) = carrying_add(s3, p3, carry);
        let (s4, none) = carrying_add(p4, 0, carry);
        debug_assert!(!none, "the sum has five words");
        ([s0, s1, s2, s3], s4)
    }
}

/// `sum + factor * number + carry`: the lower digit and the upper.
#[inline(always)]
pub(super) fn multiply_add<W: Word>(
    factor: Digit<W>,
    number: Digit<W>,
    sum: Digit<W>,
    carry: Digit<W>,
) -> (Digit<W>, Digit<W>) {
    let [f0, f1, f2, f3] = factor;
    let [c0, c1, c2, c3] = carry;
    // Each word of the factor, one position above the one before.
    let ([r0, s1, s2, s3], s4) = W::multiply_add(f0, number, sum, c0);
    let ([r1, s2, s3, s4], s5) = W::multiply_add(f1, number, [s1, s2, s3, s4], c1);
    let ([r2, s3, s4, s5], s6) = W::multiply_add(f2, number, [s2, s3, s4, s5], c2);
    let ([r3, s4, s5, s6], s7) = W::multiply_add(f3, number, [s3, s4, s5, s6], c3);
    ([r0, r1, r2, r3], [s4, s5, s6, s7])
}

/// `a + b + carry`, and the carry out of it.
#[inline(always)]
const fn carrying_add(a: u64, b: u64, carry: bool) -> (u64, bool) {
    #[expect(clippy::as_conversions, reason = "zero or one; `From` is not const")]
    let carry = carry as u64;
    let (sum, first) = a.overflowing_add(b);
    let (sum, second) = sum.overflowing_add(carry);
    // `||` would be a branch to the compiler, which then does not see an addition with carry: a verification
    // takes twice the time.
    (sum, first | second)
}
