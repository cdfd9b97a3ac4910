//! What tells the algorithms of a family from one another, and what each of them refuses: another hash,
//! another salt, another encoding, points and scalars that Ed25519 has and its strict criteria do not take.

#![cfg(all(
    feature = "alloc",
    feature = "hs384",
    feature = "hs512",
    feature = "es256",
    feature = "es384",
    feature = "rs256",
    feature = "rs384",
    feature = "rs512",
    feature = "ps256",
    feature = "ps384",
    feature = "ps512",
    feature = "ed25519"
))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

mod support;

use std::sync::LazyLock;

use Algorithm::{Ed25519, Es256, Es384, Hs256, Hs384, Hs512, Ps256, Ps384, Ps512, Rs256, Rs384, Rs512};
use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, CheckedAdd as _, ConcatenatingMul as _, NonZero, Odd, Resize as _};
use jose_core::{
    Algorithm, VerifyingKey,
    error::{KeyError, SignatureError},
};
use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use p384::elliptic_curve::ops::Reduce;
use p384::elliptic_curve::point::AffineCoordinates as _;
use p384::{FieldBytes, ProjectivePoint, Scalar};
use support::{digest_info, here, member, outcome_of_set, pss_encode, sha, usual_key, usual_signer};

const MESSAGE: &[u8] = b"what was signed";

/// The length of an algorithm's hash.
fn hash(algorithm: Algorithm) -> usize {
    match algorithm {
        Hs256 | Es256 | Rs256 | Ps256 => 32,
        Hs384 | Es384 | Rs384 | Ps384 => 48,
        _ => 64,
    }
}

/// An RSA key with the primes of a test key, and a small one, so that the modulus has the size that is
/// wanted. Its arithmetic is that of `crypto-bigint`.
struct Rsa {
    bits: usize,
    n: Vec<u8>,
    private: BoxedUint,
    parameters: BoxedMontyParams,
}

impl Rsa {
    fn new(key: &str, third: Option<u64>) -> Self {
        let number = |name| BoxedUint::from_be_slice_vartime(&member(key, name));
        let one = BoxedUint::one();
        let primes = [Some(number("p")), Some(number("q")), third.map(BoxedUint::from)];
        let primes = primes.into_iter().flatten();
        let product = |one: BoxedUint, other: BoxedUint| one.concatenating_mul(&other);
        let modulus = primes.clone().reduce(product).unwrap();
        let order = primes.map(|prime| prime.wrapping_sub(&one)).reduce(product).unwrap();
        let e = BoxedUint::from(65537_u64).resize(order.bits_precision());
        let private = e.invert_mod(&NonZero::new(order).unwrap()).into_option().unwrap();
        let bits = usize::try_from(modulus.bit_width()).unwrap();
        let octets = modulus.to_be_bytes();
        let n = octets[octets.len() - bits.div_ceil(8)..].to_vec();
        Self { bits, n, private, parameters: BoxedMontyParams::new(Odd::new(modulus).unwrap()) }
    }

    /// The signature that stands for an encoded message.
    fn power(&self, encoded: &[u8]) -> Vec<u8> {
        let base = BoxedUint::from_be_slice_vartime(encoded).resize(self.parameters.bits_precision());
        let octets = BoxedMontyForm::new(base, &self.parameters).pow(&self.private).retrieve().to_be_bytes();
        octets[octets.len() - self.n.len()..].to_vec()
    }

    fn key(&self, algorithm: Algorithm) -> Result<VerifyingKey, KeyError> {
        let (n, e) = (&self.n, &[1, 0, 1]);
        match algorithm {
            Rs256 => VerifyingKey::rs256(n, e),
            Rs384 => VerifyingKey::rs384(n, e),
            Rs512 => VerifyingKey::rs512(n, e),
            Ps256 => VerifyingKey::ps256(n, e),
            Ps384 => VerifyingKey::ps384(n, e),
            _ => VerifyingKey::ps512(n, e),
        }
    }

