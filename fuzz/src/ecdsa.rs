//! ES256 keys and signatures that an input describes: honest ones, and those that bring the verifier's
//! arithmetic into the places that it has to get right.
//!
//! In the input stands an octet for the kind of [`Case`] (see [`Case::read`]); the message, with its length
//! in one octet; three scalars (see [`scalar`]); an octet for the other text of the signature (see
//! [`rewrite`]).

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::digest;
use p256::elliptic_curve::ff::{Field as _, PrimeField as _};
use p256::elliptic_curve::ops::Reduce;
use p256::elliptic_curve::point::{AffineCoordinates as _, DecompressPoint as _};
use p256::elliptic_curve::sec1::FromSec1Point as _;
use p256::{AffinePoint, FieldBytes, ProjectivePoint, Scalar, Sec1Point};

use crate::input::{Input, add, one, subtract};

/// The order of the curve (FIPS 186-5).
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// A key, a message, and what is to be held against them.
pub struct Case {
    /// The key's coordinates.
    pub x: Vec<u8>,
    /// As `x`.
    pub y: Vec<u8>,
    /// The message.
    pub message: Vec<u8>,
    /// r and s.
    pub signature: Vec<u8>,
    /// Whether the signature was made to hold. One that was not may hold nevertheless.
    pub holds: bool,
}

impl Case {
    /// The kinds:
    ///
    /// - 0: the first scalar is the key, and signs with the second as the nonce.
    /// - 1 to 3: the first is the nonce, and the key is made to fit the second, which is s, or the u1 or the
    ///   u2 of FIPS 186-5 §6.4.2.
    /// - 4: the key is made to fit a point whose x is at the third or behind it, and the second, which is s.
    /// - 5 and 6: nothing is made to hold. The first is the key, the third is u2. By the second, u1 is a
    ///   multiple of the key, or u1*G + u2*Q is a multiple of G.
    /// - 7: the key is made so that the signature with the third as the nonce holds, and u1 is the multiple of
    ///   the key by the second.
    pub fn read(input: &mut Input<'_>) -> Self {
        let kind = input.octet();
        let message = input.text();
        let [a, b, c] = [scalar(input), scalar(input), scalar(input)];
        let e = reduce(digest::digest(&digest::SHA256, &message).as_ref());
        let (key, r, s, holds) = match kind % 8 {
            0 => {
                let r = x_of(multiple(b));
                (multiple(a), r, over(e + r * a, b), true)
            }
            kind @ 1..=3 => {
                let r = x_of(multiple(a));
                let s = match kind {
                    1 => b,
                    2 => over(e, b),
                    _ => over(r, b),
                };
                (multiple(over(a * s - e, r)), r, s, true)
            }
            4 => {
                let point = point_near(c);
                let (r, s) = (x_of(point), b);
                let key = (ProjectivePoint::from(point) * s - multiple(e)) * over(Scalar::ONE, r);
                (key.to_affine(), r, s, true)
            }
            kind @ 5..=6 => {
                let u1 = if kind == 5 { a * b } else { b - c * a };
                let s = over(e, u1);
                (multiple(a), c * s, s, false)
            }
            // r*b*d^2 + e*b*d - e*k = 0, from u1 = e*k/(e + r*d) = b*d.
            _ => {
                let r = x_of(multiple(c));
                let root = (e * b).square() + (r * b * e * c).double().double();
                match root.sqrt().into_option() {
                    Some(root) => {
                        let d = over(root - e * b, (r * b).double());
                        (multiple(d), r, over(e + r * d, c), true)
                    }
                    None => (multiple(a), r, b, false),
                }
            }
        };
        // A zero is nothing that is signed with, and the key may have come out as no point.
        let holds = holds && [r, s].iter().all(|scalar| !bool::from(scalar.is_zero()));
        let holds = holds && key != AffinePoint::IDENTITY;
        let mut signature = [r.to_repr(), s.to_repr()].concat();
        let holds = rewrite(&mut signature, &ORDER, input.octet()) && holds;
        Self { x: key.x().to_vec(), y: key.y().to_vec(), message, signature, holds }
    }
}

/// Writes a signature in another way, on a curve of this order: 1, with n - s, which holds as well; 2 and 3,
/// with n added to s or r; 4 and 5, with a zero; 6 and 7, with n. Whether it still holds.
pub fn rewrite(signature: &mut [u8], order: &[u8], how: u8) -> bool {
    let (r, s) = signature.split_at_mut(order.len());
    match how {
        1 => s.copy_from_slice(&subtract(order, s)),
        2 => s.copy_from_slice(&add(s, order)),
        3 => r.copy_from_slice(&add(r, order)),
        4 => s.fill(0),
        5 => r.fill(0),
        6 => s.copy_from_slice(order),
        7 => r.copy_from_slice(order),
        _ => {}
    }
    !(2..=7).contains(&how)
}

/// A scalar: an octet, and what it says. 0, 32 octets follow; 1, an octet, the scalar itself; 2, the
/// exponent of a power of two; 3, an octet that is repeated; 4 to 7, the negative of these.
fn scalar(input: &mut Input<'_>) -> Scalar {
    let kind = input.octet() % 8;
    let value = match kind % 4 {
        0 => reduce(&input.array::<32>()),
        1 => Scalar::from(u64::from(input.octet())),
        2 => (0..input.octet()).fold(Scalar::ONE, |power, _| power.double()),
        _ => reduce(&[input.octet(); 32]),
    };
    if kind < 4 { value } else { -value }
}

fn reduce(octets: &[u8]) -> Scalar {
    let octets: [u8; 32] = octets.try_into().unwrap();
    <Scalar as Reduce<FieldBytes>>::reduce(&octets.into())
}

/// A quotient; zero where it has no value.
fn over(a: Scalar, b: Scalar) -> Scalar {
    a * b.invert().unwrap_or(Scalar::ZERO)
}

fn x_of(point: AffinePoint) -> Scalar {
    reduce(&point.x())
}

/// A multiple of G. `p256` would take most of the time of an input for it.
fn multiple(scalar: Scalar) -> AffinePoint {
    let Ok(key) = PrivateKey::from_private_key(&ECDH_P256, &scalar.to_repr()) else {
        return AffinePoint::IDENTITY;
    };
    let octets = key.compute_public_key().unwrap();
    AffinePoint::from_sec1_point(&Sec1Point::from_bytes(octets).unwrap()).unwrap()
}

/// A point with this x, or the nearest x above. Of every two, one has a point. For a small scalar the x is
/// beyond the order, and r is the scalar.
fn point_near(scalar: Scalar) -> AffinePoint {
    let octets: [u8; 32] = scalar.to_repr().into();
    let mut x = if octets[..17] == [0; 17] { add(&octets, &ORDER) } else { octets.to_vec() };
    loop {
        let coordinate: [u8; 32] = x.as_slice().try_into().unwrap();
        if let Some(point) = AffinePoint::decompress(&coordinate.into(), 0.into()).into_option() {
            return point;
        }
        x = add(&x, &one(32));
    }
}
