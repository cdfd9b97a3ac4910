//! A JSON Web Key (RFC 7517 §4), and the verifying key in it.

use crate::algorithm::{Algorithm, AlgorithmSet, ENABLED, Family};
use crate::error::KeyError;
use crate::header::algorithm_named;
use crate::json::{JsonString, Members, Names, Object, ObjectMembers, Span, Value, Word};
use crate::key::VerifyingKey;
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
/// let key = jwk.verifying_key(Algorithm::Es256)?;
/// assert_eq!(key.algorithm(), Algorithm::Es256);
/// # Ok::<(), jose_core::error::KeyError>(())
/// ```
///
/// A member that is `null` counts as absent, since other formats have no better way to say so. A member
/// without meaning for the key's `kty` is not examined.
#[derive(Clone, Copy)]
pub struct Jwk<'a> {
    text: &'a str,
    /// The positions of the values of [`NAMES`] that are not `null`.
    values: [Option<Span>; NAMES.len()],
    /// The values of `use` that are accepted besides `sig`.
    uses: &'a [&'a str],
}

/// The members that are examined.
static NAMES: [&str; 21] = [
    "kid", "kty", "alg", "crv", "use", "key_ops", "x5t", "x5c", "n", "e", "x", "y", "k", "d", "p", "q", "dp",
    "dq", "qi", "oth", THUMBPRINT,
];

/// The only name that is too long for a word of its own.
const THUMBPRINT: &str = "x5t#S256";

/// The private members of RSA keys (RFC 7518 §6.3.2); the first is also that of EC keys (§6.2.2).
const PRIVATE: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "oth"];

/// The words of [`NAMES`].
static WORDS: [u64; NAMES.len()] = {
    let mut words = [0; NAMES.len()];
    let mut place = 0;
    #[expect(clippy::indexing_slicing, reason = "all of this is constant")]
    while place < NAMES.len() {
        words[place] = if NAMES[place].len() < 8 { Word::of_short(NAMES[place]) } else { Word::NONE };
        place += 1;
    }
    words
};

impl<'a> Jwk<'a> {
    /// Parses a JWK. Members that are not listed in RFC 7517 §4 and RFC 7518 §6 are ignored, and `x5c`,
    /// `x5t` and `x5u` are never a source of keys; all of them can be [read](Self::get).
    /// [`verifying_key`](Self::verifying_key) checks what the members say.
    ///
    /// # Errors
    ///
    /// [`KeyError::Json`] if the text is not JSON, [`KeyError::NotObject`] if it is a value of another type.
    pub fn parse<T: AsRef<[u8]> + ?Sized>(text: &'a T) -> Result<Self, KeyError> {
        Self::parse_with_limits(text, Limits::new())
    }

    /// Parses a JWK within limits, of which [`Limits::max_members`] applies here.
    ///
    /// # Errors
    ///
    /// [`KeyError::Json`] if the text is not JSON, [`KeyError::NotObject`] if it is a value of another type.
    pub fn parse_with_limits<T: AsRef<[u8]> + ?Sized>(text: &'a T, limits: Limits) -> Result<Self, KeyError> {
        let mut names = Names::new();
        let mut members = Members::new(text.as_ref(), limits.members(), &mut names)
            .map_err(|error| error.map_or(KeyError::NotObject, KeyError::Json))?;
        let mut jwk = Self { text: members.text(), values: [None; NAMES.len()], uses: &[] };
        while let Some(member) = members.next().map_err(KeyError::Json)? {
            let word = match member.name(jwk.text) {
                name if name == THUMBPRINT => Word::NONE,
                _ => member.word.get(),
            };
            let mut places = jwk.values.iter_mut().zip(&WORDS);
            if let Some((place, _)) = places.find(|(_, known)| **known == word) {
                *place = Some(member.value).filter(|value| !value.is_null());
            }
        }
        Ok(jwk)
    }

