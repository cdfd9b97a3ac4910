//! The claims of a token are judged as a slow evaluator written for this judges them: the same verdict, the
//! same reason, the same claims given out.
//!
//! Input: a policy, as `jose_core_fuzz::claims` reads it; the payload, as `jose_core_fuzz::text` reads it.

#![no_main]

use std::sync::LazyLock;

use jose_core::{Verifier, VerifyingKey, error::ClaimsError};
use jose_core_fuzz::claims::{Policy, Refusal};
use jose_core_fuzz::document::Document;
use jose_core_fuzz::input::Input;
use jose_core_fuzz::text::{text, token};
use libfuzzer_sys::fuzz_target;

const SECRET: &[u8] = b"a secret of at least thirty-two octets";

static KEY: LazyLock<VerifyingKey> = LazyLock::new(|| VerifyingKey::hs256(SECRET).unwrap());

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let policy = Policy::read(&mut input);
    let payload = text(input.0);
    let shown = || format!("{policy:?}, {}", String::from_utf8_lossy(&payload));

    let token = token(SECRET, br#"{"alg":"HS256"}"#, &payload);
    let mut scratch = Vec::new();
    let verified = Verifier::new(&*KEY).verify(&token, &mut scratch).unwrap();
    let found = verified.claims(&policy.policy(), policy.now());
    match (found, policy.judge(&payload)) {
        (Ok(claims), Ok(facts)) => assert!(facts.are(&claims), "{}\n{facts:?}, {claims:?}", shown()),
        (Err(ClaimsError::Json(_)), Err(Refusal::Json(None))) => {}
        (Err(ClaimsError::Json(error)), Err(Refusal::Json(Some(_)))) => {
            let document = Document::read(&payload).unwrap();
            assert!(document.agrees(&payload, Some(error)), "{}: {error}", shown());
        }
        (Err(error), Err(refusal)) => assert_eq!(Refusal::from(error), refusal, "{}", shown()),
        (found, judged) => panic!("{}: {found:?}, but {judged:?}", shown()),
    }
});
