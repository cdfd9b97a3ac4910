//! One JSON Web Key (RFC 7517 §4), and the verifying key that it holds.

use crate::algorithm::{Algorithm, AlgorithmSet};
use crate::error::KeyError;
use crate::json::{JsonString, Members, Names, Value};
use crate::key::{Parameters, VerifyingKey};
use crate::limits::Limits;

/// A JWK, borrowed from its JSON text.
///
/// ```
/// use jose_core::{Algorithm, AlgorithmSet, Jwk};
///
/// // RFC 7515 §A.3.1
/// let jwk = Jwk::parse(r#"{"kty":"EC", "crv":"P-256",
///     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
///     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#)?;
/// let key = jwk.verifying_key(AlgorithmSet::from(Algorithm::Es256))?;
/// assert_eq!(key.algorithm(), Algorithm::Es256);
/// # Ok::<(), jose_core::KeyError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Jwk<'a> {
    kid: Option<JsonString<'a>>,
    kty: Option<JsonString<'a>>,
    alg: Option<JsonString<'a>>,
    crv: Option<JsonString<'a>>,
    key_use: Option<JsonString<'a>>,
    key_ops: Option<Operations>,
    private: Option<&'static str>,
    /// The first member of the wrong type.
    fault: Option<KeyError>,
    parameters: Parameters<'a>,
}

/// The private members of RSA and EC keys (RFC 7518 §6.2.2, §6.3.2).
const PRIVATE: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "oth"];

impl<'a> Jwk<'a> {
    /// Reads a JWK. Members that are not listed in RFC 7517 §4 and RFC 7518 §6 are ignored, and
    /// `x5c`, `x5t` and `x5u` are no source of anything. What the members say is judged by
    /// [`verifying_key`](Self::verifying_key).
    ///
    /// # Errors
    ///
    /// [`KeyError::Json`], [`KeyError::NotObject`].
    pub fn parse<T: AsRef<[u8]> + ?Sized>(text: &'a T) -> Result<Self, KeyError> {
        Self::parse_with_limits(text, Limits::new())
    }

    /// The same with limits of one's own, of which [`Limits::max_members`] counts here.
    ///
    /// # Errors
    ///
    /// [`KeyError::Json`], [`KeyError::NotObject`].
    pub fn parse_with_limits<T: AsRef<[u8]> + ?Sized>(text: &'a T, limits: Limits) -> Result<Self, KeyError> {
        let mut names = Names::new();
        let mut members = Members::new(text.as_ref(), limits.members(), &mut names)
            .map_err(|error| error.map_or(KeyError::NotObject, KeyError::Json))?;
        let mut jwk = Self {
            kid: None,
            kty: None,
            alg: None,
            crv: None,
            key_use: None,
            key_ops: None,
            private: None,
            fault: None,
            parameters: Parameters::default(),
        };
        while let Some(member) = members.next().map_err(KeyError::Json)? {
            let (name, value) = (member.name(members.text()), member.value.value(members.text()));
            let mut buffer = [0; 8];
            let Some(name) = name.resolve(&mut buffer) else { continue };
            let mut string = |name| {
                let string = value.as_string();
                if string.is_none() {
                    jwk.fault = jwk.fault.or(Some(KeyError::MemberType { name }));
                }
                string
            };
            match name {
                "kid" => jwk.kid = string("kid"),
                "kty" => jwk.kty = string("kty"),
                "alg" => jwk.alg = string("alg"),
                "crv" => jwk.crv = string("crv"),
                "use" => jwk.key_use = string("use"),
                "key_ops" => {
                    jwk.key_ops = Operations::read(value);
                    if jwk.key_ops.is_none() {
                        jwk.fault = jwk.fault.or(Some(KeyError::MemberType { name: "key_ops" }));
                    }
                }
                "n" => jwk.parameters.n = Some(value),
                "e" => jwk.parameters.e = Some(value),
                "x" => jwk.parameters.x = Some(value),
                "y" => jwk.parameters.y = Some(value),
                "k" => jwk.parameters.k = Some(value),
                name => jwk.private = jwk.private.or(PRIVATE.into_iter().find(|private| *private == name)),
            }
        }
        Ok(jwk)
    }

