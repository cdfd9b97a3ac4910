//! Documents that were to be a JWK Set or a JWK: every cause, and what a report says beside it.

use jose_core::Algorithm;
use jose_core::diagnose::{Cause, diagnose_jwk, diagnose_set};

use super::causes::{members, public, set};
use super::support::jwk;

const CERTIFICATES: &str = r#"{"1b9":"-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n"}"#;
const PUBLIC_KEYS: &str = r#"{"f9R3yg":"-----BEGIN PUBLIC KEY-----\nMFk\n-----END PUBLIC KEY-----\n"}"#;
const METADATA: &str = r#"{"issuer":"https:\/\/i","jwks_uri":"https:\/\/i\/jwks"}"#;
const PEM: &str = "-----BEGIN PUBLIC KEY-----\nMII";

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

pub(crate) fn set_cases() -> Vec<(Vec<Cause>, Vec<Cause>)> {
    use Cause::*;
    let ec = jwk("p256", "");
    let long = format!(r#"{{"keys":[{}1]}}"#, "1,".repeat(300_000));
    let documents: Vec<(String, Option<Cause>)> = vec![
        (set(""), None),
        (r#"{"keys":[]}"#.into(), Some(NoKeys)),
        (ec.clone(), Some(SetIsJwk)),
        (CERTIFICATES.into(), Some(SetIsCertificates)),
        (PUBLIC_KEYS.into(), Some(SetIsPublicKeys)),
        (r#"{"note":"see -----BEGIN CERTIFICATE-----"}"#.into(), Some(SetWithoutKeys)),
        (r#"{"a":"-----BEGIN OPENSSH PRIVATE KEY-----"}"#.into(), Some(SetWithoutKeys)),
        (METADATA.into(), Some(DocumentIsDiscovery)),
        ("\n<!DOCTYPE html><title>Sign in</title>".into(), Some(DocumentIsHtml)),
        ("\u{feff}<?xml version=\"1.0\"?>".into(), Some(DocumentIsHtml)),
        (PEM.into(), Some(DocumentIsPem)),
        (format!("[{ec}]"), Some(SetIsArray)),
        (r#"[{"error":"x"}]"#.into(), Some(SetWithoutKeys)),
        (format!(r#"{{"a":{ec},"b":{ec}}}"#), Some(SetIsMap)),
        (format!(r#"{{"keys":{{"a":{ec}}}}}"#), Some(SetIsMap)),
        (format!(r#"{{"Keys":[{ec}]}}"#), Some(KeysElsewhere)),
        (format!(r#"{{"id":7,"jwks":{}}}"#, set("")), Some(KeysElsewhere)),
        (format!(r#"{{"data":[{ec}]}}"#), Some(KeysElsewhere)),
        (r#"{"Keys":[],"data":[{"id":1}],"jwks":{"keys":{}}}"#.into(), Some(SetWithoutKeys)),
        (format!("\u{feff}{}", set("")), Some(ByteOrderMark)),
        (r#"{"keys":[],"keys":[]}"#.into(), Some(DuplicateName)),
        ("[]".into(), Some(SetWithoutKeys)),
        (r#"{"message":"Not Found"}"#.into(), Some(SetWithoutKeys)),
        (r#"{"keys":{}}"#.into(), Some(SetWithoutKeys)),
        ("null".into(), Some(SetWithoutKeys)),
        (String::new(), Some(DocumentNotJson)),
        ("upstream timed out".into(), Some(DocumentNotJson)),
        (r#"{"keys":[{"kty":"#.into(), Some(DocumentNotJson)),
        (long, Some(SetTooLong)),
        (format!(r#"{{"keys":[{}0]}}"#, "0,".repeat(1024)), Some(TooManyKeys)),
        (format!(r#"{{"keys":[{ec}]{}}}"#, members(1025)), Some(TooManyMembers)),
    ];
    let octets: [(Vec<u8>, Option<Cause>); 4] = [
        (utf16(&set("")), Some(Utf16)),
        (utf16(&format!("\u{feff}{}", set(""))), Some(Utf16)),
        (vec![0x1f, 0x8b, 8, 0, 0], Some(Gzip)),
        (vec![0x1f, 0x8c, 8, 0, 0], Some(DocumentNotJson)),
    ];
    let documents = documents.into_iter().map(|(text, cause)| (text.into_bytes(), cause)).chain(octets);
    let found = documents.map(|(document, expected)| {
        let diagnosis = diagnose_set(&document);
        super::printable(&diagnosis.to_string());
        (diagnosis.cause().into_iter().collect(), expected.into_iter().collect())
    });
    found.collect()
}

pub(crate) fn jwk_cases() -> Vec<(Vec<Cause>, Vec<Cause>)> {
    use Cause::*;
    let ec = jwk("p256", "");
    let documents: Vec<(Vec<u8>, Option<Cause>)> = vec![
        (ec.clone().into(), None),
        (PEM.into(), Some(DocumentIsPem)),
        (r#""-----BEGIN PUBLIC KEY-----\nMII""#.into(), Some(DocumentIsPem)),
        ("<html>".into(), Some(DocumentIsHtml)),
        (utf16(&ec), Some(Utf16)),
        (vec![0x1f, 0x8b, 8, 0, 0], Some(Gzip)),
        (format!("\u{feff}{ec}").into(), Some(ByteOrderMark)),
        (set("").into(), Some(JwkIsSet)),
        (format!("[{ec}]").into(), Some(JwkIsSet)),
        (METADATA.into(), Some(DocumentIsDiscovery)),
        (CERTIFICATES.into(), Some(SetIsCertificates)),
        (r#"{"x":"AA"}"#.into(), Some(JwkWithoutKty)),
        ("[1]".into(), Some(JwkWithoutKty)),
        (r#""text""#.into(), Some(JwkWithoutKty)),
        ("MFkwEwYHKoZIzj0".into(), Some(DocumentNotJson)),
        (r#"{"kty":"EC","kty":"EC"}"#.into(), Some(DuplicateName)),
        (jwk("p256", r#""use":"enc""#).into(), Some(KeyUnusable)),
        (jwk("p256", r#""d":"AA""#).into(), Some(PrivateKeyPublished)),
        (jwk("rsa-2048", r#""alg":"ES256""#).into(), Some(KeyTypeMismatch)),
    ];
    let found = documents.into_iter().map(|(document, expected)| {
        let diagnosis = diagnose_jwk(&document, public());
        super::printable(&diagnosis.to_string());
        assert_eq!(diagnosis.outcome().is_err(), diagnosis.cause().is_some());
        (diagnosis.cause().into_iter().collect(), expected.into_iter().collect())
    });
    found.collect()
}

/// A report has the form of a token's, and names the member that the keys stand in.
#[test]
fn reports_of_documents() {
    let ec = jwk("p256", "");
    let nested = diagnose_set(&format!(r#"{{"d\u00e4ta":[{ec}]}}"#)).to_string();
    let lines: Vec<&str> = nested.lines().collect();
    assert!(
        lines[0].starts_with("refused: ") && lines[1].starts_with("  keys       in the member 'd\\u{e4}ta'"),
        "{nested}"
    );
    assert_eq!(lines[2], "what to change:");
    assert!(lines[3].starts_with("  1. KeysElsewhere: ") && lines.len() == 4, "{nested}");
    super::printable(&nested);

    let private = diagnose_jwk(&jwk("p256", r#""d":"AA""#), public());
    let error = private.outcome().unwrap_err();
    assert_eq!(
        private.to_string(),
        format!("refused: {error}\nwhat to change:\n  1. {}", Cause::PrivateKeyPublished)
    );
    assert_eq!(diagnose_jwk(&ec, Algorithm::Es256).to_string(), "a JWK, bound to ES256");
}
