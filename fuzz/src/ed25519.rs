//! Ed25519 keys and signatures that an input describes: honest ones, and those on which verifiers differ. And
//! what of a key's octets is to be said without the crate's arithmetic.
//!
//! In the input stands the message, with its length in one octet; two scalars of 32 octets; an octet for the
//! parts of small order that key and R get, four bits each; an octet for the other text of the signature or of
//! the key (see [`Case::rewrite`]).

use aws_lc_rs::digest::{SHA512, digest};
use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::{EdwardsPoint, Scalar};
use p256::elliptic_curve::bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use p256::elliptic_curve::bigint::{BoxedUint, Odd, Resize as _};

use crate::input::Input;

/// The order of the base point, little-endian (RFC 8032 §5.1).
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The y of the points of small order: of the orders 1, 2, 4, and of the two pairs of order 8, big-endian.
const SMALL: [&str; 5] = [
    "0000000000000000000000000000000000000000000000000000000000000001",
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7",
    "05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826",
];

/// A key, a message, and what is to be held against them.
pub struct Case {
    /// The key's octets.
    pub key: Vec<u8>,
    /// The message.
    pub message: Vec<u8>,
    /// R and S.
    pub signature: Vec<u8>,
    /// Whether the signature was made to hold. One that was not may hold nevertheless.
    pub holds: bool,
}

impl Case {
    /// Reads one.
    pub fn read(input: &mut Input<'_>) -> Self {
        let message = input.text();
        let [secret, nonce] = [scalar(input), scalar(input)];
        let torsion = input.octet();
        let part = |bits: u8| EIGHT_TORSION[usize::from(bits % 8)];
        let key: EdwardsPoint = ED25519_BASEPOINT_POINT * secret + part(torsion);
        let r: EdwardsPoint = ED25519_BASEPOINT_POINT * nonce + part(torsion >> 4);
        let (mut key, mut r) = (key.compress().to_bytes().to_vec(), r.compress().to_bytes().to_vec());
        let how = input.octet();
        Self::rewrite_points(&mut key, &mut r, how);
        let k = Scalar::from_bytes_mod_order_wide(
            digest(&SHA512, &[&*r, &key, &message].concat()).as_ref().try_into().unwrap(),
        );
        let mut s = (nonce + k * secret).to_bytes().to_vec();
        Self::rewrite_s(&mut s, how);
        let honest = [secret, nonce].iter().all(|scalar| *scalar != Scalar::ZERO);
        let holds = honest && torsion & 0x77 == 0 && how % 16 == 0;
        Self { key, message, signature: [r, s].concat(), holds }
    }

    /// Writes a point in another way, before the challenge is made of it: 8 and 9, another sign, of R or of the key;
    /// 10 and 11, the neutral point with a y that is not reduced; 12 and 13, with a sign; 14 and 15, a y of all
    /// ones but for a bit.
    fn rewrite_points(key: &mut [u8], r: &mut [u8], how: u8) {
        let point = if how % 2 == 0 { r } else { key };
        match how % 16 {
            8 | 9 => point[31] ^= 0x80,
            10 | 11 => {
                point.fill(0xff);
                (point[0], point[31]) = (0xee, 0x7f);
            }
            12 | 13 => {
                point.fill(0);
                (point[0], point[31]) = (1, 0x80);
            }
            14 | 15 => {
                point.fill(0xff);
                point[0] = 0xed + how / 16;
            }
            _ => {}
        }
    }

    /// Writes S in another way: 1 to 3, with so many times the order added; 4, zero; 5, the order; 6, all ones; 7,
    /// the highest bit set.
    fn rewrite_s(s: &mut [u8], how: u8) {
        match how % 16 {
            times @ 1..=3 => (0..times).for_each(|_| add_order(s)),
            4 => s.fill(0),
            5 => s.copy_from_slice(&ORDER),
            6 => s.fill(0xff),
            7 => s[31] |= 0x80,
            _ => {}
        }
    }
}

fn scalar(input: &mut Input<'_>) -> Scalar {
    Scalar::from_bytes_mod_order(input.array())
}

fn add_order(s: &mut [u8]) {
    let mut carry = 0;
    for (octet, order) in s.iter_mut().zip(ORDER) {
        [carry, *octet] = (u16::from(*octet) + u16::from(order) + u16::from(carry)).to_be_bytes();
    }
}

/// What the octets of a point say.
pub struct Encoding {
    /// y, reduced.
    y: BoxedUint,
    /// Whether it was below the prime.
    pub is_reduced: bool,
}

impl Encoding {
    /// Reads 32 octets. The sign is not looked at.
    pub fn read(octets: &[u8]) -> Self {
        let mut octets: Vec<u8> = octets.iter().rev().copied().collect();
        octets[0] &= 0x7f;
        let y = BoxedUint::from_be_slice(&octets, 256).unwrap();
        let is_reduced = y < prime();
        let y = if is_reduced { y } else { y.wrapping_sub(prime()) };
        Self { y, is_reduced }
    }

    /// Whether a point has this y: whether x^2 = (y^2 - 1) / (d*y^2 + 1) has a root (RFC 8032 §5.1.3), which it has
    /// if the product of both has one.
    pub fn is_point(&self) -> bool {
        let parameters = BoxedMontyParams::new_vartime(Odd::new(prime()).unwrap());
        let form = |number: BoxedUint| BoxedMontyForm::new(number, &parameters);
        let small = |number: u64| form(BoxedUint::from(number).resize(256));
        let one = small(1);
        let d = -(small(121_665) * small(121_666).invert().unwrap());
        let square = form(self.y.clone()).square();
        let product = (square.clone() - &one) * (d * square + &one);
        let half = prime().shr(1);
        let power = product.pow(&half).retrieve();
        power == BoxedUint::zero_with_precision(256) || power == BoxedUint::one_with_precision(256)
    }

    /// Whether the points with this y are of small order.
    pub fn is_small(&self) -> bool {
        SMALL.iter().any(|y| self.y == BoxedUint::from_be_hex(y, 256).unwrap())
    }
}

/// 2^255 - 19.
fn prime() -> BoxedUint {
    let mut octets = [0xff; 32];
    (octets[0], octets[31]) = (0x7f, 0xed);
    BoxedUint::from_be_slice(&octets, 256).unwrap()
}
