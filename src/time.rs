//! Points in time, in whole seconds. There is no clock in this crate.

/// Seconds since 1970-01-01T00:00:00Z, ignoring leap seconds: the scale of NumericDate (RFC 7519 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(i64);

impl UnixTime {
    /// Creates the time this many seconds after the epoch, or, if negative, before it.
    #[must_use]
    pub const fn from_secs(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Returns the seconds since the epoch.
    #[must_use]
    pub const fn as_secs(self) -> i64 {
        self.0
    }

    /// Returns the time of the system clock. This function does not exist on `wasm32-unknown-unknown`, where
    /// `std` has no clock: pass in the time with [`from_secs`](Self::from_secs).
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
