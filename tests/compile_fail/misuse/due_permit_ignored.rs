//! A permit that is dropped keeps everybody from fetching until it is taken for lost.

#![deny(unused_must_use)]

use jose_core::{RemoteKeySet, UnixTime};

fn ask(remote: &mut RemoteKeySet, now: UnixTime) {
    remote.fetch_due(now);
}

fn main() {}
