//! The list of causes, each with what to change.

use core::fmt;

/// Generates the enum, the list and the advice from one table.
macro_rules! causes {
    ($(#[$of_enum:meta])* enum $name:ident; $($(#[$doc:meta])+ $cause:ident: $advice:literal,)+) => {
        $(#[$of_enum])*
        pub enum $name {
            $($(#[$doc])+ $cause,)+
        }

        impl $name {
            /// Every cause, in the order of the pipeline, then those of documents.
            pub const ALL: &'static [Self] = &[$(Self::$cause,)+];

            /// Returns one sentence on what to change.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self {
                    $(Self::$cause => $advice,)+
                }
            }
        }
    };
}

causes! {
    /// Why a token, a key or a key set was refused, from the view of whoever has to change something.
    ///
    /// Several [errors](crate::Error) can have one cause, and one error several:
    /// [`SelectError::AlgorithmNotAllowed`](crate::error::SelectError::AlgorithmNotAllowed) means one thing
    /// when a secret was used where a public key is expected, and another in the opposite case.
    ///
    /// ```
    /// use jose_core::diagnose::Cause;
    ///
    /// assert!(Cause::ALL.contains(&Cause::BearerPrefix));
    /// assert_eq!(Cause::BearerPrefix.advice(), "pass what follows \"Bearer \" in the Authorization header, not the header");
    /// ```
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    #[non_exhaustive]
    enum Cause;

    /// The text contains no token.
    TokenEmpty: "pass the token: the text that was passed has none",
    /// The token is longer than the verifier's limit.
    TokenTooLong: "raise Limits::max_token_length if the issuer's tokens are as long, or have it put less into them",
    /// The encoded header is longer than the limit.
    HeaderTooLong: "raise Limits::max_header_length if the issuer's headers are as long, or have it leave 'x5c' out",
    /// JSON objects of the token or of its key have more members than the limit.
    TooManyMembers: "raise Limits::max_members if the issuer's objects are as large, or have it put less into them",
    /// The token is preceded by `Bearer ` (RFC 6750 §2.1).
    BearerPrefix: "pass what follows \"Bearer \" in the Authorization header, not the header",
    /// The token is in quotes.
    Quotes: "take the quotes off: the token was printed as a string of JSON, a shell or Python, or stands in a document",
    /// There is white space or a line break around or inside the token.
    WhiteSpace: "remove white space and line breaks: a token has none, and what reads it from a file or wraps its lines adds them",
    /// There is an invisible character around or inside the token, such as a no-break space.
    InvisibleCharacter: "remove the invisible character (a no-break space, one of no width, a control character): copy the token from its source, and not from a chat or a document",
    /// The token is percent-encoded, as in a URL (RFC 3986 §2.1).
    PercentEncoded: "decode the URL's percent-encoding before the token is passed",
    /// The base64 has `=` padding, which RFC 7515 §2 excludes.
    PaddedBase64: "have the issuer leave out the padding '=', which RFC 7515 forbids (AWS ALB writes it into x-amzn-oidc-data: verify the access token instead)",
    /// The base64 uses the standard alphabet with `+` and `/` (RFC 4648 §4).
    StandardBase64: "have the issuer encode with '-' and '_' instead of '+' and '/', and check that nothing between it and you re-encodes the token",
    /// A part of the token is not base64url for another reason.
    NotBase64url: "compare the token with what the issuer sent: it was cut, mixed up or edited on its way",
    /// The octets are gzip-compressed (RFC 1952).
    Gzip: "decompress first: these octets are gzip (of an HTTP response, have the client honour Content-Encoding)",
    /// The text is UTF-16.
    Utf16: "write the text as UTF-8: it is UTF-16, as PowerShell and other Windows programs write files",
    /// The text is not a JWS but a reference that only its issuer can resolve.
    OpaqueToken: "ask the issuer for a JWT (often by naming an audience or API), or have it judge this token by introspection, RFC 7662",
    /// Only the header and all or part of a payload are present.
    TokenCut: "pass the whole token: it was cut on its way, by a column, a cookie or a copy, or the issuer did not sign it",
    /// The token has four parts, or more than five.
    TooManyParts: "pass a single token: what was passed has more parts than a JWS or a JWE",
    /// The token is encrypted (RFC 7516).
    Jwe: "ask the issuer for a signed token instead of an encrypted one (often by naming an audience or API): nothing is decrypted here",
    /// The token is an SD-JWT, or an SD-JWT+KB with key binding (RFC 9901 §4).
    SdJwt: "pass what stands before the first '~': this is an SD-JWT, or with a token at its end an SD-JWT+KB (RFC 9901), of which only the JWT that the issuer signed is verified here, and neither disclosures nor key binding",
    /// The token is JSON, not the compact serialization (RFC 7515 §7.2).
    JsonSerialization: "pass the compact serialization, or only the token out of the token endpoint's JSON response",
    /// The header is not a JOSE header (RFC 7515 §4).
    HeaderMalformed: "have the issuer write a JSON object as header: the message says where it is none",
    /// The header has no `alg` (RFC 7515 §4.1.1).
    AlgMissing: "have the issuer write 'alg' into the header",
    /// A header parameter is not a string (RFC 7515 §4.1).
    ParameterType: "have the issuer write the header parameter as a string, or leave it out: null is not a string",
    /// A JSON object has a name twice: parsers disagree on which member counts (RFC 7515 §4, RFC 7519 §4).
    DuplicateName: "have the issuer write each name once in an object: readers differ in which of two members counts",
    /// A JSON text contains half of a surrogate pair (RFC 8259 §8.2).
    LoneSurrogate: "have the issuer cut texts between characters: half of one, a surrogate, stands in a string, as JavaScript leaves it when it cuts through an emoji",
    /// JSON begins with a byte order mark (RFC 8259 §8.1).
    ByteOrderMark: "leave out the byte order mark: RFC 8259 forbids to write one in front of JSON",
    /// The header requires an extension: `crit` or `b64` (RFC 7515 §4.1.11, RFC 7797).
    CriticalExtension: "list what the application processes in Verifier::understands, or have the issuer leave out 'crit'; 'b64' is not supported",
    /// The scratch buffer is too small for the token.
    ScratchTooSmall: "pass a scratch buffer as long as the token",

    /// `alg` is `none`: nobody signed the token.
    Unsigned: "refuse it: nobody signed it; if your own issuer made it, have it sign",
    /// The issuer signs with a shared secret (HMAC), but an algorithm with a public key is expected.
    SignedWithSecret: "set the issuer to sign with its private key (at Auth0: the API's signing algorithm RS256), since a public key is expected here; do not answer by accepting HMAC beside it",
    /// The issuer signs with a private key, but a shared secret is expected.
    SignedWithPrivateKey: "verify with the issuer's JWK Set and its algorithm: the issuer signs with a private key, and a shared secret is expected here",
    /// `alg` names an algorithm that this crate does not implement.
    AlgorithmUnsupported: "set the issuer to sign with an algorithm that this build verifies",
    /// `alg` names an algorithm that this verifier does not accept.
    AlgorithmNotAllowed: "set the issuer to sign with an algorithm that the verifier accepts, or have the verifier accept this one and load its keys",
    /// The token is, by its `typ`, an ID token, but an access token is expected (RFC 9068 §2.1).
    IdToken: "send the access token: an ID token is for the client that asked for it, and not for an API; an issuer that gives access tokens another 'typ' needs a verifier that requires it",
    /// `typ` is missing or not the expected one (RFC 8725 §3.11).
    TypMismatch: "send the kind of token that is meant for this verifier, or require the 'typ' that its issuer writes",
    /// The header has no `kid`, and the verifier requires one.
    KidRequired: "have the issuer put the 'kid' of the key it signs with into the header, or do not require one",
    /// The header has no `kid`, and several keys fit its algorithm.
    KidNeeded: "have the issuer put the 'kid' of the key it signs with into the header, which no other key has",

    /// There are no keys.
    NoKeys: "check the key endpoint: the set has no key",
    /// No key has the header's `kid`.
    KidUnknown: "fetch the set again if the issuer rotated its keys, else check that set and token are of the same issuer and tenant",
    /// The header's `kid` is not the `kid` of any key, but the `x5t` or `x5t#S256` of one.
    KidIsThumbprint: "have the issuer write one text as 'kid' into token and key: the token's 'kid' is the key's certificate thumbprint 'x5t', and the key's 'kid' is another",
    /// The header's `kid` differs from a key's only in letter case, which is significant (RFC 7515 §4.1.4).
    KidLetterCase: "have the issuer write one text as 'kid' into token and key: they differ in letter case, which counts",
    /// The header's `kid` is a key's in another encoding: with padding, in the other base64 alphabet, in
    /// hexadecimal, or percent-encoded.
    KidEncoding: "have the issuer write one text as 'kid' into token and key: the two are encodings of the same octets (padding '=', base64 or base64url, hex, %XX), and the texts must be equal",
    /// The header has a `kid`, but no key does.
    KeyWithoutKid: "have the issuer write the 'kid' into its keys: the token names a key, and none of the keys has a name; or pass a single key as a VerifyingKey, which takes any 'kid'",
    /// The key cannot be used, for the reason shown with it.
    KeyUnusable: "have the issuer correct the key: the report says beside it why it is set aside",
    /// A coordinate of the key is shorter than the curve requires (RFC 7518 §6.2.1.2).
    CoordinateLeadingZero: "have the issuer write coordinates as long as the curve's are, leading zeros included",
    /// The key has a private member: anyone who can read it can sign.
    PrivateKeyPublished: "replace the key at once: its private part is published",
    /// A shared secret is in a set of public keys.
    SecretAmongPublicKeys: "verify HMAC apart from other algorithms, and never publish a secret in a set",
    /// A key of this `kty` and `crv` cannot be used with the algorithm (RFC 7518 §6.1).
    KeyTypeMismatch: "match the algorithm and the key: a key is for the one algorithm that its 'alg' names, or for the only accepted one that its 'kty' and 'crv' can carry",
    /// Several keys have the header's `kid` and algorithm.
    KeyAmbiguous: "have the issuer give each of its keys a 'kid' of its own",
    /// No usable key is for the algorithm of the token.
    NoKeyForAlgorithm: "check that the set is the token's issuer's, and that it publishes a key for this algorithm",

    /// The signature is empty.
    SignatureMissing: "pass the token as the issuer sent it: its signature was removed, or was never made",
    /// The signature is an ECDSA signature in DER instead of r‖s (RFC 7518 §3.4).
    SignatureDer: "have the signer write r and s as octets of one length each (IEEE P1363), not as DER",
    /// The signature is hexadecimal text instead of base64url.
    SignatureHex: "have the signer encode the octets of the signature in base64url: they are written in hex",
    /// The length of the signature is not that of this key's signatures.
    SignatureLength: "check that the key is the one that signed, and that the signature was not cut",
    /// The signature was made over other text or with another key.
    SignatureInvalid: "check that key and token are of the same issuer and environment, and that nobody changed the token; for HMAC, that both sides read the secret alike (its text, or what that is base64 of)",
    /// The signature does not verify, and the header has a `nonce`, as in access tokens for Microsoft Graph.
    HeaderNonce: "ask for a token for your own API (its scope or resource) and verify that: Microsoft Entra ID writes 'nonce' into the header of tokens for Microsoft Graph, which replaces it before it verifies them; nobody else can verify their signature, nor has to",

    /// The payload is not a JSON object (RFC 7519 §4).
    ClaimsMalformed: "have the issuer sign a JSON object: the message says where it is none",
    /// The payload is compressed, as the header's `zip` says (RFC 7516 §4.1.3; SMART Health Cards).
    PayloadDeflated: "verify without claims, inflate the payload (raw DEFLATE, 'zip' is in the header), and read it by Claims::dangerous_from_octets",
    /// The payload is itself a token: a nested JWT (RFC 7519 §5.2).
    NestedJwt: "verify the payload as a token of its own, with its signer's keys: it is a nested JWT, for which the header has 'cty' JWT",
    /// A registered claim has the wrong type (RFC 7519 §4.1).
    ClaimType: "have the issuer write the claim with its type: texts as strings, times as numbers of seconds",
    /// A claim that the policy requires is absent.
    ClaimMissing: "have the issuer add the claim, or do not require it in the policy",
    /// `aud` is absent, but `client_id` or `azp` names the client, as in access tokens of Amazon Cognito.
    ClientInsteadOfAudience: "have the issuer add 'aud'; of one that writes none (Amazon Cognito, into access tokens), let the policy ignore 'aud' and compare 'client_id' or 'azp' yourself",
    /// A claim that the policy forbids is present.
    ClaimPresent: "send a token without the claim, or state in the policy what it must be",
    /// The issuer differs from the expected one only in a trailing slash.
    IssuerTrailingSlash: "write the issuer exactly as the token does: they differ by a '/' at the end",
    /// The issuer differs from the expected one only in `http://`, `https://` or neither.
    IssuerScheme: "write the issuer exactly as the token does: they differ in https://, http:// or no scheme at all (Google writes accounts.google.com as well)",
    /// The issuer differs from the expected one only in letter case, which is significant (RFC 7519 §4.1.1).
    IssuerLetterCase: "write the issuer exactly as the token does: they differ in letter case, which counts",
    /// The expected issuer contains a placeholder, such as `{tenantid}` in the metadata of Microsoft Entra
    /// ID.
    IssuerPlaceholder: "expect the issuer of a tenant: what stands in braces, as {tenantid} in Microsoft Entra ID's common metadata, is a placeholder for the tenant's ID; for several tenants, list their issuers",
    /// The token is from another issuer.
    IssuerMismatch: "check that the token is of your issuer, tenant and environment; if it is, expect what it says, byte by byte",
    /// The audience differs from the expected one only in a trailing slash.
    AudienceTrailingSlash: "write the audience exactly as the token does: they differ by a '/' at the end",
    /// The audience differs from the expected one only in `https://`, `api://` or the like.
    AudienceScheme: "write the audience exactly as the token does: they differ by a scheme such as https:// or api://",
    /// The audience differs from the expected one only in letter case, which is significant
    /// (RFC 7519 §4.1.3).
    AudienceLetterCase: "write the audience exactly as the token does: they differ in letter case, which counts",
    /// The token is for another audience.
    AudienceMismatch: "have the client ask for a token for this audience; if the token is meant for you, expect the name that it gives you",
    /// The token has expired.
    Expired: "get a new token, and refresh tokens before they expire",
    /// The token is not valid yet.
    NotYetValid: "wait, or check the clocks: the token starts later",
    /// The token was issued in the future.
    IssuedInFuture: "check the clocks: the token says that it is not issued yet",
    /// The token is older than the policy accepts.
    TooOld: "get a new token, or accept a greater age",
    /// A time check fails by at most five minutes.
    ClockSkew: "synchronise both clocks, and grant a leeway of a minute or so; if the token has just expired, get a new one",
    /// A time is in milliseconds or a smaller unit instead of seconds (RFC 7519 §2).
    Milliseconds: "have the issuer write seconds since 1970: the time is in a smaller unit, and an 'exp' of that kind never expires",
    /// The time that the caller passed is in milliseconds.
    NowInMilliseconds: "pass the time in seconds since 1970: what was passed is in milliseconds",
    /// The time that the caller passed is before September 2001: the clock was never set.
    ClockNotSet: "set the clock: the time that was passed is nearer to 1970 than to now, and to it no token has expired",

    /// The document is a single JWK.
    SetIsJwk: "put the key into a set, {\"keys\": [...]}, or read it as a single JWK",
    /// The document maps key IDs to X.509 certificates.
    SetIsCertificates: "fetch the service's own JWK Set: this is a map of X.509 certificates (Google's set for sign-in is at oauth2/v3/certs, that of Firebase at service_accounts/v1/jwk/securetoken@system.gserviceaccount.com)",
    /// The document maps key IDs to PEM public keys.
    SetIsPublicKeys: "fetch the service's JWK Set: this is a map of PEM public keys (that of Google's Identity-Aware Proxy is at iap/verify/public_key-jwk)",
    /// The document is the issuer's metadata (OpenID Connect Discovery §3, RFC 8414 §2).
    DocumentIsDiscovery: "fetch the document that 'jwks_uri' names: this is the issuer's metadata",
    /// The document is HTML or XML.
    DocumentIsHtml: "check the URL, and what a browser is shown there: this is a web page, of a login, a proxy or an error",
    /// The document is PEM.
    DocumentIsPem: "convert the PEM key or certificate into a JWK: only JWKs and JWK Sets are read here",
    /// The document is an array of keys, without the object around it.
    SetIsArray: "put the array into an object, {\"keys\": [...]}",
    /// The keys are the members of an object, not the elements of an array.
    SetIsMap: "put the keys into an array, {\"keys\": [...]}: here they are members of an object, by their names",
    /// The array of keys has a name other than `keys`, or is nested deeper in the document.
    KeysElsewhere: "pass an object whose own member 'keys' is the array of keys: here it stands in another member, which is shown above (letter case counts)",
    /// The document is a JWK Set or an array of keys, but a single JWK is expected.
    JwkIsSet: "read it as a set, or pass one of its keys: a single JWK is expected",
    /// The document is JSON without `kty`, but a JWK is expected (RFC 7517 §4.1).
    JwkWithoutKty: "check what was passed: this is JSON without the member 'kty' of a JWK",
    /// The document is JSON without an array `keys` (RFC 7517 §5.1).
    SetWithoutKeys: "check the URL: this is JSON without an array 'keys', an error message perhaps",
    /// The document is not JSON.
    DocumentNotJson: "check the URL or file, and that it was read to its end: this is not JSON",
    /// The document is longer than the limit.
    SetTooLong: "check the URL; if the issuer's set is as long, raise Limits::max_set_length",
    /// The set has more keys than the limit.
    TooManyKeys: "check the URL; if the issuer's set has as many keys, raise Limits::max_keys",
}

/// Writes the name and the advice.
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}: {}", self.advice())
    }
}
