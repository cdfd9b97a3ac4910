//! A verifier borrows its keys: a rotation waits until it is gone.

use jose_core::{KeySet, Verifier};

fn rotate(keys: KeySet, token: &str, scratch: &mut [u8]) -> bool {
    let verifier = Verifier::new(&keys);
    drop(keys);
    verifier.verify(token, scratch).is_ok()
}

fn main() {}
