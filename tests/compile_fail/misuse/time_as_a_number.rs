//! A number of milliseconds looks like one of seconds; the type says which it is.

use jose_core::{ClaimsPolicy, VerifiedJws};

fn check(jws: VerifiedJws<'_>, policy: &ClaimsPolicy<'_>) -> bool {
    jws.claims(policy, 1_790_000_000_000).is_ok()
}

fn main() {}
