//! Attacks through sets of keys, and on how they are fetched.

use core::time::Duration;

use Algorithm::{Es256 as E, Hs256 as H, Rs256 as R};
use jose_core::rotation::{
    FetchError, HttpResponse, Jitter, MonotonicTime, NoResponse, Refetch, Refreshed, RemoteKeySet,
    RotationPolicy,
};
use jose_core::{
    Algorithm, AlgorithmSet, Error, Jwks, KeySet,
    error::{Base64Error, JsonError, JsonErrorKind, KeyError, SelectError},
};

use super::support::{Dice, b64, excerpt, jwk, key, member, outcome, outcome_of_set, signer, unknown_among};

/// What a secret can be for.
const SECRETS: AlgorithmSet = AlgorithmSet::only(H).or(Algorithm::Hs384).or(Algorithm::Hs512);

const PUBLIC: AlgorithmSet = AlgorithmSet::only(E).or(R);

/// The verdict on each member, which is the same for both readers of a set.
fn verdicts(set: &str) -> Vec<Result<Algorithm, KeyError>> {
    let jwks = Jwks::parse(set).unwrap();
    let keys = KeySet::from_jwks(&jwks, PUBLIC).unwrap();
    let verdicts: Vec<_> = keys.verdicts().map(|verdict| verdict.outcome).collect();
    let borrowed = jwks.iter().map(|jwk| jwk.and_then(|jwk| jwk.verifying_key(PUBLIC)));
    assert!(borrowed.map(|key| key.map(|key| key.algorithm())).eq(verdicts.iter().copied()), "{set}");
    verdicts
}

fn wrong_type(name: &'static str, expected: &'static str, found: &'static str) -> KeyError {
    KeyError::MemberType { name, expected, found }
}

