//! Does one operation on hostile inputs of growing size, for callgrind: `hostile list` names the classes,
//! `hostile CLASS` runs one. Only what [`counted`] calls is to be counted. See `check`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::arithmetic_side_effects,
    reason = "a bench that cannot run must stop"
)]

mod input;

use std::hint::black_box;
use std::iter::repeat_n;

use input::{colliding, distinct, header_and_no_more, object, set, signed, unsigned};
use jose_core::diagnose::diagnose_set;
use jose_core::json::Value;
use jose_core::{
    Algorithm, ClaimsPolicy, Error, Expect, Jwk, Jwks, KeySet, Limits, UnixTime, Verifier,
    error::{ClaimsError, KeyError, SetError},
};

static POLICY: ClaimsPolicy<'static> =
    ClaimsPolicy::new(Expect::Anything, Expect::Anything).allow_missing_exp();
const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// What an operation ends in, put into words only when it is over.
enum Refusal {
    Token(Error),
    Json(jose_core::error::JsonError),
    Set(SetError),
    Key(KeyError),
    /// What shows that this tool would notice.
    SelfTest,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Token(error) => write!(f, "Error::{error:?}"),
            Self::Json(error) => write!(f, "{error:?}"),
            Self::Set(error) => write!(f, "SetError::{error:?}"),
            Self::Key(error) => write!(f, "KeyError::{error:?}"),
            Self::SelfTest => f.write_str("SelfTest"),
        }
    }
}

type Outcome = Result<(), Refusal>;
type Operation = Box<dyn FnMut() -> Outcome>;

struct Class {
    name: &'static str,
    what: &'static str,
    /// Of what the input has so many.
    unit: &'static str,
    /// Up to the limit, each twice the one before.
    below: &'static [usize],
    /// From the limit on.
    beyond: &'static [usize],
    /// The text that holds so many.
    input: fn(usize) -> String,
    operation: fn(String) -> Operation,
}

/// Sizes that are limited by the length of a token, a header, a text or a set, or by a number.
const TOKEN: [&[usize]; 2] = [&[3000, 6000, 12_000, 24_000, 48_000], &[96_000, 1 << 20, 10 << 20]];
const HEADER: [&[usize]; 2] = [&[1500, 3000, 6000, 12_000], &[24_000, 1 << 20, 10 << 20]];
const TEXT: [&[usize]; 2] = [&[1 << 16, 1 << 17, 1 << 18, 1 << 19, 1 << 20], &[2 << 20, 10 << 20]];
const SET: [&[usize]; 2] = [&[1 << 16, 1 << 17, 1 << 18, 1 << 19], &[1 << 20, 2 << 20, 10 << 20]];
const LEVELS: [&[usize]; 2] = [&[4, 8, 16, 31], &[64, 512, 1 << 20, 2 << 20]];
const CLAIMS: [&[usize]; 2] = [&[16, 64, 256, 512, 1024], &[1025, 2048, 20_000, 40_000]];
const PARAMETERS: [&[usize]; 2] = [&[16, 64, 256, 512, 1024], &[1025, 1400, 20_000, 40_000]];

/// Names of 30 and of 80 octets, and in 8 and 13 escapes: as many as there is room for.
const LONG_PARAMETERS: [&[usize]; 2] = [&[16, 32, 64, 128, 256], &[512, 20_000, 40_000]];
const LONG_CLAIMS: [&[usize]; 2] = [&[16, 64, 128, 256, 512], &[600, 20_000, 40_000]];
const KEYS: [&[usize]; 2] = [&[128, 256, 512, 1024], &[1025, 2048, 1 << 16, 1 << 17]];

/// As many names in escapes with one digest as a header holds, and texts that do not take minutes.
const ESCAPED: [&[usize]; 2] = [&[12, 25, 50, 100], &[200, 20_000, 40_000]];
const ESCAPED_CLAIMS: [&[usize]; 2] = [&[16, 32, 64, 128, 256, 450], &[600, 20_000, 40_000]];
/// Levels of objects with 30 members each.
const NESTED: [&[usize]; 2] = [&[2, 4, 8, 16, 30], &[33, 20_000, 40_000]];
/// Members of an object whose reader may take as many as there are.
const MANY: [&[usize]; 2] = [&[1000, 2000, 4000, 8000, 16_000], &[150_000, 300_000]];
const SHORTER: [&[usize]; 2] = [&[1 << 15, 1 << 16, 1 << 17], &[2 << 20, 10 << 20]];
const SELF_TEST_SIZES: [&[usize]; 2] = [&[64, 128, 256, 512], &[1024, 2048]];

