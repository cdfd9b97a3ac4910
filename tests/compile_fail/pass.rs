//! The calls that the cases misuse, used as they are meant.

#![deny(warnings)]

use jose_core::rotation::{
    FetchPermit, HttpResponse, Jitter, MonotonicTime, Refetch, Refreshed, RotationPolicy,
};
use jose_core::{Algorithm, AlgorithmSet, Claims, ClaimsPolicy, Error, Expect, Jwks, KeySet, Limits, UnixTime, UnverifiedJws, VerifiedJws, Verifier, VerifyingKey, error::{SetError, SignatureError}, rotation::RemoteKeySet};

const NOW: UnixTime = UnixTime::from_secs(1_300_819_000);
const ONLY: AlgorithmSet = AlgorithmSet::only(Algorithm::Es256);

// RFC 7515 §A.3
const SET: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
const TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

fn main() {
    let (mut scratch, mut buffer) = ([0; 1024], [0; 64]);
    let jws = UnverifiedJws::parse(TOKEN, &mut scratch, Limits::new()).unwrap();
    let signature = jws.signature(&mut buffer).unwrap();
    let keys = keys().unwrap();
    let key = Jwks::parse(SET).unwrap().iter().next().unwrap().unwrap().verifying_key(ONLY).unwrap();
    assert_eq!(key.verify(Algorithm::Es256, jws.signing_input(), signature), Ok(()));
    tell(key.verify(Algorithm::Rs256, jws.signing_input(), signature).unwrap_err());

    // The same buffer for one token after the other.
    for _ in 0..2 {
        let verified = verify(Verifier::new(&key).algorithms(ONLY), &mut scratch).unwrap();
        assert_eq!(issuer(verified).unwrap().issuer().unwrap().unwrap(), "joe");
    }
    assert!(Verifier::new(&keys).algorithms(ONLY).verify(TOKEN, &mut scratch).is_ok());

    let mut remote = RemoteKeySet::new(ONLY, RotationPolicy::new(), Jitter::NONE).unwrap();
    let uptime = MonotonicTime::since_origin(core::time::Duration::from_secs(1));
    let permit = remote.fetch_due(uptime).unwrap();
    assert_eq!(complete(&mut remote, permit, uptime), Refreshed::Replaced);
    let keys = remote.keys(uptime).unwrap();
    assert_eq!(keys.latest().unwrap().len(), 1);
    let need = keys.need(TOKEN, &Error::Signature(SignatureError::Invalid)).unwrap();
    assert!(matches!(remote.refetch(need, uptime), Refetch::Later { .. }));
}

/// Keys are their own, and outlive the text that they were read from.
fn keys() -> Result<KeySet, SetError> {
    let text = SET.to_owned();
    let keys = KeySet::from_jwks(&Jwks::parse(&text)?, ONLY);
    Ok(keys.unwrap())
}

fn verify<'s>(verifier: Verifier<'_, &VerifyingKey>, scratch: &'s mut [u8]) -> Result<VerifiedJws<'s>, Error> {
    verifier.verify(TOKEN, scratch)
}

fn issuer(verified: VerifiedJws<'_>) -> Result<Claims<'_>, Error> {
    Ok(verified.claims(&ClaimsPolicy::new(Expect::Exactly("joe"), Expect::Forbidden), NOW)?)
}

fn complete(remote: &mut RemoteKeySet, permit: FetchPermit, now: MonotonicTime) -> Refreshed {
    remote.complete(permit.receive(Ok(HttpResponse::new(200, SET))), now).unwrap()
}

fn tell(error: SignatureError) {
    match error {
        SignatureError::AlgorithmMismatch { requested, key } => {
            assert_eq!((requested, key), (Algorithm::Rs256, Algorithm::Es256));
        }
        other => panic!("{other}"),
    }
}
