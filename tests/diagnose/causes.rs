//! Every cause, by a token or a document that has it, and what the README says of them.

use core::time::Duration;

use std::collections::BTreeSet;

use jose_core::diagnose::{Cause, Stage, Standing};
use jose_core::{Algorithm, AlgorithmSet, ClaimsPolicy, Expect, Jwks, KeySource, UnixTime, Verifier};

use super::support::{self, b64, here, jwk, key, read, signer};
use super::{documents, kinds};

pub(crate) const ISSUER: &str = "https://issuer.example";
pub(crate) const CLAIMS: &str = r#"{"iss":"https://issuer.example","aud":"api","exp":1800003600}"#;
pub(crate) static POLICY: ClaimsPolicy<'static> =
    ClaimsPolicy::new(Expect::Exactly(ISSUER), Expect::Exactly("api"));
pub(crate) const TIMES: ClaimsPolicy<'static> = ClaimsPolicy::new(Expect::Anything, Expect::Anything);
pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

pub(crate) fn public() -> AlgorithmSet {
    AlgorithmSet::only(Algorithm::Rs256).or(Algorithm::Es256)
}

/// The causes of one token, in their order.
pub(crate) fn causes_of<K: KeySource>(
    verifier: Verifier<'_, K>,
    token: impl AsRef<[u8]>,
    policy: &ClaimsPolicy<'_>,
    now: UnixTime,
) -> Vec<Cause> {
    super::agree("a cause", &verifier, token.as_ref(), policy, now);
    let mut scratch = [0; 1 << 15];
    let diagnosis = verifier.diagnose(&token, &mut scratch, policy, now);
    diagnosis.problems().map(|problem| problem.cause()).collect()
}

