//! RS256, RS384, RS512, PS256, PS384 and PS512 say what aws-lc-rs says, of keys and of signatures, for encoded
//! messages that are good, nearly good and bad; and what was made to hold, holds.
//!
//! Input: an octet for the primes (see `jose_core_fuzz::rsa`); five for the exponent; the message, with its
//! length in one octet; for PSS the edits of salt and padding before they are masked; the edits of the encoded
//! message; an octet for the other number that is taken for the signature (see `rewrite`); the edits of the
//! signature, of the modulus and of the message (see `jose_core_fuzz::input`). The very last octet chooses the
//! algorithm.

#![no_main]

use aws_lc_rs::digest::{self, SHA256, SHA384, SHA512};
use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters,
    RsaPublicKeyComponents,
};
use jose_core::{
    Algorithm, VerifyingKey,
    error::{KeyError, SignatureError},
};
use jose_core_fuzz::input::{Edits, Input, add, one, subtract};
use jose_core_fuzz::rsa::Primes;
use libfuzzer_sys::fuzz_target;

/// An algorithm, as this crate and as the other has it.
#[derive(Clone, Copy)]
struct Scheme {
    algorithm: Algorithm,
    make: fn(&[u8], &[u8]) -> Result<VerifyingKey, KeyError>,
    other: &'static RsaParameters,
    hash: &'static digest::Algorithm,
    /// The last octet of the hash's object identifier, for PKCS #1 v1.5.
    oid: Option<u8>,
}

static SCHEMES: [Scheme; 6] = {
    use Algorithm::{Ps256, Ps384, Ps512, Rs256, Rs384, Rs512};
    type Key = VerifyingKey;
    let (of_256, of_384, of_512) = (&SHA256, &SHA384, &SHA512);
    [
        Scheme {
            algorithm: Rs256,
            make: Key::rs256,
            other: &RSA_PKCS1_2048_8192_SHA256,
            hash: of_256,
            oid: Some(1),
        },
        Scheme {
            algorithm: Rs384,
            make: Key::rs384,
            other: &RSA_PKCS1_2048_8192_SHA384,
            hash: of_384,
            oid: Some(2),
        },
        Scheme {
            algorithm: Rs512,
            make: Key::rs512,
            other: &RSA_PKCS1_2048_8192_SHA512,
            hash: of_512,
            oid: Some(3),
        },
        Scheme {
            algorithm: Ps256,
            make: Key::ps256,
            other: &RSA_PSS_2048_8192_SHA256,
            hash: of_256,
            oid: None,
        },
        Scheme {
            algorithm: Ps384,
            make: Key::ps384,
            other: &RSA_PSS_2048_8192_SHA384,
            hash: of_384,
            oid: None,
        },
        Scheme {
            algorithm: Ps512,
            make: Key::ps512,
            other: &RSA_PSS_2048_8192_SHA512,
            hash: of_512,
            oid: None,
        },
    ]
};

fuzz_target!(|data: &[u8]| {
    let Some((choice, data)) = data.split_last() else { return };
    let scheme = SCHEMES[usize::from(*choice) % SCHEMES.len()];
    let mut input = Input(data);
    let primes = Primes::new(input.octet());
    let exponent = exponent(&primes, input.array());
    let mut message = input.text();
    let mut modulus = primes.modulus();
    let bits = modulus.len() * 8 - modulus[0].leading_zeros() as usize;
    if bits < 2048 {
        let error = KeyError::ModulusTooSmall { bits, min: 2048 };
        return assert_eq!(VerifyingKey::rs256(&modulus, &[1, 0, 1]).err(), Some(error));
    }

    let good = scheme.encode(&message, bits, &Edits::NONE);
    let mut encoded = match scheme.oid {
        Some(_) => good.clone(),
        None => scheme.encode(&message, bits, &input.edits()),
    };
    input.edits().make(&mut encoded);
    encoded.resize(modulus.len(), 0);
    let signature = primes.sign(exponent, &encoded);
    // Without an inverse of the exponent, no signature is known to hold.
    let holds = encoded == good && signature.is_some();
    let mut signature = signature.unwrap_or(encoded);
    if holds {
        assert!(scheme.verdict(&modulus, exponent, &message, &signature));
    }
    rewrite(&mut signature, &modulus, input.octet());
    for octets in [&mut signature, &mut modulus, &mut message] {
        input.edits().make(octets);
    }
    scheme.verdict(&modulus, exponent, &message, &signature);
});

