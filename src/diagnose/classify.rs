//! From an error to its cause. An error says which check failed; a cause says what went wrong before.

use super::cause::Cause;
use super::spelling::{Near, accepted, nearest};
use super::token_text::{self, begins_as_header};
use crate::algorithm::{Algorithm, AlgorithmSet};
use crate::claims::{Claims, ClaimsPolicy};
use crate::error::{
    ClaimsError, JsonError, JsonErrorKind, KeyError, ParseError, SelectError, SignatureError,
};
use crate::json::{Object, Value};
use crate::time::UnixTime;
use crate::verify::subtype;

/// The maximum difference that is attributed to clock skew, in seconds: five minutes.
const SKEW: u64 = 300;

/// From here on, a number of seconds since 1970 is taken for milliseconds: as seconds it would be the year
/// 33658, as milliseconds it is 2001. The year 9999, which some issuers write for "never", is below it.
const MILLISECONDS: i64 = 1_000_000_000_000;

/// Returns why a token, or a part of it, is malformed. `text` is what was read.
pub(super) fn parse_error(error: &ParseError, text: &[u8]) -> Cause {
    match *error {
        ParseError::TokenTooLong { .. } => Cause::TokenTooLong,
        ParseError::HeaderTooLong { .. } => Cause::HeaderTooLong,
        ParseError::JsonSerialization => Cause::JsonSerialization,
        ParseError::PartsMissing { .. } if text.is_empty() => Cause::TokenEmpty,
        ParseError::PartsMissing { .. } if is_percent_encoded(text) => Cause::PercentEncoded,
        ParseError::PartsMissing { .. } | ParseError::HeaderBase64(_) if !begins_as_header(text) => {
            Cause::OpaqueToken
        }
        ParseError::PartsMissing { .. } => Cause::TokenCut,
        ParseError::Jwe => Cause::Jwe,
        ParseError::TooManyParts => Cause::TooManyParts,
        ParseError::HeaderJson(JsonError { kind, .. }) => json_error(kind).unwrap_or(Cause::HeaderMalformed),
        ParseError::HeaderNotObject => Cause::HeaderMalformed,
        ParseError::AlgMissing => Cause::AlgMissing,
        ParseError::ParameterType { .. } => Cause::ParameterType,
        ParseError::CritUnsupported | ParseError::UnencodedPayload => Cause::CriticalExtension,
        ParseError::ScratchTooSmall { .. } => Cause::ScratchTooSmall,
        ParseError::HeaderBase64(_) | ParseError::SignatureBase64(_) | ParseError::PayloadBase64(_) => {
            token_text::cause_in(text).unwrap_or(Cause::NotBase64url)
        }
    }
}

/// Returns why a decoded header is malformed. `encoded` is its text in the token.
pub(super) fn header_error(error: &ParseError, encoded: &[u8], octets: &[u8]) -> Cause {
    match error {
        ParseError::HeaderJson(_) | ParseError::HeaderNotObject => token_text::encoding(octets)
            .or((!begins_as_header(encoded) && !octets.starts_with(b"\xef\xbb\xbf"))
                .then_some(Cause::OpaqueToken))
            .unwrap_or(parse_error(error, encoded)),
        _ => parse_error(error, encoded),
    }
}

/// Returns what is wrong with JSON, if that is more specific than a syntax error.
pub(super) const fn json_error(kind: JsonErrorKind) -> Option<Cause> {
    match kind {
        JsonErrorKind::TooManyMembers => Some(Cause::TooManyMembers),
        JsonErrorKind::DuplicateName => Some(Cause::DuplicateName),
        JsonErrorKind::LoneSurrogate => Some(Cause::LoneSurrogate),
        JsonErrorKind::ByteOrderMark => Some(Cause::ByteOrderMark),
        _ => None,
    }
}

/// Returns whether the dots of a token are written as `%2E`.
fn is_percent_encoded(token: &[u8]) -> bool {
    token.windows(3).any(|part| part.eq_ignore_ascii_case(b"%2e"))
}