/// An ES256 token of the key "e" of [`set`].
pub(crate) fn es256(header: &str, payload: &str) -> String {
    signer("p256").token(format!(r#"{{"alg":"ES256","kid":"e"{header}}}"#), payload)
}

/// A set with an EC and an RSA key, and `more` members.
pub(crate) fn set(more: &str) -> String {
    let (e, r) = (jwk("p256", r#""kid":"e""#), jwk("rsa-2048", r#""kid":"r""#));
    format!(r#"{{"keys":[{e},{r}{more}]}}"#)
}

/// The causes of a token for the usual set, policy and time.
pub(crate) fn plain(token: impl AsRef<[u8]>) -> Vec<Cause> {
    let set = set("");
    let jwks = Jwks::parse(&set).unwrap();
    causes_of(Verifier::new(jwks.keys(public())), token, &POLICY, NOW)
}

/// The causes of a token for this set.
pub(crate) fn keys(set: &str, token: &str) -> Vec<Cause> {
    causes_of(Verifier::new(Jwks::parse(set).unwrap().keys(public())), token, &POLICY, NOW)
}

/// The causes of these claims, well signed.
pub(crate) fn claims(payload: &str) -> Vec<Cause> {
    plain(es256("", payload))
}

/// What was done to a token's text, or stands around it.
fn text_cases() -> Vec<(Vec<Cause>, Vec<Cause>)> {
    let token = es256("", CLAIMS);
    let [header, payload, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    // A payload whose encoding differs between the alphabets, and one of a length that takes padding.
    let odd = es256("", &CLAIMS.replace("}", r#","x":"??>>??>>~~~"}"#));
    let standard = odd.replace('-', "+").replace('_', "/");
    assert_ne!(odd, standard);
    let padded = format!("{header}=.{payload}=.{signature}==");
    use Cause::*;
    vec![
        (plain(&token), vec![]),
        (plain(""), vec![TokenEmpty]),
        (plain("Bearer "), vec![BearerPrefix, WhiteSpace, TokenEmpty]),
        (plain(format!("Bearer {token}")), vec![BearerPrefix]),
        (plain(format!("authorization: bearer  {token}")), vec![BearerPrefix]),
        (plain(format!("\"{token}\"")), vec![Quotes]),
        (plain(format!("b'{token}'")), vec![Quotes]),
        (plain(format!("\\\"{token}\\\"")), vec![Quotes]),
        (plain(format!("{token}\r\n")), vec![WhiteSpace]),
        (plain(format!(" \"Bearer {token}\"\n")), vec![BearerPrefix, Quotes, WhiteSpace]),
        (
            plain(format!("{header}.{}\n{}.{signature}", &payload[..8], &payload[8..])),
            vec![WhiteSpace, WhiteSpace],
        ),
        (plain(token.replace('.', "%2e")), vec![PercentEncoded]),
        (plain(format!("{token}%3D")), vec![PercentEncoded]),
        (plain(padded), vec![PaddedBase64; 4]),
        (plain(format!("{token}==")), vec![PaddedBase64]),
        (plain(&standard), vec![StandardBase64; 3]),
        (plain(format!("{token}!")), vec![NotBase64url]),
        (plain(format!("{header}.{payload}.A")), vec![NotBase64url]),
        (plain("6f2a8c1d-opaque"), vec![OpaqueToken]),
        (plain("ya29.a0AfH6SMBx"), vec![OpaqueToken]),
        (plain("abcd.efgh.ijkl"), vec![OpaqueToken]),
        (plain(format!("{header}.{payload}")), vec![TokenCut]),
        (plain(&header[..20]), vec![TokenCut]),
        (plain(format!("{token}.{payload}")), vec![TooManyParts]),
        (plain(format!("{header}....")), vec![Jwe]),
        (plain(r#" {"access_token":"..."}"#), vec![WhiteSpace, JsonSerialization]),
        (plain(format!("{}.{payload}.", b64("[]"))), vec![OpaqueToken]),
        (plain(format!("{}.{payload}.", b64(r#"{"alg" 1}"#))), vec![HeaderMalformed]),
        (plain(format!("{}.{payload}.", b64(r#"{"alg":1}"#))), vec![ParameterType]),
        (plain(format!("{}.{payload}.", b64(r#"{"a":1}"#))), vec![AlgMissing]),
        (plain(es256(r#","crit":["x"]"#, CLAIMS)), vec![CriticalExtension]),
        (plain(es256(r#","b64":false"#, CLAIMS)), vec![CriticalExtension]),
        (plain("A".repeat(70_000)), vec![TokenTooLong]),
        (plain(es256(&format!(r#","x5c":["{}"]"#, "A".repeat(15_000)), CLAIMS)), vec![HeaderTooLong]),
        (plain(es256(&members(1025), CLAIMS)), vec![TooManyMembers]),
        (plain(es256("", &format!("{{{}}}", &members(1025)[1..]))), vec![TooManyMembers]),
        // What can be told at once is.
        (
            plain(format!("Bearer {}", es256("", r#"{"aud":"x","exp":1}"#))),
            vec![BearerPrefix, ClaimMissing, AudienceMismatch, Expired],
        ),
    ]
}

fn header_cases() -> Vec<(Vec<Cause>, Vec<Cause>)> {
    use Cause::*;
    let (e, h) = (key("p256"), key("hmac-32"));
    let token = |header: &str| format!("{}.{}.", b64(header), b64(CLAIMS));
    let typ = |typ: &str, required: &str| {
        causes_of(Verifier::new(&e).require_typ(required), es256(typ, CLAIMS), &POLICY, NOW)
    };
    let only = |algorithm: Algorithm, token: &str| {
        let set = set("");
        causes_of(Verifier::new(Jwks::parse(&set).unwrap().keys(algorithm)), token, &POLICY, NOW)
    };
    let secret = Verifier::new(&h);
    let all = public().or(Algorithm::Hs256);
    let es256_token = es256("", CLAIMS);
    vec![
        (plain(token(r#"{"alg":"none"}"#)), vec![Unsigned]),
        (plain(token(r#"{"alg":"NONE","kid":"x"}"#)), vec![Unsigned, KidUnknown]),
        (plain(token(r#"{"alg":"HS256"}"#)), vec![SignedWithSecret]),
        (plain(token(r#"{"alg":"HS512"}"#)), vec![SignedWithSecret]),
        (
            causes_of(Verifier::new(&e).algorithms(all), token(r#"{"alg":"HS256"}"#), &POLICY, NOW),
            vec![SignedWithSecret],
        ),
        (
            causes_of(Verifier::new(&h).algorithms(all), &es256_token, &POLICY, NOW),
            vec![SignedWithPrivateKey],
        ),
        (causes_of(secret.clone(), &es256_token, &POLICY, NOW), vec![SignedWithPrivateKey]),
        (plain(token(r#"{"alg":"ES512"}"#)), vec![AlgorithmUnsupported]),
        (only(Algorithm::Rs256, &es256_token), vec![AlgorithmNotAllowed]),
        (typ("", "at+jwt"), vec![IdToken]),
        (typ(r#","typ":"JWT""#, "application/at+jwt"), vec![IdToken]),
        (typ(r#","typ":"at+jwt""#, "jwt"), vec![TypMismatch]),
        (typ("", "jwt"), vec![TypMismatch]),
        (typ(r#","typ":"application/AT+JWT""#, "at+jwt"), vec![]),
        (
            causes_of(secret.require_kid(), support::token(Algorithm::Hs256, CLAIMS), &POLICY, NOW),
            vec![KidRequired],
        ),
        // All of the header at once.
        (
            causes_of(
                Verifier::new(&e).require_kid().require_typ("at+jwt"),
                token(r#"{"alg":"RS256"}"#),
                &ClaimsPolicy::new(Expect::Exactly("http://issuer.example/"), Expect::Forbidden),
                UnixTime::from_secs(1_800_010_000),
            ),
            vec![AlgorithmNotAllowed, IdToken, KidRequired, IssuerScheme, ClaimPresent, Expired],
        ),
    ]
}

fn key_cases() -> Vec<(Vec<Cause>, Vec<Cause>)> {
    use Cause::*;
    let token = es256("", CLAIMS);
    let anonymous = signer("p256").token(r#"{"alg":"ES256"}"#, CLAIMS);
    let one = |member: &str| format!(r#"{{"keys":[{member}]}}"#);
    let short = jwk("p256", r#""kid":"e""#).replace(&b64(support::member("p256", "x")), &b64([7; 31]));
    let ec = |more: &str| one(&jwk("p256", &format!(r#""kid":"e"{more}"#)));
    let rsa = one(&jwk("rsa-2048", r#""kid":"e""#));
    let [two, another] = ["p256", "p256-b"].map(|key| jwk(key, r#""kid":"e""#));
    vec![
        (keys(r#"{"keys":[]}"#, &token), vec![NoKeys]),
        (keys(r#"{"keys":[]}"#, &anonymous), vec![NoKeys]),
        (
            keys(
                &set(""),
                &token.replace(&b64(r#"{"alg":"ES256","kid":"e"}"#), &b64(r#"{"alg":"ES256","kid":"x"}"#)),
            ),
            vec![KidUnknown],
        ),
        (keys(&one(&jwk("p256", "")), &token), vec![KeyWithoutKid]),
        (keys(&one(&jwk("p256", r#""kid":"A","x5t":"e""#)), &token), vec![KidIsThumbprint]),
        (keys(&one(&jwk("p256", r#""x5t#S256":"\u0065""#)), &token), vec![KidIsThumbprint]),
        (keys(&one(&jwk("p256", r#""kid":"E""#)), &token), vec![KidLetterCase]),
        (keys(&ec(r#","use":"enc""#), &token), vec![KeyUnusable]),
        (keys(&one(&short), &token), vec![CoordinateLeadingZero]),
        (keys(&one(&short), &anonymous), vec![CoordinateLeadingZero]),
        (keys(&ec(r#","d":"AA""#), &token), vec![PrivateKeyPublished]),
        (keys(&one(&jwk("hmac-32", r#""kid":"e""#)), &token), vec![KeyTypeMismatch]),
        (
            causes_of(
                Verifier::new(
                    Jwks::parse(&one(&jwk("hmac-32", r#""kid":"e""#)))
                        .unwrap()
                        .keys(public().or(Algorithm::Hs256)),
                ),
                &token,
                &POLICY,
                NOW,
            ),
            vec![SecretAmongPublicKeys],
        ),
        (keys(&ec(r#","alg":"RS256""#), &token), vec![KeyTypeMismatch]),
        (keys(&rsa, &token), vec![KeyTypeMismatch]),
        (keys(&one(&format!("{two},{two}")), &token), vec![]),
        (keys(&one(&format!("{two},{another}")), &token), vec![KeyAmbiguous]),
        (keys(&one(&format!("{two},{another}")), &anonymous), vec![KidNeeded]),
        (
            causes_of(
                Verifier::new(Jwks::parse(&rsa).unwrap().keys(Algorithm::Es256)),
                &anonymous,
                &POLICY,
                NOW,
            ),
            vec![NoKeyForAlgorithm],
        ),
    ]
}

fn signature_cases() -> Vec<(Vec<Cause>, Vec<Cause>)> {
    use Cause::*;
    let token = es256("", CLAIMS);
    let (input, signature) = token.rsplit_once('.').unwrap();
    let der = p256::ecdsa::Signature::from_slice(&support::unb64(signature)).unwrap().to_der();
    let other = signer("p256-b").token(r#"{"alg":"ES256","kid":"e"}"#, CLAIMS);
    let forged = format!("{}.{signature}", es256("", r#"{"exp":1}"#).rsplit_once('.').unwrap().0);
    vec![
        (plain(format!("{input}.")), vec![SignatureMissing]),
        (plain(format!("{input}.{}", b64(der.as_bytes()))), vec![SignatureDer]),
        (plain(format!("{input}.{}", b64([0x30; 72]))), vec![SignatureLength]),
        (plain(other), vec![SignatureInvalid]),
        (plain(forged), vec![SignatureInvalid, ClaimMissing, ClaimMissing, Expired]),
    ]
}

fn claims_cases() -> Vec<(Vec<Cause>, Vec<Cause>)> {
    use Cause::*;
    let with = |from: &str, to: &str| claims(&CLAIMS.replace(from, to));
    let timed = |payload: &str, policy: ClaimsPolicy<'_>, now: i64| {
        let verifier_key = key("p256");
        let verifier = Verifier::new(&verifier_key);
        causes_of(verifier, es256("", payload), &policy, UnixTime::from_secs(now))
    };
    let aged = || {
        ClaimsPolicy::new(Expect::Anything, Expect::Anything)
            .allow_missing_exp()
            .max_age(Duration::from_secs(60))
    };
    let long = "https://issuer.example/a-tenant-with-a-name-that-is-longer-than-what-is-shown/v2";
    let wordy = ClaimsPolicy::new(
        Expect::any_of(&[
            "x",
            "https://issuer.example/a-tenant-with-a-name-that-is-longer-than-what-is-shown/v2/",
        ]),
        Expect::Anything,
    );
    vec![
        (claims("[]"), vec![ClaimsMalformed]),
        (claims(""), vec![ClaimsMalformed]),
        (
            claims(r#"{"iss":1,"aud":{},"exp":"1800003600","nbf":null,"sub":1,"jti":1,"iat":[]}"#),
            vec![ClaimType; 4],
        ),
        (
            timed(r#"{"iss":1,"aud":{},"exp":1800003600,"sub":1,"jti":1,"iat":[]}"#, TIMES, 1_800_000_000),
            vec![],
        ),
        (timed(r#"{"iat":[]}"#, aged(), 1_800_000_000), vec![ClaimType]),
        (timed(r#"{"exp":1}"#, TIMES.allow_expired(), 1_800_000_000), vec![]),
        (timed(CLAIMS, TIMES, 42), vec![ClockNotSet]),
        (timed(CLAIMS, TIMES, 999_999_999), vec![ClockNotSet]),
        (timed(CLAIMS, TIMES, 1_000_000_000), vec![]),
        (timed(r#"{"exp":1}"#, TIMES, 42), vec![ClockSkew, ClockNotSet]),
        (timed(r#"{"exp":253402300799}"#, TIMES, 1_800_000_000), vec![]),
        (timed(r#"{"exp":999999999999}"#, TIMES, 1_800_000_000), vec![]),
        (timed(r#"{"exp":1000000000000}"#, TIMES, 1_800_000_000), vec![Milliseconds]),
        (with(r#""aud":"api","#, ""), vec![ClaimMissing]),
        (
            timed(CLAIMS, ClaimsPolicy::new(Expect::Forbidden, Expect::Forbidden), 1_800_000_000),
            vec![ClaimPresent; 2],
        ),
        (with("issuer.example", "issuer.example/"), vec![IssuerTrailingSlash]),
        (with("https://issuer.example", "https:\\/\\/issuer.example\\/"), vec![IssuerTrailingSlash]),
        (
            timed(&format!(r#"{{"iss":"{long}","exp":1800003600}}"#), wordy, 1_800_000_000),
            vec![IssuerTrailingSlash],
        ),
        (with("https://", "http://"), vec![IssuerScheme]),
        (with("https://", ""), vec![IssuerScheme]),
        (with("issuer.example", "tenant.example"), vec![IssuerMismatch]),
        (with(r#""api""#, r#"["x","y"]"#), vec![AudienceMismatch]),
        (with("1800003600", "1799990000"), vec![Expired]),
        (with("1800003600", "1799999701"), vec![ClockSkew]),
        (with("1800003600", "1799999699"), vec![Expired]),
        (with("1800003600", r#"1800003600,"nbf":1800000301"#), vec![NotYetValid]),
        (with("1800003600", r#"1800003600,"nbf":1800000300"#), vec![ClockSkew]),
        (with("1800003600", r#"1800003600,"nbf":1800000000000"#), vec![Milliseconds]),
        (with("1800003600", r#"1800003600000"#), vec![Milliseconds]),
        (with("1800003600", r#"1800003600000000000"#), vec![Milliseconds]),
        (timed(CLAIMS, POLICY.clone(), 1_800_000_000_000), vec![NowInMilliseconds]),
        (timed(r#"{"iat":1800000400}"#, aged(), 1_800_000_000), vec![IssuedInFuture]),
        (timed(r#"{"iat":1800000020}"#, aged(), 1_800_000_000), vec![ClockSkew]),
        (timed(r#"{"iat":1800000020}"#, aged().leeway(Duration::from_secs(20)), 1_800_000_000), vec![]),
        (timed(r#"{"iat":1800000000000}"#, aged(), 1_800_000_000), vec![Milliseconds]),
        (timed(r#"{"iat":1799999000}"#, aged(), 1_800_000_000), vec![TooOld]),
        (timed("{}", aged(), 1_800_000_000), vec![ClaimMissing]),
        // All that is wrong, in one answer.
        (with(r#""api","exp":1800003600"#, r#""x","exp":1"#), vec![AudienceMismatch, Expired]),
    ]
}

#[test]
fn every_cause_has_a_case() {
    let cases = [
        text_cases(),
        header_cases(),
        key_cases(),
        signature_cases(),
        claims_cases(),
        kinds::cases(),
        documents::set_cases(),
        documents::jwk_cases(),
    ];
    // tests/diagnose.rs has this one.
    let mut seen = vec![Cause::ScratchTooSmall];
    for (number, (found, expected)) in cases.iter().flat_map(|cases| cases.iter().enumerate()) {
        assert_eq!(found, expected, "case {number} of its list");
        seen.extend(found);
    }
    let unseen: Vec<_> = Cause::ALL.iter().filter(|cause| !seen.contains(cause)).collect();
    assert_eq!(unseen, Vec::<&Cause>::new(), "causes that no case has");
}

#[test]
fn advice_is_one_sentence() {
    for &cause in Cause::ALL {
        let advice = cause.advice();
        let sentence = advice.starts_with(|first: char| first.is_ascii_lowercase()) && !advice.ends_with('.');
        assert!(sentence && advice.is_ascii() && advice.len() > 20, "{cause}");
        assert_eq!(cause.to_string(), format!("{cause:?}: {advice}"));
    }
    let different: BTreeSet<_> = Cause::ALL.iter().map(|cause| cause.advice()).collect();
    assert_eq!(different.len(), Cause::ALL.len());
}

/// The README shows what the demonstration's HS256 token gets.
#[test]
fn the_readme_shows_what_is_printed() {
    let demo = support::json(&here("vectors/demo.json"));
    let case = demo["refusals"]
        .as_array()
        .unwrap()
        .iter()
        .find(|case| case["what"] == "HS256 token to an RS256 verifier");
    let case = case.unwrap();
    let keys = case["keys"].to_string();
    let jwks = Jwks::parse(&keys).unwrap();
    let set = jose_core::KeySet::from_jwks(&jwks, Algorithm::Rs256).unwrap();
    let verifier = Verifier::new(&set).require_kid();
    let policy = ClaimsPolicy::new(Expect::Exactly(ISSUER), Expect::Exactly("api.example"));
    let now = UnixTime::from_secs(demo["now"].as_i64().unwrap());
    let mut scratch = Vec::new();
    let report = verifier.diagnose(case["token"].as_str().unwrap(), &mut scratch, &policy, now).to_string();
    let readme = read(&here("README.md"));
    assert!(
        readme.contains(&format!("--token \"$TOKEN\"\n{report}\n```")),
        "README.md does not have\n{report}"
    );
}

/// Of a large set, the keys that the token does not name are counted and not listed.
#[test]
fn a_large_set_makes_a_short_report() {
    let more: String = (0..100).map(|number| format!(r#",{{"kty":"AKP","kid":"{number}"}}"#)).collect();
    let text = set(&more);
    let jwks = Jwks::parse(&text).unwrap();
    let mut scratch = [0; 4096];
    let verifier = Verifier::new(jwks.keys(public()));
    let token = es256("", CLAIMS);
    let diagnosis = verifier.diagnose(&token, &mut scratch, &POLICY, NOW);
    assert_eq!(diagnosis.candidates().count(), 102);
    let report = diagnosis.to_string();
    assert!(report.starts_with("accepted\n") && report.contains("and 97 more keys"), "{report}");
    let listed = report.lines().filter(|line| line.starts_with("             kid ")).count();
    assert_eq!(listed + 97, 102, "{report}");
    assert!(report.lines().count() < 20, "{report}");
}

/// Each key says why it was passed over.
#[test]
fn candidates_say_why() {
    let more = format!(r#",{{"kty":"AKP","kid":"e"}},{},"no key""#, jwk("rsa-2048-b", r#""kid":"e""#));
    let text = set(&more);
    let jwks = Jwks::parse(&text).unwrap();
    let keys = jose_core::KeySet::from_jwks(&jwks, public()).unwrap();
    let token = es256("", CLAIMS);
    let (mut one, mut other) = ([0; 4096], [0; 4096]);
    let (borrowed, built) = (Verifier::new(jwks.keys(public())), Verifier::new(&keys));
    let borrowed = borrowed.diagnose(&token, &mut one, &POLICY, NOW);
    let built = built.diagnose(&token, &mut other, &POLICY, NOW);
    let standings: Vec<_> = borrowed.candidates().map(|candidate| candidate.standing()).collect();
    assert!(borrowed.candidates().eq(built.candidates()));
    let (es256, rs256) = (Algorithm::Es256, Algorithm::Rs256);
    assert_eq!(standings[..2], [Standing::Chosen { algorithm: es256 }, Standing::OtherKid]);
    assert!(matches!(standings[2], Standing::SetAside { .. }));
    assert_eq!(standings[3..], [Standing::OtherAlgorithm { algorithm: rs256 }, Standing::OtherKid]);
    assert_eq!(borrowed.outcome(Stage::Keys), jose_core::diagnose::Outcome::Holds);

    let pairs = [("d", key("p256-b")), ("e", key("rsa-2048")), ("e", key("p256"))];
    let mut scratch = [0; 4096];
    let verifier = Verifier::new(&pairs).algorithms(public());
    let diagnosis = verifier.diagnose(&token, &mut scratch, &POLICY, NOW);
    let standings: Vec<_> = diagnosis.candidates().map(|candidate| candidate.standing()).collect();
    let other = Standing::OtherAlgorithm { algorithm: rs256 };
    assert_eq!(standings, [Standing::OtherKid, other, Standing::Chosen { algorithm: es256 }]);
}

/// Members of an object, each behind a comma.
pub(crate) fn members(count: usize) -> String {
    (0..count).map(|number| format!(r#","{number}":0"#)).collect()
}