    /// Also accepts the key with one of these values of `use`. RFC 7517 §4.2 defines `sig` for keys that
    /// verify signatures, which is always accepted, and leaves other values to profiles.
    ///
    /// ```
    /// # #[cfg(feature = "es256")] {
    /// use jose_core::{Algorithm, Jwk};
    ///
    /// // As in SPIFFE (JWT-SVID §4).
    /// let jwk = Jwk::parse(r#"{"kty":"EC", "crv":"P-256", "use":"jwt-svid",
    ///     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    ///     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#)?;
    /// assert!(jwk.verifying_key(Algorithm::Es256).is_err());
    /// assert!(jwk.allow_uses(&["jwt-svid"]).verifying_key(Algorithm::Es256).is_ok());
    /// # }
    /// # Ok::<(), jose_core::error::KeyError>(())
    /// ```
    #[must_use]
    pub const fn allow_uses(mut self, uses: &'a [&'a str]) -> Self {
        self.uses = uses;
        self
    }

    /// Returns `kid`, the key ID (RFC 7517 §4.5), if it is a string.
    #[must_use]
    pub fn kid(&self) -> Option<JsonString<'a>> {
        self.value("kid").and_then(Value::as_string)
    }

    /// Returns the member with this name, compared unescaped, whatever its type; `null` is a value here. Each
    /// call searches the JWK, in time linear in its length.
    ///
    /// The members of a secret or private key are returned like any other, and are as secret as the key.
    ///
    /// ```
    /// use jose_core::Jwk;
    ///
    /// let jwk = Jwk::parse(r#"{"kty":"EC", "x5u":"https:\/\/issuer.example/chain.pem", "nbf":1.8e9}"#)?;
    /// assert!(jwk.get("x5u").is_some_and(|url| url == "https://issuer.example/chain.pem"));
    /// assert_eq!(jwk.get("nbf").and_then(|nbf| nbf.as_i64()), Some(1_800_000_000));
    /// assert!(jwk.iter().map(|(name, _)| name).eq(["kty", "x5u", "nbf"]));
    /// # Ok::<(), jose_core::error::KeyError>(())
    /// ```
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value<'a>> {
        self.object().get(name)
    }

    /// Returns all members, in the order of the JWK. Those of a secret or private key are as secret as the
    /// key.
    #[must_use]
    pub const fn iter(&self) -> ObjectMembers<'a> {
        self.object().iter()
    }

    /// Returns the text that this was parsed from: valid JSON. With a secret or private key it is as secret
    /// as the key.
    #[must_use]
    pub const fn as_json(&self) -> &'a str {
        self.text
    }

    const fn object(&self) -> Object<'a> {
        Object::of_checked(self.text)
    }

    /// Returns the names by which a header can refer to the key: `kid`, and the thumbprints of its
    /// certificate (RFC 7517 §4.8, §4.9), which are not compared with a certificate here.
    pub(crate) fn names(&self) -> KeyNames<JsonString<'a>> {
        let [kid, x5t_s256, x5t] =
            ["kid", THUMBPRINT, "x5t"].map(|name| self.value(name).and_then(Value::as_string));
        KeyNames { kid, x5t_s256, x5t }
    }

    /// Returns the verifying key, permanently bound to one algorithm: the one that `alg` names or, without
    /// `alg`, the only one of `allowed` that its `kty` and `crv` can be used with. If several are possible,
    /// the key is refused: what a token says does not decide it.
    ///
    /// # Errors
    ///
    /// [`KeyError`] for the first problem, in this order: `kty`, `kid`, `use`, `key_ops`, `crv` of an EC or
    /// OKP key, `alg`, the allowed algorithms, private members, and then the key material; for each member
    /// its type, then its value.
    pub fn verifying_key(&self, allowed: impl Into<AlgorithmSet>) -> Result<VerifyingKey, KeyError> {
        self.build(allowed.into())
    }

    fn build(&self, allowed: AlgorithmSet) -> Result<VerifyingKey, KeyError> {
        let algorithm = self.algorithm(allowed)?;
        let key = VerifyingKey::from_parameters(algorithm, &|name| self.value(name));
        key.map_err(|error| match error {
            KeyError::MemberMissing { name } if self.value("x5c").is_some() => {
                KeyError::CertificateOnly { name }
            }
            error => error,
        })
    }

    /// Returns the value of one of [`NAMES`].
    fn value(&self, name: &str) -> Option<Value<'a>> {
        debug_assert!(NAMES.contains(&name), "what is looked at is kept");
        let (value, _) = self.values.iter().zip(&NAMES).find(|(_, known)| **known == name)?;
        value.map(|value| value.value(self.text))
    }

    /// Returns the value of one of [`NAMES`] that must be a string or absent. The error is small, since this
    /// is called often.
    fn string(&self, name: &'static str) -> Result<Option<JsonString<'a>>, NotString> {
        match self.value(name) {
            Some(Value::String(string)) => Ok(Some(string)),
            Some(other) => Err(NotString { name, found: other.kind() }),
            None => Ok(None),
        }
    }

    /// Returns the algorithm that the key is bound to, after checking everything but the key material.
    // Otherwise reading an HS256 key on a Cortex-M4 takes 48 bytes more of stack, and the image 120 of flash.
    #[inline(never)]
    fn algorithm(&self, allowed: AlgorithmSet) -> Result<Algorithm, KeyError> {
        let kty = self.string("kty")?.ok_or(KeyError::MemberMissing { name: "kty" })?;
        let Some(first) = ENABLED.iter().find(|known| kty == known.family.kty) else {
            return Err(KeyError::KtyUnsupported { kty: kty.excerpt() });
        };
        self.string("kid")?;
        let key_use = self.string("use")?;
        if let Some(key_use) = key_use
            && key_use != "sig"
            && !self.uses.iter().any(|allowed| key_use == **allowed)
        {
            return Err(KeyError::UseNotSig { key_use: key_use.excerpt() });
        }
        if let Some(key_ops) = self.value("key_ops") {
            check_operations(key_ops, key_use.is_some())?;
        }
        let mut alg = first.family.carries;
        if first.family.crv.is_some() {
            let crv = self.string("crv")?.ok_or(KeyError::MemberMissing { name: "crv" })?;
            let is_on = |family: &&Family| kty == family.kty && family.crv.is_some_and(|known| crv == known);
            let Some(family) = ENABLED.iter().map(|known| &known.family).find(is_on) else {
                return Err(KeyError::CrvUnsupported { kty: first.family.kty, crv: crv.excerpt() });
            };
            alg = family.carries;
        }
        if let Some(name) = self.string("alg")? {
            let named =
                algorithm_named(name).ok_or_else(|| KeyError::AlgUnsupported { alg: name.excerpt() })?;
            if !alg.contains(named) {
                return Err(KeyError::AlgMismatch { alg: named, could_be: alg });
            }
            alg = named.into();
        }
        let could_be = alg.and(allowed).ok_or(KeyError::AlgNotAllowed { alg, allowed })?;
        let algorithm = could_be.single().ok_or(KeyError::AlgMissing { could_be })?;
        if algorithm.is_asymmetric() {
            if let Some(name) = self.private_member(algorithm) {
                return Err(KeyError::PrivateMaterial { name });
            }
        } else if allowed.has_asymmetric() {
            return Err(KeyError::SecretAmongPublicKeys);
        }
        Ok(algorithm)
    }

    /// Returns the first member that publishes the private part of a key for this algorithm.
    fn private_member(&self, algorithm: Algorithm) -> Option<&'static str> {
        let names = if algorithm.is_rsa() { &PRIVATE[..] } else { &PRIVATE[..1] };
        names.iter().copied().find(|name| self.value(name).is_some_and(|value| !is_empty(value)))
    }
}

