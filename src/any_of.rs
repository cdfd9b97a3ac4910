//! Non-empty lists of accepted texts, borrowed or owned.

#[cfg(feature = "alloc")]
use alloc::boxed::Box;
use core::fmt;

/// A list of accepted texts; never empty.
///
/// ```
/// use jose_core::{AnyOf, error::EmptyList};
///
/// const SERVICES: AnyOf<'_> = AnyOf::new(&["api", "web"]);
/// assert!(SERVICES.iter().eq(["api", "web"]));
///
/// // From configuration. The result borrows nothing.
/// # #[cfg(feature = "alloc")] {
/// let configured: Vec<String> = vec!["api".to_owned(), "web".to_owned()];
/// let audiences: AnyOf<'static> = AnyOf::owned(configured)?;
/// assert_eq!(audiences, SERVICES);
///
/// let none: Vec<String> = Vec::new();
/// assert_eq!(AnyOf::owned(none), Err(EmptyList));
/// # }
/// # Ok::<(), EmptyList>(())
/// ```
#[derive(Clone)]
pub struct AnyOf<'t>(Texts<'t>);

#[derive(Clone)]
enum Texts<'t> {
    One(&'t str),
    Borrowed(&'t [&'t str]),
    #[cfg(feature = "alloc")]
    Owned(Box<[Box<str>]>),
}

impl<'t> AnyOf<'t> {
    /// Creates a list that borrows these texts. An empty array does not compile.
    #[must_use]
    pub const fn new<const N: usize>(texts: &'t [&'t str; N]) -> Self {
        const { assert!(N > 0, "expected at least one text, found an empty array") }
        Self(Texts::Borrowed(texts))
    }

    /// Creates a list that owns its texts.
    ///
    /// # Errors
    ///
    /// [`EmptyList`] if there is no text.
    #[cfg(feature = "alloc")]
    pub fn owned(texts: impl IntoIterator<Item = impl Into<Box<str>>>) -> Result<AnyOf<'static>, EmptyList> {
        let texts: Box<[Box<str>]> = texts.into_iter().map(Into::into).collect();
        if texts.is_empty() { Err(EmptyList) } else { Ok(AnyOf(Texts::Owned(texts))) }
    }

    /// Creates a list of one text.
    pub(crate) const fn one(text: &'t str) -> Self {
        Self(Texts::One(text))
    }

    /// Returns the texts, in order.
    #[must_use]
    pub fn iter(&self) -> AnyOfTexts<'_> {
        AnyOfTexts(match &self.0 {
            Texts::One(text) => Rest::Borrowed(core::slice::from_ref(text).iter()),
            Texts::Borrowed(texts) => Rest::Borrowed(texts.iter()),
            #[cfg(feature = "alloc")]
            Texts::Owned(texts) => Rest::Owned(texts.iter()),
        })
    }
}

impl<'l> IntoIterator for &'l AnyOf<'_> {
    type Item = &'l str;
    type IntoIter = AnyOfTexts<'l>;

    fn into_iter(self) -> AnyOfTexts<'l> {
        self.iter()
    }
}

/// The texts of an [`AnyOf`], in order: see [`AnyOf::iter`].
#[derive(Clone, Debug)]
pub struct AnyOfTexts<'l>(Rest<'l>);

#[derive(Clone, Debug)]
enum Rest<'l> {
    Borrowed(core::slice::Iter<'l, &'l str>),
    #[cfg(feature = "alloc")]
    Owned(core::slice::Iter<'l, Box<str>>),
}

impl<'l> Iterator for AnyOfTexts<'l> {
    type Item = &'l str;

    #[inline]
    fn next(&mut self) -> Option<&'l str> {
        match &mut self.0 {
            Rest::Borrowed(texts) => texts.next().copied(),
            #[cfg(feature = "alloc")]
            Rest::Owned(texts) => texts.next().map(|text| &**text),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Rest::Borrowed(texts) => texts.size_hint(),
            #[cfg(feature = "alloc")]
            Rest::Owned(texts) => texts.size_hint(),
        }
    }
}

impl ExactSizeIterator for AnyOfTexts<'_> {}

impl<'t> From<&'t str> for AnyOf<'t> {
    fn from(text: &'t str) -> Self {
        Self::one(text)
    }
}

impl core::iter::FusedIterator for AnyOfTexts<'_> {}

#[cfg(feature = "alloc")]
impl<'t> From<&'t alloc::string::String> for AnyOf<'t> {
    fn from(text: &'t alloc::string::String) -> Self {
        Self::one(text)
    }
}

impl<'t, const N: usize> From<&'t [&'t str; N]> for AnyOf<'t> {
    fn from(texts: &'t [&'t str; N]) -> Self {
        Self::new(texts)
    }
}

impl<'t> TryFrom<&'t [&'t str]> for AnyOf<'t> {
    type Error = EmptyList;

    fn try_from(texts: &'t [&'t str]) -> Result<Self, EmptyList> {
        if texts.is_empty() { Err(EmptyList) } else { Ok(Self(Texts::Borrowed(texts))) }
    }
}

#[cfg(feature = "alloc")]
impl From<alloc::string::String> for AnyOf<'_> {
    fn from(text: alloc::string::String) -> Self {
        Self(Texts::Owned([text.into()].into()))
    }
}

impl PartialEq for AnyOf<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for AnyOf<'_> {}

impl fmt::Debug for AnyOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// A list of accepted texts is empty: nothing would be accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmptyList;

impl fmt::Display for EmptyList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("list of accepted values: expected at least one, found none: no token would be accepted")
    }
}

impl core::error::Error for EmptyList {}
