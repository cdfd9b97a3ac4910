//! The field in four words of 64 bits, the lowest first. Operands and results are below p unless a function
//! says otherwise. The functions are inlined: without, ES256 takes 26 % more instructions on x86-64.
//!
//! Montgomery reduction of a number t below p * 2^256:
//!
//! ```text
//! for i in 0..4 { m = t[i] * (-1/p) mod 2^64;  t += m * p * 2^(64 i) }    // t[i] is now zero
//! t / 2^256, minus p if that is p or more
//! ```
//!
//! Since p = 2^256 - 2^224 + 2^192 + 2^96 - 1:
//!
//! - -1/p = 1 modulo 2^64: m is the word t\[i\] itself;
//! - m*p + m = m * 2^96 + m * (2^64 - 2^32 + 1) * 2^192, which takes shifts, sums and differences;
//! - no m depends on the high half of t, which is added last.

use super::words::word64::{Word, borrowing_sub, carrying_add, if_carry, mul_add, overflowing_sub, shift32};

/// A number below 2^256, in one piece; an element of the field is below p.
pub(super) type Limbs = [[Word; 4]; 1];

/// p
pub(super) const P: Limbs = [[u64::MAX, 0xffff_ffff, 0, 0xffff_ffff_0000_0001]];

/// `a + b`
#[inline(always)]
pub(super) const fn add(a: &Limbs, b: &Limbs) -> Limbs {
    let ([[a0, a1, a2, a3]], [[b0, b1, b2, b3]]) = (*a, *b);
    let (t0, carry) = carrying_add(a0, b0, false);
    let (t1, carry) = carrying_add(a1, b1, carry);
    let (t2, carry) = carrying_add(a2, b2, carry);
    let (t3, carry) = carrying_add(a3, b3, carry);
    reduce_once([[t0, t1, t2, t3]], carry)
}

/// `a - b`
#[inline(always)]
pub(super) const fn sub(a: &Limbs, b: &Limbs) -> Limbs {
    let ([[a0, a1, a2, a3]], [[b0, b1, b2, b3]]) = (*a, *b);
    let (t0, borrow) = overflowing_sub(a0, b0);
    let (t1, borrow) = borrowing_sub(a1, b1, borrow);
    let (t2, borrow) = borrowing_sub(a2, b2, borrow);
    let (t3, borrow) = borrowing_sub(a3, b3, borrow);
    // A difference below zero is above -p: adding p once is enough, and the carry cancels the borrow.
    let [[p0, p1, _, p3]] = P;
    let (t0, carry) = carrying_add(t0, if_carry(borrow, p0), false);
    let (t1, carry) = carrying_add(t1, if_carry(borrow, p1), carry);
    let (t2, carry) = carrying_add(t2, 0, carry);
    let (t3, _) = carrying_add(t3, if_carry(borrow, p3), carry);
    [[t0, t1, t2, t3]]
}

/// `a * b / 2^256`
#[inline(always)]
pub(super) const fn mul(a: &Limbs, b: &Limbs) -> Limbs {
    let ([[a0, a1, a2, a3]], [[b0, b1, b2, b3]]) = (*a, *b);
    let (t0, carry) = mul_add(a0, b0, 0, 0);
    let (t1, carry) = mul_add(a0, b1, 0, carry);
    let (t2, carry) = mul_add(a0, b2, 0, carry);
    let (t3, t4) = mul_add(a0, b3, 0, carry);

    let (t1, carry) = mul_add(a1, b0, t1, 0);
    let (t2, carry) = mul_add(a1, b1, t2, carry);
    let (t3, carry) = mul_add(a1, b2, t3, carry);
    let (t4, t5) = mul_add(a1, b3, t4, carry);

    let (t2, carry) = mul_add(a2, b0, t2, 0);
    let (t3, carry) = mul_add(a2, b1, t3, carry);
    let (t4, carry) = mul_add(a2, b2, t4, carry);
    let (t5, t6) = mul_add(a2, b3, t5, carry);

    let (t3, carry) = mul_add(a3, b0, t3, 0);
    let (t4, carry) = mul_add(a3, b1, t4, carry);
    let (t5, carry) = mul_add(a3, b2, t5, carry);
    let (t6, t7) = mul_add(a3, b3, t6, carry);
    montgomery_reduce([[t0, t1, t2, t3]], [[t4, t5, t6, t7]])
}

