//! A remote set does what its documentation says, whatever happens in whatever order: fetches are at least a
//! cooldown apart and one at a time; a failed one changes no key; exactly the keys of the latest set and
//! those in grace verify, as long as they are not too stale.
//!
//! Input: eight octets for the policy (see `World::new`), one whose lowest bit lets the clock be set back;
//! then events, each an octet whose low three bits say what happens (see `World::event`), the others to what.

#![no_main]

use std::sync::LazyLock;

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_core::{
    Algorithm, Error, FetchError, FetchPermit, HttpResponse, KeysUnavailable, Refetch, Refreshed,
    RemoteKeySet, RotationPolicy, SelectError, UnixTime, Unreachable, Verifier,
};
use jose_core_fuzz::input::Input;
use jose_core_fuzz::text::token;
use libfuzzer_sys::fuzz_target;

const KIDS: [&str; 4] = ["a", "b", "c", "d"];

/// The secret of a kid, before and after the issuer replaced it.
fn secret(kid: usize, version: usize) -> String {
    format!("the secret {version} of {}, which everyone may know", KIDS[kid])
}

/// A token of each secret.
static TOKENS: LazyLock<[[String; 2]; 4]> = LazyLock::new(|| {
    core::array::from_fn(|kid| {
        let header = format!(r#"{{"alg":"HS256","kid":"{}"}}"#, KIDS[kid]);
        core::array::from_fn(|version| token(secret(kid, version).as_bytes(), header.as_bytes(), b"{}"))
    })
});

/// What a set has for a kid.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Member {
    Absent,
    /// A key of this version.
    Key(usize),
    /// A key that is set aside.
    Bad,
}

/// A set: two bits of an octet for each kid.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Set(u8);

impl Set {
    fn member(self, kid: usize) -> Member {
        match self.0 >> (2 * kid) & 3 {
            0 => Member::Absent,
            3 => Member::Bad,
            version => Member::Key(usize::from(version) - 1),
        }
    }

    fn has(self, wanted: fn(Member) -> bool) -> usize {
        (0..KIDS.len()).filter(|kid| wanted(self.member(*kid))).count()
    }

    fn bound(self) -> usize {
        self.has(|member| matches!(member, Member::Key(_)))
    }

