//! Attacks on which algorithm is used, and on secrets.

use Algorithm::{Hs256 as H, Ps256, Ps384, Ps512, Rs256 as R, Rs384, Rs512};
use base64ct::{Base64, Encoding as _};
use jose_core::{
    Algorithm, AlgorithmSet, Error, Jwk, Jwks, KeySet, VerifyingKey,
    error::{KeyError, KeyForm, ParseError, SelectError, SignatureError},
};

use super::der;
use super::support::{
    self, Signer, algorithms, allow_lists, b64, excerpt, jwk, key, member, outcome, outcome_of_set, signer,
};

/// Seen in CVE-2015-9235, CVE-2022-23540, CVE-2026-28802.
#[test]
fn alg_none() {
    let nobody: [(&str, VerifyingKey); 0] = [];
    let refused = |header: &str, reason: Error| {
        for algorithm in algorithms() {
            // One that a key here made, one without a signature, and one with anything.
            let key = support::usual_key(algorithm);
            let signed = support::usual_signer(algorithm).token(header, "{}");
            let (input, _) = signed.rsplit_once('.').unwrap();
            for token in [&signed, &format!("{input}."), &format!("{input}.AAAA")] {
                for allowed in allow_lists() {
                    let context = format!("{header}, {algorithm} key, {allowed} allowed");
                    assert_eq!(outcome(&key, allowed, token), Err(reason), "{context}");
                    // It is the same without any key.
                    assert_eq!(outcome(&nobody, allowed, token), Err(reason), "{context}");
                }
            }
        }
    };
    for letters in 0..1 << 4 {
        let upper = |(place, letter): (usize, char)| match letters >> place & 1 {
            1 => letter.to_ascii_uppercase(),
            _ => letter,
        };
        let none: String = "none".chars().enumerate().map(upper).collect();
        assert_eq!(Algorithm::from_name(&none), None);
        let reason = SelectError::AlgorithmUnsupported { alg: excerpt(&none) };
        refused(&format!(r#"{{"alg":"{none}"}}"#), reason.into());
    }
    let escaped = SelectError::AlgorithmUnsupported { alg: excerpt("none") };
    refused(r#"{"alg":"\u006eone"}"#, escaped.into());
    refused("{}", ParseError::AlgMissing.into());
    for value in ["null", "0", "5"] {
        refused(&format!(r#"{{"alg":{value}}}"#), ParseError::ParameterType { name: "alg" }.into());
    }
    // The same with a name in its place, signed and not.
    for algorithm in algorithms() {
        let key = support::usual_key(algorithm);
        let signed = support::usual_signer(algorithm).token(format!(r#"{{"alg":"{algorithm}"}}"#), "{}");
        assert_eq!(outcome(&key, algorithm.into(), &signed), Ok(algorithm));
        let (input, signature) = signed.rsplit_once('.').unwrap();
        let expected = signature.len() * 3 / 4;
        let length = SignatureError::WrongLength { found: 0, expected };
        assert_eq!(outcome(&key, algorithm.into(), &format!("{input}.")), Err(length.into()));
    }
}

/// Keys on other curves are no secrets either, whether an algorithm here is for them or not.
#[test]
fn published_keys_of_other_algorithms() {
    for name in ["p384", "ed25519"] {
        let spki = der::spki(name);
        let pem = der::pem("PUBLIC KEY", &spki);
        let refused = |form| Err(KeyError::SecretIsKeyDocument { form });
        let judged = |secret: &[u8]| VerifyingKey::hs256(secret).map(drop);
        assert_eq!(judged(Base64::encode_string(&spki).as_bytes()), refused(KeyForm::Der), "{name}");
        assert_eq!(judged(der::ssh(name).as_bytes()), refused(KeyForm::Ssh), "{name}");
        assert_eq!(judged(pem.as_bytes()), refused(KeyForm::Pem), "{name}");
        assert_eq!(judged(&spki), refused(KeyForm::Der), "{name}");
    }
}

/// What an issuer publishes of a key, in the forms in which it does.
fn published(name: &str) -> Vec<(&'static str, KeyForm, Vec<u8>)> {
    let spki = der::spki(name);
    let pem = der::pem("PUBLIC KEY", &spki);
    let jwk = jwk(name, "");
    let ssh = der::ssh(name);
    let mut forms = vec![
        ("PEM", KeyForm::Pem, pem.clone().into_bytes()),
        ("PEM with white space in front", KeyForm::Pem, format!(" \r\n\t{pem}").into_bytes()),
        ("PEM on one line", KeyForm::Pem, pem.replace('\n', "").into_bytes()),
        ("DER, SubjectPublicKeyInfo", KeyForm::Der, spki),
        ("JWK", KeyForm::Jwk, jwk.clone().into_bytes()),
        ("JWK Set", KeyForm::Jwk, format!(r#"{{ "keys": [{jwk}] }}"#).into_bytes()),
    ];
    forms.extend([
        (
            "base64 without the lines of PEM",
            KeyForm::Der,
            Base64::encode_string(&der::spki(name)).into_bytes(),
        ),
        ("base64 of PEM", KeyForm::Pem, Base64::encode_string(pem.as_bytes()).into_bytes()),
        ("JWK in a JSON string", KeyForm::Jwk, serde_json::to_string(&jwk).unwrap().into_bytes()),
        ("OpenSSH", KeyForm::Ssh, ssh.clone().into_bytes()),
        (
            "SSH2",
            KeyForm::Pem,
            der::pem("SSH2 PUBLIC KEY", ssh.as_bytes()).replace("-----", "---- ").into_bytes(),
        ),
        ("DER, certificate", KeyForm::Der, der::certificate(name, &signer("rsa-2048"))),
    ]);
    if name.starts_with("rsa") {
        let pkcs1 = der::pkcs1(name);
        forms.push(("PEM, PKCS#1", KeyForm::Pem, der::pem("RSA PUBLIC KEY", &pkcs1).into_bytes()));
        forms.push(("DER, PKCS#1", KeyForm::Der, pkcs1));
        // A modulus of 2052 bits has no zero in front of it.
        forms.push((
            "DER, PKCS#1, 2052 bits",
            KeyForm::Der,
            der::pair(&[&[0x0f], &[0xa5; 256][..]].concat(), &[1, 0, 1]),
        ));
    }
    forms
}

/// Seen in CVE-2016-5431, CVE-2022-29217, CVE-2024-33663, CVE-2023-48223, CVE-2026-34950, CVE-2024-54150,
/// CVE-2026-102273, CVE-2026-44699.
#[test]
fn rs_hs_confusion() {
    const HEADER: &str = r#"{"alg":"HS256","kid":"k"}"#;
    for name in ["rsa-2048", "p256"] {
        let public = key(name);
        let own = public.algorithm();
        let both = AlgorithmSet::from(H).or(own);
        let set = format!(r#"{{"keys":[{}]}}"#, jwk(name, r#""kid":"k""#));
        let published = published(name);
        assert_eq!(published.len(), if own == R { 15 } else { 12 });
        for (name_of_form, form, text) in published {
            let context = format!("{own} key, {name_of_form}");
            // The tag is that of HMAC with the public text as secret.
            let forged = Signer::of_secret(text.clone()).token(HEADER, "{}");

            // The verifier has the public key, and does not take it for a secret.
            let not_allowed = SelectError::AlgorithmNotAllowed { alg: H, allowed: own.into() };
            assert_eq!(outcome(&public, own.into(), &forged), Err(not_allowed.into()), "{context}");
            let mismatch = SelectError::AlgorithmMismatch { header: H, key: own };
            assert_eq!(outcome(&public, both, &forged), Err(mismatch.into()), "{context}");
            assert_eq!(outcome_of_set(&set, both, &forged), Err(mismatch.into()), "{context}");

            // The public text is not taken as a secret, from octets or from a JWK.
            let refused = KeyError::SecretIsKeyDocument { form };
            assert_eq!(VerifyingKey::hs256(&text).map(drop), Err(refused), "{context}");
            let secret = format!(r#"{{"kid":"k","kty":"oct","k":"{}"}}"#, b64(&text));
            let judged = Jwk::parse(&secret).unwrap().verifying_key(H).map(drop);
            let reason = match text.len() {
                length @ 513.. => KeyError::SecretTooLong { length, max: 512 },
                _ => refused,
            };
            assert_eq!(judged, Err(reason), "{context}");
            let aside = SelectError::KeyUnusable { reason };
            let secrets = format!(r#"{{"keys":[{secret}]}}"#);
            assert_eq!(outcome_of_set(&secrets, H.into(), &forged), Err(aside.into()), "{context}");

            // The same octets in another order are a secret, and the forgery is then a token.
            let reversed: Vec<u8> = text.into_iter().rev().collect();
            let secret = VerifyingKey::hs256(&reversed).unwrap();
            let token = Signer::of_secret(reversed).token(HEADER, "{}");
            assert_eq!(outcome(&secret, H.into(), &token), Ok(H), "{context}");
        }
        // A public key that names HS256, and a secret that consists of public members.
        let bound = |text: &str| Jwk::parse(text).unwrap().verifying_key(both).map(|key| key.algorithm());
        let of_rsa = [R, Rs384, Rs512, Ps256, Ps384, Ps512].map(AlgorithmSet::only);
        let of_rsa = of_rsa.into_iter().reduce(|set, one| one.iter().fold(set, AlgorithmSet::or)).unwrap();
        let could_be = if own == R { of_rsa } else { own.into() };
        let mismatch = KeyError::AlgMismatch { alg: H, could_be };
        assert_eq!(bound(&jwk(name, r#""alg":"HS256""#)), Err(mismatch));
        let secret = jwk(name, "").replace(&format!(r#""kty":"{}""#, own.kty()), r#""kty":"oct""#);
        let missing = Jwk::parse(&secret).unwrap().verifying_key(H).map(drop);
        assert_eq!(missing, Err(KeyError::MemberMissing { name: "k" }));
        // What it is for is accepted.
        assert_eq!(bound(&jwk(name, "")), Ok(own));
        let token = signer(name).token(format!(r#"{{"alg":"{own}","kid":"k"}}"#), "{}");
        assert_eq!(outcome_of_set(&set, both, &token), Ok(own));
    }
}

/// Seen in CVE-2026-102266, CVE-2026-49852, CVE-2026-45363, CVE-2026-44351.
#[test]
fn empty_or_short_secret() {
    let header = |kid: &str| format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#);
    for length in [0, 1, 31] {
        let secret = vec![0xa5; length];
        let reason = KeyError::SecretTooShort { length, min: 32 };
        assert_eq!(VerifyingKey::hs256(&secret).map(drop), Err(reason));
        let short = format!(r#"{{"kid":"short","kty":"oct","k":"{}"}}"#, b64(&secret));
        assert_eq!(Jwk::parse(&short).unwrap().verifying_key(H).map(drop), Err(reason));
        // In a set, alone and beside a good one: the verdict, and the refusal of what it signed.
        let alone = format!(r#"{{"keys":[{short}]}}"#);
        let verdicts = KeySet::from_jwks(&Jwks::parse(&alone).unwrap(), H).unwrap_err();
        assert!(verdicts.verdicts().map(|verdict| verdict.outcome).eq([Err(reason)]));
        let set = format!(r#"{{"keys":[{short},{}]}}"#, jwk("hmac-32", r#""kid":"good""#));
        let forged = Signer::of_secret(secret).token(header("short"), "{}");
        for set in [&alone, &set] {
            let aside = SelectError::KeyUnusable { reason };
            assert_eq!(outcome_of_set(set, H.into(), &forged), Err(aside.into()), "{length}");
        }
        let good = signer("hmac-32").token(header("good"), "{}");
        assert_eq!(outcome_of_set(&set, H.into(), &good), Ok(H));
    }

    // A tag under the empty key. HMAC fills a key up with zeros, so that it is also the tag under 32 zero
    // octets, which shows that it is a good forgery.
    let forged = Signer::of_secret(vec![]).token(header("k"), "{}");
    let zeros = VerifyingKey::hs256(&[0; 32]).unwrap();
    assert_eq!(outcome(&zeros, H.into(), &forged), Ok(H));
    let invalid = Err(SignatureError::Invalid.into());
    assert_eq!(outcome(key("hmac-32"), H.into(), &forged), invalid);
    for (members, reason) in [
        (r#""k":"""#, KeyError::SecretTooShort { length: 0, min: 32 }),
        (r#""x":"""#, KeyError::MemberMissing { name: "k" }),
        (r#""k":null"#, KeyError::MemberMissing { name: "k" }),
        (r#""k":false"#, KeyError::MemberType { name: "k", expected: "a string", found: "a boolean" }),
    ] {
        let set = format!(r#"{{"keys":[{{"kid":"k","kty":"oct",{members}}}]}}"#);
        let aside = SelectError::KeyUnusable { reason };
        assert_eq!(outcome_of_set(&set, H.into(), &forged), Err(aside.into()), "{members}");
    }

    // The least that is accepted.
    let secret = vec![0xa5; 32];
    let token = Signer::of_secret(secret.clone()).token(header("k"), "{}");
    assert_eq!(outcome(VerifyingKey::hs256(&secret).unwrap(), H.into(), &token), Ok(H));
    assert_eq!(member("hmac-32", "k").len(), 32);
}