/// `a * a / 2^256`
#[inline(always)]
pub(super) const fn square(a: &Limbs) -> Limbs {
    let [[a0, a1, a2, a3]] = *a;
    // The products of two different words, which count twice,
    let (t1, carry) = mul_add(a0, a1, 0, 0);
    let (t2, carry) = mul_add(a0, a2, 0, carry);
    let (t3, t4) = mul_add(a0, a3, 0, carry);
    let (t3, carry) = mul_add(a1, a2, t3, 0);
    let (t4, t5) = mul_add(a1, a3, t4, carry);
    let (t5, t6) = mul_add(a2, a3, t5, 0);

    let (t1, carry) = carrying_add(t1, t1, false);
    let (t2, carry) = carrying_add(t2, t2, carry);
    let (t3, carry) = carrying_add(t3, t3, carry);
    let (t4, carry) = carrying_add(t4, t4, carry);
    let (t5, carry) = carrying_add(t5, t5, carry);
    let (t6, carry) = carrying_add(t6, t6, carry);
    let (t7, _) = carrying_add(0, 0, carry);

    // and the squares of the words.
    let (t0, high0) = mul_add(a0, a0, 0, 0);
    let (low1, high1) = mul_add(a1, a1, 0, 0);
    let (low2, high2) = mul_add(a2, a2, 0, 0);
    let (low3, high3) = mul_add(a3, a3, 0, 0);
    let (t1, carry) = carrying_add(t1, high0, false);
    let (t2, carry) = carrying_add(t2, low1, carry);
    let (t3, carry) = carrying_add(t3, high1, carry);
    let (t4, carry) = carrying_add(t4, low2, carry);
    let (t5, carry) = carrying_add(t5, high2, carry);
    let (t6, carry) = carrying_add(t6, low3, carry);
    let (t7, _) = carrying_add(t7, high3, carry);
    montgomery_reduce([[t0, t1, t2, t3]], [[t4, t5, t6, t7]])
}

/// `(low + high * 2^256) / 2^256`, for a number below p * 2^256.
#[inline(always)]
pub(super) const fn montgomery_reduce(low: Limbs, high: Limbs) -> Limbs {
    // The multiples do not depend on the high half, which is added last.
    let [[t0, t1, t2, t3]] = reduce_word(reduce_word(reduce_word(reduce_word(low))));
    let [[t4, t5, t6, t7]] = high;
    let (t0, carry) = carrying_add(t0, t4, false);
    let (t1, carry) = carrying_add(t1, t5, carry);
    let (t2, carry) = carrying_add(t2, t6, carry);
    let (t3, carry) = carrying_add(t3, t7, carry);
    // Four multiples of p are below 2^256 * p, so this is below (2 * 2^256 * p) / 2^256.
    reduce_once([[t0, t1, t2, t3]], carry)
}

/// `(t + t0 * p) / 2^64`, which fits into four words: it is at most (2^256 - 1 + (2^64 - 1) * p) / 2^64.
#[inline(always)]
const fn reduce_word([[t0, t1, t2, t3]]: Limbs) -> Limbs {
    let (low, high) = shift32(t0);
    // t0 * (2^64 - 2^32 + 1)
    let (t0_low, borrow) = overflowing_sub(t0, low);
    let (t0_high, _) = borrowing_sub(t0, high, borrow);
    let (t1, carry) = carrying_add(t1, low, false);
    let (t2, carry) = carrying_add(t2, high, carry);
    let (t3, carry) = carrying_add(t3, t0_low, carry);
    let (t4, _) = carrying_add(t0_high, 0, carry);
    [[t1, t2, t3, t4]]
}

/// `t + carry * 2^256`, which is below 2 * p, modulo p.
#[inline(always)]
const fn reduce_once([[t0, t1, t2, t3]]: Limbs, carry: bool) -> Limbs {
    let [[p0, p1, _, p3]] = P;
    let (t0, borrow) = borrowing_sub(t0, if_carry(carry, p0), false);
    let (t1, borrow) = borrowing_sub(t1, if_carry(carry, p1), borrow);
    let (t2, borrow) = borrowing_sub(t2, 0, borrow);
    let (t3, _) = borrowing_sub(t3, if_carry(carry, p3), borrow);
    // The result is rarely p or above: one number in 2^32 has such a highest word.
    if t3 < p3 { [[t0, t1, t2, t3]] } else { subtract_p([[t0, t1, t2, t3]]) }
}

/// `t` modulo p. It has four words, and p is more than half of their range.
#[cold]
#[inline(never)]
const fn subtract_p(t: Limbs) -> Limbs {
    let (difference, below_p) = minus_p(&t);
    if below_p { t } else { difference }
}

/// `t - p`, and whether that is below zero.
pub(super) const fn minus_p(t: &Limbs) -> (Limbs, bool) {
    let ([[t0, t1, t2, t3]], [[p0, p1, p2, p3]]) = (*t, P);
    let (d0, borrow) = overflowing_sub(t0, p0);
    let (d1, borrow) = borrowing_sub(t1, p1, borrow);
    let (d2, borrow) = borrowing_sub(t2, p2, borrow);
    let (d3, borrow) = borrowing_sub(t3, p3, borrow);
    ([[d0, d1, d2, d3]], borrow)
}
