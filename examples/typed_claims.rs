//! Deserializes claims into your own struct. A token that lacks one of its fields is refused. Issuer, audience and
//! times have been checked against the policy before.

#![allow(clippy::indexing_slicing, reason = "of a JSON value, what is not there is null")]

use std::borrow::Cow;

use jose_core::{Algorithm, AlgorithmSet, ClaimsPolicy, Expect, Jwks, KeySet, UnixTime, Verifier};
use serde::Deserialize;
use serde_json::Value;

/// Borrows from the buffer where the text has no escapes. Other claims are ignored.
#[derive(Debug, Deserialize)]
struct Account<'t> {
    #[serde(borrow)]
    sub: Cow<'t, str>,
    /// A claim that may be absent.
    #[serde(borrow)]
    scope: Option<Cow<'t, str>>,
}

/// Requires a claim that the issuer does not include.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "it is never made")]
struct Tenant {
    tenant: u32,
}

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let demo: Value = serde_json::from_str(include_str!("../vectors/demo.json"))?;
    let jwks = demo["jwks"].to_string();
    let token = demo["tokens"]["RS256"].as_str().ok_or("no token")?;

    let allowed = AlgorithmSet::from(Algorithm::Rs256).or(Algorithm::Es256);
    let keys = KeySet::from_jwks(&Jwks::parse(&jwks)?, allowed)?;
    let policy = ClaimsPolicy::new(Expect::Exactly("https://issuer.example"), Expect::Exactly("api.example"));
    let now = UnixTime::from_secs(1_790_000_000);
    let mut scratch = Vec::new();
    let claims = Verifier::new(&keys).verify(token, &mut scratch)?.claims(&policy, now)?;

    let account: Account<'_> = claims.deserialize()?;
    println!("{account:?}");
    assert_eq!(account.sub, "user-1");
    assert!(matches!(account.sub, Cow::Borrowed(_)));
    assert_eq!(account.scope, None);

    let error = claims.deserialize::<Tenant>().err().ok_or("a token without tenant was accepted")?;
    println!("not a Tenant: {error}");
    assert_eq!(error.code(), "Deserialize");

    // Registered claims have accessors; the others can be read without a type.
    println!("issued at {:?}, expires at {:?}", claims.issued_at(), claims.expires_at());
    assert_eq!(claims.issued_at()?.map(UnixTime::as_secs), Some(1_780_000_000));
    assert!(claims.get("tenant").is_none());
    Ok(())
}
