//! RS256 says what aws-lc-rs says, of keys and of signatures, for encoded messages that are good, nearly good
//! and bad; and what was made to hold, holds.
//!
//! Input: an octet for the primes (see `jose_core_fuzz::rsa`); five for the exponent; the message, with its
//! length in one octet; the edits of the encoded message; an octet for the other number that is taken for
//! the signature (see `rewrite`); the edits of the signature, of the modulus and of the message. See
//! `jose_core_fuzz::input`.

#![no_main]

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use jose_core::{Algorithm, KeyError, SignatureError, VerifyingKey};
use jose_core_fuzz::input::{Input, add, one, subtract};
use jose_core_fuzz::rsa::Primes;
use libfuzzer_sys::fuzz_target;

/// The DigestInfo of SHA-256 up to the hash (RFC 8017 §9.2, note 1).
const DIGEST_INFO: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20];

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let primes = Primes::new(input.octet());
    let exponent = exponent(&primes, input.array());
    let mut message = input.text();
    let mut modulus = primes.modulus();
    let bits = modulus.len() * 8 - modulus[0].leading_zeros() as usize;
    if bits < 2048 {
        let error = KeyError::ModulusTooSmall { bits, least: 2048 };
        return assert_eq!(VerifyingKey::rs256(&modulus, &[1, 0, 1]).err(), Some(error));
    }

    let good = encode(&message, modulus.len());
    let mut encoded = good.clone();
    input.edits().make(&mut encoded);
    encoded.resize(modulus.len(), 0);
    let signature = primes.sign(exponent, &encoded);
    // Without an inverse of the exponent, no signature is known to hold.
    let holds = encoded == good && signature.is_some();
    let mut signature = signature.unwrap_or(encoded);
    if holds {
        assert!(verdict(&modulus, exponent, &message, &signature));
    }
    rewrite(&mut signature, &modulus, input.octet());
    for octets in [&mut signature, &mut modulus, &mut message] {
        input.edits().make(octets);
    }
    verdict(&modulus, exponent, &message, &signature);
});

/// The verdict of both.
#[track_caller]
fn verdict(modulus: &[u8], exponent: u64, message: &[u8], signature: &[u8]) -> bool {
    let zeros = modulus.iter().take_while(|octet| **octet == 0).count();
    let n = &modulus[zeros..];
    let bits = n.first().map_or(0, |first| n.len() * 8 - first.leading_zeros() as usize);
    let e = exponent.to_be_bytes();
    let e = &e[exponent.leading_zeros() as usize / 8..];
    // The other library takes numbers without leading zeros only; a modulus of a size or an evenness that
    // this crate refuses, it refuses with every signature.
    let other =
        RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok();
    let key = match VerifyingKey::rs256(modulus, e) {
        Ok(key) => key,
        Err(error) => {
            let expected = match bits {
                ..2048 => KeyError::ModulusTooSmall { bits, least: 2048 },
                8193.. => KeyError::ModulusTooLarge { bits, most: 8192 },
                _ => KeyError::ModulusEven,
            };
            assert_eq!(error, expected);
            assert!(error != KeyError::ModulusEven || n.last().is_some_and(|last| last % 2 == 0));
            assert!(!other, "{error}, but aws-lc-rs accepts");
            return false;
        }
    };
    assert!((2048..=8192).contains(&bits) && n.last().is_some_and(|last| last % 2 == 1));
    let found = key.verify(Algorithm::Rs256, message, signature);
    assert_eq!(found.is_ok(), other, "{found:?}, {bits} bits, exponent {exponent}");
    let of_length = found == Err(SignatureError::Length { found: signature.len(), expected: n.len() });
    assert_eq!(of_length, signature.len() != n.len(), "{found:?}");
    other
}

/// The exponent that the octets say, or one near it where this crate takes none such: the odd ones from
/// 65537 to 2^33. The other library takes all odd ones from 3 to 2^33.
fn exponent(primes: &Primes, octets: [u8; 5]) -> u64 {
    let exponent = octets.iter().fold(0, |number, octet| number << 8 | u64::from(*octet));
    let taken = exponent % 2 == 1 && (65537..1 << 33).contains(&exponent);
    if taken {
        return exponent;
    }
    let modulus = primes.modulus();
    if modulus.len() >= 256 {
        let bits = usize::try_from(u64::BITS - exponent.leading_zeros()).unwrap();
        let reason = match exponent {
            _ if bits > 33 => KeyError::ExponentTooLarge { bits, max: 33 },
            ..65537 => KeyError::ExponentTooSmall { exponent, min: 65537 },
            _ => KeyError::ExponentEven { exponent },
        };
        assert_eq!(VerifyingKey::rs256(&modulus, &octets).err(), Some(reason));
    }
    (exponent | 65537) & ((1 << 33) - 1)
}

/// EMSA-PKCS1-v1_5 (RFC 8017 §9.2).
fn encode(message: &[u8], length: usize) -> Vec<u8> {
    let hash = digest(&SHA256, message);
    let padding = vec![0xff; length - 3 - DIGEST_INFO.len() - hash.as_ref().len()];
    [&[0, 1], &*padding, &[0], &DIGEST_INFO, hash.as_ref()].concat()
}

/// Puts another number in the place of the signature s: 1, n - s; 2, s + n; 3, n; 4, n - 1; 5, 0; 6, 1; 7 and
/// 8, s with a zero octet in front or behind.
fn rewrite(signature: &mut Vec<u8>, modulus: &[u8], how: u8) {
    match how {
        1 => *signature = subtract(modulus, signature),
        2 => *signature = add(signature, modulus),
        3 => *signature = modulus.to_vec(),
        4 => *signature = subtract(modulus, &one(modulus.len())),
        5 => signature.fill(0),
        6 => *signature = one(modulus.len()),
        7 => signature.insert(0, 0),
        8 => signature.push(0),
        _ => {}
    }
}
