//! jwt-compact. It knows `exp`; `iss` and `aud` are compared here, as its users must.

use jose_core_peers::{Case, Input, serve, unsupported, whole};
use jwt_compact::alg::{Es256, Hs256, Hs256Key, Rsa};
use jwt_compact::jwk::JsonWebKey;
use jwt_compact::{Algorithm, AlgorithmExt as _, TimeOptions, UntrustedToken};
use serde::Deserialize;

#[derive(Clone, Deserialize)]
struct Custom {
    iss: String,
    sub: String,
    aud: String,
    scope: String,
}

fn token<A: Algorithm + 'static>(algorithm: A, key: A::VerifyingKey, input: &'static Input) -> Case {
    let times = TimeOptions::from_leeway(chrono::Duration::seconds(60));
    whole(move |text| {
        let Ok(untrusted) = UntrustedToken::new(text) else { return false };
        let Ok(token) = algorithm.validator::<Custom>(&key).validate(&untrusted) else { return false };
        let claims = std::hint::black_box(token.claims());
        claims.validate_expiration(&times).is_ok()
            && claims.custom.iss == input.issuer
            && claims.custom.aud == input.audience
            && claims.custom.sub == input.subject
            && claims.custom.scope == input.scope
    })
}

fn main() {
    serve(|input| {
        let mut jwk = input.jwk.clone();
        if let Some(members) = jwk.as_object_mut() {
            members.retain(|name, _| ["kty", "crv", "x", "y", "n", "e", "k"].contains(&name.as_str()));
        }
        let jwk: JsonWebKey<'_> = serde_json::from_value(jwk)?;
        Ok(match (input.case.as_str(), input.alg.as_str()) {
            ("token", "HS256") => token(Hs256, Hs256Key::new(input.octets("k")), input),
            ("token", "ES256") => token(Es256, (&jwk).try_into()?, input),
            ("token", "RS256") => token(Rsa::rs256(), (&jwk).try_into()?, input),
            _ => return unsupported(input),
        })
    });
}
