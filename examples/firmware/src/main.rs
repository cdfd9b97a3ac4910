//! Verifies tokens on a microcontroller, without a heap: one of each algorithm, each against a JWK
//! Set in flash. A tampered token and one that has expired must be refused. The exit status says
//! whether everything went as it must.

#![no_std]
#![no_main]

mod board;

use core::hint::black_box;
use core::panic::PanicInfo;

#[cfg(feature = "prepared")]
use jose_core::keys::PreparedEs256;
use jose_core::{
    Algorithm, AlgorithmSet, ClaimsPolicy, Error, Expect, Jwks, UnixTime, Verifier, VerifyingKey,
    error::{ClaimsError, SignatureError},
};

/// The tokens, the keys and the policy of `vectors/demo.json`.
#[allow(dead_code, reason = "which are used is up to the features")]
mod demo {
    include!(concat!(env!("OUT_DIR"), "/demo.rs"));
}

const NOW: UnixTime = UnixTime::from_secs(demo::NOW);

/// Ten thousand years later: when the tokens have expired.
const LONG_AFTER: UnixTime = UnixTime::from_secs(demo::NOW + 315_576_000_000);

/// The sizes of a key that `src/device.md` has. `tests/documents.rs` reads them here.
#[cfg(all(target_arch = "arm", not(all(feature = "ps256", feature = "ed25519"))))]
const _: () = {
    let size = size_of::<VerifyingKey>();
    assert!(!cfg!(feature = "all") || size == 1_056, "all three");
    assert!(cfg!(feature = "all") || !cfg!(feature = "hs256") || size == 144, "HS256");
    assert!(cfg!(feature = "all") || !cfg!(feature = "es256") || size == 68, "ES256");
    assert!(cfg!(feature = "all") || !cfg!(feature = "rs256") || size == 1_048, "RS256");
    assert!(!cfg!(feature = "ps256") || size == 1_048, "PS256");
    assert!(!cfg!(feature = "ed25519") || size == 192, "Ed25519");
};

/// What the board calls once memory is set up. The result is the exit status.
fn run() -> u8 {
    let public = AlgorithmSet::from(Algorithm::Es256).or(Algorithm::Rs256);
    let secret = AlgorithmSet::from(Algorithm::Hs256);
    let further = AlgorithmSet::from(Algorithm::Ps256).or(Algorithm::Ed25519);
    let held = true;
    #[cfg(feature = "hs256")]
    let held = held & check(Algorithm::Hs256, demo::SECRET_JWKS, demo::HS256_KID, secret, demo::HS256_TOKEN);
    #[cfg(feature = "es256")]
    let held = held & check(Algorithm::Es256, demo::JWKS, demo::ES256_KID, public, demo::ES256_TOKEN);
    #[cfg(feature = "rs256")]
    let held = held & check(Algorithm::Rs256, demo::JWKS, demo::RS256_KID, public, demo::RS256_TOKEN);
    #[cfg(feature = "ps256")]
    let held =
        held & check(Algorithm::Ps256, demo::FURTHER_JWKS, demo::PS256_KID, further, demo::PS256_TOKEN);
    #[cfg(feature = "ed25519")]
    let held =
        held & check(Algorithm::Ed25519, demo::FURTHER_JWKS, demo::ED25519_KID, further, demo::ED25519_TOKEN);
    let _ = (public, secret, further);
    if held { 0 } else { 1 }
}

