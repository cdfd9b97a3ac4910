//! HS256, HS384 and HS512 say what aws-lc-rs says, and refuse as a secret what this crate calls none, and nothing else.
//!
//! Input: an octet that chooses what of a key is written into the secret and how the secret is then encoded;
//! the secret and the message, each with its length in one octet; up to three edits of the good tag (see
//! `jose_core_fuzz::input`). The very last octet chooses the algorithm.

#![no_main]

use aws_lc_rs::hmac;
use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use jose_core::{
    Algorithm, VerifyingKey,
    error::{KeyError, KeyForm, SignatureError},
};
use jose_core_fuzz::input::Input;
use libfuzzer_sys::fuzz_target;

/// What is of a key, to be written into a secret.
const PIECES: [&[u8]; 15] = [
    b"-----BEGIN PUBLIC KEY-----",
    b"{\"kty\":\"RSA\"",
    b"{'kty' : 'EC', 'crv'",
    b"\\\"kty\\\":\\\"OKP\\\"",
    b"ssh-rsa AAAAB3NzaC1yc2E",
    b"\0\0\0\x07ssh-rsa\0",
    b"\0\0\0\x13ecdsa-sha2-nistp256",
    b"\x30\x82\x01\x22\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01",
    b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01",
    b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21",
    b"\x30\x82\x01\x0a\x02\x82\x01\x01\0\xc5",
    b"\x30\x82\x04\xa4\x02\x01\0\x02\x82\x01\x01\0",
    b"\x30\x77\x02\x01\x01\x04\x20\xc5",
    b"\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x12",
    // The base point of P-256.
    b"\x04\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96\
      \x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16\x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5",
];

type Make = fn(&[u8]) -> Result<VerifyingKey, KeyError>;

/// Each algorithm, as this crate and as the other has it, and the length of its hash.
static ALGORITHMS: [(Algorithm, Make, &hmac::Algorithm, usize); 3] = [
    (Algorithm::Hs256, VerifyingKey::hs256, &hmac::HMAC_SHA256, 32),
    (Algorithm::Hs384, VerifyingKey::hs384, &hmac::HMAC_SHA384, 48),
    (Algorithm::Hs512, VerifyingKey::hs512, &hmac::HMAC_SHA512, 64),
];

fuzz_target!(|data: &[u8]| {
    let Some((choice, data)) = data.split_last() else { return };
    let (algorithm, make, other, hash_len) = ALGORITHMS[usize::from(*choice) % ALGORITHMS.len()];
    let mut input = Input(data);
    let document = input.octet();
    let mut secret = input.text();
    if let Some(piece) = PIECES.get(usize::from(document % 16)) {
        let from = secret.len().saturating_sub(piece.len());
        secret.splice(from.., piece.iter().copied());
    }
    let secret = encoded(&secret, document / 16);
    let message = input.text();
    let edits = input.edits();

    let key = match make(&secret) {
        Ok(key) => key,
        Err(KeyError::SecretTooShort { length, min: least }) => {
            return assert_eq!((length, least, length < least), (secret.len(), hash_len, true));
        }
        Err(KeyError::SecretIsKeyDocument { form }) => {
            assert!(secret.len() >= hash_len);
            return assert_eq!(model(&secret), Some(form), "{}", secret.escape_ascii());
        }
        Err(error) => panic!("{error}"),
    };
    assert!(secret.len() >= hash_len && model(&secret).is_none(), "{}", secret.escape_ascii());

    let other = hmac::Key::new(*other, &secret);
    let good = hmac::sign(&other, &message).as_ref().to_vec();
    let mut tag = good.clone();
    edits.make(&mut tag);
    let found = key.verify(algorithm, &message, &tag);
    assert_eq!(found.is_ok(), hmac::verify(&other, &message, &tag).is_ok());
    assert_eq!(found.is_ok(), tag == good);
    let of_length = found == Err(SignatureError::WrongLength { found: tag.len(), expected: hash_len });
    assert_eq!(of_length, tag.len() != hash_len, "{found:?}");
});

fn encoded(secret: &[u8], encoding: u8) -> Vec<u8> {
    let hex = |separator: &str| {
        let digits: Vec<_> = secret.iter().map(|octet| format!("{octet:02x}")).collect();
        digits.join(separator)
    };
    match encoding {
        1 => Base64::encode_string(secret).into(),
        2 => Base64UrlUnpadded::encode_string(secret).into(),
        3 => format!("k={}\n", Base64::encode_string(secret)).into(),
        4 => Base64::encode_string(secret).as_bytes().chunks(7).collect::<Vec<_>>().join(&b"\r\n"[..]),
        5 => hex("").into(),
        6 => hex(":").to_uppercase().into(),
        7 => format!("0x{}", hex("")).into(),
        8 => secret.iter().flat_map(|octet| [*octet, 0]).collect(),
        9 => Base64::encode_string(secret).bytes().flat_map(|octet| [0, octet]).collect(),
        _ => secret.to_vec(),
    }
}

