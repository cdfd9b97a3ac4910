//! The life of a JWK Set that is fetched from its issuer: when to fetch, what to keep, when to stop
//! asking. There is no I/O and no clock here; the application brings both.
//!
//! Two things hold whatever tokens arrive and whatever the endpoint answers. Fetches are a cooldown
//! apart, to the second that the clock has. And nothing but a set with a usable key replaces a set
//! that has one.

mod cache_control;
mod clock;
mod error;
mod fetch;
mod fetched;
mod keys;
mod policy;
mod response;
mod status;
mod unknown_kids;

use alloc::vec::Vec;

use self::clock::Clock;
pub use self::error::{FetchError, KeysUnavailable};
pub use self::fetch::{FetchPermit, Refetch, Refreshed, Unreachable};
use self::fetched::Fetched;
pub use self::keys::RemoteKeys;
use self::keys::Withdrawn;
pub use self::policy::RotationPolicy;
pub use self::response::HttpResponse;
pub use self::status::{KeysStatus, RemoteStatus};
use self::unknown_kids::UnknownKids;
use crate::algorithm::AlgorithmSet;
use crate::error::{Error, SelectError};
use crate::jws::UnverifiedJws;
use crate::time::UnixTime;

/// How many replaced sets are kept for the grace of their keys. An issuer that withdraws keys more
/// often than this within one grace cuts the oldest short.
const MOST_WITHDRAWN: usize = 4;

/// The keys of an issuer that publishes them as a JWK Set (RFC 7517 §5) at a URL, over time.
///
/// The application does the HTTP, with whatever it has. It asks this type whether a fetch is due, and
/// is given a [`FetchPermit`] if so. It fetches, and hands the permit in with what came of it. In the
/// meantime the keys that there are stay in use, and nothing waits.
///
/// - A fetch is due when keys are first asked for, and shortly before their lifetime ends, which the
///   response says with `Cache-Control` and `Age` (RFC 9111 §4.2, §5).
/// - A token with a `kid` that no key has is worth a fetch: see [`refused`](Self::refused).
/// - A new set replaces the old one whole. A key that is no longer in it is withdrawn, and no longer
///   verifies, at once or after the policy's grace.
/// - When a fetch fails, the keys stay in use until they are too stale, and the next fetch is put off,
///   twice as long after each failure.
///
/// Threads share it behind an `RwLock`: verifying reads, and nobody holds the lock while fetching. A
/// request that is told [`Refetch::InFlight`] waits for whoever fetches, or is refused
/// (`examples/server`).
///
/// An issuer that replaces keys without giving them a `kid` is noticed when a lifetime ends, and not
/// by its tokens: they cannot be told from forged ones.
///
/// Of the times that are passed in, only the differences count. [`UnixTime`] serves because claims need
/// it anyway; the uptime of a device does as well, as long as one instance is always given the same
/// clock. A clock that is set back stops time here for a moment; one that is set forward lets everything
/// come due, which costs a fetch.
///
/// ```
/// # #[cfg(feature = "es256")] {
/// use jose_core::{
///     Algorithm, FetchPermit, HttpResponse, Refetch, RemoteKeySet, RotationPolicy, UnixTime, Unreachable,
///     Verifier,
/// };
///
/// # const JWKS: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","kid":"1","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
/// # const TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
/// /// Whatever the application's HTTP client is like. It returns the body that it has read.
/// fn get(etag: Option<&str>) -> Result<(u16, String), Unreachable> {
///     Ok((200, JWKS.to_owned()))
/// }
///
/// fn fetch(remote: &mut RemoteKeySet, permit: FetchPermit, now: UnixTime) {
///     let got = get(permit.etag());
///     let response = got.as_ref().map(|(status, body)| {
///         HttpResponse::new(*status, body).field("Cache-Control", "max-age=600")
///     });
///     let jitter = 4; // a random number, another one for each fetch
///     if let Err(error) = remote.complete(permit, response.map_err(|error| *error), now, jitter) {
///         eprintln!("{error}; {}", remote.status(now));
///     }
/// }
///
/// // Once.
/// let allowed = Algorithm::Es256.into();
/// let mut remote = RemoteKeySet::new(allowed, RotationPolicy::new());
/// let mut scratch = Vec::new();
///
/// // For every token.
/// let now = UnixTime::from_seconds(1_300_819_000);
/// if let Some(permit) = remote.fetch_due(now) {
///     fetch(&mut remote, permit, now);
/// }
/// let mut outcome = Verifier::new(&remote.keys(now)?, allowed).verify(TOKEN, &mut scratch).map(drop);
/// if let Err(refusal) = outcome {
///     if let Refetch::Now(permit) = remote.refused(TOKEN, &refusal, now) {
///         fetch(&mut remote, permit, now);
///         outcome = Verifier::new(&remote.keys(now)?, allowed).verify(TOKEN, &mut scratch).map(drop);
///     }
/// }
/// assert!(outcome.is_ok());
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RemoteKeySet {
    allowed: AlgorithmSet,
    /// The values of `use` that are accepted beside `sig`.
    uses: &'static [&'static str],
    policy: RotationPolicy,
    clock: Clock,
    latest: Option<Fetched>,
    /// The newest first.
    withdrawn: Vec<Withdrawn>,
    unknown_kids: UnknownKids,
    in_flight: Option<InFlight>,
    /// How many permits were given: the number of the next.
    permits: u64,
    /// No fetch is permitted before this.
    permitted_at: u64,
    failures: u32,
    last_error: Option<FetchError>,
}

