//! Signatures sent apart from what they sign: a JWS with detached content (RFC 7515 Appendix F), and a webhook
//! with a signature over its body. Both use `VerifyingKey::verify`, which takes bytes instead of a token.

#![allow(clippy::indexing_slicing, reason = "of a JSON value, what is not there is null")]

use base64ct::{Base64UrlUnpadded, Encoding as _};
use jose_core::{
    Algorithm, Error, Jwks, Limits, UnverifiedJws, VerifyingKey,
    error::{SelectError, SignatureError},
};
use serde_json::Value;

/// Returns whether `detached` (`header..signature`) is a signature over `content` that verifies with this key.
fn verify_detached(key: &VerifyingKey, detached: &str, content: &[u8]) -> Result<(), Error> {
    let (mut scratch, mut buffer) = ([0; 1024], [0; 512]);
    let jws = UnverifiedJws::parse(detached, &mut scratch, Limits::new().max_token_length(2048))?;
    // The signature covers the header, a dot and the encoded content. If the middle were not empty, it would
    // hold part of the content, and `content` only the rest.
    let mut message = jws.signing_input().to_vec();
    if !message.ends_with(b".") {
        return Err(Error::Signature(SignatureError::Invalid));
    }
    message.extend(Base64UrlUnpadded::encode_string(content).bytes());
    // The header may name the algorithm: the key refuses all but its own.
    let algorithm = jws.header().algorithm().map_err(|alg| SelectError::AlgorithmUnsupported { alg })?;
    Ok(key.verify(algorithm, &message, jws.signature(&mut buffer)?)?)
}

/// Returns the tag of a webhook, decoded from hexadecimal.
fn from_hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let demo: Value = serde_json::from_str(include_str!("../vectors/demo.json"))?;
    let jwks = demo["jwks"].to_string();

    // A token in two parts: the payload is sent as the body, the rest in a header field.
    let token = demo["tokens"]["ES256"].as_str().ok_or("no token")?;
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        return Err("parts".into());
    };
    let (detached, content) = (format!("{header}..{signature}"), Base64UrlUnpadded::decode_vec(payload)?);

    let allowed = Algorithm::Es256;
    let jwk = Jwks::parse(&jwks)?.iter().flatten().find(|jwk| jwk.kid().is_some_and(|kid| kid == "ec-2026"));
    let key = jwk.ok_or("no such key")?.verifying_key(allowed)?;
    verify_detached(&key, &detached, &content)?;
    println!("detached content of {} octets: the signature holds", content.len());

    let changed = [&content[..], b" "].concat();
    let (front, back) = payload.split_at(40);
    let (partly, rest) = (format!("{header}.{front}.{signature}"), Base64UrlUnpadded::decode_vec(back)?);
    for (detached, content) in [(&detached, changed), (&partly, rest)] {
        let refused = verify_detached(&key, detached, &content);
        println!("with {} octets: {}", content.len(), refused.err().ok_or("accepted")?);
        assert_eq!(refused, Err(Error::Signature(SignatureError::Invalid)));
    }

    // printf %s "$BODY" | openssl dgst -sha256 -hmac '32 octets or more, from a machine'
    let key = VerifyingKey::hs256(b"32 octets or more, from a machine")?;
    let body = br#"{"event":"paid","order":17}"#;
    let tag = from_hex("185bc05a5257ab7ceb1b800e1e91d94c05305c2166d547c6749ab7cdd2d1cd70").ok_or("no hex")?;
    key.verify(Algorithm::Hs256, body, &tag)?;
    println!("webhook of {} octets: the tag holds", body.len());

    // A key is never used with another algorithm, and a truncated tag is refused.
    let other = key.verify(Algorithm::Es256, body, &tag);
    let short = key.verify(Algorithm::Hs256, body, tag.split_last().ok_or("no tag")?.1);
    for refused in [other, short] {
        println!("refused: {}", refused.err().ok_or("accepted")?);
    }
    assert!(matches!(other, Err(SignatureError::AlgorithmMismatch { .. })));
    assert_eq!(short, Err(SignatureError::WrongLength { found: 31, expected: 32 }));
    Ok(())
}
