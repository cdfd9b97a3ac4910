//! Copies `src/key/p256` once for each fault, and changes one place in the copy.

use std::fs;
use std::path::{Path, PathBuf};

include!("faults.rs");

const SOURCE: &str = "../../src/key";
const FILES: [&str; 8] = [
    "p256.rs",
    "p256/comb.rs",
    "p256/comb/base.rs",
    "p256/field.rs",
    "p256/point.rs",
    "p256/field/limbs32.rs",
    "p256/field/limbs64.rs",
    "p256/field/words.rs",
];

/// What the tests need of a copy, which keeps it to itself.
const ACCESS: &str = "
pub fn verifies(x: &[u8; 32], y: &[u8; 32], prepared: bool, message: &[u8], signature: &[u8]) -> Option<bool> {
    let mut key = Key::new(x, y).ok()?;
    if prepared {
        key.prepare();
    }
    Some(key.holds(message, signature))
}

/// The sum, in coordinates of p256's field.
pub fn sum(u1: &[u8; 32], u2: &[u8; 32], x: &[u8; 32], y: &[u8; 32], prepared: bool) -> Option<[[u8; 32]; 3]> {
    let sum = raw(u1, u2, x, y, prepared)?;
    Some([sum.x, sum.y, sum.z].map(FieldElement::to_bytes))
}

/// The verdict on a sum.
pub fn verdict(u1: &[u8; 32], u2: &[u8; 32], x: &[u8; 32], y: &[u8; 32], prepared: bool, r: &p256::Scalar) -> Option<bool> {
    Some(x_is(&raw(u1, u2, x, y, prepared)?, &U256::from(r)))
}

fn raw(u1: &[u8; 32], u2: &[u8; 32], x: &[u8; 32], y: &[u8; 32], prepared: bool) -> Option<Jacobian> {
    let point = Affine { x: FieldElement::from_bytes(x)?, y: FieldElement::from_bytes(y)? };
    if !prepared {
        return Some(comb::sum_vartime(u1, u2, &point));
    }
    let mut table = comb::EMPTY;
    comb::fill(&mut table, &point);
    Some(comb::sum_prepared_vartime(u1, u2, &table))
}
";

fn main() {
    println!("cargo:rerun-if-changed={SOURCE}");
    println!("cargo:rerun-if-changed=faults.rs");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap());
    let (mut modules, mut all) = (String::new(), String::new());
    for (name, kind, widths, edits) in FAULTS {
        for bits in *widths {
            let name = format!("{name}_{bits}");
            copy(&out.join(&name), &name, *bits, edits);
            let path = out.join(&name).join("p256.rs");
            modules += &format!(
                "mod {name} {{\n    use crate::{{digest, parameters}};\n    #[path = {path:?}]\n    pub mod p256;\n}}\n"
            );
            all += &format!(
                "    Copy {{\n        name: {name:?},\n        kind: Kind::{kind:?},\n        verifies: {name}::p256::verifies,\n        \
                 sum: {name}::p256::sum,\n        verdict: {name}::p256::verdict,\n    }},\n"
            );
        }
    }
    modules += &format!("static COPIES: &[Copy] = &[\n{all}];\n");
    fs::write(out.join("copies.rs"), modules).unwrap();
}

/// Writes a copy with a fault, and with words of so many bits.
fn copy(folder: &Path, name: &str, bits: u32, edits: &[Edit]) {
    let mut planted = 0;
    for file in FILES {
        let mut text = fs::read_to_string(Path::new(SOURCE).join(file)).unwrap();
        // The tests of the crate are not those of a copy.
        text = text.replace("#[cfg(test)]\nmod tests;\n", "");
        // `test` compiles both widths; here there is one.
        let chosen = if bits == 32 { "all()" } else { "any()" };
        text = text.replace("jose_core_words = \"32\"", chosen).replace("any(test, ", "any(");
        for [edited, from, to] in edits {
            if edited.replace("limbs", &format!("limbs{bits}")) == file {
                assert_eq!(text.matches(from).count(), 1, "{name}: {from}");
                text = text.replace(from, to);
                planted += 1;
            }
        }
        if file == "p256.rs" {
            text += ACCESS;
        }
        // The root of a copy is a file that is named by its path, and has its children beside it.
        let path = folder.join(file.strip_prefix("p256/").unwrap_or(file));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    assert_eq!(planted, edits.len(), "{name}: a file is missing");
}
