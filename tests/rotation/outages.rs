//! What becomes of the keys while there are none, while the endpoint fails, and when the issuer withdraws
//! them.

use jose_core::rotation::{HttpResponse, RotationPolicy, Withdrawal};

use super::scripts::Event::{Answer, Due, Lost, Request, Set, Status, Token, Unreachable as Nothing};
use super::scripts::{DEFAULT, FIVE_MINUTES, run};
use super::{World, document, seconds};

const NO_KEYS: &str = r#"{"keys":[]}"#;

/// The verifier starts before its issuer: it asks after 1, 2, 4 … seconds, up to the cooldown.
#[test]
fn without_keys_pauses_grow_to_the_cooldown() {
    run(
        DEFAULT,
        &[
            (0, Due, "permit"),
            (0, Nothing, "NoResponse"),
            (0, Token("a"), "NeverFetched"),
            (0, Due, "-"),
            (1, Due, "permit"),
            (1, Answer(503, "", &[]), "Status 503"),
            (2, Due, "-"),
            (3, Due, "permit"),
            (3, Answer(200, NO_KEYS, &[]), "NoUsableKey"),
            (6, Due, "-"),
            (7, Due, "permit"),
            (7, Nothing, "NoResponse"),
            (15, Due, "permit"),
            (15, Nothing, "NoResponse"),
            (31, Due, "permit"),
            (31, Nothing, "NoResponse"),
            (60, Due, "-"),
            (61, Due, "permit"),
            (61, Nothing, "NoResponse"),
            (90, Due, "-"),
            (91, Due, "permit"),
            (91, Set(&["a"], &[]), "Replaced"),
            // From here on fetches are a cooldown apart.
            (92, Token("b"), "later 29"),
            (120, Request, "later 1"),
            (121, Token("b"), "permit"),
        ],
    );
    // A server that asks for a pause may have a cooldown of it while there are no keys.
    run(
        DEFAULT,
        &[
            (0, Due, "permit"),
            (0, Answer(503, "", &[("Retry-After", "600")]), "Status 503"),
            (29, Due, "-"),
            (30, Due, "permit"),
            (30, Answer(503, "", &[("Retry-After", "5")]), "Status 503"),
            (34, Due, "-"),
            (35, Due, "permit"),
        ],
    );
    // A lost permit stands in the way there, too.
    run(DEFAULT, &[(0, Due, "permit"), (0, Lost, ""), (29, Due, "-"), (30, Due, "permit")]);
}

#[test]
fn scheduled_fetches_back_off_and_tokens_do_not_wait_for_that() {
    run(
        DEFAULT,
        &[
            (0, Due, "permit"),
            (0, Set(&["a"], FIVE_MINUTES), "Replaced"),
            (270, Due, "permit"),
            (270, Answer(503, "", &[]), "Status 503"),
            (
                271,
                Status,
                "1 key bound, 0 set aside; 271 s old, fresh for 29 s; next fetch in 59 s, \
                 in 29 s for a token that needs it; 1 failure in a row, last: \
                 JWK Set: expected status 200, found 503: check the URL, and the issuer's state",
            ),
            // Jitter none: the whole of each pause.
            (329, Due, "-"),
            (330, Due, "permit"),
            (330, Answer(200, "<html>", &[]), "Set"),
            (449, Due, "-"),
            (450, Due, "permit"),
            (450, Nothing, "NoResponse"),
            // The issuer rotated in the meantime. Its first token is worth a fetch, and so is the next.
            (479, Token("b"), "later 1"),
            (480, Token("b"), "permit"),
            (480, Nothing, "NoResponse"),
            (509, Token("b"), "later 1"),
            (510, Token("b"), "permit"),
            (510, Nothing, "NoResponse"),
            // Fifteen minutes are the maximum.
            (1409, Due, "-"),
            (1410, Due, "permit"),
            (1410, Nothing, "NoResponse"),
            (2310, Due, "permit"),
            (2310, Nothing, "NoResponse"),
            (2320, Token("a"), "verified"),
            (2340, Token("b"), "permit"),
            // A success ends it.
            (2340, Set(&["b"], FIVE_MINUTES), "Replaced"),
            (2340, Token("b"), "verified"),
            (2610, Due, "permit"),
            (2610, Nothing, "NoResponse"),
            (2669, Due, "-"),
            (2670, Due, "permit"),
        ],
    );
}

