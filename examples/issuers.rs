//! Several issuers, each with its own keys and policy. The token's `iss` only chooses among them while it
//! is unverified; the policy of the one that was chosen then demands that very `iss` of the claims.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use jose_core::json::Value;
use jose_core::{
    Algorithm, AlgorithmSet, ClaimsPolicy, Error, Expect, Jwks, KeySet, Limits, SignatureError, UnixTime,
    UnverifiedJws, Verifier,
};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};

type Failure = Box<dyn core::error::Error>;

const ALLOWED: AlgorithmSet = AlgorithmSet::only(Algorithm::Es256);
const NOW: UnixTime = UnixTime::from_seconds(1_790_000_000);

/// The keys are not merged into one set: a `kid` is unique with its issuer and not among all of them, and
/// a key that is good for one issuer must not sign for another.
struct Issuer {
    name: &'static str,
    verifier: Verifier<'static, KeySet>,
    policy: ClaimsPolicy<'static>,
}

impl Issuer {
    fn new(name: &'static str, audience: &'static str, keys: KeySet) -> Self {
        let policy = ClaimsPolicy::new(Expect::Exactly(name), Expect::Exactly(audience));
        Self { name, verifier: Verifier::new(keys).require_kid(), policy }
    }
}

/// The issuer that a token says it is of. Nothing has been verified.
fn claimed<'i>(issuers: &'i [Issuer], token: &str) -> Option<&'i Issuer> {
    let (mut scratch, mut buffer) = (Vec::new(), Vec::new());
    let jws = UnverifiedJws::parse(token, &mut scratch, Limits::new()).ok()?;
    let payload = jws.dangerous_payload_without_verification(&mut buffer).ok()?;
    let Ok(Value::Object(claims)) = Value::parse(payload) else { return None };
    let name = claims.get("iss")?.as_string()?;
    issuers.iter().find(|issuer| name == *issuer.name)
}

/// The issuer and the subject of a token that holds.
fn verify(issuers: &[Issuer], token: &str) -> Result<String, Failure> {
    let issuer = claimed(issuers, token).ok_or("of no issuer that is known")?;
    let mut scratch = Vec::new();
    let verified = issuer.verifier.verify(token, &mut scratch)?;
    let claims = verified.claims(&issuer.policy, NOW).map_err(Error::from)?;
    Ok(format!("{} at {}", claims.subject()?.ok_or("no subject")?, issuer.name))
}

fn main() -> Result<(), Failure> {
    let [ours, theirs, unknown] = ["https://ours.example", "https://theirs.example", "https://third.example"];
    let [our_key, their_key] = [[1; 32], [2; 32]].map(|octets| SigningKey::from_slice(&octets));
    let (our_key, their_key) = (our_key?, their_key?);
    let issuers = [
        Issuer::new(ours, "internal", published(&our_key)?),
        Issuer::new(theirs, "partners", published(&their_key)?),
    ];
    assert_eq!(verify(&issuers, &token(&our_key, ours, "internal"))?, "user-1 at https://ours.example");
    assert_eq!(verify(&issuers, &token(&their_key, theirs, "partners"))?, "user-1 at https://theirs.example");
    println!("each issuer's own tokens are accepted");

    let refused = |token: &str| verify(&issuers, token).err().ok_or("accepted");
    let forged = refused(&token(&their_key, ours, "internal"))?;
    println!("their key, our name: {forged}");
    assert_eq!(forged.downcast_ref(), Some(&Error::Signature(SignatureError::Invalid)));
    let misused = refused(&token(&their_key, theirs, "internal"))?;
    println!("their key, our audience: {misused}");
    assert!(matches!(misused.downcast_ref(), Some(Error::Claims(_))));
    println!("a third name: {}", refused(&token(&their_key, unknown, "internal"))?);
    Ok(())
}

/// The set of one key. Both issuers call theirs "1".
fn published(key: &SigningKey) -> Result<KeySet, Failure> {
    let point = key.verifying_key().to_sec1_point(false);
    let [x, y] =
        [point.x().ok_or("x")?, point.y().ok_or("y")?].map(|half| Base64UrlUnpadded::encode_string(half));
    let jwks = format!(r#"{{"keys":[{{"kty":"EC","crv":"P-256","kid":"1","x":"{x}","y":"{y}"}}]}}"#);
    Ok(KeySet::from_jwks(&Jwks::parse(&jwks)?, ALLOWED)?)
}

fn token(key: &SigningKey, issuer: &str, audience: &str) -> String {
    let claims = format!(r#"{{"iss":"{issuer}","aud":"{audience}","sub":"user-1","exp":1800000000}}"#);
    let parts = [r#"{"alg":"ES256","kid":"1"}"#, &claims];
    let input = parts.map(|part| Base64UrlUnpadded::encode_string(part.as_bytes())).join(".");
    let signature: Signature = key.sign(input.as_bytes());
    format!("{input}.{}", Base64UrlUnpadded::encode_string(&signature.to_bytes()))
}
