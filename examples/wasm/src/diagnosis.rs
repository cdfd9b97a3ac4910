//! Why a token is refused, as data: `Diagnosis` of `types.d.ts`.

use alloc::vec::Vec;
use core::fmt::Display;

use jose_core::diagnose::{
    Candidate, Cause, ClaimCheck, Diagnosis, Found, Outcome, Stage, Standing, diagnose_set,
};
use jose_core::{Jwks, KeySet, UnixTime, error::Excerpt, keys::NoUsableKey};
use wasm_bindgen::JsValue;

use crate::json::Json;
use crate::keys::set_aside;
use crate::options::Options;

/// Of a token under the text of a set. A text that is no set is said to be none, and the token is
/// diagnosed without keys.
pub fn of(set: &str, options: &Options, token: &str, now: UnixTime) -> JsValue {
    let fault = diagnose_set(set);
    let Ok(keys) = Jwks::parse(set).or_else(|_| Jwks::parse(r#"{"keys":[]}"#)) else { return JsValue::NULL };
    let mut scratch = Vec::new();
    let mut json = Json::default();
    // The same type of keys as verify has: with another, the module would have all of verify twice.
    let keys = KeySet::from_jwks(&keys, options.algorithms()).unwrap_or_else(NoUsableKey::into_set);
    let verifier = options.verifier(&keys);
    let diagnosis = verifier.diagnose(token, &mut scratch, options.policy(), now);
    json.object(|json| {
        json.literal("accepted", &diagnosis.refusal().is_none());
        json.array("problems", |json| {
            if let Some(cause) = fault.cause() {
                let error = fault.outcome().err();
                problem(
                    json,
                    Stage::Keys,
                    cause,
                    error.as_ref().map(|error| (error.code(), error as &dyn Display)),
                );
            }
            for found in diagnosis.problems() {
                if fault.cause().is_none() || found.stage() != Stage::Keys {
                    let error = found.error();
                    let error = error.as_ref().map(|error| (error.code(), error as &dyn Display));
                    problem(json, found.stage(), found.cause(), error);
                }
            }
        });
        rest(json, &diagnosis);
    });
    json.parse()
}

fn rest(json: &mut Json, diagnosis: &Diagnosis<'_, &KeySet>) {
    json.array("stages", |json| {
        for &stage in Stage::ALL {
            json.object(|json| {
                json.member("stage", &stage.name());
                json.member("outcome", &name_of(diagnosis.outcome(stage)));
            });
        }
    });
    if let Some(header) = diagnosis.unverified_header() {
        json.name("unverifiedHeader");
        json.object(|json| {
            json.member("alg", &format_args!("{:#}", header.alg));
            optional(json, "kid", header.kid);
            optional(json, "typ", header.typ);
            optional(json, "thumbprint", header.thumbprint);
        });
    }
    json.array("keys", |json| diagnosis.candidates().for_each(|candidate| key(json, candidate)));
    if let Some(holds) = diagnosis.signature_holds() {
        json.literal("signatureHolds", &holds);
    }
    json.array("claims", |json| diagnosis.claims().for_each(|claim| checked(json, claim)));
}

fn problem(json: &mut Json, stage: Stage, cause: Cause, error: Option<(&str, &dyn Display)>) {
    json.object(|json| {
        json.member("stage", &stage.name());
        json.member("cause", &format_args!("{cause:?}"));
        json.member("advice", &cause.advice());
        error.into_iter().for_each(|(code, message)| refused(json, code, message));
    });
}

fn key(json: &mut Json, candidate: Candidate<'_>) {
    json.object(|json| {
        optional(json, "kid", candidate.kid());
        let (standing, algorithm) = match candidate.standing() {
            Standing::Chosen { algorithm } => ("chosen", Some(algorithm)),
            Standing::Fits { algorithm } => ("fits", Some(algorithm)),
            Standing::OtherAlgorithm { algorithm } => ("other algorithm", Some(algorithm)),
            Standing::OtherKid => ("other kid", None),
            Standing::KidIsThumbprint => ("kid is thumbprint", None),
            Standing::KidLetterCase => ("kid in other case", None),
            Standing::KidEncoding => ("kid in other encoding", None),
            Standing::SetAside { reason } => {
                set_aside(json, &reason);
                ("set aside", None)
            }
            _ => ("other", None),
        };
        json.member("standing", &standing);
        algorithm.into_iter().for_each(|algorithm| json.member("algorithm", &algorithm));
    });
}

fn checked(json: &mut Json, claim: ClaimCheck<'_>) {
    json.object(|json| {
        json.member("name", &claim.name());
        match claim.found() {
            found @ Found::Text(_) => json.member("found", &found),
            Found::Time(time) => json.literal("found", &time.seconds()),
            _ => {}
        }
        claim.seconds_from_now().into_iter().for_each(|seconds| json.literal("secondsFromNow", &seconds));
        if let Some(error) = claim.error() {
            refused(json, error.code(), &error);
        }
    });
}

fn refused(json: &mut Json, code: &str, message: &dyn Display) {
    json.member("code", &code);
    json.member("message", message);
}

fn optional(json: &mut Json, name: &str, value: Option<Excerpt>) {
    // Without the quotes: JSON has its own.
    match value {
        Some(value) => json.member(name, &format_args!("{value:#}")),
        None => json.optional(name, None),
    }
}

fn name_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Holds => "holds",
        Outcome::Fails => "fails",
        _ => "not reached",
    }
}
