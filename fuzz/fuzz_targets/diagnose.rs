//! A diagnosis never contradicts `verify` and `claims`, whatever the token, the keys and the policy are; its
//! report is printable and of bounded length. The same for a document that was to be a JWK Set or a JWK.
//!
//! Input: an octet for the keys and one for what the verifier demands (see `diagnose`); a policy, as
//! `jose_core_fuzz::claims` reads it; an octet for the token (see `token_of`); edits of the token; and the
//! rest, as the texts that the token is made of.

#![no_main]

use std::sync::LazyLock;

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_core::diagnose::{Outcome, Stage, Standing, diagnose_jwk, diagnose_set};
use jose_core::{
    Algorithm, AlgorithmSet, Error, Jwk, Jwks, KeySet, KeySource, Limits, Verifier, VerifyingKey,
};
use jose_core_fuzz::claims::Policy;
use jose_core_fuzz::input::Input;
use jose_core_fuzz::text::{text, token as signed};
use jose_core_fuzz::{ALGORITHMS, DEMO, KEYS, PUBLIC, token as demo_token};
use libfuzzer_sys::fuzz_target;

const SECRET: &[u8] = b"a secret of at least thirty-two octets";
const HS256: AlgorithmSet = AlgorithmSet::only(Algorithm::Hs256);

static KEY: LazyLock<VerifyingKey> = LazyLock::new(|| VerifyingKey::hs256(SECRET).unwrap());
static PAIRS: LazyLock<[(&str, VerifyingKey); 3]> =
    LazyLock::new(|| [("a", KEY.clone()), ("b", VerifyingKey::hs256(&[1; 32]).unwrap()), ("b", KEY.clone())]);
static SET: LazyLock<String> = LazyLock::new(|| {
    let k = Base64UrlUnpadded::encode_string(SECRET);
    let bad = r#"{"kty":"oct","kid":"b","k":"AA"},{"kty":"RSA","kid":"\u001b"},1,{"kty":"oct","k":"AA"}"#;
    format!(r#"{{"keys":[{{"kty":"oct","kid":"a","k":"{k}"}},{bad},{}]}}"#, DEMO["jwks"]["keys"][0])
});
static KEY_SET: LazyLock<KeySet> =
    LazyLock::new(|| KeySet::from_jwks(&Jwks::parse(&*SET).unwrap(), HS256).unwrap());

/// One that is diagnosed: the input's octets, and what they say.
struct Question<'q> {
    demands: u8,
    policy: &'q Policy,
    token: &'q [u8],
}

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let [keys, demands] = input.array();
    let policy = Policy::read(&mut input);
    let kind = input.octet();
    let edits = input.edits();
    let mut token = token_of(kind, input.0);
    edits.make(&mut token);
    let question = Question { demands, policy: &policy, token: &token };
    match keys % 8 {
        0 => question.ask(&*KEY, HS256),
        1 => question.ask(&*PAIRS, HS256),
        2 => question.ask(&*KEY_SET, HS256),
        3 => {
            let allowed = HS256.or(Algorithm::Rs256);
            question.ask(&Jwks::parse(&*SET).unwrap().keys(allowed), allowed);
        }
        4 => question.ask(&*KEYS, PUBLIC),
        5 => question.ask(&*KEYS, PUBLIC.or(Algorithm::Hs256)),
        // The set is what follows the octets of the token.
        kind => {
            let document = text(input.0);
            diagnose_document(&document);
            if let Ok(jwks) = Jwks::parse(&document) {
                let allowed = if kind == 6 { HS256 } else { PUBLIC };
                question.ask(&jwks.keys(allowed), allowed);
            }
        }
    }
});

/// The token: 0 to 2, that of `vectors/demo.json` for an algorithm; 3, the text itself; 4, that of the header
/// that is written before the first zero octet and of the payload behind it, signed with the secret; 5, the
/// same, signed with another. Above the low three bits: 1 to 3, with something in front, which white space
/// follows if it is 4 or more.
fn token_of(kind: u8, octets: &[u8]) -> Vec<u8> {
    let token = match usize::from(kind % 8) {
        number @ 0..3 => demo_token(ALGORITHMS[number]).into(),
        3 => text(octets),
        number => {
            let mut parts = octets.splitn(2, |octet| *octet == 0);
            let mut next = || text(parts.next().unwrap_or_default());
            let (header, payload) = (next(), next());
            signed(if number == 5 { &[0; 32] } else { SECRET }, &header, &payload).into()
        }
    };
    let front: [&[u8]; 4] = [b"", b"Bearer ", b"\"", b"authorization: bearer "];
    let behind: &[u8] = if kind & 32 == 0 { b"" } else { b" \n" };
    [front[usize::from(kind >> 3 & 3)], &token, behind].concat()
}

