//! jose4rs, on aws-lc. Its claims are a tree, from which those of the application are taken.

use std::time::{Duration, SystemTime};

use jose_core_peers::{Claims, serve, unsupported, whole};
use jose4rs::jwa::{AlgorithmConstraints, ConstraintType};
use jose4rs::jwk::JsonWebKey;
use jose4rs::jws::{AlgorithmIdentifier, JsonWebSignature};
use jose4rs::jwt::{JwtClaims, JwtConsumerBuilder};
use jose4rs::jwx::JsonWebStructure as _;

fn claims(claims: &JwtClaims) -> Option<Claims> {
    let text = |name| claims.string_claim(name).map(str::to_owned);
    let seconds = |time: Option<SystemTime>| {
        let since = time?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        i64::try_from(since.as_secs()).ok()
    };
    Some(Claims {
        iss: text("iss")?,
        sub: text("sub")?,
        aud: text("aud")?,
        exp: seconds(claims.expiration_time())?,
        iat: seconds(claims.issued_at())?,
        scope: text("scope")?,
    })
}

fn main() {
    serve(|input| {
        let algorithm = match (input.case.as_str(), input.alg.as_str()) {
            ("token", "HS256") => AlgorithmIdentifier::HmacSha256,
            ("token", "ES256") => AlgorithmIdentifier::EcdsaUsingP256CurveAndSha256,
            ("token", "RS256") => AlgorithmIdentifier::RsaUsingSha256,
            _ => return unsupported(input),
        };
        let permitted = AlgorithmConstraints::new(ConstraintType::Permit, [algorithm]);
        let permitted: &'static _ = Box::leak(Box::new(permitted));
        let key = JsonWebKey::from_json(input.jwk.to_string())?;
        let consumer = JwtConsumerBuilder::new()
            .set_expected_issuer(&input.issuer)
            .set_expected_audience(true, false, &[&input.audience])
            .set_require_expiration_time()
            .set_allowed_clock_skew(Duration::from_secs(60))
            .build();
        Ok(whole(move |token| {
            let mut jws = JsonWebSignature::new();
            jws.set_algorithm_constraints(permitted);
            let Ok(()) = jws.set_compact_serialization(token) else { return false };
            let Ok(payload) = jws.payload(&key) else { return false };
            let Ok(parsed) = JwtClaims::parse(payload) else { return false };
            consumer.validate(&parsed).is_ok()
                && claims(&parsed).is_some_and(|claims| claims.are_those_of(input))
        }))
    });
}
