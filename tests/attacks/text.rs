//! Attacks through the text of tokens, headers, sets and claims.

use Algorithm::Hs256 as H;
use jose_core::json::Value;
use jose_core::{
    Algorithm, ClaimsPolicy, Error, Expect, Jwk, Jwks, Limits, UnverifiedJws,
    error::{Base64Error, ClaimsError, JsonError, JsonErrorKind, KeyError, ParseError, SetError},
};

use super::claims::claims;
use super::support::{b64, json_error, jwk, key, outcome, signer};

const LIMIT: usize = 64 << 10;

fn judged(token: &(impl AsRef<[u8]> + ?Sized)) -> Result<Algorithm, Error> {
    outcome(key("hmac-32"), H.into(), token)
}

/// The outcome of a header that is signed well.
fn header(header: impl AsRef<[u8]>) -> Result<Algorithm, Error> {
    judged(&signer("hmac-32").token(header, "{}"))
}

fn valid() -> String {
    signer("hmac-32").token(r#"{"alg":"HS256"}"#, "{}")
}

/// Seen in CVE-2026-96760, CVE-2022-39227, CVE-2024-21664.
#[test]
fn json_serialization_and_polyglots() {
    let token = valid();
    assert_eq!(judged(&token), Ok(H));
    let (input, signature) = token.rsplit_once('.').unwrap();
    let (protected, payload) = input.split_once('.').unwrap();
    let json = Err(ParseError::JsonSerialization.into());
    for text in [
        r#"{"signatures":[]}"#.into(),
        "{}".into(),
        "{".into(),
        // The token's own parts (RFC 7515 §7.2.1 and §7.2.2).
        format!(
            r#"{{"payload":"{payload}","signatures":[{{"protected":"{protected}","signature":"{signature}"}}]}}"#
        ),
        format!(r#"{{"payload":"{payload}","protected":"{protected}","signature":"{signature}"}}"#),
        format!(r#"{{"payload":"{payload}","signatures":[{{}}]}}"#),
        format!(r#"{{"payload":"{payload}","signatures":null}}"#),
        // A token inside JSON, and text that is both for readers who look for dots.
        format!(r#"{{"token":"{token}"}}"#),
        format!(r#"{{"access_token":"{token}","token_type":"Bearer"}}"#),
        format!(
            r#"{{"  {protected}.{payload}.":"","protected":"{protected}","payload":"e30","signature":"{signature}"}}"#
        ),
        format!("{{{token}"),
        format!(" \t\r\n{{\"token\":\"{token}\"}}"),
        format!("{{\"a\":0}}.{payload}.{signature}"),
    ] {
        assert_eq!(judged(&text), json, "{text}");
    }
    // JSON of other kinds, and JSON behind a token.
    let byte = |byte, offset| Base64Error::InvalidByte { byte, offset };
    let end = token.len();
    for (text, reason) in [
        (format!(r#""{token}""#), ParseError::HeaderBase64(byte(b'"', 0))),
        (format!(r#"["{token}"]"#), ParseError::HeaderBase64(byte(b'[', 0))),
        (format!("\u{feff}{{\"token\":\"{token}\"}}"), ParseError::HeaderBase64(byte(0xef, 0))),
        (format!("\0{{\"token\":\"{token}\"}}"), ParseError::HeaderBase64(byte(0, 0))),
        (format!("{token}{{}}"), ParseError::SignatureBase64(byte(b'{', end))),
        (format!(r#"{token}{{"payload":"e30"}}"#), ParseError::SignatureBase64(byte(b'{', end))),
        (format!("{token},{token}"), ParseError::Jwe),
        (format!("{token}\n"), ParseError::SignatureBase64(byte(b'\n', end))),
        ("null".into(), ParseError::PartsMissing { parts: 1 }),
        ("[]".into(), ParseError::PartsMissing { parts: 1 }),
    ] {
        assert_eq!(judged(&text), Err(reason.into()), "{text}");
    }
    // A header that looks like a serialization is a header.
    let members =
        format!(r#"{{"alg":"HS256","payload":"e31","signatures":[{{"protected":"{protected}"}}]}}"#);
    assert_eq!(header(&members), Ok(H));
}

/// Seen in CVE-2026-29000.
#[test]
fn five_parts() {
    let token = valid();
    assert_eq!(judged(&token), Ok(H));
    let jwe = b64(r#"{"alg":"RSA-OAEP","enc":"A256GCM","cty":"JWT"}"#);
    let direct = b64(r#"{"alg":"dir","enc":"A128CBC-HS256"}"#);
    for text in [
        format!("{jwe}.{}.{}.{}.{}", b64([1; 256]), b64([2; 12]), b64(&token), b64([3; 16])),
        format!("{direct}..{}.{}.{}", b64([2; 16]), b64(&token), b64([3; 16])),
        // What is a token without the rest.
        format!("{token}.e30.e30"),
        format!("{token}.."),
        format!("..{token}"),
        "....".into(),
    ] {
        assert_eq!(judged(&text), Err(ParseError::Jwe.into()), "{text}");
    }
    for text in [format!("{token}."), format!("{token}.e30"), format!("{token}..."), "...".into()] {
        assert_eq!(judged(&text), Err(ParseError::TooManyParts.into()), "{text}");
    }
}

fn json(kind: JsonErrorKind, offset: usize) -> JsonError {
    JsonError { kind, found: None, offset }
}

/// Seen in CVE-2025-30204, CVE-2025-27144, CVE-2025-53864. Costs are not measured here: a limit, which
/// the refusal names, bounds them.
#[test]
fn cost_of_splitting() {
    let parse = |text: &str| {
        UnverifiedJws::parse(text, &mut [0; 64], Limits::new().max_token_length(usize::MAX)).map(drop)
    };
    for length in [1 << 20, LIMIT + 1] {
        let dots = ".".repeat(length);
        let too_long = ParseError::TokenTooLong { length, max: LIMIT };
        assert_eq!(judged(&dots), Err(too_long.into()));
        assert_eq!(parse(&dots), Err(ParseError::TooManyParts));
        let text = "a".repeat(length);
        assert_eq!(judged(&text), Err(too_long.into()));
        assert_eq!(parse(&text), Err(ParseError::PartsMissing { parts: 1 }));
    }
    assert_eq!(judged(&".".repeat(LIMIT)), Err(ParseError::TooManyParts.into()));
    assert_eq!(judged(&(valid() + &".".repeat(10_000))), Err(ParseError::TooManyParts.into()));
    assert_eq!(judged(&valid()), Ok(H));
}

/// Seen in CVE-2025-53864.
#[test]
fn cost_of_nesting() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let anyone = ClaimsPolicy::new(Expect::Anything, Expect::Anything).allow_missing_exp();
    let with = |value: &str| format!(r#"{{"alg":"HS256","x":{value}}}"#);
    let start = with("").len() - 1;
    // The object is the first of 32 levels.
    assert_eq!(header(with(&nested(31))), Ok(H));
    assert_eq!(
        header(with(&nested(32))),
        Err(ParseError::HeaderJson(json(JsonErrorKind::TooDeep, start + 31)).into())
    );
    let deep = with(&nested(40_000));
    let too_long =
        ParseError::TokenTooLong { length: signer("hmac-32").token(&deep, "{}").len(), max: LIMIT };
    assert_eq!(header(&deep), Err(too_long.into()));
    let open = with(&"[".repeat(20_000));
    let too_long = ParseError::HeaderTooLong { length: b64(&open).len(), max: 16 << 10 };
    assert_eq!(header(&open), Err(too_long.into()));
    let most = with(&"[".repeat(12_000));
    assert_eq!(header(&most), Err(ParseError::HeaderJson(json(JsonErrorKind::TooDeep, start + 31)).into()));

    assert_eq!(claims(with(&nested(31)), &anyone), Ok(()));
    for text in [with(&nested(32)), with(&nested(6000)), with(&"[".repeat(10_000))] {
        let depth = ClaimsError::Json(json(JsonErrorKind::TooDeep, start + 31));
        assert_eq!(claims(&text, &anyone), Err(depth));
    }
    let objects = |depth: usize| r#"{"a":"#.repeat(depth) + "0" + &"}".repeat(depth);
    assert_eq!(claims(objects(32), &anyone), Ok(()));
    assert_eq!(claims(objects(2000), &anyone), Err(ClaimsError::Json(json(JsonErrorKind::TooDeep, 32 * 5))));

    for depth in [33, 10_000, 200_000] {
        assert_eq!(Value::parse(&nested(depth)), Err(json(JsonErrorKind::TooDeep, 32)));
        assert_eq!(
            Jwk::parse(&nested(depth)).map(drop),
            Err(KeyError::Json(json(JsonErrorKind::TooDeep, 32)))
        );
        // In a set, that is the fault of the member alone.
        let set = format!(r#"{{"keys":[{},{{}}]}}"#, nested(depth));
        let members: Vec<_> = Jwks::parse(&set).unwrap().iter().map(|jwk| jwk.map(drop)).collect();
        assert_eq!(members, [Err(KeyError::Json(json(JsonErrorKind::TooDeep, 32))), Ok(())]);
        let set = format!(r#"{{"x":{}}}"#, nested(depth));
        let reason = SetError::Json(json(JsonErrorKind::TooDeep, 5 + 31));
        assert_eq!(Jwks::parse(&set).map(drop), Err(reason));
    }
}

/// Seen in CVE-2025-53864.
#[test]
fn cost_of_counting() {
    let api = ClaimsPolicy::new(Expect::Anything, Expect::Exactly("api")).allow_missing_exp();
    let audiences = |count: usize| format!(r#"{{"aud":[{}"api"]}}"#, r#""a","#.repeat(count - 1));
    let too_many = audiences(100_000);
    let token = signer("hmac-32").token(r#"{"alg":"HS256"}"#, &too_many);
    let too_long = ParseError::TokenTooLong { length: token.len(), max: LIMIT };
    assert_eq!(judged(&token), Err(too_long.into()));
    // As many as a token has room for.
    assert_eq!(claims(audiences(12_000), &api), Ok(()));
    let mismatch = claims(audiences(12_000).replace("api", "web"), &api).unwrap_err().to_string();
    let shown = r#"claim 'aud': expected "api", found "a", "a", "a" and more than 254 others: "#;
    assert!(mismatch.starts_with(shown), "{mismatch}");

    let members = |count: usize| {
        let more: String = (1..count).map(|number| format!(r#","{number}":0"#)).collect();
        format!(r#"{{"alg":"HS256"{more}}}"#)
    };
    let many = members(10_000);
    let too_long =
        ParseError::TokenTooLong { length: signer("hmac-32").token(&many, "{}").len(), max: LIMIT };
    assert_eq!(header(&many), Err(too_long.into()));
    let many = members(2000);
    let too_long = ParseError::HeaderTooLong { length: b64(&many).len(), max: 16 << 10 };
    assert_eq!(header(&many), Err(too_long.into()));
    let too_many = json(JsonErrorKind::TooManyMembers, members(1024).len());
    assert_eq!(header(members(1025)), Err(ParseError::HeaderJson(too_many).into()));
    assert_eq!(header(members(1024)), Ok(H));

    let anyone = ClaimsPolicy::new(Expect::Anything, Expect::Anything).allow_missing_exp();
    assert_eq!(claims(members(1025), &anyone), Err(ClaimsError::Json(too_many)));
    assert_eq!(claims(members(1030), &anyone), Err(ClaimsError::Json(too_many)));
    assert_eq!(claims(members(1024), &anyone), Ok(()));

    let keys = |count: usize| format!(r#"{{"keys":[{}0]}}"#, "0,".repeat(count - 1));
    assert_eq!(
        Jwks::parse(&keys(100_000)).map(drop),
        Err(SetError::TooManyKeys { keys: 100_000, max: 1024 })
    );
    assert_eq!(Jwks::parse(&keys(1025)).map(drop), Err(SetError::TooManyKeys { keys: 1025, max: 1024 }));
    assert_eq!(Jwks::parse(&keys(1024)).map(|set| set.len()), Ok(1024));
    let (length, limit) = (keys(500_000).len(), 512 << 10);
    assert_eq!(Jwks::parse(&keys(500_000)).map(drop), Err(SetError::TooLong { length, max: limit }));
}

/// Objects, and what each is refused for: readers of JSON differ on them. `@` stands where a first member
/// can be put.
fn odd(first: &str) -> Vec<(Vec<u8>, JsonError)> {
    use JsonErrorKind::{
        ByteOrderMark, ControlCharacter, DuplicateName, ExpectedCommaOrBrace, ExpectedCommaOrBracket,
        ExpectedDigit, ExpectedEnd, ExpectedName, ExpectedValue, InvalidEscape, InvalidUtf8, LeadingZero,
        LoneSurrogate,
    };
    let table: &[(&str, JsonErrorKind, &str)] = &[
        // The fault is where the text of the third column occurs last.
        (r#"{@,"x":1,"x":1}"#, DuplicateName, r#""x":1}"#),
        (r#"{@,"x":1,"x":2}"#, DuplicateName, r#""x":2}"#),
        (r#"{@,"x":1,"\u0078":2}"#, DuplicateName, r#""\u0078""#),
        (r#"{@,"\u0078":1,"x":2}"#, DuplicateName, r#""x""#),
        (r#"{@,"":1,"":2}"#, DuplicateName, r#""":2"#),
        (r#"{@,"y":{"x":1,"x":2}}"#, DuplicateName, r#""x":2"#),
        (r#"{@,"y":[0,{"x":1,"z":{"x":0},"x":2}]}"#, DuplicateName, r#""x":2"#),
        ("\u{feff}{@}", ByteOrderMark, "\u{feff}"),
        ("{@}\u{feff}", ExpectedEnd, "\u{feff}"),
        ("{@}x", ExpectedEnd, "x"),
        ("{@}{}", ExpectedEnd, "{}"),
        ("{@}}", ExpectedEnd, "}"),
        ("{@},", ExpectedEnd, ","),
        ("{@}\0", ExpectedEnd, "\0"),
        ("{@} //", ExpectedEnd, "//"),
        (r#"{@,"x":"\ud800"}"#, LoneSurrogate, r"\ud800"),
        (r#"{@,"x":"\udc00"}"#, LoneSurrogate, r"\udc00"),
        (r#"{@,"x":"\ud800\ud800"}"#, LoneSurrogate, r"\ud800\ud800"),
        (r#"{@,"x":"\ud800\u0041"}"#, LoneSurrogate, r"\ud800"),
        (r#"{@,"\udfff":1}"#, LoneSurrogate, r"\udfff"),
        (r#"{@,"y":["\ud83d"]}"#, LoneSurrogate, r"\ud83d"),
        (r#"{@,}"#, ExpectedName, "}"),
        (r#"{@,,"x":1}"#, ExpectedName, r#","x""#),
        (r"{,@}", ExpectedName, ",@"),
        (r#"{@,"x":{,"z":1}}"#, ExpectedName, r#","z""#),
        (r#"{@,"x":[,1]}"#, ExpectedValue, ",1"),
        (r#"{@,'x':1}"#, ExpectedName, "'x'"),
        (r#"{@,x:1}"#, ExpectedName, "x:"),
        (r#"{@,"x":NaN}"#, ExpectedValue, "NaN"),
        (r#"{@,"x":1/**/}"#, ExpectedCommaOrBrace, "/**/"),
        (r#"{@,"x":[1,]}"#, ExpectedValue, "]"),
        (r#"{@ "x":1}"#, ExpectedCommaOrBrace, r#""x":1"#),
        (r#"{@,"x":1 "z":2}"#, ExpectedCommaOrBrace, r#""z""#),
        (r#"{@,"x":[1 2]}"#, ExpectedCommaOrBracket, "2]"),
        (r#"{@,"x":[1}}"#, ExpectedCommaOrBracket, "}}"),
        (r#"{@,"x":{"z":1]}"#, ExpectedCommaOrBrace, "]}"),
        (r#"{@,"x":01}"#, LeadingZero, "1}"),
        (r#"{@,"x":1.}"#, ExpectedDigit, "}"),
        (r#"{@,"x":"\x41"}"#, InvalidEscape, r"\x41"),
        (r#"{@,"x":"\u+041"}"#, InvalidEscape, r"\u+041"),
        ("{@,\"x\":\"\n\"}", ControlCharacter, "\n"),
        (r#"{@,"x":1"#, ExpectedCommaOrBrace, ""),
    ];
    let mut odd: Vec<_> = table
        .iter()
        .map(|(text, kind, wrong)| {
            let text = text.replace('@', first);
            let offset = text.rfind(&wrong.replace('@', first)).unwrap();
            let error = json_error(&text, *kind, offset);
            (text.into_bytes(), error)
        })
        .collect();
    let start = format!("{{{first},\"x\":\"");
    for octets in [&b"\xff"[..], b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"] {
        let text = [start.as_bytes(), octets, b"\"}"].concat();
        odd.push((text, json(InvalidUtf8, start.len())));
    }
    odd
}

/// Seen wherever two readers of one text differ.
#[test]
fn duplicate_names_and_odd_json() {
    let anyone = ClaimsPolicy::new(Expect::Anything, Expect::Anything).allow_missing_exp();
    let member = jwk("hmac-32", "");
    let member = member.trim_matches(['{', '}']);

    // At every level that is read: the header, the claims, and a key.
    let mut cases = 0;
    for (text, error) in odd(r#""alg":"HS256""#) {
        assert_eq!(header(&text), Err(ParseError::HeaderJson(error).into()), "{}", text.escape_ascii());
        cases += 1;
    }
    for (text, error) in odd(r#""exp":2000"#) {
        assert_eq!(claims(&text, &anyone), Err(ClaimsError::Json(error)), "{}", text.escape_ascii());
        cases += 1;
    }
    for (text, error) in odd(member) {
        assert_eq!(Jwk::parse(&text).map(drop), Err(KeyError::Json(error)), "{}", text.escape_ascii());
        cases += 1;
    }
    // And the set itself.
    for (text, error) in odd(r#""keys":[]"#) {
        assert_eq!(Jwks::parse(&text).map(drop), Err(SetError::Json(error)), "{}", text.escape_ascii());
        cases += 1;
    }
    assert_eq!(cases, 4 * 46);

    // Of names that are looked at.
    for (text, second) in [
        (r#"{"alg":"HS256","alg":"HS256"}"#, r#""alg""#),
        (r#"{"alg":"HS256","alg":"none"}"#, r#""alg""#),
        (r#"{"alg":"none","alg":"HS256"}"#, r#""alg""#),
        (r#"{"alg":"HS256","\u0061lg":"HS256"}"#, r#""\u0061lg""#),
        (r#"{"\u0061lg":"none","alg":"HS256"}"#, r#""alg""#),
        (r#"{"alg":"HS256","kid":"a","kid":"b"}"#, r#""kid""#),
    ] {
        let error = json(JsonErrorKind::DuplicateName, text.rfind(second).unwrap());
        assert_eq!(header(text), Err(ParseError::HeaderJson(error).into()), "{text}");
    }
    for text in [r#"{"exp":2000,"exp":3000}"#, r#"{"exp":1,"exp":2000}"#, r#"{"exp":2000,"a":0,"exp":1}"#] {
        let error = json(JsonErrorKind::DuplicateName, text.rfind(r#""exp""#).unwrap());
        assert_eq!(claims(text, &anyone), Err(ClaimsError::Json(error)), "{text}");
    }
    let twice = r#"{"keys":[],"keys":[]}"#;
    let error = json(JsonErrorKind::DuplicateName, 11);
    assert_eq!(Jwks::parse(twice).map(drop), Err(SetError::Json(error)));

    // A name twice in a set's member is that member's fault alone. Offsets count from its own start.
    let double = format!(r#"{{"kid":"a",{member},"kid":"b"}}"#);
    let set = format!(r#"{{"keys":[{{{member}}}, {double}, {{{member}}}]}}"#);
    let error = json(JsonErrorKind::DuplicateName, double.rfind(r#""kid""#).unwrap());
    let outcomes: Vec<_> = Jwks::parse(&set).unwrap().iter().map(|jwk| jwk.map(drop)).collect();
    assert_eq!(outcomes, [Ok(()), Err(KeyError::Json(error)), Ok(())]);

    // A byte order mark in front of the token.
    let byte = Base64Error::InvalidByte { byte: 0xef, offset: 0 };
    assert_eq!(judged(&format!("\u{feff}{}", valid())), Err(ParseError::HeaderBase64(byte).into()));

    // The same names once, or in different objects, and white space around it.
    assert_eq!(header(r#" {"alg":"HS256","x":{"x":1},"y":{"x":"\ud83d\udd11"}} "#), Ok(H));
    assert_eq!(claims(" {\"exp\":2000,\"x\":{\"exp\":[{\"exp\":1}]}}\n", &anyone), Ok(()));
}
