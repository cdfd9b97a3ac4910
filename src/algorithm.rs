//! The algorithms that this crate verifies, and the one table that says everything about them.

use core::fmt;

/// A JWS signature or MAC algorithm (RFC 7518 §3.1).
///
/// The enum names what is implemented and nothing else: there is no variant for `none`, and an
/// `alg` value that is not in this list is refused before any key is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-256 (RFC 7518 §3.2).
    Hs256,
    /// ECDSA on P-256 with SHA-256 (RFC 7518 §3.4).
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3).
    Rs256,
}

/// Everything else that is to be known about an algorithm. A new algorithm is a row here and a
/// file under `key/`.
struct Row {
    algorithm: Algorithm,
    name: &'static str,
    kty: &'static str,
    crv: Option<&'static str>,
    asymmetric: bool,
    bit: u8,
}

const TABLE: [Row; 3] = [
    Row { algorithm: Algorithm::Hs256, name: "HS256", kty: "oct", crv: None, asymmetric: false, bit: 1 },
    Row {
        algorithm: Algorithm::Es256,
        name: "ES256",
        kty: "EC",
        crv: Some("P-256"),
        asymmetric: true,
        bit: 2,
    },
    Row { algorithm: Algorithm::Rs256, name: "RS256", kty: "RSA", crv: None, asymmetric: true, bit: 4 },
];

impl Algorithm {
    /// Every algorithm that is implemented, in the order in which messages list them.
    pub const ALL: &'static [Self] = &[Self::Hs256, Self::Es256, Self::Rs256];

    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    const fn row(self) -> &'static Row {
        match self {
            Self::Hs256 => &TABLE[0],
            Self::Es256 => &TABLE[1],
            Self::Rs256 => &TABLE[2],
        }
    }

    /// The registered name, the value of `alg` (RFC 7518 §3.1).
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The algorithm with exactly this registered name. Names are case-sensitive (RFC 7515 §4.1.1).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.name == name).map(|row| row.algorithm)
    }

    /// The `kty` of the only kind of key that can carry it (RFC 7518 §6.1).
    #[must_use]
    pub const fn kty(self) -> &'static str {
        self.row().kty
    }

    /// The `crv` of such a key, where its `kty` has one (RFC 7518 §6.2.1.1).
    #[must_use]
    pub const fn crv(self) -> Option<&'static str> {
        self.row().crv
    }

    /// Whether it verifies with a public key rather than with a shared secret.
    #[must_use]
    pub const fn is_asymmetric(self) -> bool {
        self.row().asymmetric
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The algorithms that a caller accepts. Never empty: it starts from one and grows with [`or`].
///
/// ```
/// use jose_core::{Algorithm, AlgorithmSet};
///
/// let allowed = AlgorithmSet::from(Algorithm::Rs256).or(Algorithm::Es256);
/// assert!(allowed.contains(Algorithm::Es256));
/// assert_eq!(allowed.to_string(), "ES256 or RS256");
/// ```
///
/// [`or`]: AlgorithmSet::or
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AlgorithmSet(u8);

impl AlgorithmSet {
    /// The set of this one algorithm.
    #[must_use]
    pub const fn only(algorithm: Algorithm) -> Self {
        Self(algorithm.row().bit)
    }

    /// This set and `algorithm`.
    #[must_use]
    pub const fn or(self, algorithm: Algorithm) -> Self {
        Self(self.0 | algorithm.row().bit)
    }

    /// Whether `algorithm` is in the set.
    #[must_use]
    pub const fn contains(self, algorithm: Algorithm) -> bool {
        self.0 & algorithm.row().bit != 0
    }

    /// Every algorithm that is implemented.
    pub(crate) fn implemented() -> Self {
        Self(Algorithm::ALL.iter().fold(0, |bits, algorithm| bits | algorithm.row().bit))
    }

    /// The members, in the order of [`Algorithm::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Algorithm> {
        Algorithm::ALL.iter().copied().filter(move |algorithm| self.contains(*algorithm))
    }
}

impl From<Algorithm> for AlgorithmSet {
    fn from(algorithm: Algorithm) -> Self {
        Self::only(algorithm)
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
