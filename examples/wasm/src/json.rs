//! JSON to and from JavaScript: objects cross the border as text, and need no other glue.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Display, Write};

use wasm_bindgen::prelude::*;

use crate::refusal::Refusal;

#[wasm_bindgen]
extern "C" {
    /// The value of text that is JSON.
    #[wasm_bindgen(js_namespace = JSON)]
    pub fn parse(text: &str) -> JsValue;

    #[wasm_bindgen(js_namespace = JSON, catch)]
    fn stringify(value: &JsValue) -> Result<Option<String>, JsValue>;

    #[wasm_bindgen(js_namespace = Object, catch)]
    fn keys(value: &JsValue) -> Result<Vec<JsValue>, JsValue>;

    #[wasm_bindgen(js_namespace = Reflect, catch)]
    fn get(target: &JsValue, name: &JsValue) -> Result<JsValue, JsValue>;
}

/// The name of the first member that JSON text leaves out, in an object or in one inside it: one that is `undefined`,
/// a function or a symbol. The object is one that has such a text, and so no cycle.
pub fn member_left_out(object: &JsValue) -> Option<String> {
    keys(object).unwrap_or_default().iter().find_map(|name| match get(object, name) {
        Ok(value) if value.is_undefined() || value.is_function() || value.is_symbol() => name.as_string(),
        Ok(value) if value.is_object() => member_left_out(&value),
        _ => None,
    })
}

/// The JSON text of a value of JavaScript.
pub fn text_of(value: &JsValue) -> Result<String, Refusal> {
    let text = stringify(value).ok().flatten();
    text.ok_or_else(|| Refusal::argument(&"an argument is missing, or cannot be written as JSON"))
}

/// JSON text in the making.
#[derive(Default)]
pub struct Json(String);

impl Json {
    /// An array or an object, as `write` fills it.
    pub fn inside(&mut self, brackets: [char; 2], write: impl FnOnce(&mut Self)) {
        self.separate();
        self.0.push(brackets[0]);
        write(self);
        self.0.push(brackets[1]);
    }

    #[cfg(feature = "diagnose")]
    pub fn array(&mut self, name: &str, write: impl FnOnce(&mut Self)) {
        self.name(name);
        self.inside(['[', ']'], write);
    }

    pub fn object(&mut self, write: impl FnOnce(&mut Self)) {
        self.inside(['{', '}'], write);
    }

    /// The name of a member, whose value is next.
    pub fn name(&mut self, name: &str) {
        self.text(&name);
        self.0.push(':');
    }

    /// A member that is a string.
    pub fn member(&mut self, name: &str, value: &dyn Display) {
        self.name(name);
        self.text(value);
    }

    /// A member that is a string or null.
    pub fn optional(&mut self, name: &str, value: Option<&dyn Display>) {
        match value {
            Some(value) => self.member(name, value),
            None => self.literal(name, &"null"),
        }
    }

    /// A member that is written as it is: a number, `true`, `null`.
    pub fn literal(&mut self, name: &str, value: &dyn Display) {
        self.name(name);
        // Writing to a String does not fail.
        let _ = write!(self.0, "{value}");
    }

    /// A string, as the value of a member or an element of an array.
    pub fn text(&mut self, value: &dyn Display) {
        self.separate();
        self.0.push('"');
        let _ = write!(Escaped(&mut self.0), "{value}");
        self.0.push('"');
    }

    /// A comma, where something stands before.
    fn separate(&mut self) {
        if !matches!(self.0.as_bytes().last(), None | Some(b'[' | b'{' | b':')) {
            self.0.push(',');
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value of the finished text.
    pub fn parse(&self) -> JsValue {
        parse(&self.0)
    }
}

/// Escapes what must be escaped inside a string (RFC 8259 §7).
struct Escaped<'o>(&'o mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            match character {
                '"' | '\\' => {
                    self.0.push('\\');
                    self.0.push(character);
                }
                '\0'..='\x1f' => write!(self.0, "\\u{:04x}", u32::from(character))?,
                _ => self.0.push(character),
            }
        }
        Ok(())
    }
}
