//! What people are told, beside the input that causes it. Every variant of every error has a text here.
//!
//! Some texts name what a build has: these are those of one that has everything.

#![cfg(all(
    feature = "serde",
    feature = "alloc",
    feature = "hs256",
    feature = "hs384",
    feature = "hs512",
    feature = "es256",
    feature = "es384",
    feature = "rs256",
    feature = "rs384",
    feature = "rs512",
    feature = "ps256",
    feature = "ps384",
    feature = "ps512",
    feature = "ed25519"
))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests may panic")]

mod support;

use core::fmt::Display;
use core::time::Duration;

use jose_core::json::Value;
use jose_core::{
    Algorithm, AlgorithmSet, Claims, ClaimsPolicy, Error, Expect, Jwk, Jwks, UnixTime, Verifier,
    VerifyingKey,
    error::{
        Base64Error, ClaimsError, JsonError, KeyError, ParseError, SelectError, SetError, SignatureError,
    },
};
use support::b64;

/// Each error has its text, in the one form that all have, and every variant is among them.
#[track_caller]
fn check<E: Message>(enumeration: &str, cases: impl IntoIterator<Item = (impl Display, E, impl AsRef<str>)>) {
    let mut seen = Vec::new();
    for (input, error, expected) in cases {
        let text = error.to_string();
        assert_eq!(text, expected.as_ref(), "{input:.200}");
        assert_eq!(error.code(), error.variant(), "{input:.200}");
        // Lower case, names such as HS256 excepted, and no full stop: messages are put into sentences.
        let capital = text.starts_with(char::is_uppercase) && !text.starts_with("JWK Set");
        assert!(!text.ends_with('.') && !capital, "{text}");
        // One frame: what was expected, and what was found.
        let framed = text.contains("expected ") && text.contains("found ");
        assert!(framed || text == "signature does not verify with this key", "{text}");
        seen.push(error.variant());
    }
    for variant in support::variants(enumeration) {
        assert!(seen.contains(&variant), "{enumeration}::{variant} has no text");
    }
}

