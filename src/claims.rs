//! The claims of a verified JWT, and the policy they are checked against (RFC 7519 §4).

mod date;
mod policy;

use self::date::NumericDate;
pub use self::policy::{ClaimsPolicy, Expect};
use crate::error::ClaimsError;
use crate::json::{ArrayElements, JsonString, Members, Names, Object, ObjectMembers, Span, Value, Word};
use crate::limits::Limits;
use crate::time::UnixTime;
use crate::verify::VerifiedJws;

impl<'t> VerifiedJws<'t> {
    /// Returns the claims after checking them against `policy` at the time `now`.
    ///
    /// # Errors
    ///
    /// [`ClaimsError`] if the payload is not a JSON object, or for the first claim whose type or value the
    /// policy does not accept. A claim that the policy ignores causes no error.
    pub fn claims(&self, policy: &ClaimsPolicy<'_>, now: UnixTime) -> Result<Claims<'t>, ClaimsError> {
        Claims::checked(self.payload(), self.max_members, policy, Some(now))
    }

    /// Returns the claims after checking all of `policy` **except the time**: for a device without a clock,
    /// or one that takes the time from the token. Expired tokens are accepted.
    ///
    /// `exp`, `nbf` and, if the policy limits the age, `iat` must still be numbers, and present if the policy
    /// requires them. They can be read, and checked later by [`Claims::check_times`].
    ///
    /// ```
    /// # #[cfg(feature = "hs256")] {
    /// # use jose_core::{Algorithm, ClaimsPolicy, Expect, Jwk, UnixTime, Verifier, error::ClaimsError};
    /// # let key = Jwk::parse(r#"{"kty":"oct", "k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#)?
    /// #     .verifying_key(Algorithm::Hs256)?;
    /// # let token = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLCJpYXQiOjEzMDA4MTU3ODAsImV4cCI6MTMwMDgxOTM4MH0.DXwkvOwPS-6m943PJn5PpuTDAymQDCFFL0hD1dewO64";
    /// # let mut scratch = [0; 256];
    /// # let verified = Verifier::new(&key).verify(token, &mut scratch)?;
    /// // The claims are {"iss":"joe","iat":1300815780,"exp":1300819380}. With a policy that
    /// // requires nothing, the time of issue can be read before the time is known.
    /// let any = ClaimsPolicy::new(Expect::Anything, Expect::Anything).allow_missing_exp();
    /// let issued = verified.claims_without_clock(&any)?.issued_at()?;
    /// assert_eq!(issued, Some(UnixTime::from_secs(1_300_815_780)));
    ///
    /// let policy = ClaimsPolicy::new(Expect::Exactly("joe"), Expect::Forbidden);
    /// let claims = verified.claims_without_clock(&policy)?;
    /// assert_eq!(claims.expires_at()?, Some(UnixTime::from_secs(1_300_819_380)));
    ///
    /// // Once the time is known:
    /// let now = UnixTime::from_secs(1_400_000_000);
    /// assert!(matches!(claims.check_times(&policy, now), Err(ClaimsError::Expired { .. })));
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`claims`](Self::claims), except for those that depend on the time.
    pub fn claims_without_clock(&self, policy: &ClaimsPolicy<'_>) -> Result<Claims<'t>, ClaimsError> {
        Claims::checked(self.payload(), self.max_members, policy, None)
    }
}

/// The claims of a JWT that has been verified and checked against a policy.
///
/// Claims that the policy checked have their type (RFC 7519 §4.1). The type of every other registered claim
/// is checked when it is read: a wrong type is an error, never treated as absence.
///
/// ```
/// # #[cfg(feature = "hs256")] {
/// use jose_core::json::Value;
/// use jose_core::{Algorithm, ClaimsPolicy, Expect, Jwk, UnixTime, Verifier};
///
/// // RFC 7515 §A.1
/// let key = Jwk::parse(r#"{"kty":"oct", "k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#)?
///     .verifying_key(Algorithm::Hs256)?;
/// let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// let mut scratch = [0; 256];
/// let verified = Verifier::new(&key).verify(token, &mut scratch)?;
///
/// let policy = ClaimsPolicy::new(Expect::Exactly("joe"), Expect::Forbidden);
/// let claims = verified.claims(&policy, UnixTime::from_secs(1_300_819_000))?;
/// assert_eq!(claims.issuer()?, Some("joe".into()));
/// assert_eq!(claims.expires_at()?, Some(UnixTime::from_secs(1_300_819_380)));
/// assert_eq!(claims.get("http://example.com/is_root"), Some(Value::Bool(true)));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Claims<'t> {
    text: &'t str,
    /// The names of the claims, for lookup.
    names: Names,
    /// The positions of the registered claims, whatever their types.
    registered: Registered,
}

/// The claims registered in RFC 7519 §4.1.
#[derive(Clone, Copy, Default)]
struct Registered {
    iss: Option<Span>,
    sub: Option<Span>,
    aud: Option<Span>,
    exp: Option<Span>,
    nbf: Option<Span>,
    iat: Option<Span>,
    jti: Option<Span>,
}

