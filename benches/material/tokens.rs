//! The keys and tokens that everything in `benches/` works with, made from the test keys of
//! `vectors/`, whose private halves are public. Each run makes the same ones again.
#![allow(dead_code, reason = "nobody here needs all of it")]
#![allow(clippy::expect_used, clippy::panic, reason = "a bench that cannot run must stop")]
#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "nothing here is hostile")]

use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::Signer as _;
use hmac::{Hmac, KeyInit as _};
use p256::elliptic_curve::sec1::ToSec1Point as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

pub const ISSUER: &str = "https://issuer.example";
pub const AUDIENCE: &str = "api.example";
pub const SUBJECT: &str = "user-471";
pub const SCOPE: &str = "read:items write:items";
/// 2023-11-14, when the tokens were issued, and 2100-01-01, when they expire.
pub const ISSUED_AT: i64 = 1_700_000_000;
pub const EXPIRES_AT: i64 = 4_102_444_800;

/// The `kid` of every token. In a set of many keys it is the one in the middle.
pub const KID: &str = "key-0500";

const TEST_KEYS: &str = include_str!("../../vectors/test-keys.json");

/// A private or secret test key, and the algorithm that it is used with.
pub struct Key {
    alg: &'static str,
    jwk: Value,
}

impl Key {
    /// The test key with this name. Its type says what it signs, unless the name is followed by `/` and an
    /// algorithm.
    pub fn named(name: &'static str) -> Self {
        let keys: Value = serde_json::from_str(TEST_KEYS).expect("the test keys are JSON");
        let (name, alg) = name.split_once('/').map_or((name, None), |(name, alg)| (name, Some(alg)));
        let jwk = keys[name].clone();
        let alg = alg.unwrap_or(match (jwk["kty"].as_str(), jwk["crv"].as_str()) {
            (Some("oct"), _) => "HS256",
            (Some("EC"), Some("P-256")) => "ES256",
            (Some("EC"), Some("P-384")) => "ES384",
            (Some("RSA"), _) => "RS256",
            // The name that all peers know.
            (Some("OKP"), _) => "EdDSA",
            other => panic!("{name}: {other:?}"),
        });
        Self { alg, jwk }
    }

    /// The registered name of its algorithm.
    pub fn alg(&self) -> &'static str {
        self.alg
    }

    /// The octets of a member of the JWK.
    pub fn octets(&self, member: &str) -> Vec<u8> {
        let text = self.jwk[member].as_str().expect("the member is a string");
        Base64UrlUnpadded::decode_vec(text).expect("the member is base64url")
    }

    /// What a verifier has: a JWK without private members, with `kid` and `alg`.
    pub fn verifying_jwk(&self) -> Value {
        let mut jwk = json!({"kid": KID, "alg": self.alg, "use": "sig"});
        for member in ["kty", "crv", "x", "y", "n", "e", "k"] {
            if let Some(value) = self.jwk.get(member) {
                jwk[member] = value.clone();
            }
        }
        jwk
    }

    /// A JWK Set of `len` keys for one algorithm. This one is in the middle.
    pub fn set_of(&self, len: usize) -> String {
        let members: Vec<Value> = (0..len)
            .map(|number| if number == len / 2 { self.verifying_jwk() } else { self.neighbour(number) })
            .collect();
        json!({ "keys": members }).to_string()
    }

    /// Another key for the same algorithm. Nobody can sign for the RSA ones.
    fn neighbour(&self, number: usize) -> Value {
        let text = |octets: &[u8]| Value::from(Base64UrlUnpadded::encode_string(octets));
        let mut jwk = self.verifying_jwk();
        // No number is that of KID: those of a set are below 1024.
        jwk["kid"] = format!("key-{:04}", number + 1024).into();
        let octets = |block: usize| Sha256::digest(format!("{number} {block}"));
        match self.alg {
            "HS256" | "HS384" | "HS512" => {
                let secret: Vec<u8> = (0..self.octets("k").len() / 32).flat_map(octets).collect();
                jwk["k"] = text(&secret);
            }
            "EdDSA" => {
                let secret = ed25519_dalek::SigningKey::from_bytes(&octets(0).into());
                jwk["x"] = text(secret.verifying_key().as_bytes());
            }
            "ES256" => {
                let secret = p256::SecretKey::from_slice(&octets(0)).expect("a scalar");
                let point = secret.public_key().to_sec1_point(false);
                jwk["x"] = text(point.x().expect("not the identity"));
                jwk["y"] = text(point.y().expect("not compressed"));
            }
            "ES384" => {
                let secret = [[0; 16].as_slice(), &octets(0)].concat();
                let secret = p384::SecretKey::from_slice(&secret).expect("a scalar");
                let point = secret.public_key().to_sec1_point(false);
                jwk["x"] = text(point.x().expect("not the identity"));
                jwk["y"] = text(point.y().expect("not compressed"));
            }
            _ => {
                let mut modulus: Vec<u8> = (0..self.octets("n").len() / 32).flat_map(octets).collect();
                modulus[0] |= 0x80;
                *modulus.last_mut().expect("not empty") |= 1;
                jwk["n"] = text(&modulus);
            }
        }
        jwk
    }

    /// A token with these claims.
    pub fn sign(&self, claims: &Value) -> String {
        let header = json!({"alg": self.alg, "typ": "JWT", "kid": KID}).to_string();
        let encode = Base64UrlUnpadded::encode_string;
        let input = format!("{}.{}", encode(header.as_bytes()), encode(claims.to_string().as_bytes()));
        let signature = match self.alg {
            "HS256" => tag(Hmac::<Sha256>::new_from_slice(&self.octets("k")), &input),
            "HS384" => tag(Hmac::<Sha384>::new_from_slice(&self.octets("k")), &input),
            "HS512" => tag(Hmac::<Sha512>::new_from_slice(&self.octets("k")), &input),
            "EdDSA" => {
                let secret = self.octets("d").try_into().expect("32 octets");
                ed25519_dalek::SigningKey::from_bytes(&secret).sign(input.as_bytes()).to_bytes().to_vec()
            }
            "ES384" => {
                let key = p384::ecdsa::SigningKey::from_slice(&self.octets("d")).expect("a P-384 key");
                let signature: p384::ecdsa::Signature = key.sign(input.as_bytes());
                signature.to_bytes().to_vec()
            }
            "ES256" => {
                let key = p256::ecdsa::SigningKey::from_slice(&self.octets("d")).expect("a P-256 key");
                let signature: p256::ecdsa::Signature = key.sign(input.as_bytes());
                signature.to_bytes().to_vec()
            }
            _ => {
                let number = |member| rsa::BoxedUint::from_be_slice_vartime(&self.octets(member));
                let primes = vec![number("p"), number("q")];
                let key = rsa::PrivateKey::from_components(number("n"), number("e"), number("d"), primes);
                let key = key.expect("an RSA key");
                let signature = match self.alg {
                    "RS256" => key.sign(pkcs1(1, 32), &Sha256::digest(&input)),
                    "RS384" => key.sign(pkcs1(2, 48), &Sha384::digest(&input)),
                    "RS512" => key.sign(pkcs1(3, 64), &Sha512::digest(&input)),
                    "PS256" => key.sign_with_rng(&mut Zeros, pss::<Sha256>(), &Sha256::digest(&input)),
                    "PS384" => key.sign_with_rng(&mut Zeros, pss::<Sha384>(), &Sha384::digest(&input)),
                    "PS512" => key.sign_with_rng(&mut Zeros, pss::<Sha512>(), &Sha512::digest(&input)),
                    other => panic!("nothing here signs {other}"),
                };
                signature.expect("a signature")
            }
        };
        format!("{input}.{}", encode(&signature))
    }
}

