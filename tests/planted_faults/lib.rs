//! Faults in copies of the ES256 verifier, of which none gets a signature accepted.
//!
//! Each copy has one fault in the field, in the formulas for points, or in the digits and tables. A fault
//! must change sums, as `p256` computes them; and then:
//!
//! - no signature is accepted whose sum is wrong, be it a good or a tampered one,
//! - where a sum has left the curve, the verdict refuses it for every r, the one that it would give included.
//!   That is the certificate. A copy without it accepts that r, which shows that nothing else refuses it.
//! - where a sum is another point of the curve, the certificate cannot tell, and what refuses it is that its
//!   x is not r.
//!
//! The copies without a fault accept what is good.

#![cfg(test)]
#![allow(dead_code, unused_variables, reason = "a copy is used in part, and a fault leaves things unused")]

extern crate alloc;

use p256::elliptic_curve::PrimeField as _;
use p256::elliptic_curve::hazmat::FieldArithmetic;
use p256::elliptic_curve::ops::Reduce;
use p256::elliptic_curve::point::AffineCoordinates as _;
use p256::{AffinePoint, FieldBytes, NistP256, ProjectivePoint, Scalar};
use sha2::{Digest as _, Sha256};

include!("faults.rs");

/// What the copies import of the crate.
mod error {
    pub use jose_core::error::KeyError;
}

/// What they import of the module above them: the hash,
mod digest {
    pub fn sha256(message: &[u8]) -> [u8; 32] {
        <sha2::Sha256 as sha2::Digest>::digest(message).into()
    }
}

/// and what reads a JWK, which is not used here.
mod parameters {
    use jose_core::error::KeyError;
    use jose_core::json::Value;

    pub type Parameters<'p, 'a> = &'p dyn Fn(&str) -> Option<Value<'a>>;

    pub fn octets<'b>(
        _: &'static str,
        _: Parameters<'_, '_>,
        _: &'b mut [u8],
        _: fn(&'static str, usize) -> KeyError,
    ) -> Result<&'b [u8], KeyError> {
        unimplemented!("keys are made of coordinates here")
    }
}

type Octets = [u8; 32];

/// A copy, by the functions that the build script adds to it.
struct Copy {
    name: &'static str,
    kind: Kind,
    verifies: fn(&Octets, &Octets, bool, &[u8], &[u8]) -> Option<bool>,
    sum: fn(&Octets, &Octets, &Octets, &Octets, bool) -> Option<[Octets; 3]>,
    verdict: fn(&Octets, &Octets, &Octets, &Octets, bool, &Scalar) -> Option<bool>,
}

include!(concat!(env!("OUT_DIR"), "/copies.rs"));

/// An element of p256's field.
type Element = <NistP256 as FieldArithmetic>::FieldElement;

/// What a sum is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Sum {
    Neutral,
    Point(Octets, Octets),
    OffCurve,
}

fn reduce(octets: impl Into<FieldBytes>) -> Scalar {
    <Scalar as Reduce<FieldBytes>>::reduce(&octets.into())
}

fn octets(scalar: &Scalar) -> Octets {
    scalar.to_repr().into()
}

fn random(seed: u64) -> Scalar {
    reduce(Sha256::digest(seed.to_be_bytes()))
}

/// The coordinates of a key.
fn coordinates(point: &ProjectivePoint) -> Sum {
    let point = point.to_affine();
    if point == AffinePoint::IDENTITY { Sum::Neutral } else { Sum::Point(point.x().into(), point.y().into()) }
}

/// The affine coordinates of a sum, by p256's field, on the curve or not.
fn affine([x, y, z]: [Octets; 3]) -> Option<(Element, Element)> {
    let [x, y, z] = [x, y, z].map(|octets| Element::from_repr(octets.into()).into_option());
    let (x, y, inverse) = (x?, y?, z?.invert().into_option()?);
    let square = inverse.square();
    Some((x * square, y * square * inverse))
}

/// What the sum of a copy is, as p256 decodes points, and x modulo the order.
fn judge(sum: [Octets; 3]) -> (Sum, Option<Scalar>) {
    match affine(sum) {
        None if sum[2] == [0; 32] => (Sum::Neutral, None),
        None => (Sum::OffCurve, None),
        Some((x, y)) => {
            let known = AffinePoint::from_coordinates(&x.to_repr(), &y.to_repr()).is_some().into();
            let point =
                if known { Sum::Point(x.to_repr().into(), y.to_repr().into()) } else { Sum::OffCurve };
            (point, Some(reduce(x.to_repr())))
        }
    }
}

/// A secret, and a nonce, that make the signature of a message.
struct Signature {
    key: (Octets, Octets),
    u1: Scalar,
    u2: Scalar,
    expected: Sum,
    octets: Vec<u8>,
    holds: bool,
}

const MESSAGE: &[u8] = b"message";

