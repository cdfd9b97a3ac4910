//! Random schedules, and what holds in all of them.
//!
//! The oracle is written from the documentation's words. Its time is the count of the steps that it made, and
//! its record of fetches is the list of the steps at which it was given a permit; of the set it asks nothing
//! that the set computes, but for what is compared.

use core::time::Duration;

use jose_core::Verifier;
use jose_core::rotation::{HttpResponse, MonotonicTime, Refetch, RotationPolicy};

use super::scripts::DEFAULT;
use super::support::{Dice, algorithms, signer, usual};
use super::{World, document};

const COOLDOWN: u64 = 30;
const TIMEOUT: u64 = 40;
const SIGNATURE_PAUSE: u64 = 90;

/// A policy that is anything but usual. The cooldown is the same in all of them.
fn policy(dice: &mut Dice) -> RotationPolicy {
    let mut seconds = |min: u64, below| Duration::from_secs(min + u64::try_from(dice.below(below)).unwrap());
    let (min, more) = (seconds(1, 100), seconds(0, 1000));
    RotationPolicy::new()
        .cooldown(Duration::from_secs(COOLDOWN))
        .lifetime(min, min + more)
        .default_lifetime(min + more / 2)
        .early_refresh(seconds(0, 100))
        .max_stale(seconds(0, 2000))
        .max_backoff(seconds(COOLDOWN, 500))
        .bad_signature_pause(Duration::from_secs(SIGNATURE_PAUSE))
        .grace(seconds(0, 180))
        .fetch_timeout(Duration::from_secs(TIMEOUT))
}

/// A response of any kind, and whether it brings a set. The good sets all have the kid `good`.
fn answer(dice: &mut Dice, sets: &[String]) -> (u16, String, bool) {
    match dice.below(8) {
        0 => (503, String::new(), false),
        1 => (500, "{\"keys\":[]}".into(), false),
        2 => (200, sets[0][1..].into(), false),
        3 => (404, sets[0].clone(), false),
        4 => (200, "[]".into(), false),
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
        ("Expires", "Wed, 21 Oct 2015 07:38:00 GMT"),
        ("Date", "Wed, 21 Oct 2015 07:28:00 GMT"),
        ("ETag", "\"e\""),
        ("Retry-After", "120"),
        ("Retry-After", "99999999999"),
    ];
    (0..dice.below(4)).map(|_| some[dice.below(some.len())]).collect()
}

/// What is known of the fetches from outside.
#[derive(Default)]
struct Ledger {
    /// When each permit was given, and whether there had been keys then.
    permits: Vec<(u64, bool)>,
    /// When one was given to a bad signature.
    to_signatures: Vec<u64>,
    out: bool,
}

impl Ledger {
    /// Holds a permit to the promises, whatever it was given for.
    fn note(&mut self, elapsed: u64, had_keys: bool, told: &str) {
        if let Some((before, had_keys_before)) = self.permits.last().copied() {
            let since = elapsed - before;
            // A cooldown apart. Before there was ever a key, a second at least, and one at a time.
            assert!(since >= if had_keys_before { COOLDOWN } else { 1 }, "{since} s after the last: {told}");
            assert!(!self.out || since >= TIMEOUT, "two permits: {told}");
        }
        self.permits.push((elapsed, had_keys));
        self.out = true;
    }
}

