//! A claim, and what the policy requires of it.

use core::fmt::{self, Display as _};

use super::quote::Quoted;
use super::spelling;
use crate::claims::{Claims, ClaimsPolicy, Expect};
use crate::error::ClaimsError;
use crate::json::{JsonString, Value};
use crate::time::UnixTime;

/// The maximum number of texts of a list that are shown.
const SHOWN: usize = 6;

/// A registered claim that the policy checks (RFC 7519 §4.1): what is required, and what the token has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClaimCheck<'d> {
    name: &'static str,
    demand: Demand<'d>,
    found: Found<'d>,
    now: UnixTime,
    error: Option<ClaimsError>,
}

/// What the policy requires of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Demand<'d> {
    /// The text of `iss` or `aud`.
    Text(&'d Expect<'d>),
    /// A time in seconds since 1970, leeway included.
    Time {
        /// The first second that is accepted, if there is one.
        earliest: Option<UnixTime>,
        /// The last second that is accepted, if there is one.
        latest: Option<UnixTime>,
    },
}

/// What a token has for a claim.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Found<'d> {
    /// Nothing, or a value of the wrong type.
    Nothing,
    /// A string, or for `aud` also an array of strings, as the token has it: not escaped, so not safe for a
    /// terminal.
    Text(Value<'d>),
    /// A time.
    Time(UnixTime),
}

impl<'d> ClaimCheck<'d> {
    /// Returns the claims that the policy checks.
    pub(super) fn all(
        policy: &'d ClaimsPolicy<'d>,
        claims: Claims<'d>,
        now: UnixTime,
        refused: impl Fn(&'static str) -> Option<ClaimsError>,
    ) -> impl Iterator<Item = Self> {
        // Sums saturate: the caller's clock and the token's claims may be any `i64`.
        let (seconds, leeway) = (now.as_secs(), i64::from(policy.leeway));
        let (before, after) = (seconds.saturating_sub(leeway), seconds.saturating_add(leeway));
        let at = |seconds| Some(UnixTime::from_secs(seconds));
        let time = |time: Result<Option<UnixTime>, ClaimsError>| match time {
            Ok(Some(time)) => Found::Time(time),
            _ => Found::Nothing,
        };
        let text = |value: Result<Option<Value<'d>>, ClaimsError>| match value {
            Ok(Some(value)) => Found::Text(value),
            _ => Found::Nothing,
        };
        let asked = |expect: &'d Expect<'d>| (*expect != Expect::Anything).then_some(Demand::Text(expect));
        let earliest = at(before.saturating_add(1)).filter(|_| !policy.expired_allowed);
        let exp = Demand::Time { earliest, latest: None };
        let nbf = Demand::Time { earliest: None, latest: at(after) };
        let iat = policy
            .max_age
            .map(|age| Demand::Time { earliest: at(before.saturating_sub_unsigned(age)), latest: at(after) });
        let issuer = claims.issuer().map(|issuer| issuer.map(Value::String));
        let checks = [
            ("iss", asked(&policy.issuer), text(issuer)),
            ("aud", asked(&policy.audience), text(claims.aud())),
            ("exp", Some(exp), time(claims.expires_at())),
            ("nbf", Some(nbf), time(claims.not_before())),
            ("iat", iat, time(claims.issued_at())),
        ];
        checks.into_iter().filter_map(move |(name, demand, found)| {
            Some(Self { name, demand: demand?, found, now, error: refused(name) })
        })
    }

    /// Returns the name of the claim.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns what the policy requires.
    #[must_use]
    pub const fn demand(&self) -> Demand<'d> {
        self.demand
    }

    /// Returns what the token has. It is the issuer's only if the signature verifies.
    #[must_use]
    pub const fn found(&self) -> Found<'d> {
        self.found
    }

    /// Returns why the policy does not accept the claim; `None` if it does.
    #[must_use]
    pub const fn error(&self) -> Option<ClaimsError> {
        self.error
    }

    /// Returns, for a time, how many seconds it lies after the time that the claims were checked at; negative
    /// if before. Leeway is not included.
    #[must_use]
    pub const fn seconds_from_now(&self) -> Option<i64> {
        match self.found {
            Found::Time(time) => Some(time.as_secs().saturating_sub(self.now.as_secs())),
            _ => None,
        }
    }
}

/// Writes the value for a report: texts in quotes, shortened, with everything but printable ASCII escaped.
impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Nothing => f.write_str("absent"),
            Self::Text(found) => list(f, &mut spelling::texts(found).map(Quoted::new)),
            Self::Time(time) => time.as_secs().fmt(f),
        }
    }
}

/// Writes one line of a report.
impl fmt::Display for ClaimCheck<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.error, self.demand, self.found) {
            (
                Some(ClaimsError::IssuerMismatch { .. } | ClaimsError::AudienceMismatch { .. }),
                Demand::Text(expect),
                Found::Text(found),
            ) => {
                let accepted = spelling::accepted(expect);
                // The expected text nearest to the token's comes first, since the advice is about it.
                let near = spelling::nearest(found, accepted.clone()).map_or(0, |(place, _)| place);
                let ordered = accepted.clone().skip(near).chain(accepted.clone().take(near));
                let plural = if accepted.count() > 1 { "one of " } else { "" };
                write!(f, "claim '{}': expected {plural}", self.name)?;
                // An empty array is compared with no text.
                let first = spelling::texts(found).next().unwrap_or(JsonString::new("", false));
                let mut expected = ordered.map(|text| JsonString::new(text, false));
                let nearest = expected.clone().next();
                debug_assert!(nearest.is_some(), "a mismatch with nothing");
                let nearest = nearest.unwrap_or(first);
                list(f, &mut expected.by_ref().map(|text| Quoted::beside(text, first)))?;
                f.write_str(", found ")?;
                list(f, &mut spelling::texts(found).map(|text| Quoted::beside(text, nearest)))
            }
            (Some(error), ..) => error.fmt(f),
            (None, _, found) => {
                write!(f, "'{}' is {found}", self.name)?;
                match self.seconds_from_now() {
                    None => f.write_str(", as expected"),
                    Some(seconds @ 0..) => write!(f, ", {seconds} seconds from now, as expected"),
                    Some(seconds) => write!(f, ", {} seconds ago, as expected", seconds.unsigned_abs()),
                }
            }
        }
    }
}

/// Writes texts as a list, and counts those beyond the maximum.
fn list(f: &mut fmt::Formatter<'_>, texts: &mut dyn Iterator<Item = Quoted<'_>>) -> fmt::Result {
    let Some(first) = texts.next() else { return f.write_str("none") };
    first.fmt(f)?;
    texts.take(SHOWN - 1).try_for_each(|text| write!(f, ", {text}"))?;
    match texts.count() {
        0 => Ok(()),
        more => write!(f, " and {more} more"),
    }
}
