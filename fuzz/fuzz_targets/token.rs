//! A valid token, changed in any way, is refused: there is one text for each.
//!
//! The first octet of the input chooses the token, and what of it is changed: the octets that its header,
//! payload or signature encodes, or the text itself. Each four further octets are an edit: where (from the
//! end if it is negative), what, and with which octet. An input without edits is the token itself, and must
//! be accepted.

#![no_main]

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_core::{Algorithm, Verifier};
use jose_core_fuzz::{ALGORITHMS, KEYS, SECRET, token};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [choice, edits @ ..] = data else { return };
    let algorithm = ALGORITHMS[usize::from(*choice) % 3];
    let valid = token(algorithm);
    let changed = match usize::from(*choice) / 3 % 4 {
        3 => edited(valid.as_bytes().to_vec(), edits),
        part => {
            let mut parts: Vec<String> = valid.split('.').map(str::to_owned).collect();
            let octets = Base64UrlUnpadded::decode_vec(&parts[part]).unwrap();
            parts[part] = Base64UrlUnpadded::encode_string(&edited(octets, edits));
            parts.join(".").into_bytes()
        }
    };

    let mut scratch = Vec::new();
    let accepted = match algorithm {
        Algorithm::Hs256 => Verifier::new(&*SECRET).verify(&changed, &mut scratch).is_ok(),
        _ => Verifier::new(&*KEYS).verify(&changed, &mut scratch).is_ok(),
    };
    assert_eq!(accepted, changed == valid.as_bytes(), "{}", String::from_utf8_lossy(&changed));
});

fn edited(mut text: Vec<u8>, edits: &[u8]) -> Vec<u8> {
    for edit in edits.as_chunks::<4>().0 {
        let [low, high, what, octet] = *edit;
        let place = i32::from(i16::from_le_bytes([low, high]));
        let at = place.rem_euclid(text.len().max(1) as i32) as usize;
        match what % 4 {
            0 if at < text.len() => text[at] = octet,
            1 if at < text.len() => text[at] = text[at].wrapping_add(octet),
            2 if at < text.len() => drop(text.remove(at)),
            _ => text.insert(at, octet),
        }
    }
    text
}
