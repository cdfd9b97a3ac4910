//! The claims of a verified JWT, and the policy that they are held to (RFC 7519 §4).

mod date;
mod policy;

use self::date::NumericDate;
pub use self::policy::{ClaimsPolicy, Expect};
use crate::error::ClaimsError;
use crate::json::{ArrayElements, JsonString, Members, Names, Object, Span, Value, Word};
use crate::limits::Limits;
use crate::time::UnixTime;
use crate::verify::VerifiedJws;

impl<'t> VerifiedJws<'t> {
    /// The claims, once they have been checked against `policy` at the time `now`.
    ///
    /// # Errors
    ///
    /// [`ClaimsError`]: a payload that is no JSON object, or the first claim that the policy does not
    /// accept, be it for its type. A claim that the policy does not look at refuses nothing.
    pub fn claims(&self, policy: &ClaimsPolicy<'_>, now: UnixTime) -> Result<Claims<'t>, ClaimsError> {
        Claims::checked(self.payload(), self.max_members, policy, Some(now))
    }

    /// The claims, once all of `policy` has been checked **but for the time**: for a device without a
    /// clock, or one that takes the time from the token. Expired tokens are accepted.
    ///
    /// `exp`, `nbf` and, where the policy limits the age, `iat` must still be numbers, and be there if the
    /// policy demands them. They can be read, and checked later by [`Claims::check_times`].
    ///
    /// ```
    /// # #[cfg(feature = "hs256")] {
    /// # use jose_core::{Algorithm, ClaimsPolicy, Expect, Jwk, UnixTime, Verifier, error::ClaimsError};
    /// # let key = Jwk::parse(r#"{"kty":"oct", "k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#)?
    /// #     .verifying_key(Algorithm::Hs256)?;
    /// # let token = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLCJpYXQiOjEzMDA4MTU3ODAsImV4cCI6MTMwMDgxOTM4MH0.DXwkvOwPS-6m943PJn5PpuTDAymQDCFFL0hD1dewO64";
    /// # let mut scratch = [0; 256];
    /// # let verified = Verifier::new(&key).verify(token, &mut scratch)?;
    /// // The claims are {"iss":"joe","iat":1300815780,"exp":1300819380}. A policy that demands nothing lets the
    /// // time of issue be read before any other: no clock that is right is behind it.
    /// let any = ClaimsPolicy::new(Expect::Anything, Expect::Anything).allow_missing_exp();
    /// let issued = verified.claims_without_clock(&any)?.issued_at()?;
    /// assert_eq!(issued, Some(UnixTime::from_seconds(1_300_815_780)));
    ///
    /// let policy = ClaimsPolicy::new(Expect::Exactly("joe"), Expect::Forbidden);
    /// let claims = verified.claims_without_clock(&policy)?;
    /// assert_eq!(claims.expires_at()?, Some(UnixTime::from_seconds(1_300_819_380)));
    ///
    /// // Once the time is known:
    /// let now = UnixTime::from_seconds(1_400_000_000);
    /// assert!(matches!(claims.check_times(&policy, now), Err(ClaimsError::Expired { .. })));
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`claims`](Self::claims), without those that depend on the time.
    pub fn claims_without_clock(&self, policy: &ClaimsPolicy<'_>) -> Result<Claims<'t>, ClaimsError> {
        Claims::checked(self.payload(), self.max_members, policy, None)
    }
}

/// The claims of a JWT that has been verified and checked against a policy.
///
/// What the policy looked at has its type (RFC 7519 §4.1). Every other registered claim is judged where it
/// is read: of another type, it is an error there, and never absent.
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
/// let claims = verified.claims(&policy, UnixTime::from_seconds(1_300_819_000))?;
/// assert_eq!(claims.issuer()?, Some("joe".into()));
/// assert_eq!(claims.expires_at()?, Some(UnixTime::from_seconds(1_300_819_380)));
/// assert_eq!(claims.get("http://example.com/is_root"), Some(Value::Bool(true)));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Claims<'t> {
    text: &'t str,
    /// The names of the claims, to find one again.
    names: Names,
    /// Where the registered claims stand, of whatever type they are.
    registered: Registered,
}