#[test]
fn base64url() {
    // Behind 25 characters of the token.
    let refused = |text: &str| match refusal(&format!("{}.e30.{text}", b64(r#"{"alg":"HS256"}"#))) {
        Error::Parse(ParseError::SignatureBase64(error)) => error,
        other => panic!("{text}: {other}"),
    };
    let cases = [
        ("AAAAAAAA=", "expected base64url, found '=' at byte 33: base64url in JOSE has no padding"),
        (
            "AAA+",
            "expected base64url, found '+' at byte 28: this is the standard base64 alphabet; base64url has '-' and '_'",
        ),
        (
            "AA/A",
            "expected base64url, found '/' at byte 27: this is the standard base64 alphabet; base64url has '-' and '_'",
        ),
        ("A,AA", "expected base64url, found ',' at byte 26"),
        ("AAA\n", "expected base64url, found 0x0a at byte 28"),
        ("\u{fc}AA", "expected base64url, found 0xc3 at byte 25"),
        (
            "AAAAA",
            "expected base64url, found 5 characters, a length that no encoding has: the text is truncated or has one too many",
        ),
        ("AAAAAB", "expected zeros in the unused bits of the last character, found ones at byte 30"),
    ];
    let cases = cases.map(|(text, expected)| (text, refused(text), expected));
    // Of a token this is ParseError::ScratchTooSmall, of a key that its member is too long.
    let small = Base64Error::BufferTooSmall { needed: 3, given: 2 };
    check(
        "Base64Error",
        cases.into_iter().chain([("", small, "expected a buffer of at least 3 bytes, found 2")]),
    );
}

/// Each kind; tests/json.rs has more texts of them, with the place of each.
#[test]
fn json() {
    let long = format!("\"{}\"", " ".repeat(1 << 20));
    let deep = "[".repeat(33);
    let wide: String = (0..1025).map(|number| format!("\"{number}\":1,")).collect();
    let wide = format!("{{{}}}", wide.trim_end_matches(','));
    let cases: [(&[u8], &str); 25] = [
        (b"\"\xff\"", "expected UTF-8, found an invalid byte at byte 1"),
        (b"\xef\xbb\xbf{}", "expected JSON without byte order mark, found one at byte 0"),
        (b"[,]", "expected a value, found ',' at byte 1"),
        (b"'a'", "expected a value, found '\\'' at byte 0"),
        ("\u{201c}a\u{201d}".as_bytes(), "expected a value, found '\\u{201c}' at byte 0"),
        (b"{a:1}", "expected a member name in double quotes, found 'a' at byte 1"),
        (b"{\"a\" 1}", "expected ':' after member name, found '1' at byte 5"),
        (b"{\"a\":1 \"b\":2}", "expected ',' or '}' after member, found '\"' at byte 7"),
        (b"[1 2]", "expected ',' or ']' after array element, found '2' at byte 3"),
        (b"{} {}", "expected end of text after JSON value, found '{' at byte 3"),
        (b"nil", "expected true, false or null, found 'i' at byte 1"),
        (b"True", "expected a value, found 'T' at byte 0"),
        (b"-a", "expected a digit in number, found 'a' at byte 1"),
        (b"1.", "expected a digit in number, found end of text at byte 2"),
        (b"01", "expected no digit after leading zero, found '1' at byte 1"),
        (b"\"a", "expected '\"' at end of string, found end of text at byte 2"),
        (b"\"\n\"", "expected control characters in strings to be escaped, found '\\n' at byte 1"),
        (b"\"\\x\"", "expected an escape sequence of JSON, found an unknown one at byte 1"),
        (b"\"\\u12\"", "expected an escape sequence of JSON, found an unknown one at byte 1"),
        (b"\"\\ud800\"", "expected surrogates in pairs, found half of a pair at byte 1"),
        (b"{\"a\":1,\"a\":2}", "expected unique member names, found a second member of this name at byte 7"),
        (
            b"{\"a\":1,\"\\u0061\":2}",
            "expected unique member names, found a second member of this name at byte 7",
        ),
        (long.as_bytes(), "expected at most 1 MiB of text, found more at byte 1048576"),
        (deep.as_bytes(), "expected at most 32 levels of arrays and objects, found another at byte 32"),
        (wide.as_bytes(), "expected no more members than Limits::max_members, found another at byte 8107"),
    ];
    let cases = cases
        .map(|(text, expected)| (text.escape_ascii().to_string(), Value::parse(text).unwrap_err(), expected));
    // A member of a set is skipped by its brackets before it is read.
    let cut = r#"{"keys":[{"#;
    let Err(SetError::Json(of_set)) = Jwks::parse(cut) else { panic!("{cut}") };
    let of_set = (cut.to_owned(), of_set, "expected ']' or '}', found end of text at byte 10");
    check("JsonErrorKind", cases.into_iter().chain([of_set]));
}

const SECRET: &str = "hmac-32";

/// What becomes of a token that is signed with HS256 and whose verifier has that key.
fn refusal(token: &str) -> Error {
    Verifier::new(&support::key(SECRET)).verify(token, &mut vec![0; 20_000]).map(drop).unwrap_err()
}

/// The token of a header. It is refused before its signature is looked at.
fn with_header(header: impl AsRef<[u8]>) -> String {
    format!("{}.e30.AA", b64(header))
}

#[test]
fn tokens() {
    let spaces = |count| " ".repeat(count);
    let bad_payload = |payload: &str| {
        let input = format!("{}.{payload}", b64(r#"{"alg":"HS256"}"#));
        format!("{input}.{}", b64(support::signer(SECRET).sign(input.as_bytes())))
    };
    let unscratched =
        |token: &str| Verifier::new(&support::key(SECRET)).verify(token, &mut [0; 4]).map(drop).unwrap_err();
    let cases = [
        (
            spaces(65_537),
            "token: expected at most 65536 bytes, found 65537: raise Limits::max_token_length if such tokens are normal",
        ),
        (
            r#"{"payload":"e30"}"#.into(),
            "token: expected the compact serialization (header.payload.signature), found JSON: send the token in compact form",
        ),
        (
            "a.b".into(),
            "token: expected 3 parts (header.payload.signature), found 2: the token is truncated or not a JWS",
        ),
        (
            String::new(),
            "token: expected 3 parts (header.payload.signature), found 1: the token is truncated or not a JWS",
        ),
        (
            "a.b.c.d.e".into(),
            "token: expected 3 parts (header.payload.signature), found 5, an encrypted token (JWE): ask the issuer for a signed one",
        ),
        (
            "a.b.c.d".into(),
            "token: expected 3 parts (header.payload.signature), found more: the text is not a JWS",
        ),
        (
            "e30=.e30.AA".into(),
            "token header: expected base64url, found '=' at byte 3: base64url in JOSE has no padding",
        ),
        (
            with_header(r#"{"alg":"HS256","alg":"none"}"#),
            "token header: expected unique member names, found a second member of this name at byte 15",
        ),
        (
            with_header("[]"),
            "token header: expected a JSON object, found another value: the text is not a JWS",
        ),
        (with_header("{}"), "token header 'alg': expected a value, found none: the text is not a JWS"),
        (
            with_header(r#"{"alg":"HS256","kid":5}"#),
            "token header 'kid': expected a string, found a value of another type",
        ),
        (
            with_header(r#"{"alg":"HS256","crit":["x"],"x":1}"#),
            "token header 'crit': expected none, found one: it names extensions that must be understood, and this verifier has no list of them; see Verifier::understands",
        ),
        (
            with_header(r#"{"alg":"HS256","b64":false}"#),
            "token header 'b64': expected true, found another value: unencoded payloads are not supported",
        ),
        (
            with_header(r#"{"alg":"HS256"}"#).replace(".AA", ".A+"),
            "token signature: expected base64url, found '+' at byte 26: this is the standard base64 alphabet; base64url has '-' and '_'",
        ),
        (
            bad_payload("e30="),
            "token payload: expected base64url, found '=' at byte 24: base64url in JOSE has no padding",
        ),
    ];
    let parse = |error| if let Error::Parse(error) = error { error } else { panic!("{error}") };
    let cases = cases.map(|(token, expected)| (token.clone(), parse(refusal(&token)), expected));
    let short = with_header(r#"{"alg":"HS256"}"#);
    let limits = jose_core::Limits::new().max_header_length(10);
    let limited = Verifier::new(&support::key(SECRET)).limits(limits).verify(&short, &mut [0; 99]).map(drop);
    let more = [
        (
            short.clone(),
            parse(unscratched(&short)),
            "scratch buffer: expected at least 17 bytes, found 4: one as long as the token suffices",
        ),
        (
            short,
            parse(limited.unwrap_err()),
            "token header: expected at most 10 bytes, found 20: raise Limits::max_header_length if such headers are normal",
        ),
    ];
    check::<ParseError>("ParseError", cases.into_iter().chain(more));
}

/// An `x5t`: 20 octets (RFC 7515 §4.1.7).
const THUMBPRINT: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why none of these members of a JWK Set was chosen for a header, with a verifier that accepts HS256 and
/// more.
fn unchosen(members: &[&str], header: &str, more: impl Fn(Keys<'_>) -> Keys<'_>) -> SelectError {
    let set = format!(r#"{{"keys":[{}]}}"#, members.join(","));
    let jwks = Jwks::parse(&set).unwrap();
    let verifier = more(Verifier::new(jwks.keys(Algorithm::Hs256)));
    match verifier.verify(&with_header(header), &mut [0; 300]) {
        Err(Error::Select(error)) => error,
        other => panic!("{header}: {other:?}"),
    }
}

type Keys<'k> = Verifier<'k, jose_core::keys::JwksKeys<'k>>;

#[test]
fn selection() {
    let [one, other, elliptic] = [(SECRET, "1"), ("hmac-64", "2"), ("p256", "3")]
        .map(|(key, kid)| support::jwk(key, &format!(r#""kid":"{kid}""#)));
    let short = r#"{"kty":"oct","kid":"1","k":"AAAA"}"#;
    let plain =
        |members: &[&str], header: &str| (header.to_owned(), unchosen(members, header, |verifier| verifier));
    let by_thumbprint = |key: &str| support::jwk(key, &format!(r#""x5t":"{THUMBPRINT}""#));
    let crit = |header: &str| {
        (header.to_owned(), unchosen(&[&one], header, |verifier| verifier.understands(&["x"])))
    };
    let typed = |header: &str| {
        (header.to_owned(), unchosen(&[&one], header, |verifier| verifier.require_typ("at+jwt")))
    };
    let required = r#"{"alg":"HS256"}"#;
    let without_kid = unchosen(&[&one], required, |verifier| verifier.require_kid());
    let two_algorithms = unchosen(&[&elliptic], r#"{"alg":"RS256"}"#, |verifier| {
        verifier.algorithms(AlgorithmSet::only(Algorithm::Es256).or(Algorithm::Hs256))
    });
    let of_key = Verifier::new(&support::key(SECRET))
        .algorithms(AlgorithmSet::only(Algorithm::Es256).or(Algorithm::Hs256))
        .verify(&with_header(r#"{"alg":"ES256"}"#), &mut [0; 300])
        .map(drop);
    let Err(Error::Select(of_key)) = of_key else { panic!("{of_key:?}") };
    let none_for = unchosen(&[&one, &other], r#"{"alg":"ES256"}"#, |verifier| {
        verifier.algorithms(AlgorithmSet::only(Algorithm::Es256).or(Algorithm::Hs256))
    });
    let long = format!(r#"{{"alg":"HS256","kid":"{}"}}"#, "2026-".repeat(10));
    let cases = [
        (
            crit(r#"{"alg":"HS256","crit":[]}"#),
            "token header 'crit': expected an array of one or more names, found another value: have the issuer correct it",
        ),
        (
            crit(r#"{"alg":"HS256","crit":["alg"]}"#),
            "token header 'crit': expected extensions, found \"alg\", which RFC 7515 or RFC 7518 registers: have the issuer leave it out",
        ),
        (
            crit(r#"{"alg":"HS256","crit":["b64"],"b64":true}"#),
            "token header 'crit': expected extensions that are supported, found \"b64\": have the issuer encode the payload",
        ),
        (
            crit(r#"{"alg":"HS256","crit":["exp"],"exp":1}"#),
            "token header 'crit': expected extensions that this verifier understands, found \"exp\": give the name to Verifier::understands if the application processes it; otherwise have the issuer leave it out",
        ),
        (
            crit(r#"{"alg":"HS256","crit":["x","x"],"x":1}"#),
            "token header 'crit': expected each name once, found \"x\" again: have the issuer correct it",
        ),
        (
            crit(r#"{"alg":"HS256","crit":["x"]}"#),
            "token header: expected the parameter \"x\", which 'crit' names, found none: have the issuer correct it",
        ),
        (
            plain(&[&one], r#"{"alg":"none"}"#),
            "token header 'alg': expected HS256, HS384, HS512, ES256, ES384, RS256, RS384, RS512, PS256, PS384, PS512, Ed25519 and EdDSA, found \"none\": have the issuer sign with one of them",
        ),
        (
            plain(&[&one], r#"{"alg":"M\u00fcller"}"#),
            "token header 'alg': expected HS256, HS384, HS512, ES256, ES384, RS256, RS384, RS512, PS256, PS384, PS512, Ed25519 and EdDSA, found \"M\\u{fc}ller\": have the issuer sign with one of them",
        ),
        (
            plain(&[&one], r#"{"alg":"RS256"}"#),
            "token header 'alg': expected HS256, found RS256: have the issuer sign with HS256, or verify RS256 tokens with a verifier and keys for RS256",
        ),
        (
            ("RS256".into(), two_algorithms),
            "token header 'alg': expected HS256 or ES256, found RS256: have the issuer sign with HS256 or ES256, or verify RS256 tokens with a verifier and keys for RS256",
        ),
        (
            typed(r#"{"alg":"HS256"}"#),
            "token header 'typ': expected \"at+jwt\", found none: check that this kind of token is meant for you",
        ),
        (
            typed(r#"{"alg":"HS256","typ":"JWT"}"#),
            "token header 'typ': expected \"at+jwt\", found \"JWT\": send the kind of token that is meant for this verifier",
        ),
        (
            (required.into(), without_kid),
            "token header 'kid': expected a value, found none: the verifier requires it; have the issuer put the key's 'kid' into the header",
        ),
        (
            plain(&[], required),
            "keys: expected at least one, found none: fetch the JWK Set, and check that it is not empty",
        ),
        (
            plain(&[&one, &other, &elliptic], r#"{"alg":"HS256","kid":"x"}"#),
            "token header 'kid': expected \"1\", \"2\", \"3\", found \"x\": none of the 3 keys has it; if the issuer rotated its keys, fetch its JWK Set again; otherwise check that the keys belong to this issuer",
        ),
        (
            plain(&[&support::jwk(SECRET, "")], r#"{"alg":"HS256","kid":"x"}"#),
            "token header 'kid': expected that of a key, found \"x\": the only key does not have it; if the issuer rotated its keys, fetch its JWK Set again; otherwise check that the keys belong to this issuer",
        ),
        (
            plain(&[&one], &long),
            "token header 'kid': expected \"1\", found \"2026-2026-2026-2026-2026-2026-2026-2026-2026-2\"...: the only key does not have it; if the issuer rotated its keys, fetch its JWK Set again; otherwise check that the keys belong to this issuer",
        ),
        (
            plain(&[&one, &other], required),
            "token header 'kid': expected a value, to choose among 2 keys for HS256, found none: have the issuer put the key's 'kid' into the header",
        ),
        (
            plain(&[short], r#"{"alg":"HS256","kid":"1"}"#),
            "key that the token names: secret: expected at least 32 bytes, found 3: use a longer random secret",
        ),
        (
            plain(&[&one, &support::jwk("hmac-64", r#""kid":"1""#)], r#"{"alg":"HS256","kid":"1"}"#),
            "keys: expected one HS256 key that the token names, found 2: the issuer must give each key its own 'kid'",
        ),
        (
            plain(
                &[&by_thumbprint("hmac-32"), &by_thumbprint("hmac-64")],
                &format!(r#"{{"alg":"HS256","x5t":"{THUMBPRINT}"}}"#),
            ),
            "keys: expected one HS256 key that the token names, found 2: the issuer must give each key its own 'kid'",
        ),
        (
            ("ES256".into(), of_key),
            "token header 'alg': expected HS256, which the chosen key is for, found ES256: have the issuer sign with HS256, or publish its ES256 key",
        ),
        (
            ("ES256".into(), none_for),
            "keys: expected one for ES256, found none that can be used: check that the keys belong to this issuer",
        ),
    ];
    check("SelectError", cases.map(|((header, error), expected)| (header, error, expected)));
}

#[test]
fn signatures() {
    let [secret, elliptic, rsa] = [SECRET, "p256", "rsa-2048"].map(support::key);
    let said =
        |key: &VerifyingKey, algorithm, length| key.verify(algorithm, b"", &vec![1; length]).unwrap_err();
    let cases = [
        (said(&rsa, Algorithm::Ps256, 256), "algorithm: expected RS256, which the key is for, found PS256"),
        (
            said(&secret, Algorithm::Hs256, 31),
            "signature: expected 32 bytes, found 31: it is truncated or made with another key",
        ),
        (
            said(&elliptic, Algorithm::Es256, 70),
            "signature: expected 64 bytes, found 70: it is truncated or made with another key",
        ),
        (
            said(&rsa, Algorithm::Rs256, 512),
            "signature: expected 256 bytes, found 512: it is truncated or made with another key",
        ),
        (said(&rsa, Algorithm::Rs256, 256), "signature does not verify with this key"),
    ];
    check("SignatureError", cases.map(|(error, expected)| (expected, error, expected)));
}

#[test]
fn claims() {
    let now = UnixTime::from_secs(1000);
    let policy = || ClaimsPolicy::new(Expect::Exactly("joe"), Expect::Anything).allow_missing_exp();
    let to = |audience| ClaimsPolicy::new(Expect::Anything, audience).allow_missing_exp();
    let timed = || to(Expect::Anything).leeway(Duration::from_secs(60));
    let apis = Expect::any_of(&["api", "web"]);
    let cases: [(&str, ClaimsPolicy<'_>, &str); 23] = [
        (
            r#"{"iss":"joe","iss":"eve"}"#,
            policy(),
            "claims: expected unique member names, found a second member of this name at byte 13",
        ),
        ("[]", policy(), "claims: expected a JSON object, found another value: the payload is not a JWT's"),
        (r#"{"iss":5}"#, policy(), "claim 'iss': expected a string, found a number"),
        (
            r#"{"aud":null}"#,
            to(Expect::Exactly("api")),
            "claim 'aud': expected a string or an array of strings, found null",
        ),
        (r#"{"exp":"900"}"#, timed(), "claim 'exp': expected a number of seconds, found a string"),
        (
            r#"{"exp":1e30}"#,
            timed(),
            "claim 'exp': expected a number of seconds since 1970, found one beyond 64 bits",
        ),
        ("{}", policy(), "claim 'iss': expected a value, found none: the policy requires it"),
        (
            "{}",
            ClaimsPolicy::new(Expect::Anything, Expect::Anything),
            "claim 'exp': expected a value, found none: the policy requires it",
        ),
        (
            r#"{"aud":"api"}"#,
            to(Expect::Forbidden),
            "claim 'aud': expected none, found one: the policy forbids it",
        ),
        (
            r#"{"iss":"joe/"}"#,
            policy(),
            "claim 'iss': expected \"joe\", found \"joe/\": the texts must be equal, byte by byte",
        ),
        (
            r#"{"iss":"J\u006fe"}"#,
            policy(),
            "claim 'iss': expected \"joe\", found \"Joe\": the texts must be equal, byte by byte",
        ),
        (
            r#"{"aud":[]}"#,
            to(Expect::Exactly("api")),
            "claim 'aud': expected \"api\", found none: the token was issued for another audience",
        ),
        (
            r#"{"aud":["a","b"]}"#,
            to(apis),
            "claim 'aud': expected \"api\", \"web\", found \"a\", \"b\": the token was issued for another audience",
        ),
        (
            r#"{"aud":["a","b","c","d","e"]}"#,
            to(Expect::Exactly("api")),
            "claim 'aud': expected \"api\", found \"a\", \"b\", \"c\" and 2 more: the token was issued for another audience",
        ),
        (
            r#"{"exp":900}"#,
            timed(),
            "claim 'exp': expected a time after 940 (now 1000, leeway 60), found 900: the token expired 100 seconds ago; get a new one, or set the clock",
        ),
        (
            r#"{"exp":1000}"#,
            to(Expect::Anything),
            "claim 'exp': expected a time after 1000 (now 1000, leeway 0), found 1000: the token expires at this second; get a new one, or set the clock",
        ),
        (
            r#"{"exp":999}"#,
            to(Expect::Anything),
            "claim 'exp': expected a time after 1000 (now 1000, leeway 0), found 999: the token expired 1 second ago; get a new one, or set the clock",
        ),
        (
            r#"{"nbf":1100}"#,
            timed(),
            "claim 'nbf': expected at most 1060 (now 1000, leeway 60), found 1100: the token becomes valid in 100 seconds; wait, set the clock, or grant leeway",
        ),
        (
            r#"{"iat":1100}"#,
            timed().max_age(Duration::from_secs(600)),
            "claim 'iat': expected at most 1060 (now 1000, leeway 60), found 1100: the token was issued 100 seconds in the future; set the clock, or grant leeway",
        ),
        (
            r#"{"iat":100}"#,
            timed().max_age(Duration::from_secs(600)),
            "claim 'iat': expected at least 340 (now 1000, maximum age 600, leeway 60), found 100: the token is 900 seconds old; get a new one",
        ),
        (
            "{}",
            timed().max_age(Duration::from_secs(600)),
            "claim 'iat': expected a value, found none: the policy requires it",
        ),
        (
            r#"{"iss":"M\u00fcller"}"#,
            to(Expect::Anything),
            "claims: expected the type that they are deserialized into, found another at line 1 column 20: invalid type: string \"M\\u{fc}ller\", expected a sequence",
        ),
        (
            r#"{"iss":"joe","a":1"#,
            policy(),
            "claims: expected ',' or '}' after member, found end of text at byte 18",
        ),
    ];
    let refusal = |text: &str, policy: &ClaimsPolicy<'_>| {
        let claims = Claims::dangerous_from_octets(text.as_bytes(), policy, now);
        claims
            .and_then(|claims| claims.deserialize::<std::collections::BTreeMap<String, Vec<String>>>())
            .unwrap_err()
    };
    check("ClaimsError", cases.map(|(text, policy, expected)| (text, refusal(text, &policy), expected)));
}

#[test]
fn keys() {
    let any = || AlgorithmSet::only(Algorithm::Rs256).or(Algorithm::Es256).or(Algorithm::Ed25519);
    let refusal = |jwk: &str, allowed: AlgorithmSet| {
        Jwk::parse(jwk).and_then(|jwk| jwk.verifying_key(allowed)).map(drop).unwrap_err()
    };
    let (elliptic, rsa) =
        (|more: &str| support::jwk("p256", more), |more: &str| support::jwk("rsa-2048", more));
    let part = |key, name| support::member(key, name);
    let ec = |crv: &str, x: &[u8], y: &[u8]| {
        format!(r#"{{"kty":"EC","crv":"{crv}","x":"{}","y":"{}"}}"#, b64(x), b64(y))
    };
    let (x, y) = (part("p256", "x"), part("p256", "y"));
    let (x384, y384) = (part("p384", "x"), part("p384", "y"));
    let okp = |x: &[u8]| format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, b64(x));
    let of = |n: &[u8], e: &[u8]| format!(r#"{{"kty":"RSA","n":"{}","e":"{}"}}"#, b64(n), b64(e));
    let n = part("rsa-2048", "n");
    let mut even = n.clone();
    *even.last_mut().unwrap() &= 0xfe;
    let secret = |octets: &[u8]| format!(r#"{{"kty":"oct","k":"{}"}}"#, b64(octets));
    let (es, hs, rs) = (Algorithm::Es256.into(), Algorithm::Hs256.into(), Algorithm::Rs256.into());
    let cases: Vec<(String, AlgorithmSet, &str)> = vec![
        (
            r#"{"kty":"EC","kty":"oct"}"#.into(),
            es,
            "key: expected unique member names, found a second member of this name at byte 12",
        ),
        ("[]".into(), es, "key: expected a JSON object, found another value"),
        ("{}".into(), es, "key 'kty': expected a value, found none"),
        (
            r#"{"kty":"RSA","x5c":["AAAA"]}"#.into(),
            rs,
            "key 'n': expected a value, found only a certificate in 'x5c', which is not read: have the issuer publish the key's own members",
        ),
        (elliptic(r#""kid":5"#), es, "key 'kid': expected a string, found a number"),
        (r#"{"kty":"AKP"}"#.into(), es, "key 'kty': expected oct, EC, RSA and OKP, found \"AKP\""),
        (
            r#"{"kty":"EC","crv":"P-521"}"#.into(),
            es,
            "key 'crv': expected \"P-256\" or \"P-384\", found \"P-521\"",
        ),
        (
            r#"{"kty":"EC","crv":"secp256r1"}"#.into(),
            es,
            "key 'crv': expected \"P-256\" or \"P-384\", found \"secp256r1\": this is P-256 under a name that JWK does not have",
        ),
        (
            elliptic(r#""use":"enc""#),
            es,
            "key 'use': expected \"sig\", found \"enc\": the key is not for signatures",
        ),
        (
            elliptic(r#""use":"sign""#),
            es,
            "key 'use': expected \"sig\", found \"sign\": did the issuer mean \"sig\"?",
        ),
        (
            elliptic(r#""key_ops":["encrypt"]"#),
            es,
            "key 'key_ops': expected \"verify\", found other operations: the key is not for verification",
        ),
        (
            elliptic(r#""key_ops":["verify","verify"]"#),
            es,
            "key 'key_ops': expected each operation once, found \"verify\" twice",
        ),
        (
            rsa(r#""alg":"RSA-OAEP""#),
            rs,
            "key 'alg': expected HS256, HS384, HS512, ES256, ES384, RS256, RS384, RS512, PS256, PS384, PS512, Ed25519 and EdDSA, found \"RSA-OAEP\"",
        ),
        (elliptic(r#""alg":"HS256""#), es, "key 'alg': expected ES256, by its 'kty' and 'crv', found HS256"),
        (
            rsa(""),
            any().or(Algorithm::Ps256),
            "key 'alg': expected a value, found none, and the key could be for RS256 or PS256: have the issuer publish it, or accept only one of them",
        ),
        (
            rsa(r#""alg":"RS512""#),
            any(),
            "key: expected one for ES256 or RS256 or Ed25519, found one for RS512",
        ),
        (
            elliptic(r#""d":"AA""#),
            es,
            "key: expected a public key, found the private member 'd': whoever can read it can sign; replace the key",
        ),
        (
            support::jwk(SECRET, ""),
            any().or(Algorithm::Hs256),
            "key: expected a public key, found a symmetric key in a set that also allows public-key algorithms: verify HMAC apart from them",
        ),
        (
            r#"{"kty":"RSA","n":"AQAB==","e":"AQAB"}"#.into(),
            rs,
            "key 'n': expected base64url, found '=' at byte 4: base64url in JOSE has no padding",
        ),
        (secret(&[7; 31]), hs, "secret: expected at least 32 bytes, found 31: use a longer random secret"),
        (secret(&[7; 513]), hs, "secret: expected at most 512 bytes, found 513"),
        (
            secret(b"-----BEGIN PUBLIC KEY-----\nAAAA\n"),
            hs,
            "secret: expected random bytes, found what looks like a PEM key: use a random secret",
        ),
        (
            secret(&[b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04".as_slice(), &*x, &*y].concat()),
            hs,
            "secret: expected random bytes, found what looks like a DER key or certificate: use a random secret",
        ),
        (
            secret(elliptic("").as_bytes()),
            hs,
            "secret: expected random bytes, found what looks like a JWK: use a random secret",
        ),
        (
            secret(b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"),
            hs,
            "secret: expected random bytes, found what looks like an SSH key: use a random secret",
        ),
        (
            secret(&[&[4], &*x, &*y].concat()),
            hs,
            "secret: expected random bytes, found what looks like an EC public key: use a random secret",
        ),
        (
            ec("P-256", &x[1..], &y),
            es,
            "key 'x': expected 32 bytes for P-256, found 31: the issuer stripped leading zeros, which it must keep",
        ),
        (ec("P-256", &x, &y384), es, "key 'y': expected 32 bytes for P-256, found 48"),
        (ec("P-256", &y, &x), es, "key 'x' and 'y': expected a point on P-256, found another"),
        (
            ec("P-384", &y384, &x384),
            Algorithm::Es384.into(),
            "key 'x' and 'y': expected a point on P-384, found another",
        ),
        (okp(&[2; 32]), Algorithm::Ed25519.into(), "key 'x': expected a point on Ed25519, found another"),
        (
            okp(&[[1].as_slice(), &[0; 31]].concat()),
            Algorithm::Ed25519.into(),
            "key 'x': expected a point of large order, found one of small order, which is nobody's key",
        ),
        (
            of(&n[..128], &[1, 0, 1]),
            rs,
            "key 'n': expected at least 2048 bits, found 1024: replace the key with a larger one",
        ),
        (of(&[0xff; 1025], &[1, 0, 1]), rs, "key 'n': expected at most 8192 bits, found 8200"),
        (
            of(&even, &[1, 0, 1]),
            rs,
            "key 'n': expected an odd number, found an even one: this is not an RSA modulus",
        ),
        (of(&n, &[35]), rs, "key 'e': expected at least 65537, found 35: replace the key"),
        (of(&n, &[2, 0, 0, 0, 1]), rs, "key 'e': expected at most 33 bits, found 34"),
        (of(&n, &[1, 0, 2]), rs, "key 'e': expected an odd number, found 65538: this is not an RSA exponent"),
    ];
    let cases = cases.into_iter().map(|(jwk, allowed, expected)| {
        let error = refusal(&jwk, allowed);
        (jwk, error, expected)
    });
    // No input of a build that has every algorithm leads to this.
    let absent = KeyError::FeatureDisabled { alg: Algorithm::Hs256 };
    let expected =
        "key: expected one for an algorithm of this build, found one for HS256: enable its feature";
    check("KeyError", cases.chain([(String::new(), absent, expected)]));
}

#[test]
fn sets() {
    let cases = [
        (
            " ".repeat((512 << 10) + 1),
            "JWK Set: expected at most 524288 bytes, found 524289: raise Limits::max_set_length if such sets are normal",
        ),
        ("<html>".into(), "JWK Set: expected a value, found '<' at byte 0"),
        ("[]".into(), "JWK Set: expected a JSON object, found another value: the document is not a JWK Set"),
        ("{}".into(), "JWK Set 'keys': expected an array, found none: the document is not a JWK Set"),
        (
            r#"{"keys":{}}"#.into(),
            "JWK Set 'keys': expected an array, found another value: the document is not a JWK Set",
        ),
        (
            format!(r#"{{"keys":[{}5]}}"#, "5,".repeat(1024)),
            "JWK Set: expected at most 1024 keys, found 1025: raise Limits::max_keys if such sets are normal",
        ),
    ];
    let refusal = |text: &str| Jwks::parse(text).map(drop).unwrap_err();
    check::<SetError>("SetError", cases.map(|(text, expected)| (text.clone(), refusal(&text), expected)));
}

/// What says the error of the whole is what its part says; no source says the same again.
#[test]
fn of_every_stage() {
    let error = refusal("a.b");
    assert_eq!(error.to_string(), ParseError::PartsMissing { parts: 2 }.to_string());
    assert!(core::error::Error::source(&error).is_none());
    let members = r#"{"keys":[{"kty":"EC"},5]}"#;
    let unusable =
        jose_core::KeySet::from_jwks(&Jwks::parse(members).unwrap(), Algorithm::Es256).unwrap_err();
    assert_eq!(
        Error::from(unusable).to_string(),
        "JWK Set: expected a key that can be used, found none among 2: the first: key 'crv': expected a value, found none"
    );
    // What a configuration names is one of them, too.
    let named = AlgorithmSet::from_names(["M\u{fc}ller"]).map_err(Error::from).unwrap_err();
    assert_eq!((named.stage(), named.code()), ("configuration", "UnknownAlgorithm"));
    assert!(named.to_string().ends_with("or Ed25519, found \"M\\u{fc}ller\""), "{named}");
    let nobody = jose_core::AnyOf::owned([""; 0]).map_err(Error::from).unwrap_err();
    assert_eq!((nobody.stage(), nobody.code()), ("configuration", "EmptyList"));
    assert_eq!(
        nobody.to_string(),
        "list of accepted values: expected at least one, found none: no token would be accepted"
    );
    assert_eq!(
        jose_core::rotation::NoResponse::default().to_string(),
        "JWK Set: expected a response, found none: check that this machine reaches the URL, and its TLS and proxy settings"
    );
}

/// An error of which this suite asks the variant and the message.
trait Message: Display {
    fn variant(&self) -> String;
    fn code(&self) -> &'static str;
}

macro_rules! messages {
    ($($error:ident: $part:expr, $code:expr;)*) => {$(
        impl Message for $error {
            fn variant(&self) -> String {
                support::variant(&$part(self))
            }

            fn code(&self) -> &'static str {
                $code(self)
            }
        }
    )*};
}

messages! {
    ParseError: |error| error, ParseError::code;
    SelectError: |error| error, SelectError::code;
    SignatureError: |error| error, SignatureError::code;
    ClaimsError: |error| error, ClaimsError::code;
    KeyError: |error| error, KeyError::code;
    SetError: |error| error, SetError::code;
    Base64Error: |error| error, Base64Error::code;
    JsonError: |error: &JsonError| error.kind, |error: &JsonError| error.kind.code();
}
