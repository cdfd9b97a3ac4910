//! The operations of the ES256 field, in words of 64 and of 32 bits, are those of p256's field.
//!
//! Input: two numbers. Each is an octet and 32 octets: the number that these write, or what the octet makes of
//! them (see [`number`]).

#![no_main]

use std::sync::LazyLock;

use jose_core_fuzz::input::{Input, subtract};
use libfuzzer_sys::fuzz_target;
use p256::NistP256;
use p256::elliptic_curve::ff::PrimeField as _;
use p256::elliptic_curve::hazmat::FieldArithmetic;

mod words {
    include!(concat!(env!("OUT_DIR"), "/words.rs"));
}

#[path = "../../src/key/p256/field/limbs32.rs"]
mod limbs32;
#[path = "../../src/key/p256/field/limbs64.rs"]
mod limbs64;

type Element = <NistP256 as FieldArithmetic>::FieldElement;

type Octets = [u8; 32];

/// 2^256 - 2^224 + 2^192 + 2^96 - 1
const P: Octets = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
];

/// 2^256
static R: LazyLock<Element> = LazyLock::new(|| (0..256).fold(Element::ONE, |power, _| power.double()));

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let [(low, a), (_, b)] = [number(&mut input), number(&mut input)];
    hold(&low, &a, &b);
    // The operands with which the second is the product: it is then what a reduction leaves.
    if let Some(inverse) = a.invert().into_option() {
        hold(&low, &a, &(b * *R * inverse));
    }
    // And those with which it is the sum and the difference.
    hold(&low, &a, &(b - a));
    hold(&low, &a, &(a - b));
    if let Some(root) = (b * *R).sqrt().into_option() {
        hold(&low, &root, &root);
    }
});

/// A number of 256 bits, and an element: that number, or without p if it is p or more.
///
/// The octet says, by its low three bits: 0, the 32 octets themselves; 1, the last of them alone; 2, the
/// power of two of which the last is the exponent; 3, words of 32 bits, each of zeros or of ones by the bits of
/// the last; 4, all zeros but for the last eight, and so a small one; 5, all ones but for the last eight; 6, the
/// words' lowest bits alone; 7, the words' highest. The next two bits: 1, one less; 2, one more; 3, the
/// number of which it is p less.
fn number(input: &mut Input<'_>) -> (Octets, Element) {
    let kind = input.octet();
    let mut octets: Octets = input.array();
    let last = octets[31];
    match kind & 7 {
        0 => {}
        1 => octets[..31].fill(0),
        2 => {
            octets = [0; 32];
            octets[31 - usize::from(last / 8)] = 1 << (last % 8);
        }
        3 => {
            for (place, word) in octets.chunks_exact_mut(4).enumerate() {
                word.fill(if last >> place & 1 == 1 { 0xff } else { 0 });
            }
        }
        4 => octets[..24].fill(0),
        5 => octets[..24].fill(0xff),
        kind => {
            for word in octets.chunks_exact_mut(4) {
                let [high, low] = if kind == 6 { [0, word[3] & 1] } else { [word[0] & 0x80, 0] };
                word.copy_from_slice(&[high, 0, 0, low]);
            }
        }
    }
    let mut one = [0; 32];
    one[31] = 1;
    let octets = match kind >> 3 & 3 {
        0 => octets.to_vec(),
        1 => subtract(&octets, &one),
        2 => jose_core_fuzz::input::add(&octets, &one),
        _ => subtract(&P, &octets),
    };
    let octets: Octets = octets.try_into().unwrap();
    let below: Octets = if octets < P { octets } else { subtract(&octets, &P).try_into().unwrap() };
    (octets, element(&below).unwrap())
}

fn element(octets: &Octets) -> Option<Element> {
    Element::from_repr((*octets).into()).into_option()
}

/// All operations, in both widths.
fn hold(low: &Octets, a: &Element, b: &Element) {
    let [x, y]: [Octets; 2] = [a.to_repr().into(), b.to_repr().into()];
    let (below, rest): (Octets, _) =
        if *low < P { (*low, *low) } else { (subtract(low, &P).try_into().unwrap(), *low) };
    let inverse = R.invert().unwrap();
    let expected =
        [*a + *b, *a - *b, *a * *b * inverse, *a * *a * inverse, element(&below).unwrap() * inverse + *b];
    let minus_p = (<Octets>::try_from(subtract(&rest, &P)).unwrap(), rest < P);
    for found in [sixty_four::all(low, &x, &y), thirty_two::all(low, &x, &y)] {
        for (number, (found, expected)) in found.0.iter().zip(&expected).enumerate() {
            assert_eq!(
                element(found),
                Some(*expected),
                "operation {number} of {x:02x?}, {y:02x?}, {low:02x?}"
            );
        }
        assert_eq!(found.1, minus_p);
    }
}

macro_rules! width {
    ($name:ident, $limbs:ident, $Word:ty) => {
        mod $name {
            use super::Octets;
            use super::$limbs::{Limbs, P, add, minus_p, montgomery_reduce, mul, square, sub};

            fn limbs(octets: &Octets) -> Limbs {
                let mut limbs = P;
                for (limb, octets) in
                    limbs.as_flattened_mut().iter_mut().zip(octets.as_rchunks().1.iter().rev())
                {
                    *limb = <$Word>::from_be_bytes(*octets);
                }
                limbs
            }

            fn octets(limbs: Limbs) -> Octets {
                let mut octets = [0; 32];
                let places = octets.as_rchunks_mut().1.iter_mut().rev();
                for (octets, limb) in places.zip(limbs.as_flattened()) {
                    *octets = limb.to_be_bytes();
                }
                octets
            }

            /// Sum, difference, product, square, and the reduction of the number of which the low half is
            /// `low` and the high half `b`; then `low` less p, and whether that is below zero.
            pub fn all(low: &Octets, a: &Octets, b: &Octets) -> ([Octets; 5], (Octets, bool)) {
                let [low, a, b] = [low, a, b].map(limbs);
                let results = [add(&a, &b), sub(&a, &b), mul(&a, &b), square(&a), montgomery_reduce(low, b)];
                let (difference, below) = minus_p(&low);
                (results.map(octets), (octets(difference), below))
            }
        }
    };
}

width!(sixty_four, limbs64, u64);
width!(thirty_two, limbs32, u32);
