//! The closed list of causes, each with what to change.

use core::fmt;

/// Why a token or a key set was refused, in the words of the one who has to change something.
///
/// The list is closed: a diagnosis says nothing else, and the section "When a token is refused" of the
/// README has all of it. Several [errors](crate::Error) can have one cause, and one error several:
/// [`SelectError::AlgorithmNotAllowed`](crate::SelectError::AlgorithmNotAllowed) is one thing when a
/// secret was used where a public key is expected, and another when it is the other way round.
///
/// ```
/// use jose_core::diagnose::Cause;
///
/// assert!(Cause::ALL.contains(&Cause::BearerPrefix));
/// assert_eq!(Cause::BearerPrefix.advice(), "pass what follows \"Bearer \" in the Authorization header, not the header");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// There is no token in the text.
    TokenEmpty,
    /// The token is longer than the verifier's limit.
    TokenTooLong,
    /// The encoded header is longer than the limit.
    HeaderTooLong,
    /// JSON objects of the token or of its key have more members than the limit.
    TooManyMembers,
    /// `Bearer ` stands before the token (RFC 6750 §2.1).
    BearerPrefix,
    /// The token stands in quotes.
    Quotes,
    /// White space or a line break stands around or inside the token.
    WhiteSpace,
    /// The token is percent-encoded, as it stands in a URL (RFC 3986 §2.1).
    PercentEncoded,
    /// Base64 with padding `=` (RFC 7515 §2 has none).
    PaddedBase64,
    /// Base64 of the standard alphabet, `+` and `/` (RFC 4648 §4).
    StandardBase64,
    /// A part of the token is not base64url for another reason.
    NotBase64url,
    /// The text is no JWS at all: a reference that only its issuer can read.
    OpaqueToken,
    /// Only the header and a payload, or a part of it, are there.
    TokenCut,
    /// Four parts, or more than five.
    TooManyParts,
    /// The token is encrypted (RFC 7516).
    Jwe,
    /// The token is JSON, not the compact serialization (RFC 7515 §7.2).
    JsonSerialization,
    /// The header is not what a JOSE header must be (RFC 7515 §4).
    HeaderMalformed,
    /// The header demands an extension: `crit` or `b64` (RFC 7515 §4.1.11, RFC 7797).
    CriticalExtension,
    /// The scratch buffer is too small for the token.
    ScratchTooSmall,

    /// `alg` is `none`: nobody signed the token.
    Unsigned,
    /// The issuer signs with a shared secret (HS256), and a public key's algorithm is expected.
    SignedWithSecret,
    /// The issuer signs with a private key (RS256, ES256), and a shared secret is expected.
    SignedWithPrivateKey,
    /// `alg` names an algorithm that this crate does not implement.
    AlgorithmUnsupported,
    /// `alg` names an algorithm that this verifier does not accept.
    AlgorithmNotAllowed,
    /// An ID token, by its `typ`, where an access token is expected (RFC 9068 §2.1).
    IdToken,
    /// `typ` is missing or another than the one that is expected (RFC 8725 §3.11).
    TypMismatch,
    /// The header has no `kid`, and the verifier requires one.
    KidRequired,
    /// The header has no `kid`, and several keys are for its algorithm.
    KidNeeded,

    /// There is no key at all.
    NoKeys,
    /// No key has the header's `kid`.
    KidUnknown,
    /// The header's `kid` is that of no key, but a key has the same text as `x5t` or `x5t#S256`.
    KidIsThumbprint,
    /// The header's `kid` is that of a key but for letter case, which counts (RFC 7515 §4.1.4).
    KidLetterCase,
    /// The key cannot be used, for the reason that is shown with it.
    KeySetAside,
    /// A coordinate of the key has fewer than 32 octets (RFC 7518 §6.2.1.2).
    CoordinateLeadingZero,
    /// The key has a private member: whoever can read it can sign.
    PrivateKeyPublished,
    /// A shared secret among public keys.
    SecretAmongPublicKeys,
    /// A key of this `kty` and `crv` cannot carry the algorithm (RFC 7518 §6.1).
    KeyTypeMismatch,
    /// Several keys have the header's `kid` and algorithm.
    KeyAmbiguous,
    /// No usable key is for the token's algorithm.
    NoKeyForAlgorithm,

    /// The signature is empty.
    SignatureMissing,
    /// An ECDSA signature in DER instead of r‖s (RFC 7518 §3.4).
    SignatureDer,
    /// The signature does not have the length that this key's signatures have.
    SignatureLength,
    /// The signature was made over other text or with another key.
    SignatureInvalid,

    /// The payload is not a JSON object (RFC 7519 §4).
    ClaimsMalformed,
    /// A registered claim is not of its type (RFC 7519 §4.1).
    ClaimType,
    /// A claim that the policy demands is absent.
    ClaimMissing,
    /// A claim is present that the policy demands to be absent.
    ClaimPresent,
    /// The issuer differs from the expected one by a trailing slash alone.
    IssuerTrailingSlash,
    /// The issuer differs from the expected one by `http://`, `https://` or neither alone.
    IssuerScheme,
    /// Another issuer.
    IssuerMismatch,
    /// The token is for another audience.
    AudienceMismatch,
    /// The token has expired.
    Expired,
    /// The token is not valid yet.
    NotYetValid,
    /// The token was issued in the future.
    IssuedInFuture,
    /// The token was issued longer ago than the policy accepts.
    TooOld,
    /// A time is missed by no more than five minutes.
    ClockSkew,
    /// A time is in milliseconds, or a smaller unit, instead of seconds (RFC 7519 §2).
    Milliseconds,
    /// The time that the caller passed is in milliseconds.
    NowInMilliseconds,
    /// The time that the caller passed is before September 2001: that of a clock that was never set.
    ClockNotSet,

    /// The document is a single JWK.
    SetIsJwk,
    /// The document maps key IDs to X.509 certificates.
    SetIsCertificates,
    /// The document is the issuer's metadata (OpenID Connect Discovery §3, RFC 8414 §2).
    SetIsDiscovery,
    /// The document is HTML or XML.
    SetIsHtml,
    /// The document is PEM.
    SetIsPem,
    /// The document is an array of keys, without the object around it.
    SetIsArray,
    /// The document is JSON, and has no array `keys` (RFC 7517 §5.1).
    SetWithoutKeys,
    /// The document is not JSON.
    SetNotJson,
    /// The document is longer than the limit.
    SetTooLong,
    /// The set has more keys than the limit.
    TooManyKeys,
}

