//! Runs `vectors/*.json`, which README.md there describes: tokens and keys made by others, and what is to
//! become of each. Every entry goes through a `KeySet` and through a `Jwks`, with one result.
//!
//! A variant of an error that no vector and no test asks for fails the suite: there is no refusal that
//! nobody has seen.

#![cfg(feature = "_algorithm")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

mod support;

use std::collections::BTreeSet;

use jose_core::{
    Algorithm, AlgorithmSet, AnyOf, Error, Jwks, KeySource, UnixTime, Verifier, error::KeyError,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use support::entry::{Entry, Typ};
use support::{b64, here};

/// The files with entries, and the least number of them that each must have.
const FILES: [(&str, usize); 7] = [
    ("rfc", 30),
    ("interop", 60),
    ("keys", 200),
    ("parse", 100),
    ("selection", 100),
    ("signatures", 100),
    ("claims", 150),
];

fn text(file: &str) -> String {
    support::read(&here(&format!("vectors/{file}.json")))
}

fn entries(text: &str) -> Vec<Entry<'_>> {
    serde_json::from_str(text).unwrap()
}

/// Runs what this build can run, and gives the number of entries that it ran.
#[track_caller]
fn run(file: &str, entries: &[Entry<'_>]) -> usize {
    let mut ran = 0;
    let mut faults = Vec::new();
    for entry in entries {
        assert!(entry.id.starts_with(file) && !entry.source.is_empty(), "{} in {file}", entry.id);
        if !entry.applies() {
            continue;
        }
        ran += 1;
        let found = entry.outcome();
        if found != entry.expect {
            faults.push(format!("{}\n  expected {}\n  found    {found}", entry.id, entry.expect));
        }
    }
    assert!(faults.is_empty(), "{} of {ran} in {file}:\n{}", faults.len(), faults.join("\n"));
    ran
}

impl Entry<'_> {
    fn outcome(&self) -> Value {
        let text = self.set();
        let uses: Vec<&str> = self.uses.iter().flatten().map(String::as_str).collect();
        let set = match Jwks::parse(&text) {
            Ok(set) => set.allow_uses(&uses),
            Err(error) => return refused(error),
        };
        let (verdicts, usable) = verdicts(&set, self.allowed());
        let Some(token) = &self.token else {
            return match usable {
                true => json!({ "keys": verdicts }),
                false => {
                    json!({"verdict": "refuse", "stage": "keys", "reason": "NoUsableKey", "keys": verdicts})
                }
            };
        };
        let borrowed = self.verify(set.keys(self.allowed()), token);
        #[cfg(feature = "alloc")]
        match jose_core::KeySet::from_jwks(&set, self.allowed()) {
            Ok(keys) => assert_eq!(self.verify(&keys, token), borrowed, "KeySet and Jwks, {}", self.id),
            Err(_) => assert!(!usable && borrowed["verdict"] == "refuse", "{}", self.id),
        }
        borrowed
    }

    fn verify(&self, keys: impl KeySource, token: &str) -> Value {
        let mut verifier = Verifier::new(keys);
        let typs = self.typ.as_ref().map(Typ::all).unwrap_or_default();
        if self.require_kid {
            verifier = verifier.require_kid();
        }
        verifier = match (&self.typ, &typs[..]) {
            (Some(Typ::One(typ)), _) => verifier.require_typ(typ.as_str()),
            (Some(Typ::OneOf(_)), typs) => verifier.require_typ(AnyOf::try_from(typs).unwrap()),
            (None, _) => verifier,
        };
        // Too small a buffer is no matter of the token.
        let mut scratch = [0; 1 << 15];
        let verified = match verifier.verify(token, &mut scratch) {
            Ok(verified) => verified,
            Err(error) => {
                return refused(error);
            }
        };
        if let Some(now) = self.now
            && let Err(error) = verified.claims(&self.policy(), UnixTime::from_secs(now))
        {
            return refused(error);
        }
        json!({
            "verdict": "accept",
            "algorithm": verified.algorithm().name(),
            "kid": verified.header().kid().map(|kid| kid.to_string()),
            "payload": b64(verified.payload()),
        })
    }
}