/// Prepares a key, as firmware does once at start, and verifies three tokens with it.
#[allow(dead_code, reason = "not in the empty image")]
fn check(algorithm: Algorithm, set: &str, kid: &str, allowed: AlgorithmSet, token: &str) -> bool {
    // To the compiler, what is in flash is not to be computed with ahead of time.
    let (set, token) = black_box((set, token.as_bytes()));
    let Ok(key) = measured(algorithm, "key", || prepare(set, kid, allowed)) else { return false };
    let keys = [(kid, key)];
    let verifier = Verifier::new(keys.as_slice());
    // Room for the decoded header and payload, or signature: less than the token.
    let mut scratch = [0; 1024];

    let good = measured(algorithm, "good", || verify(&verifier, token, NOW, &mut scratch));
    let expired = measured(algorithm, "expired", || verify(&verifier, token, LONG_AFTER, &mut scratch));
    // One character of the signature, changed.
    let mut copy = [0; 1024];
    let Some(copy) = copy.get_mut(..token.len()) else { return false };
    copy.copy_from_slice(token);
    if let Some(byte) = copy.iter_mut().nth_back(20) {
        *byte = if *byte == b'A' { b'B' } else { b'A' };
    }
    let tampered = measured(algorithm, "tampered", || verify(&verifier, copy, NOW, &mut scratch));

    let held = good.is_ok()
        & matches!(expired, Err(Error::Claims(ClaimsError::Expired { .. })))
        & matches!(tampered, Err(Error::Signature(SignatureError::Invalid)));
    #[cfg(feature = "prepared")]
    let held = held & check_prepared(keys, token, copy, &mut scratch);
    held
}

/// Verifies two of the tokens with a key whose multiples are in memory that is set aside for them.
#[cfg(feature = "prepared")]
fn check_prepared(
    [(kid, mut key)]: [(&str, VerifyingKey); 1],
    good: &[u8],
    tampered: &[u8],
    scratch: &mut [u8],
) -> bool {
    static mut MULTIPLES: PreparedEs256 = PreparedEs256::EMPTY;

    if key.algorithm() != Algorithm::Es256 {
        return true;
    }
    // SAFETY: this is called once with a key for ES256, and nothing else refers to MULTIPLES.
    let memory = unsafe { &mut *(&raw mut MULTIPLES) };
    let prepared = measured(Algorithm::Es256, "multiples", || {
        key.prepare_in(memory);
        Ok::<(), Error>(())
    });
    let keys = [(kid, key)];
    let verifier = Verifier::new(keys.as_slice());
    let good = measured(Algorithm::Es256, "prepared", || verify(&verifier, good, NOW, scratch));
    let tampered = verify(&verifier, tampered, NOW, scratch);
    prepared.is_ok() & good.is_ok() & matches!(tampered, Err(Error::Signature(SignatureError::Invalid)))
}

/// The key with this `kid`, ready for use.
#[inline(never)]
fn prepare(set: &str, kid: &str, allowed: AlgorithmSet) -> Result<VerifyingKey, &'static str> {
    let set = Jwks::parse(set).map_err(|_| "not a JWK Set")?;
    let jwk = set.iter().flatten().find(|jwk| jwk.kid().is_some_and(|found| found == kid));
    jwk.ok_or("no such key")?.verifying_key(allowed).map_err(|_| "not a key to verify with")
}

/// The whole of a verification: signature and claims.
#[inline(never)]
fn verify(
    verifier: &Verifier<'_, &[(&str, VerifyingKey)]>,
    token: &[u8],
    now: UnixTime,
    scratch: &mut [u8],
) -> Result<(), Error> {
    let policy = ClaimsPolicy::new(Expect::Exactly(demo::ISSUER), Expect::Exactly(demo::AUDIENCE));
    verifier.verify(token, scratch)?.claims(&policy, now)?;
    Ok(())
}

/// Does something, and prints what came of it and what it cost.
#[cfg(feature = "print")]
fn measured<T, E: core::fmt::Display>(
    algorithm: Algorithm,
    what: &str,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    let (result, cost) = board::measure(work);
    board::print(format_args!("{algorithm} {what}: {} bytes of stack", cost.stack));
    if let Some(instructions) = cost.instructions {
        board::print(format_args!(", {instructions} instructions"));
    }
    match &result {
        Ok(_) => board::print(format_args!(": ok\n")),
        Err(error) => board::print(format_args!(": refused: {error}\n")),
    }
    result
}

/// Does something.
#[cfg(not(feature = "print"))]
#[allow(dead_code, reason = "not in the empty image")]
fn measured<R>(_: Algorithm, _: &str, work: impl FnOnce() -> R) -> R {
    work()
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    #[cfg(feature = "panic-locations")]
    black_box(info.location());
    let _ = info;
    board::exit(101)
}
