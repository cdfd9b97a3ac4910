//! A verifier borrows its keys: a rotation waits until it is gone.

use jose_core::{AlgorithmSet, KeySet, Verifier};

fn rotate(keys: KeySet, allowed: AlgorithmSet, token: &str, scratch: &mut [u8]) -> bool {
    let verifier = Verifier::new(&keys, allowed);
    drop(keys);
    verifier.verify(token, scratch).is_ok()
}

fn main() {}
