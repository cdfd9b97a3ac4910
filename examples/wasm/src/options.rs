//! What a verifier is told to accept.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::time::Duration;

use jose_core::json::Value;
#[cfg(feature = "remote")]
use jose_core::rotation::{RotationPolicy, Withdrawal};
use jose_core::{Algorithm, AlgorithmSet, AnyOf, ClaimsPolicy, Expect, KeySource, Limits};
use wasm_bindgen::JsValue;

use crate::json::{self, Json};
use crate::refusal::Refusal;

pub struct Options {
    pub algorithms: AlgorithmSet,
    pub policy: ClaimsPolicy<'static>,
    kid_required: bool,
    typ: Vec<String>,
    understands: Vec<String>,
    pub uses: Vec<String>,
    pub limits: Limits,
    #[cfg(feature = "remote")]
    pub rotation: Option<RotationPolicy>,
    /// Of the rotation, in seconds.
    #[cfg(feature = "remote")]
    pub fetch_timeout: u32,
}

impl Options {
    /// Reads `VerifierOptions`, without those that say where the keys are. A member that is not one of them is an
    /// error, and so is one that is `undefined`: it would be a check that somebody believes to be made.
    pub fn read(options: &JsValue) -> Result<Self, Refusal> {
        let text = json::text_of(options)?;
        if let Some(name) = json::member_left_out(options) {
            return Err(refused(&format!(
                "option '{name}': expected a value that JSON has: leave the option out instead"
            )));
        }
        let Ok(Value::Object(object)) = Value::parse(text.as_bytes()) else {
            return Err(refused("options: expected an object"));
        };
        let (mut leeway, mut max_age) = (Duration::ZERO, None);
        let (mut missing_exp_allowed, mut expired_allowed) = (false, false);
        let (mut issuer, mut audience, mut algorithms) = (None, None, None);
        let (mut kid_required, mut limits) = (false, Limits::new());
        let (mut typ, mut understands, mut uses) = (Vec::new(), Vec::new(), Vec::new());
        #[cfg(feature = "remote")]
        let (mut rotation, mut fetch_timeout) = (None, 5);
        for (name, value) in object.iter() {
            let name = &*name.to_string();
            match name {
                "algorithms" => {
                    algorithms =
                        Some(algorithm_set(value).ok_or_else(|| invalid(name, &algorithm_names(), value))?)
                }
                "issuer" => issuer = Some(expected(name, value)?),
                "audience" => audience = Some(expected(name, value)?),
                "leeway" => {
                    let seconds = number(value).and_then(|seconds| seconds.try_into().ok());
                    leeway = seconds
                        .map(Duration::from_secs)
                        .filter(|leeway| *leeway <= ClaimsPolicy::MAX_LEEWAY)
                        .ok_or_else(|| invalid(name, LEEWAY, value))?;
                }
                "maxAge" => max_age = Some(whole(name, value)?),
                "allowMissingExp" => missing_exp_allowed = flag(name, value)?,
                "allowExpired" => expired_allowed = flag(name, value)?,
                "requireKid" => kid_required = flag(name, value)?,
                "typ" => typ = texts(name, TEXTS, value)?,
                "understands" => understands = texts(name, TEXTS, value)?,
                "allowUses" => uses = texts(name, TEXTS, value)?,
                "limits" => limits = read_limits(name, value)?,
                #[cfg(feature = "remote")]
                "rotation" => rotation = Some(read_rotation(name, value, &mut fetch_timeout)?),
                _ => return Err(refused(&format!("option '{name}': expected one that exists"))),
            }
        }
        let none = |name: &str, what: &str| refused(&format!("option '{name}': expected {what}, found none"));
        let algorithms = algorithms.ok_or_else(|| none("algorithms", &algorithm_names()))?;
        let issuer = issuer.ok_or_else(|| none("issuer", EXPECTED))?;
        let audience = audience.ok_or_else(|| none("audience", EXPECTED))?;
        let mut policy = ClaimsPolicy::new(issuer, audience).leeway(leeway);
        if let Some(seconds) = max_age {
            policy = policy.max_age(Duration::from_secs(seconds.into()));
        }
        if missing_exp_allowed {
            policy = policy.allow_missing_exp();
        }
        if expired_allowed {
            policy = policy.allow_expired();
        }
        Ok(Self {
            algorithms,
            policy,
            kid_required,
            typ,
            understands,
            uses,
            limits,
            #[cfg(feature = "remote")]
            rotation,
            #[cfg(feature = "remote")]
            fetch_timeout,
        })
    }

    /// What `typ` and `crit` are held to, borrowed for one verifier.
    pub fn names(&self) -> Names<'_> {
        Names {
            typ: self.typ.iter().map(String::as_str).collect(),
            understands: self.understands.iter().map(String::as_str).collect(),
        }
    }

    pub fn verifier<'v, K: KeySource>(&self, keys: K, names: &'v Names<'_>) -> jose_core::Verifier<'v, K> {
        let mut verifier = jose_core::Verifier::new(keys).limits(self.limits);
        if self.kid_required {
            verifier = verifier.require_kid();
        }
        if let Ok(typ) = AnyOf::try_from(&*names.typ) {
            verifier = verifier.require_typ(typ);
        }
        if !names.understands.is_empty() {
            verifier = verifier.understands(&names.understands);
        }
        verifier
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

fn algorithm_names() -> String {
    format!("an array of one or more of {}", built_algorithms().as_str())
}

/// Lists of the options, as a verifier borrows them. Those that are empty take no memory.
pub struct Names<'o> {
    typ: Vec<&'o str>,
    understands: Vec<&'o str>,
}

