//! RS256 held against the `rsa` crate, which verifies in another way with another arithmetic: the same
//! verdict on signatures that hold, that nearly hold, and that are anything at all, for moduli of every
//! width and of sizes between the widths, and for other exponents than 65537.

#![cfg(feature = "rsa")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

mod support;

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{ConcatenatingMul as _, NonZero, Odd, Resize as _};
use jose_core::{Algorithm, AlgorithmSet, Jwk, VerifyingKey, error::KeyError};
use rsa::traits::{PublicKeyParts as _, SignatureScheme as _};
use rsa::{BoxedUint, Pkcs1v15Sign, PrivateKey};
use sha2::{Digest as _, Sha256, Sha384};
use support::{Dice, NoRng, digest_info};

const MESSAGE: &[u8] = b"what was signed";

/// A key pair, and the key under test made from its public half in both ways that there are.
struct Pair {
    private: PrivateKey,
    public: VerifyingKey,
    length: usize,
}

impl Pair {
    /// The modulus is the product of a prime of one test key and a prime of another. `None` when the
    /// exponent has no inverse there.
    fn new((p, of_p): (&str, &str), (q, of_q): (&str, &str), exponent: u64) -> Option<Self> {
        let number = |key, name| BoxedUint::from_be_slice_vartime(&support::member(key, name));
        let (p, q) = (number(of_p, p), number(of_q, q));
        let one = BoxedUint::one();
        let order = p.wrapping_sub(&one).concatenating_mul(&q.wrapping_sub(&one));
        let e = BoxedUint::from(exponent).resize(order.bits_precision());
        let d = e.invert_mod(&NonZero::new(order).unwrap()).into_option()?;
        // Primes of unlike size are for this constructor alone.
        let private = PrivateKey::from_components_with_wide_primes(
            p.concatenating_mul(&q),
            exponent.into(),
            d,
            vec![p, q],
        )
        .unwrap();
        let (n, e) = (private.n_bytes(), private.e_bytes());
        let public = VerifyingKey::rs256(&n, &e).unwrap();
        assert_eq!(VerifyingKey::try_from(private.as_public_key()).unwrap().algorithm(), Algorithm::Rs256);
        Some(Self { private, public, length: n.iter().skip_while(|octet| **octet == 0).count() })
    }

    /// The verdict, on which both must agree. The `rsa` crate compares lengths in machine words where RFC
    /// 8017 §8.2.2 has octets in its step 1, so that this step is done here.
    #[track_caller]
    fn verdict(&self, message: &[u8], signature: &[u8]) -> bool {
        let found = self.public.verify(Algorithm::Rs256, message, signature).is_ok();
        let scheme = Pkcs1v15Sign { hash_len: Some(32), prefix: digest_info(32).into() };
        let other = scheme.verify(self.private.as_public_key(), &Sha256::digest(message), signature);
        let other = signature.len() == self.length && other.is_ok();
        assert_eq!(found, other, "{}-bit modulus, signature {signature:02x?}", self.private.n().bit_width());
        found
    }

    #[track_caller]
    fn refused(&self, signature: &[u8]) {
        assert!(!self.verdict(MESSAGE, signature), "accepted: {signature:02x?}");
    }

    /// The signature whose encoded message is exactly this, however badly it is encoded.
    fn sign_raw(&self, encoded: &[u8]) -> Vec<u8> {
        let encoded = self.number(encoded);
        let signature = rsa::hazmat::rsa_decrypt_and_check(&self.private, None::<&mut NoRng>, &encoded);
        self.octets(&signature.unwrap())
    }

    fn number(&self, octets: &[u8]) -> BoxedUint {
        BoxedUint::from_be_slice(octets, self.private.n().as_ref().bits_precision()).unwrap()
    }

    /// As long as the modulus.
    fn octets(&self, number: &BoxedUint) -> Vec<u8> {
        let octets = number.to_be_bytes();
        octets[octets.len() - self.length..].to_vec()
    }
}

/// `0 type padding 0 content`, as long as the modulus.
fn encoded(length: usize, kind: u8, padding: u8, content: &[u8]) -> Vec<u8> {
    let fill = vec![padding; length - content.len() - 3];
    [&[0, kind], &*fill, &[0], content].concat()
}

