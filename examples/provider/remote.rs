//! Verifies the tokens of an OpenID provider while it rotates its keys and after it has gone offline.
//!
//! `run`, beside this file, starts a real provider on this machine and this program with it. The first half is
//! what an application would have: a shared set, a thread that keeps it current, and requests that never wait for
//! that thread. The second half drives the provider, and fails if a valid token is ever refused or an invalid one
//! accepted.

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use core::time::Duration;
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::{scope, sleep};

use jose_core::rotation::{
    Fetch, FetchError, HttpResponse, Jitter, KeysUnavailable, NoResponse, Refetch, RemoteKeySet,
    RotationPolicy, SharedKeySet,
};
use jose_core::{
    Algorithm, AlgorithmSet, ClaimsPolicy, Error, Expect, Limits, UnixTime, Verifier,
    error::{ClockError, SelectError, SignatureError},
};
use serde::Deserialize;

type Failure = Box<dyn core::error::Error + Send + Sync>;

/// An issuer, its keys, and how to reach it. Threads share it.
struct Issuer {
    name: String,
    jwks_uri: String,
    client: ureq::Agent,
    keys: SharedKeySet,
    /// The status of each fetch so far; 0 where there was none.
    fetches: Mutex<Vec<u16>>,
    /// How many of them a token caused.
    looked_up: AtomicU64,
}

/// Why a token is not accepted.
#[derive(Clone, Debug, PartialEq)]
enum Refusal {
    Token(Error),
    Keys(KeysUnavailable),
    /// The clock is not set, so it is unknown whether a token has expired.
    Clock(ClockError),
}

fn client() -> ureq::Agent {
    let timeout = Some(Duration::from_secs(10));
    ureq::Agent::config_builder().timeout_global(timeout).http_status_as_error(false).build().into()
}

impl Issuer {
    /// Finds the issuer's keys by its name (OpenID Connect Discovery 1.0 §4).
    fn discover(name: &str, allowed: AlgorithmSet, policy: RotationPolicy) -> Result<Self, Failure> {
        #[derive(Deserialize)]
        struct Metadata {
            issuer: String,
            jwks_uri: String,
        }
        let client = client();
        let text = text(&client, &format!("{name}/.well-known/openid-configuration"))?;
        let metadata: Metadata = serde_json::from_str(&text)?;
        if metadata.issuer != name {
            return Err(format!("{name} says that it is {}", metadata.issuer).into());
        }
        Self::new(metadata.issuer, metadata.jwks_uri, allowed, policy)
    }

    fn new(
        name: String,
        jwks_uri: String,
        allowed: AlgorithmSet,
        policy: RotationPolicy,
    ) -> Result<Self, Failure> {
        let keys = SharedKeySet::new(RemoteKeySet::new(allowed, policy, Jitter::from_system())?);
        let (fetches, looked_up) = (Mutex::default(), AtomicU64::new(0));
        Ok(Self { name, jwks_uri, client: client(), keys, fetches, looked_up })
    }

    /// Fetches the keys when a fetch is due. A separate thread calls this regularly.
    fn refresh(&self) {
        if let Some(fetch) = self.keys.fetch_due() {
            self.fetch(fetch);
        }
    }

    /// Does the HTTP. No lock is held meanwhile.
    fn fetch(&self, fetch: Fetch) {
        let mut request = self.client.get(&self.jwks_uri);
        if let Some(etag) = fetch.etag() {
            request = request.header("If-None-Match", etag);
        }
        let max = u64::try_from(Limits::new().set_length()).unwrap_or(u64::MAX);
        let got = request.call().and_then(|mut response| {
            let body = response.body_mut().with_config().limit(max).read_to_vec()?;
            Ok((response, body))
        });
        let fetched = match &got {
            Ok((response, body)) => {
                let fields = response.headers().iter();
                let start = HttpResponse::new(response.status().as_u16(), body);
                Ok(fields.fold(start, |response, (name, value)| response.header(name.as_str(), value)))
            }
            Err(error) => Err(NoResponse::because(error)),
        };
        let status = got.as_ref().map_or(0, |(response, _)| response.status().as_u16());
        lock(&self.fetches).push(status);
        if let Err(error) = fetch.complete(fetched) {
            println!("    fetch: {error}");
        }
    }