/// Seen in CVE-2026-102274, CVE-2026-33996.
#[test]
fn one_bad_key_kills_the_set() {
    let names = [("a", "p256"), ("b", "rsa-2048"), ("c", "p256-b")];
    let good = names.map(|(kid, name)| jwk(name, &format!(r#""kid":"{kid}""#)));
    let tokens = names.map(|(kid, name)| {
        let algorithm = signer(name).algorithm();
        (algorithm, signer(name).token(format!(r#"{{"alg":"{algorithm}","kid":"{kid}"}}"#), "{}"))
    });
    let x = b64(member("p256", "x"));
    let mut cases = 0;
    for (bad, reason) in [
        // No objects.
        ("7".into(), KeyError::NotObject),
        ("null".into(), KeyError::NotObject),
        ("true".into(), KeyError::NotObject),
        (r#""bad""#.into(), KeyError::NotObject),
        ("[]".into(), KeyError::NotObject),
        (format!("[{}]", good[0]), KeyError::NotObject),
        ("{}".into(), KeyError::MemberMissing { name: "kty" }),
        // A kid that is no text, on a key that would be good.
        (jwk("p256", r#""kid":5"#), wrong_type("kid", "a string", "a number")),
        (jwk("p256", r#""kid":0"#), wrong_type("kid", "a string", "a number")),
        (jwk("p256", r#""kid":["a"]"#), wrong_type("kid", "a string", "an array")),
        (jwk("p256", r#""kid":{"a":"a"}"#), wrong_type("kid", "a string", "an object")),
        // Malformed, each in its own way.
        (r#"{"kid":"bad","kty":5}"#.into(), wrong_type("kty", "a string", "a number")),
        (r#"{"kid":"bad","kty":"XX"}"#.into(), KeyError::KtyUnsupported { kty: excerpt("XX") }),
        (r#"{"kid":"bad","kty":"RSA"}"#.into(), KeyError::MemberMissing { name: "n" }),
        (r#"{"kid":"bad","kty":"RSA","n":5,"e":"AQAB"}"#.into(), wrong_type("n", "a string", "a number")),
        (
            r#"{"kid":"bad","kty":"RSA","n":"AQAB","e":"AQAB"}"#.into(),
            KeyError::ModulusTooSmall { bits: 17, min: 2048 },
        ),
        (jwk("rsa-1024", r#""kid":"bad""#), KeyError::ModulusTooSmall { bits: 1024, min: 2048 }),
        (
            format!(r#"{{"kid":"bad","kty":"EC","crv":"P-256","x":"{x}=","y":"{x}"}}"#),
            KeyError::Base64 { name: "x", error: Base64Error::InvalidByte { byte: b'=', offset: 43 } },
        ),
        (
            format!(r#"{{"kid":"bad","kty":"EC","crv":"P-256","x":"{x}","y":"{x}"}}"#),
            KeyError::PointNotOnCurve { crv: "P-256" },
        ),
        (jwk("p256", r#""kid":"bad","use":"enc""#), KeyError::UseNotSig { key_use: excerpt("enc") }),
        (
            jwk("p256", r#""kid":"bad","key_ops":"verify""#),
            wrong_type("key_ops", "an array of strings", "a string"),
        ),
        (jwk("p256", r#""kid":"bad","alg":"ES512""#), KeyError::AlgUnsupported { alg: excerpt("ES512") }),
        (jwk("hmac-32", r#""kid":"bad""#), KeyError::AlgNotAllowed { alg: SECRETS, allowed: PUBLIC }),
        (
            r#"{"kid":"bad","kid":"bad"}"#.into(),
            KeyError::Json(JsonError { kind: JsonErrorKind::DuplicateName, found: None, offset: 13 }),
        ),
    ] {
        let has_kid = bad.contains(r#""kid":"bad""#) && !matches!(reason, KeyError::Json(_));
        for place in 0..=good.len() {
            let mut members = good.to_vec();
            members.insert(place, bad.clone());
            let set = format!(r#"{{"keys":[{}]}}"#, members.join(","));
            let mut expected: Vec<_> = tokens.iter().map(|(algorithm, _)| Ok(*algorithm)).collect();
            expected.insert(place, Err(reason));
            assert_eq!(verdicts(&set), expected, "{set}");
            for (algorithm, token) in &tokens {
                assert_eq!(outcome_of_set(&set, PUBLIC, token), Ok(*algorithm), "{set}");
            }
            let asked = signer("p256").token(r#"{"alg":"ES256","kid":"bad"}"#, "{}");
            let refused = outcome_of_set(&set, PUBLIC, &asked);
            match has_kid {
                true => assert_eq!(refused, Err(SelectError::KeyUnusable { reason }.into()), "{set}"),
                false => assert_eq!(unknown_among(refused), Some(4), "{set}"),
            }
            cases += 1;
        }
    }
    assert_eq!(cases, 24 * 4);
}

/// Seen in CVE-2026-102275.
#[test]
fn private_key_published() {
    for (name, private) in [("p256", &["d"][..]), ("rsa-2048", &["d", "p", "q", "dp", "dq", "qi"])] {
        let algorithm = signer(name).algorithm();
        let good = if algorithm == E { "rsa-2048-b" } else { "p256-b" };
        let other = signer(good).algorithm();
        let value = |private: &str| format!(r#""{private}":"{}""#, b64(member(name, private)));
        let whole: Vec<_> = private.iter().map(|private| value(private)).collect();
        let mut leaks: Vec<_> = private.iter().map(|private| (value(private), *private)).collect();
        leaks.extend([
            (whole.join(","), "d"),
            (r#""d":"!""#.into(), "d"),
            (r#""d":0"#.into(), "d"),
            (r#""d":{}"#.into(), "d"),
            (r#""d":[null]"#.into(), "d"),
            (r#""\u0064":"AQAB""#.into(), "d"),
        ]);
        if algorithm == R {
            leaks.push((r#""oth":[{}]"#.into(), "oth"));
        }
        // Whoever reads the set signs with it.
        let signed = signer(name).token(format!(r#"{{"alg":"{algorithm}","kid":"leaked"}}"#), "{}");
        let by_good = signer(good).token(format!(r#"{{"alg":"{other}","kid":"good"}}"#), "{}");
        for (leak, private) in leaks {
            let leaked = jwk(name, &format!(r#""kid":"leaked",{leak}"#));
            let set = format!(r#"{{"keys":[{leaked},{}]}}"#, jwk(good, r#""kid":"good""#));
            let reason = KeyError::PrivateMaterial { name: private };
            assert_eq!(verdicts(&set), [Err(reason), Ok(other)], "{leak}");
            let aside = SelectError::KeyUnusable { reason };
            assert_eq!(outcome_of_set(&set, PUBLIC, &signed), Err(aside.into()), "{leak}");
            assert_eq!(outcome_of_set(&set, PUBLIC, &by_good), Ok(other), "{leak}");
        }
        // What has no value publishes nothing.
        for more in ["", r#","d":null"#, r#","d":"""#, r#","d":[]"#, r#","d":null,"oth":[],"p":"""#] {
            let public = format!(r#"{{"keys":[{}]}}"#, jwk(name, &format!(r#""kid":"leaked"{more}"#)));
            assert_eq!(outcome_of_set(&public, PUBLIC, &signed), Ok(algorithm), "{more}");
        }
    }
}

fn at(seconds: u64) -> MonotonicTime {
    MonotonicTime::since_origin(Duration::from_secs(seconds))
}

fn document() -> String {
    format!(r#"{{"keys":[{}]}}"#, jwk("hmac-32", r#""kid":"a""#))
}

/// A set that was fetched at the start.
fn fetched() -> RemoteKeySet {
    let mut remote = RemoteKeySet::new(H, RotationPolicy::new(), Jitter::NONE).unwrap();
    let permit = remote.fetch_due(at(0)).unwrap();
    let response = document();
    let outcome = remote.complete(permit.receive(Ok(HttpResponse::new(200, &response))), at(0));
    assert_eq!(outcome, Ok(Refreshed::Replaced));
    remote
}

/// Verifies a token that must be refused as `expected`, and asks the set whether to fetch.
fn refused(remote: &mut RemoteKeySet, token: &str, expected: Error, now: MonotonicTime) -> Refetch {
    let keys = remote.keys(now).unwrap();
    let refusal = outcome(keys, H.into(), token).unwrap_err();
    assert_eq!(refusal, expected);
    let need = keys.need(token, &refusal).unwrap();
    remote.refetch(need, now)
}

/// The same for a kid that was made up.
fn made_up(remote: &mut RemoteKeySet, dice: &mut Dice, now: MonotonicTime) -> Refetch {
    let kid = b64(dice.octets(12));
    let token = format!("{}.e30.{}", b64(format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#)), b64([0; 32]));
    refused(remote, &token, super::support::kid_unknown(&kid, 1, &["a"]), now)
}

fn assert_good(remote: &RemoteKeySet, now: MonotonicTime) {
    let token = signer("hmac-32").token(r#"{"alg":"HS256","kid":"a"}"#, "{}");
    assert_eq!(outcome(remote.keys(now).unwrap(), H.into(), &token), Ok(H));
}

/// Seen in CVE-2026-48524.
#[test]
fn refetch_storm() {
    let (mut remote, mut dice, response) = (fetched(), Dice::new(18), document());
    // Ten in a second, and then ten thousand in one.
    for (start, in_a_second, fetches) in
        [(0, 10, (30..1000).step_by(30)), (2000, 10_000, (2000..2001).step_by(30))]
    {
        let mut expected = fetches.peekable();
        for attempt in 0..10_000 {
            let seconds = start + attempt / in_a_second;
            match made_up(&mut remote, &mut dice, at(seconds)) {
                Refetch::Now(permit) => {
                    assert_eq!(expected.next(), Some(seconds));
                    let outcome = permit.receive(Ok(HttpResponse::new(200, &response)));
                    assert_eq!(remote.complete(outcome, at(seconds)), Ok(Refreshed::Unchanged));
                }
                Refetch::Later { wait } => assert_eq!(wait, remote.status(at(seconds)).permitted_in),
                other => panic!("{other:?} at {seconds} s"),
            }
            assert!(remote.status(at(seconds)).needs <= 32);
        }
        assert_eq!(expected.next(), None, "a fetch that was to be permitted");
    }
    assert_good(&remote, at(2000));

    // While a fetch is in flight there is no other.
    let Refetch::Now(permit) = made_up(&mut remote, &mut dice, at(2030)) else { panic!("no permit") };
    for _ in 0..1000 {
        assert!(matches!(made_up(&mut remote, &mut dice, at(2031)), Refetch::InFlight));
    }
    let outcome = permit.receive(Ok(HttpResponse::new(200, &response)));
    assert_eq!(remote.complete(outcome, at(2032)), Ok(Refreshed::Unchanged));
    // Forged signatures under a kid that exists: one in five minutes.
    let forged = signer("hmac-64").token(r#"{"alg":"HS256","kid":"a"}"#, "{}");
    let mut fetches = Vec::new();
    for seconds in 2100..3000 {
        let invalid = Error::Signature(jose_core::error::SignatureError::Invalid);
        if let Refetch::Now(permit) = refused(&mut remote, &forged, invalid, at(seconds)) {
            fetches.push(seconds);
            let outcome = permit.receive(Ok(HttpResponse::new(200, &response)));
            assert_eq!(remote.complete(outcome, at(seconds)), Ok(Refreshed::Unchanged));
        }
    }
    assert_eq!(fetches, [2100, 2400, 2700]);
}

/// Two issuers whose sets count their permits alike: what was fetched for one is not taken by the other.
#[test]
fn mix_up_of_issuers() {
    let of_a = document();
    let of_b = format!(r#"{{"keys":[{}]}}"#, jwk("hmac-64", r#""kid":"a""#));
    for status in [200, 304] {
        let (mut a, mut b) = (fetched(), fetched());
        let respond = |body| HttpResponse::new(200, body).header("ETag", "\"1\"");
        for (remote, body) in [(&mut a, &of_a), (&mut b, &of_b)] {
            let permit = remote.fetch_due(at(400)).unwrap();
            remote.complete(permit.receive(Ok(respond(body))), at(400)).unwrap();
        }
        let (crossed, own) = (a.fetch_due(at(800)).unwrap(), b.fetch_due(at(800)).unwrap());
        let response = if status == 200 { respond(&of_a) } else { HttpResponse::new(304, "") };
        let outcome = b.complete(crossed.receive(Ok(response)), at(800));
        assert_eq!(outcome, Err(FetchError::ForeignPermit), "{status}");
        let token = signer("hmac-32").token(r#"{"alg":"HS256","kid":"a"}"#, "{}");
        let invalid = Error::Signature(jose_core::error::SignatureError::Invalid);
        assert_eq!(self::outcome(b.keys(at(800)).unwrap(), H.into(), &token), Err(invalid));
        // And it does not use up the one that b waits for.
        assert_eq!(b.complete(own.receive(Ok(respond(&of_b))), at(800)), Ok(Refreshed::Unchanged));
    }
}

/// Seen in CVE-2026-48524.
#[test]
fn wiped_cache() {
    let large = " ".repeat((512 << 10) + 1);
    for (response, reason) in [
        (None, "NoResponse"),
        (Some((500, "")), "Status"),
        (Some((503, &*document())), "Status"),
        (Some((404, "")), "Status"),
        (Some((204, "")), "Status"),
        (Some((304, "")), "Status"),
        (Some((200, "")), "Set"),
        (Some((200, "{")), "Set"),
        (Some((200, "<html>")), "Set"),
        (Some((200, "{}")), "Set"),
        (Some((200, "[]")), "Set"),
        (Some((200, r#"{"keys":{}}"#)), "Set"),
        (Some((200, &*large)), "Set"),
    ] {
        let (mut remote, mut dice) = (fetched(), Dice::new(19));
        for failures in 1..10 {
            let now = failures * 30;
            assert!(matches!(made_up(&mut remote, &mut dice, at(now - 1)), Refetch::Later { .. }));
            let Refetch::Now(permit) = made_up(&mut remote, &mut dice, at(now)) else { panic!("no permit") };
            let response = response.map(|(status, body)| HttpResponse::new(status, body));
            let outcome = permit.receive(response.ok_or_else(NoResponse::default));
            let error = remote.complete(outcome, at(now)).unwrap_err();
            assert_eq!(super::support::variant(&error), reason);
            assert_eq!(u64::from(remote.status(at(now)).failures), failures);
            assert_good(&remote, at(now));
        }
        // What verifies is what the key that was fetched signed, and nothing else.
        let forged = signer("hmac-64").token(r#"{"alg":"HS256","kid":"a"}"#, "{}");
        let invalid = Error::Signature(jose_core::error::SignatureError::Invalid);
        assert_eq!(outcome(remote.keys(at(300)).unwrap(), H.into(), &forged), Err(invalid));
        assert_eq!(outcome(key("hmac-64"), H.into(), &forged), Ok(H));
    }
}
