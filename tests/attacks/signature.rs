//! Attacks on signatures, and with keys under which they are easy to make.

use Algorithm::{Es256 as E, Rs256 as R};
use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{CheckedAdd as _, Odd};
use jose_core::{
    Algorithm, Error, Jwk, VerifyingKey,
    error::{KeyError, SelectError, SignatureError},
    keys::PreparedEs256,
};
use p256::elliptic_curve::ff::PrimeField as _;
use p256::elliptic_curve::ops::Reduce;
use p256::elliptic_curve::point::{AffineCoordinates as _, DecompressPoint as _};
use p256::{AffinePoint, FieldBytes, ProjectivePoint, Scalar};
use rsa::BoxedUint;
use sha2::{Digest as _, Sha224, Sha256, Sha384, Sha512};

use super::der::{pair, tlv};
use super::support::{b64, excerpt, key, member, outcome, outcome_of_set, signer};

/// The prime of P-256's field (FIPS 186-5): 2^256 - 2^224 + 2^192 + 2^96 - 1.
const PRIME: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
];

/// The sum of two numbers of 32 octets.
fn sum(a: &[u8], b: &[u8]) -> Vec<u8> {
    let [a, b] = [a, b].map(|octets| BoxedUint::from_be_slice(octets, 256).unwrap());
    a.checked_add(&b).unwrap().to_be_bytes().to_vec()
}

/// The number as 32 octets.
fn small(number: u8) -> Vec<u8> {
    [&[0; 31][..], &[number]].concat()
}

/// The point of the curve with the smallest x above zero: x plus the prime, or plus the order, is still a
/// number of 32 octets.
fn point_of_small_x() -> (u8, AffinePoint) {
    let point = |x| AffinePoint::decompress(&small(x).as_slice().try_into().unwrap(), 0.into()).into_option();
    (1..=u8::MAX).find_map(|x| Some((x, point(x)?))).unwrap()
}

