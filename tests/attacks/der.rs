//! Public keys as other software writes them: DER (X.690), and PEM around it (RFC 7468).

use base64ct::{Base64, Encoding as _};

use super::support::{Signer, member};

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;

/// The AlgorithmIdentifier rsaEncryption (RFC 8017 §A.1).
const RSA: [u8; 15] = [0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];
/// The AlgorithmIdentifier sha256WithRSAEncryption (RFC 8017 §A.2.4).
const RSA_SHA256: [u8; 15] = [0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11, 5, 0];
/// The AlgorithmIdentifier id-ecPublicKey with the curve secp256r1 (RFC 5480 §2.1.1).
const P256: [u8; 21] =
    [0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];

/// The AlgorithmIdentifier id-ecPublicKey with the curve secp384r1 (RFC 5480 §2.1.1).
const P384: [u8; 18] = [0x30, 0x10, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 5, 0x2b, 0x81, 4, 0, 34];
/// The AlgorithmIdentifier id-Ed25519 (RFC 8410 §3).
const ED25519: [u8; 7] = [0x30, 5, 6, 3, 0x2b, 0x65, 0x70];

/// A value with its tag and length.
pub(super) fn tlv(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let contents = contents.concat();
    let [high, low] = u16::try_from(contents.len()).unwrap().to_be_bytes();
    let head = match contents.len() {
        ..0x80 => vec![tag, low],
        0x80..0x100 => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [head, contents].concat()
}

/// A number, with a zero in front where the first bit is set.
pub(super) fn integer(octets: &[u8]) -> Vec<u8> {
    let octets = &octets[octets.iter().take_while(|octet| **octet == 0).count()..];
    let zero: &[u8] = if octets.first().is_none_or(|first| first & 0x80 != 0) { &[0] } else { &[] };
    tlv(INTEGER, &[zero, octets])
}

/// A pair of numbers: an RSAPublicKey (RFC 8017 §A.1.1), or an ECDSA signature.
pub(super) fn pair(first: &[u8], second: &[u8]) -> Vec<u8> {
    tlv(SEQUENCE, &[&integer(first), &integer(second)])
}

/// The RSAPublicKey of a test key.
pub(super) fn pkcs1(key: &str) -> Vec<u8> {
    pair(&member(key, "n"), &member(key, "e"))
}

/// The SubjectPublicKeyInfo of a test key (RFC 5280 §4.1).
pub(super) fn spki(key: &str) -> Vec<u8> {
    if key.starts_with("rsa") {
        return tlv(SEQUENCE, &[&RSA, &tlv(BIT_STRING, &[&[0], &pkcs1(key)])]);
    }
    if key.starts_with("ed25519") {
        return tlv(SEQUENCE, &[&ED25519, &tlv(BIT_STRING, &[&[0], &member(key, "x")])]);
    }
    let curve: &[u8] = if key.starts_with("p384") { &P384 } else { &P256 };
    tlv(SEQUENCE, &[curve, &tlv(BIT_STRING, &[&[0, 4], &member(key, "x"), &member(key, "y")])])
}

/// A certificate for a test key (RFC 5280 §4.1), of no name, for the years 2020 to 2049.
pub(super) fn certificate(key: &str, issuer: &Signer) -> Vec<u8> {
    let validity = tlv(SEQUENCE, &[&tlv(0x17, &[b"200101000000Z"]), &tlv(0x17, &[b"491231235959Z"])]);
    let name = tlv(SEQUENCE, &[]);
    let version = tlv(0xa0, &[&integer(&[2])]);
    let parts: [&[u8]; 7] = [&version, &integer(&[1]), &RSA_SHA256, &name, &validity, &name, &spki(key)];
    let contents = tlv(SEQUENCE, &parts);
    let signature = tlv(BIT_STRING, &[&[0], &issuer.sign(&contents)]);
    tlv(SEQUENCE, &[&contents, &RSA_SHA256, &signature])
}

/// A line of OpenSSH's for a test key (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4).
pub(super) fn ssh(key: &str) -> String {
    let string = |octets: &[u8]| [&u32::try_from(octets.len()).unwrap().to_be_bytes(), octets].concat();
    let (name, numbers) = if key.starts_with("rsa") {
        ("ssh-rsa", [string(&member(key, "e")), string(&[&[0], &member(key, "n")[..]].concat())].concat())
    } else if key.starts_with("ed25519") {
        ("ssh-ed25519", string(&member(key, "x")))
    } else if key.starts_with("p384") {
        let point = [&[4], &member(key, "x")[..], &member(key, "y")].concat();
        ("ecdsa-sha2-nistp384", [string(b"nistp384"), string(&point)].concat())
    } else {
        let point = [&[4], &member(key, "x")[..], &member(key, "y")].concat();
        ("ecdsa-sha2-nistp256", [string(b"nistp256"), string(&point)].concat())
    };
    let parts = [string(name.as_bytes()), numbers].concat();
    format!("{name} {} somebody@example.com\n", Base64::encode_string(&parts))
}

pub(super) fn pem(label: &str, der: &[u8]) -> String {
    let text = Base64::encode_string(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
