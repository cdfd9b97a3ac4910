//! A service that two issuers sign for, as one that comes from `jsonwebtoken` has it: issuers, audiences and
//! algorithms from its configuration, claims deserialized into its own struct. `main` tries it with tokens that it
//! signs itself.
//!
//! Before the token is verified, its `iss` only chooses an issuer. The policy of that issuer then requires this
//! `iss` in the claims.

use jose_core::json::Value;
use jose_core::{
    AlgorithmSet, AnyOf, ClaimsPolicy, Error, Expect, Jwks, KeySet, Limits, UnixTime, UnverifiedJws, Verifier,
};
use serde::Deserialize;

/// The configuration of an issuer.
struct Configured {
    issuer: &'static str,
    audiences: Vec<String>,
    algorithms: Vec<String>,
    jwks: String,
}

/// Each issuer has its own keys: a `kid` is unique only within its issuer, and a key of one issuer must not
/// verify tokens of another. Nothing is borrowed from the configuration.
struct Issuer {
    name: String,
    verifier: Verifier<'static, KeySet>,
    policy: ClaimsPolicy<'static>,
}

impl Issuer {
    fn new(from: Configured) -> Result<Self, Error> {
        let name = from.issuer.to_owned();
        let keys = KeySet::from_jwks(&Jwks::parse(&from.jwks)?, AlgorithmSet::from_names(&from.algorithms)?)?;
        let policy = ClaimsPolicy::new(Expect::from(name.clone()), AnyOf::owned(from.audiences)?.into());
        Ok(Self { name, verifier: Verifier::new(keys).require_kid(), policy })
    }
}

/// The claims that the service needs. A token without them is refused.
#[derive(Debug, Deserialize)]
struct Account {
    sub: String,
    roles: Vec<String>,
}

/// Returns the issuer that a token claims to be from. Nothing has been verified.
fn claimed<'i>(issuers: &'i [Issuer], token: &str) -> Option<&'i Issuer> {
    let (mut scratch, mut buffer) = (Vec::new(), Vec::new());
    let jws = UnverifiedJws::parse(token, &mut scratch, Limits::new()).ok()?;
    let payload = jws.dangerous_payload_without_verification(&mut buffer).ok()?;
    let name = Value::parse(payload).ok()?.get("iss")?.as_string()?;
    issuers.iter().find(|issuer| name == issuer.name)
}

/// Returns the account of an accepted token; `None` if no known issuer is claimed.
fn account(issuers: &[Issuer], token: &str, now: UnixTime) -> Option<Result<Account, Error>> {
    let issuer = claimed(issuers, token)?;
    let mut scratch = Vec::new();
    let verified = issuer.verifier.verify(token, &mut scratch);
    Some(verified.and_then(|verified| Ok(verified.claims(&issuer.policy, now)?.deserialize()?)))
}

// What follows is not part of the service.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};

const NOW: UnixTime = UnixTime::from_secs(1_790_000_000);

type Failure = Box<dyn core::error::Error>;

fn main() -> Result<(), Failure> {
    let [ours, theirs, third] = ["https://ours.example", "https://theirs.example", "https://third.example"];
    let [our_key, their_key] = [[1; 32], [2; 32]].map(|bytes| SigningKey::from_slice(&bytes));
    let (our_key, their_key) = (our_key?, their_key?);
    let configured = |issuer, audiences: &[&str], key| -> Result<_, Failure> {
        let audiences = audiences.iter().map(|&audience| audience.into()).collect();
        let (algorithms, jwks) = (vec!["ES256".into()], published(key)?);
        Ok(Issuer::new(Configured { issuer, audiences, algorithms, jwks })?)
    };
    let issuers = [
        configured(ours, &["internal", "reports"], &our_key)?,
        configured(theirs, &["partners"], &their_key)?,
    ];
    assert!(configured(third, &[], &our_key).is_err(), "without an audience every token would be refused");

    const READER: &str = r#""sub":"user-1","roles":["reader"],"exp":1800000000"#;
    for (issuer, audience, key) in
        [(ours, "internal", &our_key), (ours, "reports", &our_key), (theirs, "partners", &their_key)]
    {
        let account =
            account(&issuers, &token(key, issuer, audience, READER), NOW).ok_or("issuer unknown")??;
        println!("accepted: {audience} of {issuer}: {account:?}");
        assert_eq!((&*account.sub, &*account.roles), ("user-1", &["reader".to_owned()][..]));
    }

    let expired = r#""sub":"user-1","roles":[],"exp":1700000000"#;
    let no_roles = r#""sub":"user-1","exp":1800000000"#;
    for (what, code, token) in [
        ("their key, our name", "Invalid", token(&their_key, ours, "internal", READER)),
        ("their key, our audience", "AudienceMismatch", token(&their_key, theirs, "internal", READER)),
        ("expired", "Expired", token(&our_key, ours, "internal", expired)),
        ("not an Account", "Deserialize", token(&our_key, ours, "internal", no_roles)),
    ] {
        let error = account(&issuers, &token, NOW).ok_or("issuer unknown")?.err().ok_or("accepted")?;
        println!("refused: {what}: {error}");
        assert_eq!(error.code(), code);
    }
    assert!(account(&issuers, &token(&our_key, third, "internal", READER), NOW).is_none());
    println!("refused: unknown issuer");
    Ok(())
}

/// Returns the JWK Set of one key. Both issuers use the `kid` "1".
fn published(key: &SigningKey) -> Result<String, Failure> {
    let point = key.verifying_key().to_sec1_point(false);
    let [x, y] =
        [point.x().ok_or("x")?, point.y().ok_or("y")?].map(|half| Base64UrlUnpadded::encode_string(half));
    Ok(format!(r#"{{"keys":[{{"kty":"EC","crv":"P-256","kid":"1","x":"{x}","y":"{y}"}}]}}"#))
}

/// Signs a token with RustCrypto, in place of `encode`.
fn token(key: &SigningKey, issuer: &str, audience: &str, claims: &str) -> String {
    let claims = format!(r#"{{"iss":"{issuer}","aud":"{audience}",{claims}}}"#);
    let parts = [r#"{"alg":"ES256","kid":"1"}"#, &claims];
    let input = parts.map(|part| Base64UrlUnpadded::encode_string(part.as_bytes())).join(".");
    let signature: Signature = key.sign(input.as_bytes());
    format!("{input}.{}", Base64UrlUnpadded::encode_string(&signature.to_bytes()))
}
