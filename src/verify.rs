//! The pipeline: from a token and the keys to a verified token, or one error.

#[cfg(feature = "alloc")]
mod owned;

#[cfg(feature = "alloc")]
pub use self::owned::OwnedJws;
use crate::algorithm::{Algorithm, AlgorithmSet};
use crate::any_of::AnyOf;
use crate::base64url::decoded_len;
use crate::compact::{self, Parts};
use crate::error::{Error, ParseError, SelectError};
use crate::header::{Crit, Header, check_crit};
use crate::json::JsonString;
use crate::jws::{decode_header, decode_payload, decode_signature};
use crate::limits::Limits;
use crate::reference::Reference;
use crate::scratch::Scratch;
use crate::select::{KeySource, Query};

/// The keys that verify tokens, and what is required of a token's header.
///
/// [`verify`](Self::verify) takes these steps in order and stops at the first error:
///
/// 1. Split the token into three parts, within the [limits](Self::limits).
/// 2. Decode the header, from strict base64url and strict JSON.
/// 3. Check the header: `crit` lists only extensions that are [understood](Self::understands), `b64` is
///    absent or `true`, `alg` is one of the [algorithms](Self::algorithms), `typ` is as
///    [required](Self::require_typ), and so is [`kid`](Self::require_kid).
/// 4. Choose the one key that the header names by `kid` or, without one, by a thumbprint that a key has; if
///    it names none, the only key for its `alg`. Keys are never tried one after another. A single key is used
///    whatever `kid` the token has.
/// 5. Decode the signature and verify it with this key, by the key's own algorithm.
/// 6. Decode the payload.
///
/// **Issuer, audience and expiry are unchecked after that.** [`VerifiedJws::claims`] checks them, against a
/// [`ClaimsPolicy`](crate::ClaimsPolicy).
///
/// The keys are owned or borrowed: a verifier with a [`KeySet`](crate::KeySet) or an `Arc` of one can be
/// stored and moved to another thread; one with `&keys` lives as long as the keys.
///
/// ```
/// # #[cfg(feature = "hs256")] {
/// use jose_core::{Algorithm, Jwk, Verifier};
///
/// // RFC 7515 §A.1
/// let key = Jwk::parse(r#"{"kty":"oct", "k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#)?
///     .verifying_key(Algorithm::Hs256)?;
/// let verifier = Verifier::new(key);
///
/// let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// let mut scratch = [0; 256];
/// let verified = verifier.verify(token, &mut scratch)?;
/// assert!(verified.payload().starts_with(br#"{"iss":"joe","#));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Verifier<'t, K: KeySource> {
    pub(crate) keys: K,
    pub(crate) allowed: AlgorithmSet,
    kid_required: bool,
    /// The accepted values of `typ`; `None` accepts any.
    typ: Option<AnyOf<'t>>,
    understood: Option<Understood<'t>>,
    pub(crate) limits: Limits,
}

/// The extensions that the application understands, and the function that checks `crit`: a pointer, so that a
/// program without such a verifier, as on most devices, does not link the function.
#[derive(Clone, Copy, Debug)]
struct Understood<'t> {
    names: &'t [&'t str],
    check: fn(&Header<'_>, &[&str]) -> Result<(), SelectError>,
}

impl<'t, K: KeySource> Verifier<'t, K> {
    /// Creates a verifier with these keys, for tokens of their algorithms. For keys from a JWK Set, these are
    /// the algorithms allowed for the set; for a [`VerifyingKey`], its own.
    ///
    /// [`VerifyingKey`]: crate::VerifyingKey
    #[must_use]
    pub fn new(keys: K) -> Self {
        let (allowed, limits) = (keys.algorithms(), Limits::new());
        Self { keys, allowed, kid_required: false, typ: None, understood: None, limits }
    }

    /// Restricts the accepted tokens to these algorithms. It never adds any: each key verifies only tokens of
    /// its own algorithm.
    #[must_use]
    pub fn algorithms(mut self, algorithms: impl Into<AlgorithmSet>) -> Self {
        self.allowed = algorithms.into();
        self
    }

    /// Requires a `kid` in every token, even if the keys do not need one.
    #[must_use]
    pub fn require_kid(mut self) -> Self {
        self.kid_required = true;
        self
    }

    /// Requires this `typ`, or one of these, in every token: `at+jwt` for access tokens, for example
    /// (RFC 8725 §3.11, RFC 9068). Letter case and a prefix `application/` are ignored (RFC 7515 §4.1.9).
    ///
    /// ```
    /// # #[cfg(feature = "hs256")] {
    /// # use jose_core::{AnyOf, Verifier, VerifyingKey};
    /// # let key = VerifyingKey::hs256(b"a secret of at least thirty-two octets")?;
    /// let verifier = Verifier::new(&key).require_typ("at+jwt");
    /// let verifier = Verifier::new(&key).require_typ(&["at+jwt", "JWT"]);
    /// # #[cfg(feature = "alloc")] {
    /// # let configured = vec!["at+jwt".to_owned()];
    /// let verifier = Verifier::new(&key).require_typ(AnyOf::owned(configured)?);
    /// # }
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn require_typ(mut self, typ: impl Into<AnyOf<'t>>) -> Self {
        self.typ = Some(typ.into());
        self
    }

