//! The JOSE header (RFC 7515 §4): what the token says of itself, before anything is verified.

use crate::algorithm::Algorithm;
use crate::error::{Excerpt, ParseError};
use crate::json::{JsonString, Members, Names, Span, Word};
use crate::limits::Limits;

/// The header parameters that verification looks at.
///
/// `jwk`, `jku`, `x5u` and `x5c` are never a source of keys, and are ignored like every parameter
/// that is not listed here. Without `kid`, `x5t#S256` or `x5t` names the key among those that have the
/// same text there; one that is no string names none. `crit` refuses the token, and so does `b64` other than `true`.
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
    #[inline(never)]
    pub(crate) fn parse(text: &'t [u8], limits: Limits) -> Result<Self, ParseError> {
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
                CRIT => return Err(ParseError::Crit),
                B64 if !value.is_true() => return Err(ParseError::UnencodedPayload),
                _ if member.name(text) == "x5t#S256" => x5t_s256 = Some(value),
                _ => {}
            }
        }
        let alg: Span = alg.ok_or(ParseError::AlgMissing)?;
        let named = alg.contents(text);
        let algorithm = Algorithm::ALL.iter().copied().find(|known| named == known.name());
        Ok(Self { text, alg, algorithm, kid, typ, x5t, x5t_s256 })
    }

    /// The decoded header.
    #[cfg(feature = "alloc")]
    pub(crate) const fn text(&self) -> &'t str {
        self.text
    }

    /// The same header, in another copy of its text.
    #[cfg(feature = "alloc")]
    pub(crate) const fn over<'c>(&self, copy: &'c str) -> Header<'c> {
        let Self { text: _, alg, algorithm, kid, typ, x5t, x5t_s256 } = *self;
        Header { text: copy, alg, algorithm, kid, typ, x5t, x5t_s256 }
    }

    /// `alg` (RFC 7515 §4.1.1): an algorithm that is implemented, or else what the header says.
    ///
    /// # Errors
    ///
    /// The header's value, when it names no algorithm that is implemented.
    pub fn algorithm(&self) -> Result<Algorithm, Excerpt> {
        self.algorithm.ok_or_else(|| self.alg.contents(self.text).excerpt())
    }

    /// `kid`, the key ID (RFC 7515 §4.1.4).
    #[must_use]
    pub fn kid(&self) -> Option<JsonString<'t>> {
        self.kid.and_then(|span| span.string(self.text))
    }

    /// `x5t#S256`, the SHA-256 thumbprint of a certificate of the key (RFC 7515 §4.1.8), if it is a string.
    pub(crate) fn x5t_s256(&self) -> Option<JsonString<'t>> {
        self.x5t_s256.and_then(|span| span.string(self.text))
    }

    /// `x5t`, the same with SHA-1 (RFC 7515 §4.1.7).
    pub(crate) fn x5t(&self) -> Option<JsonString<'t>> {
        self.x5t.and_then(|span| span.string(self.text))
    }

    /// `typ`, the media type of the whole token (RFC 7515 §4.1.9).
    #[must_use]
    pub fn typ(&self) -> Option<JsonString<'t>> {
        self.typ.and_then(|span| span.string(self.text))
    }
}

/// Shows no more of the header than what verification looks at, and of that no more than an excerpt.
impl core::fmt::Debug for Header<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut shown = f.debug_struct("Header");
        shown.field("algorithm", &self.algorithm).field("kid", &self.kid()).field("typ", &self.typ());
        shown.finish_non_exhaustive()
    }
}

fn string(name: &'static str, value: Span) -> Result<Span, ParseError> {
    if value.is_string() { Ok(value) } else { Err(ParseError::ParameterType { name }) }
}