    /// `kid`, the key ID (RFC 7517 §4.5).
    #[must_use]
    pub const fn kid(&self) -> Option<JsonString<'a>> {
        self.kid
    }

    /// The verifying key, bound to its algorithm for life: to the one that `alg` names, or, without
    /// `alg`, to the only one of `allowed` that its `kty` and `crv` can carry.
    ///
    /// # Errors
    ///
    /// [`KeyError`]: the first thing that is wrong. Looked at are, in this order: the types of the
    /// members, `kty`, `use`, `key_ops`, `crv`, `alg`, what is allowed, private members, and then the
    /// key material.
    #[inline(never)]
    pub fn verifying_key(&self, allowed: AlgorithmSet) -> Result<VerifyingKey, KeyError> {
        VerifyingKey::from_parameters(self.algorithm(allowed)?, &self.parameters)
    }

    /// The one algorithm that this key is for, by everything it says of itself.
    #[inline(never)]
    fn algorithm(&self, allowed: AlgorithmSet) -> Result<Algorithm, KeyError> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let kty = self.kty.ok_or(KeyError::MemberMissing { name: "kty" })?;
        let mut of_kty = Algorithm::ALL.iter().copied().filter(|alg| kty == alg.kty()).peekable();
        if of_kty.peek().is_none() {
            return Err(KeyError::KtyUnsupported { kty: kty.excerpt() });
        }
        if let Some(key_use) = self.key_use.filter(|key_use| *key_use != "sig") {
            return Err(KeyError::UseNotSig { key_use: key_use.excerpt() });
        }
        if let Some(operations) = self.key_ops {
            operations.check()?;
        }
        let carries = |algorithm: &Algorithm| {
            algorithm.crv().is_none_or(|expected| self.crv.is_some_and(|crv| crv == expected))
        };
        let carried = of_kty.find(carries).ok_or_else(|| match self.crv {
            None => KeyError::MemberMissing { name: "crv" },
            Some(crv) => KeyError::CrvUnsupported { crv: crv.excerpt() },
        })?;
        // Each kty and crv carries one of the implemented algorithms, so that a key without `alg`
        // says as much as one with it.
        if let Some(alg) = self.alg {
            let named = alg.resolve(&mut [0; 8]).and_then(Algorithm::from_name);
            let named = named.ok_or_else(|| KeyError::AlgUnsupported { alg: alg.excerpt() })?;
            if named != carried {
                return Err(KeyError::AlgMismatch { alg: named, kty: carried.kty() });
            }
        }
        if !allowed.contains(carried) {
            return Err(KeyError::AlgNotAllowed { alg: carried, allowed });
        }
        if carried.is_asymmetric() {
            if let Some(name) = self.private {
                return Err(KeyError::PrivateMaterial { name });
            }
        } else if allowed.iter().any(Algorithm::is_asymmetric) {
            return Err(KeyError::SecretAmongPublic);
        }
        Ok(carried)
    }
}

impl core::fmt::Debug for Jwk<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut shown = f.debug_struct("Jwk");
        shown.field("kid", &self.kid).field("kty", &self.kty).field("alg", &self.alg).finish_non_exhaustive()
    }
}

/// What the `key_ops` of a key says (RFC 7517 §4.3).
#[derive(Clone, Copy)]
struct Operations {
    verify: bool,
    /// The first registered operation that is named a second time.
    duplicate: Option<&'static str>,
}

impl Operations {
    /// The operations that RFC 7517 §4.3 registers.
    const REGISTERED: [&str; 8] =
        ["sign", "verify", "encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits"];

    /// Reads `key_ops`; `None` if it is not an array of strings.
    fn read(value: Value<'_>) -> Option<Self> {
        let Value::Array(elements) = value else { return None };
        let mut seen = [false; Self::REGISTERED.len()];
        let mut operations = Self { verify: false, duplicate: None };
        for element in elements.iter() {
            let operation = element.as_string()?;
            let named = Self::REGISTERED.into_iter().zip(&mut seen).find(|(name, _)| operation == *name);
            let Some((name, seen)) = named else { continue };
            operations.verify |= name == "verify";
            if core::mem::replace(seen, true) {
                operations.duplicate = operations.duplicate.or(Some(name));
            }
        }
        Some(operations)
    }

    /// Demands `verify`, and no operation twice.
    const fn check(self) -> Result<(), KeyError> {
        if let Some(operation) = self.duplicate {
            return Err(KeyError::KeyOpsDuplicate { operation });
        }
        if self.verify { Ok(()) } else { Err(KeyError::KeyOpsNotVerify) }
    }
}
