//! What the targets share: the keys and tokens of `vectors/demo.json`, and references.

use std::sync::LazyLock;

use jose_core::{Algorithm, AlgorithmSet, Jwk, Jwks, KeySet, VerifyingKey};
use serde_json::Value;

pub mod claims;
pub mod document;
pub mod ecdsa;
pub mod ed25519;
pub mod input;
pub mod reference;
pub mod rsa;
pub mod text;

/// `vectors/demo.json`: a set of one RS256 and one ES256 key, a secret, and a token of each.
pub static DEMO: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../vectors/demo.json")).unwrap());

/// The algorithms of its tokens.
pub const ALGORITHMS: [Algorithm; 3] = [Algorithm::Hs256, Algorithm::Es256, Algorithm::Rs256];

/// Those of its set.
pub const PUBLIC: AlgorithmSet = AlgorithmSet::only(Algorithm::Rs256).or(Algorithm::Es256);

/// The set of public keys.
pub static KEYS: LazyLock<KeySet> =
    LazyLock::new(|| KeySet::from_jwks(&Jwks::parse(&DEMO["jwks"].to_string()).unwrap(), PUBLIC).unwrap());

/// The secret.
pub static SECRET: LazyLock<VerifyingKey> = LazyLock::new(|| {
    Jwk::parse(&DEMO["secret"].to_string()).unwrap().verifying_key(Algorithm::Hs256).unwrap()
});

/// The valid token of an algorithm.
pub fn token(algorithm: Algorithm) -> &'static str {
    DEMO["tokens"][algorithm.name()].as_str().unwrap()
}
