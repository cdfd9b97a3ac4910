//! The README's table "What is accepted", a row a test: what each row says, in both directions.

#![cfg(all(feature = "std", feature = "hs256", feature = "es256", feature = "rs256"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

mod support;

use base64ct::{Base64, Encoding as _};
use jose_core::{
    Algorithm, AlgorithmSet, ClaimsPolicy, Error, Expect, Jwk, Jwks, KeySet, UnixTime, Verifier,
    VerifyingKey,
    error::{
        Base64Error, ClaimsError, JsonErrorKind, KeyError, KeyForm, ParseError, SelectError, SignatureError,
    },
};
use support::{b64, jwk, key, outcome_of_set, signer, token, unb64, usual, variant};

const PUBLIC: AlgorithmSet = AlgorithmSet::only(Algorithm::Rs256).or(Algorithm::Es256);

/// The payload of a token under the HS256 test key, or why it is refused.
fn verify(token: &str) -> Result<Vec<u8>, Error> {
    let key = key("hmac-32");
    let mut scratch = Vec::new();
    Verifier::new(&key).verify(token, &mut scratch).map(|jws| jws.payload().to_vec())
}

/// The same for an HS256 token with this header.
fn header(header: &str) -> Result<Vec<u8>, Error> {
    verify(&signer("hmac-32").token(header, "{}"))
}

#[track_caller]
fn refused(outcome: Result<Vec<u8>, Error>, reason: impl Into<Error>) {
    assert_eq!(outcome, Err(reason.into()));
}

/// The outcome for one JWK, by the name of the reason.
fn bound(jwk: &str, allowed: AlgorithmSet) -> Result<Algorithm, String> {
    let key = Jwk::parse(jwk).and_then(|jwk| jwk.verifying_key(allowed));
    key.map(|key| key.algorithm()).map_err(|error| variant(&error))
}