    /// Accepts tokens whose `crit` lists only these names: extensions that the application processes, reading
    /// their values with [`Header::get`] (RFC 7515 §4.1.11). Without this, a token with `crit` is refused.
    ///
    /// Each name in `crit` must be a header parameter, and occur once in `crit`. Names registered by RFC 7515
    /// and RFC 7518 are not extensions, and `b64` (RFC 7797) is not supported: both are refused even if
    /// listed here.
    ///
    /// ```
    /// # #[cfg(feature = "hs256")] {
    /// use jose_core::{Algorithm, Error, Jwk, Verifier, error::ParseError};
    ///
    /// // RFC 7515 §A.1 has the key. The header is {"alg":"HS256","crit":["exp-x"],"exp-x":1363284000}.
    /// let key = Jwk::parse(r#"{"kty":"oct", "k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#)?
    ///     .verifying_key(Algorithm::Hs256)?;
    /// let token = "eyJhbGciOiJIUzI1NiIsImNyaXQiOlsiZXhwLXgiXSwiZXhwLXgiOjEzNjMyODQwMDB9.e30.ACdSifRAFjvaZKMcUmkwFdqIJhHWFUENrnf4vnogpJA";
    /// let verifier = Verifier::new(&key);
    /// let mut scratch = [0; 256];
    /// assert!(matches!(verifier.verify(token, &mut scratch), Err(Error::Parse(ParseError::CritUnsupported))));
    ///
    /// let verified = verifier.understands(&["exp-x"]).verify(token, &mut scratch)?;
    /// let ends = verified.header().get("exp-x").and_then(|value| value.as_i64());
    /// assert_eq!(ends, Some(1_363_284_000));
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn understands(mut self, names: &'t [&'t str]) -> Self {
        self.understood = Some(Understood { names, check: check_crit });
        self
    }

    /// Sets the limits for a token, its header and its claims.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Verifies a token. Its header and payload are decoded into `scratch`: a `[u8]`, for which three
    /// quarters of the token's length are enough (exactly: the decoded header and the longer of decoded
    /// payload and signature), or a `Vec<u8>`, which grows as needed and can be reused.
    ///
    /// # Errors
    ///
    /// The first of these: [`Error::Parse`] if the token is malformed or `scratch` too small,
    /// [`Error::Select`] if its header is not accepted or no key is chosen, [`Error::Signature`] if the
    /// signature does not verify.
    pub fn verify<'s, T: AsRef<[u8]> + ?Sized, S: Scratch + ?Sized>(
        &self,
        token: &T,
        scratch: &'s mut S,
    ) -> Result<VerifiedJws<'s>, Error> {
        // Parts and header stay where they were created: a move would have to wait for what was just written.
        let parts = &compact::split(token.as_ref(), self.limits);
        let parts = parts.as_ref().map_err(|error| *error)?;
        let (for_header, rest) = buffers(parts, scratch)?;
        let header = &Header::parse(decode_header(parts, for_header)?, self.limits, self.crit());
        let header = header.as_ref().map_err(|error| *error)?;
        let algorithm = self.accept(header)?;
        let query = Query { algorithm, reference: Reference::of(header) };
        let mut verifies = false;
        self.keys.with_key(&query, &mut |key| {
            let signature = decode_signature(parts, rest)?;
            key.verify(algorithm, parts.signing_input, signature)?;
            verifies = true;
            Ok(())
        })?;
        // A source that returns `Ok` without calling back must not accept a token.
        debug_assert!(verifies, "a source of keys did not call back");
        if !verifies {
            return Err(SelectError::NoKeys.into());
        }
        let payload = decode_payload(parts, rest)?;
        Ok(VerifiedJws { algorithm, header: *header, payload, max_members: self.limits.members() })
    }

    /// Makes all checks of the header that need no key.
    // Inlined, it takes 32 bytes of stack on a Cortex-M4 while the signature is verified.
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn accept(&self, header: &Header<'_>) -> Result<Algorithm, SelectError> {
        self.check_crit(header)?;
        let alg = self.check_algorithm(header)?;
        self.check_typ(header)?;
        self.check_kid(header)?;
        Ok(alg)
    }

    /// Returns how `crit` is treated when a header is read.
    pub(crate) const fn crit(&self) -> Crit {
        if self.understood.is_some() { Crit::Checked } else { Crit::Refused }
    }

    /// Checks `crit` against the extensions that are understood.
    pub(crate) fn check_crit(&self, header: &Header<'_>) -> Result<(), SelectError> {
        self.understood.map_or(Ok(()), |understood| (understood.check)(header, understood.names))
    }

    /// Returns the header's algorithm, if it is implemented and allowed.
    pub(crate) fn check_algorithm(&self, header: &Header<'_>) -> Result<Algorithm, SelectError> {
        let alg = header.algorithm().map_err(|alg| SelectError::AlgorithmUnsupported { alg })?;
        if !self.allowed.contains(alg) {
            return Err(SelectError::AlgorithmNotAllowed { alg, allowed: self.allowed });
        }
        Ok(alg)
    }

    /// Checks `typ` against the required values.
    pub(crate) fn check_typ(&self, header: &Header<'_>) -> Result<(), SelectError> {
        let Some(accepted) = &self.typ else { return Ok(()) };
        let typ = header.typ();
        if typ.is_some_and(|found| accepted.iter().any(|typ| same_media_type(found, typ))) {
            return Ok(());
        }
        let texts = accepted.iter().map(|typ| JsonString::new(typ, false));
        let expected = JsonString::excerpt_of(texts, accepted.iter().len(), typ);
        Err(match typ {
            Some(found) => SelectError::TypMismatch { found: found.excerpt(), expected },
            None => SelectError::TypMissing { expected },
        })
    }

    /// Refuses a header without `kid` if the verifier requires one.
    pub(crate) fn check_kid(&self, header: &Header<'_>) -> Result<(), SelectError> {
        if self.kid_required && header.kid().is_none() {
            return Err(SelectError::KidRequired);
        }
        Ok(())
    }
}

