//! One problem, and the list of all.

use core::fmt;

use super::cause::Cause;
use crate::error::{ClaimsError, Error, ParseError};

/// A stage of the pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// The text of the token, up to and including a readable header.
    Parse,
    /// The header, checked against the requirements of the verifier: `alg`, `typ`, `kid`.
    Header,
    /// The choice of a key.
    Keys,
    /// The signature.
    Signature,
    /// The payload, and its claims against the policy.
    Claims,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: &'static [Self] = &[Self::Parse, Self::Header, Self::Keys, Self::Signature, Self::Claims];

    /// Returns the name that reports use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Parse => "token",
            Self::Header => "header",
            Self::Keys => "keys",
            Self::Signature => "signature",
            Self::Claims => "claims",
        }
    }
}

/// The outcome of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// Nothing is wrong. If the signature does not verify, this says of the claims only that they would be
    /// accepted.
    Holds,
    /// Something is wrong: see the [`Problem`]s of the stage.
    Fails,
    /// An earlier stage failed, so there was nothing to check.
    NotReached,
}

/// One problem of a token, or something notable about a token that is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    stage: Stage,
    cause: Cause,
    error: Option<Error>,
}

impl Problem {
    pub(super) const fn new(stage: Stage, cause: Cause, error: Option<Error>) -> Self {
        Self { stage, cause, error }
    }

    /// Returns the stage that found it.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        self.stage
    }

    /// Returns the cause.
    #[must_use]
    pub const fn cause(&self) -> Cause {
        self.cause
    }

    /// Returns the error with which the token would be refused if nothing else were wrong. `None` if it would
    /// be accepted, as with an `exp` in milliseconds.
    #[must_use]
    pub const fn error(&self) -> Option<Error> {
        self.error
    }

    /// Returns the registered claim that it is about, if any (RFC 7519 §4.1).
    #[must_use]
    pub const fn claim(&self) -> Option<&'static str> {
        let Some(Error::Claims(error)) = self.error else { return None };
        match error {
            ClaimsError::ClaimType { name, .. }
            | ClaimsError::DateOutOfRange { name }
            | ClaimsError::ClaimMissing { name }
            | ClaimsError::ClaimPresent { name } => Some(name),
            ClaimsError::IssuerMismatch { .. } => Some("iss"),
            ClaimsError::AudienceMismatch { .. } => Some("aud"),
            ClaimsError::Expired { .. } => Some("exp"),
            ClaimsError::NotYetValid { .. } => Some("nbf"),
            ClaimsError::IssuedInFuture { .. } | ClaimsError::TooOld { .. } => Some("iat"),
            _ => None,
        }
    }
}

/// Writes the cause and what to change.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

/// All problems, in the order of the pipeline.
#[derive(Clone, Copy, Debug)]
pub(super) struct Problems {
    /// What surrounds the token, for which the whole text has the error `fault`.
    around: [Option<Cause>; 5],
    fault: Option<ParseError>,
    list: [Option<Problem>; Self::MAX],
}

impl Problems {
    /// One for the length of the header, one for each part of the token, three for the header, a key, a
    /// signature, one for each of the five registered claims that a policy checks, one for `exp` alone, and
    /// one for the clock.
    const MAX: usize = 16;

    pub(super) const NONE: Self = Self { around: [None; 5], fault: None, list: [None; Self::MAX] };

    /// Adds what surrounds the token; `fault` is the error of the whole text.
    pub(super) fn surround(&mut self, causes: impl Iterator<Item = Cause>, fault: ParseError) {
        self.fault = Some(fault);
        for (place, cause) in self.around.iter_mut().zip(causes) {
            *place = Some(cause);
        }
    }

    pub(super) fn add(&mut self, problem: Problem) {
        let repeated = problem.error.is_some() && self.iter().any(|other| other == problem);
        if let Some(place) = self.list.iter_mut().find(|place| place.is_none() && !repeated) {
            *place = Some(problem);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Problem> {
        let fault = self.fault.map(Error::Parse);
        let around = self.around.iter().flatten();
        around
            .map(move |cause| Problem::new(Stage::Parse, *cause, fault))
            .chain(self.list.iter().flatten().copied())
    }
}
