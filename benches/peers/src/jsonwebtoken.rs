//! jsonwebtoken, whichever of its two back ends the binary was built with.

use jose_core_peers::{Claims, serve, unsupported, whole};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};

fn main() {
    serve(|input| {
        let (algorithm, key) = match (input.case.as_str(), input.alg.as_str()) {
            ("token", "HS256") => (Algorithm::HS256, DecodingKey::from_secret(&input.octets("k"))),
            ("token", "ES256") => {
                (Algorithm::ES256, DecodingKey::from_ec_components(input.text("x"), input.text("y"))?)
            }
            ("token", "PS256") => {
                (Algorithm::PS256, DecodingKey::from_rsa_components(input.text("n"), input.text("e"))?)
            }
            ("token", "ES384") => {
                (Algorithm::ES384, DecodingKey::from_ec_components(input.text("x"), input.text("y"))?)
            }
            ("token", "EdDSA") => (Algorithm::EdDSA, DecodingKey::from_ed_components(input.text("x"))?),
            ("token", "RS256") => {
                (Algorithm::RS256, DecodingKey::from_rsa_components(input.text("n"), input.text("e"))?)
            }
            _ => return unsupported(input),
        };
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[&input.issuer]);
        validation.set_audience(&[&input.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        Ok(whole(move |token| {
            decode::<Claims>(token, &key, &validation).is_ok_and(|token| token.claims.are_those_of(input))
        }))
    });
}