const EXPECTED: &str =
    "a string, an array of strings, null where anything will do, or false where it must be absent";
const TEXTS: &str = "a string or an array of strings";
const LEEWAY: &str = "a whole number of seconds up to 600";

fn algorithm_set(value: Value<'_>) -> Option<AlgorithmSet> {
    let Value::Array(names) = value else { return None };
    names.iter().try_fold(None, |set: Option<AlgorithmSet>, name| {
        // One that the module is built without would be a demand that no token can meet.
        let named = Algorithm::from_name(name.as_string()?.as_str()?);
        let algorithm = named.filter(|algorithm| algorithm.is_enabled())?;
        Some(Some(set.map_or(AlgorithmSet::only(algorithm), |set| set.or(algorithm))))
    })?
}

fn expected(name: &str, value: Value<'_>) -> Result<Expect<'static>, Refusal> {
    match value {
        Value::Null => Ok(Expect::Anything),
        Value::Bool(false) => Ok(Expect::Forbidden),
        _ => {
            let texts = AnyOf::owned(texts(name, EXPECTED, value)?);
            texts.map(Expect::AnyOf).map_err(|_| invalid(name, EXPECTED, value))
        }
    }
}

/// One text or several.
fn texts(name: &str, expected: &str, value: Value<'_>) -> Result<Vec<String>, Refusal> {
    let text = |value: Value<'_>| Some(value.as_string()?.to_string());
    let texts: Option<Vec<String>> = match value {
        Value::Array(texts) => texts.iter().map(text).collect(),
        one => text(one).map(|text| Vec::from([text])),
    };
    texts.filter(|texts| !texts.is_empty()).ok_or_else(|| invalid(name, expected, value))
}

fn number(value: Value<'_>) -> Option<u32> {
    value.as_u64()?.try_into().ok()
}

fn whole(name: &str, value: Value<'_>) -> Result<u32, Refusal> {
    number(value).ok_or_else(|| invalid(name, "a whole number up to 4294967295", value))
}

fn flag(name: &str, value: Value<'_>) -> Result<bool, Refusal> {
    value.as_bool().ok_or_else(|| invalid(name, "true or false", value))
}

/// The members of an option that is an object, with their full names.
fn members<'a>(option: &str, value: Value<'a>) -> Result<impl Iterator<Item = (String, Value<'a>)>, Refusal> {
    let object = value.as_object().ok_or_else(|| invalid(option, "an object", value))?;
    Ok(object.iter().map(move |(name, value)| (name.to_string(), value)))
}

fn read_limits(option: &str, value: Value<'_>) -> Result<Limits, Refusal> {
    members(option, value)?.try_fold(Limits::new(), |limits, (name, value)| {
        let set = match &*name {
            "maxTokenLength" => Limits::max_token_length,
            "maxHeaderLength" => Limits::max_header_length,
            "maxSetLength" => Limits::max_set_length,
            "maxKeys" => Limits::max_keys,
            "maxMembers" => Limits::max_members,
            _ => return Err(unknown(option, &name)),
        };
        Ok(set(limits, whole(&name, value)? as usize))
    })
}

/// The policy, but for the `fetchTimeout`, which has another default here.
#[cfg(feature = "remote")]
fn read_rotation(option: &str, value: Value<'_>, fetch_timeout: &mut u32) -> Result<RotationPolicy, Refusal> {
    let mut policy = RotationPolicy::new();
    // What RotationPolicy has.
    let (mut min, mut max) = (Duration::from_secs(60), Duration::from_secs(3600));
    for (name, value) in members(option, value)? {
        if name == "withdrawal" {
            policy = policy.withdrawal(match value.as_string().and_then(|text| text.as_str()) {
                Some("atEndOfLifetime") => Withdrawal::AtEndOfLifetime,
                Some("atOnce") => Withdrawal::AtOnce,
                Some("keep") => Withdrawal::Keep,
                _ => return Err(invalid(&name, "\"atEndOfLifetime\", \"atOnce\" or \"keep\"", value)),
            });
            continue;
        }
        let seconds = whole(&name, value)?;
        let time = Duration::from_secs(seconds.into());
        policy = match &*name {
            "cooldown" => policy.cooldown(time),
            "minLifetime" => {
                min = time;
                policy
            }
            "maxLifetime" => {
                max = time;
                policy
            }
            "defaultLifetime" => policy.default_lifetime(time),
            "earlyRefresh" => policy.early_refresh(time),
            "maxStale" => policy.max_stale(time),
            "maxBackoff" => policy.max_backoff(time),
            "badSignaturePause" => policy.bad_signature_pause(time),
            "grace" => policy.grace(time),
            "fetchTimeout" => {
                *fetch_timeout = seconds;
                policy
            }
            _ => return Err(unknown(option, &name)),
        };
    }
    Ok(policy.lifetime(min, max))
}

fn unknown(option: &str, name: &str) -> Refusal {
    refused(&format!("option '{option}': expected members that exist, found '{name}'"))
}

fn invalid(name: &str, expected: &str, found: Value<'_>) -> Refusal {
    let found = match found {
        Value::Null => "null",
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        Value::Number(number) => number,
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    refused(&format!("option '{name}': expected {expected}, found {found}"))
}

pub fn refused(message: &str) -> Refusal {
    Refusal::of("argument", "InvalidOption", &message)
}
