//! Which key a token gets, and that a key serves one algorithm: the low-level door, and the rules of `kid`,
//! for every kind of key source. The cube of the header's algorithm, the key's and the allow-list is
//! `tests/attacks/two_sources_of_truth.rs`.
//!
//! The rules are written here as a table, and not taken from the crate.

#![cfg(feature = "_algorithm")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

mod support;

use Algorithm::{Es256 as E, Hs256 as H, Rs256 as R};
use jose_core::{
    Algorithm, AlgorithmSet, Error, Jwks, KeySource, Verifier, VerifyingKey,
    error::{KeyError, ParseError, SelectError, SignatureError},
};
use support::{b64, outcome, outcome_of_set, signer_for};

/// The key itself refuses another algorithm than its own, whatever the signature, and then every length
/// but the one that its signatures have.
#[test]
fn the_low_level_door() {
    for algorithm in support::algorithms() {
        let key = support::usual_key(algorithm);
        let signature = support::usual_signer(algorithm).sign(b"message");
        for &requested in Algorithm::ALL {
            let expected = match requested == algorithm {
                true => Ok(()),
                false => Err(SignatureError::AlgorithmMismatch { requested, key: algorithm }),
            };
            assert_eq!(key.verify(requested, b"message", &signature), expected, "{requested}");
            let expected = expected.and(Err(SignatureError::Invalid));
            assert_eq!(key.verify(requested, b"massage", &signature), expected, "{requested}");
        }
        let longer = [&signature[..], &[0]].concat();
        for found in (0..=longer.len()).filter(|found| *found != signature.len()) {
            let expected = Err(SignatureError::WrongLength { found, expected: signature.len() });
            assert_eq!(key.verify(algorithm, b"message", &longer[..found]), expected);
        }
    }
}

