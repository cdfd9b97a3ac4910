//! Which algorithms the keys of a set may be for is for the caller to say, and no default says it.

use jose_core::{Jwks, Verifier};

fn verify(set: &Jwks<'_>, token: &str, scratch: &mut [u8]) -> bool {
    Verifier::new(set).verify(token, scratch).is_ok()
}

fn main() {}
