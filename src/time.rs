//! Points in time and clock skew, in whole seconds. There is no clock in this crate.

/// Seconds since 1970-01-01T00:00:00Z, leap seconds ignored: the scale of NumericDate (RFC 7519 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(i64);

impl UnixTime {
    /// The point this many seconds after (or, negative, before) the epoch.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since the epoch.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// The system clock's time. A clock set before 1970 gives the epoch. Where `std` has no clock, as on
    /// `wasm32-unknown-unknown`, it panics: pass in the time with [`from_seconds`](Self::from_seconds).
    #[cfg(feature = "std")]
    #[must_use]
    pub fn now() -> Self {
        let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Self(since_epoch.map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(i64::MAX)))
    }
}

/// How far the issuer's clock and this one may disagree (RFC 7519 §4.1.4): at most ten minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Leeway(u16);

impl Leeway {
    /// No leeway: what a policy has unless it is told otherwise.
    pub const NONE: Self = Self(0);

    /// The most that can be asked for: 600 seconds. RFC 7519 calls for "usually no more than a few
    /// minutes"; more would hide a broken clock instead of tolerating a slow one.
    pub const MAX_SECONDS: u16 = 600;

    /// A leeway of this many seconds; `None` above [`MAX_SECONDS`](Self::MAX_SECONDS).
    #[must_use]
    pub const fn from_seconds(seconds: u16) -> Option<Self> {
        if seconds <= Self::MAX_SECONDS { Some(Self(seconds)) } else { None }
    }

    /// The leeway in seconds.
    #[must_use]
    pub const fn seconds(self) -> u16 {
        self.0
    }
}
