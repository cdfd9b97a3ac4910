//! The pipeline once more, by the functions of `verify` and `claims`, but past what refuses the token.

use core::borrow::Borrow as _;

use super::cause::Cause;
use super::problem::{Problem, Stage};
use super::{Diagnosis, text, why};
use crate::algorithm::Algorithm;
use crate::base64url::decoded_len;
use crate::claims::Claims;
use crate::compact::{self, Parts};
use crate::error::{ClaimsError, Error, ParseError, SelectError};
use crate::header::Header;
use crate::jws::{decode_header, decode_payload, decode_signature};
use crate::limits::Limits;
use crate::reference::{Reference, Relation};
use crate::select::{KeySource, Query};
use crate::verify::{Scratch, Verifier, buffers};

impl<'d, K: KeySource + ?Sized> Diagnosis<'d, K> {
    fn add(&mut self, stage: Stage, cause: Cause, error: impl Into<Error>) {
        self.problems.add(Problem::new(stage, cause, Some(error.into())));
    }

    /// Goes through the pipeline, and notes what is wrong on the way.
    pub(super) fn read<S: Scratch + ?Sized>(
        &mut self,
        verifier: &Verifier<'_, K>,
        text: &[u8],
        scratch: &'d mut S,
    ) {
        if let Some(Error::Parse(error @ ParseError::ScratchTooSmall { .. })) = self.refusal {
            return self.add(Stage::Parse, Cause::ScratchTooSmall, error);
        }
        let (token, around) = text::unwrap(text, verifier.limits);
        if let Some(error) = fault(text, verifier.limits, scratch).filter(|_| token.len() < text.len()) {
            around.into_iter().flatten().for_each(|cause| self.add(Stage::Parse, cause, error));
        }
        let parts = match compact::split(token, verifier.limits) {
            Ok(parts) => parts,
            Err(error) => return self.add(Stage::Parse, why::of_parse(&error, token), error),
        };
        let (for_header, rest) = match buffers(&parts, scratch) {
            Ok(buffers) => buffers,
            Err(error) => return self.add(Stage::Parse, Cause::ScratchTooSmall, error),
        };
        let Some(header) = self.read_header(&parts, for_header, verifier.limits) else { return };
        self.header = Some(header);
        match self.check_header(verifier, &header) {
            Some(algorithm) => {
                let query = Query { algorithm, reference: Reference::of(&header), allowed: self.allowed };
                self.check_signature(&query, &parts, rest);
            }
            None => self.check_kid(&header),
        }
        self.check_claims(&parts, rest, verifier.limits);
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

    fn read_header(&mut self, parts: &Parts<'_>, buffer: &'d mut [u8], limits: Limits) -> Option<Header<'d>> {
        let strict = decode_header(parts, buffer).map(<[u8]>::len);
        let len = self.read_part(Stage::Parse, strict, parts.header, buffer)?;
        let header = Header::parse(buffer.get(..len)?, limits);
        header.map_err(|error| self.add(Stage::Parse, why::of_parse(&error, parts.header), error)).ok()
    }

    /// Holds the header to what needs no key. The algorithm, if it is accepted.
    fn check_header(&mut self, verifier: &Verifier<'_, K>, header: &Header<'_>) -> Option<Algorithm> {
        let mut refuse =
            |error: SelectError| self.add(Stage::Header, why::of_select(&error, verifier.allowed), error);
        let accepted = verifier.accept_algorithm(header).map_err(&mut refuse).ok();
        verifier.accept_typ(header).unwrap_or_else(&mut refuse);
        if header.algorithm().is_ok() {
            verifier.accept_kid(header).unwrap_or_else(refuse);
        }
        accepted
    }

    /// Without an algorithm no key is chosen, but one with the header's kid could be there.
    fn check_kid(&mut self, header: &Header<'_>) {
        let reference = Reference::of(header);
        let Some(algorithm) = self.allowed.iter().next() else { return };
        let query = Query { algorithm, reference, allowed: self.allowed };
        if let Err(error @ (SelectError::NoKeys | SelectError::KidUnknown { .. })) = self.keys.find(&query) {
            self.add(Stage::Keys, self.cause_of_no_key(&error, reference), error);
        }
    }