/// Encoded messages that lenient readers of PKCS#1 v1.5 have taken for good ones.
fn nearly_good(length: usize) -> Vec<(&'static str, Vec<u8>)> {
    let hash = Sha256::digest(MESSAGE).to_vec();
    let info = digest_info(32);
    let good = [&info[..], &hash].concat();
    let changed = |place: usize, octet: u8| {
        let mut content = good.clone();
        content[place] = octet;
        content
    };
    let plain = |content: &[u8]| encoded(length, 1, 0xff, content);
    // Padding that ends early, and what it leaves free behind the hash or inside the DigestInfo.
    let early = |content: &[u8], garbage: &[u8]| {
        let mut message = [&[0, 1], &[0xff; 8][..], &[0], content].concat();
        message.resize(length, 0);
        message[length - garbage.len()..].copy_from_slice(garbage);
        message
    };
    let null_missing = [&[0x30, 0x2f, 0x30, 0x0b], &info[4..15], &info[17..], &hash].concat();
    let long_form = [&[0x30, 0x81, 0x31], &info[2..], &hash].concat();
    let indefinite = [&[0x30, 0x80], &info[2..], &hash, &[0, 0]].concat();
    let sha384 = [&[0x30, 0x41], &info[2..14], &[2, 5, 0, 4, 0x30], &Sha384::digest(MESSAGE)[..]].concat();
    let mut broken_padding = plain(&good);
    broken_padding[20] = 0;
    let mut one_octet = plain(&good);
    one_octet[12] = 0xfe;
    let mut first = plain(&good);
    first[0] = 1;
    vec![
        ("garbage behind the hash", early(&good, &[])),
        ("garbage behind the hash, to the end", early(&good, &[0xaa; 40])),
        ("the hash only at the end", early(&info, &hash)),
        ("the whole again at the end", early(&good, &good)),
        ("no NULL", plain(&null_missing)),
        ("a length in the long form", plain(&long_form)),
        ("an indefinite length", plain(&indefinite)),
        ("another hash by name", plain(&changed(14, 2))),
        ("another hash", plain(&sha384)),
        ("another octet of the hash", plain(&changed(30, hash[11] ^ 1))),
        ("another last octet", plain(&changed(50, hash[31] ^ 1))),
        ("a hash by itself", plain(&hash)),
        ("nothing", plain(&[])),
        ("block type 0", encoded(length, 0, 0, &good)),
        ("block type 2", encoded(length, 2, 0xff, &good)),
        ("padding of zeros", encoded(length, 1, 0, &good)),
        ("padding of other octets", encoded(length, 1, 0xfe, &good)),
        ("a zero in the padding", broken_padding),
        ("one other octet in the padding", one_octet),
        ("zeros", vec![0; length]),
    ]
    .into_iter()
    .filter(|(_, message)| *message != plain(&good))
    .collect()
}

/// How much is tried with a pair: raw signatures of wide moduli take seconds in a build without
/// optimisation.
#[derive(Clone, Copy, PartialEq)]
enum Effort {
    Whole,
    Half,
}

#[track_caller]
fn check(pair: &Pair, effort: Effort) -> usize {
    let mut dice = Dice::new(u64::from(pair.private.n().bit_width()));
    let good = pair.sign_raw(&encoded(
        pair.length,
        1,
        0xff,
        &[&digest_info(32)[..], &Sha256::digest(MESSAGE)].concat(),
    ));
    assert!(pair.verdict(MESSAGE, &good), "the good one");
    assert!(!pair.verdict(b"what was not signed", &good));
    assert!(!pair.verdict(b"", &good));
    let mut cases = 3;

    // One bit of the good one.
    for _ in 0..if effort == Effort::Whole { 40 } else { 4 } {
        let mut signature = good.clone();
        let bit = dice.below(signature.len() * 8);
        signature[bit / 8] ^= 1 << (bit % 8);
        pair.refused(&signature);
        cases += 1;
    }
    // Numbers at the edges, and the good one seen modulo n.
    let n = pair.private.n().as_ref();
    let one = pair.number(&[1]);
    let good_number = pair.number(&good);
    for number in [
        pair.number(&[]),
        one.clone(),
        pair.number(&[2]),
        n.wrapping_sub(&one),
        n.clone(),
        n.wrapping_add(&one),
        n.wrapping_sub(&good_number),
        n.wrapping_add(&good_number),
    ] {
        pair.refused(&pair.octets(&number));
        cases += 1;
    }
    pair.refused(&vec![0xff; pair.length]);
    // One octet more or less, and nothing.
    pair.refused(&[&[0], &*good].concat());
    pair.refused(&[&*good, &[0]].concat());
    pair.refused(&good[1..]);
    pair.refused(&good[..good.len() - 1]);
    pair.refused(&[]);
    // Anything.
    for _ in 0..if effort == Effort::Whole { 20 } else { 2 } {
        let mut signature = dice.octets(pair.length);
        signature[0] &= 0x3f;
        pair.refused(&signature);
        cases += 1;
    }
    // Encodings.
    let all = nearly_good(pair.length);
    let step = if effort == Effort::Whole { 1 } else { 7 };
    for (what, message) in all.into_iter().step_by(step) {
        let signature = pair.sign_raw(&message);
        assert!(!pair.verdict(MESSAGE, &signature), "accepted: {what}");
        cases += 1;
    }
    cases + 6
}

