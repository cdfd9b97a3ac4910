//! The JOSE header (RFC 7515 §4): what the token states about itself, before anything is verified.

use crate::algorithm::{Algorithm, ENABLED};
use crate::error::{Excerpt, ParseError, SelectError};
use crate::json::{JsonString, Members, Names, Object, ObjectMembers, Span, Value, Word};
use crate::limits::Limits;

/// The header parameters of a token.
///
/// Verification uses `alg`, `kid`, `typ`, `crit` and `b64`. Without `kid`, `x5t#S256` or `x5t` selects the
/// keys with the same text there; it is ignored if it is not a string. A token with `crit` is refused unless
/// [`Verifier::understands`](crate::Verifier::understands) lists its names; one with `b64` other than `true`
/// is always refused. Every other parameter is ignored, including `jwk`, `jku`, `x5u` and `x5c`, which are
/// never a source of keys. All of them can be [read](Self::get).
#[derive(Clone, Copy)]
pub struct Header<'t> {
    text: &'t str,
    alg: Span,
    algorithm: Option<Algorithm>,
    kid: Option<Span>,
    typ: Option<Span>,
    x5t: Option<Span>,
    x5t_s256: Option<Span>,
}

impl<'t> Header<'t> {
    /// Reads a decoded header.
    // A frame of its own: see `Reader::array_or_object`.
    #[inline(never)]
    pub(crate) fn parse(text: &'t [u8], limits: Limits, crit: Crit) -> Result<Self, ParseError> {
        const ALG: u64 = Word::of_short("alg");
        const KID: u64 = Word::of_short("kid");
        const TYP: u64 = Word::of_short("typ");
        const X5T: u64 = Word::of_short("x5t");
        const CRIT: u64 = Word::of_short("crit");
        const B64: u64 = Word::of_short("b64");
        let mut names = Names::new();
        let mut members = Members::new(text, limits.members(), &mut names)
            .map_err(|error| error.map_or(ParseError::HeaderNotObject, ParseError::HeaderJson))?;
        let text = members.text();
        let (mut alg, mut kid, mut typ, mut x5t, mut x5t_s256) = (None, None, None, None, None);
        while let Some(member) = members.next().map_err(ParseError::HeaderJson)? {
            let value = member.value;
            match member.word.get() {
                ALG => alg = Some(string("alg", value)?),
                KID => kid = Some(string("kid", value)?),
                TYP => typ = Some(string("typ", value)?),
                X5T => x5t = Some(value),
                CRIT if crit == Crit::Refused => return Err(ParseError::CritUnsupported),
                B64 if !value.is_true() => return Err(ParseError::UnencodedPayload),
                _ if member.name(text) == "x5t#S256" => x5t_s256 = Some(value),
                _ => {}
            }
        }
        let alg: Span = alg.ok_or(ParseError::AlgMissing)?;
        let named = alg.contents(text);
        let algorithm = algorithm_named(named);
        Ok(Self { text, alg, algorithm, kid, typ, x5t, x5t_s256 })
    }

