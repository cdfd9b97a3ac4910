//! Member names, so that no object has two of the same.

use core::ops::Range;

use super::span::{Kind, Span};
use super::{JsonString, MAX_OPEN_MEMBERS};
use crate::error::JsonErrorKind;

/// The names of the members of all open objects, to find a second one of the same name.
pub(crate) struct Names {
    /// 20 bits of where the name's opening quote stands, 12 bits of a digest of the name.
    entries: [u32; MAX_OPEN_MEMBERS],
    pub(super) open: u8,
    /// One bit for six bits of each digest that has been seen: where it is clear, the name is new.
    seen: u64,
}

impl Names {
    const DIGEST: u32 = 0xfff;

    // By value it would take twice the stack.
    #[inline(always)]
    pub(crate) const fn new() -> Self {
        Self { entries: [0; MAX_OPEN_MEMBERS], open: 0, seen: 0 }
    }

    /// Adds a name, unless it is among those from `base` on.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn insert(&mut self, text: &str, name: Span, base: u8) -> Result<(), JsonErrorKind> {
        let digest = digest(text, name);
        let entry = (name.start() << 12) | digest;
        let bit = 1 << (digest % 64);
        if self.seen & bit != 0 {
            self.compare(text, name, entry, base)?;
        }
        self.seen |= bit;
        *self.entries.get_mut(usize::from(self.open)).ok_or(JsonErrorKind::Members)? = entry;
        self.open = self.open.wrapping_add(1);
        Ok(())
    }

    /// Compares a name with those of its digest from `base` on.
    #[inline(never)]
    fn compare(&self, text: &str, name: Span, entry: u32, base: u8) -> Result<(), JsonErrorKind> {
        let seen = self.entries.get(usize::from(base)..usize::from(self.open)).unwrap_or_default();
        let mut alike = seen.iter().filter(|other| (**other ^ entry) & Self::DIGEST == 0);
        let name = name.contents(text);
        let same = |other: &u32| {
            let behind_the_quote = usize::try_from(*other >> 12).unwrap_or(0).wrapping_add(1);
            text.get(behind_the_quote..).is_some_and(|other| name.is_start_of(other))
        };
        if alike.any(same) { Err(JsonErrorKind::DuplicateName) } else { Ok(()) }
    }
}

/// A digest of the unescaped name: 12 bits made of its length and its first eight bytes. An attacker
/// can make names that share it; they are then compared, each with fewer than [`MAX_OPEN_MEMBERS`]
/// others.
#[cfg_attr(target_pointer_width = "64", inline(always))]
fn digest(text: &str, name: Span) -> u32 {
    let Range { start, end } = name.range();
    let length = end.wrapping_sub(start).wrapping_sub(2);
    let written = text.as_bytes().get(start.wrapping_add(1)..).unwrap_or_default();
    let (first, length) = match written.first_chunk() {
        Some(first) if name.kind() == Kind::Plain => {
            // What follows a short name is masked out.
            let used = u32::try_from(length.min(8)).unwrap_or(0).wrapping_mul(8);
            (u64::from_le_bytes(*first) & !u64::MAX.checked_shl(used).unwrap_or(0), length)
        }
        _ => resolved(name.contents(text)),
    };
    let mixed = first ^ u64::try_from(length).unwrap_or(0);
    u32::try_from(mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52).unwrap_or(0)
}

/// The first eight bytes and the length of a name, escapes resolved.
#[inline(never)]
fn resolved(name: JsonString<'_>) -> (u64, usize) {
    let mut first = [0; 8];
    let mut places = first.iter_mut();
    let length = name.chars().fold(0, |length: usize, character| {
        let mut buffer = [0; 4];
        let bytes = character.encode_utf8(&mut buffer).as_bytes();
        // The bytes come first: `zip` asks the other side only for what it can pair.
        bytes.iter().zip(places.by_ref()).for_each(|(byte, place)| *place = *byte);
        length.wrapping_add(bytes.len())
    });
    (u64::from_le_bytes(first), length)
}
