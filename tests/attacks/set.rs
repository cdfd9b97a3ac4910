//! Attacks through sets of keys, and on how they are fetched.

use Algorithm::{Es256 as E, Hs256 as H, Rs256 as R};
use jose_core::{
    Algorithm, AlgorithmSet, Base64Error, Error, FetchError, HttpResponse, JsonError, JsonErrorKind, Jwks,
    KeyError, KeySet, Refetch, Refreshed, RemoteKeySet, RotationPolicy, SelectError, SetError, UnixTime,
    Unreachable,
};

use super::support::{Dice, b64, excerpt, jwk, key, member, outcome, outcome_of_set, signer};

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
            KeyError::ModulusTooSmall { bits: 17, least: 2048 },
        ),
        (jwk("rsa-1024", r#""kid":"bad""#), KeyError::ModulusTooSmall { bits: 1024, least: 2048 }),
        (
            format!(r#"{{"kid":"bad","kty":"EC","crv":"P-256","x":"{x}=","y":"{x}"}}"#),
            KeyError::Base64 { name: "x", error: Base64Error::Byte { byte: b'=', offset: 43 } },
        ),
        (
            format!(r#"{{"kid":"bad","kty":"EC","crv":"P-256","x":"{x}","y":"{x}"}}"#),
            KeyError::PointNotOnCurve,
        ),
        (jwk("p256", r#""kid":"bad","use":"enc""#), KeyError::UseNotSig { key_use: excerpt("enc") }),
        (
            jwk("p256", r#""kid":"bad","key_ops":"verify""#),
            wrong_type("key_ops", "an array of strings", "a string"),
        ),
        (jwk("p256", r#""kid":"bad","alg":"ES512""#), KeyError::AlgUnsupported { alg: excerpt("ES512") }),
        (jwk("hmac-32", r#""kid":"bad""#), KeyError::AlgNotAllowed { alg: H, allowed: PUBLIC }),
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
            let refusal = match has_kid {
                true => SelectError::KeySetAside { reason },
                false => SelectError::KidUnknown { keys: 4 },
            };
            assert_eq!(outcome_of_set(&set, PUBLIC, &asked), Err(refusal.into()), "{set}");
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
            let aside = SelectError::KeySetAside { reason };
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

fn at(seconds: i64) -> UnixTime {
    UnixTime::from_seconds(1_700_000_000 + seconds)
}

fn document() -> String {
    format!(r#"{{"keys":[{}]}}"#, jwk("hmac-32", r#""kid":"a""#))
}

/// A set that was fetched at the start.
fn fetched() -> RemoteKeySet {
    let mut remote = RemoteKeySet::new(H.into(), RotationPolicy::new());
    let permit = remote.fetch_due(at(0)).unwrap();
    let response = document();
    let outcome = remote.complete(permit, Ok(HttpResponse::new(200, &response)), at(0), 0);
    assert_eq!(outcome, Ok(Refreshed::Replaced));
    remote
}

/// What the set says to a token with a kid that was made up, which is refused as it must be.
fn made_up(remote: &mut RemoteKeySet, dice: &mut Dice, now: UnixTime) -> Refetch {
    let kid = b64(dice.octets(12));
    let token = format!("{}.e30.{}", b64(format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#)), b64([0; 32]));
    let refusal = outcome(&remote.keys(now).unwrap(), H.into(), &token).unwrap_err();
    assert_eq!(refusal, Error::Select(SelectError::KidUnknown { keys: 1 }));
    remote.refused(&token, &refusal, now)
}

fn assert_good(remote: &RemoteKeySet, now: UnixTime) {
    let token = signer("hmac-32").token(r#"{"alg":"HS256","kid":"a"}"#, "{}");
    assert_eq!(outcome(&remote.keys(now).unwrap(), H.into(), &token), Ok(H));
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
                    let response = HttpResponse::new(200, &response);
                    let outcome = remote.complete(permit, Ok(response), at(seconds), 0);
                    assert_eq!(outcome, Ok(Refreshed::Confirmed));
                }
                Refetch::Later { seconds: wait } => assert_eq!(wait, remote.status(at(seconds)).permitted_in),
                other => panic!("{other:?} at {seconds} s"),
            }
            assert!(remote.status(at(seconds)).unknown_kids <= 32);
        }
        assert_eq!(expected.next(), None, "a fetch that was to be permitted");
    }
    assert_good(&remote, at(2000));

    // While a fetch is in flight there is no other; what else is wrong with a token is worth none.
    let Refetch::Now(permit) = made_up(&mut remote, &mut dice, at(2030)) else { panic!("no permit") };
    for _ in 0..1000 {
        assert!(matches!(made_up(&mut remote, &mut dice, at(2031)), Refetch::InFlight));
    }
    let refused = HttpResponse::new(200, &response);
    assert_eq!(remote.complete(permit, Ok(refused), at(2032), 0), Ok(Refreshed::Confirmed));
    let forged = signer("hmac-64").token(r#"{"alg":"HS256","kid":"a"}"#, "{}");
    let refusal = outcome(&remote.keys(at(2100)).unwrap(), H.into(), &forged).unwrap_err();
    assert_eq!(refusal, Error::Signature(jose_core::SignatureError::Invalid));
    assert!(matches!(remote.refused(&forged, &refusal, at(2100)), Refetch::Useless));
}

/// Seen in CVE-2026-48524.
#[test]
fn wiped_cache() {
    let (mut remote, mut dice) = (fetched(), Dice::new(19));
    let large = " ".repeat((512 << 10) + 1);
    let json = |kind, found, offset| FetchError::Set(SetError::Json(JsonError { kind, found, offset }));
    let unusable = |keys, first| FetchError::NoUsableKey { keys, first };
    let unknown = KeyError::KtyUnsupported { kty: excerpt("XX") };
    let status = |status| FetchError::Status { status };
    let (mut now, mut failures) = (0, 0);
    for (response, reason) in [
        (None, FetchError::Unreachable),
        (Some((500, "")), status(500)),
        (Some((503, &*document())), status(503)),
        (Some((404, "")), status(404)),
        (Some((204, "")), status(204)),
        (Some((304, "")), status(304)),
        (Some((200, "")), json(JsonErrorKind::ExpectedValue, None, 0)),
        (Some((200, "{")), json(JsonErrorKind::ExpectedName, None, 1)),
        (Some((200, "<html>")), json(JsonErrorKind::ExpectedValue, Some('<'), 0)),
        (Some((200, "{}")), FetchError::Set(SetError::KeysMissing)),
        (Some((200, "[]")), FetchError::Set(SetError::NotObject)),
        (Some((200, r#"{"keys":{}}"#)), FetchError::Set(SetError::KeysNotArray)),
        (Some((200, r#"{"keys":[]}"#)), unusable(0, None)),
        (Some((200, r#"{"keys":[{"kty":"XX"}]}"#)), unusable(1, Some(unknown))),
        (Some((200, r#"{"keys":[null,null]}"#)), unusable(2, Some(KeyError::NotObject))),
        (Some((200, &*large)), FetchError::Set(SetError::TooLong { length: large.len(), limit: 512 << 10 })),
    ] {
        // The cooldown first, and after each failure twice as long, up to 15 minutes. Nothing before the
        // pause is over, one fetch then.
        let pause = (30 << failures).min(900);
        assert_eq!(remote.status(at(now)).permitted_in, pause);
        now += i64::try_from(pause).unwrap();
        assert!(matches!(made_up(&mut remote, &mut dice, at(now - 1)), Refetch::Later { seconds: 1 }));
        let Refetch::Now(permit) = made_up(&mut remote, &mut dice, at(now)) else { panic!("no permit") };
        let response = response.map(|(status, body)| HttpResponse::new(status, body)).ok_or(Unreachable);
        assert_eq!(remote.complete(permit, response, at(now), 0), Err(reason));
        failures += 1;
        assert_good(&remote, at(now));
    }
    assert_eq!((failures, remote.status(at(now)).failures), (16, 16));
    // What verifies is what the key that was fetched signed, and nothing else.
    let forged = signer("hmac-64").token(r#"{"alg":"HS256","kid":"a"}"#, "{}");
    let invalid = Error::Signature(jose_core::SignatureError::Invalid);
    assert_eq!(outcome(&remote.keys(at(now)).unwrap(), H.into(), &forged), Err(invalid));
    assert_eq!(outcome(&key("hmac-64"), H.into(), &forged), Ok(H));
}
