//! The crates that jose-core is built on, alone: hmac, p256 and, for RSA, the crate rsa.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jose_core_peers::{primitive, serve, unsupported};
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha256};

/// DER of the DigestInfo of SHA-256, up to the digest (RFC 8017 §9.2).
const DIGEST_INFO: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20];

fn main() {
    serve(|input| {
        Ok(match (input.case.as_str(), input.alg.as_str()) {
            ("primitive", "HS256") => {
                let key = Hmac::<Sha256>::new_from_slice(&input.octets("k"))?;
                primitive(move |message, tag| key.clone().chain_update(message).verify_slice(tag).is_ok())
            }
            ("primitive", "ES256") => {
                let key = VerifyingKey::from_sec1_bytes(&input.point())?;
                primitive(move |message, signature| {
                    Signature::from_slice(signature)
                        .is_ok_and(|signature| key.verify(message, &signature).is_ok())
                })
            }
            ("primitive", "RS256") => {
                let number = |member| rsa::BoxedUint::from_be_slice_vartime(&input.octets(member));
                let key = rsa::PublicKey::new(number("n"), number("e"))?;
                primitive(move |message, signature| {
                    let scheme = rsa::Pkcs1v15Sign { hash_len: Some(32), prefix: DIGEST_INFO.into() };
                    key.verify(scheme, &Sha256::digest(message), signature).is_ok()
                })
            }
            _ => return unsupported(input),
        })
    });
}
