//! Whether the signature holds is the whole answer.

#![deny(unused_must_use)]

use jose_core::{Algorithm, VerifyingKey};

fn check(key: &VerifyingKey, message: &[u8], signature: &[u8]) {
    key.verify(Algorithm::Es256, message, signature);
}

fn main() {}
