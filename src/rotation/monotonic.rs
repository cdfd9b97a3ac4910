//! The time that rotation uses.

use core::time::Duration;

/// A time on a clock that is never set: the time since a fixed origin, such as the start of the device or
/// process.
///
/// Rotation uses this instead of [`UnixTime`](crate::UnixTime), which a time server may set by years in
/// either direction. The caller chooses the origin; all times given to one
/// [`RemoteKeySet`](super::RemoteKeySet) must have the same one. Threads may pass times in a different order
/// than they read them: a time before the latest counts as the latest.
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

/// The internal value of the origin, so that a saved set can be older than it.
const ORIGIN: Duration = Duration::from_secs(400 * 24 * 3600);

impl MonotonicTime {
    /// Earlier than every time that is passed in.
    pub(super) const START: Self = Self(Duration::ZERO);

    /// Creates the time this long after the origin.
    #[must_use]
    pub const fn since_origin(elapsed: Duration) -> Self {
        // Centuries after the origin, time stops.
        Self(ORIGIN.saturating_add(elapsed))
    }

    /// Returns the time since the first call in this process. While the system is suspended, time may not
    /// advance ([`std::time::Instant`]). This function does not exist on `wasm32-unknown-unknown`, where
    /// `std` has no clock.
    #[cfg(all(feature = "std", not(all(target_arch = "wasm32", target_os = "unknown"))))]
    #[must_use]
    pub fn now() -> Self {
        static FIRST: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
        Self::since_origin(FIRST.get_or_init(std::time::Instant::now).elapsed())
    }

    pub(super) const fn after(self, wait: Duration) -> Self {
        Self(self.0.saturating_add(wait))
    }

    /// Returns the time this much earlier, but not before the start of the internal scale.
    pub(super) const fn before(self, age: Duration) -> Self {
        Self(self.0.saturating_sub(age))
    }

    /// Returns the time since an earlier time; zero for a later one.
    pub(super) const fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}
