//! A member of a set has one verdict: with a heap, without, and read by itself. The damage of one member
//! changes no other's. A document is refused as a whole only for what serde_json sees in it, too.

#![no_main]

use jose_core::{
    Algorithm, AlgorithmSet, Jwk, Jwks, KeySet, Limits,
    error::{JsonErrorKind, KeyError, SetError},
};
use jose_core_fuzz::PUBLIC;
use jose_core_fuzz::document::{Document, Value, offset};
use libfuzzer_sys::fuzz_target;

/// A member's `kid`, and its algorithm or why it is set aside.
type Outcome = (Option<String>, Result<Algorithm, KeyError>);

/// Members that are no keys.
const DAMAGED: [&str; 9] = [
    r#"{"kty":"RSA","kty":1}"#,
    r#"{"kid":"rsa-2026"}"#,
    "{}",
    "null",
    r#"[{"keys":[]}]"#,
    r#"{"kid":"\ud800]}"}"#,
    "{\"kid\":\"\u{1}\"}",
    r#"{"x":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}"#,
    "tru",
];

fuzz_target!(|text: &[u8]| {
    let document = Document::read(text);
    let jwks = match Jwks::parse(text) {
        Ok(jwks) => jwks,
        Err(error) => return refused(error, document),
    };
    let Some(document) = document else {
        // Something in a member is no JSON, and nothing outside them.
        return assert!(jwks.iter().any(|jwk| matches!(jwk, Err(KeyError::Json(_)))));
    };
    let array = keys(&document).expect("there are keys");
    let Value::Array(members) = &array.value else { panic!("{} is no array", array.text) };
    assert!(jwks.len() == members.len() && jwks.len() <= Limits::new().keys());

    // The input says where and what the damage is, too.
    let place = text.len() % (members.len() + 1);
    let damage = DAMAGED[text.len() % DAMAGED.len()];
    let start =
        offset(text, members.get(place).map_or(&array.text[array.text.len() - 1..], |member| member.text));
    let (before, rest) = text.split_at(start);
    let comma = |needed| if needed { "," } else { "" };
    let first = comma(place == members.len() && place != 0);
    let inserted =
        [before, first.as_bytes(), damage.as_bytes(), comma(place < members.len()).as_bytes(), rest].concat();
    let replaced =
        members.get(place).map(|member| [before, damage.as_bytes(), &rest[member.text.len()..]].concat());

    for allowed in [PUBLIC, AlgorithmSet::from(Algorithm::Hs256)] {
        let outcomes = outcomes(&jwks, allowed);
        let by_themselves = members.iter().map(|member| match member.value {
            Value::Object(_) => outcome(Jwk::parse(member.text), allowed),
            _ => {
                let fault = member.fault(member.text.as_bytes());
                (None, Err(fault.map_or(KeyError::NotObject, KeyError::Json)))
            }
        });
        assert_eq!(outcomes, by_themselves.collect::<Vec<_>>());

        for (damaged, rest) in [(Some(&inserted), place), (replaced.as_ref(), place + 1)] {
            let Some(damaged) = damaged else { continue };
            match Jwks::parse(damaged) {
                Ok(jwks) => {
                    let mut damaged = self::outcomes(&jwks, allowed);
                    assert!(damaged.remove(place).1.is_err());
                    assert!(damaged.iter().eq(outcomes[..place].iter().chain(&outcomes[rest..])));
                }
                Err(error) => {
                    assert!(matches!(error, SetError::TooLong { .. } | SetError::TooManyKeys { .. }))
                }
            }
        }
    }
});

/// What became of each member, which does not depend on a heap.
fn outcomes(jwks: &Jwks<'_>, allowed: AlgorithmSet) -> Vec<Outcome> {
    let outcomes: Vec<Outcome> = jwks.iter().map(|jwk| outcome(jwk, allowed)).collect();
    let kept = KeySet::from_jwks(jwks, allowed);
    assert_eq!(kept.is_err(), outcomes.iter().all(|(_, key)| key.is_err()));
    let kept: Vec<Outcome> = match &kept {
        Ok(keys) => {
            keys.verdicts().map(|verdict| (verdict.kid.map(str::to_owned), verdict.outcome)).collect()
        }
        Err(error) => {
            error.verdicts().map(|verdict| (verdict.kid.map(str::to_owned), verdict.outcome)).collect()
        }
    };
    assert_eq!(outcomes, kept);
    outcomes
}

fn outcome(jwk: Result<Jwk<'_>, KeyError>, allowed: AlgorithmSet) -> Outcome {
    let kid = jwk.ok().and_then(|jwk| jwk.kid()).map(|kid| kid.to_string());
    (kid, jwk.and_then(|jwk| jwk.verifying_key(allowed)).map(|key| key.algorithm()))
}

/// The value of `keys`, where there is one.
fn keys<'d, 'a>(document: &'d Document<'a>) -> Option<&'d Document<'a>> {
    let Value::Object(members) = &document.value else { return None };
    members.iter().find(|member| member.name == "keys").map(|member| &member.value)
}

fn refused(error: SetError, document: Option<Document<'_>>) {
    let Some(document) = document else {
        // How many members there are is known although one of them is no JSON.
        return assert!(matches!(error, SetError::Json(_) | SetError::TooManyKeys { .. }), "{error}");
    };
    let elements = keys(&document).map(|keys| match &keys.value {
        Value::Array(elements) => Some(elements.len()),
        _ => None,
    });
    match error {
        SetError::Json(error) => assert!(
            matches!(
                error.kind,
                JsonErrorKind::DuplicateName | JsonErrorKind::TooDeep | JsonErrorKind::TooManyMembers
            ),
            "{error}"
        ),
        SetError::NotObject => assert!(!matches!(document.value, Value::Object(_))),
        SetError::KeysMissing => assert_eq!(elements, None),
        SetError::KeysNotArray => assert_eq!(elements, Some(None)),
        SetError::TooManyKeys { .. } => assert!(elements.flatten() > Some(Limits::new().keys())),
        error => panic!("{error}"),
    }
}
