//! Data that others made: the JSON test suite, the key sets of real issuers, the examples of the RFCs, and
//! what go-jose is fuzzed with.
//!
//! It lies beside the repository in `../shared/vectors` and is not part of it, so these tests are ignored.
//! `.ci/run` runs them where the data is: `cargo test --all-features --test shared -- --ignored`.

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

use base64ct::{Base64, Encoding as _};
use jose_core::json::Value;
use jose_core::{
    Algorithm, AlgorithmSet, ClaimsPolicy, Error, Expect, Jwk, Jwks, Limits, UnixTime, UnverifiedJws,
    Verifier, VerifyingKey,
};
use support::{Dice, b64, unb64, variant};

/// A document of the shared data.
fn shared(file: &str) -> serde_json::Value {
    support::json(&support::here("../shared/vectors").join(file))
}

fn list<'a>(value: &'a serde_json::Value, member: &str) -> &'a [serde_json::Value] {
    let list = value[member].as_array().unwrap();
    assert!(!list.is_empty(), "no {member}");
    list
}

fn str<'a>(value: &'a serde_json::Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_else(|| panic!("no text {member} in {value}"))
}

/// Documents of the suite that a JSON reader must accept and this one refuses, and why.
const STRICTER: [(&str, &str, &str); 2] = [
    ("y_object_duplicated_key", "DuplicateName", "two values under one name are two tokens in one"),
    ("y_object_duplicated_key_and_value", "DuplicateName", "and that both are equal is not looked at"),
];

#[test]
#[ignore = "needs ../shared/vectors"]
fn json_test_suite() {
    let suite = shared("json/json-test-suite.json");
    let (mut accepted, mut refused, mut either) = (0, 0, [0, 0]);
    for case in list(&suite, "cases") {
        let name = str(case, "name");
        let text = Base64::decode_vec(str(case, "base64")).unwrap();
        let found = Value::parse(&text);
        let stricter = STRICTER.iter().find(|(stricter, ..)| *stricter == name);
        match (str(case, "expect"), &found, stricter) {
            ("accept", Ok(_), None) => accepted += 1,
            ("accept", Err(error), Some((_, kind, why))) => {
                assert_eq!(variant(&error.kind), *kind, "{name}: {why}");
                refused += 1;
            }
            ("refuse", Err(_), None) => refused += 1,
            ("either", found, None) => either[usize::from(found.is_ok())] += 1,
            (expected, ..) => panic!("{name}: {expected} expected, found {found:?}"),
        }
        // What is accepted means the same to another reader; one that reads numbers as f64 may not have
        // all of them.
        if let (Ok(value), Ok(other)) = (found, serde_json::from_slice(&text)) {
            assert!(same(value, &other), "{name}: {value:?} and {other}");
        } else if found.is_ok() {
            assert_eq!(str(case, "expect"), "either", "{name}: serde_json refuses it");
        }
    }
    println!(
        "{accepted} accepted, {refused} refused; of either: {} refused, {} accepted",
        either[0], either[1]
    );
    assert!(accepted > 90 && refused > 180);
}

/// Whether two readers read the same, numbers to the precision of f64.
fn same(value: Value<'_>, other: &serde_json::Value) -> bool {
    match value {
        Value::Null => other.is_null(),
        Value::Bool(value) => other.as_bool() == Some(value),
        // serde_json rounds long numbers to a neighbour of the nearest f64.
        Value::Number(text) => text
            .parse()
            .ok()
            .zip(other.as_f64())
            .is_some_and(|(one, other): (f64, f64)| (one - other).abs() <= one.abs() * f64::EPSILON),
        Value::String(text) => {
            let other = other.as_str().unwrap_or("no string");
            text == *other && text.chars().eq(other.chars())
        }
        Value::Array(array) => other.as_array().is_some_and(|others| {
            array.iter().count() == others.len()
                && array.iter().zip(others).all(|(one, other)| same(one, other))
        }),
        Value::Object(object) => other.as_object().is_some_and(|others| {
            object.iter().count() == others.len()
                && others.iter().all(|(name, other)| object.get(name).is_some_and(|one| same(one, other)))
        }),
    }
}

