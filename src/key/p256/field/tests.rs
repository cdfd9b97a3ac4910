//! Both widths against big integers (`crypto-bigint`), which know only p.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "tests may panic"
)]

extern crate std;

use self::std::vec::Vec;

use crypto_bigint::{NonZero, U256, U512};

use super::FieldElement;

/// 2^256 - 2^224 + 2^192 + 2^96 - 1
fn p() -> U256 {
    let power = |bit: u32| U256::ONE.shl(bit);
    U256::ZERO
        .wrapping_sub(&power(224))
        .wrapping_add(&power(192))
        .wrapping_add(&power(96))
        .wrapping_sub(&U256::ONE)
}

fn modulus() -> NonZero<U256> {
    NonZero::new(p()).unwrap()
}

/// `number * 2^256` modulo p.
fn times_r(number: &U256) -> U256 {
    // Words only in the high half.
    let wide = U512::from((U256::ZERO, *number));
    let wide_modulus = NonZero::new(U512::from((p(), U256::ZERO))).unwrap();
    let (low, _) = wide.rem_vartime(&wide_modulus).split();
    low
}

/// Elements at the edges: 0, 1, p - 1, 2^k and its neighbors, words of all ones in all positions, and
/// multiples of 2^256 modulo p, which are small before a reduction; then random ones.
fn edges() -> Vec<U256> {
    let mut edges = Vec::from([U256::ZERO, U256::ONE, U256::from(2_u8), U256::from(3_u8)]);
    for bit in (0..256).step_by(16).chain([31, 33, 63, 65, 95, 97, 127, 129, 191, 193, 223, 225, 255]) {
        let power = U256::ONE.shl(bit);
        edges.extend([power.wrapping_sub(&U256::ONE), power, power.wrapping_add(&U256::ONE)]);
    }
    // Words of 32 bits that are all ones: each run of them, and every other word.
    let runs =
        (0..8).flat_map(|from| (from..8).map(move |to| (from..=to).fold(0, |run, word| run | 1 << word)));
    for ones in runs.chain([0b0101_0101, 0b1010_1010]) {
        edges.push(number(&core::array::from_fn(|word| if ones >> word & 1 == 1 { u32::MAX } else { 0 })));
    }
    edges.extend((1..5_u8).map(|small| times_r(&U256::from(small))));
    // Their negatives; anything at p or above is reduced modulo p.
    let beyond = edges.clone().into_iter().map(|edge| p().wrapping_sub(&edge));
    let mut elements: Vec<U256> =
        edges.iter().copied().chain(beyond).map(|edge| edge.rem_vartime(&modulus())).collect();
    elements.sort();
    elements.dedup();
    elements
}

fn number(words: &[u32; 8]) -> U256 {
    let mut bytes = [0; 32];
    for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
        *bytes = word.to_le_bytes();
    }
    U256::from_le_slice(&bytes)
}

/// Random numbers of sufficient quality (SplitMix64).
struct Random(u64);

impl Random {
    fn number(&mut self) -> U256 {
        let bytes: Vec<u8> = (0..4).flat_map(|_| self.next().to_le_bytes()).collect();
        U256::from_le_slice(&bytes)
    }

