//! What a token can be refused for before a key is looked at, or after its signature held.

use core::fmt;

use super::{Base64Error, JsonError};

/// Why a token is not a JWS in compact serialization with a header that can be acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseError {
    /// The token is longer than [`Limits::max_token_length`](crate::Limits::max_token_length).
    TokenTooLong {
        /// Its length in bytes.
        length: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// JSON: the general or flattened serialization (RFC 7515 §7.2), or a token inside JSON.
    JsonSerialization,
    /// Fewer than three parts.
    PartsMissing {
        /// The number of parts.
        parts: u8,
    },
    /// Five parts: an encrypted token, a JWE (RFC 7516 §7.1).
    Jwe,
    /// Four parts, or more than five.
    TooManyParts,
    /// The encoded header is longer than [`Limits::max_header_length`](crate::Limits::max_header_length).
    HeaderTooLong {
        /// Its length in bytes.
        length: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The scratch buffer is too small; one as long as the token always suffices.
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
    /// The header is JSON, but no object.
    HeaderNotObject,
    /// The header has no `alg` (RFC 7515 §4.1.1).
    AlgMissing,
    /// A header parameter is not of the type that it must have.
    ParameterType {
        /// Its name.
        name: &'static str,
    },
    /// The header has `crit`: an extension that must be understood (RFC 7515 §4.1.11). None is, unless
    /// [`Verifier::understands`](crate::Verifier::understands) lists it.
    Crit,
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
            Self::TokenTooLong { length, limit } => {
                write!(f, "expected a token of at most {limit} bytes, found {length}")
            }
            Self::JsonSerialization => f.write_str(
                "the token is JSON: only the compact serialization, header.payload.signature, is accepted",
            ),
            Self::PartsMissing { parts } => {
                write!(
                    f,
                    "a JWS has three parts, header.payload.signature, and this has {parts}: it was cut, or is no JWS"
                )
            }
            Self::Jwe => {
                f.write_str("five parts: this is a JWE, an encrypted token; ask the issuer for a signed one")
            }
            Self::TooManyParts => f.write_str("more than three parts: this is no JWS"),
            Self::HeaderTooLong { length, limit } => {
                write!(f, "expected an encoded header of at most {limit} bytes, found {length}")
            }
            Self::ScratchTooSmall { needed, given } => write!(
                f,
                "the scratch buffer has {given} bytes where {needed} are needed: one as long as the token suffices"
            ),
            Self::HeaderBase64(error) => write!(f, "the header is not base64url: {error}"),
            Self::HeaderJson(error) => write!(f, "the header is not strict JSON: {error}"),
            Self::HeaderNotObject => f.write_str("the header is not a JSON object"),
            Self::AlgMissing => f.write_str("the header has no 'alg'"),
            Self::ParameterType { name } => write!(f, "'{name}' in the header is not a string"),
            Self::Crit => f.write_str(
                "expected no 'crit' in the header, found one: it names extensions that must be understood, and this \
                 verifier has no list of them; see Verifier::understands",
            ),
            Self::UnencodedPayload => {
                f.write_str("the header has 'b64' other than true: unencoded payloads are not accepted")
            }
            Self::SignatureBase64(error) => write!(f, "the signature is not base64url: {error}"),
            Self::PayloadBase64(error) => write!(f, "the payload is not base64url: {error}"),
        }
    }
}

impl core::error::Error for ParseError {}
