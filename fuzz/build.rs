//! Writes `words.rs` of the ES256 field for both widths, which the crate itself compiles for tests alone.

use std::path::PathBuf;

fn main() {
    let source = "../src/key/p256/field/words.rs";
    println!("cargo:rerun-if-changed={source}");
    let text = std::fs::read_to_string(source).unwrap();
    // Nor can comments on the file itself be included.
    let kept = text.lines().filter(|line| !line.starts_with("//!") && !line.starts_with("#[cfg(any(test, "));
    let kept: String = kept.map(|line| format!("{line}\n")).collect();
    std::fs::write(PathBuf::from(std::env::var_os("OUT_DIR").unwrap()).join("words.rs"), kept).unwrap();
}
