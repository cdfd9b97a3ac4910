//! Parsing algorithms from their names.

use core::fmt;
use core::str::FromStr;

use super::Excerpt;
use crate::algorithm::{Algorithm, AlgorithmSet};

/// Why names are not those of algorithms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AlgorithmNameError {
    /// A text is not the name of an implemented algorithm.
    UnknownAlgorithm {
        /// The text.
        name: Excerpt,
    },
    /// There are no names.
    NoAlgorithm,
}

impl fmt::Display for AlgorithmNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "algorithm: expected {}, found ", AlgorithmSet::ALL)?;
        match self {
            Self::UnknownAlgorithm { name } => write!(f, "{name:?}"),
            Self::NoAlgorithm => f.write_str("no name"),
        }
    }
}

impl core::error::Error for AlgorithmNameError {}

/// Parses exactly a registered name. Names are case-sensitive (RFC 7515 §4.1.1).
impl FromStr for Algorithm {
    type Err = AlgorithmNameError;

    fn from_str(name: &str) -> Result<Self, AlgorithmNameError> {
        Self::from_name(name)
            .ok_or_else(|| AlgorithmNameError::UnknownAlgorithm { name: Excerpt::new(name.chars()) })
    }
}

impl AlgorithmSet {
    /// Creates the set of the algorithms with these names, from configuration for example.
    ///
    /// ```
    /// use jose_core::{Algorithm, AlgorithmSet, error::AlgorithmNameError};
    ///
    /// let allowed = AlgorithmSet::from_names("RS256 ES256".split(' '))?;
    /// assert_eq!(allowed, Algorithm::Rs256 | Algorithm::Es256);
    ///
    /// let error = AlgorithmSet::from_names(["RS256", "none"]).unwrap_err();
    /// assert!(error.to_string().ends_with(", found \"none\""));
    /// assert_eq!(AlgorithmSet::from_names([""; 0]), Err(AlgorithmNameError::NoAlgorithm));
    /// # Ok::<(), AlgorithmNameError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`AlgorithmNameError`] for the first unknown name, or if there are no names.
    pub fn from_names(names: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Self, AlgorithmNameError> {
        let mut algorithms = names.into_iter().map(|name| name.as_ref().parse::<Algorithm>());
        let first = algorithms.next().ok_or(AlgorithmNameError::NoAlgorithm)??;
        algorithms.try_fold(Self::only(first), |set, algorithm| Ok(set.or(algorithm?)))
    }
}
