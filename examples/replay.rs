//! Runs any suite against the crate: reads one JSON request per line from stdin and writes one result per line to
//! stdout, in order. The answer to a malformed request has the stage `request`.
//!
//! Request: `{"id", "token", "keys", "algorithms", "now", "issuer", "audience", "leeway", "max_age",
//! "allow_expired", "allow_missing_exp", "require_kid", "typ", "crit" (names that are understood), "uses"
//! (further values of a key's `use`), "explain"}`, of which only `keys` is required: a JWK, a JWK Set, or a string
//! with the text of either. `issuer`, `audience` and `typ` are a string or several. Without `token` the keys
//! are judged; without `now` the claims are not checked. With `"explain": true` the answer has a `diagnosis`
//! as well, of the claims too: at the system's time if there is no `now`.

#![allow(clippy::indexing_slicing, reason = "of a JSON value, what is not there is null")]

use core::time::Duration;

use std::io::{self, BufRead, Write};

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_core::diagnose::{Diagnosis, diagnose_set};
use jose_core::json::Value as Strict;
use jose_core::{
    Algorithm, AlgorithmSet, AnyOf, ClaimsPolicy, Error, Expect, Jwks, KeySet, KeySource, UnixTime, Verifier,
    error::{EmptyList, KeyError, SetError},
    keys::Verdict,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    #[serde(default)]
    id: Value,
    token: Option<String>,
    keys: Box<RawValue>,
    algorithms: Option<Vec<String>>,
    now: Option<i64>,
    issuer: Option<OneOf>,
    audience: Option<OneOf>,
    #[serde(default)]
    leeway: u16,
    #[serde(default)]
    require_kid: bool,
    typ: Option<OneOf>,
    /// Names in `crit` that are understood.
    crit: Option<Vec<String>>,
    max_age: Option<u32>,
    #[serde(default)]
    allow_expired: bool,
    #[serde(default)]
    allow_missing_exp: bool,
    /// Values of `use` that are accepted beside `sig`.
    #[serde(default)]
    uses: Vec<String>,
    #[serde(default)]
    explain: bool,
}

/// What is accepted: one text, or one of several.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOf {
    One(String),
    Several(Vec<String>),
}

impl OneOf {
    fn any_of(&self) -> Result<AnyOf<'static>, EmptyList> {
        match self {
            Self::One(text) => Ok(AnyOf::from(text.clone())),
            Self::Several(texts) => AnyOf::owned(texts.clone()),
        }
    }
}

fn main() -> io::Result<()> {
    let mut scratch = Vec::new();
    let mut stdout = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().split(b'\n') {
        let line = line?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let answer = match serde_json::from_slice::<Request>(&line) {
            Ok(request) => {
                let mut answer = answer(&request, &mut scratch);
                answer["id"] = request.id;
                answer
            }
            Err(error) => {
                let id = serde_json::from_slice::<Value>(&line)
                    .ok()
                    .and_then(|request| request.get("id").cloned());
                let mut answer = refuse("request", "Json", &error);
                answer["id"] = id.unwrap_or_default();
                answer
            }
        };
        writeln!(stdout, "{answer}")?;
    }
    stdout.flush()
}

fn refuse(stage: &str, reason: &str, message: &dyn ToString) -> Value {
    json!({"verdict": "refuse", "stage": stage, "reason": reason, "message": message.to_string()})
}

fn refuse_error(error: impl Into<Error>) -> Value {
    let error = error.into();
    refuse(error.stage(), error.code(), &error)
}

fn answer(request: &Request, scratch: &mut Vec<u8>) -> Value {
    let allowed = match request.algorithms.as_ref().map(AlgorithmSet::from_names).transpose() {
        Ok(allowed) => allowed,
        Err(error) => return refuse("request", "Algorithms", &error),
    };
    let leeway = Duration::from_secs(request.leeway.into());
    if leeway > ClaimsPolicy::MAX_LEEWAY {
        return refuse("request", "Leeway", &"at most 600 seconds of leeway");
    }
    let demands = match Demands::new(request, leeway) {
        Ok(demands) => demands,
        Err(error) => return refuse("request", "EmptyList", &error),
    };
    let text = set_text(&request.keys);
    let uses: Vec<&str> = request.uses.iter().map(String::as_str).collect();
    let jwks = match Jwks::parse(&text) {
        Ok(jwks) => jwks.allow_uses(&uses),
        Err(error) => {
            let mut answer = refuse_error(error);
            if request.explain {
                let diagnosis = diagnose_set(&text);
                let causes = diagnosis.cause().map(|cause| format!("{cause:?}"));
                answer["diagnosis"] =
                    json!({"report": diagnosis.to_string(), "causes": Vec::from_iter(causes)});
            }
            return answer;
        }
    };
    // Without a list: HMAC if there are secrets and no public keys, else public-key algorithms. The token
    // does not decide.
    let public = AlgorithmSet::from(Algorithm::Rs256).or(Algorithm::Es256);
    let allowed = allowed.unwrap_or_else(|| match KeySet::from_jwks(&jwks, public) {
        Err(error) if error.verdicts().any(is_secret) => Algorithm::Hs256.into(),
        _ => public,
    });
    let keys = match KeySet::from_jwks(&jwks, allowed) {
        Ok(keys) => keys,
        Err(error) => {
            let mut answer = refuse("keys", "NoUsableKey", &error);
            answer["keys"] = error.verdicts().map(verdict).collect();
            if let Some(token) = request.token.as_ref().filter(|_| request.explain) {
                let verifier = demands.of(Verifier::new(jwks.keys(allowed)));
                answer["diagnosis"] = diagnose(request, verifier, token, scratch, &demands.policy);
            }
            return answer;
        }
    };
    let Some(token) = &request.token else {
        return json!({"keys": keys.verdicts().map(verdict).collect::<Value>()});
    };
    let verifier = demands.of(Verifier::new(&keys));
    let mut answer = verify(request, &verifier, token, scratch, &demands.policy);
    if request.explain {
        answer["diagnosis"] = diagnose(request, verifier, token, scratch, &demands.policy);
    }
    answer
}

