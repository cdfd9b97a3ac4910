//! Both widths of word against the multiplication and division of crypto-bigint, which do not use Montgomery
//! form.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "tests may panic"
)]

extern crate alloc;

use alloc::vec::Vec;
use core::fmt::Debug;

use crypto_bigint::{BoxedUint, NonZero};

use super::*;

const PRECISION: u32 = 8192;

/// What the tests need of a word in addition.
trait Tested: Word + Debug {
    fn from_u64(number: u64) -> Self;

    fn octets(self) -> Vec<u8>;
}

impl Tested for u32 {
    fn from_u64(number: u64) -> Self {
        Self::try_from(number & u64::from(Self::MAX)).unwrap()
    }

    fn octets(self) -> Vec<u8> {
        self.to_be_bytes().to_vec()
    }
}

impl Tested for u64 {
    fn from_u64(number: u64) -> Self {
        number
    }

    fn octets(self) -> Vec<u8> {
        self.to_be_bytes().to_vec()
    }
}

/// Converts words, the lowest first, to a big integer.
fn integer<W: Tested>(words: &[W]) -> BoxedUint {
    let octets: Vec<u8> = words.iter().rev().flat_map(|word| word.octets()).collect();
    BoxedUint::from_be_slice(&octets, PRECISION).unwrap()
}

fn octets(number: &BoxedUint) -> Vec<u8> {
    let octets = number.to_be_bytes();
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    octets[zeros..].to_vec()
}

fn power_of_two(exponent: u32) -> BoxedUint {
    BoxedUint::one_with_precision(PRECISION).shl(exponent)
}

fn small(number: u64) -> BoxedUint {
    BoxedUint::from_be_slice(&number.to_be_bytes(), PRECISION).unwrap()
}

/// xorshift64*, so that failures can be reproduced.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: &BoxedUint) -> BoxedUint {
        let octets: Vec<u8> = (0..PRECISION / 64).flat_map(|_| self.roll().to_be_bytes()).collect();
        let number = BoxedUint::from_be_slice(&octets, PRECISION).unwrap();
        number.rem_vartime(&NonZero::new(limit.clone()).unwrap())
    }
}

/// Every digit whose words are zero, one below the maximum, or the maximum.
fn edges<W: Tested>() -> Vec<Digit<W>> {
    let words = [W::ZERO, !W::ONE, !W::ZERO];
    let place = |number: usize, step: usize| words[number / step % 3];
    (0..81).map(|number| [1, 3, 9, 27].map(|step| place(number, step))).collect()
}

/// Carries through every word: all combinations of edges, and random ones.
fn row_of_one_digit<W: Tested>() {
    let check = |factor: W, number: Digit<W>, sum: Digit<W>, carry: W| {
        let (low, high) = W::multiply_add(factor, number, sum, carry);
        let found = integer(&[&low[..], &[high]].concat());
        let product = integer(&[factor]).wrapping_mul(integer(&number));
        let expected = product.wrapping_add(integer(&sum)).wrapping_add(integer(&[carry]));
        assert_eq!(found, expected, "{sum:?} + {factor:?} * {number:?} + {carry:?}");
    };
    for number in edges::<W>() {
        for sum in edges::<W>().into_iter().step_by(2) {
            check(!W::ZERO, number, sum, !W::ZERO);
            check(W::ONE, number, sum, W::ONE);
        }
    }
    let mut dice = Dice(3);
    for _ in 0..2000 {
        let mut digit = || [0; 4].map(|_| W::from_u64(dice.roll()));
        let ([factor, carry, ..], number, sum) = (digit(), digit(), digit());
        check(factor, number, sum, carry);
    }
}

#[test]
fn row_of_one_digit_matches_big_integers() {
    row_of_one_digit::<u32>();
    row_of_one_digit::<u64>();
}

/// The product of two digits takes two digits, whatever is added.
fn product_of_digits<W: Tested>() {
    let mut dice = Dice(5);
    let all = edges::<W>();
    for factor in edges::<W>() {
        for number in edges::<W>() {
            let (sum, carry) = (all[(dice.roll() % 81) as usize], all[(dice.roll() % 81) as usize]);
            let (low, high) = multiply_add(factor, number, sum, carry);
            let found = integer(&[low, high].concat());
            let product = integer(&factor).wrapping_mul(integer(&number));
            let expected = product.wrapping_add(integer(&sum)).wrapping_add(integer(&carry));
            assert_eq!(found, expected, "{sum:?} + {factor:?} * {number:?} + {carry:?}");
        }
    }
}