    fn element(&mut self) -> U256 {
        self.number().rem_vartime(&modulus())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}

/// The tests of one width. They use only what `field` uses: `Limbs`, `P` and the functions.
macro_rules! width {
    ($name:ident, $limbs:ident, $Word:ty) => {
        mod $name {
            use crypto_bigint::{NonZero, U256, U512};

            use super::super::$limbs::{Limbs, P, add, minus_p, montgomery_reduce, mul, square, sub};
            use super::{Random, Vec, edges, modulus, p, times_r};

            fn limbs(number: &U256) -> Limbs {
                let mut limbs = P;
                let bytes = number.to_le_bytes();
                let words = bytes.as_ref().as_chunks().0;
                for (limb, bytes) in limbs.as_flattened_mut().iter_mut().zip(words) {
                    *limb = <$Word>::from_le_bytes(*bytes);
                }
                limbs
            }

            fn number(limbs: &Limbs) -> U256 {
                let bytes: Vec<u8> =
                    limbs.as_flattened().iter().flat_map(|limb| limb.to_le_bytes()).collect();
                U256::from_le_slice(&bytes)
            }

            /// Checks every operation on two elements. Results are below p, as those of big integers are.
            fn hold(a: &U256, b: &U256) {
                let (x, y) = (limbs(a), limbs(b));
                assert_eq!(number(&add(&x, &y)), a.add_mod(b, &modulus()), "{a} + {b}");
                assert_eq!(number(&sub(&x, &y)), a.sub_mod(b, &modulus()), "{a} - {b}");
                let product = number(&mul(&x, &y));
                assert!(product < p(), "{a} * {b}");
                assert_eq!(times_r(&product), a.mul_mod_vartime(b, &modulus()), "{a} * {b}");
                let (difference, below) = minus_p(&x);
                assert_eq!((number(&difference), below), (a.wrapping_sub(&p()), true), "{a} - p");
            }

            fn hold_square(a: &U256) {
                let square = number(&square(&limbs(a)));
                assert!(square < p(), "{a}^2");
                assert_eq!(times_r(&square), a.mul_mod_vartime(a, &modulus()), "{a}^2");
            }

            #[test]
            fn operations_match_big_integers() {
                let elements = edges();
                assert!(elements.len() > 200, "{} elements", elements.len());
                for a in &elements {
                    assert_eq!(number(&limbs(a)), *a);
                    hold_square(a);
                    for b in &elements {
                        hold(a, b);
                    }
                }
                let mut random = Random(1);
                for _ in 0..20_000 {
                    let (a, b) = (random.element(), random.element());
                    hold(&a, &b);
                    hold_square(&a);
                    hold(&a, &elements[random.next() as usize % elements.len()]);
                }
            }

            /// Results that are rarely p or above before they are reduced: those below 2^256 - p, which a
            /// sum, a product and a reduction first yield increased by p.
            #[test]
            fn reduction_at_bounds() {
                let mut random = Random(2);
                let most = U256::ZERO.wrapping_sub(&p());
                let small = (0..200_u8).map(U256::from);
                let large = (1..200_u8).map(|less| most.wrapping_sub(&U256::from(less)));
                let below = NonZero::new(most).unwrap();
                let random_below = (0..200).map(|_| random.number().rem_vartime(&below)).collect::<Vec<_>>();
                for result in small.chain(large).chain(random_below) {
                    // A sum of two elements that is p or more, with any first addend above the result.
                    let a = random.element();
                    if a > result {
                        let b = p().wrapping_sub(&a).wrapping_add(&result);
                        assert_eq!(number(&add(&limbs(&a), &limbs(&b))), result);
                    }
                    // A product: b = result * R / a, with any factor a.
                    if a != U256::ZERO {
                        let inverse = a.invert_mod(&modulus()).unwrap();
                        let b = times_r(&result).mul_mod_vartime(&inverse, &modulus());
                        assert_eq!(number(&mul(&limbs(&a), &limbs(&b))), result);
                    }
                    // A square, if the number is one.
                    if let Some(root) = square_root(&times_r(&result)) {
                        assert_eq!(number(&square(&limbs(&root))), result);
                    }
                    // The numbers that a reduction accepts, from the smallest to the largest with that
                    // result: N = result * R modulo p, plus any multiple of p up to p * R.
                    let least = U512::from((times_r(&result), U256::ZERO));
                    let multiple = random.number().wrapping_sub(&U256::ONE);
                    for multiple in [U256::ZERO, multiple, U256::MAX.wrapping_sub(&U256::ONE)] {
                        let number_in = least.wrapping_add(&p().concatenating_mul(&multiple));
                        let (low, high) = number_in.split();
                        assert_eq!(number(&montgomery_reduce(limbs(&low), limbs(&high))), result);
                    }
                }
            }

            fn square_root(number: &U256) -> Option<U256> {
                // p = 3 modulo 4: the root is the power (p + 1)/4, if there is one.
                let exponent = p().wrapping_add(&U256::ONE).shr(2);
                let (mut power, mut root) = (*number, U256::ONE);
                for bit in 0..256 {
                    if exponent.bit_vartime(bit) {
                        root = root.mul_mod_vartime(&power, &modulus());
                    }
                    power = power.mul_mod_vartime(&power, &modulus());
                }
                (root.mul_mod_vartime(&root, &modulus()) == *number).then_some(root)
            }

            #[test]
            fn p_matches_formula() {
                assert_eq!(number(&P), p());
                let (zero, below) = minus_p(&P);
                assert_eq!((number(&zero), below), (U256::ZERO, false));
                let (most, below) = minus_p(&limbs(&U256::MAX));
                assert_eq!((number(&most), below), (U256::MAX.wrapping_sub(&p()), false));
            }
        }
    };
}

width!(words_of_64_bits, limbs64, u64);
width!(words_of_32_bits, limbs32, u32);

fn bytes(number: &U256) -> [u8; 32] {
    number.to_be_bytes().as_ref().try_into().unwrap()
}

/// Returns the words of an element, as a number.
fn kept(element: &FieldElement) -> U256 {
    let bytes: Vec<u8> = element.0.as_flattened().iter().flat_map(|word| word.to_le_bytes()).collect();
    U256::from_le_slice(&bytes)
}

#[test]
fn constants_match_formulas() {
    assert_eq!(kept(&FieldElement::ZERO), U256::ZERO);
    assert_eq!(kept(&FieldElement::ONE), times_r(&U256::ONE));
    assert_eq!(kept(&FieldElement::R_SQUARED), times_r(&times_r(&U256::ONE)));
}

/// Conversion to and from Montgomery form, which accepts only what is below p.
#[test]
fn bytes_and_back() {
    let mut random = Random(3);
    let random: Vec<_> = (0..1000).map(|_| random.element()).collect();
    for number in edges().into_iter().chain(random) {
        let element = FieldElement::from_bytes(&bytes(&number)).unwrap();
        assert_eq!(kept(&element), times_r(&number));
        assert_eq!(element.to_bytes(), bytes(&number));
        assert_eq!(element.is_zero(), number == U256::ZERO);
        let negative = U256::ZERO.sub_mod(&number, &modulus());
        assert_eq!(element.negate().to_bytes(), bytes(&negative));
        assert_eq!(element.double().to_bytes(), bytes(&number.add_mod(&number, &modulus())));
    }
    for beyond in [p(), p().wrapping_add(&U256::ONE), U256::MAX] {
        assert_eq!(FieldElement::from_bytes(&bytes(&beyond)), None);
    }
}

/// The chain of `invert` computes the stated power, also of zero.
#[test]
fn inverses() {
    let mut random = Random(4);
    let random: Vec<_> = (0..100).map(|_| random.element()).collect();
    for number in edges().into_iter().chain(random) {
        let element = FieldElement::from_bytes(&bytes(&number)).unwrap();
        let expected = number.invert_mod(&modulus()).unwrap_or(U256::ZERO);
        assert_eq!(element.invert().to_bytes(), bytes(&expected), "1/{number}");
    }
}