    /// Chooses a key and holds the signature to it.
    fn check_signature(&mut self, query: &Query<'_>, parts: &Parts<'_>, buffer: &mut [u8]) {
        let found = self.keys.find(query);
        self.selected = Some(found.as_ref().ok().map(|found| found.borrow().algorithm()));
        if let Err(error) = found {
            self.add(Stage::Keys, self.cause_of_no_key(&error, query.reference), error);
        }
        let strict = decode_signature(parts, buffer).map(|signature| signature.len());
        let Some(len) = self.read_part(Stage::Signature, strict, parts.signature, buffer) else { return };
        let signature = buffer.get(..len).unwrap_or_default();
        let Ok(found) = found else { return };
        let held = found.borrow().verify(query.algorithm, parts.signing_input, signature);
        self.signature_holds = Some(held.is_ok());
        if let Err(error) = held {
            // Text that is not base64url is hardly what was signed.
            let altered = text::cause_in(parts.signing_input);
            let cause = altered.unwrap_or(why::of_signature(error, query.algorithm, signature));
            self.add(Stage::Signature, cause, error);
        }
    }

    /// Why no key was chosen. A key that has a fault of its own says more than that there is none.
    fn cause_of_no_key(&self, error: &SelectError, reference: Reference<'_>) -> Cause {
        let cause = why::of_select(error, self.allowed);
        if cause == Cause::KidUnknown {
            let mut near =
                self.keys.members(reference, self.allowed).filter_map(|member| match member.relation {
                    Relation::Thumbprint => Some(Cause::KidIsThumbprint),
                    Relation::LetterCase => Some(Cause::KidLetterCase),
                    Relation::Named | Relation::Other => None,
                });
            return near.next().unwrap_or(cause);
        }
        if cause != Cause::NoKeyForAlgorithm {
            return cause;
        }
        let mut members = self.keys.members(Reference::NONE, self.allowed).peekable();
        if members.peek().is_none() {
            return Cause::NoKeys;
        }
        let fault = members.find_map(|member| member.outcome.err().filter(|reason| !why::is_foreign(reason)));
        fault.map_or(cause, |reason| why::of_key(&reason))
    }

    /// Holds the claims to the policy, whether the signature holds or not.
    fn check_claims(&mut self, parts: &Parts<'_>, buffer: &'d mut [u8], limits: Limits) {
        let strict = decode_payload(parts, buffer).map(|payload| payload.len());
        let Some(len) = self.read_part(Stage::Claims, strict, parts.payload, buffer) else { return };
        let (policy, now) = (self.policy, self.now);
        let claims = match Claims::parse(buffer.get(..len).unwrap_or_default(), limits.members()) {
            Ok(claims) => claims,
            Err(error) => return self.refuse_claim(error, None),
        };
        self.claims = Some(claims);
        let _ = policy.check(&claims, Some(now), |error| {
            self.refuse_claim(error, Some(&claims));
            Ok(())
        });
        if matches!(claims.expires_at(), Ok(Some(exp)) if why::is_milliseconds(exp)) {
            self.problems.add(Problem::new(Stage::Claims, Cause::Milliseconds, None));
        }
        if why::is_before_tokens(now) {
            self.problems.add(Problem::new(Stage::Claims, Cause::ClockNotSet, None));
        }
    }

    fn refuse_claim(&mut self, error: ClaimsError, claims: Option<&Claims<'_>>) {
        let cause = why::of_claims(&error, claims, &self.policy);
        self.add(Stage::Claims, cause, error);
    }
}

/// The first fault of a text as a token.
fn fault<S: Scratch + ?Sized>(text: &[u8], limits: Limits, scratch: &mut S) -> Option<ParseError> {
    let mut judge = || {
        let parts = compact::split(text, limits)?;
        let longest = parts.header.len().max(parts.payload.len()).max(parts.signature.len());
        let scratch = scratch.at_least(decoded_len(longest))?;
        decode_header(&parts, scratch)?;
        decode_signature(&parts, scratch)?;
        decode_payload(&parts, scratch).map(|_| ())
    };
    judge().err()
}
