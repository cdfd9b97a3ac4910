//! A wall clock can be set by years; rotation runs on one that cannot.

use jose_core::{UnixTime, rotation::RemoteKeySet};

fn is_due(remote: &RemoteKeySet, now: UnixTime) -> bool {
    remote.is_fetch_due(now)
}

fn main() {}
