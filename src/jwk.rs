//! One JSON Web Key (RFC 7517 §4), and the verifying key that it holds.

use crate::algorithm::{Algorithm, AlgorithmSet};
use crate::error::KeyError;
use crate::json::{JsonString, Members, Names, Value};
use crate::key::{Parameters, VerifyingKey};
use crate::limits::Limits;
use crate::reference::Names as KeyNames;

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
///
/// A member that is `null` is absent (other formats have no better word for what they do not have), and
/// one that has no meaning for the key's `kty` is not looked at.
#[derive(Clone, Copy)]
pub struct Jwk<'a> {
    kid: Option<Value<'a>>,
    kty: Option<Value<'a>>,
    alg: Option<Value<'a>>,
    crv: Option<Value<'a>>,
    key_use: Option<Value<'a>>,
    key_ops: Option<Value<'a>>,
    x5t: Option<Value<'a>>,
    x5t_s256: Option<Value<'a>>,
    has_certificate: bool,
    /// Which of [`PRIVATE`] have a value.
    private: [bool; PRIVATE.len()],
    parameters: Parameters<'a>,
    /// The values of `use` that are accepted beside `sig`.
    uses: &'a [&'a str],
}

/// The private members of RSA keys (RFC 7518 §6.3.2); the first is that of EC keys, too (§6.2.2).
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
            x5t: None,
            x5t_s256: None,
            has_certificate: false,
            private: [false; PRIVATE.len()],
            parameters: Parameters::default(),
            uses: &[],
        };
        while let Some(member) = members.next().map_err(KeyError::Json)? {
            let (name, value) = (member.name(members.text()), member.value.value(members.text()));
            if value == Value::Null {
                continue;
            }
            let mut buffer = [0; 8];
            let Some(name) = name.resolve(&mut buffer) else { continue };
            match name {
                "kid" => jwk.kid = Some(value),
                "kty" => jwk.kty = Some(value),
                "alg" => jwk.alg = Some(value),
                "crv" => jwk.crv = Some(value),
                "use" => jwk.key_use = Some(value),
                "key_ops" => jwk.key_ops = Some(value),
                "x5t" => jwk.x5t = Some(value),
                "x5t#S256" => jwk.x5t_s256 = Some(value),
                "x5c" => jwk.has_certificate = true,
                "n" => jwk.parameters.n = Some(value),
                "e" => jwk.parameters.e = Some(value),
                "x" => jwk.parameters.x = Some(value),
                "y" => jwk.parameters.y = Some(value),
                "k" => jwk.parameters.k = Some(value),
                name => {
                    let places = jwk.private.iter_mut().zip(PRIVATE);
                    for (has_value, _) in places.filter(|(_, private)| *private == name) {
                        *has_value = !is_empty(value);
                    }
                }
            }
        }
        Ok(jwk)
    }

    /// Accepts the key with one of these values of `use`, too. RFC 7517 §4.2 has `sig` for keys that
    /// verify signatures, which is always accepted, and leaves others to profiles.
    ///
    /// ```
    /// # #[cfg(feature = "es256")] {
    /// use jose_core::{Algorithm, Jwk};
    ///
    /// // As SPIFFE has it (JWT-SVID §4).
    /// let jwk = Jwk::parse(r#"{"kty":"EC", "crv":"P-256", "use":"jwt-svid",
    ///     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    ///     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#)?;
    /// assert!(jwk.verifying_key(Algorithm::Es256.into()).is_err());
    /// assert!(jwk.allow_uses(&["jwt-svid"]).verifying_key(Algorithm::Es256.into()).is_ok());
    /// # }
    /// # Ok::<(), jose_core::KeyError>(())
    /// ```
    #[must_use]
    pub const fn allow_uses(mut self, uses: &'a [&'a str]) -> Self {
        self.uses = uses;
        self
    }

    /// `kid`, the key ID (RFC 7517 §4.5), if it is a string.
    #[must_use]
    pub fn kid(&self) -> Option<JsonString<'a>> {
        self.kid.and_then(Value::as_string)
    }

    /// The names that a header can have for the key: `kid`, and the thumbprints of its certificate
    /// (RFC 7517 §4.8, §4.9), which are compared with no certificate here.
    pub(crate) fn names(&self) -> KeyNames<JsonString<'a>> {
        let [kid, x5t_s256, x5t] =
            [self.kid, self.x5t_s256, self.x5t].map(|member| member.and_then(Value::as_string));
        KeyNames { kid, x5t_s256, x5t }
    }

    /// The verifying key, bound to its algorithm for life: to the one that `alg` names, or, without
    /// `alg`, to the only one of `allowed` that its `kty` and `crv` can carry.
    ///
    /// # Errors
    ///
    /// [`KeyError`]: the first thing that is wrong. Looked at are, in this order: `kty`, `kid`, `use`,
    /// `key_ops`, `crv` of an EC key, `alg`, what is allowed, private members, and then the key material;
    /// of each its type and then its value.
    #[inline(never)]
    pub fn verifying_key(&self, allowed: AlgorithmSet) -> Result<VerifyingKey, KeyError> {
        let key = VerifyingKey::from_parameters(self.algorithm(allowed)?, &self.parameters);
        key.map_err(|error| match error {
            KeyError::MemberMissing { name } if self.has_certificate => KeyError::CertificateOnly { name },
            error => error,
        })
    }

    /// The one algorithm that this key is for, by everything it says of itself.
    #[inline(never)]
    fn algorithm(&self, allowed: AlgorithmSet) -> Result<Algorithm, KeyError> {
        let kty = string("kty", self.kty)?.ok_or(KeyError::MemberMissing { name: "kty" })?;
        let mut of_kty = Algorithm::ALL.iter().copied().filter(|alg| kty == alg.kty()).peekable();
        if of_kty.peek().is_none() {
            return Err(KeyError::KtyUnsupported { kty: kty.excerpt() });
        }
        string("kid", self.kid)?;
        let key_use = string("use", self.key_use)?;
        if let Some(key_use) = key_use
            && key_use != "sig"
            && !self.uses.iter().any(|allowed| key_use == **allowed)
        {
            return Err(KeyError::UseNotSig { key_use: key_use.excerpt() });
        }
        if let Some(key_ops) = self.key_ops {
            let operations = Operations::read(key_ops)?;
            // Beside a `use` an empty array says no more than that there is `use` already: RFC 7517 §4.3
            // advises against both.
            if !(operations.is_empty && key_use.is_some()) {
                operations.check()?;
            }
        }
        let crv = match of_kty.peek().and_then(|algorithm| algorithm.crv()) {
            Some(_) => string("crv", self.crv)?,
            None => None,
        };
        let carries = |algorithm: &Algorithm| {
            algorithm.crv().is_none_or(|expected| crv.is_some_and(|crv| crv == expected))
        };
        let carried = of_kty.find(carries).ok_or_else(|| match crv {
            None => KeyError::MemberMissing { name: "crv" },
            Some(crv) => KeyError::CrvUnsupported { crv: crv.excerpt() },
        })?;
        // Each kty and crv carries one of the implemented algorithms, so that a key without `alg`
        // says as much as one with it.
        if let Some(alg) = string("alg", self.alg)? {
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
            if let Some(name) = self.private_member(carried.kty()) {
                return Err(KeyError::PrivateMaterial { name });
            }
        } else if allowed.iter().any(Algorithm::is_asymmetric) {
            return Err(KeyError::SecretAmongPublic);
        }
        Ok(carried)
    }

    /// The first member of a key of this type that publishes its private part.
    fn private_member(&self, kty: &str) -> Option<&'static str> {
        let mut members = self.private.iter().zip(PRIVATE).filter(|(has_value, _)| **has_value);
        members.find(|(_, name)| kty == "RSA" || *name == "d").map(|(_, name)| name)
    }
}

