//! The operations on words that the field consists of. There are no others, so that the functions of the
//! field can also run on words that keep a record.
//!
//! All are inlined, also where a build is optimized for size: without, ES256 takes 25 % more instructions on
//! a Cortex-M0.

/// The carry out of a sum, or the borrow of a difference: zero or one.
pub(super) type Carry = bool;

macro_rules! words {
    ($Word:ident) => {
        use super::Carry;

        pub(in super::super) type Word = $Word;

        /// `a + b + carry`
        #[inline(always)]
        pub(in super::super) const fn carrying_add(a: Word, b: Word, carry: Carry) -> (Word, Carry) {
            // WebAssembly has no carry, and words twice as long.
            if cfg!(target_arch = "wasm32") && Word::BITS == 32 {
                let sum = (a as u64).wrapping_add(b as u64).wrapping_add(carry as u64);
                return (sum as Word, sum >> 32 != 0);
            }
            // A carry that stays a `bool` between sums compiles to an addition with carry.
            let (sum, first) = a.overflowing_add(b);
            let (sum, second) = sum.overflowing_add(carry as Word);
            (sum, first | second)
        }

        /// `a - b`
        #[inline(always)]
        pub(in super::super) const fn overflowing_sub(a: Word, b: Word) -> (Word, Carry) {
            a.overflowing_sub(b)
        }

        /// `word` if there is a carry, zero otherwise.
        #[inline(always)]
        pub(in super::super) const fn if_carry(carry: Carry, word: Word) -> Word {
            word & (carry as Word).wrapping_neg()
        }
    };
}

/// Words of 64 bits.
#[cfg(any(test, all(target_pointer_width = "64", not(jose_core_words = "32"))))]
#[expect(clippy::as_conversions, reason = "a constant function has no other conversion")]
pub(super) mod word64 {
    words!(u64);

    /// `a - b - borrow`
    #[inline(always)]
    pub(in super::super) const fn borrowing_sub(a: Word, b: Word, borrow: Carry) -> (Word, Carry) {
        let (difference, first) = a.overflowing_sub(b);
        let (difference, second) = difference.overflowing_sub(borrow as Word);
        (difference, first | second)
    }

    /// `a * b + c + d`, the low word first. It cannot overflow.
    #[inline(always)]
    pub(in super::super) const fn mul_add(a: Word, b: Word, c: Word, d: Word) -> (Word, Word) {
        let sum = (a as u128).wrapping_mul(b as u128).wrapping_add(c as u128).wrapping_add(d as u128);
        (sum as Word, (sum >> Word::BITS) as Word)
    }

    /// `word * 2^32`, the low word first.
    #[inline(always)]
    pub(in super::super) const fn shift32(word: Word) -> (Word, Word) {
        (word << 32, word >> 32)
    }
}

/// Words of 32 bits.
#[cfg(any(test, not(target_pointer_width = "64"), jose_core_words = "32"))]
#[expect(clippy::as_conversions, reason = "a constant function has no other conversion")]
pub(super) mod word32 {
    words!(u32);

    /// `a - b - borrow`
    #[inline(always)]
    pub(in super::super) const fn borrowing_sub(a: Word, b: Word, borrow: Carry) -> (Word, Carry) {
        if cfg!(target_arch = "wasm32") {
            let difference = (a as u64).wrapping_sub(b as u64).wrapping_sub(borrow as u64);
            return (difference as Word, difference >> 63 != 0);
        }
        // As an Arm processor does it. Written as two differences, it took five instructions there.
        let (difference, carry) = carrying_add(a, !b, !borrow);
        (difference, !carry)
    }

    /// `a * b + c + d`, the low word first. It cannot overflow.
    #[inline(always)]
    pub(in super::super) const fn mul_add(a: Word, b: Word, c: Word, d: Word) -> (Word, Word) {
        // Armv6-M has no product of two words. It also lacks atomic operations, which distinguish it from
        // other Arm targets.
        let sum = if cfg!(all(target_arch = "arm", not(target_has_atomic = "32"))) {
            mul_add_by_halves(a, b, c).wrapping_add(d as u64)
        } else {
            (a as u64).wrapping_mul(b as u64).wrapping_add(c as u64).wrapping_add(d as u64)
        };
        (sum as Word, (sum >> Word::BITS) as Word)
    }

    /// `a * b + c`, from products that fit into a word.
    #[inline(always)]
    #[expect(clippy::arithmetic_side_effects, reason = "(2^16 - 1)^2 + 2 * (2^16 - 1) = 2^32 - 1")]
    const fn mul_add_by_halves(a: Word, b: Word, c: Word) -> u64 {
        let (a_low, a_high) = (a & 0xffff, a >> 16);
        let (b_low, b_high) = (b & 0xffff, b >> 16);
        let low = a_low * b_low + (c & 0xffff);
        let across = a_low * b_high + (c >> 16);
        let middle = a_high * b_low + (low >> 16) + (across & 0xffff);
        let high = a_high * b_high + (across >> 16) + (middle >> 16);
        (high as u64) << 32 | (middle << 16 | low & 0xffff) as u64
    }
}
