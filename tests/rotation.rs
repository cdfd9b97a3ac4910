//! The life of a remote set over scripted time, and over random schedules.

#![cfg(all(feature = "alloc", any(feature = "hs256", feature = "es256", feature = "rs256")))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that meets the unexpected must stop"
)]

#[path = "rotation/random.rs"]
mod random;
#[path = "rotation/scripts.rs"]
mod scripts;
mod support;

use core::fmt::Write as _;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jose_core::{
    AlgorithmSet, Error, FetchError, FetchPermit, HttpResponse, KeysUnavailable, Refetch, Refreshed,
    RemoteKeySet, RotationPolicy, SelectError, UnixTime, Unreachable, Verifier,
};
use support::{algorithms, b64, jwk, signer, usual};

/// Where the clocks of the tests start.
const START: i64 = 1_700_000_000;

/// An application of one thread: a remote set, the clock, and the permit while there is one.
struct World {
    remote: RemoteKeySet,
    now: UnixTime,
    permit: Option<FetchPermit>,
}

impl World {
    fn new(policy: RotationPolicy) -> Self {
        let remote = RemoteKeySet::new(allowed(), policy);
        Self { remote, now: UnixTime::from_seconds(START), permit: None }
    }

    /// One that has fetched these kids at the start.
    fn with_keys(policy: RotationPolicy, kids: &[&str]) -> Self {
        let mut world = Self::new(policy);
        assert_eq!(world.due(), "permit");
        assert_eq!(world.answer(200, &document(kids), &[]), "Replaced");
        world
    }

    fn at(&mut self, seconds: i64) -> &mut Self {
        self.now = UnixTime::from_seconds(START.saturating_add(seconds));
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
        match self.verify(kid) {
            Ok(()) => return "verified".into(),
            Err(Stopped::Unavailable(KeysUnavailable::NeverFetched { .. })) => return "NeverFetched".into(),
            Err(Stopped::Unavailable(KeysUnavailable::TooStale { seconds, limit, .. })) => {
                return format!("TooStale {seconds}/{limit}");
            }
            Err(Stopped::Unavailable(other)) => return format!("{other:?}"),
            Err(Stopped::Refused(Error::Select(SelectError::KidUnknown { .. }))) => {}
            Err(Stopped::Refused(other)) => return format!("{other:?}"),
        }
        let refusal = Error::Select(SelectError::KidUnknown { keys: 1 });
        match self.remote.refused(&token(kid), &refusal, self.now) {
            Refetch::Now(permit) => {
                self.permit = Some(permit);
                "permit".into()
            }
            Refetch::Later { seconds } => format!("later {seconds}"),
            other => format!("{other:?}"),
        }
    }

    fn verify(&self, kid: &str) -> Result<(), Stopped> {
        let keys = self.remote.keys(self.now).map_err(Stopped::Unavailable)?;
        let verifier = Verifier::new(&keys, allowed());
        verifier.verify(&token(kid), &mut Vec::new()).map(drop).map_err(Stopped::Refused)
    }

    /// Completes the fetch with a response.
    fn answer(&mut self, status: u16, body: &str, fields: &[(&str, &str)]) -> String {
        let permit = self.permit.take().unwrap();
        self.complete(permit, Ok(response(status, body, fields)))
    }

    /// Completes the fetch without one.
    fn unreachable(&mut self) -> String {
        let permit = self.permit.take().unwrap();
        self.complete(permit, Err(Unreachable))
    }

    fn complete(&mut self, permit: FetchPermit, fetched: Result<HttpResponse<'_>, Unreachable>) -> String {
        match self.remote.complete(permit, fetched, self.now, 0) {
            Ok(Refreshed::Replaced) => "Replaced".into(),
            Ok(Refreshed::Confirmed) => "Confirmed".into(),
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
        self.remote.status(self.now).due_in
    }
}

enum Stopped {
    Unavailable(KeysUnavailable),
    Refused(Error),
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
    tokens.entry(kid.to_owned()).or_insert_with(|| signer(usual(algorithm)).token(header, "{}")).clone()
}

fn response<'r>(status: u16, body: &'r str, fields: &[(&str, &'r str)]) -> HttpResponse<'r> {
    let response = HttpResponse::new(status, body);
    fields.iter().fold(response, |response, (name, value)| response.field(name, *value))
}
