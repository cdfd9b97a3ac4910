//! Two sources of truth for the algorithm: the cube of the header's algorithm, the key's and the allow-list,
//! for every kind of key source. Seen in CVE-2026-48523.
//!
//! The cells are written here as tables, and not taken from the crate.

use Algorithm::{Es256 as E, Hs256 as H, Rs256 as R};
use Cell::{Key, Not, Ok as Yes, Out, Sec};
use jose_core::{Algorithm, AlgorithmSet, Error, KeyError, SelectError};

use super::support::{self, Signer, outcome, outcome_of_set, signer};

#[derive(Clone, Copy, Debug)]
enum Cell {
    /// Accepted.
    Ok,
    /// The header's algorithm is not in the allow-list.
    Not,
    /// The header's algorithm is not the key's.
    Key,
    /// A member of a set whose algorithm is not in the allow-list is set aside.
    Out,
    /// A secret in a set is set aside when the allow-list has public-key algorithms as well.
    Sec,
}

/// Header, key, and one cell for each allow-list, in the order of `support::allow_lists`. First for keys
/// that the caller handed over one by one.
const KEYS: [(Algorithm, Algorithm, [Cell; 7]); 9] = [
    //       H    E    R    HE   HR   ER   HER
    (H, H, [Yes, Not, Not, Yes, Yes, Not, Yes]),
    (H, E, [Key, Not, Not, Key, Key, Not, Key]),
    (H, R, [Key, Not, Not, Key, Key, Not, Key]),
    (E, H, [Not, Key, Not, Key, Not, Key, Key]),
    (E, E, [Not, Yes, Not, Yes, Not, Yes, Yes]),
    (E, R, [Not, Key, Not, Key, Not, Key, Key]),
    (R, H, [Not, Not, Key, Not, Key, Key, Key]),
    (R, E, [Not, Not, Key, Not, Key, Key, Key]),
    (R, R, [Not, Not, Yes, Not, Yes, Yes, Yes]),
];

/// The same for members of a set, which the allow-list is applied to as well.
const SETS: [(Algorithm, Algorithm, [Cell; 7]); 9] = [
    //       H    E    R    HE   HR   ER   HER
    (H, H, [Yes, Not, Not, Sec, Sec, Not, Sec]),
    (H, E, [Out, Not, Not, Key, Out, Not, Key]),
    (H, R, [Out, Not, Not, Out, Key, Not, Key]),
    (E, H, [Not, Out, Not, Sec, Not, Out, Sec]),
    (E, E, [Not, Yes, Not, Yes, Not, Yes, Yes]),
    (E, R, [Not, Out, Not, Out, Not, Key, Key]),
    (R, H, [Not, Not, Out, Not, Sec, Out, Sec]),
    (R, E, [Not, Not, Out, Not, Out, Key, Key]),
    (R, R, [Not, Not, Yes, Not, Yes, Yes, Yes]),
];

impl Cell {
    fn expected(self, alg: Algorithm, key: Algorithm, allowed: AlgorithmSet) -> Result<Algorithm, Error> {
        let aside = |reason| Err(SelectError::KeySetAside { reason }.into());
        match self {
            Not => Err(SelectError::AlgorithmNotAllowed { alg, allowed }.into()),
            Out => aside(KeyError::AlgNotAllowed { alg: key, allowed }),
            Sec => aside(KeyError::SecretAmongPublic),
            // A set with a key that this build cannot use says so.
            _ if !support::enabled(key) => aside(KeyError::FeatureDisabled { alg: key }),
            Key => Err(SelectError::AlgorithmMismatch { header: alg, key }.into()),
            Yes => Ok(alg),
        }
    }
}

/// Tokens of this header: one signed as it should be, and, for HS256 with a public key, some whose tag is
/// made with what everybody can read of that key.
fn tokens(header: Algorithm, key: Algorithm) -> Vec<String> {
    let text = format!(r#"{{"alg":"{header}","kid":"k"}}"#);
    let mut tokens = vec![signer(support::usual(header)).token(&text, "payload")];
    let name = support::usual(key);
    let secrets = match (header, key) {
        (H, E) => vec![support::member(name, "x"), support::member(name, "y")],
        (H, R) => vec![support::member(name, "n"), support::jwk(name, "").into_bytes()],
        _ => vec![],
    };
    tokens.extend(secrets.into_iter().map(|secret| Signer::Hs256(secret).token(&text, "payload")));
    tokens
}

#[test]
fn cube_of_single_keys() {
    let mut cells = 0;
    for (header, key, row) in KEYS.into_iter().filter(|(_, key, _)| support::enabled(*key)) {
        let single = support::key(support::usual(key));
        let pairs = [("k", single.clone())];
        for (allowed, cell) in support::allow_lists().into_iter().zip(row) {
            for token in tokens(header, key) {
                let expected = cell.expected(header, key, allowed);
                let context = format!("{header} token, {key} key, {allowed} allowed");
                assert_eq!(outcome(&single, allowed, &token), expected, "{context}");
                assert_eq!(outcome(&pairs, allowed, &token), expected, "{context}, array");
                assert_eq!(outcome(pairs.as_slice(), allowed, &token), expected, "{context}, slice");
                cells += 1;
            }
        }
    }
    assert!(cells >= 21, "{cells} cells");
}

#[test]
fn cube_of_sets() {
    let mut cells = 0;
    for (header, key, row) in SETS {
        let member = support::jwk(support::usual(key), r#""kid":"k""#);
        for (allowed, cell) in support::allow_lists().into_iter().zip(row) {
            // A neighbour that can be used, so that there is a KeySet wherever this build can have one.
            let usable = |algorithm: &Algorithm| {
                support::enabled(*algorithm) && (*algorithm != H || allowed == AlgorithmSet::only(H))
            };
            let neighbour = allowed.iter().find(usable);
            let neighbour =
                neighbour.map(|algorithm| support::jwk(support::usual(algorithm), r#""kid":"n""#));
            let text = format!(
                r#"{{"keys":[{}]}}"#,
                neighbour.into_iter().chain([member.clone()]).collect::<Vec<_>>().join(",")
            );
            for token in tokens(header, key) {
                let expected = cell.expected(header, key, allowed);
                let context = format!("{header} token, {key} key, {allowed} allowed");
                assert_eq!(outcome_of_set(&text, allowed, &token), expected, "{context}");
                cells += 1;
            }
        }
    }
    assert!(cells >= 63, "{cells} cells");
}
