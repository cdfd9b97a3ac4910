//! The report of a diagnosis, as a few lines of text.

use core::fmt;

use super::quote::Quoted;
use super::{Cause, Diagnosis, Found, Outcome, Problem, Stage, Standing};
use crate::error::Error;
use crate::select::KeySource;

/// The maximum number of keys shown that the token does not name.
const MAX_OTHERS: usize = 4;

impl<K: KeySource> fmt::Display for Diagnosis<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(refusal) = self.refusal() {
            f.write_str("refused: ")?;
            // When texts differ, the claim's line shows more of them than the error can.
            match self.claims().find(|claim| claim.error().map(Error::Claims) == Some(refusal)) {
                Some(claim) => claim.fmt(f)?,
                None => refusal.fmt(f)?,
            }
        } else {
            f.write_str("accepted")?;
        }
        for &stage in Stage::ALL {
            let outcome = match self.outcome(stage) {
                Outcome::Holds if stage == Stage::Claims && !self.is_authentic() => "would be accepted",
                Outcome::Holds => "holds",
                Outcome::Fails => "fails",
                Outcome::NotReached => "not reached",
            };
            write!(f, "\n  {:<11}{outcome}", stage.name())?;
            match stage {
                Stage::Header => self.header_line(f)?,
                Stage::Keys => self.key_lines(f)?,
                Stage::Claims => self.claim_lines(f)?,
                Stage::Parse | Stage::Signature => {}
            }
        }
        let first_of_cause = |(place, problem): &(usize, Problem)| {
            self.problems().take(*place).all(|earlier| earlier.cause() != problem.cause())
        };
        for (number, (_, problem)) in (1..).zip(self.problems().enumerate().filter(first_of_cause)) {
            let same = |other: &Problem| other.cause() == problem.cause();
            let heading = if number == 1 { "\nwhat to change:" } else { "" };
            write!(f, "{heading}\n  {number}. {problem}")?;
            for error in self.problems().filter(|other| same(other) && !self.is_said(other)) {
                error.error().map_or(Ok(()), |error| write!(f, "\n     ({error})"))?;
            }
        }
        Ok(())
    }
}

impl<K: KeySource> Diagnosis<'_, K> {
    /// Returns whether the claims are those that the issuer signed.
    fn is_authentic(&self) -> bool {
        self.signature_holds() == Some(true)
    }

    /// Returns whether the lines above already show the error of a problem.
    fn is_said(&self, problem: &Problem) -> bool {
        problem.error() == self.refusal()
            || matches!(
                problem.cause(),
                Cause::KidRequired
                    | Cause::KidNeeded
                    | Cause::KidUnknown
                    | Cause::KidIsThumbprint
                    | Cause::KidLetterCase
                    | Cause::KidEncoding
                    | Cause::KeyWithoutKid
            )
            || self.claims().any(|claim| Some(claim.name()) == problem.claim())
    }

    fn header_line(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(header) = self.header else { return Ok(()) };
        let standing = if self.is_authentic() { "" } else { " unverified, the token says" };
        write!(f, ";{standing} alg {}", header.alg_as_written().excerpt())?;
        let thumbprint = header.x5t_s256().or(header.x5t()).filter(|_| header.kid().is_none());
        for (name, value) in [("kid", header.kid()), ("typ", header.typ()), ("x5t", thumbprint)] {
            match value.map(Quoted::new) {
                Some(value) => write!(f, ", {name} {value}")?,
                None if name == "x5t" => {}
                None => write!(f, ", no {name}")?,
            }
        }
        Ok(())
    }

    fn key_lines(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines_for_others = 0..MAX_OTHERS;
        let omitted = self.candidates().map(|candidate| {
            if candidate.standing() == Standing::OtherKid && lines_for_others.next().is_none() {
                return Ok(1);
            }
            write!(f, "\n{:13}{candidate}", "").map(|()| 0)
        });
        match omitted.sum::<Result<usize, _>>()? {
            0 => Ok(()),
            more => write!(f, "\n{:13}and {more} more keys that the token does not name", ""),
        }
    }

    fn claim_lines(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.claims.is_some() && !self.is_authentic() {
            f.write_str("; unverified, anyone may have written them")?;
        }
        // A claim that is absent and not required needs no line.
        let shown = self.claims().filter(|claim| claim.found() != Found::Nothing || claim.error().is_some());
        for claim in shown {
            write!(f, "\n{:13}{claim}", "")?;
        }
        Ok(())
    }
}