    /// Verifies the token of a request. A refusal that a new set could fix causes a fetch.
    fn verify(&self, token: &Token, scratch: &mut Vec<u8>) -> Result<(), Refusal> {
        let mut attempts = 0..50;
        loop {
            let keys = self.keys.keys().map_err(Refusal::Keys)?;
            let now = UnixTime::now().map_err(Refusal::Clock)?;
            let mut verifier = Verifier::new(&keys).require_kid();
            if let Some(typ) = &token.typ {
                verifier = verifier.require_typ(typ);
            }
            let refusal = match verifier.verify(&token.token, scratch) {
                Ok(verified) => {
                    let policy =
                        ClaimsPolicy::new(Expect::Exactly(&self.name), Expect::Exactly(&token.audience));
                    let claims = verified.claims(&policy, now);
                    return claims.map(drop).map_err(|error| Refusal::Token(error.into()));
                }
                Err(refusal) => refusal,
            };
            let need = keys.need(&token.token, &refusal).filter(|_| attempts.next().is_some());
            match need.map(|need| self.keys.refetch(need)) {
                Some(Refetch::Now(fetch)) => {
                    self.looked_up.fetch_add(1, Ordering::Relaxed);
                    self.fetch(fetch);
                }
                Some(Refetch::VerifyAgain) => {}
                // A server could also answer 503 here and let the client retry.
                Some(Refetch::InFlight) => drop(self.keys.wait(Duration::from_secs(1))),
                Some(Refetch::Later { wait }) if wait <= Duration::from_secs(1) => {
                    sleep(wait.min(Duration::from_millis(50)));
                }
                Some(Refetch::Later { .. } | Refetch::AlreadyFetched) | None => {
                    return Err(Refusal::Token(refusal));
                }
            }
        }
    }
}

/// Returns the body of a page.
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

// The second half: the provider's keys change while two threads verify.

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
    /// The thread that keeps the keys current is paused.
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
    let policy = RotationPolicy::new()
        .cooldown(Duration::from_secs(1))
        .lifetime(Duration::from_secs(1), Duration::from_secs(60))
        .early_refresh(Duration::from_secs(1))
        .max_backoff(Duration::from_secs(2))
        .bad_signature_pause(Duration::from_secs(2));
    let rehearsal = Rehearsal {
        issuer: Issuer::discover(issuer, allowed, policy)?,
        good: RwLock::default(),
        over: AtomicBool::new(false),
        unattended: AtomicBool::new(false),
        accepted: AtomicU64::new(0),
        faults: Mutex::default(),
    };
    rehearsal.issuer.refresh();
    late_start(policy)?;
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

/// A verifier that starts before its issuer is usable within one cooldown of the issuer's start.
fn late_start(policy: RotationPolicy) -> Result<(), Failure> {
    println!("a verifier that starts three seconds before its issuer");
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    drop(listener);
    let policy = policy.cooldown(Duration::from_secs(2));
    let late = Issuer::new("late".into(), format!("http://{address}/jwks"), Algorithm::Es256.into(), policy)?;
    let mut started = None;
    let deadline = std::time::Instant::now();
    while deadline.elapsed() < Duration::from_secs(20) {
        late.refresh();
        if started.is_none() && deadline.elapsed() > Duration::from_secs(3) {
            let listener = std::net::TcpListener::bind(address)?;
            started = Some((std::time::Instant::now(), std::thread::spawn(move || answer_once(&listener))));
        }
        if late.keys.keys().is_ok() {
            let (since, answered) = started.ok_or("there were keys before there was an issuer")?;
            answered.join().map_err(|_| "the late issuer failed")??;
            let elapsed = since.elapsed();
            println!("    usable {elapsed:?} after; the statuses of the fetches: {:?}", lock(&late.fetches));
            return if elapsed < Duration::from_millis(2500) { Ok(()) } else { Err("too late".into()) };
        }
        sleep(Duration::from_millis(50));
    }
    Err(format!("never usable: {}", late.keys.status()).into())
}

