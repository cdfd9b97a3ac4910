//! Keys at a URL: the rotation of the crate, for whoever fetches.

use alloc::boxed::Box;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::time::Duration;

use jose_core::rotation::{FetchError, FetchPermit, HttpResponse, Jitter, NoResponse, Refetch, RemoteKeySet};
use wasm_bindgen::prelude::*;

use crate::Verifier;
use crate::keys::{monotonic, out_of_bounds};
use crate::options::{self, Options};
use crate::refusal::Refusal;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Math)]
    fn random() -> f64;
}

/// The permission to fetch the set once.
#[wasm_bindgen]
pub struct Permit(FetchPermit);

#[wasm_bindgen]
impl Permit {
    /// For `If-None-Match`.
    #[wasm_bindgen(getter)]
    pub fn etag(&self) -> Option<String> {
        self.0.etag().map(String::from)
    }
}

#[wasm_bindgen]
impl Verifier {
    /// A verifier whose keys have not been fetched.
    pub fn remote(options: &JsValue) -> Result<Self, Refusal> {
        let options = Options::read(options)?;
        // A set that anyone can fetch has no secrets.
        if options.algorithms.iter().any(|algorithm| !algorithm.is_asymmetric()) {
            return Err(options::refused("option 'algorithms': expected none with secrets beside 'jwksUri'"));
        }
        // The spread comes with the first fetch: some hosts have no random numbers before the first request.
        Ok(Self::with(keys(&options, Jitter::NONE)?, None, options))
    }

    /// After how many milliseconds a fetch is to be given up.
    #[wasm_bindgen(getter, js_name = fetchTimeout)]
    pub fn fetch_timeout(&self) -> f64 {
        f64::from(self.options.fetch_timeout) * 1000.0
    }

    /// How much of a body need be read, in bytes.
    #[wasm_bindgen(getter, js_name = maxBody)]
    pub fn max_body(&self) -> usize {
        self.options.limits.set_length().saturating_add(1)
    }

    /// Whether there are keys.
    #[wasm_bindgen(js_name = hasKeys)]
    pub fn has_keys(&self, uptime: f64) -> bool {
        self.keys.keys(monotonic(uptime)).is_ok()
    }

    /// The state of the keys, in a line for a log.
    pub fn status(&self, uptime: f64) -> String {
        self.keys.status(monotonic(uptime)).to_string()
    }

    /// A permit, if a fetch is due.
    #[wasm_bindgen(js_name = fetchDue)]
    pub fn fetch_due(&mut self, uptime: f64) -> Result<Option<Permit>, Refusal> {
        let now = monotonic(uptime);
        if !self.keys.is_fetch_due(now) {
            return Ok(None);
        }
        if !core::mem::replace(&mut self.is_spread, true) {
            // Nothing has been fetched that would be lost.
            self.keys = keys(&self.options, Jitter::from_seed(random().to_bits()))?;
        }
        Ok(self.keys.fetch_due(now).map(Permit))
    }

    /// What the token that was refused last is worth: a permit to fetch with, `true` to wait for the fetch that is in
    /// flight or to verify again, `false` to leave it at the refusal.
    pub fn refetch(&mut self, uptime: f64) -> JsValue {
        let Some(need) = self.need.take() else { return JsValue::FALSE };
        match self.keys.refetch(need, monotonic(uptime)) {
            Refetch::Now(permit) => Permit(permit).into(),
            Refetch::VerifyAgain | Refetch::InFlight => JsValue::TRUE,
            Refetch::Later { .. } | Refetch::AlreadyFetched => JsValue::FALSE,
        }
    }

    /// Takes the response to a fetch. `header` has a line `name:value` for each field.
    pub fn complete(
        &mut self,
        permit: Permit,
        status: u16,
        header: &str,
        body: &[u8],
        uptime: f64,
    ) -> Result<(), Refusal> {
        let fields = header.lines().filter_map(|line| line.split_once(':'));
        let response = fields
            .fold(HttpResponse::new(status, body), |response, (name, value)| response.header(name, value));
        self.take(permit, Ok(response), uptime)
    }

    /// Takes the cause for which a fetch had no response.
    pub fn fail(&mut self, permit: Permit, cause: &str, uptime: f64) -> Result<(), Refusal> {
        self.take(permit, Err(NoResponse::because(&cause)), uptime)
    }

    fn take(
        &mut self,
        permit: Permit,
        fetched: Result<HttpResponse<'_>, NoResponse>,
        uptime: f64,
    ) -> Result<(), Refusal> {
        let outcome = permit.0.receive(fetched);
        let completed = self.keys.complete(outcome, monotonic(uptime));
        completed.map(drop).map_err(|error: FetchError| Refusal::of("keys", error.code(), &error))
    }
}

fn keys(options: &Options, jitter: Jitter) -> Result<RemoteKeySet, Refusal> {
    let policy = options.rotation.unwrap_or_default().limits(options.limits);
    let policy = policy.fetch_timeout(Duration::from_secs(options.fetch_timeout.into()));
    let keys = RemoteKeySet::new(options.algorithms, policy, jitter).map_err(out_of_bounds)?;
    if options.uses.is_empty() {
        return Ok(keys);
    }
    // A set reads documents for as long as the program runs, and so it asks for texts that live as long.
    let uses: Vec<&'static str> = options.uses.iter().map(|text| &*text.clone().leak()).collect();
    Ok(keys.allow_uses(Box::leak(uses.into_boxed_slice())))
}