impl Question<'_> {
    /// The octet of the demands, from the lowest bit: a `kid`, a `typ`, a length of 300 at most, a buffer of
    /// 200 octets.
    #[track_caller]
    fn ask(&self, keys: impl KeySource, allowed: AlgorithmSet) {
        let mut verifier = Verifier::new(keys).algorithms(allowed);
        if self.demands & 1 != 0 {
            verifier = verifier.require_kid();
        }
        if self.demands & 2 != 0 {
            verifier = verifier.require_typ("at+jwt");
        }
        if self.demands & 4 != 0 {
            verifier = verifier.limits(Limits::new().max_token_length(300));
        }
        let mut buffers = [[0; 1 << 14]; 2];
        let length = if self.demands & 8 != 0 { 200 } else { 1 << 14 };
        let [one, other] = buffers.each_mut().map(|buffer| &mut buffer[..length]);
        let (policy, now) = (self.policy.policy(), self.policy.now());
        let decided = match verifier.verify(self.token, one) {
            Ok(verified) => verified.claims(&policy, now).map(drop).map_err(Error::Claims),
            Err(error) => Err(error),
        };
        let diagnosis = verifier.diagnose(self.token, other, &policy, now);
        let report = diagnosis.to_string();
        let shown = || format!("{}\n{:?}\n{report}", String::from_utf8_lossy(self.token), self.policy);

        assert_eq!(diagnosis.refusal(), decided.err(), "{}", shown());
        let errors: Vec<Error> = diagnosis.problems().filter_map(|problem| problem.error()).collect();
        match decided {
            Ok(()) => assert!(errors.is_empty(), "{}", shown()),
            Err(error) => assert!(errors.contains(&error), "{}", shown()),
        }
        let outcomes: Vec<Outcome> = Stage::ALL.iter().map(|stage| diagnosis.outcome(*stage)).collect();
        assert_eq!(outcomes.contains(&Outcome::Fails), decided.is_err(), "{}", shown());
        assert_eq!(outcomes.iter().all(|outcome| *outcome == Outcome::Holds), decided.is_ok(), "{}", shown());
        let is_chosen = |standing| matches!(standing, Standing::Chosen { .. });
        let chosen = diagnosis.candidates().filter(|candidate| is_chosen(candidate.standing())).count();
        let held = diagnosis.signature_holds();
        match decided {
            Ok(()) | Err(Error::Claims(_)) => assert_eq!((held, chosen), (Some(true), 1), "{}", shown()),
            Err(Error::Signature(_)) => assert_eq!((held, chosen), (Some(false), 1), "{}", shown()),
            // What surrounds the token or is beside its text is passed over, and a key may be found for it.
            Err(_) => assert!(chosen == 1 || chosen == 0 && held.is_none(), "{}", shown()),
        }
        for claim in diagnosis.claims() {
            let listed = diagnosis.problems().any(|problem| problem.claim() == Some(claim.name()));
            assert_eq!(claim.error().is_some(), listed, "{}", shown());
        }
        // A line for each key, and a few for each of at most 21 problems.
        printable(&report, 12_000 + 500 * diagnosis.candidates().count());
    }
}

fn diagnose_document(document: &[u8]) {
    let jwk = diagnose_jwk(document, PUBLIC);
    let key = Jwk::parse(document).and_then(|jwk| jwk.verifying_key(PUBLIC));
    assert_eq!(jwk.outcome(), key.map(|key| key.algorithm()));
    assert_eq!(jwk.cause().is_some(), jwk.outcome().is_err());
    printable(&jwk.to_string(), 1000);
    let diagnosis = diagnose_set(document);
    let parsed = Jwks::parse(document).map(|jwks| jwks.len());
    assert_eq!(diagnosis.outcome(), parsed);
    assert_eq!(diagnosis.cause().is_some(), !matches!(parsed, Ok(1..)));
    printable(&diagnosis.to_string(), 1000);
}

#[track_caller]
fn printable(report: &str, most: usize) {
    let odd = report.chars().find(|character| !matches!(character, ' '..='~' | '\n'));
    assert_eq!(odd, None, "{report:?}");
    assert!(report.len() <= most, "{} bytes: {report}", report.len());
}
