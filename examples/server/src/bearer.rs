//! The extractor that verifies `Authorization: Bearer`, and the answer to a request that it refuses.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;

use crate::issuer::Issuer;
use crate::refusal::{self, Refusal};

/// The claims of the request's token, which has been verified.
pub struct Bearer<C>(pub C);

impl<C: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Bearer<C>
where
    Arc<Issuer>: FromRef<S>,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let refused = |refusal, retry_after| Refused { refusal, retry_after };
        let token = token(&parts.headers).ok_or(refused(None, 0))?;
        let issuer = Arc::<Issuer>::from_ref(state);
        let claims = issuer.verify(token).await;
        // A client may come back when keys can be there.
        let due_in = || issuer.keys.status().due_in.as_secs() + 1;
        claims.map(Self).map_err(|refusal| refused(Some(refusal), due_in()))
    }
}

/// The token of the request (RFC 6750 §2.1). The name of the scheme is case-insensitive, and one or more spaces
/// follow it (RFC 9110 §11.1, §11.4).
fn token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim_start_matches(' '))
}

/// A request without a token, or why its token is refused.
pub struct Refused {
    refusal: Option<Refusal>,
    /// When a client may come back, in seconds.
    retry_after: u64,
}

/// The client is told that its token is refused, and not why: the cause is for the log.
impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        if let Some(refusal) = &self.refusal {
            refusal::log(refusal);
        }
        let challenge = match self.refusal {
            Some(Refusal::Keys(_) | Refusal::Clock(_) | Refusal::Busy) => {
                let retry_after = [(header::RETRY_AFTER, self.retry_after.to_string())];
                return (StatusCode::SERVICE_UNAVAILABLE, retry_after).into_response();
            }
            Some(_) => r#"Bearer error="invalid_token""#,
            // Without a token there is no error to name (RFC 6750 §3.1).
            None => "Bearer",
        };
        (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, challenge)]).into_response()
    }
}
