//! One thing that is wrong, and the list of all that are.

use core::fmt;

use super::cause::Cause;
use crate::error::{ClaimsError, Error, ParseError};

/// A stage of the pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// The text of the token, up to a header that can be read.
    Parse,
    /// What the header says, against what the verifier demands: `alg`, `typ`, `kid`.
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

    /// The name in reports.
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

/// What became of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// Nothing is wrong. Of claims whose signature does not hold, this says no more than that they
    /// would be accepted.
    Holds,
    /// Something is wrong: see the [`Problem`]s of the stage.
    Fails,
    /// There was nothing to look at, because an earlier stage failed.
    NotReached,
}

/// One thing that is wrong with a token, or remarkable about one that is accepted.
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

    /// The stage that found it.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        self.stage
    }

    /// What is to be changed.
    #[must_use]
    pub const fn cause(&self) -> Cause {
        self.cause
    }

    /// The error for which the token would be refused if nothing else were wrong. `None` for what
    /// refuses no token, such as an `exp` in milliseconds.
    #[must_use]
    pub const fn error(&self) -> Option<Error> {
        self.error
    }

    /// The registered claim that it is about, if it is one (RFC 7519 §4.1).
    #[must_use]
    pub const fn claim(&self) -> Option<&'static str> {
        let Some(Error::Claims(error)) = self.error else { return None };
        match error {
            ClaimsError::ClaimType { name, .. }
            | ClaimsError::DateRange { name }
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

/// The cause, and what to change.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

/// All that is wrong, in the order of the pipeline.
#[derive(Clone, Copy, Debug)]
pub(super) struct Problems {
    /// What surrounds the token, and the fault of the text for all of it.
    around: [Option<Cause>; 5],
    fault: Option<ParseError>,
    list: [Option<Problem>; Self::MOST],
}

impl Problems {
    /// One of the header's length, one of each part of the token, three of the header, a key, a signature, one
    /// for each of the five registered claims that a policy looks at, one of `exp` alone, and one of the clock.
    const MOST: usize = 16;

    pub(super) const NONE: Self = Self { around: [None; 5], fault: None, list: [None; Self::MOST] };

    /// Adds what surrounds the token, for which its text has a fault.
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
