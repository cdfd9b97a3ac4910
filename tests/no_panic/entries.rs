//! One entry into jose-core in an image that the linker refuses when a panic can be reached from it.
//!
//! The panic handler calls a function that does not exist. Where no path leads to a panic, the optimiser
//! leaves the handler out and the image links; where one does, or where the optimiser cannot tell, the
//! symbol is missing. `check` builds an image for each entry, and runs it with input that is accepted and
//! with input that is refused, so that none holds because its code was left out.

#![no_std]
#![no_main]

use core::ffi::{CStr, c_char, c_int};
use core::fmt::{self, Write};
use core::hint::black_box;
use core::panic::PanicInfo;

#[allow(unused_imports, reason = "each entry uses its own")]
use jose_core::{
    Algorithm, AlgorithmSet, Claims, ClaimsPolicy, Error, Expect, Jwk, Jwks, Limits, UnixTime, UnverifiedJws,
    Verifier,
    diagnose::{diagnose_jwk, diagnose_set},
    json::{JsonString, Value},
};

/// Of an application whose tokens are short.
#[allow(dead_code, reason = "each entry uses its own")]
const LIMITS: Limits = Limits::new().max_token_length(512);

#[link(name = "c")]
unsafe extern "C" {
    fn a_panic_is_reachable() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    // SAFETY: there is no such function, and therefore no image in which this is called.
    unsafe { a_panic_is_reachable() }
}

/// Takes a token, a JWK and a JWK Set as arguments.
#[unsafe(no_mangle)]
extern "C" fn main(count: c_int, arguments: *const *const c_char) -> c_int {
    if count != 4 {
        return 2;
    }
    // SAFETY: C's main is given `count` strings.
    let argument = |index| unsafe { CStr::from_ptr(*arguments.add(index)) }.to_bytes();
    // Of what passed through a black box the optimiser knows nothing, not even that it has no zeros.
    let [token, jwk, set] = [1, 2, 3].map(|index| black_box(argument(index)));
    if entry(token, jwk, set) { 0 } else { 1 }
}

/// Reads a string in every way there is.
#[allow(dead_code, reason = "not every entry has strings")]
fn use_string(string: JsonString<'_>) {
    black_box((string.as_str(), string == *black_box("text"), string == black_box(string)));
    let mut buffer = [0; 16];
    black_box((string.len(), string.copy_to(black_box(buffer.as_mut_slice()))));
    for character in string.chars() {
        black_box(character);
    }
}

/// The same for a value, and one level into it; but not `as_f64`, which is core's parsing of `f64`: that it
/// stays within its tables the optimiser cannot tell.
#[allow(dead_code, reason = "not every entry has values")]
fn use_value(value: Value<'_>) {
    black_box((
        value.is_null(),
        value.as_bool(),
        value.as_i64(),
        value.as_u64(),
        value.get(black_box("name")),
    ));
    match value {
        Value::Array(array) => {
            for value in array.iter() {
                black_box(value);
            }
        }
        Value::Object(object) => {
            black_box(object.get(black_box("name")));
            for (name, value) in object.iter() {
                use_string(name);
                value.as_string().into_iter().for_each(use_string);
            }
        }
        Value::String(string) => use_string(string),
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            black_box(value);
        }
    }
}

/// Takes text and keeps none.
#[allow(dead_code, reason = "not every entry writes")]
struct Sink;

impl Write for Sink {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        black_box(text);
        Ok(())
    }
}

#[allow(dead_code, reason = "not every entry verifies")]
fn hs256() -> AlgorithmSet {
    black_box(AlgorithmSet::from(Algorithm::Hs256))
}

/// Any JSON text, as a value.
#[cfg(entry = "json")]
fn entry(_: &[u8], jwk: &[u8], _: &[u8]) -> bool {
    Value::parse(jwk).map(use_value).is_ok()
}

