//! jose-core for JavaScript. README.md shows its use, `types.d.ts` the types.

#![no_std]

extern crate alloc;

#[cfg(feature = "diagnose")]
mod diagnosis;
mod json;
mod keys;
mod memory;
mod options;
mod refusal;

use alloc::string::String;
use alloc::vec::Vec;

use jose_core::{KeySet, UnixTime};
use wasm_bindgen::prelude::*;

use self::options::Options;
use self::refusal::{Refusal, refusal};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");

/// Verifies tokens with keys that are built once. `free()` gives its memory back.
#[wasm_bindgen]
pub struct Verifier {
    #[cfg(feature = "diagnose")]
    set: String,
    keys: KeySet,
    options: Options,
    scratch: Vec<u8>,
}

#[wasm_bindgen]
impl Verifier {
    /// Throws a `Refusal` when an option is not what it must be, the document is no JWK Set, or none of
    /// its keys can be used.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "Keys")] jwks: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "VerifierOptions")] options: &JsValue,
    ) -> Result<Self, Refusal> {
        let options = Options::read(options)?;
        let set = keys::text(jwks)?;
        let keys = keys::build(&set, options.algorithms())?;
        Ok(Self {
            #[cfg(feature = "diagnose")]
            set,
            keys,
            options,
            scratch: Vec::new(),
        })
    }

    /// The verdict on each key of the set, in order.
    #[wasm_bindgen(getter, unchecked_return_type = "KeyVerdict[]")]
    pub fn keys(&self) -> JsValue {
        keys::verdicts(self.keys.verdicts()).parse()
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
        let verifier = self.options.verifier(&self.keys);
        let verified = verifier.verify(token.as_bytes(), &mut self.scratch).map_err(refusal)?;
        verified.claims(self.options.policy(), now).map_err(refusal)?;
        // What has claims is UTF-8.
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
        let verifier = self.options.verifier(&self.keys);
        let verified = verifier.verify(token.as_bytes(), &mut self.scratch).map_err(refusal)?;
        Ok(verified.payload().into())
    }
}

#[cfg(feature = "diagnose")]
#[wasm_bindgen]
impl Verifier {
    /// Why `verify` refuses a token, and what to change. For people: it decides nothing, and takes longer.
    #[wasm_bindgen(unchecked_return_type = "Diagnosis")]
    pub fn diagnose(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] token: &JsValue,
        now: f64,
    ) -> Result<JsValue, Refusal> {
        Ok(diagnosis::of(&self.set, &self.options, &text(token)?, time(now)?))
    }
}

/// The same as `new Verifier(jwks, options).diagnose(token, now)`, and also for a document that is no
/// JWK Set, or one without a key that can be used.
#[cfg(feature = "diagnose")]
#[wasm_bindgen(unchecked_return_type = "Diagnosis")]
pub fn diagnose(
    #[wasm_bindgen(unchecked_param_type = "Keys")] jwks: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "VerifierOptions")] options: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] token: &JsValue,
    now: f64,
) -> Result<JsValue, Refusal> {
    let options = Options::read(options)?;
    Ok(diagnosis::of(&keys::text(jwks)?, &options, &text(token)?, time(now)?))
}

/// The algorithms that this module is built with.
#[wasm_bindgen(unchecked_return_type = "Algorithm[]")]
pub fn algorithms() -> JsValue {
    options::built_algorithms().parse()
}

fn text(token: &JsValue) -> Result<String, Refusal> {
    token.as_string().ok_or_else(|| Refusal::argument("the token is not a string"))
}

/// Whole seconds, rounded down.
fn time(now: f64) -> Result<UnixTime, Refusal> {
    if !now.is_finite() {
        return Err(Refusal::argument("'now' is not a number of seconds since 1970"));
    }
    let whole = now as i64;
    Ok(UnixTime::from_seconds(if (whole as f64) > now { whole.saturating_sub(1) } else { whole }))
}
