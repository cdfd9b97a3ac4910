//! What can be read of a header, a key and a JSON value, held to serde_json and to rules written in words.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "tests may panic"
)]

#[path = "support/number.rs"]
mod number;
mod support;

use jose_core::json::{JsonString, Value};
use jose_core::{Jwk, Jwks, Limits, UnverifiedJws};
use number::integer;
use support::b64;

/// Integers are those of serde_json where it gives any, and those of the rule everywhere; so that 3.0 is 3.
/// The nearest `f64` is what serde_json reads, and none where that refuses the number.
#[track_caller]
fn number(text: &str) {
    let value = Value::parse(text).unwrap();
    let (as_i64, as_u64) = (value.as_i64(), value.as_u64());
    let exact = integer(text);
    assert_eq!(as_i64, exact.and_then(|exact| exact.try_into().ok()), "{text}");
    assert_eq!(as_u64, exact.and_then(|exact| exact.try_into().ok()), "{text}");
    let other: Option<serde_json::Value> = serde_json::from_str(text).ok();
    if let Some(integer) = other.as_ref().and_then(serde_json::Value::as_i64) {
        assert_eq!(as_i64, Some(integer), "{text}");
    }
    if let Some(integer) = other.as_ref().and_then(serde_json::Value::as_u64) {
        assert_eq!(as_u64, Some(integer), "{text}");
    }
    let float = other.as_ref().and_then(serde_json::Value::as_f64);
    assert_eq!(value.as_f64().map(f64::to_bits), float.map(f64::to_bits), "{text}");
    assert_eq!(value.to_string(), text);
}

#[test]
fn numbers() {
    for text in [
        "0",
        "-0.0",
        "-0e9999999999",
        "0.000e99999999999999999999",
        "3",
        "3.0",
        "3e0",
        "30e-1",
        "0.3e1",
        "3.5",
        "-3.5e1",
        "1E+2",
        "1e-1",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        "-9223372036854775808.00",
        "18446744073709551615",
        "18446744073709551616",
        "18446744073709551615.0",
        "1844674407370955161500e-2",
        "1844674407370955161501e-2",
        "1e19",
        "1e20",
        "1e400",
        "-1e400",
        "1e-400",
        "1e99999999999999999999",
        "1e-99999999999999999999",
        "9007199254740993",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "4.9e-324",
        "2.4703282292062327e-324",
    ] {
        number(text);
    }
    // serde_json takes this for -0.0.
    assert_eq!(Value::parse("-0").unwrap().as_i64(), Some(0));
    assert_eq!(Value::parse("-0").unwrap().as_u64(), Some(0));
    assert!(Value::parse("-0").unwrap().as_f64().is_some_and(|zero| zero == 0.0 && zero.is_sign_negative()));
    // Texts of few digits, around the bounds and with points and exponents that cancel out.
    let mut state = 1_u64;
    let mut below = |most: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    for _ in 0..20_000 {
        let sign = ["", "-"][below(2) as usize];
        let start = ["0", "1", "18446744073709551615", "9223372036854775808", "300"][below(5) as usize];
        let integer =
            if start == "0" { start.to_owned() } else { format!("{start}{}", "0".repeat(below(4) as usize)) };
        let fraction =
            [String::new(), ".0".into(), format!(".{:03}", below(1000)), ".000000000000000000000".into()];
        let fraction = &fraction[below(4) as usize];
        let exponent = [
            String::new(),
            format!("e-{}", below(24)),
            format!("E+{}", below(24)),
            format!("e{}", below(330)),
        ];
        number(&format!("{sign}{integer}{fraction}{}", exponent[below(4) as usize]));
    }
}

/// Each accessor of a value gives something for its own type, and for no other.
#[test]
fn values_of_each_type() {
    for text in ["null", "true", "false", "1", r#""1""#, "[1]", r#"{"a":1}"#, r#""""#, "[]", "{}", "0.5"] {
        let (value, other) =
            (Value::parse(text).unwrap(), serde_json::from_str::<serde_json::Value>(text).unwrap());
        assert_eq!(value.is_null(), other.is_null(), "{text}");
        assert_eq!(value.as_bool(), other.as_bool(), "{text}");
        assert_eq!(value.as_i64(), other.as_i64(), "{text}");
        assert_eq!(value.as_u64(), other.as_u64(), "{text}");
        assert_eq!(value.as_f64(), other.as_f64(), "{text}");
        assert_eq!(value.as_string().map(|string| string.to_string()).as_deref(), other.as_str(), "{text}");
        assert_eq!(
            value.as_array().map(|array| array.iter().count()),
            other.as_array().map(Vec::len),
            "{text}"
        );
        assert_eq!(
            value.as_object().map(|object| object.iter().count()),
            other.as_object().map(|o| o.len()),
            "{text}"
        );
        assert_eq!(value.get("a").is_some(), other.get("a").is_some(), "{text}");
        assert_eq!(value == "1", other == "1", "{text}");
    }
}

