//! Keys that were withdrawn must not go on to verify because somebody kept them.

use jose_core::{FetchPermit, HttpResponse, KeysUnavailable, RemoteKeySet, UnixTime};

fn rotate(
    remote: &mut RemoteKeySet,
    permit: FetchPermit,
    response: HttpResponse<'_>,
    now: UnixTime,
) -> Result<usize, KeysUnavailable> {
    let keys = remote.keys(now)?;
    let outcome = remote.complete(permit, Ok(response), now, 0);
    Ok(keys.latest().len() + usize::from(outcome.is_ok()))
}

fn main() {}