const P: &str = "p";
const Q: &str = "q";
/// Exponents: three primes, and the greatest that is allowed.
const EXPONENTS: [u64; 4] = [65537, 65539, 4_294_967_311, (1 << 33) - 1];

/// Sizes between the widths as well: each is a product of primes of different test keys.
#[track_caller]
fn size(bits: u32, p: (&str, &str), q: (&str, &str), effort: Effort) {
    let mut pairs = 0;
    for exponent in EXPONENTS.into_iter().take(if effort == Effort::Whole { 4 } else { 2 }) {
        let Some(pair) = Pair::new(p, q, exponent) else { continue };
        assert_eq!(pair.private.n().bit_width(), bits);
        assert!(check(&pair, effort) > 20);
        pairs += 1;
    }
    assert!(pairs >= 2, "only {pairs} of the exponents have an inverse");
}

macro_rules! sizes {
    ($($name:ident $bits:literal $effort:ident: $p:ident of $of_p:literal, $q:ident of $of_q:literal;)*) => {$(
        #[test]
        fn $name() {
            size($bits, ($p, $of_p), ($q, $of_q), Effort::$effort);
        }
    )*};
}

sizes! {
    bits_2048 2048 Whole: P of "rsa-2048", Q of "rsa-2048";
    bits_2048_mixed 2048 Whole: P of "rsa-2048", Q of "rsa-2048-b";
    bits_2056 2056 Whole: P of "rsa-2056", Q of "rsa-2056";
    bits_2052 2052 Whole: P of "rsa-2056", Q of "rsa-2048";
    bits_2560 2560 Whole: P of "rsa-3072", Q of "rsa-2048";
    bits_3072 3072 Whole: P of "rsa-3072", Q of "rsa-3072";
    bits_3076 3076 Whole: P of "rsa-2056", Q of "rsa-4096";
    bits_4096 4096 Whole: P of "rsa-4096", Q of "rsa-4096";
    bits_5120 5120 Half: P of "rsa-2048", Q of "rsa-8192";
    bits_5124 5124 Half: P of "rsa-2056", Q of "rsa-8192";
    bits_8192 8192 Half: P of "rsa-8192", Q of "rsa-8192";
}

/// Moduli that are primes of a shape in which carries run through every limb: they end, or consist of
/// nothing but, ones or zeros. Nobody's keys look so, and arithmetic that is wrong for one number in 2^64
/// shows here. The private exponent of a prime modulus is easy to find.
#[test]
fn moduli_of_ones_and_of_zeros() {
    let shifted = |power: u32| BoxedUint::one_with_precision(8192).shl(power);
    let number = |value: u64| BoxedUint::from(value).resize(8192);
    for (modulus, bits) in [
        (shifted(2203).wrapping_sub(number(1)), 2203),
        (shifted(2281).wrapping_sub(number(1)), 2281),
        (shifted(3217).wrapping_sub(number(1)), 3217),
        (shifted(2048).wrapping_sub(number(1557)), 2048),
        (shifted(3072).wrapping_sub(number(47)), 3072),
        (shifted(4096).wrapping_sub(number(2549)), 4096),
        (shifted(2047).wrapping_add(number(1919)), 2048),
        (shifted(2048).wrapping_add(number(981)), 2049),
        (shifted(3071).wrapping_add(number(2291)), 3072),
    ] {
        assert_eq!(modulus.bit_width(), bits);
        check_prime(&modulus);
    }
}

