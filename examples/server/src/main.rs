//! A server whose requests carry a bearer token (RFC 6750) of an issuer that publishes its keys.
//!
//! `issuer.rs` has the keys, and `bearer.rs` the extractor; both can be copied. This file is the
//! application: it names the issuer, and says what it wants of the claims.

mod bearer;
mod issuer;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use jose_core::RotationPolicy;
use serde::Deserialize;

use crate::bearer::Bearer;
use crate::issuer::Issuer;

/// What this application reads of a token.
#[derive(Deserialize)]
struct Account {
    sub: String,
}

/// A handler that takes `Bearer` is not reached without a token that holds.
async fn whoami(Bearer(account): Bearer<Account>) -> String {
    account.sub
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [listen, issuer, audience, jwks_uri, cooldown] = arguments.as_slice() else {
        eprintln!("usage: jose-core-server LISTEN ISSUER AUDIENCE JWKS_URI COOLDOWN");
        std::process::exit(2);
    };
    let cooldown = cooldown.parse().map_err(std::io::Error::other)?;
    let policy = RotationPolicy::new().cooldown(cooldown);
    let issuer = Arc::new(Issuer::new(issuer, audience, jwks_uri, policy));

    // The first fetch is over before the first request comes.
    issuer.refresh().await;
    tokio::spawn(Arc::clone(&issuer).keep_fresh());

    let listener = tokio::net::TcpListener::bind(listen).await?;
    println!("{}", listener.local_addr()?);
    axum::serve(listener, Router::new().route("/whoami", get(whoami)).with_state(issuer)).await
}