#[test]
fn a_server_may_ask_for_a_longer_pause_within_bounds() {
    run(
        DEFAULT.max_stale(seconds(86_400)),
        &[
            (0, Due, "permit"),
            (0, Set(&["a"], FIVE_MINUTES), "Replaced"),
            (270, Due, "permit"),
            (270, Answer(429, "", &[("Retry-After", "300")]), "Status 429"),
            (569, Due, "-"),
            (569, Token("b"), "later 1"),
            (570, Due, "permit"),
            (570, Answer(429, "", &[("Retry-After", "999999999999")]), "Status 429"),
            (1469, Due, "-"),
            (1470, Due, "permit"),
            // A date counts from the response's own (RFC 9110 §10.2.3).
            (
                1470,
                Answer(
                    503,
                    "",
                    &[
                        ("Retry-After", "Wed, 21 Oct 2015 07:35:00 GMT"),
                        ("Date", "Wed, 21 Oct 2015 07:28:00 GMT"),
                    ],
                ),
                "Status 503",
            ),
            (1889, Due, "-"),
            (1890, Due, "permit"),
            // Without one there is nothing to count from: the backoff of four failures.
            (1890, Answer(503, "", &[("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT")]), "Status 503"),
            (2369, Due, "-"),
            (2370, Due, "permit"),
        ],
    );
}

#[test]
fn keys_are_used_up_to_the_limit_of_staleness() {
    run(
        DEFAULT.max_stale(seconds(600)),
        &[
            (0, Due, "permit"),
            (0, Set(&["a"], &[("ETag", "\"1\""), FIVE_MINUTES[0]]), "Replaced"),
            (299, Token("a"), "verified"),
            (300, Due, "permit \"1\""),
            (300, Nothing, "NoResponse"),
            (900, Token("a"), "verified"),
            (901, Token("a"), "TooStale 601/600"),
            // The stale set can still be confirmed, and is good again.
            (901, Due, "permit \"1\""),
            (902, Answer(304, "", &[]), "Unchanged"),
            (902, Token("a"), "verified"),
            (1801, Token("a"), "verified"),
            (1802, Token("a"), "TooStale 601/600"),
            (
                1802,
                Status,
                "1 key bound, 0 set aside; 900 s old, too stale to use: their lifetime ended 601 s ago; next fetch now",
            ),
            // Without usable keys the backoff is over: a fetch is due once a cooldown.
            (1802, Due, "permit \"1\""),
            (1802, Nothing, "NoResponse"),
            (1831, Due, "-"),
            (1832, Due, "permit \"1\""),
            (1832, Nothing, "NoResponse"),
            (1862, Due, "permit \"1\""),
        ],
    );
    // Zero is none.
    run(
        DEFAULT.max_stale(seconds(0)),
        &[
            (0, Due, "permit"),
            (0, Set(&["a"], FIVE_MINUTES), "Replaced"),
            (300, Token("a"), "verified"),
            (301, Token("a"), "TooStale 1/0"),
        ],
    );
}

