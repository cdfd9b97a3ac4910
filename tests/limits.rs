//! What a stranger can make this crate do is bounded: every limit to the byte, and no work beyond it.

#![cfg(any(feature = "hs256", feature = "es256", feature = "rs256"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that meets the unexpected must stop"
)]

mod support;

use jose_core::json::{self, Value};
use jose_core::{
    Error, JsonError, JsonErrorKind, Jwks, MAX_HEADER_LENGTH, MAX_KEYS, MAX_SET_LENGTH, MAX_TOKEN_LENGTH,
    ParseError, SetError, UnverifiedJws, Verifier,
};
use support::b64;

/// The documented numbers: code and documents that name them would be wrong if they moved.
#[test]
fn constants() {
    let limits = [MAX_TOKEN_LENGTH, MAX_HEADER_LENGTH, MAX_SET_LENGTH, MAX_KEYS];
    assert_eq!(limits, [16 << 10, 4 << 10, 512 << 10, 1024]);
    assert_eq!(json::MAX_OPEN_MEMBERS, 1024);
    assert_eq!([json::MAX_LENGTH, json::MAX_DEPTH], [1 << 20, 32]);
}

/// The text with blanks behind it, as long as this.
fn padded(text: &str, length: usize) -> String {
    text.to_owned() + &" ".repeat(length - text.len())
}

/// A token of exactly this length.
fn token_of(length: usize) -> String {
    let algorithm = support::algorithms()[0];
    let signer = support::signer(support::usual(algorithm));
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

#[test]
fn length_of_a_token() {
    let algorithm = support::algorithms()[0];
    let key = support::key(support::usual(algorithm));
    let verifier = Verifier::new(&key, algorithm.into());
    let mut scratch = vec![0; 1 << 16];
    for (set, limit) in [(None, 16_384), (Some(usize::MAX), 16_384), (Some(1000), 1000)] {
        let verifier = set.map_or(verifier, |bytes| verifier.max_token_length(bytes));
        assert!(verifier.verify(&token_of(limit), &mut scratch[..]).is_ok(), "{limit}");
        let error = verifier.verify(&token_of(limit + 1), &mut scratch[..]).map(|_| ()).unwrap_err();
        assert_eq!(error, Error::Parse(ParseError::TokenTooLong { length: limit + 1, limit }));
    }
    let error = verifier.max_token_length(0).verify(".", &mut scratch[..]).map(|_| ()).unwrap_err();
    assert_eq!(error, Error::Parse(ParseError::TokenTooLong { length: 1, limit: 0 }));
}

/// The decoded header and the longer of payload and signature are what a buffer needs; one octet less is
/// told with both numbers.
#[test]
fn size_of_a_buffer() {
    let algorithm = support::algorithms()[0];
    let (signer, key) = (support::signer(support::usual(algorithm)), support::key(support::usual(algorithm)));
    let header = format!(r#"{{"alg":"{algorithm}"}}"#);
    let signature = signer.token(&header, "").rsplit('.').next().unwrap().len() * 3 / 4;
    for payload in [0, 1, signature, signature + 1, 1000] {
        let token = signer.token(&header, vec![b' '; payload]);
        let needed = header.len() + payload.max(signature);
        for size in 0..needed + 3 {
            let mut scratch = vec![0; size];
            let outcome = Verifier::new(&key, algorithm.into()).verify(&token, &mut scratch[..]).map(|_| ());
            let short = ParseError::ScratchTooSmall { needed, given: size };
            assert_eq!(outcome, if size < needed { Err(short.into()) } else { Ok(()) }, "{payload}");
        }
    }
}

#[test]
fn length_of_a_header() {
    let parse = |header: &str| {
        let mut scratch = [0; 8192];
        UnverifiedJws::parse(&format!("{}..", b64(header)), &mut scratch, usize::MAX).map(|_| ())
    };
    let text = r#"{"alg":"HS256"}"#;
    assert_eq!(parse(&padded(text, 3072)), Ok(()));
    assert_eq!(parse(&padded(text, 3073)), Err(ParseError::HeaderTooLong { length: 4098, limit: 4096 }));
}

#[test]
fn length_of_a_set() {
    let text = r#"{"keys":[]}"#;
    assert!(Jwks::parse(&padded(text, 512 << 10)).unwrap().is_empty());
    let (length, limit) = ((512 << 10) + 1, 512 << 10);
    assert_eq!(Jwks::parse(&padded(text, length)).unwrap_err(), SetError::TooLong { length, limit });
    let keys = |count: usize| format!(r#"{{"keys":[{}0]}}"#, "0,".repeat(count - 1));
    assert_eq!(Jwks::parse(&keys(1024)).unwrap().len(), 1024);
    assert_eq!(Jwks::parse(&keys(1025)).unwrap_err(), SetError::TooManyKeys { limit: 1024 });
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

/// The worst texts of the greatest size that is looked at are read to their end or to their fault, and a
/// build without optimisation gets there as well.
#[test]
fn the_worst_texts() {
    let most = 1 << 20;
    let outcome = |text: String| Value::parse(&text).map(|_| ()).map_err(|error| error.kind);
    assert_eq!(outcome("[".repeat(most)), Err(JsonErrorKind::TooDeep));
    assert_eq!(outcome(format!("[{}0]", "[],".repeat(most / 3 - 2))), Ok(()));
    assert_eq!(outcome("1".repeat(most)), Ok(()));
    assert_eq!(outcome(format!("\"{}\"", "\\n".repeat(most / 2 - 1))), Ok(()));
    // Objects with the most members.
    let members: Vec<_> = (0..128).map(|number| format!(r#""{number}":0"#)).collect();
    let object = format!("{{{}}}", members.join(","));
    let objects = format!("[{}0]", format!("{object},").repeat(most / (object.len() + 1) - 1));
    assert_eq!(outcome(objects), Ok(()));
    // Names that differ only at the end.
    let members: Vec<_> = (0..128).map(|number| format!(r#""{}{number}":0"#, "a".repeat(8_000))).collect();
    assert_eq!(outcome(format!("{{{}}}", members.join(","))), Ok(()));
    // Dots.
    let dots = ".".repeat(most);
    let mut scratch = [0; 64];
    assert_eq!(
        UnverifiedJws::parse(&dots, &mut scratch, usize::MAX).map(|_| ()),
        Err(ParseError::TooManyParts)
    );
    // A set of the most keys.
    let text = format!(r#"{{"keys":[{}{{}}]}}"#, r#"{"kty":"oct","kid":"a"},"#.repeat(1023));
    let set = Jwks::parse(&text).unwrap();
    assert!(set.iter().all(|jwk| jwk.is_ok()));
}
