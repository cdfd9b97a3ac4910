//! A cause may be added without a new major version.

use jose_core::error::SignatureError;

fn tell(error: SignatureError) -> &'static str {
    match error {
        SignatureError::AlgorithmMismatch { .. } => "algorithm",
        SignatureError::WrongLength { .. } => "length",
        SignatureError::Invalid => "signature",
    }
}

fn main() {}
