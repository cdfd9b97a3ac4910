//! One permit is for one fetch.

use jose_core::{FetchError, FetchPermit, HttpResponse, Refreshed, RemoteKeySet, UnixTime};

fn complete(
    remote: &mut RemoteKeySet,
    permit: FetchPermit,
    response: HttpResponse<'_>,
    now: UnixTime,
) -> Result<Refreshed, FetchError> {
    remote.complete(permit, Ok(response), now, 0)?;
    remote.complete(permit, Ok(response), now, 0)
}

fn main() {}
