//! Runs one operation so many times, for callgrind, or counts its heap allocations:
//! `counts list`, `counts OPERATION TIMES`, `counts OPERATION allocations`. See `../README.md`.

#[path = "../../material/tokens.rs"]
mod tokens;

use std::hint::black_box;

use jose_core::{
    Algorithm, Claims, ClaimsPolicy, Error, Expect, Jwk, Jwks, KeySet, KeySource, Limits, UnixTime,
    UnverifiedJws, Verifier, VerifyingKey, error::SignatureError,
};
use serde::Deserialize;
use tokens::{AUDIENCE, EXPIRES_AT, ISSUED_AT, ISSUER, Key, SCOPE, SUBJECT, claims, claims_of_token};

const POLICY: ClaimsPolicy<'static> = ClaimsPolicy::new(Expect::Exactly(ISSUER), Expect::Exactly(AUDIENCE));
const NOW: UnixTime = UnixTime::from_secs(ISSUED_AT + 60);

/// An operation that has been set up. Each call does it once and says whether it came out right.
type Operation = Box<dyn FnMut() -> bool>;
type SetUp = fn() -> Operation;

/// Every operation and its set-up. A new one is a row here, and `./check --update`.
///
/// Tokens are verified with a key of a `KeySet`, which prepares ES256 keys; "as it comes" is such a key alone,
/// and nothing is prepared.
const OPERATIONS: &[(&str, SetUp)] = &[
    ("token-hs256", || token("hmac-32", 1, 286, by_accessors)),
    ("token-es256-prepared", || token("p256", 1, 286, by_accessors)),
    ("token-es256-as-it-comes", || token_as_it_comes("p256", by_accessors)),
    ("token-rs256-2048", || token("rsa-2048", 1, 286, by_accessors)),
    ("token-rs256-4096", || token("rsa-4096", 1, 286, by_accessors)),
    ("token-hs512", || token("hmac-64/HS512", 1, 286, by_accessors)),
    ("token-es384", || token("p384", 1, 286, by_accessors)),
    ("token-ps256-2048", || token("rsa-2048/PS256", 1, 286, by_accessors)),
    ("token-rs512-2048", || token("rsa-2048/RS512", 1, 286, by_accessors)),
    ("token-ed25519", || token("ed25519", 1, 286, by_accessors)),
    ("token-hs256-serde-borrowed", || token("hmac-32", 1, 286, by_serde)),
    ("token-hs256-1-KiB", || token("hmac-32", 1, 1024, by_accessors)),
    ("token-hs256-16-KiB", || token("hmac-32", 1, 16384, by_accessors)),
    ("split-and-header", split_and_header),
    ("selection-among-1", || selection(1)),
    ("selection-among-1000", || selection(1000)),
    ("signature-hs256", || signature("hmac-32", verifying_key)),
    ("signature-es256-prepared", || signature("p256", prepared_key)),
    ("signature-es256-as-it-comes", || signature("p256", verifying_key)),
    ("signature-rs256-2048", || signature("rsa-2048", verifying_key)),
    ("signature-es384", || signature("p384", verifying_key)),
    ("signature-ps256-2048", || signature("rsa-2048/PS256", verifying_key)),
    ("signature-ed25519", || signature("ed25519", verifying_key)),
    ("base64url-1-KiB", base64url),
    ("claims", || claims_alone(by_accessors)),
    ("claims-serde-borrowed", || claims_alone(by_serde)),
    ("key-hs256", || key("hmac-32")),
    ("key-es256", || key("p256")),
    ("key-es256-prepare", prepare),
    ("key-rs256-2048", || key("rsa-2048")),
    ("key-rs256-4096", || key("rsa-4096")),
    ("key-es384", || key("p384")),
    ("key-ed25519", || key("ed25519")),
    ("set-of-100-hs256", || set("hmac-32", 100)),
    ("set-of-10-es256", || set("p256", 10)),
    // Most of these are not prepared.
    ("set-of-1000-es256", || set("p256", 1000)),
    ("set-of-10-rs256", || set("rsa-2048", 10)),
];

