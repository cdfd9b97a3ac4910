//! A prepared ES256 key says what it says without preparation, which is what p256 says, and what aws-lc-rs
//! says, whatever the windows are; and what was made to hold, holds.
//!
//! Input: an octet for the windows, of the base point in its high and of the key in its low four bits; a case
//! as `jose_core_fuzz::ecdsa` reads it; the edits of the signature, as `jose_core_fuzz::input` reads them.

#![no_main]

use std::cell::RefCell;
use std::sync::LazyLock;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use jose_core::{Algorithm, Precomputation, VerifyingKey, Window};
use jose_core_fuzz::ecdsa::Case;
use jose_core_fuzz::input::Input;
use libfuzzer_sys::fuzz_target;

const WINDOWS: [Window; 6] =
    [Window::Bits4, Window::Bits5, Window::Bits6, Window::Bits7, Window::Bits8, Window::Bits9];

static BASES: LazyLock<[Precomputation; 6]> = LazyLock::new(|| WINDOWS.map(Precomputation::new));

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let windows = input.octet();
    let Case { x, y, message, mut signature, holds } = Case::read(&mut input);
    let edits = input.edits();
    let Ok(plain) = VerifyingKey::es256(&x, &y) else { return assert!(!holds) };
    let prepared = prepared(&plain, &x, &y, windows);
    if holds {
        assert_eq!(prepared.verify(Algorithm::Es256, &message, &signature), Ok(()));
    }
    edits.make(&mut signature);

    let found = prepared.verify(Algorithm::Es256, &message, &signature);
    assert_eq!(found, plain.verify(Algorithm::Es256, &message, &signature));
    let other = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, [&[4], &*x, &*y].concat());
    let expected = other.verify(&message, &signature).is_ok();
    assert_eq!(found.is_ok(), expected, "{windows:02x}");
});

/// The key with its tables. The latest are kept: one takes as long as many verifications, and most inputs
/// have the key of the input before.
fn prepared(plain: &VerifyingKey, x: &[u8], y: &[u8], windows: u8) -> VerifyingKey {
    thread_local! {
        static LATEST: RefCell<Vec<(Vec<u8>, VerifyingKey)>> = const { RefCell::new(Vec::new()) };
    }
    let of = [&[windows], x, y].concat();
    let known = LATEST
        .with_borrow(|latest| latest.iter().find(|(known, _)| *known == of).map(|(_, key)| key.clone()));
    known.unwrap_or_else(|| {
        let mut key = plain.clone();
        // The sizes that take long come up seldom.
        let own = usize::from((windows & 15).saturating_sub(10));
        key.precompute(&BASES[usize::from(windows >> 4) % 6], WINDOWS[own]);
        LATEST.with_borrow_mut(|latest| {
            latest.truncate(15);
            latest.insert(0, (of, key.clone()));
        });
        key
    })
}
