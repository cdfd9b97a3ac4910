//! The primitives of ring alone. It reads public keys again for every signature.

use jose_core_peers::{primitive, serve, unsupported};
use ring::hmac;
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

fn main() {
    serve(|input| {
        Ok(match (input.case.as_str(), input.alg.as_str()) {
            ("primitive", "HS256") => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, &input.octets("k"));
                primitive(move |message, tag| hmac::verify(&key, message, tag).is_ok())
            }
            ("primitive", "ES256") => {
                let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, input.point());
                primitive(move |message, signature| key.verify(message, signature).is_ok())
            }
            ("primitive", "RS256") => {
                let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, input.pkcs1());
                primitive(move |message, signature| key.verify(message, signature).is_ok())
            }
            _ => return unsupported(input),
        })
    });
}
