//! The pipeline with the functions of `verify` and `claims`, but continuing after errors.

use super::cause::Cause;
use super::problem::{Problem, Stage};
use super::{Diagnosis, Relation, text, why};
use crate::algorithm::Algorithm;
use crate::base64url::decoded_len;
use crate::claims::Claims;
use crate::compact::{self, Parts};
use crate::error::{ClaimsError, Error, ParseError, SelectError};
use crate::header::Header;
use crate::json::Value;
use crate::jws::{decode_header, decode_payload, decode_signature};
use crate::key::VerifyingKey;
use crate::limits::Limits;
use crate::reference::Reference;
use crate::scratch::Scratch;
use crate::select::{KeySource, Query, members};
use crate::verify::{Verifier, buffers};

impl<'d, K: KeySource> Diagnosis<'d, K> {
    fn add(&mut self, stage: Stage, cause: Cause, error: impl Into<Error>) {
        self.problems.add(Problem::new(stage, cause, Some(error.into())));
    }

    /// Runs the pipeline, and notes each problem.
    pub(super) fn read<S: Scratch + ?Sized>(
        &mut self,
        verifier: &Verifier<'_, K>,
        text: &[u8],
        scratch: &'d mut S,
    ) {
        if let Some(Error::Parse(error @ ParseError::ScratchTooSmall { .. })) = self.refusal {
            return self.add(Stage::Parse, Cause::ScratchTooSmall, error);
        }
        let limits = verifier.limits;
        let first_fault = fault(text, limits, scratch);
        if let (Some(error), Some(cause)) = (first_fault, text::encoding(text)) {
            return self.add(Stage::Parse, cause, error);
        }
        let (token, around) = text::unwrap(text, limits);
        if let Some(error) = first_fault.filter(|_| token.len() < text.len()) {
            self.problems.surround(around, error);
        }
        let split = compact::split(token, limits);
        if let Err(error) = split {
            self.add(Stage::Parse, why::of_parse(&error, token), error);
        }
        // A header that is too long is still read, to find other problems.
        let Ok(parts) = split.or_else(|_| compact::split(token, limits.max_header_length(Limits::MAX)))
        else {
            return;
        };
        let (for_header, rest) = match buffers(&parts, scratch) {
            Ok(buffers) => buffers,
            Err(error) => return self.add(Stage::Parse, Cause::ScratchTooSmall, error),
        };
        self.header = self.read_header(verifier, &parts, for_header);
        match self.header {
            Some(header) => match self.check_header(verifier, &header) {
                Some(algorithm) => {
                    let query = Query { algorithm, reference: Reference::of(&header) };
                    self.check_signature(&query, &parts, rest);
                }
                None => self.check_kid(&header),
            },
            // A text that is not a token has no claims.
            None if self.problems.iter().any(|problem| problem.cause() == Cause::OpaqueToken) => return,
            None => {}
        }
        self.check_claims(&parts, rest, limits);
    }

    /// Notes that a part is not base64url, but reads it if it is another kind of base64.
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

