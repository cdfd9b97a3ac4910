//! Explains to a person why a token was refused: what was tried, what failed and what to change.
//!
//! A diagnosis takes the steps of [`Verifier::verify`] with the same functions, but continues after an error:
//! for a token that has expired *and* is for another audience it reports both. It needs no heap.
//!
//! **Never accept a token because of it.** What its report shows of a token was written by whoever sent it:
//! the header, and the registered claims that the policy checks, shortened and with everything but printable
//! ASCII escaped. Key material is not shown. The report belongs in a terminal or a log, not in the response
//! to the sender of the token.

mod candidate;
mod cause;
mod claim_check;
mod classify;
mod document;
mod pipeline;
mod problem;
mod quote;
mod relation;
mod report;
mod spelling;
mod token_text;

use core::fmt;

pub use self::candidate::{Candidate, Standing};
pub use self::cause::Cause;
pub use self::claim_check::{ClaimCheck, Demand, Found};
pub use self::document::{JwkDiagnosis, SetDiagnosis, diagnose_jwk, diagnose_set, diagnose_set_with_limits};
use self::problem::Problems;
pub use self::problem::{Outcome, Problem, Stage};
use self::relation::Relation;
use crate::algorithm::{Algorithm, AlgorithmSet};
use crate::claims::{Claims, ClaimsPolicy};
use crate::error::{Error, Excerpt};
use crate::header::Header;
use crate::json::Object;
use crate::reference::Reference;
use crate::scratch::Scratch;
use crate::select::{KeySource, members};
use crate::time::UnixTime;
use crate::verify::Verifier;

impl<K: KeySource> Verifier<'_, K> {
    /// Reports why [`verify`](Self::verify), or [`claims`](crate::VerifiedJws::claims) after it with this
    /// policy and time, refuses a token, and what to change. It is for debugging: it takes at least twice as
    /// long as these two, which alone decide.
    ///
    /// The token is decoded into `scratch`, as by `verify`.
    ///
    /// ```
    /// # #[cfg(feature = "hs256")] {
    /// use jose_core::{ClaimsPolicy, Expect, UnixTime, Verifier, VerifyingKey};
    /// use jose_core::diagnose::Cause;
    ///
    /// let key = VerifyingKey::hs256(b"a secret of at least thirty-two octets")?;
    /// let verifier = Verifier::new(&key);
    /// let policy = ClaimsPolicy::new(Expect::Exactly("https://issuer.example"), Expect::Anything);
    ///
    /// let token = "Bearer eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlLyIsImV4cCI6MTAwMH0.AA";
    /// let mut scratch = [0; 256];
    /// let diagnosis = verifier.diagnose(token, &mut scratch, &policy, UnixTime::from_secs(1_800_000_000));
    /// let causes: Vec<Cause> = diagnosis.problems().map(|problem| problem.cause()).collect();
    /// let found = [Cause::BearerPrefix, Cause::SignatureLength, Cause::IssuerTrailingSlash, Cause::Expired];
    /// assert_eq!(causes, found);
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn diagnose<'d, T: AsRef<[u8]> + ?Sized, S: Scratch + ?Sized>(
        &'d self,
        token: &T,
        scratch: &'d mut S,
        policy: &'d ClaimsPolicy<'_>,
        now: UnixTime,
    ) -> Diagnosis<'d, K> {
        let token = token.as_ref();
        let refusal = match self.verify(token, scratch) {
            Ok(verified) => verified.claims(policy, now).err().map(Error::Claims),
            Err(error) => Some(error),
        };
        let mut diagnosis = Diagnosis {
            keys: &self.keys,
            allowed: self.allowed,
            policy,
            now,
            refusal,
            parameters: None,
            header: None,
            selected: None,
            signature_holds: None,
            claims: None,
            problems: Problems::NONE,
        };
        diagnosis.read(self, token, scratch);
        diagnosis
    }
}

/// Everything there is to report about a token: each stage, key and claim, and each problem with what to
/// change. `Display` writes a report. See [`Verifier::diagnose`]. It is `Send` and `Sync` if the
/// source of keys is `Sync`.
#[must_use]
pub struct Diagnosis<'d, K: KeySource> {
    keys: &'d K,
    allowed: AlgorithmSet,
    policy: &'d ClaimsPolicy<'d>,
    now: UnixTime,
    refusal: Option<Error>,
    /// All header parameters, if the header is a JSON object.
    parameters: Option<Object<'d>>,
    header: Option<Header<'d>>,
    /// The algorithm of the chosen key; `None` inside if no key was chosen.
    selected: Option<Option<Algorithm>>,
    signature_holds: Option<bool>,
    claims: Option<Claims<'d>>,
    problems: Problems,
}

