//! jose-core for JavaScript. README.md has an example; `types.d.ts` the types.

#![no_std]

extern crate alloc;

mod json;
mod memory;
mod options;
mod refusal;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use jose_core::{Jwks, KeySet, SetError, UnixTime, json::Value};
use wasm_bindgen::prelude::*;

use self::options::Options;
use self::refusal::{Refusal, refusal};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

/// Verifies tokens with keys that are built once. `free()` gives its memory back.
#[wasm_bindgen]
pub struct Verifier {
    keys: KeySet,
    options: Options,
    scratch: Vec<u8>,
}

#[wasm_bindgen]
impl Verifier {
    /// Throws a `Refusal` when the text is no JWK Set, none of its keys can be used, or an option is
    /// not what it must be. Each option has to be stated, if only as `null`, that decides whom to trust.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "Keys")] jwks: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "VerifierOptions")] options: &JsValue,
    ) -> Result<Self, Refusal> {
        let options = Options::parse(&json::text_of(options)?)?;
        let text = set(jwks)?;
        let jwks = Jwks::parse(&text).map_err(|error| refusal(&error))?;
        let keys = KeySet::from_jwks(&jwks, options.algorithms()).map_err(|none| {
            let refusal = Refusal::with_code(&format!("{none}"), "NoUsableKey");
            refusal.set_keys(json::parse(&json::verdicts(none.verdicts())));
            refusal
        })?;
        Ok(Self { keys, options, scratch: Vec::new() })
    }

    /// The verdict on each key of the set, in order.
    #[wasm_bindgen(getter, unchecked_return_type = "KeyVerdict[]")]
    pub fn keys(&self) -> JsValue {
        json::parse(&json::verdicts(self.keys.verdicts()))
    }

    /// The claims of a token, after its signature and then its claims were found good at the time
    /// `now`, in seconds since 1970: `Date.now() / 1000`. Throws a `Refusal` otherwise.
    #[wasm_bindgen(unchecked_return_type = "Claims")]
    pub fn verify(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string")] token: &JsValue,
        now: f64,
    ) -> Result<JsValue, Refusal> {
        let (token, now) = (text(token)?, time(now)?);
        let verified = self.options.verifier(&self.keys).verify(&token, &mut self.scratch);
        let verified = verified.map_err(refusal::token)?;
        self.options.with_policy(|policy| verified.claims(policy, now)).map_err(|error| refusal(&error))?;
        // Claims are read from UTF-8.
        Ok(json::parse(core::str::from_utf8(verified.payload()).unwrap_or("null")))
    }

    /// The payload of a token whose signature is good, of whatever kind. **No claim is looked at**:
    /// not the issuer, not the audience, not even whether it has expired.
    #[wasm_bindgen(js_name = verifySignatureOnly)]
    pub fn verify_signature_only(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string")] token: &JsValue,
    ) -> Result<Vec<u8>, Refusal> {
        let token = text(token)?;
        let verified = self.options.verifier(&self.keys).verify(&token, &mut self.scratch);
        verified.map(|verified| verified.payload().into()).map_err(refusal::token)
    }
}

/// The text of a JWK Set; around a single JWK one is made.
fn set(keys: &JsValue) -> Result<String, Refusal> {
    let text = match keys.as_string() {
        Some(text) => text,
        None => json::text_of(keys)?,
    };
    let is_key = |value: Value<'_>| matches!(value, Value::Object(object) if object.get("kty").is_some());
    Ok(match Jwks::parse(&text) {
        Err(SetError::KeysMissing) if Value::parse(&text).is_ok_and(is_key) => format!(r#"{{"keys":[{text}]}}"#),
        _ => text,
    })
}

fn text(token: &JsValue) -> Result<String, Refusal> {
    token.as_string().ok_or_else(|| Refusal::with_code("the token is not a string", "InvalidArgument"))
}

/// Whole seconds, rounded down.
fn time(now: f64) -> Result<UnixTime, Refusal> {
    if !now.is_finite() {
        return Err(Refusal::with_code("'now' is not a number of seconds since 1970", "InvalidArgument"));
    }
    let whole = now as i64;
    Ok(UnixTime::from_seconds(if (whole as f64) > now { whole.saturating_sub(1) } else { whole }))
}
