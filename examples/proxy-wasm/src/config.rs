//! The filter's configuration: JSON, in which nothing is ignored.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jose_core::rotation::{Jitter, RotationPolicy};
use jose_core::{Algorithm, AlgorithmSet, ClaimsPolicy, rotation::RemoteKeySet};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    issuer: String,
    audiences: Vec<String>,
    algorithms: Vec<String>,
    jwks: Jwks,
    #[serde(default)]
    forward_claims: BTreeMap<String, String>,
    #[serde(default)]
    forward_token: bool,
    #[serde(default)]
    leeway: u16,
    #[serde(default = "max_waiting")]
    max_waiting: usize,
    #[serde(default)]
    rotation: Rotation,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Jwks {
    cluster: String,
    uri: String,
    #[serde(default = "timeout_ms")]
    timeout_ms: u64,
}

/// In seconds; what is absent is as [`RotationPolicy`] has it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rotation {
    cooldown: Option<u64>,
    min_lifetime: Option<u64>,
    max_lifetime: Option<u64>,
    default_lifetime: Option<u64>,
    early_refresh: Option<u64>,
    max_stale: Option<u64>,
    max_backoff: Option<u64>,
    bad_signature_pause: Option<u64>,
    grace: Option<u64>,
}

fn max_waiting() -> usize {
    1000
}

fn timeout_ms() -> u64 {
    5000
}

/// How much longer a permit is kept than the proxy waits for the response.
const MARGIN: Duration = Duration::from_secs(5);

/// Header fields that a claim must not become: they belong to the connection, the routing or the token.
const RESERVED: [&str; 12] = [
    "authorization",
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "www-authenticate",
];

/// A configuration in which everything is in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    pub issuer: String,
    pub audiences: Vec<String>,
    pub algorithms: AlgorithmSet,
    pub leeway: Duration,
    pub endpoint: Endpoint,
    /// Claims, and the header fields in which they are handed on.
    pub forward_claims: Vec<(String, String)>,
    pub forward_token: bool,
    pub max_waiting: usize,
    rotation: RotationPolicy,
}

/// Where the JWK Set is.
#[derive(Clone, Debug, PartialEq)]
pub struct Endpoint {
    pub cluster: String,
    pub scheme: String,
    pub authority: String,
    pub path: String,
    pub timeout: Duration,
}

impl Config {
    /// Reads a configuration, or says what is wrong with it and what was expected.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let document: Document = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        if document.issuer.is_empty() {
            return Err("issuer: expected the `iss` of its tokens, found an empty string".to_owned());
        }
        if document.audiences.is_empty() || document.audiences.iter().any(String::is_empty) {
            return Err("audiences: expected at least one `aud`, and none that is empty".to_owned());
        }
        let config = Self {
            algorithms: algorithms(&document.algorithms)?,
            leeway: leeway(document.leeway)?,
            endpoint: endpoint(&document.jwks)?,
            forward_claims: forward_claims(document.forward_claims)?,
            rotation: rotation(&document.rotation, document.jwks.timeout_ms),
            issuer: document.issuer,
            audiences: document.audiences,
            forward_token: document.forward_token,
            max_waiting: document.max_waiting,
        };
        config.remote_keys(Jitter::NONE)?;
        Ok(config)
    }

    /// The keys, which have not been fetched.
    pub fn remote_keys(&self, jitter: Jitter) -> Result<RemoteKeySet, String> {
        RemoteKeySet::new(self.algorithms, self.rotation, jitter).map_err(|error| error.to_string())
    }
}

fn algorithms(names: &[String]) -> Result<AlgorithmSet, String> {
    let mut set = None::<AlgorithmSet>;
    for name in names {
        // A set that anyone can fetch has no secrets.
        let algorithm = Algorithm::from_name(name)
            .filter(|algorithm| algorithm.is_asymmetric() && algorithm.is_enabled());
        let algorithm = algorithm
            .ok_or_else(|| format!("algorithms: expected \"RS256\" or \"ES256\", found {name:?}"))?;
        set = Some(set.map_or(algorithm.into(), |set| set.or(algorithm)));
    }
    set.ok_or_else(|| "algorithms: expected at least one of \"RS256\" and \"ES256\"".to_owned())
}

fn leeway(seconds: u16) -> Result<Duration, String> {
    let leeway = Duration::from_secs(seconds.into());
    Some(leeway)
        .filter(|leeway| *leeway <= ClaimsPolicy::MAX_LEEWAY)
        .ok_or_else(|| format!("leeway: expected at most 600 seconds, found {seconds}"))
}

fn endpoint(jwks: &Jwks) -> Result<Endpoint, String> {
    let Jwks { cluster, uri, timeout_ms } = jwks;
    if cluster.is_empty() {
        return Err(
            "jwks.cluster: expected the name of a cluster of the proxy, found an empty string".to_owned()
        );
    }
    if !(1..=60_000).contains(timeout_ms) {
        return Err(format!("jwks.timeout_ms: expected 1 to 60000 milliseconds, found {timeout_ms}"));
    }
    let refused = || format!("jwks.uri: expected http://HOST/PATH or https://HOST/PATH, found {uri:?}");
    let (scheme, rest) = uri.split_once("://").ok_or_else(refused)?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let visible = uri.bytes().all(|byte| byte.is_ascii_graphic());
    if !matches!(scheme, "http" | "https") || authority.is_empty() || authority.contains(['@', '?', '#']) {
        return Err(refused());
    }
    if !visible || path.contains('#') {
        return Err(refused());
    }
    Ok(Endpoint {
        cluster: cluster.clone(),
        scheme: scheme.to_owned(),
        authority: authority.to_owned(),
        path: if path.is_empty() { "/" } else { path }.to_owned(),
        timeout: Duration::from_millis(*timeout_ms),
    })
}

fn forward_claims(claims: BTreeMap<String, String>) -> Result<Vec<(String, String)>, String> {
    let mut names = BTreeSet::new();
    for (claim, header) in &claims {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if header.is_empty() || !header.bytes().all(plain) || RESERVED.contains(&header.as_str()) {
            return Err(format!(
                "forward_claims.{claim}: expected the name of a header field in small letters, digits and hyphens that \
                 HTTP does not use itself, found {header:?}"
            ));
        }
        if !names.insert(header) {
            return Err(format!(
                "forward_claims.{claim}: expected a header field for each claim, found {header:?} twice"
            ));
        }
    }
    Ok(claims.into_iter().collect())
}

fn rotation(given: &Rotation, timeout_ms: u64) -> RotationPolicy {
    // The default bounds of a lifetime.
    let (min, max) = (given.min_lifetime.unwrap_or(60), given.max_lifetime.unwrap_or(3600));
    let policy = RotationPolicy::new()
        .fetch_timeout(Duration::from_millis(timeout_ms).saturating_add(MARGIN))
        .lifetime(Duration::from_secs(min), Duration::from_secs(max));
    type Set = fn(RotationPolicy, Duration) -> RotationPolicy;
    let settings: [(Option<u64>, Set); 7] = [
        (given.cooldown, RotationPolicy::cooldown),
        (given.default_lifetime, RotationPolicy::default_lifetime),
        (given.early_refresh, RotationPolicy::early_refresh),
        (given.max_stale, RotationPolicy::max_stale),
        (given.max_backoff, RotationPolicy::max_backoff),
        (given.bad_signature_pause, RotationPolicy::bad_signature_pause),
        (given.grace, RotationPolicy::grace),
    ];
    settings.into_iter().fold(policy, |policy, (seconds, set)| match seconds {
        Some(seconds) => set(policy, Duration::from_secs(seconds)),
        None => policy,
    })
}
