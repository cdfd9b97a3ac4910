//! Which refusals are worth a fetch, and how many.

use core::time::Duration;

use jose_core::{
    Error, Limits, Verifier,
    error::{ParseError, SelectError, SignatureError},
};

use super::scripts::{DEFAULT, Event, FIVE_MINUTES, run};
use super::support::{self, algorithms, b64, jwk, signer, usual};
use super::{World, allowed, document, seconds, token};

/// Another key for the first algorithm of the build.
pub(super) fn other() -> &'static str {
    match usual(algorithms()[0]) {
        "hmac-32" => "hmac-64",
        "p256" => "p256-b",
        _ => "rsa-2048-b",
    }
}

/// A set of keys by the names of the test keys, with what is written before each.
pub(super) fn set(keys: &[(&str, &str)]) -> String {
    let keys: Vec<String> = keys.iter().map(|(name, more)| jwk(name, more)).collect();
    format!(r#"{{"keys":[{}]}}"#, keys.join(","))
}

/// Before and after the issuer corrects its set, the token of the usual key under kid `a` is refused and
/// verified; and the first such token is the reason of the fetch.
#[test]
fn what_a_new_set_mends_is_worth_a_fetch() {
    let (usual, algorithm) = (usual(algorithms()[0]), algorithms()[0]);
    let good = set(&[(usual, r#""kid":"a""#)]);
    let table = [
        ("a new key under the same kid", set(&[(other(), r#""kid":"a""#)])),
        ("set aside", set(&[(usual, r#""kid":"a","use":"enc""#), (other(), r#""kid":"b""#)])),
        ("ambiguous", set(&[(usual, r#""kid":"a""#), (other(), r#""kid":"a""#)])),
        ("no kids", set(&[(usual, "")])),
        ("another kid", set(&[(usual, r#""kid":"b""#)])),
    ];
    for (name, before) in table {
        let mut world = World::new(DEFAULT);
        assert_eq!(world.due(), "permit", "{name}");
        assert_eq!(world.answer(200, &before, &[("Cache-Control", "max-age=86400")]), "Replaced");
        // Once the cooldown is over, the first token is enough.
        assert_eq!(world.at(100).token("a"), "permit", "{name}");
        assert_eq!(world.token("a"), "InFlight", "{name}");
        assert_eq!(world.answer(200, &good, &[]), "Replaced");
        assert_eq!(world.token("a"), "verified", "{name}");
    }
    // Without a kid in the token there must be one key.
    let bare = signer(usual).token(format!(r#"{{"alg":"{algorithm}"}}"#), "{}");
    for before in [set(&[(usual, ""), (other(), "")]), set(&[(other(), "")])] {
        let mut world = World::new(DEFAULT);
        assert_eq!(world.due(), "permit");
        assert_eq!(world.answer(200, &before, &[]), "Replaced");
        assert_eq!(world.at(100).present(&bare), "permit");
        assert_eq!(world.answer(200, &good, &[]), "Replaced");
        assert_eq!(world.present(&bare), "verified");
    }
}

/// A token is not refused a fetch for a `crit` or a size that its verifier accepts.
#[test]
fn crit_and_size_that_the_verifier_accepts() {
    let algorithm = algorithms()[0];
    let header = format!(r#"{{"alg":"{algorithm}","kid":"b","crit":["tenant"],"tenant":"t"}}"#);
    let payload = format!(r#"{{"roles":"{}"}}"#, "r".repeat(100_000));
    let token = signer(usual(algorithm)).token(header, &payload);
    let world = World::with_keys(DEFAULT, &["a"]);
    let keys = world.remote.keys(world.now).unwrap();
    let verifier =
        Verifier::new(&keys).limits(Limits::new().max_token_length(200_000)).understands(&["tenant"]);
    let refusal = verifier.verify(&token, &mut Vec::new()).unwrap_err();
    assert!(matches!(refusal, Error::Select(SelectError::KidUnknown { .. })), "{refusal}");
    assert!(keys.need(&token, &refusal).is_some());
}

/// As many as an attacker likes: one fetch in five minutes, beside those of other needs.
#[test]
fn bad_signatures_have_a_longer_pause_of_their_own() {
    let forged = |number: u64| {
        let header = format!(r#"{{"alg":"{}","kid":"a","n":{number}}}"#, algorithms()[0]);
        signer(other()).token(header, "{}")
    };
    let mut world = World::with_keys(DEFAULT, &["a"]);
    let (mut fetches, mut forgeries) = (Vec::new(), 0);
    let some: Vec<String> = (0..10).map(forged).collect();
    for second in 0..3600 {
        for token in &some {
            forgeries += 1;
            let told = world.at(second).present(token);
            if told == "permit" {
                fetches.push(second);
                assert_eq!(world.answer(200, &document(&["a"]), FIVE_MINUTES), "Unchanged");
            }
        }
        assert_eq!(world.token("a"), "verified");
        // The pause is that of bad signatures alone.
        if second == 700 {
            assert_eq!(world.token("b"), "permit");
            assert_eq!(world.answer(200, &document(&["a"]), &[]), "Unchanged");
        }
    }
    assert_eq!(forgeries, 36_000);
    // In 30, at the end of the cooldown, and then once in 300 s.
    assert_eq!(fetches, [30, 330, 630, 930, 1230, 1530, 1830, 2130, 2430, 2730, 3030, 3330]);

    // The pause is the policy's, and the cooldown holds beside it.
    let mut world = World::with_keys(DEFAULT.bad_signature_pause(seconds(60)), &["a"]);
    assert_eq!(world.at(29).present(&some[0]), "later 1");
    assert_eq!(world.at(30).present(&some[0]), "permit");
    assert_eq!(world.answer(200, &document(&["a"]), &[]), "Unchanged");
    assert_eq!(world.at(31).present(&some[0]), "AlreadyFetched");
    assert_eq!(world.at(80).token("b"), "permit");
    assert_eq!(world.answer(200, &document(&["a"]), &[]), "Unchanged");
    assert_eq!(world.at(109).present(&some[0]), "AlreadyFetched");
    assert_eq!(world.at(110).present(&some[0]), "permit");
}

/// Nothing that a new set cannot mend is worth one.
#[test]
fn other_refusals_cause_no_fetch() {
    let mut world = World::with_keys(DEFAULT, &["a"]);
    world.at(100);
    let keys = world.remote.keys(world.now).unwrap();
    let unknown = super::support::kid_unknown("b", 1, &["a"]);
    let algorithm = algorithms()[0];
    let written = |header: &str| format!("{}.e30.{}", b64(header), b64([0; 32]));
    let useless = [
        (token("a"), Error::Select(SelectError::AlgorithmNotAllowed { alg: algorithm, allowed: allowed() })),
        (token("b"), Error::Parse(ParseError::PartsMissing { parts: 1 })),
        // A verifier that demands a kid, and a key for the token without.
        (
            support::usual_signer(algorithm).token(format!(r#"{{"alg":"{algorithm}"}}"#), "{}"),
            Error::Select(SelectError::KidRequired),
        ),
        // Not tokens that can have been refused for this.
        (token("a"), unknown),
        (token("b"), Error::Signature(SignatureError::Invalid)),
        (String::new(), unknown),
        ("a".repeat(1 << 20), unknown),
        (written(r#"{"alg":"none","kid":"b"}"#), unknown),
    ];
    for (token, refusal) in useless {
        assert_eq!(keys.need(&token, &refusal), None, "{refusal:?}: {token:.60}");
    }
    if algorithm.name() != "RS256" {
        let length = Error::Signature(SignatureError::WrongLength { found: 1, expected: 32 });
        assert_eq!(keys.need(&token("a"), &length), None);
    }
    assert_eq!(world.remote.status(world.now).needs, 0);
}

#[test]
fn a_set_that_changed_in_the_meantime_is_asked_again() {
    let mut world = World::with_keys(DEFAULT, &["a"]);
    world.at(30);
    let need = |world: &World, token: &str| {
        let keys = world.remote.keys(world.now).unwrap();
        let refusal = Verifier::new(&keys).verify(token, &mut Vec::new()).unwrap_err();
        keys.need(token, &refusal).unwrap()
    };
    let forged = signer(other()).token(format!(r#"{{"alg":"{}","kid":"a"}}"#, algorithms()[0]), "{}");
    // Two threads have verified with the old set, and come to say so when the new one is there.
    let (unknown, forged) = (need(&world, &token("b")), need(&world, &forged));
    assert_eq!(world.token("b"), "permit");
    assert_eq!(world.answer(200, &document(&["b"]), &[]), "Replaced");
    for need in [unknown, forged] {
        let next = world.remote.refetch(need, world.now);
        assert_eq!(world.told(next), "VerifyAgain");
    }
    // A kid is the same kid with escapes.
    let written = |kid: &str| {
        let algorithm = algorithms()[0];
        support::usual_signer(algorithm).token(format!(r#"{{"alg":"{algorithm}","kid":"{kid}"}}"#), "{}")
    };
    let before = world.remote.status(world.now).needs;
    assert_eq!(world.present(&written("x")), "later 30");
    assert_eq!(world.present(&written("\\u0078")), "later 30");
    assert_eq!(world.remote.status(world.now).needs, before + 1);
}

/// The operator's fetch keeps to the cooldown, and what it does not permit is not forgotten.
#[test]
fn the_operator_can_ask_for_a_fetch() {
    use Event::{Due, Request, Set, Token};
    let day = &[("Cache-Control", "max-age=86400")];
    run(
        DEFAULT,
        &[
            (0, Due, "permit"),
            (0, Set(&["a"], day), "Replaced"),
            (10, Request, "later 20"),
            (29, Due, "-"),
            (30, Due, "permit"),
            // Its response may be older than this.
            (31, Request, "InFlight"),
            (31, Set(&["a"], day), "Unchanged"),
            (59, Due, "-"),
            (60, Due, "permit"),
            (60, Set(&["b"], day), "Replaced"),
            (60, Token("b"), "verified"),
            (1000, Due, "-"),
            (1000, Request, "permit"),
            (1000, Set(&["b"], day), "Unchanged"),
            (1001, Due, "-"),
        ],
    );
}

/// A time before the latest counts as the latest, in any order, and no sequence makes time run faster.
#[test]
fn times_out_of_order_do_not_add_up() {
    let mut world = World::with_keys(DEFAULT, &["a"]);
    for round in 0..10_000 {
        for second in [100, 10, 0, 39, 100, 70] {
            world.at(second);
            assert_eq!(world.due(), "-", "round {round}");
        }
        assert_eq!(world.at(100).due_in(), 170);
        // An earlier time counts as the latest.
        let latest = world.remote.status(super::at(100));
        assert_eq!(world.remote.status(super::at(10)), latest);
    }
    assert_eq!(world.at(100).token("b"), "permit");
    for _ in 0..1000 {
        for second in [0, 129, 1] {
            assert_eq!(world.at(second).token("b"), "InFlight");
        }
    }
    assert_eq!(world.remote.status(super::at(129)).permitted_in, Duration::from_secs(1));
}