    #[track_caller]
    fn judged(&self, algorithm: Algorithm, encoded: &[u8]) -> Result<(), SignatureError> {
        self.key(algorithm).unwrap().verify(algorithm, MESSAGE, &self.power(encoded))
    }
}

/// 2048 bits, times a small prime: 2049 to 2057 bits, with every number of unused bits.
static RSA: LazyLock<[Rsa; 11]> = LazyLock::new(|| {
    [3, 5, 7, 11, 13, 17, 37, 67, 131, 257, 521].map(|third| Rsa::new("rsa-2048", Some(third)))
});

const INVALID: Result<(), SignatureError> = Err(SignatureError::Invalid);

/// Salt and padding, as long as they must be, for every hash and each number of bits over whole octets.
#[test]
fn pss_of_every_size() {
    let mut over = [false; 8];
    for key in RSA.iter() {
        over[(key.bits - 1) % 8] = true;
        for algorithm in [Ps256, Ps384, Ps512] {
            let hash = hash(algorithm);
            let salt = vec![0xa5; hash];
            let encode = |change: &dyn Fn(&mut Vec<u8>)| {
                pss_encode(key.bits, MESSAGE, (hash, hash), &salt, |db| change(db))
            };
            let good = encode(&|_| {});
            assert_eq!(key.judged(algorithm, &good), Ok(()), "{} bits, {algorithm}", key.bits);
            // The trailer, H, the salt, the 1 before it and each zero before that.
            let place = good.len() - 1;
            for other in [0x00, 0xbd, 0xcc, 0x3c] {
                let spoilt = [&good[..place], &[other]].concat();
                assert_eq!(key.judged(algorithm, &spoilt), INVALID, "trailer {other:02x}");
            }
            let db_len = good.len() - hash - 1;
            let one = db_len - hash - 1;
            for (at, octet) in
                [(one, 0), (one, 2), (one, 0x81), (one - 1, 1), (1, 1), (1, 0x80), (one / 2, 4)]
            {
                assert_eq!(key.judged(algorithm, &encode(&|db| db[at] = octet)), INVALID, "{octet} at {at}");
            }
            let last = encode(&|db| *db.last_mut().unwrap() ^= 1);
            assert_eq!(key.judged(algorithm, &last), INVALID, "a salt that H is not of");
            // The first octet of DB, of which some bits are beyond the encoding: one that is inside.
            let used = (key.bits - 1) % 8;
            let inside = if used == 0 { 0x80 } else { 1 << (used - 1) };
            let spoilt = encode(&|db| db[0] = inside);
            assert_eq!(key.judged(algorithm, &spoilt), INVALID, "{inside:02x} at 0 of {} bits", key.bits);
            // One that is beyond: at the place of the modulus' highest bit, or above the encoding.
            if used != 0 {
                let mut beyond = good.clone();
                beyond[0] |= 1 << used;
                let below = BoxedUint::from_be_slice_vartime(&beyond).resize(key.parameters.bits_precision())
                    < *key.parameters.modulus().as_ref();
                if below {
                    assert_eq!(key.judged(algorithm, &beyond), INVALID, "bit {used} of {} bits", key.bits);
                }
            } else {
                // An encoding has an octet less than the modulus: the one above it must be zero.
                assert_eq!(good.len() + 1, key.n.len());
                assert_eq!(key.judged(algorithm, &[&[1], &*good].concat()), INVALID, "an octet above");
            }
        }
    }
    assert_eq!(over, [true; 8], "every number of unused bits");
}

#[test]
fn pss_has_one_hash_and_one_salt_length() {
    let key = &RSA[0];
    for algorithm in [Ps256, Ps384, Ps512] {
        for (own, mgf) in [32, 48, 64].into_iter().flat_map(|own| [32, 48, 64].map(|mgf| (own, mgf))) {
            for salt in [0, 1, 20, 31, 32, 33, 47, 48, 49, 63, 64, 65, 100] {
                let right = (own, mgf, salt) == (hash(algorithm), hash(algorithm), hash(algorithm));
                let encoded = pss_encode(key.bits, MESSAGE, (own, mgf), &vec![7; salt], |_| {});
                let expected = if right { Ok(()) } else { INVALID };
                let context = format!("{algorithm}: hash {own}, MGF1 {mgf}, salt {salt}");
                assert_eq!(key.judged(algorithm, &encoded), expected, "{context}");
            }
        }
    }
}

