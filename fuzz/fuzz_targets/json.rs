//! What this crate reads as JSON, serde_json reads as the same value; and what serde_json reads and
//! this crate does not is refused for a reason that serde_json does not have.

#![no_main]

use jose_core::JsonErrorKind;
use jose_core::json::Value;
use libfuzzer_sys::fuzz_target;
use serde_json::Value as Other;

fuzz_target!(|text: &[u8]| {
    match (Value::parse(text), serde_json::from_slice::<Other>(text)) {
        (Ok(ours), Ok(other)) => assert!(same(ours, &other), "{ours:?} {other:?}"),
        (Ok(ours), Err(error)) => panic!("{ours:?}, but {error}"),
        (Err(error), Ok(other)) => assert!(
            matches!(
                error.kind,
                JsonErrorKind::DuplicateName | JsonErrorKind::Depth | JsonErrorKind::Members | JsonErrorKind::Length
            ),
            "{error}, but {other:?}"
        ),
        (Err(error), Err(_)) => assert!(error.offset <= text.len()),
    }
});

fn same(ours: Value<'_>, other: &Other) -> bool {
    match (ours, other) {
        (Value::Null, Other::Null) => true,
        (Value::Bool(ours), Other::Bool(other)) => ours == *other,
        // serde_json writes every exponent with a sign.
        (Value::Number(ours), Other::Number(other)) => {
            let unsigned = |text: &str| text.to_lowercase().replace("e+", "e");
            unsigned(ours) == unsigned(&other.to_string())
        }
        (Value::String(ours), Other::String(other)) => ours == other.as_str() && ours.to_string() == *other,
        (Value::Array(ours), Other::Array(other)) => {
            ours.iter().count() == other.len() && ours.iter().zip(other).all(|(ours, other)| same(ours, other))
        }
        (Value::Object(ours), Other::Object(other)) => {
            ours.iter().count() == other.len()
                && ours.iter().all(|(name, value)| {
                    other.get(&name.to_string()).is_some_and(|other| same(value, other))
                })
        }
        _ => false,
    }
}
