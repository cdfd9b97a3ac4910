//! The HTTP that brings an issuer's keys.

use core::time::Duration;

use jose_core::Limits;
use jose_core::rotation::{Fetch, HttpResponse, NoResponse};

/// Below the policy's `fetch_timeout` of 30 seconds.
const TIMEOUT: Duration = Duration::from_secs(10);

pub struct Endpoint {
    jwks_uri: String,
    client: ureq::Agent,
}

impl Endpoint {
    pub fn new(jwks_uri: &str) -> Self {
        let client = ureq::Agent::config_builder().timeout_global(Some(TIMEOUT)).http_status_as_error(false);
        Self { jwks_uri: jwks_uri.to_owned(), client: client.build().into() }
    }

    pub fn fetch(&self, fetch: Fetch) {
        let mut request = self.client.get(&self.jwks_uri);
        if let Some(etag) = fetch.etag() {
            request = request.header("If-None-Match", etag);
        }
        let got = request.call().and_then(|mut response| {
            let body =
                response.body_mut().with_config().limit(Limits::new().set_length() as u64).read_to_vec()?;
            Ok((response, body))
        });
        let fetched = got.as_ref().map_err(|error| NoResponse::because(error)).map(|(response, body)| {
            let start = HttpResponse::new(response.status().as_u16(), body);
            response.headers().iter().fold(start, |answer, (name, value)| answer.header(name.as_str(), value))
        });
        if let Err(error) = fetch.complete(fetched) {
            eprintln!("fetch: {error}");
        }
    }
}
