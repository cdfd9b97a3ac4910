//! The field in eight words of 32 bits, the lowest first. Every operand is below p, and so is every
//! result.
//!
//! In Montgomery's reduction a multiple m of p is added to a number so that its lowest word becomes
//! zero. As p = 2^256 - 2^224 + 2^192 + 2^96 - 1, and -1/p = 1 modulo 2^32, m is the lowest word itself,
//! and is added 3, 6 and 8 words and subtracted 7 words above it. No product is needed.

use super::words::word32::{Word, borrowing_sub, carrying_add, if_carry, mul_add};

/// p
pub(super) const P: [Word; 8] = [u32::MAX, u32::MAX, u32::MAX, 0, 0, 0, 1, u32::MAX];

/// `a + b`
#[inline(always)]
pub(super) const fn add(a: &[Word; 8], b: &[Word; 8]) -> [Word; 8] {
    let ([a0, a1, a2, a3, a4, a5, a6, a7], [b0, b1, b2, b3, b4, b5, b6, b7]) = (*a, *b);
    let (t0, carry) = carrying_add(a0, b0, false);
    let (t1, carry) = carrying_add(a1, b1, carry);
    let (t2, carry) = carrying_add(a2, b2, carry);
    let (t3, carry) = carrying_add(a3, b3, carry);
    let (t4, carry) = carrying_add(a4, b4, carry);
    let (t5, carry) = carrying_add(a5, b5, carry);
    let (t6, carry) = carrying_add(a6, b6, carry);
    let (t7, carry) = carrying_add(a7, b7, carry);
    reduce_once([t0, t1, t2, t3, t4, t5, t6, t7], carry)
}

/// `a - b`
#[inline(always)]
pub(super) const fn sub(a: &[Word; 8], b: &[Word; 8]) -> [Word; 8] {
    let ([a0, a1, a2, a3, a4, a5, a6, a7], [b0, b1, b2, b3, b4, b5, b6, b7]) = (*a, *b);
    let (t0, borrow) = borrowing_sub(a0, b0, false);
    let (t1, borrow) = borrowing_sub(a1, b1, borrow);
    let (t2, borrow) = borrowing_sub(a2, b2, borrow);
    let (t3, borrow) = borrowing_sub(a3, b3, borrow);
    let (t4, borrow) = borrowing_sub(a4, b4, borrow);
    let (t5, borrow) = borrowing_sub(a5, b5, borrow);
    let (t6, borrow) = borrowing_sub(a6, b6, borrow);
    let (t7, borrow) = borrowing_sub(a7, b7, borrow);
    // A difference below zero is above -p: adding p is enough, and the carry cancels the borrow.
    let ones = if_carry(borrow, Word::MAX);
    let (t0, carry) = carrying_add(t0, ones, false);
    let (t1, carry) = carrying_add(t1, ones, carry);
    let (t2, carry) = carrying_add(t2, ones, carry);
    let (t3, carry) = carrying_add(t3, 0, carry);
    let (t4, carry) = carrying_add(t4, 0, carry);
    let (t5, carry) = carrying_add(t5, 0, carry);
    let (t6, carry) = carrying_add(t6, if_carry(borrow, 1), carry);
    let (t7, _) = carrying_add(t7, ones, carry);
    [t0, t1, t2, t3, t4, t5, t6, t7]
}

/// `a * b / 2^256`
#[inline(always)]
pub(super) const fn mul(a: &[Word; 8], b: &[Word; 8]) -> [Word; 8] {
    let [a0, a1, a2, a3, a4, a5, a6, a7] = *a;
    let (t0, rest) = add_row([0; 8], a0, b);
    let (t1, rest) = add_row(rest, a1, b);
    let (t2, rest) = add_row(rest, a2, b);
    let (t3, rest) = add_row(rest, a3, b);
    let (t4, rest) = add_row(rest, a4, b);
    let (t5, rest) = add_row(rest, a5, b);
    let (t6, rest) = add_row(rest, a6, b);
    let (t7, rest) = add_row(rest, a7, b);
    montgomery_reduce([t0, t1, t2, t3, t4, t5, t6, t7], rest)
}

