//! Two sources of truth for the algorithm: the cube of the header's algorithm, the key's and the allow-list,
//! over every algorithm that there is, for every kind of key source. Seen in CVE-2026-48523.
//!
//! What is right in a cell is written here as a rule, with a table of its own, and not taken from the crate.

use Algorithm::{Ed25519, Es256, Es384, Hs256, Hs384, Hs512, Ps256, Ps384, Ps512, Rs256, Rs384, Rs512};
use std::sync::LazyLock;

use jose_core::{
    Algorithm, AlgorithmSet, Error, Jwk, Jwks, VerifyingKey,
    error::{KeyError, SelectError},
};

use super::support::{self, Signer, enabled, excerpt, outcome, signer_for};

/// The kinds of key: `kty`, `crv`, the test key, and what such a key can be for.
const KINDS: [(&str, Option<&str>, &str, &[Algorithm]); 5] = [
    ("oct", None, "hmac-64", &[Hs256, Hs384, Hs512]),
    ("EC", Some("P-256"), "p256", &[Es256]),
    ("EC", Some("P-384"), "p384", &[Es384]),
    ("RSA", None, "rsa-2048", &[Rs256, Rs384, Rs512, Ps256, Ps384, Ps512]),
    ("OKP", Some("Ed25519"), "ed25519", &[Ed25519]),
];

/// Each algorithm and the place of its kind.
fn all() -> impl Iterator<Item = (Algorithm, usize)> {
    KINDS
        .iter()
        .enumerate()
        .flat_map(|(kind, (_, _, _, carries))| carries.iter().map(move |one| (*one, kind)))
}

fn set(algorithms: &[Algorithm]) -> AlgorithmSet {
    let (first, others) = algorithms.split_first().unwrap();
    others.iter().fold(AlgorithmSet::only(*first), |set, one| set.or(*one))
}

/// Before any key is looked at, the header's algorithm must be one that this build has, and then one that the
/// caller allows.
fn of_header(alg: Algorithm, allowed: AlgorithmSet) -> Result<(), Error> {
    if !enabled(alg) {
        return Err(SelectError::AlgorithmUnsupported { alg: excerpt(alg.name()) }.into());
    }
    if allowed.contains(alg) { Ok(()) } else { Err(SelectError::AlgorithmNotAllowed { alg, allowed }.into()) }
}

/// The token's algorithm must be the one that the key is bound to. Nothing else of the key counts.
fn of_key(header: Algorithm, key: Algorithm) -> Result<Algorithm, Error> {
    if header == key { Ok(key) } else { Err(SelectError::AlgorithmMismatch { header, key }.into()) }
}

/// What a key out of a set is bound to: the algorithm of its `alg`, or else the only one that its kind allows
/// and the caller accepts. Refused are, in this order: a `kty`, `crv` or `alg` that this build lacks; an
/// algorithm that is not allowed; several without `alg`; a secret where public-key algorithms are allowed.
fn bound(kind: usize, alg: Option<Algorithm>, allowed: AlgorithmSet) -> Result<Algorithm, KeyError> {
    let (kty, crv, _, carries) = KINDS[kind];
    let any_enabled = |of: &dyn Fn(usize) -> bool| all().any(|(one, kind)| of(kind) && enabled(one));
    if !any_enabled(&|other| KINDS[other].0 == kty) {
        return Err(KeyError::KtyUnsupported { kty: excerpt(kty) });
    }
    if !any_enabled(&|other| other == kind) {
        return Err(KeyError::CrvUnsupported { kty, crv: excerpt(crv.unwrap()) });
    }
    if let Some(alg) = alg.filter(|alg| !enabled(*alg)) {
        return Err(KeyError::AlgUnsupported { alg: excerpt(alg.name()) });
    }
    let could_be = alg.map_or(carries.to_vec(), |alg| vec![alg]);
    let accepted: Vec<_> = could_be.iter().copied().filter(|one| allowed.contains(*one)).collect();
    let algorithm = match accepted[..] {
        [] => return Err(KeyError::AlgNotAllowed { alg: set(&could_be), allowed }),
        [one] => one,
        _ => return Err(KeyError::AlgMissing { could_be: set(&accepted) }),
    };
    let public = |one: &Algorithm| !KINDS[0].3.contains(one);
    if kty == "oct" && all().any(|(one, _)| public(&one) && allowed.contains(one)) {
        return Err(KeyError::SecretAmongPublicKeys);
    }
    if enabled(algorithm) { Ok(algorithm) } else { Err(KeyError::FeatureDisabled { alg: algorithm }) }
}

/// Tokens of this header: one signed as it should be, and, where a secret is asked for and the key is public,
/// some whose tag is made with what everybody can read of that key.
fn tokens(header: Algorithm, kind: usize) -> &'static [String] {
    static MADE: LazyLock<Vec<(Algorithm, usize, Vec<String>)>> = LazyLock::new(|| {
        let cells = all().flat_map(|(header, _)| (0..KINDS.len()).map(move |kind| (header, kind)));
        cells.map(|(header, kind)| (header, kind, make_tokens(header, kind))).collect()
    });
    &MADE.iter().find(|(of, with, _)| (*of, *with) == (header, kind)).unwrap().2
}

