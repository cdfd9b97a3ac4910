//! No single bit of a valid token can be changed: not in its text, and not in what the text encodes.

#![cfg(feature = "_algorithm")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

mod support;

use jose_core::{Algorithm, Error, Verifier, VerifyingKey};
use support::{b64, unb64};

/// Short, so that signatures are most of the token and most of what is tried.
const PAYLOAD: &[u8] = b"{\"a\":1}";

struct Valid {
    key: VerifyingKey,
    token: String,
}

impl Valid {
    fn new(algorithm: Algorithm) -> Self {
        let valid = Self { key: support::usual_key(algorithm), token: support::token(algorithm, PAYLOAD) };
        assert_eq!(valid.verify(valid.token.as_bytes()), Ok(()), "before any change");
        valid
    }

    fn verify(&self, token: &[u8]) -> Result<(), Error> {
        let mut scratch = [0; 1024];
        Verifier::new(&self.key).verify(token, &mut scratch).map(|_| ())
    }

    #[track_caller]
    fn refused(&self, token: &[u8]) -> Error {
        match self.verify(token) {
            Ok(()) => panic!("accepted: {}", token.escape_ascii()),
            Err(error) => error,
        }
    }

    /// Every bit of the text, the dots included.
    fn flip_text(&self) {
        let mut token = self.token.clone().into_bytes();
        for bit in 0..token.len() * 8 {
            token[bit / 8] ^= 1 << (bit % 8);
            self.refused(&token);
            token[bit / 8] ^= 1 << (bit % 8);
        }
        assert_eq!(self.verify(&token), Ok(()), "after every change was undone");
    }

    /// Every bit of the octets of each part, encoded again. What is changed is then well-formed text,
    /// so that behind the header nothing but the signature can be what refuses it.
    fn flip_octets(&self) {
        let parts: Vec<Vec<u8>> = self.token.split('.').map(unb64).collect();
        assert_eq!(parts.len(), 3);
        for (number, part) in parts.iter().enumerate() {
            for bit in 0..part.len() * 8 {
                let mut parts = parts.clone();
                parts[number][bit / 8] ^= 1 << (bit % 8);
                let text = parts.iter().map(b64).collect::<Vec<_>>().join(".");
                let error = self.refused(text.as_bytes());
                let expected = number == 0 || matches!(error, Error::Signature(_));
                assert!(expected, "bit {bit} of part {number}: {error}");
            }
        }
    }

    /// Whatever is cut off at either end, and whatever one byte is put before or behind it.
    fn cut_and_grow(&self) {
        let token = self.token.as_bytes();
        for length in 0..token.len() {
            self.refused(&token[..length]);
            self.refused(&token[token.len() - length..]);
        }
        for byte in 0..=255 {
            self.refused(&[&[byte], token].concat());
            self.refused(&[token, &[byte]].concat());
        }
    }
}

/// One test for each algorithm and kind of change, so that they run beside one another.
macro_rules! suite {
    ($($feature:literal $name:ident $algorithm:ident;)*) => {$(
        #[cfg(feature = $feature)]
        mod $name {
            use super::{Algorithm, Valid};

            #[test]
            fn text() {
                Valid::new(Algorithm::$algorithm).flip_text();
            }

            #[test]
            fn octets() {
                Valid::new(Algorithm::$algorithm).flip_octets();
            }

            #[test]
            fn length() {
                Valid::new(Algorithm::$algorithm).cut_and_grow();
            }
        }
    )*};
}

suite! {
    "hs256" hs256 Hs256;
    "hs384" hs384 Hs384;
    "hs512" hs512 Hs512;
    "es256" es256 Es256;
    "es384" es384 Es384;
    "rs256" rs256 Rs256;
    "rs384" rs384 Rs384;
    "rs512" rs512 Rs512;
    "ps256" ps256 Ps256;
    "ps384" ps384 Ps384;
    "ps512" ps512 Ps512;
    "ed25519" ed25519 Ed25519;
}
