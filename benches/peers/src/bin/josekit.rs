//! josekit, on OpenSSL. Its payload is a map, from which the claims are taken.

use std::time::SystemTime;

use jose_core_peers::{Claims, serve, unsupported, whole};
use josekit::jwk::Jwk;
use josekit::jws::{ES256, HS256, JwsVerifier, RS256};
use josekit::jwt::{JwtPayload, JwtPayloadValidator, decode_with_verifier};

fn claims(payload: &JwtPayload) -> Option<Claims> {
    let text = |name| payload.claim(name)?.as_str().map(str::to_owned);
    Some(Claims {
        iss: text("iss")?,
        sub: text("sub")?,
        aud: text("aud")?,
        exp: payload.claim("exp")?.as_i64()?,
        iat: payload.claim("iat")?.as_i64()?,
        scope: text("scope")?,
    })
}

fn main() {
    serve(|input| {
        let jwk = Jwk::from_bytes(input.jwk.to_string())?;
        let verifier: Box<dyn JwsVerifier> = match (input.case.as_str(), input.alg.as_str()) {
            ("token", "HS256") => Box::new(HS256.verifier_from_jwk(&jwk)?),
            ("token", "ES256") => Box::new(ES256.verifier_from_jwk(&jwk)?),
            ("token", "RS256") => Box::new(RS256.verifier_from_jwk(&jwk)?),
            _ => return unsupported(input),
        };
        let mut validator = JwtPayloadValidator::new();
        validator.set_issuer(&*input.issuer);
        validator.set_audience(&*input.audience);
        Ok(whole(move |token| {
            let Ok((payload, _)) = decode_with_verifier(token, &*verifier) else { return false };
            validator.set_base_time(SystemTime::now());
            validator.validate(&payload).is_ok()
                && claims(&payload).is_some_and(|claims| claims.are_those_of(input))
        }))
    });
}
