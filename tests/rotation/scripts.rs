//! Scripts: at which time what happens, and what comes of it.

use jose_core::diagnose::Standing;
use jose_core::{
    ClaimsPolicy, Error, Expect, FetchError, HttpResponse, KeysUnavailable, Refetch, Refreshed, RemoteKeySet,
    RotationPolicy, SelectError, SetError, SignatureError, UnixTime, Unreachable, Verifier,
};

use super::support::{algorithms, jwk, signer, usual, variant};
use super::{START, World, allowed, document, token};

/// What happens.
#[derive(Debug)]
enum Event<'s> {
    /// The application asks whether a fetch is due.
    Due,
    /// A token with this kid arrives.
    Token(&'s str),
    /// The fetch brings a set with these kids, and these fields.
    Set(&'s [&'s str], &'s [(&'s str, &'s str)]),
    /// The fetch brings this status and body.
    Answer(u16, &'s str, &'s [(&'s str, &'s str)]),
    /// The fetch brings nothing.
    Unreachable,
    /// The permit is dropped.
    Lost,
    /// Somebody wants to know the state.
    Status,
}
use Event::{Answer, Due, Lost, Set, Status, Token, Unreachable as Nothing};

/// Runs one script: times in seconds from its start, events, and their outcomes.
#[track_caller]
fn run(policy: RotationPolicy, script: &[(i64, Event<'_>, &str)]) {
    let mut world = World::new(policy);
    for (number, (seconds, event, expected)) in script.iter().enumerate() {
        world.at(*seconds);
        let outcome = match event {
            Due => world.due(),
            Token(kid) => world.token(kid),
            Set(kids, fields) => world.answer(200, &document(kids), fields),
            Answer(status, body, fields) => world.answer(*status, body, fields),
            Nothing => world.unreachable(),
            Lost => {
                world.permit = None;
                String::new()
            }
            Status => world.status(),
        };
        assert_eq!(outcome, *expected, "step {number}, {seconds} s: {event:?}; {}", world.status());
    }
}

const DEFAULT: RotationPolicy = RotationPolicy::new();
const FIVE_MINUTES: &[(&str, &str)] = &[("Cache-Control", "max-age=300")];

#[test]
fn a_set_is_fetched_when_it_is_needed_and_shortly_before_its_end() {
    run(
        DEFAULT,
        &[
            (0, Status, "no keys yet; next fetch now"),
            (5, Token("a"), "NeverFetched"),
            (5, Due, "permit"),
            (5, Due, "-"),
            (5, Status, "no keys yet; a fetch is in flight"),
            (6, Set(&["a"], FIVE_MINUTES), "Replaced"),
            (6, Token("a"), "verified"),
            (
                15,
                Status,
                "1 key bound, 0 set aside; 9 s old, fresh for 290 s; next fetch in 260 s, in 20 s for an unknown kid",
            ),
            (274, Due, "-"),
            // Thirty seconds early, while the old keys are good.
            (275, Due, "permit"),
            (276, Token("a"), "verified"),
            (280, Set(&["a", "b"], FIVE_MINUTES), "Replaced"),
            (280, Token("b"), "verified"),
            (544, Due, "-"),
            (545, Due, "permit"),
        ],
    );
}

#[test]
fn an_unknown_kid_is_worth_one_fetch_in_a_cooldown() {
    run(
        DEFAULT,
        &[
            (0, Due, "permit"),
            (0, Set(&["a"], &[]), "Replaced"),
            // The set is too young: the first fetch counts as well.
            (10, Token("b"), "later 20"),
            (29, Token("b"), "later 1"),
            (30, Token("b"), "permit"),
            (30, Token("b"), "InFlight"),
            (30, Token("c"), "InFlight"),
            (30, Token("a"), "verified"),
            (31, Set(&["a", "b"], &[]), "Replaced"),
            (31, Token("b"), "verified"),
            // `c` came before the set that does not have it, `d` after.
            (32, Token("c"), "InVain"),
            (32, Token("d"), "later 28"),
            (59, Token("d"), "later 1"),
            (60, Token("c"), "permit"),
            // What is to come may have `d`, and a failure says nothing about it.
            (61, Token("d"), "InFlight"),
            (61, Answer(500, "", &[]), "Status 500"),
            (62, Token("c"), "later 59"),
            (62, Token("d"), "later 59"),
            (121, Token("d"), "permit"),
            (122, Answer(200, "{", &[]), "Set"),
            (122, Token("a"), "verified"),
            (122, Token("b"), "verified"),
        ],
    );
}

#[test]
fn a_failure_costs_no_key_and_puts_off_the_next_fetch() {
    let no_key = r#"{"keys":[{"kid":"a"},1]}"#;
    run(
        DEFAULT,
        &[
            (0, Due, "permit"),
            (0, Nothing, "Unreachable"),
            (0, Token("a"), "NeverFetched"),
            // Jitter zero: the whole of each pause.
            (59, Due, "-"),
            (60, Due, "permit"),
            (60, Set(&["a"], FIVE_MINUTES), "Replaced"),
            (330, Due, "permit"),
            (330, Answer(503, "", &[]), "Status 503"),
            (
                331,
                Status,
                "1 key bound, 0 set aside; 271 s old, fresh for 29 s; next fetch in 59 s; \
                 1 failure in a row, the latest: \
                 status 503 instead of the JWK Set: check the URL, and the issuer's state",
            ),
            (389, Due, "-"),
            (390, Due, "permit"),
            (390, Answer(200, "<html>", &[]), "Set"),
            (509, Due, "-"),
            (510, Due, "permit"),
            (510, Answer(200, r#"{"keys":[]}"#, &[]), "NoUsableKey"),
            (749, Due, "-"),
            (750, Due, "permit"),
            (750, Answer(200, no_key, &[]), "NoUsableKey"),
            (
                751,
                Status,
                "1 key bound, 0 set aside; 691 s old, stale for 391 s; next fetch in 479 s; \
                 4 failures in a row, the latest: none of the 2 keys in the JWK Set can be used; \
                 of the first: the key has no 'kty'",
            ),
            (751, Token("a"), "verified"),
            (1229, Due, "-"),
            (1230, Due, "permit"),
            (1230, Nothing, "Unreachable"),
            // Fifteen minutes are the most.
            (2129, Due, "-"),
            (2130, Due, "permit"),
            (2130, Nothing, "Unreachable"),
            (3030, Due, "permit"),
            // No unknown kid shortens a pause.
            (3030, Nothing, "Unreachable"),
            (3031, Token("b"), "later 899"),
            (3031, Token("a"), "verified"),
            // A success ends it.
            (3930, Due, "permit"),
            (3930, Set(&["b"], FIVE_MINUTES), "Replaced"),
            (3931, Token("b"), "verified"),
            (4200, Due, "permit"),
            (4200, Nothing, "Unreachable"),
            (4259, Due, "-"),
            (4260, Due, "permit"),
        ],
    );
}

#[test]
fn a_server_may_ask_for_a_longer_pause_within_bounds() {
    run(
        DEFAULT,
        &[
            (0, Due, "permit"),
            (0, Answer(429, "", &[("Retry-After", "300")]), "Status 429"),
            (299, Due, "-"),
            (300, Due, "permit"),
            (300, Answer(429, "", &[("Retry-After", "999999999999")]), "Status 429"),
            (1199, Due, "-"),
            (1200, Due, "permit"),
            (1200, Answer(429, "", &[("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT")]), "Status 429"),
            (1439, Due, "-"),
            (1440, Due, "permit"),
        ],
    );
}

#[test]
fn keys_are_used_up_to_the_limit_of_staleness() {
    run(
        DEFAULT.max_stale(600),
        &[
            (0, Due, "permit"),
            (0, Set(&["a"], &[("ETag", "\"1\""), FIVE_MINUTES[0]]), "Replaced"),
            (299, Token("a"), "verified"),
            (300, Due, "permit \"1\""),
            (300, Nothing, "Unreachable"),
            (900, Token("a"), "verified"),
            (901, Token("a"), "TooStale 601/600"),
            // The stale set can still be confirmed, and is good again.
            (901, Due, "permit \"1\""),
            (902, Answer(304, "", &[]), "Confirmed"),
            (902, Token("a"), "verified"),
            (1801, Token("a"), "verified"),
            (1802, Token("a"), "TooStale 601/600"),
            (
                1802,
                Status,
                "1 key bound, 0 set aside; 900 s old, too stale to use since its lifetime ended 601 s ago; next fetch now",
            ),
        ],
    );
    // Zero is none.
    run(
        DEFAULT.max_stale(0),
        &[
            (0, Due, "permit"),
            (0, Set(&["a"], FIVE_MINUTES), "Replaced"),
            (300, Token("a"), "verified"),
            (301, Token("a"), "TooStale 1/0"),
        ],
    );
}

#[test]
fn a_key_that_is_gone_stops_verifying_at_once_or_after_its_grace() {
    run(
        DEFAULT,
        &[
            (0, Due, "permit"),
            (0, Set(&["a", "b"], FIVE_MINUTES), "Replaced"),
            (300, Due, "permit"),
            (301, Set(&["b", "c"], FIVE_MINUTES), "Replaced"),
            (301, Token("a"), "later 29"),
            (301, Token("b"), "verified"),
            (301, Token("c"), "verified"),
        ],
    );
    run(
        DEFAULT.grace(120),
        &[
            (0, Due, "permit"),
            (0, Set(&["a", "b"], FIVE_MINUTES), "Replaced"),
            (300, Due, "permit"),
            (301, Set(&["b", "c"], FIVE_MINUTES), "Replaced"),
            (301, Token("a"), "verified"),
            (330, Token("d"), "permit"),
            // Each key has its own grace.
            (331, Set(&["c", "d"], FIVE_MINUTES), "Replaced"),
            (420, Token("a"), "verified"),
            (420, Token("b"), "verified"),
            (421, Token("a"), "permit"),
            (421, Set(&["c", "d"], FIVE_MINUTES), "Confirmed"),
            (450, Token("b"), "verified"),
            (451, Token("b"), "permit"),
            (451, Token("c"), "verified"),
        ],
    );
    // What was too stale to use is not brought back by the set that replaces it.
    run(
        DEFAULT.grace(120).max_stale(60),
        &[
            (0, Due, "permit"),
            (0, Set(&["a"], FIVE_MINUTES), "Replaced"),
            (361, Token("a"), "TooStale 61/60"),
            (361, Due, "permit"),
            (361, Set(&["b"], FIVE_MINUTES), "Replaced"),
            (361, Token("a"), "later 30"),
        ],
    );
}

/// A diagnosis shows a key in its grace beside those of the latest set, and that it was chosen.
#[test]
fn a_diagnosis_shows_keys_in_grace() {
    let mut world = World::with_keys(DEFAULT.grace(120), &["a"]);
    assert_eq!(world.at(300).due(), "permit");
    assert_eq!(world.answer(200, &document(&["b"]), &[]), "Replaced");
    let keys = world.remote.keys(world.now).unwrap();
    let policy = ClaimsPolicy::new(Expect::Ignore, Expect::Ignore).allow_missing_exp();
    let shown = |kid: &str| {
        let (verifier, mut scratch) = (Verifier::new(&keys, allowed()), Vec::new());
        let diagnosis = verifier.diagnose(&token(kid), &mut scratch, &policy, world.now);
        let candidates = diagnosis.candidates().map(|key| {
            let kid = key.kid().map(|kid| kid.as_str().to_owned());
            (kid.unwrap(), matches!(key.standing(), Standing::Chosen { .. }))
        });
        (diagnosis.refusal().is_none(), candidates.collect::<Vec<_>>())
    };
    assert_eq!(shown("a"), (true, vec![("b".into(), false), ("a".into(), true)]));
    assert_eq!(shown("b"), (true, vec![("b".into(), true)]));
    assert_eq!(shown("c"), (false, vec![("b".into(), false)]));
}

/// More rotations within a grace than are kept.
#[test]
fn grace_is_bounded_in_memory() {
    let mut world = World::with_keys(DEFAULT.grace(86_400).lifetime(60, 60), &["k0"]);
    for round in 1..100_i64 {
        world.at(round * 60);
        assert_eq!(world.due(), "permit");
        assert_eq!(world.answer(200, &document(&[&format!("k{round}")]), &[]), "Replaced");
        for back in 0..=round.min(10) {
            let outcome = world.verify(&format!("k{}", round - back));
            assert_eq!(outcome.is_ok(), back <= 4, "round {round}, {back} back");
        }
    }
}

/// Sets that bring keys and withdraw none do not count among those.
#[test]
fn grace_is_not_cut_short_by_new_keys() {
    let mut world = World::with_keys(DEFAULT.grace(86_400).lifetime(60, 60), &["gone", "k0"]);
    let mut kids = vec!["k0".to_owned()];
    for round in 1..20_i64 {
        world.at(round * 60);
        kids.push(format!("k{round}"));
        let kids: Vec<&str> = kids.iter().map(String::as_str).collect();
        assert_eq!(world.due(), "permit");
        assert_eq!(world.answer(200, &document(&kids), &[]), "Replaced");
        assert_eq!(world.token("gone"), "verified", "round {round}");
    }
}

/// A key that is in the new set under its kid is that key and no other: neither other material under
/// the same kid nor a reason to set it aside is made up for by what there was before.
#[test]
fn grace_is_for_kids_that_are_gone() {
    let algorithm = algorithms()[0];
    let other = match usual(algorithm) {
        "hmac-32" => "hmac-64",
        "p256" => "p256-b",
        _ => "rsa-2048-b",
    };
    let replaced = format!(r#"{{"keys":[{}]}}"#, jwk(other, r#""kid":"a""#));
    let aside =
        format!(r#"{{"keys":[{},{}]}}"#, jwk(other, r#""kid":"a","use":"enc""#), jwk(other, r#""kid":"z""#));
    for (set, expected) in [(replaced, "Signature"), (aside, "Select")] {
        let mut world = World::with_keys(DEFAULT.grace(120), &["a", "b"]);
        assert_eq!(world.at(300).due(), "permit");
        assert_eq!(world.answer(200, &set, &[]), "Replaced");
        assert_eq!(world.token("b"), "verified");
        let outcome = world.token("a");
        assert!(outcome.starts_with(expected), "{outcome}");
        // Nor does a token without kid get a key that is gone.
        let bare = signer(usual(algorithm)).token(format!(r#"{{"alg":"{algorithm}"}}"#), "{}");
        let keys = world.remote.keys(world.now).unwrap();
        assert!(Verifier::new(&keys, allowed()).verify(&bare, &mut Vec::new()).is_err());
    }
}

#[test]
fn an_etag_makes_the_request_conditional_and_a_304_extends_the_lifetime() {
    run(
        DEFAULT,
        &[
            (0, Due, "permit"),
            // Nothing was sent that could be confirmed.
            (0, Answer(304, "", &[]), "Status 304"),
            (60, Due, "permit"),
            (60, Set(&["a"], &[("etag", "W/\"1\""), FIVE_MINUTES[0]]), "Replaced"),
            (330, Due, "permit W/\"1\""),
            // The fields of the set go on to count.
            (330, Answer(304, "", &[]), "Confirmed"),
            (599, Due, "-"),
            (600, Due, "permit W/\"1\""),
            // Unless the 304 has its own.
            (600, Answer(304, "", &[("ETag", "\"2\""), ("Cache-Control", "max-age=100")]), "Confirmed"),
            (669, Due, "-"),
            (670, Due, "permit \"2\""),
            (671, Token("b"), "InFlight"),
            (671, Answer(304, "", &[("Age", "10")]), "Confirmed"),
            // A 304 says that there is no other key.
            (672, Token("b"), "InVain"),
            (672, Token("a"), "verified"),
            (730, Due, "permit \"2\""),
            // A whole response without ETag ends it, be it the same document.
            (730, Set(&["a"], FIVE_MINUTES), "Confirmed"),
            (1000, Due, "permit"),
            (1000, Answer(304, "", &[]), "Status 304"),
            (1000, Token("a"), "verified"),
        ],
    );
}

#[test]
fn a_permit_that_does_not_come_back_is_replaced() {
    run(
        DEFAULT.fetch_timeout(45),
        &[
            (0, Due, "permit"),
            (0, Lost, ""),
            (44, Due, "-"),
            (44, Status, "no keys yet; a fetch is in flight"),
            (45, Status, "no keys yet; next fetch now"),
            (45, Due, "permit"),
            (46, Set(&["a"], FIVE_MINUTES), "Replaced"),
            (100, Token("b"), "permit"),
            (100, Lost, ""),
            (144, Token("b"), "InFlight"),
            (144, Token("a"), "verified"),
            (145, Token("c"), "permit"),
        ],
    );
    // A timeout below the cooldown is the cooldown.
    run(DEFAULT.fetch_timeout(1), &[(0, Due, "permit"), (0, Lost, ""), (29, Due, "-"), (30, Due, "permit")]);
}

#[test]
fn a_permit_that_was_replaced_changes_nothing() {
    let mut world = World::new(DEFAULT);
    assert_eq!(world.due(), "permit");
    let late = world.permit.take().unwrap();
    assert_eq!(world.at(30).due(), "permit");
    assert!(world.status().contains("; the latest fetch: the fetch was not completed in time"));
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

/// No policy keeps keys for longer than a month, or uses them for longer than another after that.
#[test]
fn a_policy_has_bounds() {
    const MONTH: u32 = 30 * 24 * 3600;
    let mut world = World::new(RotationPolicy::new().lifetime(1, u32::MAX).max_stale(u32::MAX));
    assert_eq!(world.due(), "permit");
    let year = [("Cache-Control", "max-age=31536000")];
    assert_eq!(world.answer(200, &document(&["a"]), &year), "Replaced");
    assert_eq!(world.remote.status(world.now).keys.unwrap().fresh_for, u64::from(MONTH));
    let last = 2 * i64::from(MONTH);
    assert_eq!(world.at(last).token("a"), "verified");
    assert_eq!(world.at(last + 1).token("a"), format!("TooStale {}/{MONTH}", MONTH + 1));
}

/// What a response says about its lifetime, and when the next fetch is due, 30 s early.
#[test]
fn lifetimes_come_from_the_response_within_bounds() {
    let cache = |value: &'static str| vec![("Cache-Control", value)];
    let table = [
        (vec![], 300),
        (cache("max-age=900"), 900),
        (cache("public, s-maxage=5, max-age=\"900\", immutable"), 900),
        (vec![("cache-control", "public"), ("CACHE-CONTROL", "max-age=900"), ("Age", "100")], 800),
        (vec![("Cache-Control", "max-age=900"), ("Age", "100, 5"), ("Age", "7")], 800),
        (vec![("Cache-Control", "max-age=900"), ("Age", "-5")], 900),
        (vec![("Age", "100")], 300),
        (cache("max-age=86400"), 3600),
        (cache("max-age=99999999999999999999999999999"), 3600),
        (cache("max-age=1"), 60),
        (vec![("Cache-Control", "max-age=900"), ("Age", "1000")], 60),
        (cache("no-store"), 60),
        (cache("no-cache, max-age=900"), 60),
        (cache("max-age=soon"), 60),
        (cache("\u{1}\u{ff}=,;;\"\\"), 300),
    ];
    for (fields, lifetime) in table {
        let mut world = World::new(DEFAULT);
        assert_eq!(world.due(), "permit");
        assert_eq!(world.answer(200, &document(&["a"]), &fields), "Replaced");
        let keys = world.remote.status(world.now).keys.unwrap();
        assert_eq!(keys.fresh_for, lifetime, "{fields:?}");
        assert_eq!(world.due_in(), lifetime - 30, "{fields:?}");
    }
    // The time that the response was on its way is part of its age.
    let mut world = World::new(DEFAULT);
    assert_eq!(world.due(), "permit");
    assert_eq!(world.at(20).answer(200, &document(&["a"]), FIVE_MINUTES), "Replaced");
    assert_eq!(world.remote.status(world.now).keys.unwrap().fresh_for, 280);
}

#[test]
fn a_policy_keeps_to_its_bounds() {
    let due_in = |policy| World::with_keys(policy, &["a"]).due_in();
    assert_eq!(DEFAULT, RotationPolicy::default());
    assert_eq!(due_in(DEFAULT), 270);
    assert_eq!(due_in(DEFAULT.default_lifetime(1)), 30);
    assert_eq!(due_in(DEFAULT.default_lifetime(u32::MAX)), 3570);
    assert_eq!(due_in(DEFAULT.early_refresh(0)), 300);
    assert_eq!(due_in(DEFAULT.early_refresh(u32::MAX)), 150);
    assert_eq!(due_in(DEFAULT.lifetime(1000, 10)), 970);
    assert_eq!(due_in(DEFAULT.lifetime(u32::MAX, 0)), 30 * 86_400 - 30);
    // The cooldown is above all: half a second of lifetime causes no fetch within it.
    assert_eq!(due_in(DEFAULT.lifetime(0, 0)), 30);
    assert_eq!(due_in(DEFAULT.lifetime(0, 0).cooldown(0)), 1);
    assert_eq!(due_in(DEFAULT.cooldown(u32::MAX)), 3600);

    // Jitter makes the early refresh up to half of its thirty seconds later.
    for (jitter, expected) in [(0, 270), (1, 271), (15, 285), (16, 270)] {
        let mut remote = RemoteKeySet::new(allowed(), DEFAULT);
        let now = UnixTime::from_seconds(START);
        let permit = remote.fetch_due(now).unwrap();
        let set = document(&["a"]);
        remote.complete(permit, Ok(HttpResponse::new(200, &set)), now, jitter).unwrap();
        assert_eq!(remote.status(now).due_in, expected, "jitter {jitter}");
    }

    let pause = |policy, jitter| {
        let mut remote = RemoteKeySet::new(allowed(), policy);
        let now = UnixTime::from_seconds(START);
        let permit = remote.fetch_due(now).unwrap();
        let _ = remote.complete(permit, Err(Unreachable), now, jitter);
        remote.status(now).due_in
    };
    assert_eq!(pause(DEFAULT, 0), 60);
    assert_eq!(pause(DEFAULT, 30), 30);
    assert_eq!(pause(DEFAULT, 31), 60);
    assert_eq!(pause(DEFAULT.max_backoff(0), 0), 30);
    assert_eq!(pause(DEFAULT.max_backoff(40), 20), 30);
    assert!((30..=60).contains(&pause(DEFAULT, u32::MAX)));
}

#[test]
fn a_clock_that_is_set_does_no_harm() {
    const YEAR: i64 = 365 * 86_400;
    run(
        DEFAULT,
        &[
            (0, Due, "permit"),
            (0, Set(&["a"], FIVE_MINUTES), "Replaced"),
            (100, Token("b"), "permit"),
            (100, Answer(500, "", &[]), "Status 500"),
            // Set back by a year: nothing comes due early, and nothing is put off.
            (100 - YEAR, Token("b"), "later 60"),
            (100 - YEAR, Token("a"), "verified"),
            (159 - YEAR, Token("b"), "later 1"),
            (160 - YEAR, Token("b"), "permit"),
            (160 - YEAR, Set(&["a", "b"], FIVE_MINUTES), "Replaced"),
            (429 - YEAR, Due, "-"),
            (430 - YEAR, Due, "permit"),
            (430 - YEAR, Set(&["a", "b"], FIVE_MINUTES), "Confirmed"),
            // Set forward: everything is due, once.
            (430, Due, "permit"),
            (430, Set(&["a", "b"], FIVE_MINUTES), "Confirmed"),
            (430, Due, "-"),
            (430, Token("a"), "verified"),
        ],
    );
    // The ends of the scale.
    run(
        DEFAULT,
        &[
            (i64::MIN, Due, "permit"),
            (i64::MIN, Set(&["a"], FIVE_MINUTES), "Replaced"),
            (i64::MAX, Due, "permit"),
            (i64::MIN, Token("a"), "TooStale 9223372036854775507/86400"),
            (i64::MAX, Set(&["a"], FIVE_MINUTES), "Confirmed"),
            (i64::MAX, Token("a"), "verified"),
            (i64::MIN, Due, "-"),
            (i64::MIN, Token("a"), "verified"),
        ],
    );
}

/// A reader that finds that the clock was set back says so, since it cannot tell the set itself.
#[test]
fn a_reader_asks_for_a_writer() {
    let mut world = World::with_keys(DEFAULT, &["a"]);
    assert!(!world.remote.is_fetch_due(world.now));
    for seconds in [-61, -61 - 86_400, i64::MIN] {
        world.at(seconds);
        assert!(world.remote.is_fetch_due(world.now), "{seconds}");
        assert_eq!(world.due(), "-");
        assert!(!world.remote.is_fetch_due(world.now), "{seconds}");
    }
}

/// Threads hand in times in another order than they read them. Time does not run faster for it.
#[test]
fn times_that_were_overtaken_do_not_add_up() {
    let mut world = World::with_keys(DEFAULT, &["a"]);
    for _ in 0..10_000 {
        assert_eq!(world.at(-1).due(), "-");
        assert_eq!(world.at(0).due(), "-");
        assert_eq!(world.at(-60).due(), "-");
    }
    assert_eq!(world.at(0).due_in(), 270);
}

#[test]
fn a_set_that_changed_in_the_meantime_is_asked_again() {
    let mut world = World::with_keys(DEFAULT, &["a"]);
    assert_eq!(world.at(30).token("b"), "permit");
    assert_eq!(world.answer(200, &document(&["b"]), &[]), "Replaced");
    // Another thread has verified with the old set, and comes to say so now. Its token writes its kid
    // with an escape.
    let refusal = Error::Select(SelectError::KidUnknown { keys: 1 });
    let algorithm = algorithms()[0];
    let escaped = signer(usual(algorithm)).token(format!(r#"{{"alg":"{algorithm}","kid":"\u0062"}}"#), "{}");
    for token in [&token("b"), &escaped] {
        assert!(matches!(world.remote.refused(token, &refusal, world.now), Refetch::VerifyAgain));
    }
    // A kid is the same kid with escapes.
    let written =
        |kid: &str| signer(usual(algorithm)).token(format!(r#"{{"alg":"{algorithm}","kid":"{kid}"}}"#), "{}");
    assert!(matches!(
        world.remote.refused(&written("x"), &refusal, world.now),
        Refetch::Later { seconds: 30 }
    ));
    assert!(matches!(world.remote.refused(&written("\\u0078"), &refusal, world.now), Refetch::Later { .. }));
    // This one, and `b` from before.
    assert_eq!(world.remote.status(world.now).unknown_kids, 2);
}

#[test]
fn other_refusals_cause_no_fetch() {
    let mut world = World::with_keys(DEFAULT, &["a"]);
    world.at(100);
    let unknown = Error::Select(SelectError::KidUnknown { keys: 1 });
    let algorithm = algorithms()[0];
    let bare = signer(usual(algorithm)).token(format!(r#"{{"alg":"{algorithm}"}}"#), "{}");
    let long = "a".repeat(1 << 20);
    let useless = [
        (token("b"), Error::Signature(SignatureError::Invalid)),
        (token("b"), Error::Select(SelectError::KidMissing { alg: algorithm })),
        (token("b"), Error::Select(SelectError::KeyAmbiguous { alg: algorithm })),
        // Not a token that can have been refused for its kid.
        (bare, unknown),
        (String::new(), unknown),
        (long, unknown),
    ];
    for (token, refusal) in useless {
        assert!(matches!(world.remote.refused(&token, &refusal, world.now), Refetch::Useless), "{refusal:?}");
    }
    assert_eq!(world.remote.status(world.now).unknown_kids, 0);
}

/// CVE-2026-48524 and its class: made-up kids cause a storm of fetches, or a failed fetch wipes the keys.
#[test]
fn refetch_storm_and_wiped_cache() {
    let mut world = World::with_keys(DEFAULT, &["a"]);
    let mut permits = 0;
    for attempt in 0..10_000_i64 {
        // Ten in a second, for 1000 s.
        world.at(attempt / 10);
        if world.token(&format!("made-up-{attempt}")) == "permit" {
            permits += 1;
            assert_eq!(world.answer(200, &document(&["a"]), &[]), "Confirmed");
        }
        assert!(world.remote.status(world.now).unknown_kids <= 32);
    }
    assert_eq!(permits, 999 / 30);
    assert_eq!(world.token("a"), "verified");

    // The endpoint fails: with each failure the storm causes less.
    let mut permits = 0;
    for attempt in 0..10_000_i64 {
        world.at(1000 + attempt / 10);
        if world.token(&format!("made-up-{attempt}")) == "permit" {
            permits += 1;
            assert_eq!(world.unreachable(), "Unreachable");
        }
        assert!(world.verify("a").is_ok());
    }
    assert_eq!(permits, 5);
    // A kid of 12 KB is remembered in no more space than another.
    let long = "k".repeat(2900);
    assert!(world.token(&long).starts_with("later"));
    assert!(world.remote.status(world.now).unknown_kids <= 32);
}

#[test]
fn reasons_say_what_to_do() {
    let fetch: [(FetchError, &str); 8] = [
        (
            FetchError::Unreachable,
            "the JWK Set could not be fetched: check that this machine reaches the URL, and its TLS and proxy settings",
        ),
        (
            FetchError::Status { status: 404 },
            "status 404 instead of the JWK Set: check the URL, and the issuer's state",
        ),
        (
            FetchError::Status { status: 304 },
            "status 304 instead of the JWK Set, although there was none to confirm: check the caches on the way",
        ),
        (
            FetchError::Set(SetError::KeysMissing),
            "what was fetched is no JWK Set: the document has no 'keys': it is no JWK Set",
        ),
        (FetchError::NoUsableKey { keys: 0, first: None }, "the JWK Set is empty"),
        (
            FetchError::NoUsableKey { keys: 3, first: Some(jose_core::KeyError::NotObject) },
            "none of the 3 keys in the JWK Set can be used; of the first: the key is not a JSON object",
        ),
        (FetchError::NoUsableKey { keys: 3, first: None }, "none of the 3 keys in the JWK Set can be used"),
        (
            FetchError::PermitLapsed,
            "the fetch was not completed in time: give the HTTP client a timeout below the policy's, \
             and let no cancelled request take the permit along",
        ),
    ];
    for (error, text) in fetch {
        assert_eq!(error.to_string(), text);
    }
    let last_error = Some(FetchError::NoUsableKey { keys: 0, first: None });
    let keys: [(KeysUnavailable, &str); 3] = [
        (
            KeysUnavailable::NeverFetched { last_error: None },
            "the JWK Set has not been fetched yet: fetch it when a fetch is due",
        ),
        (
            KeysUnavailable::NeverFetched { last_error },
            "the JWK Set has not been fetched yet; the latest fetch: the JWK Set is empty",
        ),
        (
            KeysUnavailable::TooStale { seconds: 5, limit: 3, last_error },
            "the keys are 5 s past their lifetime, and 3 s are the most; the latest fetch: the JWK Set is empty",
        ),
    ];
    for (error, text) in keys {
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn every_type_crosses_threads_and_shows_no_body() {
    fn crosses<T: Send + Sync + Unpin + core::fmt::Debug>() {}
    crosses::<(RemoteKeySet, RotationPolicy, jose_core::FetchPermit, HttpResponse<'_>, Refetch)>();
    crosses::<(jose_core::RemoteKeys<'_>, jose_core::RemoteStatus, FetchError, KeysUnavailable)>();
    let secret = HttpResponse::new(200, "a-secret");
    assert_eq!(format!("{secret:?}"), "HttpResponse { status: 200, body_len: 8, .. }");
    let world = World::with_keys(DEFAULT, &["a"]);
    let material = super::support::b64(super::support::member("hmac-32", "k"));
    assert!(!format!("{:?}", world.remote).contains(&material));
}

/// The keys of the moment are looked up without a heap, and can be read.
#[test]
fn keys_of_the_moment() {
    let world = World::with_keys(DEFAULT, &["a", "b"]);
    let keys = world.remote.keys(world.now).unwrap();
    let kids: Vec<_> = keys.latest().verdicts().map(|verdict| verdict.kid.unwrap()).collect();
    assert_eq!(kids, ["a", "b"]);
    let (token, allowed, mut scratch) = (token("b"), allowed(), vec![0; 4096]);
    let counted = allocation_counter::measure(|| {
        let keys = world.remote.keys(world.now).unwrap();
        assert!(Verifier::new(&keys, allowed).verify(&token, &mut scratch).is_ok());
        assert!(!world.remote.is_fetch_due(world.now));
    });
    assert_eq!(counted.count_total, 0);
}

/// A bundle of SPIFFE, whose keys of tokens have a `use` of their own.
#[test]
fn further_values_of_use() {
    let svid = jwk(usual(algorithms()[0]), r#""kid":"a","use":"jwt-svid""#);
    let text = format!(r#"{{"keys":[{svid}]}}"#);
    for (uses, expected) in [
        (&[][..], Err("NoUsableKey".to_owned())),
        (&["x509-svid"], Err("NoUsableKey".to_owned())),
        (&["x509-svid", "jwt-svid"], Ok(Refreshed::Replaced)),
    ] {
        let mut remote = RemoteKeySet::new(allowed(), DEFAULT).allow_uses(uses);
        let permit = remote.fetch_due(UnixTime::from_seconds(START)).unwrap();
        let outcome = remote.complete(
            permit,
            Ok(HttpResponse::new(200, text.as_bytes())),
            UnixTime::from_seconds(START),
            0,
        );
        assert_eq!(outcome.map_err(|error| variant(&error)), expected, "{uses:?}");
    }
}
