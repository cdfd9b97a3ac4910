//! Member names, to find duplicates within an object.
//!
//! There is no heap here, and an object may have thousands of members. The first [`KEPT`] names of the open
//! objects are kept while the text is read. An object with more is read again when it ends, one window of
//! [`WINDOW`] names after another: each name after a window is looked up in it. With N members in the open
//! objects, a byte is read again at most N / `WINDOW` + `MAX_DEPTH` times, whatever the names are.

use core::cmp::Ordering;

use super::fault::Fault;
use super::span::Span;
use super::structure::{Structure, byte_of, checked, marks, string_part_ends};
use super::{JsonString, MAX_LENGTH, Value};
use crate::error::JsonErrorKind;

/// The number of names kept while reading, which makes [`Names`] 128 octets. Few headers have as many
/// members, and few payloads as many claims.
pub(super) const KEPT: usize = 28;

const _: () = assert!(size_of::<Names>() == 128, "claims are copied, and go to stacks that may be small");

/// The number of names of a large object that are compared at a time; on a device, 512 octets of them.
#[cfg(not(target_pointer_width = "64"))]
const WINDOW: usize = 128;
#[cfg(target_pointer_width = "64")]
const WINDOW: usize = 512;

/// 2^64 divided by the golden ratio: its products differ in their upper bits if the factors differ.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/// A name as a number. The word of a name of up to seven octets is unique to that name.
///
/// A short name is its octets, the first lowest, padded with zeros. A longer name, or one with a NUL, is a
/// digest of its first eight octets, its last eight and its length; its top byte is all ones, which no short
/// name has.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Word(u64);

impl Word {
    /// Not the word of any name: its top byte is neither zero nor all ones.
    pub(crate) const NONE: u64 = 0xfe << 56;

    /// Returns the word of a short name, to compare words with.
    pub(crate) const fn of_short(name: &str) -> u64 {
        let mut octets = name.as_bytes();
        assert!(octets.len() < 8, "longer names have no word of their own");
        let mut word = 0;
        while let [rest @ .., last] = octets {
            #[expect(clippy::as_conversions, reason = "constant, and u64::from is not")]
            let octet = *last as u64;
            word = word << 8 | octet;
            octets = rest;
        }
        word
    }

    /// Returns the number, to compare it with those of short names.
    pub(crate) const fn get(self) -> u64 {
        self.0
    }

    /// Returns the word and length of a name of up to seven octets, from what follows its opening quote;
    /// `None` if it is longer or has escapes.
    pub(super) fn of_quoted(octets: [u8; 8]) -> Option<(Self, usize)> {
        let octets = u64::from_le_bytes(octets);
        let found = marks(octets, string_part_ends(octets));
        let bits = found.trailing_zeros() & !7;
        // Without a mark this looks at the first octet, which is then not a quote.
        if octets.wrapping_shr(bits) & 0xff != u64::from(b'"') {
            return None;
        }
        // Masks out what follows the name.
        let word = octets & !u64::MAX.wrapping_shl(bits);
        Some((Self(word), byte_of(found)))
    }

    /// Returns the word of a name.
    pub(super) fn of(name: JsonString<'_>) -> Self {
        #[cfg(target_pointer_width = "64")]
        if let Some(word) = name.as_str().and_then(Self::of_words) {
            return word;
        }
        let mut octets = Octets::default();
        match name.as_str() {
            Some(name) => name.bytes().for_each(|octet| octets.push(octet)),
            None => name.for_each_octet(|octet| octets.push(octet)),
        }
        octets.word()
    }

    /// Returns the word of an unescaped name, unless it is very short, or short with a NUL.
    #[cfg(target_pointer_width = "64")]
    fn of_words(name: &str) -> Option<Self> {
        let octets = name.as_bytes();
        if let (Some(first), Some(last)) = (octets.first_chunk(), octets.last_chunk()) {
            let length = u64::try_from(octets.len()).ok()?;
            return Some(Self::long(u64::from_le_bytes(*first), u64::from_be_bytes(*last), length));
        }
        // Four octets from the start and four up to the end.
        let (first, last) = (octets.first_chunk()?, octets.last_chunk()?);
        let between = u32::try_from(octets.len().wrapping_sub(4)).ok()?;
        let last = u64::from(u32::from_le_bytes(*last)).wrapping_shl(between.wrapping_mul(8));
        let word = Self(u64::from(u32::from_le_bytes(*first)) | last);
        (!octets.contains(&0)).then_some(word)
    }

