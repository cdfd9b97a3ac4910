//! The state of a remote set in one line.

use core::fmt;

use super::error::FetchError;

/// The state of a [`RemoteKeySet`](crate::RemoteKeySet) at one time, for a log or a health check.
/// `Display` says it in one line. All times are seconds.
///
/// ```
/// use jose_core::{Algorithm, HttpResponse, RemoteKeySet, RotationPolicy, UnixTime};
///
/// let now = UnixTime::from_seconds(1_700_000_000);
/// let mut remote = RemoteKeySet::new(Algorithm::Es256.into(), RotationPolicy::new());
/// assert_eq!(remote.status(now).to_string(), "no keys yet; next fetch now");
///
/// let permit = remote.fetch_due(now).unwrap();
/// let _ = remote.complete(permit, Ok(HttpResponse::new(503, "")), now, 0);
/// assert_eq!(
///     remote.status(now).to_string(),
///     "no keys yet; next fetch in 60 s; 1 failure in a row, the latest: \
///      status 503 instead of the JWK Set: check the URL, and the issuer's state"
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RemoteStatus {
    /// The keys, once a fetch has succeeded.
    pub keys: Option<KeysStatus>,
    /// Whether a permit is out and has not lapsed.
    pub in_flight: bool,
    /// How long until [`fetch_due`](crate::RemoteKeySet::fetch_due) gives a permit.
    pub due_in: u64,
    /// How long until an unknown `kid` gets one.
    pub permitted_in: u64,
    /// How many fetches have failed since the last success.
    pub failures: u32,
    /// What became of the latest fetch, if it did not succeed.
    pub last_error: Option<FetchError>,
    /// How many unknown kids are remembered: at most 32.
    pub unknown_kids: usize,
}

/// The keys of a [`RemoteStatus`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeysStatus {
    /// How many keys of the latest set are bound to an algorithm.
    pub bound: usize,
    /// How many were set aside.
    pub set_aside: usize,
    /// The seconds since the set was fetched or confirmed.
    pub age: u64,
    /// The seconds until its lifetime ends; zero when it is over.
    pub fresh_for: u64,
    /// The seconds since its lifetime ended; zero before.
    pub stale_for: u64,
    /// Whether it is so stale that nothing verifies any longer.
    pub too_stale: bool,
}

impl fmt::Display for RemoteStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.keys {
            Some(keys) => keys.fmt(f)?,
            None => f.write_str("no keys yet")?,
        }
        match self.due_in {
            _ if self.in_flight => f.write_str("; a fetch is in flight")?,
            0 => f.write_str("; next fetch now")?,
            seconds => write!(f, "; next fetch in {seconds} s")?,
        }
        if self.permitted_in < self.due_in && !self.in_flight {
            match self.permitted_in {
                0 => f.write_str(", now for an unknown kid")?,
                seconds => write!(f, ", in {seconds} s for an unknown kid")?,
            }
        }
        match (self.failures, &self.last_error) {
            (0, None) => Ok(()),
            (0, Some(error)) => write!(f, "; the latest fetch: {error}"),
            (1, Some(error)) => write!(f, "; 1 failure in a row, the latest: {error}"),
            (failures, Some(error)) => write!(f, "; {failures} failures in a row, the latest: {error}"),
            (failures, None) => write!(f, "; {failures} failures in a row"),
        }
    }
}

impl fmt::Display for KeysStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.bound == 1 { "" } else { "s" };
        write!(f, "{} key{plural} bound, {} set aside; {} s old, ", self.bound, self.set_aside, self.age)?;
        match (self.too_stale, self.stale_for) {
            (true, seconds) => write!(f, "too stale to use since its lifetime ended {seconds} s ago"),
            (false, 0) => write!(f, "fresh for {} s", self.fresh_for),
            (false, seconds) => write!(f, "stale for {seconds} s"),
        }
    }
}
