//! Random spread, so that verifiers that fetched at the same time do not do so again.

use core::time::Duration;

/// Random spread for the times of fetches, so that machines that started together do not all fetch at the
/// same moment. Each machine needs its own seed, which need not be secret.
#[derive(Clone, Debug)]
pub struct Jitter(Option<u64>);

impl Jitter {
    /// No spread: for a single machine, and for tests.
    pub const NONE: Self = Self(None);

    /// Creates jitter from any number that differs between machines: a random one, or a serial number.
    #[must_use]
    pub const fn from_seed(seed: u64) -> Self {
        Self(Some(seed))
    }

    /// Creates jitter from the system's random numbers. On a target where `std` has none, such as
    /// `wasm32-unknown-unknown`, use [`from_seed`](Self::from_seed).
    #[cfg(feature = "std")]
    #[must_use]
    pub fn from_system() -> Self {
        use core::hash::BuildHasher as _;
        // Every RandomState has keys that come from the system.
        Self::from_seed(std::hash::RandomState::new().hash_one(0_u8))
    }

    /// Returns a time from zero to just below `max`, a different one for each call.
    pub(super) fn below(&mut self, max: Duration) -> Duration {
        let Some(state) = &mut self.0 else { return Duration::ZERO };
        // SplitMix64 (Steele, Lea, Flood 2014).
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let [high, low, ..] = (mixed ^ (mixed >> 31)).to_be_bytes();
        fraction(max, u16::from_be_bytes([high, low]))
    }
}

/// Returns this many 65,536ths of a time.
#[expect(clippy::arithmetic_side_effects, reason = "the divisor is not zero")]
fn fraction(whole: Duration, parts: u16) -> Duration {
    // The longest time in a policy is 30 days.
    debug_assert!(whole.checked_mul(1 << 16).is_some(), "{whole:?} is longer than a policy allows");
    whole.saturating_mul(u32::from(parts)) / (1 << 16)
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::Jitter;

    #[test]
    fn spread() {
        let minute = Duration::from_secs(60);
        let mut none = Jitter::NONE;
        assert_eq!(none.below(minute), Duration::ZERO);
        let mut jitter = Jitter::from_seed(1);
        let mut quarters = [0; 4];
        for _ in 0..1000 {
            let some = jitter.below(minute);
            assert!(some < minute, "{some:?}");
            let quarter = quarters.get_mut(usize::try_from(some.as_secs() / 15).unwrap_or(4));
            quarter.into_iter().for_each(|count| *count += 1);
        }
        assert!(quarters.iter().all(|count| (200..300).contains(count)), "{quarters:?}");
        assert_ne!(Jitter::from_seed(1).below(minute), Jitter::from_seed(2).below(minute));
    }
}
