//! How the keys relate to the name in a header, also when it is not the text of theirs.

use super::token_text::decode_leniently;
use super::{Cause, Standing, classify};
use crate::json::JsonString;
use crate::reference::{Names, Reference};
use crate::select::{KeySource, Member, members};

/// The maximum length in bytes of a name that is compared in other ways than as text.
const MAX_NAME: usize = 256;

/// How a key relates to the name in a header.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// It has the name, or the header names none.
    Named,
    /// It has another name, or no name.
    Other,
    /// The header's `kid` is not the key's `kid` but its `x5t#S256` or `x5t`.
    Thumbprint,
    /// The header's `kid` differs from the key's only in letter case.
    LetterCase,
    /// The header's `kid` and the key's are encodings of the same octets.
    Encoding,
}

impl Relation {
    pub(super) fn of(member: &Member<'_>, kid: Option<JsonString<'_>>) -> Self {
        match kid {
            _ if member.is_named => Self::Named,
            Some(kid) => Self::of_another(member.names, kid),
            None => Self::Other,
        }
    }

    fn of_another(names: Names<JsonString<'_>>, kid: JsonString<'_>) -> Self {
        let mut buffers = [[0; MAX_NAME]; 2];
        let mut near = |own: Option<JsonString<'_>>| {
            let [one, other] = &mut buffers;
            let own = own?.text(one)?;
            let kid = kid.text(other)?;
            if own.eq_ignore_ascii_case(kid) {
                // Letter case is significant in base64 but not in hexadecimal.
                return Some(if own == kid { Self::Named } else { Self::LetterCase });
            }
            are_same_octets(own.as_bytes(), kid.as_bytes()).then_some(Self::Encoding)
        };
        for thumbprint in [names.x5t_s256, names.x5t] {
            if matches!(near(thumbprint), Some(Self::Named | Self::Encoding)) {
                return Self::Thumbprint;
            }
        }
        near(names.kid).unwrap_or(Self::Other)
    }

    /// Returns the standing of the key that follows from this; `None` if it has the name.
    pub(super) const fn standing(self) -> Option<Standing> {
        match self {
            Self::Named => None,
            Self::Other => Some(Standing::OtherKid),
            Self::Thumbprint => Some(Standing::KidIsThumbprint),
            Self::LetterCase => Some(Standing::KidLetterCase),
            Self::Encoding => Some(Standing::KidEncoding),
        }
    }

    /// Returns the cause if no key has the name and this one nearly has it.
    pub(super) const fn cause(self) -> Option<Cause> {
        match self {
            Self::Named | Self::Other => None,
            Self::Thumbprint => Some(Cause::KidIsThumbprint),
            Self::LetterCase => Some(Cause::KidLetterCase),
            Self::Encoding => Some(Cause::KidEncoding),
        }
    }
}

/// How the keys relate to a token for which none was chosen.
pub(super) struct Survey {
    any_key: bool,
    any_kid: bool,
    /// Why the first key that nearly has the name in the header does not have it.
    near: Option<Cause>,
    /// Why the first key that could be meant is set aside.
    fault: Option<Cause>,
}

impl Survey {
    /// Examines every key.
    pub(super) fn of(keys: &impl KeySource, reference: Reference<'_>) -> Self {
        let mut survey = Self { any_key: false, any_kid: false, near: None, fault: None };
        for member in members(keys, reference) {
            survey.any_key = true;
            survey.any_kid |= member.names.kid.is_some();
            survey.near = survey.near.or(Relation::of(&member, reference.kid()).cause());
            let fault = member.outcome.err().filter(|reason| !classify::is_foreign(reason));
            survey.fault = survey.fault.or(fault.map(|reason| classify::key_error(&reason)));
        }
        survey
    }

    /// Replaces a cause by a more specific one, if there is one.
    pub(super) fn cause(self, cause: Cause) -> Cause {
        match cause {
            Cause::KidUnknown if self.any_kid => self.near.unwrap_or(cause),
            Cause::KidUnknown => self.near.unwrap_or(Cause::KeyWithoutKid),
            Cause::NoKeyForAlgorithm if !self.any_key => Cause::NoKeys,
            Cause::NoKeyForAlgorithm => self.fault.unwrap_or(cause),
            cause => cause,
        }
    }
}

/// Returns whether two texts are encodings of the same octets: percent-encoded or not, base64 of either
/// alphabet with or without padding, or one base64 and the other hexadecimal.
fn are_same_octets(one: &[u8], other: &[u8]) -> bool {
    let (mut one_buffer, mut other_buffer) = ([0; MAX_NAME], [0; MAX_NAME]);
    let (Some(one), Some(other)) = (plain(one, &mut one_buffer), plain(other, &mut other_buffer)) else {
        return false;
    };
    one == other || is_hex_of(one, other) || is_hex_of(other, one)
}

/// Returns the text without percent-encoding and padding, in the base64url alphabet.
fn plain<'b>(text: &[u8], buffer: &'b mut [u8]) -> Option<&'b [u8]> {
    let mut rest = text;
    let mut len = 0_usize;
    while let [first, after @ ..] = rest {
        let (octet, after) = match (first, after) {
            (b'%', [high, low, after @ ..]) => match hex_octet(*high, *low) {
                Some(octet) => (octet, after),
                None => return None,
            },
            _ => (*first, after),
        };
        rest = after;
        *buffer.get_mut(len)? = match octet {
            b'+' => b'-',
            b'/' => b'_',
            octet => octet,
        };
        len = len.checked_add(1)?;
    }
    let mut plain = buffer.get(..len)?;
    while let [start @ .., b'='] = plain {
        plain = start;
    }
    Some(plain)
}

/// Returns whether one text is the hexadecimal of the octets that the other encodes in base64url. Texts for
/// fewer octets than a digest has may both be plain names.
fn is_hex_of(hex: &[u8], base64: &[u8]) -> bool {
    let mut octets = [0; MAX_NAME];
    let Some(octets) = decode_leniently(base64, &mut octets).and_then(|len| octets.get(..len)) else {
        return false;
    };
    let (pairs, []) = hex.as_chunks::<2>() else { return false };
    octets.len() >= 16
        && pairs.iter().map(|[high, low]| hex_octet(*high, *low)).eq(octets.iter().copied().map(Some))
}

fn hex_octet(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}
