//! Why a token was refused, told to a person: what was tried, what failed, what to change.
//!
//! A diagnosis takes the steps of [`Verifier::verify`], by the same functions, but goes on where that
//! would stop: a token that has expired *and* is for another audience says both. It needs no heap.
//!
//! **It decides nothing.** What it shows of a token was written by whoever sent it, and is shown as
//! such: the header, and of the payload the registered claims that the policy asks for, cut short and
//! with everything but printable ASCII replaced. Key material is not shown. The report belongs in a
//! terminal or a log, and not in the response to the token's sender.

mod candidate;
mod cause;
mod claim;
mod problem;
mod report;
mod set;
mod text;
mod why;

use core::borrow::Borrow as _;
use core::fmt;

pub use self::candidate::{Candidate, Standing};
pub use self::cause::Cause;
pub use self::claim::{ClaimCheck, Demand, Found};
use self::problem::Problems;
pub use self::problem::{Outcome, Problem, Stage};
pub use self::set::{SetDiagnosis, diagnose_set};
use crate::algorithm::{Algorithm, AlgorithmSet};
use crate::base64url::decoded_len;
use crate::claims::{Claims, ClaimsPolicy};
use crate::compact::{self, Parts};
use crate::error::{ClaimsError, Error, Excerpt, ParseError, SelectError};
use crate::header::Header;
use crate::jws::{decode_header, decode_payload, decode_signature};
use crate::select::{KeySource, Query};
use crate::time::UnixTime;
use crate::verify::{Scratch, Verifier};

impl<'k, K: KeySource + ?Sized> Verifier<'k, K> {
    /// Says why [`verify`](Self::verify), or after it
    /// [`claims`](crate::VerifiedJws::claims) with this policy and time, refuses a token, and what to
    /// change. It is for people: it takes at least twice as long, and decides nothing.
    ///
    /// The token is decoded into `scratch`, as `verify` does. `now` is in seconds since 1970.
    ///
    /// ```
    /// # #[cfg(feature = "hs256")] {
    /// use jose_core::{Algorithm, ClaimsPolicy, Expect, UnixTime, Verifier, VerifyingKey};
    /// use jose_core::diagnose::Cause;
    ///
    /// let key = VerifyingKey::hs256(b"a secret of at least thirty-two octets")?;
    /// let verifier = Verifier::new(&key, Algorithm::Hs256.into());
    /// let policy = ClaimsPolicy::new(Expect::Value("https://issuer.example"), Expect::Ignore);
    ///
    /// let token = "Bearer eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlLyIsImV4cCI6MTAwMH0.AA";
    /// let mut scratch = [0; 256];
    /// let diagnosis = verifier.diagnose(token, &mut scratch, &policy, UnixTime::from_seconds(5000));
    /// let causes: Vec<Cause> = diagnosis.problems().map(|problem| problem.cause()).collect();
    /// let found = [Cause::BearerPrefix, Cause::SignatureLength, Cause::IssuerTrailingSlash, Cause::Expired];
    /// assert_eq!(causes, found);
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn diagnose<'d, T: AsRef<[u8]> + ?Sized, S: Scratch + ?Sized>(
        &self,
        token: &T,
        scratch: &'d mut S,
        policy: &ClaimsPolicy<'d>,
        now: UnixTime,
    ) -> Diagnosis<'d, K>
    where
        'k: 'd,
    {
        let token = token.as_ref();
        let refusal = match self.verify(token, scratch) {
            Ok(verified) => verified.claims(policy, now).err().map(Error::Claims),
            Err(error) => Some(error),
        };
        let mut diagnosis = Diagnosis {
            keys: self.keys,
            allowed: self.allowed,
            policy: *policy,
            now,
            refusal,
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

/// All that can be told about a token: each stage, every key, every claim, and each problem with what
/// to change. `Display` is a report of it. See [`Verifier::diagnose`].
#[must_use]
pub struct Diagnosis<'d, K: KeySource + ?Sized> {
    keys: &'d K,
    allowed: AlgorithmSet,
    policy: ClaimsPolicy<'d>,
    now: UnixTime,
    refusal: Option<Error>,
    header: Option<Header<'d>>,
    /// The algorithm of the key that was chosen; `None` inside if the choice failed.
    selected: Option<Option<Algorithm>>,
    signature_holds: Option<bool>,
    claims: Option<Claims<'d>>,
    problems: Problems,
}

/// What a header says of its token (RFC 7515 §4.1), fit to be shown. Nobody has verified it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnverifiedHeader {
    /// `alg`.
    pub alg: Excerpt,
    /// `kid`.
    pub kid: Option<Excerpt>,
    /// `typ`.
    pub typ: Option<Excerpt>,
}

impl<'d, K: KeySource + ?Sized> Diagnosis<'d, K> {
    /// What `verify` and `claims` refuse the token for; `None` if they accept it. To decide, call
    /// them.
    #[must_use]
    pub const fn refusal(&self) -> Option<Error> {
        self.refusal
    }