/// What an application takes from a token.
#[derive(PartialEq, Deserialize)]
struct Session<'t> {
    iss: &'t str,
    sub: &'t str,
    aud: &'t str,
    exp: i64,
    iat: i64,
    scope: &'t str,
}

const SESSION: Session<'static> =
    Session { iss: ISSUER, sub: SUBJECT, aud: AUDIENCE, exp: EXPIRES_AT, iat: ISSUED_AT, scope: SCOPE };

fn by_accessors<'t>(claims: &Claims<'t>) -> Option<Session<'t>> {
    Some(Session {
        iss: claims.issuer().ok()??.as_str()?,
        sub: claims.subject().ok()??.as_str()?,
        aud: claims.audiences().ok()?.next()?.as_str()?,
        exp: claims.expires_at().ok()??.as_secs(),
        iat: claims.issued_at().ok()??.as_secs(),
        scope: claims.get("scope")?.as_string()?.as_str()?,
    })
}

fn by_serde<'t>(claims: &Claims<'t>) -> Option<Session<'t>> {
    claims.deserialize().ok()
}

type Taken = for<'c, 't> fn(&'c Claims<'t>) -> Option<Session<'t>>;

fn algorithm(key: &Key) -> Algorithm {
    Algorithm::from_name(key.alg()).unwrap()
}

fn key_set(key: &Key, len: usize) -> &'static KeySet {
    let set = KeySet::from_jwks(&Jwks::parse(&key.set_of(len)).unwrap(), algorithm(key));
    Box::leak(Box::new(set.unwrap()))
}

fn verifying_key(key: &Key) -> VerifyingKey {
    let jwk = key.verifying_jwk().to_string();
    Jwk::parse(&jwk).unwrap().verifying_key(algorithm(key)).unwrap()
}

fn prepared_key(key: &Key) -> VerifyingKey {
    let mut key = verifying_key(key);
    key.prepare();
    key
}

fn token(key: &'static str, keys: usize, length: usize, taken: Taken) -> Operation {
    token_with(key_set(&Key::named(key), keys), key, length, taken)
}

fn token_as_it_comes(key: &'static str, taken: Taken) -> Operation {
    token_with(Box::leak(Box::new(verifying_key(&Key::named(key)))), key, 286, taken)
}

fn token_with(keys: &'static impl KeySource, key: &'static str, length: usize, taken: Taken) -> Operation {
    let key = Key::named(key);
    let verifier = Verifier::new(keys);
    let token = key.sign(&if length == 286 { claims() } else { claims_of_token(length) });
    let tampered = tokens::tampered(&token, 2);
    let mut scratch = Vec::new();
    assert!(verifier.verify(&tampered, &mut scratch).is_err());
    Box::new(move || {
        let verified = verifier.verify(black_box(&token), &mut scratch).unwrap();
        taken(&verified.claims(&POLICY, NOW).unwrap()).is_some_and(|session| session == SESSION)
    })
}

fn split_and_header() -> Operation {
    let token = Key::named("hmac-32").sign(&claims());
    let mut scratch = [0; 512];
    Box::new(move || {
        let jws = UnverifiedJws::parse(black_box(&token), &mut scratch, Limits::new()).unwrap();
        jws.header().kid().unwrap() == *tokens::KID
    })
}

/// Selection has no door of its own: a token without its signature goes through splitting, the header
/// and selection, and is then refused.
fn selection(keys: usize) -> Operation {
    let key = Key::named("hmac-32");
    let verifier = Verifier::new(key_set(&key, keys));
    let mut token = key.sign(&claims());
    token.truncate(token.rfind('.').unwrap() + 1);
    let mut scratch = Vec::new();
    Box::new(move || {
        let refusal = verifier.verify(black_box(&token), &mut scratch);
        matches!(refusal, Err(Error::Signature(SignatureError::WrongLength { found: 0, .. })))
    })
}

