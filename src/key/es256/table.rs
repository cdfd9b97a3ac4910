//! Multiples of a point, computed once, with which a verification needs no doubling.
//!
//! A scalar is written in signed digits of `w` bits, and the table holds every multiple of
//! 2^(w*i) times the point that the i-th digit can ask for. u1*G + u2*Q is then a sum of table
//! entries alone. It is kept in XYZZ coordinates, where adding an affine point costs eight
//! multiplications and two squarings ([EFD, madd-2008-s]), and compared without leaving them.
//!
//! The formula does not hold when the two points have the same x. Nobody meets that by chance, but a
//! signer can make a signature that does. [`Sum`] notices, and the caller then asks `p256`.
//!
//! [EFD, madd-2008-s]: https://hyperelliptic.org/EFD/g1p/auto-shortw-xyzz.html

use alloc::sync::Arc;
use alloc::vec::Vec;

use p256::ecdsa::Signature;
use p256::elliptic_curve::ff::PrimeField as _;
use p256::elliptic_curve::hazmat::FieldArithmetic;
use p256::elliptic_curve::ops::{Invert as _, Reduce};
use p256::elliptic_curve::point::AffineCoordinates as _;
use p256::elliptic_curve::{BatchNormalize as _, Curve as _};
use p256::{AffinePoint, FieldBytes, NistP256, ProjectivePoint, Scalar};

type Element = <NistP256 as FieldArithmetic>::FieldElement;

/// How many bits of a scalar one entry of a table serves: memory against time.
///
/// | window | memory of a table | additions that it takes |
/// |---|---|---|
/// | `Bits4` | 33 KB | 65 |
/// | `Bits5` | 53 KB | 52 |
/// | `Bits6` | 88 KB | 43 |
/// | `Bits7` | 152 KB | 37 |
/// | `Bits8` | 270 KB | 33 |
/// | `Bits9` | 475 KB | 29 |
///
/// A verification takes the additions of two tables, the base point's and the key's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Window {
    /// 4 bits, 33 KB.
    Bits4,
    /// 5 bits, 53 KB.
    Bits5,
    /// 6 bits, 88 KB.
    Bits6,
    /// 7 bits, 152 KB.
    Bits7,
    /// 8 bits, 270 KB.
    Bits8,
    /// 9 bits, 475 KB.
    Bits9,
}

impl Window {
    const fn bits(self) -> usize {
        match self {
            Self::Bits4 => 4,
            Self::Bits5 => 5,
            Self::Bits6 => 6,
            Self::Bits7 => 7,
            Self::Bits8 => 8,
            Self::Bits9 => 9,
        }
    }
}

/// The multiples of one point: for each digit of a scalar, those by 1 to 2^(w-1).
struct Table {
    window: usize,
    points: Vec<[Element; 2]>,
}

impl Table {
    fn new(window: Window, point: ProjectivePoint) -> Self {
        let window = window.bits();
        // The last digit takes the carry of the one before it.
        let digits = 256_usize.div_euclid(window).saturating_add(1);
        let each = 1_usize << window.saturating_sub(1);
        let mut points = Vec::with_capacity(digits.saturating_mul(each));
        let mut base = point;
        for _ in 0..digits {
            let multiples = core::iter::successors(Some(base), |multiple| Some(multiple.add(&base)));
            let multiples: Vec<ProjectivePoint> = multiples.take(each).collect();
            // The base of the next digit is twice the greatest multiple.
            base = multiples.last().map_or(base, |last| last.add(last));
            let affine: Vec<AffinePoint> = ProjectivePoint::batch_normalize(multiples.as_slice());
            points.extend(affine.iter().map(|point| [element(&point.x()), element(&point.y())]));
        }
        Self { window, points }
    }

    /// Adds the multiple of the point by a scalar.
    #[expect(clippy::arithmetic_side_effects, reason = "an element of a field")]
    fn add(&self, scalar: &Scalar, sum: &mut Sum) {
        let octets = scalar.to_repr();
        let each = 1_usize << self.window.saturating_sub(1);
        let mut carry = 0;
        for (number, multiples) in self.points.chunks_exact(each).enumerate() {
            let value = bits(&octets, number.saturating_mul(self.window), self.window).saturating_add(carry);
            // A digit above half of the range is what is missing to the range, and a carry.
            let negative = value > each;
            carry = usize::from(negative);
            let digit = if negative { each.saturating_mul(2).saturating_sub(value) } else { value };
            if let Some([x, y]) = digit.checked_sub(1).and_then(|digit| multiples.get(digit)) {
                sum.add(x, &if negative { -*y } else { *y });
            }
        }
    }
}

/// Bits of a big-endian number, from the lowest on. Beyond its end they are zero.
fn bits(octets: &FieldBytes, from: usize, count: usize) -> usize {
    let octet = |place: usize| octets.iter().rev().nth(place).map_or(0, |octet| usize::from(*octet));
    let place = from / 8;
    let window = octet(place) | octet(place.saturating_add(1)) << 8;
    (window >> (from % 8)) & (1_usize << count).saturating_sub(1)
}

/// The element that the octets write. They come from a coordinate, and are below the prime.
fn element(octets: &FieldBytes) -> Element {
    Element::from_repr(*octets).into_option().unwrap_or(Element::ZERO)
}

