//! ECDSA on P-256 with SHA-256 (RFC 7518 §3.4). All data here is public, so time may depend on it.
//!
//! The sum of points that a verification needs is computed here. Everything else uses the `crypto-bigint` of
//! `p256`: decoding and validating the key, r and s, the arithmetic modulo the order, and the last step,
//! which reads the result from the sum.

mod comb;
mod field;
mod point;

#[cfg(feature = "alloc")]
use alloc::boxed::Box;
use core::fmt;

use p256::elliptic_curve::Curve as _;
use p256::elliptic_curve::bigint::modular::ConstMontyForm;
use p256::elliptic_curve::bigint::{ArrayEncoding as _, CheckedAdd as _, const_monty_params};
use p256::{NistP256, U256};

use self::field::FieldElement;
use self::point::{Affine, Jacobian};
use super::digest::sha256;
use super::parameters::{Parameters, octets};
use crate::error::KeyError;

const_monty_params!(Order, U256, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "n");
const_monty_params!(Prime, U256, "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", "p");

/// An integer modulo n.
type Residue = ConstMontyForm<Order, { U256::LIMBS }>;

/// An element of the field, with the arithmetic of `crypto-bigint`.
type BigElement = ConstMontyForm<Prime, { U256::LIMBS }>;

/// The coefficient b of the curve (SP 800-186 §3.2.1.3).
const B: BigElement =
    BigElement::new(&U256::from_be_hex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"));

/// The multiples of a P-256 key, 4 KB, with which ES256 takes less than half of the time to verify.
///
/// | instructions of | memory | x86-64 | Cortex-M4 |
/// |---|--:|--:|--:|
/// | verifying, unprepared key | none | 0.66 M | 1.78 M |
/// | verifying, prepared key | 4 KB | 0.27 M | 0.73 M |
/// | preparing, once | 4 KB, and 6 KB of stack | 0.64 M | 1.58 M |
///
/// (`benches/counts/baseline.json` and `examples/firmware/BUDGETS.md` have the exact figures.)
///
/// With the feature `alloc`, [`VerifyingKey::prepare`] puts them on the heap, and a [`KeySet`] prepares its
/// keys itself. Without a heap they are in memory that the program sets aside ([`VerifyingKey::prepare_in`]),
/// or computed by the compiler and kept in read-only memory:
///
/// ```
/// use jose_core::{VerifyingKey, keys::PreparedEs256};
///
/// // RFC 7515 §A.3.1
/// static PREPARED: PreparedEs256 = PreparedEs256::new(
///     &[
///         0x7f, 0xcd, 0xce, 0x27, 0x70, 0xf6, 0xc4, 0x5d, 0x41, 0x83, 0xcb, 0xee, 0x6f, 0xdb, 0x4b, 0x7b,
///         0x58, 0x07, 0x33, 0x35, 0x7b, 0xe9, 0xef, 0x13, 0xba, 0xcf, 0x6e, 0x3c, 0x7b, 0xd1, 0x54, 0x45,
///     ],
///     &[
///         0xc7, 0xf1, 0x44, 0xcd, 0x1b, 0xbd, 0x9b, 0x7e, 0x87, 0x2c, 0xdf, 0xed, 0xb9, 0xee, 0xb9, 0xf4,
///         0xb3, 0x69, 0x5d, 0x6e, 0xa9, 0x0b, 0x24, 0xad, 0x8a, 0x46, 0x23, 0x28, 0x85, 0x88, 0xe5, 0xad,
///     ],
/// );
/// let key = VerifyingKey::es256_prepared(&PREPARED)?;
/// # Ok::<(), jose_core::error::KeyError>(())
/// ```
///
/// [`KeySet`]: crate::KeySet
/// [`VerifyingKey::prepare`]: crate::VerifyingKey::prepare
/// [`VerifyingKey::prepare_in`]: crate::VerifyingKey::prepare_in
#[derive(Clone)]
pub struct PreparedEs256(comb::Prepared);

impl PreparedEs256 {
    /// Memory for a key, not filled yet.
    pub const EMPTY: Self = Self(comb::EMPTY);

    /// Computes the multiples of the point with these affine coordinates, big-endian.
    /// [`VerifyingKey::es256_prepared`](crate::VerifyingKey::es256_prepared) checks whether the point is on
    /// the curve.
    #[must_use]
    pub const fn new(x: &[u8; 32], y: &[u8; 32]) -> Self {
        let mut prepared = Self::EMPTY;
        // If a coordinate is p or more, the table stays empty. Its point, (0, 0), is not on the curve.
        if let (Some(x), Some(y)) = (FieldElement::from_bytes(x), FieldElement::from_bytes(y)) {
            comb::fill(&mut prepared.0, &Affine { x, y });
        }
        prepared
    }

    /// Returns the point itself.
    fn point(&self) -> &Affine {
        let [[point, ..], ..] = &self.0;
        point
    }
}

impl fmt::Debug for PreparedEs256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PreparedEs256(..)")
    }
}

