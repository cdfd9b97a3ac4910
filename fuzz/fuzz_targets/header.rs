//! A header says of itself what serde_json reads in it; where it is refused, it is for the first reason in
//! the order of its text. Any parameter is that of serde_json, and `crit` is held to RFC 7515 §4.1.11.
//!
//! The input is the header's JSON, and then once more a whole token.

#![no_main]

use base64ct::{Base64UrlUnpadded, Encoding};
use jose_core::json::JsonString;
use jose_core::{
    Algorithm, Error, Header, Limits, UnverifiedJws,
    error::{ParseError, SelectError},
};
use jose_core_fuzz::document::{Document, Member, Value, offset, same_fault};
use jose_core_fuzz::reference;
use libfuzzer_sys::fuzz_target;

/// What the application understands. Of these `alg` is no extension, and `b64` is not supported.
const UNDERSTOOD: [&str; 5] = ["x", "alg", "b64", "http://x", "\u{e9}"];

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
        return assert_eq!(parsed.err(), Some(ParseError::HeaderTooLong { length, max: limit }));
    }
    understanding(token, json);
    match (parsed, Document::read(json)) {
        (parsed, Some(document)) => {
            let found = parsed.map(|jws| parameters(jws.header()));
            match (found, expected(&document, json, false)) {
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
            ParseError::ParameterType { .. } | ParseError::CritUnsupported | ParseError::UnencodedPayload => {
                assert!(json.trim_ascii_start().starts_with(b"{"))
            }
            error => panic!("{error}"),
        },
        (Ok(jws), None) => panic!("{jws:?}, which serde_json refuses"),
    }
}

/// The same for an application that understands some extensions.
fn understanding(token: &[u8], json: &[u8]) {
    let mut scratch = vec![0; json.len()];
    let limits = Limits::new().max_token_length(usize::MAX);
    let parsed = UnverifiedJws::parse_understanding(token, &mut scratch, limits, &UNDERSTOOD);
    let Some(document) = Document::read(json) else { return assert!(parsed.is_err()) };
    let members = if let Value::Object(members) = &document.value { &members[..] } else { &[] };
    let found = parsed.map(|jws| {
        read(jws.header(), members, json);
        parameters(jws.header())
    });
    match (found, expected(&document, json, true)) {
        (Err(Error::Parse(_)), Err(_)) if document.is_large() => {}
        (Err(Error::Select(error)), Ok(_)) => {
            // An `Excerpt` cannot be made here, so that errors are compared as they are shown.
            assert_eq!(Some(format!("{error:?}")), crit_fault(members));
        }
        (found, Ok(parameters)) => {
            assert_eq!(found, Ok(parameters));
            assert_eq!(crit_fault(members), None);
        }
        (found, Err(error)) => assert_eq!(found, Err(error.into())),
    }
}

/// Every parameter, by its name and in the order of the text.
fn read(header: &Header<'_>, members: &[Member<'_>], json: &[u8]) {
    assert_eq!(header.as_json().as_bytes(), json);
    assert_eq!(header.iter().count(), members.len());
    for ((name, value), member) in header.iter().zip(members) {
        assert!(name == member.name && value.to_string() == member.value.text);
        assert_eq!(header.get(&member.name), Some(value));
    }
}

/// What is wrong with `crit`: the worst of the first name that is not as it must be.
fn crit_fault(members: &[Member<'_>]) -> Option<String> {
    let registered =
        "alg jku jwk kid x5u x5c x5t x5t#S256 typ cty crit epk apu apv iv tag p2s p2c b64".split(' ');
    let registered: Vec<&str> = registered.collect();
    let malformed = Some(format!("{:?}", SelectError::CritMalformed));
    let crit = members.iter().find(|member| member.name == "crit")?;
    let names = match &crit.value.value {
        Value::Array(names) if !names.is_empty() => names,
        _ => return malformed,
    };
    let mut before = Vec::new();
    for name in names {
        let Some(name) = name.string() else { return malformed };
        let of = |variant| Some(format!("{variant} {{ name: {} }}", reference::excerpt(name)));
        if registered.contains(&name) {
            return of("CritRegistered");
        } else if !UNDERSTOOD.contains(&name) {
            return of("CritNotUnderstood");
        } else if before.contains(&name) {
            return of("CritDuplicate");
        } else if !members.iter().any(|member| member.name == name) {
            return of("CritAbsent");
        }
        before.push(name);
    }
    None
}

fn parameters(header: &Header<'_>) -> Parameters {
    let alg = match header.algorithm() {
        Ok(algorithm) => algorithm.name().to_owned(),
        Err(alg) => format!("not implemented: {alg}"),
    };
    let text = |string: JsonString<'_>| string.to_string();
    (alg, header.kid().map(text), header.typ().map(text))
}

fn expected(document: &Document<'_>, json: &[u8], crit_later: bool) -> Result<Parameters, ParseError> {
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
            "crit" if !crit_later => return Err(ParseError::CritUnsupported),
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