/// The claims that RFC 7519 §4.1 registers.
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
    /// The claims in octets of which **the caller vouches that the issuer signed them**, checked against
    /// `policy` at the time `now`: a payload that was compressed (`zip` in a health card) or sent beside
    /// its signature, after [`VerifyingKey::verify`](crate::VerifyingKey::verify) or
    /// [`VerifiedJws::payload`]. Nothing here verifies them.
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
        // Checked where they are, and not moved.
        let mut claims = Self::parse(octets, max_members);
        if let Ok(read) = &claims
            && let Err(error) = policy.check(read, now, Err)
        {
            claims = Err(error);
        }
        claims
    }

    /// Reads a payload. No claim is judged yet.
    #[inline(never)]
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

    /// Checks `exp`, `nbf` and, where the policy limits the age, `iat` against the time `now`, after
    /// [`VerifiedJws::claims_without_clock`]; or again, for claims that are kept for long.
    ///
    /// # Errors
    ///
    /// [`ClaimsError`], of these three claims.
    pub fn check_times(&self, policy: &ClaimsPolicy<'_>, now: UnixTime) -> Result<(), ClaimsError> {
        policy.check_times(self, now)
    }

    /// `iss`, who issued the token (RFC 7519 §4.1.1).
    ///
    /// # Errors
    ///
    /// [`ClaimsError::ClaimType`] if it is there and not a string.
    pub fn issuer(&self) -> Result<Option<JsonString<'t>>, ClaimsError> {
        self.string("iss", self.registered.iss)
    }

    /// `sub`, whom the token is about (RFC 7519 §4.1.2).
    ///
    /// # Errors
    ///
    /// [`ClaimsError::ClaimType`] if it is there and not a string: some issuers write a number, which
    /// [`get`](Self::get) gives.
    pub fn subject(&self) -> Result<Option<JsonString<'t>>, ClaimsError> {
        self.string("sub", self.registered.sub)
    }

    /// `aud`, whom the token is for: the one string, or every member of the array (RFC 7519 §4.1.3); none
    /// if it is absent.
    ///
    /// # Errors
    ///
    /// [`ClaimsError::ClaimType`] if it is there and neither a string nor an array of strings.
    pub fn audiences(&self) -> Result<impl Iterator<Item = JsonString<'t>> + use<'t>, ClaimsError> {
        let (one, elements) = match self.aud()? {
            Some(Value::Array(array)) => (None, Some(array.elements())),
            value => (value.and_then(Value::as_string), None),
        };
        Ok(Values { one, elements })
    }

    /// `aud`, of one of the types that it may have.
    pub(crate) fn aud(&self) -> Result<Option<Value<'t>>, ClaimsError> {
        let Some(span) = self.registered.aud else { return Ok(None) };
        let value = span.value(self.text);
        let found = match value {
            Value::String(_) => return Ok(Some(value)),
            Value::Array(array) if array.elements().all(|element| element.as_string().is_some()) => {
                return Ok(Some(value));
            }
            Value::Array(_) => "an array of other values",
            other => other.kind(),
        };
        Err(ClaimsError::ClaimType { name: "aud", expected: "a string or an array of strings", found })
    }

    /// `exp`, the first whole second at which the token is no longer valid (RFC 7519 §4.1.4).
    ///
    /// # Errors
    ///
    /// [`ClaimsError::ClaimType`] if it is there and not a number, [`ClaimsError::DateRange`] if it is
    /// beyond what an `i64` of seconds holds.
    pub fn expires_at(&self) -> Result<Option<UnixTime>, ClaimsError> {
        Ok(self.date("exp", self.registered.exp)?.map(NumericDate::ceiling))
    }

    /// `nbf`, the first whole second at which the token is valid (RFC 7519 §4.1.5).
    ///
    /// # Errors
    ///
    /// As [`expires_at`](Self::expires_at).
    pub fn not_before(&self) -> Result<Option<UnixTime>, ClaimsError> {
        Ok(self.date("nbf", self.registered.nbf)?.map(NumericDate::ceiling))
    }

    /// `iat`, the second in which the token was issued (RFC 7519 §4.1.6).
    ///
    /// # Errors
    ///
    /// As [`expires_at`](Self::expires_at).
    pub fn issued_at(&self) -> Result<Option<UnixTime>, ClaimsError> {
        Ok(self.date("iat", self.registered.iat)?.map(NumericDate::floor))
    }

    /// `jti`, the token's own identifier (RFC 7519 §4.1.7).
    ///
    /// # Errors
    ///
    /// [`ClaimsError::ClaimType`] if it is there and not a string.
    pub fn jwt_id(&self) -> Result<Option<JsonString<'t>>, ClaimsError> {
        self.string("jti", self.registered.jti)
    }

    fn string(&self, name: &'static str, claim: Option<Span>) -> Result<Option<JsonString<'t>>, ClaimsError> {
        let Some(span) = claim else { return Ok(None) };
        span.string(self.text).map(Some).ok_or_else(|| self.wrong_type(name, "a string", span))
    }

    #[cfg_attr(target_pointer_width = "64", inline)]
    fn date(&self, name: &'static str, claim: Option<Span>) -> Result<Option<NumericDate>, ClaimsError> {
        let Some(span) = claim else { return Ok(None) };
        match span.number(self.text).and_then(NumericDate::parse) {
            Some(date) => Ok(Some(date)),
            None if span.is_number() => Err(ClaimsError::DateRange { name }),
            None => Err(self.wrong_type(name, "a number of seconds", span)),
        }
    }

    #[cold]
    #[inline(never)]
    fn wrong_type(&self, name: &'static str, expected: &'static str, claim: Span) -> ClaimsError {
        ClaimsError::ClaimType { name, expected, found: claim.value(self.text).kind() }
    }

    /// All claims as one object.
    const fn object(&self) -> Object<'t> {
        Object::of_checked(self.text)
    }

    /// The claim with this name, registered or not.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value<'t>> {
        self.names.get(self.text, name).or_else(|| self.get_left_out(name))
    }

    /// The claim with this name, if it is among those whose names were left out.
    #[cold]
    fn get_left_out(&self, name: &str) -> Option<Value<'t>> {
        if self.names.are_all() { None } else { self.object().get(name) }
    }

    /// All claims, in the order of the token.
    pub fn iter(&self) -> impl Iterator<Item = (JsonString<'t>, Value<'t>)> + use<'t> {
        self.object().iter()
    }

    /// Deserializes the claims into your own type.
    ///
    /// # Errors
    ///
    /// [`ClaimsError::Deserialize`] when the claims do not fit the type.
    #[cfg(feature = "serde")]
    pub fn deserialize<T: serde::Deserialize<'t>>(&self) -> Result<T, ClaimsError> {
        serde_json::from_str(self.text).map_err(|error| ClaimsError::of_serde(&error))
    }
}

/// The texts of a claim that may be one text or an array of them.
struct Values<'t> {
    one: Option<JsonString<'t>>,
    elements: Option<ArrayElements<'t>>,
}

impl<'t> Iterator for Values<'t> {
    type Item = JsonString<'t>;

    fn next(&mut self) -> Option<JsonString<'t>> {
        match &mut self.elements {
            Some(elements) => elements.next()?.as_string(),
            None => self.one.take(),
        }
    }
}

/// Without the claims, which are somebody's data.
impl core::fmt::Debug for Claims<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Claims").finish_non_exhaustive()
    }
}
