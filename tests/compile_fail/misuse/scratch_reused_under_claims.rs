//! Claims are in the buffer until they are dropped; only then is it free for the next token.

use jose_core::{ClaimsPolicy, Error, UnixTime, Verifier, VerifyingKey};

fn confuse(
    verifier: Verifier<'_, &VerifyingKey>,
    [first, second]: [&str; 2],
    policy: &ClaimsPolicy<'_>,
    now: UnixTime,
) -> Result<bool, Error> {
    let mut scratch = [0; 1024];
    let claims = verifier.verify(first, &mut scratch)?.claims(policy, now)?;
    let other = verifier.verify(second, &mut scratch)?.claims(policy, now)?;
    Ok(claims.subject()?.is_some() && other.subject()?.is_some())
}

fn main() {}
