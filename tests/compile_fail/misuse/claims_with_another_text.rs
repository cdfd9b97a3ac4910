//! What was held to the policy cannot be replaced afterwards.

use jose_core::Claims;

fn forge<'t>(claims: Claims<'t>, text: &'t str) -> Claims<'t> {
    Claims { text, ..claims }
}

fn main() {}
