//! What an error shows of untrusted texts.

use core::fmt::{self, Write as _};

/// The start of a text from a token, a key or a policy, or of up to three such texts: 46 bytes in all. It
/// needs no heap. Without the feature `alloc` it is 28 bytes of the first text, with `?` for each character
/// outside ASCII.
///
/// `Display` writes it in double quotes, safe for a terminal and a log: anything but printable ASCII is
/// written as `\u{...}`, and `"` and `\` are preceded by a `\`. With `alloc`, no two characters look alike.
/// `...` outside the quotes marks where a text was cut; `{:#}` omits the quotes. Of two texts that are
/// compared, the first difference is shown, however far into the text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Excerpt {
    /// UTF-8, with `END` after each text and `CUT` where something was left out: neither byte occurs in
    /// UTF-8.
    bytes: [u8; Self::MAX],
    len: u8,
    /// The number of texts that are not shown.
    more: u8,
}

impl Excerpt {
    /// A device has no room for more: a result takes this space in the stack frame of each caller.
    const MAX: usize = if cfg!(feature = "alloc") { 48 } else { 30 };
    const END: u8 = 0xff;
    const CUT: u8 = 0xfe;

    /// The maximum number of texts that are shown.
    pub(crate) const TEXTS: usize = if cfg!(feature = "alloc") { 3 } else { 1 };

    /// No text.
    pub(crate) const NONE: Self = Self { bytes: [0; Self::MAX], len: 0, more: 0 };

    pub(crate) fn new(characters: impl Iterator<Item = char>) -> Self {
        let mut excerpt = Self::NONE;
        excerpt.push(characters, 0, 1);
        excerpt
    }

    /// Adds a text whose first `same` bytes equal those of the text it is compared with. The remaining room
    /// is shared among `texts` texts: this one and those to come.
    pub(crate) fn push(&mut self, characters: impl Iterator<Item = char>, same: usize, texts: usize) {
        let start = usize::from(self.len);
        let Some(room) = Self::MAX.wrapping_sub(start).checked_div(texts) else {
            // All ones are shown as more than that.
            self.more = self.more.saturating_add(1);
            return;
        };
        debug_assert!((16..=Self::MAX).contains(&room), "the texts before left their share of it");
        // Leaves room for the mark and the end.
        let last = start.wrapping_add(room).wrapping_sub(2);
        // If the first difference, of up to four bytes, would be cut off, the excerpt starts shortly before
        // it.
        let mut skip = 0_usize;
        if same.wrapping_add(6) > room {
            skip = same.wrapping_sub(room / 2).wrapping_add(3);
            self.append(Self::CUT);
        }
        for character in characters {
            if skip > 0 {
                // A character is not cut in two.
                skip = skip.saturating_sub(Self::width(character));
                continue;
            }
            if usize::from(self.len).wrapping_add(Self::width(character)) > last {
                self.append(Self::CUT);
                break;
            }
            if cfg!(feature = "alloc") {
                character.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| self.append(byte));
            } else {
                self.append(u8::try_from(character).ok().filter(u8::is_ascii).unwrap_or(b'?'));
            }
        }
        self.append(Self::END);
    }

    /// Returns how many bytes are kept of a character.
    pub(crate) const fn width(character: char) -> usize {
        if cfg!(feature = "alloc") { character.len_utf8() } else { 1 }
    }

    fn append(&mut self, byte: u8) {
        let place = self.bytes.get_mut(usize::from(self.len));
        debug_assert!(place.is_some(), "the texts share the room");
        if let Some(place) = place {
            *place = byte;
            self.len = self.len.wrapping_add(1);
        }
    }

    /// Returns the texts, each with the marks before and after it.
    fn texts(&self) -> impl Iterator<Item = (bool, &str, bool)> {
        let mut bytes = &self.bytes[..];
        // Of the standard library's ways to split, the compiler cannot tell that they do not panic.
        let texts = core::iter::from_fn(move || {
            let end = bytes.iter().position(|byte| *byte == Self::END)?;
            let (text, behind) = bytes.split_at_checked(end)?;
            bytes = behind.get(1..)?;
            Some(text)
        });
        texts.filter_map(|text| {
            let behind = text.strip_prefix(&[Self::CUT]);
            let whole = behind.unwrap_or(text);
            let before = whole.strip_suffix(&[Self::CUT]);
            let text = core::str::from_utf8(before.unwrap_or(whole));
            debug_assert!(text.is_ok(), "what is kept of a character is UTF-8");
            Some((behind.is_some(), text.ok()?, before.is_some()))
        })
    }

    /// Returns the start of the first text as it was written, not escaped.
    pub(crate) fn as_str(&self) -> &str {
        self.texts().next().map_or("", |(_, text, _)| text)
    }
}

/// A character written in printable ASCII, so that it cannot be mistaken for another.
pub(crate) struct Escaped(pub(crate) char);

impl Escaped {
    /// Returns the number of characters written.
    pub(crate) fn len(&self) -> usize {
        match self.0 {
            '"' | '\\' => 2,
            ' '..='~' => 1,
            character => character.escape_unicode().len(),
        }
    }
}

impl fmt::Display for Escaped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            character @ ('"' | '\\') => write!(f, "\\{character}"),
            character @ ' '..='~' => f.write_char(character),
            character => write!(f, "{}", character.escape_unicode()),
        }
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quote = if f.alternate() { "" } else { "\"" };
        if self.len == 0 {
            f.write_str("none")?;
        }
        for (number, (cut_before, text, cut_behind)) in self.texts().enumerate() {
            f.write_str(if number == 0 { "" } else { ", " })?;
            write!(f, "{}{quote}", if cut_before { "..." } else { "" })?;
            text.chars().try_for_each(|character| Escaped(character).fmt(f))?;
            write!(f, "{quote}{}", if cut_behind { "..." } else { "" })?;
        }
        match self.more {
            0 => Ok(()),
            u8::MAX => f.write_str(" and more than 254 others"),
            more => write!(f, " and {more} more"),
        }
    }
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
