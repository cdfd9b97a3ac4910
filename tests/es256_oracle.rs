//! ES256 with precomputed tables held against `p256`: the same verdict for every window, on signatures
//! that hold and that do not, for keys and nonces at the edges, and where the addition formula of the
//! tables does not hold, which a signer can bring about.

#![cfg(all(feature = "es256", feature = "alloc"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that meets the unexpected must stop"
)]

mod support;

use jose_core::{Algorithm, Precomputation, VerifyingKey, Window};
use p256::ecdsa::signature::Verifier as _;
use p256::elliptic_curve::ff::{Field as _, PrimeField as _};
use p256::elliptic_curve::ops::Reduce;
use p256::elliptic_curve::point::{AffineCoordinates as _, DecompressPoint as _};
use p256::{AffinePoint, FieldBytes, ProjectivePoint, Scalar};
use sha2::{Digest as _, Sha256};
use support::Dice;

const WINDOWS: [Window; 6] =
    [Window::Bits4, Window::Bits5, Window::Bits6, Window::Bits7, Window::Bits8, Window::Bits9];

/// A key as it comes, the same with every window that is tried, and the oracle.
struct Keys {
    ours: Vec<VerifyingKey>,
    oracle: p256::ecdsa::VerifyingKey,
}

impl Keys {
    fn new(secret: &Scalar, windows: &[Window]) -> Self {
        Self::of(ProjectivePoint::GENERATOR * secret, windows)
    }

    fn of(point: ProjectivePoint, windows: &[Window]) -> Self {
        let point = point.to_affine();
        let plain = VerifyingKey::es256(&point.x(), &point.y()).unwrap();
        let prepared = windows.iter().enumerate().map(|(number, window)| {
            // The base point's window is another one.
            let base = Precomputation::new(windows[windows.len() - 1 - number]);
            let mut key = plain.clone();
            key.precompute(&base, *window);
            key
        });
        let ours = prepared.chain([plain.clone()]).collect();
        Self { ours, oracle: p256::ecdsa::VerifyingKey::from_affine(point).unwrap() }
    }

