//! Runs what handles secrets under valgrind's memcheck, the secret marked as undefined: memcheck then
//! reports each branch and each address that depends on it.
//!
//! Without arguments this runs every case, each in a valgrind of its own, and holds the reports to what
//! the case expects. With the name of a case it is what valgrind runs.

mod valgrind;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::hint::black_box;
use std::io;
use std::path::Path;
use std::process::{Command, ExitCode};

use jose_core::{
    Algorithm, Jwk, Limits, UnverifiedJws, Verifier, VerifyingKey,
    error::{KeyError, SignatureError},
};

/// The secret and the token of RFC 7515 §A.1.
const SECRET: [u8; 64] = [
    3, 35, 53, 75, 43, 15, 165, 188, 131, 126, 6, 101, 119, 123, 166, 143, 90, 179, 40, 230, 240, 84, 201,
    40, 169, 15, 132, 178, 210, 80, 46, 191, 211, 251, 90, 146, 210, 6, 71, 239, 150, 138, 180, 195, 119, 98,
    61, 34, 61, 46, 33, 114, 5, 46, 79, 8, 192, 205, 154, 245, 103, 208, 128, 163,
];
const ENCODED: &str =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
const TOKEN: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQog\
                     Imh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// A place that memcheck may report, in a source file: the text of the line, so that it may move, or in
/// core, whose source need not be installed, the function.
///
/// Each report is one branch: a bit of what depends on the secret becomes public. How many reports there
/// are is therefore held as well as where.
struct Site {
    file: &'static str,
    line: &'static str,
}

/// Whether a tag is accepted. The caller is told, and so is whoever sent the token.
const TAG: Site =
    Site { file: "src/key.rs", line: "if holds { Ok(()) } else { Err(SignatureError::Invalid) }" };

/// Whether a secret is text: of text, more is looked at.
const IS_TEXT: Site =
    Site { file: "src/key/hmac/document.rs", line: "if outside_ascii <= secret.len() / 8 {" };

/// Whether it has the length and the first octet of a point; and then, whether it is one.
const MAY_BE_POINT: Site = Site {
    file: "src/key/hmac/point.rs",
    line: "any | (may_be != 0 && curve.has(&Octets::read(secret, encoding, curve.width).coordinates))",
};

/// Whether a secret is refused because it is the text or DER of a key.
const KEY_DOCUMENT: Site = Site {
    file: "src/key/hmac/document.rs",
    line: "if found.iter().fold(0, |any, found| any | found) >> 63 == 0 && !point {",
};

/// Whether four characters of a secret are of the alphabet, and whether all their bits encode something: for
/// each four of what is accepted, yes.
const ALPHABET: Site = Site { file: "src/encoding.rs", line: "if err == 0 {" };
const CANONICAL: Site = Site { file: "src/encoding.rs", line: "if block" };

/// Whether the last character of a secret has bits set that encode nothing.
const TRAILING_BITS: Site =
    Site { file: "src/base64url.rs", line: "if !decodes && let Some(error) = invalid_byte(text) {" };
const DECODES: Site = Site {
    file: "src/base64url.rs",
    line: "if decodes { Ok(decoded) } else { Err(fault_of_length(length)) }",
};

/// Whether a quote, a backslash or a control character is among eight characters of a JSON string. The
/// alphabet of base64url has none of them, so that the answer is the same for each secret of a length.
const STRING_END: Site = Site { file: "src/json/structure.rs", line: "if found != 0 {" };

/// Whether a string starts in the middle of a character, which none does whose first octet is ASCII.
const CHARACTER_START: Site = Site { file: "core/src/str/traits.rs", line: "get" };

/// Whether what follows `\u` are four digits. In what is accepted, they always are.
const IS_HEX: Site = Site {
    file: "src/json/reader.rs",
    line: "[_, b'u', digits @ ..] => match (hex(digits), digits.get(4..)) {",
};

/// Whether they are half of a surrogate pair, of which there is none in base64url.
const IS_HIGH_SURROGATE: Site = Site {
    file: "src/json/reader.rs",
    line: r"(Some(0xd800..0xdc00), Some([b'\\', b'u', low @ ..])) => match hex(low) {",
};
const IS_SURROGATE: Site = Site {
    file: "src/json/reader.rs",
    line: "(Some(0xd800..0xe000), _) => return self.fault(JsonErrorKind::LoneSurrogate, at),",
};

