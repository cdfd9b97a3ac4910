//! The claims of a verified JWT, and the policy that they are held to (RFC 7519 §4).

mod date;
mod policy;

use self::date::NumericDate;
pub use self::policy::{ClaimsPolicy, Expect};
use crate::error::ClaimsError;
use crate::json::{JsonString, Members, Names, Object, Span, Value};
use crate::time::UnixTime;
use crate::verify::VerifiedJws;

impl<'t> VerifiedJws<'t> {
    /// The claims, once they have been held to `policy` at the time `now`.
    ///
    /// # Errors
    ///
    /// [`ClaimsError`]: a payload that is no JSON object, a registered claim of the wrong type, or
    /// the first claim that the policy does not accept.
    pub fn claims(&self, policy: &ClaimsPolicy<'_>, now: UnixTime) -> Result<Claims<'t>, ClaimsError> {
        let claims = Claims::parse(self.payload(), Err)?;
        policy.check(&claims, now, Err)?;
        Ok(claims)
    }
}

/// The claims of a JWT that has been verified and held to a policy.
///
/// A registered claim that is present has its type (RFC 7519 §4.1): one that had another would have
/// refused the token.
///
/// ```
/// # #[cfg(feature = "hs256")] {
/// use jose_core::json::Value;
/// use jose_core::{Algorithm, ClaimsPolicy, Expect, Jwk, UnixTime, Verifier};
///
/// // RFC 7515 §A.1
/// let key = Jwk::parse(r#"{"kty":"oct", "k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#)?
///     .verifying_key(Algorithm::Hs256.into())?;
/// let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// let mut scratch = [0; 256];
/// let verified = Verifier::new(&key, Algorithm::Hs256.into()).verify(token, &mut scratch)?;
///
/// let policy = ClaimsPolicy::new(Expect::Value("joe"), Expect::Absent);
/// let claims = verified.claims(&policy, UnixTime::from_seconds(1_300_819_000))?;
/// assert!(claims.issuer().is_some_and(|issuer| issuer == "joe"));
/// assert_eq!(claims.expires_at(), Some(UnixTime::from_seconds(1_300_819_380)));
/// assert_eq!(claims.get("http://example.com/is_root"), Some(Value::Bool(true)));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Claims<'t> {
    text: &'t str,
    iss: Option<Span>,
    sub: Option<Span>,
    aud: Option<Span>,
    exp: Option<NumericDate>,
    nbf: Option<NumericDate>,
    iat: Option<NumericDate>,
    jti: Option<Span>,
}

impl<'t> Claims<'t> {
    /// Reads a payload. Each registered claim of the wrong type is given to `refuse`, which goes on
    /// without the claim or ends with the first.
    #[inline(never)]
    pub(crate) fn parse(
        payload: &'t [u8],
        mut refuse: impl FnMut(ClaimsError) -> Result<(), ClaimsError>,
    ) -> Result<Self, ClaimsError> {
        let refuse = &mut refuse;
        let mut names = Names::new();
        let mut members = Members::new(payload, &mut names)
            .map_err(|error| error.map_or(ClaimsError::NotObject, ClaimsError::Json))?;
        let text = members.text();
        let (mut iss, mut sub, mut aud, mut jti) = (None, None, None, None);
        let (mut exp, mut nbf, mut iat) = (None, None, None);
        while let Some(value) = members.next().map_err(ClaimsError::Json)? {
            match members.name().resolve(&mut [0; 4]) {
                Some("iss") => iss = kept(string("iss", value), refuse)?,
                Some("sub") => sub = kept(string("sub", value), refuse)?,
                Some("aud") => aud = kept(audience(value, text), refuse)?,
                Some("exp") => exp = kept(date("exp", value, text), refuse)?,
                Some("nbf") => nbf = kept(date("nbf", value, text), refuse)?,
                Some("iat") => iat = kept(date("iat", value, text), refuse)?,
                Some("jti") => jti = kept(string("jti", value), refuse)?,
                _ => {}
            }
        }
        Ok(Self { text, iss, sub, aud, exp, nbf, iat, jti })
    }

