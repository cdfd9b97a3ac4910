//! One permit is for one fetch.

use jose_core::rotation::{FetchOutcome, FetchPermit, HttpResponse};

fn receive(permit: FetchPermit, response: HttpResponse<'_>) -> [FetchOutcome; 2] {
    [permit.receive(Ok(response)), permit.receive(Ok(response))]
}

fn main() {}
