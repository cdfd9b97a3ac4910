//! Writes `words.rs` of the field with words of 8 bits, of which there are few enough to try all.

use std::path::PathBuf;

fn main() {
    let source = "../../src/key/p256/field/words.rs";
    println!("cargo:rerun-if-changed={source}");
    let text = std::fs::read_to_string(source).unwrap();
    // Comments on the file itself cannot be included.
    let lines = text.lines().filter(|line| !line.starts_with("//!"));
    let text: String = lines.map(|line| format!("{line}\n")).collect();
    let (wide, narrow) = text.split_once("/// Words of 32 bits.\n").unwrap();
    let wide = replaced(wide, &[("u128", "u16"), ("u64", "u8"), ("<< 32", "<< 4"), (">> 32", ">> 4")]);
    let narrow = replaced(
        narrow,
        &[
            ("u64", "u16"),
            ("u32", "u8"),
            // Products from halves of a word, for processors that have no others.
            ("0xffff", "0xf"),
            ("<< 16", "<< 4"),
            (">> 16", ">> 4"),
            ("<< 32", "<< 8"),
        ],
    );
    // And the same where these are taken.
    let halves = replaced(
        &narrow,
        &[
            ("mod word32", "mod word32_by_halves"),
            ("cfg!(all(target_arch = \"arm\", not(target_has_atomic = \"32\")))", "true"),
        ],
    );
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap());
    std::fs::write(out.join("words.rs"), [wide, narrow, halves].concat()).unwrap();
}

fn replaced(text: &str, pairs: &[(&str, &str)]) -> String {
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}