    /// `iss`, who issued the token (RFC 7519 §4.1.1).
    #[must_use]
    pub fn issuer(&self) -> Option<JsonString<'t>> {
        self.iss.and_then(|span| span.string(self.text))
    }

    /// `sub`, whom the token is about (RFC 7519 §4.1.2).
    #[must_use]
    pub fn subject(&self) -> Option<JsonString<'t>> {
        self.sub.and_then(|span| span.string(self.text))
    }

    /// `aud`, whom the token is for: the one string, or every member of the array (RFC 7519 §4.1.3).
    pub fn audiences(&self) -> impl Iterator<Item = JsonString<'t>> + use<'t> {
        let (one, several) = match self.aud.map(|span| span.value(self.text)) {
            Some(Value::Array(array)) => (None, Some(array.iter())),
            Some(value) => (value.as_string(), None),
            None => (None, None),
        };
        one.into_iter().chain(several.into_iter().flatten().filter_map(Value::as_string))
    }

    /// `exp`, the first whole second at which the token is no longer valid (RFC 7519 §4.1.4).
    #[must_use]
    pub fn expires_at(&self) -> Option<UnixTime> {
        self.exp.map(NumericDate::ceiling)
    }

    /// `nbf`, the first whole second at which the token is valid (RFC 7519 §4.1.5).
    #[must_use]
    pub fn not_before(&self) -> Option<UnixTime> {
        self.nbf.map(NumericDate::ceiling)
    }

    /// `iat`, the second in which the token was issued (RFC 7519 §4.1.6).
    #[must_use]
    pub fn issued_at(&self) -> Option<UnixTime> {
        self.iat.map(NumericDate::floor)
    }

    /// `jti`, the token's own identifier (RFC 7519 §4.1.7).
    #[must_use]
    pub fn jwt_id(&self) -> Option<JsonString<'t>> {
        self.jti.and_then(|span| span.string(self.text))
    }

    /// All claims as one object.
    const fn object(&self) -> Object<'t> {
        Object::of_checked(self.text)
    }

    /// The claim with this name, registered or not.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value<'t>> {
        self.object().get(name)
    }

    /// All claims, in the order of the token.
    pub fn iter(&self) -> impl Iterator<Item = (JsonString<'t>, Value<'t>)> + use<'t> {
        self.object().iter()
    }

    /// The claims as a type of one's own.
    ///
    /// # Errors
    ///
    /// Those of `serde_json`, when the claims do not fit the type.
    #[cfg(feature = "serde")]
    pub fn deserialize<T: serde::Deserialize<'t>>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.text)
    }
}

/// Without the claims, which are somebody's data.
impl core::fmt::Debug for Claims<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Claims").finish_non_exhaustive()
    }
}

/// A claim that was read, or none if `refuse` goes on without it.
fn kept<T>(
    claim: Result<T, ClaimsError>,
    refuse: &mut impl FnMut(ClaimsError) -> Result<(), ClaimsError>,
) -> Result<Option<T>, ClaimsError> {
    match claim {
        Ok(claim) => Ok(Some(claim)),
        Err(error) => refuse(error).map(|()| None),
    }
}

fn string(name: &'static str, value: Span) -> Result<Span, ClaimsError> {
    if value.is_string() { Ok(value) } else { Err(ClaimsError::ClaimType { name, expected: "a string" }) }
}

fn audience(value: Span, text: &str) -> Result<Span, ClaimsError> {
    let strings = match value.value(text) {
        Value::String(_) => true,
        Value::Array(array) => array.iter().all(|member| member.as_string().is_some()),
        _ => false,
    };
    let expected = "a string or an array of strings";
    if strings { Ok(value) } else { Err(ClaimsError::ClaimType { name: "aud", expected }) }
}

fn date(name: &'static str, value: Span, text: &str) -> Result<NumericDate, ClaimsError> {
    let number =
        value.number(text).ok_or(ClaimsError::ClaimType { name, expected: "a number of seconds" })?;
    NumericDate::parse(number).ok_or(ClaimsError::DateRange { name })
}
