//! A second evaluator of claims, slow and plain, from what RFC 7519 §4.1 and the documentation of
//! `ClaimsPolicy` say.

use core::time::Duration;

use jose_core::{
    Claims, ClaimsPolicy, Expect, UnixTime,
    error::{ClaimsError, JsonError},
};

use crate::document::{Document, Value};
use crate::input::Input;

/// What claims are held to, and when.
#[derive(Debug)]
pub struct Policy {
    issuer: Expect<'static>,
    audience: Expect<'static>,
    exp_required: bool,
    expired_allowed: bool,
    max_age: Option<u32>,
    leeway: u16,
    now: i64,
}

/// What a policy may expect of `iss` or `aud`.
const EXPECTATIONS: [Expect<'static>; 8] = [
    Expect::Anything,
    Expect::Forbidden,
    Expect::Exactly("https://issuer.example"),
    Expect::Exactly("api.example"),
    Expect::any_of(&["a", "api.example"]),
    Expect::any_of(&[""]),
    Expect::Exactly(""),
    Expect::any_of(&["\u{e9}", "\u{1f600}", "https://issuer.example"]),
];

impl Policy {
    /// An octet for each of `iss` and `aud`; one whose low bits say, from the lowest: `exp` may be missing,
    /// the age is limited, the time follows (in eight octets, big-endian; it is 1800000000 else), expired
    /// tokens are accepted; the leeway in two octets, the greatest age in four.
    pub fn read(input: &mut Input<'_>) -> Self {
        let [issuer, audience] = [input.octet(), input.octet()]
            .map(|choice| EXPECTATIONS[usize::from(choice) % EXPECTATIONS.len()].clone());
        let flags = input.octet();
        let now = if flags & 4 == 0 { 1_800_000_000 } else { i64::from_be_bytes(input.array()) };
        let leeway = u16::from_be_bytes(input.array()) % 601;
        let age = u32::from_be_bytes(input.array());
        let max_age = (flags & 2 != 0).then_some(age);
        let (exp_required, expired_allowed) = (flags & 1 == 0, flags & 8 != 0);
        Self { issuer, audience, exp_required, expired_allowed, max_age, leeway, now }
    }

    /// The same for the crate.
    pub fn policy(&self) -> ClaimsPolicy<'static> {
        let leeway = Duration::from_secs(self.leeway.into());
        let mut policy = ClaimsPolicy::new(self.issuer.clone(), self.audience.clone()).leeway(leeway);
        if !self.exp_required {
            policy = policy.allow_missing_exp();
        }
        if self.expired_allowed {
            policy = policy.allow_expired();
        }
        match self.max_age {
            Some(seconds) => policy.max_age(Duration::from_secs(seconds.into())),
            None => policy,
        }
    }

    pub fn now(&self) -> UnixTime {
        UnixTime::from_secs(self.now)
    }

    /// The verdict on a payload. Of all that is wrong with the text, what stands first in it is named; then
    /// what the policy does not accept, in the order: `exp`, `nbf` and, with a limit of the age, `iat` are
    /// there and times; `iss`; `aud`; the times. What the policy does not look at is not judged.
    pub fn judge(&self, payload: &[u8]) -> Result<Facts, Refusal> {
        let document = Document::read(payload).ok_or(Refusal::Json(None))?;
        if let Some(fault) = document.fault(payload) {
            return Err(Refusal::Json(Some(fault)));
        }
        let Value::Object(members) = &document.value else { return Err(Refusal::NotObject) };
        let mut facts = Facts::default();
        for member in members {
            facts.take(&member.name, &member.value);
        }
        self.hold(&facts)?;
        Ok(facts)
    }

    fn hold(&self, facts: &Facts) -> Result<(), Refusal> {
        let (now, leeway) = (i128::from(self.now), i128::from(self.leeway));
        let exp = facts.exp?;
        if self.exp_required && exp.is_none() {
            return Err(Refusal::Missing("exp"));
        }
        let nbf = facts.nbf?;
        let aged = match self.max_age {
            Some(max_age) => Some((facts.iat?.ok_or(Refusal::Missing("iat"))?, i128::from(max_age))),
            None => None,
        };
        let iss = facts.iss.clone().map(|iss| iss.map(|iss| vec![iss]));
        for (name, expect, values, mismatch) in [
            ("iss", &self.issuer, iss, Refusal::Issuer),
            ("aud", &self.audience, facts.aud.clone(), Refusal::Audience),
        ] {
            let accepted: Vec<&str> = match expect {
                Expect::Anything => continue,
                Expect::Forbidden if values == Ok(None) => continue,
                Expect::Forbidden => return Err(Refusal::Present(name)),
                Expect::Exactly(value) => vec![*value],
                Expect::AnyOf(accepted) => accepted.iter().collect(),
                other => unreachable!("{other:?} is unknown here"),
            };
            let values = values?.ok_or(Refusal::Missing(name))?;
            if !values.iter().any(|value| accepted.contains(&value.as_str())) {
                return Err(mismatch);
            }
        }
        // On or after `exp` the token must not be accepted, nor before `nbf`.
        if let Some(exp) = exp.filter(|exp| !self.expired_allowed && !exp.is_after(now - leeway)) {
            return Err(Refusal::Expired(exp.above()));
        }
        if let Some(nbf) = nbf.filter(|nbf| nbf.is_after(now + leeway)) {
            return Err(Refusal::NotYetValid(nbf.above()));
        }
        match aged {
            Some((iat, _)) if iat.below > now + leeway => Err(Refusal::IssuedInFuture(iat.below)),
            Some((iat, max_age)) if now - iat.below > max_age + leeway => Err(Refusal::TooOld(iat.below)),
            _ => Ok(()),
        }
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
            ClaimsError::DateOutOfRange { name } => Self::Range(name),
            ClaimsError::ClaimMissing { name } => Self::Missing(name),
            ClaimsError::ClaimPresent { name } => Self::Present(name),
            ClaimsError::IssuerMismatch { .. } => Self::Issuer,
            ClaimsError::AudienceMismatch { .. } => Self::Audience,
            ClaimsError::Expired { exp, .. } => Self::Expired(exp.as_secs().into()),
            ClaimsError::NotYetValid { nbf, .. } => Self::NotYetValid(nbf.as_secs().into()),
            ClaimsError::IssuedInFuture { iat, .. } => Self::IssuedInFuture(iat.as_secs().into()),
            ClaimsError::TooOld { iat, .. } => Self::TooOld(iat.as_secs().into()),
            other => panic!("{other}"),
        }
    }
}

