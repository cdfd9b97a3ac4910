//! What a client is answered that is not let through.

use std::time::Duration;

use jose_core::{Error, error::ClaimsError};

/// A response without a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u32,
    pub field: (&'static str, String),
}

impl Answer {
    /// There is no bearer token, and so no error to name (RFC 6750 §3.1).
    pub fn token_missing() -> Self {
        Self { status: 401, field: ("www-authenticate", "Bearer".to_owned()) }
    }

    /// What follows `Bearer` cannot be a token.
    pub fn malformed_request() -> Self {
        Self { status: 400, field: challenge("invalid_request", "expected one bearer token") }
    }

    pub fn token_refused(error: &Error) -> Self {
        Self { status: 401, field: challenge("invalid_token", description(error)) }
    }

    /// There is nothing to verify tokens with, and may be when the time is over.
    pub fn unavailable(wait: Duration) -> Self {
        // The last second that has begun counts whole.
        let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1);
        Self { status: 503, field: ("retry-after", seconds.to_string()) }
    }
}

fn challenge(error: &str, description: &str) -> (&'static str, String) {
    ("www-authenticate", format!("Bearer error=\"{error}\", error_description=\"{description}\""))
}

/// Fixed texts of the characters that RFC 6750 §3 allows: they tell the client nothing of what is configured, and
/// quote nothing of the token. The whole text is in the proxy's log.
fn description(error: &Error) -> &'static str {
    match error {
        Error::Parse(_) => "the token is malformed",
        Error::Select(_) => "the token is not signed with a key and an algorithm that are accepted",
        Error::Signature(_) => "the signature does not verify",
        Error::Claims(ClaimsError::Expired { .. }) => "the token has expired",
        Error::Claims(ClaimsError::NotYetValid { .. }) => "the token is not valid yet",
        Error::Claims(ClaimsError::AudienceMismatch { .. }) => "the token is for another audience",
        Error::Claims(ClaimsError::IssuerMismatch { .. }) => "the token is of another issuer",
        Error::Claims(_) => "the claims are not accepted",
        _ => "the token is refused",
    }
}
