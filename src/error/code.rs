//! The codes of errors: the names of their variants, for programs, logs and metrics.

/// Adds `code()` to enums: the name of the variant. A variant that is not listed does not compile.
macro_rules! codes {
    ($($error:ident: $($(#[$when:meta])? $variant:ident)*;)*) => {$(
        impl $error {
            /// Returns the name of the variant, which does not change with the text: for logs, metrics and
            /// responses to other programs. [`Error::code`](crate::Error::code) lists all of them.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self {
                    $($(#[$when])? Self::$variant { .. } => stringify!($variant),)*
                }
            }
        }
    )*};
}
#[cfg(feature = "alloc")]
pub(crate) use codes;

use super::{
    AlgorithmNameError, Base64Error, ClaimsError, JsonErrorKind, KeyError, ParseError, SelectError, SetError,
    SignatureError,
};

codes! {
    ParseError: TokenTooLong JsonSerialization PartsMissing Jwe TooManyParts HeaderTooLong ScratchTooSmall
        HeaderBase64 HeaderJson HeaderNotObject AlgMissing ParameterType CritUnsupported UnencodedPayload SignatureBase64
        PayloadBase64;
    SelectError: CritMalformed CritRegistered CritNotUnderstood CritDuplicate CritAbsent AlgorithmUnsupported AlgorithmNotAllowed TypMissing TypMismatch KidRequired NoKeys KidUnknown
        KidNeeded KeyUnusable KeyAmbiguous AlgorithmMismatch NoKeyForAlgorithm;
    SignatureError: AlgorithmMismatch WrongLength Invalid;
    ClaimsError: Json NotObject ClaimType DateOutOfRange ClaimMissing ClaimPresent IssuerMismatch AudienceMismatch
        Expired NotYetValid IssuedInFuture TooOld #[cfg(feature = "serde")] Deserialize;
    KeyError: Json NotObject MemberMissing CertificateOnly MemberType KtyUnsupported CrvUnsupported UseNotSig
        KeyOpsNotVerify KeyOpsDuplicate AlgUnsupported AlgMismatch AlgNotAllowed AlgMissing FeatureDisabled
        PrivateMaterial SecretAmongPublicKeys Base64 SecretTooShort SecretTooLong SecretIsKeyDocument
        WrongCoordinateLength PointNotOnCurve PointOfSmallOrder ModulusTooSmall ModulusTooLarge ModulusEven ExponentTooSmall
        ExponentTooLarge ExponentEven;
    SetError: TooLong Json NotObject KeysMissing KeysNotArray TooManyKeys;
    AlgorithmNameError: UnknownAlgorithm NoAlgorithm;
    Base64Error: InvalidByte InvalidLength TrailingBits BufferTooSmall;
    JsonErrorKind: InvalidUtf8 ByteOrderMark ExpectedValue ExpectedName ExpectedColon ExpectedCommaOrBrace
        ExpectedCommaOrBracket ExpectedClosing ExpectedEnd InvalidLiteral ExpectedDigit LeadingZero
        UnterminatedString ControlCharacter InvalidEscape LoneSurrogate DuplicateName TooLong TooDeep
        TooManyMembers;
}