/// EMSA-PKCS1-v1_5 (RFC 8017 §9.2).
fn pkcs1_encode(length: usize, info: &[u8], digest: &[u8]) -> Vec<u8> {
    let padding = vec![0xff; length - info.len() - digest.len() - 3];
    [&[0, 1], &*padding, &[0], info, digest].concat()
}

/// The hash in a DigestInfo is the algorithm's, and the DigestInfo is that of the hash.
#[test]
fn pkcs1_has_one_hash() {
    for key in RSA.iter() {
        let encoded = |info: &[u8], digest: &[u8]| pkcs1_encode(key.n.len(), info, digest);
        for algorithm in [Rs256, Rs384, Rs512] {
            for (named, made) in
                [32, 48, 64].into_iter().flat_map(|named| [32, 48, 64].map(|made| (named, made)))
            {
                let message = encoded(&digest_info(named), &sha(made, MESSAGE));
                let right = (named, made) == (hash(algorithm), hash(algorithm));
                let expected = if right { Ok(()) } else { INVALID };
                assert_eq!(key.judged(algorithm, &message), expected, "{algorithm}: {named} of {made}");
            }
            let bare = encoded(&[], &sha(hash(algorithm), MESSAGE));
            assert_eq!(key.judged(algorithm, &bare), INVALID, "without a DigestInfo");
        }
        // One encoding is none of the other's.
        let pss = pss_encode(key.bits, MESSAGE, (32, 32), &[7; 32], |_| {});
        assert_eq!(key.judged(Rs256, &pss), INVALID);
        assert_eq!(key.judged(Ps256, &encoded(&digest_info(32), &sha(32, MESSAGE))), INVALID);
    }
}

/// Moduli of more than 4096 bits have keys with the feature `rsa` alone, up to 8192 bits, and whatever the
/// algorithm.
#[test]
fn rsa_of_more_than_4096_bits() {
    let most = if cfg!(feature = "rsa") { 8192 } else { 4096 };
    let (mut verified, mut refused) = (0, 0);
    for (name, third) in
        [("rsa-4096", None), ("rsa-4096", Some(3)), ("rsa-8192", None), ("rsa-8192", Some(3))]
    {
        let key = Rsa::new(name, third);
        for algorithm in [Rs256, Rs384, Rs512, Ps256, Ps384, Ps512] {
            let made = key.key(algorithm).map(|key| key.algorithm());
            if key.bits > most {
                assert_eq!(made, Err(KeyError::ModulusTooLarge { bits: key.bits, max: most }), "{algorithm}");
                refused += 1;
                continue;
            }
            assert_eq!(made, Ok(algorithm), "{} bits", key.bits);
            let hash = hash(algorithm);
            let encoded = if [Rs256, Rs384, Rs512].contains(&algorithm) {
                pkcs1_encode(key.n.len(), &digest_info(hash), &sha(hash, MESSAGE))
            } else {
                pss_encode(key.bits, MESSAGE, (hash, hash), &vec![7; hash], |_| {})
            };
            assert_eq!(key.judged(algorithm, &encoded), Ok(()), "{algorithm}, {} bits", key.bits);
            let mut spoilt = encoded;
            spoilt[300] ^= 1;
            assert_eq!(key.judged(algorithm, &spoilt), INVALID, "{algorithm}, {} bits", key.bits);
            verified += 1;
        }
    }
    assert_eq!((verified, refused), if most == 4096 { (6, 18) } else { (18, 6) });
}

