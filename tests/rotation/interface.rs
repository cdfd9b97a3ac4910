//! Permits, seeds, keys that never change, and what errors carry.

use jose_core::rotation::{
    FetchError, HttpResponse, Jitter, KeysUnavailable, MonotonicTime, NoResponse, Refreshed, RemoteKeySet,
    RotationPolicy,
};
use jose_core::{Jwks, KeySet, Verifier};

use super::scripts::DEFAULT;
use super::support::{self, algorithms, jwk, signer, usual};
use super::{World, allowed, at, document, seconds, token};

fn remote(policy: RotationPolicy) -> RemoteKeySet {
    RemoteKeySet::new(allowed(), policy, Jitter::NONE).unwrap()
}

fn verifies(remote: &RemoteKeySet, kid: &str, now: MonotonicTime) -> bool {
    let keys = remote.keys(now);
    keys.is_ok_and(|keys| Verifier::new(&keys).verify(&token(kid), &mut Vec::new()).is_ok())
}

/// Numbers start alike in every set, and a permit is still not another's: with a 200, and with a 304.
#[test]
fn a_permit_belongs_to_its_set() {
    let issuer_a = document(&["a"]);
    for rounds in 1..4_u64 {
        let (mut a, mut b) = (remote(DEFAULT), remote(DEFAULT));
        fn fields(set: &str) -> HttpResponse<'_> {
            HttpResponse::new(200, set).header("ETag", "\"1\"")
        }
        for round in 1..rounds {
            for (remote, kid) in [(&mut a, "a"), (&mut b, "b")] {
                let permit = remote.fetch_due(at(round * 400)).unwrap();
                let set = document(&[kid]);
                remote.complete(permit.receive(Ok(fields(&set))), at(round * 400)).unwrap();
            }
        }
        let now = at(rounds * 400);
        for response in [fields(&issuer_a), HttpResponse::new(304, "")] {
            let (Some(of_a), Some(_of_b)) = (a.fetch_due(now), b.fetch_due(now)) else { break };
            let outcome = b.complete(of_a.receive(Ok(response)), now);
            assert_eq!(outcome, Err(FetchError::ForeignPermit), "round {rounds}");
            assert!(!verifies(&b, "a", now));
        }
    }
    // A set that never gave a permit has none to take.
    let (mut a, mut b) = (remote(DEFAULT), remote(DEFAULT));
    let permit = a.fetch_due(at(0)).unwrap();
    let outcome = permit.receive(Ok(HttpResponse::new(200, &issuer_a)));
    assert_eq!(b.complete(outcome, at(0)), Err(FetchError::ForeignPermit));
}

/// A permit of a set that is gone is not one of a set that took its place in memory.
#[test]
fn a_permit_outlives_its_set() {
    let set = document(&["a"]);
    let mut reused = 0;
    for _ in 0..100 {
        let mut gone = remote(DEFAULT);
        let stray = gone.fetch_due(at(0)).unwrap();
        drop(gone);
        let mut other = remote(DEFAULT);
        // Its permit is lost at once, and its place in memory is free again.
        drop(other.fetch_due(at(0)).unwrap());
        let outcome = other.complete(stray.receive(Ok(HttpResponse::new(200, &set))), at(0));
        match outcome {
            Err(FetchError::ForeignPermit) => {}
            // The allocator gave the place of one set to the next.
            Err(FetchError::PermitLapsed) => reused += 1,
            other => panic!("{other:?}"),
        }
        assert!(!verifies(&other, "a", at(0)));
    }
    println!("{reused} of 100 sets at the place of another");
}

