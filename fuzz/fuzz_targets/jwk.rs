//! A JWK is a key, or is refused for the first reason of the list, as serde_json, base64ct and aws-lc-rs
//! see it.

#![no_main]

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ParsedPublicKey};
use jose_core::{
    Algorithm, AlgorithmSet, Jwk, VerifyingKey,
    error::{Base64Error, KeyError},
};
use jose_core_fuzz::document::{Document, Value, same_fault};
use jose_core_fuzz::ed25519::Encoding;
use jose_core_fuzz::{PUBLIC, reference};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let (jwk, members) = match (Jwk::parse(text), Document::read(text)) {
        (Ok(jwk), document) => {
            let document = document.expect("serde_json reads it, too");
            assert!(document.agrees(text, None));
            let Value::Object(members) = document.value else { panic!("{jwk:?} is no object") };
            (jwk, members)
        }
        (Err(KeyError::Json(error)), _) => return same_fault(text, error),
        (Err(error), Some(document)) => {
            assert_eq!(error, KeyError::NotObject);
            return assert!(!matches!(document.value, Value::Object(_)));
        }
        (Err(error), None) => panic!("{error}, and it is no JSON"),
    };
    assert_eq!(jwk.as_json().as_bytes(), text);
    assert_eq!(jwk.iter().count(), members.len());
    for ((name, value), member) in jwk.iter().zip(&members) {
        assert!(name == member.name && value.to_string() == member.value.text);
        assert_eq!(jwk.get(&member.name), Some(value));
    }
    // A member that is null is absent.
    let present = members.iter().filter(|member| !matches!(member.value.value, Value::Null));
    let key = Key(present.map(|member| (member.name.as_str(), &member.value)).collect());
    assert_eq!(jwk.kid().map(|kid| kid.to_string()), key.string("kid").map(str::to_owned));
    for allowed in [
        PUBLIC,
        PUBLIC.or(Algorithm::Hs256),
        Algorithm::Hs256.into(),
        Algorithm::Es256.into(),
        Algorithm::Rs256.into(),
        // Several of a kind, and one of each kind.
        PUBLIC.or(Algorithm::Ps256),
        AlgorithmSet::only(Algorithm::Hs256).or(Algorithm::Hs384),
        AlgorithmSet::only(Algorithm::Ps512).or(Algorithm::Es384).or(Algorithm::Ed25519),
        Algorithm::Hs512.into(),
    ] {
        let verifying_key = jwk.verifying_key(allowed);
        let expected = key.algorithm(allowed).and_then(|algorithm| {
            key.material(algorithm).map_err(|error| format!("{error:?}"))?;
            Ok(algorithm)
        });
        // An `Excerpt` cannot be made here, so that errors are compared as they are shown.
        let found = verifying_key.as_ref().map(|key| key.algorithm()).map_err(|error| format!("{error:?}"));
        assert_eq!(found, expected);

        if let Ok(verifying_key) = verifying_key
            && let Some(hash) = hash(verifying_key.algorithm())
        {
            let secret = hmac::Key::new(hash, &key.octets("k", 512, |_| unreachable!()).unwrap());
            let tag = hmac::sign(&secret, b"message");
            let found = verifying_key.verify(verifying_key.algorithm(), b"message", tag.as_ref());
            assert_eq!(found, Ok(()));
        }
    }
});

/// The hash of a shared secret's algorithm.
fn hash(algorithm: Algorithm) -> Option<hmac::Algorithm> {
    match algorithm {
        Algorithm::Hs256 => Some(hmac::HMAC_SHA256),
        Algorithm::Hs384 => Some(hmac::HMAC_SHA384),
        Algorithm::Hs512 => Some(hmac::HMAC_SHA512),
        _ => None,
    }
}

