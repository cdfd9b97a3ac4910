//! Keys: their document, and what became of each.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Display;
#[cfg(feature = "remote")]
use core::time::Duration;

use jose_core::json::Value;
#[cfg(feature = "remote")]
use jose_core::rotation::{Jitter, MonotonicTime, PolicyError, RemoteKeySet, RemoteKeys, RotationPolicy};
use jose_core::{
    Jwks, KeySet,
    error::{KeyError, SetError},
    keys::{NoUsableKey, Verdict},
};
use wasm_bindgen::JsValue;

use crate::json::{self, Json};
use crate::options::Options;
#[cfg(feature = "remote")]
use crate::options::refused;
use crate::refusal::{Refusal, refusal};

/// The text of a JWK Set; around a single JWK one is made.
pub fn text(keys: &JsValue) -> Result<String, Refusal> {
    let text = match keys.as_string() {
        Some(text) => text,
        None => json::text_of(keys)?,
    };
    let is_key = |value: Value<'_>| matches!(value, Value::Object(object) if object.get("kty").is_some());
    Ok(match Jwks::parse(text.as_bytes()) {
        Err(SetError::KeysMissing) if Value::parse(text.as_bytes()).is_ok_and(is_key) => {
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
pub fn build(text: &str, options: &Options) -> Result<KeySet, Refusal> {
    let set = Jwks::parse_with_limits(text.as_bytes(), options.limits).map_err(refusal)?;
    from_jwks(set, options).map_err(|none| none_usable(&none))
}

pub fn from_jwks(set: Jwks<'_>, options: &Options) -> Result<KeySet, NoUsableKey> {
    let uses: Vec<&str> = options.uses.iter().map(String::as_str).collect();
    KeySet::from_jwks(&set.allow_uses(&uses), options.algorithms)
}

/// What a verifier holds. With `remote` the keys of a document are the fixed keys of a set that is never fetched: two
/// kinds of keys would be two copies of all that verifies in the module.
#[cfg(feature = "remote")]
pub type Held = RemoteKeySet;
#[cfg(not(feature = "remote"))]
pub type Held = KeySet;

/// The keys that are held, at one time.
#[cfg(feature = "remote")]
pub type Current<'k> = RemoteKeys<'k>;
#[cfg(not(feature = "remote"))]
pub type Current<'k> = &'k KeySet;

/// A value of the rotation, by the name and in the unit of its option.
#[cfg(feature = "remote")]
pub fn out_of_bounds(PolicyError { setting, found, min, max, .. }: PolicyError) -> Refusal {
    let words = match setting {
        "lifetime min" => "min_lifetime",
        "lifetime max" => "max_lifetime",
        method => method,
    };
    let mut name = String::new();
    for word in words.split('_') {
        let capital = usize::from(!name.is_empty());
        name.extend(word.chars().take(capital).map(|first| first.to_ascii_uppercase()));
        name.extend(word.chars().skip(capital));
    }
    let [min, max, found] = [min, max, found].map(|time| time.as_secs());
    refused(&format!("option 'rotation': expected {name} between {min} and {max} seconds, found {found}"))
}

/// Keys that never change, in the form of those that do.
#[cfg(feature = "remote")]
pub fn fixed(keys: KeySet, options: &Options) -> Result<Held, Refusal> {
    let none = RemoteKeySet::new(options.algorithms, RotationPolicy::new(), Jitter::NONE);
    none.map(|none| none.fixed_keys(keys)).map_err(out_of_bounds)
}

#[cfg(not(feature = "remote"))]
pub fn fixed(keys: KeySet, _: &Options) -> Result<Held, Refusal> {
    Ok(keys)
}

/// The keys at an uptime in milliseconds.
#[cfg(feature = "remote")]
pub fn at(keys: &Held, uptime: f64) -> Result<Current<'_>, Refusal> {
    keys.keys(monotonic(uptime)).map_err(|none| Refusal::of("keys", none.code(), &none))
}

#[cfg(not(feature = "remote"))]
pub fn at(keys: &Held, _: f64) -> Result<Current<'_>, Refusal> {
    Ok(keys)
}

#[cfg(feature = "remote")]
pub fn monotonic(uptime: f64) -> MonotonicTime {
    // A cast takes what is no number, or below zero, for zero.
    MonotonicTime::since_origin(Duration::from_millis(uptime as u64))
}
