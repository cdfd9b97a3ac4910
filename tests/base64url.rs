//! base64url in the parts of a token. `src/base64url.rs` tests the decoders.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

mod support;

use jose_core::{
    Limits, UnverifiedJws,
    error::{Base64Error, ParseError},
};
use support::{Dice, b64};

/// `{"alg":"HS256"}`, encoded.
const HEADER: &str = "eyJhbGciOiJIUzI1NiJ9";
/// Where a payload starts in a token with that header.
const START: usize = HEADER.len() + 1;

fn payload(text: &[u8]) -> Result<Vec<u8>, ParseError> {
    let token = [HEADER.as_bytes(), b".", text, b"."].concat();
    let (mut scratch, mut buffer) = ([0; 64], vec![0; text.len()]);
    let jws = UnverifiedJws::parse(&token, &mut scratch, Limits::new().max_token_length(usize::MAX))?;
    jws.dangerous_payload_without_verification(&mut buffer[..]).map(<[u8]>::to_vec)
}

fn signature(text: &[u8]) -> Result<Vec<u8>, ParseError> {
    let token = [HEADER.as_bytes(), b"..", text].concat();
    let (mut scratch, mut buffer) = ([0; 64], vec![0; text.len()]);
    let jws = UnverifiedJws::parse(&token, &mut scratch, Limits::new().max_token_length(usize::MAX))?;
    jws.signature(&mut buffer[..]).map(<[u8]>::to_vec)
}

/// Another implementation encodes; what is read must be what it was given.
#[test]
fn every_length_is_read_back() {
    let mut dice = Dice::new(1);
    for length in 0..400 {
        let octets = dice.octets(length);
        let text = b64(&octets);
        assert_eq!(payload(text.as_bytes()), Ok(octets.clone()), "payload of {length} octets");
        assert_eq!(signature(text.as_bytes()), Ok(octets), "signature of {length} octets");
    }
}

/// Offsets count from the start of the token in each of its parts.
#[test]
fn offsets_are_those_of_the_token() {
    let mut scratch = [0; 64];
    let mut text = HEADER.as_bytes().to_vec();
    text[5] = b'/';
    text.extend_from_slice(b"..");
    let error =
        UnverifiedJws::parse(&text, &mut scratch, Limits::new().max_token_length(usize::MAX)).unwrap_err();
    assert_eq!(error, ParseError::HeaderBase64(Base64Error::InvalidByte { byte: b'/', offset: 5 }));

    let error = signature(b"AA A").unwrap_err();
    let expected = Base64Error::InvalidByte { byte: b' ', offset: START + 1 + 2 };
    assert_eq!(error, ParseError::SignatureBase64(expected));
    let error = signature(b"AB").unwrap_err();
    let expected = Base64Error::TrailingBits { offset: START + 1 + 1 };
    assert_eq!(error, ParseError::SignatureBase64(expected));
}

/// A buffer that is one octet short is refused with both numbers, and one that fits exactly is used.
#[test]
fn buffers_of_the_exact_size() {
    for length in 1..100 {
        let token = format!("{HEADER}.{}.", b64(vec![0xa5; length]));
        let mut scratch = [0; 64];
        let jws =
            UnverifiedJws::parse(&token, &mut scratch, Limits::new().max_token_length(usize::MAX)).unwrap();
        let mut buffer = vec![0; length];
        let octets = jws.dangerous_payload_without_verification(&mut buffer[..]).unwrap();
        assert!(octets.len() == length && octets.iter().all(|octet| *octet == 0xa5));
        let given = length - 1;
        let error = jws.dangerous_payload_without_verification(&mut buffer[..given]).unwrap_err();
        assert_eq!(error, ParseError::ScratchTooSmall { needed: length, given });
    }
}
