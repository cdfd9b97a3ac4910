//! The algorithms that this crate verifies, and the one table that describes them.

use core::fmt;
use core::ops::BitOr;

/// A JWS signature or MAC algorithm (RFC 7518 §3.1, RFC 8037 §3.1).
///
/// The enum names what the crate implements and nothing else: there is no variant for `none`. A build
/// verifies only the algorithms whose feature is enabled ([`is_enabled`](Self::is_enabled)); any other `alg`
/// is refused before keys are considered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-256 (RFC 7518 §3.2).
    Hs256,
    /// HMAC with SHA-384 (RFC 7518 §3.2).
    Hs384,
    /// HMAC with SHA-512 (RFC 7518 §3.2).
    Hs512,
    /// ECDSA on P-256 with SHA-256 (RFC 7518 §3.4).
    Es256,
    /// ECDSA on P-384 with SHA-384 (RFC 7518 §3.4).
    Es384,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3).
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384 (RFC 7518 §3.3).
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512 (RFC 7518 §3.3).
    Rs512,
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 octets (RFC 7518 §3.5).
    Ps256,
    /// RSASSA-PSS with SHA-384, MGF1 with SHA-384 and a salt of 48 octets (RFC 7518 §3.5).
    Ps384,
    /// RSASSA-PSS with SHA-512, MGF1 with SHA-512 and a salt of 64 octets (RFC 7518 §3.5).
    Ps512,
    /// Ed25519 (RFC 8032 §5.1). Headers and keys call it `Ed25519` (RFC 9864 §2.2) or `EdDSA`
    /// (RFC 8037 §3.1); both names mean this algorithm. `EdDSA` with Ed448 is not supported.
    Ed25519,
}

/// A kind of key, shared by algorithms.
#[derive(Clone, Copy)]
pub(crate) struct Family {
    /// `kty` (RFC 7518 §6.1).
    pub(crate) kty: &'static str,
    /// `crv`, if this `kty` has one (RFC 7518 §6.2.1.1).
    pub(crate) crv: Option<&'static str>,
    /// All algorithms that such a key can be used with, enabled in this build or not.
    pub(crate) carries: AlgorithmSet,
}

const SECRET: Family = Family {
    kty: "oct",
    crv: None,
    carries: AlgorithmSet::only(Algorithm::Hs256).or(Algorithm::Hs384).or(Algorithm::Hs512),
};
const P256: Family = Family { kty: "EC", crv: Some("P-256"), carries: AlgorithmSet::only(Algorithm::Es256) };
const P384: Family = Family { kty: "EC", crv: Some("P-384"), carries: AlgorithmSet::only(Algorithm::Es384) };
const RSA: Family = Family {
    kty: "RSA",
    crv: None,
    carries: AlgorithmSet::only(Algorithm::Rs256)
        .or(Algorithm::Rs384)
        .or(Algorithm::Rs512)
        .or(Algorithm::Ps256)
        .or(Algorithm::Ps384)
        .or(Algorithm::Ps512),
};
const ED25519: Family =
    Family { kty: "OKP", crv: Some("Ed25519"), carries: AlgorithmSet::only(Algorithm::Ed25519) };

/// What else there is to an algorithm, under one of its names.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) algorithm: Algorithm,
    pub(crate) name: &'static str,
    pub(crate) family: Family,
    enabled: bool,
}

/// The second name of Ed25519.
const EDDSA: Row = Row { name: "EdDSA", ..*Algorithm::Ed25519.row() };

/// All rows: those of [`Algorithm::ALL`], then that of a second name.
const ROWS: [&Row; 13] = {
    let mut rows = [&EDDSA; 13];
    let mut place = 0;
    #[expect(clippy::indexing_slicing, clippy::as_conversions, reason = "all of this is constant")]
    while place < Algorithm::ALL.len() {
        rows[place] = Algorithm::ALL[place].row();
        assert!(rows[place].algorithm as usize == place, "a row names its algorithm");
        place += 1;
    }
    rows
};

/// The rows of the algorithms that this build verifies. Tokens and keys are compared with these alone, so
/// that a device does not store the names of the others.
pub(crate) static ENABLED: [Row; enabled()] = {
    let mut enabled = [*ROWS[0]; enabled()];
    let (mut from, mut to) = (0, 0);
    #[expect(clippy::indexing_slicing, reason = "all of this is constant")]
    while from < ROWS.len() {
        if ROWS[from].enabled {
            enabled[to] = *ROWS[from];
            to += 1;
        }
        from += 1;
    }
    enabled
};

/// Counts the enabled rows.
const fn enabled() -> usize {
    let (mut place, mut count) = (0, 0);
    #[expect(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "all of this is constant")]
    while place < ROWS.len() {
        if ROWS[place].enabled {
            count += 1;
        }
        place += 1;
    }
    count
}

