//! Each member of a JWK with each odd value, for each type of key: what is absent, what is of another type,
//! and what is not looked at. The table is written from RFC 7517 §4, RFC 7518 §6 and the documentation of
//! `Jwk`.

#![cfg(all(feature = "hs256", feature = "es256", feature = "rs256"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests may panic")]

mod support;

use jose_core::{Algorithm, Jwk, error::KeyError};
use support::{b64, member, variant};

/// The values that each member gets in its turn.
const VALUES: [&str; 9] = ["null", r#""""#, "[]", "{}", "5", "true", r#""x""#, r#"["x"]"#, r#"["verify"]"#];

/// What becomes of the key, one for each of [`VALUES`]. `ok`: it is bound; `gone`: the member is missing;
/// `type`, `key`: the member has another type, or its value is no key material; `private`: the key is
/// published with its private part; `use`, `ops`, `alg`, `kty`, `crv`: the member says something else.
type Row = (&'static str, [&'static str; 9]);

/// Whatever the type of the key.
const EVERY: [Row; 9] = [
    ("kid", ["ok", "ok", "type", "type", "type", "type", "ok", "type", "type"]),
    ("use", ["ok", "use", "type", "type", "type", "type", "use", "type", "type"]),
    ("key_ops", ["ok", "type", "ops", "type", "type", "type", "type", "ops", "ok"]),
    ("alg", ["ok", "alg", "type", "type", "type", "type", "alg", "type", "type"]),
    ("kty", ["gone", "kty", "type", "type", "type", "type", "kty", "type", "type"]),
    ("x5c", ["ok"; 9]),
    ("x5t", ["ok"; 9]),
    ("x5t#S256", ["ok"; 9]),
    ("x5u", ["ok"; 9]),
];

const OK: [&str; 9] = ["ok"; 9];
const PRIVATE: [&str; 9] =
    ["ok", "ok", "ok", "private", "private", "private", "private", "private", "private"];
const MATERIAL: [&str; 9] = ["gone", "key", "type", "type", "type", "type", "key", "type", "type"];

const RSA: [Row; 13] = [
    ("n", MATERIAL),
    ("e", MATERIAL),
    ("d", PRIVATE),
    ("p", PRIVATE),
    ("q", PRIVATE),
    ("dp", PRIVATE),
    ("dq", PRIVATE),
    ("qi", PRIVATE),
    ("oth", PRIVATE),
    ("crv", OK),
    ("x", OK),
    ("y", OK),
    ("k", OK),
];

const EC: [Row; 13] = [
    ("crv", ["gone", "crv", "type", "type", "type", "type", "crv", "type", "type"]),
    ("x", MATERIAL),
    ("y", MATERIAL),
    ("d", PRIVATE),
    ("p", OK),
    ("q", OK),
    ("dp", OK),
    ("dq", OK),
    ("qi", OK),
    ("oth", OK),
    ("n", OK),
    ("e", OK),
    ("k", OK),
];

const OCT: [Row; 13] = [
    ("k", MATERIAL),
    ("d", OK),
    ("p", OK),
    ("q", OK),
    ("dp", OK),
    ("dq", OK),
    ("qi", OK),
    ("oth", OK),
    ("crv", OK),
    ("x", OK),
    ("y", OK),
    ("n", OK),
    ("e", OK),
];

/// The test key, with another value for one member.
fn with(key: &str, name: &str, value: &str) -> String {
    let own: &[&str] = match key {
        "rsa-2048" => &["n", "e"],
        "p256" => &["x", "y"],
        _ => &["k"],
    };
    let mut members: Vec<(&str, String)> =
        own.iter().map(|own| (*own, quoted(&b64(member(key, own))))).collect();
    members.extend(match key {
        "rsa-2048" => vec![("kty", quoted("RSA"))],
        "p256" => vec![("kty", quoted("EC")), ("crv", quoted("P-256"))],
        _ => vec![("kty", quoted("oct"))],
    });
    members.retain(|(own, _)| *own != name);
    members.insert(members.len() / 2, (name, value.to_owned()));
    let members = members.iter().map(|(name, value)| format!("\"{name}\":{value}"));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn code(outcome: &Result<Algorithm, KeyError>) -> &'static str {
    let Err(error) = outcome else { return "ok" };
    match &*variant(error) {
        "MemberMissing" | "CertificateOnly" => "gone",
        "MemberType" => "type",
        "Base64" | "ModulusTooSmall" | "ExponentTooSmall" | "WrongCoordinateLength" | "SecretTooShort" => {
            "key"
        }
        "PrivateMaterial" => "private",
        "UseNotSig" => "use",
        "KeyOpsNotVerify" => "ops",
        "AlgUnsupported" => "alg",
        "KtyUnsupported" => "kty",
        "CrvUnsupported" => "crv",
        other => panic!("{other}"),
    }
}

/// What the value is called in an error.
fn kind(value: &str) -> &'static str {
    match value {
        "[]" | r#"["x"]"# | r#"["verify"]"# => "an array",
        "{}" => "an object",
        "5" => "a number",
        "true" => "a boolean",
        _ => "a string",
    }
}

#[test]
fn every_member_with_every_odd_value() {
    let mut cases = 0;
    for (key, algorithm, own) in [
        ("rsa-2048", Algorithm::Rs256, RSA),
        ("p256", Algorithm::Es256, EC),
        ("hmac-32", Algorithm::Hs256, OCT),
    ] {
        for (name, row) in EVERY.into_iter().chain(own) {
            for (value, expected) in VALUES.into_iter().zip(row) {
                let text = with(key, name, value);
                let found = Jwk::parse(&text).unwrap().verifying_key(algorithm);
                let found = found.map(|key| key.algorithm());
                assert_eq!(code(&found), expected, "{text}: {found:?}");
                match found {
                    Ok(found) => assert_eq!(found, algorithm),
                    Err(KeyError::MemberType { name: wrong, expected, found }) => {
                        let array = if name == "key_ops" { "an array of strings" } else { "a string" };
                        assert_eq!((wrong, expected, found), (name, array, kind(value)), "{text}");
                    }
                    Err(
                        KeyError::MemberMissing { name: missing }
                        | KeyError::PrivateMaterial { name: missing },
                    ) => {
                        assert_eq!(missing, name, "{text}");
                    }
                    Err(_) => {}
                }
                cases += 1;
            }
        }
    }
    assert_eq!(cases, 3 * 22 * 9);
}

/// An empty `key_ops` says nothing beside a `use` that is accepted, and is no operation without one.
#[test]
fn empty_key_ops() {
    let judge = |more: &str| {
        let text = support::jwk("p256", more);
        let key = Jwk::parse(&text).unwrap().allow_uses(&["own"]).verifying_key(Algorithm::Es256);
        code(&key.map(|key| key.algorithm()))
    };
    for (more, expected) in [
        (r#""key_ops":[]"#, "ops"),
        (r#""use":null,"key_ops":[]"#, "ops"),
        (r#""use":"sig","key_ops":[]"#, "ok"),
        (r#""use":"own","key_ops":[]"#, "ok"),
        (r#""use":"enc","key_ops":[]"#, "use"),
        (r#""use":"sig","key_ops":["sign"]"#, "ops"),
        (r#""use":"sig","key_ops":[5]"#, "type"),
        (r#""use":"sig","key_ops":{}"#, "type"),
    ] {
        assert_eq!(judge(more), expected, "{more}");
    }
}
