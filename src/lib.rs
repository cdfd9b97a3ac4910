// The README's code is compiled with these features; without them the page is one sentence.
#![cfg_attr(
    all(feature = "std", feature = "serde", feature = "es256", feature = "rs256"),
    doc = include_str!("../README.md")
)]
#![cfg_attr(
    not(all(feature = "std", feature = "serde", feature = "es256", feature = "rs256")),
    doc = "Verifies JSON Web Tokens and other JWS, with keys from a JWK or a JWK Set: see README.md."
)]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(feature = "_algorithm"),
    allow(unused, unreachable_code, reason = "without an algorithm most of the machinery has no use")
)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

// In the order of the pipeline. A module uses only those above it.
//
// `#[inline(never)]` keeps the buffers of a stage out of the stack frames of the others. What is inlined only
// on 64-bit targets is worth its code size there, and not on a device.
mod algorithm;
mod any_of;
mod time;
pub mod error;
mod limits;
mod base64url;
pub mod json;
mod compact;
mod header;
mod reference;
mod scratch;
mod jws;
mod key;
mod jwk;
mod jwks;
#[cfg(feature = "alloc")]
mod key_set;
mod select;
mod verify;
mod claims;
pub mod diagnose;
#[cfg(feature = "alloc")]
pub mod rotation;

pub use self::algorithm::{Algorithm, AlgorithmSet};
pub use self::any_of::AnyOf;
pub use self::claims::{Claims, ClaimsPolicy, Expect};
pub use self::error::Error;
pub use self::header::Header;
pub use self::jwk::Jwk;
pub use self::jwks::Jwks;
pub use self::jws::UnverifiedJws;
pub use self::key::VerifyingKey;
#[cfg(feature = "alloc")]
pub use self::key_set::KeySet;
pub use self::limits::Limits;
pub use self::scratch::Scratch;
pub use self::select::KeySource;
pub use self::time::UnixTime;
#[cfg(feature = "alloc")]
pub use self::verify::OwnedJws;
pub use self::verify::{VerifiedJws, Verifier};

/// Iterators over the types of the crate's root. Those over JSON are in [`json`].
pub mod iter {
    pub use crate::algorithm::Algorithms;
    pub use crate::any_of::AnyOfTexts;
    pub use crate::claims::Audiences;
    pub use crate::jwks::JwksMembers;
    #[cfg(feature = "alloc")]
    pub use crate::key_set::{Keys, Verdicts};
}

/// What keys and sets of keys give and take: verdicts, memory, and the keys of a [`Jwks`].
pub mod keys {
    pub use crate::jwks::JwksKeys;
    #[cfg(feature = "es256")]
    pub use crate::key::PreparedEs256;
    #[cfg(feature = "alloc")]
    pub use crate::key_set::{NoUsableKey, Verdict};
}
