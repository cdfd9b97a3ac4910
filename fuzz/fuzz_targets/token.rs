//! A valid token, changed in any way, is refused: there is one text for each.
//!
//! The first byte of the input chooses the token; each three further bytes replace, insert or remove
//! a byte of it. An input without changes is the token itself, and must be accepted.

#![no_main]

use jose_core::{Algorithm, Verifier};
use jose_core_fuzz::{KEYS, PUBLIC, SECRET, token};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [choice, edits @ ..] = data else { return };
    let algorithm = Algorithm::ALL[usize::from(*choice) % 3];
    let valid = token(algorithm).as_bytes();
    let mut changed = valid.to_vec();
    for edit in edits.chunks_exact(4) {
        let at = usize::from(u16::from_le_bytes([edit[0], edit[1]])) % changed.len().max(1);
        match edit[2] % 3 {
            0 if at < changed.len() => changed[at] = edit[3],
            1 if at < changed.len() => drop(changed.remove(at)),
            _ => changed.insert(at, edit[3]),
        }
    }

    let mut scratch = Vec::new();
    let accepted = match algorithm {
        Algorithm::Hs256 => Verifier::new(&*SECRET, algorithm.into()).verify(&changed, &mut scratch).is_ok(),
        _ => Verifier::new(&*KEYS, PUBLIC).verify(&changed, &mut scratch).is_ok(),
    };
    assert_eq!(accepted, changed == valid, "{}", String::from_utf8_lossy(&changed));
    // Nor is the input as it is a token.
    assert!(Verifier::new(&*KEYS, PUBLIC).verify(data, &mut scratch).is_err() || data == valid);
});
