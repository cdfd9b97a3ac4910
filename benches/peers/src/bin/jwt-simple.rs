//! jwt-simple in pure Rust. It keeps the registered claims itself.

use std::hint::black_box;

use jose_core_peers::{Case, Input, serve, unsupported, whole};
use jwt_simple::prelude::*;

#[derive(Deserialize, Serialize)]
struct Custom {
    scope: String,
}

fn matches(claims: Result<JWTClaims<Custom>, jwt_simple::Error>, input: &Input) -> bool {
    claims.is_ok_and(|claims| {
        let claims = black_box(&claims);
        claims.subject.as_ref() == Some(&input.subject) && claims.custom.scope == input.scope
    })
}

fn main() {
    serve(|input| {
        let options = VerificationOptions {
            allowed_issuers: Some([input.issuer.clone()].into()),
            allowed_audiences: Some([input.audience.clone()].into()),
            time_tolerance: Some(Duration::from_secs(60)),
            ..Default::default()
        };
        let case: Case = match (input.case.as_str(), input.alg.as_str()) {
            ("token", "HS256") => {
                let key = HS256Key::from_bytes(&input.octets("k"));
                whole(move |token| matches(key.verify_token(token, Some(options.clone())), input))
            }
            ("token", "ES256") => {
                let key = ES256PublicKey::from_bytes(&input.point())?;
                whole(move |token| matches(key.verify_token(token, Some(options.clone())), input))
            }
            ("token", "RS256") => {
                let key = RS256PublicKey::from_components(&input.octets("n"), &input.octets("e"))?;
                whole(move |token| matches(key.verify_token(token, Some(options.clone())), input))
            }
            _ => return unsupported(input),
        };
        Ok(case)
    });
}
