//! A token that has been split and whose header has been read, but that is not verified yet.

use crate::base64url;
use crate::compact::{self, Parts};
use crate::error::{Base64Error, Error, ParseError};
use crate::header::{Crit, Header, check_crit};
use crate::limits::Limits;
use crate::scratch::Scratch;

/// A JWS in compact serialization: its parts and its header. Nothing has been verified, and the payload is
/// still encoded.
///
/// To use a token, call [`Verifier::verify`](crate::Verifier::verify). This type is for callers who need to
/// find out where the keys of a token are: with several issuers they choose one by `kid` or `iss`, and then
/// that issuer's verifier and policy check that the choice was right (`examples/issuers.rs`).
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
    /// Splits a token and reads its header, within the limits that a [`Verifier`](crate::Verifier) has. The
    /// decoded header is kept in `scratch`, which needs three quarters of the header's length, or grows.
    ///
    /// # Errors
    ///
    /// [`ParseError`] if the token or its header is malformed or exceeds the limits, or `scratch` is too
    /// small.
    pub fn parse<T: AsRef<[u8]> + ?Sized, S: Scratch + ?Sized>(
        token: &'t T,
        scratch: &'t mut S,
        limits: Limits,
    ) -> Result<Self, ParseError> {
        Self::parse_with(token.as_ref(), scratch, limits, Crit::Refused)
    }

    /// Does the same for tokens whose `crit` lists only these names (RFC 7515 §4.1.11), as with
    /// [`Verifier::understands`](crate::Verifier::understands).
    ///
    /// # Errors
    ///
    /// [`Error::Parse`], or [`Error::Select`] for a `crit` that is not accepted.
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

    pub(crate) fn parse_with<S: Scratch + ?Sized>(
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

    /// Returns the header, as the token states it.
    #[must_use]
    pub const fn header(&self) -> &Header<'t> {
        &self.header
    }

    /// Returns the octets that the signature covers: the encoded header, a dot, and the encoded payload
    /// (RFC 7515 §5.1). With detached content (RFC 7515 appendix F), check that the payload here is empty
    /// before putting the content in its place: `examples/detached.rs`.
    #[must_use]
    pub const fn signing_input(&self) -> &'t [u8] {
        self.parts.signing_input
    }

    /// Decodes the signature into `buffer`, a [`Scratch`] as for [`parse`](Self::parse), and returns it.
    ///
    /// # Errors
    ///
    /// [`ParseError::SignatureBase64`] if the signature is not base64url, [`ParseError::ScratchTooSmall`] if
    /// the buffer is too small.
    pub fn signature<'b, S: Scratch + ?Sized>(&self, buffer: &'b mut S) -> Result<&'b [u8], ParseError> {
        let buffer = buffer.at_least(base64url::decoded_len(self.parts.signature.len()))?;
        decode_signature(&self.parts, buffer)
    }

    /// Decodes the payload into `buffer` and returns it, although **anyone may have written it**.
    ///
    /// # Errors
    ///
    /// [`ParseError::PayloadBase64`] if the payload is not base64url, [`ParseError::ScratchTooSmall`] if the
    /// buffer is too small.
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

/// Decodes the header into the start of `scratch`.
pub(crate) fn decode_header<'s>(parts: &Parts<'_>, scratch: &'s mut [u8]) -> Result<&'s [u8], ParseError> {
    Ok(base64url::decode(parts.header, scratch)
        .map_err(|error| in_part(error, 0, ParseError::HeaderBase64))?)
}

/// Decodes the signature into the start of `scratch`.
pub(crate) fn decode_signature<'s>(parts: &Parts<'_>, scratch: &'s mut [u8]) -> Result<&'s [u8], ParseError> {
    let start = parts.signing_input.len().wrapping_add(1);
    Ok(base64url::decode(parts.signature, scratch)
        .map_err(|error| in_part(error, start, ParseError::SignatureBase64))?)
}

/// Decodes the payload into the start of `scratch`.
pub(crate) fn decode_payload<'s>(parts: &Parts<'_>, scratch: &'s mut [u8]) -> Result<&'s [u8], ParseError> {
    let start = parts.header.len().wrapping_add(1);
    Ok(base64url::decode(parts.payload, scratch)
        .map_err(|error| in_part(error, start, ParseError::PayloadBase64))?)
}

/// Returns the error for a part of the token at `start`: offsets count from the start of the token, and are
/// within it.
fn in_part(mut error: Base64Error, start: usize, wrap: fn(Base64Error) -> ParseError) -> ParseError {
    match &mut error {
        Base64Error::InvalidByte { offset, .. } | Base64Error::TrailingBits { offset } => {
            *offset = offset.wrapping_add(start);
        }
        Base64Error::InvalidLength { .. } => {}
        Base64Error::BufferTooSmall { needed, given } => {
            return ParseError::ScratchTooSmall { needed: *needed, given: *given };
        }
    }
    wrap(error)
}
