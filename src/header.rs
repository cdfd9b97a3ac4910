//! The JOSE header (RFC 7515 §4): what the token says of itself, before anything is verified.

use crate::algorithm::Algorithm;
use crate::error::{Excerpt, ParseError};
use crate::json::{JsonString, Members, Names, Span, Value, Word};
use crate::limits::Limits;

/// The header parameters that verification looks at.
///
/// `jwk`, `jku`, `x5u` and `x5c` are never a source of keys, and are ignored like every parameter
/// that is not listed here. `crit` refuses the token, and so does `b64` other than `true`.
#[derive(Clone, Copy, Debug)]
pub struct Header<'t> {
    algorithm: Result<Algorithm, Excerpt>,
    kid: Option<JsonString<'t>>,
    typ: Option<JsonString<'t>>,
}

impl<'t> Header<'t> {
    /// Reads a decoded header.
    #[inline(never)]
    pub(crate) fn parse(text: &'t [u8], limits: Limits) -> Result<Self, ParseError> {
        const ALG: u64 = Word::of_short("alg");
        const KID: u64 = Word::of_short("kid");
        const TYP: u64 = Word::of_short("typ");
        const CRIT: u64 = Word::of_short("crit");
        const B64: u64 = Word::of_short("b64");
        let mut names = Names::new();
        let mut members = Members::new(text, limits.members(), &mut names)
            .map_err(|error| error.map_or(ParseError::HeaderNotObject, ParseError::HeaderJson))?;
        let text = members.text();
        let (mut alg, mut kid, mut typ) = (None, None, None);
        while let Some(member) = members.next().map_err(ParseError::HeaderJson)? {
            let value = member.value;
            match member.word.get() {
                ALG => alg = Some(string("alg", value, text)?),
                KID => kid = Some(string("kid", value, text)?),
                TYP => typ = Some(string("typ", value, text)?),
                CRIT => return Err(ParseError::Crit),
                B64 if value.value(text) != Value::Bool(true) => return Err(ParseError::UnencodedPayload),
                _ => {}
            }
        }
        let alg = alg.ok_or(ParseError::AlgMissing)?;
        let known = alg.resolve(&mut [0; 8]).and_then(Algorithm::from_name);
        Ok(Self { algorithm: known.ok_or_else(|| alg.excerpt()), kid, typ })
    }

    /// `alg` (RFC 7515 §4.1.1): an algorithm that is implemented, or else what the header says.
    ///
    /// # Errors
    ///
    /// The header's value, when it names no algorithm that is implemented.
    pub const fn algorithm(&self) -> Result<Algorithm, Excerpt> {
        self.algorithm
    }

    /// `kid`, the key ID (RFC 7515 §4.1.4).
    #[must_use]
    pub const fn kid(&self) -> Option<JsonString<'t>> {
        self.kid
    }

    /// `typ`, the media type of the whole token (RFC 7515 §4.1.9).
    #[must_use]
    pub const fn typ(&self) -> Option<JsonString<'t>> {
        self.typ
    }
}

fn string<'t>(name: &'static str, value: Span, text: &'t str) -> Result<JsonString<'t>, ParseError> {
    value.string(text).ok_or(ParseError::ParameterType { name })
}
