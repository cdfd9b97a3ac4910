//! Why a token is not accepted, and the log of it, which an attacker cannot flood.

use core::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jose_core::rotation::KeysUnavailable;
use jose_core::{Error, error::ClockError};

pub enum Refusal {
    Token(Error),
    /// There is nothing to verify it with. The token may be valid.
    Keys(KeysUnavailable),
    /// The clock is not set: whether a token has expired cannot be said.
    Clock(ClockError),
    /// The keys changed at each attempt.
    Busy,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Token(error)
    }
}

impl From<KeysUnavailable> for Refusal {
    fn from(error: KeysUnavailable) -> Self {
        Self::Keys(error)
    }
}

impl From<ClockError> for Refusal {
    fn from(error: ClockError) -> Self {
        Self::Clock(error)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(error) => error.fmt(f),
            Self::Keys(error) => error.fmt(f),
            Self::Clock(error) => error.fmt(f),
            Self::Busy => f.write_str("the keys changed at each attempt"),
        }
    }
}

/// How many refusals are logged in a second.
const LINES: u32 = 10;

struct Log {
    since: Instant,
    lines: u32,
    left_out: u64,
}

static LOG: Mutex<Option<Log>> = Mutex::new(None);

/// Writes a refusal to the log, or counts it where there were too many in this second.
pub fn log(refusal: &Refusal) {
    if begin().is_some_and(|lines| lines < LINES) {
        eprintln!("refused: {refusal}");
    }
}

/// Says how many were left out, once the second is over. It is called every second.
pub fn flush() {
    let mut log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(Log { left_out, .. }) = log.take_if(|log| log.since.elapsed() >= Duration::from_secs(1))
        && left_out > 0
    {
        eprintln!("refused: {left_out} more in this second");
    }
}

/// The number of lines before this one in its second; `None` where it is to be counted instead.
fn begin() -> Option<u32> {
    flush();
    let mut log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
    let log = log.get_or_insert_with(|| Log { since: Instant::now(), lines: 0, left_out: 0 });
    if log.lines >= LINES {
        log.left_out += 1;
        return None;
    }
    log.lines += 1;
    Some(log.lines - 1)
}
