//! A server whose requests carry a bearer token (RFC 6750) of an issuer that publishes its keys.
//!
//! `issuer.rs` has the keys, `fetch.rs` the HTTP that brings them, `bearer.rs` the extractor, and `refusal.rs` the
//! log; they can be copied. This file is the application: it names the issuer, and says what it wants of the
//! claims.

mod bearer;
mod fetch;
mod issuer;
mod refusal;

use core::time::Duration;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use jose_core::rotation::{Jitter, RemoteKeySet, RotationPolicy, SharedKeySet};
use serde::Deserialize;

use crate::bearer::Bearer;
use crate::fetch::Endpoint;
use crate::issuer::{ALLOWED, Issuer};

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
    let cooldown = Duration::from_secs(cooldown.parse().map_err(std::io::Error::other)?);
    let policy = RotationPolicy::new().cooldown(cooldown);
    let remote = RemoteKeySet::new(ALLOWED, policy, Jitter::from_system()).map_err(std::io::Error::other)?;
    let issuer = Arc::new(Issuer {
        name: issuer.clone(),
        audience: audience.clone(),
        keys: SharedKeySet::new(remote),
        endpoint: Arc::new(Endpoint::new(jwks_uri)),
    });

    // The first fetch is over before the first request comes, and no request waits for the others.
    refresh(&issuer).await;
    let kept_fresh = Arc::clone(&issuer);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            refusal::flush();
            refresh(&kept_fresh).await;
        }
    });

    let listener = tokio::net::TcpListener::bind(listen).await?;
    println!("{}", listener.local_addr()?);
    axum::serve(listener, Router::new().route("/whoami", get(whoami)).with_state(issuer)).await
}

async fn refresh(issuer: &Issuer) {
    if let Some(fetch) = issuer.keys.fetch_due() {
        issuer.fetch(fetch).await;
    }
}
