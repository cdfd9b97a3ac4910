//! A module with a C interface that verifies tokens of one issuer. It imports nothing; README.md shows its use.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use jose_core::{Algorithm, ClaimsPolicy, Error, Expect, Jwks, KeySet, UnixTime, Verifier};

/// Built and prepared by the first token; after that nothing allocates. `ok` keeps the texts of errors out of the module.
static KEYS: LazyLock<KeySet> = LazyLock::new(|| {
    let jwks = Jwks::parse(include_str!("../keys.json")).ok().expect("keys.json is a JWK Set");
    KeySet::from_jwks(&jwks, Algorithm::Es256 | Algorithm::Rs256).ok().expect("keys.json has a usable key")
});

/// Where the host writes the token and reads the claims. Atomic bytes may change behind the compiler's back.
static BUFFER: [AtomicU8; 8192] = [const { AtomicU8::new(0) }; 8192];

/// Where the buffer is, and with `capacity` how long.
// `no_mangle` counts as unsafe because another function of this name would take its place. Nothing else here does.
#[unsafe(no_mangle)]
pub extern "C" fn buffer() -> *const AtomicU8 {
    BUFFER.as_ptr()
}

#[unsafe(no_mangle)]
pub extern "C" fn capacity() -> usize {
    BUFFER.len()
}

/// Verifies the token in the first `len` bytes of the buffer at the time `now`, in seconds since 1970. Returns the
/// length of the claims, which are in the buffer then as JSON, or what refused the token.
#[unsafe(no_mangle)]
pub extern "C" fn verify(len: usize, now: i64) -> i32 {
    match claims(len, UnixTime::from_secs(now)) {
        Ok(len) => len,
        Err(Error::Parse(_)) => -1,
        Err(Error::Select(_)) => -2,
        Err(Error::Signature(_)) => -3,
        Err(_) => -4,
    }
}

fn claims(len: usize, now: UnixTime) -> Result<i32, Error> {
    let (mut token, mut scratch) = ([0; BUFFER.len()], [0; BUFFER.len()]);
    token.iter_mut().zip(&BUFFER).for_each(|(to, from)| *to = from.load(Relaxed));
    let token = token.get(..len).unwrap_or_default();
    let policy = ClaimsPolicy::new(Expect::Exactly("https://issuer.example"), Expect::Exactly("api.example"));
    let verified = Verifier::new(&*KEYS).verify(token, &mut scratch)?;
    verified.claims(&policy, now)?;
    let payload = verified.payload();
    BUFFER.iter().zip(payload).for_each(|(to, from)| to.store(*from, Relaxed));
    Ok(payload.len() as i32)
}
