//! A permit that is dropped keeps everybody from fetching until it is considered lost.

#![deny(unused_must_use)]

use jose_core::rotation::{MonotonicTime, RemoteKeySet};

fn ask(remote: &mut RemoteKeySet, now: MonotonicTime) {
    remote.fetch_due(now);
}

fn main() {}