/// Every real set, and the verdict on each of its members for a verifier of RS256 and ES256, in order. One
/// verdict for a whole set whose members are all alike.
#[cfg(all(feature = "es256", feature = "rs256"))]
const SETS: [(&str, usize, &[&str]); 22] = [
    ("wellknown-apple", 3, &["RS256"]),
    ("wellknown-discord", 1, &["RS256"]),
    // No `alg`: bound by `kty`.
    ("wellknown-entra-common", 7, &["RS256"]),
    ("wellknown-gitlab", 2, &["RS256"]),
    ("wellknown-google", 2, &["RS256"]),
    // No `use`.
    ("wellknown-slack", 1, &["RS256"]),
    ("oidc-ex-auth0", 2, &["RS256"]),
    ("oidc-ex-azure", 10, &["RS256"]),
    ("oidc-ex-google", 2, &["RS256"]),
    ("oidc-ex-okta", 2, &["RS256"]),
    ("oidc-ex-onelogin", 1, &["RS256"]),
    ("oidc-ex-vault", 2, &["RS256"]),
    ("salesforce-2015", 4, &["RS256"]),
    ("google-1024bit", 2, &["ModulusTooSmall"]),
    ("uaa-ecprovider", 1, &["ES256"]),
    ("github-actions", 2, &["RS256"]),
    ("k8s-azwi-2048", 1, &["RS256"]),
    ("cloudflare-access", 2, &["RS256"]),
    ("auth0-jwks-rsa-java", 2, &["RS256"]),
    // The second is for RSA-OAEP as well as for encryption: `use` is looked at first.
    ("pyjwt-keycloak-sig-enc", 2, &["RS256", "UseNotSig"]),
    (
        "vertx-ec16",
        16,
        &[
            "ES256",
            "CrvUnsupported",
            "CrvUnsupported",
            "RS256",
            "ES256",
            "RS256",
            "CrvUnsupported",
            "CrvUnsupported",
            "ES256",
            "CrvUnsupported",
            "RS256",
            "CrvUnsupported",
            "UseNotSig",
            "UseNotSig",
            "UseNotSig",
            "UseNotSig",
        ],
    ),
    ("spiffe-jwks_valid_2", 2, &["ES256"]),
];

/// What a verdict on a member is called here.
#[cfg(all(feature = "es256", feature = "rs256"))]
fn verdict(outcome: Result<Algorithm, jose_core::error::KeyError>) -> String {
    outcome.map_or_else(|reason| variant(&reason), |algorithm| algorithm.name().to_owned())
}

/// The kids and verdicts of a set, the same from `Jwks` and `KeySet`.
#[cfg(all(feature = "es256", feature = "rs256"))]
fn verdicts(set: &Jwks<'_>, allowed: AlgorithmSet) -> Vec<(Option<String>, String)> {
    let judge = |jwk: Jwk<'_>| {
        let kid = jwk.kid().map(|kid| kid.to_string());
        (kid, verdict(jwk.verifying_key(allowed).map(|key| key.algorithm())))
    };
    let found: Vec<_> = set.iter().map(|member| judge(member.unwrap())).collect();
    #[cfg(feature = "alloc")]
    if let Ok(keys) = jose_core::KeySet::from_jwks(set, allowed) {
        let built = keys.verdicts().map(|shown| (shown.kid.map(str::to_owned), verdict(shown.outcome)));
        assert!(built.eq(found.iter().cloned()));
    }
    found
}

#[cfg(all(feature = "es256", feature = "rs256"))]
#[test]
#[ignore = "needs ../shared/vectors"]
fn key_sets_of_real_issuers() {
    let index = shared("jwks/INDEX.json");
    let files: Vec<_> = index.as_array().unwrap().iter().map(|entry| str(entry, "file")).collect();
    assert_eq!(files.len(), SETS.len(), "a set was added or removed: {files:?}");
    let allowed = AlgorithmSet::only(Algorithm::Rs256).or(Algorithm::Es256);
    let mut members = 0;
    for (name, count, expected) in SETS {
        assert!(files.contains(&&*format!("{name}.json")), "{name} is not in the index");
        let text = support::read(&support::here(&format!("../shared/vectors/jwks/{name}.json")));
        let jwks = Jwks::parse(&text).unwrap();
        assert_eq!(jwks.len(), count, "{name}");
        for (number, (kid, found)) in verdicts(&jwks, allowed).into_iter().enumerate() {
            let expected = if expected.len() == 1 { expected[0] } else { expected[number] };
            // A kid by which the other reader knows the member.
            let other: serde_json::Value = serde_json::from_str(&text).unwrap();
            let expected = match (expected, other["keys"][number]["crv"].as_str()) {
                ("CrvUnsupported", Some("P-384")) if support::enabled(Algorithm::Es384) => "AlgNotAllowed",
                _ => expected,
            };
            assert_eq!(found, expected, "{name}, member {number}, kid {kid:?}");
            assert_eq!(kid.as_deref(), other["keys"][number]["kid"].as_str(), "{name}");
            members += 1;
        }
    }
    println!("{members} members of {} sets", SETS.len());
    assert!(members > 60);
}

