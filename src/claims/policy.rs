//! What is required of the claims of a token.

use core::time::Duration;

use super::date::NumericDate;
use super::{Claims, Registered};
use crate::any_of::AnyOf;
use crate::error::{ClaimsError, Excerpt};
use crate::json::{JsonString, Span, Value};
use crate::time::UnixTime;

/// What a claim must be. With `Exactly` and `AnyOf`, the claim is required.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expect<'p> {
    /// Exactly this text.
    Exactly(&'p str),
    /// One of these texts; see also [`any_of`](Self::any_of). With `alloc` they can be owned.
    AnyOf(AnyOf<'p>),
    /// The claim must be absent.
    Forbidden,
    /// The claim is not checked: it may be absent, or have any type and value.
    Anything,
}

impl<'p> Expect<'p> {
    /// Expects one of these texts. An empty array does not compile.
    #[must_use]
    pub const fn any_of<const N: usize>(texts: &'p [&'p str; N]) -> Self {
        Self::AnyOf(AnyOf::new(texts))
    }
}

#[cfg(feature = "alloc")]
impl From<alloc::string::String> for Expect<'_> {
    fn from(text: alloc::string::String) -> Self {
        Self::AnyOf(text.into())
    }
}

impl<'p> From<AnyOf<'p>> for Expect<'p> {
    fn from(texts: AnyOf<'p>) -> Self {
        Self::AnyOf(texts)
    }
}

/// What is required of the claims of a token (RFC 7519 §4.1, RFC 8725 §3.8–3.9).
///
/// `exp` is required, and there is no leeway, unless set otherwise.
///
/// ```
/// use core::time::Duration;
/// use jose_core::{ClaimsPolicy, Expect};
///
/// const POLICY: ClaimsPolicy<'_> =
///     ClaimsPolicy::new(Expect::Exactly("https://issuer.example"), Expect::any_of(&["api", "web"]))
///         .leeway(Duration::from_secs(30))
///         .max_age(Duration::from_secs(3600));
/// ```
///
/// With `alloc`, a policy from configuration borrows nothing and can be stored beside the keys:
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use jose_core::{AnyOf, ClaimsPolicy, Error, Expect, KeySet, Verifier};
///
/// struct Service {
///     verifier: Verifier<'static, KeySet>,
///     policy: ClaimsPolicy<'static>,
/// }
///
/// fn service(keys: KeySet, issuer: String, audiences: Vec<String>) -> Result<Service, Error> {
///     let policy = ClaimsPolicy::new(Expect::from(issuer), Expect::AnyOf(AnyOf::owned(audiences)?));
///     Ok(Service { verifier: Verifier::new(keys).require_typ("at+jwt"), policy })
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ClaimsPolicy<'p> {
    pub(crate) issuer: Expect<'p>,
    pub(crate) audience: Expect<'p>,
    exp_required: bool,
    pub(crate) expired_allowed: bool,
    /// In seconds, like `leeway`.
    pub(crate) max_age: Option<u64>,
    pub(crate) leeway: u16,
}

impl<'p> ClaimsPolicy<'p> {
    /// The maximum leeway: ten minutes. RFC 7519 calls for "usually no more than a few minutes"; more would
    /// hide a broken clock instead of tolerating a slow one.
    pub const MAX_LEEWAY: Duration = Duration::from_secs(600);

    /// Creates a policy for `iss` and `aud`. `aud` passes if any of its values matches.
    #[must_use]
    pub const fn new(issuer: Expect<'p>, audience: Expect<'p>) -> Self {
        Self { issuer, audience, exp_required: true, expired_allowed: false, max_age: None, leeway: 0 }
    }

    /// Sets the leeway for `exp`, `nbf` and `iat`: how far the clocks of issuer and verifier may differ
    /// (RFC 7519 §4.1.4). Longer values are capped at [`MAX_LEEWAY`](Self::MAX_LEEWAY): compare a
    /// configured value with it first. A fraction of a second is ignored.
    #[must_use]
    pub const fn leeway(mut self, leeway: Duration) -> Self {
        let (seconds, max) = (leeway.as_secs(), Self::MAX_LEEWAY.as_secs());
        #[expect(clippy::as_conversions, reason = "at most 600")]
        let seconds = if seconds < max { seconds as u16 } else { max as u16 };
        self.leeway = seconds;
        self
    }

    /// Accepts tokens without `exp`. It is still checked when present.
    #[must_use]
    pub const fn allow_missing_exp(mut self) -> Self {
        self.exp_required = false;
        self
    }

    /// Accepts expired tokens: for uses where only the other claims of a token matter, such as the ID token
    /// in a logout request (OpenID Connect RP-Initiated Logout §2). `exp` must still be a number, and,
    /// without [`allow_missing_exp`](Self::allow_missing_exp), be present.
    #[must_use]
    pub const fn allow_expired(mut self) -> Self {
        self.expired_allowed = true;
        self
    }

