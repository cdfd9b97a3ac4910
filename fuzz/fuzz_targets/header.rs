//! A header says of itself what serde_json reads in it; where it is refused, it is for the first reason in
//! the order of its text.
//!
//! The input is the header's JSON, and then once more a whole token.

#![no_main]

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_core::json::JsonString;
use jose_core::{Algorithm, Header, Limits, ParseError, UnverifiedJws};
use jose_core_fuzz::document::{Document, Value, offset, same_fault};
use jose_core_fuzz::reference;
use libfuzzer_sys::fuzz_target;

/// `alg`, `kid` and `typ`.
type Parameters = (String, Option<String>, Option<String>);

fuzz_target!(|data: &[u8]| {
    let encoded = Base64UrlUnpadded::encode_string(data);
    let token = [encoded.as_str(), "..AA"].concat();
    check(token.as_bytes(), encoded.as_bytes(), data);

    let mut parts = data.split(|byte| *byte == b'.');
    if let (Some(header), Some(_), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        && let Ok(decoded) = reference::base64url(header)
    {
        check(data, header, &decoded);
    }
});

/// `json` is what `encoded`, the first of the token's three parts, encodes.
fn check(token: &[u8], encoded: &[u8], json: &[u8]) {
    let mut scratch = vec![0; json.len()];
    let parsed = UnverifiedJws::parse(token, &mut scratch, Limits::new().max_token_length(usize::MAX));
    let (length, limit) = (encoded.len(), Limits::new().header_length());
    if length > limit {
        return assert_eq!(parsed.err(), Some(ParseError::HeaderTooLong { length, limit }));
    }
    match (parsed, Document::read(json)) {
        (parsed, Some(document)) => {
            let found = parsed.map(|jws| parameters(jws.header()));
            match (found, expected(&document, json)) {
                // What is said of names twice is said late.
                (Err(ParseError::HeaderJson(error)), Err(_)) if document.is_large() => {
                    assert!(document.agrees(json, Some(error)), "{error}");
                }
                (Err(_), Err(ParseError::HeaderJson(_))) if document.is_large() => {}
                (found, expected) => assert_eq!(found, expected),
            }
        }
        // Faults of the members before the place where it is no JSON come first.
        (Err(error), None) => match error {
            ParseError::HeaderJson(error) => same_fault(json, error),
            ParseError::ParameterType { .. } | ParseError::Crit | ParseError::UnencodedPayload => {
                assert!(json.trim_ascii_start().starts_with(b"{"))
            }
            error => panic!("{error}"),
        },
        (Ok(jws), None) => panic!("{jws:?}, which serde_json refuses"),
    }
}

fn parameters(header: &Header<'_>) -> Parameters {
    let alg = match header.algorithm() {
        Ok(algorithm) => algorithm.name().to_owned(),
        Err(alg) => format!("not implemented: {alg}"),
    };
    let text = |string: JsonString<'_>| string.to_string();
    (alg, header.kid().map(text), header.typ().map(text))
}

fn expected(document: &Document<'_>, json: &[u8]) -> Result<Parameters, ParseError> {
    let fault = document.fault(json);
    let Value::Object(members) = &document.value else {
        return Err(fault.map_or(ParseError::HeaderNotObject, ParseError::HeaderJson));
    };
    let (mut alg, mut kid, mut typ) = (None, None, None);
    for member in members {
        let value = &member.value;
        let end = offset(json, value.text) + value.text.len();
        if let Some(fault) = fault.filter(|fault| fault.offset < end) {
            return Err(ParseError::HeaderJson(fault));
        }
        let string = |name| value.string().map(str::to_owned).ok_or(ParseError::ParameterType { name });
        match member.name.as_str() {
            "alg" => alg = Some(string("alg")?),
            "kid" => kid = Some(string("kid")?),
            "typ" => typ = Some(string("typ")?),
            "crit" => return Err(ParseError::Crit),
            "b64" if !matches!(value.value, Value::Bool(true)) => return Err(ParseError::UnencodedPayload),
            _ => {}
        }
    }
    let alg = alg.ok_or(ParseError::AlgMissing)?;
    let implemented = Algorithm::ALL.iter().any(|algorithm| algorithm.name() == alg);
    let alg = if alg == "EdDSA" {
        // The older name of the same.
        "Ed25519".to_owned()
    } else if implemented {
        alg
    } else {
        format!("not implemented: {}", reference::excerpt(&alg))
    };
    Ok((alg, kid, typ))
}
