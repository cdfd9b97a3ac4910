//! Attacks through what the header says.

use Algorithm::{Es256 as E, Hs256 as H, Rs256 as R};
use base64ct::{Base64, Encoding as _};
use jose_core::{
    Algorithm, ClaimsPolicy, Error, Expect, Limits, UnixTime, UnverifiedJws, Verifier, VerifyingKey,
    error::{JsonError, JsonErrorKind, ParseError, SelectError, SignatureError},
};

use super::der;
use super::support::{b64, excerpt, jwk, key, outcome, outcome_of_set, signer, unknown_among};

/// A token that is signed well.
fn signed(header: &str) -> String {
    signer("hmac-32").token(header, "{}")
}

/// The outcome of such a token.
fn judged(header: &str) -> Result<Algorithm, Error> {
    outcome(key("hmac-32"), H.into(), &signed(header))
}

/// Seen in CVE-2018-0114, CVE-2026-27962, CVE-2026-34240.
#[test]
fn token_brings_its_own_key() {
    let nobody: [(&str, VerifyingKey); 0] = [];
    let mut cases = 0;
    for (algorithm, right, wrong) in
        [(H, "hmac-32", "hmac-64"), (E, "p256", "p256-b"), (R, "rsa-2048", "rsa-2048-b")]
    {
        let mut parameters = vec![
            format!(r#""jwk":{}"#, jwk(wrong, "")),
            format!(r#""jwk":{}"#, jwk(wrong, r#""kid":"k""#)),
            r#""jku":"https://attacker.example/jwks.json""#.into(),
            r#""x5u":"https://attacker.example/chain.pem""#.into(),
        ];
        if algorithm != H {
            let certificate = der::certificate(wrong, &signer("rsa-2048-b"));
            parameters.push(format!(r#""x5c":["{}"]"#, Base64::encode_string(&certificate)));
        }
        parameters.push(parameters[1..].join(","));
        let right_key = key(right);
        let set = format!(r#"{{"keys":[{}]}}"#, jwk(right, r#""kid":"k""#));
        for parameters in parameters {
            let header = format!(r#"{{"alg":"{algorithm}","kid":"k",{parameters}}}"#);
            let forged = signer(wrong).token(&header, "{}");
            let invalid = Err(SignatureError::Invalid.into());
            assert_eq!(outcome(&right_key, algorithm.into(), &forged), invalid, "{header}");
            assert_eq!(outcome_of_set(&set, algorithm.into(), &forged), invalid, "{header}");
            let unknown = Err(SelectError::NoKeys.into());
            assert_eq!(outcome(&nobody, algorithm.into(), &forged), unknown, "{header}");
            assert_eq!(outcome_of_set(r#"{"keys":[]}"#, algorithm.into(), &forged), unknown, "{header}");

            // It is the signature of the key that it brings, and nothing else is wrong with it.
            assert_eq!(outcome(key(wrong), algorithm.into(), &forged), Ok(algorithm), "{header}");
            let good = signer(right).token(&header, "{}");
            assert_eq!(outcome_of_set(&set, algorithm.into(), &good), Ok(algorithm), "{header}");
            cases += 1;
        }
    }
    assert_eq!(cases, 5 + 6 + 6);
}

/// Seen in CVE-2025-65945.
#[test]
fn hostile_kid() {
    let judge = |own: &str, kid: &str| {
        let token = signed(&format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#));
        let set = format!(r#"{{"keys":[{}]}}"#, jwk("hmac-32", &format!(r#""kid":"{own}""#)));
        let outcome_of_set = outcome_of_set(&set, H.into(), &token);
        let own: String = serde_json::from_str(&format!(r#""{own}""#)).unwrap();
        assert_eq!(outcome(&[(&*own, key("hmac-32"))], H.into(), &token), outcome_of_set, "{kid:.40}");
        outcome_of_set
    };
    assert_eq!(judge("a", "a"), Ok(H));
    let near_limit = "k".repeat(2900);
    for kid in [
        r"\u0000",
        r"a\u0000",
        r"\u0000a",
        r"a\u0000b",
        "../a",
        "./a",
        "../../../../dev/null",
        r"..\/..\/..\/etc\/passwd",
        r"..\\a",
        "%61",
        "a' OR '1'='1",
        "a; cat /etc/passwd",
        "{}",
        "%s%n",
        "\u{202e}a",
        "a ",
        "A",
        "",
        "*",
        &near_limit,
    ] {
        assert_eq!(unknown_among(judge("a", kid)), Some(1), "{kid:.40}");
        // What such a key is called is text as well.
        assert_eq!(judge(kid, kid), Ok(H), "{kid:.40}");
    }
    // In the message it is one line of printable text, in quotes that it cannot leave.
    let message = judge("a", r#"x\", found \"a\n\u001b[31m\u202e"#).unwrap_err().to_string();
    let shown =
        r#"expected "a", found "x\", found \"a\u{a}\u{1b}[31m\u{202e}": the only key does not have it; "#;
    assert!(message.starts_with(&format!("token header 'kid': {shown}")), "{message}");
    assert!(judge("a", &near_limit).unwrap_err().to_string().len() < 350);

    // Other spellings of the right one.
    assert_eq!(judge("a/b", r"a\/b"), Ok(H));
    for kid in [r"\u0061/b", r"\u0061\u002f\u0062", r"\u0061\u002F\u0062", r"a\u002fb"] {
        assert_eq!(judge("a/b", kid), Ok(H), "{kid}");
        assert_eq!(unknown_among(judge("a/c", kid)), Some(1), "{kid}");
        assert_eq!(judge(kid, "a/b"), Ok(H), "{kid}");
    }

    // A NUL that is not escaped is no JSON, and what is too long is not read.
    let raw = HeaderJsonAt(JsonErrorKind::ControlCharacter, r#"{"alg":"HS256","kid":"a"#.len());
    assert_eq!(judged("{\"alg\":\"HS256\",\"kid\":\"a\0\"}"), Err(raw.into()));
    let token = signed(&format!(r#"{{"alg":"HS256","kid":"{}"}}"#, "k".repeat(64 << 10)));
    let too_long = ParseError::TokenTooLong { length: token.len(), max: 64 << 10 };
    assert_eq!(outcome(key("hmac-32"), H.into(), &token), Err(too_long.into()));
    let header = format!(r#"{{"alg":"HS256","kid":"{}"}}"#, "k".repeat(16 << 10));
    let too_long = ParseError::HeaderTooLong { length: b64(&header).len(), max: 16 << 10 };
    assert_eq!(judged(&header), Err(too_long.into()));
    for kid in ["null", "5", "[]", "{}", r#"["a"]"#, "true"] {
        let wrong = ParseError::ParameterType { name: "kid" };
        assert_eq!(judged(&format!(r#"{{"alg":"HS256","kid":{kid}}}"#)), Err(wrong.into()), "{kid}");
    }
}

/// What is wrong with the JSON of a header, and where.
struct HeaderJsonAt(JsonErrorKind, usize);

impl From<HeaderJsonAt> for Error {
    fn from(HeaderJsonAt(kind, offset): HeaderJsonAt) -> Self {
        ParseError::HeaderJson(JsonError { kind, found: Some('\0'), offset }).into()
    }
}

/// Seen in CVE-2025-59420, CVE-2026-32597, CVE-2026-35042.
#[test]
fn crit_ignored() {
    for members in [
        // Unknown, with and without the parameter that it names.
        r#""crit":["x"],"x":1"#,
        r#""x":1,"crit":["x"]"#,
        r#""crit":["x"]"#,
        r#""crit":["http://example.invalid/UNDEFINED"],"http://example.invalid/UNDEFINED":true"#,
        // Empty.
        r#""crit":[]"#,
        r#""crit":[""]"#,
        // No array.
        r#""crit":"x","x":1"#,
        r#""crit":"""#,
        r#""crit":null"#,
        r#""crit":false"#,
        r#""crit":0"#,
        r#""crit":{}"#,
        r#""crit":{"x":1}"#,
        r#""crit":[1]"#,
        r#""crit":[["x"]]"#,
        // Parameters that are known somewhere.
        r#""crit":["b64"],"b64":true"#,
        r#""b64":true,"crit":["b64"]"#,
        r#""crit":["b64"]"#,
        r#""crit":["alg"]"#,
        r#""crit":["alg","kid","typ"],"kid":"k","typ":"JWT""#,
        r#""crit":["crit"]"#,
        r#""crit":["exp"],"exp":1"#,
        r#""crit":["x","x"],"x":1"#,
    ] {
        let header = format!(r#"{{"alg":"HS256",{members}}}"#);
        assert_eq!(judged(&header), Err(ParseError::CritUnsupported.into()), "{header}");
        assert_eq!(
            judged(&header.replace("crit", r"\u0063rit")),
            Err(ParseError::CritUnsupported.into()),
            "{header}"
        );
        let before = format!(r#"{{{members},"alg":"HS256"}}"#);
        assert_eq!(judged(&before), Err(ParseError::CritUnsupported.into()), "{before}");
        // A parameter of another name is ignored.
        assert_eq!(judged(&header.replace(r#""crit":"#, r#""crits":"#)), Ok(H), "{header}");
    }
}

/// The same attacks on a verifier that understands an extension: what is accepted are lists of its names,
/// each once and each in the header, and nothing else.
#[test]
fn crit_understood() {
    let key = key("hmac-32");
    // An entry for b64 and for a parameter that is no extension has no effect, nor has one twice.
    let understood = ["x", "b64", "alg", "http://example.invalid/a", "x", "\u{e9}", ""];
    let judged_without = self::judged;
    let judged = |header: &str, understood: &[&str]| {
        let token = signer("hmac-32").token(header, "{}");
        let verifier = Verifier::new(&key).understands(understood);
        let found = verifier.verify(&token, &mut Vec::new()).map(|verified| verified.algorithm());
        // The other ways to a header see the same.
        let mut scratch = [0; 512];
        let unverified = UnverifiedJws::parse_understanding(&token, &mut scratch, Limits::new(), understood);
        assert_eq!(unverified.map(|_| ()).err(), found.err(), "{header}");
        let mut scratch = [0; 512];
        let policy = ClaimsPolicy::new(Expect::Anything, Expect::Anything).allow_missing_exp();
        let now = UnixTime::from_secs(1_800_000_000);
        let diagnosis = verifier.diagnose(&token, &mut scratch, &policy, now);
        assert_eq!(diagnosis.refusal(), found.err(), "{header}");
        assert_eq!(
            diagnosis.problems().map(|problem| problem.cause()).next().is_some(),
            found.is_err(),
            "{header}"
        );
        found
    };
    let not_understood = |name| SelectError::CritNotUnderstood { name: excerpt(name) };
    let (twice, absent) =
        (SelectError::CritDuplicate { name: excerpt("x") }, SelectError::CritAbsent { name: excerpt("x") });
    let registered = |name| SelectError::CritRegistered { name };
    for (members, reason) in [
        (r#""crit":["x"],"x":1"#, None),
        (r#""x":null,"crit":["x"]"#, None),
        (r#""crit":["\u0078"],"x":1"#, None),
        (r#""crit":["x"],"\u0078":1"#, None),
        (
            r#""crit":["http:\/\/example.invalid/a","\u00e9","x"],"é":1,"http://example.invalid/a":{},"x":[]"#,
            None,
        ),
        (r#""crit":[""],"":1"#, None),
        // None of those that are understood, whatever else is.
        (r#""crit":["y"],"y":1"#, Some(not_understood("y"))),
        (r#""crit":["x","y"],"x":1,"y":1"#, Some(not_understood("y"))),
        (r#""crit":["y","x"],"x":1,"y":1"#, Some(not_understood("y"))),
        (r#""crit":["X"],"X":1"#, Some(not_understood("X"))),
        (r#""crit":["x "],"x ":1"#, Some(not_understood("x "))),
        (r#""crit":["exp"],"exp":1"#, Some(not_understood("exp"))),
        // Not there, and there only further inside.
        (r#""crit":["x"]"#, Some(absent)),
        (r#""crit":["x"],"y":{"x":1}"#, Some(absent)),
        (r#""crit":["x"],"X":1"#, Some(absent)),
        (r#""crit":["x","x"],"x":1"#, Some(twice)),
        (r#""crit":["x","\u00e9","\u0078"],"x":1,"é":1"#, Some(twice)),
        // What is no extension.
        (r#""crit":["b64"],"b64":true"#, Some(registered("b64"))),
        (r#""crit":["x","b64"],"b64":true,"x":1"#, Some(registered("b64"))),
        (r#""crit":["\u00624"],"b64":true"#, Some(not_understood("b4"))),
        (r#""crit":["\u006264"],"b64":true"#, Some(registered("b64"))),
        (r#""crit":["alg"]"#, Some(registered("alg"))),
        (r#""crit":["crit"]"#, Some(registered("crit"))),
        (r#""crit":["x5t#S256"],"x5t#S256":"""#, Some(registered("x5t#S256"))),
        (r#""crit":["p2c"],"p2c":1"#, Some(registered("p2c"))),
        // No list of names.
        (r#""crit":[]"#, Some(SelectError::CritMalformed)),
        (r#""crit":"x","x":1"#, Some(SelectError::CritMalformed)),
        (r#""crit":null"#, Some(SelectError::CritMalformed)),
        (r#""crit":false"#, Some(SelectError::CritMalformed)),
        (r#""crit":0"#, Some(SelectError::CritMalformed)),
        (r#""crit":{"x":1},"x":1"#, Some(SelectError::CritMalformed)),
        (r#""crit":[1]"#, Some(SelectError::CritMalformed)),
        (r#""crit":["x",null],"x":1"#, Some(SelectError::CritMalformed)),
        (r#""crit":[["x"]],"x":1"#, Some(SelectError::CritMalformed)),
    ] {
        for header in [format!(r#"{{"alg":"HS256",{members}}}"#), format!(r#"{{{members},"alg":"HS256"}}"#)] {
            for header in [header.clone(), header.replace(r#""crit":"#, r#""cri\u0074":"#)] {
                assert_eq!(
                    judged(&header, &understood),
                    reason.map_or(Ok(H), |reason| Err(reason.into())),
                    "{header}"
                );
                if reason.is_none() {
                    // Not without the list, nor with another.
                    assert_eq!(judged_without(&header), Err(ParseError::CritUnsupported.into()), "{header}");
                    let other = judged(&header, &["y"]);
                    assert!(
                        matches!(other, Err(Error::Select(SelectError::CritNotUnderstood { .. }))),
                        "{header}"
                    );
                    assert_eq!(judged(&header, &[]), other, "{header}");
                }
            }
        }
    }
    // A list changes nothing else.
    assert_eq!(judged(r#"{"alg":"HS256"}"#, &understood), Ok(H));
    let unencoded = r#"{"alg":"HS256","crit":["b64"],"b64":false}"#;
    assert_eq!(judged(unencoded, &understood), Err(ParseError::UnencodedPayload.into()));
}

/// Every name that RFC 7515 §4.1 and RFC 7518 §4 register for headers, as the registry of IANA has them, is
/// none of an extension.
#[test]
fn crit_of_registered_names() {
    let key = key("hmac-32");
    let names = "alg jku jwk kid x5u x5c x5t x5t#S256 typ cty crit epk apu apv iv tag p2s p2c b64";
    let understood: Vec<_> = names.split(' ').collect();
    for name in &understood {
        let more = if ["alg", "crit"].contains(name) { String::new() } else { format!(r#","{name}":"""#) };
        let more = more.replace(r#""b64":"""#, r#""b64":true"#);
        let token = signer("hmac-32").token(format!(r#"{{"alg":"HS256","crit":["{name}"]{more}}}"#), "{}");
        let outcome =
            Verifier::new(&key).understands(&understood).verify(&token, &mut Vec::new()).map(|_| ());
        assert_eq!(outcome, Err(SelectError::CritRegistered { name }.into()), "{name}");
    }
}

/// Seen in CVE-2026-48525.
#[test]
fn b64_false_skips_limits() {
    let key = key("hmac-32");
    let mut cases = 0;
    for (parameters, reason) in [
        (r#""b64":false"#, ParseError::UnencodedPayload),
        (r#""b64":false,"crit":["b64"]"#, ParseError::UnencodedPayload),
        (r#""crit":["b64"],"b64":false"#, ParseError::CritUnsupported),
        (r#""\u00624":1,"b6\u0034":false"#, ParseError::UnencodedPayload),
        (r#""b64":"false""#, ParseError::UnencodedPayload),
        (r#""b64":"true""#, ParseError::UnencodedPayload),
        (r#""b64":0"#, ParseError::UnencodedPayload),
        (r#""b64":null"#, ParseError::UnencodedPayload),
    ] {
        let header = b64(format!(r#"{{"alg":"HS256",{parameters}}}"#));
        // As it stands (RFC 7797 §5.2), detached (§5.1), and encoded all the same.
        for payload in [r#"{"exp":4102444800}"#, "", "e30"] {
            let input = format!("{header}.{payload}");
            let tag = signer("hmac-32").sign(input.as_bytes());
            assert_eq!(key.verify(H, input.as_bytes(), &tag), Ok(()), "the tag holds");
            let token = format!("{input}.{}", b64(&tag));
            assert_eq!(outcome(&key, H.into(), &token), Err(reason.into()), "{parameters}");
            cases += 1;
        }
        // The limit of a token holds for a payload that is not encoded.
        let input = format!("{header}.{}", "a".repeat(1 << 20));
        let token = format!("{input}.{}", b64(signer("hmac-32").sign(input.as_bytes())));
        let too_long = ParseError::TokenTooLong { length: token.len(), max: 64 << 10 };
        assert_eq!(outcome(&key, H.into(), &token), Err(too_long.into()), "{parameters}");
    }
    assert_eq!(cases, 24);
    assert_eq!(judged(r#"{"alg":"HS256","b64":true}"#), Ok(H));
    assert_eq!(judged(r#"{"alg":"HS256","b46":false}"#), Ok(H));
}
