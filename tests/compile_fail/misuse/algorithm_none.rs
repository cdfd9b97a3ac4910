//! No token is accepted without a signature, whatever the caller wants.

use jose_core::Algorithm;

const UNSIGNED: Algorithm = Algorithm::None;

fn main() {}
