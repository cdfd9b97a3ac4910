//! An entry of the vectors, for the suites that run them.

use core::time::Duration;

use jose_core::{Algorithm, AlgorithmSet, ClaimsPolicy, Expect};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// A request of `vectors/*.json`, which README.md there describes.
#[derive(Deserialize)]
pub(crate) struct Entry<'a> {
    pub(crate) id: String,
    pub(crate) source: String,
    /// As it is written: names that occur twice, and odd numbers, would not survive a parser.
    #[serde(borrow)]
    pub(crate) keys: &'a RawValue,
    pub(crate) algorithms: Vec<String>,
    pub(crate) token: Option<String>,
    pub(crate) now: Option<i64>,
    pub(crate) issuer: Option<String>,
    pub(crate) audience: Option<String>,
    pub(crate) leeway: Option<u16>,
    #[serde(default)]
    pub(crate) require_kid: bool,
    pub(crate) typ: Option<Typ>,
    pub(crate) max_age: Option<u32>,
    #[serde(default)]
    pub(crate) allow_expired: bool,
    #[serde(default)]
    pub(crate) allow_missing_exp: bool,
    pub(crate) uses: Option<Vec<String>>,
    /// Features, beside those of `algorithms`, without which the answer would be another.
    #[serde(default)]
    pub(crate) needs: Vec<String>,
    pub(crate) expect: Value,
}

/// What `typ` must be: one, or one of several.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Typ {
    One(String),
    OneOf(Vec<String>),
}

impl Typ {
    pub(crate) fn all(&self) -> Vec<&str> {
        match self {
            Self::One(typ) => vec![typ],
            Self::OneOf(typs) => typs.iter().map(String::as_str).collect(),
        }
    }
}

impl Entry<'_> {
    /// What the claims are held to.
    pub(crate) fn policy(&self) -> ClaimsPolicy<'_> {
        let issuer = self.issuer.as_deref().map_or(Expect::Anything, Expect::Exactly);
        let audience = self.audience.as_deref().map_or(Expect::Anything, Expect::Exactly);
        let mut policy =
            ClaimsPolicy::new(issuer, audience).leeway(Duration::from_secs(self.leeway.unwrap_or(0).into()));
        if self.allow_expired {
            policy = policy.allow_expired();
        }
        if self.allow_missing_exp {
            policy = policy.allow_missing_exp();
        }
        match self.max_age {
            Some(seconds) => policy.max_age(Duration::from_secs(seconds.into())),
            None => policy,
        }
    }

    pub(crate) fn allowed(&self) -> AlgorithmSet {
        let algorithms = self.algorithms.iter().map(|name| Algorithm::from_name(name).unwrap());
        algorithms.map(AlgorithmSet::only).reduce(|set, one| set.or(one.iter().next().unwrap())).unwrap()
    }

    /// Whether this build has all that the entry needs.
    pub(crate) fn applies(&self) -> bool {
        let has = |feature: &String| match feature.as_str() {
            "rsa" => cfg!(feature = "rsa"),
            name => {
                let named = |algorithm: &&Algorithm| algorithm.name().eq_ignore_ascii_case(name);
                let algorithm = Algorithm::ALL.iter().find(named);
                super::enabled(*algorithm.unwrap_or_else(|| panic!("{} needs {name}", self.id)))
            }
        };
        self.needs.iter().all(has) && self.allowed().iter().all(super::enabled)
    }

    /// The text of a set: the entry's own, or one around its single JWK.
    pub(crate) fn set(&self) -> String {
        let own = self.keys.get();
        let own = serde_json::from_str::<String>(own).unwrap_or_else(|_| own.to_owned());
        match serde_json::from_str::<Value>(&own) {
            Ok(Value::Object(jwk)) if jwk.contains_key("kty") && !jwk.contains_key("keys") => {
                format!(r#"{{"keys":[{own}]}}"#)
            }
            _ => own,
        }
    }
}
