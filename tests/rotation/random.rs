//! Random schedules, and what holds in all of them.

use jose_core::{HttpResponse, Refetch, RotationPolicy, UnixTime};

use super::support::Dice;
use super::{START, World, document};

const COOLDOWN: u32 = 30;
const TIMEOUT: i64 = 40;

/// What the schedules are measured with: the sum of all steps of the clock that led forward. No other
/// measure of time is one that the set could know, too.
struct Watch {
    now: i64,
    forward: i64,
}

impl Watch {
    fn step(&mut self, seconds: i64) {
        self.now += seconds;
        self.forward += seconds.max(0);
    }
}

/// A policy that is anything but usual. The cooldown is the same in all of them.
fn policy(dice: &mut Dice) -> RotationPolicy {
    let mut seconds = |below| u32::try_from(dice.below(below)).unwrap();
    RotationPolicy::new()
        .cooldown(COOLDOWN)
        .lifetime(seconds(100), seconds(1000))
        .default_lifetime(seconds(1000))
        .early_refresh(seconds(100))
        .max_stale(seconds(2000))
        .max_backoff(seconds(500))
        .grace(seconds(3) * 60)
        .fetch_timeout(TIMEOUT.try_into().unwrap())
}

fn step(dice: &mut Dice, backwards: bool) -> i64 {
    let back = if backwards { dice.below(40) } else { 40 };
    let seconds = match (back, dice.below(20)) {
        (0, _) => -1,
        (1, _) => -45,
        (2, _) => -3600,
        (3, _) => -31_536_000,
        (_, 0..9) => 0,
        (_, 9..16) => 1,
        (_, 16..18) => 7,
        (_, 18) => 45,
        _ => 400,
    };
    i64::from(seconds)
}

/// A response of any kind, and whether it brings a set. The good sets all have the kid `good`.
fn answer(dice: &mut Dice, sets: &[String]) -> (u16, String, bool) {
    match dice.below(8) {
        0 => (503, String::new(), false),
        1 => (200, "{\"keys\":[]}".into(), false),
        2 => (200, sets[0][1..].into(), false),
        3 => (404, sets[0].clone(), false),
        4 => (200, "{\"keys\":[{\"kty\":\"RSA\"}, null]}".into(), false),
        _ => (200, sets[dice.below(sets.len())].clone(), true),
    }
}

fn fields(dice: &mut Dice) -> Vec<(&'static str, &'static str)> {
    let some = [
        ("Cache-Control", "max-age=300"),
        ("Cache-Control", "no-store"),
        ("Cache-Control", "max-age=,,\"\\"),
        ("Age", "20"),
        ("Age", "-,"),
        ("ETag", "\"e\""),
        ("Retry-After", "120"),
        ("Retry-After", "99999999999"),
    ];
    (0..dice.below(4)).map(|_| some[dice.below(some.len())]).collect()
}

