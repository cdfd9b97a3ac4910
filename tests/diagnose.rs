//! A diagnosis agrees with `verify` and `claims` on every vector, shows nothing that it must not show,
//! takes nothing from a heap, and has every cause on its list.

#![cfg(feature = "_algorithm")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

#[cfg(all(feature = "hs256", feature = "es256", feature = "rs256"))]
#[path = "diagnose/causes.rs"]
mod causes;
#[cfg(all(feature = "hs256", feature = "es256", feature = "rs256"))]
#[path = "diagnose/documents.rs"]
mod documents;
#[cfg(all(
    feature = "hs256",
    feature = "hs512",
    feature = "es256",
    feature = "es384",
    feature = "rs256",
    feature = "rs512",
    feature = "ps256",
    feature = "ps384",
    feature = "ed25519"
))]
#[path = "diagnose/families.rs"]
mod families;
#[cfg(all(feature = "hs256", feature = "es256", feature = "rs256"))]
#[path = "diagnose/kinds.rs"]
mod kinds;
mod support;

use core::time::Duration;

use std::collections::BTreeSet;

use jose_core::diagnose::{Cause, Diagnosis, Found, Outcome, Stage, Standing, diagnose_jwk, diagnose_set};
use jose_core::{AlgorithmSet, AnyOf, ClaimsPolicy, Error, Expect, Jwks, KeySource, UnixTime, Verifier};
use support::entry::{Entry, Typ};
use support::{Dice, here, read, usual};

const FILES: [&str; 7] = ["rfc", "interop", "keys", "parse", "selection", "signatures", "claims"];

