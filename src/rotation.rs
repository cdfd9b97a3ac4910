//! Keeps a JWK Set current without I/O: tells the application when to fetch, and which keys verify until the
//! answer arrives.
//!
mod cache_control;
mod error;
mod http_date;
mod jitter;
mod keys;
mod monotonic;
mod need;
mod permit;
mod policy;
mod remote;
mod response;
#[cfg(feature = "std")]
mod shared;
mod status;

pub use self::error::{FetchError, KeysUnavailable, NoResponse, UnusableKey, UnusableKeys};
pub use self::jitter::Jitter;
pub use self::keys::RemoteKeys;
pub use self::monotonic::MonotonicTime;
pub use self::need::Need;
pub use self::permit::{FetchOutcome, FetchPermit};
pub use self::policy::{PolicyError, RotationPolicy, Withdrawal};
pub use self::remote::{Refetch, Refreshed, RemoteKeySet};
pub use self::response::HttpResponse;
#[cfg(feature = "std")]
pub use self::shared::{CurrentKeys, Fetch, Fetched, SharedKeySet};
pub use self::status::{KeysStatus, RemoteStatus};
