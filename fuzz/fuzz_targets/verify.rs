//! The low-level door: a signature other than the one that belongs to a message never holds, and one
//! asked for under another algorithm is not looked at.

#![no_main]

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_core::{Algorithm, Jwks, SignatureError, VerifyingKey};
use jose_core_fuzz::{DEMO, PUBLIC, SECRET, token};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [choice, flip, data @ ..] = data else { return };
    let algorithm = Algorithm::ALL[usize::from(*choice) % 3];
    let set = DEMO["jwks"].to_string();
    let key: VerifyingKey = match algorithm {
        Algorithm::Hs256 => SECRET.clone(),
        algorithm => {
            let keys = Jwks::parse(&set).unwrap();
            let mut keys = keys.iter().map(|jwk| jwk.unwrap().verifying_key(PUBLIC).unwrap());
            keys.find(|key| key.algorithm() == algorithm).unwrap()
        }
    };
    let (message, valid) = token(algorithm).rsplit_once('.').unwrap();
    let valid = Base64UrlUnpadded::decode_vec(valid).unwrap();

    // The valid signature with the input laid over it from some place on.
    let mut signature = valid.clone();
    let from = usize::from(*flip).min(signature.len());
    signature.iter_mut().skip(from).zip(data).for_each(|(place, byte)| *place = *byte);
    let outcome = key.verify(algorithm, message.as_bytes(), &signature);
    // ECDSA has two signatures for a nonce, s and n - s; the fuzzer will not find the other.
    assert_eq!(outcome.is_ok(), signature == valid);
    assert_eq!(key.verify(algorithm, data, &valid).is_ok(), data == message.as_bytes());
    assert!(data.len() == valid.len() || matches!(key.verify(algorithm, message.as_bytes(), data), Err(SignatureError::Length { .. })));
    for other in Algorithm::ALL.into_iter().filter(|other| *other != algorithm) {
        let refused = key.verify(other, message.as_bytes(), &valid);
        assert_eq!(refused, Err(SignatureError::AlgorithmMismatch { requested: other, key: algorithm }));
    }
});
