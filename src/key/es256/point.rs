//! Points of P-256, y^2 = x^3 - 3x + b (SP 800-186 §3.2.1.3), and their sums. All data here is public:
//! time depends on it.
//!
//! A sum is kept in Jacobian coordinates: (X, Y, Z) is the point (X/Z^2, Y/Z^3), so that it needs no
//! division. Where Z = 0 it is the neutral element. The order of the curve is an odd prime, hence no
//! point has y = 0, and a point doubled is never neutral.
//!
//! Formulas are those of the [Explicit-Formulas Database] (M: product, S: square). They fail
//! where both points have the same x, which a signer can bring about; `add_rescaled` handles these cases.
//!
//! [Explicit-Formulas Database]: https://hyperelliptic.org/EFD/g1p/auto-shortw-jacobian-3.html

use super::field::FieldElement;

/// A point other than the neutral element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Affine {
    pub(super) x: FieldElement,
    pub(super) y: FieldElement,
}

impl Affine {
    /// The base point G.
    pub(super) const GENERATOR: Self = Self {
        x: element(&[
            0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2,
            0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96,
        ]),
        y: element(&[
            0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16,
            0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
        ]),
    };
}

#[expect(clippy::panic, reason = "called by the compiler alone")]
const fn element(bytes: &[u8; 32]) -> FieldElement {
    match FieldElement::from_bytes(bytes) {
        Some(element) => element,
        None => panic!("coordinate of the base point is not below p"),
    }
}

/// A point in Jacobian coordinates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jacobian {
    pub(super) x: FieldElement,
    pub(super) y: FieldElement,
    pub(super) z: FieldElement,
}

impl Jacobian {
    pub(super) const NEUTRAL: Self =
        Self { x: FieldElement::ONE, y: FieldElement::ONE, z: FieldElement::ZERO };

    pub(super) const fn from_affine(point: &Affine) -> Self {
        Self { x: point.x, y: point.y, z: FieldElement::ONE }
    }

    /// Doubles the point: 4M + 4S (dbl-2001-b, with Z3 = 2*Y1*Z1). The neutral element stays neutral.
    #[inline(never)]
    pub(super) const fn double(&self) -> Self {
        let Self { x, y, z } = self;
        let delta = z.square();
        let two_gamma = y.square().double();
        let four_beta = x.mul(&two_gamma).double();
        let third_of_alpha = x.sub(&delta).mul(&x.add(&delta));
        let alpha = third_of_alpha.double().add(&third_of_alpha);
        let x3 = alpha.square().sub(&four_beta.double());
        let eight_gamma_squared = two_gamma.square().double();
        let y3 = alpha.mul(&four_beta.sub(&x3)).sub(&eight_gamma_squared);
        Self { x: x3, y: y3, z: y.mul(z).double() }
    }

    /// Adds an affine point: 8M + 3S (madd-2004-hmv).
    #[inline(never)]
    pub(super) const fn add_affine(&self, other: &Affine) -> Self {
        if self.z.is_zero() {
            return Self::from_affine(other);
        }
        let zz = self.z.square();
        let u2 = other.x.mul(&zz);
        let s2 = other.y.mul(&self.z.mul(&zz));
        self.add_rescaled(&u2, &s2)
    }

    /// Adds a point that is not neutral: 11M + 3S (add-1998-cmo-2, with the powers of Z2 known).
    #[inline(never)]
    pub(super) const fn add(&self, other: &Addend) -> Self {
        let Addend { point, zz, zzz } = other;
        if self.z.is_zero() {
            return *point;
        }
        let own_zz = self.z.square();
        let u2 = point.x.mul(&own_zz);
        let s2 = point.y.mul(&self.z.mul(&own_zz));
        // This point with the Z of both.
        let own = Self { x: self.x.mul(zz), y: self.y.mul(zzz), z: self.z.mul(&point.z) };
        own.add_rescaled(&u2, &s2)
    }

    /// Adds the point (u2, s2, Z), where Z is this point's and not zero: 5M + 2S.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    const fn add_rescaled(&self, u2: &FieldElement, s2: &FieldElement) -> Self {
        let h = u2.sub(&self.x);
        let r = s2.sub(&self.y);
        if h.is_zero() {
            // The same x: the same point, or its opposite.
            return if r.is_zero() { self.double() } else { Self::NEUTRAL };
        }
        let hh = h.square();
        let hhh = h.mul(&hh);
        let v = self.x.mul(&hh);
        let x3 = r.square().sub(&hhh).sub(&v.double());
        let y3 = r.mul(&v.sub(&x3)).sub(&self.y.mul(&hhh));
        Self { x: x3, y: y3, z: self.z.mul(&h) }
    }
}

/// A point other than the neutral element, with what an addition needs of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Addend {
    point: Jacobian,
    zz: FieldElement,
    zzz: FieldElement,
}

impl Addend {
    pub(super) const fn new(point: Jacobian) -> Self {
        let zz = point.z.square();
        Self { point, zz, zzz: point.z.mul(&zz) }
    }
}

/// A multiple of a point in a table, which can be added and subtracted.
pub(super) trait Multiple: Copy {
    fn negate(&mut self);
    fn add_to(&self, sum: &Jacobian) -> Jacobian;
}

impl Multiple for Affine {
    fn negate(&mut self) {
        self.y = self.y.negate();
    }

    fn add_to(&self, sum: &Jacobian) -> Jacobian {
        sum.add_affine(self)
    }
}

impl Multiple for Addend {
    fn negate(&mut self) {
        self.point.y = self.point.y.negate();
    }

    fn add_to(&self, sum: &Jacobian) -> Jacobian {
        sum.add(self)
    }
}
