//! ES256 held against `p256`: the same verdict from a key as it comes and from one that is prepared in each
//! way there is, on signatures that hold and that do not, for keys and nonces at the edges, and where the
//! formula of an addition does not hold, which a signer can bring about.

#![cfg(feature = "es256")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

mod support;

use jose_core::{Algorithm, VerifyingKey, error::KeyError, keys::PreparedEs256};
use p256::ecdsa::signature::Verifier as _;
use p256::elliptic_curve::ff::{Field as _, PrimeField as _};
use p256::elliptic_curve::ops::Reduce;
use p256::elliptic_curve::point::{AffineCoordinates as _, DecompressPoint as _};
use p256::{AffinePoint, FieldBytes, ProjectivePoint, Scalar};
use sha2::{Digest as _, Sha256};
use support::Dice;

/// A key as it comes, the same prepared in each way, and the oracle.
struct Keys {
    ours: Vec<(&'static str, VerifyingKey)>,
    oracle: p256::ecdsa::VerifyingKey,
}

impl Keys {
    fn new(secret: &Scalar) -> Self {
        Self::of(ProjectivePoint::GENERATOR * secret)
    }

    fn of(point: ProjectivePoint) -> Self {
        let point = point.to_affine();
        let (x, y): ([u8; 32], [u8; 32]) = (point.x().into(), point.y().into());
        let plain = VerifyingKey::es256(&x, &y).unwrap();
        let mut in_place = plain.clone();
        // The memory is needed for the rest of the program, and a test has no other that lasts as long.
        in_place.prepare_in(Box::leak(Box::new(PreparedEs256::EMPTY)));
        let made_before = VerifyingKey::es256_prepared(Box::leak(Box::new(PreparedEs256::new(&x, &y))));
        let ours = vec![
            #[cfg(feature = "alloc")]
            ("on the heap", {
                let mut key = plain.clone();
                key.prepare();
                key
            }),
            ("as it comes", plain),
            ("in memory of its own", in_place),
            ("made before", made_before.unwrap()),
        ];
        Self { ours, oracle: p256::ecdsa::VerifyingKey::from_affine(point).unwrap() }
    }

