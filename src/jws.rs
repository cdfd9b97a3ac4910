//! A token that has been taken apart and not yet verified.

use crate::base64url;
use crate::compact::{self, Parts};
use crate::error::{Base64Error, Error, ParseError};
use crate::header::{Crit, Header, check_crit};
use crate::limits::Limits;
use crate::scratch::Scratch;

/// A JWS in compact serialization: its parts and its header. Nothing of it has been verified, and
/// its payload is still encoded.
///
/// [`Verifier::verify`](crate::Verifier::verify) is the way to use a token. This type is for callers
/// who look at a token to find out where its keys are: one with several issuers picks by `kid` or
/// `iss`, and then has that issuer's verifier and policy say whether it was true
/// (`examples/issuers.rs`).
///
/// ```
/// use jose_core::{Algorithm, Limits, UnverifiedJws};
///
/// // The header is {"alg":"ES256","kid":"2026-1"}.
/// let token = "eyJhbGciOiJFUzI1NiIsImtpZCI6IjIwMjYtMSJ9.e30.c2lnbmF0dXJl";
/// let mut scratch = [0; 256];
/// let jws = UnverifiedJws::parse(token, &mut scratch, Limits::new())?;
/// assert_eq!(jws.header().algorithm().ok(), Some(Algorithm::Es256));
/// assert!(jws.header().kid().is_some_and(|kid| kid == "2026-1"));
/// # Ok::<(), jose_core::error::ParseError>(())
/// ```
#[derive(Clone, Copy)]
pub struct UnverifiedJws<'t> {
    parts: Parts<'t>,
    header: Header<'t>,
}

impl<'t> UnverifiedJws<'t> {
    /// Takes a token apart, under the limits that a [`Verifier`](crate::Verifier) has. The decoded header
    /// is kept in `scratch`, for which three quarters of the header's length suffice, or which grows.
    ///
    /// # Errors
    ///
    /// [`ParseError`].
    pub fn parse<T: AsRef<[u8]> + ?Sized, S: Scratch + ?Sized>(
        token: &'t T,
        scratch: &'t mut S,
        limits: Limits,
    ) -> Result<Self, ParseError> {
        Self::parse_with(token.as_ref(), scratch, limits, Crit::Refused)
    }

    /// The same for tokens whose `crit` has names of these alone (RFC 7515 §4.1.11), as
    /// [`Verifier::understands`](crate::Verifier::understands) has it.
    ///
    /// # Errors
    ///
    /// [`Error::Parse`], and [`Error::Select`] for a `crit` that is not accepted.
    pub fn parse_understanding<T: AsRef<[u8]> + ?Sized, S: Scratch + ?Sized>(
        token: &'t T,
        scratch: &'t mut S,
        limits: Limits,
        understood: &[&str],
    ) -> Result<Self, Error> {
        let jws = Self::parse_with(token.as_ref(), scratch, limits, Crit::Checked)?;
        check_crit(&jws.header, understood)?;
        Ok(jws)
    }

    fn parse_with<S: Scratch + ?Sized>(
        token: &'t [u8],
        scratch: &'t mut S,
        limits: Limits,
        crit: Crit,
    ) -> Result<Self, ParseError> {
        let parts = compact::split(token, limits)?;
        let scratch = scratch.at_least(base64url::decoded_len(parts.header.len()))?;
        let decoded = decode_header(&parts, scratch)?;
        Ok(Self { parts, header: Header::parse(decoded, limits, crit)? })
    }

    /// The header, as the token states it.
    #[must_use]
    pub const fn header(&self) -> &Header<'t> {
        &self.header
    }

    /// The octets that the signature is over: the encoded header, a dot, and the encoded payload
    /// (RFC 7515 §5.1). With detached content (RFC 7515 appendix F) the payload here must be empty
    /// before the content is put in its place: `examples/detached.rs`.
    #[must_use]
    pub const fn signing_input(&self) -> &'t [u8] {
        self.parts.signing_input
    }

    /// The signature, decoded into `buffer`, a [`Scratch`] as for [`parse`](Self::parse).
    ///
    /// # Errors
    ///
    /// [`ParseError::SignatureBase64`].
    pub fn signature<'b, S: Scratch + ?Sized>(&self, buffer: &'b mut S) -> Result<&'b [u8], ParseError> {
        let buffer = buffer.at_least(base64url::decoded_len(self.parts.signature.len()))?;
        decode_signature(&self.parts, buffer)
    }

    /// The payload, decoded into `buffer`, although **anyone may have written it**.
    ///
    /// # Errors
    ///
    /// [`ParseError::PayloadBase64`].
    pub fn dangerous_payload_without_verification<'b, S: Scratch + ?Sized>(
        &self,
        buffer: &'b mut S,
    ) -> Result<&'b [u8], ParseError> {
        let buffer = buffer.at_least(base64url::decoded_len(self.parts.payload.len()))?;
        decode_payload(&self.parts, buffer)
    }
}

impl core::fmt::Debug for UnverifiedJws<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("UnverifiedJws").field("header", &self.header).finish_non_exhaustive()
    }
}

/// Decodes the header into the front of `scratch`.
pub(crate) fn decode_header<'s>(parts: &Parts<'_>, scratch: &'s mut [u8]) -> Result<&'s [u8], ParseError> {
    Ok(base64url::decode(parts.header, scratch)
        .map_err(|error| in_part(error, 0, ParseError::HeaderBase64))?)
}

/// Decodes the signature into the front of `scratch`.
pub(crate) fn decode_signature<'s>(parts: &Parts<'_>, scratch: &'s mut [u8]) -> Result<&'s [u8], ParseError> {
    let start = parts.signing_input.len().saturating_add(1);
    Ok(base64url::decode(parts.signature, scratch)
        .map_err(|error| in_part(error, start, ParseError::SignatureBase64))?)
}

/// Decodes the payload into the front of `scratch`.
pub(crate) fn decode_payload<'s>(parts: &Parts<'_>, scratch: &'s mut [u8]) -> Result<&'s [u8], ParseError> {
    let start = parts.header.len().saturating_add(1);
    Ok(base64url::decode(parts.payload, scratch)
        .map_err(|error| in_part(error, start, ParseError::PayloadBase64))?)
}

/// The error for a part of the token that starts at `start`: offsets count from the token's start.
fn in_part(error: Base64Error, start: usize, wrap: fn(Base64Error) -> ParseError) -> ParseError {
    wrap(match error {
        Base64Error::Byte { byte, offset } => {
            Base64Error::Byte { byte, offset: offset.saturating_add(start) }
        }
        Base64Error::TrailingBits { offset } => {
            Base64Error::TrailingBits { offset: offset.saturating_add(start) }
        }
        Base64Error::Buffer { needed, given } => return ParseError::ScratchTooSmall { needed, given },
        other => other,
    })
}
