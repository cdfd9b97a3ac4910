//! What this crate reads as JSON, serde_json reads as the same value, and a string stays the same however
//! it is written. An integer is one however it is written, which serde_json does not say: see `number`. What
//! serde_json reads and this crate does not is refused for a reason that serde_json does not have, and the
//! offset of an error is that of the first wrong byte.

#![no_main]

#[path = "../../tests/support/number.rs"]
mod number;

use jose_core::error::{JsonError, JsonErrorKind};
use jose_core::json::{JsonString, Value};
use jose_core_fuzz::document::{Document, Value as Other};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    match (Value::parse(text), Document::read(text)) {
        (Ok(ours), Some(other)) => {
            assert!(other.agrees(text, None));
            same(ours, &other);
        }
        (Ok(ours), None) => panic!("{ours:?}, which serde_json refuses"),
        (Err(error), Some(other)) => assert!(other.agrees(text, Some(error)), "{error}"),
        (Err(error), None) => first_wrong_byte(text, error),
    }
});

fn same(ours: Value<'_>, other: &Document<'_>) {
    let types =
        [ours.is_null(), ours.as_bool().is_some(), ours.as_f64().is_some(), ours.as_string().is_some()];
    let of_types = [ours.as_array().is_some(), ours.as_object().is_some()];
    assert!(types.iter().chain(&of_types).filter(|is| **is).count() <= 1);
    match (ours, &other.value) {
        (Value::Null, Other::Null) => {}
        (Value::Bool(ours), Other::Bool(other)) => assert_eq!(ours, *other),
        (Value::Number(text), Other::Number) => {
            assert_eq!(text, other.text);
            number(ours, text);
        }
        (Value::String(ours), Other::String(string)) => same_string(ours, string, other.text),
        (Value::Array(ours), Other::Array(elements)) => {
            assert_eq!(ours.as_json(), other.text);
            let other = elements;
            assert_eq!(ours.iter().count(), other.len());
            ours.iter().zip(other).for_each(|(ours, other)| same(ours, other));
        }
        (Value::Object(ours), Other::Object(members)) => {
            assert_eq!(ours.as_json(), other.text);
            let other = members;
            assert_eq!(ours.iter().count(), other.len());
            for ((name, value), other) in ours.iter().zip(other) {
                same_string(name, &other.name, other.written);
                assert_eq!(ours.get(&other.name), Some(value));
                same(value, &other.value);
            }
        }
        (ours, _) => panic!("{ours:?}, which serde_json reads as another type: {}", other.text),
    }
}

/// Integers are those of the rule, and of serde_json where it gives any; fractions are those of serde_json,
/// and none where that refuses the number.
fn number(ours: Value<'_>, text: &str) {
    let exact = number::integer(text);
    assert_eq!(ours.as_i64(), exact.and_then(|exact| exact.try_into().ok()), "{text}");
    assert_eq!(ours.as_u64(), exact.and_then(|exact| exact.try_into().ok()), "{text}");
    let other: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let other = other.as_ref();
    assert!(other.and_then(serde_json::Value::as_i64).is_none_or(|other| ours.as_i64() == Some(other)));
    assert!(other.and_then(serde_json::Value::as_u64).is_none_or(|other| ours.as_u64() == Some(other)));
    let float = other.and_then(serde_json::Value::as_f64);
    assert_eq!(ours.as_f64().map(f64::to_bits), float.map(f64::to_bits), "{text}");
}

fn same_string(ours: JsonString<'_>, other: &str, written: &str) {
    assert!(ours == *other && ours.chars().eq(other.chars()));
    assert_eq!(ours.to_string(), other);
    assert_eq!(ours.as_str(), (!written.contains('\\')).then_some(other));
    assert_eq!(Value::String(ours).to_string(), written);
    assert_eq!(Value::String(other.into()).as_string(), Some(ours));
    let mut buffer = vec![0; other.len()];
    assert_eq!((ours.len(), ours.copy_to(&mut buffer)), (other.len(), Some(other)));
    assert_eq!(buffer, other.as_bytes());
    assert!(buffer.split_last_mut().is_none_or(|(_, short)| ours.copy_to(short).is_none()));

    // As serde_json writes it, and with every character as an escape.
    let shortest = serde_json::to_string(other).unwrap();
    let escaped: String = other.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    for written in [shortest, format!("\"{escaped}\"")] {
        let again = Value::parse(&written).unwrap().as_string().unwrap();
        assert!(again == ours && again == *other);
        assert_eq!(again.to_string(), other);
    }
}

/// For a text that neither reads.
fn first_wrong_byte(text: &[u8], error: JsonError) {
    let JsonError { kind, found, offset } = error;
    let valid = match str::from_utf8(text) {
        Err(invalid) if !text.starts_with(b"\xef\xbb\xbf") => {
            let offset = invalid.valid_up_to();
            return assert_eq!(error, JsonError { kind: JsonErrorKind::InvalidUtf8, found: None, offset });
        }
        valid => valid,
    };
    if kind == JsonErrorKind::DuplicateName {
        return;
    }
    // What stands before it may be the start of a value, or is one.
    if let Err(before) = Value::parse(&text[..offset]) {
        assert_eq!((before.found, before.offset), (None, offset), "{error}");
    }
    // What was found is there, and no byte behind it matters.
    if let Ok(text) = valid
        && let Some(found) = found
    {
        assert!(text[offset..].starts_with(found));
        assert_eq!(Value::parse(&text[..offset + found.len_utf8()]), Err(error));
    }
}
