//! An algorithm may be added without a new major version.

use jose_core::Algorithm;

fn tell(algorithm: Algorithm) -> bool {
    match algorithm {
        Algorithm::Hs256 => false,
        Algorithm::Es256 | Algorithm::Rs256 => true,
    }
}

fn main() {}
