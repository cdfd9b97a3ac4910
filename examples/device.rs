//! A device without a heap: one key in flash, a buffer of a fixed size, and the time from its clock.
//! `mod gate` runs on the device. It builds with `--no-default-features --features es256`.

use gate::Gate;
use jose_core::{
    Error, UnixTime,
    error::{ClaimsError, ParseError, SignatureError},
};

/// The part for the device: it needs only `core` and this crate.
mod gate {
    use jose_core::json::JsonString;
    use jose_core::{
        Algorithm, AlgorithmSet, ClaimsPolicy, Error, Expect, Jwk, UnixTime, Verifier, VerifyingKey,
        error::{ClaimsError, KeyError},
    };

    const ONLY: AlgorithmSet = AlgorithmSet::only(Algorithm::Es256);

    /// A gate that opens for valid tokens.
    pub(crate) struct Gate {
        key: VerifyingKey,
        /// Room for a header and a payload. A token that needs more is refused.
        scratch: [u8; 256],
    }

    impl Gate {
        /// Reads the key once. The text is not needed afterwards.
        pub(crate) fn new(jwk: &str) -> Result<Self, KeyError> {
            Ok(Self { key: Jwk::parse(jwk)?.verifying_key(ONLY)?, scratch: [0; 256] })
        }

        pub(crate) fn open(&mut self, token: &[u8], now: UnixTime) -> Result<JsonString<'_>, Error> {
            let policy =
                ClaimsPolicy::new(Expect::Exactly("https://issuer.example"), Expect::Exactly("api.example"));
            let verified = Verifier::new(&self.key).verify(token, &mut self.scratch)?;
            let claims = verified.claims(&policy, now)?;
            claims.subject()?.ok_or(Error::Claims(ClaimsError::ClaimMissing { name: "sub" }))
        }
    }
}

// From vectors/demo.json.
const JWK: &str = r#"{"kty":"EC","kid":"ec-2026","use":"sig","alg":"ES256","crv":"P-256","x":"iJPoeY-ggn0_Khh_J17hm45-rOs7d5UKmhOfpcouBDE","y":"eLc-WUniMov2lJNTelAXArsDB_ze_5jNGlQu5qmeMCs"}"#;
const TOKEN: &str = "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImVjLTIwMjYifQ.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwic3ViIjoidXNlci0xIiwiYXVkIjoiYXBpLmV4YW1wbGUiLCJleHAiOjQxMDI0NDQ4MDAsIm5iZiI6MTc4MDAwMDAwMCwiaWF0IjoxNzgwMDAwMDAwfQ.ASeIRRYsMGdcspoM83Cwy9nCBiSHOqaOw78cPECtUVhYTdWP38qgjY2aEzWWOvgtfFv3igl9p-t9dpJ4_pNNkw";

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let mut gate = Gate::new(JWK)?;
    let now = UnixTime::from_secs(1_790_000_000);

    let subject = gate.open(TOKEN.as_bytes(), now)?;
    println!("open for {subject}");
    assert!(subject == "user-1");

    let forged = TOKEN.replace("ASeI", "ASeJ");
    let long = [TOKEN, &"A".repeat(512)].concat();
    let late = UnixTime::from_secs(4_102_444_800);
    let mut refused = |token: &str, now| gate.open(token.as_bytes(), now).err();
    let refusals = [refused(&forged, now), refused(TOKEN, late), refused(&long, now)];
    for refusal in refusals.iter().flatten() {
        println!("shut: {refusal}");
    }
    assert!(matches!(
        refusals,
        [
            Some(Error::Signature(SignatureError::Invalid)),
            Some(Error::Claims(ClaimsError::Expired { .. })),
            Some(Error::Parse(ParseError::ScratchTooSmall { .. })),
        ]
    ));
    Ok(())
}