    /// The verdict, on which all must agree.
    #[track_caller]
    fn verdict(&self, message: &[u8], signature: &[u8]) -> bool {
        let parsed = p256::ecdsa::Signature::from_slice(signature);
        let expected = parsed.is_ok_and(|signature| self.oracle.verify(message, &signature).is_ok());
        for (number, key) in self.ours.iter().enumerate() {
            let found = key.verify(Algorithm::Es256, message, signature).is_ok();
            assert_eq!(found, expected, "key {number}, signature {signature:02x?}");
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
    // 0x8888…, where every digit of four bits is half of the range.
    let half = <Scalar as Reduce<FieldBytes>>::reduce(&[0x88; 32].into());
    let most = <Scalar as Reduce<FieldBytes>>::reduce(&[0x7f; 32].into());
    let positive = small.into_iter().map(Scalar::from).chain(powers).chain([half, most]);
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
        let keys = Keys::new(&secret, &WINDOWS);
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
        let keys = Keys::new(&secret, &[Window::Bits4, Window::Bits5]);
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
    let keys = Keys::new(&secret, &[Window::Bits4, Window::Bits9]);
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
        let keys = Keys::new(&secret, &[Window::Bits4, Window::Bits5]);
        let signature = sign(&secret, &nonce, b"message").unwrap();
        assert!(keys.verdict(b"message", &signature));
        assert!(!keys.verdict(b"massage", &signature));
    }
}

/// u1*G is the first entry of the key's table that is added to it, or its opposite, and nothing holds: r
/// was chosen for that alone. A formula that is used where it does not hold gives zeros, and zeros are
/// equal to everything.
#[test]
fn sum_that_meets_a_table_entry_and_does_not_hold() {
    let mut dice = Dice::new(51);
    for _ in 0..10 {
        let secret = random(&mut dice);
        let keys = Keys::new(&secret, &WINDOWS[..3]);
        // The lowest digit of u2 is one, whatever the window.
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
            let keys = Keys::of(sum * inverse, &[Window::Bits4, Window::Bits5]);
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

/// u1*G equals, or is the opposite of, the first entry of the key's table that is added to it. The sum on
/// the way is a doubling or nothing, where the formula of the tables fails; the signature holds.
#[test]
fn sum_that_meets_a_table_entry() {
    let mut dice = Dice::new(41);
    let e = digest(b"message");
    let mut found = [0; 2];
    while found.iter().any(|found| *found < 4) {
        let nonce = random(&mut dice);
        let r = x_of(&nonce);
        for entry in 1..=8_u64 {
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
                // The lowest digit of four bits asks for that entry.
                if u64::from(u2.to_repr()[31] & 15) != entry {
                    continue;
                }
                let keys = Keys::new(&secret, &[Window::Bits4]);
                assert!(keys.verdict(b"message", &signature), "entry {entry}, kind {kind}");
                assert!(!keys.verdict(b"massage", &signature));
                found[kind] += 1;
            }
        }
    }
}

/// A set whose keys are prepared verifies as one whose keys are not, and keeps its other keys.
#[test]
fn prepared_set() {
    use jose_core::{
        AlgorithmSet, HttpResponse, Jwks, KeySet, Refreshed, RemoteKeySet, RotationPolicy, UnixTime, Verifier,
    };
    let members = ["p256", "p256-b"].map(|name| support::jwk(name, &format!(r#""kid":"{name}""#)));
    let text = format!(r#"{{"keys":[{},{{}}]}}"#, members.join(","));
    let allowed = AlgorithmSet::only(Algorithm::Es256);
    let mut keys = KeySet::from_jwks(&Jwks::parse(&text).unwrap(), allowed).unwrap();
    let before: Vec<String> = keys.verdicts().map(|verdict| verdict.to_string()).collect();
    keys.precompute(&Precomputation::new(Window::Bits6), Window::Bits4);
    assert!(keys.verdicts().map(|verdict| verdict.to_string()).eq(before));
    let mut scratch = Vec::new();
    for signed in ["p256", "p256-b"] {
        for kid in ["p256", "p256-b"] {
            let token = support::signer(signed).token(format!(r#"{{"alg":"ES256","kid":"{kid}"}}"#), "");
            let holds = Verifier::new(&keys, allowed).verify(&token, &mut scratch).is_ok();
            assert_eq!(holds, signed == kid);
        }
    }
    // The keys of a remote set are prepared like others.
    let now = UnixTime::from_seconds(0);
    let mut remote = RemoteKeySet::new(allowed, RotationPolicy::new());
    remote.precompute(&Precomputation::new(Window::Bits4), Window::Bits4);
    let permit = remote.fetch_due(now).unwrap();
    assert_eq!(remote.complete(permit, Ok(HttpResponse::new(200, &text)), now, 0), Ok(Refreshed::Replaced));
    remote.precompute(&Precomputation::new(Window::Bits4), Window::Bits4);
    for (signed, holds) in [("p256", true), ("p256-b", false)] {
        let token = support::signer(signed).token(r#"{"alg":"ES256","kid":"p256"}"#, "");
        let keys = remote.keys(now).unwrap();
        assert_eq!(Verifier::new(&keys, allowed).verify(&token, &mut scratch).is_ok(), holds);
    }
    // Nothing happens to keys of other algorithms.
    for algorithm in support::algorithms().into_iter().filter(|algorithm| *algorithm != Algorithm::Es256) {
        let name = support::usual(algorithm);
        let mut key = support::key(name);
        key.precompute(&Precomputation::new(Window::Bits4), Window::Bits4);
        let signature = support::signer(name).sign(b"message");
        assert_eq!(key.verify(algorithm, b"message", &signature), Ok(()));
    }
}
