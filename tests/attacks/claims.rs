//! Attacks through claims, under a signature that holds.

use core::time::Duration;

use jose_core::{Claims, ClaimsPolicy, Expect, UnixTime, Verifier, error::ClaimsError};

use super::support::{excerpt, excerpts, key, signer};

const ISSUER: &str = "https://issuer.example";
const NOW: i64 = 1000;

/// The outcome of a payload that is signed well.
pub(super) fn claims(payload: impl AsRef<[u8]>, policy: &ClaimsPolicy<'_>) -> Result<(), ClaimsError> {
    asked(payload, policy, |claims| claims.map(drop))
}

/// Verifies a token with this payload, and passes its claims to `ask`.
fn asked<R>(
    payload: impl AsRef<[u8]>,
    policy: &ClaimsPolicy<'_>,
    ask: impl FnOnce(Result<Claims<'_>, ClaimsError>) -> R,
) -> R {
    let key = key("hmac-32");
    let token = signer("hmac-32").token(r#"{"alg":"HS256"}"#, payload);
    let mut scratch = Vec::new();
    let verified = Verifier::new(&key).verify(&token, &mut scratch).unwrap();
    ask(verified.claims(policy, UnixTime::from_secs(NOW)))
}

/// Seen in CVE-2026-25537, CVE-2024-53861, CVE-2020-26160, CVE-2025-30144.
#[test]
fn claim_type_confusion() {
    let strict =
        ClaimsPolicy::new(Expect::Exactly(ISSUER), Expect::Exactly("api")).max_age(Duration::from_secs(5000));
    // Nothing is demanded; what is there must have its type where it is judged or read.
    let loose = ClaimsPolicy::new(Expect::Anything, Expect::Anything).allow_missing_exp();
    let good =
        r#"{"iss":"https://issuer.example","aud":"api","exp":2000,"nbf":1,"iat":1,"sub":"s","jti":"j"}"#;
    assert_eq!(claims(good, &strict), Ok(()));
    assert_eq!(claims(good, &loose), Ok(()));

    // Each changes one claim of the good ones.
    let changed = |member: &str, value: &str| {
        assert_eq!(good.matches(member).count(), 1, "{member}");
        good.replace(member, value)
    };
    let iss = r#""iss":"https://issuer.example","#;
    let aud = r#""aud":"api","#;
    let exp = r#""exp":2000,"#;
    let text = "a string";
    let seconds = "a number of seconds";
    let audience = "a string or an array of strings";

    // Whatever has the wrong type is refused where it is judged, and an error where it is read.
    for (member, values, expected) in [
        (iss, &[r#""iss":["https://issuer.example"],"#, r#""iss":5,"#, r#""iss":{},"#][..], text),
        (iss, &[r#""iss":[],"#, r#""iss":null,"#, r#""iss":true,"#], text),
        (iss, &[r#""iss":{"value":"https://issuer.example"},"#], text),
        (iss, &[r#""iss":["https://attacker.example","https://issuer.example"],"#], text),
        (aud, &[r#""aud":["other",1],"#, r#""aud":["api",1],"#, r#""aud":[1,"api"],"#], audience),
        (aud, &[r#""aud":{},"#, r#""aud":{"api":true},"#, r#""aud":{"0":"api"},"#], audience),
        (aud, &[r#""aud":[["api"]],"#, r#""aud":["api",null],"#, r#""aud":null,"#, r#""aud":0,"#], audience),
        (exp, &[r#""exp":"123","#, r#""exp":"2000","#, r#""exp":"","#, r#""exp":null,"#], seconds),
        (exp, &[r#""exp":true,"#, r#""exp":[2000],"#, r#""exp":{"seconds":2000},"#], seconds),
        (r#""nbf":1"#, &[r#""nbf":"5000""#, r#""nbf":null"#, r#""nbf":[5000]"#], seconds),
        (r#""iat":1"#, &[r#""iat":"5000""#, r#""iat":null"#, r#""iat":{}"#], seconds),
        (r#""sub":"s""#, &[r#""sub":5"#, r#""sub":["s"]"#, r#""sub":null"#], text),
        (r#""jti":"j""#, &[r#""jti":5"#, r#""jti":["j"]"#, r#""jti":null"#], text),
    ] {
        for value in values {
            let payload = changed(member, value);
            let name = &member[1..4];
            let is_type = |outcome: Result<(), ClaimsError>| {
                matches!(outcome, Err(ClaimsError::ClaimType { name: wrong, expected: right, .. })
                    if wrong == name && right == expected)
            };
            let judged = !["sub", "jti"].contains(&name);
            assert_eq!(is_type(claims(&payload, &strict)), judged, "{payload}");
            let always = ["exp", "nbf"].contains(&name);
            assert_eq!(is_type(claims(&payload, &loose)), always, "{payload}");
            if !always {
                let read = |claims: Claims<'_>| match name {
                    "iss" => claims.issuer().map(drop),
                    "sub" => claims.subject().map(drop),
                    "aud" => claims.audiences().map(drop),
                    "iat" => claims.issued_at().map(drop),
                    _ => claims.jwt_id().map(drop),
                };
                assert!(is_type(asked(&payload, &loose, |claims| claims.and_then(read))), "{payload}");
            }
        }
    }

    // What is expected is thereby demanded.
    for (member, name) in [(iss, "iss"), (aud, "aud"), (exp, "exp")] {
        let payload = changed(member, "");
        assert_eq!(claims(&payload, &strict), Err(ClaimsError::ClaimMissing { name }));
        assert_eq!(claims(&payload, &loose), Ok(()));
    }

    // A part of what is expected is something else, and so is what has it as a part.
    for issuer in ["https://issuer.exampl", "https://issuer.example/", "issuer", "h", ""] {
        let payload = changed(ISSUER, issuer);
        let [found, expected] = [excerpt(issuer), excerpt(ISSUER)];
        assert_eq!(claims(&payload, &strict), Err(ClaimsError::IssuerMismatch { found, expected }));
    }
    for (aud_claim, found) in [
        (r#""aud":"ap","#, &["ap"][..]),
        (r#""aud":"api2","#, &["api2"]),
        (r#""aud":"other api","#, &["other api"]),
        (r#""aud":"","#, &[""]),
        (r#""aud":[],"#, &[]),
        (r#""aud":[""],"#, &[""]),
        (r#""aud":["a","p","i"],"#, &["a", "p", "i"]),
    ] {
        let reason = ClaimsError::AudienceMismatch { found: excerpts(found), expected: excerpt("api") };
        assert_eq!(claims(changed(aud, aud_claim), &strict), Err(reason), "{aud_claim}");
    }
    assert_eq!(claims(changed(aud, r#""aud":["other","api"],"#), &strict), Ok(()));
}

/// Seen in CVE-2026-25537.
#[test]
fn claim_type_confusion_of_numbers() {
    let policy = ClaimsPolicy::new(Expect::Anything, Expect::Anything);
    let expired = |exp| ClaimsError::Expired {
        exp: UnixTime::from_secs(exp),
        now: UnixTime::from_secs(NOW),
        leeway: Duration::ZERO,
    };
    let range = ClaimsError::DateOutOfRange { name: "exp" };
    for (exp, outcome) in [
        ("1001", Ok(())),
        ("1000", Err(expired(1000))),
        ("0", Err(expired(0))),
        ("-0", Err(expired(0))),
        ("-1", Err(expired(-1))),
        ("-9007199254740992", Err(expired(-(1 << 53)))),
        // What 64 bits with a sign hold, and beyond: 2^63, 2^64, and 2^64 + 1001, which is 1001 in 64 bits.
        ("9007199254740993", Ok(())),
        ("9223372036854775807", Ok(())),
        ("-9223372036854775807", Err(expired(-i64::MAX))),
        ("9223372036854775807.5", Err(range)),
        ("9223372036854775808", Err(range)),
        ("-9223372036854775808", Err(range)),
        ("18446744073709551615", Err(range)),
        ("18446744073709551616", Err(range)),
        ("18446744073709552617", Err(range)),
        ("-18446744073709550615", Err(range)),
        ("1e400", Err(range)),
        ("-1e400", Err(range)),
        ("1E+400", Err(range)),
        ("1e99999999999999999999", Err(range)),
        ("1e-400", Err(expired(1))),
        // A fraction: valid while the time is before it, in whole seconds.
        ("1000.5", Ok(())),
        ("1000.0", Err(expired(1000))),
        ("999.5", Err(expired(1000))),
        ("-0.5", Err(expired(0))),
        ("1.0015e3", Ok(())),
        ("0.1001e4", Ok(())),
        ("10010e-1", Ok(())),
    ] {
        let payload = format!(r#"{{"exp":{exp}}}"#);
        assert_eq!(claims(&payload, &policy), outcome, "{exp}");
    }
    // An `nbf` that is out of range is no `nbf` in the past.
    for nbf in ["1e400", "-1e400", "18446744073709551616"] {
        let payload = format!(r#"{{"exp":2000,"nbf":{nbf}}}"#);
        assert_eq!(claims(&payload, &policy), Err(ClaimsError::DateOutOfRange { name: "nbf" }), "{nbf}");
    }
}