/// The parameters of a header (RFC 7515 §4.1), safe to log. They are not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnverifiedHeader {
    /// `alg`.
    pub alg: Excerpt,
    /// `kid`.
    pub kid: Option<Excerpt>,
    /// `typ`.
    pub typ: Option<Excerpt>,
    /// `x5t#S256` or, without it, `x5t`, if there is no `kid`: the name by which a key may be chosen.
    pub thumbprint: Option<Excerpt>,
}

impl<'d, K: KeySource> Diagnosis<'d, K> {
    /// Returns the error with which `verify` or `claims` refuses the token; `None` if they accept it. Call
    /// these to decide.
    #[must_use]
    pub const fn refusal(&self) -> Option<Error> {
        self.refusal
    }

    /// Returns the outcome of a stage.
    #[must_use]
    pub fn outcome(&self, stage: Stage) -> Outcome {
        let fails = |problem: Problem| problem.stage() == stage && problem.error().is_some();
        let reached = match stage {
            Stage::Parse => true,
            Stage::Header => self.header.is_some(),
            Stage::Keys => self.selected.is_some(),
            Stage::Signature => self.signature_holds.is_some(),
            Stage::Claims => self.claims.is_some(),
        };
        match self.problems().any(fails) {
            true => Outcome::Fails,
            false if reached => Outcome::Holds,
            false => Outcome::NotReached,
        }
    }

    /// Returns the parameters of the header, if it can be read.
    #[must_use]
    pub fn unverified_header(&self) -> Option<UnverifiedHeader> {
        let header = self.header?;
        Some(UnverifiedHeader {
            alg: header.alg_as_written().excerpt(),
            kid: header.kid().map(|kid| kid.excerpt()),
            typ: header.typ().map(|typ| typ.excerpt()),
            thumbprint: match header.kid() {
                Some(_) => None,
                None => header.x5t_s256().or(header.x5t()).map(|thumbprint| thumbprint.excerpt()),
            },
        })
    }

    /// Returns every key that the verifier considers, in its order, with why it was chosen or passed over;
    /// nothing if the header cannot be read. A [`Jwks`](crate::Jwks) builds its keys again for this.
    pub fn candidates(&self) -> impl Iterator<Item = Candidate<'_>> {
        let asked = self.header.map(|header| (Reference::of(&header), header.algorithm().ok()));
        asked.into_iter().flat_map(|(reference, algorithm)| {
            let mut selected = self.selected.flatten();
            members(self.keys, reference).map(move |member| {
                let passed_over = Relation::of(&member, reference.kid()).standing();
                let standing = passed_over.unwrap_or_else(|| match member.outcome {
                    Err(reason) => Standing::SetAside { reason },
                    Ok(own) if Some(own) != algorithm => Standing::OtherAlgorithm { algorithm: own },
                    // If one was chosen, it is the first that fits.
                    Ok(algorithm) => match selected.take() {
                        Some(_) => Standing::Chosen { algorithm },
                        None => Standing::Fits { algorithm },
                    },
                });
                Candidate { kid: member.names.kid, standing }
            })
        })
    }

    /// Returns whether the signature verifies; `None` if it could not be checked with a key.
    #[must_use]
    pub const fn signature_holds(&self) -> Option<bool> {
        self.signature_holds
    }

    /// Returns the claims that the policy checks; nothing if the payload cannot be read. They are the
    /// issuer's only if the signature verifies.
    pub fn claims(&self) -> impl Iterator<Item = ClaimCheck<'d>> {
        let problems = self.problems;
        let refused = move |name| match problems.iter().find(|problem| problem.claim() == Some(name))?.error()
        {
            Some(Error::Claims(error)) => Some(error),
            _ => None,
        };
        let (policy, now) = (self.policy, self.now);
        self.claims.into_iter().flat_map(move |claims| ClaimCheck::all(policy, claims, now, refused))
    }

    /// Returns every problem, in the order of the pipeline; those of the text around the token are first.
    pub fn problems(&self) -> impl Iterator<Item = Problem> {
        self.problems.iter()
    }
}

impl<K: KeySource> fmt::Debug for Diagnosis<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Diagnosis").field("refusal", &self.refusal).finish_non_exhaustive()
    }
}