#[derive(Clone)]
pub(super) struct Key(Point);

#[derive(Clone)]
enum Point {
    Unprepared(Affine),
    Prepared(Memory, SumPrepared),
}

#[derive(Clone)]
enum Memory {
    Static(&'static PreparedEs256),
    #[cfg(feature = "alloc")]
    Boxed(Box<PreparedEs256>),
}

impl Memory {
    fn prepared(&self) -> &PreparedEs256 {
        match self {
            Self::Static(prepared) => prepared,
            #[cfg(feature = "alloc")]
            Self::Boxed(prepared) => prepared,
        }
    }
}

/// The function that computes the sum for a prepared key. It is stored with the key, so that a program that
/// prepares no key does not link the code and tables.
type SumPrepared = fn(&[u8; 32], &[u8; 32], &comb::Prepared) -> Jacobian;

impl Key {
    #[inline(never)]
    pub(super) fn new(x: &[u8], y: &[u8]) -> Result<Self, KeyError> {
        point_on_curve(&coordinate("x", x)?, &coordinate("y", y)?).map(|point| Self(Point::Unprepared(point)))
    }

    /// Reads an `EC` JWK (RFC 7518 §6.2.1).
    #[inline(never)]
    pub(super) fn from_parameters(parameters: Parameters<'_, '_>) -> Result<Self, KeyError> {
        let (mut x, mut y) = ([0; 32], [0; 32]);
        let x = octets("x", parameters, &mut x, wrong_length)?;
        let y = octets("y", parameters, &mut y, wrong_length)?;
        Self::new(x, y)
    }

    /// Returns whether both are the same point.
    pub(super) fn is_same_key(&self, other: &Self) -> bool {
        self.point() == other.point()
    }

    fn point(&self) -> &Affine {
        match &self.0 {
            Point::Unprepared(point) => point,
            Point::Prepared(memory, _) => memory.prepared().point(),
        }
    }

    /// Creates a key from multiples that have been computed, if their point is on the curve.
    pub(super) fn from_prepared(prepared: &'static PreparedEs256) -> Result<Self, KeyError> {
        let Affine { x, y } = prepared.point();
        point_on_curve(&x.to_bytes(), &y.to_bytes())?;
        Ok(Self(Point::Prepared(Memory::Static(prepared), comb::sum_prepared_vartime)))
    }

    #[cfg(feature = "alloc")]
    pub(super) fn prepare(&mut self) {
        if let Point::Unprepared(point) = &self.0 {
            let mut memory = Box::new(PreparedEs256::EMPTY);
            comb::fill(&mut memory.0, point);
            self.0 = Point::Prepared(Memory::Boxed(memory), comb::sum_prepared_vartime);
        }
    }

    pub(super) fn prepare_in(&mut self, memory: &'static mut PreparedEs256) {
        if let Point::Unprepared(point) = &self.0 {
            comb::fill(&mut memory.0, point);
            self.0 = Point::Prepared(Memory::Static(memory), comb::sum_prepared_vartime);
        }
    }

