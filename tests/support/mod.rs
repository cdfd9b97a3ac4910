//! What the suites share: test keys, signers, and one-word ways to make and judge tokens.

#![allow(dead_code, reason = "each suite uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

pub(crate) mod entry;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use hmac::KeyInit as _;
use jose_core::{
    Algorithm, AlgorithmSet, Claims, ClaimsPolicy, Error, Expect, Jwk, Jwks, KeySource, Limits, UnixTime,
    UnverifiedJws, Verifier, VerifyingKey,
    error::{ClaimsError, Excerpt, JsonError, JsonErrorKind, SelectError},
};
use p256::ecdsa::signature::Signer as _;
use serde_json::Value;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

/// Allow-lists of every kind: each algorithm by itself, every two, and all.
pub(crate) fn allow_lists() -> Vec<AlgorithmSet> {
    let all = || Algorithm::ALL.iter().copied();
    let singles = all().map(AlgorithmSet::only);
    let pairs = all().flat_map(|one| all().map(move |other| AlgorithmSet::only(one).or(other)));
    let mut lists: Vec<_> = singles.collect();
    pairs.for_each(|pair| {
        if !lists.contains(&pair) {
            lists.push(pair)
        }
    });
    lists.extend(all().map(AlgorithmSet::only).reduce(|set, one| one.iter().fold(set, AlgorithmSet::or)));
    assert_eq!(lists.len(), 12 + 66 + 1);
    lists
}

/// Whether this build verifies the algorithm.
pub(crate) fn enabled(algorithm: Algorithm) -> bool {
    match algorithm {
        Algorithm::Hs256 => cfg!(feature = "hs256"),
        Algorithm::Hs384 => cfg!(feature = "hs384"),
        Algorithm::Hs512 => cfg!(feature = "hs512"),
        Algorithm::Es256 => cfg!(feature = "es256"),
        Algorithm::Es384 => cfg!(feature = "es384"),
        Algorithm::Rs256 => cfg!(feature = "rs256"),
        Algorithm::Rs384 => cfg!(feature = "rs384"),
        Algorithm::Rs512 => cfg!(feature = "rs512"),
        Algorithm::Ps256 => cfg!(feature = "ps256"),
        Algorithm::Ps384 => cfg!(feature = "ps384"),
        Algorithm::Ps512 => cfg!(feature = "ps512"),
        Algorithm::Ed25519 => cfg!(feature = "ed25519"),
        _ => unreachable!("{algorithm} is not known here"),
    }
}

/// The algorithms that this build verifies, the cheapest of each family first.
pub(crate) fn algorithms() -> Vec<Algorithm> {
    let found: Vec<_> = Algorithm::ALL.iter().copied().filter(|algorithm| enabled(*algorithm)).collect();
    assert!(!found.is_empty(), "a build without an algorithm has nothing to test");
    found
}

/// The name of the test key that suites use for an algorithm unless they need another.
pub(crate) fn usual(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Hs256 => "hmac-32",
        Algorithm::Hs384 | Algorithm::Hs512 => "hmac-64",
        Algorithm::Es256 => "p256",
        Algorithm::Es384 => "p384",
        Algorithm::Rs256
        | Algorithm::Rs384
        | Algorithm::Rs512
        | Algorithm::Ps256
        | Algorithm::Ps384
        | Algorithm::Ps512 => "rsa-2048",
        Algorithm::Ed25519 => "ed25519",
        _ => unreachable!("no test key for {algorithm}"),
    }
}

pub(crate) fn b64(octets: impl AsRef<[u8]>) -> String {
    Base64UrlUnpadded::encode_string(octets.as_ref())
}

