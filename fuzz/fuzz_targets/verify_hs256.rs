//! HS256 says what aws-lc-rs says, and refuses as a secret what this crate calls none, and nothing else.
//!
//! Input: an octet that chooses what of a key document is written into the secret; the secret and the
//! message, each with its length in one octet; up to three edits of the good tag. See
//! `jose_core_fuzz::input`.

#![no_main]

use aws_lc_rs::hmac;
use jose_core::{Algorithm, KeyError, SignatureError, VerifyingKey};
use jose_core_fuzz::input::Input;
use libfuzzer_sys::fuzz_target;

/// What makes a secret the text of a key, if it stands somewhere: of PEM, as it is, in base64, or without its
/// first line; of a JWK, as it is or in a string; of SSH.
const ANYWHERE: [&[u8]; 13] = [
    b"-----BEG",
    b"LS0tLS1C",
    b"BgkqhkiG",
    b"KoZIzj0C",
    b"ByqGSM49",
    b"BQYDK2Vw",
    b"\"kty\"",
    b"\\\"kty\\\"",
    b"ssh-rsa ",
    b"ecdsa-sh",
    b"ssh-ed25",
    b"---- BEG",
    b"\xa0\x03\x02\x01\x02\x02",
];

/// What makes it the DER of one, if it begins so, with a dot for any octet: of a SubjectPublicKeyInfo with
/// lengths of one, two and three octets, of an RSAPublicKey.
const AT_THE_START: [&[u8]; 4] = [b"0.0.\x06", b"0\x81.0.\x06", b"0\x82..0.\x06", b"0\x82..\x02\x82"];

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let document = input.octet();
    let mut secret = input.text();
    write(&mut secret, document);
    let message = input.text();
    let edits = input.edits();

    let key = match VerifyingKey::hs256(&secret) {
        Ok(key) => key,
        Err(KeyError::SecretTooShort { length, least }) => {
            return assert_eq!((length, least, length < least), (secret.len(), 32, true));
        }
        Err(error) => {
            assert_eq!(error, KeyError::SecretIsKeyDocument);
            return assert!(is_key_document(&secret), "{secret:02x?}");
        }
    };
    assert!(secret.len() >= 32 && !is_key_document(&secret), "{secret:02x?}");

    let other = hmac::Key::new(hmac::HMAC_SHA256, &secret);
    let good = hmac::sign(&other, &message).as_ref().to_vec();
    let mut tag = good.clone();
    edits.make(&mut tag);
    let found = key.verify(Algorithm::Hs256, &message, &tag);
    assert_eq!(found.is_ok(), hmac::verify(&other, &message, &tag).is_ok());
    assert_eq!(found.is_ok(), tag == good);
    let of_length = found == Err(SignatureError::Length { found: tag.len(), expected: 32 });
    assert_eq!(of_length, tag.len() != 32, "{found:?}");
});

/// Writes what makes a key document over the secret: what may stand anywhere at its end, the other at its
/// start. Zero writes nothing.
fn write(secret: &mut [u8], document: u8) {
    let Some(number) = usize::from(document).checked_sub(1) else { return };
    if let Some(text) = ANYWHERE.get(number) {
        let from = secret.len().saturating_sub(8);
        secret[from..].iter_mut().zip(*text).for_each(|(place, octet)| *place = *octet);
    } else if let Some(head) = AT_THE_START.get(number - ANYWHERE.len()) {
        let octets = secret.iter_mut().zip(*head).filter(|(_, octet)| **octet != b'.');
        octets.for_each(|(place, octet)| *place = *octet);
    }
}

fn is_key_document(secret: &[u8]) -> bool {
    let begins = |head: &[u8]| secret.iter().zip(head).all(|(octet, of)| *of == b'.' || of == octet);
    ANYWHERE.iter().any(|text| secret.windows(8).any(|window| window.starts_with(text)))
        || AT_THE_START.iter().any(|head| begins(head))
}
