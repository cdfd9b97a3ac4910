//! Algorithms that one key could carry, and the two names of one algorithm: neither is taken for a wrong key.

use Algorithm::{Ed25519, Es256, Es384, Hs256, Hs512, Ps256, Ps384, Rs256, Rs512};
use jose_core::diagnose::Cause;
use jose_core::{
    Algorithm, AlgorithmSet, Error, Jwks, Verifier,
    error::{KeyError, SelectError, SignatureError},
};

use super::causes::{CLAIMS, NOW, POLICY};
use super::support::{b64, excerpt, jwk, signer_for, usual};

/// What a token gets from a set of one key: the refusal, the causes, and the report.
#[track_caller]
fn judge(key: &str, allowed: AlgorithmSet, token: &str) -> (Option<Error>, Vec<Cause>, String) {
    let set = format!(r#"{{"keys":[{key}]}}"#);
    let jwks = Jwks::parse(&set).unwrap();
    let verifier = Verifier::new(jwks.keys(allowed));
    super::agree("families", &verifier, token.as_bytes(), &POLICY, NOW);
    let mut scratch = [0; 4096];
    let diagnosis = verifier.diagnose(token, &mut scratch, &POLICY, NOW);
    let causes = diagnosis.problems().map(|problem| problem.cause()).collect();
    (diagnosis.refusal(), causes, diagnosis.to_string())
}

/// The usual test key of an algorithm, for the algorithm that is named.
fn member(of: Algorithm, alg: Option<Algorithm>) -> String {
    jwk(usual(of), &alg.map_or(r#""kid":"k""#.into(), |alg| format!(r#""kid":"k","alg":"{alg}""#)))
}

fn token(alg: Algorithm, key: &str) -> String {
    signer_for(alg, key).token(format!(r#"{{"alg":"{alg}","kid":"k"}}"#), CLAIMS)
}

/// A token of another algorithm than the verifier's, or the key's, is told from one that another key signed.
#[test]
fn siblings_are_no_wrong_keys() {
    for (own, other, another_key) in [
        (Rs256, Ps256, "rsa-2048-b"),
        (Ps256, Rs256, "rsa-2048-b"),
        (Rs256, Rs512, "rsa-2048-b"),
        (Ps384, Ps256, "rsa-2048-b"),
        (Hs512, Hs256, "hmac-65"),
    ] {
        let key = usual(own);
        let (by_own, by_other) = (token(own, key), token(other, key));
        let (bound, unbound) = (member(own, Some(own)), member(own, None));
        let both = own | other;
        let not_allowed = Error::from(SelectError::AlgorithmNotAllowed { alg: other, allowed: own.into() });
        let aside = |reason| Error::from(SelectError::KeyUnusable { reason });
        let foreign = KeyError::AlgNotAllowed { alg: other.into(), allowed: own.into() };
        for (key, allowed, token, error, cause) in [
            (&bound, own.into(), &by_other, not_allowed, Cause::AlgorithmNotAllowed),
            (&unbound, own.into(), &by_other, not_allowed, Cause::AlgorithmNotAllowed),
            (
                &bound,
                both,
                &by_other,
                SelectError::AlgorithmMismatch { header: other, key: own }.into(),
                Cause::KeyTypeMismatch,
            ),
            (&unbound, both, &by_own, aside(KeyError::AlgMissing { could_be: both }), Cause::KeyUnusable),
            (&member(own, Some(other)), own.into(), &by_own, aside(foreign), Cause::KeyTypeMismatch),
        ] {
            let (refusal, causes, report) = judge(key, allowed, token);
            assert_eq!((refusal, causes), (Some(error), vec![cause]), "{own}, {other}: {report}");
            assert!(report.contains(own.name()) && report.contains(other.name()), "{report}");
        }
        for (key, allowed) in [(&bound, own.into()), (&bound, both), (&unbound, own.into())] {
            let (refusal, causes, report) = judge(key, allowed, &by_own);
            assert_eq!((refusal, causes), (None, vec![]), "{report}");
            let (refusal, causes, report) = judge(key, allowed, &token(own, another_key));
            let invalid = Error::from(SignatureError::Invalid);
            assert_eq!((refusal, causes), (Some(invalid), vec![Cause::SignatureInvalid]), "{report}");
        }
    }
}

/// Whichever of its names header, key and allow-list have, it is one algorithm, and no report says that two
/// of them differ.
#[test]
fn ed25519_has_two_names() {
    let by = |key: &str, header: &str| {
        signer_for(Ed25519, key).token(format!(r#"{{"alg":"{header}","kid":"k"}}"#), CLAIMS)
    };
    let names = ["EdDSA", "Ed25519"];
    for (header, of_key, allowed) in names.into_iter().flat_map(|header| {
        ["", r#","alg":"EdDSA""#, r#","alg":"Ed25519""#]
            .into_iter()
            .flat_map(move |of_key| names.map(|allowed| (header, of_key, allowed)))
    }) {
        let allowed = AlgorithmSet::from_names([allowed]).unwrap();
        let key = jwk("ed25519", &format!(r#""kid":"k"{of_key}"#));
        let (refusal, causes, report) = judge(&key, allowed, &by("ed25519", header));
        assert_eq!((refusal, causes), (None, vec![]), "{report}");
        assert!(report.contains(&format!(r#"alg "{header}""#)), "{report}");
        let (refusal, causes, report) = judge(&key, allowed, &by("ed25519-b", header));
        let invalid = Error::from(SignatureError::Invalid);
        assert_eq!((refusal, causes), (Some(invalid), vec![Cause::SignatureInvalid]), "{report}");
        // What Ed448 signs has 114 octets.
        let token = by("ed25519", header);
        let (input, _) = token.rsplit_once('.').unwrap();
        let (refusal, causes, report) = judge(&key, allowed, &format!("{input}.{}", b64([7; 114])));
        let length = Error::from(SignatureError::WrongLength { found: 114, expected: 64 });
        assert_eq!((refusal, causes), (Some(length), vec![Cause::SignatureLength]), "{report}");
        // A key on Ed448 is none for either name.
        let ed448 = format!(r#"{{"kty":"OKP","crv":"Ed448","kid":"k"{of_key},"x":"{}"}}"#, b64([9; 57]));
        let (refusal, causes, report) = judge(&ed448, allowed, &by("ed25519", header));
        let reason = KeyError::CrvUnsupported { kty: "OKP", crv: excerpt("Ed448") };
        let aside = Error::from(SelectError::KeyUnusable { reason });
        assert_eq!((refusal, causes), (Some(aside), vec![Cause::KeyTypeMismatch]), "{report}");
    }
    // Another algorithm, on either side.
    for header in names {
        let (refusal, causes, report) = judge(&member(Es256, None), Es256.into(), &by("ed25519", header));
        let error = SelectError::AlgorithmNotAllowed { alg: Ed25519, allowed: Es256.into() };
        assert_eq!((refusal, causes), (Some(error.into()), vec![Cause::AlgorithmNotAllowed]), "{report}");
    }
    for other in [Es256, Es384] {
        let (refusal, causes, report) =
            judge(&member(Ed25519, None), Ed25519.into(), &token(other, usual(other)));
        let error = SelectError::AlgorithmNotAllowed { alg: other, allowed: Ed25519.into() };
        assert_eq!((refusal, causes), (Some(error.into()), vec![Cause::AlgorithmNotAllowed]), "{report}");
    }
}
