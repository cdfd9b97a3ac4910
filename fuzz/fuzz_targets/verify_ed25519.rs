//! Ed25519 says what aws-lc-rs says, but where this crate is stricter: a key is refused that is no point, or not in
//! its only encoding, or of small order, and so is a signature whose R is of small order. What was made to hold,
//! holds.
//!
//! Input: a case as `jose_core_fuzz::ed25519` reads it, then the edits of the key, of the signature and of the
//! message, as `jose_core_fuzz::input` reads them.

#![no_main]

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use jose_core::{
    Algorithm, VerifyingKey,
    error::{KeyError, SignatureError},
};
use jose_core_fuzz::ed25519::{Case, Encoding};
use jose_core_fuzz::input::Input;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let good = Case::read(&mut input);
    let [mut x, mut signature, mut message] = [&good.key, &good.signature, &good.message].map(Vec::clone);
    for octets in [&mut x, &mut signature, &mut message] {
        input.edits().make(octets);
    }

    let key = VerifyingKey::ed25519(&x);
    if x.len() != 32 {
        let error =
            KeyError::WrongCoordinateLength { name: "x", crv: "Ed25519", expected: 32, length: x.len() };
        return assert_eq!(key.err(), Some(error));
    }
    let other = UnparsedPublicKey::new(&ED25519, &x).verify(&message, &signature).is_ok();
    let encoding = Encoding::read(&x);
    let not_on_curve = Some(KeyError::PointNotOnCurve { crv: "Ed25519" });
    if !encoding.is_point() {
        assert!(!other, "{x:02x?}");
        return assert_eq!(key.err(), not_on_curve, "{x:02x?}");
    }
    if encoding.is_small() {
        return assert_eq!(key.err(), Some(KeyError::PointOfSmallOrder), "{x:02x?}");
    }
    if !encoding.is_reduced {
        return assert_eq!(key.err(), not_on_curve, "{x:02x?}");
    }
    let found = key.unwrap().verify(Algorithm::Ed25519, &message, &signature);
    let of_length = found == Err(SignatureError::WrongLength { found: signature.len(), expected: 64 });
    assert_eq!(of_length, signature.len() != 64, "{found:?}");
    let small = signature.len() == 64 && Encoding::read(&signature[..32]).is_small();
    assert_eq!(found.is_ok(), other && !small, "{found:?}, {x:02x?}, {signature:02x?}");
    let edited = (x, signature, message) != (good.key, good.signature, good.message);
    assert!(found.is_ok() || edited || !good.holds, "{found:?}");
});
