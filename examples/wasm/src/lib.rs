//! jose-core for JavaScript: what the package in `package/` wraps, whose `index.d.ts` has the types.

#![no_std]

extern crate alloc;

#[cfg(feature = "diagnose")]
mod diagnosis;
mod json;
mod keys;
mod memory;
mod options;
mod refusal;
#[cfg(feature = "remote")]
mod remote;

use alloc::vec::Vec;

#[cfg(feature = "remote")]
use jose_core::rotation::Need;
use jose_core::{Error, UnixTime, VerifiedJws};
use wasm_bindgen::prelude::*;

use self::json::Json;
use self::keys::Held;
use self::options::Options;
use self::refusal::{Refusal, refusal};

/// Verifies tokens with keys that are built once: those of a document, or a set at a URL. `free()` gives its
/// memory back.
///
/// Wherever `uptime` is asked for, it is a time in milliseconds on a clock that is not set, `performance.now()`; for
/// the keys of a document any number will do.
#[wasm_bindgen]
pub struct Verifier {
    options: Options,
    keys: Held,
    /// What became of the keys of a document.
    verdicts: Option<Json>,
    /// Why the token that was refused last is worth a fetch.
    #[cfg(feature = "remote")]
    need: Option<Need>,
    /// Whether the times of fetches are spread.
    #[cfg(feature = "remote")]
    is_spread: bool,
    scratch: Vec<u8>,
}

#[wasm_bindgen]
impl Verifier {
    /// Throws a `Refusal` when an option is not what it must be, the document is no JWK Set, or none of
    /// its keys can be used.
    #[wasm_bindgen(constructor)]
    pub fn new(jwks: &JsValue, options: &JsValue) -> Result<Self, Refusal> {
        let options = for_document(options)?;
        let keys = keys::build(&keys::text(jwks)?, &options)?;
        let verdicts = Some(keys::verdicts(keys.verdicts()));
        Ok(Self::with(keys::fixed(keys, &options)?, verdicts, options))
    }

    fn with(keys: Held, verdicts: Option<Json>, options: Options) -> Self {
        Self {
            options,
            keys,
            verdicts,
            #[cfg(feature = "remote")]
            need: None,
            #[cfg(feature = "remote")]
            is_spread: false,
            scratch: Vec::new(),
        }
    }

    /// The verdict on each key of the set, in order.
    pub fn keys(&self, uptime: f64) -> JsValue {
        #[cfg(feature = "remote")]
        if self.verdicts.is_none() {
            let latest = keys::at(&self.keys, uptime).ok().and_then(|keys| keys.latest());
            return keys::verdicts(latest.into_iter().flat_map(|keys| keys.verdicts())).parse();
        }
        #[cfg(not(feature = "remote"))]
        let _ = uptime;
        self.verdicts.as_ref().map_or(JsValue::NULL, Json::parse)
    }

    /// The claims of a token, after its signature and then its claims were found good at the time
    /// `now`, in seconds since 1970. Throws a `Refusal` otherwise.
    pub fn verify(&mut self, token: &str, now: f64, uptime: f64) -> Result<JsValue, Refusal> {
        let now = time(now)?;
        self.judge(token, uptime, |verified, options| {
            verified.claims(&options.policy, now)?;
            // What has claims is UTF-8.
            Ok(json::parse(core::str::from_utf8(verified.payload()).unwrap_or("null")))
        })
    }

    /// The payload of a token whose signature is good, of whatever kind. **No claim is looked at**:
    /// not the issuer, not the audience, not even whether it has expired.
    #[wasm_bindgen(js_name = verifySignatureOnly)]
    pub fn verify_signature_only(&mut self, token: &str, uptime: f64) -> Result<Vec<u8>, Refusal> {
        self.judge(token, uptime, |verified, _| Ok(verified.payload().into()))
    }

    fn judge<T>(
        &mut self,
        token: &str,
        uptime: f64,
        accept: impl FnOnce(&VerifiedJws<'_>, &Options) -> Result<T, Error>,
    ) -> Result<T, Refusal> {
        #[cfg(feature = "remote")]
        let _ = self.need.take();
        let keys = keys::at(&self.keys, uptime)?;
        let names = self.options.names();
        let verifier = self.options.verifier(keys, &names);
        let verified = verifier.verify(token.as_bytes(), &mut self.scratch);
        let outcome = verified.and_then(|verified| accept(&verified, &self.options));
        outcome.map_err(|error| {
            #[cfg(feature = "remote")]
            if self.verdicts.is_none() {
                self.need = keys.need(token.as_bytes(), &error);
            }
            refusal(error)
        })
    }
}

#[cfg(feature = "diagnose")]
#[wasm_bindgen]
impl Verifier {
    /// Why `verify` refuses a token, and what to change. For people: it decides nothing, and takes longer.
    pub fn diagnose(&self, token: &str, now: f64, uptime: f64) -> Result<JsValue, Refusal> {
        let now = time(now)?;
        match keys::at(&self.keys, uptime) {
            Ok(keys) => Ok(diagnosis::of(None, keys, &self.options, token, now)),
            Err(_) => diagnosis::of_document(diagnosis::NO_KEYS, &self.options, token, now),
        }
    }
}

/// The same as `new Verifier(jwks, options).diagnose(token, now)`, and also for a document that is no
/// JWK Set, or one without a key that can be used.
#[cfg(feature = "diagnose")]
#[wasm_bindgen]
pub fn diagnose(jwks: &JsValue, options: &JsValue, token: &str, now: f64) -> Result<JsValue, Refusal> {
    let options = for_document(options)?;
    diagnosis::of_document(&keys::text(jwks)?, &options, token, time(now)?)
}

/// The algorithms that this module is built with.
#[wasm_bindgen(unchecked_return_type = "Algorithm[]")]
pub fn algorithms() -> JsValue {
    options::built_algorithms().parse()
}

fn for_document(options: &JsValue) -> Result<Options, Refusal> {
    let options = Options::read(options)?;
    #[cfg(feature = "remote")]
    if options.rotation.is_some() {
        return Err(options::refused("option 'rotation': expected one beside 'jwksUri' alone"));
    }
    Ok(options)
}

/// Whole seconds, rounded down.
fn time(now: f64) -> Result<UnixTime, Refusal> {
    if !now.is_finite() {
        return Err(Refusal::argument(&"'now' is not a number of seconds since 1970"));
    }
    let whole = now as i64;
    Ok(UnixTime::from_secs(if (whole as f64) > now { whole.saturating_sub(1) } else { whole }))
}