impl Scheme {
    /// The verdict of both.
    #[track_caller]
    fn verdict(&self, modulus: &[u8], exponent: u64, message: &[u8], signature: &[u8]) -> bool {
        let zeros = modulus.iter().take_while(|octet| **octet == 0).count();
        let n = &modulus[zeros..];
        let bits = n.first().map_or(0, |first| n.len() * 8 - first.leading_zeros() as usize);
        let e = exponent.to_be_bytes();
        let e = &e[exponent.leading_zeros() as usize / 8..];
        // The other library takes numbers without leading zeros only; a modulus of a size or an evenness that
        // this crate refuses, it refuses with every signature.
        let other = RsaPublicKeyComponents { n, e }.verify(self.other, message, signature).is_ok();
        let key = match (self.make)(modulus, e) {
            Ok(key) => key,
            Err(error) => {
                let expected = match bits {
                    ..2048 => KeyError::ModulusTooSmall { bits, min: 2048 },
                    8193.. => KeyError::ModulusTooLarge { bits, max: 8192 },
                    _ => KeyError::ModulusEven,
                };
                assert_eq!(error, expected);
                assert!(error != KeyError::ModulusEven || n.last().is_some_and(|last| last % 2 == 0));
                assert!(!other, "{error}, but aws-lc-rs accepts");
                return false;
            }
        };
        assert!((2048..=8192).contains(&bits) && n.last().is_some_and(|last| last % 2 == 1));
        let found = key.verify(self.algorithm, message, signature);
        assert_eq!(found.is_ok(), other, "{found:?}, {bits} bits, exponent {exponent}");
        let of_length =
            found == Err(SignatureError::WrongLength { found: signature.len(), expected: n.len() });
        assert_eq!(of_length, signature.len() != n.len(), "{found:?}");
        other
    }

    /// The encoded message for a modulus of so many bits, as long as the modulus. The edits are of padding and
    /// salt in PSS.
    fn encode(&self, message: &[u8], bits: usize, edits: &Edits) -> Vec<u8> {
        let hash = digest::digest(self.hash, message);
        let (hash, length) = (hash.as_ref(), bits.div_ceil(8));
        let Some(oid) = self.oid else {
            let mut encoded = pss(self.hash, hash, bits - 1, edits);
            encoded.splice(0..0, vec![0; length - encoded.len()]);
            return encoded;
        };
        // EMSA-PKCS1-v1_5 (RFC 8017 §9.2), with the DigestInfo of its note 1.
        let size = u8::try_from(hash.len()).unwrap();
        let info = [0x30, size + 17, 0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, oid, 5, 0, 4, size];
        let padding = vec![0xff; length - 3 - info.len() - hash.len()];
        [&[0, 1], &*padding, &[0], &info, hash].concat()
    }
}

/// EMSA-PSS (RFC 8017 §9.1.1) in so many bits, with the hash as the salt.
fn pss(algorithm: &'static digest::Algorithm, hash: &[u8], bits: usize, edits: &Edits) -> Vec<u8> {
    let length = bits.div_ceil(8);
    let of = |octets: &[u8]| digest::digest(algorithm, octets).as_ref().to_vec();
    let mut block = vec![0; length - 2 * hash.len() - 2];
    block.push(1);
    block.extend(hash);
    edits.make(&mut block);
    block.resize(length - hash.len() - 1, 0);
    // The salt is what stands behind the first octet that is not 0; what is none is for the verifier to see.
    let salt = block.iter().position(|octet| *octet != 0).map_or(&[][..], |at| &block[at + 1..]);
    let h = of(&[&[0; 8], hash, salt].concat());
    let mask = (0_u32..).flat_map(|counter| of(&[&h[..], &counter.to_be_bytes()].concat()));
    let mut masked: Vec<u8> = block.iter().zip(mask).map(|(octet, mask)| octet ^ mask).collect();
    masked[0] &= 0xff >> (8 * length - bits);
    [&masked, &h, &[0xbc][..]].concat()
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