    const fn long(first: u64, last: u64, length: u64) -> Self {
        let mixed = first ^ last.rotate_left(29) ^ length;
        Self(mixed.wrapping_mul(MULTIPLIER) | 0xff << 56)
    }

    /// Returns twelve bits, which many names share.
    fn digest(self) -> u32 {
        let [first, second, ..] = self.0.wrapping_mul(MULTIPLIER).to_be_bytes();
        u32::from(u16::from_be_bytes([first, second]) >> 4)
    }
}

/// The octets of a name, taken one at a time.
#[derive(Default)]
struct Octets {
    first: u64,
    last: u64,
    length: u32,
    nul: bool,
}

impl Octets {
    fn push(&mut self, octet: u8) {
        let octet = u64::from(octet);
        // The first octet is the lowest of the first eight; the last is the lowest of the last eight.
        if self.length < 8 {
            self.first |= octet.wrapping_shl(self.length.wrapping_mul(8));
        }
        self.last = self.last << 8 | octet;
        self.nul |= octet == 0;
        self.length = self.length.wrapping_add(1);
    }

    fn word(self) -> Word {
        let is_short = self.length < 8 && !self.nul;
        if is_short { Word(self.first) } else { Word::long(self.first, self.last, self.length.into()) }
    }
}

/// Returns an offset in the bits that an entry has for it.
#[expect(clippy::as_conversions, reason = "exact up to MAX_LENGTH")]
const fn packed(offset: usize) -> u32 {
    debug_assert!(offset <= MAX_LENGTH, "no text is longer");
    offset as u32
}

#[expect(clippy::as_conversions, reason = "exact, since it was a usize")]
const fn unpacked(packed: u32) -> usize {
    packed as usize
}

/// The position of a name, and its digest.
///
/// ```text
///  31              12 11       0
/// | its opening quote | digest  |
/// ```
#[derive(Clone, Copy)]
struct Entry(u32);

const _: () = assert!(MAX_LENGTH <= 1 << 20, "a name's start has 20 bits");

impl Entry {
    const NONE: Self = Self(0);

    fn new(word: Word, start: usize) -> Self {
        Self(packed(start) << 12 | word.digest())
    }

    const fn digest(self) -> u32 {
        self.0 & 0xfff
    }

    const fn start(self) -> usize {
        unpacked(self.0 >> 12)
    }

    /// Returns what follows the opening quote.
    fn written(self, text: &str) -> &str {
        let written = text.get(self.start().wrapping_add(1)..);
        debug_assert!(written.is_some(), "an entry is of its text");
        written.unwrap_or_default()
    }
}

/// The names of open objects, in the order of the text: those of an outer object come before those of the
/// objects inside it.
#[derive(Clone, Copy)]
pub(crate) struct Names {
    entries: [Entry; KEPT],
    open: u8,
    /// One bit for six bits of each digest seen: if it is clear, the name is new.
    seen: u64,
}

impl Names {
    pub(crate) const fn new() -> Self {
        Self { entries: [Entry::NONE; KEPT], open: 0, seen: 0 }
    }

    pub(super) const fn open(&self) -> u8 {
        self.open
    }

    /// Removes the names from `open` on: their object has ended, or is checked again when it does.
    pub(super) fn close(&mut self, open: u8) {
        debug_assert!(open <= self.open, "objects end inside out");
        self.open = open;
    }

