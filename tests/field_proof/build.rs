//! Writes `words.rs` of the field with words of 8 bits, of which there are few enough to try all.

use std::path::PathBuf;

fn main() {
    let source = "../../src/key/es256/field/words.rs";
    println!("cargo:rerun-if-changed={source}");
    let text = std::fs::read_to_string(source).unwrap();
    // Comments on the file itself cannot be included.
    let mut text: String =
        text.lines().filter(|line| !line.starts_with("//!")).map(|line| format!("{line}\n")).collect();
    for (from, to) in [
        ("words!(u64, u128)", "words!(u8, u16)"),
        ("words!(u32, u64)", "words!(u8, u16)"),
        // Half a word.
        ("(word << 32, word >> 32)", "(word << 4, word >> 4)"),
    ] {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text = text.replace(from, to);
    }
    std::fs::write(PathBuf::from(std::env::var_os("OUT_DIR").unwrap()).join("words.rs"), text).unwrap();
}