/// `Display` writes the text that was read, and what is not from JSON as JSON.
#[test]
fn values_are_written_as_they_were_read() {
    let text = r#" {"a" : [1.0, "\u0061\/\"", {"b":"é"} ] , "n":null}"#;
    let value = Value::parse(text).unwrap();
    assert_eq!(value.to_string(), text.trim_start());
    assert_eq!(value.as_object().unwrap().as_json(), text.trim_start());
    let array = value.get("a").unwrap();
    assert_eq!(array.as_array().unwrap().as_json(), r#"[1.0, "\u0061\/\"", {"b":"é"} ]"#);
    let parts: Vec<_> = array.as_array().unwrap().iter().map(|value| value.to_string()).collect();
    assert_eq!(parts, ["1.0", r#""\u0061\/\"""#, r#"{"b":"é"}"#]);
    for text in ["", "a", "\"", "a\\\n\0b\x1f ", "\u{7f}é"] {
        let written = Value::String(text.into()).to_string();
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
    }
}

/// A text and every spelling of it: what is copied, how long it is, and what it equals.
#[test]
fn strings_are_copied_and_compared() {
    for text in ["", "ada", "caf\u{e9}", "\u{1f511}\u{20ac}", "a\"\\\n\0b"] {
        let escaped: String = text.encode_utf16().map(|unit| format!(r"\u{unit:04x}")).collect();
        for json in [serde_json::to_string(text).unwrap(), format!("\"{escaped}\"")] {
            let value = Value::parse(&json).unwrap();
            let string = value.as_string().unwrap();
            assert_eq!((string.len(), string.is_empty()), (text.len(), text.is_empty()), "{json}");
            for room in 0..text.len() {
                assert_eq!(string.copy_to(&mut vec![b'x'; room]), None, "{json}");
            }
            let mut buffer = vec![b'x'; text.len() + 2];
            assert_eq!(string.copy_to(&mut buffer), Some(text), "{json}");
            assert_eq!(buffer, [text.as_bytes(), b"xx"].concat(), "the copy is in the buffer, and no more");
            assert_eq!(string.copy_to(&mut buffer[..text.len()]), Some(text), "{json}");

            assert!(string == *text && string == text && value == text);
            assert!(*text == string && text == string);
            assert_eq!(Some(string), Some(JsonString::from(text)));
            let other = format!("{text}x");
            assert!(string != *other && string != other.as_str() && value != other.as_str());
            assert!(*other != string && other.as_str() != string);
            #[cfg(feature = "alloc")]
            {
                let owned = text.to_owned();
                assert_eq!((string == owned, owned == string), (true, true), "{json}");
                assert_eq!((string == other, other == string), (false, false), "{json}");
            }
            assert_ne!(string, JsonString::from(other.as_str()));
        }
    }
}

/// Some members in spellings of all kinds, after the brace, and what is in them.
const MEMBERS: &str = r#" "\u0061lg" : "HS256", "x5c":["MIIB", "MIIC"] ,"\u006b\u0069\u0064":"k\u0031",
    "n":null, "o":{"alg":"none","x":{"x":1}}, "x":"}\",\"y\":1", "":true, "\u00e9":1.50}"#;

#[track_caller]
fn members(get: impl Fn(&str) -> Option<String>, all: Vec<(String, String)>) {
    let expected = [
        ("alg", r#""HS256""#),
        ("x5c", r#"["MIIB", "MIIC"]"#),
        ("kid", r#""k\u0031""#),
        ("n", "null"),
        ("o", r#"{"alg":"none","x":{"x":1}}"#),
        ("x", r#""}\",\"y\":1""#),
        ("", "true"),
        ("\u{e9}", "1.50"),
    ];
    assert!(all.iter().map(|(name, value)| (name.as_str(), value.as_str())).eq(expected), "{all:?}");
    for (name, value) in expected {
        assert_eq!(get(name).as_deref(), Some(value), "{name}");
    }
    for name in ["y", "al", "algo", "ALG", r"\u0061lg", "none", "\"alg\""] {
        assert_eq!(get(name), None, "{name}");
    }
}

fn owned((name, value): (JsonString<'_>, Value<'_>)) -> (String, String) {
    (name.to_string(), value.to_string())
}

#[test]
fn any_member_of_a_header() {
    let text = format!(" {{{MEMBERS}\n");
    let token = format!("{}..", b64(&text));
    let mut scratch = [0; 512];
    let jws = UnverifiedJws::parse(&token, &mut scratch, Limits::new()).unwrap();
    let header = *jws.header();
    assert_eq!(header.as_json(), text);
    members(|name| header.get(name).map(|value| value.to_string()), header.iter().map(owned).collect());
}

#[cfg(feature = "hs256")]
#[test]
fn any_member_of_a_verified_header() {
    use jose_core::Verifier;
    let (key, token) =
        (support::key("hmac-32"), support::signer("hmac-32").token(format!("{{{MEMBERS}"), "{}"));
    let mut scratch = [0; 512];
    let verified = Verifier::new(&key).verify(&token, &mut scratch).unwrap();
    let header = verified.header();
    assert_eq!(header.as_json(), format!("{{{MEMBERS}"));
    members(|name| header.get(name).map(|value| value.to_string()), header.iter().map(owned).collect());
}

#[test]
fn any_member_of_a_jwk() {
    let text = format!("{{{MEMBERS}");
    let alone = Jwk::parse(&text).unwrap();
    let set = format!(r#"{{"keys":[1, {text} ,{{}}]}}"#);
    let set = Jwks::parse(&set).unwrap();
    for jwk in [alone, set.iter().nth(1).unwrap().unwrap()] {
        assert_eq!(jwk.as_json(), text);
        members(|name| jwk.get(name).map(|value| value.to_string()), jwk.iter().map(owned).collect());
    }
}

/// Secrets are given out when they are asked for, and shown by nothing that shows the key.
#[test]
fn a_secret_is_read_and_not_shown() {
    let text = r#"{"kty":"oct","kid":"k","k":"c2VjcmV0","d":"cHJpdmF0ZQ","oth":[{"r":"b3RoZXI"}]}"#;
    let jwk = Jwk::parse(text).unwrap();
    assert!(jwk.get("k").is_some_and(|k| k == "c2VjcmV0"));
    let shown = format!("{jwk:?} {:?} {jwk:#?}", Jwks::parse(&format!(r#"{{"keys":[{text}]}}"#)).unwrap());
    assert!(shown.contains("oct"), "{shown}");
    for secret in ["c2VjcmV0", "cHJpdmF0ZQ", "b3RoZXI"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
