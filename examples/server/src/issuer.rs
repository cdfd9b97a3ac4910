//! An issuer and its keys, shared by all requests.
//!
//! The keys are behind a lock that is never held while something is awaited or fetched. A request reads;
//! it writes only when its token was refused, and so does the fetch when it is over.

use core::cell::RefCell;
use core::fmt;
use core::hash::BuildHasher as _;
use core::time::Duration;
use std::hash::RandomState;
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

use jose_core::{
    Algorithm, AlgorithmSet, ClaimsPolicy, ClockError, Error, Expect, FetchPermit, HttpResponse, KeysUnavailable,
    Limits, Refetch, RemoteKeySet, RotationPolicy, UnixTime, Unreachable, Verifier,
};
use serde::de::DeserializeOwned;
use tokio::sync::Notify;
use tokio::task::spawn_blocking;

const ALLOWED: AlgorithmSet = AlgorithmSet::only(Algorithm::Es256).or(Algorithm::Rs256);

/// The policy's `fetch_timeout`, after which a permit is taken for lost, is 30 seconds.
const TIMEOUT: Duration = Duration::from_secs(10);

thread_local! {
    /// What a thread decodes its tokens into. It grows to the longest of them and stays.
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

pub struct Issuer {
    name: String,
    audience: String,
    jwks_uri: String,
    client: ureq::Agent,
    remote: RwLock<RemoteKeySet>,
    /// Wakes the requests that wait for the fetch of another.
    fetched: Notify,
}

/// Why a token is not accepted.
pub enum Refusal {
    Token(Error),
    /// It is a good token, and its claims are not what the application reads. Why is text that quotes the
    /// token: what is kept of it is printable and short.
    Claims(String),
    /// There is nothing to verify it with. The token may be good.
    Keys(KeysUnavailable),
    /// The clock is not set: whether a token has expired cannot be said.
    Clock(ClockError),
}

/// At most 200 characters of a message, fit for a line of a log: whatever is not printable ASCII is escaped.
fn printable(message: &impl fmt::Display) -> String {
    message.to_string().chars().flat_map(char::escape_default).take(200).collect()
}

/// The time for what is due and when. A clock that stands before 1970 stands still here, and no token is
/// verified by it.
fn schedule_time() -> UnixTime {
    UnixTime::now().unwrap_or(UnixTime::from_seconds(0))
}

impl Issuer {
    pub fn new(name: &str, audience: &str, jwks_uri: &str, policy: RotationPolicy) -> Self {
        let client = ureq::Agent::config_builder().timeout_global(Some(TIMEOUT)).http_status_as_error(false);
        Self {
            name: name.to_owned(),
            audience: audience.to_owned(),
            jwks_uri: jwks_uri.to_owned(),
            client: client.build().into(),
            remote: RwLock::new(RemoteKeySet::new(ALLOWED, policy)),
            fetched: Notify::new(),
        }
    }

    /// The claims of a token that holds. A `kid` that no key has is looked up once.
    pub async fn verify<C: DeserializeOwned>(self: &Arc<Self>, token: &str) -> Result<C, Refusal> {
        let refusal = match self.verify_now(token) {
            Err(Refusal::Token(refusal)) => refusal,
            other => return other,
        };
        // Made before the question, so that a fetch that ends in between still wakes it.
        let fetched = self.fetched.notified();
        let next = self.write().refused(token, &refusal, schedule_time());
        match next {
            Refetch::Now(permit) => self.fetch(permit).await,
            Refetch::InFlight => fetched.await,
            Refetch::VerifyAgain => {}
            Refetch::Later { .. } | Refetch::InVain | Refetch::Useless => {
                return Err(Refusal::Token(refusal));
            }
        }
        self.verify_now(token)
    }

    /// The claims of a token that holds with the keys that there are. What it leaves in the buffer is not
    /// needed any more when it returns: the claims own what they have.
    fn verify_now<C: DeserializeOwned>(&self, token: &str) -> Result<C, Refusal> {
        let now = UnixTime::now().map_err(Refusal::Clock)?;
        let policy = ClaimsPolicy::new(Expect::Value(&self.name), Expect::Value(&self.audience));
        let remote = self.remote.read().unwrap_or_else(PoisonError::into_inner);
        let keys = remote.keys(now).map_err(Refusal::Keys)?;
        SCRATCH.with_borrow_mut(|scratch| {
            let verified = Verifier::new(&keys, ALLOWED).verify(token, scratch).map_err(Refusal::Token)?;
            let claims = verified.claims(&policy, now).map_err(|error| Refusal::Token(error.into()))?;
            claims.deserialize().map_err(|error| Refusal::Claims(printable(&error)))
        })
    }

    /// Fetches the keys when that is due.
    pub async fn refresh(self: &Arc<Self>) {
        let permit = self.write().fetch_due(schedule_time());
        if let Some(permit) = permit {
            self.fetch(permit).await;
        }
    }

    /// Keeps the keys fresh, so that no request waits for them.
    pub async fn keep_fresh(self: Arc<Self>) {
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            self.refresh().await;
        }
    }

    /// Waits for a fetch. It goes on when nobody waits any more: a client that hangs up ends its request,
    /// and would otherwise take the permit along.
    async fn fetch(self: &Arc<Self>, permit: FetchPermit) {
        let issuer = Arc::clone(self);
        if let Err(error) = spawn_blocking(move || issuer.fetch_now(permit)).await {
            eprintln!("fetch: {error}");
        }
    }

    fn fetch_now(&self, permit: FetchPermit) {
        let mut request = self.client.get(&self.jwks_uri);
        if let Some(etag) = permit.etag() {
            request = request.header("If-None-Match", etag);
        }
        let got = request.call().and_then(|mut response| {
            let body = response.body_mut().with_config().limit(Limits::new().set_length() as u64).read_to_vec()?;
            Ok((response, body))
        });
        let answer = got.as_ref().map_err(|_| Unreachable).map(|(response, body)| {
            let start = HttpResponse::new(response.status().as_u16(), body);
            response.headers().iter().fold(start, |answer, (name, value)| answer.field(name.as_str(), value))
        });
        // Any number that differs between machines. RandomState has its seed from the system.
        let jitter = RandomState::new().hash_one(0) as u32;
        let outcome = self.write().complete(permit, answer, schedule_time(), jitter);
        if let Err(error) = outcome {
            eprintln!("fetch: {error}");
        }
        self.fetched.notify_waiters();
    }

    fn write(&self) -> RwLockWriteGuard<'_, RemoteKeySet> {
        self.remote.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(error) => error.fmt(f),
            Self::Claims(error) => f.write_str(error),
            Self::Keys(error) => error.fmt(f),
            Self::Clock(error) => error.fmt(f),
        }
    }
}