    /// The verdict, on which all must agree.
    #[track_caller]
    fn verdict(&self, message: &[u8], signature: &[u8]) -> bool {
        let parsed = p256::ecdsa::Signature::from_slice(signature);
        let expected = parsed.is_ok_and(|signature| self.oracle.verify(message, &signature).is_ok());
        for (how, key) in &self.ours {
            let found = key.verify(Algorithm::Es256, message, signature).is_ok();
            assert_eq!(found, expected, "key {how}, signature {signature:02x?}");
        }
        expected
    }
}

fn digest(message: &[u8]) -> Scalar {
    <Scalar as Reduce<FieldBytes>>::reduce(&Sha256::digest(message))
}

/// The x of a multiple of the base point, modulo the order.
fn x_of(nonce: &Scalar) -> Scalar {
    <Scalar as Reduce<FieldBytes>>::reduce(&(ProjectivePoint::GENERATOR * nonce).to_affine().x())
}

/// r and s, or `None` where s would be zero.
fn sign(secret: &Scalar, nonce: &Scalar, message: &[u8]) -> Option<Vec<u8>> {
    let r = x_of(nonce);
    let s = nonce.invert().unwrap() * (digest(message) + r * secret);
    let signature = [r.to_repr(), s.to_repr()].concat();
    (!bool::from(s.is_zero())).then_some(signature)
}

/// Scalars near zero, near the order, and with all digits at the ends of their range.
fn edges() -> Vec<Scalar> {
    let small = [1_u64, 2, 3, 7, 8, 9, 15, 16, 17, 127, 128, 129, 255, 256, 257];
    let powers = [4, 5, 31, 32, 63, 64, 128, 200, 252, 255];
    let powers = powers.map(|power| (0..power).fold(Scalar::ONE, |scalar, _| scalar.double()));
    // Bits that repeat: digits that are all positive, all negative, and at the ends of their range.
    let patterns = [0x11, 0x0f, 0x55, 0x7f, 0x88, 0xf0, 0xf7, 0xfe];
    let patterns = patterns.map(|octet| <Scalar as Reduce<FieldBytes>>::reduce(&[octet; 32].into()));
    let positive = small.into_iter().map(Scalar::from).chain(powers).chain(patterns);
    positive.flat_map(|scalar| [scalar, -scalar]).collect()
}

fn random(dice: &mut Dice) -> Scalar {
    let octets: [u8; 32] = dice.octets(32).try_into().unwrap();
    <Scalar as Reduce<FieldBytes>>::reduce(&octets.into())
}

#[test]
fn random_keys_and_signatures() {
    let mut dice = Dice::new(21);
    let mut accepted = 0;
    for _ in 0..4 {
        let secret = random(&mut dice);
        let keys = Keys::new(&secret);
        for _ in 0..25 {
            let length = dice.below(100);
            let message = dice.octets(length);
            let good = sign(&secret, &random(&mut dice), &message).unwrap();
            assert!(keys.verdict(&message, &good), "a signature that holds");
            accepted += 1;
            // The other s holds as well; a changed bit and any other octets do not.
            let s = -Scalar::from_repr(<[u8; 32]>::try_from(&good[32..]).unwrap().into()).unwrap();
            assert!(keys.verdict(&message, &[&good[..32], &s.to_repr()].concat()));
            let mut bad = good.clone();
            let bit = dice.below(512);
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(!keys.verdict(&message, &bad));
            assert!(!keys.verdict(&message, &dice.octets(64)));
        }
    }
    assert_eq!(accepted, 100);
}

/// Keys that are small multiples of the base point or of its opposite, and nonces that are: sums meet
/// table entries there.
#[test]
fn edges_of_keys_and_nonces() {
    let mut cases = 0;
    for secret in edges().into_iter().step_by(3) {
        let keys = Keys::new(&secret);
        for nonce in edges() {
            let Some(signature) = sign(&secret, &nonce, b"message") else { continue };
            assert!(keys.verdict(b"message", &signature), "{secret:?}, {nonce:?}");
            assert!(!keys.verdict(b"massage", &signature), "{secret:?}, {nonce:?}");
            cases += 1;
        }
    }
    assert!(cases > 700, "{cases} cases");
}

/// r and s outside of 1 to n - 1, with each other and with what holds.
#[test]
fn range_of_r_and_s() {
    let secret = Scalar::from(5_u64);
    let keys = Keys::new(&secret);
    let good = sign(&secret, &Scalar::from(7_u64), b"message").unwrap();
    let order = (-Scalar::ONE).to_repr();
    let mut next = order;
    next[31] += 1;
    let mut beyond = next;
    beyond[31] += 1;
    let values = [[0; 32], [0xff; 32], next.into(), beyond.into()];
    let mut cases = 0;
    for bad in values {
        for other in
            values.into_iter().chain([good[..32].try_into().unwrap(), good[32..].try_into().unwrap()])
        {
            assert!(!keys.verdict(b"message", &[bad, other].concat()));
            assert!(!keys.verdict(b"message", &[other, bad].concat()));
            cases += 2;
        }
    }
    assert_eq!(cases, 48);
}

/// u1*G equals u2*Q: the key follows from the nonce.
#[test]
fn sum_that_doubles() {
    let mut dice = Dice::new(31);
    for _ in 0..20 {
        let nonce = random(&mut dice);
        // s is 2e/k, u1 is k/2, and so is u2 times the key.
        let secret = digest(b"message") * x_of(&nonce).invert().unwrap();
        let keys = Keys::new(&secret);
        let signature = sign(&secret, &nonce, b"message").unwrap();
        assert!(keys.verdict(b"message", &signature));
        assert!(!keys.verdict(b"massage", &signature));
    }
}

/// u1*G is the multiple of the key that is added to it last, or its opposite, and nothing holds: r was
/// chosen for that alone. A formula that is used where it does not hold gives zeros, and zeros are equal to
/// everything.
#[test]
fn sum_that_meets_a_table_entry_and_does_not_hold() {
    let mut dice = Dice::new(51);
    for _ in 0..10 {
        let secret = random(&mut dice);
        let keys = Keys::new(&secret);
        // The lowest digit of u2 is one, whatever the width.
        let mut u2 = random(&mut dice).to_repr();
        (u2[30], u2[31]) = (u2[30] & 0xfe, 1);
        for u1 in [secret, -secret] {
            let s = digest(b"message") * u1.invert().unwrap();
            let r = Scalar::from_repr(u2).unwrap() * s;
            assert!(!keys.verdict(b"message", &[r.to_repr(), s.to_repr()].concat()));
        }
    }
}

/// The sum's x is at or above the order, so that r is x less the order; and the sum's x is small, where
/// r plus the order comes to it only modulo the prime. The point is chosen, and the key made to fit.
#[test]
fn x_beyond_the_order() {
    // 2^256 - 2^224 + 2^192 + 2^96 - 1 less the order, from FIPS 186-5.
    let difference = hex(b"000000000000000000000000000000004319055358e8617b0c46353d039cdaae");
    let order = hex(b"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    let mut dice = Dice::new(61);
    let mut cases = 0;
    // Of 0 only the second: r is never 0, and p - n is the first r that is no x less the order.
    for small in 0..=40_u8 {
        let mut low = [0; 32];
        low[31] = small;
        for (x, r, holds) in [(add(order, low), low, true), (low, add(difference, low), false)] {
            let Some(point) = AffinePoint::decompress(&x.into(), 0.into()).into_option() else { continue };
            let r = Scalar::from_repr(r.into()).unwrap();
            let Some(inverse) = r.invert().into_option() else { continue };
            let s = random(&mut dice);
            // u1*G + u2*Q is this point.
            let sum = ProjectivePoint::from(point) * s - ProjectivePoint::GENERATOR * digest(b"message");
            let keys = Keys::of(sum * inverse);
            let signature = [r.to_repr(), s.to_repr()].concat();
            assert_eq!(keys.verdict(b"message", &signature), holds, "{small}");
            cases += 1;
        }
    }
    assert!(cases > 20, "{cases} cases");
}

fn hex(text: &[u8; 64]) -> [u8; 32] {
    core::array::from_fn(|place| {
        let digits = core::str::from_utf8(&text[place * 2..place * 2 + 2]).unwrap();
        u8::from_str_radix(digits, 16).unwrap()
    })
}

/// The sum of two numbers, big-endian.
fn add(mut a: [u8; 32], b: [u8; 32]) -> [u8; 32] {
    let mut carry = 0;
    for (a, b) in a.iter_mut().zip(b).rev() {
        let [high, low] = (u16::from(*a) + u16::from(b) + carry).to_be_bytes();
        (*a, carry) = (low, high.into());
    }
    a
}

/// u1*G equals, or is the opposite of, the multiple of the key that is added to it last. The sum on the way
/// is a doubling or nothing, where the formula of an addition fails; the signature holds.
#[test]
fn sum_that_meets_a_table_entry() {
    let mut dice = Dice::new(41);
    let e = digest(b"message");
    let mut found = [0; 2];
    while found.iter().any(|found| *found < 4) {
        let nonce = random(&mut dice);
        let r = x_of(&nonce);
        for entry in [1, 3, 5, 7, 9, 11, 13, 15_u64] {
            for (kind, t) in [Scalar::from(entry), -Scalar::from(entry)].into_iter().enumerate() {
                // u1 = ek/(e + rd) is to be td: r*t*d^2 + e*t*d - e*k = 0.
                let (a, b, c) = (r * t, e * t, -(e * nonce));
                let root = (b.square() - a * c * Scalar::from(4_u64)).sqrt();
                let Some(root) = root.into_option() else { continue };
                let secret = (root - b) * (a.double()).invert().unwrap();
                let Some(signature) = sign(&secret, &nonce, b"message") else { continue };
                let s = Scalar::from_repr(<[u8; 32]>::try_from(&signature[32..]).unwrap().into()).unwrap();
                let u2 = r * s.invert().unwrap();
                assert_eq!(e * s.invert().unwrap(), t * secret, "the equation was solved");
                // The lowest five bits, the digit of a key's table, ask for that entry.
                if u64::from(u2.to_repr()[31] & 31) != entry {
                    continue;
                }
                let keys = Keys::new(&secret);
                assert!(keys.verdict(b"message", &signature), "entry {entry}, kind {kind}");
                assert!(!keys.verdict(b"massage", &signature));
                found[kind] += 1;
            }
        }
    }
}

/// u2 is small, or its opposite is: few digits, at the very end. (u1 = 0 needs a message whose hash is a
/// multiple of the order; it is tested where the sum is made.)
#[test]
fn small_u2() {
    let mut dice = Dice::new(71);
    let e = digest(b"message");
    let mut cases = 0;
    for small in [1, 2, 3, 4, 15, 16, 17, 31, 32, 33_u64] {
        for u2 in [Scalar::from(small), -Scalar::from(small)] {
            // s = r/u2, and the key is what makes the nonce's point of it: d = (k - e/s)/u2.
            let nonce = random(&mut dice);
            let r = x_of(&nonce);
            let s = r * u2.invert().unwrap();
            let secret = (nonce - e * s.invert().unwrap()) * u2.invert().unwrap();
            let keys = Keys::new(&secret);
            let signature = [r.to_repr(), s.to_repr()].concat();
            assert!(keys.verdict(b"message", &signature), "{u2:?}");
            assert!(!keys.verdict(b"massage", &signature), "{u2:?}");
            cases += 1;
        }
    }
    assert_eq!(cases, 20);
}

/// u1*G is the opposite of u2*Q: the sum is the neutral element, which has no x. No r holds, not even those
/// that an x of zero would give.
#[test]
fn sum_that_is_neutral() {
    let mut dice = Dice::new(81);
    let e = digest(b"message");
    let mut cases = 0;
    let random_r: Vec<_> = (0..20).map(|_| random(&mut dice)).collect();
    for r in [1_u64, 2, 3].map(Scalar::from).into_iter().chain(random_r) {
        // u1 + u2*d = (e + r*d)/s = 0.
        let keys = Keys::new(&(-e * r.invert().unwrap()));
        for s in [Scalar::ONE, e, r, random(&mut dice)] {
            assert!(!keys.verdict(b"message", &[r.to_repr(), s.to_repr()].concat()));
            cases += 1;
        }
    }
    assert_eq!(cases, 92);
}

/// A set prepares its keys by itself, up to a number of them, and verifies with all alike.
#[cfg(feature = "alloc")]
#[test]
fn keys_of_a_set() {
    use jose_core::{AlgorithmSet, Jwks, KeySet, Verifier};
    let secret = |number: u64| Scalar::from(number + 1);
    let members = (0..70_u64).map(|number| {
        let point = (ProjectivePoint::GENERATOR * secret(number)).to_affine();
        let [x, y] = [point.x(), point.y()].map(support::b64);
        format!(r#"{{"kid":"{number}","kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}"#)
    });
    let text = format!(r#"{{"keys":[{{}},{}]}}"#, members.collect::<Vec<_>>().join(","));
    let allowed = AlgorithmSet::only(Algorithm::Es256);
    let keys = KeySet::from_jwks(&Jwks::parse(&text).unwrap(), allowed).unwrap();
    let mut scratch = Vec::new();
    // The first, the last that is prepared, the first that is not, and the last.
    for number in [0, 63, 64, 69] {
        for kid in [number, 1] {
            let header = support::b64(format!(r#"{{"alg":"ES256","kid":"{kid}"}}"#));
            let input = format!("{header}.{}", support::b64("{}"));
            let signature = sign(&secret(number), &Scalar::from(9_u64), input.as_bytes()).unwrap();
            let token = format!("{input}.{}", support::b64(signature));
            let holds = Verifier::new(&keys).algorithms(allowed).verify(&token, &mut scratch).is_ok();
            assert_eq!(holds, kid == number);
        }
    }
}

/// Keys of other algorithms stay as they are.
#[test]
fn other_algorithms_are_not_prepared() {
    for algorithm in support::algorithms().into_iter().filter(|algorithm| *algorithm != Algorithm::Es256) {
        let name = support::usual(algorithm);
        let mut key = support::key_for(algorithm, name);
        let memory = Box::leak(Box::new(PreparedEs256::EMPTY));
        key.prepare_in(memory);
        #[cfg(feature = "alloc")]
        key.prepare();
        let signature = support::signer_for(algorithm, name).sign(b"message");
        assert_eq!(key.verify(algorithm, b"message", &signature), Ok(()));
    }
}

/// The key of RFC 7515 §A.3.1.
const X: [u8; 32] = [
    127, 205, 206, 39, 112, 246, 196, 93, 65, 131, 203, 238, 111, 219, 75, 123, 88, 7, 51, 53, 123, 233, 239,
    19, 186, 207, 110, 60, 123, 209, 84, 69,
];
const Y: [u8; 32] = [
    199, 241, 68, 205, 27, 189, 155, 126, 135, 44, 223, 237, 185, 238, 185, 244, 179, 105, 93, 110, 169, 11,
    36, 173, 138, 70, 35, 40, 133, 136, 229, 173,
];

/// Multiples made by the compiler, with the arithmetic of the host that it runs on.
static BY_THE_COMPILER: PreparedEs256 = PreparedEs256::new(&X, &Y);

/// The signature of RFC 7515 §A.3.1 holds with it, and no other text or signature does.
#[test]
fn multiples_made_by_the_compiler() {
    let key = VerifyingKey::es256_prepared(&BY_THE_COMPILER).unwrap();
    let input = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt\
                 cGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let good = support::unb64(
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    );
    assert_eq!(key.verify(Algorithm::Es256, input.as_bytes(), &good), Ok(()));
    for bit in 0..512 {
        let mut bad = good.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        assert!(key.verify(Algorithm::Es256, input.as_bytes(), &bad).is_err(), "bit {bit}");
    }
    assert!(key.verify(Algorithm::Es256, &input.as_bytes()[1..], &good).is_err());
}

/// What was not made of a point of the curve is no key.
#[test]
fn multiples_of_no_point() {
    let prime = hex(b"ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
    let refused = |x, y| {
        let key = VerifyingKey::es256_prepared(Box::leak(Box::new(PreparedEs256::new(&x, &y))));
        assert_eq!(
            key.map(|key| key.algorithm()),
            Err(KeyError::PointNotOnCurve { crv: "P-256" }),
            "{x:02x?}, {y:02x?}"
        );
    };
    static EMPTY: PreparedEs256 = PreparedEs256::EMPTY;
    let empty = VerifyingKey::es256_prepared(&EMPTY);
    assert_eq!(empty.map(|key| key.algorithm()), Err(KeyError::PointNotOnCurve { crv: "P-256" }));
    let mut other = Y;
    other[31] ^= 1;
    for (x, y) in [(X, other), (Y, X), ([0; 32], [0; 32]), ([0xff; 32], Y), (X, [0xff; 32]), (prime, Y)] {
        refused(x, y);
    }
    // A point with a small x, written with x plus p.
    let small = (1..=u8::MAX).find_map(|x| {
        let mut octets = [0; 32];
        octets[31] = x;
        let point = AffinePoint::decompress(&octets.into(), 0.into()).into_option()?;
        Some((octets, <[u8; 32]>::from(point.y())))
    });
    let (x, y) = small.unwrap();
    assert!(VerifyingKey::es256_prepared(Box::leak(Box::new(PreparedEs256::new(&x, &y)))).is_ok());
    refused(add(x, prime), y);
}