impl<'t> Claims<'t> {
    /// Returns the claims in octets that **the caller vouches were signed by the issuer**, checked against
    /// `policy` at the time `now`: a payload that was compressed (`zip` in a SMART Health Card) or sent apart
    /// from its signature, after [`VerifyingKey::verify`](crate::VerifyingKey::verify) or
    /// [`VerifiedJws::payload`]. No signature is verified here, and the default [`Limits`] apply.
    ///
    /// # Errors
    ///
    /// As [`VerifiedJws::claims`].
    pub fn dangerous_from_octets(
        octets: &'t [u8],
        policy: &ClaimsPolicy<'_>,
        now: UnixTime,
    ) -> Result<Self, ClaimsError> {
        Self::checked(octets, Limits::new().members(), policy, Some(now))
    }

    fn checked(
        octets: &'t [u8],
        max_members: usize,
        policy: &ClaimsPolicy<'_>,
        now: Option<UnixTime>,
    ) -> Result<Self, ClaimsError> {
        // Checked in place, without a move.
        let mut claims = Self::parse(octets, max_members);
        if let Ok(read) = &claims
            && let Err(error) = policy.checks(read).check(now)
        {
            claims = Err(error);
        }
        claims
    }

    /// Reads a payload without checking any claim.
    pub(crate) fn parse(payload: &'t [u8], max_members: usize) -> Result<Self, ClaimsError> {
        const ISS: u64 = Word::of_short("iss");
        const SUB: u64 = Word::of_short("sub");
        const AUD: u64 = Word::of_short("aud");
        const EXP: u64 = Word::of_short("exp");
        const NBF: u64 = Word::of_short("nbf");
        const IAT: u64 = Word::of_short("iat");
        const JTI: u64 = Word::of_short("jti");
        let mut claims = Self { text: "", names: Names::new(), registered: Registered::default() };
        let mut members = Members::new(payload, max_members, &mut claims.names)
            .map_err(|error| error.map_or(ClaimsError::NotObject, ClaimsError::Json))?;
        claims.text = members.text();
        let registered = &mut claims.registered;
        while let Some(member) = members.next().map_err(ClaimsError::Json)? {
            let place = match member.word.get() {
                ISS => &mut registered.iss,
                SUB => &mut registered.sub,
                AUD => &mut registered.aud,
                EXP => &mut registered.exp,
                NBF => &mut registered.nbf,
                IAT => &mut registered.iat,
                JTI => &mut registered.jti,
                _ => continue,
            };
            *place = Some(member.value);
        }
        Ok(claims)
    }

    /// Checks `exp`, `nbf` and, if the policy limits the age, `iat` against the time `now`: after
    /// [`VerifiedJws::claims_without_clock`], or again for claims that are kept for long.
    ///
    /// # Errors
    ///
    /// [`ClaimsError`] for one of these three claims.
    pub fn check_times(&self, policy: &ClaimsPolicy<'_>, now: UnixTime) -> Result<(), ClaimsError> {
        policy.checks(self).check_only_times(now)
    }

