//! Permits are counted, so that no sequence of tokens causes more fetches than the policy allows.

use jose_core::FetchPermit;

fn permit() -> FetchPermit {
    FetchPermit { number: 0, issued_at: 0, etag: None }
}

fn main() {}
