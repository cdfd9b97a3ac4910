//! Situations that are told apart by their structure: each with a token that shows it, and one beside it
//! that is nearly the same and must not.

use core::fmt::Write as _;

use jose_core::diagnose::Cause;
use jose_core::{ClaimsPolicy, Expect, Jwks, Verifier, VerifyingKey};

use super::causes::{CLAIMS, NOW, causes_of, claims, es256, keys, plain, public, set};
use super::support::{b64, jwk, key, signer};

type Cases = Vec<(Vec<Cause>, Vec<Cause>)>;

pub(crate) fn cases() -> Cases {
    [pasted(), encodings(), sd_jwts(), headers(), kids(), signatures(), payloads(), texts()].concat()
}

/// A token of the key "e" with a payload of any octets.
fn signed(more: &str, payload: impl AsRef<[u8]>) -> String {
    signer("p256").token(format!(r#"{{"alg":"ES256","kid":"e"{more}}}"#), payload)
}

fn pasted() -> Cases {
    use Cause::*;
    let token = es256("", CLAIMS);
    let inside = token.replacen('.', ".\u{200b}", 1);
    vec![
        (plain(format!("{token}\u{a0}")), vec![InvisibleCharacter]),
        (plain(format!("\u{feff}{token}")), vec![InvisibleCharacter]),
        (plain(format!("{token}\0")), vec![InvisibleCharacter]),
        (plain(format!("\u{200b}\u{2028}{token} \u{2060}\n")), vec![WhiteSpace, InvisibleCharacter]),
        // It is in what was signed, and in the payload.
        (plain(inside), vec![InvisibleCharacter; 2]),
        (plain(format!("\u{201c}{token}\u{201d}")), vec![Quotes]),
        (plain(format!("\u{ab}\u{a0}{token}\u{a0}\u{bb}")), vec![Quotes, InvisibleCharacter]),
        (plain(format!("\u{2018}Bearer {token}\u{2019}")), vec![BearerPrefix, Quotes]),
        // Characters that are seen.
        (plain(format!("{token}\u{e9}")), vec![NotBase64url]),
        (plain(format!("{token}\u{3002}")), vec![NotBase64url]),
        // Half a character is none.
        (plain([token.as_bytes(), b"\xc2"].concat()), vec![NotBase64url]),
    ]
}

fn encodings() -> Cases {
    use Cause::*;
    let token = es256("", CLAIMS);
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let plain_header = r#"{"alg":"ES256","kid":"e"}"#;
    let with_header = |octets: &[u8]| plain(format!("{}.{payload}.{signature}", b64(octets)));
    vec![
        (plain(little(&token)), vec![Utf16]),
        (plain(little(&format!("\u{feff}{token}"))), vec![Utf16]),
        (plain(big(&token)), vec![Utf16]),
        (with_header(&little(plain_header)), vec![Utf16]),
        (plain(signed("", big(CLAIMS))), vec![Utf16]),
        // Zeros behind a token are no UTF-16.
        (plain(format!("{token}\0\0\0\0")), vec![InvisibleCharacter]),
        (plain([0x1f, 0x8b, 8, 0, 0, 0]), vec![Gzip]),
        (with_header(&[0x1f, 0x8b, 8, 0]), vec![Gzip]),
        (plain(signed("", [0x1f, 0x8b, 8, 0])), vec![Gzip]),
        (plain(signed("", [0x1f, 0x8c, 8, 0])), vec![ClaimsMalformed]),
        (with_header(format!("\u{feff}{plain_header}").as_bytes()), vec![ByteOrderMark]),
        (claims(&format!("\u{feff}{CLAIMS}")), vec![ByteOrderMark]),
        (plain(format!("{header}.{payload}.{signature}")), vec![]),
    ]
}

fn sd_jwts() -> Cases {
    use Cause::*;
    let token = es256(r#","typ":"dc+sd-jwt""#, CLAIMS);
    let disclosure = b64(r#"["salt","given_name","Ann"]"#);
    let binding = signer("p256-b").token(r#"{"alg":"ES256","typ":"kb+jwt"}"#, "{}");
    let header = b64(r#"{"alg":"ECDH-ES","enc":"A128GCM"}"#);
    vec![
        (plain(format!("{token}~")), vec![SdJwt]),
        (plain(format!("{token}~{disclosure}~")), vec![SdJwt]),
        (plain(format!("{token}~{disclosure}~{disclosure}~{binding}")), vec![SdJwt]),
        (plain(format!("Bearer {token}~")), vec![BearerPrefix, SdJwt]),
        // The signed part alone is a JWS, five parts without '~' are a JWE, and a '~' makes no token.
        (plain(&token), vec![]),
        (plain(format!("{header}.AA.AA.AA.AA")), vec![Jwe]),
        (plain(format!("~{token}")), vec![OpaqueToken]),
        (plain("v2~0a1b2c3d"), vec![OpaqueToken]),
    ]
}

fn headers() -> Cases {
    use Cause::*;
    let expired = r#"{"aud":"x","exp":1}"#;
    let found = [ClaimMissing, AudienceMismatch, Expired];
    let with = |header: &str| plain(signer("p256").token(header, expired));
    let and = |cause| [&[cause][..], &found].concat();
    vec![
        // None of these hides the claims.
        (with(r#"{"alg":"ES256","kid":null}"#), and(ParameterType)),
        (with(r#"{"kid":"e"}"#), and(AlgMissing)),
        (with(r#"{"alg":"ES256","crit":["x"]}"#), and(CriticalExtension)),
        (with(r#"{"alg":"ES256","alg":"ES256"}"#), and(DuplicateName)),
        (with(r#"{"alg":"ES256","x":"\ud83d"}"#), and(LoneSurrogate)),
        (with(r#"{"alg":"ES256",}"#), and(HeaderMalformed)),
        (with(r#"{"alg":"ES256","kid":"e"}"#), found.into()),
        (with(&format!(r#"{{"alg":"ES256","kid":"e","x":"{}"}}"#, "x".repeat(13_000))), and(HeaderTooLong)),
        (claims(r#"{"exp":1,"exp":1}"#), vec![DuplicateName]),
        (claims(r#"{"name":"Ann \ud83d"}"#), vec![LoneSurrogate]),
        (claims(r#"{"name":"Ann \u3d"}"#), vec![ClaimsMalformed]),
    ]
}

fn kids() -> Cases {
    use Cause::*;
    let octets: Vec<u8> = (200..220).collect();
    let hex = hex_of(&octets);
    let asked = |token_kid: &str, members: &[&str]| {
        let token = signer("p256").token(format!(r#"{{"alg":"ES256","kid":"{token_kid}"}}"#), CLAIMS);
        let members: Vec<String> = members.iter().map(|members| jwk("p256", members)).collect();
        keys(&format!(r#"{{"keys":[{}]}}"#, members.join(",")), &token)
    };
    let kid = |kid: &str| format!(r#""kid":"{kid}""#);
    let long = "k".repeat(300);
    vec![
        (asked("abcd1234", &[r#""kid":"abcd1234=""#]), vec![KidEncoding]),
        (asked("ab-_cd", &[r#""kid":"other""#, r#""kid":"ab\u002b/cd==""#]), vec![KidEncoding]),
        (asked("https%3A%2F%2Fk%2F1", &[r#""kid":"https://k/1""#]), vec![KidEncoding]),
        (asked(&hex, &[&kid(&b64(&octets))]), vec![KidEncoding]),
        (asked(&b64(&octets), &[&kid(&hex.to_uppercase())]), vec![KidEncoding]),
        (asked(&hex.to_uppercase(), &[&kid(&hex)]), vec![KidLetterCase]),
        (asked(&hex, &[&format!(r#""kid":"x","x5t":"{}""#, b64(&octets))]), vec![KidIsThumbprint]),
        // Other octets, letters that are no digits, and so few that both are plain names.
        (asked(&hex, &[&kid(&b64(&octets[1..]))]), vec![KidUnknown]),
        (asked(&hex.replace('d', "g"), &[&kid(&b64(&octets))]), vec![KidUnknown]),
        (asked("abcd", &[&kid(&b64([0xab, 0xcd]))]), vec![KidUnknown]),
        (asked("a=b", &[r#""kid":"ab""#]), vec![KidUnknown]),
        (asked("a%zz", &[r#""kid":"a""#]), vec![KidUnknown]),
        (asked(&long, &[&kid(&format!("{long}="))]), vec![KidUnknown]),
        (asked("a", &["", ""]), vec![KeyWithoutKid]),
        (asked("a", &["", r#""kid":"b""#]), vec![KidUnknown]),
    ]
}

fn signatures() -> Cases {
    use Cause::*;
    let token = es256("", CLAIMS);
    let (input, signature) = token.rsplit_once('.').unwrap();
    let hex = hex_of(&super::support::unb64(signature));
    let nonce = |more: &str, by: &str| {
        plain(signer(by).token(format!(r#"{{"alg":"ES256","kid":"e","nonce":{more}}}"#), CLAIMS))
    };
    vec![
        (plain(format!("{input}.{hex}")), vec![SignatureHex]),
        (plain(format!("{input}.{}", b64(hex.to_uppercase()))), vec![SignatureHex]),
        (plain(format!("{input}.{}", &hex[4..])), vec![SignatureLength]),
        (plain(format!("{input}.{}z", &hex[1..])), vec![SignatureLength]),
        (nonce(r#""AQAB""#, "p256-b"), vec![HeaderNonce]),
        (nonce(r#""AQAB""#, "p256"), vec![]),
        (nonce("1", "p256-b"), vec![SignatureInvalid]),
        // That of a request to an ACME server.
        (nonce(r#""AQAB","url":"https://acme.example/order""#, "p256-b"), vec![SignatureInvalid]),
    ]
}

fn payloads() -> Cases {
    use Cause::*;
    let inner = es256("", CLAIMS);
    let without = |more: &str| claims(&CLAIMS.replace(r#""aud":"api""#, more));
    vec![
        (plain(signed(r#","cty":"JWT""#, &inner)), vec![NestedJwt]),
        (plain(signed("", &inner)), vec![NestedJwt]),
        (plain(signed(r#","cty":"JWT""#, "[]")), vec![ClaimsMalformed]),
        (plain(signed(r#","cty":"JWT""#, CLAIMS)), vec![]),
        (plain(signed("", "abc.def.ghi")), vec![ClaimsMalformed]),
        (plain(signed("", inner.rsplit_once('.').unwrap().0)), vec![ClaimsMalformed]),
        (plain(signed(r#","zip":"DEF""#, b"\x8d\x52\xcb")), vec![PayloadDeflated]),
        (plain(signed(r#","zip":"DEF""#, CLAIMS)), vec![]),
        (plain(signed(r#","zip":null"#, b"\x8d\x52\xcb")), vec![ClaimsMalformed]),
        (without(r#""client_id":"api""#), vec![ClientInsteadOfAudience]),
        (without(r#""azp":"api""#), vec![ClientInsteadOfAudience]),
        (without(r#""client_id":7"#), vec![ClaimMissing]),
        (without(r#""aud":"web","client_id":"api""#), vec![AudienceMismatch]),
        (claims(r#"{"aud":"api","client_id":"api","exp":1800003600}"#), vec![ClaimMissing]),
    ]
}

fn texts() -> Cases {
    use Cause::*;
    let key = key("p256");
    let held = |payload: &str, policy: ClaimsPolicy<'_>| {
        causes_of(Verifier::new(&key), es256("", payload), &policy, NOW)
    };
    let issuer = |found: &str, expected: &'static str| {
        let payload = format!(r#"{{"iss":"{found}","exp":1800003600}}"#);
        held(&payload, ClaimsPolicy::new(Expect::Exactly(expected), Expect::Anything))
    };
    let audience = |found: &str, expected: &'static str| {
        let payload = format!(r#"{{"aud":{found},"exp":1800003600}}"#);
        held(&payload, ClaimsPolicy::new(Expect::Anything, Expect::Exactly(expected)))
    };
    let common = "https://login.example/{tenantid}/v2.0";
    vec![
        (issuer("accounts.example", "https://accounts.example"), vec![IssuerScheme]),
        (issuer("https://accounts.example", "accounts.example"), vec![IssuerScheme]),
        (issuer("https://Issuer.Example/", "https://issuer.example"), vec![IssuerLetterCase]),
        (issuer("https://login.example/9188040d/v2.0", common), vec![IssuerPlaceholder]),
        (issuer("https://login.example/9188040d/v1.0", common), vec![IssuerMismatch]),
        (issuer("https://login.example/a/b/v2.0", common), vec![IssuerMismatch]),
        (issuer("https://login.example//v2.0", common), vec![IssuerMismatch]),
        (issuer("https://issuer.example/a", "https://issuer.example"), vec![IssuerMismatch]),
        (audience(r#""https://api.example/""#, "https://api.example"), vec![AudienceTrailingSlash]),
        (audience(r#"["x","https:\/\/api.example"]"#, "https://api.example/"), vec![AudienceTrailingSlash]),
        (audience(r#""api://7f3a""#, "7f3a"), vec![AudienceScheme]),
        (audience(r#""API""#, "api"), vec![AudienceLetterCase]),
        (audience(r#"["apis","ap"]"#, "api"), vec![AudienceMismatch]),
        (audience("[]", "api"), vec![AudienceMismatch]),
        (audience(r#""""#, "api"), vec![AudienceMismatch]),
    ]
}

fn hex_of(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |mut hex, octet| {
        let _ = write!(hex, "{octet:02x}");
        hex
    })
}

/// The report for the claims of a token.
fn report(payload: &str, policy: &ClaimsPolicy<'_>) -> String {
    let key: VerifyingKey = key("p256");
    let mut scratch = [0; 4096];
    let verifier = Verifier::new(&key);
    verifier.diagnose(&es256("", payload), &mut scratch, policy, NOW).to_string()
}

/// Of several that are accepted, message and advice are about the one that is nearest; all are shown.
#[test]
fn message_and_advice_are_about_the_same_text() {
    let accepted = ["https://one.example", "https://two.example", "https://three.example"];
    let policy = ClaimsPolicy::new(Expect::any_of(&accepted), Expect::any_of(&["a", "b"]));
    let report = report(r#"{"iss":"https://two.example/","aud":["c","d"],"exp":1800003600}"#, &policy);
    let line = r#"claim 'iss': expected one of "https://two.example", "https://three.example", "https://one.example", found "https://two.example/""#;
    assert_eq!(report.matches(line).count(), 2, "{report}");
    assert!(
        report.starts_with("refused: claim 'iss': ") && report.contains("IssuerTrailingSlash"),
        "{report}"
    );
    assert!(report.contains(r#"claim 'aud': expected one of "a", "b", found "c", "d""#), "{report}");
}

/// Texts are shown whole up to 200 bytes, and from shortly before their first difference on where that is
/// further behind; dots say that something is left out.
#[test]
fn texts_that_differ_are_shown_where_they_do() {
    let issuers = |same: usize| {
        let start = "s".repeat(same);
        let (found, expected) = (format!("{start}found"), format!("{start}wanted"));
        let policy = ClaimsPolicy::new(Expect::Exactly(&expected), Expect::Anything);
        report(&format!(r#"{{"iss":"{found}","exp":1800003600}}"#), &policy)
    };
    for same in [0, 40, 139, 140, 141, 400] {
        let report = issuers(same);
        assert!(report.contains("found\"") && report.contains("wanted\""), "{report}");
        let start = if same < 140 {
            format!("\"{}found", "s".repeat(same))
        } else {
            format!("...\"{}found", "s".repeat(60))
        };
        assert!(report.contains(&start), "{start} is not in\n{report}");
    }
    // What differs in characters that are not printed is told apart, and what is too long is cut.
    let text = "\u{f6}".repeat(99);
    let policy = ClaimsPolicy::new(Expect::Exactly("M\u{f6}ller"), Expect::Exactly(&text));
    let report = report(r#"{"iss":"M\u00fcller","aud":[],"exp":1800003600}"#, &policy);
    assert!(report.contains(r#"expected "M\u{f6}ller", found "M\u{fc}ller""#), "{report}");
    assert!(report.contains(&format!(r#"expected "{}"..., found none"#, r"\u{f6}".repeat(33))), "{report}");
}

/// An audience shows its members, as many as are read; `kid` and `typ` are shown whole.
#[test]
fn lists_and_names_are_shown_whole() {
    let policy = ClaimsPolicy::new(Expect::Anything, Expect::Exactly("h"));
    let audiences = r#"{"aud":["a","b","c","d","e","f","g","h"],"exp":1800003600}"#;
    let shown = report(audiences, &policy);
    assert!(shown.contains(r#"'aud' is "a", "b", "c", "d", "e", "f" and 2 more, as expected"#), "{shown}");

    let [kid, typ] = [("k", 64), ("t", 40)].map(|(letter, length)| letter.repeat(length));
    let token = es256(&format!(r#","typ":"{typ}""#), CLAIMS).replace(
        &b64(format!(r#"{{"alg":"ES256","kid":"e","typ":"{typ}"}}"#)),
        &b64(format!(r#"{{"alg":"ES256","kid":"{kid}","typ":"{typ}"}}"#)),
    );
    let text = set(&format!(",{}", jwk("p256-b", &format!(r#""kid":"{kid}-2""#))));
    let jwks = Jwks::parse(&text).unwrap();
    let mut scratch = [0; 4096];
    let verifier = Verifier::new(jwks.keys(public()));
    let shown = verifier.diagnose(&token, &mut scratch, &policy, NOW).to_string();
    for text in [format!("kid \"{kid}\""), format!("typ \"{typ}\""), format!("kid \"{kid}-2\": passed over")]
    {
        assert!(shown.contains(&text), "{text} is not in\n{shown}");
    }
}