fn input() -> String {
    format!("{}.{}", b64(r#"{"alg":"ES256"}"#), b64("{}"))
}

/// n - 1 and n, the order of P-256.
fn order() -> [Vec<u8>; 2] {
    let before = (-Scalar::ONE).to_repr().to_vec();
    let order = sum(&before, &small(1));
    [before, order]
}

/// Verifies the token of `input` with this signature.
fn judged(key: &VerifyingKey, signature: &[u8]) -> Result<Algorithm, Error> {
    outcome(key, E.into(), &format!("{}.{}", input(), b64(signature)))
}

/// r or s outside 1 to n - 1, with a key for which they hold modulo n: they pass a verifier without the range
/// check of FIPS 186-5 §6.4.2. Seen in CVE-2022-21449, CVE-2022-24884, CVE-2021-43570.
#[test]
fn psychic_signatures() {
    let [n_minus_1, n] = order();
    // Q is chosen so that (r, 1) holds, with r so small that r + n has 32 octets.
    let (x, point) = point_of_small_x();
    let r = Scalar::from(u64::from(x));
    let e = <Scalar as Reduce<FieldBytes>>::reduce(&Sha256::digest(input()));
    let q = (ProjectivePoint::from(point) - ProjectivePoint::GENERATOR * e) * r.invert().unwrap();
    let q = q.to_affine();
    let plain = VerifyingKey::es256(&q.x(), &q.y()).unwrap();
    let mut prepared = plain.clone();
    prepared.prepare_in(Box::leak(Box::new(PreparedEs256::EMPTY)));
    let r = small(x);
    let beyond = [
        ("0", small(0)),
        ("n", n.clone()),
        ("n + 1", sum(&n, &small(1))),
        ("n + r", sum(&n, &r)),
        ("2^256 - 1", vec![0xff; 32]),
    ];
    let ends = [("1", small(1)), ("n - 1", n_minus_1)];
    let mut cases = 0;
    for key in [&plain, &prepared] {
        for (name, s) in &ends {
            assert_eq!(judged(key, &[&*r, s].concat()), Ok(E), "s = {name}");
        }
        let mut refused = |(name_r, r): (&str, &[u8]), (name_s, s): (&str, &[u8])| {
            let expected = Err(SignatureError::Invalid.into());
            assert_eq!(judged(key, &[r, s].concat()), expected, "r = {name_r}, s = {name_s}");
            cases += 1;
        };
        for (name_s, s) in &beyond {
            refused(("r", &r), (name_s, s));
        }
        for (name_r, other_r) in beyond.iter().chain([&ends[1]]) {
            for (name_s, s) in beyond.iter().chain(&ends) {
                refused((name_r, other_r), (name_s, s));
            }
        }
    }
    assert_eq!(cases, 2 * (5 + 6 * 7));
}

/// Numbers at the ends of the range, with a key for which nothing of it holds.
#[test]
fn psychic_signatures_of_another_key() {
    let signature = signer("p256").sign(input().as_bytes());
    let (good_r, good_s) = signature.split_at(32);
    let [n_minus_1, n] = order();
    let values =
        [("0", small(0)), ("1", small(1)), ("n - 1", n_minus_1), ("n + 1", sum(&n, &small(1))), ("n", n)];
    let values = values.iter().map(|(name, octets)| (*name, &octets[..]));
    for (name_r, r) in values.clone().chain([("good", good_r)]) {
        for (name_s, s) in values.clone().chain([("good", good_s)]) {
            let is_good = (name_r, name_s) == ("good", "good");
            let expected = if is_good { Ok(E) } else { Err(SignatureError::Invalid.into()) };
            assert_eq!(judged(&key("p256"), &[r, s].concat()), expected, "r: {name_r}, s: {name_s}");
        }
    }
}

/// Signatures that do not have 64 octets, DER among them.
#[test]
fn es256_signatures_of_other_lengths() {
    let signature = signer("p256").sign(input().as_bytes());
    let (good_r, good_s) = signature.split_at(32);
    let der = pair(good_r, good_s);
    for other in [
        vec![],
        signature[..63].to_vec(),
        signature[1..].to_vec(),
        [&*signature, &[0]].concat(),
        [&[0], &*signature].concat(),
        [&[0], good_r, &[0], good_s].concat(),
        good_r.to_vec(),
        [&*signature, &*signature].concat(),
        vec![0; 63],
        vec![0; 65],
        vec![0x30, 6, 2, 1, 0, 2, 1, 0],
        der,
    ] {
        let length = SignatureError::WrongLength { found: other.len(), expected: 64 };
        assert_eq!(judged(&key("p256"), &other), Err(length.into()), "{other:02x?}");
    }
}

fn ec(crv: &str, x: &[u8], y: &[u8]) -> String {
    format!(r#"{{"kid":"k","kty":"EC","crv":"{crv}","x":"{}","y":"{}"}}"#, b64(x), b64(y))
}

/// Points that are not on the curve, and coordinates that are not encoded as required.
#[test]
fn invalid_curve() {
    let header = r#"{"alg":"ES256","kid":"k"}"#;
    let token = signer("p256").token(header, "{}");
    let bound = |jwk: &str| Jwk::parse(jwk).unwrap().verifying_key(E).map(|key| key.algorithm());
    #[track_caller]
    fn refused(jwk: &str, reason: KeyError, token: &str) {
        let key = Jwk::parse(jwk).unwrap().verifying_key(E).map(drop);
        assert_eq!(key, Err(reason), "{jwk}");
        let set = format!(r#"{{"keys":[{jwk}]}}"#);
        let aside = SelectError::KeyUnusable { reason };
        assert_eq!(outcome_of_set(&set, E.into(), token), Err(aside.into()), "{jwk}");
    }
    let (x, y) = (member("p256", "x"), member("p256", "y"));
    let set = format!(r#"{{"keys":[{}]}}"#, ec("P-256", &x, &y));
    assert_eq!(outcome_of_set(&set, E.into(), &token), Ok(E));

    // Off the curve.
    let zeros = [0; 32];
    let changed = |octets: &[u8]| [&octets[..31], &[octets[31] ^ 1]].concat();
    for (x, y) in [
        (&*x, &*changed(&y)),
        (&changed(&x), &y),
        (&y, &x),
        (&zeros, &zeros),
        (&x, &zeros),
        (&zeros, &y),
        (&small(1), &small(1)),
        (&[0xff; 32], &y),
        (&x, &[0xff; 32]),
        (&PRIME, &y),
        (&x, &PRIME),
    ] {
        refused(&ec("P-256", x, y), KeyError::PointNotOnCurve { crv: "P-256" }, &token);
        assert_eq!(VerifyingKey::es256(x, y).map(drop), Err(KeyError::PointNotOnCurve { crv: "P-256" }));
    }
    // A point whose x can also be written as x plus the prime, and in one octet.
    let (number, point) = point_of_small_x();
    let (small_x, y_of_small) = (point.x(), point.y());
    assert_eq!(bound(&ec("P-256", &small_x, &y_of_small)), Ok(E));
    refused(
        &ec("P-256", &sum(&small_x, &PRIME), &y_of_small),
        KeyError::PointNotOnCurve { crv: "P-256" },
        &token,
    );

    // Not 32 octets.
    let length = |name, length| KeyError::WrongCoordinateLength { name, crv: "P-256", expected: 32, length };
    refused(&ec("P-256", &small_x[1..], &y_of_small), length("x", 31), &token);
    refused(&ec("P-256", &[number], &y_of_small), length("x", 1), &token);
    refused(&ec("P-256", &[&[0], &*x].concat(), &y), length("x", 33), &token);
    refused(&ec("P-256", &x[1..], &y), length("x", 31), &token);
    refused(&ec("P-256", &x, &y[1..]), length("y", 31), &token);
    refused(&ec("P-256", &x, &[&[0], &*y].concat()), length("y", 33), &token);
    refused(&ec("P-256", &[], &y), length("x", 0), &token);
    refused(&ec("P-256", &x, &[]), length("y", 0), &token);
    refused(&ec("P-256", &[&[4], &*x, &*y].concat(), &y), length("x", 65), &token);
    refused(&ec("P-256", &[&[2], &*x].concat(), &[]), length("x", 33), &token);

    // Points of other curves, under their own name and under this one.
    let other = |name: &str| (member(name, "x"), member(name, "y"));
    let crv = |crv: &str| KeyError::CrvUnsupported { kty: "EC", crv: excerpt(crv) };
    let (x384, y384) = other("p384");
    refused(&ec("P-521", &x384, &y384), crv("P-521"), &token);
    refused(&ec("P-256", &x384, &y384), length("x", 48), &token);
    let (x_koblitz, y_koblitz) = other("secp256k1");
    refused(&ec("secp256k1", &x_koblitz, &y_koblitz), crv("secp256k1"), &token);
    refused(&ec("P-256", &x_koblitz, &y_koblitz), KeyError::PointNotOnCurve { crv: "P-256" }, &token);
    // This curve's point under another name, and the name bound to the algorithm.
    for name in ["P-521", "secp256k1", "p-256", "P256", ""] {
        refused(&ec(name, &x, &y), crv(name), &token);
    }
    let with =
        |members: &str| ec("P-256", &x, &y).replace(r#""kid":"k""#, &format!(r#""kid":"k",{members}"#));
    refused(&with(r#""alg":"ES512""#), KeyError::AlgUnsupported { alg: excerpt("ES512") }, &token);
    refused(&with(r#""alg":"ES256K""#), KeyError::AlgUnsupported { alg: excerpt("ES256K") }, &token);
    refused(&with(r#""alg":"RS256""#), KeyError::AlgMismatch { alg: R, could_be: E.into() }, &token);
    refused(&ec("P-521", &x, &y).replace("P-521\"", "P-521\",\"alg\":\"ES256\""), crv("P-521"), &token);
    let without = ec("P-256", &x, &y).replace(r#""crv":"P-256","#, "");
    refused(&without, KeyError::MemberMissing { name: "crv" }, &token);
    assert_eq!(bound(&with(r#""alg":"ES256""#)), Ok(E));
}

/// The power modulo n, as long as n.
fn power(base: &[u8], exponent: &[u8], n: &[u8]) -> Vec<u8> {
    let bits = u32::try_from(n.len() * 8).unwrap();
    let [base, exponent, modulus] =
        [base, exponent, n].map(|octets| BoxedUint::from_be_slice(octets, bits).unwrap());
    let parameters = BoxedMontyParams::new(Odd::new(modulus).unwrap());
    BoxedMontyForm::new(base, &parameters).pow(&exponent).retrieve().to_be_bytes().to_vec()
}

/// `0 kind padding 0 content`, the padding as long as there is room in 2048 bits.
fn encoded(kind: u8, padding: u8, content: &[u8]) -> Vec<u8> {
    [&[0, kind], &*vec![padding; 253 - content.len()], &[0], content].concat()
}

/// Padding of `ones` octets, and behind the content whatever fills 2048 bits.
fn short_padding(ones: usize, content: &[u8], filling: u8) -> Vec<u8> {
    let mut message = [&[0, 1], &*vec![0xff; ones], &[0], content].concat();
    message.resize(256, filling);
    message
}

/// Seen in the class of Bleichenbacher's forgery of 2006, and in BERserk (CVE-2014-1568).
#[test]
fn pkcs1_leniency() {
    const OCTET_STRING: u8 = 4;
    const SEQUENCE: u8 = 0x30;
    /// The object identifier of SHA-256; with another last octet, of another hash (RFC 8017 §B.1).
    const OID: [u8; 11] = [6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
    const NULL: [u8; 2] = [5, 0];

    let (n, d) = (member("rsa-2048", "n"), member("rsa-2048", "d"));
    let key = key("rsa-2048");
    let input = format!("{}.{}", b64(r#"{"alg":"RS256"}"#), b64("{}"));
    let judged = |message: &[u8]| -> Result<Algorithm, Error> {
        let signature = power(message, &d, &n);
        assert_eq!(power(&signature, &[1, 0, 1], &n), message, "the signature of this very message");
        outcome(&key, R.into(), &format!("{input}.{}", b64(signature)))
    };

    let oid = |last| [&OID[..10], &[last]].concat();
    let hash = Sha256::digest(&input);
    let string = tlv(OCTET_STRING, &[&hash]);
    let algorithm = tlv(SEQUENCE, &[&OID, &NULL]);
    let good = tlv(SEQUENCE, &[&algorithm, &string]);
    assert_eq!(judged(&encoded(1, 0xff, &good)), Ok(R));

    let info = |algorithm: &[u8], string: &[u8]| tlv(SEQUENCE, &[algorithm, string]);
    let named = |last, hash: &[u8]| info(&tlv(SEQUENCE, &[&oid(last), &NULL]), &tlv(OCTET_STRING, &[hash]));
    // The same contents under a length that is not the shortest, and under none.
    let long = |head: &[u8], value: &[u8]| [&value[..1], head, &value[1..]].concat();
    let longer = |by: u8, value: &[u8]| [&[value[0], value[1] + by], &value[2..]].concat();
    let garbage = [0xaa; 100];
    let in_parameters = tlv(SEQUENCE, &[&OID, &tlv(5, &[&garbage])]);
    let mut last_of_padding = encoded(1, 0xff, &good);
    last_of_padding[203] = 0xfe;
    let mut broken_padding = encoded(1, 0xff, &good);
    broken_padding[30] = 0;
    let mut first = encoded(1, 0xff, &good);
    first[0] = 0x10;
    let hash_last = |content: &[u8]| {
        let mut message = short_padding(8, content, 0);
        message[224..].copy_from_slice(&hash);
        message
    };
    let cases = [
        // Garbage behind the hash.
        ("zeros behind", short_padding(8, &good, 0)),
        ("octets behind", short_padding(8, &good, 0xaa)),
        ("octets behind, padding of 100", short_padding(100, &good, 0xaa)),
        ("one octet behind, full padding", encoded(1, 0xff, &[&*good, &[0]].concat())),
        ("a second DigestInfo behind", encoded(1, 0xff, &[&*good, &*good].concat())),
        ("garbage inside the SEQUENCE", encoded(1, 0xff, &tlv(SEQUENCE, &[&algorithm, &string, &garbage]))),
        ("garbage inside the parameters", encoded(1, 0xff, &info(&in_parameters, &string))),
        (
            "garbage behind the parameters",
            encoded(1, 0xff, &info(&tlv(SEQUENCE, &[&OID, &NULL, &garbage]), &string)),
        ),
        (
            "garbage inside the string",
            encoded(1, 0xff, &info(&algorithm, &tlv(OCTET_STRING, &[&hash, &garbage]))),
        ),
        ("garbage before the hash, which is last", hash_last(&good[..19])),
        // Short padding.
        ("no padding", short_padding(0, &good, 0xaa)),
        ("padding of one octet", short_padding(1, &good, 0xaa)),
        ("padding of seven octets", short_padding(7, &good, 0xaa)),
        ("padding that ends one octet early", short_padding(201, &good, 0)),
        ("padding without its end", [&[0, 1], &*vec![0xff; 254 - good.len()], &*good].concat()),
        ("a zero inside the padding", broken_padding),
        ("another octet inside the padding", last_of_padding),
        ("padding of zeros", encoded(1, 0, &good)),
        ("block type 0", encoded(0, 0, &good)),
        ("block type 2", encoded(2, 0xff, &good)),
        ("another first octet", first),
        // Missing NULL.
        ("no NULL", encoded(1, 0xff, &info(&tlv(SEQUENCE, &[&OID]), &string))),
        ("no NULL, lengths as if there were one", encoded(1, 0xff, &[&good[..15], &good[17..]].concat())),
        (
            "an empty SEQUENCE in place of NULL",
            encoded(1, 0xff, &info(&tlv(SEQUENCE, &[&OID, &[0x30, 0]]), &string)),
        ),
        // BER lengths.
        ("a long length outside", encoded(1, 0xff, &long(&[0x81], &good))),
        ("a longer length outside", encoded(1, 0xff, &long(&[0x82, 0], &good))),
        ("a length of five octets outside", encoded(1, 0xff, &long(&[0x84, 0, 0, 0], &good))),
        (
            "a long length of the algorithm",
            encoded(1, 0xff, &longer(1, &info(&long(&[0x81], &algorithm), &string))),
        ),
        ("a long length of the string", encoded(1, 0xff, &info(&algorithm, &long(&[0x81], &string)))),
        ("a longer length of the string", encoded(1, 0xff, &info(&algorithm, &long(&[0x82, 0], &string)))),
        ("a long length of NULL", encoded(1, 0xff, &info(&tlv(SEQUENCE, &[&OID, &[5, 0x81, 0]]), &string))),
        ("an indefinite length", encoded(1, 0xff, &[&[0x30, 0x80], &good[2..], &[0, 0]].concat())),
        ("a string in pieces", encoded(1, 0xff, &info(&algorithm, &tlv(0x24, &[&string])))),
        // Another hash: one that is right for its name, and names that are wrong.
        ("SHA-224", encoded(1, 0xff, &named(4, &Sha224::digest(&input)))),
        ("SHA-384", encoded(1, 0xff, &named(2, &Sha384::digest(&input)))),
        ("SHA-512", encoded(1, 0xff, &named(3, &Sha512::digest(&input)))),
        ("SHA-256 under the name of SHA-512/256", encoded(1, 0xff, &named(6, &hash))),
        ("SHA-256 under the name of SHA-384", encoded(1, 0xff, &named(2, &hash))),
        ("the hash of the hash", encoded(1, 0xff, &named(1, &Sha256::digest(hash)))),
        ("the hash of nothing", encoded(1, 0xff, &named(1, &Sha256::digest(b"")))),
        ("a part of the hash", encoded(1, 0xff, &named(1, &hash[..31]))),
        ("no hash", encoded(1, 0xff, &named(1, &[]))),
        ("the hash alone", encoded(1, 0xff, &hash)),
        ("the string alone", encoded(1, 0xff, &string)),
        ("nothing", encoded(1, 0xff, &[])),
    ];
    for (what, message) in cases {
        assert_eq!(message.len(), 256, "{what}");
        assert_ne!(message, encoded(1, 0xff, &good), "{what}");
        assert_eq!(judged(&message), Err(SignatureError::Invalid.into()), "{what}");
    }
    // Numbers that are their own signature.
    for number in [vec![0; 256], [&[0; 255][..], &[1]].concat()] {
        assert_eq!(judged(&number), Err(SignatureError::Invalid.into()));
    }
}

fn rsa(n: &[u8], e: &[u8]) -> String {
    format!(r#"{{"kid":"k","kty":"RSA","n":"{}","e":"{}"}}"#, b64(n), b64(e))
}

/// Keys that cost too much or protect nothing, and second texts of one signature.
#[test]
fn rsa_cost_and_weakness() {
    const HEADER: &str = r#"{"alg":"RS256","kid":"k"}"#;
    let n = member("rsa-2048", "n");
    let refused = |n: &[u8], e: &[u8], token: &str, reason: KeyError| {
        assert_eq!(VerifyingKey::rs256(n, e).map(drop), Err(reason));
        let jwk = rsa(n, e);
        assert_eq!(Jwk::parse(&jwk).unwrap().verifying_key(R).map(drop), Err(reason));
        let aside = SelectError::KeyUnusable { reason };
        assert_eq!(outcome_of_set(&format!(r#"{{"keys":[{jwk}]}}"#), R.into(), token), Err(aside.into()));
    };
    let token = signer("rsa-2048").token(HEADER, "{}");
    let set = format!(r#"{{"keys":[{}]}}"#, rsa(&n, &[1, 0, 1]));
    assert_eq!(outcome_of_set(&set, R.into(), &token), Ok(R));

    // Sizes: a token that the key of 1024 bits signed, and moduli beyond the greatest.
    let small = member("rsa-1024", "n");
    let by_small = signer("rsa-1024").token(HEADER, "{}");
    refused(&small, &[1, 0, 1], &by_small, KeyError::ModulusTooSmall { bits: 1024, min: 2048 });
    let padded = [&[0; 128], &*small].concat();
    refused(&padded, &[1, 0, 1], &by_small, KeyError::ModulusTooSmall { bits: 1024, min: 2048 });
    let most = if cfg!(feature = "rsa") { 8192 } else { 4096 };
    let wide = member("rsa-8192", "n");
    let too_large = |bits| KeyError::ModulusTooLarge { bits, max: most };
    refused(&[&*wide, &*wide].concat(), &[1, 0, 1], &token, too_large(16384));
    if most < 8192 {
        refused(&wide, &[1, 0, 1], &token, too_large(8192));
    }

    // Exponents. With 1, everybody signs: the signature is the message.
    let input = token.rsplit_once('.').unwrap().0;
    let info: [&[u8]; 2] = [&super::support::digest_info(32), &Sha256::digest(input)];
    let message = encoded(1, 0xff, &info.concat());
    assert_eq!(power(&message, &[1], &n), message);
    let forged = format!("{input}.{}", b64(&message));
    refused(&n, &[1], &forged, KeyError::ExponentTooSmall { exponent: 1, min: 65537 });
    assert_eq!(outcome_of_set(&set, R.into(), &forged), Err(SignatureError::Invalid.into()));
    let mut minus_two = n.clone();
    assert!(minus_two[255] >= 2);
    minus_two[255] -= 2;
    let too_small = |exponent| KeyError::ExponentTooSmall { exponent, min: 65537 };
    let too_large = |bits| KeyError::ExponentTooLarge { bits, max: 33 };
    let even = |exponent| KeyError::ExponentEven { exponent };
    for (e, reason) in [
        (&minus_two[..], too_large(2048)),
        (&[], too_small(0)),
        (&[0], too_small(0)),
        (&[2], too_small(2)),
        (&[3], too_small(3)),
        (&[0, 0, 35], too_small(35)),
        (&[1, 0, 0], too_small(65536)),
        (&[1, 0, 2], even(65538)),
        (&[1, 0, 0, 0, 0], even(1 << 32)),
        (&[2, 0, 0, 0, 0], too_large(34)),
        (&[2, 0, 0, 0, 1], too_large(34)),
        (&[0xff; 8], too_large(64)),
        (&n, too_large(2048)),
    ] {
        refused(&n, e, &token, reason);
    }
    let mut even = n.clone();
    even[255] ^= 1;
    refused(&even, &[1, 0, 1], &token, KeyError::ModulusEven);

    // Signatures that are the good one modulo n, and that have another length.
    let with = |signature: &[u8]| outcome_of_set(&set, R.into(), &format!("{input}.{}", b64(signature)));
    let invalid = Err(SignatureError::Invalid.into());
    assert_eq!(with(&n), invalid, "s = n");
    assert_eq!(with(&[0; 256]), invalid, "s = 0");
    assert_eq!(with(&[0xff; 256]), invalid, "s = 2^2048 - 1");
    let good = signer("rsa-2048").sign(input.as_bytes());
    let length = |found| Err(SignatureError::WrongLength { found, expected: 256 }.into());
    assert_eq!(with(&good), Ok(R));
    assert_eq!(with(&[&[0], &*good].concat()), length(257));
    assert_eq!(with(&[&*good, &[0]].concat()), length(257));
    assert_eq!(with(&[]), length(0));
    assert_eq!(with(&good[1..]), length(255));

    // Payloads until one signature is so small that s + n has 256 octets as well, and one begins with zero.
    let number = |octets: &[u8]| BoxedUint::from_be_slice(octets, 2048).unwrap();
    let (mut beyond, mut shorter) = (false, false);
    for attempt in 0..10_000 {
        let token = signer("rsa-2048").token(HEADER, format!("{attempt}"));
        let (input, signature) = token.rsplit_once('.').unwrap();
        let signature = super::support::unb64(signature);
        let judged = |octets: &[u8]| outcome_of_set(&set, R.into(), &format!("{input}.{}", b64(octets)));
        if !beyond && let Some(sum) = number(&signature).checked_add(&number(&n)).into_option() {
            assert_eq!(judged(&signature), Ok(R));
            assert_eq!(judged(&sum.to_be_bytes()), invalid, "s + n");
            beyond = true;
        }
        if !shorter && signature[0] == 0 {
            assert_eq!(judged(&signature), Ok(R));
            assert_eq!(judged(&signature[1..]), length(255), "without its leading zero");
            shorter = true;
        }
        if beyond && shorter {
            return;
        }
    }
    panic!("no signature was small enough");
}
