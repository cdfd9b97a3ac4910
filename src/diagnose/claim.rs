//! A claim beside what the policy demands of it.

use core::fmt;

use crate::claims::{Claims, ClaimsPolicy, Expect};
use crate::error::{ClaimsError, Excerpt};
use crate::time::UnixTime;

/// A registered claim that the policy looks at (RFC 7519 §4.1): what it demands, and what the token has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimCheck<'d> {
    name: &'static str,
    demand: Demand<'d>,
    found: Found,
    now: UnixTime,
    error: Option<ClaimsError>,
}

/// What the policy demands of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Demand<'d> {
    /// A text, of `iss` or `aud`.
    Text(Expect<'d>),
    /// A time in seconds since 1970, leeway included.
    Time {
        /// The first second that is accepted, if there is one.
        earliest: Option<UnixTime>,
        /// The last second that is accepted, if there is one.
        latest: Option<UnixTime>,
    },
}

/// What a token has for a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// Nothing, or a value that is not of the claim's type.
    Nothing,
    /// A text, fit to be shown; of several, the first.
    Text {
        /// The text.
        text: Excerpt,
        /// How many more there are.
        more: usize,
    },
    /// A time.
    Time(UnixTime),
}

impl<'d> ClaimCheck<'d> {
    /// The claims that the policy looks at.
    pub(super) fn all(
        policy: ClaimsPolicy<'d>,
        claims: Claims<'d>,
        now: UnixTime,
        refused: impl Fn(&'static str) -> Option<ClaimsError>,
    ) -> impl Iterator<Item = Self> {
        let leeway = i64::from(policy.leeway.seconds());
        let after = |seconds: i64| Some(UnixTime::from_seconds(now.seconds().saturating_add(seconds)));
        let time = |time: Result<Option<UnixTime>, ClaimsError>| match time {
            Ok(Some(time)) => Found::Time(time),
            _ => Found::Nothing,
        };
        let text = |texts: &mut dyn Iterator<Item = Excerpt>| match texts.next() {
            Some(text) => Found::Text { text, more: texts.count() },
            None => Found::Nothing,
        };
        let asked = |expect| (expect != Expect::Ignore).then_some(Demand::Text(expect));
        let earliest = after(1_i64.saturating_sub(leeway)).filter(|_| !policy.expired_allowed);
        let exp = Demand::Time { earliest, latest: None };
        let nbf = Demand::Time { earliest: None, latest: after(leeway) };
        let iat = policy.max_age.map(|age| Demand::Time {
            earliest: after(0_i64.saturating_sub(i64::from(age)).saturating_sub(leeway)),
            latest: after(leeway),
        });
        let issuer = claims.issuer().ok().flatten().map(|issuer| issuer.excerpt());
        let audiences = claims.audiences().into_iter().flatten().map(|audience| audience.excerpt());
        let checks = [
            ("iss", asked(policy.issuer), text(&mut issuer.into_iter())),
            ("aud", asked(policy.audience), text(&mut { audiences })),
            ("exp", Some(exp), time(claims.expires_at())),
            ("nbf", Some(nbf), time(claims.not_before())),
            ("iat", iat, time(claims.issued_at())),
        ];
        checks.into_iter().filter_map(move |(name, demand, found)| {
            Some(Self { name, demand: demand?, found, now, error: refused(name) })
        })
    }

    /// The claim's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What the policy demands.
    #[must_use]
    pub const fn demand(&self) -> Demand<'d> {
        self.demand
    }

    /// What the token has. It is known to be the issuer's only if the signature holds.
    #[must_use]
    pub const fn found(&self) -> Found {
        self.found
    }

    /// Why the policy does not accept it, or `None` where it does.
    #[must_use]
    pub const fn error(&self) -> Option<ClaimsError> {
        self.error
    }

    /// Of a time: how many seconds it lies after the time that the claims were held against, or,
    /// negative, before. Leeway is not counted.
    #[must_use]
    pub const fn seconds_from_now(&self) -> Option<i64> {
        match self.found {
            Found::Time(time) => Some(time.seconds().saturating_sub(self.now.seconds())),
            _ => None,
        }
    }
}

/// One line of a report.
impl fmt::Display for ClaimCheck<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(error) = self.error {
            error.fmt(f)?;
        } else {
            write!(f, "'{}' is ", self.name)?;
            match self.found {
                Found::Nothing => f.write_str("absent")?,
                Found::Text { text, .. } => write!(f, "{text:?}")?,
                Found::Time(time) => write!(f, "{}", time.seconds())?,
            }
        }
        if let (Found::Text { more: more @ 1.., .. }, None) = (self.found, self.error) {
            write!(f, " (and {more} more)")?;
        }
        match self.seconds_from_now() {
            _ if self.error.is_some() => Ok(()),
            None => f.write_str(", as expected"),
            Some(seconds @ 0..) => write!(f, ", {seconds} seconds from now, as expected"),
            Some(seconds) => write!(f, ", {} seconds ago, as expected", seconds.unsigned_abs()),
        }
    }
}
