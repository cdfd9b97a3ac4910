//! What a verifier is told to accept.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use jose_core::json::Value;
use jose_core::{Algorithm, AlgorithmSet, AnyOf, ClaimsPolicy, Expect, KeySource, Leeway};
use wasm_bindgen::JsValue;

use crate::json::{self, Json};
use crate::refusal::Refusal;

pub struct Options {
    algorithms: AlgorithmSet,
    policy: ClaimsPolicy<'static>,
    kid_required: bool,
    typ: Option<String>,
}

impl Options {
    /// Reads `VerifierOptions`. A member that is not one of them is an error, and so is one that is
    /// `undefined`: it would otherwise be a check that somebody believes to be made.
    pub fn read(options: &JsValue) -> Result<Self, Refusal> {
        let text = json::text_of(options)?;
        if let Some(name) = json::undefined_member(options) {
            return Err(invalid(&format!("'{name}' is undefined: leave the option out, or say what it is")));
        }
        let Ok(Value::Object(object)) = Value::parse(&text) else {
            return Err(invalid("the options are not an object"));
        };
        let (mut algorithms, mut issuer, mut audience) = (None, None, None);
        let (mut leeway, mut kid_required, mut typ) = (Leeway::NONE, false, None);
        for (name, value) in object.iter() {
            match name.as_str() {
                Some("algorithms") => algorithms = algorithm_set(value),
                Some("issuer") => issuer = expected(value),
                Some("audience") => audience = expected(value),
                Some("leeway") => {
                    leeway = seconds(value)
                        .ok_or_else(|| invalid("'leeway' must be a whole number of seconds, 600 at most"))?;
                }
                Some("requireKid") => {
                    let Value::Bool(required) = value else {
                        return Err(invalid("'requireKid' must be true or false"));
                    };
                    kid_required = required;
                }
                Some("typ") => {
                    let required = value.as_string().ok_or_else(|| invalid("'typ' must be a string"))?;
                    typ = Some(required.to_string());
                }
                _ => return Err(invalid(&format!("there is no option '{name}'"))),
            }
        }
        let issuer = issuer.ok_or_else(|| not_stated("issuer"))?;
        let audience = audience.ok_or_else(|| not_stated("audience"))?;
        Ok(Self {
            algorithms: algorithms.ok_or_else(|| {
                invalid(&format!(
                    "'algorithms' must be an array of one or more of {}",
                    built_algorithms().as_str()
                ))
            })?,
            policy: ClaimsPolicy::new(issuer, audience).leeway(leeway),
            kid_required,
            typ,
        })
    }

    pub fn algorithms(&self) -> AlgorithmSet {
        self.algorithms
    }

    pub fn verifier<K: KeySource>(&self, keys: K) -> jose_core::Verifier<'_, K> {
        let mut verifier = jose_core::Verifier::new(keys);
        if self.kid_required {
            verifier = verifier.require_kid();
        }
        if let Some(typ) = &self.typ {
            verifier = verifier.require_typ(typ);
        }
        verifier
    }

    /// The policy for claims.
    pub const fn policy(&self) -> &ClaimsPolicy<'static> {
        &self.policy
    }
}

/// The names of the algorithms that the module is built with, as an array.
pub fn built_algorithms() -> Json {
    let mut json = Json::default();
    json.inside(['[', ']'], |json| {
        Algorithm::ALL
            .iter()
            .filter(|algorithm| algorithm.is_enabled())
            .for_each(|algorithm| json.text(algorithm));
    });
    json
}

fn algorithm_set(value: Value<'_>) -> Option<AlgorithmSet> {
    let Value::Array(names) = value else { return None };
    names.iter().try_fold(None, |set: Option<AlgorithmSet>, name| {
        // One that the module is built without would be a demand that no token can meet.
        let named = Algorithm::from_name(name.as_string()?.as_str()?);
        let algorithm = named.filter(|algorithm| algorithm.is_enabled())?;
        Some(Some(set.map_or(AlgorithmSet::only(algorithm), |set| set.or(algorithm))))
    })?
}

/// One text or several, or any.
fn expected(value: Value<'_>) -> Option<Expect<'static>> {
    match value {
        Value::Null => Some(Expect::Anything),
        Value::String(text) => Some(text.to_string().into()),
        Value::Array(texts) => {
            let texts: Option<Vec<String>> =
                texts.iter().map(|text| Some(text.as_string()?.to_string())).collect();
            AnyOf::owned(texts?).ok().map(Expect::AnyOf)
        }
        _ => None,
    }
}

fn seconds(value: Value<'_>) -> Option<Leeway> {
    let Value::Number(number) = value else { return None };
    number.parse().ok().and_then(Leeway::from_seconds)
}

fn not_stated(name: &str) -> Refusal {
    invalid(&format!("'{name}' must be a string, an array of strings, or null where any will do"))
}

fn invalid(message: &str) -> Refusal {
    Refusal::of("argument", "InvalidOption", &message)
}