/// What a key of this `kty` and `crv` can carry.
fn carried(kty: &str, crv: Option<&str>) -> &'static [(&'static str, Algorithm)] {
    use Algorithm::*;
    match (kty, crv) {
        ("oct", _) => &[("HS256", Hs256), ("HS384", Hs384), ("HS512", Hs512)],
        ("RSA", _) => &[
            ("RS256", Rs256),
            ("RS384", Rs384),
            ("RS512", Rs512),
            ("PS256", Ps256),
            ("PS384", Ps384),
            ("PS512", Ps512),
        ],
        ("EC", Some("P-256")) => &[("ES256", Es256)],
        ("EC", Some("P-384")) => &[("ES384", Es384)],
        ("OKP", Some("Ed25519")) => &[("Ed25519", Ed25519), ("EdDSA", Ed25519)],
        _ => &[],
    }
}

struct Key<'d>(Vec<(&'d str, &'d Document<'d>)>);

impl Key<'_> {
    fn get(&self, name: &str) -> Option<&Document<'_>> {
        self.0.iter().find(|(own, _)| *own == name).map(|(_, value)| *value)
    }

    fn string(&self, name: &str) -> Option<&str> {
        self.get(name)?.string()
    }

    /// A member that must be a string where it is.
    fn text(&self, name: &'static str) -> Result<Option<&str>, String> {
        let Some(member) = self.get(name) else { return Ok(None) };
        let wrong = KeyError::MemberType { name, expected: "a string", found: kind(member) };
        member.string().map(Some).ok_or(format!("{wrong:?}"))
    }

    fn algorithm(&self, allowed: AlgorithmSet) -> Result<Algorithm, String> {
        let refuse = |error: KeyError| Err(format!("{error:?}"));
        let of_excerpt =
            |variant, name, value| Err(format!("{variant} {{ {name}: {} }}", reference::excerpt(value)));
        let kty = match self.text("kty")? {
            Some("oct") => "oct",
            Some("EC") => "EC",
            Some("RSA") => "RSA",
            Some("OKP") => "OKP",
            Some(other) => return of_excerpt("KtyUnsupported", "kty", other),
            None => return refuse(KeyError::MemberMissing { name: "kty" }),
        };
        self.text("kid")?;
        let key_use = self.text("use")?;
        if let Some(other) = key_use.filter(|key_use| *key_use != "sig") {
            return of_excerpt("UseNotSig", "key_use", other);
        }
        let registered =
            ["sign", "verify", "encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits"];
        let operations = self.operations().map_err(|error| format!("{error:?}"))?;
        let said = operations.is_some();
        let operations = operations.unwrap_or_default();
        let twice = (0..operations.len()).find_map(|place| {
            let again = operations[..place].contains(&operations[place]);
            registered.into_iter().find(|operation| again && *operation == operations[place])
        });
        if let Some(operation) = twice {
            return refuse(KeyError::KeyOpsDuplicate { operation });
        }
        // An empty array says nothing where `use` says something.
        if said && !operations.contains(&"verify") && !(operations.is_empty() && key_use.is_some()) {
            return refuse(KeyError::KeyOpsNotVerify);
        }
        let crv = match kty {
            "EC" | "OKP" => match self.text("crv")? {
                Some(crv) if carried(kty, Some(crv)).is_empty() => {
                    let crv = reference::excerpt(crv);
                    return Err(format!("CrvUnsupported {{ kty: {kty:?}, crv: {crv} }}"));
                }
                Some("P-256") => Some("P-256"),
                Some("P-384") => Some("P-384"),
                Some(_) => Some("Ed25519"),
                None => return refuse(KeyError::MemberMissing { name: "crv" }),
            },
            _ => None,
        };
        let set = |carried: &[(&str, Algorithm)]| {
            carried
                .iter()
                .map(|(_, algorithm)| AlgorithmSet::only(*algorithm))
                .reduce(|set, one| one.iter().fold(set, AlgorithmSet::or))
        };
        let mut carried = carried(kty, crv).to_vec();
        if let Some(alg) = self.text("alg")? {
            let known =
                |name: &&Algorithm| name.name() == alg || alg == "EdDSA" && **name == Algorithm::Ed25519;
            match Algorithm::ALL.iter().find(known) {
                Some(_) if carried.iter().any(|(name, _)| *name == alg) => {
                    carried.retain(|(name, _)| *name == alg);
                }
                Some(named) => {
                    let could_be = set(&carried).unwrap();
                    return refuse(KeyError::AlgMismatch { alg: *named, could_be });
                }
                None => return of_excerpt("AlgUnsupported", "alg", alg),
            }
        }
        let alg = set(&carried).unwrap();
        carried.retain(|(_, algorithm)| allowed.contains(*algorithm));
        let Some(could_be) = set(&carried) else {
            return refuse(KeyError::AlgNotAllowed { alg, allowed });
        };
        if could_be.iter().count() > 1 {
            return refuse(KeyError::AlgMissing { could_be });
        }
        let algorithm = carried[0].1;
        if kty == "oct" {
            if allowed.iter().any(|algorithm| hash(algorithm).is_none()) {
                return refuse(KeyError::SecretAmongPublicKeys);
            }
        } else {
            let private: &[_] = if kty == "RSA" { &["d", "p", "q", "dp", "dq", "qi", "oth"] } else { &["d"] };
            let published = |name: &&&str| match self.get(name).map(|member| &member.value) {
                None => false,
                Some(Value::Array(elements)) => !elements.is_empty(),
                Some(_) => self.string(name) != Some(""),
            };
            if let Some(name) = private.iter().find(published) {
                return refuse(KeyError::PrivateMaterial { name });
            }
        }
        Ok(algorithm)
    }

    /// The strings of `key_ops`, if it is there.
    fn operations(&self) -> Result<Option<Vec<&str>>, KeyError> {
        let Some(member) = self.get("key_ops") else { return Ok(None) };
        let wrong = |found| KeyError::MemberType { name: "key_ops", expected: "an array of strings", found };
        let Value::Array(operations) = &member.value else { return Err(wrong(kind(member))) };
        let strings: Option<Vec<_>> = operations.iter().map(Document::string).collect();
        strings.map(Some).ok_or(wrong("an array of other values"))
    }

    fn material(&self, algorithm: Algorithm) -> Result<(), KeyError> {
        match algorithm {
            Algorithm::Hs256 | Algorithm::Hs384 | Algorithm::Hs512 => {
                let (least, make): (_, fn(&[u8]) -> _) = match algorithm {
                    Algorithm::Hs256 => (32, VerifyingKey::hs256),
                    Algorithm::Hs384 => (48, VerifyingKey::hs384),
                    _ => (64, VerifyingKey::hs512),
                };
                let too_long = |length| KeyError::SecretTooLong { length, max: 512 };
                let secret = self.octets("k", 512, too_long)?;
                if secret.len() < least {
                    return Err(KeyError::SecretTooShort { length: secret.len(), min: least });
                }
                // Which secrets are the text of a key is what `verify_hmac` is about.
                make(&secret)?;
            }
            Algorithm::Es256 | Algorithm::Es384 => {
                let (crv, expected, other) = match algorithm {
                    Algorithm::Es256 => ("P-256", 32, &ECDSA_P256_SHA256_FIXED),
                    _ => ("P-384", 48, &ECDSA_P384_SHA384_FIXED),
                };
                let wrong = |name, length| KeyError::WrongCoordinateLength { name, crv, expected, length };
                let coordinate = |name| self.octets(name, expected, |length| wrong(name, length));
                let (x, y) = (coordinate("x")?, coordinate("y")?);
                for (name, octets) in [("x", &x), ("y", &y)] {
                    if octets.len() != expected {
                        return Err(wrong(name, octets.len()));
                    }
                }
                let point = [&[4], &x[..], &y[..]].concat();
                ParsedPublicKey::new(other, &point).map_err(|_| KeyError::PointNotOnCurve { crv })?;
            }
            Algorithm::Ed25519 => {
                let crv = "Ed25519";
                let wrong = |length| KeyError::WrongCoordinateLength { name: "x", crv, expected: 32, length };
                let x = self.octets("x", 32, wrong)?;
                if x.len() != 32 {
                    return Err(wrong(x.len()));
                }
                let encoding = Encoding::read(&x);
                if encoding.is_point() && encoding.is_small() {
                    return Err(KeyError::PointOfSmallOrder);
                }
                if !encoding.is_point() || !encoding.is_reduced {
                    return Err(KeyError::PointNotOnCurve { crv });
                }
            }
            Algorithm::Rs256
            | Algorithm::Rs384
            | Algorithm::Rs512
            | Algorithm::Ps256
            | Algorithm::Ps384
            | Algorithm::Ps512 => {
                let too_large = |length| KeyError::ModulusTooLarge { bits: length * 8, max: 8192 };
                let n = self.octets("n", 1032, too_large)?;
                let too_large = |length| KeyError::ExponentTooLarge { bits: length * 8, max: 33 };
                let e = self.octets("e", 16, too_large)?;
                let bits = bits(&n);
                match bits.len() {
                    bits @ ..2048 => return Err(KeyError::ModulusTooSmall { bits, min: 2048 }),
                    bits @ 8193.. => return Err(KeyError::ModulusTooLarge { bits, max: 8192 }),
                    _ => {}
                }
                if !bits[bits.len() - 1] {
                    return Err(KeyError::ModulusEven);
                }
                let e = self::bits(&e);
                let exponent = || e.iter().fold(0, |number, bit| number << 1 | u64::from(*bit));
                match e.len() {
                    bits @ 34.. => return Err(KeyError::ExponentTooLarge { bits, max: 33 }),
                    ..17 => return Err(KeyError::ExponentTooSmall { exponent: exponent(), min: 65537 }),
                    _ if exponent() == 65536 => {
                        return Err(KeyError::ExponentTooSmall { exponent: 65536, min: 65537 });
                    }
                    _ if !e[e.len() - 1] => return Err(KeyError::ExponentEven { exponent: exponent() }),
                    _ => {}
                }
            }
            _ => unreachable!(),
        }
        Ok(())
    }

    /// The octets of a member, of which there is room for `most`.
    fn octets(
        &self,
        name: &'static str,
        most: usize,
        too_long: impl FnOnce(usize) -> KeyError,
    ) -> Result<Vec<u8>, KeyError> {
        let member = self.get(name).ok_or(match self.get("x5c") {
            Some(_) => KeyError::CertificateOnly { name },
            None => KeyError::MemberMissing { name },
        })?;
        let wrong = KeyError::MemberType { name, expected: "a string", found: kind(member) };
        let text = member.string().ok_or(wrong)?;
        match (reference::base64url(text.as_bytes()), text.len() * 6 / 8) {
            (Err(error @ Base64Error::InvalidByte { .. }), _) => Err(KeyError::Base64 { name, error }),
            (_, length) if length > most => Err(too_long(length)),
            (Err(error), _) => Err(KeyError::Base64 { name, error }),
            (Ok(octets), _) => Ok(octets),
        }
    }
}

/// What a value is, in an error.
fn kind(value: &Document<'_>) -> &'static str {
    match value.value {
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
        _ if value.text.starts_with('"') => "a string",
        _ if value.text.starts_with(['t', 'f']) => "a boolean",
        _ => "a number",
    }
}

/// The bits of a number, the highest that is set first.
fn bits(octets: &[u8]) -> Vec<bool> {
    let bits = octets.iter().flat_map(|octet| (0..8).rev().map(move |place| octet >> place & 1 == 1));
    bits.skip_while(|bit| !bit).collect()
}