/// What the request requires of the header and the claims.
struct Demands<'r> {
    kid: bool,
    typ: Option<AnyOf<'static>>,
    crit: Option<Vec<&'r str>>,
    policy: ClaimsPolicy<'static>,
}

impl<'r> Demands<'r> {
    fn new(request: &'r Request, leeway: Duration) -> Result<Self, EmptyList> {
        let any_of = |texts: &Option<OneOf>| texts.as_ref().map(OneOf::any_of).transpose();
        let expect = |texts| Ok(any_of(texts)?.map_or(Expect::Anything, Expect::AnyOf));
        let mut policy =
            ClaimsPolicy::new(expect(&request.issuer)?, expect(&request.audience)?).leeway(leeway);
        if request.allow_expired {
            policy = policy.allow_expired();
        }
        if request.allow_missing_exp {
            policy = policy.allow_missing_exp();
        }
        if let Some(seconds) = request.max_age {
            policy = policy.max_age(Duration::from_secs(seconds.into()));
        }
        let crit = request.crit.as_ref().map(|names| names.iter().map(String::as_str).collect());
        Ok(Self { kid: request.require_kid, typ: any_of(&request.typ)?, crit, policy })
    }

    /// Returns a verifier with these requirements.
    fn of<'d, K: KeySource>(&'d self, mut verifier: Verifier<'d, K>) -> Verifier<'d, K> {
        if self.kid {
            verifier = verifier.require_kid();
        }
        if let Some(typ) = &self.typ {
            verifier = verifier.require_typ(typ.clone());
        }
        match &self.crit {
            Some(names) => verifier.understands(names),
            None => verifier,
        }
    }
}

fn verify<K: KeySource>(
    request: &Request,
    verifier: &Verifier<'_, K>,
    token: &str,
    scratch: &mut Vec<u8>,
    policy: &ClaimsPolicy<'_>,
) -> Value {
    let verified = match verifier.verify(token, scratch) {
        Ok(verified) => verified,
        Err(error) => return refuse_error(error),
    };
    if let Some(now) = request.now
        && let Err(error) = verified.claims(policy, UnixTime::from_secs(now))
    {
        return refuse_error(error);
    }
    json!({
        "verdict": "accept",
        "algorithm": verified.algorithm().name(),
        "kid": verified.header().kid().map(|kid| kid.to_string()),
        "payload": Base64UrlUnpadded::encode_string(verified.payload()),
    })
}

fn diagnose<K: KeySource>(
    request: &Request,
    verifier: Verifier<'_, K>,
    token: &str,
    scratch: &mut Vec<u8>,
    policy: &ClaimsPolicy<'_>,
) -> Value {
    let Ok(now) = request.now.map_or_else(UnixTime::now, |now| Ok(UnixTime::from_secs(now))) else {
        return json!({"report": "there is no \"now\", and the system's clock stands before 1970"});
    };
    let diagnosis: Diagnosis<'_, K> = verifier.diagnose(token, scratch, policy, now);
    let problems = diagnosis.problems().map(|problem| {
        json!({
            "stage": problem.stage().name(),
            "cause": format!("{:?}", problem.cause()),
            "change": problem.cause().advice(),
            "message": problem.error().map(|error| error.to_string()),
        })
    });
    let causes = diagnosis.problems().map(|problem| format!("{:?}", problem.cause()));
    json!({
        "report": diagnosis.to_string(),
        "causes": causes.collect::<Value>(),
        "problems": problems.collect::<Value>(),
        "keys": diagnosis.candidates().map(|candidate| candidate.to_string()).collect::<Value>(),
        "claims": diagnosis.claims().map(|claim| claim.to_string()).collect::<Value>(),
    })
}

/// Returns the text of a JWK Set as it was sent. A JWK becomes a set of one.
fn set_text(keys: &RawValue) -> String {
    let text = serde_json::from_str(keys.get()).unwrap_or_else(|_| keys.get().to_string());
    match (Jwks::parse(&text), Strict::parse(&text)) {
        (Err(SetError::KeysMissing), Ok(Strict::Object(jwk))) if jwk.get("kty").is_some() => {
            format!(r#"{{"keys":[{text}]}}"#)
        }
        _ => text,
    }
}

fn is_secret(verdict: Verdict<'_>) -> bool {
    matches!(verdict.outcome, Err(KeyError::AlgNotAllowed { alg, .. }) if !alg.iter().any(Algorithm::is_asymmetric))
}

fn verdict(verdict: Verdict<'_>) -> Value {
    match verdict.outcome {
        Ok(algorithm) => json!({"kid": verdict.kid, "verdict": "bound", "algorithm": algorithm.name()}),
        Err(reason) => json!({
            "kid": verdict.kid,
            "verdict": "set aside",
            "reason": reason.code(),
            "message": reason.to_string(),
        }),
    }
}
