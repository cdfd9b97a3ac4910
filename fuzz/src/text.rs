//! Text of headers, claims and JWK Sets out of few octets, and tokens with them.

use std::sync::LazyLock;

use aws_lc_rs::hmac;
use base64ct::{Base64UrlUnpadded, Encoding};

/// The longest text.
const MOST: usize = 6000;

/// What the octets from 0x80 on stand for, the first for 0x80; after the last, from the first again.
static PIECES: LazyLock<Vec<&[u8]>> = LazyLock::new(|| {
    let pieces = b"{ } [ ] , : \" \\ \
        \"iss\": \"sub\": \"aud\": \"exp\": \"nbf\": \"iat\": \"jti\": \"\\u0069ss\": \
        \"https://issuer.example\" \"https:\\/\\/issuer.example\" \"https://issuer.example/\" \
        \"api.example\" \"a\" \"\" \"\xc3\xa9\" \"\\u00e9\" \
        1800000000 1799999999 1800000001 1800000000.5 1799999999.5 18e8 1800000600 1799999400 \
        9007199254740992 9007199254740993 -0 0.5 e- e+ 1e400 1800000000000 \
        null true {} [] \xff \xc3 \xf0\x9f\x98\x80 \\ud83d\\ude00 \
        \"alg\":\"HS256\" \"alg\":\"RS256\" \"alg\":\"ES256\" \"alg\":\"none\" \
        \"kid\":\"a\" \"kid\":\"b\" \"typ\":\"JWT\" \"typ\":\"at+jwt\" \
        \"alg\": \"kid\": \"typ\": \"crit\": \"b64\": \"keys\":[ \"kty\":\"oct\" \"kty\":\"EC\" \
        \"kty\":\"RSA\" \"use\":\"enc\" \"crv\":\"P-256\" \"d\":\"AA\" \\u001b[31m \x1b[31m {\"x\": \\u202e";
    pieces.split(|octet| *octet == b' ').collect()
});

/// The text that octets stand for: below 0x80 themselves, and from there on a piece each.
pub fn text(octets: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for octet in octets {
        match octet.checked_sub(0x80) {
            Some(number) => text.extend(PIECES[usize::from(number) % PIECES.len()]),
            None => text.push(*octet),
        }
    }
    text.truncate(MOST);
    text
}

/// A token that is signed with a secret.
pub fn token(secret: &[u8], header: &[u8], payload: &[u8]) -> String {
    let input = [header, payload].map(Base64UrlUnpadded::encode_string).join(".");
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), input.as_bytes());
    format!("{input}.{}", Base64UrlUnpadded::encode_string(tag.as_ref()))
}
