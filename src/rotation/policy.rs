//! How long keys are used, and how often they may be fetched.

use core::fmt;
use core::time::Duration;

use super::jitter::Jitter;
use crate::limits::Limits;

/// How long the keys of a [`RemoteKeySet`](super::RemoteKeySet) are used, and how often they are fetched.
///
/// | | default | bounds |
/// |---|---|---|
/// | [`cooldown`](Self::cooldown) | 30 s | 1 s to 1 h |
/// | [`lifetime`](Self::lifetime), if the response states one | 1 min to 1 h | 1 s to 30 days |
/// | [`default_lifetime`](Self::default_lifetime), if it does not | 5 min | those of `lifetime` |
/// | [`early_refresh`](Self::early_refresh) | 30 s | up to 30 days |
/// | [`max_stale`](Self::max_stale) | 1 day | up to 30 days |
/// | [`max_backoff`](Self::max_backoff) | 15 min | the cooldown to 1 day |
/// | [`bad_signature_pause`](Self::bad_signature_pause) | 5 min | the cooldown to 1 day |
/// | [`grace`](Self::grace) | none | up to 1 day |
/// | [`fetch_timeout`](Self::fetch_timeout) | 30 s | 1 s to 1 h |
/// | [`withdrawal`](Self::withdrawal) | [`Withdrawal::AtEndOfLifetime`] | |
/// | [`limits`](Self::limits) | those of [`Limits`] | up to 1 MiB |
///
/// Setting a value outside its bounds is an error when the set is created. An unset value moves to the
/// nearest bound if other values make that necessary.
///
/// ```
/// use core::time::Duration;
/// use jose_core::rotation::RotationPolicy;
///
/// // Keys that the issuer withdrew verify for two more minutes; during an outage, keys are used for a week.
/// let policy = RotationPolicy::new()
///     .grace(Duration::from_secs(120))
///     .max_stale(Duration::from_secs(7 * 24 * 3600));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RotationPolicy {
    pub(super) cooldown: Duration,
    min_lifetime: Duration,
    max_lifetime: Duration,
    default_lifetime: Option<Duration>,
    early_refresh: Duration,
    pub(super) max_stale: Duration,
    max_backoff: Option<Duration>,
    bad_signature_pause: Option<Duration>,
    pub(super) grace: Duration,
    fetch_timeout: Duration,
    pub(super) withdrawal: Withdrawal,
    pub(super) limits: Limits,
}

/// What happens to the keys when the issuer responds with a well-formed set without a usable key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawal {
    /// They verify until the end of their own lifetime and no longer: they are not used stale.
    AtEndOfLifetime,
    /// They no longer verify. An issuer that publishes an empty set by mistake stops verification at once.
    AtOnce,
    /// They verify as after a failed fetch, for [`RotationPolicy::max_stale`] beyond their lifetime.
    Keep,
}

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
const MONTH: Duration = Duration::from_secs(30 * 24 * 3600);