fn schedule(seed: u64, backwards: bool) -> (u32, u32) {
    let mut dice = Dice::new(seed);
    let mut world = World::new(policy(&mut dice));
    let sets = [document(&["good"]), document(&["good", "b"]), document(&["c", "good"])];
    let mut watch = Watch { now: START, forward: 0 };
    // The number of permits, when the last was given, and whether it is out.
    let (mut permits, mut given, mut out) = (0_u32, None::<i64>, false);
    let (mut fetched, mut verified) = (false, 0);

    for _ in 0..400 {
        watch.step(step(&mut dice, backwards));
        world.now = UnixTime::from_seconds(watch.now);
        let told = format!("seed {seed}, {permits} permits, {} s: {}", watch.forward, world.status());
        assert!(!told.contains('\n'), "{told}");

        let before = world.remote.status(world.now);
        let permit = match dice.below(4) {
            0 => {
                let announced = world.remote.is_fetch_due(world.now);
                let permit = world.remote.fetch_due(world.now);
                // A clock that was set back may be announced as well, and nothing else is.
                assert!(announced || permit.is_none(), "{told}");
                assert!(backwards || announced == permit.is_some(), "{told}");
                assert_eq!(permit.is_some(), before.due_in == 0, "{told}");
                permit
            }
            1 | 2 => {
                let token = super::token(&format!("made-up-{}", dice.below(100)));
                let refusal = world.remote.keys(world.now).ok().and_then(|keys| {
                    jose_core::Verifier::new(&keys, super::allowed()).verify(&token, &mut Vec::new()).err()
                });
                let next = refusal.map(|refusal| world.remote.refused(&token, &refusal, world.now));
                match next {
                    Some(Refetch::Now(permit)) => Some(permit),
                    Some(Refetch::Later { seconds }) => {
                        assert!(seconds > 0, "{told}");
                        None
                    }
                    Some(Refetch::InFlight) => {
                        assert!(out, "{told}");
                        None
                    }
                    Some(Refetch::InVain) | None => None,
                    Some(other) => panic!("{other:?}: {told}"),
                }
            }
            _ => None,
        };
        if let Some(permit) = permit {
            if let Some(given) = given {
                let since = watch.forward - given;
                // At least a cooldown from one to the next, and one at a time.
                assert!(since >= i64::from(COOLDOWN), "{since} s after the last: {told}");
                assert!(!out || since >= TIMEOUT, "two permits: {told}");
            }
            permits += 1;
            (given, out) = (Some(watch.forward), true);
            world.permit = Some(permit);
        }

        // A fetch takes its time, or is lost.
        if world.permit.is_some() && dice.below(3) == 0 {
            let permit = world.permit.take().unwrap();
            if dice.below(8) > 0 {
                let keys = keys_of(&world);
                let fields = fields(&mut dice);
                let (status, body, good) = answer(&mut dice, &sets);
                let response =
                    fields.iter().fold(HttpResponse::new(status, &body), |response, (name, value)| {
                        response.field(name, *value)
                    });
                let jitter = u32::try_from(dice.below(1 << 31)).unwrap();
                let outcome = world.remote.complete(permit, Ok(response), world.now, jitter);
                out = false;
                assert_eq!(outcome.is_ok(), good, "{outcome:?}: {told}");
                if !good {
                    // A good set is never lost to a failure.
                    assert_eq!(keys_of(&world), keys, "{told}");
                }
                fetched |= good;
            }
        }

        // Keys are there as long as they are not too stale, and what is there verifies.
        let status = world.remote.status(world.now);
        let usable = status.keys.is_some_and(|keys| !keys.too_stale);
        assert_eq!(world.verify("good").is_ok(), usable, "{told}");
        verified += u32::from(usable);
        assert_eq!(status.keys.is_some(), fetched, "{told}");
        assert!(status.unknown_kids <= 32, "{told}");
    }
    let most = watch.forward / i64::from(COOLDOWN) + 1;
    assert!(i64::from(permits) <= most, "seed {seed}: {permits} permits in {} s", watch.forward);
    (permits, verified)
}

/// The kids of the latest set, and how many keys it has. The kids cannot be seen while it is too stale.
fn keys_of(world: &World) -> (Option<Vec<String>>, Option<usize>) {
    let kids = world
        .remote
        .keys(world.now)
        .ok()
        .map(|keys| keys.latest().verdicts().map(|verdict| verdict.kid.unwrap().to_owned()).collect());
    (kids, world.remote.status(world.now).keys.map(|keys| keys.bound))
}

#[test]
fn invariants_of_random_schedules() {
    let runs = if super::algorithms()[0].is_asymmetric() { 20 } else { 400 };
    let (mut permits, mut verified) = (0, 0);
    for seed in 1..=runs {
        let (some, more) = schedule(seed, seed % 2 == 0);
        permits += some;
        verified += more;
    }
    // The schedules are no idle ones.
    let runs = u32::try_from(runs).unwrap();
    assert!(permits > 20 * runs, "{permits} permits");
    assert!(verified > 100 * runs, "{verified} verifications");
}

/// Any bytes may be in a field. They are read in time linear in their length, and without a panic.
#[test]
fn fields_of_any_bytes() {
    let mut dice = Dice::new(7);
    let pieces: [&[u8]; 12] = [
        b"max-age",
        b"=",
        b"\"",
        b"\\",
        b",",
        b" ",
        b"9",
        b"no-store",
        b"s-maxage",
        b"\xff",
        b"\t",
        b"max-age=60",
    ];
    for _ in 0..20_000 {
        let mut value = Vec::new();
        for _ in 0..dice.below(12) {
            value.extend_from_slice(pieces[dice.below(pieces.len())]);
        }
        let octets = dice.below(40);
        let octets = dice.octets(octets);
        for name in ["Cache-Control", "Age", "ETag", "Retry-After", ""] {
            let _ = HttpResponse::new(200, "").field(name, &value).field(name, &octets);
        }
    }
    // A megabyte of each, which would take hours in quadratic time.
    for piece in pieces {
        let long = piece.repeat((1 << 20) / piece.len());
        for name in ["Cache-Control", "Age", "ETag", "Retry-After"] {
            let _ = HttpResponse::new(200, "").field(name, &long);
        }
    }
}
