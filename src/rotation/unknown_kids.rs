//! The kids that no key had: which of them the latest set has been searched for already.

use alloc::collections::VecDeque;

use sha2::{Digest as _, Sha256};

use crate::json::JsonString;

/// How many are remembered.
pub(super) const MOST: usize = 32;

/// Kids that tokens had and no key, the oldest first.
///
/// They come from whoever can send a token. They are kept as digests, so that their length does not
/// count and none can be made up to be taken for another; the oldest makes room for the newest; and
/// what is forgotten costs one answer its precision, and no fetch.
#[derive(Clone, Debug, Default)]
pub(super) struct UnknownKids(VecDeque<Entry>);

#[derive(Clone, Copy, Debug)]
struct Entry {
    digest: [u8; 16],
    /// Whether a set that was fetched after the kid came was searched for it.
    in_vain: bool,
}

impl UnknownKids {
    pub(super) const fn new() -> Self {
        Self(VecDeque::new())
    }

    /// Remembers a kid. Whether it was looked up in vain already.
    pub(super) fn note(&mut self, kid: JsonString<'_>) -> bool {
        let digest = digest(kid);
        if let Some(entry) = self.0.iter().find(|entry| entry.digest == digest) {
            return entry.in_vain;
        }
        if self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back(Entry { digest, in_vain: false });
        false
    }

    /// A set is being fetched. What an earlier one did not have, this one may.
    pub(super) fn expect_set(&mut self) {
        self.0.iter_mut().for_each(|entry| entry.in_vain = false);
    }

    /// A set has come. A token that asks for one of these kids again was not helped by it.
    pub(super) fn look_up(&mut self) {
        self.0.iter_mut().for_each(|entry| entry.in_vain = true);
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Half of the SHA-256 of the characters, escapes resolved.
fn digest(kid: JsonString<'_>) -> [u8; 16] {
    let mut hash = Sha256::new();
    for character in kid.chars() {
        hash.update(character.encode_utf8(&mut [0; 4]));
    }
    let mut half = [0; 16];
    half.iter_mut().zip(hash.finalize()).for_each(|(place, byte)| *place = byte);
    half
}
