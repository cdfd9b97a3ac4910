//! The API, part by part, over tokens of other libraries: vectors/demo.json.

use alloc::borrow::ToOwned as _;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::hint::black_box;
use core::time::Duration;

use jose_core::diagnose::diagnose_set;
use jose_core::rotation::{HttpResponse, Jitter, MonotonicTime, Refetch, RotationPolicy};
use jose_core::{
    Algorithm, AlgorithmSet, Claims, ClaimsPolicy, Expect, Jwk, Jwks, KeySet, UnixTime, UnverifiedJws,
    Verifier, VerifyingKey, keys::PreparedEs256, rotation::RemoteKeySet,
};
use serde_json::Value;

pub const PARTS: &[fn() -> Option<()>] =
    &[sets, secret, prepared, typed_claims, diagnosis, rotation, shared, long_rsa];

/// The compiler must not know the result.
fn demo() -> Option<Value> {
    serde_json::from_str(black_box(include_str!("../../../../vectors/demo.json"))).ok()
}

fn asymmetric() -> AlgorithmSet {
    Algorithm::Rs256 | Algorithm::Es256
}

fn text(demo: &Value, pointer: &str) -> Option<String> {
    demo.pointer(pointer)?.as_str().map(str::to_owned)
}

fn sets() -> Option<()> {
    let demo = demo()?;
    let jwks = demo["jwks"].to_string();
    let keys = KeySet::from_jwks(&Jwks::parse(&jwks).ok()?, asymmetric()).ok()?;
    let (issuer, audience) = (text(&demo, "/issuer")?, text(&demo, "/audience")?);
    let policy =
        ClaimsPolicy::new(Expect::Exactly(&issuer), Expect::Exactly(&audience)).leeway(Duration::ZERO);
    let now = UnixTime::from_secs(demo["now"].as_i64()?);
    let mut scratch = Vec::new();
    for name in ["/tokens/RS256", "/tokens/ES256"] {
        let token = text(&demo, name)?;
        let verified = Verifier::new(&keys).verify(&token, &mut scratch).ok()?;
        verified.claims(&policy, now).ok()?.issuer().ok()??;
    }
    // Those that these keys and this policy refuse.
    let same = |refusal: &&Value| {
        refusal["keys"] == demo["jwks"]
            && ["issuer", "audience"].iter().all(|name| refusal[name] == demo[name])
    };
    let refused = demo["refusals"].as_array()?.iter().filter(same).all(|refusal| {
        let token = refusal["token"].as_str().unwrap_or_default();
        let verified = Verifier::new(&keys).verify(token, &mut scratch);
        let claims = verified.and_then(|verified| verified.claims(&policy, now).map_err(Into::into));
        claims.is_err_and(|error| !error.to_string().is_empty())
    });
    refused.then_some(())
}

fn secret() -> Option<()> {
    let demo = demo()?;
    let jwk = demo["secret"].to_string();
    let key = Jwk::parse(&jwk).ok()?.verifying_key(Algorithm::Hs256).ok()?;
    let (token, mut scratch) = (text(&demo, "/tokens/HS256")?, [0; 1024]);
    let verified = Verifier::new(&key).verify(&token, &mut scratch).ok()?;
    let octets = verified.payload();
    let policy = ClaimsPolicy::new(Expect::Anything, Expect::Anything);
    let now = UnixTime::from_secs(demo["now"].as_i64()?);
    Claims::dangerous_from_octets(octets, &policy, now).ok()?.iter().next().map(drop)
}

/// RFC 7515 §A.3.
fn prepared() -> Option<()> {
    static MULTIPLES: PreparedEs256 = PreparedEs256::new(
        b"\x7f\xcd\xce\x27\x70\xf6\xc4\x5d\x41\x83\xcb\xee\x6f\xdb\x4b\x7b\x58\x07\x33\x35\x7b\xe9\xef\x13\xba\xcf\x6e\x3c\x7b\xd1\x54\x45",
        b"\xc7\xf1\x44\xcd\x1b\xbd\x9b\x7e\x87\x2c\xdf\xed\xb9\xee\xb9\xf4\xb3\x69\x5d\x6e\xa9\x0b\x24\xad\x8a\x46\x23\x28\x85\x88\xe5\xad",
    );
    let token = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let key = VerifyingKey::es256_prepared(&MULTIPLES).ok()?;
    let mut scratch = [0; 256];
    let jws = UnverifiedJws::parse(black_box(token), &mut scratch, Default::default()).ok()?;
    key.verify(Algorithm::Es256, jws.signing_input(), jws.signature(&mut [0; 64]).ok()?).ok()
}