enum Expected {
    /// These reports, each so many times, and no other.
    Reports(&'static [(usize, Site)]),
    /// At least one report at each of these lines: the case leaks, and it must be seen.
    Leak(&'static [Site]),
}
use Expected::{Leak, Reports};

struct Case {
    name: &'static str,
    run: fn(),
    expected: Expected,
}

const CASES: [Case; 15] = [
    Case {
        name: "key_preparation",
        run: key_preparation,
        expected: Reports(&[(5, IS_TEXT), (5, KEY_DOCUMENT), (1, MAY_BE_POINT)]),
    },
    Case {
        name: "tag_accepted",
        run: tag_accepted,
        expected: Reports(&[(1, IS_TEXT), (1, KEY_DOCUMENT), (1, TAG)]),
    },
    Case {
        name: "tag_refused",
        run: tag_refused,
        expected: Reports(&[(1, IS_TEXT), (1, KEY_DOCUMENT), (4, TAG)]),
    },
    Case {
        name: "wider_hashes",
        run: wider_hashes,
        expected: Reports(&[(7, IS_TEXT), (7, KEY_DOCUMENT), (9, TAG)]),
    },
    Case { name: "token", run: token, expected: Reports(&[(1, IS_TEXT), (1, KEY_DOCUMENT), (2, TAG)]) },
    Case {
        name: "key_of_text",
        run: key_of_text,
        expected: Reports(&[(2, IS_TEXT), (2, KEY_DOCUMENT), (6, MAY_BE_POINT)]),
    },
    Case {
        name: "key_like_a_point",
        run: key_like_a_point,
        expected: Reports(&[(3, IS_TEXT), (6, KEY_DOCUMENT), (3, MAY_BE_POINT)]),
    },
    Case {
        name: "jwk_decoding",
        run: jwk_decoding,
        expected: Reports(&[
            (4, CHARACTER_START),
            (59, ALPHABET),
            (59, CANONICAL),
            (2, TRAILING_BITS),
            (2, DECODES),
            (4, IS_TEXT),
            (4, KEY_DOCUMENT),
        ]),
    },
    Case {
        name: "jwk_from_text",
        run: jwk_from_text,
        expected: Reports(&[
            (8, STRING_END),
            (1, CHARACTER_START),
            (16, ALPHABET),
            (16, CANONICAL),
            (1, IS_TEXT),
            (1, KEY_DOCUMENT),
        ]),
    },
    Case {
        name: "jwk_in_escapes",
        run: jwk_in_escapes,
        expected: Reports(&[
            (59, ALPHABET),
            (59, CANONICAL),
            (2, TRAILING_BITS),
            (2, DECODES),
            (4, IS_TEXT),
            (4, KEY_DOCUMENT),
        ]),
    },
    Case {
        name: "jwk_in_escapes_from_text",
        run: jwk_in_escapes_from_text,
        expected: Reports(&[
            (64, IS_HEX),
            (64, IS_HIGH_SURROGATE),
            (64, IS_SURROGATE),
            (16, ALPHABET),
            (16, CANONICAL),
            (1, IS_TEXT),
            (1, KEY_DOCUMENT),
        ]),
    },
    Case {
        name: "leaky_early_return",
        run: leaky_early_return,
        expected: Leak(&[Site { file: "cases.rs", line: "if left != right {" }]),
    },
    Case {
        name: "leaky_table",
        run: leaky_table,
        expected: Leak(&[Site { file: "cases.rs", line: "table[usize::from(octet)]" }]),
    },
    // The decoder of tokens looks characters up in tables. It is not for secrets, and as optimised as
    // what is.
    Case {
        name: "leaky_token_decoder",
        run: leaky_token_decoder,
        expected: Leak(&[Site {
            file: "src/base64url.rs",
            line: "lookup(&PLACES[0], *a) | lookup(&PLACES[1], *b) | lookup(&PLACES[2], *c) | lookup(&PLACES[3], *d)",
        }]),
    },
    // What is refused is public, as is where: what looks for it is not constant time.
    Case { name: "leaky_refusal", run: leaky_refusal, expected: Leak(&[ALPHABET]) },
];

/// A secret that memcheck follows.
fn secret(length: usize) -> Vec<u8> {
    let octets: Vec<u8> = black_box(SECRET.into_iter().cycle().take(length).collect());
    valgrind::make_secret(&octets);
    octets
}

/// Lengths up to the hash's block and over it, where HMAC hashes the key first.
fn key_preparation() {
    for length in [32, 33, 64, 65, 200] {
        let key = VerifyingKey::hs256(&secret(length)).unwrap();
        // Otherwise it was not prepared from the secret.
        assert!(valgrind::depends_on_secret(&key));
    }
}

/// A secret that is text is read as base64 and as hexadecimal as well.
fn key_of_text() {
    for text in [ENCODED, "0323354b2b0fa5bc837e0665777ba68f"] {
        let text = black_box(text.to_owned());
        valgrind::make_secret(text.as_bytes());
        let key = VerifyingKey::hs256(text.as_bytes()).unwrap();
        assert!(valgrind::depends_on_secret(&key));
    }
}

/// Secrets that get as far as the equation of P-256, P-384 and P-521.
fn key_like_a_point() {
    for length in [65, 97, 133] {
        let mut octets: Vec<u8> = black_box(SECRET.into_iter().cycle().take(length).collect());
        octets[0] = 4;
        valgrind::make_secret(&octets);
        let key = VerifyingKey::hs256(&octets).unwrap();
        assert!(valgrind::depends_on_secret(&key));
    }
}

/// Verifies the tag of RFC 7515 §A.1 over its signing input, after a change.
fn verify_tag(key: &VerifyingKey, change: impl FnOnce(&mut [u8; 32])) -> Result<(), SignatureError> {
    let (mut scratch, mut tag) = ([0; 256], [0; 32]);
    let jws = UnverifiedJws::parse(TOKEN, &mut scratch, Limits::new()).unwrap();
    jws.signature(&mut tag).unwrap();
    change(&mut tag);
    key.verify(Algorithm::Hs256, jws.signing_input(), &tag)
}

fn tag_accepted() {
    let key = VerifyingKey::hs256(&secret(64)).unwrap();
    assert_eq!(verify_tag(&key, |_| {}), Ok(()));
}

fn tag_refused() {
    let key = VerifyingKey::hs256(&secret(64)).unwrap();
    let invalid = Err(SignatureError::Invalid);
    assert_eq!(verify_tag(&key, |tag| tag[0] ^= 1), invalid);
    assert_eq!(verify_tag(&key, |tag| tag[15] ^= 0x80), invalid);
    assert_eq!(verify_tag(&key, |tag| tag[31] ^= 1), invalid);
    assert_eq!(verify_tag(&key, |tag| tag.fill(0)), invalid);
}

/// The tags of `message` under the secret, by Python's `hmac`.
const TAG_384: [u8; 48] = [
    82, 40, 202, 206, 138, 65, 133, 84, 55, 213, 3, 210, 240, 64, 24, 161, 240, 153, 31, 167, 121, 211, 124,
    104, 174, 234, 136, 44, 247, 247, 163, 114, 127, 134, 202, 161, 37, 120, 81, 210, 115, 161, 238, 137, 84,
    125, 104, 11,
];
const TAG_512: [u8; 64] = [
    48, 194, 131, 129, 123, 75, 115, 210, 242, 168, 213, 171, 50, 29, 141, 46, 19, 248, 249, 181, 156, 55,
    196, 227, 54, 178, 187, 32, 75, 198, 57, 243, 222, 234, 6, 235, 220, 125, 15, 114, 33, 137, 156, 184, 48,
    160, 119, 88, 83, 55, 59, 105, 238, 25, 85, 89, 104, 178, 49, 76, 136, 36, 154, 41,
];

/// HS384 and HS512: keys up to a block of 128 octets and over it, and a tag of each kind.
fn wider_hashes() {
    let verify = |key: VerifyingKey, length: usize, tag: &[u8]| {
        // Otherwise it was not prepared from the secret.
        assert!(valgrind::depends_on_secret(&key));
        let verify = |tag: &[u8]| key.verify(key.algorithm(), b"message", tag);
        if length == 64 {
            assert_eq!(verify(tag), Ok(()));
        }
        let mut other = tag.to_vec();
        other[tag.len() / 2] ^= 1;
        assert_eq!(verify(&other), Err(SignatureError::Invalid));
    };
    for length in [48, 64, 128, 129] {
        verify(VerifyingKey::hs384(&secret(length)).unwrap(), length, &TAG_384);
    }
    for length in [64, 128, 129] {
        verify(VerifyingKey::hs512(&secret(length)).unwrap(), length, &TAG_512);
    }
}

/// The whole pipeline, whose input is public but for the key.
fn token() {
    let key = VerifyingKey::hs256(&secret(64)).unwrap();
    let verifier = Verifier::new(&key);
    let mut scratch = [0; 512];
    assert!(verifier.verify(TOKEN, &mut scratch).is_ok());
    let other = TOKEN.replace(".dBjf", ".eBjf");
    assert!(verifier.verify(&other, &mut scratch).is_err());
}

/// A JWK with the first characters of the secret, and where in it they are.
fn jwk_text(characters: usize) -> (String, std::ops::Range<usize>) {
    let start = r#"{"kty":"oct","k":""#;
    let text = format!("{start}{}\"          }}", &ENCODED[..characters]);
    (black_box(text), start.len()..start.len() + characters)
}

/// From the characters in a JWK that has been read to the key: every remainder by four, and both kinds
/// of key.
fn jwk_decoding() {
    // 43 and 86 characters end in bits that encode nothing; in the secret of the RFC they are zero.
    for (characters, last) in [(43, "U"), (44, "j"), (86, "w"), (60, "U")] {
        let (mut text, place) = jwk_text(characters);
        text.replace_range(place.end - 1..place.end, last);
        let jwk = Jwk::parse(&text).unwrap();
        valgrind::make_secret(&text.as_bytes()[place]);
        let key = jwk.verifying_key(Algorithm::Hs256).unwrap();
        assert!(valgrind::depends_on_secret(&key));
    }
}

/// The same, with the reading of the JSON text. That no character is beyond ASCII is public, and with
/// it the top bit of each: otherwise the reports would be about UTF-8. A length that is no multiple of
/// eight would make the end of the string depend on the secret, in memcheck's eyes, and from there on
/// every address.
fn jwk_from_text() {
    let (text, place) = jwk_text(64);
    valgrind::make_low_bits_secret(&text.as_bytes()[place], 0x7f);
    let key = Jwk::parse(&text).unwrap().verifying_key(Algorithm::Hs256).unwrap();
    assert!(valgrind::depends_on_secret(&key));
}

/// A JWK with the first characters of the secret in escapes, and where their digits are.
fn jwk_text_in_escapes(characters: usize) -> (String, Vec<std::ops::Range<usize>>) {
    let mut text = r#"{"kty":"oct","k":""#.to_owned();
    let mut digits = Vec::new();
    for character in ENCODED[..characters].bytes() {
        text += &format!("\\u{character:04x}");
        digits.push(text.len() - 4..text.len());
    }
    (black_box(text + "\"          }"), digits)
}

/// The digits of escapes are resolved as carefully as characters are decoded. Where escapes stand is public.
fn jwk_in_escapes() {
    for characters in [43, 44, 86, 60] {
        let (mut text, digits) = jwk_text_in_escapes(characters);
        // An A encodes no bits that a last character must not have.
        text.replace_range(digits[characters - 1].clone(), "0041");
        let jwk = Jwk::parse(&text).unwrap();
        digits.into_iter().for_each(|digits| valgrind::make_secret(&text.as_bytes()[digits]));
        let key = jwk.verifying_key(Algorithm::Hs256).unwrap();
        assert!(valgrind::depends_on_secret(&key));
    }
}

/// The same, with the reading of the JSON text.
fn jwk_in_escapes_from_text() {
    let (text, digits) = jwk_text_in_escapes(64);
    for digits in digits {
        valgrind::make_low_bits_secret(&text.as_bytes()[digits], 0x0f);
    }
    let key = Jwk::parse(&text).unwrap().verifying_key(Algorithm::Hs256).unwrap();
    assert!(valgrind::depends_on_secret(&key));
}

fn leaky_early_return() {
    #[inline(never)]
    fn equal(left: &[u8], right: &[u8]) -> bool {
        for (left, right) in left.iter().zip(right) {
            if left != right {
                return false;
            }
        }
        true
    }
    black_box(equal(&secret(32), &SECRET));
}

fn leaky_table() {
    #[inline(never)]
    fn look_up(table: &[u32; 256], octet: u8) -> u32 {
        table[usize::from(octet)]
    }
    black_box(look_up(black_box(&[7; 256]), secret(1)[0]));
}

fn leaky_token_decoder() {
    let token = black_box(TOKEN.to_owned());
    let (mut scratch, mut payload) = ([0; 256], [0; 256]);
    let jws = UnverifiedJws::parse(&token, &mut scratch, Limits::new()).unwrap();
    valgrind::make_secret(&token.as_bytes()[41..TOKEN.len() - 44]);
    assert!(jws.dangerous_payload_without_verification(&mut payload).is_ok());
}

fn leaky_refusal() {
    let (mut text, place) = jwk_text(43);
    text.replace_range(place.end - 1..place.end, "+");
    let jwk = Jwk::parse(&text).unwrap();
    valgrind::make_secret(&text.as_bytes()[place]);
    let refused = jwk.verifying_key(Algorithm::Hs256);
    assert!(matches!(refused, Err(KeyError::Base64 { name: "k", .. })));
}

/// The reports of a run, by source file and the text of the line, and how often there was each.
type Found = BTreeMap<(String, String), usize>;

fn main() -> ExitCode {
    match env::args().nth(1) {
        Some(name) => run_inside_valgrind(&name),
        None => run_all(),
    }
}

fn run_inside_valgrind(name: &str) -> ExitCode {
    if !valgrind::is_running() {
        eprintln!("not under valgrind");
        return ExitCode::FAILURE;
    }
    let case = CASES.iter().find(|case| case.name == name).expect("a case of this name");
    (case.run)();
    // Which of sha2's implementations ran: the processor that valgrind shows need not be the machine's.
    print!("{}", if is_x86_feature_detected!("sha") { "SHA instructions" } else { "no SHA instructions" });
    ExitCode::SUCCESS
}

fn run_all() -> ExitCode {
    let mut held = 0;
    for case in &CASES {
        match run_case(case) {
            Ok(shown) => {
                println!("{}: {shown}", case.name);
                held += 1;
            }
            Err(fault) => println!("{}: FAILED: {fault}", case.name),
        }
    }
    println!("{held} of {} cases hold", CASES.len());
    if held == CASES.len() && held > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run_case(case: &Case) -> Result<String, String> {
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let reports = program.with_file_name(format!("constant_time-{}.xml", case.name));
    // A report of an earlier run says nothing about this one.
    match fs::remove_file(&reports) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.to_string()),
        _ => {}
    }
    let run = Command::new("valgrind")
        .args(["--quiet", "--error-limit=no", "--read-inline-info=yes", "--xml=yes"])
        .arg(format!("--xml-file={}", reports.display()))
        .arg(program)
        .arg(case.name)
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    if !run.status.success() {
        return Err(format!("{}\n{}", run.status, String::from_utf8_lossy(&run.stderr)));
    }
    let xml = fs::read_to_string(&reports).map_err(|error| error.to_string())?;
    let found = parse(&xml)?;
    let shown = format!("{} ({})", show(&found), String::from_utf8_lossy(&run.stdout));
    let holds = match case.expected {
        Reports(sites) => {
            let as_expected = sites.iter().all(|(times, site)| times_at(&found, site) == *times);
            as_expected && sites.len() == found.len()
        }
        Leak(sites) => sites.iter().all(|site| times_at(&found, site) > 0),
    };
    if holds { Ok(shown) } else { Err(shown) }
}

fn times_at(found: &Found, site: &Site) -> usize {
    let here = found.iter().filter(|((file, line), _)| file.ends_with(site.file) && line == site.line);
    here.map(|(_, times)| times).sum()
}

fn show(found: &Found) -> String {
    let sites = found.iter().map(|((file, line), times)| {
        let name = Path::new(file).file_name().unwrap_or_default().to_string_lossy();
        format!("{times} at {name} `{line}`")
    });
    let sites: Vec<_> = sites.collect();
    if sites.is_empty() { "no report".to_owned() } else { sites.join(", ") }
}

/// Reads valgrind's XML, which has an element a line: the innermost place of each error, and from the
/// end of the file how often each occurred.
fn parse(xml: &str) -> Result<Found, String> {
    fn content<'x>(line: &'x str, element: &str) -> Option<&'x str> {
        line.trim().strip_prefix(&format!("<{element}>"))?.strip_suffix(&format!("</{element}>"))
    }
    if !xml.trim_end().ends_with("</valgrindoutput>") {
        return Err("valgrind's report was cut".to_owned());
    }
    let mut places = BTreeMap::new();
    let mut times = BTreeMap::new();
    let (errors, counts) = xml.split_once("<state>FINISHED</state>").ok_or("the program did not end")?;
    for error in errors.split("<error>").skip(1) {
        let frame = error.split("</frame>").next().unwrap_or_default();
        let first = |element| frame.lines().find_map(|line| content(line, element)).unwrap_or("?");
        let file = format!("{}/{}", first("dir"), first("file"));
        let number: usize = first("line").parse().unwrap_or(0);
        let source = match file.contains("library/core/") {
            true => String::new(),
            false => fs::read_to_string(&file).unwrap_or_default(),
        };
        let line = source.lines().nth(number.wrapping_sub(1)).map_or(first("fn"), str::trim);
        places.insert(first("unique").to_owned(), (file, line.to_owned()));
    }
    let mut count = 0;
    for line in counts.lines() {
        if let Some(text) = content(line, "count") {
            count = text.parse().map_err(|_| format!("no number: {text}"))?;
        } else if let Some(unique) = content(line, "unique") {
            times.insert(unique.to_owned(), count);
        }
    }
    let mut found = Found::new();
    for (unique, place) in places {
        *found.entry(place).or_default() += times.get(&unique).ok_or("an error that was not counted")?;
    }
    Ok(found)
}
