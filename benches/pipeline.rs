//! The whole way of a token and each stage of it: `cargo bench --manifest-path benches/Cargo.toml --bench pipeline`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a bench that cannot run must stop"
)]
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "nothing here is hostile")]

use core::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use jose_core::{
    Algorithm, Claims, ClaimsPolicy, Error, Expect, Jwk, Jwks, KeySet, KeySource, Limits, UnixTime,
    UnverifiedJws, Verifier, VerifyingKey, error::SignatureError,
};
use jose_core_benches::{
    AUDIENCE, EXPIRES_AT, ISSUED_AT, ISSUER, Key, SCOPE, SUBJECT, claims, claims_of_token,
};
use serde::Deserialize;

const POLICY: ClaimsPolicy<'static> = ClaimsPolicy::new(Expect::Exactly(ISSUER), Expect::Exactly(AUDIENCE));
const NOW: UnixTime = UnixTime::from_secs(ISSUED_AT + 60);

/// What an application takes from a token.
#[derive(Debug, PartialEq, Deserialize)]
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

impl<'t> Session<'t> {
    /// The claims, without serde.
    fn of(claims: &Claims<'t>) -> Option<Self> {
        Some(Self {
            iss: claims.issuer().ok()??.as_str()?,
            sub: claims.subject().ok()??.as_str()?,
            aud: claims.audiences().ok()?.next()?.as_str()?,
            exp: claims.expires_at().ok()??.as_secs(),
            iat: claims.issued_at().ok()??.as_secs(),
            scope: claims.get("scope")?.as_string()?.as_str()?,
        })
    }
}

/// A token through all of the pipeline, into `SESSION`.
fn whole<'s, K: KeySource>(
    verifier: &Verifier<'_, K>,
    token: &str,
    scratch: &'s mut Vec<u8>,
) -> Option<Session<'s>> {
    Session::of(&verifier.verify(token, scratch).ok()?.claims(&POLICY, NOW).ok()?)
}

struct Case {
    name: &'static str,
    algorithm: Algorithm,
    key: Key,
    /// Whether an ES256 key is prepared.
    prepared: bool,
}

fn cases() -> Vec<Case> {
    let case = |name, algorithm, key| Case { name, algorithm, key: Key::named(key), prepared: false };
    vec![
        case("HS256", Algorithm::Hs256, "hmac-32"),
        case("ES256, key not prepared", Algorithm::Es256, "p256"),
        case("RS256-2048", Algorithm::Rs256, "rsa-2048"),
        case("RS256-3072", Algorithm::Rs256, "rsa-3072"),
        case("RS256-4096", Algorithm::Rs256, "rsa-4096"),
        case("HS512", Algorithm::Hs512, "hmac-64/HS512"),
        case("ES384", Algorithm::Es384, "p384"),
        case("PS256-2048", Algorithm::Ps256, "rsa-2048/PS256"),
        case("Ed25519", Algorithm::Ed25519, "ed25519"),
        Case { prepared: true, ..case("ES256, prepared key", Algorithm::Es256, "p256") },
    ]
}

fn verifying_key(case: &Case) -> VerifyingKey {
    let jwk = case.key.verifying_jwk().to_string();
    let mut key = Jwk::parse(&jwk).unwrap().verifying_key(case.algorithm).unwrap();
    if case.prepared {
        key.prepare();
    }
    key
}

fn key_set(key: &Key, algorithm: Algorithm, len: usize) -> KeySet {
    let set = key.set_of(len);
    let keys = KeySet::from_jwks(&Jwks::parse(&set).unwrap(), algorithm).unwrap();
    assert!(keys.verdicts().all(|verdict| verdict.outcome == Ok(algorithm)));
    assert_eq!(keys.len(), len);
    keys
}

/// Parse, select, verify, claims.
fn token(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("token");
    for case in cases() {
        let token = case.key.sign(&claims());
        let key = verifying_key(&case);
        let verifier = Verifier::new(&key);
        let mut scratch = Vec::new();
        assert_eq!(whole(&verifier, &token, &mut scratch), Some(SESSION));
        assert_eq!(whole(&verifier, &jose_core_benches::tampered(&token, 1), &mut scratch), None);
        assert_eq!(whole(&verifier, &jose_core_benches::tampered(&token, 2), &mut scratch), None);
        group.bench_function(case.name, |bencher| {
            bencher.iter(|| whole(&verifier, black_box(&token), &mut scratch).is_some());
        });
    }
    group.finish();
}

