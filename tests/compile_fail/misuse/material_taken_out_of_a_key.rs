//! Material that is taken out could be used with another algorithm.

use jose_core::VerifyingKey;

fn take(key: VerifyingKey) {
    let _ = key.0;
}

fn main() {}