/// The registered claims, or why one cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub struct Facts {
    iss: Result<Option<String>, Refusal>,
    sub: Result<Option<String>, Refusal>,
    aud: Result<Option<Vec<String>>, Refusal>,
    exp: Result<Option<Date>, Refusal>,
    nbf: Result<Option<Date>, Refusal>,
    iat: Result<Option<Date>, Refusal>,
    jti: Result<Option<String>, Refusal>,
}

impl Default for Facts {
    fn default() -> Self {
        let (iss, sub, jti) = (Ok(None), Ok(None), Ok(None));
        Self { iss, sub, aud: Ok(None), exp: Ok(None), nbf: Ok(None), iat: Ok(None), jti }
    }
}

impl Facts {
    fn take(&mut self, name: &str, value: &Document<'_>) {
        let string = |name| value.string().map(|text| Some(text.to_owned())).ok_or(Refusal::Type(name));
        let date = |name| match value.value {
            Value::Number => Date::read(value.text).map(Some).ok_or(Refusal::Range(name)),
            _ => Err(Refusal::Type(name)),
        };
        match name {
            "iss" => self.iss = string("iss"),
            "sub" => self.sub = string("sub"),
            "jti" => self.jti = string("jti"),
            "exp" => self.exp = date("exp"),
            "nbf" => self.nbf = date("nbf"),
            "iat" => self.iat = date("iat"),
            "aud" => {
                let members = match &value.value {
                    Value::Array(members) => members.iter().collect(),
                    _ => vec![value],
                };
                let strings = members.into_iter().map(|member| member.string().map(str::to_owned));
                self.aud = strings.collect::<Option<_>>().map(Some).ok_or(Refusal::Type("aud"));
            }
            _ => {}
        }
    }

    /// Whether the crate gives out the same.
    pub fn are(&self, claims: &Claims<'_>) -> bool {
        type Text<'t> = Result<Option<jose_core::json::JsonString<'t>>, ClaimsError>;
        let text = |text: Text<'_>| text.map(|text| text.map(|text| text.to_string())).map_err(Refusal::from);
        let time = |time: Result<Option<UnixTime>, ClaimsError>| {
            time.map(|time| time.map(|time| i128::from(time.as_secs()))).map_err(Refusal::from)
        };
        let audiences = claims.audiences().map(|all| all.map(|one| one.to_string()).collect::<Vec<_>>());
        let above = |date: Result<Option<Date>, Refusal>| date.map(|date| date.map(Date::above));
        self.iss == text(claims.issuer())
            && self.sub == text(claims.subject())
            && self.jti == text(claims.jwt_id())
            && self.aud.clone().map(Option::unwrap_or_default) == audiences.map_err(Refusal::from)
            && above(self.exp) == time(claims.expires_at())
            && above(self.nbf) == time(claims.not_before())
            && self.iat.map(|iat| iat.map(|iat| iat.below)) == time(claims.issued_at())
    }
}

/// A time: the second below it, and whether it is that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Date {
    below: i128,
    exact: bool,
}

impl Date {
    /// A JSON number, written out without its exponent and cut at the point. `None` if more than
    /// 2^63 - 1 seconds from the epoch.
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
        // 10^19 is greater than 2^63.
        let point = usize::try_from(point.max(0)).ok().filter(|point| *point <= 19)?;
        let written = format!("{significant:0<19}");
        let magnitude: i128 = format!("0{}", &written[..point]).parse().unwrap();
        let exact = written[point..].bytes().all(|digit| digit == b'0');
        if magnitude + i128::from(!exact) > i64::MAX.into() {
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