#[test]
fn product_of_digits_matches_big_integers() {
    product_of_digits::<u32>();
    product_of_digits::<u64>();
}

/// Computes the power by multiplying and dividing, from the highest bit of the exponent down.
fn expected_power(base: &BoxedUint, exponent: u64, modulus: &BoxedUint) -> BoxedUint {
    let modulus = NonZero::new(modulus.clone()).unwrap();
    let product = |a: &BoxedUint, b: &BoxedUint| a.wrapping_mul(b).rem_vartime(&modulus);
    let bits = 64 - exponent.leading_zeros();
    (0..bits - 1).rev().fold(base.clone(), |power, bit| {
        let square = product(&power, &power);
        if exponent >> bit & 1 == 1 { product(&square, base) } else { square }
    })
}

/// Moduli of this many bits in which carries run far, and a random one.
fn moduli(bits: u32, dice: &mut Dice) -> Vec<BoxedUint> {
    let top = power_of_two(bits - 1);
    let ones = power_of_two(bits).wrapping_sub(small(1));
    let high_ones = ones.wrapping_sub(power_of_two(bits / 2)).wrapping_add(small(2));
    let any = top.wrapping_add(dice.below(&power_of_two(bits - 2)).shl(1)).wrapping_add(small(1));
    Vec::from([top.wrapping_add(small(1)), ones, high_ones, any])
}

fn check_powers<W: Tested, const N: usize>(modulus: &BoxedUint, bases: &[BoxedUint], exponents: &[u64]) {
    let text = octets(modulus);
    let ours = Modulus::<W, N>::new(&text, usize::try_from(modulus.bit_width()).unwrap());
    for base in bases {
        for exponent in exponents {
            let mut number = super::number::<W, N>(&octets(base));
            assert!(ours.exceeds(&number));
            ours.raise(&mut number, *exponent);
            let (found, expected) =
                (integer(number.as_flattened()), expected_power(base, *exponent, modulus));
            assert_eq!(found, expected, "{base}^{exponent} modulo {modulus}");
        }
    }
}

#[test]
fn powers_match_big_integers() {
    // Multiples of a digit of either width, one bit and one octet more and less, a word more and less, an odd
    // number of words, an odd number of digits.
    for bits in [2048, 2049, 2056, 2080, 2112, 2175, 2176, 2177, 2303, 2304, 3040, 3072, 4032, 4095, 4096] {
        let mut dice = Dice(u64::from(bits));
        for modulus in moduli(bits, &mut dice) {
            let one = small(1);
            let bases = [
                dice.below(&modulus),
                modulus.wrapping_sub(&one),
                modulus.wrapping_sub(small(2)),
                modulus.shr(1),
                one,
                small(0),
            ];
            check_powers::<u32, 32>(&modulus, &bases, &[3]);
            check_powers::<u64, 16>(&modulus, &bases, &[3]);
            let exponent = [7, 21, 65537][dice.roll() as usize % 3];
            check_powers::<u32, 32>(&modulus, &bases[..1], &[exponent]);
            check_powers::<u64, 16>(&modulus, &bases[..1], &[exponent]);
        }
    }
}

/// Every base of every odd modulus up to 63.
#[test]
fn small_moduli_exhaustively() {
    for modulus in (3..64).step_by(2) {
        let bases: Vec<_> = (0..modulus).map(small).collect();
        check_powers::<u32, 1>(&small(modulus), &bases, &[3]);
        check_powers::<u64, 1>(&small(modulus), &bases, &[5]);
    }
}

fn comparison<W: Tested, const N: usize>() {
    let mut dice = Dice(7);
    for bits in [2048, 2056, 3072, 4096] {
        for modulus in moduli(bits, &mut dice) {
            let ours = Modulus::<W, N>::new(&octets(&modulus), usize::try_from(bits).unwrap());
            let exceeds = |number: &BoxedUint| ours.exceeds(&super::number::<W, N>(&octets(number)));
            for difference in [small(1), small(1 << 33), power_of_two(bits - 2), modulus.clone()] {
                assert!(exceeds(&modulus.wrapping_sub(&difference)), "{modulus} - {difference}");
            }
            assert!(!exceeds(&modulus));
            let greatest = power_of_two(bits).wrapping_sub(small(1));
            assert_eq!(exceeds(&greatest), greatest < modulus);
            if modulus < greatest {
                assert!(!exceeds(&modulus.wrapping_add(small(1))));
            }
        }
    }
}

#[test]
fn comparison_at_the_bounds() {
    comparison::<u32, 32>();
    comparison::<u64, 16>();
}