/// `t + a * b`: the lowest word, and those above it.
#[inline(always)]
const fn add_row(t: [Word; 8], a: Word, b: &[Word; 8]) -> (Word, [Word; 8]) {
    let ([t0, t1, t2, t3, t4, t5, t6, t7], [b0, b1, b2, b3, b4, b5, b6, b7]) = (t, *b);
    let (t0, carry) = mul_add(a, b0, t0, 0);
    let (t1, carry) = mul_add(a, b1, t1, carry);
    let (t2, carry) = mul_add(a, b2, t2, carry);
    let (t3, carry) = mul_add(a, b3, t3, carry);
    let (t4, carry) = mul_add(a, b4, t4, carry);
    let (t5, carry) = mul_add(a, b5, t5, carry);
    let (t6, carry) = mul_add(a, b6, t6, carry);
    let (t7, t8) = mul_add(a, b7, t7, carry);
    (t0, [t1, t2, t3, t4, t5, t6, t7, t8])
}

/// `a * a / 2^256`
#[inline(always)]
pub(super) const fn square(a: &[Word; 8]) -> [Word; 8] {
    let [a0, a1, a2, a3, a4, a5, a6, a7] = *a;
    // The products of two different words, which count twice,
    let (t1, carry) = mul_add(a0, a1, 0, 0);
    let (t2, carry) = mul_add(a0, a2, 0, carry);
    let (t3, carry) = mul_add(a0, a3, 0, carry);
    let (t4, carry) = mul_add(a0, a4, 0, carry);
    let (t5, carry) = mul_add(a0, a5, 0, carry);
    let (t6, carry) = mul_add(a0, a6, 0, carry);
    let (t7, t8) = mul_add(a0, a7, 0, carry);

    let (t3, carry) = mul_add(a1, a2, t3, 0);
    let (t4, carry) = mul_add(a1, a3, t4, carry);
    let (t5, carry) = mul_add(a1, a4, t5, carry);
    let (t6, carry) = mul_add(a1, a5, t6, carry);
    let (t7, carry) = mul_add(a1, a6, t7, carry);
    let (t8, t9) = mul_add(a1, a7, t8, carry);

    let (t5, carry) = mul_add(a2, a3, t5, 0);
    let (t6, carry) = mul_add(a2, a4, t6, carry);
    let (t7, carry) = mul_add(a2, a5, t7, carry);
    let (t8, carry) = mul_add(a2, a6, t8, carry);
    let (t9, t10) = mul_add(a2, a7, t9, carry);

    let (t7, carry) = mul_add(a3, a4, t7, 0);
    let (t8, carry) = mul_add(a3, a5, t8, carry);
    let (t9, carry) = mul_add(a3, a6, t9, carry);
    let (t10, t11) = mul_add(a3, a7, t10, carry);

    let (t9, carry) = mul_add(a4, a5, t9, 0);
    let (t10, carry) = mul_add(a4, a6, t10, carry);
    let (t11, t12) = mul_add(a4, a7, t11, carry);

    let (t11, carry) = mul_add(a5, a6, t11, 0);
    let (t12, t13) = mul_add(a5, a7, t12, carry);

    let (t13, t14) = mul_add(a6, a7, t13, 0);

    let (t1, carry) = carrying_add(t1, t1, false);
    let (t2, carry) = carrying_add(t2, t2, carry);
    let (t3, carry) = carrying_add(t3, t3, carry);
    let (t4, carry) = carrying_add(t4, t4, carry);
    let (t5, carry) = carrying_add(t5, t5, carry);
    let (t6, carry) = carrying_add(t6, t6, carry);
    let (t7, carry) = carrying_add(t7, t7, carry);
    let (t8, carry) = carrying_add(t8, t8, carry);
    let (t9, carry) = carrying_add(t9, t9, carry);
    let (t10, carry) = carrying_add(t10, t10, carry);
    let (t11, carry) = carrying_add(t11, t11, carry);
    let (t12, carry) = carrying_add(t12, t12, carry);
    let (t13, carry) = carrying_add(t13, t13, carry);
    let (t14, carry) = carrying_add(t14, t14, carry);
    let (t15, _) = carrying_add(0, 0, carry);

    // and the squares of the words.
    let (t0, high0) = mul_add(a0, a0, 0, 0);
    let (low1, high1) = mul_add(a1, a1, 0, 0);
    let (low2, high2) = mul_add(a2, a2, 0, 0);
    let (low3, high3) = mul_add(a3, a3, 0, 0);
    let (low4, high4) = mul_add(a4, a4, 0, 0);
    let (low5, high5) = mul_add(a5, a5, 0, 0);
    let (low6, high6) = mul_add(a6, a6, 0, 0);
    let (low7, high7) = mul_add(a7, a7, 0, 0);
    let (t1, carry) = carrying_add(t1, high0, false);
    let (t2, carry) = carrying_add(t2, low1, carry);
    let (t3, carry) = carrying_add(t3, high1, carry);
    let (t4, carry) = carrying_add(t4, low2, carry);
    let (t5, carry) = carrying_add(t5, high2, carry);
    let (t6, carry) = carrying_add(t6, low3, carry);
    let (t7, carry) = carrying_add(t7, high3, carry);
    let (t8, carry) = carrying_add(t8, low4, carry);
    let (t9, carry) = carrying_add(t9, high4, carry);
    let (t10, carry) = carrying_add(t10, low5, carry);
    let (t11, carry) = carrying_add(t11, high5, carry);
    let (t12, carry) = carrying_add(t12, low6, carry);
    let (t13, carry) = carrying_add(t13, high6, carry);
    let (t14, carry) = carrying_add(t14, low7, carry);
    let (t15, _) = carrying_add(t15, high7, carry);
    montgomery_reduce([t0, t1, t2, t3, t4, t5, t6, t7], [t8, t9, t10, t11, t12, t13, t14, t15])
}

