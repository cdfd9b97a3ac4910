//! What the header fields of a response say, each by RFC 9111, and what a policy makes of it.

use core::time::Duration;

use jose_core::rotation::{HttpResponse, Jitter, NoResponse, RemoteKeySet, RotationPolicy};

use super::scripts::{DEFAULT, FIVE_MINUTES};
use super::{World, allowed, at, document, seconds};

/// Fields, and the lifetime that they give, in seconds.
#[test]
fn lifetimes_come_from_the_response_within_bounds() {
    let cache = |value: &'static str| vec![("Cache-Control", value)];
    let date = ("Date", "Wed, 21 Oct 2015 07:28:00 GMT");
    let in_ten_minutes = ("Expires", "Wed, 21 Oct 2015 07:38:00 GMT");
    let table = [
        (vec![], 300),
        (cache("max-age=900"), 900),
        // §5.2.2.10: `s-maxage` is for shared caches.
        (cache("public, s-maxage=5, max-age=\"900\", immutable"), 900),
        (cache("s-maxage=900"), 300),
        (vec![("cache-control", "public"), ("CACHE-CONTROL", "max-age=900"), ("Age", "100")], 800),
        // §5.1: the first member, and a value that is no number is ignored.
        (vec![("Cache-Control", "max-age=900"), ("Age", "100, 5"), ("Age", "7")], 800),
        (vec![("Cache-Control", "max-age=900"), ("Age", "-5")], 900),
        (vec![("Age", "100")], 300),
        (cache("max-age=86400"), 3600),
        (cache("max-age=99999999999999999999999999999"), 3600),
        (cache("max-age=1"), 60),
        (vec![("Cache-Control", "max-age=900"), ("Age", "1000")], 60),
        (cache("no-store"), 60),
        (cache("no-cache, max-age=900"), 60),
        // §4.2.1: what is malformed is stale.
        (cache("max-age=soon"), 60),
        (cache("\u{1}\u{ff}=,;;\"\\"), 60),
        (cache("max-age=900, ext=a\"b, no-store"), 60),
        // §4.2.1, §5.3: `Expires` less `Date`, unless there is a `max-age`.
        (vec![date, in_ten_minutes], 600),
        (vec![in_ten_minutes, date, ("Age", "100")], 500),
        (vec![date, in_ten_minutes, ("Cache-Control", "max-age=900")], 900),
        (vec![date, in_ten_minutes, ("Cache-Control", "no-cache")], 60),
        (vec![date, in_ten_minutes, ("Cache-Control", "public")], 600),
        (vec![date, ("Expires", "Wednesday, 21-Oct-15 07:38:00 GMT")], 600),
        (vec![date, ("Expires", "Wed Oct 21 07:38:00 2015")], 600),
        (vec![date, ("Expires", date.1)], 60),
        (vec![date, ("Expires", "Thu, 01 Jan 1970 00:00:00 GMT")], 60),
        (vec![date, ("Expires", "0")], 60),
        (vec![date, ("Expires", "Fri, 21 Oct 2125 07:38:00 GMT")], 3600),
        // The first of two.
        (vec![date, in_ten_minutes, ("Expires", "0")], 600),
        // Nothing to count from.
        (vec![in_ten_minutes], 60),
        (vec![("Date", "today"), in_ten_minutes], 60),
    ];
    for (fields, lifetime) in table {
        let mut world = World::new(DEFAULT);
        assert_eq!(world.due(), "permit");
        assert_eq!(world.answer(200, &document(&["a"]), &fields), "Replaced");
        let keys = world.remote.status(world.now).keys.unwrap();
        assert_eq!(keys.fresh_for, seconds(lifetime), "{fields:?}");
        // Thirty seconds early, and never more often than the lower bound says.
        assert_eq!(world.due_in(), (lifetime - 30).max(60), "{fields:?}");
    }
    // The time that the response was on its way is part of its age.
    let mut world = World::new(DEFAULT);
    assert_eq!(world.due(), "permit");
    assert_eq!(world.at(20).answer(200, &document(&["a"]), FIVE_MINUTES), "Replaced");
    assert_eq!(world.remote.status(world.now).keys.unwrap().fresh_for, seconds(280));
}

