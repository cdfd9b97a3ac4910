//! The text of a key is no key: it must be read, and bound to its algorithm.

use jose_core::Verifier;

fn verify(pem: &str) {
    Verifier::new(pem);
}

fn main() {}