/// `(low + high * 2^256) / 2^256`, for a number below p * 2^256.
#[inline(always)]
pub(super) const fn montgomery_reduce(low: [Word; 8], high: [Word; 8]) -> [Word; 8] {
    // The multiples of p: m0 to m7 times 1 to 2^224. Each takes what those before it add to its word.
    let [m0, m1, m2, t3, t4, t5, t6, t7] = low;
    let (m3, carry) = carrying_add(t3, m0, false);
    let (m4, carry) = carrying_add(t4, m1, carry);
    let (m5, carry) = carrying_add(t5, m2, carry);
    let (t6, carry) = carrying_add(t6, m3, carry);
    let (t7, carry3) = carrying_add(t7, m4, carry);
    let (m6, carry) = carrying_add(t6, m0, false);
    let (t7, carry6) = carrying_add(t7, m1, carry);
    let (m7, borrow7) = borrowing_sub(t7, m0, false);

    // What they add above the low half, which is then zero: 8 and 6 words above themselves,
    let (t0, carry) = carrying_add(m0, m2, carry6);
    let (t1, carry) = carrying_add(m1, m3, carry);
    let (t2, carry) = carrying_add(m2, m4, carry);
    let (t3, carry) = carrying_add(m3, m5, carry);
    let (t4, carry) = carrying_add(m4, m6, carry);
    let (t5, carry) = carrying_add(m5, m7, carry);
    let (t6, carry) = carrying_add(m6, 0, carry);
    let (t7, _) = carrying_add(m7, 0, carry);
    // 3 words,
    let (t0, carry) = carrying_add(t0, m5, carry3);
    let (t1, carry) = carrying_add(t1, m6, carry);
    let (t2, carry) = carrying_add(t2, m7, carry);
    let (t3, carry) = carrying_add(t3, 0, carry);
    let (t4, carry) = carrying_add(t4, 0, carry);
    let (t5, carry) = carrying_add(t5, 0, carry);
    let (t6, carry) = carrying_add(t6, 0, carry);
    let (t7, _) = carrying_add(t7, 0, carry);
    // and less what they subtract, 7 words above. The sum is below 2^256: carries out of it cancel.
    let (t0, borrow) = borrowing_sub(t0, m1, borrow7);
    let (t1, borrow) = borrowing_sub(t1, m2, borrow);
    let (t2, borrow) = borrowing_sub(t2, m3, borrow);
    let (t3, borrow) = borrowing_sub(t3, m4, borrow);
    let (t4, borrow) = borrowing_sub(t4, m5, borrow);
    let (t5, borrow) = borrowing_sub(t5, m6, borrow);
    let (t6, borrow) = borrowing_sub(t6, m7, borrow);
    let (t7, _) = borrowing_sub(t7, 0, borrow);
    // The high half takes no part in the multiples, and comes last.
    let [h0, h1, h2, h3, h4, h5, h6, h7] = high;
    let (t0, carry) = carrying_add(t0, h0, false);
    let (t1, carry) = carrying_add(t1, h1, carry);
    let (t2, carry) = carrying_add(t2, h2, carry);
    let (t3, carry) = carrying_add(t3, h3, carry);
    let (t4, carry) = carrying_add(t4, h4, carry);
    let (t5, carry) = carrying_add(t5, h5, carry);
    let (t6, carry) = carrying_add(t6, h6, carry);
    let (t7, carry) = carrying_add(t7, h7, carry);
    reduce_once([t0, t1, t2, t3, t4, t5, t6, t7], carry)
}

