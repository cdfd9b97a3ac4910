//! The time that rotation runs on.

use core::time::Duration;

/// A point on a clock that is never set: the time since a fixed origin, such as the start of the device
/// or of the process.
///
/// Rotation runs on this and not on [`UnixTime`](crate::UnixTime), which a time server may set by years in
/// either direction. The origin is the caller's; one [`RemoteKeySet`](super::RemoteKeySet) is always given
/// times of the same one. Threads may hand in times in another order than they read them: a time before the
/// latest counts as the latest.
///
/// ```
/// use core::time::Duration;
/// use jose_core::rotation::MonotonicTime;
///
/// let uptime_in_milliseconds = 81_250;
/// let now = MonotonicTime::since_origin(Duration::from_millis(uptime_in_milliseconds));
/// assert!(now > MonotonicTime::since_origin(Duration::ZERO));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MonotonicTime(Duration);

/// Where the origin lies on the scale inside, so that a saved set can be older than it.
const ORIGIN: Duration = Duration::from_secs(400 * 24 * 3600);

impl MonotonicTime {
    /// Earlier than every time that is handed in.
    pub(super) const START: Self = Self(Duration::ZERO);

    /// Returns the point this long after the origin.
    #[must_use]
    pub const fn since_origin(elapsed: Duration) -> Self {
        // Centuries after the origin, time stands still.
        Self(ORIGIN.saturating_add(elapsed))
    }

    /// Returns the time since the first call in this process. Where the system suspends, the time asleep may
    /// not count ([`std::time::Instant`]). There is no such function on `wasm32-unknown-unknown`, where `std`
    /// has no clock.
    #[cfg(all(feature = "std", not(all(target_arch = "wasm32", target_os = "unknown"))))]
    #[must_use]
    pub fn now() -> Self {
        static FIRST: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
        Self::since_origin(FIRST.get_or_init(std::time::Instant::now).elapsed())
    }

    pub(super) const fn after(self, wait: Duration) -> Self {
        Self(self.0.saturating_add(wait))
    }

    /// The point this long before, at most the distance to the origin's own past.
    pub(super) const fn before(self, age: Duration) -> Self {
        Self(self.0.saturating_sub(age))
    }

    /// The time since an earlier point; zero since a later one.
    pub(super) const fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}