impl Entry<'_> {
    /// Diagnoses the entry's token, as it is and with something done to it, with every kind of source.
    fn run(&self, dice: &mut Dice) -> usize {
        let (text, Some(token)) = (self.set(), &self.token) else { return 0 };
        let Ok(jwks) = Jwks::parse(&text) else { return 0 };
        let allowed = self.allowed();
        self.agree(jwks.keys(allowed), allowed, token.as_bytes());
        let mut ran = 1;
        #[cfg(feature = "alloc")]
        let keys = jose_core::KeySet::from_jwks(&jwks, allowed);
        #[cfg(not(feature = "alloc"))]
        let keys = Ok::<_, jose_core::error::KeyError>(jwks.keys(allowed));
        if let Ok(keys) = keys {
            for text in
                [token.clone(), format!("Bearer {token}\n"), format!("\"{token}\""), format!("{token}=")]
            {
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

    fn agree<K: KeySource>(&self, keys: K, allowed: AlgorithmSet, token: &[u8]) {
        let mut verifier = Verifier::new(keys).algorithms(allowed);
        if self.require_kid {
            verifier = verifier.require_kid();
        }
        let typs = self.typ.as_ref().map(Typ::all).unwrap_or_default();
        if self.typ.is_some() {
            verifier = verifier.require_typ(AnyOf::try_from(&typs[..]).unwrap());
        }
        let policy = || self.policy();
        for policy in [
            policy(),
            policy().max_age(Duration::from_secs(100)),
            policy().allow_missing_exp(),
            policy().allow_expired(),
        ] {
            agree(
                &self.id,
                &verifier,
                token,
                &policy,
                UnixTime::from_secs(self.now.unwrap_or(1_790_000_000)),
            );
        }
    }
}

/// What is asserted of every diagnosis.
#[track_caller]
fn agree<K: KeySource>(
    id: &str,
    verifier: &Verifier<'_, K>,
    token: &[u8],
    policy: &ClaimsPolicy<'_>,
    now: UnixTime,
) {
    let mut scratch = [0; 1 << 15];
    let decided = match verifier.verify(token, &mut scratch) {
        Ok(verified) => verified.claims(policy, now).map(|_| ()).map_err(Error::Claims),
        Err(error) => Err(error),
    };
    let mut scratch = [0; 1 << 15];
    let diagnosis = verifier.diagnose(token, &mut scratch, policy, now);
    let shown = || format!("{id}: {}\n{diagnosis}", String::from_utf8_lossy(token));

    // The same answer, and among the problems the very error.
    assert_eq!(diagnosis.refusal().map_or(Ok(()), Err), decided, "{}", shown());
    let errors: Vec<Error> = diagnosis.problems().filter_map(|problem| problem.error()).collect();
    match decided {
        Ok(()) => assert_eq!(errors, [], "{}", shown()),
        Err(error) => assert!(errors.contains(&error), "{}", shown()),
    }
    // The stages agree with it as well.
    let outcomes: Vec<_> = Stage::ALL.iter().map(|stage| diagnosis.outcome(*stage)).collect();
    assert_eq!(outcomes.contains(&Outcome::Fails), decided.is_err(), "{}", shown());
    assert_eq!(outcomes.iter().all(|outcome| *outcome == Outcome::Holds), decided.is_ok(), "{}", shown());
    let chosen = |standing| matches!(standing, Standing::Chosen { .. });
    let chosen = diagnosis.candidates().filter(|candidate| chosen(candidate.standing())).count();
    match decided {
        Ok(()) | Err(Error::Claims(_)) => {
            assert_eq!((diagnosis.signature_holds(), chosen), (Some(true), 1), "{}", shown());
        }
        Err(Error::Signature(_)) => {
            assert_eq!((diagnosis.signature_holds(), chosen), (Some(false), 1), "{}", shown());
        }
        // No key was chosen for this token, but perhaps for what is left of it without a fault.
        Err(_) => {
            assert!(chosen <= 1 && (chosen == 1 || diagnosis.signature_holds().is_none()), "{}", shown())
        }
    }
    // A claim that fails says what was found, and is on the list of problems.
    for claim in diagnosis.claims() {
        let listed = diagnosis.problems().any(|problem| problem.claim() == Some(claim.name()));
        assert_eq!(claim.error().is_some(), listed, "{}", shown());
    }
    printable(&diagnosis.to_string());
}

/// A report goes to a terminal: lines of printable ASCII, and nothing of other signs than its own.
#[track_caller]
fn printable(report: &str) {
    let odd = report.chars().find(|character| !matches!(character, ' '..='~' | '\n'));
    assert_eq!(odd, None, "{report:?}");
}

#[test]
fn it_agrees_with_verify_on_every_vector() {
    let mut dice = Dice::new(21);
    let (mut ran, mut causes) = (0, BTreeSet::new());
    for file in FILES {
        let text = read(&here(&format!("vectors/{file}.json")));
        let entries: Vec<Entry<'_>> = serde_json::from_str(&text).unwrap();
        for entry in entries.iter().filter(|entry| entry.applies()) {
            ran += entry.run(&mut dice);
            causes.extend(diagnose_set(&entry.set()).cause().map(|cause| format!("{cause:?}")));
        }
    }
    println!("{ran} diagnoses, sets: {causes:?}");
    assert!(ran > 300, "only {ran}");
}

/// A document that `Jwks` refuses has a cause, and one that it reads has none.
#[test]
fn it_agrees_with_jwks_on_every_vector() {
    for file in FILES {
        let text = read(&here(&format!("vectors/{file}.json")));
        for entry in serde_json::from_str::<Vec<Entry<'_>>>(&text).unwrap() {
            let set = entry.set();
            let diagnosis = diagnose_set(&set);
            let parsed = Jwks::parse(&set).map(|jwks| jwks.len());
            assert_eq!(diagnosis.outcome(), parsed, "{}", entry.id);
            assert_eq!(diagnosis.cause().is_some(), !matches!(parsed, Ok(1..)), "{}: {set}", entry.id);
            printable(&diagnosis.to_string());
        }
    }
}

const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

/// The diagnosis of a token of the cheapest algorithm of this build, by its own key.
fn with_diagnosis(
    token: &[u8],
    policy: &ClaimsPolicy<'_>,
    look: impl FnOnce(&Diagnosis<'_, &jose_core::VerifyingKey>),
) {
    let algorithm = support::algorithms()[0];
    let key = support::usual_key(algorithm);
    let mut scratch = [0; 4096];
    look(&Verifier::new(&key).diagnose(token, &mut scratch, policy, NOW));
}

/// Of a payload, nothing is shown but the registered claims that the policy asks for, and of those
/// nothing that a terminal would act on.
#[test]
fn it_shows_no_more_than_it_may() {
    let algorithm = support::algorithms()[0];
    let header = format!(r#"{{"alg":"{algorithm}","kid":"\u001b[31m\u202e\",\n","x":"not-shown"}}"#);
    let payload = r#"{"iss":"\u001b]0;title\u0007","aud":"not-asked-for","sub":"not-shown","jti":"not-shown",
        "iat":1234567890,"exp":1800000001,"email":"not-shown","not-shown":1}"#;
    let token = support::usual_signer(algorithm).token(header, payload);
    let policy = ClaimsPolicy::new(Expect::Exactly("\u{1b}[0m\u{e9}"), Expect::Anything);
    with_diagnosis(token.as_bytes(), &policy, |diagnosis| {
        let report = diagnosis.to_string();
        printable(&report);
        assert!(!report.contains("not-") && !report.contains("1234567890"), "{report}");
        assert!(token.split('.').all(|part| !report.contains(part)), "{report}");
        // A quote that the token writes does not end the quotation.
        assert!(report.contains(r#"kid "\u{1b}[31m\u{202e}\",\u{a}""#), "{report}");
        assert!(
            report.contains(r#"claim 'iss': expected "\u{1b}[0m\u{e9}", found "\u{1b}]0;title\u{7}""#),
            "{report}"
        );
        let names: Vec<_> = diagnosis.claims().map(|claim| claim.name()).collect();
        assert_eq!(names, ["iss", "exp", "nbf"]);
        assert_eq!(diagnosis.problems().next().unwrap().claim(), Some("iss"));
        // Of an error's excerpt, a device shows that something beyond ASCII stands there.
        let beyond_ascii = if cfg!(feature = "alloc") { r"\u{202e}" } else { "?" };
        assert_eq!(
            diagnosis.unverified_header().unwrap().kid.unwrap().to_string(),
            format!(r#""\u{{1b}}[31m{beyond_ascii}\",\u{{a}}""#)
        );
        assert!(format!("{diagnosis:?}").starts_with("Diagnosis { refusal: Some(Claims(IssuerMismatch"));
    });
    // Nor is the material of a secret.
    let secret = "a secret that is in no report at all";
    let set = format!(r#"{{"keys":[{{"kty":"oct","kid":"s","k":"{}"}}]}}"#, support::b64(secret));
    let jwks = Jwks::parse(&set).unwrap();
    for allowed in support::allow_lists() {
        let mut scratch = [0; 4096];
        let report =
            Verifier::new(jwks.keys(allowed)).diagnose(&token, &mut scratch, &policy, NOW).to_string();
        assert!(!report.contains(secret) && !report.contains(&support::b64(secret)), "{report}");
    }
}

/// The data behind the report: what is demanded, what is found, and how far it is off.
#[test]
fn claims_are_data() {
    let payload = r#"{"aud":["x","y"],"exp":1799999000,"nbf":1800000100,"iat":1799990000}"#;
    let token = support::token(support::algorithms()[0], payload);
    let policy = ClaimsPolicy::new(Expect::Forbidden, Expect::any_of(&["api", "web"]))
        .leeway(Duration::from_secs(60))
        .max_age(Duration::from_secs(3600));
    with_diagnosis(token.as_bytes(), &policy, |diagnosis| {
        let time = |seconds| Some(UnixTime::from_secs(seconds));
        let found: Vec<_> = diagnosis
            .claims()
            .map(|claim| (claim.name(), claim.demand(), claim.seconds_from_now(), claim.error().is_some()))
            .collect();
        use jose_core::diagnose::Demand;
        let audiences = Expect::any_of(&["api", "web"]);
        let expected = [
            ("iss", Demand::Text(&Expect::Forbidden), None, false),
            ("aud", Demand::Text(&audiences), None, true),
            ("exp", Demand::Time { earliest: time(1_799_999_941), latest: None }, Some(-1000), true),
            ("nbf", Demand::Time { earliest: None, latest: time(1_800_000_060) }, Some(100), true),
            (
                "iat",
                Demand::Time { earliest: time(1_799_996_340), latest: time(1_800_000_060) },
                Some(-10000),
                true,
            ),
        ];
        assert_eq!(found, expected);
        let audience = diagnosis.claims().nth(1).unwrap().found();
        let Found::Text(jose_core::json::Value::Array(audiences)) = audience else { panic!("{audience:?}") };
        assert!(audiences.iter().filter_map(|audience| audience.as_string()).eq(["x", "y"]), "{audience:?}");
        let causes: Vec<_> = diagnosis.problems().map(|problem| problem.cause()).collect();
        assert_eq!(causes, [Cause::AudienceMismatch, Cause::Expired, Cause::ClockSkew, Cause::TooOld]);
        let about = diagnosis.problems().map(|problem| problem.claim().unwrap());
        assert!(about.eq(["aud", "exp", "nbf", "iat"]));
        for claim in diagnosis.claims() {
            assert_eq!(claim.to_string().ends_with(", as expected"), claim.error().is_none(), "{claim}");
        }
        let report = diagnosis.to_string();
        assert!(report.contains(r#"'aud': expected one of "api", "web", found "x", "y""#), "{report}");
        assert!(report.contains("expired 1000 seconds ago") && report.contains("in 100 seconds"), "{report}");
        assert!(!report.contains("anyone may have written them"), "{report}");
    });
}

/// The bounds that are shown are those that decide.
#[test]
fn bounds_are_those_that_decide() {
    use jose_core::diagnose::Demand;
    let algorithm = support::algorithms()[0];
    for offset in [-3661, -3660, -61, -60, -59, 0, 59, 60, 61] {
        let at = 1_800_000_000_i64 + offset;
        let token = support::token(algorithm, format!(r#"{{"exp":{at},"nbf":{at},"iat":{at}}}"#));
        let policy = ClaimsPolicy::new(Expect::Anything, Expect::Anything)
            .leeway(Duration::from_secs(60))
            .max_age(Duration::from_secs(3600));
        with_diagnosis(token.as_bytes(), &policy, |diagnosis| {
            for claim in diagnosis.claims() {
                let (Demand::Time { earliest, latest }, Found::Time(time)) = (claim.demand(), claim.found())
                else {
                    panic!("{claim:?}");
                };
                let within =
                    earliest.is_none_or(|bound| bound <= time) && latest.is_none_or(|bound| time <= bound);
                assert_eq!(within, claim.error().is_none(), "{offset}: {claim:?}");
            }
        });
    }
}

/// Diagnosis and report take nothing from a heap: one key, pairs, and a set that is read from its text.
#[test]
fn no_heap() {
    struct Nowhere;
    impl core::fmt::Write for Nowhere {
        fn write_str(&mut self, _: &str) -> core::fmt::Result {
            Ok(())
        }
    }
    fn explain<K: KeySource>(keys: K, allowed: AlgorithmSet, token: &str) -> u64 {
        let policy = ClaimsPolicy::new(Expect::Exactly("https://issuer.example"), Expect::any_of(&["api"]))
            .max_age(Duration::from_secs(60));
        let counted = allocation_counter::measure(|| {
            let mut scratch = [0; 2048];
            let verifier = Verifier::new(keys).algorithms(allowed).require_kid().require_typ("at+jwt");
            let diagnosis = verifier.diagnose(token, &mut scratch, &policy, NOW);
            core::fmt::write(&mut Nowhere, format_args!("{diagnosis} {diagnosis:?}")).unwrap();
            assert!(diagnosis.candidates().count() > 0 || diagnosis.unverified_header().is_none());
            assert!(diagnosis.claims().count() < 6 && diagnosis.problems().count() > 2);
        });
        counted.count_total
    }
    for algorithm in support::algorithms() {
        let name = usual(algorithm);
        let payload =
            r#"{"iss":"http:\/\/issuer.example\/","aud":["x","y"],"exp":1.5e9,"iat":2e9,"nbf":"x","jti":1}"#;
        let token = support::signer_for(algorithm, name)
            .token(format!(r#"{{"alg":"{algorithm}","kid":"\u0061","typ":"JWT"}}"#), payload);
        let key = support::key_for(algorithm, name);
        let pairs = [("b", key.clone()), ("a", key.clone())];
        let set = format!(r#"{{"keys":[{},"no key"]}}"#, support::jwk(name, r#""kid":"a""#));
        let jwks = Jwks::parse(&set).unwrap();
        for token in
            [token.clone(), format!("\"Bearer {token}\"\n"), format!("{token}A"), format!("{token}==")]
        {
            assert_eq!(explain(&key, algorithm.into(), &token), 0, "a key, {algorithm}");
            assert_eq!(explain(&pairs[..], algorithm.into(), &token), 0, "a slice, {algorithm}");
            // With a heap, the parameters of an RSA key are in a box each time that one is built.
            if algorithm.kty() != "RSA" || cfg!(not(feature = "alloc")) {
                assert_eq!(explain(jwks.keys(algorithm), algorithm.into(), &token), 0, "a set, {algorithm}");
            }
        }
        let counted = allocation_counter::measure(|| {
            for document in
                [&*set, "{}", "<html>", r#"{"kty":"oct"}"#, r#"{"a":"-----BEGIN CERTIFICATE-----"}"#]
            {
                let jwk = diagnose_jwk(document, algorithm);
                core::fmt::write(&mut Nowhere, format_args!("{}{jwk}", diagnose_set(document))).unwrap();
            }
        });
        assert_eq!(counted.count_total, 0, "documents");
    }
}

/// A buffer that is too small for the token is told, and one that `verify` takes is taken.
#[test]
fn buffers_of_the_exact_size() {
    let algorithm = support::algorithms()[0];
    let token = support::token(algorithm, r#"{"exp":1800000001,"iss":"https://issuer.example"}"#);
    let key = support::usual_key(algorithm);
    let verifier = Verifier::new(&key);
    let policy = ClaimsPolicy::new(Expect::Anything, Expect::Anything);
    let least = (0..1000).find(|size| verifier.verify(&token, &mut vec![0; *size][..]).is_ok()).unwrap();
    for (size, expected) in [(0, false), (1, false), (least - 1, false), (least, true), (least + 1, true)] {
        let mut scratch = vec![0; size];
        let diagnosis = verifier.diagnose(&token, &mut scratch[..], &policy, NOW);
        let causes: Vec<_> = diagnosis.problems().map(|problem| problem.cause()).collect();
        assert_eq!(causes, if expected { vec![] } else { vec![Cause::ScratchTooSmall] }, "{size}");
    }
    // And with text around it, any size is survived.
    for size in 0..least + 10 {
        for text in [format!(" {token}"), format!("{token} "), format!("Bearer \"{token}\"")] {
            let mut scratch = vec![0; size];
            let diagnosis = verifier.diagnose(&text, &mut scratch[..], &policy, NOW);
            assert!(
                diagnosis.problems().any(|problem| problem.error() == diagnosis.refusal()),
                "{size}: {diagnosis}"
            );
        }
    }
}

/// What is wrong besides the refusal is named with both sides of its mismatch, and the refusal itself is
/// not said twice.
#[test]
#[cfg(all(feature = "hs256", feature = "rs256"))]
fn a_report_names_what_else_is_wrong() {
    let key = support::key("rsa-2048");
    let verifier = Verifier::new(&key).require_typ("at+jwt");
    let token =
        support::signer("hmac-32").token(r#"{"alg":"HS256","typ":"dpop+jwt"}"#, r#"{"exp":4102444800}"#);
    let policy = ClaimsPolicy::new(Expect::Anything, Expect::Anything);
    let mut scratch = [0; 1024];
    let diagnosis = verifier.diagnose(&token, &mut scratch, &policy, NOW);
    let errors: Vec<Error> = diagnosis.problems().filter_map(|problem| problem.error()).collect();
    let [refusal, besides] = errors[..] else { panic!("{errors:?}") };
    assert_eq!(diagnosis.refusal(), Some(refusal));
    let report = diagnosis.to_string();
    assert_eq!(report.matches(&refusal.to_string()).count(), 1, "{report}");
    assert_eq!(report.matches(&format!("({besides})")).count(), 1, "{report}");
}

/// It is returned by value, on stacks that may be small.
#[test]
fn its_size() {
    let size = size_of::<Diagnosis<'_, jose_core::VerifyingKey>>();
    assert!(size <= 2560, "{size} bytes");
}