/// A key of the family is for one algorithm, whatever else its material can do.
#[test]
fn siblings() {
    let families = [&[Hs384, Hs512][..], &[Rs256, Rs384, Rs512, Ps256, Ps384, Ps512]];
    for family in families {
        for (own, other) in family.iter().flat_map(|own| family.iter().map(move |other| (*own, *other))) {
            let (key, signature) = (usual_key(own), usual_signer(other).sign(MESSAGE));
            let expected = match (own == other, own.kty()) {
                (true, _) => Ok(()),
                (_, "oct") => Err(SignatureError::WrongLength { found: hash(other), expected: hash(own) }),
                _ => INVALID,
            };
            assert_eq!(key.verify(own, MESSAGE, &signature), expected, "{other} with a key for {own}");
            let mismatch = Err(SignatureError::AlgorithmMismatch { requested: other, key: own });
            let expected = if own == other { Ok(()) } else { mismatch };
            assert_eq!(key.verify(other, MESSAGE, &signature), expected);
        }
    }
    // The tag of one hash, cut or filled up to the length of another.
    let (long, short) = (usual_signer(Hs512).sign(MESSAGE), usual_signer(Hs384).sign(MESSAGE));
    assert_eq!(usual_key(Hs384).verify(Hs384, MESSAGE, &long[..48]), INVALID);
    assert_eq!(usual_key(Hs512).verify(Hs512, MESSAGE, &[&short[..], &[0; 16]].concat()), INVALID);
}

#[test]
fn ecdsa_has_one_hash() {
    let p256 = p256::ecdsa::SigningKey::from_slice(&member("p256", "d")).unwrap();
    let p384 = p384::ecdsa::SigningKey::from_slice(&member("p384", "d")).unwrap();
    for length in [32, 48, 64] {
        let digest = sha(length, MESSAGE);
        let signature: p256::ecdsa::Signature = p256.sign_prehash(&digest).unwrap();
        let expected = if length == 32 { Ok(()) } else { INVALID };
        assert_eq!(usual_key(Es256).verify(Es256, MESSAGE, &signature.to_bytes()), expected);
        let signature: p384::ecdsa::Signature = p384.sign_prehash(&digest).unwrap();
        let expected = if length == 48 { Ok(()) } else { INVALID };
        assert_eq!(usual_key(Es384).verify(Es384, MESSAGE, &signature.to_bytes()), expected);
        // n - s is as good as s.
        let (r, s) = signature.split_scalars();
        let high = p384::ecdsa::Signature::from_scalars(r.to_bytes(), (-*s).to_bytes()).unwrap();
        assert_eq!(usual_key(Es384).verify(Es384, MESSAGE, &high.to_bytes()), expected);
    }
}

#[test]
fn es384_ranges_and_points() {
    let order = BoxedUint::from_be_hex(
        "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
        384,
    )
    .unwrap()
    .to_be_bytes();
    let good = usual_signer(Es384).sign(MESSAGE);
    let (r, s) = good.split_at(48);
    let verify = |r: &[u8], s: &[u8]| usual_key(Es384).verify(Es384, MESSAGE, &[r, s].concat());
    assert_eq!(verify(r, s), Ok(()));
    for (r, s) in
        [(&[0; 48][..], s), (r, &[0; 48]), (&order, s), (r, &order), (&[0xff; 48], s), (r, &[0xff; 48])]
    {
        assert_eq!(verify(r, s), INVALID);
    }
    let (x, y) = (member("p384", "x"), member("p384", "y"));
    let key = |x: &[u8], y: &[u8]| VerifyingKey::es384(x, y).map(|key| key.algorithm());
    assert_eq!(key(&x, &y), Ok(Es384));
    let mut off = y.clone();
    off[47] ^= 1;
    let not_on_curve = Err(KeyError::PointNotOnCurve { crv: "P-384" });
    let prime =
        [&[0xff; 31][..], &[0xfe, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]]
            .concat();
    for (x, y) in [(&x[..], &off[..]), (&y, &x), (&[0; 48], &[0; 48]), (&prime, &y), (&[0xff; 48], &y)] {
        assert_eq!(key(x, y), not_on_curve);
    }
    for length in [0, 32, 47, 49, 66] {
        let wrong = |name| Err(KeyError::WrongCoordinateLength { name, crv: "P-384", expected: 48, length });
        assert_eq!(key(&vec![1; length], &y), wrong("x"));
        assert_eq!(key(&x, &vec![1; length]), wrong("y"));
    }
}