pub(super) fn select_error(error: &SelectError, allowed: AlgorithmSet) -> Cause {
    match *error {
        SelectError::CritMalformed
        | SelectError::CritRegistered { .. }
        | SelectError::CritNotUnderstood { .. }
        | SelectError::CritDuplicate { .. }
        | SelectError::CritAbsent { .. } => Cause::CriticalExtension,
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
            if !alg.is_asymmetric() && allowed.iter().all(Algorithm::is_asymmetric) {
                Cause::SignedWithSecret
            } else if alg.is_asymmetric() && !allowed.has_asymmetric() {
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
        SelectError::KeyUnusable { reason } => key_error(&reason),
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

/// Returns whether the `typ` is that of an ID token: none, or `JWT`.
fn is_untyped(error: &SelectError) -> bool {
    match error {
        SelectError::TypMismatch { found, .. } => subtype(found.as_str()).eq_ignore_ascii_case("jwt"),
        _ => true,
    }
}

/// Returns why the key that the token names, or could mean, is set aside.
pub(super) fn key_error(reason: &KeyError) -> Cause {
    if let KeyError::Json(JsonError { kind, .. }) = *reason
        && let Some(cause) = json_error(kind)
    {
        return cause;
    }
    match *reason {
        KeyError::WrongCoordinateLength { crv, expected, length, .. }
            if 0 < length && length < expected && crv != "Ed25519" =>
        {
            Cause::CoordinateLeadingZero
        }
        KeyError::PrivateMaterial { .. } => Cause::PrivateKeyPublished,
        KeyError::SecretAmongPublicKeys => Cause::SecretAmongPublicKeys,
        // A key is bound to the only algorithm that its type can be used with. If that one is not allowed but
        // the token's algorithm is, they differ.
        KeyError::AlgMismatch { .. }
        | KeyError::AlgNotAllowed { .. }
        | KeyError::KtyUnsupported { .. }
        | KeyError::CrvUnsupported { .. } => Cause::KeyTypeMismatch,
        _ => Cause::KeyUnusable,
    }
}

/// Returns whether a key that is set aside for this reason is not meant for signatures of an accepted
/// algorithm, so that nothing needs to be corrected.
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

/// Returns why a signature does not verify. `encoded` is its text in the token.
pub(super) fn signature_error(
    error: SignatureError,
    alg: Algorithm,
    encoded: &[u8],
    signature: &[u8],
    parameters: Option<Object<'_>>,
) -> Cause {
    match error {
        SignatureError::WrongLength { found: 0, .. } => Cause::SignatureMissing,
        SignatureError::WrongLength { expected, .. }
            if [encoded, signature].iter().any(|text| is_hex(text, expected)) =>
        {
            Cause::SignatureHex
        }
        SignatureError::WrongLength { .. } if alg.kty() == "EC" && is_der(signature) => Cause::SignatureDer,
        SignatureError::WrongLength { .. } => Cause::SignatureLength,
        _ if parameters.is_some_and(is_for_graph) => Cause::HeaderNonce,
        _ => Cause::SignatureInvalid,
    }
}

/// Returns whether a text is this many octets in hexadecimal.
fn is_hex(text: &[u8], octets: usize) -> bool {
    octets.checked_mul(2) == Some(text.len()) && text.iter().all(u8::is_ascii_hexdigit)
}

/// Returns whether a header has a `nonce` other than that of ACME, which comes with a `url` (RFC 8555 §6.2).
fn is_for_graph(parameters: Object<'_>) -> bool {
    parameters.get("nonce").is_some_and(|nonce| nonce.as_string().is_some())
        && parameters.get("url").is_none()
}

/// Returns whether this is a SEQUENCE of two INTEGERs (RFC 3279 §2.2.3) of the length that it states.
fn is_der(signature: &[u8]) -> bool {
    let [0x30, length, integers @ ..] = signature else { return false };
    usize::from(*length) == integers.len() && integers.first() == Some(&2)
}

/// Returns why the claims in these octets are not accepted.
pub(super) fn claims_error(
    error: &ClaimsError,
    octets: &[u8],
    claims: Option<&Claims<'_>>,
    policy: &ClaimsPolicy<'_>,
    parameters: Option<Object<'_>>,
) -> Cause {
    match *error {
        ClaimsError::Json(JsonError { kind, .. }) => {
            let is_deflated = parameters.and_then(|parameters| parameters.get("zip")?.as_string()).is_some();
            let special = [
                token_text::encoding(octets),
                is_deflated.then_some(Cause::PayloadDeflated),
                is_token(octets).then_some(Cause::NestedJwt),
                json_error(kind),
            ];
            special.into_iter().flatten().next().unwrap_or(Cause::ClaimsMalformed)
        }
        ClaimsError::NotObject => Cause::ClaimsMalformed,
        ClaimsError::ClaimType { .. } => Cause::ClaimType,
        #[cfg(feature = "serde")]
        ClaimsError::Deserialize { .. } => Cause::ClaimType,
        ClaimsError::DateOutOfRange { .. } => Cause::Milliseconds,
        ClaimsError::ClaimMissing { name: "aud" } if claims.is_some_and(names_client) => {
            Cause::ClientInsteadOfAudience
        }
        ClaimsError::ClaimMissing { .. } => Cause::ClaimMissing,
        ClaimsError::ClaimPresent { .. } => Cause::ClaimPresent,
        ClaimsError::IssuerMismatch { .. } => {
            let issuer = claims.and_then(|claims| claims.issuer().ok()?);
            let near = issuer.and_then(|issuer| nearest(Value::String(issuer), accepted(&policy.issuer)));
            match near {
                Some((_, Near::Slash)) => Cause::IssuerTrailingSlash,
                Some((_, Near::Scheme)) => Cause::IssuerScheme,
                Some((_, Near::LetterCase)) => Cause::IssuerLetterCase,
                Some((_, Near::Placeholder)) => Cause::IssuerPlaceholder,
                None => Cause::IssuerMismatch,
            }
        }
        ClaimsError::AudienceMismatch { .. } => {
            let audience = claims.and_then(|claims| claims.aud().ok()?);
            match audience.and_then(|audience| nearest(audience, accepted(&policy.audience))) {
                Some((_, Near::Slash)) => Cause::AudienceTrailingSlash,
                Some((_, Near::Scheme)) => Cause::AudienceScheme,
                Some((_, Near::LetterCase)) => Cause::AudienceLetterCase,
                Some((_, Near::Placeholder)) | None => Cause::AudienceMismatch,
            }
        }
        ClaimsError::Expired { exp, now, .. } => of_time(exp, now, Cause::Expired, true),
        ClaimsError::NotYetValid { nbf, now, .. } => of_time(nbf, now, Cause::NotYetValid, true),
        ClaimsError::IssuedInFuture { iat, now, .. } => of_time(iat, now, Cause::IssuedInFuture, true),
        ClaimsError::TooOld { iat, now, .. } => of_time(iat, now, Cause::TooOld, false),
    }
}

/// Returns whether octets are a JWS or JWE in compact serialization, by their first part and their dots.
fn is_token(octets: &[u8]) -> bool {
    let dots = octets.iter().filter(|octet| **octet == b'.').count();
    matches!(dots, 2 | 4) && begins_as_header(octets) && token_text::cause_in(octets).is_none()
}

fn names_client(claims: &Claims<'_>) -> bool {
    ["client_id", "azp"].iter().any(|name| claims.get(name).is_some_and(|value| value.as_string().is_some()))
}

fn of_time(claim: UnixTime, now: UnixTime, plain: Cause, skew: bool) -> Cause {
    match (is_milliseconds(claim), is_milliseconds(now)) {
        (true, false) => Cause::Milliseconds,
        (false, true) => Cause::NowInMilliseconds,
        _ if skew && claim.as_secs().abs_diff(now.as_secs()) <= SKEW => Cause::ClockSkew,
        _ => plain,
    }
}

/// Returns whether a time is that of a clock that was never set: no token was issued before 10^9 seconds, in
/// September 2001.
pub(super) const fn is_before_tokens(now: UnixTime) -> bool {
    now.as_secs() < 1_000_000_000
}

pub(super) const fn is_milliseconds(time: UnixTime) -> bool {
    time.as_secs() >= MILLISECONDS
}
