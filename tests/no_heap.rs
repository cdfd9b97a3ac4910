//! Verification takes nothing from a heap: every algorithm end to end, with the claims, from every
//! source that needs none, and a server's loop with a `KeySet` and one buffer for all tokens.
//!
//! `allocation_counter` is this binary's global allocator. It counts what the measuring thread takes, so
//! that the harness, which prints from threads of its own, is not in the count.

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

use core::hint::black_box;
use core::time::Duration;

use jose_core::{
    Algorithm, ClaimsPolicy, Error, Expect, Jwks, KeySource, Limits, UnixTime, UnverifiedJws, Verifier,
    VerifyingKey, error::KeyError,
};

const CLAIMS: &str = r#"{"iss":"https:\/\/issuer.example","sub":"user","aud":["x","api.example"],
    "exp":2000000000,"nbf":1.5e9,"iat":1600000000.25,"jti":"1","own":{"a":[1,2,{"b":null}]}}"#;

/// The number of allocations while `work` runs.
fn allocations(mut work: impl FnMut()) -> u64 {
    allocation_counter::measure(&mut work).count_total
}

#[track_caller]
fn none(what: &str, work: impl FnMut()) {
    assert_eq!(allocations(work), 0, "allocations: {what}");
}

/// A token, and all that is needed to judge it, made before anything is counted.
struct Case {
    algorithm: Algorithm,
    token: String,
    forged: String,
    key: VerifyingKey,
    set: String,
}

fn cases() -> Vec<Case> {
    let make = |algorithm: Algorithm| {
        let name = support::usual(algorithm);
        let header = format!(r#"{{"alg":"{algorithm}","kid":"\u0061","typ":"JWT"}}"#);
        let token = support::signer_for(algorithm, name).token(&header, CLAIMS);
        let mut forged = token.clone().into_bytes();
        let place = token.rfind('.').unwrap() + 5;
        forged[place] = if forged[place] == b'A' { b'B' } else { b'A' };
        let members = [
            support::jwk(name, r#""kid":"a""#),
            r#"{"kty":"EC","crv":"P-521","kid":"b"}"#.to_owned(),
            r#""no key""#.to_owned(),
        ];
        Case {
            algorithm,
            token,
            forged: String::from_utf8(forged).unwrap(),
            key: support::key_for(algorithm, name),
            set: format!(r#"{{"keys":[{}]}}"#, members.join(",")),
        }
    };
    support::algorithms().into_iter().map(make).collect()
}

/// The whole way, in a buffer on the stack: one token that holds and its claims, one that does not.
fn judge(keys: impl KeySource, case: &Case) {
    let mut scratch = [0; 2048];
    let verifier = Verifier::new(keys).require_kid().require_typ("jwt");
    let verified = verifier.verify(&case.token, &mut scratch[..]).unwrap();
    let audience = Expect::any_of(&["api.example"]);
    let policy = ClaimsPolicy::new(Expect::Exactly("https://issuer.example"), audience)
        .max_age(Duration::from_secs(400_000_000));
    let claims = verified.claims(&policy, UnixTime::from_secs(1_900_000_000)).unwrap();
    assert_eq!(claims.audiences().unwrap().count(), 2);
    assert!(claims.get("own").is_some());
    assert!(claims.iter().count() == 8);
    black_box(claims);

    let late = verified.claims(&policy, UnixTime::from_secs(2_000_000_000));
    assert!(late.is_err());
    assert!(matches!(verifier.verify(&case.forged, &mut scratch[..]), Err(Error::Signature(_))));
}

#[test]
fn single_key_and_slice() {
    for case in cases() {
        let pairs = [("b", case.key.clone()), ("a", case.key.clone())];
        none("a key", || judge(&case.key, &case));
        none("a slice", || judge(&pairs[..], &case));
        none("the low-level door", || {
            assert!(case.key.verify(case.algorithm, b"message", &[0; 64]).is_err());
        });
    }
}

/// A `Jwks` builds its key for each token. With a heap, the parameters of an RSA key are in a box: that
/// one allocation is then all there is.
#[test]
fn borrowed_set() {
    for case in cases() {
        let boxed = cfg!(feature = "alloc") && case.algorithm.kty() == "RSA";
        let jwks = Jwks::parse(&case.set).unwrap();
        let found = allocations(|| judge(jwks.keys(case.algorithm), &case));
        // Two tokens were looked at.
        assert_eq!(found, if boxed { 2 } else { 0 }, "{}", case.algorithm);
    }
}

/// Reading a set, and a verdict on every member of it.
#[test]
fn verdicts() {
    for case in cases() {
        let boxed = cfg!(feature = "alloc") && case.algorithm.kty() == "RSA";
        let found = allocations(|| {
            let jwks = Jwks::parse(&case.set).unwrap();
            let outcome = |member: Result<jose_core::Jwk<'_>, KeyError>| {
                member.and_then(|jwk| jwk.verifying_key(case.algorithm)).map(|key| key.algorithm())
            };
            let mut verdicts = jwks.iter().map(outcome);
            assert_eq!(verdicts.next(), Some(Ok(case.algorithm)));
            assert!(matches!(verdicts.next(), Some(Err(error)) if error != KeyError::NotObject));
            assert_eq!(verdicts.next(), Some(Err(KeyError::NotObject)));
            assert_eq!(verdicts.next(), None);
        });
        assert_eq!(found, u64::from(boxed), "{}", case.algorithm);
    }
}

/// The header of a token that nobody has verified.
#[test]
fn unverified() {
    for case in cases() {
        none("a header", || {
            let (mut scratch, mut buffer) = ([0; 512], [0; 512]);
            let jws = UnverifiedJws::parse(&case.token, &mut scratch, Limits::new()).unwrap();
            assert!(jws.header().kid().is_some_and(|kid| kid == "a"));
            assert!(jws.signature(&mut buffer).is_ok());
        });
    }
}

/// Errors are made, copied, compared and displayed without a heap.
#[test]
fn errors() {
    struct Nowhere;
    impl core::fmt::Write for Nowhere {
        fn write_str(&mut self, _: &str) -> core::fmt::Result {
            Ok(())
        }
    }
    let case = &cases()[0];
    none("refusals and their messages", || {
        for token in ["", "{}", "a.b.c.d.e", "e30.e30.", "eyJhbGciOiJub25lIn0..", "eyJhbGciOiJIUzUxMiJ9.."] {
            let mut scratch = [0; 64];
            let error = Verifier::new(&case.key).verify(token, &mut scratch).map(|_| ()).unwrap_err();
            core::fmt::write(&mut Nowhere, format_args!("{error} {error:?}")).unwrap();
        }
    });
}

/// A server: keys built once, one buffer. After the first token, nothing is taken any more.
#[cfg(feature = "alloc")]
#[test]
fn key_set_and_one_buffer() {
    for case in cases() {
        let jwks = Jwks::parse(&case.set).unwrap();
        let keys = jose_core::KeySet::from_jwks(&jwks, case.algorithm).unwrap();
        let verifier = Verifier::new(&keys);
        let mut scratch = Vec::new();
        let mut verify = |token: &str| verifier.verify(token, &mut scratch).is_ok();

        assert!(allocations(|| assert!(verify(&case.token))) > 0, "the first token pays for the buffer");
        none("the tokens after it", || {
            for _ in 0..5 {
                assert!(verify(&case.token));
                assert!(!verify(&case.forged));
                assert!(!verify("e30.e30."));
            }
        });
    }
}

/// The counter counts: a run in which it did not would prove nothing.
#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(black_box(vec![0_u8; 100]))), 1);
}
