//! Verifies JSON Web Tokens (JWT) and other JWS with keys from a JWK or a JWK Set. Each key is bound to one
//! algorithm; the crate is `no_std`, needs no heap, and does no I/O.
//!
//! ```
//! # #[cfg(all(feature = "alloc", feature = "es256"))] {
//! # let jwks = r#"{"keys":[{"kty":"EC","kid":"ec-2026","crv":"P-256","x":"iJPoeY-ggn0_Khh_J17hm45-rOs7d5UKmhOfpcouBDE","y":"eLc-WUniMov2lJNTelAXArsDB_ze_5jNGlQu5qmeMCs"}]}"#;
//! # let token = "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImVjLTIwMjYifQ.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwic3ViIjoidXNlci0xIiwiYXVkIjoiYXBpLmV4YW1wbGUiLCJleHAiOjQxMDI0NDQ4MDAsIm5iZiI6MTc4MDAwMDAwMCwiaWF0IjoxNzgwMDAwMDAwfQ.ASeIRRYsMGdcspoM83Cwy9nCBiSHOqaOw78cPECtUVhYTdWP38qgjY2aEzWWOvgtfFv3igl9p-t9dpJ4_pNNkw";
//! use jose_core::{Algorithm, ClaimsPolicy, Expect, Jwks, KeySet, UnixTime, Verifier};
//!
//! let keys = KeySet::from_jwks(&Jwks::parse(jwks)?, Algorithm::Es256)?;
//! let policy =
//!     ClaimsPolicy::new(Expect::Exactly("https://issuer.example"), Expect::Exactly("api.example"));
//! let mut scratch = Vec::new();
//! let verified = Verifier::new(&keys).verify(token, &mut scratch)?;
//! let claims = verified.claims(&policy, UnixTime::from_secs(1_790_000_000))?;
//! assert_eq!(claims.subject()?, Some("user-1".into()));
//! # }
//! # Ok::<(), jose_core::Error>(())
//! ```
//!
//! # Which type for what
//!
//! | task | type |
//! |---|---|
//! | one key, from bytes or a [`Jwk`] | [`VerifyingKey`] |
//! | the keys of an issuer, from a [`Jwks`] | [`KeySet`]; without a heap, pairs of `kid` and [`VerifyingKey`] |
//! | a JWK Set at a URL | [`rotation::RemoteKeySet`]; [`rotation::SharedKeySet`] for many threads |
//! | verifying tokens | [`Verifier`], with any [`KeySource`] and a [`Scratch`] buffer; it returns a [`VerifiedJws`] or an [`OwnedJws`] |
//! | what the claims must be | [`ClaimsPolicy`], [`Expect`], [`AnyOf`]; the time is a [`UnixTime`] |
//! | reading accepted claims | [`Claims`] |
//! | algorithms that a set of keys may have | [`Algorithm`], [`AlgorithmSet`] |
//! | header parameters, other JSON | [`Header`], [`json::Value`] |
//! | finding out whose token it is, before verifying it | [`UnverifiedJws`] |
//! | sizes of tokens and sets | [`Limits`] |
//! | why a token or key was refused | [`Error`], [`error`]; for people, [`diagnose`] |
//!
//! # What is not supported
//!
//! - Signing, encryption (JWE), the JSON serializations, unencoded payloads (`b64`), PEM and certificates.
//! - ES512, ES256K, Ed448 and ML-DSA. Measured with `ml-dsa` 0.1.2 on a Cortex-M4 without a heap, an
//!   ML-DSA-44 key takes 25 KB of RAM, building it 84 KB of stack and a verification 46 KB.
//! - Fetching keys: the application does the HTTP.
//! - Remembering tokens: a copied token is accepted until it expires.
//!
//! `SECURITY.md` says what is guaranteed and what is not.
//!
//! # How a token is judged
//!
#![doc = include_str!("pipeline.svg")]
//!
//! A [`VerifiedJws`] exists only after the checks up to it have passed, and [`Claims`] only after all of
//! them, except through [`VerifiedJws::claims_without_clock`] and [`Claims::dangerous_from_octets`]. The page
//! [`pipeline`] has each check with its errors.
//!
//! # Verify with one key
//!
//! A single key is used whatever `kid` the token has.
//!
//! ```
//! # #[cfg(feature = "hs256")] {
//! use jose_core::{ClaimsPolicy, Expect, UnixTime, Verifier, VerifyingKey};
//!
//! let key = VerifyingKey::hs256(b"32 bytes or more, known to both!")?;
//! let token = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwiYXVkIjoiYXBpIiwic3ViIjoiYWRhIiwiZXhwIjo0MTAyNDQ0ODAwfQ.E6yo4RALiix_QZqcHLsyn5ENcFeELlQF4F_kRn5E9-Y";
//! let policy =
//!     ClaimsPolicy::new(Expect::Exactly("https://issuer.example"), Expect::any_of(&["api", "web"]));
//!
//! let mut scratch = [0; 256];
//! let verified = Verifier::new(&key).verify(token, &mut scratch)?;
//! let claims = verified.claims(&policy, UnixTime::from_secs(1_790_000_000))?;
//! assert_eq!(claims.subject()?, Some("ada".into()));
//! # }
//! # Ok::<(), jose_core::Error>(())
//! ```
//!
//! # Verify with a JWK Set
//!
//! See the example at the top. A key that cannot be used is *set aside* and does not invalidate the others:
//! [`KeySet::verdicts`] lists each with its algorithm, or the reason why it was set aside. With several
//! issuers, give each its own [`KeySet`], [`Verifier`] and [`ClaimsPolicy`], because a `kid` is unique only
//! within its issuer: see `examples/issuers.rs`.
//!
//! # Keep a remote JWK Set current
//!
//! The module [`rotation`] says when to fetch; your HTTP client does the fetching. Its page has an example
//! for one thread, and one for many.
//!
//! # On a device without a heap
//!
//! ```toml
//! [dependencies]
//! jose-core = { version = "0.1", default-features = false, features = ["es256"] }
//! ```
//!
//! ```
//! # #[cfg(feature = "es256")] {
//! use jose_core::{
//!     Algorithm, ClaimsPolicy, Error, Expect, Jwk, UnixTime, Verifier, VerifyingKey, error::KeyError,
//! };
//!
//! /// At start.
//! fn load(jwk: &[u8]) -> Result<VerifyingKey, KeyError> {
//!     Jwk::parse(jwk)?.verifying_key(Algorithm::Es256)
//! }
//!
//! /// For every token.
//! fn may_open(key: &VerifyingKey, token: &[u8], now: UnixTime) -> Result<bool, Error> {
//!     let mut scratch = [0; 1024];
//!     let policy =
//!         ClaimsPolicy::new(Expect::Exactly("https://issuer.example"), Expect::Exactly("door-7"));
//!     let verified = Verifier::new(key).verify(token, &mut scratch)?;
//!     Ok(verified.claims(&policy, now)?.get("role").is_some_and(|role| role == "resident"))
//! }
//! # }
//! ```
//!
#![doc = include_str!("device.md")]
//!
//! A prepared ES256 key has 4 KB of precomputed multiples. A [`KeySet`] prepares its first 64 ES256 keys and
//! [`VerifyingKey::prepare`] a single one; without a heap, [`VerifyingKey::prepare_in`] uses memory that you
//! pass, and a `static` of [`keys::PreparedEs256`] is computed by the compiler and stays in flash. A device
//! without a clock begins with [`VerifiedJws::claims_without_clock`].
//!
//! # In WebAssembly
//!
//! ```toml
//! [dependencies]
//! jose-core = { version = "0.1", default-features = false, features = ["alloc", "es256", "rs256"] }
//! ```
//!
//! On `wasm32-unknown-unknown`, this crate adds no imports, whatever the features. The time is an argument:
//! on `wasm32-unknown-unknown` there is no `UnixTime::now`. A `static` of `std::sync::LazyLock` keeps a
//! [`KeySet`] between calls.
//!
//! # Read why a token was refused
//!
//! The text of an [`Error`] says what was expected and what was found; it is safe to log. Programs use
//! [`Error::code`] and [`Error::stage`], which do not change with the text.
//!
//! ```
//! # #[cfg(feature = "hs256")] {
//! # use jose_core::{Verifier, VerifyingKey};
//! # let key = VerifyingKey::hs256(&[7; 32])?;
//! // The header is {"alg":"none"}.
//! let error = Verifier::new(&key).verify("eyJhbGciOiJub25lIn0.e30.", &mut [0; 64]).unwrap_err();
//! assert_eq!((error.stage(), error.code()), ("select", "AlgorithmUnsupported"));
//! assert!(error.to_string().starts_with("token header 'alg': expected "));
//! # }
//! # Ok::<(), jose_core::Error>(())
//! ```
//!
//! [`Verifier::diagnose`] continues after the first error and says what to change. Use it for debugging only.
//!
//! # Sign in tests
//!
//! This crate does not sign; RustCrypto does.
//!
//! ```toml
//! [dev-dependencies]
//! base64ct = { version = "1.8", features = ["alloc"] }
//! p256 = { version = "0.14", default-features = false, features = ["ecdsa"] }
//! ```
//!
//! ```
//! # #[cfg(all(feature = "alloc", feature = "es256"))] {
//! use base64ct::{Base64UrlUnpadded, Encoding};
//! use jose_core::{Error, KeySet, Verifier, VerifyingKey};
//! use p256::ecdsa::{Signature, SigningKey, signature::Signer};
//!
//! fn token(key: &SigningKey, claims: &str) -> String {
//!     let parts = [r#"{"alg":"ES256","kid":"test"}"#, claims];
//!     let input = parts.map(|part| Base64UrlUnpadded::encode_string(part.as_bytes())).join(".");
//!     let signature: Signature = key.sign(input.as_bytes());
//!     format!("{input}.{}", Base64UrlUnpadded::encode_string(&signature.to_bytes()))
//! }
//!
//! /// The keys that the service under test verifies with.
//! fn keys(key: &SigningKey) -> Result<KeySet, Error> {
//!     let point = key.verifying_key().to_sec1_point(false);
//!     let (x, y) = point.as_bytes()[1..].split_at(32);
//!     Ok(KeySet::from_keys([("test", VerifyingKey::es256(x, y)?)])?)
//! }
//!
//! // The same key in every run.
//! let key = SigningKey::from_slice(&[1; 32])?;
//! assert!(Verifier::new(keys(&key)?).verify(&token(&key, "{}"), &mut Vec::new()).is_ok());
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! Each algorithm has a feature of the same name; a disabled one is not linked. None needs a heap.
//!
//! | feature | default | for |
//! |---|---|---|
//! | `hs256`, `hs384`, `hs512` | `hs256` | secrets of at least 32, 48 and 64 bytes |
//! | `es256`, `es384` | `es256` | points on P-256 and P-384 |
//! | `rs256`, `rs384`, `rs512`, `ps256`, `ps384`, `ps512` | `rs256` | RSA keys of 2048 to 4096 bits |
//! | `ed25519` | | Ed25519, called `Ed25519` or `EdDSA` in headers and keys |
//! | `std` | yes | [`UnixTime::now`], [`rotation::SharedKeySet`]; implies `alloc` |
//! | `serde` | yes | [`Claims::deserialize`]; implies `alloc` |
//! | `alloc` | by `std` | [`KeySet`], [`rotation`], [`Verifier::verify_owned`], [`AnyOf::owned`], a `Vec` as buffer |
//! | `rsa` | | RSA keys of up to 8192 bits, and conversion from the crate `rsa`; implies `alloc` and `rs256` |
//!
//! # Examples
//!
//! In this package: `examples/issuers.rs` is a service with two issuers, `examples/typed_claims.rs`
//! deserializes claims, `examples/device.rs` has no heap, `examples/detached.rs` verifies a body sent apart
//! from its signature. The README lists the others, among them a program that verifies and explains tokens, a
//! server, firmware and WebAssembly modules.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(feature = "_algorithm"),
    allow(unused, unreachable_code, reason = "without an algorithm, most of the code is unused")
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

#[cfg(doc)]
pub mod pipeline {
    //! How a token is judged: every check, in order, with its errors.
    //!
    //! The checks stop at the first failure, so a token with several faults always causes the same error.
    //! [`Verifier::diagnose`] makes the same checks, but continues after a failure.
    //!
    #![doc = include_str!("pipeline.svg")]
    //!
    #![doc = include_str!("pipeline.md")]

    use crate::error::{ClaimsError, ParseError, SelectError, SignatureError};
    use crate::*;
}

/// The README's code is compiled and run.
#[cfg(all(
    doctest,
    feature = "std",
    feature = "serde",
    feature = "hs256",
    feature = "es256",
    feature = "rs256"
))]
#[doc = include_str!("../README.md")]
mod readme {}