/// A 304 brings the fields that changed, `Expires` among them (RFC 9111 §3.2, §4.3.4).
#[test]
fn expires_of_a_confirmation() {
    let date = ("Date", "Wed, 21 Oct 2015 07:28:00 GMT");
    let mut world = World::new(DEFAULT);
    assert_eq!(world.due(), "permit");
    let fields = [("ETag", "\"1\""), date, ("Expires", "Wed, 21 Oct 2015 07:38:00 GMT")];
    assert_eq!(world.answer(200, &document(&["a"]), &fields), "Replaced");
    assert_eq!(world.at(570).due(), "permit \"1\"");
    let later = [date, ("Expires", "Wed, 21 Oct 2015 07:43:00 GMT")];
    assert_eq!(world.answer(304, "", &later), "Unchanged");
    assert_eq!(world.due_in(), 870);
    assert_eq!(world.at(570 + 870).due(), "permit \"1\"");
    assert_eq!(world.answer(304, "", &[]), "Unchanged");
    assert_eq!(world.due_in(), 870);
}

#[test]
fn a_policy_keeps_to_its_bounds() {
    let due_in = |policy| World::with_keys(policy, &["a"]).due_in();
    assert_eq!(DEFAULT, RotationPolicy::default());
    assert_eq!(due_in(DEFAULT), 270);
    assert_eq!(due_in(DEFAULT.default_lifetime(seconds(3600))), 3570);
    assert_eq!(due_in(DEFAULT.early_refresh(seconds(0))), 300);
    assert_eq!(due_in(DEFAULT.early_refresh(seconds(86_400))), 150);
    // What is not set moves into the bounds of what is.
    assert_eq!(due_in(DEFAULT.lifetime(seconds(1000), seconds(2000))), 1000);
    assert_eq!(due_in(DEFAULT.lifetime(seconds(1), seconds(10))), 30);
    assert_eq!(due_in(DEFAULT.lifetime(seconds(1), seconds(10)).cooldown(seconds(1))), 5);

    let month = 30 * 86_400;
    let out = |policy: RotationPolicy| RemoteKeySet::new(allowed(), policy, Jitter::NONE).unwrap_err();
    for (policy, setting, found, min, max) in [
        (DEFAULT.cooldown(Duration::from_millis(999)), "cooldown", 0, 1, 3600),
        (DEFAULT.cooldown(seconds(3601)), "cooldown", 3601, 1, 3600),
        (DEFAULT.lifetime(seconds(0), seconds(60)), "lifetime min", 0, 1, month),
        (DEFAULT.lifetime(seconds(60), seconds(59)), "lifetime max", 59, 60, month),
        (DEFAULT.lifetime(seconds(60), seconds(month + 1)), "lifetime max", month + 1, 60, month),
        (DEFAULT.default_lifetime(seconds(59)), "default_lifetime", 59, 60, 3600),
        (DEFAULT.early_refresh(seconds(month + 1)), "early_refresh", month + 1, 0, month),
        (DEFAULT.max_stale(Duration::MAX), "max_stale", u64::MAX, 0, month),
        (DEFAULT.max_backoff(seconds(29)), "max_backoff", 29, 30, 86_400),
        (DEFAULT.bad_signature_pause(seconds(1)), "bad_signature_pause", 1, 30, 86_400),
        (DEFAULT.grace(seconds(86_401)), "grace", 86_401, 0, 86_400),
        (DEFAULT.fetch_timeout(seconds(0)), "fetch_timeout", 0, 1, 3600),
    ] {
        let error = out(policy);
        assert_eq!(
            (error.setting, error.found.as_secs(), error.min, error.max),
            (setting, found, seconds(min), seconds(max))
        );
    }
    assert_eq!(
        out(DEFAULT.max_backoff(seconds(29))).to_string(),
        "rotation policy: expected max_backoff between 30s and 86400s, found 29s"
    );
}

/// Jitter makes the early refresh up to half of its thirty seconds later, and a backoff up to half shorter.
#[test]
fn jitter_spreads_within_bounds() {
    let set = document(&["a"]);
    let (mut dues, mut pauses) = (Vec::new(), Vec::new());
    for seed in 0..200 {
        let mut remote = RemoteKeySet::new(allowed(), DEFAULT, Jitter::from_seed(seed)).unwrap();
        let permit = remote.fetch_due(at(0)).unwrap();
        remote.complete(permit.receive(Ok(HttpResponse::new(200, &set))), at(0)).unwrap();
        let due = remote.status(at(0)).due_in;
        assert!(seconds(270) <= due && due < seconds(285), "{due:?}");
        dues.push(due);
        let permit = remote.fetch_due(at(300)).unwrap();
        remote.complete(permit.receive(Err(NoResponse::default())), at(300)).unwrap_err();
        let pause = remote.status(at(300)).due_in;
        assert!(seconds(30) <= pause && pause <= seconds(60), "{pause:?}");
        pauses.push(pause);
    }
    for mut times in [dues, pauses] {
        times.sort();
        times.dedup();
        assert!(times.len() > 150, "{} different times", times.len());
    }
    // No jitter, no spread.
    assert_eq!(World::with_keys(DEFAULT, &["a"]).due_in(), 270);
}