    fn read_header(
        &mut self,
        verifier: &Verifier<'_, K>,
        parts: &Parts<'_>,
        buffer: &'d mut [u8],
    ) -> Option<Header<'d>> {
        let strict = decode_header(parts, buffer).map(<[u8]>::len);
        let len = self.read_part(Stage::Parse, strict, parts.header, buffer)?;
        let octets = buffer.get(..len)?;
        match Header::parse(octets, verifier.limits, verifier.crit()) {
            Ok(header) => {
                self.parameters = Some(header.object());
                Some(header)
            }
            Err(error) => {
                let value = Value::parse_with_limits(octets, verifier.limits);
                self.parameters = value.ok().and_then(Value::as_object);
                self.add(Stage::Parse, why::of_header(&error, parts.header, octets), error);
                None
            }
        }
    }

    /// Makes the checks of the header that need no key. Returns the algorithm, if it is accepted.
    fn check_header(&mut self, verifier: &Verifier<'_, K>, header: &Header<'_>) -> Option<Algorithm> {
        let mut refuse =
            |error: SelectError| self.add(Stage::Header, why::of_select(&error, verifier.allowed), error);
        verifier.accept_crit(header).unwrap_or_else(&mut refuse);
        let accepted = verifier.accept_algorithm(header).map_err(&mut refuse).ok();
        verifier.accept_typ(header).unwrap_or_else(&mut refuse);
        if header.algorithm().is_ok() {
            verifier.accept_kid(header).unwrap_or_else(refuse);
        }
        accepted
    }

    /// Without an algorithm no key is chosen, but a key with the header's kid may exist.
    fn check_kid(&mut self, header: &Header<'_>) {
        let reference = Reference::of(header);
        let Some(algorithm) = self.allowed.iter().next() else { return };
        // Any algorithm will do: the kid is compared first.
        let found = self.keys.with_key(&Query { algorithm, reference }, &mut |_| Ok(()));
        if let Err(Error::Select(error @ (SelectError::NoKeys | SelectError::KidUnknown { .. }))) = found {
            let cause = why::of_select(&error, self.allowed);
            self.add(Stage::Keys, self.survey(reference).cause(cause), error);
        }
    }

    /// Chooses a key and checks the signature with it.
    fn check_signature(&mut self, query: &Query<'_>, parts: &Parts<'_>, buffer: &mut [u8]) {
        let keys = self.keys;
        let found = keys.with_key(query, &mut |key| {
            self.selected = Some(Some(key.algorithm()));
            self.check_signature_with(key, query, parts, buffer);
            Ok(())
        });
        if let Err(Error::Select(error)) = found {
            self.selected = Some(None);
            let survey = self.survey(query.reference);
            self.add(Stage::Keys, survey.cause(why::of_select(&error, self.allowed)), error);
            self.read_signature(parts, buffer);
        }
    }

    fn read_signature<'b>(&mut self, parts: &Parts<'_>, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
        let strict = decode_signature(parts, buffer).map(|signature| signature.len());
        let len = self.read_part(Stage::Signature, strict, parts.signature, buffer)?;
        buffer.get(..len)
    }

    fn check_signature_with(
        &mut self,
        key: &VerifyingKey,
        query: &Query<'_>,
        parts: &Parts<'_>,
        buffer: &mut [u8],
    ) {
        let Some(signature) = self.read_signature(parts, buffer) else { return };
        let held = key.verify(query.algorithm, parts.signing_input, signature);
        self.signature_holds = Some(held.is_ok());
        if let Err(error) = held {
            // Text that is not base64url is unlikely to be what was signed.
            let altered = text::cause_in(parts.signing_input);
            let cause = altered.unwrap_or_else(|| {
                why::of_signature(error, query.algorithm, parts.signature, signature, self.parameters)
            });
            self.add(Stage::Signature, cause, error);
        }
    }

    /// Examines every key.
    #[inline(never)]
    fn survey(&self, reference: Reference<'_>) -> Survey {
        let mut survey = Survey { keys: 0, any_kid: false, near: None, fault: None };
        for member in members(self.keys, reference) {
            survey.keys = survey.keys.saturating_add(1);
            survey.any_kid |= member.names.kid.is_some();
            survey.near = survey.near.or(Relation::of(&member, reference.kid()).cause());
            let fault = member.outcome.err().filter(|reason| !why::is_foreign(reason));
            survey.fault = survey.fault.or(fault.map(|reason| why::of_key(&reason)));
        }
        survey
    }

    /// Checks the claims against the policy, whether or not the signature verifies.
    fn check_claims(&mut self, parts: &Parts<'_>, buffer: &'d mut [u8], limits: Limits) {
        let strict = decode_payload(parts, buffer).map(|payload| payload.len());
        let Some(len) = self.read_part(Stage::Claims, strict, parts.payload, buffer) else { return };
        let (policy, now) = (self.policy, self.now);
        let octets = buffer.get(..len).unwrap_or_default();
        let claims = match Claims::parse(octets, limits.members()) {
            Ok(claims) => claims,
            Err(error) => return self.refuse_claim(error, octets, None),
        };
        self.claims = Some(claims);
        let _ = policy.check(&claims, Some(now), |error| {
            self.refuse_claim(error, octets, Some(&claims));
            Ok(())
        });
        if matches!(claims.expires_at(), Ok(Some(exp)) if why::is_milliseconds(exp)) {
            self.problems.add(Problem::new(Stage::Claims, Cause::Milliseconds, None));
        }
        if why::is_before_tokens(now) {
            self.problems.add(Problem::new(Stage::Claims, Cause::ClockNotSet, None));
        }
    }

    fn refuse_claim(&mut self, error: ClaimsError, octets: &[u8], claims: Option<&Claims<'_>>) {
        let cause = why::of_claims(&error, octets, claims, self.policy, self.parameters);
        self.add(Stage::Claims, cause, error);
    }
}

/// How the keys relate to a token for which none was chosen.
struct Survey {
    keys: usize,
    any_kid: bool,
    /// Why the first key that nearly has the name in the header does not have it.
    near: Option<Cause>,
    /// Why the first key that could be meant is set aside.
    fault: Option<Cause>,
}

impl Survey {
    /// Replaces a cause by a more specific one, if there is one.
    fn cause(self, cause: Cause) -> Cause {
        match cause {
            Cause::KidUnknown if self.any_kid => self.near.unwrap_or(cause),
            Cause::KidUnknown => self.near.unwrap_or(Cause::KeyWithoutKid),
            Cause::NoKeyForAlgorithm if self.keys == 0 => Cause::NoKeys,
            Cause::NoKeyForAlgorithm => self.fault.unwrap_or(cause),
            cause => cause,
        }
    }
}

/// Returns the first error of a text as a token.
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
