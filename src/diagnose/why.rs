//! From an error to its cause. An error says which check failed; a cause says what went wrong before.

use super::cause::Cause;
use super::text;
use crate::algorithm::{Algorithm, AlgorithmSet};
use crate::claims::{Claims, ClaimsPolicy, Expect};
use crate::error::{
    ClaimsError, JsonError, JsonErrorKind, KeyError, ParseError, SelectError, SignatureError,
};
use crate::time::UnixTime;
use crate::verify::subtype;

/// How many seconds amiss are taken for clocks that differ: five minutes.
const SKEW: u64 = 300;

/// From here on a number of seconds since 1970 is one of milliseconds: it would be the year 33658, and
/// in milliseconds it is 2001. The year 9999, which some issuers write for "never", is no such number.
const MILLISECONDS: i64 = 1_000_000_000_000;

pub(super) fn of_parse(error: &ParseError, token: &[u8]) -> Cause {
    match *error {
        ParseError::TokenTooLong { .. } => Cause::TokenTooLong,
        ParseError::HeaderTooLong { .. } => Cause::HeaderTooLong,
        ParseError::HeaderJson(JsonError { kind: JsonErrorKind::TooManyMembers, .. }) => {
            Cause::TooManyMembers
        }
        ParseError::JsonSerialization => Cause::JsonSerialization,
        ParseError::PartsMissing { .. } if token.is_empty() => Cause::TokenEmpty,
        ParseError::PartsMissing { .. } if is_percent_encoded(token) => Cause::PercentEncoded,
        ParseError::PartsMissing { .. }
        | ParseError::HeaderBase64(_)
        | ParseError::HeaderJson(_)
        | ParseError::HeaderNotObject
            if !begins_as_header(token) =>
        {
            Cause::OpaqueToken
        }
        ParseError::PartsMissing { .. } => Cause::TokenCut,
        ParseError::Jwe => Cause::Jwe,
        ParseError::TooManyParts => Cause::TooManyParts,
        ParseError::HeaderJson(_)
        | ParseError::HeaderNotObject
        | ParseError::AlgMissing
        | ParseError::ParameterType { .. } => Cause::HeaderMalformed,
        ParseError::Crit | ParseError::UnencodedPayload => Cause::CriticalExtension,
        ParseError::ScratchTooSmall { .. } => Cause::ScratchTooSmall,
        ParseError::HeaderBase64(error)
        | ParseError::SignatureBase64(error)
        | ParseError::PayloadBase64(error) => text::cause(error),
    }
}

/// Whether the text begins with the base64 of `{` or of white space, as every encoded header does.
fn begins_as_header(token: &[u8]) -> bool {
    let mut octets = [0; 3];
    let start = token.get(..4).and_then(|start| text::decode_leniently(start, &mut octets));
    start.is_some() && octets.trim_ascii_start().first().is_none_or(|first| *first == b'{')
}

/// Whether the dots of a token are written as `%2E`.
fn is_percent_encoded(token: &[u8]) -> bool {
    token.windows(3).any(|part| part.eq_ignore_ascii_case(b"%2e"))
}

pub(super) fn of_select(error: &SelectError, allowed: AlgorithmSet) -> Cause {
    match *error {
        SelectError::AlgorithmUnsupported { alg } if alg.as_str().eq_ignore_ascii_case("none") => {
            Cause::Unsigned
        }
        SelectError::AlgorithmUnsupported { alg }
            if alg.as_str().starts_with("HS") && allowed.iter().all(Algorithm::is_asymmetric) =>
        {
            Cause::SignedWithSecret
        }
        SelectError::AlgorithmUnsupported { .. } => Cause::AlgorithmUnsupported,
        SelectError::AlgorithmNotAllowed { alg, allowed } => {
            if !alg.is_asymmetric() {
                Cause::SignedWithSecret
            } else if allowed == AlgorithmSet::only(Algorithm::Hs256) {
                Cause::SignedWithPrivateKey
            } else {
                Cause::AlgorithmNotAllowed
            }
        }
        SelectError::TypMissing { expected } | SelectError::TypMismatch { expected, .. }
            if subtype(expected.as_str()).eq_ignore_ascii_case("at+jwt") && is_untyped(error) =>
        {
            Cause::IdToken
        }
        SelectError::TypMissing { .. } | SelectError::TypMismatch { .. } => Cause::TypMismatch,
        SelectError::KidRequired => Cause::KidRequired,
        SelectError::KidNeeded { .. } => Cause::KidNeeded,
        SelectError::NoKeys => Cause::NoKeys,
        SelectError::KidUnknown { .. } => Cause::KidUnknown,
        SelectError::KeySetAside { reason } => of_key(&reason),
        SelectError::KeyAmbiguous { .. } => Cause::KeyAmbiguous,
        SelectError::AlgorithmMismatch { header, key } => match (header.is_asymmetric(), key.is_asymmetric())
        {
            (false, true) => Cause::SignedWithSecret,
            (true, false) => Cause::SignedWithPrivateKey,
            _ => Cause::KeyTypeMismatch,
        },
        SelectError::NoKeyForAlgorithm { .. } => Cause::NoKeyForAlgorithm,
    }
}

/// Whether the `typ` is what ID tokens have: none, or `JWT`.
fn is_untyped(error: &SelectError) -> bool {
    match error {
        SelectError::TypMismatch { found, .. } => subtype(found.as_str()).eq_ignore_ascii_case("jwt"),
        _ => true,
    }
}

