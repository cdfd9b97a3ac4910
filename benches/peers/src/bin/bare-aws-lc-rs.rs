//! The primitives of aws-lc-rs alone.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256,
};
use jose_core_peers::{Case, primitive, serve, unsupported};

fn public(key: ParsedPublicKey) -> Case {
    primitive(move |message, signature| key.verify_sig(message, signature).is_ok())
}

fn main() {
    serve(|input| {
        Ok(match (input.case.as_str(), input.alg.as_str()) {
            ("primitive", "HS256") => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, &input.octets("k"));
                primitive(move |message, tag| hmac::verify(&key, message, tag).is_ok())
            }
            ("primitive", "ES256") => public(ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, input.point())?),
            ("primitive", "ES384") => public(ParsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, input.point())?),
            ("primitive", "EdDSA") => public(ParsedPublicKey::new(&ED25519, input.octets("x"))?),
            ("primitive", "PS256") => public(ParsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, input.pkcs1())?),
            ("primitive", "RS256") => {
                public(ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, input.pkcs1())?)
            }
            _ => return unsupported(input),
        })
    });
}
