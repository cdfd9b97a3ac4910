//! Why a token is refused, as data: `Diagnosis` of `types.d.ts`.

use alloc::format;
use alloc::vec::Vec;
use core::fmt::Display;

use jose_core::diagnose::{self, ClaimCheck, Found, Problem, Stage, Standing, diagnose_set};
use jose_core::{Jwks, UnixTime};
use wasm_bindgen::JsValue;

use crate::code::{self, Coded as _};
use crate::json::Json;
use crate::keys;
use crate::options::Options;

/// Of a token and the text of a set. What is no set has no keys, and is said to be none.
pub fn diagnosis(set: &str, options: &Options, token: &str, now: UnixTime) -> JsValue {
    let mut json = Json::default();
    json.object(|json| {
        let of_set = diagnose_set(set);
        json.array("problems", |json| {
            if let Some(cause) = of_set.cause() {
                let error = of_set.outcome().err();
                let refused = error.as_ref().map(|error| (error.code(), error as &dyn Display));
                problem(json, "keys", cause, refused);
            }
            // Further problems are appended below.
        });
    });
    json.parse()
}