fn tag<M: hmac::Mac>(mac: Result<M, hmac::digest::InvalidLength>, input: &str) -> Vec<u8> {
    mac.expect("any length will do").chain_update(input).finalize().into_bytes().to_vec()
}

/// PKCS #1 v1.5 with the DigestInfo of a hash (RFC 8017 §9.2, note 1): the last octet of its object identifier, and
/// its length.
fn pkcs1(oid: u8, length: u8) -> rsa::Pkcs1v15Sign {
    let info = [0x30, length + 17, 0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, oid, 5, 0, 4, length];
    rsa::Pkcs1v15Sign { hash_len: Some(length.into()), prefix: info.into() }
}

/// PSS without blinding: it would draw until it gets a number that is not zero.
fn pss<D: sha2::Digest>() -> rsa::Pss<D> {
    let mut scheme = rsa::Pss::new();
    scheme.blinded = false;
    scheme
}

/// Where salts come from, so that each run makes the same tokens.
struct Zeros;

impl rsa::rand_core::TryRng for Zeros {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(0)
    }

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Self::Error> {
        octets.fill(0);
        Ok(())
    }
}

impl rsa::rand_core::TryCryptoRng for Zeros {}

/// The claims of a token, some 140 bytes of them.
pub fn claims() -> Value {
    json!({
        "iss": ISSUER, "sub": SUBJECT, "aud": AUDIENCE, "exp": EXPIRES_AT, "iat": ISSUED_AT, "scope": SCOPE,
    })
}

/// The same with as many `groups`, each named by a GUID, as an HS256 token of `length` bytes has room
/// for: directories put them there, and they are what makes long tokens long.
pub fn claims_of_token(length: usize) -> Value {
    const ENVELOPE: usize = 59 + 1 + 1 + 43;
    let room = (length - ENVELOPE) / 4 * 3;
    let mut claims = claims();
    let mut left = room - claims.to_string().len() - r#","groups":[]"#.len();
    let mut groups = Vec::new();
    while left >= 39 {
        let digits: String =
            Sha256::digest(groups.len().to_string()).iter().map(|octet| format!("{octet:02x}")).collect();
        let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..32]];
        groups.push(parts.join("-"));
        left -= 39;
    }
    claims["groups"] = groups.into();
    claims
}

/// The token with one character of part `part` (0, 1, 2) replaced, so that it is still base64url.
pub fn tampered(token: &str, part: usize) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let at = parts[part].len() / 2;
    let other = if &parts[part][at..=at] == "A" { "B" } else { "A" };
    parts[part].replace_range(at..=at, other);
    parts.join(".")
}
