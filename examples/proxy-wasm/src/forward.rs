//! Claims as values of header fields.

use jose_core::Claims;
use jose_core::json::Value;

/// The text in which a claim is handed on: a string as it is, everything else as JSON. `None` for a claim that is
/// absent or null, and for a string that a header field cannot carry unchanged: one with other characters than the
/// printable ones of ASCII, or with a space at an end.
pub fn field_value(claims: &Claims<'_>, name: &str) -> Option<String> {
    match claims.get(name)? {
        Value::Null => None,
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => Some(number.to_owned()),
        Value::String(string) => Some(string.chars().collect()).filter(|text: &String| fits(text)),
        Value::Array(_) | Value::Object(_) => {
            let all: serde_json::Map<String, serde_json::Value> = claims.deserialize().ok()?;
            all.get(name).map(|value| ascii(&value.to_string()))
        }
    }
}

fn fits(text: &str) -> bool {
    text.trim_ascii().len() == text.len() && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}

/// JSON that means the same in ASCII: other characters stand in strings alone, where they can be escaped.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() && !character.is_ascii_control() {
            text.push(character);
        } else {
            character
                .encode_utf16(&mut [0; 2])
                .iter()
                .for_each(|unit| text.push_str(&format!("\\u{unit:04x}")));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{ascii, fits};

    #[test]
    fn what_a_header_field_carries_unchanged() {
        for text in ["ada", "a b", "", "https://issuer.example/~x?y=\"z\"\\"] {
            assert!(fits(text), "{text:?}");
        }
        for text in [" ada", "ada ", "a\r\nx-admin: yes", "a\tb", "a\0", "\u{7f}", "Zoë", "\u{2028}"] {
            assert!(!fits(text), "{text:?}");
        }
    }

    #[test]
    fn json_in_ascii_means_the_same() {
        let value = serde_json::json!({"ä": ["😀", "\u{7f}", "\r\n", "\\\"", 1.5, null]});
        let text = ascii(&value.to_string());
        assert!(fits(&text), "{text}");
        assert_eq!(text, r#"{"\u00e4":["\ud83d\ude00","\u007f","\r\n","\\\"",1.5,null]}"#);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