fn check_prime(modulus: &BoxedUint) {
    let octets = modulus.to_be_bytes_trimmed_vartime();
    let length = octets.len();
    let ours = VerifyingKey::rs256(&octets, &[1, 0, 1]).unwrap();
    let modulus = BoxedUint::from_be_slice_vartime(&octets);
    let theirs = rsa::PublicKey::new(modulus.clone(), 65537_u64.into()).unwrap();
    let number = |octets: &[u8]| BoxedUint::from_be_slice(octets, modulus.bits_precision()).unwrap();
    let text = |number: &BoxedUint| {
        let octets = number.to_be_bytes();
        octets[octets.len() - length..].to_vec()
    };
    // The exponents are inverse to one another modulo n - 1.
    let order = modulus.wrapping_sub(number(&[1]));
    let private = number(&[1, 0, 1]).invert_mod(&NonZero::new(order).unwrap()).unwrap();
    let parameters = BoxedMontyParams::new(Odd::new(modulus.clone()).unwrap());
    let power = |base: &BoxedUint| BoxedMontyForm::new(base.clone(), &parameters).pow(&private).retrieve();

    let mut dice = Dice::new(u64::from(modulus.bit_width()));
    for _ in 0..20 {
        let message = dice.octets(20);
        let digest = Sha256::digest(&message);
        let good = encoded(length, 1, 0xff, &[&digest_info(32)[..], &digest].concat());
        let good = power(&number(&good));
        for (signature, holds) in [(good.clone(), true), (modulus.wrapping_sub(&good), false)] {
            let signature = text(&signature);
            let scheme = Pkcs1v15Sign { hash_len: Some(32), prefix: digest_info(32).into() };
            assert_eq!(ours.verify(Algorithm::Rs256, &message, &signature).is_ok(), holds);
            assert_eq!(scheme.verify(&theirs, &digest, &signature).is_ok(), holds);
        }
    }
}

/// The key refuses what the other crate may take, before any arithmetic.
#[test]
fn keys_outside_the_policy() {
    let n = support::member("rsa-2048", "n");
    let key = |n: &[u8], e: &[u8]| VerifyingKey::rs256(n, e).map(|key| key.algorithm());
    for (e, exponent) in [(&[][..], 0), (&[0], 0), (&[1], 1), (&[3], 3), (&[17], 17), (&[1, 0, 0], 65536)] {
        assert_eq!(key(&n, e), Err(KeyError::ExponentTooSmall { exponent, min: 65537 }), "{e:?}");
    }
    assert_eq!(key(&n, &[1, 0, 2]), Err(KeyError::ExponentEven { exponent: 65538 }));
    for (e, bits) in [(&[2, 0, 0, 0, 1][..], 34), (&[1, 0, 0, 0, 0, 1], 41)] {
        assert_eq!(key(&n, e), Err(KeyError::ExponentTooLarge { bits, max: 33 }), "{e:?}");
    }
    for e in [&[1, 0, 1][..], &[0, 0, 1, 0, 1], &[1, 0xff, 0xff, 0xff, 0xff], &[1, 0, 3]] {
        assert_eq!(key(&n, e), Ok(Algorithm::Rs256), "{e:?}");
    }
    let mut even = n.clone();
    even[255] ^= 1;
    assert_eq!(key(&even, &[1, 0, 1]), Err(KeyError::ModulusEven));
    let small = support::member("rsa-1024", "n");
    assert_eq!(key(&small, &[1, 0, 1]), Err(KeyError::ModulusTooSmall { bits: 1024, min: 2048 }));
    let mut short = n.clone();
    short[0] = 0x7f;
    assert_eq!(key(&short, &[1, 0, 1]), Err(KeyError::ModulusTooSmall { bits: 2047, min: 2048 }));
    let long = [&[1], &support::member("rsa-8192", "n")[..]].concat();
    assert_eq!(key(&long, &[1, 0, 1]), Err(KeyError::ModulusTooLarge { bits: 8193, max: 8192 }));
    assert_eq!(key(&[&[0; 9], &*n].concat(), &[1, 0, 1]), Ok(Algorithm::Rs256));
    // A JWK is read into a buffer, which has eight octets for such zeros on the largest modulus.
    let allowed = AlgorithmSet::only(Algorithm::Rs256);
    let jwk = |zeros: usize| {
        let n = [&vec![0; zeros], &*support::member("rsa-8192", "n")].concat();
        let text = format!(r#"{{"kty":"RSA","alg":"RS256","n":"{}","e":"AQAB"}}"#, support::b64(n));
        Jwk::parse(text.as_bytes()).unwrap().verifying_key(allowed).map(|key| key.algorithm())
    };
    assert_eq!(jwk(8), Ok(Algorithm::Rs256));
    assert_eq!(jwk(9), Err(KeyError::ModulusTooLarge { bits: 8264, max: 8192 }));
}