/// Splits the scratch buffer into one for the header and one for the signature and then the payload.
pub(crate) fn buffers<'s, S: Scratch + ?Sized>(
    parts: &Parts<'_>,
    scratch: &'s mut S,
) -> Result<(&'s mut [u8], &'s mut [u8]), ParseError> {
    let header_len = decoded_len(parts.header.len());
    let rest_len = decoded_len(parts.payload.len().max(parts.signature.len()));
    #[expect(clippy::arithmetic_side_effects, reason = "a token has at most 2^20 bytes")]
    let halves = scratch.at_least(header_len + rest_len)?.split_at_mut_checked(header_len);
    debug_assert!(halves.is_some(), "a buffer shorter than it said");
    Ok(halves.unwrap_or_default())
}

/// Returns whether two values of `typ` name the same media type (RFC 7515 §4.1.9).
fn same_media_type(found: JsonString<'_>, expected: &str) -> bool {
    let expected = subtype(expected);
    // A bare subtype may also be written with `application/`.
    let alone = expected.bytes().all(|byte| byte != b'/');
    let prefixes = if alone { &["", "application/"][..] } else { &[""] };
    prefixes.iter().any(|prefix| {
        let mut found = found.chars();
        let starts = |text| {
            let mut characters = JsonString::new(text, false).chars();
            characters
                .all(|character| found.next().is_some_and(|found| found.eq_ignore_ascii_case(&character)))
        };
        [*prefix, expected].into_iter().all(starts) && found.next().is_none()
    })
}

/// Returns a media type without `application/`, which is optional if no other slash follows.
pub(crate) fn subtype(media_type: &str) -> &str {
    match media_type.split_at_checked("application/".len()) {
        Some((prefix, rest))
            if prefix.eq_ignore_ascii_case("application/") && rest.bytes().all(|byte| byte != b'/') =>
        {
            rest
        }
        _ => media_type,
    }
}

/// A token whose signature has been verified. Only a [`Verifier`] creates one.
///
/// **Its issuer, audience and expiry are unchecked**: it may be old, or meant for someone else.
/// [`claims`](Self::claims) checks them, and [`claims_without_clock`](Self::claims_without_clock) all but the
/// times.
#[derive(Clone, Copy)]
#[must_use = "the payload is reached through this"]
pub struct VerifiedJws<'s> {
    algorithm: Algorithm,
    header: Header<'s>,
    payload: &'s [u8],
    /// How many members the objects of the payload may have.
    pub(crate) max_members: usize,
}

impl<'s> VerifiedJws<'s> {
    /// Returns the algorithm of the signature, which is that of the key.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Returns the header, which the signature covers.
    #[must_use]
    pub const fn header(&self) -> &Header<'s> {
        &self.header
    }

    /// Returns the payload: any octets (RFC 7515 §2). For a JWT, continue with [`claims`](Self::claims).
    #[must_use]
    pub const fn payload(&self) -> &'s [u8] {
        self.payload
    }
}

/// Omits the payload, which is personal data.
impl core::fmt::Debug for VerifiedJws<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut shown = f.debug_struct("VerifiedJws");
        shown.field("algorithm", &self.algorithm).field("header", &self.header).finish_non_exhaustive()
    }
}
