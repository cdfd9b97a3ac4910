//! What is required of the claims of a token.

use core::time::Duration;

use super::Claims;
use crate::any_of::AnyOf;
use crate::error::{ClaimsError, Excerpt};
use crate::json::{JsonString, Span, Value};
use crate::time::UnixTime;

/// What a claim must be. An expected claim is required.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expect<'p> {
    /// Exactly this text.
    Exactly(&'p str),
    /// One of these texts; see also [`any_of`](Self::any_of). With `alloc` they can be owned.
    AnyOf(AnyOf<'p>),
    /// The claim must be absent.
    Forbidden,
    /// Anything of any type, or nothing: the claim is not checked.
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
    /// In seconds, as the leeway.
    pub(crate) max_age: Option<i64>,
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
    /// (RFC 7519 §4.1.4). A longer one than [`MAX_LEEWAY`](Self::MAX_LEEWAY) counts as that, and a fraction
    /// of a second is ignored.
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

    /// Accepts expired tokens: for one that no longer grants anything but whose other claims matter, such as
    /// the ID token in a logout request (OpenID Connect RP-Initiated Logout §2). `exp` must still be present,
    /// and a number.
    #[must_use]
    pub const fn allow_expired(mut self) -> Self {
        self.expired_allowed = true;
        self
    }

    /// Requires an `iat` that is not in the future and at most this old. A fraction of a second is ignored.
    #[must_use]
    pub const fn max_age(mut self, age: Duration) -> Self {
        let seconds = age.as_secs().cast_signed();
        // Seconds beyond an `i64` limit nothing.
        self.max_age = Some(if seconds < 0 { i64::MAX } else { seconds });
        self
    }

    /// Checks the claims against the policy: presence and type of the times, `iss`, `aud`, and, given a
    /// clock, the times. Each error is passed to `refuse`, which continues or stops at the first.
    #[inline(never)]
    pub(crate) fn check(
        &self,
        claims: &Claims<'_>,
        now: Option<UnixTime>,
        mut refuse: impl FnMut(ClaimsError) -> Result<(), ClaimsError>,
    ) -> Result<(), ClaimsError> {
        let times = self.times(claims, &mut refuse)?;
        let (iss, aud) = (claims.registered.iss, claims.registered.aud);
        for (expected, name, claim) in [(&self.issuer, "iss", iss), (&self.audience, "aud", aud)] {
            if !expected.is_met_by(claim, claims.text) {
                expected.check(name, claims).or_else(&mut refuse)?;
            }
        }
        now.map_or(Ok(()), |now| self.hold(times, now, refuse))
    }

    /// Checks only the times.
    pub(super) fn check_times(&self, claims: &Claims<'_>, now: UnixTime) -> Result<(), ClaimsError> {
        self.hold(self.times(claims, &mut Err)?, now, Err)
    }

    /// Returns the times that the policy checks. One that was passed to `refuse` is absent after that.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn times(
        &self,
        claims: &Claims<'_>,
        refuse: &mut impl FnMut(ClaimsError) -> Result<(), ClaimsError>,
    ) -> Result<Times, ClaimsError> {
        let mut read = |name, time: Result<Option<UnixTime>, ClaimsError>, required| match time {
            Ok(None) if required => refuse(ClaimsError::ClaimMissing { name }).map(|()| None),
            Ok(time) => Ok(time),
            Err(error) => refuse(error).map(|()| None),
        };
        Ok(Times {
            exp: read("exp", claims.expires_at(), self.exp_required)?,
            nbf: read("nbf", claims.not_before(), false)?,
            iat: match self.max_age {
                Some(max_age) => read("iat", claims.issued_at(), true)?.map(|iat| (iat, max_age)),
                None => None,
            },
        })
    }

    fn hold(
        &self,
        times: Times,
        now: UnixTime,
        mut refuse: impl FnMut(ClaimsError) -> Result<(), ClaimsError>,
    ) -> Result<(), ClaimsError> {
        let leeway = Duration::from_secs(self.leeway.into());
        let (seconds, slack) = (now.as_secs(), i64::from(self.leeway));
        let has_expired = |exp: &UnixTime| seconds >= exp.as_secs().saturating_add(slack);
        if let Some(exp) = times.exp.filter(has_expired)
            && !self.expired_allowed
        {
            refuse(ClaimsError::Expired { exp, now, leeway })?;
        }
        if let Some(nbf) = times.nbf.filter(|nbf| seconds < nbf.as_secs().saturating_sub(slack)) {
            refuse(ClaimsError::NotYetValid { nbf, now, leeway })?;
        }
        let Some((iat, max_age)) = times.iat else { return Ok(()) };
        let age = seconds.saturating_sub(iat.as_secs());
        if age < 0_i64.saturating_sub(slack) {
            return refuse(ClaimsError::IssuedInFuture { iat, now, leeway });
        }
        if age > max_age.saturating_add(slack) {
            let max_age = Duration::from_secs(max_age.unsigned_abs());
            return refuse(ClaimsError::TooOld { iat, now, max_age, leeway });
        }
        Ok(())
    }
}

/// The times that a policy checks, where present.
struct Times {
    exp: Option<UnixTime>,
    nbf: Option<UnixTime>,
    /// With the maximum age.
    iat: Option<(UnixTime, i64)>,
}

impl Expect<'_> {
    /// Returns whether a claim is what most policies expect of most tokens: one string, equal to the expected
    /// one. `false` decides nothing.
    fn is_met_by(&self, claim: Option<Span>, text: &str) -> bool {
        let Self::Exactly(expected) = self else { return false };
        cfg!(target_pointer_width = "64")
            && claim.and_then(|span| span.string(text)).is_some_and(|found| found == **expected)
    }

    /// Checks the values of `iss` or `aud`, which are read only if the policy needs them.
    #[inline(never)]
    fn check(&self, name: &'static str, claims: &Claims<'_>) -> Result<(), ClaimsError> {
        let is_issuer = name == "iss";
        let present = if is_issuer { claims.registered.iss } else { claims.registered.aud }.is_some();
        let one;
        let accepted = match self {
            Self::Anything => return Ok(()),
            Self::Forbidden if present => return Err(ClaimsError::ClaimPresent { name }),
            Self::Forbidden => return Ok(()),
            Self::Exactly(text) => {
                one = AnyOf::one(text);
                &one
            }
            Self::AnyOf(texts) => texts,
        };
        if !present {
            return Err(ClaimsError::ClaimMissing { name });
        }
        let value = if is_issuer { claims.issuer()?.map(Value::String) } else { claims.aud()? };
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
        Err(if is_issuer {
            ClaimsError::IssuerMismatch { found, expected }
        } else {
            ClaimsError::AudienceMismatch { found, expected }
        })
    }
}