    /// What became of a stage.
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

    /// What the header says, if it can be read.
    #[must_use]
    pub fn unverified_header(&self) -> Option<UnverifiedHeader> {
        let header = self.header?;
        Some(UnverifiedHeader {
            alg: header.algorithm().map_or_else(|alg| alg, |alg| Excerpt::new(alg.name().chars())),
            kid: header.kid().map(|kid| kid.excerpt()),
            typ: header.typ().map(|typ| typ.excerpt()),
        })
    }

    /// Every key of the verifier, in its order, with why it was chosen or passed over; none if the
    /// header cannot be read. A [`Jwks`](crate::Jwks) builds its keys again for this.
    pub fn candidates(&self) -> impl Iterator<Item = Candidate> {
        let asked = self.header.map(|header| (header.kid(), header.algorithm().ok()));
        asked.into_iter().flat_map(|(kid, algorithm)| {
            let mut selected = self.selected.flatten();
            self.keys.members(kid, self.allowed).map(move |member| {
                let standing = match member.outcome {
                    _ if !member.asked => Standing::OtherKid,
                    Err(reason) => Standing::SetAside { reason },
                    Ok(own) if Some(own) != algorithm => Standing::OtherAlgorithm { algorithm: own },
                    // Where one was chosen, it is the first that fits.
                    Ok(algorithm) => match selected.take() {
                        Some(_) => Standing::Chosen { algorithm },
                        None => Standing::Fits { algorithm },
                    },
                };
                Candidate { kid: member.kid, standing }
            })
        })
    }

    /// Whether the signature holds; `None` if it could not be held against a key.
    #[must_use]
    pub const fn signature_holds(&self) -> Option<bool> {
        self.signature_holds
    }

    /// The claims that the policy asks for, none if the payload cannot be read. They are the issuer's
    /// only if the signature holds.
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

    /// Everything that is wrong, in the order of the pipeline; what surrounds the token is first.
    pub fn problems(&self) -> impl Iterator<Item = Problem> {
        self.problems.iter()
    }

    fn add(&mut self, stage: Stage, cause: Cause, error: impl Into<Error>) {
        self.problems.add(Problem::new(stage, cause, Some(error.into())));
    }

    /// Goes through the pipeline, and notes what is wrong on the way.
    fn read<S: Scratch + ?Sized>(&mut self, verifier: &Verifier<'_, K>, text: &[u8], scratch: &'d mut S) {
        if let Some(Error::Parse(error @ ParseError::ScratchTooSmall { .. })) = self.refusal {
            return self.add(Stage::Parse, Cause::ScratchTooSmall, error);
        }
        let (token, around) = text::unwrap(text);
        if let Some(error) =
            fault(text, verifier.max_token_length, scratch).filter(|_| token.len() < text.len())
        {
            around.into_iter().flatten().for_each(|cause| self.add(Stage::Parse, cause, error));
        }
        let parts = match compact::split(token, verifier.max_token_length) {
            Ok(parts) => parts,
            Err(error) => return self.add(Stage::Parse, why::of_parse(&error, token), error),
        };
        let header_len = decoded_len(parts.header.len());
        let rest_len = decoded_len(parts.payload.len().max(parts.signature.len()));
        let scratch = match scratch.at_least(header_len.saturating_add(rest_len)) {
            Ok(scratch) => scratch,
            Err(error) => return self.add(Stage::Parse, Cause::ScratchTooSmall, error),
        };
        let (for_header, rest) = scratch.split_at_mut_checked(header_len).unwrap_or_default();
        let Some(header) = self.read_header(&parts, for_header) else { return };
        self.header = Some(header);
        match self.check_header(verifier, &header) {
            Some(algorithm) => {
                let query = Query { algorithm, kid: header.kid(), allowed: self.allowed };
                self.check_signature(&query, &parts, rest);
            }
            None => self.check_kid(&header),
        }
        self.check_claims(&parts, rest);
    }

    /// Notes that a part is not base64url, but reads it if it is base64 of another kind.
    fn read_part(
        &mut self,
        stage: Stage,
        strict: Result<usize, ParseError>,
        text: &[u8],
        buffer: &mut [u8],
    ) -> Option<usize> {
        strict
            .or_else(|error| {
                self.add(stage, why::of_parse(&error, text), error);
                text::decode_leniently(text, buffer).ok_or(error)
            })
            .ok()
    }