/// What this build supports, as messages list it.
pub(crate) enum Enabled {
    /// The names of its algorithms: `HS256, ES256 and RS256`.
    Names,
    /// The values of `kty`: `oct, EC and RSA`.
    Ktys,
    /// The values of `crv` for this `kty`: `"P-256" or "P-384"`.
    Crvs(&'static str),
}

impl fmt::Display for Enabled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = ENABLED.iter();
        match *self {
            Self::Names => list(f, rows.map(|row| row.name), "", "and"),
            Self::Ktys => list(f, rows.map(|row| row.family.kty), "", "and"),
            Self::Crvs(kty) => {
                let of_kty = rows.filter(|row| row.family.kty == kty);
                list(f, of_kty.filter_map(|row| row.family.crv), "\"", "or")
            }
        }
    }
}

/// Writes `a, b and c`, each item once. Equal items must be adjacent.
fn list<'t>(
    f: &mut fmt::Formatter<'_>,
    all: impl Iterator<Item = &'t str> + Clone,
    quote: &str,
    last: &str,
) -> fmt::Result {
    let before = core::iter::once("").chain(all.clone());
    let mut words = all.zip(before).filter(|(word, before)| word != before).map(|(word, _)| word).peekable();
    let mut first = true;
    while let Some(word) = words.next() {
        match (first, words.peek()) {
            (true, _) => {}
            (false, Some(_)) => f.write_str(", ")?,
            (false, None) => write!(f, " {last} ")?,
        }
        write!(f, "{quote}{word}{quote}")?;
        first = false;
    }
    Ok(())
}

/// What a message adds to the name of an algorithm, a `kty` or a `crv` that this crate implements: the
/// feature that this build lacks.
pub(crate) struct FeatureOff<'n>(pub(crate) &'n str);

impl fmt::Display for FeatureOff<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let has =
            |row: &&Row| [row.name, row.family.kty, row.family.crv.unwrap_or(row.name)].contains(&self.0);
        let Some(row) = ROWS.into_iter().find(has).filter(|row| !row.enabled) else { return Ok(()) };
        let name = row.algorithm.name().chars().map(|letter| letter.to_ascii_lowercase());
        f.write_str(" (this build is without the feature ")?;
        name.into_iter().try_for_each(|letter| fmt::Write::write_char(f, letter))?;
        f.write_str(")")
    }
}