/// One schedule; `disorder` hands in times that were overtaken, by up to an hour. Returns the number of
/// permits and of verifications.
fn schedule(seed: u64, disorder: bool) -> (usize, u32) {
    let mut dice = Dice::new(seed);
    let mut world = World::new(policy(&mut dice));
    let sets = [document(&["good"]), document(&["good", "b"]), document(&["c", "good"])];
    let other = match usual(algorithms()[0]) {
        "hmac-32" => "hmac-64",
        "p256" => "p256-b",
        _ => "rsa-2048-b",
    };
    let forged = signer(other).token(format!(r#"{{"alg":"{}","kid":"good"}}"#, algorithms()[0]), "{}");
    // The sum of the steps is the time; the origin is ten days earlier.
    let origin = 864_000;
    let mut elapsed = 0_u64;
    let mut ledger = Ledger::default();
    let (mut fetched, mut verified) = (false, 0);

    for _ in 0..400 {
        elapsed += [0, 0, 0, 0, 0, 1, 1, 1, 7, 45, 400][dice.below(11)];
        world.now = MonotonicTime::since_origin(Duration::from_secs(origin + elapsed));
        let told = format!("seed {seed}, {} permits, {elapsed} s: {}", ledger.permits.len(), world.status());
        assert!(!told.contains('\n'), "{told}");
        if disorder {
            // Whoever read an earlier time comes now. It must not be more than what the latest time gives.
            let late = MonotonicTime::since_origin(Duration::from_secs(
                origin + elapsed - u64::try_from(dice.below(3600)).unwrap(),
            ));
            let _ = world.remote.fetch_due(world.now).map(|permit| {
                ledger.note(elapsed, fetched, &told);
                world.permit = Some(permit);
            });
            assert!(world.remote.fetch_due(late).is_none(), "{told}");
        }

        let permit = match dice.below(5) {
            0 => {
                let announced = world.remote.is_fetch_due(world.now);
                let due_in = world.remote.status(world.now).due_in;
                let permit = world.remote.fetch_due(world.now);
                assert_eq!(announced, permit.is_some(), "{told}");
                assert_eq!(permit.is_some(), due_in.is_zero(), "{told}");
                permit
            }
            1 => match world.remote.request_fetch(world.now) {
                Refetch::Now(permit) => Some(permit),
                Refetch::InFlight => {
                    assert!(ledger.out, "{told}");
                    None
                }
                Refetch::Later { wait } => {
                    assert!(!wait.is_zero(), "{told}");
                    None
                }
                other => panic!("{other:?}: {told}"),
            },
            what @ (2 | 3) => {
                let made_up = super::token(&format!("made-up-{}", dice.below(100)));
                let token = if what == 2 { &made_up } else { &forged };
                let need = world.remote.keys(world.now).ok().map(|keys| {
                    let outcome = Verifier::new(&keys).verify(token, &mut Vec::new()).map(drop);
                    keys.need(token, &outcome.unwrap_err()).unwrap()
                });
                match need.map(|need| world.remote.refetch(need, world.now)) {
                    Some(Refetch::Now(permit)) => {
                        if what == 3 {
                            let before = ledger.to_signatures.last();
                            assert!(
                                before.is_none_or(|before| elapsed - before >= SIGNATURE_PAUSE),
                                "a bad signature, last {before:?}: {told}"
                            );
                            ledger.to_signatures.push(elapsed);
                        }
                        Some(permit)
                    }
                    Some(Refetch::Later { wait }) => {
                        assert!(!wait.is_zero(), "{told}");
                        None
                    }
                    Some(Refetch::InFlight) => {
                        assert!(ledger.out, "{told}");
                        None
                    }
                    Some(Refetch::AlreadyFetched) | None => None,
                    Some(other) => panic!("{other:?}: {told}"),
                }
            }
            _ => None,
        };
        if let Some(permit) = permit {
            ledger.note(elapsed, fetched, &told);
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
                        response.header(name, value)
                    });
                let outcome = world.remote.complete(permit.receive(Ok(response)), world.now);
                ledger.out = false;
                assert_eq!(outcome.is_ok(), good, "{outcome:?}: {told}");
                if good {
                    // The first keys: from here on fetches are a cooldown apart.
                    if let Some(last) = ledger.permits.last_mut() {
                        last.1 = true;
                    }
                } else {
                    // A good set is never lost to a failure.
                    assert_eq!(keys_of(&world), keys, "{told}");
                }
                fetched |= good;
            }
        }

        // Keys are there as long as they are not too stale, and what is there verifies.
        let status = world.remote.status(world.now);
        let usable = status.keys.is_some_and(|keys| keys.usable);
        assert_eq!(world.verifies("good"), usable, "{told}");
        verified += u32::from(usable);
        assert_eq!(status.keys.is_some(), fetched, "{told}");
        assert!(status.needs <= 32, "{told}");
    }
    // Of all permits, those before the first keys are few: pauses of 1, 2, 4, 8, 16 s and then the cooldown.
    let max = elapsed / COOLDOWN + 1 + 5;
    assert!(
        u64::try_from(ledger.permits.len()).unwrap() <= max,
        "seed {seed}: {} permits",
        ledger.permits.len()
    );
    (ledger.permits.len(), verified)
}