/// Other texts of r and s, with the order added. Few numbers are so small that the sum has 48 octets: the key
/// is made for such a signature, whose point has a small x.
#[test]
fn es384_beyond_the_order() {
    let number = |octets: &[u8]| BoxedUint::from_be_slice(octets, 384).unwrap();
    let minus_one = (-Scalar::ONE).to_bytes();
    let beyond = |octets: &[u8]| {
        let sum = number(&minus_one).checked_add(&number(&[1])).unwrap().checked_add(&number(octets));
        sum.unwrap().to_be_bytes().to_vec()
    };
    let small = |value: u8| [&[0; 47][..], &[value]].concat();
    let point = |x| p384::PublicKey::from_sec1_bytes(&[&[2], &*small(x)].concat());
    let (r, point) = (1..).find_map(|x| Some((x, point(x).ok()?))).unwrap();
    let digest = <Scalar as Reduce<FieldBytes>>::reduce(&sha(48, MESSAGE).as_slice().try_into().unwrap());
    let key = point.to_projective() * Scalar::from(5_u64) - ProjectivePoint::GENERATOR * digest;
    let key = (key * Scalar::from(u64::from(r)).invert().unwrap()).to_affine();
    let key = VerifyingKey::es384(&key.x(), &key.y()).unwrap();
    let (r, s) = (small(r), small(5));
    for (r, s, expected) in [
        (&r, &s, Ok(())),
        (&beyond(&r), &s, INVALID),
        (&r, &beyond(&s), INVALID),
        (&beyond(&r), &beyond(&s), INVALID),
    ] {
        assert_eq!(key.verify(Es384, MESSAGE, &[&**r, s].concat()), expected, "{r:02x?}, {s:02x?}");
    }
}

/// L, the order of the group of Ed25519, in octets from the lowest (RFC 8032 §5.1).
const L: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The eight points of small order, and other encodings of some of them.
const SMALL_ORDER: [&str; 14] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    // Zero with a sign, and y that is not below the prime.
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

fn unhex(text: &str) -> [u8; 32] {
    let octets: Vec<u8> =
        (0..32).map(|place| u8::from_str_radix(&text[2 * place..2 * place + 2], 16).unwrap()).collect();
    octets.try_into().unwrap()
}

/// The integer that octets write, the lowest first.
fn integer(octets: &[u8]) -> BoxedUint {
    let octets: Vec<u8> = octets.iter().rev().copied().collect();
    BoxedUint::from_be_slice_vartime(&octets)
}

#[test]
fn ed25519_keys() {
    let key = |x: &[u8]| VerifyingKey::ed25519(x).map(|key| key.algorithm());
    let good = member("ed25519", "x");
    assert_eq!(key(&good), Ok(Ed25519));
    for length in [0, 31, 33, 57, 64] {
        let wrong = KeyError::WrongCoordinateLength { name: "x", crv: "Ed25519", expected: 32, length };
        assert_eq!(key(&vec![1; length]), Err(wrong));
    }
    for text in SMALL_ORDER {
        // All of them are points to the library.
        assert!(
            ed25519_dalek::VerifyingKey::from_bytes(&unhex(text)).is_ok_and(|key| key.is_weak()),
            "{text}"
        );
        assert_eq!(key(&unhex(text)), Err(KeyError::PointOfSmallOrder), "{text}");
    }
    // y = p to p + 18 has another encoding, and the library takes what is on the curve; so does the last y.
    let not_on_curve = Err(KeyError::PointNotOnCurve { crv: "Ed25519" });
    let mut on_curve = 0;
    for (low, high) in (0xef..=0xff).flat_map(|low| [(low, 0x7f), (low, 0xff)]) {
        let mut x = [0xff; 32];
        (x[0], x[31]) = (low, high);
        on_curve += u32::from(ed25519_dalek::VerifyingKey::from_bytes(&x).is_ok());
        assert_eq!(key(&x), not_on_curve, "{low:02x}, {high:02x}");
        // The same point, or none, in its one encoding.
        let mut canonical = [0; 32];
        (canonical[0], canonical[31]) = (low - 0xed, high & 0x80);
        assert_eq!(key(&canonical).is_ok(), ed25519_dalek::VerifyingKey::from_bytes(&x).is_ok());
    }
    assert!(on_curve > 4, "{on_curve} of them are on the curve");
    // The greatest y that is below the prime and on the curve.
    let greatest = (0..0xed_u8).rev().map(|low| {
        let mut x = [0xff; 32];
        (x[0], x[31]) = (low, 0x7f);
        x
    });
    assert!(greatest.skip(1).any(|x| key(&x) == Ok(Ed25519)));
}

