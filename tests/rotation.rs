//! The life of a remote set over scripted time, and over random schedules: with the algorithms of which a
//! build verifies thousands of tokens in seconds.

#![cfg(all(feature = "alloc", any(feature = "hs256", feature = "es256", feature = "rs256")))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

#[path = "rotation/cases.rs"]
mod cases;
#[path = "rotation/fields.rs"]
mod fields;
#[path = "rotation/interface.rs"]
mod interface;
#[path = "rotation/needs.rs"]
mod needs;
#[path = "rotation/outages.rs"]
mod outages;
#[path = "rotation/random.rs"]
mod random;
#[path = "rotation/scripts.rs"]
mod scripts;
#[cfg(feature = "std")]
#[path = "rotation/shared.rs"]
mod shared;
mod support;

use core::fmt::Write as _;
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jose_core::rotation::{
    FetchError, FetchPermit, HttpResponse, Jitter, KeysUnavailable, MonotonicTime, NoResponse, Refetch,
    Refreshed, RemoteKeySet, RotationPolicy,
};
use jose_core::{AlgorithmSet, Verifier};
use support::{algorithms, b64, jwk, usual};

/// So many seconds after the start of a test, whose origin lies at an odd place.
fn at(seconds: u64) -> MonotonicTime {
    MonotonicTime::since_origin(Duration::from_secs(1_700_000_000 + seconds))
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// An application of one thread: a remote set, the clock, and the permit while there is one.
struct World {
    remote: RemoteKeySet,
    now: MonotonicTime,
    permit: Option<FetchPermit>,
}

impl World {
    fn new(policy: RotationPolicy) -> Self {
        let remote = RemoteKeySet::new(allowed(), policy, Jitter::NONE).unwrap();
        Self { remote, now: at(0), permit: None }
    }

    /// One that has fetched these kids at the start.
    fn with_keys(policy: RotationPolicy, kids: &[&str]) -> Self {
        let mut world = Self::new(policy);
        assert_eq!(world.due(), "permit");
        assert_eq!(world.answer(200, &document(kids), &[]), "Replaced");
        world
    }

    fn at(&mut self, seconds: u64) -> &mut Self {
        self.now = at(seconds);
        self
    }

    /// Asks whether a fetch is due.
    fn due(&mut self) -> String {
        let Some(permit) = self.remote.fetch_due(self.now) else { return "-".into() };
        let told = permit.etag().map_or("permit".into(), |etag| format!("permit {etag}"));
        self.permit = Some(permit);
        told
    }

    /// Verifies a token with this kid, and asks what to do if it is refused.
    fn token(&mut self, kid: &str) -> String {
        self.present(&token(kid))
    }

    fn present(&mut self, token: &str) -> String {
        let (refusal, need) = match self.remote.keys(self.now) {
            Err(KeysUnavailable::NeverFetched { .. }) => return "NeverFetched".into(),
            Err(KeysUnavailable::TooStale { stale_for, max, .. }) => {
                return format!("TooStale {}/{}", stale_for.as_secs(), max.as_secs());
            }
            Err(other) => return support::variant(&other),
            Ok(keys) => match Verifier::new(&keys).verify(token, &mut Vec::new()) {
                Ok(_) => return "verified".into(),
                Err(refusal) => (refusal, keys.need(token, &refusal)),
            },
        };
        let Some(need) = need else { return format!("refused: {refusal:?}") };
        let next = self.remote.refetch(need, self.now);
        self.told(next)
    }

    /// The operator asks for a fetch.
    fn request(&mut self) -> String {
        let next = self.remote.request_fetch(self.now);
        self.told(next)
    }

    fn told(&mut self, next: Refetch) -> String {
        match next {
            Refetch::Now(permit) => {
                self.permit = Some(permit);
                "permit".into()
            }
            Refetch::Later { wait } => format!("later {}", wait.as_secs()),
            other => format!("{other:?}"),
        }
    }

    /// Whether a token with this kid verifies.
    fn verifies(&self, kid: &str) -> bool {
        let keys = self.remote.keys(self.now);
        keys.is_ok_and(|keys| Verifier::new(&keys).verify(&token(kid), &mut Vec::new()).is_ok())
    }

    /// Completes the fetch with a response.
    fn answer(&mut self, status: u16, body: &str, fields: &[(&str, &str)]) -> String {
        let permit = self.permit.take().unwrap();
        self.complete(permit, Ok(response(status, body, fields)))
    }

    /// Completes the fetch without one.
    fn unreachable(&mut self) -> String {
        let permit = self.permit.take().unwrap();
        self.complete(permit, Err(NoResponse::default()))
    }

    fn complete(&mut self, permit: FetchPermit, fetched: Result<HttpResponse<'_>, NoResponse>) -> String {
        match self.remote.complete(permit.receive(fetched), self.now) {
            Ok(Refreshed::Replaced) => "Replaced".into(),
            Ok(Refreshed::Unchanged) => "Unchanged".into(),
            Ok(other) => format!("{other:?}"),
            Err(FetchError::Status { status }) => format!("Status {status}"),
            Err(error) => support::variant(&error),
        }
    }

    fn status(&self) -> String {
        self.remote.status(self.now).to_string()
    }

    /// The seconds until a fetch is due.
    fn due_in(&self) -> u64 {
        self.remote.status(self.now).due_in.as_secs()
    }
}

fn allowed() -> AlgorithmSet {
    algorithms()[0].into()
}

/// A set with the usual key under each of these kids.
fn document(kids: &[&str]) -> String {
    let mut keys = String::new();
    for kid in kids {
        let comma = if keys.is_empty() { "" } else { "," };
        write!(keys, "{comma}{}", jwk(usual(algorithms()[0]), &format!(r#""kid":"{kid}""#))).unwrap();
    }
    format!(r#"{{"keys":[{keys}]}}"#)
}

/// A token that the usual key signed, under this kid. Each is signed once; and who makes up a kid has no
/// key to sign with.
fn token(kid: &str) -> String {
    static TOKENS: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());
    let algorithm = algorithms()[0];
    let header = format!(r#"{{"alg":"{algorithm}","kid":"{kid}"}}"#);
    if kid.starts_with("made-up") {
        return format!("{}.{}.{}", b64(header), b64("{}"), b64("no signature"));
    }
    let mut tokens = TOKENS.lock().unwrap_or_else(PoisonError::into_inner);
    tokens
        .entry(kid.to_owned())
        .or_insert_with(|| support::usual_signer(algorithm).token(header, "{}"))
        .clone()
}

fn response<'r>(status: u16, body: &'r str, fields: &[(&str, &'r str)]) -> HttpResponse<'r> {
    let response = HttpResponse::new(status, body);
    fields.iter().fold(response, |response, (name, value)| response.header(name, *value))
}
