//! Decides about requests and fetches, without the proxy: who waits and for how long, and what a token is worth.

use jose_core::rotation::{
    FetchError, FetchOutcome, FetchPermit, Jitter, MonotonicTime, Refetch, Refreshed, RemoteKeys,
};
use jose_core::{AnyOf, ClaimsPolicy, Error, UnixTime, Verifier, rotation::RemoteKeySet};

use crate::answer::Answer;
use crate::config::Config;
use crate::forward::field_value;

/// The two clocks: one for fetches, which is never set, and one for claims.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    pub monotonic: MonotonicTime,
    pub unix: UnixTime,
}

/// Whether a request may wait for a fetch. It does so once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    MayWait,
    HasWaited,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Let it through, with these header fields.
    Pass(Vec<(String, String)>),
    Refuse(Answer, Option<String>),
    /// Ask again when the fetch that is due or in flight has ended.
    Wait,
}

/// What stands between clients and the application.
#[derive(Debug)]
pub struct Gate {
    config: Config,
    policy: ClaimsPolicy<'static>,
    remote: RemoteKeySet,
    /// A token needs a fetch that has not begun.
    permit: Option<FetchPermit>,
    scratch: Vec<u8>,
}

impl Gate {
    pub fn new(config: Config, jitter: Jitter) -> Result<Self, String> {
        let remote = config.remote_keys(jitter)?;
        let audiences = AnyOf::owned(config.audiences.clone()).map_err(|error| error.to_string())?;
        let policy = ClaimsPolicy::new(config.issuer.clone().into(), audiences.into()).leeway(config.leeway);
        Ok(Self { config, policy, remote, permit: None, scratch: Vec::new() })
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The permit for a fetch, if one is to begin now.
    pub fn fetch_due(&mut self, now: MonotonicTime) -> Option<FetchPermit> {
        self.permit.take().or_else(|| self.remote.fetch_due(now))
    }

    /// Takes the outcome of a fetch. Whoever waits can be judged again.
    pub fn complete(&mut self, outcome: FetchOutcome, now: MonotonicTime) -> Result<Refreshed, FetchError> {
        self.remote.complete(outcome, now)
    }

    /// One line about the keys, for the log.
    pub fn status(&self, now: MonotonicTime) -> String {
        self.remote.status(now).to_string()
    }

    /// Decides about a request with this `Authorization`.
    pub fn judge(&mut self, authorization: Option<&[u8]>, now: Now, patience: Patience) -> Verdict {
        let token = match bearer(authorization) {
            Ok(token) => token,
            Err(answer) => return Verdict::Refuse(answer, None),
        };
        let keys = match self.remote.keys(now.monotonic) {
            Ok(keys) => keys,
            Err(_) if patience == Patience::MayWait && self.is_fetch_near(now.monotonic) => {
                return Verdict::Wait;
            }
            Err(none) => {
                let wait = self.remote.status(now.monotonic).due_in;
                return Verdict::Refuse(Answer::unavailable(wait), Some(none.to_string()));
            }
        };
        let refusal = match verify(&self.config, &self.policy, &keys, token, &mut self.scratch, now.unix) {
            Ok(fields) => return Verdict::Pass(fields),
            Err(refusal) => refusal,
        };
        let near = match keys.need(token, &refusal).map(|need| self.remote.refetch(need, now.monotonic)) {
            Some(Refetch::Now(permit)) => {
                self.permit = Some(permit);
                true
            }
            Some(Refetch::InFlight) => true,
            Some(Refetch::VerifyAgain | Refetch::Later { .. } | Refetch::AlreadyFetched) | None => false,
        };
        if near && patience == Patience::MayWait {
            return Verdict::Wait;
        }
        Verdict::Refuse(Answer::token_refused(&refusal), Some(refusal.to_string()))
    }

    /// Whether a fetch is in flight or begins with the next tick.
    fn is_fetch_near(&self, now: MonotonicTime) -> bool {
        self.remote.status(now).in_flight || self.remote.is_fetch_due(now)
    }
}

/// The only place that verifies: the claims to hand on, of a token that is accepted.
fn verify(
    config: &Config,
    policy: &ClaimsPolicy<'_>,
    keys: &RemoteKeys<'_>,
    token: &str,
    scratch: &mut Vec<u8>,
    now: UnixTime,
) -> Result<Vec<(String, String)>, Error> {
    let verified = Verifier::new(keys).verify(token, scratch)?;
    let claims = verified.claims(policy, now)?;
    let fields = config.forward_claims.iter();
    Ok(fields.filter_map(|(claim, header)| Some((header.clone(), field_value(&claims, claim)?))).collect())
}

/// The token of a request (RFC 6750 §2.1). The name of the scheme is case-insensitive, and one or more spaces follow
/// it (RFC 9110 §11.1, §11.4). Of two fields the proxy makes one with a comma, which no token has.
fn bearer(authorization: Option<&[u8]>) -> Result<&str, Answer> {
    let value = authorization.ok_or_else(Answer::token_missing)?;
    let scheme = value.split(|byte| *byte == b' ').next().unwrap_or_default();
    if !scheme.eq_ignore_ascii_case(b"bearer") {
        return Err(Answer::token_missing());
    }
    let token = value.get(scheme.len()..).unwrap_or_default().trim_ascii();
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(byte);
    match core::str::from_utf8(token) {
        Ok(text) if !text.is_empty() && token.iter().all(is_token) => Ok(text),
        _ => Err(Answer::malformed_request()),
    }
}