/// A sum of points, in XYZZ coordinates.
enum Sum {
    /// Nothing has been added.
    Zero,
    Point {
        x: Element,
        y: Element,
        zz: Element,
        zzz: Element,
    },
    /// A case that the formula does not cover.
    Exceptional,
}

impl Sum {
    #[expect(clippy::arithmetic_side_effects, reason = "elements of a field")]
    fn add(&mut self, x2: &Element, y2: &Element) {
        *self = match self {
            Self::Zero => Self::Point { x: *x2, y: *y2, zz: Element::ONE, zzz: Element::ONE },
            Self::Exceptional => Self::Exceptional,
            Self::Point { x, y, zz, zzz } => {
                let p = *x2 * *zz - *x;
                let r = *y2 * *zzz - *y;
                if bool::from(p.is_zero()) {
                    Self::Exceptional
                } else {
                    let pp = p.square();
                    let ppp = p * pp;
                    let q = *x * pp;
                    let x3 = r.square() - ppp - q - q;
                    let y3 = r * (q - x3) - *y * ppp;
                    Self::Point { x: x3, y: y3, zz: *zz * pp, zzz: *zzz * ppp }
                }
            }
        };
    }
}

/// What can be computed ahead for ES256 whatever the key is: the table of the curve's base point.
///
/// Make one for the process, and let every key use it.
///
/// ```
/// use jose_core::{Precomputation, VerifyingKey, Window};
///
/// // RFC 7515 §A.3.1
/// # let (x, y) = ([127, 205, 206, 39, 112, 246, 196, 93, 65, 131, 203, 238, 111, 219, 75, 123, 88, 7, 51, 53, 123, 233, 239, 19, 186, 207, 110, 60, 123, 209, 84, 69],
/// #     [199, 241, 68, 205, 27, 189, 155, 126, 135, 44, 223, 237, 185, 238, 185, 244, 179, 105, 93, 110, 169, 11, 36, 173, 138, 70, 35, 40, 133, 136, 229, 173]);
/// let mut key = VerifyingKey::es256(&x, &y)?;
/// let precomputation = Precomputation::new(Window::Bits8);
/// key.precompute(&precomputation, Window::Bits6);
/// # Ok::<(), jose_core::KeyError>(())
/// ```
#[derive(Clone)]
pub struct Precomputation {
    base: Arc<Table>,
}

impl Precomputation {
    /// Builds the table of the base point.
    #[must_use]
    pub fn new(window: Window) -> Self {
        Self { base: Arc::new(Table::new(window, ProjectivePoint::GENERATOR)) }
    }
}

impl core::fmt::Debug for Precomputation {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Precomputation").field("window", &self.base.window).finish_non_exhaustive()
    }
}

/// The tables of the base point and of a key.
#[derive(Clone)]
pub(super) struct Tables {
    base: Arc<Table>,
    key: Arc<Table>,
}

impl Tables {
    pub(super) fn new(precomputation: &Precomputation, window: Window, key: &AffinePoint) -> Self {
        let table = Table::new(window, ProjectivePoint::from(*key));
        Self { base: Arc::clone(&precomputation.base), key: Arc::new(table) }
    }

    /// Whether r and s are a signature of the digest (FIPS 186-5 §6.4.2); `None` in the exceptional
    /// cases.
    #[expect(clippy::arithmetic_side_effects, reason = "elements of fields")]
    pub(super) fn hold(&self, digest: &FieldBytes, signature: &Signature) -> Option<bool> {
        let (r, s) = signature.split_scalars();
        let inverse = *s.invert_vartime();
        let mut sum = Sum::Zero;
        self.base.add(&(<Scalar as Reduce<FieldBytes>>::reduce(digest) * inverse), &mut sum);
        self.key.add(&(*r * inverse), &mut sum);
        let Sum::Point { x, zz, .. } = sum else { return None };
        // r is the x of the sum modulo the order n. As the order is below the prime, x is r, or r + n
        // where that is an element. x is kept as a fraction: x = r becomes X = r*ZZ.
        let order = element(&NistP256::ORDER.to_be_bytes().into());
        let r = r.to_repr();
        let direct = element(&r);
        if x == direct * zz {
            return Some(true);
        }
        // r < p - n, compared as text.
        Some(r < (-order).to_repr() && x == (direct + order) * zz)
    }
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::signature::hazmat::PrehashSigner as _;
    use p256::ecdsa::{Error, SigningKey};

    use super::{FieldBytes, Precomputation, Signature, Tables, Window};

    /// What the tables leave open is asked of `p256`, with the same verdict. Here it shows that they
    /// decide.
    #[test]
    fn the_tables_decide() -> Result<(), Error> {
        let key = SigningKey::from_slice(&[7; 32])?;
        let windows =
            [Window::Bits4, Window::Bits5, Window::Bits6, Window::Bits7, Window::Bits8, Window::Bits9];
        for window in windows {
            let tables = Tables::new(&Precomputation::new(window), window, key.verifying_key().as_affine());
            for octet in 0..8 {
                let digest = FieldBytes::from([octet; 32]);
                let signature: Signature = key.sign_prehash(&digest)?;
                assert_eq!(tables.hold(&digest, &signature), Some(true), "{window:?}, {octet}");
                assert_eq!(tables.hold(&[8; 32].into(), &signature), Some(false), "{window:?}, {octet}");
            }
        }
        Ok(())
    }
}
