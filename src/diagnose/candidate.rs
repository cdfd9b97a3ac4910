//! The keys that were considered, and why each was chosen or passed over.

use core::fmt;

use super::quote::Quoted;
use crate::algorithm::Algorithm;
use crate::error::{Excerpt, KeyError};
use crate::json::JsonString;

/// A key of the verifier, as considered for one token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate<'d> {
    pub(super) kid: Option<JsonString<'d>>,
    pub(super) standing: Standing,
}

impl Candidate<'_> {
    /// Returns the `kid` of the key (RFC 7517 §4.5), safe to log.
    #[must_use]
    pub fn kid(&self) -> Option<Excerpt> {
        self.kid.map(JsonString::excerpt)
    }

    /// Returns why it was chosen or passed over.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        self.standing
    }
}

/// Why a key was chosen or passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// It was chosen: the signature was checked with this key and no other.
    Chosen {
        /// The algorithm of the key.
        algorithm: Algorithm,
    },
    /// It fits the header but was not chosen: several keys fit, or the header is not accepted.
    Fits {
        /// The algorithm of the key.
        algorithm: Algorithm,
    },
    /// The header names another key.
    OtherKid,
    /// The header's `kid` is not the `kid` of this key but its `x5t` or `x5t#S256`.
    KidIsThumbprint,
    /// The header's `kid` differs from this key's only in letter case.
    KidLetterCase,
    /// The header's `kid` and this key's are encodings of the same octets: with padding, in the other base64
    /// alphabet, in hexadecimal, or percent-encoded.
    KidEncoding,
    /// It is for an algorithm other than the header's.
    OtherAlgorithm {
        /// The algorithm of the key.
        algorithm: Algorithm,
    },
    /// It cannot be used.
    SetAside {
        /// Why.
        reason: KeyError,
    },
}

/// Writes one line of a report.
impl fmt::Display for Candidate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kid {
            Some(kid) => write!(f, "kid {}: ", Quoted::new(kid))?,
            None => f.write_str("no kid: ")?,
        }
        let (said, algorithm) = match self.standing {
            Standing::SetAside { reason } => return write!(f, "set aside: {reason}"),
            Standing::OtherKid => ("passed over, the token names another", None),
            Standing::KidIsThumbprint => ("passed over, the token's kid is its thumbprint (x5t)", None),
            Standing::KidLetterCase => ("passed over, the token's kid is in another letter case", None),
            Standing::KidEncoding => ("passed over, the token's kid is another encoding of this", None),
            Standing::Chosen { algorithm } => ("chosen, bound to ", Some((algorithm, ""))),
            Standing::Fits { algorithm } => ("bound to ", Some((algorithm, ", which fits; not chosen"))),
            Standing::OtherAlgorithm { algorithm } => {
                ("passed over, bound to ", Some((algorithm, ", which is not the token's algorithm")))
            }
        };
        f.write_str(said)?;
        let Some((algorithm, rest)) = algorithm else { return Ok(()) };
        f.write_str(algorithm.name())?;
        f.write_str(rest)
    }
}
