//! A token that is refused by the policy is refused.

#![deny(unused_must_use)]

use jose_core::{ClaimsPolicy, UnixTime, VerifiedJws};

fn check(jws: VerifiedJws<'_>, policy: &ClaimsPolicy<'_>, now: UnixTime) {
    jws.claims(policy, now);
}

fn main() {}