/// Why the key that the token names, or could mean, is set aside.
pub(super) const fn of_key(reason: &KeyError) -> Cause {
    match *reason {
        KeyError::CoordinateLength { length: 1..=31, .. } => Cause::CoordinateLeadingZero,
        KeyError::PrivateMaterial { .. } => Cause::PrivateKeyPublished,
        KeyError::SecretAmongPublic => Cause::SecretAmongPublicKeys,
        KeyError::Json(JsonError { kind: JsonErrorKind::TooManyMembers, .. }) => Cause::TooManyMembers,
        // A key is bound to the only algorithm that its type carries. When that is not allowed, and
        // the token's algorithm is, they are two.
        KeyError::AlgMismatch { .. }
        | KeyError::AlgNotAllowed { .. }
        | KeyError::KtyUnsupported { .. }
        | KeyError::CrvUnsupported { .. } => Cause::KeyTypeMismatch,
        _ => Cause::KeySetAside,
    }
}

/// Whether a key that is set aside for this reason is no key for signatures of an algorithm that is
/// accepted, so that there is nothing to correct.
pub(super) const fn is_foreign(reason: &KeyError) -> bool {
    matches!(
        reason,
        KeyError::AlgNotAllowed { .. }
            | KeyError::KtyUnsupported { .. }
            | KeyError::CrvUnsupported { .. }
            | KeyError::UseNotSig { .. }
            | KeyError::KeyOpsNotVerify
            | KeyError::AlgUnsupported { .. }
    )
}

pub(super) fn of_signature(error: SignatureError, alg: Algorithm, signature: &[u8]) -> Cause {
    match error {
        SignatureError::Length { found: 0, .. } => Cause::SignatureMissing,
        SignatureError::Length { .. } if alg == Algorithm::Es256 && is_der(signature) => Cause::SignatureDer,
        SignatureError::Length { .. } => Cause::SignatureLength,
        _ => Cause::SignatureInvalid,
    }
}

/// A SEQUENCE of two INTEGERs (RFC 3279 §2.2.3) that is as long as it says.
fn is_der(signature: &[u8]) -> bool {
    let [0x30, length, integers @ ..] = signature else { return false };
    usize::from(*length) == integers.len() && integers.first() == Some(&2)
}

pub(super) fn of_claims(
    error: &ClaimsError,
    claims: Option<&Claims<'_>>,
    policy: &ClaimsPolicy<'_>,
) -> Cause {
    match *error {
        ClaimsError::Json(JsonError { kind: JsonErrorKind::TooManyMembers, .. }) => Cause::TooManyMembers,
        ClaimsError::Json(_) | ClaimsError::NotObject => Cause::ClaimsMalformed,
        ClaimsError::ClaimType { .. } => Cause::ClaimType,
        #[cfg(feature = "serde")]
        ClaimsError::Deserialize { .. } => Cause::ClaimType,
        ClaimsError::DateRange { .. } => Cause::Milliseconds,
        ClaimsError::ClaimMissing { .. } => Cause::ClaimMissing,
        ClaimsError::ClaimPresent { .. } => Cause::ClaimPresent,
        ClaimsError::IssuerMismatch { .. } => of_issuer(claims, policy.issuer),
        ClaimsError::AudienceMismatch { .. } => Cause::AudienceMismatch,
        ClaimsError::Expired { exp, now, .. } => of_time(exp, now, Cause::Expired, true),
        ClaimsError::NotYetValid { nbf, now, .. } => of_time(nbf, now, Cause::NotYetValid, true),
        ClaimsError::IssuedInFuture { iat, now, .. } => of_time(iat, now, Cause::IssuedInFuture, true),
        ClaimsError::TooOld { iat, now, .. } => of_time(iat, now, Cause::TooOld, false),
    }
}

fn of_time(claim: UnixTime, now: UnixTime, plain: Cause, skew: bool) -> Cause {
    match (is_milliseconds(claim), is_milliseconds(now)) {
        (true, false) => Cause::Milliseconds,
        (false, true) => Cause::NowInMilliseconds,
        _ if skew && claim.seconds().abs_diff(now.seconds()) <= SKEW => Cause::ClockSkew,
        _ => plain,
    }
}

/// Whether a time is one of a clock that was never set: before 10^9 seconds, in September 2001, nobody
/// issued a token.
pub(super) const fn is_before_tokens(now: UnixTime) -> bool {
    now.seconds() < 1_000_000_000
}

pub(super) const fn is_milliseconds(time: UnixTime) -> bool {
    time.seconds() >= MILLISECONDS
}

/// How an issuer that is not accepted differs from one that is. An issuer with escapes has no more
/// than 512 bytes, or is just another.
fn of_issuer(claims: Option<&Claims<'_>>, accepted: Expect<'_>) -> Cause {
    let mut buffer = [0; 512];
    let issuer = claims
        .and_then(|claims| claims.issuer().ok().flatten())
        .and_then(|issuer| issuer.resolve(&mut buffer));
    let Some(found) = issuer else { return Cause::IssuerMismatch };
    let one;
    let accepted = match accepted {
        Expect::Value(value) => {
            one = [value];
            &one
        }
        Expect::AnyOf(values) => values,
        Expect::Absent | Expect::Ignore => return Cause::IssuerMismatch,
    };
    if accepted.iter().any(|expected| without_slash(found) == without_slash(expected)) {
        return Cause::IssuerTrailingSlash;
    }
    if accepted.iter().any(|expected| address(found) == address(expected)) {
        return Cause::IssuerScheme;
    }
    Cause::IssuerMismatch
}

fn without_slash(issuer: &str) -> &str {
    issuer.strip_suffix('/').unwrap_or(issuer)
}

/// The issuer without its scheme.
fn address(issuer: &str) -> &str {
    let address = issuer.strip_prefix("https://").or_else(|| issuer.strip_prefix("http://"));
    without_slash(address.unwrap_or(issuer))
}