    /// Returns the same header over another copy of its text.
    #[cfg(feature = "alloc")]
    pub(crate) const fn over<'c>(&self, copy: &'c str) -> Header<'c> {
        let Self { text: _, alg, algorithm, kid, typ, x5t, x5t_s256 } = *self;
        Header { text: copy, alg, algorithm, kid, typ, x5t, x5t_s256 }
    }

    /// Returns `alg` (RFC 7515 §4.1.1), if it names an implemented algorithm.
    ///
    /// # Errors
    ///
    /// The value of `alg`, if it does not name an implemented algorithm.
    pub fn algorithm(&self) -> Result<Algorithm, Excerpt> {
        self.algorithm.ok_or_else(|| self.alg_as_written().excerpt())
    }

    /// `alg` by the name that the header has for it.
    pub(crate) fn alg_as_written(&self) -> JsonString<'t> {
        self.alg.contents(self.text)
    }

    /// Returns `kid`, the key ID (RFC 7515 §4.1.4).
    #[must_use]
    pub fn kid(&self) -> Option<JsonString<'t>> {
        self.kid.and_then(|span| span.string(self.text))
    }

    /// Returns `x5t#S256`, the SHA-256 thumbprint of a certificate of the key (RFC 7515 §4.1.8), if it is a
    /// string.
    pub(crate) fn x5t_s256(&self) -> Option<JsonString<'t>> {
        self.x5t_s256.and_then(|span| span.string(self.text))
    }

    /// Returns `x5t`, the SHA-1 thumbprint (RFC 7515 §4.1.7), if it is a string.
    pub(crate) fn x5t(&self) -> Option<JsonString<'t>> {
        self.x5t.and_then(|span| span.string(self.text))
    }

    /// Returns `typ`, the media type of the whole token (RFC 7515 §4.1.9).
    #[must_use]
    pub fn typ(&self) -> Option<JsonString<'t>> {
        self.typ.and_then(|span| span.string(self.text))
    }

    /// Returns the parameter with this name, compared unescaped, whatever its type. Each call searches the
    /// header, in time linear in its length.
    ///
    /// ```
    /// use jose_core::json::Value;
    /// use jose_core::{Limits, UnverifiedJws};
    ///
    /// // The header is {"alg":"ES256","x5c":["MIIB"],"ppt":"shaken"}.
    /// let token = "eyJhbGciOiJFUzI1NiIsIng1YyI6WyJNSUlCIl0sInBwdCI6InNoYWtlbiJ9.e30.c2lnbmF0dXJl";
    /// let mut scratch = [0; 256];
    /// let jws = UnverifiedJws::parse(token, &mut scratch, Limits::new())?;
    /// let header = jws.header();
    /// assert!(header.get("ppt").is_some_and(|ppt| ppt == "shaken"));
    /// let chain = header.get("x5c").and_then(Value::as_array);
    /// assert!(chain.is_some_and(|chain| chain.iter().eq([Value::String("MIIB".into())])));
    /// assert!(header.iter().map(|(name, _)| name).eq(["alg", "x5c", "ppt"]));
    /// # Ok::<(), jose_core::error::ParseError>(())
    /// ```
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value<'t>> {
        self.object().get(name)
    }

    /// Returns all parameters, in the order of the header.
    #[must_use]
    pub const fn iter(&self) -> ObjectMembers<'t> {
        self.object().iter()
    }

    /// Returns the decoded header, as the token has it: valid JSON.
    #[must_use]
    pub const fn as_json(&self) -> &'t str {
        self.text
    }

    pub(crate) const fn object(&self) -> Object<'t> {
        Object::of_checked(self.text)
    }
}

impl<'t> IntoIterator for &Header<'t> {
    type Item = (JsonString<'t>, Value<'t>);
    type IntoIter = ObjectMembers<'t>;

    fn into_iter(self) -> ObjectMembers<'t> {
        self.iter()
    }
}

/// How `crit` is treated when a header is read.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Crit {
    /// The header is refused.
    Refused,
    /// Nothing yet: [`check_crit`] follows.
    Checked,
}

/// The names that `crit` cannot contain: those registered by RFC 7515 §4.1 and RFC 7518 §4, and `b64`
/// (RFC 7797), which changes what is signed.
static REGISTERED: [&str; 19] = [
    "alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit", "epk", "apu", "apv",
    "iv", "tag", "p2s", "p2c", "b64",
];

/// Checks `crit`, if present, against RFC 7515 §4.1.11 and the names of the extensions that the application
/// understands.
pub(crate) fn check_crit(header: &Header<'_>, understood: &[&str]) -> Result<(), SelectError> {
    let Some(crit) = header.get("crit") else { return Ok(()) };
    let names = crit.as_array().filter(|names| names.iter().next().is_some());
    let names = names.ok_or(SelectError::CritMalformed)?;
    // All names before this one are distinct and understood, so there are no more of them than in that list.
    for (place, name) in names.iter().enumerate() {
        let name = name.as_string().ok_or(SelectError::CritMalformed)?;
        if let Some(name) = REGISTERED.iter().copied().find(|registered| name == *registered) {
            return Err(SelectError::CritRegistered { name });
        }
        let Some(own) = understood.iter().copied().find(|own| name == *own) else {
            return Err(SelectError::CritNotUnderstood { name: name.excerpt() });
        };
        if names.iter().take(place).any(|before| before == own) {
            return Err(SelectError::CritDuplicate { name: name.excerpt() });
        }
        if header.get(own).is_none() {
            return Err(SelectError::CritAbsent { name: name.excerpt() });
        }
    }
    Ok(())
}

/// Shows only what verification uses of the header, as excerpts.
impl core::fmt::Debug for Header<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut shown = f.debug_struct("Header");
        shown.field("algorithm", &self.algorithm).field("kid", &self.kid()).field("typ", &self.typ());
        shown.finish_non_exhaustive()
    }
}

/// Returns the algorithm with this name, if this build verifies it. Shared by headers and keys.
pub(crate) fn algorithm_named(name: JsonString<'_>) -> Option<Algorithm> {
    ENABLED.iter().find(|known| name == known.name).map(|known| known.algorithm)
}

fn string(name: &'static str, value: Span) -> Result<Span, ParseError> {
    if value.is_string() { Ok(value) } else { Err(ParseError::ParameterType { name }) }
}
