//! Points in time and clock skew, in whole seconds. There is no clock in this crate.

/// Seconds since 1970-01-01T00:00:00Z, ignoring leap seconds: the scale of NumericDate (RFC 7519 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(i64);

impl UnixTime {
    /// Creates the time this many seconds after the epoch, or, if negative, before it.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Returns the seconds since the epoch.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// Returns the time of the system clock. This function does not exist on `wasm32-unknown-unknown`, where
    /// `std` has no clock: pass in the time with [`from_seconds`](Self::from_seconds).
    ///
    /// # Errors
    ///
    /// [`ClockError`] if the clock is before 1970, when no token would have expired.
    #[cfg(all(feature = "std", not(all(target_arch = "wasm32", target_os = "unknown"))))]
    pub fn now() -> Result<Self, ClockError> {
        std::time::SystemTime::now().try_into()
    }
}

#[cfg(feature = "std")]
impl TryFrom<std::time::SystemTime> for UnixTime {
    type Error = ClockError;

    /// Converts the time, truncated to whole seconds.
    ///
    /// # Errors
    ///
    /// [`ClockError`] for a time before 1970, or one whose seconds do not fit into an `i64`.
    fn try_from(time: std::time::SystemTime) -> Result<Self, ClockError> {
        let since_epoch = time.duration_since(std::time::UNIX_EPOCH).map_err(|_| ClockError)?;
        i64::try_from(since_epoch.as_secs()).map(Self).map_err(|_| ClockError)
    }
}

/// The system clock shows a time that tokens cannot be checked against.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockError;

#[cfg(feature = "std")]
impl core::fmt::Display for ClockError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("expected the time, found a system clock set before 1970: set the clock")
    }
}

#[cfg(feature = "std")]
impl core::error::Error for ClockError {}

/// How far the clocks of issuer and verifier may differ (RFC 7519 §4.1.4): at most ten minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Leeway(u16);

impl Leeway {
    /// No leeway, the default of a policy.
    pub const NONE: Self = Self(0);

    /// The maximum: 600 seconds. RFC 7519 calls for "usually no more than a few minutes"; more would hide a
    /// broken clock instead of tolerating a slow one.
    pub const MAX_SECONDS: u16 = 600;

    /// Creates a leeway of this many seconds; `None` above [`MAX_SECONDS`](Self::MAX_SECONDS).
    #[must_use]
    pub const fn from_seconds(seconds: u16) -> Option<Self> {
        if seconds <= Self::MAX_SECONDS { Some(Self(seconds)) } else { None }
    }

    /// Returns the leeway in seconds.
    #[must_use]
    pub const fn seconds(self) -> u16 {
        self.0
    }
}
