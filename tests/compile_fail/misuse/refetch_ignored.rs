//! It may hold the permit, without which nobody fetches for half a minute.

#![deny(unused_must_use)]

use jose_core::{Error, RemoteKeySet, UnixTime};

fn refuse(remote: &mut RemoteKeySet, token: &str, refusal: &Error, now: UnixTime) {
    remote.refused(token, refusal, now);
}

fn main() {}
