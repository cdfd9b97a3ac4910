//! Digits against their definition, and tables and sums against `p256`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "tests may panic"
)]

extern crate std;

use self::std::boxed::Box;
use self::std::vec::Vec;

use p256::elliptic_curve::Group as _;
use p256::elliptic_curve::ff::{Field as _, PrimeField as _};
use p256::elliptic_curve::ops::Reduce;
use p256::elliptic_curve::point::{AffineCoordinates as _, DecompressPoint as _};
use p256::{AffinePoint, FieldBytes, ProjectivePoint, Scalar};
use sha2::{Digest as _, Sha256};

use super::{Affine, BASE, BASE_PREPARED, Digits, EMPTY, FieldElement, Jacobian, Prepared, Table, fill};
use super::{sum_prepared_vartime, sum_vartime};

const ZERO: [u8; 32] = [0; 32];
const ALL_ONES: [u8; 32] = [0xff; 32];

fn octets(scalar: &Scalar) -> [u8; 32] {
    scalar.to_repr().into()
}

fn reduce(octets: &[u8; 32]) -> Scalar {
    <Scalar as Reduce<FieldBytes>>::reduce(&(*octets).into())
}

fn random(seed: u64) -> Scalar {
    reduce(&Sha256::digest(seed.to_be_bytes()).into())
}

/// Converts a point, if it is not neutral, to our affine type.
fn ours(point: &ProjectivePoint) -> Option<Affine> {
    let point = point.to_affine();
    if point == AffinePoint::IDENTITY {
        return None;
    }
    let coordinate = |octets: FieldBytes| FieldElement::from_bytes(&octets.into()).unwrap();
    Some(Affine { x: coordinate(point.x()), y: coordinate(point.y()) })
}

/// Returns the affine point of a sum, if it is not neutral.
fn affine(sum: &Jacobian) -> Option<Affine> {
    let inverse = sum.z.invert();
    let square = inverse.square();
    let affine = Affine { x: sum.x.mul(&square), y: sum.y.mul(&square.mul(&inverse)) };
    (!sum.z.is_zero()).then_some(affine)
}

/// Scalars at the edges: below 2^10, next to powers of two, with repeating bits, and their negatives, which
/// have ones where these have zeros; not all are below the order.
fn edges() -> Vec<[u8; 32]> {
    let powers = (0..256_u32).step_by(5).chain([31, 32, 63, 64, 127, 128, 191, 192, 223, 224, 253, 254, 255]);
    let power = |power: u32| (0..power).fold(Scalar::ONE, |scalar, _| scalar.double());
    let powers = powers.flat_map(|bit| [power(bit), power(bit) - Scalar::ONE, power(bit) + Scalar::ONE]);
    let small = (0..40_u64).map(Scalar::from);
    let scalars = small.chain(powers).flat_map(|scalar| [scalar, -scalar]);
    let patterns = (0..=255_u8).map(|octet| [octet; 32]);
    let mut high = ZERO;
    high[0] = 0x80;
    scalars.map(|scalar| octets(&scalar)).chain(patterns).chain([high]).collect()
}

/// Checks that the digits sum to the scalar, that each is zero, or odd with a magnitude below 2^(w-1), and
/// that of w consecutive digits at most one is not zero.
fn hold_digits<const MULTIPLES: usize>(scalar: &[u8; 32]) {
    let Digits { digits, carried } = Digits::new::<MULTIPLES>(scalar);
    let mut bits = [0_i32; 257];
    for (bit, place) in bits.iter_mut().zip(0..256) {
        *bit = i32::from(scalar[31 - place / 8] >> (place % 8) & 1);
    }
    // Subtracting the digits from the scalar, bit by bit from the lowest, leaves nothing.
    let mut rest = 0;
    for place in 0..256 {
        rest += bits[place] - i32::from(digits[place]);
        assert_eq!(rest % 2, 0, "{scalar:02x?}, digit {place}");
        rest /= 2;
    }
    assert_eq!(rest, i32::from(carried), "{scalar:02x?}");
    for digit in digits.iter().filter(|digit| **digit != 0) {
        let size = usize::from(digit.unsigned_abs());
        assert!(size % 2 == 1 && size < 2 * MULTIPLES, "{digit} for {MULTIPLES} multiples");
    }
    let width = MULTIPLES.ilog2() as usize + 2;
    for window in digits.windows(width) {
        assert!(window.iter().filter(|digit| **digit != 0).count() <= 1, "{scalar:02x?}");
    }
}

#[test]
fn digits_sum_to_scalar() {
    let mut carried = 0;
    for scalar in edges().into_iter().chain((0..2000).map(|seed| octets(&random(seed)))) {
        hold_digits::<4>(&scalar);
        hold_digits::<8>(&scalar);
        hold_digits::<16>(&scalar);
        hold_digits::<64>(&scalar);
        carried += usize::from(Digits::new::<8>(&scalar).carried);
    }
    assert!(carried > 100, "{carried} scalars of which a one is carried out");
}

