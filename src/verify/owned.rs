//! A verified token that borrows nothing.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{VerifiedJws, Verifier};
use crate::algorithm::Algorithm;
use crate::error::Error;
use crate::header::Header;
use crate::select::KeySource;

impl<K: KeySource> Verifier<'_, K> {
    /// Verifies a token like [`verify`](Self::verify), but decodes it into memory of its own. The result can
    /// be stored, returned and sent to another thread, or end a loop that fetches keys and verifies again. It
    /// costs two allocations.
    ///
    /// ```
    /// # #[cfg(feature = "hs256")] {
    /// use jose_core::{Claims, ClaimsPolicy, Error, KeySource, OwnedJws, UnixTime, Verifier};
    ///
    /// /// Verifies with the current keys, and once more with fetched ones.
    /// fn verify<K: KeySource>(token: &str, keys: K, fetch: impl Fn() -> K) -> Result<OwnedJws, Error> {
    ///     let mut verifier = Verifier::new(keys);
    ///     let mut attempts = 0;
    ///     loop {
    ///         match verifier.verify_owned(token) {
    ///             Ok(verified) => return Ok(verified),
    ///             Err(Error::Select(_)) if attempts == 0 => verifier = Verifier::new(fetch()),
    ///             Err(error) => return Err(error),
    ///         }
    ///         attempts += 1;
    ///     }
    /// }
    ///
    /// /// Claims borrow from the verified token, which the caller stores in `place`.
    /// fn claims<'p, K: KeySource>(
    ///     token: &str,
    ///     keys: K,
    ///     fetch: impl Fn() -> K,
    ///     place: &'p mut Option<OwnedJws>,
    ///     policy: &ClaimsPolicy<'_>,
    ///     now: UnixTime,
    /// ) -> Result<Claims<'p>, Error> {
    ///     let verified = place.insert(verify(token, keys, fetch)?);
    ///     Ok(verified.as_jws().claims(policy, now)?)
    /// }
    /// # use jose_core::{Algorithm, Expect, Jwk, VerifyingKey};
    /// # // RFC 7515 §A.1
    /// # let key = Jwk::parse(r#"{"kty":"oct", "k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#)?
    /// #     .verifying_key(Algorithm::Hs256)?;
    /// # let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    /// # let policy = ClaimsPolicy::new(Expect::Exactly("joe"), Expect::Forbidden);
    /// # let mut place = None;
    /// # let (none, keys) = ([], [("a", key)]);
    /// # let claims = claims(token, &none[..], || &keys[..], &mut place, &policy, UnixTime::from_secs(0))?;
    /// # assert!(claims.issuer()?.is_some_and(|issuer| issuer == "joe"));
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify).
    pub fn verify_owned<T: AsRef<[u8]> + ?Sized>(&self, token: &T) -> Result<OwnedJws, Error> {
        let mut buffer = Vec::new();
        let verified = self.verify(token, &mut buffer)?;
        let VerifiedJws { algorithm, header, payload, max_members } = verified;
        let (header_text, payload_len): (Box<str>, _) = (header.as_json().into(), payload.len());
        let header = header.over("");
        // The decoded header, followed by the payload and by what is left of a longer signature.
        #[expect(clippy::arithmetic_side_effects, reason = "both are in the buffer")]
        buffer.truncate(header_text.len() + payload_len);
        Ok(OwnedJws { algorithm, header, header_text, buffer, max_members })
    }
}

/// A token whose signature has been verified, in memory of its own: see [`Verifier::verify_owned`].
#[derive(Clone)]
#[must_use = "the payload is reached through this"]
pub struct OwnedJws {
    algorithm: Algorithm,
    /// The positions of its parameters in `header_text`.
    header: Header<'static>,
    header_text: Box<str>,
    /// The decoded header and the payload.
    buffer: Vec<u8>,
    max_members: usize,
}

impl OwnedJws {
    /// Returns the token as returned by [`Verifier::verify`]: header, payload and claims.
    pub fn as_jws(&self) -> VerifiedJws<'_> {
        let payload = self.buffer.get(self.header_text.len()..);
        debug_assert!(payload.is_some(), "the header is in the buffer");
        VerifiedJws {
            algorithm: self.algorithm,
            header: self.header.over(&self.header_text),
            payload: payload.unwrap_or_default(),
            max_members: self.max_members,
        }
    }
}

/// Omits the payload, which is personal data.
impl core::fmt::Debug for OwnedJws {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.as_jws().fmt(f)
    }
}