/// A worker starts with a set that was saved: no fetch is spent, and its age counts.
#[test]
fn a_seed_is_no_fetch() {
    let set = document(&["a"]);
    let saved = HttpResponse::new(200, &set).header("ETag", "\"1\"").header("Cache-Control", "max-age=600");
    // An uptime that is shorter than the set's age.
    let now = |elapsed| MonotonicTime::since_origin(seconds(elapsed));
    let mut seeded = remote(DEFAULT);
    seeded.seed(&saved, seconds(500), now(1)).unwrap();
    assert!(verifies(&seeded, "a", now(1)));
    let status = seeded.status(now(1));
    let keys = status.keys.unwrap();
    assert_eq!((keys.age, keys.fresh_for), (seconds(500), seconds(100)));
    assert_eq!((status.due_in, status.permitted_in), (seconds(70), seconds(0)));
    // The cooldown's fetch is there for the first token that needs one.
    let keys = seeded.keys(now(1)).unwrap();
    let refusal = Verifier::new(&keys).verify(&token("b"), &mut Vec::new()).unwrap_err();
    let need = keys.need(&token("b"), &refusal).unwrap();
    let jose_core::rotation::Refetch::Now(permit) = seeded.refetch(need, now(1)) else { panic!() };
    assert_eq!(permit.etag(), Some("\"1\""));
    let confirmed = seeded.complete(permit.receive(Ok(HttpResponse::new(304, ""))), now(2));
    assert_eq!(confirmed, Ok(Refreshed::Unchanged));
    assert_eq!(seeded.status(now(2)).keys.unwrap().fresh_for, seconds(599));

    // One that is past its lifetime is stale, and a fetch is due; one past that verifies nothing.
    let mut seeded = remote(DEFAULT);
    seeded.seed(&saved, seconds(2000), now(1)).unwrap();
    assert!(verifies(&seeded, "a", now(1)));
    assert_eq!(seeded.status(now(1)).keys.unwrap().stale_for, seconds(1400));
    assert!(seeded.is_fetch_due(now(1)));
    let mut seeded = remote(DEFAULT);
    seeded.seed(&saved, seconds(600 + 86_401), now(1)).unwrap();
    assert!(matches!(seeded.keys(now(1)), Err(KeysUnavailable::TooStale { .. })));

    // What is no set seeds nothing, and what has keys is not seeded.
    let mut seeded = remote(DEFAULT);
    let bad = HttpResponse::new(200, "{");
    assert!(matches!(seeded.seed(&bad, seconds(0), now(1)), Err(FetchError::Set { .. })));
    assert!(seeded.is_fetch_due(now(1)));
    seeded.seed(&saved, seconds(0), now(1)).unwrap();
    assert_eq!(seeded.seed(&saved, seconds(0), now(1)), Err(FetchError::KeysPresent));
}

