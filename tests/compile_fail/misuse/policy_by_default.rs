//! Which issuer and audience are expected is for the caller to say.

use jose_core::ClaimsPolicy;

fn policy() -> ClaimsPolicy<'static> {
    ClaimsPolicy::default()
}

fn main() {}
