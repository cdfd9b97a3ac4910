//! A second evaluator of claims, slow and plain, from what RFC 7519 §4.1 and the documentation of
//! `ClaimsPolicy` say.

use jose_core::{Claims, ClaimsError, ClaimsPolicy, Expect, JsonError, Leeway, UnixTime};

use crate::document::{Document, Value};
use crate::input::Input;

/// What claims are held to, and when.
#[derive(Debug)]
pub struct Policy {
    issuer: Expect<'static>,
    audience: Expect<'static>,
    exp_required: bool,
    max_age: Option<u32>,
    leeway: u16,
    now: i64,
}

/// What a policy may expect of `iss` or `aud`.
const EXPECTATIONS: [Expect<'static>; 8] = [
    Expect::Ignore,
    Expect::Absent,
    Expect::Value("https://issuer.example"),
    Expect::Value("api.example"),
    Expect::AnyOf(&["a", "api.example"]),
    Expect::AnyOf(&[]),
    Expect::Value(""),
    Expect::AnyOf(&["\u{e9}", "\u{1f600}", "https://issuer.example"]),
];

impl Policy {
    /// An octet for each of `iss` and `aud`; one whose low bits say, from the lowest: `exp` may be missing,
    /// the age is limited, the time follows (in eight octets, big-endian; it is 1800000000 else); the leeway
    /// in two octets, the greatest age in four.
    pub fn read(input: &mut Input<'_>) -> Self {
        let [issuer, audience] = [input.octet(), input.octet()]
            .map(|choice| EXPECTATIONS[usize::from(choice) % EXPECTATIONS.len()]);
        let flags = input.octet();
        let now = if flags & 4 == 0 { 1_800_000_000 } else { i64::from_be_bytes(input.array()) };
        let leeway = u16::from_be_bytes(input.array()) % (Leeway::MAX_SECONDS + 1);
        let age = u32::from_be_bytes(input.array());
        let max_age = (flags & 2 != 0).then_some(age);
        Self { issuer, audience, exp_required: flags & 1 == 0, max_age, leeway, now }
    }

    /// The same for the crate.
    pub fn policy(&self) -> ClaimsPolicy<'static> {
        let leeway = Leeway::from_seconds(self.leeway).unwrap();
        let mut policy = ClaimsPolicy::new(self.issuer, self.audience).leeway(leeway);
        if !self.exp_required {
            policy = policy.accept_missing_exp();
        }
        self.max_age.map_or(policy, |seconds| policy.max_age(seconds))
    }

    pub fn now(&self) -> UnixTime {
        UnixTime::from_seconds(self.now)
    }

    /// The verdict on a payload. Of all that is wrong with the text, what stands first in it is named; then
    /// the first registered claim that is not of its type; then what the policy does not accept, in the order `exp` missing, `iss`, `aud`, and the times.
    pub fn judge(&self, payload: &[u8]) -> Result<Facts, Refusal> {
        let document = Document::read(payload).ok_or(Refusal::Json(None))?;
        let fault = document.fault(payload);
        let json = |fault| Refusal::Json(Some(fault));
        let Value::Object(members) = &document.value else {
            return Err(fault.map_or(Refusal::NotObject, json));
        };
        fault.map_or(Ok(()), |fault| Err(json(fault)))?;
        let mut facts = Facts::default();
        for name in ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"] {
            if let Some(member) = members.iter().find(|member| member.name == name) {
                facts.take(name, &member.value)?;
            }
        }
        self.hold(&facts).map_or(Ok(facts), Err)
    }

    fn hold(&self, facts: &Facts) -> Option<Refusal> {
        let (now, leeway) = (i128::from(self.now), i128::from(self.leeway));
        if self.exp_required && facts.exp.is_none() {
            return Some(Refusal::Missing("exp"));
        }
        for (name, expect, values, mismatch) in [
            ("iss", self.issuer, facts.iss.as_ref().map(|iss| vec![iss.clone()]), Refusal::Issuer),
            ("aud", self.audience, facts.aud.clone(), Refusal::Audience),
        ] {
            let one_of = |accepted: &[&str]| match &values {
                None => Some(Refusal::Missing(name)),
                Some(values) if values.iter().any(|value| accepted.contains(&value.as_str())) => None,
                Some(_) => Some(mismatch),
            };
            let refusal = match expect {
                Expect::Ignore => None,
                Expect::Absent => values.as_ref().map(|_| Refusal::Present(name)),
                Expect::Value(value) => one_of(&[value]),
                Expect::AnyOf(accepted) => one_of(accepted),
                other => unreachable!("{other:?} is unknown here"),
            };
            if refusal.is_some() {
                return refusal;
            }
        }
        // On or after `exp` the token must not be accepted, nor before `nbf`.
        if let Some(exp) = facts.exp.filter(|exp| !exp.is_after(now - leeway)) {
            return Some(Refusal::Expired(exp.above()));
        }
        if let Some(nbf) = facts.nbf.filter(|nbf| nbf.is_after(now + leeway)) {
            return Some(Refusal::NotYetValid(nbf.above()));
        }
        let max_age = i128::from(self.max_age?);
        let Some(iat) = facts.iat else { return Some(Refusal::Missing("iat")) };
        if iat.below > now + leeway {
            return Some(Refusal::IssuedInFuture(iat.below));
        }
        (now - iat.below > max_age + leeway).then_some(Refusal::TooOld(iat.below))
    }
}