    /// Adds the name of a member to those of its object, which begin at `base` and may have `room` more
    /// members. Returns whether it was kept.
    // Inlined: otherwise a header takes 5 % more instructions, and claims 4 %.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    pub(super) fn insert(
        &mut self,
        text: &str,
        (word, name): (Word, Span),
        base: u8,
        room: &mut usize,
    ) -> Result<bool, Fault> {
        let Some(rest) = room.checked_sub(1) else {
            return Err(Fault::at(JsonErrorKind::TooManyMembers, name.start()));
        };
        *room = rest;
        let entry = Entry::new(word, name.start());
        let bit = 1_u64.wrapping_shl(entry.digest());
        if self.seen & bit != 0 && self.has(text, name, entry, base) {
            return Err(Fault::at(JsonErrorKind::DuplicateName, name.start()));
        }
        let Some(place) = self.entries.get_mut(usize::from(self.open)) else {
            return Ok(false);
        };
        *place = entry;
        self.seen |= bit;
        self.open = self.open.wrapping_add(1);
        Ok(true)
    }

    /// Returns whether a name is among those from `base` on.
    fn has(&self, text: &str, name: Span, entry: Entry, base: u8) -> bool {
        let name = name.contents(text);
        let mut alike = self.of_digest(entry, base);
        alike.any(|other| name.compare_start(other.written(text)) == Ordering::Equal)
    }

    /// Returns the names with this digest from `base` on.
    fn of_digest(&self, entry: Entry, base: u8) -> impl Iterator<Item = &Entry> {
        let own = self.entries.get(usize::from(base)..usize::from(self.open));
        debug_assert!(own.is_some(), "a level starts before it ends");
        own.unwrap_or_default().iter().filter(move |other| other.digest() == entry.digest())
    }

    /// Returns the value of the member with this name in the object of these names, unless its name was not
    /// kept.
    pub(crate) fn get<'t>(&self, object: &'t str, name: &str) -> Option<Value<'t>> {
        let word = Word::of(JsonString::new(name, false));
        let mut alike = self.of_digest(Entry::new(word, 0), 0);
        alike.find_map(|other| {
            let start = other.start();
            let written = object.as_bytes().get(start.wrapping_add(1)..).and_then(<[u8]>::first_chunk);
            let value = match written.and_then(|octets| Word::of_quoted(*octets)) {
                // Short names are equal if their words are.
                Some((short, length)) => {
                    let end = start.wrapping_add(length).wrapping_add(2);
                    if short == word { Structure::new(object, end).value_of_member() } else { None }
                }
                None => {
                    let mut member = Structure::new(object, start);
                    let found = checked(member.string());
                    let name_is_same = found.is_some_and(|found| found.contents(object) == *name);
                    if name_is_same { member.value_of_member() } else { None }
                }
            }?;
            Some(value.value(object))
        })
    }

    /// Returns whether all names were kept for certain: if the array is full, there may have been more.
    pub(crate) fn are_all(&self) -> bool {
        usize::from(self.open) < KEPT
    }
}

/// Checks the names of an object that has been read, starts at `start`, and has more names than were kept.
#[cold]
pub(super) fn check_large(text: &str, start: usize) -> Result<(), Fault> {
    match second_of_a_name::<WINDOW>(text, start) {
        Some(name) => Err(Fault::at(JsonErrorKind::DuplicateName, name.start())),
        None => Ok(()),
    }
}

/// Returns a name that occurs earlier in the object, if there is one.
fn second_of_a_name<const N: usize>(text: &str, start: usize) -> Option<Span> {
    let mut behind = Structure::new(text, start);
    loop {
        let mut window = Window { entries: [Entry::NONE; N], len: 0 };
        while window.len < N {
            let (name, _) = behind.member()?;
            match window.place_of(text, name) {
                Ok(_) => return Some(name),
                Err(place) => window.insert(place, Entry::new(Word::of(name.contents(text)), name.start())),
            }
        }
        let mut ahead = behind.clone();
        while let Some((name, _)) = ahead.member() {
            if window.place_of(text, name).is_ok() {
                return Some(name);
            }
        }
    }
}

/// Names of one object, sorted by digest, then by octets.
struct Window<const N: usize> {
    entries: [Entry; N],
    len: usize,
}