/// `t + carry * 2^256`, which is below 2 * p, modulo p.
#[inline(always)]
const fn reduce_once(t: [Word; 8], carry: bool) -> [Word; 8] {
    let [t0, t1, t2, t3, t4, t5, t6, t7] = t;
    let ones = if_carry(carry, Word::MAX);
    let (t0, borrow) = borrowing_sub(t0, ones, false);
    let (t1, borrow) = borrowing_sub(t1, ones, borrow);
    let (t2, borrow) = borrowing_sub(t2, ones, borrow);
    let (t3, borrow) = borrowing_sub(t3, 0, borrow);
    let (t4, borrow) = borrowing_sub(t4, 0, borrow);
    let (t5, borrow) = borrowing_sub(t5, 0, borrow);
    let (t6, borrow) = borrowing_sub(t6, if_carry(carry, 1), borrow);
    let (t7, _) = borrowing_sub(t7, ones, borrow);
    let t = [t0, t1, t2, t3, t4, t5, t6, t7];
    // What is left is rarely p or above: one number in 2^32 has such a highest word.
    if t7 < Word::MAX {
        return t;
    }
    let (difference, below_p) = minus_p(&t);
    if below_p { t } else { difference }
}

/// `t - p`, and whether it is below zero.
pub(super) const fn minus_p(t: &[Word; 8]) -> ([Word; 8], bool) {
    let ([t0, t1, t2, t3, t4, t5, t6, t7], [p0, p1, p2, p3, p4, p5, p6, p7]) = (*t, P);
    let (d0, borrow) = borrowing_sub(t0, p0, false);
    let (d1, borrow) = borrowing_sub(t1, p1, borrow);
    let (d2, borrow) = borrowing_sub(t2, p2, borrow);
    let (d3, borrow) = borrowing_sub(t3, p3, borrow);
    let (d4, borrow) = borrowing_sub(t4, p4, borrow);
    let (d5, borrow) = borrowing_sub(t5, p5, borrow);
    let (d6, borrow) = borrowing_sub(t6, p6, borrow);
    let (d7, borrow) = borrowing_sub(t7, p7, borrow);
    ([d0, d1, d2, d3, d4, d5, d6, d7], borrow)
}
