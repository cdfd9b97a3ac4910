//! The primitives of graviola alone.

use graviola::hashing::Sha256;
use graviola::hashing::hmac::Hmac;
use graviola::signing::{ecdsa, rsa};
use jose_core_peers::{primitive, serve, unsupported};

fn main() {
    serve(|input| {
        Ok(match (input.case.as_str(), input.alg.as_str()) {
            ("primitive", "HS256") => {
                let key = Hmac::<Sha256>::new(input.octets("k"));
                primitive(move |message, tag| {
                    let mut mac = key.clone();
                    mac.update(message);
                    mac.verify(tag).is_ok()
                })
            }
            ("primitive", "ES256") => {
                let key = ecdsa::VerifyingKey::<ecdsa::P256>::from_x962_uncompressed(&input.point());
                let key = key.map_err(|error| format!("{error:?}"))?;
                primitive(move |message, signature| key.verify::<Sha256>(&[message], signature).is_ok())
            }
            ("primitive", "RS256") => {
                let key = rsa::VerifyingKey::from_pkcs1_der(&input.pkcs1());
                let key = key.map_err(|error| format!("{error:?}"))?;
                primitive(move |message, signature| key.verify_pkcs1_sha256(signature, message).is_ok())
            }
            _ => return unsupported(input),
        })
    });
}
