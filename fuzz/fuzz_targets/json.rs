//! What this crate reads as JSON, serde_json reads as the same value, and a string stays the same however
//! it is written. What serde_json reads and this crate does not is refused for a reason that serde_json
//! does not have, and the offset of an error is that of the first wrong byte.

#![no_main]

use jose_core::json::{JsonString, Value};
use jose_core::{JsonError, JsonErrorKind};
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
    match (ours, &other.value) {
        (Value::Null, Other::Null) => {}
        (Value::Bool(ours), Other::Bool(other)) => assert_eq!(ours, *other),
        (Value::Number(ours), Other::Number) => assert_eq!(ours, other.text),
        (Value::String(ours), Other::String(string)) => same_string(ours, string, other.text),
        (Value::Array(ours), Other::Array(other)) => {
            assert_eq!(ours.iter().count(), other.len());
            ours.iter().zip(other).for_each(|(ours, other)| same(ours, other));
        }
        (Value::Object(ours), Other::Object(other)) => {
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

fn same_string(ours: JsonString<'_>, other: &str, written: &str) {
    assert!(ours == *other && ours.chars().eq(other.chars()));
    assert_eq!(ours.to_string(), other);
    assert_eq!(ours.as_str(), (!written.contains('\\')).then_some(other));

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