    /// Returns `iss`, the issuer of the token (RFC 7519 §4.1.1).
    ///
    /// # Errors
    ///
    /// [`ClaimsError::ClaimType`] if it is present and not a string.
    pub fn issuer(&self) -> Result<Option<JsonString<'t>>, ClaimsError> {
        self.string("iss", self.registered.iss)
    }

    /// Returns `sub`, the subject of the token (RFC 7519 §4.1.2).
    ///
    /// # Errors
    ///
    /// [`ClaimsError::ClaimType`] if it is present and not a string. Some issuers write a number, which
    /// [`get`](Self::get) returns.
    pub fn subject(&self) -> Result<Option<JsonString<'t>>, ClaimsError> {
        self.string("sub", self.registered.sub)
    }

    /// Returns `aud`, the audiences of the token: the string, or every element of the array
    /// (RFC 7519 §4.1.3); nothing if it is absent.
    ///
    /// # Errors
    ///
    /// [`ClaimsError::ClaimType`] if it is present and neither a string nor an array of strings.
    pub fn audiences(&self) -> Result<Audiences<'t>, ClaimsError> {
        let (one, elements) = match self.aud()? {
            Some(Value::Array(array)) => (None, Some(array.iter())),
            value => (value.and_then(Value::as_string), None),
        };
        Ok(Audiences { one, elements })
    }

    /// Returns `aud`, whose type has been checked.
    pub(crate) fn aud(&self) -> Result<Option<Value<'t>>, ClaimsError> {
        let Some(span) = self.registered.aud else { return Ok(None) };
        let value = span.value(self.text);
        let found = match value {
            Value::String(_) => return Ok(Some(value)),
            Value::Array(array) if array.iter().all(|element| element.as_string().is_some()) => {
                return Ok(Some(value));
            }
            Value::Array(_) => "an array of other values",
            other => other.kind(),
        };
        Err(ClaimsError::ClaimType { name: "aud", expected: "a string or an array of strings", found })
    }

    /// Returns `exp`, the first whole second at which the token is no longer valid (RFC 7519 §4.1.4).
    ///
    /// # Errors
    ///
    /// [`ClaimsError::ClaimType`] if it is present and not a number; [`ClaimsError::DateOutOfRange`] if its
    /// seconds do not fit into an `i64`.
    pub fn expires_at(&self) -> Result<Option<UnixTime>, ClaimsError> {
        Ok(self.date("exp", self.registered.exp)?.map(NumericDate::ceiling))
    }

    /// Returns `nbf`, the first whole second at which the token is valid (RFC 7519 §4.1.5).
    ///
    /// # Errors
    ///
    /// As [`expires_at`](Self::expires_at).
    pub fn not_before(&self) -> Result<Option<UnixTime>, ClaimsError> {
        Ok(self.date("nbf", self.registered.nbf)?.map(NumericDate::ceiling))
    }

    /// Returns `iat`, the second in which the token was issued (RFC 7519 §4.1.6).
    ///
    /// # Errors
    ///
    /// As [`expires_at`](Self::expires_at).
    pub fn issued_at(&self) -> Result<Option<UnixTime>, ClaimsError> {
        Ok(self.date("iat", self.registered.iat)?.map(NumericDate::floor))
    }

    /// Returns `jti`, the token's identifier (RFC 7519 §4.1.7).
    ///
    /// # Errors
    ///
    /// [`ClaimsError::ClaimType`] if it is present and not a string.
    pub fn jwt_id(&self) -> Result<Option<JsonString<'t>>, ClaimsError> {
        self.string("jti", self.registered.jti)
    }

    fn string(&self, name: &'static str, claim: Option<Span>) -> Result<Option<JsonString<'t>>, ClaimsError> {
        let Some(span) = claim else { return Ok(None) };
        span.string(self.text).map(Some).ok_or_else(|| self.wrong_type(name, "a string", span))
    }

    fn date(&self, name: &'static str, claim: Option<Span>) -> Result<Option<NumericDate>, ClaimsError> {
        let Some(span) = claim else { return Ok(None) };
        self.time(span).map(Some).ok_or_else(|| self.no_time(name, span))
    }

    /// Returns the time that a claim is, if it is one.
    fn time(&self, claim: Span) -> Option<NumericDate> {
        claim.number(self.text).and_then(NumericDate::parse)
    }

    /// Returns the error for a claim that is not a time.
    #[cold]
    fn no_time(&self, name: &'static str, claim: Span) -> ClaimsError {
        if claim.is_number() {
            ClaimsError::DateOutOfRange { name }
        } else {
            self.wrong_type(name, "a number of seconds", claim)
        }
    }

    #[cold]
    fn wrong_type(&self, name: &'static str, expected: &'static str, claim: Span) -> ClaimsError {
        ClaimsError::ClaimType { name, expected, found: claim.value(self.text).kind() }
    }

    /// Returns all claims as one object.
    const fn object(&self) -> Object<'t> {
        Object::of_checked(self.text)
    }

    /// Returns the claim with this name, registered or not.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value<'t>> {
        self.names.get(self.text, name).or_else(|| self.get_left_out(name))
    }

    /// Returns the claim with this name, if it is among those whose names were not kept.
    #[cold]
    fn get_left_out(&self, name: &str) -> Option<Value<'t>> {
        if self.names.are_all() { None } else { self.object().get(name) }
    }

    /// Returns all claims, in the order of the token.
    #[must_use]
    pub const fn iter(&self) -> ObjectMembers<'t> {
        self.object().iter()
    }

    /// Deserializes the claims into your own type.
    ///
    /// # Errors
    ///
    /// [`ClaimsError::Deserialize`] if the claims do not fit the type.
    #[cfg(feature = "serde")]
    pub fn deserialize<T: serde::Deserialize<'t>>(&self) -> Result<T, ClaimsError> {
        serde_json::from_str(self.text).map_err(|error| ClaimsError::of_serde(&error))
    }
}

impl<'t> IntoIterator for &Claims<'t> {
    type Item = (JsonString<'t>, Value<'t>);
    type IntoIter = ObjectMembers<'t>;

    fn into_iter(self) -> ObjectMembers<'t> {
        self.iter()
    }
}

/// The audiences of a token: see [`Claims::audiences`].
#[derive(Clone)]
pub struct Audiences<'t> {
    one: Option<JsonString<'t>>,
    elements: Option<ArrayElements<'t>>,
}

/// Omits the audiences, which are claims.
impl core::fmt::Debug for Audiences<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Audiences").finish_non_exhaustive()
    }
}

impl<'t> Iterator for Audiences<'t> {
    type Item = JsonString<'t>;

    fn next(&mut self) -> Option<JsonString<'t>> {
        match &mut self.elements {
            Some(elements) => elements.next()?.as_string(),
            None => self.one.take(),
        }
    }
}

impl core::iter::FusedIterator for Audiences<'_> {}

/// Omits the claims, which are personal data.
impl core::fmt::Debug for Claims<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Claims").finish_non_exhaustive()
    }
}
