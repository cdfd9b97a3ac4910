//! The text of a key is no key: it must be read, and bound to its algorithm.

use jose_core::{AlgorithmSet, Verifier};

fn verify(pem: &str, allowed: AlgorithmSet) {
    Verifier::new(pem, allowed);
}

fn main() {}
