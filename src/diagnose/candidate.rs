//! The keys that there were, and why each was chosen or passed over.

use core::fmt;

use crate::algorithm::Algorithm;
use crate::error::{Excerpt, KeyError};

/// A key of the verifier's, as the choice for one token saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub(super) kid: Option<Excerpt>,
    pub(super) standing: Standing,
}

impl Candidate {
    /// The key's own `kid` (RFC 7517 §4.5), fit to be shown.
    #[must_use]
    pub const fn kid(&self) -> Option<Excerpt> {
        self.kid
    }

    /// Why it was chosen or passed over.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        self.standing
    }
}

/// Why a key was chosen or passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// It was chosen: the signature was held against this key and no other.
    Chosen {
        /// The algorithm that it is bound to.
        algorithm: Algorithm,
    },
    /// It would fit the header, and was not chosen: several fit, or the header is not accepted.
    Fits {
        /// The algorithm that it is bound to.
        algorithm: Algorithm,
    },
    /// The header names another key.
    OtherKid,
    /// The header's `kid` is not this key's, but its `x5t` or `x5t#S256`.
    KidIsThumbprint,
    /// The header's `kid` differs from this key's in letter case alone.
    KidLetterCase,
    /// It is bound to another algorithm than the header's.
    OtherAlgorithm {
        /// The algorithm that it is bound to.
        algorithm: Algorithm,
    },
    /// It cannot be used.
    SetAside {
        /// Why.
        reason: KeyError,
    },
}

/// One line of a report.
impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kid {
            Some(kid) => write!(f, "kid {kid:?}: ")?,
            None => f.write_str("no kid: ")?,
        }
        match self.standing {
            Standing::Chosen { algorithm } => write!(f, "chosen, bound to {algorithm}"),
            Standing::Fits { algorithm } => write!(f, "bound to {algorithm}, which fits; not chosen"),
            Standing::OtherKid => f.write_str("passed over, the token names another"),
            Standing::KidIsThumbprint => f.write_str("passed over, the token's kid is its thumbprint (x5t)"),
            Standing::KidLetterCase => f.write_str("passed over, the token's kid is in another letter case"),
            Standing::OtherAlgorithm { algorithm } => {
                write!(f, "passed over, bound to {algorithm}, which is not the token's algorithm")
            }
            Standing::SetAside { reason } => write!(f, "set aside: {reason}"),
        }
    }
}
