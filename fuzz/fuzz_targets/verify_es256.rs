//! ES256 says what p256 and aws-lc-rs say, of keys and of signatures, with the key as it comes and prepared;
//! and what was made to hold, holds.
//!
//! Input: a case as `jose_core_fuzz::ecdsa` reads it, then the edits of x, of y, of the signature and of the
//! message, as `jose_core_fuzz::input` reads them.

#![no_main]

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use jose_core::{
    Algorithm, VerifyingKey,
    error::{KeyError, SignatureError},
};
use jose_core_fuzz::ecdsa::Case;
use jose_core_fuzz::input::Input;
use libfuzzer_sys::fuzz_target;
use p256::ecdsa::signature::Verifier as _;
use p256::elliptic_curve::sec1::FromSec1Point as _;
use p256::{AffinePoint, Sec1Point};

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let good = Case::read(&mut input);
    let [mut x, mut y, mut message, mut signature] =
        [&good.x, &good.y, &good.message, &good.signature].map(Vec::clone);
    for octets in [&mut x, &mut y, &mut signature, &mut message] {
        input.edits().make(octets);
    }

    let key = VerifyingKey::es256(&x, &y);
    for (name, octets) in [("x", &x), ("y", &y)] {
        if octets.len() != 32 {
            // Other lengths are this crate's to refuse: the other has one text for both.
            return assert_eq!(
                key.err(),
                Some(KeyError::WrongCoordinateLength {
                    name,
                    crv: "P-256",
                    expected: 32,
                    length: octets.len()
                })
            );
        }
    }
    let octets = [&[4], &*x, &*y].concat();
    let other = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &octets);
    assert_eq!(key.is_ok(), other.is_ok(), "{key:?}, {x:02x?}, {y:02x?}");
    let (key, other) = match (key, other) {
        (Ok(key), Ok(other)) => (key, other),
        (key, _) => return assert_eq!(key.err(), Some(KeyError::PointNotOnCurve { crv: "P-256" })),
    };

    let found = key.verify(Algorithm::Es256, &message, &signature);
    assert_eq!(found.is_ok(), other.verify_sig(&message, &signature).is_ok(), "{found:?}");
    let mut prepared = key.clone();
    prepared.prepare();
    assert_eq!(prepared.verify(Algorithm::Es256, &message, &signature), found, "prepared");
    let point = AffinePoint::from_sec1_point(&Sec1Point::from_bytes(&octets).unwrap()).unwrap();
    let third = p256::ecdsa::VerifyingKey::from_affine(point).unwrap();
    let parsed = p256::ecdsa::Signature::from_slice(&signature);
    let third = parsed.is_ok_and(|signature| third.verify(&message, &signature).is_ok());
    assert_eq!(found.is_ok(), third, "{found:?}");
    let of_length = found == Err(SignatureError::WrongLength { found: signature.len(), expected: 64 });
    assert_eq!(of_length, signature.len() != 64, "{found:?}");
    let edited = (x, y, message, signature) != (good.x, good.y, good.message, good.signature);
    assert!(found.is_ok() || edited || !good.holds, "{found:?}");
});
