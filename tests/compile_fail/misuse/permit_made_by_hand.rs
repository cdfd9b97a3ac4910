//! Permits are counted, so that no sequence of tokens causes more fetches than the policy allows.

use jose_core::rotation::{FetchPermit, MonotonicTime};

fn permit(issued_at: MonotonicTime) -> FetchPermit {
    FetchPermit { number: 0, issued_at, etag: None }
}

fn main() {}
