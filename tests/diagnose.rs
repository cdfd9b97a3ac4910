//! A diagnosis agrees with `verify` and `claims` on every vector, shows nothing that it must not show,
//! takes nothing from a heap, and has every cause on its list.

#![cfg(any(feature = "hs256", feature = "es256", feature = "rs256"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that meets the unexpected must stop"
)]

#[cfg(all(feature = "hs256", feature = "es256", feature = "rs256"))]
#[path = "diagnose/causes.rs"]
mod causes;
mod support;

use std::collections::BTreeSet;

use jose_core::diagnose::{Cause, Diagnosis, Found, Outcome, Stage, Standing, diagnose_set};
use jose_core::{
    Algorithm, AlgorithmSet, ClaimsPolicy, Error, Expect, Jwks, KeySource, Leeway, UnixTime, Verifier,
};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use support::{Dice, here, read, signer, usual};

/// A request of `vectors/*.json`, which README.md there describes.
#[derive(Deserialize)]
struct Entry<'a> {
    id: String,
    #[serde(borrow)]
    keys: &'a RawValue,
    algorithms: Vec<String>,
    token: Option<String>,
    now: Option<i64>,
    issuer: Option<String>,
    audience: Option<String>,
    leeway: Option<u16>,
    #[serde(default)]
    require_kid: bool,
    typ: Option<String>,
    needs: Option<String>,
}

const FILES: [&str; 7] = ["rfc", "interop", "keys", "parse", "selection", "signatures", "claims"];

impl Entry<'_> {
    fn applies(&self) -> bool {
        let built = self.algorithms.iter().all(|name| support::enabled(Algorithm::from_name(name).unwrap()));
        built && (self.needs.is_none() || cfg!(feature = "rsa"))
    }

    /// The text of a set: the entry's own, or one around its single JWK.
    fn set(&self) -> String {
        let own = self.keys.get();
        let own = serde_json::from_str::<String>(own).unwrap_or_else(|_| own.to_owned());
        match serde_json::from_str::<Value>(&own) {
            Ok(Value::Object(jwk)) if jwk.contains_key("kty") && !jwk.contains_key("keys") => {
                format!(r#"{{"keys":[{own}]}}"#)
            }
            _ => own,
        }
    }

    /// Diagnoses the entry's token, as it is and with something done to it, with every kind of source.
    fn run(&self, dice: &mut Dice) -> usize {
        let (text, Some(token)) = (self.set(), &self.token) else { return 0 };
        let Ok(jwks) = Jwks::parse(&text) else { return 0 };
        let names = self.algorithms.iter().map(|name| Algorithm::from_name(name).unwrap());
        let allowed = names.map(AlgorithmSet::only).reduce(|all, one| all.or(one.iter().next().unwrap()));
        let allowed = allowed.unwrap();
        self.agree(&jwks, allowed, token.as_bytes());
        let mut ran = 1;
        #[cfg(feature = "alloc")]
        if let Ok(keys) = jose_core::KeySet::from_jwks(&jwks, allowed) {
            for text in [token.clone(), format!("Bearer {token}\n"), format!("\"{token}\""), format!("{token}=")] {
                self.agree(&keys, allowed, text.as_bytes());
            }
            for _ in 0..4 {
                let mut text = token.clone().into_bytes();
                if let Some(place) = dice.below(text.len() + 1).checked_sub(1) {
                    text[place] = *b"A_.=+/ \n\"%{\xff".get(dice.below(12)).unwrap();
                }
                self.agree(&keys, allowed, &text);
            }
            ran += 8;
        }
        // One key alone takes any kid.
        if let Some(Ok(key)) = jwks.iter().next().map(|jwk| jwk.and_then(|jwk| jwk.verifying_key(allowed))) {
            self.agree(&key, allowed, token.as_bytes());
            self.agree(&[("a", key.clone()), ("k", key)], allowed, token.as_bytes());
            ran += 2;
        }
        ran
    }

    fn agree<K: KeySource + ?Sized>(&self, keys: &K, allowed: AlgorithmSet, token: &[u8]) {
        let mut verifier = Verifier::new(keys, allowed);
        if self.require_kid {
            verifier = verifier.require_kid();
        }
        if let Some(typ) = &self.typ {
            verifier = verifier.require_typ(typ);
        }
        let expect = |text: &Option<String>| text.clone().map_or(String::new(), |text| text);
        let (issuer, audience) = (expect(&self.issuer), expect(&self.audience));
        let of = |text: &Option<String>, own: &'static str| text.as_ref().map_or(Expect::Ignore, |_| Expect::Value(own));
        let _ = (&issuer, &audience, of(&None, ""));
        let issuer = self.issuer.as_deref().map_or(Expect::Ignore, Expect::Value);
        let audience = self.audience.as_deref().map_or(Expect::Ignore, Expect::Value);
        let policy = ClaimsPolicy::new(issuer, audience).leeway(Leeway::from_seconds(self.leeway.unwrap_or(0)).unwrap());
        for policy in [policy, policy.max_age(100), policy.accept_missing_exp()] {
            agree(&self.id, verifier, token, &policy, UnixTime::from_seconds(self.now.unwrap_or(1_790_000_000)));
        }
    }
}
