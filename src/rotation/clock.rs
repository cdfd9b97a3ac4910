//! Elapsed time, out of whatever the caller's clock says.

use crate::time::UnixTime;

/// How much earlier than the latest a reading may be and still count as one that was overtaken on its
/// way here, as happens between threads, in seconds. A clock that says less than that was set back.
const OVERTAKEN: i64 = 60;

/// Seconds that have passed, counted from the first reading. They never run backwards.
///
/// Deadlines are kept in these seconds and not in the caller's. A clock that is set back by a year
/// would otherwise put off everything that is due by a year; so, time stands still for one reading
/// and goes on from there. A clock that is set forward lets everything come due, which costs a fetch.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clock {
    elapsed: u64,
    latest: Option<UnixTime>,
}

impl Clock {
    pub(super) const fn new() -> Self {
        Self { elapsed: 0, latest: None }
    }

    /// The seconds that have passed at `now`.
    pub(super) fn at(&self, now: UnixTime) -> u64 {
        self.elapsed.saturating_add(u64::try_from(self.since_latest(now)).unwrap_or(0))
    }

    /// The same, and `now` is the latest reading from here on.
    pub(super) fn advance(&mut self, now: UnixTime) -> u64 {
        self.elapsed = self.at(now);
        if self.latest.is_none() || self.since_latest(now) > 0 || self.was_set_back(now) {
            self.latest = Some(now);
        }
        self.elapsed
    }

    /// Whether the clock was set back since the latest reading. Until [`advance`](Self::advance) is
    /// told so, no time passes.
    pub(super) fn was_set_back(&self, now: UnixTime) -> bool {
        self.since_latest(now) < -OVERTAKEN
    }

    fn since_latest(&self, now: UnixTime) -> i64 {
        self.latest.map_or(0, |latest| now.seconds().saturating_sub(latest.seconds()))
    }
}
