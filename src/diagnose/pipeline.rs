//! The steps of `verify` and `claims` with the same functions, but continuing after errors.

use super::cause::Cause;
use super::problem::{Problem, Stage};
use super::relation::Survey;
use super::{Diagnosis, classify, token_text};
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
use crate::select::{KeySource, Query};
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
        if let (Some(error), Some(cause)) = (first_fault, token_text::encoding(text)) {
            return self.add(Stage::Parse, cause, error);
        }
        let (token, around) = token_text::unwrap(text, limits);
        if let Some(error) = first_fault.filter(|_| token.len() < text.len()) {
            self.problems.surround(around, error);
        }
        let split = compact::split(token, limits);
        if let Err(error) = split {
            self.add(Stage::Parse, classify::parse_error(&error, token), error);
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

    /// Returns the octets of a part, of which `strict` are in the buffer. Notes that a part is not base64url,
    /// but reads it if it is another kind of base64.
    fn read_part<'b>(
        &mut self,
        stage: Stage,
        strict: Result<usize, ParseError>,
        text: &[u8],
        buffer: &'b mut [u8],
    ) -> Option<&'b [u8]> {
        let len = match strict {
            Ok(len) => len,
            Err(error) => {
                self.add(stage, classify::parse_error(&error, text), error);
                token_text::decode_leniently(text, buffer)?
            }
        };
        let octets = buffer.get(..len);
        debug_assert!(octets.is_some(), "more octets than the buffer has");
        octets
    }

    fn read_header(
        &mut self,
        verifier: &Verifier<'_, K>,
        parts: &Parts<'_>,
        buffer: &'d mut [u8],
    ) -> Option<Header<'d>> {
        let strict = decode_header(parts, buffer).map(<[u8]>::len);
        let octets = self.read_part(Stage::Parse, strict, parts.header, buffer)?;
        match Header::parse(octets, verifier.limits, verifier.crit()) {
            Ok(header) => {
                self.parameters = Some(header.object());
                Some(header)
            }
            Err(error) => {
                let value = Value::parse_with_limits(octets, verifier.limits);
                self.parameters = value.ok().and_then(Value::as_object);
                self.add(Stage::Parse, classify::header_error(&error, parts.header, octets), error);
                None
            }
        }
    }

    /// Makes the checks of the header that need no key. Returns the algorithm, if it is accepted.
    fn check_header(&mut self, verifier: &Verifier<'_, K>, header: &Header<'_>) -> Option<Algorithm> {
        let algorithm = verifier.check_algorithm(header);
        // That a `kid` is missing matters little while no key could be for the algorithm.
        let kid = verifier.check_kid(header).err().filter(|_| header.algorithm().is_ok());
        let errors =
            [verifier.check_crit(header).err(), algorithm.err(), verifier.check_typ(header).err(), kid];
        for error in errors.into_iter().flatten() {
            self.add(Stage::Header, classify::select_error(&error, verifier.allowed), error);
        }
        algorithm.ok()
    }

    /// Without an algorithm no key is chosen, but a key with the header's kid may exist.
    fn check_kid(&mut self, header: &Header<'_>) {
        let reference = Reference::of(header);
        let Some(algorithm) = self.allowed.iter().next() else { return };
        // Any algorithm will do: the kid is compared first.
        let found = self.keys.with_key(&Query { algorithm, reference }, &mut |_| Ok(()));
        if let Err(Error::Select(error @ (SelectError::NoKeys | SelectError::KidUnknown { .. }))) = found {
            let cause = classify::select_error(&error, self.allowed);
            self.add(Stage::Keys, Survey::of(self.keys, reference).cause(cause), error);
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
            let cause = classify::select_error(&error, self.allowed);
            self.add(Stage::Keys, Survey::of(keys, query.reference).cause(cause), error);
            self.read_signature(parts, buffer);
        }
    }

    fn read_signature<'b>(&mut self, parts: &Parts<'_>, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
        let strict = decode_signature(parts, buffer).map(|signature| signature.len());
        self.read_part(Stage::Signature, strict, parts.signature, buffer)
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
            let altered = token_text::cause_in(parts.signing_input);
            let cause = altered.unwrap_or_else(|| {
                classify::signature_error(error, query.algorithm, parts.signature, signature, self.parameters)
            });
            self.add(Stage::Signature, cause, error);
        }
    }

    /// Checks the claims against the policy, whether or not the signature verifies.
    fn check_claims(&mut self, parts: &Parts<'_>, buffer: &'d mut [u8], limits: Limits) {
        let strict = decode_payload(parts, buffer).map(|payload| payload.len());
        let Some(octets) = self.read_part(Stage::Claims, strict, parts.payload, buffer) else { return };
        let (policy, now) = (self.policy, self.now);
        let claims = match Claims::parse(octets, limits.members()) {
            Ok(claims) => claims,
            Err(error) => return self.refuse_claim(error, octets, None),
        };
        self.claims = Some(claims);
        for error in policy.checks(&claims).errors(now) {
            self.refuse_claim(error, octets, Some(&claims));
        }
        if matches!(claims.expires_at(), Ok(Some(exp)) if classify::is_milliseconds(exp)) {
            self.problems.add(Problem::new(Stage::Claims, Cause::Milliseconds, None));
        }
        if classify::is_before_tokens(now) {
            self.problems.add(Problem::new(Stage::Claims, Cause::ClockNotSet, None));
        }
    }

    fn refuse_claim(&mut self, error: ClaimsError, octets: &[u8], claims: Option<&Claims<'_>>) {
        let cause = classify::claims_error(&error, octets, claims, self.policy, self.parameters);
        self.add(Stage::Claims, cause, error);
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