fn signature(key: &'static str, built: fn(&Key) -> VerifyingKey) -> Operation {
    let key = Key::named(key);
    let algorithm = algorithm(&key);
    let token = key.sign(&claims());
    let (mut scratch, mut buffer) = ([0; 1024], [0; 512]);
    let jws = UnverifiedJws::parse(&token, &mut scratch, Limits::new()).unwrap();
    let (input, signature) = (jws.signing_input().to_vec(), jws.signature(&mut buffer).unwrap().to_vec());
    let key = built(&key);
    assert_eq!(key.verify(algorithm, &input[1..], &signature), Err(SignatureError::Invalid));
    Box::new(move || key.verify(algorithm, black_box(&input), black_box(&signature)).is_ok())
}

/// Decoding alone, by the door that needs no signature.
fn base64url() -> Operation {
    let token: &'static str = Key::named("hmac-32").sign(&claims_of_token(1024 + 100)).leak();
    let scratch = Box::leak(Box::new([0; 512]));
    let jws = UnverifiedJws::parse(token, scratch, Limits::new()).unwrap();
    let mut buffer = [0; 1024];
    Box::new(move || {
        let payload = black_box(&jws).dangerous_payload_without_verification(&mut buffer);
        payload.is_ok_and(|payload| payload.last() == Some(&b'}'))
    })
}

fn claims_alone(taken: Taken) -> Operation {
    let key = Key::named("hmac-32");
    let verifier = Verifier::new(key_set(&key, 1));
    let scratch = Box::leak(Box::new(Vec::new()));
    let verified = verifier.verify(&key.sign(&claims()), scratch).unwrap();
    Box::new(move || {
        let claims = black_box(&verified).claims(&POLICY, NOW).unwrap();
        taken(&claims).is_some_and(|session| session == SESSION)
    })
}

/// A key from the text of its JWK.
fn key(name: &'static str) -> Operation {
    let key = Key::named(name);
    let algorithm = algorithm(&key);
    let jwk = key.verifying_jwk().to_string();
    Box::new(move || Jwk::parse(black_box(&jwk)).unwrap().verifying_key(algorithm).is_ok())
}

/// An ES256 key that is there, and its preparation.
fn prepare() -> Operation {
    let key = Key::named("p256");
    let key = VerifyingKey::es256(&key.octets("x"), &key.octets("y")).unwrap();
    Box::new(move || {
        let mut key = black_box(&key).clone();
        key.prepare();
        black_box(&key).algorithm() == Algorithm::Es256
    })
}

/// A set from its text, and all of its keys.
fn set(name: &'static str, len: usize) -> Operation {
    let key = Key::named(name);
    let algorithm = algorithm(&key);
    let text = key.set_of(len);
    Box::new(move || {
        let keys = KeySet::from_jwks(&Jwks::parse(black_box(&text)).unwrap(), algorithm).unwrap();
        keys.len() == len && keys.verdicts().all(|verdict| verdict.outcome == Ok(algorithm))
    })
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if arguments == ["list"] {
        OPERATIONS.iter().for_each(|(name, _)| println!("{name}"));
        return;
    }
    let [name, what] = arguments[..] else { panic!("list, OPERATION TIMES or OPERATION allocations") };
    let (_, set_up) = OPERATIONS.iter().find(|(operation, _)| *operation == name).expect("an operation");
    let mut operation = set_up();
    // Once by itself: what is grown or found out once is not counted.
    assert!(operation(), "{name} does not come out right");
    if what == "allocations" {
        let counted = allocation_counter::measure(|| assert!(operation()));
        println!("{} {}", counted.count_total, counted.bytes_total);
    } else {
        let times: u32 = what.parse().expect("a number of times");
        for _ in 0..times {
            assert!(operation());
        }
    }
}
