//! What the suites share: test keys, signers, and one-word ways to make and judge tokens.

#![allow(dead_code, reason = "each suite uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that meets the unexpected must stop"
)]

pub(crate) mod entry;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use hmac::{KeyInit as _, Mac as _};
use jose_core::{
    Algorithm, AlgorithmSet, Error, Excerpt, JsonError, JsonErrorKind, Jwk, Jwks, KeySource, Limits,
    SelectError, UnverifiedJws, Verifier, VerifyingKey,
};
use p256::ecdsa::signature::Signer as _;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// Every non-empty set of algorithms.
pub(crate) fn allow_lists() -> Vec<AlgorithmSet> {
    let (h, e, r) = (Algorithm::Hs256, Algorithm::Es256, Algorithm::Rs256);
    let only = AlgorithmSet::only;
    vec![only(h), only(e), only(r), only(h).or(e), only(h).or(r), only(e).or(r), only(h).or(e).or(r)]
}

/// Whether this build verifies the algorithm.
pub(crate) fn enabled(algorithm: Algorithm) -> bool {
    let built = [cfg!(feature = "hs256"), cfg!(feature = "es256"), cfg!(feature = "rs256")];
    Algorithm::ALL.iter().zip(built).any(|(one, built)| *one == algorithm && built)
}

/// The algorithms that this build verifies, the cheapest first.
pub(crate) fn algorithms() -> Vec<Algorithm> {
    let found: Vec<_> = Algorithm::ALL.iter().copied().filter(|algorithm| enabled(*algorithm)).collect();
    assert!(!found.is_empty(), "a build without an algorithm has nothing to test");
    found
}

/// The name of the test key that suites use for an algorithm unless they need another.
pub(crate) fn usual(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Hs256 => "hmac-32",
        Algorithm::Es256 => "p256",
        Algorithm::Rs256 => "rsa-2048",
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
    match key.split('-').next() {
        Some("hmac") => format!(r#"{{{more}{comma}"kty":"oct","k":"{}"}}"#, part("k")),
        Some("rsa") => format!(r#"{{{more}{comma}"kty":"RSA","n":"{}","e":"{}"}}"#, part("n"), part("e")),
        _ => format!(r#"{{{more}{comma}"kty":"EC","crv":"P-256","x":"{}","y":"{}"}}"#, part("x"), part("y")),
    }
}

/// The verifying key of a test key, alone in its allow-list.
#[track_caller]
pub(crate) fn key(name: &str) -> VerifyingKey {
    let algorithm = signer(name).algorithm();
    Jwk::parse(&jwk(name, "")).unwrap().verifying_key(algorithm.into()).unwrap()
}

/// What makes signatures, so that there is something to verify.
#[derive(Clone)]
pub(crate) enum Signer {
    Hs256(Vec<u8>),
    Es256(p256::ecdsa::SigningKey),
    Rs256(Box<rsa::PrivateKey>),
}

/// The signer of a test key. RSA keys are checked when they are built, which takes long: once each.
#[track_caller]
pub(crate) fn signer(key: &str) -> Signer {
    static SIGNERS: Mutex<BTreeMap<String, Signer>> = Mutex::new(BTreeMap::new());
    let mut signers = SIGNERS.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    signers.entry(key.to_owned()).or_insert_with(|| Signer::new(key)).clone()
}

impl Signer {
    fn new(key: &str) -> Self {
        let number = |name| rsa::BoxedUint::from_be_slice_vartime(&member(key, name));
        match key.split('-').next() {
            Some("hmac") => Self::Hs256(member(key, "k")),
            Some("rsa") => {
                let primes = vec![number("p"), number("q")];
                let made = rsa::PrivateKey::from_components(number("n"), number("e"), number("d"), primes);
                Self::Rs256(made.unwrap().into())
            }
            _ => Self::Es256(p256::ecdsa::SigningKey::from_slice(&member(key, "d")).unwrap()),
        }
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        match self {
            Self::Hs256(_) => Algorithm::Hs256,
            Self::Es256(_) => Algorithm::Es256,
            Self::Rs256(_) => Algorithm::Rs256,
        }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Hs256(secret) => {
                let mac = hmac::Hmac::<Sha256>::new_from_slice(secret).unwrap();
                mac.chain_update(message).finalize().into_bytes().to_vec()
            }
            Self::Es256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            Self::Rs256(key) => {
                let scheme = rsa::Pkcs1v15Sign { hash_len: Some(32), prefix: SHA256_DIGEST_INFO.into() };
                key.sign(scheme, &Sha256::digest(message)).unwrap()
            }
        }
    }

    /// The token of this header and payload.
    pub(crate) fn token(&self, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
        let input = format!("{}.{}", b64(header), b64(payload));
        let signature = b64(self.sign(input.as_bytes()));
        format!("{input}.{signature}")
    }
}

/// The DigestInfo of SHA-256 up to the hash, as RFC 8017 §9.2 prints it in note 1.
pub(crate) const SHA256_DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0x04, 0x20,
];

/// The token that the usual key of the algorithm makes of a payload.
pub(crate) fn token(algorithm: Algorithm, payload: impl AsRef<[u8]>) -> String {
    signer(usual(algorithm)).token(format!(r#"{{"alg":"{algorithm}"}}"#), payload)
}

/// The algorithm of the key that verified, or why none did.
pub(crate) fn outcome<K: KeySource + ?Sized>(
    keys: &K,
    allowed: AlgorithmSet,
    token: &(impl AsRef<[u8]> + ?Sized),
) -> Result<Algorithm, Error> {
    let mut scratch = vec![0; token.as_ref().len()];
    Verifier::new(keys, allowed).verify(token, &mut scratch[..]).map(|verified| verified.algorithm())
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
    let borrowed = outcome(&set, allowed, token);
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

/// The excerpt of several short texts: what a verifier says that accepts these as `typ`.
#[track_caller]
pub(crate) fn excerpts(texts: &[&str]) -> Excerpt {
    let key = key(usual(algorithms()[0]));
    let verifier = Verifier::new(&key, key.algorithm().into()).require_typ_in(texts);
    let token = format!("{}..", b64(format!(r#"{{"alg":"{}"}}"#, key.algorithm())));
    let refusal = verifier.verify(&token, &mut [0; 64]).map(|_| ());
    let Err(Error::Select(SelectError::TypMissing { expected })) = refusal else { panic!("{refusal:?}") };
    expected
}

/// The refusal of a token whose kid none of the keys has; those that have one have these.
#[track_caller]
pub(crate) fn kid_unknown(kid: &str, keys: usize, known: &[&str]) -> Error {
    #[cfg(feature = "alloc")]
    return SelectError::KidUnknown { kid: excerpt(kid), keys, known: excerpts(known) }.into();
    #[cfg(not(feature = "alloc"))]
    return SelectError::KidUnknown { keys }.into();
}

/// Of how many keys none has the token's kid, if that is why it was refused.
pub(crate) fn unknown_among<T>(outcome: Result<T, Error>) -> Option<usize> {
    match outcome {
        Err(Error::Select(SelectError::KidUnknown { keys, .. })) => Some(keys),
        _ => None,
    }
}