    /// Requires an `iat` that is not in the future and at most this old, within the leeway. A fraction of a
    /// second is ignored.
    #[must_use]
    pub const fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age.as_secs());
        self
    }

    /// Prepares the checks of claims.
    pub(crate) fn checks<'c>(&'c self, claims: &'c Claims<'_>) -> Checks<'c> {
        let Registered { exp, nbf, iat, .. } = claims.registered;
        let time = |claim: Option<Span>| claims.time(claim?);
        Checks {
            policy: self,
            claims,
            exp: time(exp).map(NumericDate::ceiling),
            nbf: time(nbf).map(NumericDate::ceiling),
            iat: self.max_age.and_then(|max_age| Some((time(iat)?.floor(), max_age))),
        }
    }
}

/// The claims of one token, and the policy that they are checked against.
pub(crate) struct Checks<'c> {
    policy: &'c ClaimsPolicy<'c>,
    claims: &'c Claims<'c>,
    /// The times that the policy checks; `None` also for one that is not a time.
    exp: Option<UnixTime>,
    nbf: Option<UnixTime>,
    /// With the maximum age.
    iat: Option<(UnixTime, u64)>,
}

impl Checks<'_> {
    /// Makes the checks in order, up to the first error. Without a clock (`now`), no time is compared.
    pub(super) fn check(&self, now: Option<UnixTime>) -> Result<(), ClaimsError> {
        self.check_types_of_times()?;
        self.check_iss()?;
        self.check_aud()?;
        now.map_or(Ok(()), |now| self.check_times(now))
    }

    /// Does the same for the times alone.
    pub(super) fn check_only_times(&self, now: UnixTime) -> Result<(), ClaimsError> {
        self.check_types_of_times()?;
        self.check_times(now)
    }

    /// Makes all checks, and returns the errors in the same order. A lazy list that `check` could use too
    /// took over 500 bytes more flash on a device.
    pub(crate) fn errors(&self, now: UnixTime) -> impl Iterator<Item = ClaimsError> {
        let outcomes = [
            self.check_exp_type(),
            self.check_nbf_type(),
            self.check_iat_type(),
            self.check_iss(),
            self.check_aud(),
            self.check_exp(now),
            self.check_nbf(now),
            self.check_iat(now),
            self.check_age(now),
        ];
        let errors = outcomes.into_iter().filter_map(Result::err);
        debug_assert_eq!(errors.clone().next(), self.check(Some(now)).err(), "two orders of the checks");
        errors
    }

    fn check_types_of_times(&self) -> Result<(), ClaimsError> {
        self.check_exp_type()?;
        self.check_nbf_type()?;
        self.check_iat_type()
    }

    fn check_times(&self, now: UnixTime) -> Result<(), ClaimsError> {
        self.check_exp(now)?;
        self.check_nbf(now)?;
        self.check_iat(now)?;
        self.check_age(now)
    }

    /// `exp` is a number, and present if the policy requires it (RFC 7519 §4.1.4).
    fn check_exp_type(&self) -> Result<(), ClaimsError> {
        self.check_type("exp", self.claims.registered.exp, self.exp.is_some(), self.policy.exp_required)
    }

    /// `nbf` is a number (RFC 7519 §4.1.5).
    fn check_nbf_type(&self) -> Result<(), ClaimsError> {
        self.check_type("nbf", self.claims.registered.nbf, self.nbf.is_some(), false)
    }

    /// `iat` is a number and present, if the policy limits the age (RFC 7519 §4.1.6).
    fn check_iat_type(&self) -> Result<(), ClaimsError> {
        if self.policy.max_age.is_none() {
            return Ok(());
        }
        self.check_type("iat", self.claims.registered.iat, self.iat.is_some(), true)
    }

    fn check_type(
        &self,
        name: &'static str,
        claim: Option<Span>,
        is_time: bool,
        is_required: bool,
    ) -> Result<(), ClaimsError> {
        match claim {
            _ if is_time => Ok(()),
            Some(claim) => Err(self.claims.no_time(name, claim)),
            None if is_required => Err(ClaimsError::ClaimMissing { name }),
            None => Ok(()),
        }
    }

    /// `iss` is an accepted issuer (RFC 7519 §4.1.1, RFC 8725 §3.8).
    fn check_iss(&self) -> Result<(), ClaimsError> {
        self.policy.issuer.check(Party::Issuer, self.claims)
    }

    /// A value of `aud` is an accepted audience (RFC 7519 §4.1.3, RFC 8725 §3.9).
    fn check_aud(&self) -> Result<(), ClaimsError> {
        self.policy.audience.check(Party::Audience, self.claims)
    }

    /// The time is before `exp`, unless the policy allows expired tokens (RFC 7519 §4.1.4).
    fn check_exp(&self, now: UnixTime) -> Result<(), ClaimsError> {
        match self.exp {
            Some(exp)
                if now.as_secs() >= exp.as_secs().saturating_add(self.leeway_secs())
                    && !self.policy.expired_allowed =>
            {
                Err(ClaimsError::Expired { exp, now, leeway: self.leeway() })
            }
            _ => Ok(()),
        }
    }

    /// The time is not before `nbf` (RFC 7519 §4.1.5).
    fn check_nbf(&self, now: UnixTime) -> Result<(), ClaimsError> {
        match self.nbf {
            Some(nbf) if now.as_secs() < nbf.as_secs().saturating_sub(self.leeway_secs()) => {
                Err(ClaimsError::NotYetValid { nbf, now, leeway: self.leeway() })
            }
            _ => Ok(()),
        }
    }

    /// If the policy limits the age, the time is not before `iat` (RFC 7519 §4.1.6).
    fn check_iat(&self, now: UnixTime) -> Result<(), ClaimsError> {
        match self.iat {
            Some((iat, _)) if now.as_secs() < iat.as_secs().saturating_sub(self.leeway_secs()) => {
                Err(ClaimsError::IssuedInFuture { iat, now, leeway: self.leeway() })
            }
            _ => Ok(()),
        }
    }

    /// The time is not later than the maximum age after `iat` (RFC 7519 §4.1.6).
    fn check_age(&self, now: UnixTime) -> Result<(), ClaimsError> {
        let Some((iat, max_age)) = self.iat else { return Ok(()) };
        // Of `i64`s, the difference is exact as a `u64`.
        let is_past = now > iat;
        let age = now.as_secs().abs_diff(iat.as_secs());
        if is_past && age > max_age.saturating_add(self.policy.leeway.into()) {
            let max_age = Duration::from_secs(max_age);
            return Err(ClaimsError::TooOld { iat, now, max_age, leeway: self.leeway() });
        }
        Ok(())
    }

    /// Returns the leeway in seconds. Arithmetic with it saturates: clock and claims may be any `i64`, and no
    /// overflow may accept a token.
    fn leeway_secs(&self) -> i64 {
        self.policy.leeway.into()
    }

    fn leeway(&self) -> Duration {
        Duration::from_secs(self.policy.leeway.into())
    }
}

