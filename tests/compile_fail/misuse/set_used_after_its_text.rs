//! A JWK Set borrows its text.

use jose_core::{Jwks, error::SetError};

fn load(text: String) -> Result<usize, SetError> {
    let jwks = Jwks::parse(&text)?;
    drop(text);
    Ok(jwks.len())
}

fn main() {}