/// Any token into its parts, and its header.
#[cfg(entry = "compact_and_header")]
fn entry(token: &[u8], _: &[u8], _: &[u8]) -> bool {
    let mut scratch = [0; 512];
    let Ok(jws) = UnverifiedJws::parse(token, black_box(scratch.as_mut_slice()), black_box(LIMITS)) else {
        return false;
    };
    let header = jws.header();
    black_box((jws.signing_input(), header.algorithm().ok()));
    header.kid().into_iter().chain(header.typ()).for_each(use_string);
    black_box(header.as_json());
    header.get(black_box("x5c")).into_iter().for_each(use_value);
    header.iter().for_each(|(name, _)| use_string(name));
    true
}

/// Any header with `crit`, held to extensions that the optimiser does not know.
#[cfg(entry = "crit")]
fn entry(token: &[u8], _: &[u8], _: &[u8]) -> bool {
    let mut scratch = [0; 512];
    let (scratch, understood) = (black_box(scratch.as_mut_slice()), [black_box("x")]);
    UnverifiedJws::parse_understanding(token, scratch, black_box(LIMITS), black_box(&understood)).is_ok()
}

/// The other parts of a token, from base64url into a buffer of any length.
#[cfg(entry = "base64url")]
fn entry(token: &[u8], _: &[u8], _: &[u8]) -> bool {
    let (mut scratch, mut buffer) = ([0; 512], [0; 512]);
    let Ok(jws) = UnverifiedJws::parse(token, black_box(scratch.as_mut_slice()), black_box(LIMITS)) else {
        return false;
    };
    let buffer = black_box(buffer.as_mut_slice());
    jws.signature(buffer).map(black_box).is_ok()
        && jws.dangerous_payload_without_verification(buffer).map(black_box).is_ok()
}

/// The claims of a verified token, held to a policy of any kind, and each read. HMAC and SHA-256 are part
/// of the image, since there is no other way to claims.
#[cfg(entry = "claims")]
fn entry(token: &[u8], jwk: &[u8], _: &[u8]) -> bool {
    let Ok(key) = Jwk::parse(jwk).and_then(|jwk| jwk.verifying_key(hs256())) else { return false };
    let mut scratch = [0; 512];
    let Ok(verified) =
        Verifier::new(&key).algorithms(hs256()).verify(token, black_box(scratch.as_mut_slice()))
    else {
        return false;
    };
    let accepted = [black_box("joe")];
    let policy = ClaimsPolicy::new(Expect::any_of(&accepted), Expect::Forbidden);
    let policy = policy.leeway(black_box(core::time::Duration::ZERO));
    let time = black_box(UnixTime::from_secs(1_300_819_379));
    // A policy that the optimiser does not know can demand anything.
    let Ok(claims) = verified.claims(black_box(&policy), time) else { return false };
    let strings = [claims.issuer(), claims.subject(), claims.jwt_id()];
    strings.into_iter().flatten().flatten().for_each(use_string);
    claims.audiences().into_iter().flatten().for_each(use_string);
    black_box([claims.expires_at(), claims.not_before(), claims.issued_at()]).into_iter().for_each(drop);
    let (policy, time) = (black_box(policy), black_box(time));
    let _ = black_box(claims.check_times(&policy, time));
    black_box(verified.claims_without_clock(&policy).is_ok());
    black_box(Claims::dangerous_from_octets(black_box(jwk), &policy, time).is_ok());
    claims.get(black_box("scope")).into_iter().for_each(use_value);
    for (name, value) in claims.iter() {
        use_string(name);
        use_value(value);
    }
    true
}

/// A JWK, as its members stand there.
#[cfg(entry = "jwk")]
fn entry(_: &[u8], jwk: &[u8], _: &[u8]) -> bool {
    let Ok(jwk) = Jwk::parse(jwk) else { return false };
    jwk.kid().into_iter().for_each(use_string);
    black_box(jwk.as_json());
    jwk.get(black_box("x5u")).into_iter().for_each(use_value);
    jwk.iter().for_each(|(name, _)| use_string(name));
    true
}

/// A JWK Set and its members.
#[cfg(entry = "jwks")]
fn entry(_: &[u8], _: &[u8], set: &[u8]) -> bool {
    let Ok(set) = Jwks::parse(set) else { return false };
    set.iter().flatten().filter_map(|jwk| jwk.kid()).for_each(use_string);
    set.iter().any(|jwk| jwk.is_ok())
}

