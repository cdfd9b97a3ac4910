//! Keys that were withdrawn must not go on to verify because somebody kept them.

use jose_core::rotation::{FetchOutcome, KeysUnavailable, MonotonicTime, RemoteKeySet};

fn rotate(
    remote: &mut RemoteKeySet,
    fetched: FetchOutcome,
    now: MonotonicTime,
) -> Result<bool, KeysUnavailable> {
    let keys = remote.keys(now)?;
    let outcome = remote.complete(fetched, now);
    Ok(keys.latest().is_some() && outcome.is_ok())
}

fn main() {}
