//! Strict base64url as it shows from outside: which texts of a token's parts are read, what they are
//! read as, and where the first wrong byte stands.
//!
//! The decoder itself is private. Its blocks have 32 characters, so that faults are tried at every
//! position of several blocks and of what is left behind them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that meets the unexpected must stop"
)]

mod support;

use jose_core::{
    Limits, UnverifiedJws,
    error::{Base64Error, ParseError},
};
use support::{Dice, b64};

/// `{"alg":"HS256"}`, encoded.
const HEADER: &str = "eyJhbGciOiJIUzI1NiJ9";
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
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

#[track_caller]
fn refused(text: &[u8], error: Base64Error) {
    assert_eq!(payload(text), Err(ParseError::PayloadBase64(error)), "{}", text.escape_ascii());
}

/// The value of a character by its place in the alphabet, which is all that RFC 4648 §5 says.
fn sextet(byte: u8) -> Option<u8> {
    ALPHABET.iter().position(|other| *other == byte).and_then(|place| place.try_into().ok())
}

/// Octets the slow way: bit by bit.
fn reference(text: &[u8]) -> Vec<u8> {
    let bits = text.iter().flat_map(|byte| {
        let value = sextet(*byte).unwrap();
        (0..6).rev().map(move |bit| value >> bit & 1)
    });
    let bits: Vec<u8> = bits.collect();
    bits.chunks_exact(8).map(|octet| octet.iter().fold(0, |sum, bit| sum << 1 | bit)).collect()
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

/// Each of the 256 byte values at each position of texts that end in a whole block, in a part of one,
/// and before the first.
#[test]
fn every_byte_at_every_position() {
    let mut cases = 0;
    for length in [4, 30, 32, 34, 35, 36, 64, 99, 128, 131] {
        let text: Vec<u8> = (0..length).map(|place| ALPHABET[place * 7 % 64 / 16 * 16]).collect();
        for position in 0..length {
            // The last character's unused bits are a matter of their own.
            if position + 1 == length && length % 4 != 0 {
                continue;
            }
            for byte in (0..=255).filter(|byte| *byte != b'.') {
                let mut text = text.clone();
                text[position] = byte;
                match sextet(byte) {
                    Some(_) => assert_eq!(payload(&text), Ok(reference(&text))),
                    None => refused(&text, Base64Error::InvalidByte { byte, offset: START + position }),
                }
                cases += 1;
            }
        }
    }
    assert!(cases > 100_000, "{cases} cases");
}

/// The first of several wrong bytes is named, whichever block or kind of fault the others are in.
#[test]
fn the_first_wrong_byte_is_named() {
    for first in 0..130 {
        for second in (first + 1..=131).step_by(3) {
            let mut text = [b'A'; 133];
            (text[first], text[second]) = (b'+', b'=');
            // The length is wrong as well, and the last character has bits that encode nothing.
            text[132] = b'B';
            refused(&text, Base64Error::InvalidByte { byte: b'+', offset: START + first });
        }
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

/// One octet string has one text: of the characters that could end a text of two or three more than a
/// multiple of four, only those without surplus bits do.
#[test]
fn bits_that_encode_nothing() {
    let mut cases = 0;
    for length in (2..140).filter(|length| length % 4 >= 2) {
        for (value, last) in ALPHABET.iter().enumerate() {
            let mut text = vec![b'_'; length];
            text[length - 1] = *last;
            let unused = if length % 4 == 2 { 16 } else { 4 };
            if value % unused == 0 {
                assert_eq!(payload(&text), Ok(reference(&text)));
            } else {
                refused(&text, Base64Error::TrailingBits { offset: START + length - 1 });
            }
            cases += 1;
        }
    }
    assert!(cases > 4000, "{cases} cases");
}

/// No encoding has a length of one more than a multiple of four.
#[test]
fn lengths_that_do_not_exist() {
    for length in (1..300).step_by(4) {
        refused(&vec![b'A'; length], Base64Error::InvalidLength { length });
    }
}

/// Padding, white space and line ends are not removed, wherever they stand.
#[test]
fn nothing_is_forgiven() {
    for text in ["AA==", "AAA=", "AAAA====", "AAAA\n", " AAAA", "AA AA", "AAAA\r\nAAAA", "AAAA\0"] {
        let (offset, byte) = text.bytes().enumerate().find(|(_, byte)| sextet(*byte).is_none()).unwrap();
        refused(text.as_bytes(), Base64Error::InvalidByte { byte, offset: START + offset });
    }
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