/// Every example of the RFCs: accepted, or what it is refused with.
const EXAMPLES: [(&str, &str); 30] = [
    ("rfc7515-A.1", "HS256"),
    ("rfc7515-A.2", "RS256"),
    ("rfc7515-A.3", "ES256"),
    ("rfc7515-A.4", "AlgorithmUnsupported"),
    ("rfc7515-A.5", "AlgorithmUnsupported"),
    ("rfc7515-A.6", "JsonSerialization"),
    ("rfc7515-A.7", "JsonSerialization"),
    ("rfc7520-4.1", "RS256"),
    ("rfc7520-4.1-json", "JsonSerialization"),
    ("rfc7520-4.1-json_flat", "JsonSerialization"),
    ("rfc7520-4.2", "PS384"),
    ("rfc7520-4.2-json", "JsonSerialization"),
    ("rfc7520-4.2-json_flat", "JsonSerialization"),
    ("rfc7520-4.3", "AlgorithmUnsupported"),
    ("rfc7520-4.3-json", "JsonSerialization"),
    ("rfc7520-4.3-json_flat", "JsonSerialization"),
    ("rfc7520-4.4", "HS256"),
    ("rfc7520-4.4-json", "JsonSerialization"),
    ("rfc7520-4.4-json_flat", "JsonSerialization"),
    // Detached: without its payload the signature cannot hold.
    ("rfc7520-4.5", "Invalid"),
    ("rfc7520-4.5-json", "JsonSerialization"),
    ("rfc7520-4.5-json_flat", "JsonSerialization"),
    ("rfc7520-4.6-json", "JsonSerialization"),
    ("rfc7520-4.6-json_flat", "JsonSerialization"),
    ("rfc7520-4.7-json", "JsonSerialization"),
    ("rfc7520-4.7-json_flat", "JsonSerialization"),
    ("rfc7797-4.1", "HS256"),
    ("rfc7797-4.2", "UnencodedPayload"),
    ("rfc7797-4.2-cookbook-nocrit", "JsonSerialization"),
    ("rfc8037-A.4", "Ed25519"),
];