impl<'a> IntoIterator for &Jwk<'a> {
    type Item = (JsonString<'a>, Value<'a>);
    type IntoIter = ObjectMembers<'a>;

    fn into_iter(self) -> ObjectMembers<'a> {
        self.iter()
    }
}

impl core::fmt::Debug for Jwk<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut shown = f.debug_struct("Jwk");
        for name in ["kid", "kty", "alg"] {
            shown.field(name, &self.value(name).and_then(Value::as_string).map(JsonString::excerpt));
        }
        shown.finish_non_exhaustive()
    }
}

/// A member that is not a string.
struct NotString {
    name: &'static str,
    found: &'static str,
}

impl From<NotString> for KeyError {
    fn from(NotString { name, found }: NotString) -> Self {
        Self::MemberType { name, expected: "a string", found }
    }
}

/// Returns whether a value is an empty string or array: a private member like that publishes nothing.
fn is_empty(value: Value<'_>) -> bool {
    match value {
        Value::String(string) => string.is_empty(),
        Value::Array(array) => array.iter().next().is_none(),
        _ => false,
    }
}

/// Checks `key_ops`.
fn check_operations(key_ops: Value<'_>, has_use: bool) -> Result<(), KeyError> {
    let operations = Operations::read(key_ops)?;
    // Beside `use`, an empty array says no more than `use` does: RFC 7517 §4.3 advises against having both.
    if operations.is_empty && has_use { Ok(()) } else { operations.check() }
}

/// What the `key_ops` of a key contains (RFC 7517 §4.3).
#[derive(Clone, Copy)]
struct Operations {
    is_empty: bool,
    verify: bool,
    /// The first registered operation that occurs twice.
    duplicate: Option<&'static str>,
}

impl Operations {
    /// The operations that RFC 7517 §4.3 registers.
    const REGISTERED: &[&str; 8] =
        &["sign", "verify", "encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits"];

    /// Reads `key_ops`.
    fn read(value: Value<'_>) -> Result<Self, KeyError> {
        let wrong = |found| KeyError::MemberType { name: "key_ops", expected: "an array of strings", found };
        let Value::Array(elements) = value else { return Err(wrong(value.kind())) };
        let mut seen = [false; Self::REGISTERED.len()];
        let mut operations = Self { is_empty: true, verify: false, duplicate: None };
        for element in elements.iter() {
            let operation = element.as_string().ok_or(wrong("an array of other values"))?;
            operations.is_empty = false;
            let named = Self::REGISTERED.iter().zip(&mut seen).find(|(name, _)| operation == **name);
            let Some((name, seen)) = named else { continue };
            operations.verify |= *name == "verify";
            if core::mem::replace(seen, true) {
                operations.duplicate = operations.duplicate.or(Some(name));
            }
        }
        Ok(operations)
    }

    /// Requires `verify`, and no operation twice.
    const fn check(self) -> Result<(), KeyError> {
        if let Some(operation) = self.duplicate {
            return Err(KeyError::KeyOpsDuplicate { operation });
        }
        if self.verify { Ok(()) } else { Err(KeyError::KeyOpsNotVerify) }
    }
}