/// Who a claim names.
#[derive(Clone, Copy)]
enum Party {
    Issuer,
    Audience,
}

impl Party {
    const fn claim_name(self) -> &'static str {
        match self {
            Self::Issuer => "iss",
            Self::Audience => "aud",
        }
    }

    const fn claim(self, claims: &Claims<'_>) -> Option<Span> {
        match self {
            Self::Issuer => claims.registered.iss,
            Self::Audience => claims.registered.aud,
        }
    }
}

impl Expect<'_> {
    /// Returns the error if `iss` or `aud` is not what is expected.
    // Inlined: saves 37 of the 3,090 instructions of `claims` in benches/counts.
    #[inline(always)]
    fn check(&self, party: Party, claims: &Claims<'_>) -> Result<(), ClaimsError> {
        if self.is_surely_met_by(party.claim(claims), claims.text) {
            Ok(())
        } else {
            self.check_values(party, claims)
        }
    }

    /// Returns whether the claim is one string and equals the one expected, as in most tokens. `false`
    /// decides nothing: see `check_values`.
    fn is_surely_met_by(&self, claim: Option<Span>, text: &str) -> bool {
        let Self::Exactly(expected) = self else { return false };
        cfg!(target_pointer_width = "64")
            && claim.and_then(|span| span.string(text)).is_some_and(|found| found == **expected)
    }

    /// Checks the values of the claim, which are read only if the policy needs them.
    fn check_values(&self, party: Party, claims: &Claims<'_>) -> Result<(), ClaimsError> {
        let name = party.claim_name();
        let is_present = party.claim(claims).is_some();
        let one;
        let accepted = match self {
            Self::Anything => return Ok(()),
            Self::Forbidden if is_present => return Err(ClaimsError::ClaimPresent { name }),
            Self::Forbidden => return Ok(()),
            Self::Exactly(text) => {
                one = AnyOf::one(text);
                &one
            }
            Self::AnyOf(texts) => texts,
        };
        if !is_present {
            return Err(ClaimsError::ClaimMissing { name });
        }
        let value = match party {
            Party::Issuer => claims.issuer()?.map(Value::String),
            Party::Audience => claims.aud()?,
        };
        let meets = |value: Value<'_>| {
            value.as_string().is_some_and(|text| accepted.iter().any(|accepted| text == *accepted))
        };
        let (met, first, several) = match value {
            Some(Value::Array(several)) => (several.iter().any(meets), several.iter().next(), Some(several)),
            one => (one.is_some_and(meets), one, None),
        };
        if met {
            return Ok(());
        }
        let first = first.and_then(Value::as_string);
        let texts = || accepted.iter().map(|accepted| JsonString::new(accepted, false));
        let other = texts().next();
        let expected = JsonString::excerpt_of(texts(), accepted.iter().len(), first);
        let found = match several {
            // A device shows only the first.
            Some(several) if Excerpt::TEXTS > 1 => {
                let elements = several.iter().filter_map(Value::as_string);
                JsonString::excerpt_of(elements.clone(), elements.count(), other)
            }
            _ => JsonString::excerpt_of(first.into_iter(), 1, other),
        };
        Err(match party {
            Party::Issuer => ClaimsError::IssuerMismatch { found, expected },
            Party::Audience => ClaimsError::AudienceMismatch { found, expected },
        })
    }
}
