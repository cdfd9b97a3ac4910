//! What a stranger can make this crate read is bounded: every limit to the byte. `benches/hostile` counts the
//! work.

#![cfg(feature = "_algorithm")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

mod support;

use jose_core::json::{self, Value};
use jose_core::{
    ClaimsPolicy, Error, Expect, Jwks, Limits, UnixTime, UnverifiedJws, Verifier,
    error::{ClaimsError, JsonError, JsonErrorKind, ParseError, SetError},
};

/// The documented numbers: code and documents that name them would be wrong if they moved.
#[test]
fn constants() {
    let limits = Limits::new();
    assert_eq!(limits, Limits::default());
    assert_eq!([limits.token_length(), limits.header_length()], [64 << 10, 16 << 10]);
    assert_eq!([limits.set_length(), limits.keys(), limits.members()], [512 << 10, 1024, 1024]);
    assert_eq!([Limits::MAX, json::MAX_DEPTH], [1 << 20, 32]);
    // Each is set by itself, in both directions, up to 2^20.
    for (set, taken) in [(0, 0), (1, 1), (1 << 20, 1 << 20), ((1 << 20) + 1, 1 << 20), (usize::MAX, 1 << 20)]
    {
        assert_eq!(limits.max_token_length(set).token_length(), taken);
        assert_eq!(limits.max_header_length(set).header_length(), taken);
        assert_eq!(limits.max_set_length(set).set_length(), taken);
        assert_eq!(limits.max_keys(set).keys(), taken);
        assert_eq!(limits.max_members(set).members(), taken);
        assert_eq!(limits.max_token_length(set).max_token_length(64 << 10), limits);
        assert_eq!(limits.max_members(set).max_members(1024), limits);
    }
}

/// The text with blanks behind it, as long as this.
fn padded(text: &str, length: usize) -> String {
    text.to_owned() + &" ".repeat(length - text.len())
}

