//! Claims are those of a token whose signature holds.

use jose_core::{ClaimsPolicy, UnixTime, UnverifiedJws};

fn read(jws: &UnverifiedJws<'_>, policy: &ClaimsPolicy<'_>, now: UnixTime) -> bool {
    jws.claims(policy, now).is_ok()
}

fn main() {}
