//! How long keys are used, and how often they may be asked for.

use crate::limits::Limits;

/// How long the keys of a [`RemoteKeySet`](crate::RemoteKeySet) are used, and how often its endpoint
/// may be asked. All values but the limits are whole seconds. A value beyond its bounds is moved to the nearer one.
///
/// | | unless set | bounds |
/// |---|---|---|
/// | [`cooldown`](Self::cooldown) | 30 s | 1 s to 1 h |
/// | [`lifetime`](Self::lifetime), where the response says | 1 min to 1 h | 1 s to 30 days |
/// | [`default_lifetime`](Self::default_lifetime), where it does not | 5 min | those of `lifetime` |
/// | [`early_refresh`](Self::early_refresh) | 30 s | up to half of the lifetime |
/// | [`max_stale`](Self::max_stale) | 1 day | up to 30 days |
/// | [`max_backoff`](Self::max_backoff) | 15 min | the cooldown to 1 day |
/// | [`grace`](Self::grace) | none | up to 1 day |
/// | [`fetch_timeout`](Self::fetch_timeout) | 30 s | 1 s to 1 h |
/// | [`limits`](Self::limits) | those of [`Limits`] | up to 1 MiB |
///
/// ```
/// use jose_core::RotationPolicy;
///
/// // Keys that the issuer withdrew verify for two minutes more; an outage of a week is survived.
/// let policy = RotationPolicy::new().grace(120).max_stale(7 * 24 * 3600);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RotationPolicy {
    pub(super) cooldown: u32,
    least_lifetime: u32,
    most_lifetime: u32,
    default_lifetime: u32,
    early_refresh: u32,
    pub(super) max_stale: u32,
    max_backoff: u32,
    pub(super) grace: u32,
    fetch_timeout: u32,
    pub(super) limits: Limits,
}

const HOUR: u32 = 3600;
const DAY: u32 = 24 * HOUR;

impl RotationPolicy {
    /// The policy of the table's second column.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            cooldown: 30,
            // An issuer that forbids caching (`no-store`) is asked once a minute, and not for every
            // token. One that allows a day of it is asked every hour, because that is how long a key
            // that was withdrawn goes on to verify.
            least_lifetime: 60,
            most_lifetime: HOUR,
            default_lifetime: 300,
            early_refresh: 30,
            max_stale: DAY,
            max_backoff: 900,
            grace: 0,
            fetch_timeout: 30,
            limits: Limits::new(),
        }
    }

    /// Sets how much is read of a response, and of the tokens for which it is fetched.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The least time from one fetch to the next, whatever its reason: the end of a lifetime, an
    /// unknown `kid` or an earlier failure. No sequence of tokens can cause more.
    /// [`UnixTime`](crate::UnixTime) has whole seconds, so that up to one of them can be missing.
    #[must_use]
    pub const fn cooldown(mut self, seconds: u32) -> Self {
        self.cooldown = clamp(seconds, 1, HOUR);
        self
    }

    /// The bounds of the lifetime that a response gives its keys with `Cache-Control: max-age`
    /// (RFC 9111 §5.2.2.1). `no-store`, `no-cache` and a lifetime that is over give the lower bound.
    /// An upper bound below the lower one is the lower one.
    #[must_use]
    pub const fn lifetime(mut self, at_least: u32, at_most: u32) -> Self {
        self.least_lifetime = clamp(at_least, 1, 30 * DAY);
        self.most_lifetime = clamp(at_most, self.least_lifetime, 30 * DAY);
        self
    }

    /// The lifetime of keys whose response says nothing about it.
    #[must_use]
    pub const fn default_lifetime(mut self, seconds: u32) -> Self {
        self.default_lifetime = seconds;
        self
    }

    /// How long before the end of the lifetime a fetch is due, so that the new keys are there when
    /// the old ones end and no request waits. Jitter makes it up to half of that later.
    #[must_use]
    pub const fn early_refresh(mut self, seconds: u32) -> Self {
        self.early_refresh = seconds;
        self
    }

    /// How long keys are used beyond their lifetime while the endpoint fails. After that, nothing
    /// verifies until a fetch succeeds. The directives `must-revalidate` and `stale-if-error` do not
    /// count: how long an outage is survived is the verifier's decision and not the issuer's.
    #[must_use]
    pub const fn max_stale(mut self, seconds: u32) -> Self {
        self.max_stale = clamp(seconds, 0, 30 * DAY);
        self
    }

    /// The most time from a failed fetch to the next. It starts at one to two cooldowns and doubles
    /// with each failure.
    #[must_use]
    pub const fn max_backoff(mut self, seconds: u32) -> Self {
        self.max_backoff = seconds;
        self
    }

    /// How long a key goes on to verify after a new set came without its `kid`. Without grace, a key
    /// is withdrawn at once. With it, so does a key that was withdrawn because it leaked.
    #[must_use]
    pub const fn grace(mut self, seconds: u32) -> Self {
        self.grace = clamp(seconds, 0, DAY);
        self
    }

    /// After how long a [`FetchPermit`](crate::FetchPermit) that has not come back is taken for lost,
    /// so that another can be given; at least the cooldown. It should be longer than the HTTP client's
    /// own timeout.
    #[must_use]
    pub const fn fetch_timeout(mut self, seconds: u32) -> Self {
        self.fetch_timeout = clamp(seconds, 1, HOUR);
        self
    }

    /// The lifetime of a response that gives itself `declared` seconds, or says nothing.
    pub(super) fn lifetime_of(&self, declared: Option<u32>) -> u32 {
        clamp(declared.unwrap_or(self.default_lifetime), self.least_lifetime, self.most_lifetime)
    }

    /// How long before the end of a lifetime the next fetch is due. Jitter spreads the verifiers that
    /// fetched together over the second quarter of the time that is meant for it.
    pub(super) fn early(&self, lifetime: u32, jitter: u32) -> u32 {
        let early = self.early_refresh.min(lifetime / 2);
        early.saturating_sub(below(jitter, early / 2))
    }

    /// How long no fetch is permitted after this many failures in a row: between half of a time that
    /// doubles with each failure and the whole of it.
    pub(super) fn backoff(&self, failures: u32, jitter: u32) -> u32 {
        let most = clamp(self.max_backoff, self.cooldown, DAY);
        let doubled = 1_u32.checked_shl(failures).unwrap_or(u32::MAX).saturating_mul(self.cooldown);
        let whole = doubled.min(most);
        let half = whole / 2;
        whole.saturating_sub(below(jitter, half)).max(self.cooldown)
    }

    /// The most that a server can ask for with `Retry-After`.
    pub(super) fn retry_after(&self, seconds: u32) -> u32 {
        seconds.min(clamp(self.max_backoff, self.cooldown, DAY))
    }

    /// After how long a permit that has not come back no longer stands in the way.
    pub(super) fn lapse(&self) -> u32 {
        self.fetch_timeout.max(self.cooldown)
    }
}

impl Default for RotationPolicy {
    fn default() -> Self {
        Self::new()
    }
}

const fn clamp(value: u32, least: u32, most: u32) -> u32 {
    if value < least {
        least
    } else if value > most {
        most
    } else {
        value
    }
}

/// A number from zero to `most`.
fn below(jitter: u32, most: u32) -> u32 {
    jitter.checked_rem(most.saturating_add(1)).unwrap_or(0)
}