#[test]
fn ed25519_signatures() {
    let (key, good) = (usual_key(Ed25519), usual_signer(Ed25519).sign(MESSAGE));
    let verify = |r: &[u8], s: &[u8]| key.verify(Ed25519, MESSAGE, &[r, s].concat());
    let (r, s) = good.split_at(32);
    assert_eq!(verify(r, s), Ok(()));

    // S + k*L stands for the same scalar.
    let lenient =
        ed25519_dalek::VerifyingKey::from_bytes(member("ed25519", "x").as_slice().try_into().unwrap());
    let lenient = lenient.unwrap();
    let mut more = [0; 32];
    more.copy_from_slice(s);
    for _ in 0..8 {
        let mut carry = 0;
        for (octet, of) in more.iter_mut().zip(L) {
            carry += u16::from(*octet) + u16::from(of);
            *octet = carry.to_le_bytes()[0];
            carry >>= 8;
        }
        assert_eq!(verify(r, &more), INVALID, "{more:02x?}");
    }
    for s in [&[0; 32][..], &L, &[0xff; 32]] {
        assert_eq!(verify(r, s), INVALID);
    }

    // R of small order, with the S for which the equation holds: S = k*a, where R is neutral.
    let order = NonZero::new(integer(&L).resize(768)).unwrap();
    let mut a = sha(64, &member("ed25519", "d"))[..32].to_vec();
    (a[0], a[31]) = (a[0] & 0xf8, a[31] & 0x7f | 0x40);
    let scalar_for = |r: &[u8]| {
        let k = sha(64, &[r, &member("ed25519", "x"), MESSAGE].concat());
        let product = integer(&k).concatenating_mul(&integer(&a)).resize(768).rem(&order);
        let octets = product.to_be_bytes();
        octets.iter().rev().take(32).copied().collect::<Vec<u8>>()
    };
    let neutral = unhex(SMALL_ORDER[0]);
    let forged = [&neutral[..], &scalar_for(&neutral)].concat();
    let signature = ed25519_dalek::Signature::from_slice(&forged).unwrap();
    assert!(ed25519_dalek::Verifier::verify(&lenient, MESSAGE, &signature).is_ok(), "the equation holds");
    assert_eq!(key.verify(Ed25519, MESSAGE, &forged), INVALID);
    for text in SMALL_ORDER {
        assert_eq!(verify(&unhex(text), &scalar_for(&unhex(text))), INVALID, "{text}");
    }
}

/// RFC 7520 §4.2 (PS384) and RFC 8037 §A.4 (EdDSA), as they are printed.
#[test]
fn examples_of_rfcs() {
    let entries = support::json(&here("vectors/rfc.json"));
    let token = |id: &str| {
        let found = entries.as_array().unwrap().iter().find(|entry| entry["id"] == id).unwrap();
        (found["keys"].to_string(), found["token"].as_str().unwrap().to_owned())
    };
    let (keys, ps384) = token("rfc/RFC 7520 4.2");
    assert_eq!(outcome_of_set(&format!(r#"{{"keys":[{keys}]}}"#), Ps384.into(), &ps384), Ok(Ps384));
    let (_, eddsa) = token("rfc/RFC 8037 A.4");
    // RFC 8037 §A.2
    let key = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    assert_eq!(outcome_of_set(&format!(r#"{{"keys":[{key}]}}"#), Ed25519.into(), &eddsa), Ok(Ed25519));
}
