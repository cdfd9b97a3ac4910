//! Why the text of a token or its header is refused.

use core::fmt;

use super::{Base64Error, JsonError};

/// Why a token is not a JWS in compact serialization with a header that can be processed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseError {
    /// The token is longer than [`Limits::max_token_length`](crate::Limits::max_token_length).
    TokenTooLong {
        /// Its length in bytes.
        length: usize,
        /// The maximum length in bytes.
        max: usize,
    },
    /// The token is JSON: the general or flattened serialization (RFC 7515 §7.2), or a token inside JSON.
    JsonSerialization,
    /// The token has fewer than three parts.
    PartsMissing {
        /// The number of parts.
        parts: u8,
    },
    /// The token has five parts: it is encrypted, a JWE (RFC 7516 §7.1).
    Jwe,
    /// The token has four parts, or more than five.
    TooManyParts,
    /// The encoded header is longer than [`Limits::max_header_length`](crate::Limits::max_header_length).
    HeaderTooLong {
        /// Its length in bytes.
        length: usize,
        /// The maximum length in bytes.
        max: usize,
    },
    /// The scratch buffer is too small. One as long as the token is always enough.
    ScratchTooSmall {
        /// Bytes needed.
        needed: usize,
        /// Bytes given.
        given: usize,
    },
    /// The header is not base64url. Offsets count from the start of the token.
    HeaderBase64(Base64Error),
    /// The header is not JSON. Offsets count from the start of the decoded header.
    HeaderJson(JsonError),
    /// The header is JSON, but not an object.
    HeaderNotObject,
    /// The header has no `alg` (RFC 7515 §4.1.1).
    AlgMissing,
    /// A header parameter has the wrong type.
    ParameterType {
        /// Its name.
        name: &'static str,
    },
    /// The header has `crit`: extensions that must be understood (RFC 7515 §4.1.11). None are, unless
    /// [`Verifier::understands`](crate::Verifier::understands) lists them.
    CritUnsupported,
    /// The header has `b64` other than `true` (RFC 7797).
    UnencodedPayload,
    /// The signature is not base64url. Offsets count from the start of the token.
    SignatureBase64(Base64Error),
    /// The payload is not base64url. Offsets count from the start of the token.
    PayloadBase64(Base64Error),
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TokenTooLong { length, max } => write!(
                f,
                "token: expected at most {max} bytes, found {length}: raise Limits::max_token_length if such tokens are normal"
            ),
            Self::JsonSerialization => f.write_str(
                "token: expected the compact serialization (header.payload.signature), found JSON: send the token in compact form",
            ),
            Self::PartsMissing { parts } => write!(
                f,
                "token: expected 3 parts (header.payload.signature), found {parts}: the token is truncated or not a JWS"
            ),
            Self::Jwe => f.write_str(
                "token: expected 3 parts (header.payload.signature), found 5, an encrypted token (JWE): ask the issuer for a signed one",
            ),
            Self::TooManyParts => f.write_str(
                "token: expected 3 parts (header.payload.signature), found more: the text is not a JWS",
            ),
            Self::HeaderTooLong { length, max } => write!(
                f,
                "token header: expected at most {max} bytes, found {length}: raise Limits::max_header_length if such headers are normal"
            ),
            Self::ScratchTooSmall { needed, given } => write!(
                f,
                "scratch buffer: expected at least {needed} bytes, found {given}: one as long as the token suffices"
            ),
            Self::HeaderBase64(error) => write!(f, "token header: {error}"),
            Self::HeaderJson(error) => write!(f, "token header: {error}"),
            Self::HeaderNotObject => {
                f.write_str("token header: expected a JSON object, found another value: the text is not a JWS")
            }
            Self::AlgMissing => {
                f.write_str("token header 'alg': expected a value, found none: the text is not a JWS")
            }
            Self::ParameterType { name } => {
                write!(f, "token header '{name}': expected a string, found a value of another type")
            }
            Self::CritUnsupported => f.write_str(
                "token header 'crit': expected none, found one: it names extensions that must be understood, and this \
                 verifier has no list of them; see Verifier::understands",
            ),
            Self::UnencodedPayload => f.write_str(
                "token header 'b64': expected true, found another value: unencoded payloads are not supported",
            ),
            Self::SignatureBase64(error) => write!(f, "token signature: {error}"),
            Self::PayloadBase64(error) => write!(f, "token payload: {error}"),
        }
    }
}

impl core::error::Error for ParseError {}
