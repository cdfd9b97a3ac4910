//! The page "How a token is judged" tells the order in which the code checks: for every row, a token that
//! fails this check and all later ones gives the error of this row. The picture on the page is drawn from its
//! tables.

#![cfg(all(feature = "serde", feature = "hs256", feature = "es256", feature = "rs256"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

mod support;

use core::fmt::Write as _;
use std::collections::BTreeSet;

use jose_core::{Algorithm, ClaimsPolicy, Error, Expect, Jwks, Limits, UnixTime, Verifier};
use serde_json::{Value, json};
use support::{b64, here, jwk, read, signer};

const NOW: i64 = 1_800_000_000;

/// A token, and the verifier and policy that judge it. As it begins, it is accepted.
struct Case {
    limits: Limits,
    scratch: Vec<u8>,
    /// Changes the text of the whole token.
    text: fn(String) -> String,
    header: Value,
    /// The decoded header, in place of `header`.
    header_octets: Option<&'static str>,
    /// What follows the encoded header, and the encoded payload.
    padding: [&'static str; 2],
    understands: bool,
    kid_required: bool,
    keys: Vec<String>,
    signature: fn(Vec<u8>) -> String,
    claims: Value,
    payload_octets: Option<&'static str>,
    policy: [Expect<'static>; 2],
}

impl Case {
    fn new() -> Self {
        Self {
            limits: Limits::new(),
            scratch: vec![0; 1024],
            text: |token| token,
            header: json!({ "alg": "ES256", "kid": "1", "typ": "JWT" }),
            header_octets: None,
            padding: ["", ""],
            understands: true,
            kid_required: true,
            keys: vec![jwk("p256", r#""kid":"1""#), jwk("rsa-2048", r#""kid":"rsa""#)],
            signature: |signature| b64(signature),
            claims: json!({ "iss": "issuer", "aud": "api", "sub": "ada", "iat": NOW, "nbf": NOW, "exp": NOW + 60 }),
            payload_octets: None,
            policy: [Expect::Exactly("issuer"), Expect::Exactly("api")],
        }
    }

    fn judge(mut self) -> Result<(), Error> {
        #[derive(serde::Deserialize)]
        struct Account {
            #[serde(rename = "sub")]
            _sub: String,
        }
        let part = |value: &Value, octets: Option<&str>, padding| {
            b64(octets.map_or(value.to_string(), str::to_owned)) + padding
        };
        let header = part(&self.header, self.header_octets, self.padding[0]);
        let input = format!("{header}.{}", part(&self.claims, self.payload_octets, self.padding[1]));
        let signature = (self.signature)(signer("p256").sign(input.as_bytes()));
        let token = (self.text)(format!("{input}.{signature}"));

        let set = format!(r#"{{"keys":[{}]}}"#, self.keys.join(","));
        let set = Jwks::parse(&set)?;
        let keys = set.keys([Algorithm::Es256, Algorithm::Rs256]);
        let mut verifier = Verifier::new(keys).limits(self.limits).require_typ("JWT");
        if self.understands {
            verifier = verifier.understands(&["exp-x"]);
        }
        if self.kid_required {
            verifier = verifier.require_kid();
        }
        let [iss, aud] = self.policy;
        let policy = ClaimsPolicy::new(iss, aud).max_age(core::time::Duration::from_secs(60));
        let verified = verifier.verify(&token, &mut *self.scratch)?;
        let claims = verified.claims(&policy, UnixTime::from_secs(NOW))?;
        claims.deserialize::<Account>().map(|_| ()).map_err(Error::Claims)
    }
}

/// A way to fail a check: the type and the variant of its error, and text that the error must have.
type Fault = (&'static str, &'static str, fn(&mut Case));

/// Sets, or with `null` removes, a member.
fn set(object: &mut Value, name: &str, value: Value) {
    match value {
        Value::Null => drop(object.as_object_mut().unwrap().remove(name)),
        value => object[name] = value,
    }
}

macro_rules! header {
    ($name:literal: $($value:tt)*) => { |case| set(&mut case.header, $name, json!($($value)*)) };
}

macro_rules! claim {
    ($name:literal: $($value:tt)*) => { |case| set(&mut case.claims, $name, json!($($value)*)) };
}

/// For each row of the page, the faults that it lists.
fn checks() -> Vec<Vec<Fault>> {
    vec![
        vec![("ParseError::TokenTooLong", "", |case| case.limits = case.limits.max_token_length(1))],
        vec![("ParseError::JsonSerialization", "", |case| case.text = |token| format!("{{{token}"))],
        vec![
            ("ParseError::PartsMissing", "", |case| case.text = |token| token.replacen('.', "", 1)),
            ("ParseError::Jwe", "", |case| case.text = |token| token + ".a.b"),
            ("ParseError::TooManyParts", "", |case| case.text = |token| token + ".a"),
        ],
        vec![("ParseError::HeaderTooLong", "", |case| case.limits = case.limits.max_header_length(1))],
        vec![("ParseError::ScratchTooSmall", "", |case| case.scratch = vec![0; 8])],
        vec![("ParseError::HeaderBase64", "'='", |case| case.padding[0] = "=")],
        vec![
            ("ParseError::HeaderJson", "", |case| case.header_octets = Some(r#"{"alg":"ES256""#)),
            ("ParseError::HeaderNotObject", "", |case| case.header_octets = Some("[]")),
            ("ParseError::ParameterType", "'kid'", header!("kid": 1)),
            ("ParseError::CritUnsupported", "", |case| {
                case.understands = false;
                case.header["crit"] = json!(["exp-x"]);
            }),
            ("ParseError::UnencodedPayload", "", header!("b64": false)),
        ],
        vec![("ParseError::AlgMissing", "", header!("alg": null))],
        vec![
            ("SelectError::CritMalformed", "", header!("crit": [])),
            ("SelectError::CritRegistered", "", header!("crit": ["alg"])),
            ("SelectError::CritNotUnderstood", "", header!("crit": ["exp-y"])),
            ("SelectError::CritDuplicate", "", |case| {
                case.header["exp-x"] = json!(1);
                case.header["crit"] = json!(["exp-x", "exp-x"]);
            }),
            ("SelectError::CritAbsent", "", header!("crit": ["exp-x"])),
        ],
        vec![("SelectError::AlgorithmUnsupported", "", header!("alg": "none"))],
        vec![("SelectError::AlgorithmNotAllowed", "", header!("alg": "HS256"))],
        vec![
            ("SelectError::TypMissing", "", header!("typ": null)),
            ("SelectError::TypMismatch", "", header!("typ": "at+jwt")),
        ],
        vec![("SelectError::KidRequired", "", |case| {
            set(&mut case.header, "kid", Value::Null);
            case.kid_required = true;
        })],
        vec![
            ("SelectError::NoKeys", "", |case| case.keys.clear()),
            ("SelectError::KidUnknown", "", header!("kid": "2")),
            ("SelectError::KidNeeded", "", |case| {
                set(&mut case.header, "kid", Value::Null);
                case.kid_required = false;
                case.keys = vec![jwk("p256", ""), jwk("p256-b", "")];
            }),
            ("SelectError::KeyUnusable", "", |case| {
                case.keys = vec![jwk("p256", r#""kid":"1","use":"enc""#)];
            }),
            ("SelectError::KeyAmbiguous", "", |case| {
                case.keys = vec![jwk("p256", r#""kid":"1""#), jwk("p256-b", r#""kid":"1""#)];
            }),
            ("SelectError::AlgorithmMismatch", "", header!("kid": "rsa")),
            ("SelectError::NoKeyForAlgorithm", "", |case| {
                set(&mut case.header, "kid", Value::Null);
                case.kid_required = false;
                case.keys = vec![jwk("p256", r#""use":"enc""#)];
            }),
        ],
        vec![("ParseError::SignatureBase64", "'='", |case| case.signature = |octets| b64(octets) + "=")],
        vec![("SignatureError::WrongLength", "", |case| case.signature = |octets| b64(&octets[1..]))],
        vec![("SignatureError::Invalid", "", |case| {
            case.signature = |mut octets| {
                octets[40] ^= 1;
                b64(octets)
            }
        })],
        vec![("ParseError::PayloadBase64", "'='", |case| case.padding[1] = "=")],
        vec![
            ("ClaimsError::Json", "", |case| case.payload_octets = Some("{")),
            ("ClaimsError::NotObject", "", |case| case.payload_octets = Some("[]")),
        ],
        vec![
            ("ClaimsError::ClaimMissing", "'exp'", claim!("exp": null)),
            ("ClaimsError::ClaimType", "'exp'", claim!("exp": "soon")),
            ("ClaimsError::DateOutOfRange", "'exp'", claim!("exp": 1e300)),
        ],
        vec![
            ("ClaimsError::ClaimType", "'nbf'", claim!("nbf": "soon")),
            ("ClaimsError::DateOutOfRange", "'nbf'", claim!("nbf": 1e300)),
        ],
        vec![
            ("ClaimsError::ClaimMissing", "'iat'", claim!("iat": null)),
            ("ClaimsError::ClaimType", "'iat'", claim!("iat": "now")),
            ("ClaimsError::DateOutOfRange", "'iat'", claim!("iat": 1e300)),
        ],
        vec![
            ("ClaimsError::ClaimPresent", "'iss'", |case| case.policy[0] = Expect::Forbidden),
            ("ClaimsError::ClaimMissing", "'iss'", claim!("iss": null)),
            ("ClaimsError::ClaimType", "'iss'", claim!("iss": 1)),
            ("ClaimsError::IssuerMismatch", "", claim!("iss": "other")),
        ],
        vec![
            ("ClaimsError::ClaimPresent", "'aud'", |case| case.policy[1] = Expect::Forbidden),
            ("ClaimsError::ClaimMissing", "'aud'", claim!("aud": null)),
            ("ClaimsError::ClaimType", "'aud'", claim!("aud": 1)),
            ("ClaimsError::AudienceMismatch", "", claim!("aud": ["other"])),
        ],
        vec![("ClaimsError::Expired", "", claim!("exp": NOW))],
        vec![("ClaimsError::NotYetValid", "", claim!("nbf": NOW + 1))],
        vec![
            ("ClaimsError::IssuedInFuture", "", claim!("iat": NOW + 1)),
            ("ClaimsError::TooOld", "", claim!("iat": NOW - 61)),
        ],
        vec![("ClaimsError::Deserialize", "", claim!("sub": null))],
    ]
}

/// The type and the variant of an error.
fn name(error: Error) -> String {
    let kind = match error {
        Error::Parse(_) => "ParseError",
        Error::Select(_) => "SelectError",
        Error::Signature(_) => "SignatureError",
        Error::Claims(_) => "ClaimsError",
        other => panic!("{other:?} is not about a token"),
    };
    format!("{kind}::{}", error.code())
}

#[test]
fn first_fault_decides() {
    assert_eq!(Case::new().judge(), Ok(()));
    let checks = checks();
    for (place, check) in checks.iter().enumerate() {
        for (expected, text, fault) in check {
            let mut case = Case::new();
            // In reverse, because a later fault may be in what an earlier one replaces.
            checks[place + 1..].iter().rev().for_each(|later| later[0].2(&mut case));
            fault(&mut case);
            let error = case.judge().unwrap_err();
            assert_eq!(name(error), *expected, "{error}");
            assert!(error.to_string().contains(text), "{expected}: {error}");
        }
    }
}

/// A part of the page: its heading, the type that results, and the label and the errors of each row.
#[derive(Default)]
struct Section<'p> {
    heading: &'p str,
    result: Option<&'p str>,
    rows: Vec<(&'p str, Vec<&'p str>)>,
}

fn sections(page: &str) -> Vec<Section<'_>> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    for line in page.lines() {
        if let Some(heading) = line.strip_prefix("# ") {
            sections.push(Section { heading, ..Section::default() });
        } else if let Some((_, result)) = line.split_once("Result: ") {
            sections.last_mut().unwrap().result = result.split('`').nth(1);
        } else if line.starts_with("| ") && !line.starts_with("| check |") {
            let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
            let errors = cells[2].split('`').skip(1).step_by(2).collect();
            sections.last_mut().unwrap().rows.push((cells[0], errors));
        }
    }
    sections
}

#[test]
fn page_lists_the_checks() {
    let page = read(&here("src/pipeline.md"));
    let listed: Vec<_> =
        sections(&page).into_iter().flat_map(|section| section.rows).map(|(_, errors)| errors).collect();
    let checks: Vec<Vec<_>> =
        checks().iter().map(|check| check.iter().map(|(error, ..)| *error).collect()).collect();
    assert_eq!(listed, checks);
}

/// Every error that a token can give belongs to a check.
#[test]
fn no_error_is_left_out() {
    let checks = checks();
    let seen: BTreeSet<_> = checks.iter().flatten().map(|(error, ..)| (*error).to_owned()).collect();
    let codes = read(&here("src/error/codes.md"));
    let mut expected = BTreeSet::new();
    for row in codes.lines().filter(|line| line.starts_with("| `")) {
        let mut spans = row.split('`').skip(1).step_by(2);
        let (stage, kind) = (spans.next().unwrap(), spans.next().unwrap());
        if ["parse", "select", "signature", "claims"].contains(&stage) {
            expected.extend(spans.map(|code| format!("{kind}::{code}")));
        }
    }
    // Only `VerifyingKey::verify` gives this one: the caller names the algorithm there.
    assert!(expected.remove("SignatureError::AlgorithmMismatch"));
    assert_eq!(seen, expected);
}

const BOX: usize = 152;
const GAP: usize = 38;
const LINE: usize = 20;

/// A box for each heading of the page, with its checks, and below each its result.
fn picture(page: &str) -> String {
    let sections = sections(page);
    let rows = sections.iter().map(|section| section.rows.len()).max().unwrap();
    let (width, box_height) = (sections.len() * (BOX + GAP) - GAP + 2, rows * LINE + 46);
    let height = box_height + 60;
    // Alone, the picture follows the system's theme; in a page, the page's colour.
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" role=\"img\" \
         aria-label=\"The checks of a token, in order\" style=\"max-width:100%;height:auto\" \
         font-family=\"system-ui,sans-serif\" font-size=\"13\" fill=\"currentColor\">\n\
         <style>@media(prefers-color-scheme:dark){{svg:root{{color:#f0f6fc}}}}</style>\n"
    );
    let mut number = 0;
    for (place, Section { heading, result, rows }) in sections.iter().enumerate() {
        let x = place * (BOX + GAP) + 1;
        let _ = writeln!(
            svg,
            r#"<rect x="{x}" y="1" width="{BOX}" height="{box_height}" rx="6" fill="none" stroke="currentColor" stroke-opacity=".4"/>"#
        );
        let _ = writeln!(svg, r#"<text x="{}" y="25" font-weight="600">{heading}</text>"#, x + 12);
        for (line, (label, _)) in rows.iter().enumerate() {
            number += 1;
            let y = 50 + line * LINE;
            let _ = writeln!(
                svg,
                r#"<text x="{}" y="{y}" text-anchor="end" opacity=".6">{number}</text><text x="{}" y="{y}">{label}</text>"#,
                x + 28,
                x + 36
            );
        }
        if place + 1 < sections.len() {
            let (from, y) = (x + BOX + 6, box_height / 2);
            let _ = writeln!(
                svg,
                r#"<path d="M{from} {y}h{}m-6 -5l6 5l-6 5" fill="none" stroke="currentColor" stroke-width="1.5"/>"#,
                GAP - 12
            );
        }
        if let Some(result) = result {
            let _ = writeln!(
                svg,
                r#"<text x="{}" y="{}" text-anchor="middle"><tspan opacity=".6">result: </tspan><tspan font-family="monospace">{result}</tspan></text>"#,
                x + BOX / 2,
                box_height + 24
            );
        }
    }
    let _ = writeln!(
        svg,
        r#"<text x="{}" y="{}" text-anchor="middle" opacity=".6">The first failed check determines the error.</text>"#,
        width / 2,
        height - 8
    );
    svg + "</svg>\n"
}

/// With `JOSE_CORE_DRAW=1` the picture is written instead.
#[test]
fn picture_is_of_the_page() {
    let file = here("src/pipeline.svg");
    let drawn = picture(&read(&here("src/pipeline.md")));
    if std::env::var_os("JOSE_CORE_DRAW").is_some() {
        std::fs::write(&file, &drawn).unwrap();
    }
    assert!(
        read(&file) == drawn,
        "src/pipeline.svg is not the picture of src/pipeline.md: run this test with JOSE_CORE_DRAW=1"
    );
}