fn sign(secret: &Scalar, nonce: &Scalar) -> Signature {
    let e = reduce(Sha256::digest(MESSAGE));
    let point = ProjectivePoint::GENERATOR * nonce;
    let r = reduce(point.to_affine().x());
    let s = nonce.invert().unwrap() * (e + r * secret);
    let inverse = s.invert().unwrap();
    let key = ProjectivePoint::GENERATOR * secret;
    let Sum::Point(x, y) = coordinates(&key) else { panic!("the secret is zero") };
    let (u1, u2) = (e * inverse, r * inverse);
    let expected = coordinates(&(ProjectivePoint::GENERATOR * u1 + key * u2));
    assert_eq!(expected, coordinates(&point), "FIPS 186-5 §6.4.2");
    Signature { key: (x, y), u1, u2, expected, octets: [octets(&r), octets(&s)].concat(), holds: true }
}

/// What has these u1 and u2, for a key that is G. It does not hold: r is what u2 makes of it.
fn made_of(u1: u64, u2: u64) -> Signature {
    let (u1, u2) = (Scalar::from(u1), Scalar::from(u2));
    let s = reduce(Sha256::digest(MESSAGE)) * u1.invert().unwrap();
    let Sum::Point(x, y) = coordinates(&ProjectivePoint::GENERATOR) else { panic!("G is no point") };
    let expected = coordinates(&(ProjectivePoint::GENERATOR * (u1 + u2)));
    let octets = [octets(&(u2 * s)), octets(&s)].concat();
    Signature { key: (x, y), u1, u2, expected, octets, holds: false }
}

/// Keys and nonces by chance; and sums of equal points: with the key G, of the last that are added.
fn signatures() -> Vec<Signature> {
    let random = (0..20).map(|seed| sign(&random(seed), &random(seed + 100)));
    let equal = [1, 3, 5, 7].map(|number| made_of(number, number));
    random.chain(equal).collect()
}

/// Holds a copy to what its kind says. Returns how many sums were wrong, and how many were right.
fn hold(copy: &Copy, signatures: &[Signature]) -> (usize, usize) {
    let (mut wrong, mut right, mut off_curve) = (0, 0, 0);
    let name = copy.name;
    for signature in signatures {
        let (x, y) = &signature.key;
        let [u1, u2] = [&signature.u1, &signature.u2].map(octets);
        for prepared in [false, true] {
            let sum = (copy.sum)(&u1, &u2, x, y, prepared).unwrap();
            let (found, own_r) = judge(sum);
            let verifies =
                |message: &[u8], octets: &[u8]| (copy.verifies)(x, y, prepared, message, octets).unwrap();
            let verdict = |r: &Scalar| (copy.verdict)(&u1, &u2, x, y, prepared, r).unwrap();
            let good_r = reduce(<Octets>::try_from(&signature.octets[..32]).unwrap());
            let is_right = found == signature.expected;
            if is_right {
                right += 1
            } else {
                wrong += 1
            }
            off_curve += usize::from(found == Sum::OffCurve);

            let good = is_right && signature.holds;
            assert_eq!(verifies(MESSAGE, &signature.octets), good, "{name}: a good signature");
            assert_eq!(verdict(&good_r), good, "{name}: the r of a good signature");
            for bit in [0, 7, 100, 255, 256, 300, 511] {
                let mut tampered = signature.octets.clone();
                tampered[bit / 8] ^= 1 << (bit % 8);
                assert!(!verifies(MESSAGE, &tampered), "{name}: a tampered signature");
            }
            assert!(!verifies(b"massage", &signature.octets), "{name}: a tampered message");
            if is_right {
                continue;
            }
            // The r that this sum would give, or any where it gives none.
            let r = own_r.unwrap_or(Scalar::ONE);
            match copy.kind {
                Kind::None => panic!("{name}: a wrong sum"),
                Kind::OffCurve => {
                    assert!(matches!(found, Sum::OffCurve | Sum::Neutral), "{name}");
                    assert!(!verdict(&r), "{name}: accepts what has left the curve");
                }
                Kind::OtherPoint => {
                    assert_ne!(found, Sum::OffCurve, "{name}");
                    assert_eq!(verdict(&r), found != Sum::Neutral, "{name}: the neutral element has no x");
                }
                Kind::NoCertificate => {
                    assert_eq!(found, Sum::OffCurve, "{name}");
                    assert_eq!(verdict(&r), own_r.is_some(), "{name}: something else refuses it");
                }
            }
        }
    }
    // Zeros alone would not show what the equation of the curve is for.
    let leaves = matches!(copy.kind, Kind::OffCurve | Kind::NoCertificate);
    assert_eq!(off_curve > 0, leaves, "{name}: {off_curve} sums off the curve");
    (wrong, right)
}

#[test]
fn no_fault_is_accepted() {
    let signatures = signatures();
    for copy in COPIES {
        let (wrong, right) = hold(copy, &signatures);
        println!("{:<24} {wrong:2} sums wrong, {right:2} right", copy.name);
        assert_eq!(wrong == 0, copy.kind == Kind::None, "{}: {wrong} sums are wrong", copy.name);
    }
    assert_eq!(COPIES.len(), FAULTS.iter().map(|(_, _, widths, _)| widths.len()).sum::<usize>());
}
