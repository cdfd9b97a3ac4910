//! The claims of verified tokens: their types, times to the second, and the policy.

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

use core::time::Duration;

use jose_core::json::{JsonString, Value};
use jose_core::{
    Claims, ClaimsPolicy, Expect, UnixTime, Verifier,
    error::{ClaimsError, JsonErrorKind},
};
use support::Dice;

/// What is asked of the claims of a token with this payload.
fn with<R>(
    payload: &str,
    policy: &ClaimsPolicy<'_>,
    now: i64,
    ask: impl FnOnce(Result<Claims<'_>, ClaimsError>) -> R,
) -> R {
    let algorithm = support::algorithms()[0];
    let key = support::usual_key(algorithm);
    let token = support::token(algorithm, payload);
    let mut scratch = [0; 1 << 14];
    let verified = Verifier::new(&key).verify(&token, &mut scratch).unwrap();
    ask(verified.claims(policy, UnixTime::from_secs(now)))
}

/// The same on a device without a clock.
fn without_clock<R>(
    payload: &str,
    policy: &ClaimsPolicy<'_>,
    ask: impl FnOnce(Result<Claims<'_>, ClaimsError>) -> R,
) -> R {
    let algorithm = support::algorithms()[0];
    let key = support::usual_key(algorithm);
    let token = support::token(algorithm, payload);
    let mut scratch = [0; 1 << 14];
    let verified = Verifier::new(&key).verify(&token, &mut scratch).unwrap();
    ask(verified.claims_without_clock(policy))
}

fn judge(payload: &str, policy: &ClaimsPolicy<'_>, now: i64) -> Result<(), ClaimsError> {
    with(payload, policy, now, |claims| claims.map(|_| ()))
}

/// A policy that asks for nothing but the types that claims have anyway.
const ANYTHING: ClaimsPolicy<'static> =
    ClaimsPolicy::new(Expect::Anything, Expect::Anything).allow_missing_exp();
const TIMES_ONLY: ClaimsPolicy<'static> = ClaimsPolicy::new(Expect::Anything, Expect::Anything);

const fn leeway(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn at(seconds: i64) -> UnixTime {
    UnixTime::from_secs(seconds)
}

/// `Debug` tells what a thing is, and nothing of what the claims say.
#[test]
fn debug_shows_no_claim() {
    let algorithm = support::algorithms()[0];
    let key = support::usual_key(algorithm);
    let token = support::token(algorithm, r#"{"sub":"somebody"}"#);
    let mut scratch = [0; 1 << 14];
    let verified = Verifier::new(&key).verify(&token, &mut scratch).unwrap();
    let claims = verified.claims(&ANYTHING, at(0)).unwrap();
    assert_eq!(format!("{claims:?} {:?}", claims.subject().unwrap()), r#"Claims { .. } Some("somebody")"#);
    let shown = format!("{verified:?}");
    assert!(shown.starts_with("VerifiedJws { algorithm: ") && !shown.contains("somebody"), "{shown}");
}

/// What a policy looks at must have its type, whatever else is expected of it. What it does not look at is
/// judged where it is read, and is never absent there. `exp` and `nbf` are always looked at.
#[test]
fn wrong_types() {
    let strings = [r#""a""#, r#""""#, r#""1""#];
    let numbers = ["1", "0", "-1", "1.5", "1e3"];
    let others = ["null", "true", "false", "{}", r#"{"a":"a"}"#];
    let arrays = ["[]", r#"["a"]"#, r#"["a","b"]"#];
    let mixed = ["[1]", r#"["a",1]"#, r#"["a",null]"#, r#"[["a"]]"#, r#"["a",["a"]]"#, r#"[{"a":"a"}]"#];
    let groups: [&[&str]; 5] = [&strings, &numbers, &others, &arrays, &mixed];
    // Which of the groups a claim may be of, and what it is said to be.
    let claims = [
        ("iss", "a string", [true, false, false, false, false]),
        ("sub", "a string", [true, false, false, false, false]),
        ("jti", "a string", [true, false, false, false, false]),
        ("aud", "a string or an array of strings", [true, false, false, true, false]),
        ("exp", "a number of seconds", [false, true, false, false, false]),
        ("nbf", "a number of seconds", [false, true, false, false, false]),
        ("iat", "a number of seconds", [false, true, false, false, false]),
    ];
    // Accepts every `iss` and `aud` above, and times from long before the epoch on.
    let all = || Expect::any_of(&["a", "", "1"]);
    let strict =
        ClaimsPolicy::new(all(), all()).allow_missing_exp().max_age(Duration::MAX).leeway(leeway(600));
    let loose = ANYTHING.leeway(leeway(600));
    let mut cases = 0;
    for (name, expected, allowed) in claims {
        for (group, allowed) in groups.iter().zip(allowed) {
            for value in *group {
                // Before the epoch nothing has expired; `nbf` is granted ten minutes.
                let now = if ["nbf", "iat"].contains(&name) { 1000 } else { -700 };
                let found = match value.as_bytes()[0] {
                    b'n' => "null",
                    b't' | b'f' => "a boolean",
                    b'{' => "an object",
                    b'[' if name == "aud" => "an array of other values",
                    b'[' => "an array",
                    b'"' => "a string",
                    _ => "a number",
                };
                let wrong = ClaimsError::ClaimType { name, expected, found };
                let others = r#""iss":"a","aud":"a","iat":-700"#;
                // Nor does a name hide behind an escape, or behind other claims.
                let first = u32::from(name.as_bytes()[0]);
                for written in [name.to_owned(), format!("\\u{first:04x}{}", &name[1..])] {
                    let rest = others.split(',').filter(|other| !other.contains(name));
                    let rest: Vec<&str> = rest.collect();
                    let payload = format!(r#"{{"own":null,{},"{written}":{value},"z":0}}"#, rest.join(","));
                    let judged = ["iss", "aud", "iat"].contains(&name);
                    let always = ["exp", "nbf"].contains(&name);
                    for (policy, looks) in [(&strict, judged || always), (&loose, always)] {
                        let outcome =
                            with(&payload, policy, now, |claims| claims.map(|claims| read(&claims, name)));
                        // No member of an empty array is expected.
                        if name == "aud" && *value == "[]" && looks {
                            assert!(
                                matches!(outcome, Err(ClaimsError::AudienceMismatch { .. })),
                                "{payload}"
                            );
                            continue;
                        }
                        let expected = match (allowed, looks) {
                            (true, _) => Ok(Ok(true)),
                            (false, true) => Err(wrong),
                            (false, false) => Ok(Err(wrong)),
                        };
                        assert_eq!(outcome, expected, "{payload}");
                    }
                    cases += 1;
                }
            }
        }
    }
    assert_eq!(cases, 7 * 22 * 2);
}

/// Whether the accessor of a registered claim gives something, or what it says instead.
fn read(claims: &Claims<'_>, name: &str) -> Result<bool, ClaimsError> {
    match name {
        "iss" => claims.issuer().map(|text| text.is_some()),
        "sub" => claims.subject().map(|text| text.is_some()),
        "jti" => claims.jwt_id().map(|text| text.is_some()),
        "aud" => claims.audiences().map(|_| claims.get("aud").is_some()),
        "exp" => claims.expires_at().map(|time| time.is_some()),
        "nbf" => claims.not_before().map(|time| time.is_some()),
        _ => claims.issued_at().map(|time| time.is_some()),
    }
}

/// A payload is JSON, strict at every level, and an object.
#[test]
fn payloads_that_are_no_claims() {
    for payload in ["null", "[]", "5", r#""exp""#, r#"[{"exp":1}]"#, " true "] {
        assert_eq!(judge(payload, &ANYTHING, 0), Err(ClaimsError::NotObject), "{payload}");
    }
    use JsonErrorKind as K;
    for (payload, kind, offset) in [
        ("", K::ExpectedValue, 0),
        ("{", K::ExpectedName, 1),
        (r#"{"exp":1,"exp":2}"#, K::DuplicateName, 9),
        (r#"{"exp":1,"e\u0078p":2}"#, K::DuplicateName, 9),
        (r#"{"own":{"a":1,"a":1}}"#, K::DuplicateName, 14),
        (r#"{"exp":1}x"#, K::ExpectedEnd, 9),
        (r#"{"exp":01}"#, K::LeadingZero, 8),
        (r#"{"exp":+1}"#, K::ExpectedValue, 7),
        (r#"{"exp":NaN}"#, K::ExpectedValue, 7),
        (r#"{"exp":1,}"#, K::ExpectedName, 9),
        (r#"{'exp':1}"#, K::ExpectedName, 1),
        (r#"{"iss":"\ud800"}"#, K::LoneSurrogate, 8),
        ("{\"iss\":\"\n\"}", K::ControlCharacter, 8),
        ("\u{feff}{}", K::ByteOrderMark, 0),
    ] {
        let expected = ClaimsError::Json(support::json_error(payload, kind, offset));
        assert_eq!(judge(payload, &ANYTHING, 0), Err(expected), "{payload}");
    }
}

/// `exp` is the first second at which a token is no longer valid and `nbf` the first at which it is, each
/// shifted by the leeway, and neither overflows.
#[test]
fn boundary_seconds() {
    let mut cases = 0;
    for slack in [0_i64, 1, 60, 600] {
        let policy = TIMES_ONLY.leeway(leeway(slack.unsigned_abs()));
        let granted = leeway(slack.unsigned_abs());
        for date in [-1_000_i64, -1, 0, 1, 1_300_819_380, 4_102_444_800, (1 << 53) + 1, 1 << 61, -(1 << 61)] {
            for step in [-1_000_000, -2, -1, 0, 1, 2, 1_000_000, i64::MIN / 2, i64::MAX / 2] {
                let now = date + slack + step;
                let expired = ClaimsError::Expired { exp: at(date), now: at(now), leeway: granted };
                let expected = if step < 0 { Ok(()) } else { Err(expired) };
                assert_eq!(judge(&format!(r#"{{"exp":{date}}}"#), &policy, now), expected);

                let now = date - slack + step;
                let early = ClaimsError::NotYetValid { nbf: at(date), now: at(now), leeway: granted };
                let expected = if step < 0 { Err(early) } else { Ok(()) };
                let policy = policy.clone().allow_missing_exp();
                assert_eq!(judge(&format!(r#"{{"nbf":{date}}}"#), &policy, now), expected);
                cases += 2;
            }
        }
    }
    assert_eq!(cases, 4 * 9 * 9 * 2);
    // The difference of two `i64`s need not be one.
    let policy = TIMES_ONLY.leeway(leeway(600)).allow_missing_exp();
    let oldest = i64::MAX.abs_diff(-(1 << 62));
    for (age, too_old) in [(i64::MAX.unsigned_abs() - 1, true), (oldest - 601, true), (oldest - 600, false)] {
        let policy = policy.clone().max_age(Duration::from_secs(age));
        let found = judge(r#"{"iat":-4611686018427387904}"#, &policy, i64::MAX);
        assert_eq!(matches!(found, Err(ClaimsError::TooOld { .. })), too_old, "{age}: {found:?}");
        assert_eq!(found.is_ok(), !too_old);
    }
    for now in [i64::MIN, i64::MAX] {
        let policy = ANYTHING.leeway(leeway(600)).max_age(Duration::MAX);
        assert!(judge(r#"{"exp":0,"nbf":0,"iat":0}"#, &policy, now).is_err());
        assert!(judge(r#"{"exp":9007199254740992}"#, &TIMES_ONLY, i64::MIN).is_ok());
        // The greatest `exp` is for ever.
        let expired = judge(r#"{"exp":9223372036854775807}"#, &TIMES_ONLY, now);
        assert_eq!(expired.is_ok(), now != i64::MAX, "{now}");
    }
}

/// A leeway is at most ten minutes, and a fraction of a second is ignored, as it is in an age.
#[test]
fn durations_are_whole_seconds() {
    let expires = |granted| {
        let policy = TIMES_ONLY.leeway(granted);
        let expired = |now: &i64| judge(r#"{"exp":1000}"#, &policy, *now).is_err();
        (1000..3000).find(expired).unwrap()
    };
    let half = Duration::from_millis(500);
    assert_eq!([expires(half), expires(leeway(2) + half), expires(leeway(600) - half)], [1000, 1002, 1599]);
    for long in [leeway(600), leeway(600) + half, leeway(601), Duration::MAX] {
        assert_eq!(expires(long), 1600, "{long:?}");
    }
    let ages = |age| {
        let policy = ANYTHING.max_age(age);
        (0..3000).find(|now| judge(r#"{"iat":0}"#, &policy, *now).is_err())
    };
    assert_eq!([ages(half), ages(leeway(2) + half), ages(Duration::MAX)], [Some(1), Some(3), None]);
}

/// A token is as old as the seconds since `iat`, and a limit on that demands an `iat`.
#[test]
fn age() {
    let missing = Err(ClaimsError::ClaimMissing { name: "iat" });
    assert_eq!(judge("{}", &ANYTHING.max_age(Duration::from_secs(10)), 0), missing);
    assert_eq!(judge(r#"{"iat":99}"#, &ANYTHING, 0), Ok(()), "without a limit the future is no matter");
    for slack in [0_u64, 5] {
        let policy = ANYTHING.max_age(Duration::from_secs(10)).leeway(leeway(slack));
        let s = slack.cast_signed();
        let future =
            |now| Err(ClaimsError::IssuedInFuture { iat: at(1000), now: at(now), leeway: leeway(slack) });
        let old = |now| {
            Err(ClaimsError::TooOld {
                iat: at(1000),
                now: at(now),
                max_age: Duration::from_secs(10),
                leeway: leeway(slack),
            })
        };
        for iat in ["1000", "1000.0", "1000.999", "1e3", "10000e-1"] {
            let judge = |now| judge(&format!(r#"{{"iat":{iat}}}"#), &policy, now);
            assert_eq!(judge(999 - s), future(999 - s), "{iat}");
            assert_eq!(judge(1000 - s), Ok(()), "{iat}");
            assert_eq!(judge(1010 + s), Ok(()), "{iat}");
            assert_eq!(judge(1011 + s), old(1011 + s), "{iat}");
        }
    }
}

/// What a policy expects of `iss` and `aud`, each by itself: the claim's JSON and the outcome.
#[test]
fn expectations() {
    #[derive(Clone, Copy, Debug)]
    enum Outcome {
        Met,
        Mismatch,
        Missing,
        Present,
    }
    use Outcome::{Met, Mismatch, Missing, Present};
    let (value, any) = (Expect::Exactly("https://a"), Expect::any_of(&["https://b", "https://a"]));
    let (absent, ignore) = (Expect::Forbidden, Expect::Anything);
    // The claim; then what becomes of it under each expectation.
    let table: [(&str, [Outcome; 4]); 16] = [
        ("", [Missing, Missing, Met, Met]),
        (r#""https://a""#, [Met, Met, Present, Met]),
        (r#""https:\/\/a""#, [Met, Met, Present, Met]),
        (r#""\u0068ttps://\u0061""#, [Met, Met, Present, Met]),
        (r#""https://b""#, [Mismatch, Met, Present, Met]),
        (r#""https:\\/\\/a""#, [Mismatch, Mismatch, Present, Met]),
        (r#""https://a/""#, [Mismatch, Mismatch, Present, Met]),
        (r#""HTTPS://a""#, [Mismatch, Mismatch, Present, Met]),
        (r#"" https://a""#, [Mismatch, Mismatch, Present, Met]),
        (r#""https://a\u0000""#, [Mismatch, Mismatch, Present, Met]),
        (r#""""#, [Mismatch, Mismatch, Present, Met]),
        // Arrays are for `aud` alone.
        ("[]", [Mismatch, Mismatch, Present, Met]),
        (r#"["https://a"]"#, [Met, Met, Present, Met]),
        (r#"["x","https:\/\/a","y"]"#, [Met, Met, Present, Met]),
        (r#"["x","https://b"]"#, [Mismatch, Met, Present, Met]),
        (r#"["x","y"]"#, [Mismatch, Mismatch, Present, Met]),
    ];
    let mut cases = 0;
    for (json, row) in table {
        for (expect, outcome) in [&value, &any, &absent, &ignore].into_iter().zip(row) {
            for (name, policy) in [
                ("iss", ClaimsPolicy::new(expect.clone(), Expect::Anything)),
                ("aud", ClaimsPolicy::new(Expect::Anything, expect.clone())),
            ] {
                let payload = match json {
                    "" => "{}".to_owned(),
                    json => format!(r#"{{"{name}":{json}}}"#),
                };
                let found = judge(&payload, &policy.allow_missing_exp(), 0);
                cases += 1;
                if name == "iss" && json.starts_with('[') {
                    let wrong = ClaimsError::ClaimType { name, expected: "a string", found: "an array" };
                    let expected = match expect {
                        Expect::Anything => Ok(()),
                        Expect::Forbidden => Err(ClaimsError::ClaimPresent { name }),
                        _ => Err(wrong),
                    };
                    assert_eq!(found, expected, "{payload}");
                    continue;
                }
                let fits = match outcome {
                    Met => found == Ok(()),
                    Missing => found == Err(ClaimsError::ClaimMissing { name }),
                    Present => found == Err(ClaimsError::ClaimPresent { name }),
                    Mismatch => match (name, &found) {
                        ("iss", Err(ClaimsError::IssuerMismatch { .. })) => true,
                        (_, Err(ClaimsError::AudienceMismatch { .. })) => name == "aud",
                        _ => false,
                    },
                };
                assert!(fits, "{payload}, {expect:?}: {found:?} where {outcome:?} is right");
            }
        }
    }
    assert_eq!(cases, 16 * 4 * 2);
}

/// Both sides of a mismatch are told, and each text of them.
#[test]
fn both_sides_of_a_mismatch() {
    fn sides(payload: &str, policy: &ClaimsPolicy<'_>) -> String {
        match judge(payload, policy, 0) {
            Err(ClaimsError::IssuerMismatch { found, expected }) => format!("iss {found}, {expected}"),
            Err(ClaimsError::AudienceMismatch { found, expected }) => format!("aud {found}, {expected}"),
            other => panic!("{payload}: {other:?}"),
        }
    }
    let issuer = ClaimsPolicy::new(Expect::any_of(&["https://a", "https://b"]), Expect::Anything);
    let audience = ClaimsPolicy::new(Expect::Anything, Expect::Exactly("api"));
    // A device shows the first text of a list.
    let (issuers, audiences) = match cfg!(feature = "alloc") {
        true => (r#"iss "https://x", "https://a", "https://b""#, r#"aud "web", "x", "api""#),
        false => (r#"iss "https://x", "https://a""#, r#"aud "web", "api""#),
    };
    assert_eq!(sides(r#"{"exp":1,"iss":"\u0068ttps:\/\/x"}"#, &issuer), issuers);
    assert_eq!(sides(r#"{"exp":1,"aud":["web","x"]}"#, &audience), audiences);
    assert_eq!(sides(r#"{"exp":1,"aud":[]}"#, &audience), r#"aud none, "api""#);
    // However long both are the same, and of whatever characters, what is shown of them differs.
    for (letter, same) in
        ["a", "\u{e9}"].into_iter().flat_map(|letter| (0..80).map(move |same| (letter, same)))
    {
        let (own, other) = (letter.repeat(same) + "/v2.0/", letter.repeat(same) + "/v1.0/");
        let policy = ClaimsPolicy::new(Expect::Anything, Expect::Exactly(&other));
        let shown = sides(&format!(r#"{{"exp":1,"aud":"{own}"}}"#), &policy);
        assert!(shown.contains("v2.0") && shown.contains("v1.0"), "{same}: {shown}");
    }
}

/// The first thing that is wrong is named: that the times are there and times, then `iss`, `aud`, and what
/// the times say.
#[test]
fn order_of_the_checks() {
    let policy =
        ClaimsPolicy::new(Expect::Exactly("a"), Expect::Exactly("b")).max_age(Duration::from_secs(10));
    let steps = [
        (r#"{"iss":5,"aud":5,"nbf":"x","jti":5}"#, "ClaimMissing"),
        (r#"{"iss":5,"aud":5,"nbf":"x","exp":"x"}"#, "ClaimType"),
        (r#"{"iss":5,"aud":5,"nbf":1e99,"exp":1}"#, "DateOutOfRange"),
        (r#"{"iss":"x","aud":"x","nbf":9e3,"exp":1}"#, "ClaimMissing"),
        (r#"{"iss":"x","aud":5,"nbf":9e3,"exp":1,"iat":7e3}"#, "IssuerMismatch"),
        (r#"{"iss":"a","aud":5,"nbf":9e3,"exp":1,"iat":7e3}"#, "ClaimType"),
        (r#"{"iss":"a","aud":"x","nbf":9e3,"exp":1,"iat":7e3}"#, "AudienceMismatch"),
        (r#"{"iss":"a","aud":"b","nbf":9e3,"exp":1,"iat":7e3}"#, "Expired"),
        (r#"{"iss":"a","aud":"b","nbf":9e3,"exp":8e3,"iat":7e3}"#, "NotYetValid"),
        (r#"{"iss":"a","aud":"b","nbf":1,"exp":8e3,"iat":7e3}"#, "IssuedInFuture"),
        (r#"{"iss":"a","aud":"b","nbf":1,"exp":8e3,"iat":7}"#, "TooOld"),
    ];
    for (payload, expected) in steps {
        assert_eq!(support::variant(&judge(payload, &policy, 1000).unwrap_err()), expected, "{payload}");
    }
    assert_eq!(judge(r#"{"iss":"a","aud":"b","nbf":1,"exp":8e3,"iat":999}"#, &policy, 1000), Ok(()));
}

/// The seconds below and above an exact decimal number, or `None` beyond 2^63 - 1: the digits are written
/// out without an exponent, and cut at the point.
fn reference(text: &str) -> Option<(i64, i64)> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().unwrap();
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let zeros = "0".repeat(exponent.unsigned_abs().try_into().unwrap());
    let digits = format!("{zeros}{whole}{fraction}{zeros}");
    let point = i32::try_from(zeros.len() + whole.len()).unwrap() + exponent;
    let (whole, fraction) = digits.split_at(point.try_into().unwrap());
    let whole = whole.trim_start_matches('0');
    let magnitude: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let part = fraction.contains(|digit| digit != '0');
    let (floor, ceiling) = match negative {
        false => (magnitude, magnitude + i128::from(part)),
        true => (-magnitude - i128::from(part), -magnitude),
    };
    let most = i128::from(i64::MAX);
    let bounds = floor.try_into().ok().zip(ceiling.try_into().ok());
    bounds.filter(|_| (-most..=most).contains(&floor) && (-most..=most).contains(&ceiling))
}

/// Any number that JSON can write, held against exact arithmetic: `exp` and `nbf` count from the second
/// above, `iat` from the one below.
#[test]
fn dates_against_exact_decimals() {
    let mut dice = Dice::new(7);
    let mut texts: Vec<String> = [
        "0",
        "-0",
        "0.0",
        "-0.0e5",
        "0e99",
        "1.5",
        "-1.5",
        "-0.5",
        "0.5",
        "0.999999999999999999999",
        "1e0",
        "1E+0",
        "12e-1",
        "100e-2",
        "9007199254740992",
        "9007199254740993",
        "-9007199254740992",
        "-9007199254740993",
        "9007199254740991.5",
        "0.0000001e7",
        "1e15",
        "1e16",
        "9.007199254740992e15",
        "18446744073709551616",
        "18446744073709551617e-1",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775807",
        "-9223372036854775808",
        "9223372036854775806.5",
        "9223372036854775807.5",
        "-9223372036854775806.5",
        "-9223372036854775807.5",
        "92233720368547758070e-1",
        "9223372036854775.8071e3",
        "1e18",
        "1e19",
        "1e400",
        "-1e400",
        "1e-400",
        "-1e-400",
        "123456789012345678901234567890e-25",
    ]
    .map(str::to_owned)
    .into();
    // A token costs what its algorithm costs.
    for _ in 0..if cfg!(feature = "hs256") { 4000 } else { 100 } {
        let mut text = ["", "-"][dice.below(2)].to_owned();
        let digits = |dice: &mut Dice, length| -> String {
            (0..length).map(|_| char::from(b"0001234567899"[dice.below(13)])).collect()
        };
        let length = 1 + dice.below(20);
        let whole = digits(&mut dice, length);
        // JSON has no leading zeros.
        let whole = whole.trim_start_matches('0');
        text += if whole.is_empty() { "0" } else { whole };
        if dice.below(2) == 0 {
            let length = 1 + dice.below(20);
            text = text + "." + &digits(&mut dice, length);
        }
        if dice.below(2) == 0 {
            let sign = ["", "+", "-"][dice.below(3)];
            text = text + ["e", "E"][dice.below(2)] + sign + &dice.below(30).to_string();
        }
        texts.push(text);
    }
    let mut whole = 0;
    for text in &texts {
        let expected = reference(text);
        let payload = format!(r#"{{"exp":{text},"nbf":{text},"iat":{text}}}"#);
        // Without a clock each can be read; out of range, the first that is looked at is refused.
        let found = without_clock(&payload, &ANYTHING, |claims| {
            claims.map(|claims| {
                (claims.issued_at().unwrap(), claims.not_before().unwrap(), claims.expires_at().unwrap())
            })
        });
        let times = expected.map(|(floor, ceiling)| (Some(at(floor)), Some(at(ceiling)), Some(at(ceiling))));
        assert_eq!(found, times.ok_or(ClaimsError::DateOutOfRange { name: "exp" }), "{text}");
        let Some((floor, ceiling)) = expected else { continue };
        whole += 1;
        let last = judge(&format!(r#"{{"exp":{text}}}"#), &ANYTHING, ceiling - 1);
        assert_eq!(last, Ok(()), "{text}, {floor}");
        // In exact arithmetic: at `floor` the time has not passed what has a fraction.
        let early = judge(&format!(r#"{{"nbf":{text}}}"#), &ANYTHING, ceiling - 1);
        assert!(matches!(early, Err(ClaimsError::NotYetValid { nbf, .. }) if nbf == at(ceiling)), "{text}");
        assert_eq!(judge(&format!(r#"{{"nbf":{text}}}"#), &ANYTHING, ceiling), Ok(()), "{text}");
    }
    assert!(whole > 20 && whole < texts.len(), "{whole} of {} in range", texts.len());
}

const RICH: &str = r#"{"iss":"https:\/\/a","sub":"\u00fc\ud83d\udd11","aud":["x","\u0079"],"exp":2e9,"nbf":1.25,
    "iat":-1.25,"jti":"","own":{"iss":"inner"},"\u006eames":[1,"two",null,true,-0.5e1]}"#;

#[test]
fn accessors() {
    let text = |string: Option<JsonString<'_>>| string.map(|string| string.to_string());
    with(RICH, &TIMES_ONLY, 2, |claims| {
        let claims = claims.unwrap();
        assert_eq!(text(claims.issuer().unwrap()).as_deref(), Some("https://a"));
        assert_eq!(text(claims.subject().unwrap()).as_deref(), Some("\u{fc}\u{1f511}"));
        assert_eq!(text(claims.jwt_id().unwrap()).as_deref(), Some(""));
        assert!(claims.audiences().unwrap().map(|one| one.to_string()).eq(["x", "y"]));
        let times = [claims.expires_at(), claims.not_before(), claims.issued_at()];
        assert_eq!(times, [Ok(Some(at(2_000_000_000))), Ok(Some(at(2))), Ok(Some(at(-2)))]);
        let names = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "own", "names"];
        assert!(claims.iter().map(|(name, _)| name.to_string()).eq(names));
        assert!(matches!(claims.get("exp"), Some(Value::Number("2e9"))));
        let Some(Value::Object(own)) = claims.get("own") else { panic!() };
        assert!(own.get("iss").and_then(Value::as_string).is_some_and(|inner| inner == "inner"));
        let Some(Value::Array(names)) = claims.get("names") else { panic!() };
        assert_eq!(names.iter().count(), 5);
        assert!(claims.get("nam").is_none() && claims.get("\\u006eames").is_none());
    });
    with("{}", &ANYTHING, 0, |claims| {
        let claims = claims.unwrap();
        assert_eq!((claims.audiences().unwrap().count(), claims.iter().count()), (0, 0));
        for name in ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"] {
            assert_eq!((read(&claims, name), claims.get(name)), (Ok(false), None));
        }
    });
    with(r#"{"aud":"\u0061"}"#, &ANYTHING, 0, |claims| {
        assert!(claims.unwrap().audiences().unwrap().map(|one| one.to_string()).eq(["a"]));
    });
}

/// Claims as a type of one's own: borrowed where they can be, and refused where they do not fit.
#[cfg(feature = "serde")]
#[test]
fn typed() {
    #[derive(serde::Deserialize)]
    struct Own<'t> {
        iss: String,
        #[serde(borrow)]
        aud: Vec<std::borrow::Cow<'t, str>>,
        exp: f64,
        names: (u8, &'t str, Option<u8>, bool, f32),
    }
    #[derive(Debug, serde::Deserialize)]
    struct Other {
        #[serde(rename = "own")]
        _own: u8,
    }
    with(RICH, &TIMES_ONLY, 2, |claims| {
        let own: Own<'_> = claims.unwrap().deserialize().unwrap();
        assert_eq!((&*own.iss, own.exp, own.names), ("https://a", 2e9, (1, "two", None, true, -5.0)));
        assert_eq!(own.aud, ["x", "y"]);
        let error = claims.unwrap().deserialize::<Other>().unwrap_err();
        // serde_json says where the map begins, or where it ends, by its features.
        let last = RICH.lines().last().unwrap();
        let message = |column| {
            format!(
                "claims: expected the type that they are deserialized into, found another at line 2 column \
                 {column}: invalid type: map, expected u8"
            )
        };
        let columns = [last.find(r#""own":{"#).unwrap() + r#""own":"#.len(), last.len()];
        assert_eq!(error.code(), "Deserialize");
        assert!(columns.map(message).contains(&error.to_string()), "{error}");
    });
}

/// A claim is found by its name in any spelling, among few and among many, registered or not; and one that
/// is not there is not found.
#[test]
fn claims_by_name() {
    for count in [1, 2, 26, 27, 28, 29, 100, 300] {
        let name = |number: usize| match number % 4 {
            0 => (format!("{number}"), format!("{number}")),
            1 => (format!("https://issuer.example/{number}"), format!(r"https:\/\/issuer.example\/{number}")),
            2 => (format!("\u{e9}{number}"), format!(r"\u00e9{number}")),
            _ => (format!("c\0{number}"), format!(r"\u0063\u0000{number}")),
        };
        let members: Vec<_> =
            (0..count).map(|number| format!(r#""{}":{{"{number}":[{number}]}}"#, name(number).1)).collect();
        let payload = format!(r#"{{"sub":"s",{}}}"#, members.join(","));
        with(&payload, &ANYTHING, 0, |claims| {
            let claims = claims.unwrap();
            for number in 0..count {
                let Some(Value::Object(found)) = claims.get(&name(number).0) else {
                    panic!("{number} of {count}")
                };
                assert!(found.get(&number.to_string()).is_some(), "{number} of {count}");
            }
            assert!(claims.get("sub").is_some_and(|sub| sub.as_string().unwrap() == "s"));
            let absent =
                ["", "su", "sub\0", "subject", "https://issuer.example/", "\u{e9}", r"\u0063", "\"", "400"];
            assert!(absent.iter().all(|name| claims.get(name).is_none()), "{count}");
            assert_eq!(claims.iter().count(), count + 1);
        });
    }
}

/// An expired token whose other claims count: all else is checked as ever.
#[test]
fn expired_tokens_that_are_allowed() {
    let policy = ClaimsPolicy::new(Expect::Exactly("a"), Expect::Exactly("b")).allow_expired();
    for (payload, expected) in [
        (r#"{"iss":"a","aud":"b","exp":1}"#, Ok(())),
        (r#"{"iss":"a","aud":"b","exp":9e9}"#, Ok(())),
        (r#"{"iss":"a","aud":"b"}"#, Err("ClaimMissing")),
        (r#"{"iss":"a","aud":"b","exp":null}"#, Err("ClaimType")),
        (r#"{"iss":"a","aud":"b","exp":1e99}"#, Err("DateOutOfRange")),
        (r#"{"iss":"x","aud":"b","exp":1}"#, Err("IssuerMismatch")),
        (r#"{"iss":"a","aud":"x","exp":1}"#, Err("AudienceMismatch")),
        (r#"{"iss":"a","aud":"b","exp":1,"nbf":1001}"#, Err("NotYetValid")),
        (r#"{"iss":"a","aud":"b","exp":1,"nbf":"1"}"#, Err("ClaimType")),
    ] {
        let found = judge(payload, &policy, 1000).map_err(|error| support::variant(&error));
        assert_eq!(found, expected.map_err(str::to_owned), "{payload}");
    }
    let aged = policy.max_age(Duration::from_secs(10));
    assert_eq!(judge(r#"{"iss":"a","aud":"b","exp":1,"iat":990}"#, &aged, 1000), Ok(()));
    assert!(judge(r#"{"iss":"a","aud":"b","exp":1,"iat":989}"#, &aged, 1000).is_err());
}

/// A device without a clock checks all but the times, which can be read, and checked once it has one.
#[test]
fn a_device_without_a_clock() {
    let policy = ClaimsPolicy::new(Expect::Exactly("a"), Expect::Anything)
        .max_age(Duration::from_secs(10))
        .leeway(leeway(5));
    for (payload, expected) in [
        (r#"{"iss":"a","exp":1,"iat":5}"#, Ok(())),
        (r#"{"iss":"a","exp":1,"nbf":9e9,"iat":9e9}"#, Ok(())),
        (r#"{"iss":"a","iat":5}"#, Err("ClaimMissing")),
        (r#"{"iss":"a","exp":1}"#, Err("ClaimMissing")),
        (r#"{"iss":"a","exp":"1","iat":5}"#, Err("ClaimType")),
        (r#"{"iss":"a","exp":1,"iat":null}"#, Err("ClaimType")),
        (r#"{"iss":"a","exp":1,"iat":5,"nbf":1e99}"#, Err("DateOutOfRange")),
        (r#"{"iss":"b","exp":1,"iat":5}"#, Err("IssuerMismatch")),
    ] {
        let found = without_clock(payload, &policy, |claims| claims.map(drop));
        assert_eq!(
            found.map_err(|error| support::variant(&error)),
            expected.map_err(str::to_owned),
            "{payload}"
        );
    }
    without_clock(r#"{"iss":"a","exp":2000,"nbf":1000,"iat":1000}"#, &policy, |claims| {
        let claims = claims.unwrap();
        assert_eq!((claims.issued_at(), claims.expires_at()), (Ok(Some(at(1000))), Ok(Some(at(2000)))));
        for (now, expected) in [
            (994, Err("NotYetValid")),
            (995, Ok(())),
            (1015, Ok(())),
            (1016, Err("TooOld")),
            (2005, Err("Expired")),
        ] {
            let found = claims.check_times(&policy, at(now)).map_err(|error| support::variant(&error));
            assert_eq!(found, expected.map_err(str::to_owned), "{now}");
        }
    });
}

/// Octets that were verified otherwise are held to the policy as a token's payload is.
#[test]
fn octets_that_were_verified_otherwise() {
    let policy = ClaimsPolicy::new(Expect::Exactly("a"), Expect::Anything);
    for payload in
        [r#"{"iss":"a","exp":2}"#, r#"{"iss":"a","exp":1}"#, r#"{"iss":5,"exp":2}"#, "[]", "{", "\u{feff}{}"]
    {
        let found = Claims::dangerous_from_octets(payload.as_bytes(), &policy, at(1));
        assert_eq!(found.as_ref().map(drop), judge(payload, &policy, 1).as_ref().map(drop), "{payload}");
        assert_eq!(found.is_ok(), payload == r#"{"iss":"a","exp":2}"#);
    }
}

/// A clock that stands before 1970 gives no time, and none that anything is valid at.
#[cfg(feature = "std")]
#[test]
fn clocks_before_the_epoch() {
    use core::time::Duration;
    use std::time::UNIX_EPOCH;

    let second = Duration::from_secs(1);
    assert_eq!(UnixTime::try_from(UNIX_EPOCH), Ok(at(0)));
    assert_eq!(UnixTime::try_from(UNIX_EPOCH + Duration::from_millis(1999)), Ok(at(1)));
    for before in [Duration::from_nanos(1), second, Duration::from_secs(1 << 32)] {
        assert_eq!(UnixTime::try_from(UNIX_EPOCH - before), Err(jose_core::error::ClockError));
    }
    assert!(UnixTime::now().unwrap() > at(1_700_000_000));
    assert!(jose_core::error::ClockError.to_string().contains("1970"));
}
