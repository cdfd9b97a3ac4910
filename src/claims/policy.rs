//! What the claims of a token must be.

use super::Claims;
use crate::error::{ClaimsError, Excerpt};
use crate::json::JsonString;
use crate::time::{Leeway, UnixTime};

/// What a claim must be. Whatever is expected is thereby demanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expect<'p> {
    /// This very text.
    Value(&'p str),
    /// One of these texts.
    AnyOf(&'p [&'p str]),
    /// No such claim.
    Absent,
    /// Anything, or nothing. A claim that is present must still be of its type.
    Ignore,
}

/// What is demanded of the claims of a token (RFC 7519 §4.1, RFC 8725 §3.8–3.9).
///
/// `exp` is demanded, and there is no leeway, unless the policy says otherwise.
///
/// ```
/// use jose_core::{ClaimsPolicy, Expect, Leeway};
///
/// let policy = ClaimsPolicy::new(Expect::Value("https://issuer.example"), Expect::AnyOf(&["api", "web"]))
///     .leeway(Leeway::from_seconds(30).unwrap())
///     .max_age(3600);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ClaimsPolicy<'p> {
    pub(crate) issuer: Expect<'p>,
    pub(crate) audience: Expect<'p>,
    exp_required: bool,
    pub(crate) max_age: Option<u32>,
    pub(crate) leeway: Leeway,
}

impl<'p> ClaimsPolicy<'p> {
    /// A policy for `iss` and `aud`. An audience is met when one member of `aud` meets it.
    #[must_use]
    pub const fn new(issuer: Expect<'p>, audience: Expect<'p>) -> Self {
        Self { issuer, audience, exp_required: true, max_age: None, leeway: Leeway::NONE }
    }

    /// Grants this leeway to `exp`, `nbf` and `iat`.
    #[must_use]
    pub const fn leeway(mut self, leeway: Leeway) -> Self {
        self.leeway = leeway;
        self
    }

    /// Accepts tokens without `exp`. One that is there still counts.
    #[must_use]
    pub const fn accept_missing_exp(mut self) -> Self {
        self.exp_required = false;
        self
    }

    /// Demands an `iat` that is not in the future and at most this many seconds old.
    #[must_use]
    pub const fn max_age(mut self, seconds: u32) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// Holds the claims to the policy. Each that it does not accept is given to `refuse`, which goes
    /// on or ends with the first.
    #[inline(never)]
    pub(crate) fn check(
        &self,
        claims: &Claims<'_>,
        now: UnixTime,
        mut refuse: impl FnMut(ClaimsError) -> Result<(), ClaimsError>,
    ) -> Result<(), ClaimsError> {
        if self.exp_required && claims.registered.exp.is_none() {
            refuse(ClaimsError::ClaimMissing { name: "exp" })?;
        }
        let issuer = self.issuer.check("iss", claims.issuer().into_iter(), claims.registered.iss.is_some());
        if let Err(error) = issuer {
            refuse(error)?;
        }
        let audience = self.audience.check("aud", claims.audiences(), claims.registered.aud.is_some());
        if let Err(error) = audience {
            refuse(error)?;
        }
        self.check_times(claims, now, refuse)
    }

    fn check_times(
        &self,
        claims: &Claims<'_>,
        now: UnixTime,
        mut refuse: impl FnMut(ClaimsError) -> Result<(), ClaimsError>,
    ) -> Result<(), ClaimsError> {
        let leeway = self.leeway;
        let (seconds, slack) = (now.seconds(), i64::from(leeway.seconds()));
        if let Some(exp) = claims.expires_at().filter(|exp| seconds >= exp.seconds().saturating_add(slack)) {
            refuse(ClaimsError::Expired { exp, now, leeway })?;
        }
        if let Some(nbf) = claims.not_before().filter(|nbf| seconds < nbf.seconds().saturating_sub(slack)) {
            refuse(ClaimsError::NotYetValid { nbf, now, leeway })?;
        }
        let Some(max_age) = self.max_age else { return Ok(()) };
        let Some(iat) = claims.issued_at() else { return refuse(ClaimsError::ClaimMissing { name: "iat" }) };
        let age = seconds.saturating_sub(iat.seconds());
        if age < 0_i64.saturating_sub(slack) {
            return refuse(ClaimsError::IssuedInFuture { iat, now, leeway });
        }
        if age > i64::from(max_age).saturating_add(slack) {
            return refuse(ClaimsError::TooOld { iat, now, max_age, leeway });
        }
        Ok(())
    }
}

impl Expect<'_> {
    /// Holds the values of a claim to this expectation.
    #[inline(never)]
    fn check<'t>(
        self,
        name: &'static str,
        values: impl Iterator<Item = JsonString<'t>>,
        present: bool,
    ) -> Result<(), ClaimsError> {
        let one;
        let accepted = match self {
            Self::Ignore => return Ok(()),
            Self::Absent if present => return Err(ClaimsError::ClaimPresent { name }),
            Self::Absent => return Ok(()),
            Self::Value(value) => {
                one = [value];
                &one
            }
            Self::AnyOf(values) => values,
        };
        if !present {
            return Err(ClaimsError::ClaimMissing { name });
        }
        let mut first = None;
        for value in values {
            if accepted.iter().any(|accepted| value == **accepted) {
                return Ok(());
            }
            first = first.or(Some(value));
        }
        let expected = accepted.first().copied().unwrap_or_default();
        let found = first.unwrap_or(JsonString::new("", false));
        let [found, expected] = match found.as_str() {
            Some(found) => Excerpt::of_mismatch(found, expected),
            None => [found.excerpt(), Excerpt::new(expected.chars())],
        };
        Err(match name {
            "iss" => ClaimsError::IssuerMismatch { found, expected },
            _ => ClaimsError::AudienceMismatch { found, expected },
        })
    }
}
