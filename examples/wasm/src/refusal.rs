//! What is thrown: an `Error` of JavaScript with a `code`.

use alloc::format;
use core::fmt::{self, Write};

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Error)]
    pub type Refusal;

    #[wasm_bindgen(constructor, js_class = "Error")]
    fn new(message: &str) -> Refusal;

    #[wasm_bindgen(method, setter)]
    fn set_code(this: &Refusal, code: &str);

    #[wasm_bindgen(method, setter)]
    pub fn set_keys(this: &Refusal, keys: JsValue);
}

impl Refusal {
    pub fn with_code(message: &str, code: &str) -> Self {
        let refusal = Self::new(message);
        refusal.set_code(code);
        refusal
    }
}

/// An error of jose-core, with the name of its variant as code.
pub fn refusal<E: fmt::Debug + fmt::Display>(error: &E) -> Refusal {
    Refusal::with_code(&format!("{error}"), Name::of(error).as_str())
}

/// Why a token was refused: the stage's own error, whichever stage it was.
pub fn token(error: jose_core::Error) -> Refusal {
    match error {
        jose_core::Error::Parse(error) => refusal(&error),
        jose_core::Error::Select(error) => refusal(&error),
        jose_core::Error::Signature(error) => refusal(&error),
        jose_core::Error::Claims(error) => refusal(&error),
        other => refusal(&other),
    }
}

/// The name of a variant: what `Debug` writes before the first character that is no part of a name.
pub struct Name {
    bytes: [u8; 32],
    len: usize,
}

impl Name {
    pub fn of(error: &impl fmt::Debug) -> Self {
        let mut name = Self { bytes: [0; 32], len: 0 };
        // It ends with an error once the name is complete.
        let _ = write!(name, "{error:?}");
        name
    }

    pub fn as_str(&self) -> &str {
        self.bytes.get(..self.len).and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or("")
    }
}

impl Write for Name {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            let place = self.bytes.get_mut(self.len).filter(|_| byte.is_ascii_alphanumeric());
            *place.ok_or(fmt::Error)? = byte;
            self.len += 1;
        }
        Ok(())
    }
}