/// Each stage by itself. Selection has no door of its own: a token without its signature goes through
/// splitting, the header and selection, and is then refused.
fn stages(criterion: &mut Criterion) {
    for case in cases() {
        let algorithm = case.algorithm;
        let token = case.key.sign(&claims());
        let keys = key_set(&case.key, algorithm, 10);
        let key = verifying_key(&case);
        let mut group = criterion.benchmark_group(format!("stage/{}", case.name));
        let mut scratch = vec![0; token.len()];

        let parsed = UnverifiedJws::parse(&token, &mut scratch, Limits::new()).unwrap();
        assert_eq!(parsed.header().algorithm(), Ok(algorithm));
        let signing_input = parsed.signing_input();
        let mut signature = vec![0; 512];
        let signature = parsed.signature(&mut signature).unwrap().to_vec();
        let mut scratch = vec![0; token.len()];
        group.bench_function("split and header", |bencher| {
            bencher.iter(|| UnverifiedJws::parse(black_box(&token), &mut scratch, Limits::new()).is_ok());
        });

        let verifier = Verifier::new(&keys);
        let unsigned = format!("{}.", String::from_utf8_lossy(signing_input));
        let refusal = verifier.verify(&unsigned, &mut scratch[..]).unwrap_err();
        assert!(matches!(refusal, Error::Signature(SignatureError::WrongLength { found: 0, .. })));
        group.bench_function("split, header, selection among 10", |bencher| {
            bencher.iter(|| verifier.verify(black_box(&unsigned), &mut scratch[..]).is_err());
        });

        assert_eq!(key.verify(algorithm, signing_input, &signature), Ok(()));
        assert_eq!(key.verify(algorithm, &signing_input[1..], &signature), Err(SignatureError::Invalid));
        group.bench_function("signature", |bencher| {
            bencher.iter(|| key.verify(algorithm, black_box(signing_input), black_box(&signature)).is_ok());
        });

        let verified = verifier.verify(&token, &mut scratch[..]).unwrap();
        let claims = verified.claims(&POLICY, NOW).unwrap();
        assert_eq!(Session::of(&claims), Some(SESSION));
        group.bench_function("claims", |bencher| {
            bencher.iter(|| Session::of(&black_box(&verified).claims(&POLICY, NOW).unwrap()).is_some());
        });
        assert_eq!(claims.deserialize::<Session<'_>>().unwrap(), SESSION);
        group.bench_function("claims by serde", |bencher| {
            let claims = || black_box(&verified).claims(&POLICY, NOW).unwrap();
            bencher.iter(|| claims().deserialize::<Session<'_>>().is_ok());
        });
        group.finish();
    }
}

/// HS256 tokens of 0.3 to 16 KiB.
fn sizes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("size");
    let case = cases().swap_remove(0);
    let key = verifying_key(&case);
    let verifier = Verifier::new(&key);
    for length in [307, 1024, 4096, 16384] {
        let token = case.key.sign(&claims_of_token(length));
        assert!((length - 64..=length).contains(&token.len()), "{} for {length}", token.len());
        let mut scratch = Vec::new();
        assert_eq!(whole(&verifier, &token, &mut scratch), Some(SESSION));
        group.throughput(Throughput::Bytes(token.len().try_into().unwrap()));
        group.bench_function(BenchmarkId::from_parameter(length), |bencher| {
            bencher.iter(|| whole(&verifier, black_box(&token), &mut scratch).is_some());
        });
    }
    group.finish();
}

/// The key found among 1 to 1,000. It is the one in the middle; a set prepares its first 64 ES256 keys.
fn sets(criterion: &mut Criterion) {
    for (name, algorithm, key) in [
        ("HS256", Algorithm::Hs256, "hmac-32"),
        ("ES256", Algorithm::Es256, "p256"),
        ("RS256-2048", Algorithm::Rs256, "rsa-2048"),
    ] {
        let key = Key::named(key);
        let mut group = criterion.benchmark_group(format!("set/{name}"));
        let token = key.sign(&claims());
        for len in [1, 10, 100, 1000] {
            let keys = key_set(&key, algorithm, len);
            let verifier = Verifier::new(&keys);
            let mut scratch = Vec::new();
            assert_eq!(whole(&verifier, &token, &mut scratch), Some(SESSION));
            group.bench_function(BenchmarkId::from_parameter(len), |bencher| {
                bencher.iter(|| whole(&verifier, black_box(&token), &mut scratch).is_some());
            });
        }
        group.finish();
    }
}

criterion_group!(benches, token, stages, sizes, sets);
criterion_main!(benches);
