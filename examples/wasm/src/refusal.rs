//! What is thrown: an `Error` of JavaScript with a `code` and a `stage`.

use alloc::string::ToString as _;
use core::fmt::Display;

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
    fn set_stage(this: &Refusal, stage: &str);

    #[wasm_bindgen(method, setter)]
    pub fn set_keys(this: &Refusal, keys: JsValue);
}

impl Refusal {
    pub fn of(stage: &str, code: &str, message: &dyn Display) -> Self {
        let refusal = Self::new(&message.to_string());
        refusal.set_code(code);
        refusal.set_stage(stage);
        refusal
    }

    /// What is wrong with what the caller passed.
    pub fn argument(message: &dyn Display) -> Self {
        Self::of("argument", "InvalidArgument", message)
    }
}

pub fn refusal(error: impl Into<jose_core::Error>) -> Refusal {
    let error = error.into();
    Refusal::of(error.stage(), error.code(), &error)
}
