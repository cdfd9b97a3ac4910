//! The state of a remote set in one line.

use core::fmt;
use core::time::Duration;

use super::error::FetchError;

/// The state of a [`RemoteKeySet`](super::RemoteKeySet) at one time, for a log or a health check. `Display`
/// writes it in one line, in whole seconds.
///
/// ```
/// use core::time::Duration;
/// use jose_core::rotation::{HttpResponse, Jitter, MonotonicTime, RemoteKeySet, RotationPolicy};
/// use jose_core::Algorithm;
///
/// let now = MonotonicTime::since_origin(Duration::ZERO);
/// let mut remote = RemoteKeySet::new(Algorithm::Es256, RotationPolicy::new(), Jitter::NONE)?;
/// assert_eq!(remote.status(now).to_string(), "no keys yet; next fetch now");
///
/// let permit = remote.fetch_due(now).unwrap();
/// let outcome = permit.receive(Ok(HttpResponse::new(503, "")));
/// let _ = remote.complete(outcome, now);
/// assert_eq!(
///     remote.status(now).to_string(),
///     "no keys yet; next fetch in 1 s; 1 failure in a row, last: \
///      JWK Set: expected status 200, found 503: check the URL, and the issuer's state"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RemoteStatus {
    /// The keys, once a fetch has succeeded.
    pub keys: Option<KeysStatus>,
    /// Whether a permit is in flight and has not lapsed.
    pub in_flight: bool,
    /// The time until [`fetch_due`](super::RemoteKeySet::fetch_due) returns a permit.
    pub due_in: Duration,
    /// The time until the need of a token gets a permit.
    pub permitted_in: Duration,
    /// The number of failed fetches since the last success.
    pub failures: u32,
    /// The error of the last fetch, if it did not succeed.
    pub last_error: Option<FetchError>,
    /// The number of needs of tokens that are remembered: at most 32.
    pub needs: usize,
}

/// The keys of a [`RemoteStatus`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeysStatus {
    /// The number of keys of the latest set that are bound to an algorithm.
    pub bound: usize,
    /// The number of keys that were set aside.
    pub set_aside: usize,
    /// The time since the set was fetched or confirmed.
    pub age: Duration,
    /// The time until its lifetime ends; zero when it is over.
    pub fresh_for: Duration,
    /// The time since its lifetime ended; zero before.
    pub stale_for: Duration,
    /// Whether they verify.
    pub usable: bool,
    /// Whether the issuer has since published a set without a usable key.
    pub withdrawn: bool,
}

impl fmt::Display for RemoteStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.keys {
            Some(keys) => keys.fmt(f)?,
            None => f.write_str("no keys yet")?,
        }
        let (due_in, permitted_in) = (whole_seconds(self.due_in), whole_seconds(self.permitted_in));
        match due_in {
            _ if self.in_flight => f.write_str("; a fetch is in flight")?,
            0 => f.write_str("; next fetch now")?,
            seconds => write!(f, "; next fetch in {seconds} s")?,
        }
        if permitted_in < due_in && !self.in_flight {
            match permitted_in {
                0 => f.write_str(", now for a token that needs it")?,
                seconds => write!(f, ", in {seconds} s for a token that needs it")?,
            }
        }
        match (self.failures, &self.last_error) {
            (0, None) => Ok(()),
            (0, Some(error)) => write!(f, "; last fetch: {error}"),
            (1, Some(error)) => write!(f, "; 1 failure in a row, last: {error}"),
            (failures, Some(error)) => write!(f, "; {failures} failures in a row, last: {error}"),
            (failures, None) => write!(f, "; {failures} failures in a row"),
        }
    }
}

/// Returns the seconds until something, rounded up: what is to come is not now. The longest time saturates.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0))
}

impl fmt::Display for KeysStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.bound == 1 { "" } else { "s" };
        let age = self.age.as_secs();
        write!(f, "{} key{plural} bound, {} set aside; {age} s old, ", self.bound, self.set_aside)?;
        if self.withdrawn {
            f.write_str("withdrawn by the issuer, ")?;
        }
        let stale = self.stale_for.as_secs();
        match (self.usable, self.withdrawn) {
            (false, false) => write!(f, "too stale to use: their lifetime ended {stale} s ago"),
            (false, true) => f.write_str("no longer in use"),
            (true, _) if self.stale_for.is_zero() => write!(f, "fresh for {} s", self.fresh_for.as_secs()),
            (true, _) => write!(f, "stale for {stale} s"),
        }
    }
}