#[derive(Clone, Copy, Debug)]
struct InFlight {
    permit: u64,
    issued_at: u64,
}

impl RemoteKeySet {
    /// A set that has not been fetched, for tokens of the `allowed` algorithms.
    #[must_use]
    pub const fn new(allowed: AlgorithmSet, policy: RotationPolicy) -> Self {
        Self {
            allowed,
            uses: &[],
            policy,
            clock: Clock::new(),
            latest: None,
            withdrawn: Vec::new(),
            unknown_kids: UnknownKids::new(),
            in_flight: None,
            permits: 0,
            permitted_at: 0,
            failures: 0,
            last_error: None,
        }
    }

    /// Accepts keys with one of these values of `use`, too, in every set that is fetched from now on: see
    /// [`Jwk::allow_uses`](crate::Jwk::allow_uses).
    #[must_use]
    pub const fn allow_uses(mut self, uses: &'static [&'static str]) -> Self {
        self.uses = uses;
        self
    }

    /// The keys to verify with at `now`. It costs nothing, and is asked for every token.
    ///
    /// # Errors
    ///
    /// [`KeysUnavailable`] before the first fetch that succeeds, and when the lifetime of the keys
    /// ended longer ago than [`RotationPolicy::max_stale`].
    pub fn keys(&self, now: UnixTime) -> Result<RemoteKeys<'_>, KeysUnavailable> {
        let at = self.clock.at(now);
        let last_error = self.last_error;
        let latest = self.latest.as_ref().ok_or(KeysUnavailable::NeverFetched { last_error })?;
        if let Some(seconds) = latest.too_stale(&self.policy, at) {
            let limit = self.policy.max_stale;
            return Err(KeysUnavailable::TooStale { seconds, limit, last_error });
        }
        Ok(RemoteKeys { latest: &latest.keys, withdrawn: &self.withdrawn, at })
    }

    /// Whether [`fetch_due`](Self::fetch_due) is to be called. Where the set is behind a lock, a reader
    /// learns from this that it is time to write.
    #[must_use]
    pub fn is_fetch_due(&self, now: UnixTime) -> bool {
        let at = self.clock.at(now);
        // Only a writer can tell the clock that it was set back.
        self.clock.was_set_back(now) || self.refresh_at() <= at && self.next_permit_at() <= at
    }

    /// A permit to fetch, if the set has not been fetched, if the end of its lifetime is near, or if
    /// it is over; and if a fetch is permitted. Call it when there is a token to verify, or regularly.
    #[must_use = "no other fetch is permitted until this one is completed or lost"]
    pub fn fetch_due(&mut self, now: UnixTime) -> Option<FetchPermit> {
        let at = self.advance(now);
        if self.refresh_at() <= at { self.permit(at) } else { None }
    }

    /// Whether a fetch can help a `token` that the [`Verifier`](crate::Verifier) refused for
    /// this reason: it can if no key had its `kid`, because the issuer may have a new key.
    ///
    /// Anyone can make up a kid. One permit is given for all that arrive within a cooldown. Those that
    /// are not in the set that comes of it are remembered, 32 at most, and are told apart from those
    /// that have not been looked up.
    pub fn refused<T: AsRef<[u8]> + ?Sized>(&mut self, token: &T, refusal: &Error, now: UnixTime) -> Refetch {
        let Error::Select(SelectError::KidUnknown { .. }) = refusal else { return Refetch::Useless };
        let limits = self.policy.limits;
        let mut scratch = alloc::vec![0; token.as_ref().len().min(limits.token_length())];
        let jws = UnverifiedJws::parse(token, &mut scratch, limits);
        let Some(kid) = jws.ok().and_then(|jws| jws.header().kid()) else { return Refetch::Useless };

        let at = self.advance(now);
        if self.latest.as_ref().is_some_and(|latest| latest.keys.keys_of(kid).next().is_some()) {
            return Refetch::VerifyAgain;
        }
        let in_vain = self.unknown_kids.note(kid);
        match self.permit(at) {
            Some(permit) => Refetch::Now(permit),
            None if self.in_flight.is_some() => Refetch::InFlight,
            None if in_vain => Refetch::InVain,
            None => Refetch::Later { seconds: self.next_permit_at().saturating_sub(at) },
        }
    }

    /// Takes a permit back, with what came of the fetch, and the time at which it came. `jitter` is any
    /// number, from a source that differs between machines; it spreads the next fetch of machines that
    /// fetched together. Zero is none.
    ///
    /// The lifetime counts from the time at which the permit was given, because the response may have
    /// been on its way since (RFC 9111 §4.2.3).
    ///
    /// # Errors
    ///
    /// [`FetchError`]; the keys that there were stay in use.
    pub fn complete(
        &mut self,
        permit: FetchPermit,
        fetched: Result<HttpResponse<'_>, Unreachable>,
        now: UnixTime,
        jitter: u32,
    ) -> Result<Refreshed, FetchError> {
        let at = self.advance(now);
        if self.in_flight.is_none_or(|in_flight| in_flight.permit != permit.number) {
            return Err(FetchError::PermitLapsed);
        }
        self.in_flight = None;
        let outcome = match &fetched {
            Ok(response) => self.accept(&permit, response, at, jitter),
            Err(Unreachable) => Err(FetchError::Unreachable),
        };
        match outcome {
            Ok(_) => {
                self.failures = 0;
                self.last_error = None;
                self.unknown_kids.look_up();
            }
            Err(error) => {
                self.failures = self.failures.saturating_add(1);
                self.last_error = Some(error);
                let asked = fetched.ok().and_then(|response| response.retry_after);
                let asked = self.policy.retry_after(asked.unwrap_or(0));
                let pause = self.policy.backoff(self.failures, jitter).max(asked);
                // The pause is at least the cooldown.
                self.permitted_at = at.saturating_add(pause.into());
            }
        }
        outcome
    }

    /// The state of everything at `now`.
    #[must_use]
    pub fn status(&self, now: UnixTime) -> RemoteStatus {
        let at = self.clock.at(now);
        let keys = self.latest.as_ref().map(|latest| {
            let bound = latest.keys.verdicts().filter(|verdict| verdict.outcome.is_ok()).count();
            KeysStatus {
                bound,
                set_aside: latest.keys.len().saturating_sub(bound),
                age: at.saturating_sub(latest.confirmed_at),
                fresh_for: latest.fresh_until.saturating_sub(at),
                stale_for: at.saturating_sub(latest.fresh_until),
                too_stale: latest.too_stale(&self.policy, at).is_some(),
            }
        });
        let permitted_at = self.next_permit_at();
        RemoteStatus {
            keys,
            in_flight: self.in_flight.is_some() && permitted_at > at,
            due_in: self.refresh_at().max(permitted_at).saturating_sub(at),
            permitted_in: permitted_at.saturating_sub(at),
            failures: self.failures,
            last_error: self.last_error,
            unknown_kids: self.unknown_kids.len(),
        }
    }

    /// The time, which goes on, and what it ends.
    fn advance(&mut self, now: UnixTime) -> u64 {
        let at = self.clock.advance(now);
        self.withdrawn.retain(|withdrawn| withdrawn.until > at);
        at
    }

    /// When a fetch is due, if it is permitted by then.
    fn refresh_at(&self) -> u64 {
        self.latest.as_ref().map_or(0, |latest| latest.refresh_at)
    }

    /// When the next fetch is permitted. A permit that is out stands in the way until it is taken for
    /// lost.
    fn next_permit_at(&self) -> u64 {
        match self.in_flight {
            Some(in_flight) => in_flight.issued_at.saturating_add(self.policy.lapse().into()),
            None => self.permitted_at,
        }
    }

    /// The one place that gives permits.
    fn permit(&mut self, at: u64) -> Option<FetchPermit> {
        if self.next_permit_at() > at {
            return None;
        }
        if self.in_flight.is_some() {
            self.last_error = Some(FetchError::PermitLapsed);
        }
        let number = self.permits;
        self.permits = number.wrapping_add(1);
        self.in_flight = Some(InFlight { permit: number, issued_at: at });
        self.permitted_at = at.saturating_add(self.policy.cooldown.into());
        self.unknown_kids.expect_set();
        let etag = self.latest.as_ref().and_then(|latest| latest.etag.clone());
        Some(FetchPermit { number, issued_at: at, etag })
    }

    /// What a response means for the keys.
    fn accept(
        &mut self,
        permit: &FetchPermit,
        response: &HttpResponse<'_>,
        at: u64,
        jitter: u32,
    ) -> Result<Refreshed, FetchError> {
        let extend = |set: &mut Fetched| set.extend(&self.policy, permit, response.age(), at, jitter);
        match (response.status, &mut self.latest) {
            (304, Some(latest)) if permit.etag.is_some() => {
                latest.update_fields(response);
                extend(latest);
                Ok(Refreshed::Confirmed)
            }
            (200, Some(latest)) if latest.is_of(response) => {
                latest.take_fields(response);
                extend(latest);
                Ok(Refreshed::Confirmed)
            }
            (200, _) => {
                let mut fetched = Fetched::read(response, self.allowed, self.uses, self.policy.limits)?;
                extend(&mut fetched);
                self.replace(fetched, at);
                Ok(Refreshed::Replaced)
            }
            (status, _) => Err(FetchError::Status { status }),
        }
    }

    /// Puts a set in the place of the one before, which is kept for the grace of those of its keys
    /// that are gone. One that was too stale to use is not brought back by this.
    fn replace(&mut self, fetched: Fetched, at: u64) {
        let kept = self.latest.as_ref().is_some_and(|latest| {
            self.policy.grace > 0
                && latest.too_stale(&self.policy, at).is_none()
                && latest.has_key_beyond(&fetched)
        });
        if let Some(replaced) = self.latest.replace(fetched).filter(|_| kept) {
            self.withdrawn.truncate(MOST_WITHDRAWN.saturating_sub(1));
            let until = at.saturating_add(self.policy.grace.into());
            self.withdrawn.insert(0, Withdrawn { keys: replaced.keys, until });
        }
    }
}
