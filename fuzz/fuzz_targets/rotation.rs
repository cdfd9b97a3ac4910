//! A remote set does what its documentation says, whatever happens in whatever order: fetches are at least a
//! cooldown apart and one at a time, and those for bad signatures a pause of their own; a failed one changes no
//! key; exactly the keys of the latest set and those in grace verify, as long as they are not too stale and the
//! issuer has not withdrawn them; a permit of another set changes nothing.
//!
//! Input: nine octets for the policy (see `World::new`), then events, each an octet whose low three bits say what
//! happens (see `World::event`), the others to what. The model's time is the sum of the steps that it makes.

#![no_main]

use core::time::Duration;
use std::sync::LazyLock;

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_core::rotation::{
    FetchError, FetchPermit, HttpResponse, Jitter, KeysUnavailable, MonotonicTime, NoResponse, Refetch,
    Refreshed, RemoteKeySet, RotationPolicy, Withdrawal,
};
use jose_core::{
    Algorithm, Error, Verifier,
    error::{SelectError, SignatureError},
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
const CACHE_CONTROL: [(&str, Option<u64>); 8] = [
    ("", None),
    ("max-age=300", Some(300)),
    ("public, max-age=\"60\"", Some(60)),
    ("no-store, max-age=300", Some(0)),
    ("max-age=300, x=a\"b, no-store", Some(0)),
    ("max-age=99999999999", Some(u32::MAX as u64)),
    ("s-maxage=5, x", None),
    ("max-age=0", Some(0)),
];

/// The set that is in use.
struct Latest {
    set: Set,
    declared: Option<u64>,
    has_etag: bool,
    fresh_until: u64,
    /// When its staleness becomes too much, or its withdrawal took effect: not usable after this.
    usable_until: Option<u64>,
    confirmed_at: u64,
}

/// A permit that was given.
struct Given {
    permit: FetchPermit,
    at: u64,
}

/// The policy's values in seconds.
struct Rules {
    cooldown: u64,
    lifetime: [u64; 2],
    default_lifetime: u64,
    max_stale: u64,
    max_backoff: u64,
    signature_pause: u64,
    grace: u64,
    timeout: u64,
    withdrawal: Withdrawal,
}

/// The set under test, and what is known about it from outside.
struct World {
    remote: RemoteKeySet,
    rules: Rules,
    /// The seconds that have passed.
    elapsed: u64,
    latest: Option<Latest>,
    /// Replaced sets and the ends of their grace, the newest first.
    withdrawn: Vec<(Set, u64)>,
    permits: u64,
    /// How many of them came before the first keys.
    early_permits: u64,
    /// When the latest permit was given, whether there had been keys then, and when one was given to a bad
    /// signature.
    given_at: Option<(u64, bool)>,
    to_signature_at: Option<u64>,
    /// When the latest fetch that counted was completed.
    ended_at: u64,
    /// The permits that were not handed in, the latest last; and whether that one still counts.
    out: Vec<Given>,
    in_flight: bool,
    failures: u32,
}

fn time(seconds: u64) -> MonotonicTime {
    MonotonicTime::since_origin(Duration::from_secs(seconds))
}

impl World {
    /// The octets: the cooldown less one; the least lifetime by 4; the greatest beyond it by 16; the default
    /// between them; the early refresh; the greatest staleness by 8; the longest backoff beyond the cooldown by
    /// 8; the grace in the high and the timeout in the low four bits, by 16 and 8; the pause after bad
    /// signatures by 4 and, in the low two bits, what a withdrawal does and whether there is jitter.
    fn new(input: &mut Input<'_>) -> Self {
        let [cooldown, least, most, default, early, stale, backoff, rest, last] =
            input.array().map(u64::from);
        let (cooldown, least) = (cooldown + 1, least * 4 + 1);
        let most = least + most * 16;
        let rules = Rules {
            cooldown,
            lifetime: [least, most],
            default_lifetime: (default * 8).clamp(least, most),
            max_stale: stale * 8,
            max_backoff: cooldown + backoff * 8,
            signature_pause: cooldown + (last >> 2) * 4,
            grace: (rest >> 4) * 16,
            timeout: ((rest & 15) * 8).max(1),
            withdrawal: match last & 3 {
                0 => Withdrawal::AtOnce,
                1 => Withdrawal::Keep,
                _ => Withdrawal::AtEndOfLifetime,
            },
        };
        let seconds = Duration::from_secs;
        let policy = RotationPolicy::new()
            .cooldown(seconds(cooldown))
            .lifetime(seconds(least), seconds(most))
            .default_lifetime(seconds(rules.default_lifetime))
            .early_refresh(seconds(early))
            .max_stale(seconds(rules.max_stale))
            .max_backoff(seconds(rules.max_backoff))
            .bad_signature_pause(seconds(rules.signature_pause))
            .grace(seconds(rules.grace))
            .fetch_timeout(seconds(rules.timeout))
            .withdrawal(rules.withdrawal);
        let jitter = if last & 1 == 0 { Jitter::NONE } else { Jitter::from_seed(last) };
        Self {
            remote: RemoteKeySet::new(Algorithm::Hs256, policy, jitter).unwrap(),
            rules,
            elapsed: 0,
            latest: None,
            withdrawn: Vec::new(),
            permits: 0,
            early_permits: 0,
            given_at: None,
            to_signature_at: None,
            ended_at: 0,
            out: Vec::new(),
            in_flight: false,
            failures: 0,
        }
    }

    fn now(&self) -> MonotonicTime {
        time(self.elapsed)
    }

    fn usable(&self) -> bool {
        self.latest
            .as_ref()
            .is_some_and(|latest| latest.usable_until.is_some_and(|until| self.elapsed <= until))
    }

    /// The events: 0 and 1, time passes, by seconds or by minutes; 2, an earlier time is handed in, the operator
    /// asks for a fetch, a permit of another set comes, or permits are lost; 3, a fetch may be due; 4, a token of a
    /// kid that was never published; 5, a token of a published one; 6, a fetch fails, 7, succeeds. The last two
    /// take an octet for the fields, 7 another for the set.
    fn event(&mut self, octet: u8, input: &mut Input<'_>) {
        let what = octet >> 3;
        match octet & 7 {
            0 => self.elapsed += u64::from(what),
            1 => self.elapsed += u64::from(what) * 60,
            2 => match what & 3 {
                0 => self.overtaken(u64::from(what) * 60),
                1 => self.request(),
                2 => self.foreign(),
                _ => self.out.truncate((what >> 2).into()),
            },
            3 => self.fetch_due(),
            4 => self.made_up(what),
            5 => self.published(usize::from(what & 3), usize::from(what >> 2 & 1)),
            _ => self.complete(octet & 7 == 7, usize::from(what), input),
        }
        self.check();
    }

    /// A time before the latest is the latest, and moves nothing.
    fn overtaken(&mut self, by: u64) {
        if let Some(permit) = self.remote.fetch_due(self.now()) {
            self.note(permit, false);
        }
        let earlier = time(self.elapsed.saturating_sub(by));
        assert!(self.remote.fetch_due(earlier).is_none());
        assert_eq!(self.remote.status(earlier), self.remote.status(self.now()));
    }

    fn request(&mut self) {
        match self.remote.request_fetch(self.now()) {
            Refetch::Now(permit) => self.note(permit, false),
            Refetch::InFlight => assert!(self.in_flight),
            Refetch::Later { wait } => {
                // It is due as soon as it is permitted.
                let status = self.remote.status(self.now());
                assert_eq!((wait, status.due_in), (status.permitted_in, status.permitted_in));
            }
            other => panic!("{other:?}"),
        }
    }

    fn foreign(&mut self) {
        let mut other = RemoteKeySet::new(Algorithm::Hs256, RotationPolicy::new(), Jitter::NONE).unwrap();
        let permit = other.fetch_due(self.now()).unwrap();
        let document = Set(0xff >> 1).document();
        let outcome = permit.receive(Ok(HttpResponse::new(200, &document)));
        assert_eq!(self.remote.complete(outcome, self.now()), Err(FetchError::ForeignPermit));
    }

    fn fetch_due(&mut self) {
        let announced = self.remote.is_fetch_due(self.now());
        let before = self.remote.status(self.now());
        let permit = self.remote.fetch_due(self.now());
        assert_eq!(announced, permit.is_some());
        assert_eq!(permit.is_some(), before.due_in.is_zero());
        assert!(self.latest.is_some() || self.given_at.is_some() || permit.is_some());
        // Without usable keys a fetch is due when the longest pause that a server may have asked for is over, at
        // the latest, unless one is out.
        let longest = self.rules.max_backoff.max(self.rules.cooldown);
        let last = self.given_at.map_or(0, |(at, _)| at).max(self.ended_at);
        if !self.usable() && !self.in_flight && self.elapsed - last >= longest {
            assert!(permit.is_some());
        }
        permit.into_iter().for_each(|permit| self.note(permit, false));
    }

    /// Takes a permit, if it may be given.
    fn note(&mut self, permit: FetchPermit, to_signature: bool) {
        if let Some((given_at, had_keys)) = self.given_at {
            let since = self.elapsed - given_at;
            assert!(since >= if had_keys { self.rules.cooldown } else { 1 }, "{since} s after the last");
            let timeout = self.rules.timeout.max(self.rules.cooldown);
            assert!(!self.in_flight || since >= timeout, "two at a time, {since} s apart");
        }
        if to_signature {
            let pause = self.rules.signature_pause;
            assert!(self.to_signature_at.is_none_or(|at| self.elapsed - at >= pause), "bad signatures");
            self.to_signature_at = Some(self.elapsed);
        }
        let has_etag = self.latest.as_ref().is_some_and(|latest| latest.has_etag);
        assert_eq!(permit.etag(), has_etag.then_some("\"e\""));
        self.permits += 1;
        self.early_permits += u64::from(self.latest.is_none());
        // Before the first keys: 1, 2, 4 … and the cooldown, at most 256 s.
        assert!(self.permits <= self.elapsed / self.rules.cooldown + 1 + self.early_permits.min(9));
        self.given_at = Some((self.elapsed, self.latest.is_some()));
        self.in_flight = true;
        self.out.push(Given { permit, at: self.elapsed });
    }

    fn made_up(&mut self, number: u8) {
        let header = format!(r#"{{"alg":"HS256","kid":"made up {number}"}}"#);
        let token = format!("{}.e30.AA", Base64UrlUnpadded::encode_string(header.as_bytes()));
        self.present(&token, |refusal| matches!(refusal, Error::Select(SelectError::KidUnknown { .. })));
    }

    /// Verifies a token, and asks what to do if it is refused.
    fn published(&mut self, kid: usize, version: usize) {
        self.present(&TOKENS[kid][version], |refusal| {
            matches!(
                refusal,
                Error::Select(SelectError::KidUnknown { .. } | SelectError::KeyUnusable { .. })
                    | Error::Signature(SignatureError::Invalid)
            )
        });
    }

    fn present(&mut self, token: &str, expected: fn(&Error) -> bool) {
        let Ok(keys) = self.remote.keys(self.now()) else { return };
        let outcome = Verifier::new(&keys).verify(token, &mut Vec::new()).map(drop);
        let Err(refusal) = outcome else { return };
        assert!(expected(&refusal), "{refusal:?}");
        let need = keys.need(token, &refusal).unwrap();
        match self.remote.refetch(need, self.now()) {
            Refetch::VerifyAgain => panic!("nothing has changed"),
            Refetch::Now(permit) => self.note(permit, matches!(refusal, Error::Signature(_))),
            Refetch::InFlight => assert!(self.in_flight),
            Refetch::Later { wait } => {
                let longest = self.rules.max_backoff.max(self.rules.signature_pause).max(self.rules.timeout);
                assert!(!wait.is_zero() && wait <= Duration::from_secs(longest), "{wait:?}");
            }
            Refetch::AlreadyFetched => assert!(self.latest.is_some()),
        }
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
        let counts = self.in_flight && self.given_at.is_some_and(|(given_at, _)| given_at == at);
        let (cache_control, declared) = CACHE_CONTROL[usize::from(fields & 7)];
        let age = u64::from(fields >> 3 & 3) * 20;
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
        response = response.header("Cache-Control", cache_control).header("Age", &age_text);
        if etag {
            response = response.header("ETag", "\"e\"");
        }
        if fields & 64 != 0 {
            response = response.header("Retry-After", "120");
        }
        let fetched = if !succeeds && which / 4 == 7 { Err(NoResponse::default()) } else { Ok(response) };
        let found = self.remote.complete(permit.receive(fetched), self.now());

        if !counts {
            return assert_eq!(found, Err(FetchError::PermitLapsed));
        }
        self.in_flight = false;
        self.ended_at = self.elapsed;
        let confirmed = !succeeds && which / 4 == 0 && not_modified;
        if !(confirmed || succeeds && set.bound() > 0) {
            assert!(matches!(&found, Err(error) if *error != FetchError::PermitLapsed), "{found:?}");
            self.failures += 1;
            if let (Err(FetchError::NoUsableKey(_)), Some(latest)) = (&found, &mut self.latest) {
                assert!(succeeds);
                match self.rules.withdrawal {
                    Withdrawal::Keep => {}
                    Withdrawal::AtOnce => latest.usable_until = None,
                    Withdrawal::AtEndOfLifetime => {
                        latest.usable_until = latest.usable_until.map(|until| until.min(latest.fresh_until));
                    }
                }
            }
            let pause = self.remote.status(self.now()).permitted_in;
            assert!(pause <= Duration::from_secs(self.rules.max_backoff), "{pause:?}");
            return;
        }
        self.failures = 0;
        let same = confirmed || self.latest.as_ref().is_some_and(|latest| latest.set == set);
        assert_eq!(found, Ok(if same { Refreshed::Unchanged } else { Refreshed::Replaced }));
        let (declared, has_etag) = match &self.latest {
            // A 304 need not repeat what the fields said.
            Some(latest) if confirmed => (declared.or(latest.declared), etag || latest.has_etag),
            _ => (declared, etag),
        };
        if !same {
            self.withdraw(set);
        }
        if let Some((_, had_keys)) = &mut self.given_at {
            *had_keys = true;
        }
        let set = self.latest.as_ref().filter(|_| same).map_or(set, |latest| latest.set);
        let left = declared.map(|seconds| seconds.saturating_sub(age));
        let [least, most] = self.rules.lifetime;
        let fresh_until = at + left.unwrap_or(self.rules.default_lifetime).clamp(least, most);
        let usable_until = Some(fresh_until + self.rules.max_stale);
        self.latest =
            Some(Latest { set, declared, has_etag, fresh_until, usable_until, confirmed_at: self.elapsed });
    }

    /// Keeps the set that another takes the place of, if one of its keys is gone and gets a grace.
    fn withdraw(&mut self, by: Set) {
        let Some(latest) = &self.latest else { return };
        let gone =
            |kid: usize| matches!(latest.set.member(kid), Member::Key(_)) && by.member(kid) == Member::Absent;
        if self.rules.grace > 0 && self.usable() && (0..KIDS.len()).any(gone) {
            self.withdrawn.insert(0, (latest.set, self.elapsed + self.rules.grace));
        }
    }

    /// Whether a token holds, as far as that is known: the latest set decides about a kid that it has, and
    /// then the newest in grace that has it. More sets in grace than a few are cut short.
    fn expected(&self, kid: usize, version: usize) -> Option<bool> {
        let latest = self.latest.as_ref()?;
        let sets = self.withdrawn.iter().filter(|(_, until)| *until > self.elapsed).map(|(set, _)| *set);
        let mut sets = [latest.set].into_iter().chain(sets).enumerate();
        let decides = sets.find(|(_, set)| set.member(kid) != Member::Absent);
        match decides {
            Some((place, set)) if place <= 1 || set.member(kid) != Member::Key(version) => {
                Some(self.usable() && set.member(kid) == Member::Key(version))
            }
            Some(_) => None,
            None => Some(false),
        }
    }

    fn verifies(&self, kid: usize, version: usize) -> bool {
        let keys = match self.remote.keys(self.now()) {
            Ok(keys) => keys,
            Err(unavailable) => {
                let never = matches!(unavailable, KeysUnavailable::NeverFetched { .. });
                assert_eq!(never, self.latest.is_none(), "{unavailable}");
                return false;
            }
        };
        let verifier = Verifier::new(&keys);
        verifier.verify(&TOKENS[kid][version], &mut Vec::new()).is_ok()
    }

    /// What holds at all times.
    fn check(&self) {
        let status = self.remote.status(self.now());
        let shown = status.to_string();
        assert!(!shown.contains('\n') && shown.len() < 2000, "{shown}");
        assert_eq!(status.failures, self.failures, "{shown}");
        assert!(status.needs <= 32 && status.permitted_in <= status.due_in, "{shown}");
        assert_eq!(status.keys.is_some(), self.latest.is_some(), "{shown}");
        let Some((keys, latest)) = status.keys.zip(self.latest.as_ref()) else { return };
        let aside = latest.set.has(|member| member == Member::Bad);
        assert_eq!((keys.bound, keys.set_aside), (latest.set.bound(), aside), "{shown}");
        assert_eq!(self.remote.keys(self.now()).is_ok(), keys.usable, "{shown}");
        let since = |from: u64, to: u64| Duration::from_secs(to.saturating_sub(from));
        assert_eq!(keys.age, since(latest.confirmed_at, self.elapsed), "{shown}");
        assert_eq!(keys.fresh_for, since(self.elapsed, latest.fresh_until), "{shown}");
        assert_eq!(keys.stale_for, since(latest.fresh_until, self.elapsed), "{shown}");
        assert_eq!(keys.usable, self.usable(), "{shown}");
        for kid in 0..KIDS.len() {
            for version in 0..2 {
                let holds = self.verifies(kid, version);
                if let Some(expected) = self.expected(kid, version) {
                    assert_eq!(holds, expected, "{kid}, {version}: {shown}");
                }
                let known = |set: &Set| set.member(kid) == Member::Key(version);
                let published = known(&latest.set) || self.withdrawn.iter().any(|(set, _)| known(set));
                assert!(!holds || published, "{kid}, {version}: {shown}");
                assert!(holds || !keys.usable || !known(&latest.set), "{kid}, {version}: {shown}");
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
