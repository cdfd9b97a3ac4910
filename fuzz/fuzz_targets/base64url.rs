//! A text that is base64url by base64ct, and no other, is read as the same octets, in each of the places
//! where a token or a key has base64url; of any other text the first fault is told, and where it is.

#![no_main]

use aws_lc_rs::hmac;
use base64ct::{Base64UrlUnpadded, Encoding};
use jose_core::{
    Algorithm, Jwk, Limits, UnverifiedJws,
    error::{Base64Error, KeyError, ParseError},
};
use jose_core_fuzz::reference;
use libfuzzer_sys::fuzz_target;

/// `{"alg":"HS256"}`, encoded.
const HEADER: &str = "eyJhbGciOiJIUzI1NiJ9";

fuzz_target!(|text: &[u8]| {
    let expected = reference::base64url(text);
    if !text.contains(&b'.') {
        header(text, &expected);
        payload_and_signature(text, &expected);
    }
    secret(text, &expected);
});

fn header(text: &[u8], expected: &Result<Vec<u8>, Base64Error>) {
    // A token that begins like this is taken for JSON.
    if text.trim_ascii_start().starts_with(b"{") {
        return;
    }
    let token = [text, b".."].concat();
    let mut scratch = vec![0; token.len()];
    let refused =
        UnverifiedJws::parse(&token, &mut scratch, Limits::new().max_token_length(usize::MAX)).err();
    match *expected {
        _ if text.len() > Limits::new().header_length() => {
            assert!(matches!(refused, Some(ParseError::HeaderTooLong { .. })))
        }
        Err(error) => assert_eq!(refused, Some(ParseError::HeaderBase64(error))),
        Ok(_) => assert!(!matches!(refused, Some(ParseError::HeaderBase64(_)))),
    }
}

fn payload_and_signature(text: &[u8], expected: &Result<Vec<u8>, Base64Error>) {
    let token = [HEADER.as_bytes(), b".", text, b".", text].concat();
    let mut scratch = [0; HEADER.len()];
    let jws = UnverifiedJws::parse(&token, &mut scratch, Limits::new().max_token_length(usize::MAX)).unwrap();
    let mut buffer = vec![0; text.len()];

    let start = HEADER.len() + 1;
    let payload = jws.dangerous_payload_without_verification(&mut buffer).map(<[u8]>::to_vec);
    assert_eq!(payload, expected.clone().map_err(|error| ParseError::PayloadBase64(moved(error, start))));
    let start = start + text.len() + 1;
    let signature = jws.signature(&mut buffer).map(<[u8]>::to_vec);
    assert_eq!(signature, expected.clone().map_err(|error| ParseError::SignatureBase64(moved(error, start))));

    if let Ok(octets) = expected {
        // There is one text for each, and no octet less of room suffices.
        assert_eq!(Base64UrlUnpadded::encode_string(octets).as_bytes(), text);
        let needed = octets.len();
        assert!(jws.signature(&mut vec![0; needed]).is_ok());
        if let Some(given) = needed.checked_sub(1) {
            let refused = jws.signature(&mut buffer[..given]);
            assert_eq!(refused, Err(ParseError::ScratchTooSmall { needed, given }));
        }
    }
}

/// The same fault of a text that starts further behind.
fn moved(error: Base64Error, start: usize) -> Base64Error {
    match error {
        Base64Error::InvalidByte { byte, offset } => {
            Base64Error::InvalidByte { byte, offset: offset + start }
        }
        Base64Error::TrailingBits { offset } => Base64Error::TrailingBits { offset: offset + start },
        error => error,
    }
}

/// The decoder for key material: what it reads is the secret that a MAC of other making holds under.
fn secret(text: &[u8], expected: &Result<Vec<u8>, Base64Error>) {
    let Ok(text) = str::from_utf8(text) else { return };
    if text.contains(|character| matches!(character, '\0'..' ' | '"' | '\\')) {
        return;
    }
    let jwk = format!(r#"{{"kty":"oct","k":"{text}"}}"#);
    let key = Jwk::parse(&jwk).unwrap().verifying_key(Algorithm::Hs256);
    match expected {
        Err(error @ Base64Error::InvalidByte { .. }) => {
            assert_eq!(key.err(), Some(KeyError::Base64 { name: "k", error: *error }));
        }
        // The length is judged before the last bits.
        _ if text.len() / 4 * 3 + text.len() % 4 * 3 / 4 > 512 => {
            assert!(matches!(key.err(), Some(KeyError::SecretTooLong { max: 512, .. })));
        }
        Err(error) => assert_eq!(key.err(), Some(KeyError::Base64 { name: "k", error: *error })),
        Ok(octets) if octets.len() < 32 => {
            assert_eq!(key.err(), Some(KeyError::SecretTooShort { length: octets.len(), min: 32 }));
        }
        Ok(octets) => match key {
            Ok(key) => {
                let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, octets), b"message");
                assert_eq!(key.verify(Algorithm::Hs256, b"message", tag.as_ref()), Ok(()));
            }
            Err(error) => assert!(matches!(error, KeyError::SecretIsKeyDocument { .. })),
        },
    }
}