/// What is not implemented is refused before the allow-list and the keys are looked at. Letter case and
/// white space count.
#[test]
fn algorithms_that_are_not_implemented() {
    let mut cases = 0;
    for name in [
        "none",
        "None",
        "NONE",
        "nOnE",
        "",
        " ",
        "HS1",
        "ES512",
        "ES256K",
        "Ed448",
        "ESP256",
        "ML-DSA-44",
        "hs256",
        "Rs256",
        "HS256 ",
        " HS256",
        "HS256\\u0000",
        "A256KW",
        "dir",
    ] {
        for algorithm in support::algorithms() {
            let key = support::usual_key(algorithm);
            let header = b64(format!(r#"{{"alg":"{name}","kid":"k"}}"#));
            for (allowed, signature) in
                support::allow_lists().into_iter().flat_map(|a| [(a, ""), (a, "AAAA")])
            {
                let result = outcome(&key, allowed, &format!("{header}.e30.{signature}"));
                let Err(Error::Select(SelectError::AlgorithmUnsupported { alg })) = result else {
                    panic!("{name:?}: {result:?}");
                };
                assert_eq!(alg.to_string(), format!("\"{}\"", name.replace("\\u0000", "\\u{0}")));
                cases += 1;
            }
        }
    }
    assert!(cases >= 18 * 14, "{cases} cases");
}

/// A header without a usable `alg` is no header. Escapes in a good one change nothing.
#[test]
fn alg_of_the_header_is_one_string() {
    let algorithm = support::algorithms()[0];
    let key = support::usual_key(algorithm);
    let signer = support::usual_signer(algorithm);
    let judge = |header: &str| outcome(&key, algorithm.into(), &signer.token(header, ""));
    let wrong = ParseError::ParameterType { name: "alg" };
    assert_eq!(judge("{}"), Err(ParseError::AlgMissing.into()));
    for value in ["null", "5", "true", "{}", "[]", r#"["HS256"]"#, r#"{"alg":"HS256"}"#] {
        assert_eq!(judge(&format!(r#"{{"alg":{value}}}"#)), Err(wrong.into()), "{value}");
    }
    let escaped: String = algorithm.name().chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
    assert_eq!(judge(&format!(r#"{{"\u0061l\u0067":"{escaped}"}}"#)), Ok(algorithm));
}

/// What a row of the table below expects.
#[derive(Clone, Copy, Debug)]
enum Choice {
    /// Verified with the key in this slot, and with no other.
    Slot(char),
    KidNeeded,
    KidUnknown,
    SetAside,
    Ambiguous,
    Mismatch,
    NoKey,
}
use Choice::{Ambiguous, KidNeeded, KidUnknown, Mismatch, NoKey, SetAside, Slot};

/// The keys of a source, the header's kid, and what becomes of the token. A member is its kid (`-` for
/// none) and its slot: `A` and `B` hold keys of the header's algorithm, `X` and `Y` of another, and `!`
/// one that cannot be used.
const KIDS: [(&str, Option<&str>, Choice); 50] = [
    ("aA", None, Slot('A')),
    ("aA", Some("a"), Slot('A')),
    ("aA", Some(r"\u0061"), Slot('A')),
    ("aA", Some("z"), KidUnknown),
    ("aA", Some("A"), KidUnknown),
    ("aA", Some(""), KidUnknown),
    ("aA", Some(r"a\u0000"), KidUnknown),
    ("aA bB", Some("a"), Slot('A')),
    ("aA bB", Some("b"), Slot('B')),
    ("aA bB", Some("z"), KidUnknown),
    ("aA bB", None, KidNeeded),
    // Without a kid in the set there is nothing that a kid could name.
    ("-A", None, Slot('A')),
    ("-A", Some("a"), KidUnknown),
    ("-A", Some("-"), KidUnknown),
    ("-A bB", Some("b"), Slot('B')),
    ("-A bB", None, KidNeeded),
    ("-A -B", None, KidNeeded),
    // A kid that occurs twice narrows by algorithm, and only then is it ambiguous.
    ("aA aB", Some("a"), Ambiguous),
    ("aA aB", None, KidNeeded),
    // The same key twice is one key.
    ("aA aA", Some("a"), Slot('A')),
    ("aB aX aB aB", Some("a"), Slot('B')),
    ("aA aA aB", Some("a"), Ambiguous),
    ("aB aA aA", Some("a"), Ambiguous),
    ("aA bA -A", None, Slot('A')),
    ("aA bA bB", None, KidNeeded),
    ("aX aX", Some("a"), Mismatch),
    ("aA aX", Some("a"), Slot('A')),
    ("aX aA", Some("a"), Slot('A')),
    ("aX aY aA", Some("a"), Slot('A')),
    ("aX aA aB", Some("a"), Ambiguous),
    ("aX aY", Some("a"), NoKey),
    ("aX aY bA", Some("a"), NoKey),
    // So does a header without a kid.
    ("aA bX", None, Slot('A')),
    ("aX bA", None, Slot('A')),
    ("aX bY cA", None, Slot('A')),
    ("aX bA cB", None, KidNeeded),
    ("aX bY", None, NoKey),
    // The one key that is meant is for another algorithm.
    ("aX", Some("a"), Mismatch),
    ("aX", None, Mismatch),
    ("aX bA", Some("a"), Mismatch),
    ("aX", Some("z"), KidUnknown),
    // What cannot be used is named when it was asked for, and is in nobody's way otherwise.
    ("a! bA", Some("a"), SetAside),
    ("a! bA", Some("b"), Slot('A')),
    ("a! bA", None, Slot('A')),
    ("a! bA", Some("z"), KidUnknown),
    ("a! aA", Some("a"), Slot('A')),
    ("aA a!", Some("a"), Slot('A')),
    ("a! aA aB", Some("a"), Ambiguous),
    ("a! aX bA", Some("a"), Mismatch),
    ("a! a! bA", Some("a"), SetAside),
];

/// The algorithm and test key in a slot, for tokens of this algorithm. There is no `X` for HMAC: in a set,
/// secrets and public keys do not stand beside one another. Of some kinds there is one test key, and no `B`.
fn slot(slot: char, algorithm: Algorithm) -> Option<(Algorithm, &'static str)> {
    let own: &[&str] = match (algorithm, algorithm.kty()) {
        (H, _) => &["hmac-32", "hmac-64"],
        (_, "oct") => &["hmac-64", "hmac-65"],
        (E, _) => &["p256", "p256-b"],
        (_, "EC") => &["p384"],
        (_, "OKP") => &["ed25519"],
        _ => &["rsa-2048", "rsa-2048-b"],
    };
    let others = if algorithm == E { ["rsa-2048", "rsa-2048-b"] } else { ["p256", "p256-b"] };
    let other = |place: usize| (algorithm.kty() != "oct").then(|| (other(algorithm), others[place]));
    let own = |place: usize| own.get(place).map(|key| (algorithm, *key));
    match slot {
        'A' => own(0),
        'B' => own(1),
        'X' => other(0),
        'Y' => other(1),
        _ => None,
    }
}

/// The algorithm of the keys in the slots `X` and `Y`.
fn other(algorithm: Algorithm) -> Algorithm {
    if algorithm == E { R } else { E }
}

impl Choice {
    fn expected(
        self,
        alg: Algorithm,
        members: &str,
        kid: Option<&str>,
        other: Algorithm,
    ) -> Result<Algorithm, Error> {
        // One after the other, copies of the first key left out.
        let fit = |named: Option<&str>| {
            let members = members.split(' ').filter(|member| named.is_none_or(|kid| member.starts_with(kid)));
            let slots: Vec<_> =
                members.map(|member| &member[1..]).filter(|slot| "AB".contains(slot)).collect();
            // A device does not count on.
            let counted = if cfg!(feature = "alloc") { usize::MAX } else { 2 };
            (1 + slots.iter().filter(|slot| **slot != slots[0]).count()).min(counted)
        };
        Err(Error::Select(match self {
            Slot(_) => return Ok(alg),
            KidNeeded => SelectError::KidNeeded { alg, keys: fit(None) },
            KidUnknown => {
                let known: Vec<_> =
                    members.split(' ').map(|member| &member[..1]).filter(|kid| *kid != "-").collect();
                let kid = kid.unwrap().replace(r"\u0000", "\0");
                return Err(support::kid_unknown(&kid, members.split(' ').count(), &known));
            }
            SetAside => SelectError::KeyUnusable { reason: KeyError::MemberMissing { name: "kty" } },
            Ambiguous => SelectError::KeyAmbiguous { alg, keys: fit(kid) },
            Mismatch => SelectError::AlgorithmMismatch { header: alg, key: other },
            NoKey => SelectError::NoKeyForAlgorithm { alg },
        }))
    }
}

#[test]
fn kid_and_algorithm_choose_one_key() {
    let mut cases = 0;
    for algorithm in support::algorithms() {
        for (members, kid, choice) in KIDS {
            cases += usize::from(check_row(algorithm, members, kid, choice));
        }
    }
    // So many rows need no second algorithm.
    assert!(cases >= 19, "{cases} cases");
}

/// Whether the row has a meaning for this algorithm in this build.
fn check_row(algorithm: Algorithm, row: &str, kid: Option<&str>, choice: Choice) -> bool {
    let other = other(algorithm);
    let mut needed = row.chars().filter(|name| "ABXY".contains(*name));
    if needed.any(|name| slot(name, algorithm).is_none_or(|(of, _)| !support::enabled(of))) {
        return false;
    }
    let members: Vec<(&str, char)> =
        row.split(' ').map(|member| (&member[..1], member.chars().nth(1).unwrap())).collect();
    let allowed = AlgorithmSet::only(algorithm);
    let allowed = if algorithm.kty() == "oct" { allowed } else { allowed.or(other) };
    let header = match kid {
        Some(kid) => format!(r#"{{"alg":"{algorithm}","kid":"{kid}"}}"#),
        None => format!(r#"{{"alg":"{algorithm}"}}"#),
    };
    let expected = choice.expected(algorithm, row, kid, other);
    let texts = members.iter().map(|(kid, name)| {
        let kid = if *kid == "-" { String::new() } else { format!(r#""kid":"{kid}""#) };
        slot(*name, algorithm).map_or_else(|| format!("{{{kid}}}"), |(_, key)| support::jwk(key, &kid))
    });
    let set = format!(r#"{{"keys":[{}]}}"#, texts.collect::<Vec<_>>().join(","));
    let pairs: Option<Vec<(&str, VerifyingKey)>> = members
        .iter()
        .map(|(kid, name)| {
            let (of, key) = slot(*name, algorithm).filter(|_| *kid != "-")?;
            Some((*kid, support::key_for(of, key)))
        })
        .collect();

    // Whoever signed, the choice is the same; with another key than the chosen one it does not hold.
    for signed in ['A', 'B'] {
        let Some((_, signer)) = slot(signed, algorithm) else { continue };
        let token = signer_for(algorithm, signer).token(&header, "payload");
        let expected = match choice {
            Slot(chosen) if chosen != signed => Err(SignatureError::Invalid.into()),
            _ => expected,
        };
        // RSA signatures have one length, and both keys have one size: nothing but `Invalid` is right.
        let context = format!("{row}, kid {kid:?}, {algorithm}, signed with {signed}");
        assert_eq!(outcome_of_set(&set, allowed, &token), expected, "{context}");
        if let Some(pairs) = &pairs {
            assert_eq!(outcome(pairs.as_slice(), allowed, &token), expected, "{context}, slice");
        }
    }
    true
}

/// A single key needs no kid and is held to none. An empty source has no key for anyone.
#[test]
fn sources_without_a_choice() {
    for algorithm in support::algorithms() {
        let key = support::usual_key(algorithm);
        let empty: [(&str, VerifyingKey); 0] = [];
        for kid in ["", r#","kid":"a""#, r#","kid":"""#, r#","kid":"\ud83d\udd11""#] {
            let token =
                support::usual_signer(algorithm).token(format!(r#"{{"alg":"{algorithm}"{kid}}}"#), "");
            assert_eq!(outcome(&key, algorithm.into(), &token), Ok(algorithm), "{kid}");
            let expected = SelectError::NoKeys;
            assert_eq!(outcome(&empty, algorithm.into(), &token), Err(expected.into()), "{kid}");
            assert_eq!(outcome_of_set(r#"{"keys":[]}"#, algorithm.into(), &token), Err(expected.into()));
        }
    }
}

/// A demand for a kid holds for every source, also where the keys need none, and comes after `typ`.
#[test]
fn kid_on_demand() {
    fn judge(keys: impl KeySource, token: &str) -> Result<(), Error> {
        Verifier::new(keys).require_kid().verify(token, &mut [0; 4096][..]).map(|_| ())
    }
    for algorithm in support::algorithms() {
        let name = support::usual(algorithm);
        let key = support::key_for(algorithm, name);
        let set = format!(r#"{{"keys":[{}]}}"#, support::jwk(name, r#""kid":"a""#));
        let jwks = Jwks::parse(&set).unwrap();
        let without = signer_for(algorithm, name).token(format!(r#"{{"alg":"{algorithm}"}}"#), "");
        let with = signer_for(algorithm, name).token(format!(r#"{{"alg":"{algorithm}","kid":"a"}}"#), "");
        let missing = Err(Error::Select(SelectError::KidRequired));
        for (token, expected) in [(&without, missing), (&with, Ok(()))] {
            assert_eq!(judge(&key, token), expected);
            assert_eq!(judge(&[("a", key.clone())], token), expected);
            assert_eq!(judge(jwks.keys(algorithm), token), expected);
            #[cfg(feature = "alloc")]
            {
                let keys = jose_core::KeySet::from_jwks(&jwks, algorithm).unwrap();
                assert_eq!(judge(&keys, token), expected);
            }
        }
        let strict = Verifier::new(&key).require_kid().require_typ("at+jwt");
        let error = strict.verify(&without, &mut [0; 4096]).map(|_| ()).unwrap_err();
        assert_eq!(support::variant(&error), "Select");
        assert!(matches!(error, Error::Select(SelectError::TypMissing { .. })), "{error:?}");
    }
}

/// Letter case does not count in a media type, nor does a prefix `application/`, unless another slash
/// follows.
#[test]
fn typ_names_one_media_type() {
    let algorithm = support::algorithms()[0];
    let name = support::usual(algorithm);
    let key = support::key_for(algorithm, name);
    for (demanded, written, accepted) in [
        ("at+jwt", "AT+JWT", true),
        ("at+jwt", "Application/at+jwt", true),
        ("application/at+jwt", "at+jwt", true),
        ("application/a/b", "application/a/b", true),
        ("at+jwt", "application/jwt", false),
        // Twelve characters, as the prefix has, and another word.
        ("at+jwt", "applicatiom/at+jwt", false),
        ("a/b", "application/a/b", false),
        ("at+jwt", "at+jwt ", false),
    ] {
        let token =
            signer_for(algorithm, name).token(format!(r#"{{"alg":"{algorithm}","typ":"{written}"}}"#), "");
        let verifier = Verifier::new(&key).require_typ(demanded);
        let outcome = verifier.verify(&token, &mut [0; 4096]).map(drop);
        let mismatch = SelectError::TypMismatch {
            found: support::excerpt(written),
            expected: support::excerpt(demanded),
        };
        assert_eq!(outcome, if accepted { Ok(()) } else { Err(mismatch.into()) }, "{demanded}: {written}");
    }
}

/// Every kid of a large set is found, long ones and those that a header writes with escapes included.
#[test]
fn every_kid_of_a_large_set() {
    let algorithm = support::algorithms()[0];
    let (name, count) = (support::usual(algorithm), if algorithm == H { 1000 } else { 30 });
    let kids: Vec<String> =
        (0..count).map(|n| format!("{n}-{}", "k".repeat(if n % 50 == 0 { 600 } else { n % 24 }))).collect();
    let members: Vec<_> = kids.iter().map(|kid| support::jwk(name, &format!(r#""kid":"{kid}""#))).collect();
    let text = format!(r#"{{"keys":[{}]}}"#, members.join(","));
    let jwks = Jwks::parse(&text).unwrap();
    assert_eq!(jwks.len(), count);
    #[cfg(feature = "alloc")]
    let keys = jose_core::KeySet::from_jwks(&jwks, algorithm).unwrap();
    #[cfg(not(feature = "alloc"))]
    let keys = jwks.keys(algorithm);
    let mut found = 0;
    for kid in &kids {
        for written in [kid.clone(), kid.replacen('k', r"\u006b", 9)] {
            let token = signer_for(algorithm, name)
                .token(format!(r#"{{"alg":"{algorithm}","kid":"{written}"}}"#), "");
            assert_eq!(outcome(&keys, algorithm.into(), &token), Ok(algorithm), "{kid}");
            found += 1;
        }
        // One character more is another kid.
        let token =
            signer_for(algorithm, name).token(format!(r#"{{"alg":"{algorithm}","kid":"{kid}k"}}"#), "");
        assert_eq!(support::unknown_among(outcome(&keys, algorithm.into(), &token)), Some(count));
    }
    assert_eq!(found, 2 * count);
}
