//! Verifies what an OpenID provider issues, while its keys change and after it is gone.
//!
//! `examples/provider/run` starts a real provider on this machine and this program with it. The first
//! half is what an application would have: the keys behind a lock, a thread that keeps them fresh, and
//! requests that never wait for it. The second half drives the provider, and fails if a token that
//! must be accepted is refused once, or one that must be refused is accepted.

use core::hash::BuildHasher as _;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use core::time::Duration;
use std::hash::RandomState;
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread::{scope, sleep};

use jose_core::{
    Algorithm, AlgorithmSet, ClaimsPolicy, ClockError, Error, Expect, FetchError, FetchPermit, HttpResponse,
    KeysUnavailable, Limits, Refetch, RemoteKeySet, RotationPolicy, SelectError, UnixTime, Unreachable,
    Verifier,
};
use serde::Deserialize;

type Failure = Box<dyn core::error::Error + Send + Sync>;

/// An issuer, its keys, and how to reach it. Threads share it.
struct Issuer {
    name: String,
    jwks_uri: String,
    client: ureq::Agent,
    allowed: AlgorithmSet,
    remote: RwLock<RemoteKeySet>,
    /// The status of each fetch so far; 0 where there was none.
    fetches: Mutex<Vec<u16>>,
    /// How many of them an unknown kid was the reason of.
    looked_up: AtomicU64,
}

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Refusal {
    Token(Error),
    Keys(KeysUnavailable),
    /// The clock is not set: whether a token has expired cannot be said.
    Clock(ClockError),
}

/// The time for what is due and when. A clock that stands before 1970 stands still here, and no token is
/// verified by it.
fn schedule_time() -> UnixTime {
    UnixTime::now().unwrap_or(UnixTime::from_seconds(0))
}

impl Issuer {
    /// Finds the issuer's keys by its name (OpenID Connect Discovery 1.0 §4).
    fn discover(name: &str, allowed: AlgorithmSet, policy: RotationPolicy) -> Result<Self, Failure> {
        #[derive(Deserialize)]
        struct Metadata {
            issuer: String,
            jwks_uri: String,
        }
        let timeout = Some(Duration::from_secs(10));
        let config = ureq::Agent::config_builder().timeout_global(timeout).http_status_as_error(false);
        let client: ureq::Agent = config.build().into();
        let text = text(&client, &format!("{name}/.well-known/openid-configuration"))?;
        let metadata: Metadata = serde_json::from_str(&text)?;
        if metadata.issuer != name {
            return Err(format!("{name} says that it is {}", metadata.issuer).into());
        }
        Ok(Self {
            name: metadata.issuer,
            jwks_uri: metadata.jwks_uri,
            client,
            allowed,
            remote: RwLock::new(RemoteKeySet::new(allowed, policy)),
            fetches: Mutex::default(),
            looked_up: AtomicU64::new(0),
        })
    }

    /// Fetches the keys when that is due. A thread of its own calls this from time to time.
    fn refresh(&self) {
        let now = schedule_time();
        if self.read().is_fetch_due(now) {
            let permit = self.write().fetch_due(now);
            if let Some(permit) = permit {
                self.fetch(permit);
            }
        }
    }

    /// Does the HTTP. No lock is held in the meantime.
    fn fetch(&self, permit: FetchPermit) {
        let mut request = self.client.get(&self.jwks_uri);
        if let Some(etag) = permit.etag() {
            request = request.header("If-None-Match", etag);
        }
        let most = u64::try_from(Limits::new().set_length()).unwrap_or(u64::MAX);
        let got = request.call().and_then(|mut response| {
            let body = response.body_mut().with_config().limit(most).read_to_vec()?;
            Ok((response, body))
        });
        let fetched = match &got {
            Ok((response, body)) => {
                let fields = response.headers().iter();
                let start = HttpResponse::new(response.status().as_u16(), body);
                Ok(fields.fold(start, |response, (name, value)| response.field(name.as_str(), value)))
            }
            Err(_) => Err(Unreachable),
        };
        let status = got.as_ref().map_or(0, |(response, _)| response.status().as_u16());
        lock(&self.fetches).push(status);

        let (now, jitter) = (schedule_time(), RandomState::new().hash_one(0) >> 32);
        let outcome = self.write().complete(permit, fetched, now, u32::try_from(jitter).unwrap_or(0));
        if let Err(error) = outcome {
            println!("    fetch: {error}");
        }
    }

    /// Verifies a token, in the path of a request. A kid that is unknown is looked up once.
    fn verify(&self, token: &Token, scratch: &mut Vec<u8>) -> Result<(), Refusal> {
        let mut waits = 0..50;
        loop {
            let refusal = match self.verify_now(token, scratch) {
                Err(Refusal::Token(refusal)) => refusal,
                other => return other,
            };
            let next = self.write().refused(&token.token, &refusal, schedule_time());
            match next {
                Refetch::Now(permit) => {
                    self.looked_up.fetch_add(1, Ordering::Relaxed);
                    self.fetch(permit);
                }
                Refetch::VerifyAgain => {}
                // A server might as well answer 503 here and let the client come back.
                Refetch::InFlight | Refetch::Later { seconds: 0..=1 } if waits.next().is_some() => {
                    sleep(Duration::from_millis(50));
                }
                _ => return Err(Refusal::Token(refusal)),
            }
        }
    }

