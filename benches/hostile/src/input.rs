//! Texts that are made to cost.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jose_core::VerifyingKey;
use sha2::Sha256;

const SECRET: [u8; 32] = *b"hostile inputs, and no secret!!!";

/// The members of a JWK that holds the secret, as an object.
pub(crate) const JWK: &str = r#"{"kty":"oct","k":"aG9zdGlsZSBpbnB1dHMsIGFuZCBubyBzZWNyZXQhISE"}"#;

const TEST_KEYS: &str = include_str!("../../../vectors/test-keys.json");

fn base64(octets: impl AsRef<[u8]>) -> String {
    Base64UrlUnpadded::encode_string(octets.as_ref())
}

pub(crate) fn key() -> &'static VerifyingKey {
    Box::leak(Box::new(VerifyingKey::hs256(&SECRET).unwrap()))
}

/// A token with this payload, whose signature holds.
pub(crate) fn signed(payload: impl AsRef<[u8]>) -> String {
    let input = format!("{}.{}", base64(r#"{"alg":"HS256"}"#), base64(payload));
    let mac = Hmac::<Sha256>::new_from_slice(&SECRET).unwrap().chain_update(&input);
    format!("{input}.{}", base64(mac.finalize().into_bytes()))
}

/// A token with this as its signature.
pub(crate) fn unsigned(signature: &str) -> String {
    format!("{}..{signature}", base64(r#"{"alg":"HS256"}"#))
}

/// A token with these members in its header, and neither payload nor signature.
pub(crate) fn header_and_no_more(members: &str) -> String {
    format!("{}..", base64(format!(r#"{{"alg":"HS256",{members}}}"#)))
}

/// The members of an object with these names.
pub(crate) fn object(names: impl Iterator<Item = String>) -> String {
    names.map(|name| format!(r#""{name}":0"#)).collect::<Vec<_>>().join(",")
}

/// Names of four octets that hardly any others share a digest with.
pub(crate) fn distinct(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|number| format!("{number:04}"))
}

/// Names of this length whose digests are the same. They differ in their first four octets or, if they
/// are long, in the four before the last eight alone, of which the digest has none.
pub(crate) fn colliding(count: usize, length: usize) -> impl Iterator<Item = String> {
    let letters = |number: u32| -> String {
        let letter = |place| char::from_digit(number / 36_u32.pow(place) % 36, 36).unwrap();
        (0..4).map(letter).collect()
    };
    let names = (0..36_u32.pow(4)).map(letters).filter(move |name| length > 8 || digest(name) == 0x5a5);
    let around = move |name: String| match length.checked_sub(12) {
        Some(before) => "a".repeat(before) + &name + &"a".repeat(8),
        None => "a".repeat(length - 4) + &name,
    };
    names.take(count).map(around)
}

/// The digest of src/json/names.rs for a name of up to seven octets; of a longer one, its first eight
/// octets, its last eight and its length are digested. `check` fails if names that it finds cost no more
/// than others.
fn digest(name: &str) -> u64 {
    let mut word = [0; 8];
    word.iter_mut().zip(name.bytes()).for_each(|(place, byte)| *place = byte);
    u64::from_le_bytes(word).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52
}

/// A set of HS256 keys, each with some members of its own.
pub(crate) fn set(members: impl Iterator<Item = String>) -> String {
    let jwk = JWK.strip_suffix('}').unwrap();
    let keys: Vec<_> = members.map(|members| format!("{jwk},{members}}}")).collect();
    format!(r#"{{"keys":[{}]}}"#, keys.join(","))
}

/// A set of RSA keys of 2048 bits.
pub(crate) fn rs256_set(len: usize) -> String {
    set_of(len, "rsa-2048")
}

/// A set of keys on P-384.
pub(crate) fn es384_set(len: usize) -> String {
    set_of(len, "p384")
}

/// A set of Ed25519 keys.
pub(crate) fn ed25519_set(len: usize) -> String {
    set_of(len, "ed25519")
}

/// So many times the public half of a test key, each with a kid of its own.
fn set_of(len: usize, name: &str) -> String {
    let keys: serde_json::Value = serde_json::from_str(TEST_KEYS).unwrap();
    let mut key = keys.get(name).unwrap().clone();
    let members = key.as_object_mut().unwrap();
    members.retain(|member, _| ["kty", "crv", "x", "y", "n", "e"].contains(&member.as_str()));
    let mut key_with = |kid: usize| {
        members.insert("kid".to_owned(), kid.to_string().into());
        serde_json::to_string(members).unwrap()
    };
    let keys: Vec<_> = (0..len).map(&mut key_with).collect();
    format!(r#"{{"keys":[{}]}}"#, keys.join(","))
}
