//! The extractor that verifies `Authorization: Bearer`, and the answer to a request that it refuses.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;

use crate::issuer::{Issuer, Refusal};

/// The claims of the request's token, which has been verified.
pub struct Bearer<C>(pub C);

impl<C: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Bearer<C>
where
    Arc<Issuer>: FromRef<S>,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let token = token(&parts.headers).ok_or(Refused(None))?;
        let claims = Arc::<Issuer>::from_ref(state).verify(token).await;
        claims.map(Self).map_err(|refusal| Refused(Some(refusal)))
    }
}

/// The token of the request (RFC 6750 §2.1). The name of the scheme is case-insensitive (RFC 9110 §11.1).
fn token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then_some(token)
}

/// A request without a token, or why its token is refused.
pub struct Refused(Option<Refusal>);

/// The client is told that its token is refused, and not why: the cause is for the log.
impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        if let Some(refusal) = &self.0 {
            eprintln!("refused: {refusal}");
        }
        let challenge = match self.0 {
            Some(Refusal::Keys(_) | Refusal::Clock(_)) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
            Some(_) => r#"Bearer error="invalid_token""#,
            // Without a token there is no error to name (RFC 6750 §3.1).
            None => "Bearer",
        };
        (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, challenge)]).into_response()
    }
}