/// The extreme digits occur, in the lowest position and in the highest.
#[test]
fn digits_at_the_ends_of_their_range() {
    let digits = |scalar: &[u8; 32]| Digits::new::<8>(scalar).digits;
    let (mut low, mut high) = (ZERO, ZERO);
    for (octet, digit) in [(15, 15), (17, -15), (31, -1), (1, 1)] {
        low[31] = octet;
        assert_eq!(digits(&low)[0], digit);
    }
    for (octet, digit, carried) in [(0x78, 15, false), (0x88, -15, true), (0xf8, -1, true), (0x08, 1, false)]
    {
        high[0] = octet;
        assert_eq!(digits(&high)[251], digit);
        assert_eq!(Digits::new::<8>(&high).carried, carried);
    }
    assert!(Digits::new::<8>(&ALL_ONES).carried);
}

/// Checks that every entry of a table is the expected multiple.
fn hold_table<const MULTIPLES: usize, const PARTS: usize>(
    table: &Table<Affine, MULTIPLES, PARTS>,
    point: ProjectivePoint,
) {
    let mut part_point = point;
    for part in table {
        let mut multiple = part_point;
        for entry in part {
            assert_eq!(Some(*entry), ours(&multiple));
            multiple += part_point.double();
        }
        part_point = (0..256 / PARTS).fold(part_point, |point, _| point.double());
    }
}

/// The tables of the base point, which are written down.
#[test]
fn base_table() {
    hold_table(&BASE, ProjectivePoint::GENERATOR);
    hold_table(&BASE_PREPARED, ProjectivePoint::GENERATOR);
}

/// The tables of keys, including those with equal or opposite multiples: d*2^i = 1, 3, ... .
#[test]
fn key_table() {
    let half = (0..32).fold(Scalar::ONE, |power, _| power.double()).invert().unwrap();
    let special = [Scalar::ONE, -Scalar::ONE, half, -half, half * Scalar::from(3_u64)];
    for secret in special.into_iter().chain((0..5).map(random)) {
        let point = ProjectivePoint::GENERATOR * secret;
        let mut table = EMPTY;
        fill(&mut table, &ours(&point).unwrap());
        hold_table(&table, point);
    }
}

/// A key, its table, and the oracle's point.
struct Key {
    point: ProjectivePoint,
    affine: Affine,
    table: Box<Prepared>,
}

impl Key {
    fn new(point: ProjectivePoint) -> Self {
        let affine = ours(&point).unwrap();
        let mut table = Box::new(EMPTY);
        fill(&mut table, &affine);
        Self { point, affine, table }
    }

    /// Checks both sums against the oracle.
    #[track_caller]
    fn hold(&self, u1: &[u8; 32], u2: &[u8; 32]) {
        let expected = ours(&(ProjectivePoint::GENERATOR * reduce(u1) + self.point * reduce(u2)));
        assert_eq!(affine(&sum_vartime(u1, u2, &self.affine)), expected, "as it comes, {u1:02x?} {u2:02x?}");
        assert_eq!(
            affine(&sum_prepared_vartime(u1, u2, &self.table)),
            expected,
            "prepared, {u1:02x?} {u2:02x?}"
        );
    }
}

#[test]
fn multiples_of_g() {
    // A key far from the small multiples of G.
    let key = Key::new(ProjectivePoint::GENERATOR * random(1));
    for u1 in (0..20_u64).map(Scalar::from).flat_map(|k| [octets(&k), octets(&-k)]) {
        key.hold(&u1, &ZERO);
    }
}

/// Small u2, including zero, with small and large u1, and the other way round.
#[test]
fn scalars_at_edges() {
    let key = Key::new(ProjectivePoint::GENERATOR * random(2));
    let other = octets(&random(3));
    // This selection includes every kind of edge.
    for edge in edges().into_iter().step_by(7) {
        key.hold(&ZERO, &edge);
        key.hold(&other, &edge);
        key.hold(&edge, &other);
        key.hold(&edge, &edge);
    }
    key.hold(&ALL_ONES, &ALL_ONES);
}

/// Keys that are small multiples of G or of its negative, with small scalars: sums meet entries of both
/// tables, and may be neutral.
#[test]
fn small_keys() {
    let small = [0, 1, 2, 3, 16, 31_u64].map(Scalar::from);
    let scalars: Vec<_> = small.iter().flat_map(|scalar| [*scalar, -scalar]).collect();
    let mut neutral = 0;
    for secret in scalars.iter().filter(|scalar| !bool::from(scalar.is_zero())) {
        let key = Key::new(ProjectivePoint::GENERATOR * secret);
        for u1 in &scalars {
            for u2 in &scalars {
                key.hold(&octets(u1), &octets(u2));
                neutral += usize::from(bool::from((*u1 + *u2 * secret).is_zero()));
            }
        }
    }
    assert!(neutral > 30, "{neutral} sums are neutral");
}

/// One addition in a model: what has been added before it, and what it adds, each as a multiple of G and one
/// of the key.
struct Addition {
    before: [Scalar; 2],
    added: [Scalar; 2],
}