/// The issuer answers with a well-formed set without a usable key.
#[test]
fn a_withdrawal_is_heard() {
    let others = r#"{"keys":[{"kty":"AKP","kid":"x"}]}"#;
    for set in [NO_KEYS, others] {
        run(
            DEFAULT,
            &[
                (0, Due, "permit"),
                (0, Set(&["a"], &[("ETag", "\"1\""), FIVE_MINUTES[0]]), "Replaced"),
                (270, Due, "permit \"1\""),
                (270, Answer(200, set, &[]), "NoUsableKey"),
                // The old keys verify to the end of their lifetime, and no longer.
                (300, Token("a"), "verified"),
                (301, Token("a"), "Withdrawn"),
                (301, Due, "permit \"1\""),
                // Another failure does not bring them back.
                (301, Nothing, "NoResponse"),
                (302, Token("a"), "Withdrawn"),
                (330, Due, "-"),
                (331, Due, "permit \"1\""),
                (331, Answer(200, set, &[]), "NoUsableKey"),
                (361, Due, "permit \"1\""),
                // The issuer says that it is the old set again.
                (361, Answer(304, "", &[]), "Unchanged"),
                (361, Token("a"), "verified"),
                (600, Token("a"), "verified"),
                (631, Due, "permit \"1\""),
                (631, Answer(200, set, &[]), "NoUsableKey"),
                (661, Token("b"), "permit"),
                (661, Set(&["b"], FIVE_MINUTES), "Replaced"),
                (662, Token("b"), "verified"),
                // The old one is not among them any more.
                (662, Token("a"), "later 29"),
            ],
        );
    }
    let withdrawn = |policy: RotationPolicy| {
        let mut world = World::with_keys(policy, &["a"]);
        assert_eq!(world.at(270).due(), "permit");
        assert_eq!(world.answer(200, NO_KEYS, &[]), "NoUsableKey");
        world
    };
    // The status says so.
    assert_eq!(
        withdrawn(DEFAULT).status(),
        "1 key bound, 0 set aside; 270 s old, withdrawn by the issuer, fresh for 30 s; next fetch in 30 s; \
         1 failure in a row, last: JWK Set: expected a key that can be used, found none among 0"
    );
    let mut world = withdrawn(DEFAULT.withdrawal(Withdrawal::AtOnce));
    assert_eq!(world.token("a"), "Withdrawn");
    assert_eq!(
        world.remote.keys(world.now).unwrap_err().to_string(),
        "the issuer withdrew its keys; last fetch: JWK Set: expected a key that can be used, found none among 0"
    );
    assert!(world.status().contains("withdrawn by the issuer, no longer in use; next fetch in 30 s"));
    let mut world = withdrawn(DEFAULT.withdrawal(Withdrawal::Keep));
    assert_eq!(world.at(300 + 86_400).token("a"), "verified");
    assert_eq!(world.at(301 + 86_400).token("a"), "Withdrawn");
}

#[test]
fn a_permit_that_was_replaced_changes_nothing() {
    let mut world = World::new(DEFAULT);
    assert_eq!(world.due(), "permit");
    let late = world.permit.take().unwrap();
    assert_eq!(world.at(30).due(), "permit");
    assert!(world.status().contains("; last fetch: the fetch was not completed in time"));
    let set = document(&["late"]);
    assert_eq!(world.complete(late, Ok(HttpResponse::new(200, &set))), "PermitLapsed");
    assert_eq!(world.token("late"), "NeverFetched");
    assert_eq!(world.answer(200, &document(&["a"]), &[]), "Replaced");
    assert_eq!(world.token("a"), "verified");

    // One that is late and was not replaced is good.
    let mut world = World::new(DEFAULT);
    assert_eq!(world.due(), "permit");
    assert_eq!(world.at(1000).answer(200, &document(&["a"]), &[]), "Replaced");
}

/// CVE-2026-48524 and its class: made-up kids cause a storm of fetches, or a failed fetch wipes the keys.
#[test]
fn refetch_storm_and_wiped_cache() {
    let mut world = World::with_keys(DEFAULT, &["a"]);
    let mut permits = 0;
    for attempt in 0..10_000_u64 {
        // Ten in a second, for 1000 s.
        world.at(attempt / 10);
        if world.token(&format!("made-up-{attempt}")) == "permit" {
            permits += 1;
            assert_eq!(world.answer(200, &document(&["a"]), &[]), "Unchanged");
        }
        assert!(world.remote.status(world.now).needs <= 32);
    }
    assert_eq!(permits, 999 / 30);
    assert_eq!(world.token("a"), "verified");

    // The endpoint fails: one a cooldown, and the keys stay.
    let mut permits = 0;
    for attempt in 0..10_000_u64 {
        world.at(1000 + attempt / 10);
        if world.token(&format!("made-up-{attempt}")) == "permit" {
            permits += 1;
            assert_eq!(world.unreachable(), "NoResponse");
        }
        assert!(world.verifies("a"));
    }
    assert_eq!(permits, 33);
    // A kid of some kilobytes is remembered in no more space than another.
    let long = "k".repeat(2900);
    assert!(world.token(&long).starts_with("later"));
    assert!(world.remote.status(world.now).needs <= 32);
}