#[test]
fn these_algorithms_and_no_other() {
    for algorithm in support::algorithms() {
        let key = support::usual_key(algorithm);
        let verifier = Verifier::new(&key);
        assert!(verifier.verify(&token(algorithm, "{}"), &mut Vec::new()).is_ok());
    }
    #[cfg(feature = "ed25519")]
    for alg in ["Ed25519", "EdDSA"] {
        let token = signer("ed25519").token(format!(r#"{{"alg":"{alg}"}}"#), "{}");
        assert!(Verifier::new(&key("ed25519")).verify(&token, &mut Vec::new()).is_ok(), "{alg}");
    }
    for alg in ["none", "None", "NONE", "nOnE", "ES512", "ES256K", "Ed448", "hs256", ""] {
        let reason = SelectError::AlgorithmUnsupported { alg: support::excerpt(alg) };
        refused(header(&format!(r#"{{"alg":"{alg}"}}"#)), reason);
    }
}

#[test]
fn the_key_names_the_algorithm() {
    let rsa = key("rsa-2048");
    let verify = |allowed: AlgorithmSet, header: Algorithm| {
        let verifier = Verifier::new(&rsa).algorithms(allowed);
        verifier.verify(&token(header, "{}"), &mut Vec::new()).map(|verified| verified.algorithm())
    };
    let both = PUBLIC.or(Algorithm::Hs256);
    assert_eq!(verify(both, Algorithm::Rs256), Ok(Algorithm::Rs256));
    // Header and key, header and list, key and list.
    let mismatch = SelectError::AlgorithmMismatch { header: Algorithm::Hs256, key: Algorithm::Rs256 };
    assert_eq!(verify(both, Algorithm::Hs256), Err(mismatch.into()));
    let allowed = Algorithm::Es256.into();
    let not_allowed = SelectError::AlgorithmNotAllowed { alg: Algorithm::Rs256, allowed };
    assert_eq!(verify(allowed, Algorithm::Rs256), Err(not_allowed.into()));
    assert_eq!(bound(&jwk("rsa-2048", ""), allowed), Err("AlgNotAllowed".into()));
}

#[test]
fn compact_serialization_alone() {
    let valid = token(Algorithm::Hs256, "{}");
    assert!(verify(&valid).is_ok());
    let parts: Vec<_> = valid.split('.').collect();
    let signature = format!(r#""protected":"{}","signature":"{}""#, parts[0], parts[2]);
    for json in [
        format!(r#"{{"payload":"{}",{signature}}}"#, parts[1]),
        format!(r#"{{"payload":"{}","signatures":[{{{signature}}}]}}"#, parts[1]),
    ] {
        refused(verify(&json), ParseError::JsonSerialization);
    }
    refused(verify(parts[0]), ParseError::PartsMissing { parts: 1 });
    refused(verify(&parts[..2].join(".")), ParseError::PartsMissing { parts: 2 });
    refused(verify(&format!("{valid}.x")), ParseError::TooManyParts);
    refused(verify(&format!("{valid}.x.x")), ParseError::Jwe);
    refused(verify(&format!("{valid}.x.x.x")), ParseError::TooManyParts);
}

#[test]
fn base64url_with_one_text_for_each_octet_string() {
    // The two characters that base64 does not have.
    let valid = token(Algorithm::Hs256, [0xfb, 0xff, 0xfe]);
    assert!(valid.contains(".-__-."), "{valid}");
    assert_eq!(verify(&valid), Ok(vec![0xfb, 0xff, 0xfe]));

    let parts = [ParseError::HeaderBase64, ParseError::PayloadBase64, ParseError::SignatureBase64];
    for (part, of_part) in parts.into_iter().enumerate() {
        // A token with a change at the end of one part, which the signature covers.
        let check = |change: &dyn Fn(String) -> String, error: &dyn Fn(usize) -> Base64Error| {
            let changed = |number: usize, text: String| if number == part { change(text) } else { text };
            let input = format!("{}.{}", changed(0, b64(r#"{"alg":"HS256"} "#)), changed(1, b64("{}")));
            let token = format!("{input}.{}", changed(2, b64(signer("hmac-32").sign(input.as_bytes()))));
            let end = [token.find('.').unwrap(), token.rfind('.').unwrap(), token.len()][part];
            refused(verify(&token), of_part(error(end - 1)));
        };
        for byte in *b"=+/ \n" {
            check(&|text| text + &char::from(byte).to_string(), &|offset| Base64Error::InvalidByte {
                byte,
                offset,
            });
        }
        // The next character has the same octets and one bit too many.
        let next = |text: String| {
            let (rest, last) = text.split_at(text.len() - 1);
            format!("{rest}{}", char::from(last.as_bytes()[0] + 1))
        };
        check(&next, &|offset| Base64Error::TrailingBits { offset });
    }
}

#[test]
fn strict_json_with_unique_names() {
    let nested = |levels: usize| {
        format!(r#"{{"alg":"HS256","x":{}{}}}"#, "[".repeat(levels - 1), "]".repeat(levels - 1))
    };
    assert!(header(r#" {"alg" : "HS256"} "#).is_ok());
    assert!(header(&nested(32)).is_ok());
    for (bad, kind) in [
        (r#"{"alg":"HS256","alg":"HS256"}"#, JsonErrorKind::DuplicateName),
        (r#"{"alg":"HS256","\u0061lg":"HS256"}"#, JsonErrorKind::DuplicateName),
        (r#"{"alg":"HS256"} x"#, JsonErrorKind::ExpectedEnd),
        ("\u{feff}{\"alg\":\"HS256\"}", JsonErrorKind::ByteOrderMark),
        (r#"{"alg":"HS256",}"#, JsonErrorKind::ExpectedName),
        (r#"{"alg":"HS256","x":"\ud800"}"#, JsonErrorKind::LoneSurrogate),
        (&nested(33), JsonErrorKind::TooDeep),
    ] {
        match header(bad) {
            Err(Error::Parse(ParseError::HeaderJson(error))) => assert_eq!(error.kind, kind, "{bad}"),
            other => panic!("{bad}: {other:?}"),
        }
    }
}

#[test]
fn escaped_text_equals_plain_text() {
    assert!(header(r#"{"\u0061lg":"HS\u0032\u0035\u0036"}"#).is_ok());
    let issued = token(Algorithm::Hs256, r#"{"iss":"https:\/\/issuer.example","exp":2}"#);
    let (key, mut scratch) = (key("hmac-32"), Vec::new());
    let verified = Verifier::new(&key).verify(&issued, &mut scratch).unwrap();
    let policy = ClaimsPolicy::new(Expect::Exactly("https://issuer.example"), Expect::Anything);
    let claims = verified.claims(&policy, UnixTime::from_secs(1)).unwrap();
    assert_eq!(claims.issuer().unwrap().unwrap().to_string(), "https://issuer.example");
}

/// RFC 8259 §7: any character may be written as an escape, also in key material.
#[test]
fn escapes_in_key_material() {
    let in_escapes =
        |text: &str| text.chars().map(|c| format!("\\u{:04X}", u32::from(c))).collect::<String>();
    for (members, algorithm) in
        [("k", Algorithm::Hs256), ("x y", Algorithm::Es256), ("n e", Algorithm::Rs256)]
    {
        let plain: serde_json::Value = serde_json::from_str(&jwk(usual(algorithm), "")).unwrap();
        let verified = |jwk: &str| {
            let key = Jwk::parse(jwk).unwrap().verifying_key(algorithm)?;
            let token = support::usual_signer(algorithm).token(format!(r#"{{"alg":"{algorithm}"}}"#), "{}");
            assert!(Verifier::new(&key).verify(&token, &mut Vec::new()).is_ok(), "{jwk}");
            Ok::<_, KeyError>(())
        };
        for member in members.split(' ') {
            let value = plain[member].as_str().unwrap();
            let written = |value: &str| {
                let mut jwk = plain.clone();
                jwk[member] = "VALUE".into();
                jwk.to_string().replace("VALUE", value)
            };
            // All of it, and one character of each place.
            assert_eq!(verified(&written(&in_escapes(value))), Ok(()));
            for place in [0, 1, 2, 3] {
                let (before, rest) = value.split_at(place);
                let (character, after) = rest.split_at(1);
                let mixed = format!("{before}{}{after}", in_escapes(character));
                assert_eq!(verified(&written(&mixed)), Ok(()), "{mixed}");
            }
            // What is wrong is named as it is meant, at its place in what is meant.
            let faults = [
                (r"\u0041\u0041\u003d", Base64Error::InvalidByte { byte: b'=', offset: 2 }),
                (r"A\u0041\/", Base64Error::InvalidByte { byte: b'/', offset: 2 }),
                (r"AA\u00e9", Base64Error::InvalidByte { byte: 0xc3, offset: 2 }),
                (r"AA\ud83d\ude00", Base64Error::InvalidByte { byte: 0xf0, offset: 2 }),
                (r"A\u0041AA\n", Base64Error::InvalidByte { byte: b'\n', offset: 4 }),
                (r"\u0041AAA\u0041", Base64Error::InvalidLength { length: 5 }),
                (r"\u0041B", Base64Error::TrailingBits { offset: 1 }),
            ];
            for (value, error) in faults {
                let found = Jwk::parse(&written(value)).unwrap().verifying_key(algorithm).unwrap_err();
                let name = ["k", "x", "y", "n", "e"].into_iter().find(|name| *name == member).unwrap();
                assert_eq!(found, KeyError::Base64 { name, error }, "{value}");
            }
        }
    }
}

#[test]
fn no_extension_but_those_that_are_listed() {
    let token = |members: &str| signer("hmac-32").token(format!(r#"{{"alg":"HS256",{members}}}"#), "{}");
    let understanding = |members: &str| {
        let key = key("hmac-32");
        let verifier = Verifier::new(&key).understands(&["x", "b64"]);
        verifier.verify(&token(members), &mut Vec::new()).map(|verified| verified.payload().to_vec())
    };
    assert!(understanding(r#""crit":["x"],"x":1"#).is_ok());
    refused(understanding(r#""crit":["b64"],"b64":true"#), SelectError::CritRegistered { name: "b64" });
    let reason = SelectError::CritNotUnderstood { name: support::excerpt("y") };
    refused(understanding(r#""crit":["x","y"],"x":1,"y":1"#), reason);
    refused(header(r#"{"alg":"HS256","crit":["x"],"x":1}"#), ParseError::CritUnsupported);
    refused(header(r#"{"alg":"HS256","crit":[]}"#), ParseError::CritUnsupported);
    refused(header(r#"{"alg":"HS256","b64":false}"#), ParseError::UnencodedPayload);
    assert!(header(r#"{"alg":"HS256","b64":true}"#).is_ok());
}

#[test]
fn no_key_comes_from_the_token() {
    let own = jwk("p256-b", "");
    let header = format!(
        r#"{{"alg":"ES256","jwk":{own},"jku":"https://x.example","x5u":"https://x.example","x5c":["MIIB"]}}"#
    );
    let key = key("p256");
    let verify = |signer_of: &str| {
        let token = signer(signer_of).token(&header, "{}");
        Verifier::new(&key).verify(&token, &mut Vec::new()).map(|_| ())
    };
    assert_eq!(verify("p256"), Ok(()));
    assert_eq!(verify("p256-b"), Err(SignatureError::Invalid.into()));
}

#[test]
fn a_payload_may_be_anything_and_claims_an_object() {
    assert_eq!(verify(&token(Algorithm::Hs256, "")), Ok(vec![]));
    assert_eq!(verify(&token(Algorithm::Hs256, [0xff, 0])), Ok(vec![0xff, 0]));
    let (key, mut scratch) = (key("hmac-32"), Vec::new());
    let array = token(Algorithm::Hs256, "[]");
    let verified = Verifier::new(&key).verify(&array, &mut scratch).unwrap();
    let policy = ClaimsPolicy::new(Expect::Anything, Expect::Anything);
    let outcome = verified.claims(&policy, UnixTime::from_secs(0)).map(|_| ());
    assert_eq!(outcome, Err(ClaimsError::NotObject));
}

#[test]
fn secrets_of_at_least_32_octets() {
    type New = fn(&[u8]) -> Result<VerifyingKey, KeyError>;
    let by_length: &[(usize, New)] = &[
        (32, VerifyingKey::hs256),
        #[cfg(feature = "hs384")]
        (48, VerifyingKey::hs384),
        #[cfg(feature = "hs512")]
        (64, VerifyingKey::hs512),
    ];
    for (least, new) in by_length.iter().copied() {
        assert!(new(&vec![1; least]).is_ok());
        let length = least.wrapping_sub(1);
        let short = new(&vec![1; length]).map(|_| ());
        assert_eq!(short, Err(KeyError::SecretTooShort { length, min: least }));
    }
    // Documents that other software made, one of each form.
    let file = support::json(&support::here("vectors/documents.json"));
    for form in [KeyForm::Pem, KeyForm::Der, KeyForm::Jwk, KeyForm::Ssh, KeyForm::Point] {
        let mut documents = file["documents"].as_array().unwrap().iter();
        let document = documents.find(|document| document["form"] == format!("{form:?}")).unwrap();
        let octets = Base64::decode_vec(document["base64"].as_str().unwrap()).unwrap();
        let hexadecimal: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
        let texts = [Base64::encode_string(&octets), b64(&octets), hexadecimal].map(String::into_bytes);
        for secret in texts.iter().chain([&octets]) {
            let outcome = VerifyingKey::hs256(secret).map(|_| ());
            assert_eq!(outcome, Err(KeyError::SecretIsKeyDocument { form }), "{}", document["name"]);
        }
    }
}

#[test]
fn rsa_of_2048_to_4096_bits() {
    let most = if cfg!(feature = "rsa") { 8192 } else { 4096 };
    for algorithm in support::algorithms().into_iter().filter(|algorithm| algorithm.kty() == "RSA") {
        for bits in [2048, 2056, 3072, 4096, 8192] {
            let outcome = bound(&jwk(&format!("rsa-{bits}"), ""), algorithm.into());
            let expected = if bits <= most { Ok(algorithm) } else { Err("ModulusTooLarge".into()) };
            assert_eq!(outcome, expected, "{algorithm}, {bits}");
        }
        assert_eq!(bound(&jwk("rsa-1024", ""), algorithm.into()), Err("ModulusTooSmall".into()));
    }
}

#[test]
fn leading_zero_octets_of_n_and_e() {
    let octets = |name| [vec![0], unb64(&support::b64(support::member("rsa-2048", name)))].concat();
    assert!(VerifyingKey::rs256(&octets("n"), &octets("e")).is_ok());
}

#[test]
fn exponents_from_65537_to_33_bits() {
    let n = support::member("rsa-2048", "n");
    let with = |e: u64| VerifyingKey::rs256(&n, &e.to_be_bytes()).map(|_| ());
    assert!(with(65537).is_ok() && with((1 << 33) - 1).is_ok());
    for exponent in [1, 3, 35, 65535, 65536] {
        assert_eq!(with(exponent), Err(KeyError::ExponentTooSmall { exponent, min: 65537 }));
    }
    assert_eq!(with(65538), Err(KeyError::ExponentEven { exponent: 65538 }));
    assert_eq!(with((1 << 33) + 1), Err(KeyError::ExponentTooLarge { bits: 34, max: 33 }));
}

#[test]
fn coordinates_of_exactly_32_octets() {
    let (x, y) = (support::member("p256", "x"), support::member("p256", "y"));
    assert!(VerifyingKey::es256(&x, &y).is_ok());
    let stripped = VerifyingKey::es256(&x[1..], &y).map(|_| ());
    assert_eq!(
        stripped,
        Err(KeyError::WrongCoordinateLength { name: "x", crv: "P-256", expected: 32, length: 31 })
    );
    assert_eq!(VerifyingKey::es256(&y, &x).map(|_| ()), Err(KeyError::PointNotOnCurve { crv: "P-256" }));
}

#[test]
fn es256_signatures_of_64_octets_high_s_included() {
    let key = key("p256");
    let signature = signer("p256").sign(b"text");
    let (r, s) = signature.split_at(32);
    let parsed = p256::ecdsa::Signature::from_slice(&signature).unwrap();
    let other =
        p256::ecdsa::Signature::from_scalars(parsed.r().to_bytes(), (-*parsed.s()).to_bytes()).unwrap();
    for valid in [signature.as_slice(), other.to_bytes().as_slice()] {
        assert_eq!(key.verify(Algorithm::Es256, b"text", valid), Ok(()));
    }
    let der = [&[0x30, 0x44, 2, 32], r, &[2, 32], s].concat();
    let length = SignatureError::WrongLength { found: 70, expected: 64 };
    assert_eq!(key.verify(Algorithm::Es256, b"text", &der), Err(length));
    // 0 and the order, each as r and as s.
    let order = [0xffff_ffff_0000_0000_ffff_ffff_ffff_ffff, 0xbce6_faad_a717_9e84_f3b9_cac2_fc63_2551];
    let order = order.map(u128::to_be_bytes).concat();
    for bad in [&[0; 32], &*order] {
        for signature in [[bad, s].concat(), [r, bad].concat()] {
            assert_eq!(key.verify(Algorithm::Es256, b"text", &signature), Err(SignatureError::Invalid));
        }
    }
    for other in [&signature[..63], &[&*signature, &[0]].concat()] {
        let length = SignatureError::WrongLength { found: other.len(), expected: 64 };
        assert_eq!(key.verify(Algorithm::Es256, b"text", other), Err(length));
    }
}

#[test]
#[cfg(feature = "es384")]
fn es384_by_the_rules_of_es256() {
    let key = key("p384");
    let signature = signer("p384").sign(b"text");
    let (r, s) = signature.split_at(48);
    let high = -*p384::ecdsa::Signature::from_slice(&signature).unwrap().s();
    for valid in [[r, s].concat(), [r, &high.to_bytes()].concat()] {
        assert_eq!(key.verify(Algorithm::Es384, b"text", &valid), Ok(()));
    }
    let length = SignatureError::WrongLength { found: 64, expected: 96 };
    assert_eq!(key.verify(Algorithm::Es384, b"text", &signature[..64]), Err(length));
    assert_eq!(key.verify(Algorithm::Es384, b"text", &[0; 96]), Err(SignatureError::Invalid));
    let (x, y) = (support::member("p384", "x"), support::member("p384", "y"));
    let stripped = VerifyingKey::es384(&x[1..], &y).map(|_| ());
    let length = KeyError::WrongCoordinateLength { name: "x", crv: "P-384", expected: 48, length: 47 };
    assert_eq!(stripped, Err(length));
    assert_eq!(VerifyingKey::es384(&y, &x).map(|_| ()), Err(KeyError::PointNotOnCurve { crv: "P-384" }));
}

#[test]
#[cfg(feature = "ps256")]
fn pss_with_one_hash_and_a_salt_as_long() {
    let key = support::key_for(Algorithm::Ps256, "rsa-2048");
    for (hash, mgf, salt) in [(32, 32, 32), (32, 32, 0), (32, 32, 20), (32, 48, 32), (48, 48, 32)] {
        let encoded = support::pss_encode(2048, b"text", (hash, mgf), &vec![7; salt], |_| {});
        let outcome = key.verify(Algorithm::Ps256, b"text", &signer("rsa-2048").sign_encoded(&encoded));
        let expected = if (hash, mgf, salt) == (32, 32, 32) { Ok(()) } else { Err(SignatureError::Invalid) };
        assert_eq!(outcome, expected, "hash {hash}, MGF1 {mgf}, salt {salt}");
    }
}

#[test]
#[cfg(feature = "ed25519")]
fn ed25519_by_strict_criteria() {
    let key = key("ed25519");
    let signature = signer("ed25519").sign(b"text");
    assert_eq!(key.verify(Algorithm::Ed25519, b"text", &signature), Ok(()));
    // The neutral point, and the y of no point that is below the prime.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let refused = |x: &[u8]| VerifyingKey::ed25519(x).map(|_| ());
    assert_eq!(refused(&neutral), Err(KeyError::PointOfSmallOrder));
    let mut beyond = [0xff; 32];
    (beyond[0], beyond[31]) = (0xf0, 0x7f);
    assert_eq!(refused(&beyond), Err(KeyError::PointNotOnCurve { crv: "Ed25519" }));
    for other in [[&neutral, &signature[32..]].concat(), [&signature[..32], &[0xff; 32]].concat()] {
        assert_eq!(key.verify(Algorithm::Ed25519, b"text", &other), Err(SignatureError::Invalid));
    }
}

#[test]
fn keys_without_alg_by_their_type() {
    assert_eq!(bound(&jwk("rsa-2048", ""), PUBLIC), Ok(Algorithm::Rs256));
    assert_eq!(bound(&jwk("p256", ""), PUBLIC), Ok(Algorithm::Es256));
    assert_eq!(bound(&jwk("rsa-2048", r#""alg":"RS256""#), PUBLIC), Ok(Algorithm::Rs256));
    assert_eq!(bound(&jwk("rsa-2048", r#""alg":"RSA-OAEP""#), PUBLIC), Err("AlgUnsupported".into()));
    assert_eq!(bound(&jwk("rsa-2048", r#""alg":"ES256""#), PUBLIC), Err("AlgMismatch".into()));
}

#[test]
fn public_keys_for_signatures() {
    assert_eq!(bound(&jwk("p256", ""), PUBLIC), Ok(Algorithm::Es256));
    assert_eq!(bound(&jwk("p256", r#""use":"sig""#), PUBLIC), Ok(Algorithm::Es256));
    assert_eq!(bound(&jwk("p256", r#""use":"enc""#), PUBLIC), Err("UseNotSig".into()));
    assert_eq!(bound(&jwk("p256", r#""key_ops":["sign"]"#), PUBLIC), Err("KeyOpsNotVerify".into()));
    // RFC 7517 §4.3: no operation twice, in whatever spelling, beside whatever else.
    for twice in
        [r#""verify","verify""#, r#""verify","\u0076erify""#, r#""verify","own","sign","own","sign""#]
    {
        let key = jwk("p256", &format!(r#""key_ops":[{twice}]"#));
        assert_eq!(bound(&key, PUBLIC), Err("KeyOpsDuplicate".into()), "{twice}");
    }
    assert_eq!(bound(&jwk("p256", r#""key_ops":["sign","verify","own"]"#), PUBLIC), Ok(Algorithm::Es256));
    assert_eq!(bound(&jwk("p256", r#""use":"sig","key_ops":[]"#), PUBLIC), Ok(Algorithm::Es256));
    assert_eq!(bound(&jwk("p256", r#""d":"AAAA""#), PUBLIC), Err("PrivateMaterial".into()));
    assert_eq!(bound(&jwk("p256", r#""d":"""#), PUBLIC), Ok(Algorithm::Es256));
    let svid = jwk("p256", r#""use":"jwt-svid""#);
    assert_eq!(bound(&svid, PUBLIC), Err("UseNotSig".into()));
    assert!(Jwk::parse(&svid).unwrap().allow_uses(&["jwt-svid"]).verifying_key(PUBLIC).is_ok());
    let every = PUBLIC.or(Algorithm::Hs256);
    assert_eq!(bound(&jwk("hmac-32", ""), every), Err("SecretAmongPublicKeys".into()));
}

#[test]
fn a_member_that_is_null_is_absent() {
    let nulls = r#""kid":null,"use":null,"key_ops":null,"alg":null,"d":null,"oth":null,"x5c":null"#;
    assert_eq!(bound(&jwk("p256", nulls), PUBLIC), Ok(Algorithm::Es256));
    // Nor is anything said by what has no meaning for the type.
    assert_eq!(bound(&jwk("rsa-2048", &format!(r#"{nulls},"crv":5,"x":5"#)), PUBLIC), Ok(Algorithm::Rs256));
    assert_eq!(bound(&jwk("rsa-2048", r#""kid":5"#), PUBLIC), Err("MemberType".into()));
    assert_eq!(bound(r#"{"kty":"RSA","n":null,"e":"AQAB"}"#, PUBLIC), Err("MemberMissing".into()));
}

#[test]
fn ml_dsa_keys_beside_others() {
    let members = [("ML-DSA-44", 1312), ("ML-DSA-65", 1952), ("ML-DSA-87", 2592)].map(|(alg, length)| {
        format!(r#"{{"kty":"AKP","kid":"{alg}","alg":"{alg}","pub":"{}"}}"#, b64(vec![7; length]))
    });
    let text = format!(r#"{{"keys":[{},{}]}}"#, members.join(","), jwk("p256", r#""kid":"a""#));
    let signed = |kid: &str| signer("p256").token(format!(r#"{{"alg":"ES256","kid":"{kid}"}}"#), "{}");
    assert_eq!(outcome_of_set(&text, PUBLIC, &signed("a")), Ok(Algorithm::Es256));
    let aside = outcome_of_set(&text, PUBLIC, &signed("ML-DSA-44")).unwrap_err();
    assert_eq!(variant(&aside), "Select");
    assert!(aside.to_string().contains("AKP"), "{aside}");
}

#[test]
fn bad_member_leaves_the_others() {
    let text = format!(
        r#"{{"keys":[7,{{"kty":"AKP","kid":"a"}},{},{{"kty":"RSA","kty":"RSA"}},{}]}}"#,
        jwk("p256", r#""kid":"b""#),
        jwk("rsa-1024", r#""kid":"c""#)
    );
    let jwks = Jwks::parse(&text).unwrap();
    let keys = KeySet::from_jwks(&jwks, PUBLIC).unwrap();
    assert_eq!((jwks.len(), jwks.is_empty(), keys.len(), keys.is_empty()), (5, false, 5, false));
    let reasons: Vec<_> =
        keys.verdicts().map(|verdict| verdict.outcome.map_err(|error| variant(&error))).collect();
    let aside = |reason: &str| Err(reason.to_string());
    let good = Ok(Algorithm::Es256);
    assert_eq!(
        reasons,
        [aside("NotObject"), aside("KtyUnsupported"), good, aside("Json"), aside("ModulusTooSmall")]
    );
}

#[test]
fn no_second_key_is_tried() {
    let text = format!(r#"{{"keys":[{},{}]}}"#, jwk("p256", r#""kid":"a""#), jwk("p256-b", r#""kid":"b""#));
    let keys = KeySet::from_jwks(&Jwks::parse(&text).unwrap(), PUBLIC).unwrap();
    let sign = |kid: &str| signer("p256-b").token(format!(r#"{{"alg":"ES256"{kid}}}"#), "{}");
    let verify =
        |token: String| Verifier::new(&keys).algorithms(PUBLIC).verify(&token, &mut Vec::new()).map(|_| ());
    assert_eq!(verify(sign(r#","kid":"b""#)), Ok(()));
    assert_eq!(verify(sign(r#","kid":"a""#)), Err(SignatureError::Invalid.into()));
    assert_eq!(verify(sign(r#","kid":"c""#)), Err(support::kid_unknown("c", 2, &["a", "b"])));
    assert_eq!(verify(sign("")), Err(SelectError::KidNeeded { alg: Algorithm::Es256, keys: 2 }.into()));

    // The same key twice is one; without a kid, a thumbprint may name it, or it is the only one.
    let (a, b) =
        (jwk("p256", r#""kid":"b","x5t":"1""#), jwk("p256-b", r#""kid":"b","x5t":"2","x5t#S256":"3""#));
    assert_eq!(outcome_of_set(&format!(r#"{{"keys":[{b}]}}"#), PUBLIC, &sign("")), Ok(Algorithm::Es256));
    let twice = format!(r#"{{"keys":[{b},{b}]}}"#);
    assert_eq!(outcome_of_set(&twice, PUBLIC, &sign(r#","kid":"b""#)), Ok(Algorithm::Es256));
    let both = format!(r#"{{"keys":[{a},{b}]}}"#);
    let ambiguous = SelectError::KeyAmbiguous { alg: Algorithm::Es256, keys: 2 };
    assert_eq!(outcome_of_set(&both, PUBLIC, &sign(r#","kid":"b""#)), Err(ambiguous.into()));
    assert_eq!(outcome_of_set(&both, PUBLIC, &sign(r#","x5t":"2""#)), Ok(Algorithm::Es256));
    assert_eq!(outcome_of_set(&both, PUBLIC, &sign(r#","x5t#S256":"3""#)), Ok(Algorithm::Es256));
    let invalid = SignatureError::Invalid;
    assert_eq!(outcome_of_set(&both, PUBLIC, &sign(r#","x5t":"1""#)), Err(invalid.into()));

    // A key that is set aside is told to those who name it.
    let text = format!(r#"{{"keys":[{}]}}"#, jwk("rsa-1024", r#""kid":"a""#));
    let reason = KeyError::ModulusTooSmall { bits: 1024, min: 2048 };
    let outcome = |kid: &str| outcome_of_set(&text, PUBLIC, &sign(kid));
    assert_eq!(outcome(r#","kid":"a""#), Err(SelectError::KeyUnusable { reason }.into()));
    assert_eq!(outcome(""), Err(SelectError::NoKeyForAlgorithm { alg: Algorithm::Es256 }.into()));
}

#[test]
fn claims_of_their_types_and_what_is_expected() {
    let (key, policy) = (key("hmac-32"), ClaimsPolicy::new(Expect::Anything, Expect::Exactly("api")));
    let judge = |claims: &str| {
        let mut scratch = Vec::new();
        let token = token(Algorithm::Hs256, claims);
        let verified = Verifier::new(&key).verify(&token, &mut scratch).unwrap();
        verified.claims(&policy, UnixTime::from_secs(100)).map(|_| ()).map_err(|error| variant(&error))
    };
    assert_eq!(judge(r#"{"aud":["web","api"],"exp":100.5}"#), Ok(()));
    // What the policy does not look at is not judged.
    assert_eq!(judge(r#"{"aud":"api","exp":200,"iss":5,"sub":4,"jti":null,"iat":"2026"}"#), Ok(()));
    assert_eq!(judge(r#"{"aud":"api","exp":9223372036854775807}"#), Ok(()));
    assert_eq!(judge(r#"{"aud":"api","exp":101,"nbf":99.5}"#), Ok(()));
    for (claims, reason) in [
        (r#"{"aud":"api"}"#, "ClaimMissing"),
        (r#"{"exp":200}"#, "ClaimMissing"),
        (r#"{"aud":"api","exp":100}"#, "Expired"),
        (r#"{"aud":"api","exp":"200"}"#, "ClaimType"),
        (r#"{"aud":"api","exp":null}"#, "ClaimType"),
        (r#"{"aud":"api","exp":9223372036854775808}"#, "DateOutOfRange"),
        (r#"{"aud":["api",1],"exp":200}"#, "ClaimType"),
        (r#"{"aud":"api","exp":200,"nbf":null}"#, "ClaimType"),
        (r#"{"aud":"api","exp":200,"nbf":101}"#, "NotYetValid"),
        (r#"{"aud":"web","exp":200}"#, "AudienceMismatch"),
    ] {
        assert_eq!(judge(claims), Err(reason.into()), "{claims}");
    }
}

#[test]
fn the_table_of_the_readme_names_these_tests() {
    let named = |text: &str, start: &str, end: char| -> Vec<String> {
        let lines = text.lines().filter_map(|line| line.trim().strip_prefix(start));
        lines.filter_map(|rest| rest.split_once(end)).map(|(name, _)| name.into()).collect()
    };
    let readme = support::read(&support::here("README.md"));
    let (_, table) = readme.split_once("## What is accepted").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    let rows = named(table, "| `", '`');
    let mut tests = named(&support::read(&support::here("tests/accepted.rs")), "fn ", '(');
    let helpers = ["verify", "header", "refused", "bound", "the_table_of_the_readme_names_these_tests"];
    tests.retain(|name| !helpers.contains(&name.as_str()));
    assert!(rows.len() > 10);
    assert_eq!(rows, tests);
}
