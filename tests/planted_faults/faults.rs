/// What a fault does.
#[allow(dead_code, reason = "the build script alone makes them")]
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// There is none.
    None,
    /// Sums leave the curve, or come out as zeros: the verdict refuses them even with the r that they would
    /// give.
    OffCurve,
    /// Sums are points of the curve, but other ones: the verdict refuses them because their x is another.
    OtherPoint,
    /// Sums leave the curve, and what refuses them is missing, too.
    NoCertificate,
}

/// An edit: a text that stands once in a file, and what it is changed to. The file `limbs` is that of the
/// width.
type Edit = [&'static str; 3];

/// The faults: a name, a kind, the widths in which it is planted, and the edits.
#[allow(dead_code, reason = "the build script alone plants them")]
const FAULTS: &[(&str, Kind, &[u32], &[Edit])] = {
    const LIMBS: &str = "p256/field/limbs.rs";
    const POINT: &str = "p256/point.rs";
    const COMB: &str = "p256/comb.rs";
    const WRONG_WORD: Edit = [LIMBS, "mul_add(a1, b2, t3, carry)", "mul_add(a1, b1, t3, carry)"];
    &[
        ("none", Kind::None, &[64, 32], &[]),
        // The field.
        (
            "dropped_carry",
            Kind::OffCurve,
            &[64],
            &[[LIMBS, "carrying_add(t3, t7, carry)", "carrying_add(t3, t7, false)"]],
        ),
        (
            "dropped_carry",
            Kind::OffCurve,
            &[32],
            &[[LIMBS, "carrying_add(t4, h4, carry)", "carrying_add(t4, h4, false)"]],
        ),
        ("wrong_word", Kind::OffCurve, &[64, 32], &[WRONG_WORD]),
        (
            "swapped_sign",
            Kind::OffCurve,
            &[64],
            &[[LIMBS, "borrowing_sub(t0, high, borrow)", "carrying_add(t0, high, borrow)"]],
        ),
        (
            "swapped_sign",
            Kind::OffCurve,
            &[32],
            &[[LIMBS, "borrowing_sub(t3, m4, borrow)", "carrying_add(t3, m4, borrow)"]],
        ),
        (
            "wrong_correction",
            Kind::OffCurve,
            &[64],
            &[[LIMBS, "if_carry(borrow, p3)", "if_carry(borrow, p1)"]],
        ),
        ("wrong_correction", Kind::OffCurve, &[32], &[[LIMBS, "if_carry(borrow, 1)", "if_carry(borrow, 2)"]]),
        // Points.
        (
            "sign_in_a_doubling",
            Kind::OffCurve,
            &[64],
            &[[POINT, "alpha.square().sub(&four_beta", "alpha.square().add(&four_beta"]],
        ),
        ("sign_in_a_sum", Kind::OffCurve, &[64], &[[POINT, "r.square().sub(&hhh)", "r.square().add(&hhh)"]]),
        ("wrong_factor", Kind::OffCurve, &[64], &[[POINT, "self.z.mul(&h)", "self.z.mul(&r)"]]),
        // Zeros, which every equation holds for.
        ("exception_missed", Kind::OtherPoint, &[64], &[[POINT, "if h.is_zero() {", "if false {"]]),
        // Digits and tables.
        (
            "wrong_digit",
            Kind::OtherPoint,
            &[64],
            &[[COMB, "((carry as i64) << width)", "((carry as i64) << (width - 1))"]],
        ),
        ("digit_without_sign", Kind::OtherPoint, &[64], &[[COMB, "digit < 0", "digit < -1"]]),
        ("lost_digit", Kind::OtherPoint, &[64], &[[COMB, "if self.carried\n", "if !self.carried\n"]]),
        (
            "lost_sum",
            Kind::OtherPoint,
            &[64],
            &[[COMB, "sum.double();", "sum.double();\n        if column == 5 { sum = Jacobian::NEUTRAL; }"]],
        ),
        (
            "wrong_entry",
            Kind::OtherPoint,
            &[64],
            &[[COMB, "digit.unsigned_abs() / 2", "digit.unsigned_abs() / 2 & 6"]],
        ),
        (
            "wrong_part",
            Kind::OtherPoint,
            &[32],
            &[[
                COMB,
                "let mut multiple = base;",
                "let mut multiple = if part == 3 { Jacobian::from_affine(point) } else { base };",
            ]],
        ),
        (
            "entry_off_the_curve",
            Kind::OffCurve,
            &[32],
            &[[COMB, "y.mul(&square.mul(&z_inverse))", "y.mul(&square)"]],
        ),
        ("no_certificate", Kind::NoCertificate, &[64], &[WRONG_WORD, ["p256.rs", " || !on_curve(&x, &y, &z)", ""]]),
    ]
};