    /// Verifies a signature by the steps of FIPS 186-5 §6.4.2.
    #[inline(never)]
    pub(super) fn holds(&self, message: &[u8], signature: &[u8]) -> bool {
        let ([r, s], []) = signature.as_chunks() else { return false };
        // 1 to 5
        let Some((r, u1, u2)) = scalars(message, r, s) else { return false };
        // 6: R1 = u1*G + u2*Q
        let sum = match &self.0 {
            Point::Unprepared(point) => comb::sum_vartime(&u1, &u2, point),
            Point::Prepared(memory, sum) => sum(&u1, &u2, &memory.prepared().0),
        };
        // 7 to 9
        x_is(&sum, &r)
    }
}

/// Returns r, u1 and u2 of a signature, if r and s are in range.
#[inline(never)]
fn scalars(message: &[u8], r: &[u8; 32], s: &[u8; 32]) -> Option<(U256, [u8; 32], [u8; 32])> {
    // 1: r and s are integers from 1 to n - 1; for s = 0, step 4 finds no inverse. A high s is accepted (RFC
    // 7518 §3.4 has no rule against it).
    let (r, s) = (below(&NistP256::ORDER, r)?, below(&NistP256::ORDER, s)?);
    if r == U256::ZERO {
        return None;
    }
    // 2 and 3: the hash, as an integer
    let e = U256::from_be_byte_array(sha256(message).into());
    // 4: the inverse of s
    let inverse = s.invert_odd_mod_vartime(&NistP256::ORDER).into_option()?;
    // 5: u1 = e/s, u2 = r/s modulo n. `mul` divides by R, and the inverse has no factor R: the words of the
    // product are those of the plain result.
    let inverse = Residue::from_montgomery(inverse);
    let product = |integer| Residue::new(integer).mul(&inverse).to_montgomery().to_be_bytes().into();
    Some((r, product(&e), product(&r)))
}

/// Checks that a coordinate has exactly 32 octets (RFC 7518 §6.2.1.2).
fn coordinate(name: &'static str, octets: &[u8]) -> Result<[u8; 32], KeyError> {
    octets.try_into().map_err(|_| wrong_length(name, octets.len()))
}

#[cold]
#[inline(never)]
const fn wrong_length(name: &'static str, length: usize) -> KeyError {
    KeyError::WrongCoordinateLength { name, crv: "P-256", expected: 32, length }
}

/// Returns the point with these coordinates, after `crypto-bigint` has checked that they are below p and on
/// the curve.
fn point_on_curve(x: &[u8; 32], y: &[u8; 32]) -> Result<Affine, KeyError> {
    match (big_element(x), big_element(y), FieldElement::from_bytes(x), FieldElement::from_bytes(y)) {
        (Some(big_x), Some(big_y), Some(x), Some(y)) if on_curve(&big_x, &big_y, &BigElement::ONE) => {
            Ok(Affine { x, y })
        }
        _ => Err(KeyError::PointNotOnCurve { crv: "P-256" }),
    }
}

/// Returns the integer that octets encode, if it is below a bound.
#[inline(never)]
fn below(bound: &U256, octets: &[u8; 32]) -> Option<U256> {
    let integer = U256::from_be_byte_array((*octets).into());
    integer.cmp_vartime(bound).is_lt().then_some(integer)
}

/// Returns the element of the field that octets encode, if they encode one.
fn big_element(octets: &[u8; 32]) -> Option<BigElement> {
    below(&BigElement::MODULUS, octets).map(|integer| BigElement::new(&integer))
}

/// Returns whether Y^2 = X^3 - 3*X*Z^4 + b*Z^6, so that (X/Z^2, Y/Z^3) is on the curve. Z must not be zero.
#[inline(never)]
fn on_curve(x: &BigElement, y: &BigElement, z: &BigElement) -> bool {
    // A separate square function would take more of a device's flash.
    let zz = z.mul(z);
    let zzzz = zz.mul(&zz);
    let factor = x.mul(x).sub(&zzzz).sub(&zzzz.double());
    y.mul(y) == x.mul(&factor).add(&B.mul(&zzzz).mul(&zz))
}

/// Returns whether a sum of points is not neutral, and its x modulo the order is r.
///
/// The result is computed with the arithmetic of `crypto-bigint`, and only for a point on the curve. A wrong
/// value in the field or in a formula takes the sum off the curve (a random one is on it with probability
/// 2^-256), and the signature is refused. A missed case of equal points, a wrong digit or a wrong table entry
/// gives another point on the curve: the tests of the comb cover these.
#[inline(never)]
fn x_is(sum: &Jacobian, r: &U256) -> bool {
    let (Some(x), Some(y), Some(z)) =
        (big_element(&sum.x.to_bytes()), big_element(&sum.y.to_bytes()), big_element(&sum.z.to_bytes()))
    else {
        return false;
    };
    // If Z is zero, the sum is neutral.
    if z == BigElement::ZERO || !on_curve(&x, &y, &z) {
        return false;
    }
    // x modulo n is r if x is r, or r + n where that is below p. X = x * Z^2.
    let zz = z.mul(&z);
    let is = |integer: &U256| {
        integer.cmp_vartime(&BigElement::MODULUS).is_lt() && x == BigElement::new(integer).mul(&zz)
    };
    is(r) || r.checked_add(&NistP256::ORDER).into_option().is_some_and(|integer| is(&integer))
}
