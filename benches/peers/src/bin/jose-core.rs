//! jose-core: keys in a `KeySet`, one buffer for every token.

use core::time::Duration;

use std::hint::black_box;

use jose_core::{
    Algorithm, AlgorithmSet, Claims, ClaimsPolicy, Expect, Jwk, Jwks, KeySet, KeySource, UnixTime, Verifier,
    VerifyingKey,
};
use jose_core_peers::{Case, Input, primitive, serve, unsupported, whole};
use serde::Deserialize;

/// The application's type, borrowed from the buffer.
#[derive(Deserialize)]
struct Session<'t> {
    iss: &'t str,
    sub: &'t str,
    aud: &'t str,
    exp: i64,
    iat: i64,
    scope: &'t str,
}

impl<'t> Session<'t> {
    fn of(claims: &Claims<'t>) -> Option<Self> {
        Some(Self {
            iss: claims.issuer().ok()??.as_str()?,
            sub: claims.subject().ok()??.as_str()?,
            aud: claims.audiences().ok()?.next()?.as_str()?,
            exp: claims.expires_at().ok()??.as_secs(),
            iat: claims.issued_at().ok()??.as_secs(),
            scope: claims.get("scope")?.as_string()?.as_str()?,
        })
    }

    fn is_that_of(&self, input: &Input) -> bool {
        let Self { iss, sub, aud, exp, iat, scope } = black_box(self);
        black_box((iss, aud, exp, iat));
        *sub == input.subject && *scope == input.scope
    }
}

fn token<K: KeySource>(
    input: &'static Input,
    keys: &'static K,
    matches: impl Fn(&Claims<'_>) -> bool + Clone + 'static,
) -> Case {
    let verifier = Verifier::new(keys);
    // The leeway that jsonwebtoken has unless told otherwise.
    let policy = ClaimsPolicy::new(Expect::Exactly(&input.issuer), Expect::Exactly(&input.audience))
        .leeway(Duration::from_secs(60));
    let mut scratch = Vec::new();
    whole(move |token| {
        let verified = verifier.verify(token, &mut scratch);
        let claims = verified.ok().and_then(|verified| verified.claims(&policy, UnixTime::now().ok()?).ok());
        claims.is_some_and(|claims| matches(&claims))
    })
}

fn main() {
    serve(|input| {
        let algorithm = Algorithm::from_name(&input.alg).unwrap();
        let allowed = AlgorithmSet::from(algorithm);
        let key_set = || -> &'static KeySet {
            Box::leak(Box::new(KeySet::from_jwks(&Jwks::parse(&input.jwks).unwrap(), allowed).unwrap()))
        };
        let new_key = || {
            let jwk = input.jwk.to_string();
            Jwk::parse(&jwk).unwrap().verifying_key(allowed).unwrap()
        };
        let key = || -> &'static VerifyingKey { Box::leak(Box::new(new_key())) };
        let signature_alone = |key: VerifyingKey| {
            primitive(move |message, signature| key.verify(algorithm, message, signature).is_ok())
        };
        let by_accessors = |claims: &Claims<'_>| Session::of(claims).is_some_and(|s| s.is_that_of(input));
        let borrowed =
            |claims: &Claims<'_>| claims.deserialize::<Session<'_>>().is_ok_and(|s| s.is_that_of(input));
        let owned = |claims: &Claims<'_>| {
            claims.deserialize::<jose_core_peers::Claims>().is_ok_and(|claims| claims.are_those_of(input))
        };
        Ok(match input.case.as_str() {
            "accessors" => token(input, key_set(), by_accessors),
            "borrowed" => token(input, key_set(), borrowed),
            "owned" => token(input, key_set(), owned),
            // A set prepares its first ES256 keys; a key by itself is not prepared.
            "key not prepared" => token(input, key(), by_accessors),
            "primitive" => {
                let mut key = new_key();
                key.prepare();
                signature_alone(key)
            }
            "primitive not prepared" => signature_alone(new_key()),
            _ => return unsupported(input),
        })
    });
}
