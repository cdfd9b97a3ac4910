//! Keeps a JWK Set current without I/O: tells the application when to fetch, and which keys verify until the
//! answer arrives.
//!
//! [`RemoteKeySet`] is for one thread or task and needs no `std`; [`SharedKeySet`] is for many. The
//! application does the HTTP, with any client.
//!
//! # Guarantees
//!
//! - Fetches are at least a [`cooldown`](RotationPolicy::cooldown) apart, and one at a time, unless a permit
//!   is considered lost. No sequence of tokens causes more. Only before the first keys have arrived, failed
//!   fetches are repeated after 1, 2, 4 … seconds, up to the cooldown.
//! - Within that budget, anything that a new set could fix is worth a fetch: a `kid` that no key has; a key
//!   that was set aside, is ambiguous or is for another algorithm; and, once per
//!   [`bad_signature_pause`](RotationPolicy::bad_signature_pause), a signature that does not verify, because
//!   the issuer may have replaced a key under its `kid`.
//! - A new set replaces the old one as a whole. A key that is no longer in it is withdrawn, at once or after
//!   the policy's [`grace`](RotationPolicy::grace). For a well-formed set without a usable key,
//!   [`Withdrawal`] decides.
//! - Any other failed fetch removes no key. A permit belongs to its set: what was fetched for one issuer is
//!   never used by the set of another.
//! - Time is monotonic ([`MonotonicTime`]). Setting a wall clock has no effect.
//!
//! # Calling order
//!
//! 1. [`fetch_due`](RemoteKeySet::fetch_due) returns a [`FetchPermit`] when a fetch is due: at the start,
//!    shortly before the lifetime of the keys ends (`Cache-Control`, `Expires` and `Age`, RFC 9111), and
//!    after a [`request_fetch`](RemoteKeySet::request_fetch) by the operator.
//! 2. [`FetchPermit::receive`] reads the response and builds the keys, without access to the set.
//! 3. [`complete`](RemoteKeySet::complete) puts them into use.
//! 4. [`keys`](RemoteKeySet::keys) returns the keys for a token. If the token is refused,
//!    [`RemoteKeys::need`] says whether a new set could fix that, and [`refetch`](RemoteKeySet::refetch)
//!    what to do.
//!
//! A process that saved a set starts with [`seed`](RemoteKeySet::seed). Keys that never change are added with
//! [`fixed_keys`](RemoteKeySet::fixed_keys). Several issuers have one set each: read the `iss` of the
//! unverified token to choose a set, and require that `iss` in the claims.
//!
//! # Example: one thread
//!
//! ```
//! # #[cfg(feature = "es256")] {
//! use core::time::Duration;
//! use jose_core::rotation::{
//!     FetchPermit, HttpResponse, Jitter, MonotonicTime, NoResponse, Refetch, RemoteKeySet, RotationPolicy,
//! };
//! use jose_core::{Algorithm, Verifier};
//!
//! # const JWKS: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","kid":"1","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
//! # const TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
//! /// The device's uptime.
//! fn now() -> MonotonicTime {
//! #   const UPTIME: Duration = Duration::from_secs(5);
//!     MonotonicTime::since_origin(UPTIME)
//! }
//!
//! /// The application's HTTP client. Returns the status and the body.
//! fn get(etag: Option<&str>) -> Result<(u16, String), NoResponse> {
//!     Ok((200, JWKS.to_owned()))
//! }
//!
//! fn fetch(remote: &mut RemoteKeySet, permit: FetchPermit) {
//!     let got = get(permit.etag());
//!     let response = got.as_ref().map(|(status, body)| {
//!         HttpResponse::new(*status, body).header("Cache-Control", "max-age=600")
//!     });
//!     let outcome = permit.receive(response.map_err(Clone::clone));
//!     // The time after the exchange.
//!     if let Err(error) = remote.complete(outcome, now()) {
//!         eprintln!("{error}; {}", remote.status(now()));
//!     }
//! }
//!
//! // Once.
//! let mut remote = RemoteKeySet::new(Algorithm::Es256, RotationPolicy::new(), Jitter::from_seed(0x5eed))?;
//! let mut scratch = Vec::new();
//!
//! // For every token.
//! if let Some(permit) = remote.fetch_due(now()) {
//!     fetch(&mut remote, permit);
//! }
//! let keys = remote.keys(now())?;
//! let mut outcome = Verifier::new(&keys).verify(TOKEN, &mut scratch).map(drop);
//! if let Some(need) = outcome.err().and_then(|refusal| keys.need(TOKEN, &refusal))
//!     && let Refetch::Now(permit) = remote.refetch(need, now())
//! {
//!     fetch(&mut remote, permit);
//!     outcome = Verifier::new(&remote.keys(now())?).verify(TOKEN, &mut scratch).map(drop);
//! }
//! assert!(outcome.is_ok());
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Example: behind a lock
//!
//! With `std`, [`SharedKeySet`] contains the lock. Nothing is fetched, parsed or built while it is held, and
//! reading the keys clones an `Arc`.
//!
//! ```
//! # #[cfg(all(feature = "std", feature = "es256"))] {
//! use core::time::Duration;
//! use jose_core::rotation::{
//!     Fetch, HttpResponse, Jitter, KeysUnavailable, Refetch, RemoteKeySet, RotationPolicy, SharedKeySet,
//! };
//! use jose_core::{Algorithm, Verifier};
//!
//! # const JWKS: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","kid":"1","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
//! # const TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
//! fn fetch(fetch: Fetch) {
//!     // Do the HTTP here, with `fetch.etag()`.
//!     if let Err(error) = fetch.complete(Ok(HttpResponse::new(200, JWKS))) {
//!         eprintln!("{error}");
//!     }
//! }
//!
//! /// In every thread that verifies tokens.
//! fn is_good(set: &SharedKeySet, token: &str, scratch: &mut Vec<u8>) -> Result<bool, KeysUnavailable> {
//!     for _ in 0..3 {
//!         let keys = set.keys()?;
//!         let outcome = Verifier::new(&keys).verify(token, scratch).map(drop);
//!         let Err(refusal) = outcome else { return Ok(true) };
//!         match keys.need(token, &refusal).map(|need| set.refetch(need)) {
//!             Some(Refetch::Now(permit)) => fetch(permit),
//!             Some(Refetch::InFlight) => drop(set.wait(Duration::from_secs(5))),
//!             Some(Refetch::VerifyAgain) => {}
//!             Some(Refetch::Later { .. } | Refetch::AlreadyFetched) | None => break,
//!         }
//!     }
//!     Ok(false)
//! }
//!
//! let remote = RemoteKeySet::new(Algorithm::Es256, RotationPolicy::new(), Jitter::from_system())?;
//! let set = SharedKeySet::new(remote);
//! // In a background thread, about once a second.
//! if let Some(permit) = set.fetch_due() {
//!     fetch(permit);
//! }
//! assert!(is_good(&set, TOKEN, &mut Vec::new())?);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! In asynchronous code, await [`SharedKeySet::fetched`] where this example calls `wait`, and call
//! [`Fetch::complete`] where blocking is allowed: `examples/server` does both with tokio.
//!
//! A lock of the application around a [`RemoteKeySet`] works, too. Take the permit in a separate statement:
//! in `if let Some(permit) = remote.write().unwrap().fetch_due(now) { … }` the guard lives to the end of the
//! block, and anything that locks inside it waits forever.
//!
//! # While the endpoint is down
//!
//! The keys stay in use for [`max_stale`](RotationPolicy::max_stale) beyond their lifetime. Scheduled fetches
//! back off; a `Retry-After` can make a pause longer. Neither exceeds
//! [`max_backoff`](RotationPolicy::max_backoff), or the cooldown while no key is usable. A token with a new
//! key waits for the cooldown and for a `Retry-After`, but not for the backoff. [`RemoteKeySet::status`]
//! reports all of this in one line.
//!
//! A permit that is dropped is considered lost after the policy's
//! [`fetch_timeout`](RotationPolicy::fetch_timeout). A [`Fetch`] of a shared set that is dropped counts as
//! failed at once.
//!
//! # Limits
//!
//! - A set and a token are held to [`RotationPolicy::limits`], and each duration to the bounds in
//!   [`RotationPolicy`].
//! - At most four replaced sets are kept for their grace, and 32 needs are remembered.
//! - `must-revalidate` and `stale-if-error` are ignored.

mod cache_control;
mod error;
mod http_date;
mod jitter;
mod monotonic;
mod need;
mod permit;
mod policy;
mod published;
mod remote;
mod response;
#[cfg(feature = "std")]
mod shared;
mod status;

pub use self::error::{FetchError, KeysUnavailable, NoResponse, UnusableKey, UnusableKeys};
pub use self::jitter::Jitter;
pub use self::monotonic::MonotonicTime;
pub use self::need::Need;
pub use self::permit::{FetchOutcome, FetchPermit};
pub use self::policy::{PolicyError, RotationPolicy, Withdrawal};
pub use self::published::RemoteKeys;
pub use self::remote::{Refetch, Refreshed, RemoteKeySet};
pub use self::response::HttpResponse;
#[cfg(feature = "std")]
pub use self::shared::{CurrentKeys, Fetch, Fetched, SharedKeySet};
pub use self::status::{KeysStatus, RemoteStatus};
