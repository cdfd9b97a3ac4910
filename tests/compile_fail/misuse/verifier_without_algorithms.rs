//! Which algorithms are accepted is for the caller to say, and no default says it.

use jose_core::{Verifier, VerifyingKey};

fn verifier(key: &VerifyingKey) -> Verifier<'_, VerifyingKey> {
    Verifier::new(key)
}

fn main() {}