impl Algorithm {
    /// All implemented algorithms, in the order in which messages list them.
    pub const ALL: &'static [Self] = &[
        Self::Hs256,
        Self::Hs384,
        Self::Hs512,
        Self::Es256,
        Self::Es384,
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Ed25519,
    ];

    /// Returns what else there is to the algorithm, with its own name.
    const fn row(self) -> &'static Row {
        const fn row(algorithm: Algorithm, name: &'static str, family: Family, enabled: bool) -> Row {
            Row { algorithm, name, family, enabled }
        }
        match self {
            Self::Hs256 => const { &row(Self::Hs256, "HS256", SECRET, cfg!(feature = "hs256")) },
            Self::Hs384 => const { &row(Self::Hs384, "HS384", SECRET, cfg!(feature = "hs384")) },
            Self::Hs512 => const { &row(Self::Hs512, "HS512", SECRET, cfg!(feature = "hs512")) },
            Self::Es256 => const { &row(Self::Es256, "ES256", P256, cfg!(feature = "es256")) },
            Self::Es384 => const { &row(Self::Es384, "ES384", P384, cfg!(feature = "es384")) },
            Self::Rs256 => const { &row(Self::Rs256, "RS256", RSA, cfg!(feature = "rs256")) },
            Self::Rs384 => const { &row(Self::Rs384, "RS384", RSA, cfg!(feature = "rs384")) },
            Self::Rs512 => const { &row(Self::Rs512, "RS512", RSA, cfg!(feature = "rs512")) },
            Self::Ps256 => const { &row(Self::Ps256, "PS256", RSA, cfg!(feature = "ps256")) },
            Self::Ps384 => const { &row(Self::Ps384, "PS384", RSA, cfg!(feature = "ps384")) },
            Self::Ps512 => const { &row(Self::Ps512, "PS512", RSA, cfg!(feature = "ps512")) },
            Self::Ed25519 => const { &row(Self::Ed25519, "Ed25519", ED25519, cfg!(feature = "ed25519")) },
        }
    }

    /// Returns the registered name, the value of `alg` (RFC 7518 §3.1). For [`Ed25519`](Self::Ed25519) this
    /// is `Ed25519`: `EdDSA` is deprecated, and names Ed448 as well (RFC 9864 §4.1.2).
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// Returns the algorithm with exactly this registered name, which may be `EdDSA`. Names are
    /// case-sensitive (RFC 7515 §4.1.1).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        ROWS.iter().find(|row| row.name == name).map(|row| row.algorithm)
    }

    /// Returns the `kty` of the keys that it verifies with (RFC 7518 §6.1).
    #[must_use]
    pub const fn kty(self) -> &'static str {
        self.row().family.kty
    }

    /// Returns the `crv` of these keys, if their `kty` has one (RFC 7518 §6.2.1.1).
    #[must_use]
    pub const fn crv(self) -> Option<&'static str> {
        self.row().family.crv
    }

    /// Returns whether it verifies with a public key rather than a shared secret.
    #[must_use]
    pub const fn is_asymmetric(self) -> bool {
        !SECRET.carries.contains(self)
    }

    /// Returns whether it verifies with an RSA key.
    pub(crate) const fn is_rsa(self) -> bool {
        RSA.carries.contains(self)
    }

    /// Returns whether this build verifies it: whether the feature with its name, in lower case, is enabled.
    #[must_use]
    pub const fn is_enabled(self) -> bool {
        self.row().enabled
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The algorithms that a caller accepts; never empty. An [`Algorithm`], an array of them, and several joined
/// by `|` convert into a set; [`only`](Self::only) and [`or`](Self::or) are for constants.
///
/// ```
/// use jose_core::{Algorithm, AlgorithmSet};
///
/// let allowed = Algorithm::Rs256 | Algorithm::Es256;
/// assert!(allowed.contains(Algorithm::Es256));
/// assert_eq!(allowed.to_string(), "ES256 or RS256");
///
/// const ALLOWED: AlgorithmSet = AlgorithmSet::only(Algorithm::Rs256).or(Algorithm::Es256);
/// assert_eq!(AlgorithmSet::from([Algorithm::Es256, Algorithm::Rs256]), ALLOWED);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AlgorithmSet(u16);

impl AlgorithmSet {
    /// All implemented algorithms.
    pub(crate) const ALL: Self = {
        let (mut all, mut rest) = (Self(0), Algorithm::ALL);
        while let [first, others @ ..] = rest {
            (all, rest) = (all.or(*first), others);
        }
        all
    };

    /// Creates the set of these algorithms, if there are any.
    pub(crate) fn of(algorithms: impl Iterator<Item = Algorithm>) -> Option<Self> {
        algorithms.map(Self::only).reduce(|all, one| all | one)
    }

    /// Creates the set of one algorithm.
    #[must_use]
    pub const fn only(algorithm: Algorithm) -> Self {
        #[expect(clippy::as_conversions, reason = "the place of a variant")]
        Self(1_u16.wrapping_shl(algorithm as u32))
    }

    /// Returns this set with `algorithm` added.
    #[must_use]
    pub const fn or(self, algorithm: Algorithm) -> Self {
        Self(self.0 | Self::only(algorithm).0)
    }

    /// Returns whether `algorithm` is in the set.
    #[must_use]
    pub const fn contains(self, algorithm: Algorithm) -> bool {
        self.0 & Self::only(algorithm).0 != 0
    }

    /// Returns the intersection of both sets, unless it is empty.
    pub(crate) const fn and(self, other: Self) -> Option<Self> {
        match self.0 & other.0 {
            0 => None,
            common => Some(Self(common)),
        }
    }

    /// Returns the member, if there is only one.
    pub(crate) fn single(self) -> Option<Algorithm> {
        let mut members = self.iter();
        members.next().filter(|_| members.next().is_none())
    }

    /// Returns whether the set has algorithms that verify with a public key.
    pub(crate) const fn has_asymmetric(self) -> bool {
        self.0 & !SECRET.carries.0 != 0
    }

    /// Returns the members, in the order of [`Algorithm::ALL`].
    #[must_use]
    pub fn iter(self) -> Algorithms {
        Algorithms { all: Algorithm::ALL.iter(), set: self }
    }
}

impl IntoIterator for &AlgorithmSet {
    type Item = Algorithm;
    type IntoIter = Algorithms;

    fn into_iter(self) -> Algorithms {
        self.iter()
    }
}

/// The members of an [`AlgorithmSet`], in the order of [`Algorithm::ALL`]: see [`AlgorithmSet::iter`].
#[derive(Clone, Debug)]
pub struct Algorithms {
    all: core::slice::Iter<'static, Algorithm>,
    set: AlgorithmSet,
}

impl Iterator for Algorithms {
    type Item = Algorithm;

    fn next(&mut self) -> Option<Algorithm> {
        self.all.find(|algorithm| self.set.contains(**algorithm)).copied()
    }
}

impl core::iter::FusedIterator for Algorithms {}

impl From<Algorithm> for AlgorithmSet {
    fn from(algorithm: Algorithm) -> Self {
        Self::only(algorithm)
    }
}

/// Creates the set of these algorithms. An empty array does not compile.
impl<const N: usize> From<[Algorithm; N]> for AlgorithmSet {
    fn from(algorithms: [Algorithm; N]) -> Self {
        const { assert!(N > 0, "expected at least one algorithm, found an empty array") }
        algorithms.into_iter().fold(Self(0), Self::or)
    }
}

impl<S: Into<Self>> BitOr<S> for AlgorithmSet {
    type Output = Self;

    fn bitor(self, other: S) -> Self {
        Self(self.0 | other.into().0)
    }
}

impl<S: Into<AlgorithmSet>> BitOr<S> for Algorithm {
    type Output = AlgorithmSet;

    fn bitor(self, other: S) -> AlgorithmSet {
        AlgorithmSet::only(self) | other
    }
}

impl fmt::Display for AlgorithmSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for algorithm in self.iter() {
            f.write_str(separator)?;
            f.write_str(algorithm.name())?;
            separator = " or ";
        }
        Ok(())
    }
}

impl fmt::Debug for AlgorithmSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
