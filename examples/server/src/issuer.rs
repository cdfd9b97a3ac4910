//! An issuer and its keys, shared by all requests: when to fetch, and what a token is verified with.

use core::cell::RefCell;
use core::time::Duration;
use std::sync::Arc;

use jose_core::rotation::{Fetch, Refetch, SharedKeySet};
use jose_core::{Algorithm, AlgorithmSet, ClaimsPolicy, Error, Expect, UnixTime, Verifier};
use serde::de::DeserializeOwned;
use tokio::time::{sleep, timeout};

use crate::fetch::Endpoint;
use crate::refusal::Refusal;

pub const ALLOWED: AlgorithmSet = AlgorithmSet::only(Algorithm::Es256).or(Algorithm::Rs256);
/// How long a request waits for a fetch, or for the time at which one is permitted.
const PATIENCE: Duration = Duration::from_secs(1);

thread_local!(static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) });

pub struct Issuer {
    pub name: String,
    pub audience: String,
    pub keys: SharedKeySet,
    pub endpoint: Arc<Endpoint>,
}

impl Issuer {
    /// The claims of a token that holds. What a new set can mend is worth a fetch, and a short wait.
    pub async fn verify<C: DeserializeOwned + Send>(&self, token: &str) -> Result<C, Refusal> {
        for _ in 0..5 {
            let keys = self.keys.keys()?;
            let now = UnixTime::now()?;
            let policy = ClaimsPolicy::new(Expect::Exactly(&self.name), Expect::Exactly(&self.audience));
            let outcome = SCRATCH.with_borrow_mut(|scratch| {
                let verified = Verifier::new(&keys).verify(token, scratch)?;
                Ok::<_, Error>(verified.claims(&policy, now)?.deserialize()?)
            });
            let refusal = match outcome {
                Ok(claims) => return Ok(claims),
                Err(refusal) => refusal,
            };
            match keys.need(token, &refusal).map(|need| self.keys.refetch(need)) {
                Some(Refetch::Now(fetch)) => self.fetch(fetch).await,
                Some(Refetch::InFlight) => drop(timeout(PATIENCE, self.keys.fetched()).await),
                Some(Refetch::Later { wait }) if wait <= PATIENCE => sleep(wait).await,
                Some(Refetch::VerifyAgain) => {}
                Some(Refetch::Later { .. } | Refetch::AlreadyFetched) | None => return Err(refusal.into()),
            }
        }
        Err(Refusal::Busy)
    }

    /// Does the HTTP where blocking is allowed. It goes on when the client of the request hangs up.
    pub async fn fetch(&self, fetch: Fetch) {
        let endpoint = Arc::clone(&self.endpoint);
        drop(tokio::task::spawn_blocking(move || endpoint.fetch(fetch)).await);
    }
}