/// Keys that never change stand beside a remote set.
#[test]
fn fixed_keys_beside_a_remote_set() {
    let key_set = |text: &str| KeySet::from_jwks(&Jwks::parse(text).unwrap(), allowed()).unwrap();
    let fixed = key_set(&document(&["fixed", "a"]));
    let mut world = World::new(DEFAULT);
    world.remote = remote(DEFAULT).fixed_keys(fixed);
    // Before the first fetch.
    assert_eq!(world.token("fixed"), "verified");
    assert!(world.remote.keys(world.now).unwrap().latest().is_none());
    assert_eq!(world.token("b"), "permit");
    // The issuer's own key under kid `a` decides about it.
    let other = match usual(algorithms()[0]) {
        "hmac-32" => "hmac-64",
        "p256" => "p256-b",
        _ => "rsa-2048-b",
    };
    let set = format!(r#"{{"keys":[{}]}}"#, jwk(other, r#""kid":"a""#));
    assert_eq!(world.answer(200, &set, &[]), "Replaced");
    assert_eq!(world.token("fixed"), "verified");
    assert_eq!(world.at(100).token("a"), "permit");
    assert_eq!(world.answer(200, &set, &[]), "Unchanged");
    // A bad signature of a fixed key is not worth a fetch.
    let forged = signer(other).token(format!(r#"{{"alg":"{}","kid":"fixed"}}"#, algorithms()[0]), "{}");
    assert!(world.at(1000).present(&forged).starts_with("refused: Signature"));
    // Nor does a token without kid get one.
    let bare =
        support::usual_signer(algorithms()[0]).token(format!(r#"{{"alg":"{}"}}"#, algorithms()[0]), "{}");
    assert_ne!(world.present(&bare), "verified");
    // When all else is too stale.
    assert_eq!(world.at(400 + 86_401).token("fixed"), "verified");
}

/// The heavy half is done with the permit alone; a document that is in use is not built again.
#[test]
fn the_heavy_half_needs_no_set() {
    let mut world = World::with_keys(DEFAULT, &["a"]);
    assert_eq!(world.at(300).due(), "permit");
    let other = document(&["a", "b"]);
    let permit = world.permit.take().unwrap();
    let outcome =
        std::thread::spawn(move || permit.receive(Ok(HttpResponse::new(200, &other)))).join().unwrap();
    // In the meantime the old keys verify.
    assert_eq!(world.token("a"), "verified");
    assert_eq!(world.remote.complete(outcome, world.now), Ok(Refreshed::Replaced));
    assert_eq!(world.token("b"), "verified");
    assert_eq!(world.at(600).due(), "permit");
    let other = document(&["a", "b"]);
    let before: *const KeySet = world.remote.keys(world.now).unwrap().latest().unwrap();
    assert_eq!(world.answer(200, &other, &[]), "Unchanged");
    let after: *const KeySet = world.remote.keys(world.now).unwrap().latest().unwrap();
    assert_eq!(before, after, "the keys that were prepared are kept");
}

/// What errors say, by what causes them.
#[test]
fn reasons_say_what_to_do() {
    let fetched = |body: &str| {
        let mut remote = remote(DEFAULT);
        let permit = remote.fetch_due(at(0)).unwrap();
        remote.complete(permit.receive(Ok(HttpResponse::new(200, body))), at(0)).unwrap_err().to_string()
    };
    let html = fetched("<html>");
    assert!(html.starts_with("JWK Set: expected ") && html.contains("web page"), "{html}");
    let discovery = fetched(r#"{"issuer":"x","jwks_uri":"y"}"#);
    assert!(discovery.contains("'jwks_uri'"), "{discovery}");
    assert_eq!(fetched(r#"{"keys":[]}"#), "JWK Set: expected a key that can be used, found none among 0");
    // The keys that matter first: the one that is for encryption has no fault.
    let algorithm = algorithms()[0];
    let keys = format!(
        r#"{{"keys":[{},{{"kty":"AKP","kid":"okp"}},{},null]}}"#,
        jwk(usual(algorithm), r#""kid":"enc","use":"enc""#),
        jwk(usual(algorithm), r#""kid":"bad","key_ops":["verify","verify"]"#)
    );
    let text = fetched(&keys);
    let order = ["none among 4", "\"bad\"", "no kid: ", "\"enc\"", "\"okp\""];
    let places: Vec<_> =
        order.iter().map(|part| text.find(part).unwrap_or_else(|| panic!("{text}"))).collect();
    assert!(places.is_sorted(), "{text}");
    // However many there are, and however they are named.
    let many =
        format!(r#"{{"keys":[{}]}}"#, vec![format!(r#"{{"kid":"{}"}}"#, "k".repeat(500)); 900].join(","));
    let text = fetched(&many);
    assert!(text.ends_with("; and 896 more") && text.len() < 1000, "{} bytes: {text}", text.len());

    let cause = NoResponse::because(&format_args!("connection {}: {}\n", "refused", "x".repeat(1000)));
    let text = cause.to_string();
    assert!(text.starts_with("JWK Set: expected a response, found none: connection refused: xxx"), "{text}");
    assert!(text.ends_with("x...") && text.len() < 260, "{text}");
    assert_eq!(NoResponse::because(&"a\nb").to_string(), "JWK Set: expected a response, found none: a\\nb");
    for (error, text) in [
        (
            FetchError::NoResponse(NoResponse::default()),
            "JWK Set: expected a response, found none: check that this machine reaches the URL, and its TLS and proxy settings",
        ),
        (
            FetchError::Status { status: 404 },
            "JWK Set: expected status 200, found 404: check the URL, and the issuer's state",
        ),
        (
            FetchError::Status { status: 304 },
            "JWK Set: expected status 200, found 304, although there was nothing to confirm: check the caches on the way",
        ),
        (
            FetchError::PermitLapsed,
            "the fetch was not completed in time: give the HTTP client a timeout below the policy's, \
             and let no cancelled request take the permit along",
        ),
        (
            FetchError::ForeignPermit,
            "the permit belongs to another RemoteKeySet: complete a fetch with the set that permitted it",
        ),
        (FetchError::KeysPresent, "the set has keys already: seed it before its first fetch"),
    ] {
        assert_eq!(error.to_string(), text);
    }
    let last_error = Some(FetchError::Status { status: 500 });
    for (error, text) in [
        (
            KeysUnavailable::NeverFetched { last_error: None },
            "the JWK Set has not been fetched yet: fetch it when a fetch is due",
        ),
        (
            KeysUnavailable::TooStale { stale_for: seconds(5), max: seconds(3), last_error },
            "the lifetime of the keys ended 5 s ago, and at most 3 s are allowed; last fetch: \
             JWK Set: expected status 200, found 500: check the URL, and the issuer's state",
        ),
    ] {
        assert_eq!(error.to_string(), text);
    }
}