    fn document(self) -> String {
        let members = (0..KIDS.len()).filter_map(|kid| {
            let k = match self.member(kid) {
                Member::Absent => return None,
                Member::Key(version) => Base64UrlUnpadded::encode_string(secret(kid, version).as_bytes()),
                Member::Bad => "AA".into(),
            };
            Some(format!(r#"{{"kty":"oct","kid":"{}","k":"{k}"}}"#, KIDS[kid]))
        });
        format!(r#"{{"keys":[{}]}}"#, members.collect::<Vec<_>>().join(","))
    }
}

/// Values of `Cache-Control`, and the lifetime that each declares.
const CACHE_CONTROL: [(&str, Option<u32>); 8] = [
    ("", None),
    ("max-age=300", Some(300)),
    ("public, max-age=\"60\"", Some(60)),
    ("no-store, max-age=300", Some(0)),
    ("max-age=soon", Some(0)),
    ("max-age=99999999999", Some(u32::MAX)),
    ("s-maxage=5, x", None),
    ("max-age=0", Some(0)),
];

/// The set that is in use.
struct Latest {
    set: Set,
    declared: Option<u32>,
    has_etag: bool,
    fresh_until: i64,
    confirmed_at: i64,
}

/// A permit that was given.
struct Given {
    permit: FetchPermit,
    at: i64,
}

/// The policy's values, as the set under test bounds them.
struct Limits {
    cooldown: i64,
    lifetime: [i64; 2],
    default_lifetime: i64,
    max_stale: i64,
    max_backoff: i64,
    grace: i64,
    timeout: i64,
}

/// The set under test, and what is known about it from outside.
struct World {
    remote: RemoteKeySet,
    limits: Limits,
    /// Whether the clock may be set back. Time is then measured by the steps that lead forward, and the
    /// set may know of less.
    backwards: bool,
    now: i64,
    forward: i64,
    latest: Option<Latest>,
    /// Replaced sets and the ends of their grace, the newest first.
    withdrawn: Vec<(Set, i64)>,
    permits: i64,
    /// When the latest permit was given.
    given_at: Option<i64>,
    /// The permits that were not handed in, the latest last; and whether that one still counts.
    out: Vec<Given>,
    in_flight: bool,
    failures: u32,
}

impl World {
    /// The octets: the cooldown less one; the least lifetime by 4; the greatest by 16; the default by 8; the
    /// early refresh; the greatest staleness by 8; the longest backoff by 8; the grace in the high and the
    /// timeout in the low four bits, by 16 and 8; the clock.
    fn new(input: &mut Input<'_>) -> Self {
        let [cooldown, least, most, default, early, stale, backoff, rest, clock] =
            input.array().map(u32::from);
        let (cooldown, least, most, default) = (cooldown + 1, least * 4, most * 16, default * 8);
        let (stale, backoff, grace, timeout) = (stale * 8, backoff * 8, (rest >> 4) * 16, (rest & 15) * 8);
        let policy = RotationPolicy::new()
            .cooldown(cooldown)
            .lifetime(least, most)
            .default_lifetime(default)
            .early_refresh(early)
            .max_stale(stale)
            .max_backoff(backoff)
            .grace(grace)
            .fetch_timeout(timeout);
        let least = least.max(1);
        let limits = Limits {
            cooldown: cooldown.into(),
            lifetime: [least, most.max(least)].map(i64::from),
            default_lifetime: default.into(),
            max_stale: stale.into(),
            max_backoff: backoff.max(cooldown).into(),
            grace: grace.into(),
            timeout: timeout.max(cooldown).into(),
        };
        Self {
            remote: RemoteKeySet::new(Algorithm::Hs256.into(), policy),
            limits,
            backwards: clock & 1 == 1,
            now: 1_700_000_000,
            forward: 0,
            latest: None,
            withdrawn: Vec::new(),
            permits: 0,
            given_at: None,
            out: Vec::new(),
            in_flight: false,
            failures: 0,
        }
    }

    fn time(&self) -> UnixTime {
        UnixTime::from_seconds(self.now)
    }

    fn step(&mut self, seconds: i64) {
        self.now += seconds;
        self.forward += seconds.max(0);
    }

    /// The events: 0 and 1, time passes, by seconds or by minutes; 2, the clock is set back, if it may be, or
    /// a permit is lost; 3, a fetch may be due; 4, a token of a kid that was never published; 5, a token of a
    /// published one; 6, a fetch fails, 7, succeeds. The last two take an octet for the fields, 7 another for
    /// the set.
    fn event(&mut self, octet: u8, input: &mut Input<'_>) {
        let what = octet >> 3;
        match octet & 7 {
            0 => self.step(what.into()),
            1 => self.step(i64::from(what) * 60),
            2 if self.backwards && what & 1 == 1 => {
                self.step([-1, -45, -3600, -31_536_000][usize::from(what / 2 % 4)])
            }
            2 => self.out.truncate(what.into()),
            3 => self.fetch_due(),
            4 => self.made_up(what),
            5 => self.published(usize::from(what & 3), usize::from(what >> 2 & 1)),
            _ => self.complete(octet & 7 == 7, usize::from(what), input),
        }
        self.check();
    }

    fn fetch_due(&mut self) {
        let announced = self.remote.is_fetch_due(self.time());
        let before = self.remote.status(self.time());
        let permit = self.remote.fetch_due(self.time());
        // A clock that was set back is announced as well.
        assert!(announced || permit.is_none());
        assert!(self.backwards || announced == permit.is_some());
        assert_eq!(permit.is_some(), before.due_in == 0);
        assert!(self.latest.is_some() || self.given_at.is_some() || permit.is_some());
        permit.into_iter().for_each(|permit| self.note(permit));
    }

    /// Takes a permit, if it may be given.
    fn note(&mut self, permit: FetchPermit) {
        if let Some(given_at) = self.given_at {
            let since = self.forward - given_at;
            assert!(since >= self.limits.cooldown, "{since} s after the last");
            assert!(!self.in_flight || since >= self.limits.timeout, "two at a time, {since} s apart");
        }
        // A set that may have fallen behind its deadlines has an older ETag at most.
        let has_etag = self.latest.as_ref().is_some_and(|latest| latest.has_etag);
        assert_eq!(permit.etag(), has_etag.then_some("\"e\""));
        self.permits += 1;
        assert!(self.permits <= self.forward / self.limits.cooldown + 1);
        self.given_at = Some(self.forward);
        self.in_flight = true;
        self.out.push(Given { permit, at: self.forward });
    }

    fn made_up(&mut self, number: u8) {
        let token = format!(
            "{}.e30.AA",
            Base64UrlUnpadded::encode_string(
                format!(r#"{{"alg":"HS256","kid":"made up {number}"}}"#).as_bytes()
            )
        );
        let unknown = Error::Select(SelectError::KidUnknown { keys: 1 });
        if let Ok(keys) = self.remote.keys(self.time()) {
            let refusal = Verifier::new(&keys, Algorithm::Hs256.into()).verify(&token, &mut Vec::new()).err();
            assert!(matches!(refusal, Some(Error::Select(SelectError::KidUnknown { .. }))), "{refusal:?}");
        }
        let never = self.latest.is_none();
        self.ask(&token, unknown, false);
        assert!(never == self.latest.is_none());
    }

    /// Verifies a token, and asks what to do if it is refused.
    fn published(&mut self, kid: usize, version: usize) {
        if let Err(Some(refusal)) = self.verify(kid, version) {
            let published =
                self.latest.as_ref().is_some_and(|latest| latest.set.member(kid) != Member::Absent);
            self.ask(&TOKENS[kid][version], refusal, published);
        }
    }

    fn ask(&mut self, token: &str, refusal: Error, published: bool) {
        let lapsed = self.given_at.is_none_or(|given_at| self.forward - given_at >= self.limits.timeout);
        match self.remote.refused(token, &refusal, self.time()) {
            Refetch::Useless => assert!(!matches!(refusal, Error::Select(SelectError::KidUnknown { .. }))),
            Refetch::VerifyAgain => assert!(published),
            Refetch::Now(permit) => self.note(permit),
            Refetch::InFlight => assert!(self.in_flight && (self.backwards || !lapsed)),
            Refetch::Later { seconds } => {
                assert!(
                    !self.in_flight && (1..=self.longest_pause()).contains(&i64::try_from(seconds).unwrap())
                );
            }
            Refetch::InVain => assert!(self.latest.is_some() && !published && !self.in_flight),
        }
    }

    /// The most that can lie between two permits when none is out.
    fn longest_pause(&self) -> i64 {
        if self.failures == 0 { self.limits.cooldown } else { self.limits.max_backoff }
    }

    /// Hands in a permit with a response.
    fn complete(&mut self, succeeds: bool, which: usize, input: &mut Input<'_>) {
        let fields = input.octet();
        let set = Set(if succeeds { input.octet() } else { fields });
        if self.out.is_empty() {
            return;
        }
        let Given { permit, at } = self.out.remove(which % self.out.len());
        // All but the last are lapsed; the last may have been lost.
        let counts = self.in_flight && self.given_at == Some(at);
        let (cache_control, declared) = CACHE_CONTROL[usize::from(fields & 7)];
        let age = i64::from(fields >> 3 & 3) * 20;
        let etag = fields & 32 != 0;
        let not_modified = permit.etag().is_some() && self.latest.is_some();
        let document = set.document();
        let mut response = match (succeeds, which / 4) {
            (true, _) => HttpResponse::new(200, &document),
            (false, 0) => HttpResponse::new(304, ""),
            (false, 1) => HttpResponse::new(503, &document),
            (false, 2) => HttpResponse::new(200, &document[1..]),
            (false, _) => HttpResponse::new(404, ""),
        };
        let age_text = age.to_string();
        response = response.field("Cache-Control", cache_control).field("Age", &age_text);
        if etag {
            response = response.field("ETag", "\"e\"");
        }
        if fields & 64 != 0 {
            response = response.field("Retry-After", "120");
        }
        let fetched = if !succeeds && which / 4 == 7 { Err(Unreachable) } else { Ok(response) };
        let found = self.remote.complete(permit, fetched, self.time(), fields.into());

        if !counts {
            return assert_eq!(found, Err(FetchError::PermitLapsed));
        }
        self.in_flight = false;
        let confirmed = !succeeds && which / 4 == 0 && not_modified;
        if !(confirmed || succeeds && set.bound() > 0) {
            assert!(matches!(found, Err(error) if error != FetchError::PermitLapsed), "{found:?}");
            self.failures += 1;
            let pause = i64::try_from(self.remote.status(self.time()).permitted_in).unwrap();
            assert!((self.limits.cooldown..=self.limits.max_backoff).contains(&pause), "{pause} s");
            return;
        }
        self.failures = 0;
        let same = confirmed || self.latest.as_ref().is_some_and(|latest| latest.set == set);
        assert_eq!(found, Ok(if same { Refreshed::Confirmed } else { Refreshed::Replaced }));
        let (declared, has_etag) = match &self.latest {
            // A 304 need not repeat what the fields said.
            Some(latest) if confirmed => (declared.or(latest.declared), etag || latest.has_etag),
            _ => (declared, etag),
        };
        if !same {
            self.withdraw(set);
        }
        let set = self.latest.as_ref().filter(|_| same).map_or(set, |latest| latest.set);
        let left = declared.map(|seconds| (i64::from(seconds) - age).max(0));
        let [least, most] = self.limits.lifetime;
        let lifetime = left.unwrap_or(self.limits.default_lifetime).clamp(least, most);
        let (fresh_until, confirmed_at) = (at + lifetime, self.forward);
        self.latest = Some(Latest { set, declared, has_etag, fresh_until, confirmed_at });
    }

    /// Keeps the set that another takes the place of, if one of its keys is gone and gets a grace.
    fn withdraw(&mut self, by: Set) {
        let Some(latest) = &self.latest else { return };
        let gone =
            |kid: usize| matches!(latest.set.member(kid), Member::Key(_)) && by.member(kid) == Member::Absent;
        // Where time stood still, what is too stale by the watch may not be.
        let usable = self.backwards || self.forward <= latest.fresh_until + self.limits.max_stale;
        if self.limits.grace > 0 && usable && (0..KIDS.len()).any(gone) {
            self.withdrawn.insert(0, (latest.set, self.forward + self.limits.grace));
        }
    }

    /// Whether a token holds, as far as that is known: the latest set decides about a kid that it has, and
    /// then the newest in grace that has it. More sets in grace than a few are cut short.
    fn expected(&self, kid: usize, version: usize) -> Option<bool> {
        let latest = self.latest.as_ref()?;
        let sets = self.withdrawn.iter().filter(|(_, until)| *until > self.forward).map(|(set, _)| *set);
        let mut sets = [latest.set].into_iter().chain(sets).enumerate();
        let decides = sets.find(|(_, set)| set.member(kid) != Member::Absent);
        let usable = self.forward <= latest.fresh_until + self.limits.max_stale;
        match decides {
            Some((place, set)) if place <= 1 || set.member(kid) != Member::Key(version) => {
                Some(usable && set.member(kid) == Member::Key(version))
            }
            Some(_) => None,
            None => Some(false),
        }
    }

    fn verify(&self, kid: usize, version: usize) -> Result<(), Option<Error>> {
        let keys = self.remote.keys(self.time()).map_err(|unavailable| {
            let never = matches!(unavailable, KeysUnavailable::NeverFetched { .. });
            assert_eq!(never, self.latest.is_none(), "{unavailable}");
            None
        })?;
        let verifier = Verifier::new(&keys, Algorithm::Hs256.into());
        verifier.verify(&TOKENS[kid][version], &mut Vec::new()).map(drop).map_err(Some)
    }

    /// What holds at all times.
    fn check(&self) {
        let status = self.remote.status(self.time());
        let shown = status.to_string();
        assert!(!shown.contains('\n') && shown.len() < 1000, "{shown}");
        assert_eq!(status.failures, self.failures, "{shown}");
        assert!(status.unknown_kids <= 32 && status.permitted_in <= status.due_in, "{shown}");
        assert_eq!(status.keys.is_some(), self.latest.is_some(), "{shown}");
        let Some((keys, latest)) = status.keys.zip(self.latest.as_ref()) else { return };
        let aside = latest.set.has(|member| member == Member::Bad);
        assert_eq!((keys.bound, keys.set_aside), (latest.set.bound(), aside), "{shown}");
        assert_eq!(self.remote.keys(self.time()).is_err(), keys.too_stale, "{shown}");
        if !self.backwards {
            let since = |from: i64, to: i64| u64::try_from((to - from).max(0)).unwrap();
            assert_eq!(keys.age, since(latest.confirmed_at, self.forward), "{shown}");
            assert_eq!(keys.fresh_for, since(self.forward, latest.fresh_until), "{shown}");
            assert_eq!(keys.stale_for, since(latest.fresh_until, self.forward), "{shown}");
            assert_eq!(keys.too_stale, self.forward > latest.fresh_until + self.limits.max_stale, "{shown}");
        }
        for kid in 0..KIDS.len() {
            for version in 0..2 {
                let holds = self.verify(kid, version).is_ok();
                if !self.backwards
                    && let Some(expected) = self.expected(kid, version)
                {
                    assert_eq!(holds, expected, "{kid}, {version}: {shown}");
                }
                // Time that stands still keeps a key in grace, but makes none.
                let known = |set: &Set| set.member(kid) == Member::Key(version);
                let published = known(&latest.set) || self.withdrawn.iter().any(|(set, _)| known(set));
                assert!(!holds || published, "{kid}, {version}: {shown}");
                assert!(holds || keys.too_stale || !known(&latest.set), "{kid}, {version}: {shown}");
            }
        }
    }
}

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let mut world = World::new(&mut input);
    for _ in 0..100 {
        let Some(_) = input.0.first() else { break };
        let octet = input.octet();
        world.event(octet, &mut input);
    }
});
