//! It may hold the permit, without which nobody fetches for half a minute.

#![deny(unused_must_use)]

use jose_core::rotation::{MonotonicTime, Need, RemoteKeySet};

fn refuse(remote: &mut RemoteKeySet, need: Need, now: MonotonicTime) {
    remote.refetch(need, now);
}

fn main() {}