/// A refusal, as far as both say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// With what is wrong, where serde_json reads the text.
    Json(Option<JsonError>),
    NotObject,
    Type(&'static str),
    Range(&'static str),
    Missing(&'static str),
    Present(&'static str),
    Issuer,
    Audience,
    Expired(i128),
    NotYetValid(i128),
    IssuedInFuture(i128),
    TooOld(i128),
}

impl From<ClaimsError> for Refusal {
    fn from(error: ClaimsError) -> Self {
        match error {
            ClaimsError::Json(error) => Self::Json(Some(error)),
            ClaimsError::NotObject => Self::NotObject,
            ClaimsError::ClaimType { name, .. } => Self::Type(name),
            ClaimsError::DateRange { name } => Self::Range(name),
            ClaimsError::ClaimMissing { name } => Self::Missing(name),
            ClaimsError::ClaimPresent { name } => Self::Present(name),
            ClaimsError::IssuerMismatch { .. } => Self::Issuer,
            ClaimsError::AudienceMismatch { .. } => Self::Audience,
            ClaimsError::Expired { exp, .. } => Self::Expired(exp.seconds().into()),
            ClaimsError::NotYetValid { nbf, .. } => Self::NotYetValid(nbf.seconds().into()),
            ClaimsError::IssuedInFuture { iat, .. } => Self::IssuedInFuture(iat.seconds().into()),
            ClaimsError::TooOld { iat, .. } => Self::TooOld(iat.seconds().into()),
            other => panic!("{other}"),
        }
    }
}

/// The registered claims.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Facts {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<Vec<String>>,
    exp: Option<Date>,
    nbf: Option<Date>,
    iat: Option<Date>,
    jti: Option<String>,
}

impl Facts {
    fn take(&mut self, name: &str, value: &Document<'_>) -> Result<(), Refusal> {
        let string = |name| value.string().map(|text| Some(text.to_owned())).ok_or(Refusal::Type(name));
        let date = |name| match value.value {
            Value::Number => Date::read(value.text).map(Some).ok_or(Refusal::Range(name)),
            _ => Err(Refusal::Type(name)),
        };
        match name {
            "iss" => self.iss = string("iss")?,
            "sub" => self.sub = string("sub")?,
            "jti" => self.jti = string("jti")?,
            "exp" => self.exp = date("exp")?,
            "nbf" => self.nbf = date("nbf")?,
            "iat" => self.iat = date("iat")?,
            "aud" => {
                let members = match &value.value {
                    Value::Array(members) => members.iter().collect(),
                    _ => vec![value],
                };
                let strings = members.into_iter().map(|member| member.string().map(str::to_owned));
                self.aud = Some(strings.collect::<Option<_>>().ok_or(Refusal::Type("aud"))?);
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether the crate gives out the same.
    pub fn are(&self, claims: &Claims<'_>) -> bool {
        let text = |text: Option<jose_core::json::JsonString<'_>>| text.map(|text| text.to_string());
        let time = |time: Option<UnixTime>| time.map(|time| i128::from(time.seconds()));
        let audiences: Vec<String> = claims.audiences().map(|audience| audience.to_string()).collect();
        self.iss == text(claims.issuer())
            && self.sub == text(claims.subject())
            && self.jti == text(claims.jwt_id())
            && self.aud.clone().unwrap_or_default() == audiences
            && self.exp.map(Date::above) == time(claims.expires_at())
            && self.nbf.map(Date::above) == time(claims.not_before())
            && self.iat.map(|iat| iat.below) == time(claims.issued_at())
    }
}

/// A time: the second below it, and whether it is that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Date {
    below: i128,
    exact: bool,
}

impl Date {
    /// A JSON number, written out without its exponent and cut at the point. `None` if more than 2^53
    /// whole seconds from the epoch.
    fn read(text: &str) -> Option<Self> {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = [whole, fraction].concat();
        let significant = digits.trim_start_matches('0');
        if significant.is_empty() {
            return Some(Self { below: 0, exact: true });
        }
        // An exponent that i64 does not hold is as good as its greatest or its least.
        let extreme = if exponent.starts_with('-') { i64::MIN } else { i64::MAX };
        let exponent: i64 = exponent.parse().unwrap_or(extreme);
        let zeros = digits.len() - significant.len();
        let point = exponent.saturating_add(whole.len() as i64).saturating_sub(zeros as i64);
        // 10^16 is greater than 2^53.
        let point = usize::try_from(point.max(0)).ok().filter(|point| *point <= 16)?;
        let written = format!("{significant:0<16}");
        let magnitude: i128 = format!("0{}", &written[..point]).parse().unwrap();
        let exact = written[point..].bytes().all(|digit| digit == b'0');
        if magnitude > 1 << 53 {
            return None;
        }
        let below = if negative { -magnitude - i128::from(!exact) } else { magnitude };
        Some(Self { below, exact })
    }

    fn above(self) -> i128 {
        self.below + i128::from(!self.exact)
    }

    fn is_after(self, seconds: i128) -> bool {
        self.below > seconds || self.below == seconds && !self.exact
    }
}