const fn class(
    name: &'static str,
    unit: &'static str,
    [below, beyond]: [&'static [usize]; 2],
    input: fn(usize) -> String,
    operation: fn(String) -> Operation,
    what: &'static str,
) -> Class {
    Class { name, what, unit, below, beyond, input, operation }
}

/// Every class. A new one is a row here, and `./check --update`.
const CLASSES: &[Class] = &[
    class("dots", "dots", TOKEN, |n| ".".repeat(n), verify, "verify a token of dots"),
    class("blanks", "blanks", TOKEN, |n| " ".repeat(n), verify, "verify white space"),
    class("payload", "octets", TOKEN, |n| signed("\0".repeat(n)), verify, "verify a signed token"),
    class("signature", "characters", TOKEN, |n| unsigned(&"A".repeat(n)), verify, "verify a long signature"),
    class(
        "header-base64",
        "characters",
        HEADER,
        |n| "A".repeat(n) + "=..",
        verify,
        "verify, last character padding",
    ),
    class(
        "header-members",
        "members",
        PARAMETERS,
        |n| header_and_no_more(&object(distinct(n - 1))),
        verify,
        "verify",
    ),
    class(
        "header-colliding",
        "members",
        LONG_PARAMETERS,
        |n| header_and_no_more(&object(colliding(n - 1, 30))),
        verify,
        "verify, names of 30 octets and one digest",
    ),
    class(
        "header-colliding-escaped",
        "members",
        ESCAPED,
        |n| header_and_no_more(&object(escaped_names(n - 1))),
        verify,
        "verify, names of one digest in escapes",
    ),
    class(
        "header-nested",
        "levels",
        NESTED,
        |n| header_and_no_more(&format!(r#""x":{}"#, nested_objects(n, "0"))),
        verify,
        "verify, objects of 30 members in one another",
    ),
    class(
        "header-twice",
        "members",
        PARAMETERS,
        |n| header_and_no_more(&object(repeat_n("a".to_owned(), n))),
        verify,
        "verify, one name again and again",
    ),
    class(
        "header-levels",
        "levels",
        LEVELS,
        |n| header_and_no_more(&format!(r#""x":{}"#, nested(n))),
        verify,
        "verify nested arrays",
    ),
    class(
        "header-escapes",
        "octets",
        HEADER,
        |n| header_and_no_more(&format!(r#""x":"{}""#, r"\n".repeat(n / 2))),
        verify,
        "verify a string of escapes",
    ),
    class(
        "header-number",
        "digits",
        HEADER,
        |n| header_and_no_more(&format!(r#""x":{}"#, "9".repeat(n))),
        verify,
        "verify a long number",
    ),
    class(
        "kid",
        "octets",
        HEADER,
        |n| header_and_no_more(&format!(r#""kid":"{}""#, "k".repeat(n))),
        verify_among_1024,
        "look a long kid up among 1,024 keys",
    ),
    class(
        "kid-escaped",
        "octets",
        HEADER,
        |n| header_and_no_more(&format!(r#""kid":"{}""#, r"\u006b".repeat(n / 6))),
        verify_among_1024,
        "look a kid in escapes up among 1,024 keys",
    ),
    class(
        "crit",
        "octets",
        HEADER,
        |n| {
            header_and_no_more(&format!(
                r#""crit":["a","b","c","d"],"x":"{}","a":1,"b":1,"c":1"#,
                "x".repeat(n)
            ))
        },
        understanding,
        "verify, crit of four extensions",
    ),
    class(
        "crit-names",
        "octets",
        HEADER,
        |n| header_and_no_more(&format!(r#""a":1,"crit":["a"{}]"#, r#","\u0062""#.repeat(n / 9))),
        understanding,
        "verify, crit of names without end",
    ),
    class(
        "claims-members",
        "members",
        CLAIMS,
        |n| signed(format!("{{{}}}", object(distinct(n)))),
        claims,
        "verify and read claims",
    ),
    class(
        "claims-colliding",
        "members",
        LONG_CLAIMS,
        |n| signed(format!("{{{}}}", object(colliding(n, 80)))),
        claims,
        "the same, names of 80 octets and one digest",
    ),
    class(
        "claims-colliding-escaped",
        "members",
        ESCAPED_CLAIMS,
        |n| signed(format!("{{{}}}", object(escaped_names(n)))),
        claims,
        "the same, names of one digest in escapes",
    ),
    class(
        "claims-levels",
        "levels",
        LEVELS,
        |n| signed(format!(r#"{{"x":{}}}"#, nested(n))),
        claims,
        "verify and read nested arrays",
    ),
    class(
        "aud",
        "octets",
        TOKEN,
        |n| signed(format!(r#"{{"aud":[{}""]}}"#, r#""a","#.repeat(n / 4))),
        audience,
        "verify, no member of aud is accepted",
    ),
    class(
        "exp-digits",
        "digits",
        TOKEN,
        |n| signed(format!(r#"{{"exp":0.{}}}"#, "9".repeat(n))),
        claims,
        "verify and read a long exp",
    ),
    class(
        "exp-exponent",
        "digits",
        TOKEN,
        |n| signed(format!(r#"{{"exp":1e{}}}"#, "9".repeat(n))),
        claims,
        "the same, digits in the exponent",
    ),
    class(
        "iss-escapes",
        "octets",
        TOKEN,
        |n| signed(format!(r#"{{"iss":"{}"}}"#, r"\u0069".repeat(n / 6))),
        issuer,
        "verify, iss in escapes is another",
    ),
    class("json-arrays", "octets", TEXT, |n| format!("[{}0]", "[],".repeat((n - 3) / 3)), json, "read"),
    class(
        "json-escapes",
        "octets",
        TEXT,
        |n| format!("\"{}\"", r"\ud83d\ude00".repeat((n - 2) / 12)),
        json,
        "read",
    ),
    class(
        "json-objects",
        "octets",
        TEXT,
        |n| objects(n, &object(distinct(128))),
        json,
        "read objects of 128 members",
    ),
    class(
        "json-colliding",
        "octets",
        SHORTER,
        |n| objects(n, &object(colliding(128, 4))),
        json,
        "the same, names of 4 octets and one digest",
    ),
    class(
        "json-colliding-escaped",
        "octets",
        SHORTER,
        |n| objects(n, &object(escaped_names(128))),
        json,
        "the same, names of one digest in escapes",
    ),
    class(
        "json-nested",
        "octets",
        SHORTER,
        |n| nested_objects(30, &format!("[{}0]", "[],".repeat((n - 9000) / 3))),
        json,
        "the same, in 30 objects of 30 members in one another",
    ),
    class(
        "json-members",
        "members",
        MANY,
        |n| format!("{{{}}}", object((0..n).map(|number| format!("{number:06}")))),
        json_of_any_size,
        "read one object, its members not limited",
    ),
    class(
        "json-number",
        "digits",
        TEXT,
        |n| "9".repeat(n),
        json_number,
        "read a number, as integer and as fraction",
    ),
    class(
        "json-fraction",
        "digits",
        TEXT,
        |n| format!("0.{}1e{n}", "0".repeat(n - 20)),
        json_number,
        "the same, of zeros behind the point",
    ),
    class(
        "json-get",
        "octets",
        TEXT,
        |n| format!(r#"{{"x":[{}0],"s":"{}"}}"#, "[],".repeat(n / 12), r"\u0061".repeat(n / 8 - 10)),
        json_get,
        "read, look for members, copy a string",
    ),
    class("json-levels", "levels", LEVELS, nested, json, "read nested arrays"),
    class(
        "set",
        "keys",
        KEYS,
        |n| set((0..n).map(|number| format!(r#""kid":"{number}""#))),
        key_set,
        "read a set, build HS256 keys",
    ),
    class(
        "set-one-kid",
        "keys",
        KEYS,
        |n| set(repeat_n(r#""kid":"k""#.to_owned(), n)),
        key_set,
        "the same, one kid",
    ),
    class(
        "set-of-nothing",
        "keys",
        KEYS,
        |n| format!(r#"{{"keys":[{}{}]}}"#, r#"{"kid":"k"},"#.repeat(n - 1), input::JWK),
        key_set,
        "the same, no keys but one",
    ),
    class(
        "set-twice",
        "keys",
        KEYS,
        |n| set(repeat_n(r#""a":0,"a":0"#.to_owned(), n - 1).chain([r#""kid":"k""#.to_owned()])),
        key_set,
        "the same, names twice in all but one",
    ),
    class(
        "set-by-structure",
        "octets",
        SET,
        |n| format!(r#"{{"keys":[{{"x":{}}},{}]}}"#, nested((n - 90) / 2), input::JWK),
        key_set,
        "the same, one key nested without end",
    ),
    class("set-rs256", "keys", KEYS, input::rs256_set, rs256_set, "read a set, build RS256 keys"),
    class("set-es384", "keys", KEYS, input::es384_set, es384_set, "read a set, build ES384 keys"),
    class("set-ed25519", "keys", KEYS, input::ed25519_set, ed25519_set, "read a set, build Ed25519 keys"),
    class(
        "modulus",
        "characters",
        TEXT,
        |n| format!(r#"{{"kty":"RSA","e":"AQAB","n":"{}"}}"#, "A".repeat(n - 40)),
        jwk,
        "read a key, its modulus too long",
    ),
    class("diagnose-dots", "dots", TOKEN, |n| ".".repeat(n), diagnose, "diagnose a token of dots"),
    class(
        "diagnose-claims",
        "members",
        CLAIMS,
        |n| signed(format!("{{{}}}", object(distinct(n)))),
        diagnose,
        "diagnose a signed token",
    ),
    class("diagnose-blanks", "blanks", TOKEN, |n| " ".repeat(n), diagnose, "diagnose white space"),
    class(
        "diagnose-set",
        "octets",
        SET,
        |n| format!("[{}0]", "[],".repeat((n - 3) / 3)),
        set_diagnosis,
        "diagnose a set that is an array",
    ),
];

/// What the check must refuse.
const SELF_TEST: &[Class] = &[
    class(
        "self-test-quadratic",
        "octets",
        SELF_TEST_SIZES,
        |n| "a".repeat(n),
        quadratic,
        "compare all with all",
    ),
    class("self-test-unlimited", "octets", SELF_TEST_SIZES, |n| "a".repeat(n), unlimited, "no limit"),
];

fn nested(levels: usize) -> String {
    "[".repeat(levels) + &"]".repeat(levels)
}

/// Objects of 30 members in one another, around a value.
fn nested_objects(levels: usize, inside: &str) -> String {
    let members = object(distinct(29));
    format!(r#"{{{members},"x":"#).repeat(levels) + inside + &"}".repeat(levels)
}

/// Names in escapes that differ in their middle, and so have one digest.
fn escaped_names(count: usize) -> impl Iterator<Item = String> {
    let escapes = r"\u0061".repeat(8);
    (0..count).map(move |number| format!("{escapes}{number:03}{escapes}"))
}

/// An array of objects, of about so many octets.
fn objects(octets: usize, members: &str) -> String {
    format!("[{}0]", format!("{{{members}}},").repeat((octets - 3) / (members.len() + 3)))
}

fn verifying<K: jose_core::KeySource>(
    token: String,
    keys: &'static K,
    policy: Option<ClaimsPolicy<'static>>,
) -> Operation {
    let verifier = Verifier::new(keys);
    let mut scratch = vec![0; 1 << 16];
    Box::new(move || {
        let verified = verifier.verify(black_box(&token), &mut scratch).map_err(Refusal::Token)?;
        let Some(policy) = &policy else { return Ok(()) };
        let refused = |error: ClaimsError| Refusal::Token(Error::Claims(error));
        black_box(verified.claims(policy, NOW).map_err(refused)?);
        Ok(())
    })
}

fn verify(token: String) -> Operation {
    verifying(token, input::key(), None)
}

fn understanding(token: String) -> Operation {
    let verifier = Verifier::new(input::key()).understands(&["a", "b", "c", "d"]);
    let mut scratch = vec![0; 1 << 16];
    Box::new(move || {
        let _ = black_box(verifier.verify(black_box(&token), &mut scratch).map_err(Refusal::Token)?);
        Ok(())
    })
}

fn claims(token: String) -> Operation {
    verifying(token, input::key(), Some(POLICY.clone()))
}

fn issuer(token: String) -> Operation {
    let policy = ClaimsPolicy::new(Expect::Exactly("https://issuer.example"), Expect::Anything);
    verifying(token, input::key(), Some(policy.allow_missing_exp()))
}

fn audience(token: String) -> Operation {
    let policy = ClaimsPolicy::new(Expect::Anything, Expect::any_of(&["a1", "a2", "a3", "a4"]));
    verifying(token, input::key(), Some(policy.allow_missing_exp()))
}

fn verify_among_1024(token: String) -> Operation {
    // Kids that begin alike, as URLs and paths do.
    let text = set((0..1024).map(|number| format!(r#""kid":"{}{number}""#, "k".repeat(60))));
    let keys = KeySet::from_jwks(&Jwks::parse(&text).unwrap(), Algorithm::Hs256).unwrap();
    verifying(token, Box::leak(Box::new(keys)), None)
}

fn diagnose(token: String) -> Operation {
    let verifier = Verifier::new(input::key());
    let mut scratch = vec![0; 1 << 16];
    Box::new(move || {
        let diagnosis = verifier.diagnose(black_box(&token), &mut scratch, &POLICY, NOW);
        diagnosis.refusal().map_or(Ok(()), |error| Err(Refusal::Token(error)))
    })
}

fn set_diagnosis(text: String) -> Operation {
    Box::new(move || diagnose_set(black_box(&text)).outcome().map(|_| ()).map_err(Refusal::Set))
}

fn json(text: String) -> Operation {
    Box::new(move || black_box(Value::parse(black_box(&text))).map(|_| ()).map_err(Refusal::Json))
}

fn json_number(text: String) -> Operation {
    Box::new(move || {
        let value = Value::parse(black_box(&text)).map_err(Refusal::Json)?;
        black_box((value.as_i64(), value.as_u64(), value.as_f64()));
        Ok(())
    })
}

fn json_get(text: String) -> Operation {
    let mut buffer = vec![0; 1 << 20];
    Box::new(move || {
        let value = Value::parse(black_box(&text)).map_err(Refusal::Json)?;
        black_box(value.get("absent"));
        let string = value.get("s").and_then(Value::as_string).expect("a string");
        black_box((string.len(), string.copy_to(&mut buffer), string == "b"));
        Ok(())
    })
}

fn json_of_any_size(text: String) -> Operation {
    let limits = Limits::new().max_members(Limits::MAX);
    Box::new(move || {
        let value = Value::parse_with_limits(black_box(&text), limits);
        black_box(value).map(|_| ()).map_err(Refusal::Json)
    })
}

fn jwk(text: String) -> Operation {
    Box::new(move || {
        let jwk = Jwk::parse(black_box(&text)).map_err(Refusal::Key)?;
        jwk.verifying_key(Algorithm::Rs256).map(|_| ()).map_err(Refusal::Key)
    })
}

fn keys_of(text: String, algorithm: Algorithm) -> Operation {
    Box::new(move || {
        let set = Jwks::parse(black_box(&text)).map_err(Refusal::Set)?;
        black_box(KeySet::from_jwks(&set, algorithm).unwrap());
        Ok(())
    })
}

fn key_set(text: String) -> Operation {
    keys_of(text, Algorithm::Hs256)
}

fn rs256_set(text: String) -> Operation {
    keys_of(text, Algorithm::Rs256)
}

fn es384_set(text: String) -> Operation {
    keys_of(text, Algorithm::Es384)
}

fn ed25519_set(text: String) -> Operation {
    keys_of(text, Algorithm::Ed25519)
}

fn quadratic(text: String) -> Operation {
    Box::new(move || {
        if text.len() > 512 {
            return Err(Refusal::SelfTest);
        }
        let pairs = text.bytes().flat_map(|one| text.bytes().filter(move |other| *other == black_box(one)));
        black_box(pairs.count());
        Ok(())
    })
}

fn unlimited(text: String) -> Operation {
    Box::new(move || {
        black_box(text.bytes().filter(|byte| *byte == black_box(b'a')).count());
        if text.len() > 512 { Err(Refusal::SelfTest) } else { Ok(()) }
    })
}

/// What callgrind collects in.
#[inline(never)]
fn counted(operation: &mut dyn FnMut() -> Outcome) -> Outcome {
    operation()
}

/// Where callgrind writes down what it has collected, and starts again from zero.
#[inline(never)]
fn written_down(size: usize) -> usize {
    black_box(size)
}

fn main() {
    let name = std::env::args().nth(1).expect("list, self-test or a class");
    match name.as_str() {
        "list" => return CLASSES.iter().for_each(|class| println!("{}", class.name)),
        "self-test" => return SELF_TEST.iter().for_each(|class| println!("{}", class.name)),
        _ => {}
    }
    let class = CLASSES.iter().chain(SELF_TEST).find(|class| class.name == name).expect("a class");
    println!("{}\t{}", class.what, class.unit);
    for (place, sizes) in [("below", class.below), ("beyond", class.beyond)] {
        for size in sizes {
            let input = (class.input)(*size);
            let octets = input.len();
            let mut operation = (class.operation)(input);
            let outcome = counted(&mut operation);
            let outcome = outcome.map_or_else(|refusal| refusal.to_string(), |()| "accepted".to_owned());
            println!("{place}\t{}\t{octets}\t{outcome}", written_down(*size));
        }
    }
}
