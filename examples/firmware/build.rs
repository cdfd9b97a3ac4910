//! Turns vectors/demo.json into constants, and names the linker script.

use std::{env, error::Error, fs, path::Path};

use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let here = env::var("CARGO_MANIFEST_DIR")?;
    if env::var("CARGO_CFG_TARGET_ARCH")? == "arm" {
        println!("cargo::rustc-link-arg=-T{here}/cortex-m.ld");
        println!("cargo::rerun-if-changed=cortex-m.ld");
    }

    let path = format!("{here}/../../vectors/demo.json");
    println!("cargo::rerun-if-changed={path}");
    let demo: Value = serde_json::from_str(&fs::read_to_string(path)?)?;
    let set_of_secret = serde_json::json!({ "keys": [demo["secret"]] });
    let [rs256, es256] = ["RSA", "EC"].map(|kty| kid(&demo["jwks"], kty));
    let hs256 = kid(&set_of_secret, "oct");

    let further = &demo["further"];
    let [ps256, ed25519] = ["RSA", "OKP"].map(|kty| kid(&further["jwks"], kty));

    let texts = [
        ("JWKS", demo["jwks"].to_string()),
        ("SECRET_JWKS", set_of_secret.to_string()),
        ("ISSUER", text(&demo["issuer"])),
        ("AUDIENCE", text(&demo["audience"])),
        ("HS256_KID", hs256),
        ("ES256_KID", es256),
        ("RS256_KID", rs256),
        ("HS256_TOKEN", text(&demo["tokens"]["HS256"])),
        ("ES256_TOKEN", text(&demo["tokens"]["ES256"])),
        ("RS256_TOKEN", text(&demo["tokens"]["RS256"])),
        ("FURTHER_JWKS", further["jwks"].to_string()),
        ("PS256_KID", ps256),
        ("ED25519_KID", ed25519),
        ("PS256_TOKEN", text(&further["tokens"]["PS256"])),
        ("ED25519_TOKEN", text(&further["tokens"]["Ed25519"])),
    ];
    let mut source = format!("pub const NOW: i64 = {};\n", demo["now"]);
    for (name, text) in texts {
        source += &format!("pub const {name}: &str = {text:?};\n");
    }
    fs::write(Path::new(&env::var("OUT_DIR")?).join("demo.rs"), source)?;
    Ok(())
}

fn text(value: &Value) -> String {
    value.as_str().expect("a string in demo.json").to_owned()
}

/// The `kid` of the first key of this `kty`.
fn kid(set: &Value, kty: &str) -> String {
    let keys = set["keys"].as_array().expect("keys in demo.json");
    text(&keys.iter().find(|key| key["kty"] == kty).expect("such a key in demo.json")["kid"])
}