fn typed_claims() -> Option<()> {
    #[derive(serde::Deserialize)]
    struct Account {
        sub: String,
    }
    let demo = demo()?;
    let jwks = demo["jwks"].to_string();
    let keys = KeySet::from_jwks(&Jwks::parse(&jwks).ok()?, asymmetric()).ok()?;
    let (token, mut scratch) = (text(&demo, "/tokens/ES256")?, Vec::new());
    let verified = Verifier::new(&keys).verify(&token, &mut scratch).ok()?;
    let policy = ClaimsPolicy::new(Expect::Anything, Expect::Anything);
    let account: Account = verified.claims_without_clock(&policy).ok()?.deserialize().ok()?;
    (!account.sub.is_empty()).then_some(())
}

fn diagnosis() -> Option<()> {
    let demo = demo()?;
    let jwks = demo["jwks"].to_string();
    let keys = KeySet::from_jwks(&Jwks::parse(&jwks).ok()?, asymmetric()).ok()?;
    let policy = ClaimsPolicy::new(Expect::Anything, Expect::Anything);
    let now = UnixTime::from_secs(demo["now"].as_i64()?);
    let (token, mut scratch) = (text(&demo, "/expired")?, Vec::new());
    let verifier = Verifier::new(&keys);
    let told = verifier.diagnose(&token, &mut scratch, &policy, now).to_string();
    (!told.is_empty() && diagnose_set(&jwks).outcome().is_ok()).then_some(())
}

fn rotation() -> Option<()> {
    let demo = demo()?;
    let jwks = demo["jwks"].to_string();
    let now = MonotonicTime::since_origin(Duration::from_secs(1));
    let mut remote = RemoteKeySet::new(asymmetric(), RotationPolicy::new(), Jitter::from_seed(1)).ok()?;
    let permit = remote.fetch_due(now)?;
    let response = HttpResponse::new(200, &jwks).header("Cache-Control", "max-age=600");
    remote.complete(permit.receive(Ok(response)), now).ok()?;
    let unknown = demo["refusals"].as_array()?.iter().find(|refusal| refusal["what"] == "unknown kid")?;
    let token = unknown["token"].as_str()?;
    let keys = remote.keys(now).ok()?;
    let refusal = Verifier::new(&keys).verify(token, &mut Vec::new()).err()?;
    let need = keys.need(token, &refusal)?;
    let waits = matches!(remote.refetch(need, now), Refetch::Later { .. });
    (waits && !remote.status(now).to_string().is_empty()).then_some(())
}

#[cfg(feature = "std")]
fn shared() -> Option<()> {
    let demo = demo()?;
    let jwks = demo["jwks"].to_string();
    let remote = RemoteKeySet::new(asymmetric(), RotationPolicy::new(), Jitter::from_system()).ok()?;
    let clock = || MonotonicTime::since_origin(Duration::from_secs(1));
    let set = jose_core::rotation::SharedKeySet::with_clock(remote, clock);
    set.fetch_due()?.complete(Ok(HttpResponse::new(200, &jwks))).ok()?;
    let token = text(&demo, "/tokens/RS256")?;
    Verifier::new(set.keys().ok()?).verify(&token, &mut Vec::new()).map(drop).ok()
}

/// Sets that threads share need threads.
#[cfg(not(feature = "std"))]
fn shared() -> Option<()> {
    Some(())
}

/// A modulus of 8192 bits, and one of the crate `rsa`. Nobody has their private keys, so that nothing
/// verifies.
fn long_rsa() -> Option<()> {
    let long = VerifyingKey::rs256(black_box(&[0xff; 1024]), &[1, 0, 1]).ok()?;
    let modulus = rsa::BoxedUint::from_be_slice(black_box(&[0xff; 256]), 2048).ok()?;
    let key = rsa::PublicKey::new(modulus, 65537_u64.into()).ok()?;
    let key = VerifyingKey::try_from(&key).ok()?;
    let refused =
        |key: &VerifyingKey, len| key.verify(Algorithm::Rs256, b"", black_box(&[1; 1024][..len])).is_err();
    (refused(&long, 1024) && refused(&key, 256)).then_some(())
}
