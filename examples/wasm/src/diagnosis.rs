//! Why a token is refused, as data: `Diagnosis` of `package/index.d.ts`.

use alloc::vec::Vec;
use core::fmt::Display;

use jose_core::diagnose::{
    Candidate, Cause, ClaimCheck, Diagnosis, Found, Outcome, SetDiagnosis, Stage, Standing,
    diagnose_set_with_limits,
};
use jose_core::{Jwks, UnixTime, error::Excerpt, keys::NoUsableKey};
use wasm_bindgen::JsValue;

use crate::json::Json;
use crate::keys::{Current, at, fixed, from_jwks, set_aside};
use crate::options::Options;
use crate::refusal::{Refusal, refusal};

/// A set without a key.
pub const NO_KEYS: &str = r#"{"keys":[]}"#;

/// Of a token under the text of a set. A text that is no set is said to be none, and the token is
/// diagnosed without keys.
pub fn of_document(set: &str, options: &Options, token: &str, now: UnixTime) -> Result<JsValue, Refusal> {
    let fault = diagnose_set_with_limits(set, options.limits);
    let jwks =
        Jwks::parse_with_limits(set, options.limits).or_else(|_| Jwks::parse(NO_KEYS)).map_err(refusal)?;
    let keys = fixed(from_jwks(jwks, options).unwrap_or_else(NoUsableKey::into_set), options)?;
    let keys = at(&keys, 0.0)?;
    Ok(of(Some(fault), keys, options, token, now))
}

/// Of a token under keys. `fault` is what is wrong with their document.
pub fn of(
    fault: Option<SetDiagnosis>,
    keys: Current<'_>,
    options: &Options,
    token: &str,
    now: UnixTime,
) -> JsValue {
    let mut scratch = Vec::new();
    let mut json = Json::default();
    let names = options.names();
    let verifier = options.verifier(keys, &names);
    let diagnosis = verifier.diagnose(token, &mut scratch, &options.policy, now);
    let fault = fault.and_then(|fault| Some((fault.cause()?, fault.outcome().err())));
    json.object(|json| {
        json.literal("accepted", &diagnosis.refusal().is_none());
        json.array("problems", |json| {
            if let Some((cause, error)) = &fault {
                let error = error.as_ref().map(|error| (error.code(), error as &dyn Display));
                problem(json, Stage::Keys, *cause, error);
            }
            for found in diagnosis.problems() {
                if fault.is_none() || found.stage() != Stage::Keys {
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

fn rest(json: &mut Json, diagnosis: &Diagnosis<'_, Current<'_>>) {
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
            Found::Time(time) => json.literal("found", &time.as_secs()),
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
