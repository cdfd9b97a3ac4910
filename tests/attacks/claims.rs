//! Attacks through claims, under a signature that holds.

use jose_core::{Algorithm, ClaimsError, ClaimsPolicy, Expect, Leeway, UnixTime, Verifier};

use super::support::{excerpt, key, signer};

const ISSUER: &str = "https://issuer.example";
const NOW: i64 = 1000;

/// The outcome of a payload that is signed well.
pub(super) fn claims(payload: impl AsRef<[u8]>, policy: &ClaimsPolicy<'_>) -> Result<(), ClaimsError> {
    let key = key("hmac-32");
    let token = signer("hmac-32").token(r#"{"alg":"HS256"}"#, payload);
    let mut scratch = Vec::new();
    let verified = Verifier::new(&key, Algorithm::Hs256.into()).verify(&token, &mut scratch).unwrap();
    verified.claims(policy, UnixTime::from_seconds(NOW)).map(drop)
}

/// Seen in CVE-2026-25537, CVE-2024-53861, CVE-2020-26160, CVE-2025-30144.
#[test]
fn claim_type_confusion() {
    let strict = ClaimsPolicy::new(Expect::Value(ISSUER), Expect::Value("api"));
    // Nothing is demanded, and what is there must still have its type.
    let loose = ClaimsPolicy::new(Expect::Ignore, Expect::Ignore).accept_missing_exp();
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
    let text = |name| ClaimsError::ClaimType { name, expected: "a string" };
    let seconds = |name| ClaimsError::ClaimType { name, expected: "a number of seconds" };
    let audience = ClaimsError::ClaimType { name: "aud", expected: "a string or an array of strings" };

    // Whatever has the wrong type is refused whoever asks.
    for (member, values, reason) in [
        (iss, &[r#""iss":["https://issuer.example"],"#, r#""iss":5,"#, r#""iss":{},"#][..], text("iss")),
        (iss, &[r#""iss":[],"#, r#""iss":null,"#, r#""iss":true,"#], text("iss")),
        (iss, &[r#""iss":{"value":"https://issuer.example"},"#], text("iss")),
        (iss, &[r#""iss":["https://attacker.example","https://issuer.example"],"#], text("iss")),
        (aud, &[r#""aud":["other",1],"#, r#""aud":["api",1],"#, r#""aud":[1,"api"],"#], audience),
        (aud, &[r#""aud":{},"#, r#""aud":{"api":true},"#, r#""aud":{"0":"api"},"#], audience),
        (aud, &[r#""aud":[["api"]],"#, r#""aud":["api",null],"#, r#""aud":null,"#, r#""aud":0,"#], audience),
        (exp, &[r#""exp":"123","#, r#""exp":"2000","#, r#""exp":"","#, r#""exp":null,"#], seconds("exp")),
        (exp, &[r#""exp":true,"#, r#""exp":[2000],"#, r#""exp":{"seconds":2000},"#], seconds("exp")),
        (r#""nbf":1"#, &[r#""nbf":"5000""#, r#""nbf":null"#, r#""nbf":[5000]"#], seconds("nbf")),
        (r#""iat":1"#, &[r#""iat":"5000""#, r#""iat":null"#, r#""iat":{}"#], seconds("iat")),
        (r#""sub":"s""#, &[r#""sub":5"#, r#""sub":["s"]"#, r#""sub":null"#], text("sub")),
        (r#""jti":"j""#, &[r#""jti":5"#, r#""jti":["j"]"#, r#""jti":null"#], text("jti")),
    ] {
        for value in values {
            let payload = changed(member, value);
            assert_eq!(claims(&payload, &strict), Err(reason), "{payload}");
            assert_eq!(claims(&payload, &loose), Err(reason), "{payload}");
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
        (r#""aud":"ap","#, "ap"),
        (r#""aud":"api2","#, "api2"),
        (r#""aud":"other api","#, "other api"),
        (r#""aud":"","#, ""),
        (r#""aud":[],"#, ""),
        (r#""aud":[""],"#, ""),
        (r#""aud":["a","p","i"],"#, "a"),
    ] {
        let reason = ClaimsError::AudienceMismatch { found: excerpt(found), expected: excerpt("api") };
        assert_eq!(claims(changed(aud, aud_claim), &strict), Err(reason), "{aud_claim}");
    }
    assert_eq!(claims(changed(aud, r#""aud":["other","api"],"#), &strict), Ok(()));
}

/// Seen in CVE-2026-25537.
#[test]
fn claim_type_confusion_of_numbers() {
    let policy = ClaimsPolicy::new(Expect::Ignore, Expect::Ignore);
    let expired = |exp| ClaimsError::Expired {
        exp: UnixTime::from_seconds(exp),
        now: UnixTime::from_seconds(NOW),
        leeway: Leeway::NONE,
    };
    let range = ClaimsError::DateRange { name: "exp" };
    for (exp, outcome) in [
        ("1001", Ok(())),
        ("1000", Err(expired(1000))),
        ("0", Err(expired(0))),
        ("-0", Err(expired(0))),
        ("-1", Err(expired(-1))),
        ("-9007199254740992", Err(expired(-(1 << 53)))),
        // Beyond what every reader of JSON reads alike: 2^53 + 1, 2^63, 2^64, and 2^64 + 1001, which is 1001
        // in 64 bits.
        ("9007199254740992", Ok(())),
        ("9007199254740993", Err(range)),
        ("9223372036854775808", Err(range)),
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
        assert_eq!(claims(&payload, &policy), Err(ClaimsError::DateRange { name: "nbf" }), "{nbf}");
    }
}