    /// Verifies a token with the keys that there are.
    fn verify_now(&self, token: &Token, scratch: &mut Vec<u8>) -> Result<(), Refusal> {
        let now = UnixTime::now().map_err(Refusal::Clock)?;
        let remote = self.read();
        let keys = remote.keys(now).map_err(Refusal::Keys)?;
        let mut verifier = Verifier::new(&keys, self.allowed).require_kid();
        if let Some(typ) = &token.typ {
            verifier = verifier.require_typ(typ);
        }
        let verified = verifier.verify(&token.token, scratch).map_err(Refusal::Token)?;
        let policy = ClaimsPolicy::new(Expect::Value(&self.name), Expect::Value(&token.audience));
        verified.claims(&policy, now).map(drop).map_err(|error| Refusal::Token(error.into()))
    }

    fn read(&self) -> RwLockReadGuard<'_, RemoteKeySet> {
        self.remote.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, RemoteKeySet> {
        self.remote.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The body of a page.
fn text(client: &ureq::Agent, url: &str) -> Result<String, Failure> {
    let mut response = client.get(url).call()?;
    let body = response.body_mut().read_to_string()?;
    if response.status() == 200 {
        Ok(body)
    } else {
        Err(format!("{url}: {}: {body}", response.status()).into())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

// From here on: the provider's keys change, and two threads verify all the time.

/// What the provider issued, and what it is for.
#[derive(Clone, Debug, Deserialize)]
struct Token {
    kind: String,
    alg: String,
    audience: String,
    typ: Option<String>,
    token: String,
}

/// What the threads share.
struct Rehearsal {
    issuer: Issuer,
    /// The tokens that must be accepted at this time.
    good: RwLock<Vec<Token>>,
    over: AtomicBool,
    /// Nobody keeps the keys fresh for the moment.
    unattended: AtomicBool,
    accepted: AtomicU64,
    faults: Mutex<Vec<String>>,
}

fn main() -> ExitCode {
    let Some(issuer) = std::env::args().nth(1) else {
        eprintln!("usage: remote ISSUER, as examples/provider/run starts it");
        return ExitCode::from(2);
    };
    match rehearse(&issuer) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn rehearse(issuer: &str) -> Result<(), Failure> {
    let allowed = AlgorithmSet::from(Algorithm::Rs256).or(Algorithm::Es256);
    // Seconds where a server would have minutes. The provider's own `max-age` is two seconds.
    let policy = RotationPolicy::new().cooldown(1).lifetime(1, 60).early_refresh(1).max_backoff(2);
    let rehearsal = Rehearsal {
        issuer: Issuer::discover(issuer, allowed, policy)?,
        good: RwLock::default(),
        over: AtomicBool::new(false),
        unattended: AtomicBool::new(false),
        accepted: AtomicU64::new(0),
        faults: Mutex::default(),
    };
    rehearsal.issuer.refresh();
    let outcome = scope(|threads| {
        threads.spawn(|| rehearsal.keep_fresh());
        threads.spawn(|| rehearsal.serve());
        threads.spawn(|| rehearsal.serve());
        let outcome = rehearsal.play();
        rehearsal.over.store(true, Ordering::Relaxed);
        outcome
    });
    let issuer = &rehearsal.issuer;
    println!(
        "{} verifications; the statuses of the fetches (0: unreachable): {:?}",
        rehearsal.accepted.load(Ordering::Relaxed),
        lock(&issuer.fetches)
    );
    outcome?;
    match lock(&rehearsal.faults).first() {
        Some(fault) => Err(format!("refused while it was good: {fault}").into()),
        None => Ok(()),
    }
}

impl Rehearsal {
    fn keep_fresh(&self) {
        while !self.over.load(Ordering::Relaxed) {
            if !self.unattended.load(Ordering::Relaxed) {
                self.issuer.refresh();
            }
            sleep(Duration::from_millis(100));
        }
    }

    fn serve(&self) {
        let mut scratch = Vec::new();
        while !self.over.load(Ordering::Relaxed) {
            // The lock is held until all are verified, so that none is taken away in between.
            for token in self.good.read().unwrap_or_else(PoisonError::into_inner).iter() {
                match self.issuer.verify(token, &mut scratch) {
                    Ok(()) => drop(self.accepted.fetch_add(1, Ordering::Relaxed)),
                    Err(refusal) => lock(&self.faults).push(format!("{refusal:?}: {token:?}")),
                }
            }
            sleep(Duration::from_millis(1));
        }
    }

    /// What happens to the provider.
    fn play(&self) -> Result<(), Failure> {
        println!("tokens of the first keys");
        let first = self.issue("1")?;
        self.serve_for(3, &[&first])?;

        println!(
            "a rotation that is announced: new keys are published, then used, then the old ones withdrawn"
        );
        self.control("keys?kids=RS256-1,ES256-1,RS256-2,ES256-2")?;
        self.serve_for(3, &[&first])?;
        self.control("keys?kids=RS256-2,ES256-2,RS256-1,ES256-1")?;
        let second = self.issue("2")?;
        self.serve_for(2, &[&first, &second])?;
        self.serve_for(0, &[&second])?;
        self.control("keys?kids=RS256-2,ES256-2")?;
        self.serve_for(3, &[&second])?;
        self.refuse("of a key that was withdrawn", &first)?;

        println!("a rotation that is not: the first token of a new key is the first to tell");
        self.serve_for(0, &[])?;
        self.unattended.store(true, Ordering::Relaxed);
        sleep(Duration::from_millis(500));
        let looked_up = self.issuer.looked_up.load(Ordering::Relaxed);
        self.control("keys?kids=RS256-3,ES256-3")?;
        let third = self.issue("3")?;
        self.serve_for(3, &[&third])?;
        if self.issuer.looked_up.load(Ordering::Relaxed) != looked_up.saturating_add(1) {
            return Err("four tokens with two unknown kids did not cause one fetch".into());
        }
        self.unattended.store(false, Ordering::Relaxed);
        self.refuse("of a key that was withdrawn", &first)?;
        self.refuse("of a key that was withdrawn", &second)?;

        println!("the provider is stopped");
        self.control("stop")?;
        self.serve_for(6, &[&third])?;
        self.refuse("of a key that was withdrawn", &second)?;
        let status = self.issuer.read().status(schedule_time());
        let stale = status.keys.is_some_and(|keys| keys.stale_for > 0 && !keys.too_stale);
        if !stale || status.last_error != Some(FetchError::Unreachable) {
            return Err(format!("the provider seems not to be stopped: {status}").into());
        }
        // Every new key came with a 200, and in between there was nothing new.
        let fetches = lock(&self.issuer.fetches);
        for (status, least) in [(200, 4), (304, 2), (0, 1)] {
            if fetches.iter().filter(|found| **found == status).count() < least {
                return Err(format!("not {least} fetches with status {status}").into());
            }
        }
        Ok(())
    }

    /// Has the two threads verify these tokens, and says how it went.
    fn serve_for(&self, seconds: u64, good: &[&[Token]]) -> Result<(), Failure> {
        *self.good.write().unwrap_or_else(PoisonError::into_inner) = good.concat();
        let before = self.accepted.load(Ordering::Relaxed);
        sleep(Duration::from_secs(seconds));
        let accepted = self.accepted.load(Ordering::Relaxed).saturating_sub(before);
        if seconds > 0 {
            println!("    {accepted} verified; {}", self.issuer.read().status(schedule_time()));
            if accepted < 100 {
                return Err(format!("only {accepted} verifications in {seconds} s").into());
            }
        }
        Ok(())
    }

    /// Each of these tokens must be refused, because there is no such key.
    fn refuse(&self, what: &str, tokens: &[Token]) -> Result<(), Failure> {
        for token in tokens {
            match self.issuer.verify(token, &mut Vec::new()) {
                Err(Refusal::Token(Error::Select(SelectError::KidUnknown { .. }))) => {}
                other => return Err(format!("{other:?} and no KidUnknown: {token:?}").into()),
            }
        }
        println!("    {} tokens {what} refused", tokens.len());
        Ok(())
    }

    /// One token of each kind and algorithm, by the keys with this number.
    fn issue(&self, number: &str) -> Result<Vec<Token>, Failure> {
        let tokens: Vec<Token> = serde_json::from_str(&self.control("tokens")?)?;
        let kinds: Vec<_> = tokens.iter().map(|token| (token.kind.as_str(), token.alg.as_str())).collect();
        let expected = ["RS256", "ES256"].map(|alg| [("access token", alg), ("ID token", alg)]).concat();
        if kinds != expected {
            return Err(format!("the provider issued {kinds:?}").into());
        }
        for token in &tokens {
            let (alg, mut scratch) = (&token.alg, vec![0; token.token.len()]);
            let jws = jose_core::UnverifiedJws::parse(&token.token, &mut scratch, jose_core::Limits::new())?;
            if jws.header().kid().is_none_or(|kid| kid != *format!("{alg}-{number}")) {
                return Err(format!("not of key {alg}-{number}: {:?}", jws.header()).into());
            }
        }
        Ok(tokens)
    }

    fn control(&self, what: &str) -> Result<String, Failure> {
        text(&self.issuer.client, &format!("{}/control/{what}", self.issuer.name))
    }
}
