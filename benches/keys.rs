//! Reading keys and sets of keys: `cargo bench --manifest-path benches/Cargo.toml --bench keys`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a bench that cannot run must stop"
)]
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "nothing here is hostile")]

use core::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use jose_core::{Algorithm, Jwk, Jwks, KeySet, VerifyingKey};
use jose_core_benches::Key;

const KEYS: [(&str, Algorithm); 9] = [
    ("hmac-32", Algorithm::Hs256),
    ("hmac-64", Algorithm::Hs256),
    ("hmac-200", Algorithm::Hs256),
    ("p256", Algorithm::Es256),
    ("rsa-2048", Algorithm::Rs256),
    ("rsa-3072", Algorithm::Rs256),
    ("rsa-4096", Algorithm::Rs256),
    ("p384", Algorithm::Es384),
    ("ed25519", Algorithm::Ed25519),
];

/// A key from its JWK, and from its octets.
fn key(criterion: &mut Criterion) {
    for (name, algorithm) in KEYS {
        let mut group = criterion.benchmark_group(format!("key/{name}"));
        let key = Key::named(name);
        let jwk = key.verifying_jwk().to_string();
        let parse = |jwk: &str| Jwk::parse(jwk).unwrap().verifying_key(algorithm);
        assert_eq!(parse(&jwk).unwrap().algorithm(), algorithm);
        group.bench_function("jwk", |bencher| {
            bencher.iter_batched(|| (), |()| parse(black_box(&jwk)), BatchSize::SmallInput);
        });

        let members: &[&str] = match algorithm {
            Algorithm::Hs256 => &["k"],
            Algorithm::Es256 | Algorithm::Es384 => &["x", "y"],
            Algorithm::Ed25519 => &["x"],
            _ => &["n", "e"],
        };
        let octets: Vec<Vec<u8>> = members.iter().map(|member| key.octets(member)).collect();
        let build = |octets: &[Vec<u8>]| match algorithm {
            Algorithm::Hs256 => VerifyingKey::hs256(&octets[0]),
            Algorithm::Es256 => VerifyingKey::es256(&octets[0], &octets[1]),
            Algorithm::Es384 => VerifyingKey::es384(&octets[0], &octets[1]),
            Algorithm::Ed25519 => VerifyingKey::ed25519(&octets[0]),
            _ => VerifyingKey::rs256(&octets[0], &octets[1]),
        };
        assert_eq!(build(&octets).unwrap().algorithm(), algorithm);
        group.bench_function("octets", |bencher| {
            bencher.iter_batched(|| (), |()| build(black_box(&octets)), BatchSize::SmallInput);
        });
        group.finish();
    }
}

/// The preparation of an ES256 key.
fn prepare(criterion: &mut Criterion) {
    let key = Key::named("p256");
    let key = VerifyingKey::es256(&key.octets("x"), &key.octets("y")).unwrap();
    assert_eq!(key.algorithm(), Algorithm::Es256);
    let prepared = |mut key: VerifyingKey| {
        key.prepare();
        key
    };
    criterion.bench_function("key/p256/prepare", |bencher| {
        bencher.iter_batched(|| key.clone(), prepared, BatchSize::SmallInput);
    });
}

/// Sets of 1 to 1,000 keys: the text alone, and the keys built, of which the first 64 for ES256 are prepared.
fn set(criterion: &mut Criterion) {
    for (name, algorithm) in [KEYS[0], KEYS[3], KEYS[4]] {
        let mut group = criterion.benchmark_group(format!("set/{name}"));
        group.sample_size(20);
        for len in [1, 10, 100, 1000] {
            let text = Key::named(name).set_of(len);
            group.throughput(Throughput::Elements(len.try_into().unwrap()));
            assert_eq!(Jwks::parse(&text).unwrap().len(), len);
            group.bench_function(BenchmarkId::new("parse", len), |bencher| {
                bencher.iter(|| Jwks::parse(black_box(&text)).unwrap().len());
            });
            let load = |text: &str| KeySet::from_jwks(&Jwks::parse(text).unwrap(), algorithm).unwrap();
            assert!(load(&text).verdicts().all(|verdict| verdict.outcome == Ok(algorithm)));
            group.bench_function(BenchmarkId::new("load", len), |bencher| {
                bencher.iter_with_large_drop(|| load(black_box(&text)));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, key, prepare, set);
criterion_main!(benches);
