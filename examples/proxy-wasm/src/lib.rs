//! An HTTP filter for proxies that speak proxy-wasm: it lets a request through when its bearer token (RFC 6750) is
//! one of the configured issuer, whose keys it fetches and keeps fresh. README.md shows its use.
//!
//! `filter.rs` is all that speaks with the proxy. `gate.rs` decides about requests and fetches, `config.rs` reads the
//! configuration, and `answer.rs` and `forward.rs` make what goes into header fields.

pub mod answer;
pub mod config;
#[cfg(target_arch = "wasm32")]
mod filter;
pub mod forward;
pub mod gate;