/// The kids of the latest set, and how many keys it has. The kids cannot be seen while it is too stale.
fn keys_of(world: &World) -> (Option<Vec<String>>, Option<usize>) {
    let kids = world.remote.keys(world.now).ok().map(|keys| {
        keys.latest().unwrap().verdicts().map(|verdict| verdict.kid.unwrap().to_owned()).collect()
    });
    (kids, world.remote.status(world.now).keys.map(|keys| keys.bound))
}

#[test]
fn invariants_of_random_schedules() {
    let runs = if algorithms()[0].is_asymmetric() { 20 } else { 400 };
    let (mut permits, mut verified) = (0, 0);
    for seed in 1..=runs {
        let (some, more) = schedule(seed, seed % 2 == 0);
        permits += some;
        verified += more;
    }
    // The schedules are no idle ones.
    let runs = u32::try_from(runs).unwrap();
    assert!(permits > 20 * usize::try_from(runs).unwrap(), "{permits} permits");
    assert!(verified > 100 * runs, "{verified} verifications");
}

/// Any bytes may be in a field. They are read in time linear in their length, and whatever they say, the next
/// fetch is due within the bounds of the policy: one to sixty minutes after a set, thirty seconds to fifteen
/// minutes after a failure.
#[test]
fn fields_of_any_bytes() {
    const NAMES: [&str; 7] = ["Cache-Control", "Age", "ETag", "Retry-After", "Expires", "Date", ""];
    let mut dice = Dice::new(7);
    let pieces: [&[u8]; 14] = [
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
        b"max-age=86400",
        b"Wed, 21 Oct 2015 ",
        b"07:28:00 GMT",
    ];
    let (mut shortest, mut longest) = (u64::MAX, 0);
    for round in 0..3_000 {
        let mut value = Vec::new();
        for _ in 0..dice.below(12) {
            value.extend_from_slice(pieces[dice.below(pieces.len())]);
        }
        // In every other round nothing else, so that some of what the pieces say counts.
        let octets = dice.below(40) * (round % 2);
        let octets = dice.octets(octets);
        let (set, name) = (document(&["b"]), NAMES[dice.below(NAMES.len())]);
        for (status, told, bounds) in [(200, "Replaced", 60..=3600), (503, "Status 503", 30..=900)] {
            let mut world = World::with_keys(DEFAULT, &["a"]);
            assert_eq!(world.at(4000).due(), "permit");
            let permit = world.permit.take().unwrap();
            let response = HttpResponse::new(status, &set).header(name, &value);
            let response = if round % 2 == 0 { response } else { response.header(name, &octets) };
            assert_eq!(world.complete(permit, Ok(response)), told);
            let due_in = world.due_in();
            assert!(
                bounds.contains(&due_in),
                "{due_in}: {name}: {} {}",
                value.escape_ascii(),
                octets.escape_ascii()
            );
            shortest = shortest.min(due_in);
            longest = longest.max(due_in);
        }
    }
    // The fields counted.
    assert!(shortest <= 60 && longest > 300, "{shortest} to {longest}");
    // A megabyte of each, which would take hours in quadratic time.
    for piece in pieces {
        let long = piece.repeat((1 << 20) / piece.len());
        for name in NAMES {
            let _ = HttpResponse::new(200, "").header(name, &long);
        }
    }
}