impl<const N: usize> Window<N> {
    /// Returns where a name is, or where it would be.
    fn place_of(&self, text: &str, name: Span) -> Result<usize, usize> {
        let digest = Entry::new(Word::of(name.contents(text)), 0).digest();
        let own = self.entries.get(..self.len);
        debug_assert!(own.is_some(), "a window has room for its names");
        own.unwrap_or_default().binary_search_by(|other| {
            let order = other.digest().cmp(&digest);
            order.then_with(|| name.contents(text).compare_start(other.written(text)).reverse())
        })
    }

    /// Inserts an entry. There must be room for it.
    fn insert(&mut self, place: usize, entry: Entry) {
        self.len = self.len.wrapping_add(1);
        let from_there = self.entries.get_mut(place..self.len);
        debug_assert!(from_there.is_some(), "a full window takes no more");
        let mut moved = entry;
        for other in from_there.unwrap_or_default() {
            core::mem::swap(other, &mut moved);
        }
    }
}

#[cfg(all(test, feature = "alloc"))]
#[expect(clippy::indexing_slicing, clippy::expect_used, reason = "tests may panic")]
mod tests {
    use super::super::structure::Structure;
    use super::{Word, second_of_a_name};
    use alloc::format;
    use alloc::vec::Vec;

    /// Returns the word of the first name of an object.
    fn word(name: &str) -> u64 {
        let object = format!("{{{name}:0        }}");
        let (span, _) = Structure::new(&object, 0).member().expect("a member");
        let word = Word::of(span.contents(&object));
        let octets = *object.as_bytes()[2..].first_chunk().expect("eight octets");
        // If the fast path returns a word, it is the same.
        assert!(Word::of_quoted(octets).is_none_or(|(short, _)| short == word), "{name}");
        word.get()
    }

    #[test]
    fn one_name_one_word() {
        for (plain, spellings) in [
            ("\"\"", &[][..]),
            (r#""a""#, &[r#""\u0061""#][..]),
            (r#""alg""#, &[r#""\u0061lg""#, r#""al\u0067""#, r#""\u0061\u006c\u0067""#]),
            (r#""a/b""#, &[r#""a\/b""#, r#""a\u002fb""#]),
            (r#""sevenaa""#, &[r#""sevena\u0061""#]),
            (r#""eight888""#, &[r#""\u0065ight888""#, r#""eight88\u0038""#]),
            (r#""longer than eight""#, &[r#""longer\u0020than eight""#, r#""longer than eigh\u0074""#]),
            ("\"\u{e9}\"", &[r#""\u00e9""#, r#""\u00E9""#]),
            ("\"\u{1f511}\"", &[r#""\ud83d\udd11""#]),
        ] {
            for spelling in spellings {
                assert_eq!(word(plain), word(spelling), "{plain} {spelling}");
            }
        }
        assert_eq!(word(r#""exp""#), Word::of_short("exp"));
        // A NUL is an octet, not the end.
        let with_nul = [r#""a""#, r#""a\u0000""#, r#""\u0000a""#, r#""\u0000""#, "\"\""].map(word);
        for (place, word) in with_nul.iter().enumerate() {
            assert!(!with_nul[..place].contains(word), "{place}");
        }
    }

    /// Every pair of places, with windows smaller and larger than the object.
    #[test]
    fn windows() {
        for count in 1..=10 {
            let object = |twice: Option<(usize, usize)>| {
                let name = |place| match twice {
                    Some((first, second)) if place == second => first,
                    _ => place,
                };
                let members: Vec<_> =
                    (0..count).map(|place| format!(r#""n{}":[{{}}]"#, name(place))).collect();
                format!("{{{}}}", members.join(","))
            };
            let found = |text: &str| {
                let starts = [
                    second_of_a_name::<1>(text, 0),
                    second_of_a_name::<2>(text, 0),
                    second_of_a_name::<3>(text, 0),
                    second_of_a_name::<7>(text, 0),
                    second_of_a_name::<20>(text, 0),
                ];
                starts.map(|name| name.map(|name| name.start()))
            };
            assert_eq!(found(&object(None)), [None; 5]);
            for second in 1..count {
                for first in 0..second {
                    let text = object(Some((first, second)));
                    let again = text.rfind(&format!(r#""n{first}""#));
                    assert_eq!(found(&text), [again; 5], "{text}");
                }
            }
        }
    }
}