impl RotationPolicy {
    /// Creates the default policy.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            cooldown: Duration::from_secs(30),
            // An issuer that forbids caching (`no-store`) is asked once a minute, not for every token. One
            // that allows caching for a day is asked every hour, because a withdrawn key verifies until then.
            min_lifetime: Duration::from_secs(60),
            max_lifetime: HOUR,
            default_lifetime: None,
            early_refresh: Duration::from_secs(30),
            max_stale: DAY,
            max_backoff: None,
            bad_signature_pause: None,
            grace: Duration::ZERO,
            fetch_timeout: Duration::from_secs(30),
            withdrawal: Withdrawal::AtEndOfLifetime,
            limits: Limits::new(),
        }
    }

    /// Sets the minimum time between fetches, whatever the reason: a token, the end of a lifetime, an earlier
    /// failure, or the operator. No sequence of tokens causes more. Only while there has never been a key,
    /// failed fetches are repeated after 1, 2, 4 … seconds, up to the cooldown.
    #[must_use]
    pub const fn cooldown(mut self, pause: Duration) -> Self {
        self.cooldown = pause;
        self
    }

    /// Sets the bounds of the lifetime that a response gives its keys with `Cache-Control: max-age` or
    /// `Expires` (RFC 9111 §4.2.1). `no-store`, `no-cache`, malformed fields and an expired lifetime result
    /// in the lower bound. Scheduled fetches that succeed are at least the lower bound apart.
    #[must_use]
    pub const fn lifetime(mut self, min: Duration, max: Duration) -> Self {
        self.min_lifetime = min;
        self.max_lifetime = max;
        self
    }

    /// Sets the lifetime of keys whose response does not state one.
    #[must_use]
    pub const fn default_lifetime(mut self, lifetime: Duration) -> Self {
        self.default_lifetime = Some(lifetime);
        self
    }

    /// Sets how long before the end of the lifetime a fetch is due, so that the new keys arrive before the
    /// old ones end and no request waits. It is at most half of the lifetime; jitter makes it up to half
    /// shorter.
    #[must_use]
    pub const fn early_refresh(mut self, early: Duration) -> Self {
        self.early_refresh = early;
        self
    }

    /// Sets how long keys are used beyond their lifetime while the endpoint fails. After that, nothing
    /// verifies until a fetch succeeds. The directives `must-revalidate` and `stale-if-error` are ignored:
    /// how long to survive an outage is for the verifier to decide, not the issuer.
    #[must_use]
    pub const fn max_stale(mut self, stale: Duration) -> Self {
        self.max_stale = stale;
        self
    }

    /// Sets the maximum time from a failed fetch to the next scheduled one, and the longest `Retry-After`
    /// that is honored. The pause starts at one to two cooldowns and doubles with each failure. A token that
    /// needs a fetch waits for the cooldown and a `Retry-After`, but not for this pause.
    #[must_use]
    pub const fn max_backoff(mut self, pause: Duration) -> Self {
        self.max_backoff = Some(pause);
        self
    }

    /// Sets the minimum time between fetches because of signatures that do not verify. Anyone can send such
    /// tokens with an existing `kid`; they also occur when an issuer replaces a key under its `kid`.
    #[must_use]
    pub const fn bad_signature_pause(mut self, pause: Duration) -> Self {
        self.bad_signature_pause = Some(pause);
        self
    }

    /// Sets how long a key continues to verify after a new set without its `kid` has arrived. Without grace,
    /// a key is withdrawn at once; with it, even a leaked key continues to verify. A key without a `kid`, or
    /// one whose `kid` the new set has, gets none.
    #[must_use]
    pub const fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Sets how long until a [`FetchPermit`](super::FetchPermit) that has not come back is considered lost,
    /// so that another can be issued, at the earliest a cooldown after it. Make it longer than the timeout of
    /// the HTTP client.
    #[must_use]
    pub const fn fetch_timeout(mut self, timeout: Duration) -> Self {
        self.fetch_timeout = timeout;
        self
    }

    /// Sets what happens to the keys when the issuer publishes none that are usable.
    #[must_use]
    pub const fn withdrawal(mut self, withdrawal: Withdrawal) -> Self {
        self.withdrawal = withdrawal;
        self
    }

    /// Sets the limits for a JWK Set and a token.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Checks every value that was set against its bounds.
    pub(super) fn check(&self) -> Result<(), PolicyError> {
        let second = Duration::from_secs(1);
        let settings = [
            ("cooldown", Some(self.cooldown), second, HOUR),
            ("lifetime min", Some(self.min_lifetime), second, MONTH),
            ("lifetime max", Some(self.max_lifetime), self.min_lifetime, MONTH),
            ("default_lifetime", self.default_lifetime, self.min_lifetime, self.max_lifetime),
            ("early_refresh", Some(self.early_refresh), Duration::ZERO, MONTH),
            ("max_stale", Some(self.max_stale), Duration::ZERO, MONTH),
            ("max_backoff", self.max_backoff, self.cooldown, DAY),
            ("bad_signature_pause", self.bad_signature_pause, self.cooldown, DAY),
            ("grace", Some(self.grace), Duration::ZERO, DAY),
            ("fetch_timeout", Some(self.fetch_timeout), second, HOUR),
        ];
        for (setting, value, min, max) in settings {
            if let Some(found) = value.filter(|value| !(min..=max).contains(value)) {
                return Err(PolicyError { setting, found, min, max });
            }
        }
        Ok(())
    }

    /// Returns the remaining lifetime of a response of this age, given the lifetime that it states, if any.
    pub(super) fn lifetime_of(&self, declared: Option<Duration>, age: Duration) -> Duration {
        let default = self.default_lifetime.unwrap_or(Duration::from_secs(300));
        // A response that is older than its lifetime has none left.
        let left = declared.map_or(default, |declared| declared.saturating_sub(age));
        left.max(self.min_lifetime).min(self.max_lifetime)
    }

    /// Returns how long after the permit for a set of this lifetime the next fetch is due.
    pub(super) fn refresh_after(&self, lifetime: Duration, jitter: &mut Jitter) -> Duration {
        // At most half of the lifetime, so that the difference is exact.
        let early = self.early_refresh.min(half(lifetime));
        let refresh = lifetime.saturating_sub(early).max(self.min_lifetime);
        refresh.saturating_add(jitter.below(half(early)))
    }

    /// Returns how long no fetch is scheduled after this many consecutive failures: between half and all of a
    /// time that doubles with each failure.
    pub(super) fn backoff(&self, failures: u32, jitter: &mut Jitter) -> Duration {
        let factor = 1_u32.checked_shl(failures).unwrap_or(u32::MAX);
        let whole = self.cooldown.saturating_mul(factor).min(self.longest_pause());
        whole.saturating_sub(jitter.below(half(whole))).max(self.cooldown)
    }

    /// Returns how long no fetch is permitted after this many consecutive failures, while there was never a
    /// key.
    pub(super) fn startup_pause(&self, failures: u32) -> Duration {
        let twice = 1_u64.checked_shl(failures).unwrap_or(u64::MAX);
        Duration::from_secs(twice / 2).min(self.cooldown)
    }

    /// Returns the maximum pause, even if the server asks for longer.
    pub(super) fn longest_pause(&self) -> Duration {
        self.max_backoff.unwrap_or(Duration::from_secs(900).max(self.cooldown))
    }

    pub(super) fn signature_pause(&self) -> Duration {
        self.bad_signature_pause.unwrap_or(Duration::from_secs(300).max(self.cooldown))
    }

    /// Returns how long until a permit that has not come back no longer blocks others.
    pub(super) fn lapse(&self) -> Duration {
        self.fetch_timeout.max(self.cooldown)
    }
}

impl Default for RotationPolicy {
    fn default() -> Self {
        Self::new()
    }
}

#[expect(clippy::arithmetic_side_effects, reason = "the divisor is not zero")]
fn half(time: Duration) -> Duration {
    time / 2
}

/// A value of a [`RotationPolicy`] is outside its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyError {
    /// The method that set it; for `lifetime`, with its argument.
    pub setting: &'static str,
    /// The value.
    pub found: Duration,
    /// Its lower bound.
    pub min: Duration,
    /// Its upper bound.
    pub max: Duration,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { setting, found, min, max } = self;
        write!(f, "rotation policy: expected {setting} between {min:?} and {max:?}, found {found:?}")
    }
}

impl core::error::Error for PolicyError {}
