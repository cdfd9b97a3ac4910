//! A set has the same verdicts with a heap and without, and the damage of one member changes no
//! other's verdict.

#![no_main]

use jose_core::{AlgorithmSet, Algorithm, Jwks, KeyError, KeySet, Verdict};
use jose_core_fuzz::PUBLIC;
use libfuzzer_sys::fuzz_target;

type Outcome = Result<Algorithm, KeyError>;

fuzz_target!(|text: &[u8]| {
    let Ok(jwks) = Jwks::parse(text) else { return };
    for allowed in [PUBLIC, AlgorithmSet::from(Algorithm::Hs256)] {
        let plain = without_heap(&jwks, allowed);
        let kept: Vec<Outcome> = match KeySet::from_jwks(&jwks, allowed) {
            Ok(keys) => keys.verdicts().map(outcome).collect(),
            Err(error) => {
                assert!(plain.iter().all(Result::is_err));
                error.verdicts().map(outcome).collect()
            }
        };
        assert_eq!(plain, kept);

        // The same set with a broken member in front.
        let text = String::from_utf8(text.to_vec()).unwrap();
        let Some(at) = text.find('[') else { continue };
        let comma = if jwks.is_empty() { "" } else { "," };
        let damaged = format!("{}{{\"kty\":\"RSA\",\"kty\":1}}{comma}{}", &text[..=at], &text[at + 1..]);
        if let Ok(jwks) = Jwks::parse(&damaged)
            && jwks.len() == plain.len() + 1
        {
            let damaged = without_heap(&jwks, allowed);
            assert!(damaged[0].is_err());
            assert_eq!(damaged[1..], plain);
        }
    }
});

fn without_heap(jwks: &Jwks<'_>, allowed: AlgorithmSet) -> Vec<Outcome> {
    jwks.iter().map(|jwk| jwk.and_then(|jwk| jwk.verifying_key(allowed)).map(|key| key.algorithm())).collect()
}

fn outcome(verdict: Verdict<'_>) -> Outcome {
    verdict.outcome
}
