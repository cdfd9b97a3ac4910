//! An entry of the vectors, for the suites that run them.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use jose_core::{Algorithm, AlgorithmSet, ClaimsPolicy, Expect, Leeway};
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
    pub(crate) needs: Option<String>,
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
        let issuer = self.issuer.as_deref().map_or(Expect::Ignore, Expect::Value);
        let audience = self.audience.as_deref().map_or(Expect::Ignore, Expect::Value);
        let mut policy = ClaimsPolicy::new(issuer, audience)
            .leeway(Leeway::from_seconds(self.leeway.unwrap_or(0)).unwrap());
        if self.allow_expired {
            policy = policy.allow_expired();
        }
        if self.allow_missing_exp {
            policy = policy.allow_missing_exp();
        }
        self.max_age.map_or(policy, |seconds| policy.max_age(seconds))
    }

    pub(crate) fn allowed(&self) -> AlgorithmSet {
        let algorithms = self.algorithms.iter().map(|name| Algorithm::from_name(name).unwrap());
        algorithms.map(AlgorithmSet::only).reduce(|set, one| set.or(one.iter().next().unwrap())).unwrap()
    }

    /// Whether this build has all that the entry needs. Keys for other algorithms are then not allowed,
    /// which is what the entry says of them.
    pub(crate) fn applies(&self) -> bool {
        match self.needs.as_deref() {
            None => {}
            Some("rsa") if cfg!(feature = "rsa") => {}
            Some("rsa") => return false,
            Some(other) => panic!("{} needs {other}", self.id),
        }
        self.allowed().iter().all(super::enabled) && self.names_what_is_enabled()
    }

    /// Whether this build knows every algorithm and kind of key that the entry names, where any build does:
    /// what is expected is written for one that has them all.
    fn names_what_is_enabled(&self) -> bool {
        let header = self.token.as_deref().and_then(|token| token.split('.').next());
        let header = header.and_then(|text| Base64UrlUnpadded::decode_vec(text).ok()).unwrap_or_default();
        let text = format!("{}{}", self.keys.get(), String::from_utf8_lossy(&header));
        Algorithm::ALL.iter().filter(|algorithm| !super::enabled(**algorithm)).all(|algorithm| {
            let kinds = Algorithm::ALL.iter().filter(|other| super::enabled(**other));
            let (kty, crv) = (algorithm.kty(), algorithm.crv());
            let kty = Some(kty).filter(|kty| kinds.clone().all(|other| other.kty() != *kty));
            let crv = crv.filter(|crv| kinds.clone().all(|other| other.crv() != Some(*crv)));
            let second = (*algorithm == Algorithm::Ed25519).then_some("EdDSA");
            let names = [Some(algorithm.name()), kty, crv, second];
            names.into_iter().flatten().all(|name| !text.contains(name))
        })
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