#[test]
#[ignore = "needs ../shared/vectors"]
fn examples_of_the_rfcs() {
    let document = shared("rfc/rfc-examples.json");
    let cases = list(&document, "jws");
    assert_eq!(cases.len(), EXAMPLES.len());
    for case in cases {
        let id = str(case, "id");
        let (_, expected) =
            EXAMPLES.into_iter().find(|(name, _)| *name == id).unwrap_or_else(|| panic!("{id}"));
        // The algorithm that makes it verify, or any that this build has for a token that none does.
        let named = expected.parse().ok().or((id == "rfc7520-4.5").then_some(Algorithm::Hs256));
        let built = named.is_none_or(support::enabled);
        let expected = if built { expected } else { "AlgorithmUnsupported" };
        let allowed = AlgorithmSet::from(named.filter(|_| built).unwrap_or(support::algorithms()[0]));
        let set = match &case["jwk"] {
            serde_json::Value::Null => r#"{"keys":[]}"#.to_owned(),
            jwk => format!(r#"{{"keys":[{jwk}]}}"#),
        };
        let token = case["token"].as_str().map_or_else(|| case["token"].to_string(), str::to_owned);
        let jwks = Jwks::parse(&set).unwrap();
        let mut scratch = [0; 8192];
        match Verifier::new(jwks.keys(allowed)).verify(&token, &mut scratch) {
            Ok(verified) => {
                assert_eq!(verified.algorithm().name(), expected, "{id}");
                let payload = case["payload_b64u"].as_str().or(token.split('.').nth(1));
                assert_eq!(Some(&*b64(verified.payload())), payload, "{id}");
            }
            Err(error) => assert_eq!(cause(&error), expected, "{id}: {error}"),
        }
        // With its detached payload, the low-level door takes it.
        if let (Some(payload), "Invalid") = (case["detached_payload_utf8"].as_str(), expected) {
            let jwk = jwks.iter().next().unwrap().unwrap();
            let key: VerifyingKey = jwk.verifying_key(allowed).unwrap();
            let (header, signature) = token.split_once("..").unwrap();
            let message = format!("{header}.{}", b64(payload));
            assert_eq!(key.verify(key.algorithm(), message.as_bytes(), &unb64(signature)), Ok(()), "{id}");
        }
    }
}

/// The variant of the innermost error.
fn cause(error: &Error) -> String {
    match error {
        Error::Parse(error) => variant(error),
        Error::Select(error) => variant(error),
        Error::Signature(error) => variant(error),
        Error::Claims(error) => variant(error),
        other => panic!("{other}"),
    }
}

/// The key documents of the RFCs: the verdicts for public keys, and those for secrets.
#[cfg(all(feature = "hs256", feature = "es256", feature = "rs256"))]
#[test]
#[ignore = "needs ../shared/vectors"]
fn keys_of_the_rfcs() {
    let expected: [(&str, &[&str], &[&str]); 10] = [
        ("rfc7517-A.1", &["UseNotSig", "RS256"], &["UseNotSig", "AlgNotAllowed"]),
        ("rfc7517-A.2", &["UseNotSig", "RS256"], &["UseNotSig", "AlgNotAllowed"]),
        ("rfc7517-A.3", &["AlgUnsupported", "AlgNotAllowed"], &["AlgUnsupported", "HS256"]),
        ("rfc7517-B (x5c)", &["RS256"], &["AlgNotAllowed"]),
        ("rfc7520-3.1", &["CrvUnsupported"], &["CrvUnsupported"]),
        ("rfc7520-3.2", &["CrvUnsupported"], &["CrvUnsupported"]),
        ("rfc7520-3.3", &["RS256"], &["AlgNotAllowed"]),
        ("rfc7520-3.4", &["RS256"], &["AlgNotAllowed"]),
        ("rfc7520-3.5", &["AlgNotAllowed"], &["HS256"]),
        ("rfc7520-3.6", &["UseNotSig"], &["UseNotSig"]),
    ];
    let document = shared("rfc/rfc-examples.json");
    let cases = list(&document, "keys");
    assert_eq!(cases.len(), expected.len());
    let public = AlgorithmSet::only(Algorithm::Rs256).or(Algorithm::Es256);
    for (case, (id, with_public, with_secret)) in cases.iter().zip(expected) {
        assert_eq!(str(case, "id"), id);
        let text = match &case["jwks"] {
            serde_json::Value::Null => format!(r#"{{"keys":[{}]}}"#, case["jwk"]),
            set => set.to_string(),
        };
        for (allowed, expected) in [(public, with_public), (Algorithm::Hs256.into(), with_secret)] {
            let found = verdicts(&Jwks::parse(&text).unwrap(), allowed);
            assert!(found.iter().map(|(_, verdict)| verdict).eq(expected), "{id}, {allowed}: {found:?}");
        }
    }
}

/// Tokens made to break parsers, under keys that nobody signed with: refused, by every door.
#[test]
#[ignore = "needs ../shared/vectors"]
fn hostile_tokens() {
    let mut seeds = Vec::new();
    for file in ["hostile/go-jose-fuzz-jwt.json", "hostile/go-jose-fuzz-jws.json"] {
        let document = shared(file);
        seeds.extend(list(&document, "seeds").iter().map(|seed| seed.as_str().unwrap().to_owned()));
    }
    assert_eq!(seeds.len(), 112);
    let mut dice = Dice::new(11);
    let secret = format!(r#"{{"kid":"a","kty":"oct","k":"{}"}}"#, b64(dice.octets(32)));
    for seed in &seeds {
        for algorithm in support::algorithms() {
            let jwk = match algorithm {
                Algorithm::Hs256 => secret.clone(),
                _ => support::jwk(support::usual(algorithm), r#""kid":"a""#),
            };
            let key = Jwk::parse(&jwk).unwrap().verifying_key(algorithm).unwrap();
            let set = format!(r#"{{"keys":[{jwk}]}}"#);
            let jwks = Jwks::parse(&set).unwrap();
            let mut scratch = vec![0; 1 << 15];
            assert!(Verifier::new(&key).verify(seed, &mut scratch[..]).is_err(), "{seed}");
            assert!(Verifier::new(jwks.keys(algorithm)).verify(seed, &mut scratch[..]).is_err(), "{seed}");
        }
        // Whatever can be looked at without a key is looked at; nothing is asked but that it ends.
        let (mut scratch, mut buffer) = (vec![0; 1 << 15], vec![0; 1 << 15]);
        if let Ok(jws) =
            UnverifiedJws::parse(seed, &mut scratch[..], Limits::new().max_token_length(usize::MAX))
        {
            let _signature = jws.signature(&mut buffer[..]);
            let _payload = jws.dangerous_payload_without_verification(&mut buffer[..]);
            let _shown = format!("{:?}", jws.header());
        }
        for part in seed.split('.') {
            let octets = base64ct::Base64UrlUnpadded::decode_vec(part).unwrap_or_default();
            let _texts =
                (Value::parse(&octets).is_ok(), Jwks::parse(&octets).is_ok(), Jwk::parse(&octets).is_ok());
            // As claims, too: signed by a key that is known, so that they are read at all.
            let algorithm = support::algorithms()[0];
            let token = support::token(algorithm, &octets);
            let key = support::usual_key(algorithm);
            let verified = Verifier::new(&key).verify(&token, &mut buffer[..]);
            let policy = ClaimsPolicy::new(Expect::Exactly("nobody"), Expect::Anything);
            assert!(verified.unwrap().claims(&policy, UnixTime::from_secs(0)).is_err(), "{seed}");
        }
    }
}
