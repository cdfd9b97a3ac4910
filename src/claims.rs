//! The claims of a verified JWT, and the policy that they are held to (RFC 7519 §4).

mod date;
mod policy;

use self::date::NumericDate;
pub use self::policy::{ClaimsPolicy, Expect};
use crate::error::ClaimsError;
use crate::json::{JsonString, Members, Names, Object, Span, Value, Word};
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
        let claims = Claims::parse(self.payload(), self.max_members, Err)?;
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
    /// Reads a payload. Each registered claim of the wrong type is given to `refuse`, which goes on
    /// without the claim or ends with the first.
    #[inline(never)]
    pub(crate) fn parse(
        payload: &'t [u8],
        max_members: usize,
        refuse: impl FnMut(ClaimsError) -> Result<(), ClaimsError>,
    ) -> Result<Self, ClaimsError> {
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
        claims.check_types(refuse)?;
        Ok(claims)
    }

    /// Holds each registered claim to its type (RFC 7519 §4.1).
    fn check_types(
        &self,
        mut refuse: impl FnMut(ClaimsError) -> Result<(), ClaimsError>,
    ) -> Result<(), ClaimsError> {
        let Registered { iss, sub, aud, exp, nbf, iat, jti } = self.registered;
        let refuse = &mut refuse;
        self.hold("iss", iss, Type::String, refuse)?;
        self.hold("sub", sub, Type::String, refuse)?;
        self.hold("aud", aud, Type::Audience, refuse)?;
        self.hold("exp", exp, Type::Date, refuse)?;
        self.hold("nbf", nbf, Type::Date, refuse)?;
        self.hold("iat", iat, Type::Date, refuse)?;
        self.hold("jti", jti, Type::String, refuse)
    }

    #[cfg_attr(target_pointer_width = "64", inline(always))]
    fn hold(
        &self,
        name: &'static str,
        claim: Option<Span>,
        expected: Type,
        refuse: &mut impl FnMut(ClaimsError) -> Result<(), ClaimsError>,
    ) -> Result<(), ClaimsError> {
        match claim {
            Some(value) if !expected.is_of(value, self.text) => refuse(expected.fault(name, value)),
            _ => Ok(()),
        }
    }

    /// A time, if it is there and one.
    #[inline]
    fn time(&self, claim: Option<Span>) -> Option<NumericDate> {
        NumericDate::parse(claim?.number(self.text)?)
    }

    /// `iss`, who issued the token (RFC 7519 §4.1.1).
    #[must_use]
    pub fn issuer(&self) -> Option<JsonString<'t>> {
        self.registered.iss.and_then(|span| span.string(self.text))
    }

    /// `sub`, whom the token is about (RFC 7519 §4.1.2).
    #[must_use]
    pub fn subject(&self) -> Option<JsonString<'t>> {
        self.registered.sub.and_then(|span| span.string(self.text))
    }

    /// `aud`, whom the token is for: the one string, or every member of the array (RFC 7519 §4.1.3).
    pub fn audiences(&self) -> impl Iterator<Item = JsonString<'t>> + use<'t> {
        let (one, several) = match self.registered.aud.map(|span| span.value(self.text)) {
            Some(Value::Array(array)) => (None, Some(array.iter())),
            Some(value) => (value.as_string(), None),
            None => (None, None),
        };
        one.into_iter().chain(several.into_iter().flatten().filter_map(Value::as_string))
    }

    /// `exp`, the first whole second at which the token is no longer valid (RFC 7519 §4.1.4).
    #[must_use]
    pub fn expires_at(&self) -> Option<UnixTime> {
        self.time(self.registered.exp).map(NumericDate::ceiling)
    }

    /// `nbf`, the first whole second at which the token is valid (RFC 7519 §4.1.5).
    #[must_use]
    pub fn not_before(&self) -> Option<UnixTime> {
        self.time(self.registered.nbf).map(NumericDate::ceiling)
    }

    /// `iat`, the second in which the token was issued (RFC 7519 §4.1.6).
    #[must_use]
    pub fn issued_at(&self) -> Option<UnixTime> {
        self.time(self.registered.iat).map(NumericDate::floor)
    }

    /// `jti`, the token's own identifier (RFC 7519 §4.1.7).
    #[must_use]
    pub fn jwt_id(&self) -> Option<JsonString<'t>> {
        self.registered.jti.and_then(|span| span.string(self.text))
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

/// The types of registered claims (RFC 7519 §4.1).
#[derive(Clone, Copy)]
enum Type {
    String,
    Audience,
    Date,
}

impl Type {
    /// Whether a value is of the type.
    #[inline]
    fn is_of(self, value: Span, text: &str) -> bool {
        match self {
            Self::String => value.is_string(),
            Self::Audience => is_audience(value, text),
            Self::Date => value.number(text).and_then(NumericDate::parse).is_some(),
        }
    }

    /// What is wrong with a value that is not.
    #[cold]
    const fn fault(self, name: &'static str, value: Span) -> ClaimsError {
        let expected = match self {
            Self::String => "a string",
            Self::Audience => "a string or an array of strings",
            Self::Date if value.is_number() => return ClaimsError::DateRange { name },
            Self::Date => "a number of seconds",
        };
        ClaimsError::ClaimType { name, expected }
    }
}

fn is_audience(value: Span, text: &str) -> bool {
    value.is_string()
        || matches!(value.value(text), Value::Array(array) if array.iter().all(|member| member.as_string().is_some()))
}