    fn read_header(&mut self, parts: &Parts<'_>, buffer: &'d mut [u8]) -> Option<Header<'d>> {
        let strict = decode_header(parts, buffer).map(<[u8]>::len);
        let len = self.read_part(Stage::Parse, strict, parts.header, buffer)?;
        let header = Header::parse(buffer.get(..len)?);
        header.map_err(|error| self.add(Stage::Parse, why::of_parse(&error, parts.header), error)).ok()
    }

    /// Holds the header to what needs no key. The algorithm, if it is accepted.
    fn check_header(&mut self, verifier: &Verifier<'_, K>, header: &Header<'_>) -> Option<Algorithm> {
        let mut refuse =
            |error: SelectError| self.add(Stage::Header, why::of_select(&error, verifier.allowed), error);
        let accepted = verifier.accept_algorithm(header).map_err(&mut refuse).ok();
        verifier.accept_typ(header).unwrap_or_else(&mut refuse);
        match header.algorithm() {
            Ok(alg) => verifier.accept_kid(header, alg).unwrap_or_else(refuse),
            Err(_) => {}
        }
        accepted
    }

    /// Without an algorithm no key is chosen, but one with the header's kid could be there.
    fn check_kid(&mut self, header: &Header<'_>) {
        let mut members = self.keys.members(header.kid(), self.allowed);
        if !members.any(|member| member.asked) {
            let keys = self.keys.members(None, self.allowed).count();
            let error = SelectError::KidUnknown { keys };
            self.add(Stage::Keys, why::of_select(&error, self.allowed), error);
        }
    }

    /// Chooses a key and holds the signature to it.
    fn check_signature(&mut self, query: &Query<'_>, parts: &Parts<'_>, buffer: &mut [u8]) {
        let found = self.keys.find(query);
        self.selected = Some(found.as_ref().ok().map(|found| found.borrow().algorithm()));
        if let Err(error) = found {
            self.add(Stage::Keys, self.cause_of_no_key(&error), error);
        }
        let strict = decode_signature(parts, buffer).map(|signature| signature.len());
        let Some(len) = self.read_part(Stage::Signature, strict, parts.signature, buffer) else { return };
        let signature = buffer.get(..len).unwrap_or_default();
        // With white space in it, this is not the text that was signed.
        let intact = !parts.signing_input.iter().any(u8::is_ascii_whitespace);
        if let Some(found) = found.ok().filter(|_| intact) {
            let held = found.borrow().verify(query.algorithm, parts.signing_input, signature);
            self.signature_holds = Some(held.is_ok());
            if let Err(error) = held {
                self.add(Stage::Signature, why::of_signature(error, signature), error);
            }
        }
    }

    /// Why no key was chosen. A key that has a fault of its own says more than that there is none.
    fn cause_of_no_key(&self, error: &SelectError) -> Cause {
        let cause = why::of_select(error, self.allowed);
        if cause != Cause::NoKeyForAlgorithm {
            return cause;
        }
        let mut members = self.keys.members(None, self.allowed).peekable();
        if members.peek().is_none() {
            return Cause::NoKeys;
        }
        let fault = members.find_map(|member| member.outcome.err().filter(|reason| !why::is_foreign(reason)));
        fault.map_or(cause, |reason| why::of_key(&reason))
    }

    /// Holds the claims to the policy, whether the signature holds or not.
    fn check_claims(&mut self, parts: &Parts<'_>, buffer: &'d mut [u8]) {
        let strict = decode_payload(parts, buffer).map(|payload| payload.len());
        let Some(len) = self.read_part(Stage::Claims, strict, parts.payload, buffer) else { return };
        let (policy, now) = (self.policy, self.now);
        let claims = Claims::parse(buffer.get(..len).unwrap_or_default(), |error| {
            self.refuse_claim(error, None);
            Ok(())
        });
        let claims = match claims {
            Ok(claims) => claims,
            Err(error) => return self.refuse_claim(error, None),
        };
        self.claims = Some(claims);
        let _ = policy.check(&claims, now, |error| {
            self.refuse_claim(error, Some(&claims));
            Ok(())
        });
        if claims.expires_at().is_some_and(why::is_milliseconds) {
            self.problems.add(Problem::new(Stage::Claims, Cause::Milliseconds, None));
        }
    }

    fn refuse_claim(&mut self, error: ClaimsError, claims: Option<&Claims<'_>>) {
        let problem =
            Problem::new(Stage::Claims, why::of_claims(&error, claims, &self.policy), Some(error.into()));
        // A claim that is not of its type is not missing as well.
        if problem.claim().is_none() || self.problems().all(|other| other.claim() != problem.claim()) {
            self.problems.add(problem);
        }
    }
}

/// The first fault of a text as a token.
fn fault<S: Scratch + ?Sized>(text: &[u8], limit: usize, scratch: &mut S) -> Option<ParseError> {
    let mut judge = || {
        let parts = compact::split(text, limit)?;
        let longest = parts.header.len().max(parts.payload.len()).max(parts.signature.len());
        let scratch = scratch.at_least(decoded_len(longest))?;
        decode_header(&parts, scratch)?;
        decode_signature(&parts, scratch)?;
        decode_payload(&parts, scratch).map(|_| ())
    };
    judge().err()
}

impl<K: KeySource + ?Sized> fmt::Debug for Diagnosis<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Diagnosis").field("refusal", &self.refusal).finish_non_exhaustive()
    }
}
