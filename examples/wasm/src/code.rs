//! The names of jose-core's errors, and the stages that they belong to.
//!
//! `Debug` would write the same names, for 3 KB more: it can write all that is in them.

use jose_core::{ClaimsError, Error, KeyError, ParseError, SelectError, SetError, SignatureError};

pub trait Coded {
    /// Where in the pipeline it arises.
    const STAGE: &'static str;

    /// The name of the variant.
    fn code(&self) -> &'static str;
}

macro_rules! coded {
    ($($error:ident, $stage:literal: $($variant:ident)*;)*) => {$(
        impl Coded for $error {
            const STAGE: &'static str = $stage;

            fn code(&self) -> &'static str {
                match self {
                    $($error::$variant { .. } => stringify!($variant),)*
                    _ => "Other",
                }
            }
        }
    )*};
}

coded! {
    ParseError, "parse": TokenTooLong JsonSerialization PartsMissing Jwe TooManyParts HeaderTooLong ScratchTooSmall
        HeaderBase64 HeaderJson HeaderNotObject AlgMissing ParameterType Crit UnencodedPayload
        SignatureBase64 PayloadBase64;
    SelectError, "select": CritMalformed CritRegistered CritNotUnderstood CritDuplicate CritAbsent AlgorithmUnsupported AlgorithmNotAllowed TypMissing TypMismatch KidMissing KidUnknown
        KeySetAside KeyAmbiguous AlgorithmMismatch NoKeyForAlgorithm;
    SignatureError, "signature": AlgorithmMismatch Length Invalid;
    ClaimsError, "claims": Json NotObject ClaimType DateRange ClaimMissing ClaimPresent IssuerMismatch
        AudienceMismatch Expired NotYetValid IssuedInFuture TooOld;
    KeyError, "keys": Json NotObject MemberMissing CertificateOnly MemberType KtyUnsupported CrvUnsupported UseNotSig
        KeyOpsNotVerify KeyOpsDuplicate AlgUnsupported AlgMismatch AlgNotAllowed FeatureDisabled PrivateMaterial SecretAmongPublic
        Base64 SecretTooShort SecretTooLong SecretIsKeyDocument CoordinateLength PointNotOnCurve ModulusTooSmall
        ModulusTooLarge ModulusEven ExponentTooSmall ExponentTooLarge ExponentEven;
    SetError, "keys": TooLong Json NotObject KeysMissing KeysNotArray TooManyKeys;
}

/// Stage and code of a refusal of a token.
pub fn of(error: &Error) -> (&'static str, &'static str) {
    fn pair<E: Coded>(error: &E) -> (&'static str, &'static str) {
        (E::STAGE, error.code())
    }
    match error {
        Error::Parse(error) => pair(error),
        Error::Select(error) => pair(error),
        Error::Signature(error) => pair(error),
        Error::Claims(error) => pair(error),
        _ => ("other", "Other"),
    }
}
