//! JSON to and from JavaScript: objects cross the border as text, and need no other glue.

use alloc::format;
use alloc::string::String;
use core::fmt::Write;

use jose_core::Verdict;
use wasm_bindgen::prelude::*;

use crate::refusal::{Name, Refusal};

#[wasm_bindgen]
extern "C" {
    /// Of text that is JSON.
    #[wasm_bindgen(js_namespace = JSON)]
    pub fn parse(text: &str) -> JsValue;

    #[wasm_bindgen(js_namespace = JSON, catch)]
    fn stringify(value: &JsValue) -> Result<Option<String>, JsValue>;
}

/// The JSON text of a value of JavaScript.
pub fn text_of(value: &JsValue) -> Result<String, Refusal> {
    let no_json = || Refusal::with_code("the argument is not an object that can be written as JSON", "InvalidArgument");
    stringify(value).ok().flatten().ok_or_else(no_json)
}

/// The text of a `KeyVerdict[]`.
pub fn verdicts<'k>(verdicts: impl Iterator<Item = Verdict<'k>>) -> String {
    let mut out = String::from("[");
    for verdict in verdicts {
        out.push_str(if out.len() > 1 { ",{\"kid\":" } else { "{\"kid\":" });
        match verdict.kid {
            Some(kid) => string(&mut out, kid),
            None => out.push_str("null"),
        }
        match &verdict.outcome {
            Ok(algorithm) => {
                out.push_str(",\"algorithm\":");
                string(&mut out, algorithm.name());
            }
            Err(reason) => {
                out.push_str(",\"code\":");
                string(&mut out, Name::of(reason).as_str());
                out.push_str(",\"message\":");
                string(&mut out, &format!("{reason}"));
            }
        }
        out.push('}');
    }
    out.push(']');
    out
}

/// Writes a text as a string of JSON (RFC 8259 §7).
pub fn string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            '\0'..='\x1f' => {
                // Writing to a String does not fail.
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}