/// An issuer that answers once.
fn answer_once(listener: &std::net::TcpListener) -> std::io::Result<()> {
    use std::io::{Read as _, Write as _};
    // RFC 7515 §A.3
    let body = r#"{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
    let (mut stream, _) = listener.accept()?;
    let _ = stream.read(&mut [0; 4096])?;
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    stream.write_all((head + body).as_bytes())
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

    /// Changes the provider.
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

        println!("other keys under the same kids, as after a restart of a development server");
        self.serve_for(0, &[])?;
        self.unattended.store(true, Ordering::Relaxed);
        self.control("renew?kids=RS256-3,ES256-3")?;
        let renewed = self.issue("3")?;
        self.serve_for(4, &[&renewed])?;
        self.refuse_signature(&third)?;
        self.unattended.store(false, Ordering::Relaxed);

        println!("the operator asks for a fetch");
        self.control("max-age?seconds=60")?;
        self.serve_for(4, &[&renewed])?;
        self.control("keys?kids=RS256-4,ES256-4")?;
        let before = lock(&self.issuer.fetches).len();
        sleep(Duration::from_secs(2));
        if lock(&self.issuer.fetches).len() != before {
            return Err("a fetch before anybody asked for it".into());
        }
        self.serve_for(0, &[])?;
        match self.issuer.keys.request_fetch() {
            Refetch::Now(fetch) => self.issuer.fetch(fetch),
            other => return Err(format!("{other:?} and no permit").into()),
        }
        let looked_up = self.issuer.looked_up.load(Ordering::Relaxed);
        let fourth = self.issue("4")?;
        self.serve_for(2, &[&fourth])?;
        if self.issuer.looked_up.load(Ordering::Relaxed) != looked_up {
            return Err("a token had to fetch what the operator had fetched".into());
        }
        self.control("max-age?seconds=2")?;
        match self.issuer.keys.request_fetch() {
            Refetch::Now(fetch) => self.issuer.fetch(fetch),
            other => return Err(format!("{other:?} and no permit").into()),
        }
        self.serve_for(2, &[&fourth])?;

        println!("the provider withdraws all keys, and brings them back");
        self.serve_for(0, &[])?;
        self.control("empty?on=1")?;
        sleep(Duration::from_secs(5));
        match fourth.first().map(|token| self.issuer.verify(token, &mut Vec::new())) {
            Some(Err(Refusal::Keys(KeysUnavailable::Withdrawn { .. }))) => {}
            other => return Err(format!("{other:?} after all keys were withdrawn").into()),
        }
        println!("    {}", self.issuer.keys.status());
        self.control("empty?on=0")?;
        sleep(Duration::from_secs(3));
        self.serve_for(2, &[&fourth])?;

        println!("the provider is stopped");
        self.control("stop")?;
        self.serve_for(6, &[&fourth])?;
        self.refuse("of a key that was withdrawn", &second)?;
        let status = self.issuer.keys.status();
        let stale = status.keys.is_some_and(|keys| !keys.stale_for.is_zero() && keys.usable);
        if !stale || !matches!(status.last_error, Some(FetchError::NoResponse(_))) {
            return Err(format!("the provider seems not to be stopped: {status}").into());
        }
        // Every new key came with a 200; there was nothing new in between.
        let fetches = lock(&self.issuer.fetches);
        for (status, least) in [(200, 4), (304, 2), (0, 1)] {
            if fetches.iter().filter(|found| **found == status).count() < least {
                return Err(format!("not {least} fetches with status {status}").into());
            }
        }
        Ok(())
    }

    /// Has the two threads verify these tokens, and reports the result.
    fn serve_for(&self, seconds: u64, good: &[&[Token]]) -> Result<(), Failure> {
        *self.good.write().unwrap_or_else(PoisonError::into_inner) = good.concat();
        let before = self.accepted.load(Ordering::Relaxed);
        sleep(Duration::from_secs(seconds));
        let accepted = self.accepted.load(Ordering::Relaxed).saturating_sub(before);
        if seconds > 0 {
            println!("    {accepted} verified; {}", self.issuer.keys.status());
            if accepted < 100 {
                return Err(format!("only {accepted} verifications in {seconds} s").into());
            }
        }
        Ok(())
    }

    /// Each of these tokens must be refused: their key no longer exists.
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

    /// Each of these tokens must be refused: another key has their kid now.
    fn refuse_signature(&self, tokens: &[Token]) -> Result<(), Failure> {
        for token in tokens {
            match self.issuer.verify(token, &mut Vec::new()) {
                Err(Refusal::Token(Error::Signature(SignatureError::Invalid))) => {}
                other => return Err(format!("{other:?} and no bad signature: {token:?}").into()),
            }
        }
        println!("    {} tokens of a key that was replaced refused", tokens.len());
        Ok(())
    }

    /// Returns one token of each kind and algorithm, signed with the keys with this number.
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
