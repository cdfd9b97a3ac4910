//! Scripts: at which time what happens, and what comes of it.

use jose_core::diagnose::Standing;
use jose_core::rotation::{
    FetchError, FetchPermit, HttpResponse, Jitter, KeysUnavailable, NoResponse, Refetch, Refreshed,
    RemoteKeySet, RotationPolicy,
};
use jose_core::{ClaimsPolicy, Expect, UnixTime, Verifier};

use super::support::{self, algorithms, jwk, usual, variant};
use super::{World, allowed, at, document, seconds, token};

/// What happens.
#[derive(Debug)]
pub(super) enum Event<'s> {
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
    /// The operator asks for a fetch.
    Request,
    /// Somebody wants to know the state.
    Status,
}
use Event::{Answer, Due, Lost, Set, Status, Token, Unreachable as Nothing};

/// Runs one script: times in seconds from its start, events, and their outcomes.
#[track_caller]
pub(super) fn run(policy: RotationPolicy, script: &[(u64, Event<'_>, &str)]) {
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
            Event::Request => world.request(),
            Status => world.status(),
        };
        assert_eq!(outcome, *expected, "step {number}, {seconds} s: {event:?}; {}", world.status());
    }
}

pub(super) const DEFAULT: RotationPolicy = RotationPolicy::new();
pub(super) const FIVE_MINUTES: &[(&str, &str)] = &[("Cache-Control", "max-age=300")];

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
                "1 key bound, 0 set aside; 9 s old, fresh for 290 s; next fetch in 260 s, in 20 s for a token that needs it",
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
            // `c` came while the set was on its way, and `d` after.
            (32, Token("c"), "later 28"),
            (32, Token("d"), "later 28"),
            (59, Token("d"), "later 1"),
            (60, Token("c"), "permit"),
            // What is to come may have `d`, and `e` comes while it is on its way. A failure says nothing
            // about either.
            (61, Token("d"), "InFlight"),
            (61, Token("e"), "InFlight"),
            (61, Answer(500, "", &[]), "Status 500"),
            (62, Token("c"), "later 28"),
            (62, Token("d"), "later 28"),
            (90, Token("d"), "permit"),
            (91, Token("f"), "InFlight"),
            (91, Set(&["a", "b"], &[]), "Unchanged"),
            (92, Token("d"), "AlreadyFetched"),
            (92, Token("e"), "AlreadyFetched"),
            // The response may have been made before the key of `f` was published.
            (92, Token("f"), "later 28"),
            (120, Token("f"), "permit"),
            (120, Answer(200, "{", &[]), "Set"),
            (121, Token("f"), "later 29"),
            (122, Token("a"), "verified"),
            (122, Token("b"), "verified"),
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
        DEFAULT.grace(seconds(120)),
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
            (421, Set(&["c", "d"], FIVE_MINUTES), "Unchanged"),
            (450, Token("b"), "verified"),
            (451, Token("b"), "permit"),
            (451, Token("c"), "verified"),
        ],
    );
    // What was too stale to use is not brought back by the set that replaces it.
    run(
        DEFAULT.grace(seconds(120)).max_stale(seconds(60)),
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
    let mut world = World::with_keys(DEFAULT.grace(seconds(120)), &["a"]);
    assert_eq!(world.at(300).due(), "permit");
    assert_eq!(world.answer(200, &document(&["b"]), &[]), "Replaced");
    let keys = world.remote.keys(world.now).unwrap();
    let policy = ClaimsPolicy::new(Expect::Anything, Expect::Anything).allow_missing_exp();
    let shown = |kid: &str| {
        let (verifier, mut scratch) = (Verifier::new(&keys), Vec::new());
        let diagnosis = verifier.diagnose(&token(kid), &mut scratch, &policy, UnixTime::from_secs(0));
        let candidates = diagnosis.candidates().map(|key| {
            let kid = key.kid().map(|kid| format!("{kid:#}"));
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
    let mut world =
        World::with_keys(DEFAULT.grace(seconds(86_400)).lifetime(seconds(60), seconds(60)), &["k0"]);
    for round in 1..100_u64 {
        world.at(round * 60);
        assert_eq!(world.due(), "permit");
        assert_eq!(world.answer(200, &document(&[&format!("k{round}")]), &[]), "Replaced");
        for back in 0..=round.min(10) {
            let holds = world.verifies(&format!("k{}", round - back));
            assert_eq!(holds, back <= 4, "round {round}, {back} back");
        }
    }
}

/// Sets that bring keys and withdraw none do not count among those.
#[test]
fn grace_is_not_cut_short_by_new_keys() {
    let mut world =
        World::with_keys(DEFAULT.grace(seconds(86_400)).lifetime(seconds(60), seconds(60)), &["gone", "k0"]);
    let mut kids = vec!["k0".to_owned()];
    for round in 1..20_u64 {
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
    for set in [replaced, aside] {
        let mut world = World::with_keys(DEFAULT.grace(seconds(120)), &["a", "b"]);
        assert_eq!(world.at(300).due(), "permit");
        assert_eq!(world.answer(200, &set, &[]), "Replaced");
        assert_eq!(world.token("b"), "verified");
        let outcome = world.token("a");
        // It waits for the cooldown of the fetch that brought the set.
        assert_eq!(outcome, "later 30");
        // Nor does a token without kid get a key that is gone.
        let bare = support::usual_signer(algorithm).token(format!(r#"{{"alg":"{algorithm}"}}"#), "{}");
        let keys = world.remote.keys(world.now).unwrap();
        assert!(Verifier::new(&keys).verify(&bare, &mut Vec::new()).is_err());
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
            (330, Answer(304, "", &[]), "Unchanged"),
            (599, Due, "-"),
            (600, Due, "permit W/\"1\""),
            // Unless the 304 has its own.
            (600, Answer(304, "", &[("ETag", "\"2\""), ("Cache-Control", "max-age=100")]), "Unchanged"),
            (669, Due, "-"),
            (670, Due, "permit \"2\""),
            (671, Token("b"), "InFlight"),
            (671, Answer(304, "", &[("Age", "10")]), "Unchanged"),
            // The 304 may have been made before the key was published that this token is the first of.
            (672, Token("b"), "later 28"),
            (672, Token("a"), "verified"),
            (730, Due, "permit \"2\""),
            // A whole response without ETag ends it, be it the same document.
            (730, Set(&["a"], FIVE_MINUTES), "Unchanged"),
            (1000, Due, "permit"),
            (1000, Answer(304, "", &[]), "Status 304"),
            (1000, Token("a"), "verified"),
        ],
    );
}

#[test]
fn a_permit_that_does_not_come_back_is_replaced() {
    run(
        DEFAULT.fetch_timeout(seconds(45)),
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
    run(
        DEFAULT.fetch_timeout(seconds(1)),
        &[(0, Due, "permit"), (0, Lost, ""), (29, Due, "-"), (30, Due, "permit")],
    );
}

#[test]
fn every_type_crosses_threads_and_shows_no_body() {
    fn crosses<T: Send + Sync + Unpin + core::fmt::Debug>() {}
    crosses::<(RemoteKeySet, RotationPolicy, Jitter, FetchPermit, HttpResponse<'_>, Refetch)>();
    crosses::<(jose_core::rotation::RemoteKeys<'_>, jose_core::rotation::RemoteStatus)>();
    crosses::<(FetchError, KeysUnavailable, NoResponse, jose_core::rotation::FetchOutcome)>();
    let secret = HttpResponse::new(200, "a-secret");
    assert_eq!(format!("{secret:?}"), "HttpResponse { status: 200, body_len: 8, .. }");
    let mut world = World::with_keys(DEFAULT, &["a"]);
    let material = super::support::b64(super::support::member("hmac-32", "k"));
    assert!(!format!("{:?}", world.remote).contains(&material));
    assert_eq!(world.at(300).due(), "permit");
    let set = document(&["a", "b"]);
    let outcome = world.permit.take().unwrap().receive(Ok(HttpResponse::new(200, &set)));
    assert!(!format!("{outcome:?}").contains(&material));
}

/// The keys of the moment are looked up without a heap, and can be read.
#[test]
fn keys_of_the_moment() {
    let world = World::with_keys(DEFAULT, &["a", "b"]);
    let keys = world.remote.keys(world.now).unwrap();
    let kids: Vec<_> = keys.latest().unwrap().verdicts().map(|verdict| verdict.kid.unwrap()).collect();
    assert_eq!(kids, ["a", "b"]);
    let (token, mut scratch) = (token("b"), vec![0; 4096]);
    let counted = allocation_counter::measure(|| {
        let keys = world.remote.keys(world.now).unwrap();
        assert!(Verifier::new(&keys).verify(&token, &mut scratch).is_ok());
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
        let mut remote = RemoteKeySet::new(allowed(), DEFAULT, Jitter::NONE).unwrap().allow_uses(uses);
        let permit = remote.fetch_due(at(0)).unwrap();
        let outcome = permit.receive(Ok(HttpResponse::new(200, text.as_bytes())));
        let outcome = remote.complete(outcome, at(0));
        assert_eq!(outcome.map_err(|error| variant(&error)), expected, "{uses:?}");
    }
}
