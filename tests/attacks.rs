//! The attack catalogue: what has broken other libraries, one test per class.
//!
//! A test names the advisories in which its class was seen, where there are any. It makes what would be
//! accepted were the defence missing, asserts the exact refusal, and shows that the same thing without the
//! fault is accepted.

#![cfg(feature = "_algorithm")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

#[cfg(all(feature = "alloc", feature = "hs256", feature = "es256", feature = "rs256"))]
#[path = "attacks/algorithm.rs"]
mod algorithm;
#[cfg(all(feature = "alloc", feature = "hs256", feature = "es256", feature = "rs256"))]
#[path = "attacks/claims.rs"]
mod claims;
#[cfg(all(feature = "alloc", feature = "hs256", feature = "es256", feature = "rs256"))]
#[path = "attacks/der.rs"]
mod der;
#[cfg(all(feature = "alloc", feature = "hs256", feature = "es256", feature = "rs256"))]
#[path = "attacks/header.rs"]
mod header;
#[cfg(all(feature = "alloc", feature = "hs256", feature = "es256", feature = "rs256"))]
#[path = "attacks/secret.rs"]
mod secret;
#[cfg(all(feature = "alloc", feature = "hs256", feature = "es256", feature = "rs256"))]
#[path = "attacks/set.rs"]
mod set;
#[cfg(all(feature = "alloc", feature = "hs256", feature = "es256", feature = "rs256"))]
#[path = "attacks/signature.rs"]
mod signature;
mod support;
#[cfg(all(feature = "alloc", feature = "hs256", feature = "es256", feature = "rs256"))]
#[path = "attacks/text.rs"]
mod text;
// In every build with an algorithm: what it was made without is a cell of the cube as well.
#[path = "attacks/two_sources_of_truth.rs"]
mod two_sources_of_truth;

// Two classes of attack need more than a test of this kind:
// - a result that nobody checks (CVE-2023-23928): tests/compile_fail holds programs that must not compile;
// - the time that the comparison of a MAC takes (CVE-2024-25189, CVE-2024-25190, CVE-2024-25191):
//   tests/constant_time runs it under valgrind.