/// What a secret looks like, by reading it in each way, one after the other.
fn model(secret: &[u8]) -> Option<KeyForm> {
    let mut readings = vec![secret.to_vec()];
    let mut wholes = readings.clone();
    if secret.iter().filter(|octet| !octet.is_ascii()).count() <= secret.len() / 8 {
        let base64 = |octet: &u8| match octet {
            b'A'..=b'Z' => Some(octet - b'A'),
            b'a'..=b'z' => Some(octet - b'a' + 26),
            b'0'..=b'9' => Some(octet - b'0' + 52),
            b'+' | b'-' => Some(62),
            b'/' | b'_' => Some(63),
            _ => None,
        };
        let hex = |octet: &u8| char::from(*octet).to_digit(16).map(|digit| u8::try_from(digit).unwrap());
        for (width, digits) in [
            (6, secret.iter().filter_map(base64).collect::<Vec<_>>()),
            (4, secret.iter().filter_map(hex).collect()),
        ] {
            let bits: String =
                digits.iter().map(|digit| format!("{digit:06b}")[6 - width..].to_owned()).collect();
            for before in (0..8).step_by(if width == 6 { 2 } else { 4 }) {
                let bits = "0".repeat(before) + &bits;
                let octets = bits.as_bytes().chunks_exact(8).map(|octet| str::from_utf8(octet).unwrap());
                let octets: Vec<u8> = octets.map(|octet| u8::from_str_radix(octet, 2).unwrap()).collect();
                if before == 0 {
                    wholes.push(octets.clone());
                }
                readings.push(octets);
            }
        }
    }
    let forms = [KeyForm::Pem, KeyForm::Jwk, KeyForm::Ssh, KeyForm::Der];
    let found = forms.into_iter().find(|form| readings.iter().any(|octets| has(octets, *form)));
    // P-256 alone: nothing here makes points of the others, and the fuzzer does not find them.
    let point = |octets: &Vec<u8>| {
        octets.len() == 65 && octets[0] == 4 && p256::PublicKey::from_sec1_bytes(octets).is_ok()
    };
    found.or(wholes.iter().any(point).then_some(KeyForm::Point))
}

/// Whether a form is somewhere in the octets.
fn has(octets: &[u8], form: KeyForm) -> bool {
    let text: Vec<u8> = octets.iter().copied().filter(|octet| *octet > b'+' && *octet != b'\\').collect();
    // The first bit of eight octets is not looked at.
    let same = |at: &[u8], word: &[u8]| match (at, word) {
        ([first, at @ ..], [_, rest @ ..]) if word.len() == 8 => first & 0x7f == word[0] && at == rest,
        _ => at == word,
    };
    let anywhere = |words: &[&str]| {
        words.iter().any(|word| text.windows(word.len()).any(|at| same(at, word.as_bytes())))
    };
    let windows = || octets.windows(8).map(|window| <[u8; 8]>::try_from(window).unwrap());
    match form {
        KeyForm::Pem => anywhere(&["----BEGI"]),
        KeyForm::Jwk => anywhere(&["kty:RSA", "kty:EC,", "kty:EC}", "kty:OKP", "kty:oct", "kty:AKP"]),
        KeyForm::Ssh => {
            anywhere(&["AAAAB3Nz", "AAAAC3Nz", "AAAAE2Vj"])
                || windows().any(|window| match window {
                    [0 | 0x80, 0, 0, 3 | 7 | 11 | 15, b's', b's', b'h', b'-'] => true,
                    [0 | 0x80, 0, 0, 19, b'e', b'c', b'd', b's'] => true,
                    [0 | 0x80, 0, 0, ..64, b's', b'k', b'-', ..0x80] => true,
                    _ => false,
                })
        }
        KeyForm::Der => windows().any(|window| match window {
            [0x06 | 0x86, ..16, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d] => true,
            [0x06 | 0x86, ..16, 0x2a, 0x86, 0x48, 0xce, 0x38..0x40, ..8] => true,
            [_, 0x30, 5, 6, 3, 0x2b, 0x65, 0x60..0x80] => true,
            [0x06 | 0x86, 9, 0x60, 0x86, 0x48, 1, 0x65, 3] => true,
            [_, 0x30, 0x81, both, 2, 0x81, 0x81 | 0xc1, 0] if both & 0xb0 == 0x80 => true,
            [0x30 | 0xb0, 0x82, ..16, _, 2, 1, 0 | 1, 2] => true,
            [_, 0x30, ..=0x7f, 2, 1, 1, 4, 0x20 | 0x30 | 0x42] => true,
            [0x30 | 0xb0, 0x81, _, 2, 1, 1, 4, secret] if secret & 0x8d == 0 => true,
            [0x30, 0x82, high, low, 2, 0x82, upper @ ..16, lower] => {
                let both = i32::from(u16::from_be_bytes([high, low]));
                let modulus = i32::from(u16::from_be_bytes([upper, lower]));
                (7..15).contains(&(both - modulus))
            }
            _ => false,
        }),
        _ => false,
    }
}
