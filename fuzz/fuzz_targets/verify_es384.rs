//! ES384 says what aws-lc-rs says, of keys and of signatures; and what was made to hold, holds.
//!
//! Input: a scalar of 48 octets, the key; the message, with its length in one octet; an octet for the other text
//! of the signature (see `jose_core_fuzz::ecdsa::rewrite`); the edits of x, of y, of the signature and of the message, as
//! `jose_core_fuzz::input` reads them.

#![no_main]

use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED, ParsedPublicKey};
use jose_core::{
    Algorithm, VerifyingKey,
    error::{KeyError, SignatureError},
};
use jose_core_fuzz::ecdsa::rewrite;
use jose_core_fuzz::input::Input;
use libfuzzer_sys::fuzz_target;
use p384::ecdsa::signature::Signer as _;
use p384::ecdsa::{Signature, SigningKey};

/// The order of the curve (FIPS 186-5).
const ORDER: [u8; 48] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a,
    0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
];

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let Ok(secret) = SigningKey::from_slice(&input.array::<48>()) else { return };
    let mut message = input.text();
    let made: Signature = secret.sign(&message);
    let mut signature = made.to_bytes().to_vec();
    let point = secret.verifying_key().to_sec1_point(false);
    let (mut x, mut y) = (point.x().unwrap().to_vec(), point.y().unwrap().to_vec());
    let mut holds = rewrite(&mut signature, &ORDER, input.octet());
    for octets in [&mut x, &mut y, &mut signature, &mut message] {
        let before = octets.clone();
        input.edits().make(octets);
        holds &= before == *octets;
    }

    let key = VerifyingKey::es384(&x, &y);
    for (name, octets) in [("x", &x), ("y", &y)] {
        if octets.len() != 48 {
            let (crv, length) = ("P-384", octets.len());
            let error = KeyError::WrongCoordinateLength { name, crv, expected: 48, length };
            return assert_eq!(key.err(), Some(error));
        }
    }
    let other = ParsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, &[&[4], &*x, &*y].concat());
    assert_eq!(key.is_ok(), other.is_ok(), "{key:?}, {x:02x?}, {y:02x?}");
    let (key, other) = match (key, other) {
        (Ok(key), Ok(other)) => (key, other),
        (key, _) => return assert_eq!(key.err(), Some(KeyError::PointNotOnCurve { crv: "P-384" })),
    };
    let found = key.verify(Algorithm::Es384, &message, &signature);
    assert_eq!(found.is_ok(), other.verify_sig(&message, &signature).is_ok(), "{found:?}");
    let of_length = found == Err(SignatureError::WrongLength { found: signature.len(), expected: 96 });
    assert_eq!(of_length, signature.len() != 96, "{found:?}");
    assert!(found.is_ok() || !holds, "{found:?}");
});