impl Cause {
    /// Every cause, in the order of the pipeline; those of a key set are last.
    pub const ALL: &'static [Self] = &[
        Self::TokenEmpty,
        Self::TokenTooLong,
        Self::HeaderTooLong,
        Self::TooManyMembers,
        Self::BearerPrefix,
        Self::Quotes,
        Self::WhiteSpace,
        Self::PercentEncoded,
        Self::PaddedBase64,
        Self::StandardBase64,
        Self::NotBase64url,
        Self::OpaqueToken,
        Self::TokenCut,
        Self::TooManyParts,
        Self::Jwe,
        Self::JsonSerialization,
        Self::HeaderMalformed,
        Self::CriticalExtension,
        Self::ScratchTooSmall,
        Self::Unsigned,
        Self::SignedWithSecret,
        Self::SignedWithPrivateKey,
        Self::AlgorithmUnsupported,
        Self::AlgorithmNotAllowed,
        Self::IdToken,
        Self::TypMismatch,
        Self::KidRequired,
        Self::KidNeeded,
        Self::NoKeys,
        Self::KidUnknown,
        Self::KidIsThumbprint,
        Self::KidLetterCase,
        Self::KeySetAside,
        Self::CoordinateLeadingZero,
        Self::PrivateKeyPublished,
        Self::SecretAmongPublicKeys,
        Self::KeyTypeMismatch,
        Self::KeyAmbiguous,
        Self::NoKeyForAlgorithm,
        Self::SignatureMissing,
        Self::SignatureDer,
        Self::SignatureLength,
        Self::SignatureInvalid,
        Self::ClaimsMalformed,
        Self::ClaimType,
        Self::ClaimMissing,
        Self::ClaimPresent,
        Self::IssuerTrailingSlash,
        Self::IssuerScheme,
        Self::IssuerMismatch,
        Self::AudienceMismatch,
        Self::Expired,
        Self::NotYetValid,
        Self::IssuedInFuture,
        Self::TooOld,
        Self::ClockSkew,
        Self::Milliseconds,
        Self::NowInMilliseconds,
        Self::ClockNotSet,
        Self::SetIsJwk,
        Self::SetIsCertificates,
        Self::SetIsDiscovery,
        Self::SetIsHtml,
        Self::SetIsPem,
        Self::SetIsArray,
        Self::SetWithoutKeys,
        Self::SetNotJson,
        Self::SetTooLong,
        Self::TooManyKeys,
    ];

    /// One sentence on what to change.
    #[must_use]
    #[rustfmt::skip]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::TokenEmpty => "pass the token: the text that was passed has none",
            Self::TokenTooLong => "raise Limits::max_token_length if the issuer's tokens are as long, or have it put less into them",
            Self::HeaderTooLong => "raise Limits::max_header_length if the issuer's headers are as long, or have it leave 'x5c' out",
            Self::TooManyMembers => "raise Limits::max_members if the issuer's objects are as large, or have it put less into them",
            Self::BearerPrefix => "pass what follows \"Bearer \" in the Authorization header, not the header",
            Self::Quotes => "take the quotes off: the token was printed as a string of JSON, a shell or Python, and not unquoted",
            Self::WhiteSpace => "remove white space and line breaks: a token has none, and what reads it from a file or wraps its lines adds them",
            Self::PercentEncoded => "decode the URL's percent-encoding before the token is passed",
            Self::PaddedBase64 => "have the issuer leave out the padding '=', which RFC 7515 forbids (AWS ALB writes it into x-amzn-oidc-data: verify the access token instead)",
            Self::StandardBase64 => "have the issuer encode with '-' and '_' instead of '+' and '/', and check that nothing between it and you re-encodes the token",
            Self::NotBase64url => "compare the token with what the issuer sent: it was cut, mixed up or edited on its way",
            Self::OpaqueToken => "ask the issuer for a JWT (often by naming an audience or API), or have it judge this token by introspection, RFC 7662",
            Self::TokenCut => "pass the whole token: it was cut on its way, by a column, a cookie or a copy, or the issuer did not sign it",
            Self::TooManyParts => "pass a single token: what was passed has more parts than a JWS or a JWE",
            Self::Jwe => "ask the issuer for a signed token instead of an encrypted one (often by naming an audience or API): nothing is decrypted here",
            Self::JsonSerialization => "pass the compact serialization, or only the token out of the token endpoint's JSON response",
            Self::HeaderMalformed => "have the issuer write a header of strict JSON with a string 'alg', and no name twice",
            Self::CriticalExtension => "have the issuer leave out 'crit' and 'b64': no extension is understood here",
            Self::ScratchTooSmall => "pass a scratch buffer as long as the token",

            Self::Unsigned => "refuse it: nobody signed it; if your own issuer made it, have it sign",
            Self::SignedWithSecret => "set the issuer to sign with its private key (at Auth0: the API's signing algorithm RS256), since a public key is expected here; do not answer by accepting HS256 beside it",
            Self::SignedWithPrivateKey => "verify with the issuer's JWK Set and its algorithm: the issuer signs with a private key, and a shared secret is expected here",
            Self::AlgorithmUnsupported => "set the issuer to sign with RS256 or ES256",
            Self::AlgorithmNotAllowed => "set the issuer to sign with an algorithm that the verifier accepts, or have the verifier accept this one and load its keys",
            Self::IdToken => "send the access token: an ID token is for the client that asked for it, and not for an API; an issuer that gives access tokens another 'typ' needs a verifier that demands that",
            Self::TypMismatch => "send the kind of token that is meant for this verifier, or demand the 'typ' that its issuer writes",
            Self::KidRequired => "have the issuer put the 'kid' of the key it signs with into the header, or do not require one",
            Self::KidNeeded => "have the issuer put the 'kid' of the key it signs with into the header, which no other key has",

            Self::NoKeys => "check the key endpoint: the set has no key",
            Self::KidUnknown => "fetch the set again if the issuer rotated its keys, else check that set and token are of the same issuer and tenant",
            Self::KidIsThumbprint => "have the issuer write one text as 'kid' into token and key: the token's 'kid' is the key's certificate thumbprint 'x5t', and the key's 'kid' is another",
            Self::KidLetterCase => "have the issuer write one text as 'kid' into token and key: they differ in letter case, which counts",
            Self::KeySetAside => "have the issuer correct the key: the report says beside it why it is set aside",
            Self::CoordinateLeadingZero => "have the issuer write coordinates of 32 octets, leading zeros included",
            Self::PrivateKeyPublished => "replace the key at once: its private part is published",
            Self::SecretAmongPublicKeys => "verify HS256 apart from other algorithms, and never publish a secret in a set",
            Self::KeyTypeMismatch => "match the algorithm and the key: RSA keys carry RS256, EC keys on P-256 ES256, secrets (oct) HS256",
            Self::KeyAmbiguous => "have the issuer give each of its keys a 'kid' of its own",
            Self::NoKeyForAlgorithm => "check that the set is the token's issuer's, and that it publishes a key for this algorithm",

            Self::SignatureMissing => "pass the token as the issuer sent it: its signature was removed, or was never made",
            Self::SignatureDer => "have the signer write r and s as 32 octets each (IEEE P1363), not as DER",
            Self::SignatureLength => "check that the key is the one that signed, and that the signature was not cut",
            Self::SignatureInvalid => "check that key and token are of the same issuer and environment, and that nobody changed the token; for HS256, that both sides read the secret alike (its text, or what that is base64 of)",

            Self::ClaimsMalformed => "have the issuer sign a JSON object, with no name twice",
            Self::ClaimType => "have the issuer write the claim with its type: texts as strings, times as numbers of seconds",
            Self::ClaimMissing => "have the issuer add the claim, or state in the policy that it is not demanded",
            Self::ClaimPresent => "send a token without the claim, or state in the policy what it must be",
            Self::IssuerTrailingSlash => "write the issuer exactly as the token does: they differ by a '/' at the end",
            Self::IssuerScheme => "write the issuer exactly as the token does: they differ by http:// and https://",
            Self::IssuerMismatch => "check that the token is of your issuer, tenant and environment; if it is, expect what it says, byte by byte",
            Self::AudienceMismatch => "have the client ask for a token for this audience; if the token is meant for you, expect the name that it gives you",
            Self::Expired => "get a new token, and refresh tokens before they expire",
            Self::NotYetValid => "wait, or check the clocks: the token starts later",
            Self::IssuedInFuture => "check the clocks: the token says that it is not issued yet",
            Self::TooOld => "get a new token, or accept a greater age",
            Self::ClockSkew => "synchronise both clocks, and grant a leeway of a minute or so; if the token has just expired, get a new one",
            Self::Milliseconds => "have the issuer write seconds since 1970: the time is in a smaller unit, and an 'exp' of that kind never expires",
            Self::NowInMilliseconds => "pass the time in seconds since 1970: what was passed is in milliseconds",
            Self::ClockNotSet => "set the clock: the time that was passed is nearer to 1970 than to now, and to it no token has expired",

            Self::SetIsJwk => "put the key into a set, {\"keys\": [...]}, or read it as a single JWK",
            Self::SetIsCertificates => "fetch the issuer's JWK Set: this is a map of X.509 certificates (Google's set is at oauth2/v3/certs, not v1)",
            Self::SetIsDiscovery => "fetch the document that 'jwks_uri' names: this is the issuer's metadata",
            Self::SetIsHtml => "check the URL, and what a browser is shown there: this is a web page, of a login, a proxy or an error",
            Self::SetIsPem => "convert the PEM key or certificate into a JWK: only JWK Sets are read",
            Self::SetIsArray => "put the array into an object, {\"keys\": [...]}",
            Self::SetWithoutKeys => "check the URL: this is JSON without an array 'keys', an error message perhaps",
            Self::SetNotJson => "check the URL and the download: this is not JSON, or not all of it",
            Self::SetTooLong => "check the URL; if the issuer's set is as long, raise Limits::max_set_length",
            Self::TooManyKeys => "check the URL; if the issuer's set has as many keys, raise Limits::max_keys",
        }
    }
}

/// The name and the advice.
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}: {}", self.advice())
    }
}