fn refused(error: impl Into<Error>) -> Value {
    let error = error.into();
    json!({"verdict": "refuse", "stage": error.stage(), "reason": error.code()})
}

/// The verdict on every member, and whether one can be used, by `Jwks` alone and by `KeySet`.
fn verdicts(set: &Jwks<'_>, allowed: AlgorithmSet) -> (Vec<Value>, bool) {
    let verdict = |kid: Option<String>, outcome: Result<Algorithm, KeyError>| match outcome {
        Ok(algorithm) => json!({"kid": kid, "verdict": "bound", "algorithm": algorithm.name()}),
        Err(reason) => json!({"kid": kid, "verdict": "set aside", "reason": reason.code()}),
    };
    let members = set.iter().map(|member| {
        let kid = member.as_ref().ok().and_then(jose_core::Jwk::kid).map(|kid| kid.to_string());
        verdict(kid, member.and_then(|jwk| jwk.verifying_key(allowed)).map(|key| key.algorithm()))
    });
    let borrowed: Vec<Value> = members.collect();
    assert_eq!(borrowed.len(), set.len());
    let usable = borrowed.iter().any(|verdict| verdict["verdict"] == "bound");
    #[cfg(feature = "alloc")]
    {
        let shown = |verdict_of: jose_core::keys::Verdict<'_>| {
            verdict(verdict_of.kid.map(str::to_owned), verdict_of.outcome)
        };
        let (built, found): (Vec<Value>, bool) = match jose_core::KeySet::from_jwks(set, allowed) {
            Ok(keys) => (keys.verdicts().map(shown).collect(), true),
            Err(none) => (none.verdicts().map(shown).collect(), false),
        };
        assert_eq!((&built, found), (&borrowed, usable), "KeySet and Jwks");
    }
    (borrowed, usable)
}

#[track_caller]
fn file(name: &str) {
    let (_, least) = FILES.into_iter().find(|(file, _)| *file == name).unwrap();
    let text = text(name);
    let entries = entries(&text);
    assert!(entries.len() >= least, "{name}.json has only {} entries", entries.len());
    let ran = run(name, &entries);
    println!("{name}: {ran} of {} entries", entries.len());
    let whole = Algorithm::ALL.iter().copied().all(support::enabled);
    assert!(ran >= least || !whole, "{name}: only {ran} entries ran");
}

macro_rules! files {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            file(stringify!($name));
        }
    )*};
}

files!(rfc interop keys parse selection signatures claims);

/// The examples of a demonstration: a token for each algorithm, and refusals under the same issuer.
#[test]
fn demo() {
    #[derive(Deserialize)]
    struct Demo<'a> {
        #[serde(borrow)]
        jwks: &'a RawValue,
        #[serde(borrow)]
        secret: &'a RawValue,
        issuer: String,
        audience: String,
        now: i64,
        tokens: std::collections::BTreeMap<String, String>,
        #[serde(borrow)]
        further: Further<'a>,
        #[serde(borrow)]
        refusals: Vec<Entry<'a>>,
    }
    /// The same for algorithms that are off by default.
    #[derive(Deserialize)]
    struct Further<'a> {
        #[serde(borrow)]
        jwks: &'a RawValue,
        tokens: std::collections::BTreeMap<String, String>,
    }
    let text = text("demo");
    let demo: Demo<'_> = serde_json::from_str(&text).unwrap();
    let mut ran = run("demo", &demo.refusals);
    assert_eq!((demo.tokens.len(), demo.further.tokens.len()), (3, 3));
    for (algorithm, token) in demo.tokens.into_iter().chain(demo.further.tokens) {
        let entry = Entry {
            id: format!("demo/{algorithm}"),
            source: String::new(),
            keys: match algorithm.as_str() {
                "HS256" => demo.secret,
                "ES256" | "RS256" => demo.jwks,
                _ => demo.further.jwks,
            },
            algorithms: vec![algorithm.clone()],
            token: Some(token),
            now: Some(demo.now),
            issuer: Some(demo.issuer.clone()),
            audience: Some(demo.audience.clone()),
            leeway: None,
            require_kid: true,
            typ: None,
            max_age: None,
            allow_expired: false,
            allow_missing_exp: false,
            uses: None,
            needs: Vec::new(),
            expect: Value::Null,
        };
        if entry.applies() {
            assert_eq!(entry.outcome()["verdict"], "accept", "{algorithm}: {}", entry.outcome());
            ran += 1;
        }
    }
    let shown = ["HS256", "ES256", "RS256", "PS256", "ES384", "Ed25519"];
    let enabled = |name: &str| support::enabled(Algorithm::from_name(name).unwrap());
    assert_eq!(ran > 0, shown.into_iter().any(enabled));
}