impl core::fmt::Debug for Jwk<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut shown = f.debug_struct("Jwk");
        let text = |member: Option<Value<'_>>| member.and_then(Value::as_string).map(JsonString::excerpt);
        shown.field("kid", &text(self.kid)).field("kty", &text(self.kty)).field("alg", &text(self.alg));
        shown.finish_non_exhaustive()
    }
}

/// A member that must be a string where it is present.
fn string<'a>(name: &'static str, member: Option<Value<'a>>) -> Result<Option<JsonString<'a>>, KeyError> {
    let Some(value) = member else { return Ok(None) };
    let string = value.as_string();
    if string.is_none() {
        return Err(KeyError::MemberType { name, expected: "a string", found: value.kind() });
    }
    Ok(string)
}

/// Whether a value is an empty string or array: a private member with one publishes nothing.
fn is_empty(value: Value<'_>) -> bool {
    match value {
        Value::String(string) => string == "",
        Value::Array(array) => array.iter().next().is_none(),
        _ => false,
    }
}

/// What the `key_ops` of a key says (RFC 7517 §4.3).
#[derive(Clone, Copy)]
struct Operations {
    is_empty: bool,
    verify: bool,
    /// The first registered operation that is named a second time.
    duplicate: Option<&'static str>,
}

impl Operations {
    /// The operations that RFC 7517 §4.3 registers.
    const REGISTERED: [&str; 8] =
        ["sign", "verify", "encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits"];

    /// Reads `key_ops`.
    fn read(value: Value<'_>) -> Result<Self, KeyError> {
        let wrong = |found| KeyError::MemberType { name: "key_ops", expected: "an array of strings", found };
        let Value::Array(elements) = value else { return Err(wrong(value.kind())) };
        let mut seen = [false; Self::REGISTERED.len()];
        let mut operations = Self { is_empty: true, verify: false, duplicate: None };
        for element in elements.iter() {
            let operation = element.as_string().ok_or(wrong("an array of other values"))?;
            operations.is_empty = false;
            let named = Self::REGISTERED.into_iter().zip(&mut seen).find(|(name, _)| operation == *name);
            let Some((name, seen)) = named else { continue };
            operations.verify |= name == "verify";
            if core::mem::replace(seen, true) {
                operations.duplicate = operations.duplicate.or(Some(name));
            }
        }
        Ok(operations)
    }

    /// Demands `verify`, and no operation twice.
    const fn check(self) -> Result<(), KeyError> {
        if let Some(operation) = self.duplicate {
            return Err(KeyError::KeyOpsDuplicate { operation });
        }
        if self.verify { Ok(()) } else { Err(KeyError::KeyOpsNotVerify) }
    }
}