/// Returns the additions of a sum in order, with tables of this many parts.
fn additions(scalars: [&Digits; 2], parts: usize) -> Vec<Addition> {
    let piece = 256 / parts;
    let power = |bit: usize| (0..bit).fold(Scalar::ONE, |power, _| power.double());
    let signed = |digit: i8| {
        let size = Scalar::from(u64::from(digit.unsigned_abs()));
        if digit < 0 { -size } else { size }
    };
    let mut sum = [Scalar::ZERO; 2];
    let mut all = Vec::new();
    let mut add = |sum: &mut [Scalar; 2], which: usize, value: Scalar| {
        let mut added = [Scalar::ZERO; 2];
        added[which] = value;
        all.push(Addition { before: *sum, added });
        sum[which] += value;
    };
    for (which, digits) in scalars.into_iter().enumerate() {
        if digits.carried {
            add(&mut sum, which, power((parts - 1) * piece));
        }
    }
    for column in (0..piece).rev() {
        sum = sum.map(|scalar| scalar.double());
        for (which, digits) in scalars.into_iter().enumerate() {
            for part in 0..parts {
                let digit = digits.digits[part * piece + column];
                if digit != 0 {
                    add(&mut sum, which, signed(digit) * power(part * piece));
                }
            }
        }
    }
    all
}

/// Checks, for every addition of a sum, the keys for which the two points are equal or opposite: `before.g +
/// before.q * d = +-(added.g + added.q * d)`, solved for d. The first addition, to the neutral element, has
/// no such key, nor has one before which only multiples of the same point were added.
fn exceptional(u1: &[u8; 32], u2: &[u8; 32], parts: usize, digits: [&Digits; 2]) -> [usize; 2] {
    let mut found = [0; 2];
    for Addition { before: [g, q], added: [added_g, added_q] } in additions(digits, parts) {
        for (kind, sign) in [Scalar::ONE, -Scalar::ONE].into_iter().enumerate() {
            let Some(inverse) = (q - sign * added_q).invert().into_option() else { continue };
            let secret = (sign * added_g - g) * inverse;
            if bool::from(secret.is_zero()) {
                continue;
            }
            assert_eq!(g + q * secret, sign * (added_g + added_q * secret), "the equation was solved");
            Key::new(ProjectivePoint::GENERATOR * secret).hold(u1, u2);
            found[kind] += 1;
        }
    }
    found
}

/// Equal and opposite points, and so the neutral element as an intermediate and final sum, at every addition.
#[test]
fn exceptional_additions() {
    // One scalar with a carry out of the highest digit, and one without.
    let (mut high, mut low) = (octets(&random(4)), octets(&random(5)));
    high[0] |= 0xf0;
    low[0] &= 0x07;
    for (u1, u2) in [(high, low), (low, high)] {
        // The multiples of an unprepared key depend on the width of words.
        for key in [Digits::new::<4>(&u2), Digits::new::<8>(&u2)] {
            let [equal, opposite] = exceptional(&u1, &u2, 1, [&digits_for(&BASE, &u1), &key]);
            assert!(equal > 60 && opposite > 60, "one part: {equal} times equal, {opposite} times opposite");
        }
        let key = digits_for(&EMPTY, &u2);
        let [equal, opposite] = exceptional(&u1, &u2, 8, [&digits_for(&BASE_PREPARED, &u1), &key]);
        assert!(equal > 60 && opposite > 60, "eight parts: {equal} times equal, {opposite} times opposite");
    }
}

/// Returns the digits for a table.
fn digits_for<const MULTIPLES: usize, const PARTS: usize>(
    _: &Table<Affine, MULTIPLES, PARTS>,
    scalar: &[u8; 32],
) -> Digits {
    Digits::new::<MULTIPLES>(scalar)
}

/// Keys whose x is below 2^224 in Montgomery form: a reduction that stops below 2^256 leaves it at p or
/// above.
#[test]
fn keys_with_a_small_montgomery_form() {
    let mut x = FieldElement::ZERO;
    // 1/2^256 = (2^-1)^256 in the field.
    let half = FieldElement::ONE.double().invert();
    let step = (0..256).fold(FieldElement::ONE, |power, _| power.mul(&half));
    let mut found = 0;
    for seed in 1..=40 {
        x = x.add(&step);
        let Some(point) = AffinePoint::decompress(&x.to_bytes().into(), 0.into()).into_option() else {
            continue;
        };
        let key = Key::new(point.into());
        key.hold(&octets(&random(seed)), &octets(&random(seed + 100)));
        key.hold(&ZERO, &octets(&Scalar::from(2_u64)));
        found += 1;
    }
    assert!(found > 10, "{found} keys");
}

/// Selected by the flag on any target.
#[cfg(jose_core_words = "32")]
#[test]
fn words_have_32_bits() {
    assert_eq!(FieldElement::WORD_BITS, 32);
    assert_eq!(BASE.as_flattened().len(), 16);
}
