//! Keys: their document, and what became of each.

use alloc::format;
use alloc::string::String;
use core::fmt::Display;

use jose_core::json::Value;
use jose_core::{
    AlgorithmSet, Jwks, KeySet,
    error::{KeyError, SetError},
    keys::{NoUsableKey, Verdict},
};
use wasm_bindgen::JsValue;

use crate::json::{self, Json};
use crate::refusal::{Refusal, refusal};

/// The text of a JWK Set; around a single JWK one is made.
pub fn text(keys: &JsValue) -> Result<String, Refusal> {
    let text = match keys.as_string() {
        Some(text) => text,
        None => json::text_of(keys)?,
    };
    let is_key = |value: Value<'_>| matches!(value, Value::Object(object) if object.get("kty").is_some());
    Ok(match Jwks::parse(&text) {
        Err(SetError::KeysMissing) if Value::parse(&text).is_ok_and(is_key) => {
            format!(r#"{{"keys":[{text}]}}"#)
        }
        _ => text,
    })
}

/// `KeyVerdict[]`.
pub fn verdicts<'k>(verdicts: impl Iterator<Item = Verdict<'k>>) -> Json {
    let mut json = Json::default();
    json.inside(['[', ']'], |json| {
        for verdict in verdicts {
            json.object(|json| {
                json.optional("kid", verdict.kid.as_ref().map(|kid| kid as &dyn Display));
                match &verdict.outcome {
                    Ok(algorithm) => json.member("algorithm", algorithm),
                    Err(reason) => set_aside(json, reason),
                }
            });
        }
    });
    json
}

/// Why a key was set aside.
pub fn set_aside(json: &mut Json, reason: &KeyError) {
    json.member("code", &reason.code());
    json.member("message", reason);
}

/// Of a set without a usable key, with the verdicts as `keys`.
fn none_usable(none: &NoUsableKey) -> Refusal {
    // The message shows the first few reasons; `keys` has all of them.
    let refused = Refusal::of("keys", "NoUsableKey", none);
    refused.set_keys(verdicts(none.verdicts()).parse());
    refused
}

/// The keys of a set.
pub fn build(text: &str, allowed: AlgorithmSet) -> Result<KeySet, Refusal> {
    let set = Jwks::parse(text).map_err(refusal)?;
    KeySet::from_jwks(&set, allowed).map_err(|none| none_usable(&none))
}