fn make_tokens(header: Algorithm, kind: usize) -> Vec<String> {
    let text = format!(r#"{{"alg":"{header}","kid":"k"}}"#);
    let (_, own) = all().find(|(one, _)| *one == header).unwrap();
    let mut tokens = vec![signer_for(header, KINDS[own].2).token(&text, "payload")];
    let name = KINDS[kind].2;
    let secrets = match (header, KINDS[kind].0) {
        (Hs256, "EC") => vec![support::member(name, "x"), support::member(name, "y")],
        (Hs256, "RSA") => vec![support::member(name, "n"), support::jwk(name, "").into_bytes()],
        (Hs256, "OKP") => vec![support::member(name, "x")],
        _ => vec![],
    };
    tokens.extend(secrets.into_iter().map(|secret| Signer::of_secret(secret).token(&text, "payload")));
    tokens
}

#[test]
fn cube_of_single_keys() {
    let mut cells = 0;
    for (key, kind) in all().filter(|(key, _)| enabled(*key)) {
        let single = support::key_for(key, KINDS[kind].2);
        let pairs = [("k", single.clone())];
        for (header, _) in all() {
            for (token, allowed) in tokens(header, kind)
                .iter()
                .flat_map(|token| support::allow_lists().into_iter().map(move |a| (token, a)))
            {
                let expected = of_header(header, allowed).and_then(|()| of_key(header, key));
                let context = format!("{header} token, {key} key, {allowed} allowed");
                assert_eq!(outcome(&single, allowed, token), expected, "{context}");
                assert_eq!(outcome(&pairs, allowed, token), expected, "{context}, array");
                assert_eq!(outcome(pairs.as_slice(), allowed, token), expected, "{context}, slice");
                cells += 1;
            }
        }
    }
    // 12 algorithms in headers, 79 allow-lists.
    assert!(cells >= 12 * 79, "{cells} cells");
}

#[test]
fn cube_of_sets() {
    let mut cells = 0;
    let keys = all().map(|(one, kind)| (kind, Some(one))).chain((0..KINDS.len()).map(|kind| (kind, None)));
    for (kind, alg) in keys {
        let more = alg.map_or(r#""kid":"k""#.into(), |alg| format!(r#""kid":"k","alg":"{alg}""#));
        let member = support::jwk(KINDS[kind].2, &more);
        for allowed in support::allow_lists() {
            let key = bound(kind, alg, allowed);
            let made = Jwk::parse(&member).unwrap().verifying_key(allowed);
            assert_eq!(made.map(|key| key.algorithm()), key, "{member}, {allowed} allowed");

            // A neighbour that can be used, so that there is a KeySet wherever this build can have one.
            let usable =
                |(one, neighbour): &(Algorithm, usize)| bound(*neighbour, Some(*one), allowed).is_ok();
            let neighbour = all()
                .find(usable)
                .map(|(one, kind)| support::jwk(KINDS[kind].2, &format!(r#""kid":"n","alg":"{one}""#)));
            let members: Vec<_> = neighbour.into_iter().chain([member.clone()]).collect();
            let text = format!(r#"{{"keys":[{}]}}"#, members.join(","));
            let jwks = Jwks::parse(&text).unwrap();
            #[cfg(feature = "alloc")]
            let built = jose_core::KeySet::from_jwks(&jwks, allowed);
            for (header, _) in all() {
                for token in tokens(header, kind) {
                    let expected = of_header(header, allowed).and_then(|()| match key {
                        Ok(key) => of_key(header, key),
                        Err(reason) => Err(SelectError::KeyUnusable { reason }.into()),
                    });
                    let context = format!("{header} token, {member}, {allowed} allowed");
                    assert_eq!(outcome(jwks.keys(allowed), allowed, token), expected, "{context}");
                    #[cfg(feature = "alloc")]
                    if let Ok(built) = &built {
                        assert_eq!(outcome(built, allowed, token), expected, "{context}, KeySet");
                    }
                    cells += 1;
                }
            }
        }
    }
    // The same, and 17 keys: one for each algorithm, and one of each of 5 kinds without `alg`.
    assert!(cells >= 12 * 79 * 17, "{cells} cells");
}

/// One algorithm of two names: whichever the header has, and whichever the key, it is that one.
#[test]
fn ed25519_under_two_names() {
    if !enabled(Ed25519) {
        return;
    }
    let signer = signer_for(Ed25519, "ed25519");
    for of_key in [r#""alg":"EdDSA""#, r#""alg":"Ed25519""#, ""] {
        let jwk = support::jwk("ed25519", of_key);
        let key: VerifyingKey = Jwk::parse(&jwk).unwrap().verifying_key(Ed25519).unwrap();
        for of_header in ["EdDSA", "Ed25519"] {
            let token = signer.token(format!(r#"{{"alg":"{of_header}"}}"#), "");
            assert_eq!(outcome(&key, Ed25519.into(), &token), Ok(Ed25519), "{of_header}, {of_key}");
        }
        for other in ["Ed448", "eddsa", "ED25519", "ed25519", "EdDSA "] {
            let token = signer.token(format!(r#"{{"alg":"{other}"}}"#), "");
            let expected = SelectError::AlgorithmUnsupported { alg: excerpt(other) };
            assert_eq!(outcome(&key, Ed25519.into(), &token), Err(expected.into()));
        }
    }
    // The same `kty`, and `EdDSA` as well in RFC 8037: keys of other curves are set aside by their name.
    for (crv, length) in [("Ed448", 57), ("X25519", 32), ("X448", 56), ("P-256", 32)] {
        for alg in ["", r#","alg":"EdDSA""#, r#","alg":"Ed25519""#] {
            let x = support::b64(vec![9; length]);
            let jwk = format!(r#"{{"kty":"OKP","crv":"{crv}","x":"{x}"{alg}}}"#);
            let made = Jwk::parse(&jwk).unwrap().verifying_key(Ed25519).map(drop);
            assert_eq!(made, Err(KeyError::CrvUnsupported { kty: "OKP", crv: excerpt(crv) }));
        }
    }
}