/// A token of exactly this length.
fn token_of(length: usize) -> String {
    let algorithm = support::algorithms()[0];
    let signer = support::usual_signer(algorithm);
    let fixed = signer.token(format!(r#"{{"alg":"{algorithm}"}}"#), "").len();
    // Not every length is one of base64url text; the header is then made longer by a character or two.
    for blanks in 0..4 {
        let header = format!(r#"{{"alg":"{algorithm}"{}}}"#, " ".repeat(blanks));
        for octets in (length - fixed) * 3 / 4 - 6..=(length - fixed) * 3 / 4 {
            let token = signer.token(&header, vec![0; octets]);
            if token.len() == length {
                return token;
            }
        }
    }
    panic!("no token has {length} bytes");
}

/// A verifier and `UnverifiedJws` follow one rule.
#[test]
fn length_of_a_token() {
    let algorithm = support::algorithms()[0];
    let key = support::usual_key(algorithm);
    let mut scratch = vec![0; 1 << 20];
    for (limits, limit) in [
        (Limits::new(), 65_536),
        (Limits::new().max_token_length(usize::MAX), 1 << 20),
        (Limits::new().max_token_length(1000), 1000),
    ] {
        let verifier = Verifier::new(&key).limits(limits);
        let (fits, longer) = (token_of(limit), token_of(limit + 1));
        let too_long = ParseError::TokenTooLong { length: limit + 1, max: limit };
        assert!(verifier.verify(&fits, &mut scratch[..]).is_ok(), "{limit}");
        assert_eq!(verifier.verify(&longer, &mut scratch[..]).map(|_| ()), Err(Error::Parse(too_long)));
        assert!(UnverifiedJws::parse(&fits, &mut scratch[..], limits).is_ok(), "{limit}");
        assert_eq!(UnverifiedJws::parse(&longer, &mut scratch[..], limits).map(|_| ()), Err(too_long));
    }
    let verifier = Verifier::new(&key).limits(Limits::new().max_token_length(0));
    let error = verifier.verify(".", &mut scratch[..]).map(|_| ()).unwrap_err();
    assert_eq!(error, Error::Parse(ParseError::TokenTooLong { length: 1, max: 0 }));
    assert_eq!(
        error.to_string(),
        "token: expected at most 0 bytes, found 1: raise Limits::max_token_length if such tokens are normal"
    );
}

/// The decoded header and the longer of payload and signature are what a buffer needs; one octet less is
/// told with both numbers.
#[test]
fn size_of_a_buffer() {
    let algorithm = support::algorithms()[0];
    let (signer, key) = (support::usual_signer(algorithm), support::usual_key(algorithm));
    let header = format!(r#"{{"alg":"{algorithm}"}}"#);
    let signature = signer.token(&header, "").rsplit('.').next().unwrap().len() * 3 / 4;
    for payload in [0, 1, signature, signature + 1, 1000] {
        let token = signer.token(&header, vec![b' '; payload]);
        let needed = header.len() + payload.max(signature);
        for size in 0..needed + 3 {
            let mut scratch = vec![0; size];
            let outcome = Verifier::new(&key).verify(&token, &mut scratch[..]).map(|_| ());
            let short = ParseError::ScratchTooSmall { needed, given: size };
            assert_eq!(outcome, if size < needed { Err(short.into()) } else { Ok(()) }, "{payload}");
        }
    }
}

#[test]
fn length_and_members_of_a_header() {
    let algorithm = support::algorithms()[0];
    let (signer, key) = (support::usual_signer(algorithm), support::usual_key(algorithm));
    let check = |header: &str, limits: Limits, expected: Result<(), ParseError>| {
        let token = signer.token(header, "{}");
        let mut scratch = vec![0; token.len()];
        assert_eq!(UnverifiedJws::parse(&token, &mut scratch[..], limits).map(|_| ()), expected);
        let verified = Verifier::new(&key).limits(limits).verify(&token, &mut scratch[..]);
        assert_eq!(verified.map(|_| ()), expected.map_err(Error::Parse));
    };
    let text = format!(r#"{{"alg":"{algorithm}"}}"#);
    let too_long = |length, limit| Err(ParseError::HeaderTooLong { length, max: limit });
    check(&padded(&text, 12 << 10), Limits::new(), Ok(()));
    check(&padded(&text, (12 << 10) + 1), Limits::new(), too_long((16 << 10) + 2, 16 << 10));
    let more = Limits::new().max_header_length(40_000);
    check(&padded(&text, 30_000), more, Ok(()));
    check(&padded(&text, 30_001), more, too_long(40_002, 40_000));
    let fewer = Limits::new().max_header_length(40);
    check(&padded(&text, 30), fewer, Ok(()));
    check(&padded(&text, 31), fewer, too_long(42, 40));

    // Names that are not there twice, and that end in the last one being.
    let members = |count: usize| {
        let more: String = (1..count).map(|number| format!(r#","{number:04}":0"#)).collect();
        format!(r#"{{"alg":"{algorithm}"{more}}}"#)
    };
    let too_many = |limit: usize| {
        let kind = JsonErrorKind::TooManyMembers;
        let offset = members(limit).len();
        Err(ParseError::HeaderJson(JsonError { kind, found: None, offset }))
    };
    check(&members(1024), Limits::new(), Ok(()));
    check(&members(1025), Limits::new(), too_many(1024));
    for limit in [1, 2, 27, 28, 29, 200, 1100] {
        check(&members(limit), Limits::new().max_members(limit), Ok(()));
        check(&members(limit + 1), Limits::new().max_members(limit), too_many(limit));
        // One member too many, whose name is not new, by both ways to read an object.
        let again = members(limit).replace('}', r#","alg":0}"#);
        check(&again, Limits::new().max_members(limit), too_many(limit));
        let value = Value::parse_with_limits(&again, Limits::new().max_members(limit));
        assert_eq!(value.map(drop).map_err(ParseError::HeaderJson), too_many(limit), "{limit}");
    }
}

/// The verifier's limit holds for the claims as well.
#[test]
fn members_of_claims() {
    let algorithm = support::algorithms()[0];
    let key = support::usual_key(algorithm);
    let policy = ClaimsPolicy::new(Expect::Anything, Expect::Anything).allow_missing_exp();
    for (limits, limit) in
        [(Limits::new(), 1024), (Limits::new().max_members(3000), 3000), (Limits::new().max_members(20), 20)]
    {
        for (count, fits) in [(limit, true), (limit + 1, false)] {
            // One of them holds all others but one.
            let own: Vec<_> = (0..count - 1).map(|number| format!(r#""{number}":[]"#)).collect();
            let token = support::token(algorithm, format!(r#"{{"a":{{{}}}}}"#, own.join(",")));
            let mut scratch = vec![0; token.len()];
            let verifier = Verifier::new(&key).limits(limits);
            let verified = verifier.verify(&token, &mut scratch[..]).unwrap();
            match verified.claims(&policy, UnixTime::from_secs(0)) {
                Ok(_) => assert!(fits, "{count}"),
                Err(ClaimsError::Json(error)) => {
                    assert_eq!((error.kind, fits), (JsonErrorKind::TooManyMembers, false), "{count}");
                }
                Err(error) => panic!("{error}"),
            }
        }
    }
}

#[test]
fn size_of_a_set() {
    let text = r#"{"keys":[]}"#;
    let keys = |count: usize| format!(r#"{{"keys":[{}0]}}"#, "0,".repeat(count - 1));
    for (limits, length, count) in [
        (Limits::new(), 512 << 10, 1024),
        (Limits::new().max_set_length(1 << 20).max_keys(5000), 1 << 20, 5000),
        (Limits::new().max_set_length(100).max_keys(3), 100, 3),
    ] {
        let parse = |text: &str| Jwks::parse_with_limits(text, limits).map(|set| set.len());
        assert_eq!(parse(&padded(text, length)), Ok(0));
        let too_long = SetError::TooLong { length: length + 1, max: length };
        assert_eq!(parse(&padded(text, length + 1)), Err(too_long));
        assert_eq!(parse(&keys(count)), Ok(count));
        assert_eq!(parse(&keys(count + 1)), Err(SetError::TooManyKeys { keys: count + 1, max: count }));
    }
    // The members of a set, and those of each of its keys.
    let limits = Limits::new().max_members(3);
    let parse = |text: &str| {
        Jwks::parse_with_limits(text, limits).map(|set| set.iter().map(|jwk| jwk.is_ok()).collect())
    };
    assert_eq!(
        parse(r#"{"a":0,"b":0,"keys":[{"a":0,"b":0,"c":0},{"a":0,"b":0,"c":0,"d":0},{}]}"#),
        Ok(vec![true, false, true])
    );
    assert!(matches!(parse(r#"{"a":0,"b":0,"c":0,"keys":[]}"#), Err(SetError::Json(_))));
}

/// One member that does not read costs no other, whatever is wrong inside its brackets.
#[test]
fn members_of_a_set_by_structure() {
    for bad in [
        r#"{"kid":"\ud800"}"#.to_owned(),
        "{\"kid\":\"\u{1}\"}".to_owned(),
        r#"{"kid":"\x"}"#.to_owned(),
        format!(r#"{{"x":{}{}}}"#, "[".repeat(40), "]".repeat(40)),
        format!(r#"{{"x":{}{}}}"#, "[".repeat(40_000), "]".repeat(40_000)),
        r#"{"a":1,"a":2}"#.to_owned(),
        r#"{"a":01}"#.to_owned(),
        r#"{"a" 1}"#.to_owned(),
        r#"{"a":nul}"#.to_owned(),
        r#"{"a":"]}\"","b":}"#.to_owned(),
        "{]".to_owned(),
        "tru".to_owned(),
        "01".to_owned(),
        "null".to_owned(),
        r#""\ud800""#.to_owned(),
    ] {
        for text in [
            format!(r#"{{"keys":[{bad},{{"kid":"good"}}]}}"#),
            format!(r#"{{"keys":[{{"kid":"good"}} , {bad}]}}"#),
        ] {
            let set = Jwks::parse(&text).unwrap();
            assert_eq!(set.len(), 2, "{text:.60}");
            assert_eq!(set.iter().filter(|jwk| jwk.is_err()).count(), 1, "{text:.60}");
            let kids = set.iter().flatten().filter(|jwk| jwk.kid().is_some_and(|kid| kid == "good"));
            assert_eq!(kids.count(), 1, "{text:.60}");
        }
    }
    // Brackets and strings that do not end, or separators that are not there, are the set's fault.
    for bad in [
        r#"{"keys":[{"kid":"good"#,
        r#"{"keys":[{]}"#,
        r#"{"keys":[1 {}]}"#,
        r#"{"keys":[,{}]}"#,
        r#"{"keys":[{},]}"#,
        r#"{"keys":[{}:{}]}"#,
        r#"{"keys":[{}}"#,
        r#"{"keys":[[{}]"#,
    ] {
        assert!(matches!(Jwks::parse(bad), Err(SetError::Json(_))), "{bad}");
    }
}

#[test]
fn size_of_json() {
    let check = |text: &str, kind: Option<JsonErrorKind>, offset: usize| {
        let expected = kind.map(|kind| JsonError { kind, found: None, offset });
        assert_eq!(Value::parse(text).err(), expected, "{text:.60}");
    };
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    check(&nested(32), None, 0);
    check(&nested(33), Some(JsonErrorKind::TooDeep), 32);
    let objects = |depth: usize| r#"{"a":"#.repeat(depth) + "0" + &"}".repeat(depth);
    check(&objects(32), None, 0);
    check(&objects(33), Some(JsonErrorKind::TooDeep), 32 * 5);
    let members = |count: usize| {
        let members: Vec<_> = (0..count).map(|number| format!(r#""{number:04}":0"#)).collect();
        format!("{{{}}}", members.join(","))
    };
    let too_many = Some(JsonErrorKind::TooManyMembers);
    check(&members(1024), None, 0);
    check(&members(1025), too_many, 1 + 1024 * 9);
    check(&members(5000), too_many, 1 + 1024 * 9);
    // Members count where they are open together, and not once their object is closed.
    check(&format!("[{},{}]", members(1024), members(1024)), None, 0);
    check(&format!(r#"{{"a":{},"b":{}}}"#, members(1023), members(1022)), None, 0);
    check(&format!(r#"{{"a":{}}}"#, members(1024)), too_many, 5 + 1 + 1023 * 9);
    check(&format!(r#"{{"b":0,"a":{}}}"#, members(1023)), too_many, 5 + 6 + 1 + 1022 * 9);
    check(&padded("0", 1 << 20), None, 0);
    check(&padded("0", (1 << 20) + 1), Some(JsonErrorKind::TooLong), 1 << 20);
}

/// Names of one length and one start share a digest, and are then told apart however they are written.
#[test]
fn names_of_one_digest() {
    let spellings = [
        "abcdefgh1",
        r"\u0061bcdefgh1",
        r"abcdefgh\u0031",
        "abcdefgh2",
        r"abcdefgh\u0032",
        r"abcdefg\u00682",
    ];
    for (first, one) in spellings.iter().enumerate() {
        for (second, other) in spellings.iter().enumerate() {
            let text = format!(r#"{{"{one}":0,"{other}":0}}"#);
            let same = (first < 3) == (second < 3);
            let kind = same.then_some(JsonErrorKind::DuplicateName);
            assert_eq!(Value::parse(&text).err().map(|error| error.kind), kind, "{text}");
        }
    }
}

/// Texts of the greatest size are read exactly up to their first fault, which is the last byte unless nesting
/// ends the reading earlier. What they cost is counted in `benches/hostile`.
#[test]
fn the_greatest_texts_are_read_to_their_first_fault() {
    const MAX: usize = 1 << 20;
    let check = |text: String, kind: JsonErrorKind, offset: usize| {
        assert!(text.len() <= MAX && text.len() > MAX - 20_000, "{} bytes", text.len());
        let error = Value::parse(&text).map(|_| ()).unwrap_err();
        assert_eq!((error.kind, error.offset), (kind, offset), "{text:.60}");
    };
    // A text that is valid, and then is not because of its last byte.
    let to_the_end = |text: String| {
        assert_eq!(Value::parse(&text).map(|_| ()), Ok(()), "{text:.60}");
        let length = text.len();
        check(text + "}", JsonErrorKind::ExpectedEnd, length);
    };
    check("[".repeat(MAX), JsonErrorKind::TooDeep, 32);
    to_the_end(format!("[{}0]", "[],".repeat(MAX / 3 - 2)));
    to_the_end("1".repeat(MAX - 1));
    to_the_end(format!("\"{}\"", "\\n".repeat(MAX / 2 - 2)));
    // Objects of 128 members, as many as are compared in one pass.
    let members: Vec<_> = (0..128).map(|number| format!(r#""{number}":0"#)).collect();
    let object = format!("{{{}}}", members.join(","));
    to_the_end(format!("[{}0]", format!("{object},").repeat(MAX / (object.len() + 1) - 1)));
    // Names that differ only at the end.
    let members: Vec<_> = (0..128).map(|number| format!(r#""{}{number}":0"#, "a".repeat(8_175))).collect();
    to_the_end(format!("{{{}}}", members.join(",")));

    // Nothing is decoded: the buffer is too small for it.
    let limits = Limits::new().max_token_length(usize::MAX);
    let dots = UnverifiedJws::parse(&".".repeat(MAX), &mut [0; 64], limits).map(|_| ());
    assert_eq!(dots, Err(ParseError::TooManyParts));
    // A set of the most keys.
    let text = format!(r#"{{"keys":[{}{{}}]}}"#, r#"{"kty":"oct","kid":"a"},"#.repeat(1023));
    let set = Jwks::parse(&text).unwrap();
    assert_eq!(set.iter().filter(Result::is_ok).count(), 1024);
}