/// No file of vectors is left out.
#[test]
fn every_file_is_run() {
    let inputs = ["demo", "documents", "rfc-printed", "test-keys"];
    for entry in std::fs::read_dir(here("vectors")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let name = path.file_stem().unwrap().to_str().unwrap();
            let known = FILES.iter().any(|(file, _)| *file == name) || inputs.contains(&name);
            assert!(known, "vectors/{name}.json is run by nobody");
        }
    }
    // A build for one algorithm runs less, and not nothing.
    let texts = FILES.map(|(file, _)| text(file));
    let applicable = texts.iter().flat_map(|text| entries(text)).filter(Entry::applies).count();
    assert!(applicable > 50, "this build runs {applicable} entries");
}

/// What no vector can show, and the test that does: a file, and a function in it.
const ELSEWHERE: [(&str, &str, &str); 12] = [
    ("ParseError::ScratchTooSmall", "base64url", "buffers_of_the_exact_size"),
    ("SelectError::CritMalformed", "attacks/header", "crit_understood"),
    ("SelectError::CritRegistered", "attacks/header", "crit_understood"),
    ("SelectError::CritNotUnderstood", "attacks/header", "crit_understood"),
    ("SelectError::CritDuplicate", "attacks/header", "crit_understood"),
    ("SelectError::CritAbsent", "attacks/header", "crit_understood"),
    ("SignatureError::AlgorithmMismatch", "binding", "the_low_level_door"),
    ("SelectError::NoKeys", "binding", "sources_without_a_choice"),
    ("ClaimsError::ClaimPresent", "claims", "expectations"),
    ("ClaimsError::Deserialize", "claims", "typed"),
    ("KeyError::FeatureDisabled", "attacks/two_sources_of_truth", "cube_of_sets"),
    ("SetError::TooLong", "limits", "size_of_a_set"),
];

#[test]
fn no_variant_without_a_refusal() {
    let mut seen = BTreeSet::new();
    for (file, _) in FILES {
        let text = text(file);
        for entry in entries(&text) {
            let reason = entry.expect["reason"].as_str();
            if let (Some(reason), Some(stage)) = (reason, entry.expect["stage"].as_str()) {
                let enumeration = match stage {
                    "parse" => "ParseError",
                    "select" => "SelectError",
                    "signature" => "SignatureError",
                    "claims" => "ClaimsError",
                    _ => "SetError",
                };
                seen.insert(format!("{enumeration}::{reason}"));
            }
            for verdict in entry.expect["keys"].as_array().into_iter().flatten() {
                seen.extend(verdict["reason"].as_str().map(|reason| format!("KeyError::{reason}")));
            }
        }
    }
    // It is an error of its own kind, and has no variants.
    assert!(seen.remove("SetError::NoUsableKey"));
    for (error, file, test) in ELSEWHERE {
        assert!(seen.insert(error.to_owned()), "{error} is in the vectors: it need not be listed here");
        let source = support::read(&here(&format!("tests/{file}.rs")));
        assert!(
            source.contains(&format!("fn {test}()")),
            "tests/{file}.rs has no {test}, which {error} names"
        );
    }
    let enumerations = ["ParseError", "SelectError", "SignatureError", "ClaimsError", "KeyError", "SetError"];
    let all = enumerations.into_iter().flat_map(|name| {
        support::variants(name).into_iter().map(move |variant| format!("{name}::{variant}"))
    });
    let all: BTreeSet<String> = all.collect();
    let unseen: Vec<_> = all.difference(&seen).collect();
    assert!(unseen.is_empty(), "no vector and no test is refused with {unseen:?}");
    let unknown: Vec<_> = seen.difference(&all).collect();
    assert!(unknown.is_empty(), "no such variants: {unknown:?}");
}