/// A JWK with a secret, up to the prepared HMAC key.
#[cfg(entry = "secret")]
fn entry(_: &[u8], jwk: &[u8], _: &[u8]) -> bool {
    Jwk::parse(jwk).and_then(|jwk| jwk.verifying_key(hs256())).map(black_box).is_ok()
}

/// The whole verification of HS256, with the key chosen from a set by the header.
#[cfg(entry = "verify_hs256")]
fn entry(token: &[u8], _: &[u8], set: &[u8]) -> bool {
    let Ok(set) = Jwks::parse(set) else { return false };
    let mut scratch = [0; 512];
    let verifier = black_box(Verifier::new(set.keys(hs256())).require_typ("JWT"));
    verifier.verify(token, black_box(scratch.as_mut_slice())).map(black_box).is_ok()
}

/// The same for RS256: the key's preparation and the arithmetic of a signature, with a modulus of any size.
#[cfg(entry = "verify_rs256")]
fn entry(token: &[u8], _: &[u8], set: &[u8]) -> bool {
    let Ok(set) = Jwks::parse(set) else { return false };
    let mut scratch = [0; 1024];
    let verifier = black_box(Verifier::new(set.keys(black_box(AlgorithmSet::from(Algorithm::Rs256)))));
    verifier.verify(token, black_box(scratch.as_mut_slice())).map(black_box).is_ok()
}

/// The same for PS256, whose encoding is taken apart.
#[cfg(entry = "verify_ps256")]
fn entry(token: &[u8], _: &[u8], set: &[u8]) -> bool {
    let Ok(set) = Jwks::parse(set) else { return false };
    let mut scratch = [0; 1024];
    let verifier = black_box(Verifier::new(set.keys(black_box(Algorithm::Ps256))));
    verifier.verify(token, black_box(scratch.as_mut_slice())).map(black_box).is_ok()
}

/// The text of every error there is: the optimiser does not know which one it is.
#[cfg(entry = "errors")]
fn entry(token: &[u8], jwk: &[u8], set: &[u8]) -> bool {
    let mut scratch = [0; 512];
    let token = black_box(
        UnverifiedJws::parse(token, black_box(scratch.as_mut_slice()), black_box(LIMITS))
            .err()
            .map(Error::from),
    );
    let jwk = black_box(Jwk::parse(jwk).err());
    let set = black_box(Jwks::parse(set).err());
    let written = [
        token.map(|error| write!(Sink, "{error}")),
        jwk.map(|error| write!(Sink, "{error}")),
        set.map(|error| write!(Sink, "{error}")),
    ];
    written == [None; 3]
}

/// A diagnosis, of a token, a set or a key, but not its text, which quotes with core's `Debug` of `str`.
#[cfg(entry = "diagnose")]
fn entry(token: &[u8], _: &[u8], set: &[u8]) -> bool {
    let Ok(set) = Jwks::parse(set) else {
        let _ = black_box((diagnose_set(set), diagnose_jwk(set, hs256())));
        return false;
    };
    let mut scratch = [0; 512];
    let accepted = [black_box("joe")];
    let policy = black_box(ClaimsPolicy::new(Expect::any_of(&accepted), Expect::Forbidden));
    let time = black_box(UnixTime::from_secs(1_300_819_379));
    let verifier = black_box(Verifier::new(set.keys(hs256())));
    let diagnosis = verifier.diagnose(token, black_box(scratch.as_mut_slice()), &policy, time);
    for candidate in diagnosis.candidates() {
        black_box(candidate);
    }
    for claim in diagnosis.claims() {
        black_box(claim);
    }
    diagnosis.problems().map(black_box).count() == 0
}

/// The control: this one panics for some input, and must not link.
#[cfg(entry = "must_not_link")]
fn entry(token: &[u8], jwk: &[u8], _: &[u8]) -> bool {
    token[jwk.len()] == b'.'
}