#[track_caller]
pub(crate) fn unb64(text: &str) -> Vec<u8> {
    Base64UrlUnpadded::decode_vec(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A path in this repository.
pub(crate) fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[track_caller]
pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[track_caller]
pub(crate) fn json(path: &Path) -> Value {
    serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A member of a private test key. All of them are published: they protect nothing.
#[track_caller]
pub(crate) fn member(key: &str, name: &str) -> Vec<u8> {
    static KEYS: OnceLock<Value> = OnceLock::new();
    let keys = KEYS.get_or_init(|| json(&here("vectors/test-keys.json")));
    unb64(keys[key][name].as_str().unwrap_or_else(|| panic!("no {name} in test key {key}")))
}

/// The test key as a JWK without private members, with `more` members written in front.
pub(crate) fn jwk(key: &str, more: &str) -> String {
    let comma = if more.is_empty() { "" } else { "," };
    let part = |name| b64(member(key, name));
    let point = |crv| format!(r#""crv":"{crv}","x":"{}","y":"{}""#, part("x"), part("y"));
    let members = match key.split('-').next() {
        Some("hmac") => format!(r#""kty":"oct","k":"{}""#, part("k")),
        Some("rsa") => format!(r#""kty":"RSA","n":"{}","e":"{}""#, part("n"), part("e")),
        Some("p384") => format!(r#""kty":"EC",{}"#, point("P-384")),
        Some("ed25519") => format!(r#""kty":"OKP","crv":"Ed25519","x":"{}""#, part("x")),
        _ => format!(r#""kty":"EC",{}"#, point("P-256")),
    };
    format!("{{{more}{comma}{members}}}")
}

/// The verifying key of a test key for the first algorithm of its family, alone in its allow-list.
#[track_caller]
pub(crate) fn key(name: &str) -> VerifyingKey {
    key_for(signer(name).algorithm(), name)
}

/// The verifying key of a test key for an algorithm, alone in its allow-list.
#[track_caller]
pub(crate) fn key_for(algorithm: Algorithm, name: &str) -> VerifyingKey {
    Jwk::parse(&jwk(name, "")).unwrap().verifying_key(algorithm).unwrap()
}

/// The verifying key of an algorithm's usual test key.
#[track_caller]
pub(crate) fn usual_key(algorithm: Algorithm) -> VerifyingKey {
    key_for(algorithm, usual(algorithm))
}

/// What makes signatures of one algorithm, so that there is something to verify.
#[derive(Clone)]
pub(crate) struct Signer {
    algorithm: Algorithm,
    material: Material,
}

#[derive(Clone)]
enum Material {
    Secret(Vec<u8>),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    Rsa(Arc<rsa::PrivateKey>),
    Ed25519(ed25519_dalek::SigningKey),
}

/// The signer of a test key, for the first algorithm of its family. RSA keys are checked when they are built,
/// which takes long: once each.
#[track_caller]
pub(crate) fn signer(key: &str) -> Signer {
    static SIGNERS: Mutex<BTreeMap<String, Signer>> = Mutex::new(BTreeMap::new());
    let mut signers = SIGNERS.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    signers.entry(key.to_owned()).or_insert_with(|| Signer::new(key)).clone()
}

/// The signer of a test key for an algorithm of its family.
#[track_caller]
pub(crate) fn signer_for(algorithm: Algorithm, key: &str) -> Signer {
    let signer = signer(key);
    assert_eq!((signer.algorithm.kty(), signer.algorithm.crv()), (algorithm.kty(), algorithm.crv()));
    Signer { algorithm, ..signer }
}

/// The signer of an algorithm's usual test key.
#[track_caller]
pub(crate) fn usual_signer(algorithm: Algorithm) -> Signer {
    signer_for(algorithm, usual(algorithm))
}

impl Signer {
    fn new(key: &str) -> Self {
        let number = |name| rsa::BoxedUint::from_be_slice_vartime(&member(key, name));
        let (algorithm, material) = match key.split('-').next() {
            Some("hmac") => (Algorithm::Hs256, Material::Secret(member(key, "k"))),
            Some("rsa") => {
                let primes = vec![number("p"), number("q")];
                let made = rsa::PrivateKey::from_components(number("n"), number("e"), number("d"), primes);
                (Algorithm::Rs256, Material::Rsa(made.unwrap().into()))
            }
            Some("p384") => {
                let made = p384::ecdsa::SigningKey::from_slice(&member(key, "d"));
                (Algorithm::Es384, Material::P384(made.unwrap()))
            }
            Some("ed25519") => {
                let made = member(key, "d").as_slice().try_into();
                (Algorithm::Ed25519, Material::Ed25519(made.unwrap()))
            }
            _ => {
                let made = p256::ecdsa::SigningKey::from_slice(&member(key, "d"));
                (Algorithm::Es256, Material::P256(made.unwrap()))
            }
        };
        Self { algorithm, material }
    }

    /// One that makes HS256 tags with any octets.
    pub(crate) fn of_secret(secret: Vec<u8>) -> Self {
        Self { algorithm: Algorithm::Hs256, material: Material::Secret(secret) }
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        use Algorithm::{Hs256, Hs384, Ps256, Ps384, Rs256, Rs384, Rs512};
        let digest = || match self.algorithm {
            Rs256 | Ps256 => Sha256::digest(message).to_vec(),
            Rs384 | Ps384 => Sha384::digest(message).to_vec(),
            _ => Sha512::digest(message).to_vec(),
        };
        match &self.material {
            Material::Secret(secret) => match self.algorithm {
                Hs256 => tag(hmac::Hmac::<Sha256>::new_from_slice(secret).unwrap(), message),
                Hs384 => tag(hmac::Hmac::<Sha384>::new_from_slice(secret).unwrap(), message),
                _ => tag(hmac::Hmac::<Sha512>::new_from_slice(secret).unwrap(), message),
            },
            Material::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            Material::P384(key) => {
                let signature: p384::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            Material::Ed25519(key) => ed25519_dalek::Signer::sign(key, message).to_bytes().to_vec(),
            Material::Rsa(key) => match self.algorithm {
                Rs256 | Rs384 | Rs512 => {
                    let digest = digest();
                    let prefix = digest_info(digest.len()).into();
                    let scheme = rsa::Pkcs1v15Sign { hash_len: Some(digest.len()), prefix };
                    key.sign(scheme, &digest).unwrap()
                }
                _ => {
                    use rsa::traits::PublicKeyParts as _;
                    let digest = digest();
                    // Any salt will do: one that comes from the message makes runs the same.
                    let salt: Vec<u8> = digest.iter().map(|octet| octet ^ 0x55).collect();
                    let hash = digest.len();
                    let bits = usize::try_from(key.n().bit_width()).unwrap();
                    rsa_power(key, &pss_encode(bits, message, (hash, hash), &salt, |_| {}))
                }
            },
        }
    }

    /// The signature that stands for an encoded message, with an RSA key.
    pub(crate) fn sign_encoded(&self, encoded: &[u8]) -> Vec<u8> {
        match &self.material {
            Material::Rsa(key) => rsa_power(key, encoded),
            _ => panic!("{} has no encoded messages", self.algorithm),
        }
    }

    /// The token of this header and payload.
    pub(crate) fn token(&self, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
        let input = format!("{}.{}", b64(header), b64(payload));
        let signature = b64(self.sign(input.as_bytes()));
        format!("{input}.{signature}")
    }
}

fn tag(mac: impl hmac::Mac, message: &[u8]) -> Vec<u8> {
    mac.chain_update(message).finalize().into_bytes().to_vec()
}

/// SHA-2 of this many octets.
pub(crate) fn sha(length: usize, octets: &[u8]) -> Vec<u8> {
    match length {
        20 => panic!("SHA-1 is not here"),
        32 => Sha256::digest(octets).to_vec(),
        48 => Sha384::digest(octets).to_vec(),
        _ => Sha512::digest(octets).to_vec(),
    }
}

/// EMSA-PSS-ENCODE (RFC 8017 §9.1.1) for a modulus of so many bits, with a salt and the hashes of the message
/// and of MGF1 by their lengths. `change` may spoil DB before it is masked, and the padding of M'.
pub(crate) fn pss_encode(
    bits: usize,
    message: &[u8],
    (hash, mgf): (usize, usize),
    salt: &[u8],
    change: impl FnOnce(&mut Vec<u8>),
) -> Vec<u8> {
    let em_bits = bits - 1;
    let em_len = em_bits.div_ceil(8);
    let h = sha(hash, &[&[0; 8], &*sha(hash, message), salt].concat());
    let mut db = [&*vec![0; em_len - salt.len() - hash - 2], &[1], salt].concat();
    change(&mut db);
    let blocks = (0_u32..).map(|counter| sha(mgf, &[&*h, &counter.to_be_bytes()].concat()));
    let mask: Vec<u8> = blocks.take(db.len().div_ceil(mgf)).flatten().collect();
    db.iter_mut().zip(mask).for_each(|(octet, mask)| *octet ^= mask);
    db[0] &= 0xff >> (8 * em_len - em_bits);
    [db, h, vec![0xbc]].concat()
}

/// RSASP1 (RFC 8017 §5.2.1): the signature that stands for an encoded message.
fn rsa_power(key: &rsa::PrivateKey, encoded: &[u8]) -> Vec<u8> {
    use rsa::traits::PublicKeyParts as _;
    let number = rsa::BoxedUint::from_be_slice(encoded, key.n().as_ref().bits_precision()).unwrap();
    let signature = rsa::hazmat::rsa_decrypt_and_check(key, None::<&mut NoRng>, &number).unwrap();
    let octets = signature.to_be_bytes();
    octets[octets.len() - key.size()..].to_vec()
}

/// There is no blinding where every key is public.
pub(crate) enum NoRng {}

impl rsa::rand_core::TryRng for NoRng {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        match *self {}
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        match *self {}
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Self::Error> {
        match *self {}
    }
}

impl rsa::rand_core::TryCryptoRng for NoRng {}

/// The DigestInfo of SHA-256, SHA-384 or SHA-512 up to the hash, as RFC 8017 §9.2 prints them in note 1, by
/// the length of the hash.
pub(crate) fn digest_info(length: usize) -> [u8; 19] {
    let mut info = [
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
        0x04, 0x20,
    ];
    match length {
        48 => (info[1], info[14], info[18]) = (0x41, 0x02, 0x30),
        64 => (info[1], info[14], info[18]) = (0x51, 0x03, 0x40),
        _ => assert_eq!(length, 32),
    }
    info
}

/// The token that the usual key of the algorithm makes of a payload.
pub(crate) fn token(algorithm: Algorithm, payload: impl AsRef<[u8]>) -> String {
    usual_signer(algorithm).token(format!(r#"{{"alg":"{algorithm}"}}"#), payload)
}

/// The algorithm of the key that verified, or why none did.
pub(crate) fn outcome(
    keys: impl KeySource,
    allowed: AlgorithmSet,
    token: &(impl AsRef<[u8]> + ?Sized),
) -> Result<Algorithm, Error> {
    let mut scratch = vec![0; token.as_ref().len()];
    Verifier::new(keys)
        .algorithms(allowed)
        .verify(token, &mut scratch[..])
        .map(|verified| verified.algorithm())
}

/// The outcome with a JWK Set as the source, which must be the same whether its keys are built for each
/// token or once. There is no `KeySet` of a set without a usable key.
#[track_caller]
pub(crate) fn outcome_of_set(
    text: &str,
    allowed: AlgorithmSet,
    token: &(impl AsRef<[u8]> + ?Sized),
) -> Result<Algorithm, Error> {
    let set = Jwks::parse(text).unwrap();
    let borrowed = outcome(set.keys(allowed), allowed, token);
    #[cfg(feature = "alloc")]
    if let Ok(keys) = jose_core::KeySet::from_jwks(&set, allowed) {
        assert_eq!(outcome(&keys, allowed, token), borrowed, "KeySet and Jwks differ on {text}");
    }
    borrowed
}

/// The excerpt of a short text, as errors hold it: the `alg` of a header is the shortest way to one.
#[track_caller]
pub(crate) fn excerpt(text: &str) -> Excerpt {
    let token = format!("{}..", b64(format!(r#"{{"alg":{}}}"#, Value::from(text))));
    let header =
        UnverifiedJws::parse(&token, &mut [0; 256], Limits::new()).map(|jws| jws.header().algorithm());
    header.unwrap().unwrap_err()
}

/// The name of an error's variant: its Debug text up to the first character that is no letter or digit.
pub(crate) fn variant(error: &impl core::fmt::Debug) -> String {
    format!("{error:?}").chars().take_while(|character| character.is_ascii_alphanumeric()).collect()
}

/// The variants of a public error enum, as its source lists them. Whatever is added there must show up
/// in the suites that ask for this.
#[track_caller]
pub(crate) fn variants(enumeration: &str) -> Vec<String> {
    let head = format!("pub enum {enumeration} {{");
    let files = ["", "/claims", "/key", "/parse", "/text"].map(|file| format!("src/error{file}.rs"));
    let text = files.iter().map(|file| read(&here(file))).find(|text| text.contains(&head));
    let text = text.unwrap_or_else(|| panic!("no source has {head}"));
    let (_, body) = text.split_once(&head).unwrap();
    let (body, _) = body.split_once("\n}").unwrap();
    // A variant is what stands indented once and begins with a capital.
    let names = body.lines().filter_map(|line| {
        let line = line.strip_prefix("    ").filter(|line| line.starts_with(char::is_uppercase))?;
        Some(line.chars().take_while(char::is_ascii_alphanumeric).collect())
    });
    let names: Vec<String> = names.collect();
    assert!(names.len() > 2, "{enumeration} has only {names:?}");
    names
}

/// Numbers that look random and are the same in every run (xorshift64*).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or(0) % bound
    }

    pub(crate) fn octets(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next().to_be_bytes()[0]).collect()
    }
}

/// What is wrong with a JSON text, and where: with the character there, if the message shows it.
pub(crate) fn json_error(text: &str, kind: JsonErrorKind, offset: usize) -> JsonError {
    use JsonErrorKind as K;
    let says_it_all = [
        K::InvalidUtf8,
        K::ByteOrderMark,
        K::InvalidEscape,
        K::LoneSurrogate,
        K::DuplicateName,
        K::TooLong,
        K::TooDeep,
        K::TooManyMembers,
    ];
    let found = if says_it_all.contains(&kind) { None } else { text[offset..].chars().next() };
    JsonError { kind, found, offset }
}

/// The excerpt of several short texts: what is said of them as an audience that is not accepted.
#[track_caller]
pub(crate) fn excerpts(texts: &[&str]) -> Excerpt {
    let policy = ClaimsPolicy::new(Expect::Anything, Expect::Exactly("?")).allow_missing_exp();
    let claims = serde_json::json!({ "aud": texts }).to_string();
    let refusal = Claims::dangerous_from_octets(claims.as_bytes(), &policy, UnixTime::from_secs(0));
    let Err(ClaimsError::AudienceMismatch { found, .. }) = refusal else { panic!("{refusal:?}") };
    found
}

/// The refusal of a token whose kid none of the keys has; those that have one have these.
#[track_caller]
pub(crate) fn kid_unknown(kid: &str, keys: usize, known: &[&str]) -> Error {
    // A device does not show the kids of the keys.
    let known = excerpts(if cfg!(feature = "alloc") { known } else { &[] });
    SelectError::KidUnknown { kid: excerpt(kid), keys, known }.into()
}

/// Of how many keys none has the token's kid, if that is why it was refused.
pub(crate) fn unknown_among<T>(outcome: Result<T, Error>) -> Option<usize> {
    match outcome {
        Err(Error::Select(SelectError::KidUnknown { keys, .. })) => Some(keys),
        _ => None,
    }
}
