//! A JWK is a key, or is refused for the first reason of the list, as serde_json, base64ct and aws-lc-rs
//! see it.

#![no_main]

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use jose_core::{Algorithm, AlgorithmSet, Base64Error, Jwk, KeyError, VerifyingKey};
use jose_core_fuzz::document::{Document, Value, same_fault};
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
    let key = Key(members.iter().map(|member| (member.name.as_str(), &member.value)).collect());
    assert_eq!(jwk.kid().map(|kid| kid.to_string()), key.string("kid").map(str::to_owned));
    for allowed in [
        PUBLIC,
        PUBLIC.or(Algorithm::Hs256),
        Algorithm::Hs256.into(),
        Algorithm::Es256.into(),
        Algorithm::Rs256.into(),
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
            && let Algorithm::Hs256 = verifying_key.algorithm()
        {
            let secret =
                hmac::Key::new(hmac::HMAC_SHA256, &key.octets("k", 512, |_| unreachable!()).unwrap());
            let tag = hmac::sign(&secret, b"message");
            assert_eq!(verifying_key.verify(Algorithm::Hs256, b"message", tag.as_ref()), Ok(()));
        }
    }
});

struct Key<'d>(Vec<(&'d str, &'d Document<'d>)>);

impl Key<'_> {
    fn get(&self, name: &str) -> Option<&Document<'_>> {
        self.0.iter().find(|(own, _)| *own == name).map(|(_, value)| *value)
    }

    fn string(&self, name: &str) -> Option<&str> {
        self.get(name)?.string()
    }

    fn algorithm(&self, allowed: AlgorithmSet) -> Result<Algorithm, String> {
        let refuse = |error: KeyError| Err(format!("{error:?}"));
        let of_excerpt =
            |variant, name, value| Err(format!("{variant} {{ {name}: {:?} }}", reference::excerpt(value)));
        for (name, value) in &self.0 {
            let right = match *name {
                "kid" | "kty" | "alg" | "crv" | "use" => value.string().is_some(),
                "key_ops" => self.operations().is_some(),
                _ => true,
            };
            if !right {
                let names = ["kid", "kty", "alg", "crv", "use", "key_ops"];
                let name = names.into_iter().find(|own| own == name).unwrap();
                return refuse(KeyError::MemberType { name });
            }
        }
        let (algorithm, kty) = match self.string("kty") {
            Some("oct") => (Algorithm::Hs256, "oct"),
            Some("EC") => (Algorithm::Es256, "EC"),
            Some("RSA") => (Algorithm::Rs256, "RSA"),
            Some(other) => return of_excerpt("KtyUnsupported", "kty", other),
            None => return refuse(KeyError::MemberMissing { name: "kty" }),
        };
        if let Some(other) = self.string("use").filter(|key_use| *key_use != "sig") {
            return of_excerpt("UseNotSig", "key_use", other);
        }
        let registered =
            ["sign", "verify", "encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits"];
        let operations = self.operations().unwrap_or_default();
        let twice = (0..operations.len()).find_map(|place| {
            let again = operations[..place].contains(&operations[place]);
            registered.into_iter().find(|operation| again && *operation == operations[place])
        });
        if let Some(operation) = twice {
            return refuse(KeyError::KeyOpsDuplicate { operation });
        }
        if self.operations().is_some_and(|operations| !operations.contains(&"verify")) {
            return refuse(KeyError::KeyOpsNotVerify);
        }
        if kty == "EC" {
            match self.string("crv") {
                Some("P-256") => {}
                Some(other) => return of_excerpt("CrvUnsupported", "crv", other),
                None => return refuse(KeyError::MemberMissing { name: "crv" }),
            }
        }
        if let Some(alg) = self.string("alg") {
            match Algorithm::ALL.iter().copied().find(|algorithm| algorithm.name() == alg) {
                Some(named) if named == algorithm => {}
                Some(alg) => return refuse(KeyError::AlgMismatch { alg, kty }),
                None => return of_excerpt("AlgUnsupported", "alg", alg),
            }
        }
        if !allowed.contains(algorithm) {
            return refuse(KeyError::AlgNotAllowed { alg: algorithm, allowed });
        }
        if kty == "oct" {
            if allowed != algorithm.into() {
                return refuse(KeyError::SecretAmongPublic);
            }
        } else {
            let private = ["d", "p", "q", "dp", "dq", "qi", "oth"];
            let first = self.0.iter().find_map(|(own, _)| private.into_iter().find(|name| name == own));
            if let Some(name) = first {
                return refuse(KeyError::PrivateMaterial { name });
            }
        }
        Ok(algorithm)
    }

    /// The strings of `key_ops`, if it is there and an array of strings.
    fn operations(&self) -> Option<Vec<&str>> {
        let Value::Array(operations) = &self.get("key_ops")?.value else { return None };
        operations.iter().map(Document::string).collect()
    }

    fn material(&self, algorithm: Algorithm) -> Result<(), KeyError> {
        match algorithm {
            Algorithm::Hs256 => {
                let too_long = |length| KeyError::SecretTooLong { length, most: 512 };
                let secret = self.octets("k", 512, too_long)?;
                if secret.len() < 32 {
                    return Err(KeyError::SecretTooShort { length: secret.len(), least: 32 });
                }
                // Which secrets are the text of a key is what `verify_hs256` is about.
                VerifyingKey::hs256(&secret)?;
            }
            Algorithm::Es256 => {
                let coordinate =
                    |name| self.octets(name, 32, |length| KeyError::CoordinateLength { name, length });
                let (x, y) = (coordinate("x")?, coordinate("y")?);
                for (name, octets) in [("x", &x), ("y", &y)] {
                    if octets.len() != 32 {
                        return Err(KeyError::CoordinateLength { name, length: octets.len() });
                    }
                }
                let point = [&[4], &x[..], &y[..]].concat();
                ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point)
                    .map_err(|_| KeyError::PointNotOnCurve)?;
            }
            Algorithm::Rs256 => {
                let too_large = |length| KeyError::ModulusTooLarge { bits: length * 8, most: 8192 };
                let n = self.octets("n", 1032, too_large)?;
                let e = self.octets("e", 16, |_| KeyError::Exponent)?;
                let bits = bits(&n);
                match bits.len() {
                    bits @ ..2048 => return Err(KeyError::ModulusTooSmall { bits, least: 2048 }),
                    bits @ 8193.. => return Err(KeyError::ModulusTooLarge { bits, most: 8192 }),
                    _ => {}
                }
                if !bits[bits.len() - 1] {
                    return Err(KeyError::ModulusEven);
                }
                let e = self::bits(&e);
                if !(17..=33).contains(&e.len()) || !e[e.len() - 1] {
                    return Err(KeyError::Exponent);
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
        let member = self.get(name).ok_or(KeyError::MemberMissing { name })?;
        let text = member.string().ok_or(KeyError::MemberType { name })?;
        match (reference::base64url(text.as_bytes()), text.len() * 6 / 8) {
            (Err(error @ Base64Error::Byte { .. }), _) => Err(KeyError::Base64 { name, error }),
            (_, length) if length > most => Err(too_long(length)),
            (Err(error), _) => Err(KeyError::Base64 { name, error }),
            (Ok(octets), _) => Ok(octets),
        }
    }
}

/// The bits of a number, the highest that is set first.
fn bits(octets: &[u8]) -> Vec<bool> {
    let bits = octets.iter().flat_map(|octet| (0..8).rev().map(move |place| octet >> place & 1 == 1));
    bits.skip_while(|bit| !bit).collect()
}
