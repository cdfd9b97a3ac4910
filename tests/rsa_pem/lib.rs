//! A key in PEM, read by the application's own `rsa`, verifies a token. The PEM files are the RSA key of
//! `vectors/demo.json` as Node's OpenSSL writes it (`KeyObject.export`, `spki` and `pkcs1`).

#![cfg(test)]

use jose_core::{Algorithm, Limits, Verifier, VerifyingKey, error::KeyError};
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::pkcs8::DecodePublicKey as _;
use rsa::traits::PublicKeyParts as _;
use rsa::{BoxedUint, PublicKey};
use serde_json::Value;

const SPKI: &str = include_str!("spki.pem");
const PKCS1: &str = include_str!("pkcs1.pem");

fn demo_token() -> String {
    let demo: Value = serde_json::from_str(include_str!("../../vectors/demo.json")).unwrap();
    demo["tokens"]["RS256"].as_str().unwrap().to_owned()
}

/// Verifies the token, and refuses it with another payload.
fn check(key: &VerifyingKey) {
    let token = demo_token();
    let verifier = Verifier::new(key);
    let mut scratch = vec![0; Limits::new().token_length()];
    assert_eq!(verifier.verify(&token, &mut scratch).unwrap().algorithm(), Algorithm::Rs256);
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let other = format!("{header}.{}{}.{signature}", &payload[4..], &payload[..4]);
    assert!(verifier.verify(&other, &mut scratch).is_err());
}

#[test]
fn key_from_spki_pem_verifies() {
    check(&VerifyingKey::try_from(&PublicKey::from_public_key_pem(SPKI).unwrap()).unwrap());
}

#[test]
fn key_from_pkcs1_pem_verifies() {
    check(&VerifyingKey::try_from(&PublicKey::from_pkcs1_pem(PKCS1).unwrap()).unwrap());
}

/// The way without jose-core's feature `rsa`.
#[test]
fn octets_of_the_key_verify() {
    let key = PublicKey::from_public_key_pem(SPKI).unwrap();
    check(&VerifyingKey::rs256(&key.n_bytes(), &key.e_bytes()).unwrap());
}

/// The name that `rsa` 0.9 had, which 0.10 keeps.
#[test]
#[expect(deprecated, reason = "applications still say so")]
fn the_former_name_is_the_same_type() {
    let key: rsa::RsaPublicKey = PublicKey::from_public_key_pem(SPKI).unwrap();
    check(&VerifyingKey::try_from(&key).unwrap());
}

/// What `rsa` takes and RFC 7518 §3.3 does not is refused.
#[test]
fn small_key_is_refused() {
    let modulus = [0xff; 128];
    let key = PublicKey::new(BoxedUint::from_be_slice_vartime(&modulus), 65537_u64.into()).unwrap();
    assert_eq!(
        VerifyingKey::try_from(&key).unwrap_err(),
        KeyError::ModulusTooSmall { bits: 1024, min: 2048 }
    );
}
