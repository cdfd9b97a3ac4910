//! What the documents name is there: every file, and every test that stands for a statement.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests may panic")]

use std::path::Path;

const DOCUMENTS: [&str; 11] = [
    "README.md",
    "SECURITY.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "benches/README.md",
    "benches/RESULTS.md",
    "examples/firmware/BUDGETS.md",
    "examples/proxy-wasm/README.md",
    "examples/wasm-module/README.md",
    "fuzz/README.md",
    "vectors/README.md",
];

/// The code spans of a document, its code blocks left out.
fn spans(text: &str) -> Vec<&str> {
    let prose = text.split("```").step_by(2);
    prose.flat_map(|prose| prose.split('`').skip(1).step_by(2)).collect()
}

/// Whether a code span is a path. A media type is not, nor is what has a place to fill in.
fn is_path(span: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    (span.contains('/') || [".rs", ".md", ".json", ".toml"].iter().any(|end| span.ends_with(end)))
        && span.chars().all(plain)
        && !span.starts_with('/')
        && !span.starts_with("application/")
}

/// What a code span names and is not there: a file below `root`, or below `folder`, or a function
/// of such a file (`tests/api.rs: messages`).
fn missing(root: &Path, folder: &Path, span: &str) -> Option<String> {
    let (path, function) = span.split_once(": ").map_or((span, None), |(path, name)| (path, Some(name)));
    if !is_path(path) {
        return None;
    }
    let Some(found) = [root, folder].into_iter().map(|at| at.join(path)).find(|path| path.exists()) else {
        return Some(format!("{path} is not there"));
    };
    let function = function?;
    let heads = [format!("fn {function}("), format!("mod {function} ")];
    let text = std::fs::read_to_string(&found).unwrap();
    (!heads.iter().any(|head| text.contains(head))).then(|| format!("{path} has no {function}"))
}

#[test]
fn what_the_documents_name_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seen = 0;
    for document in DOCUMENTS {
        let path = root.join(document);
        let text = std::fs::read_to_string(&path).unwrap();
        let spans = spans(&text);
        seen += spans.len();
        let folder = path.parent().unwrap();
        let missing: Vec<_> = spans.into_iter().filter_map(|span| missing(root, folder, span)).collect();
        assert!(missing.is_empty(), "{document}: {missing:?}");
    }
    assert!(seen > 200, "the documents have {seen} code spans");
}

/// The text between `head` and the next `end`.
fn section<'t>(text: &'t str, head: &str, end: &str) -> &'t str {
    text.split_once(head).and_then(|(_, rest)| rest.split_once(end)).unwrap().0
}

/// The front page of the documentation of the crate.
fn front_page(root: &Path) -> String {
    let code = std::fs::read_to_string(root.join("src/lib.rs")).unwrap();
    let lines = code.lines().filter_map(|line| line.strip_prefix("//!"));
    lines.map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect()
}

/// A reader of the documentation has the package, not the repository.
#[test]
fn front_page_names_files_of_the_package() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let include: Vec<_> = section(&manifest, "\ninclude = [", "]").split('"').skip(1).step_by(2).collect();
    let packed = |path: &str| {
        let path = format!("/{path}");
        include.iter().any(|entry| match entry.split_once('*') {
            Some((start, end)) => {
                let name = path.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
                name.is_some_and(|name| !name.contains('/'))
            }
            None => path == *entry || path.starts_with(&format!("{entry}/")),
        })
    };
    let page = front_page(root);
    let paths: Vec<_> = spans(&page).into_iter().filter(|span| is_path(span)).collect();
    assert!(paths.len() > 5, "{paths:?}");
    for path in paths {
        assert!(packed(path) && root.join(path).exists(), "{path} is not in the package");
    }
}

/// The front page has every feature of Cargo.toml, and says of each whether `default` lists it.
#[test]
fn features_are_those_of_the_manifest() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (page, manifest) = (front_page(root), std::fs::read_to_string(root.join("Cargo.toml")).unwrap());

    let mut said = Vec::new();
    for row in section(&page, "\n# Features\n", "\n# ").lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        // Of several the second cell names those that are on.
        let is_on = |name| cells[2] == "yes" || spans(cells[2]).contains(&name);
        said.extend(spans(cells[1]).into_iter().map(|name| (name, is_on(name))));
    }
    let lines = section(&manifest, "\n[features]\n", "\n[").lines();
    // Those that begin with `_` are no user's.
    let lines = lines.filter(|line| !line.starts_with('_'));
    let mut features: Vec<_> = lines.filter_map(|line| line.split_once(" = ")).collect();
    let (_, default) = features.remove(0);
    let mut real: Vec<_> =
        features.iter().map(|(name, _)| (*name, default.contains(&format!("\"{name}\"")))).collect();
    said.sort_unstable();
    real.sort_unstable();
    assert_eq!(said, real);
}

/// The table of costs on a device has the figures of the firmware. With `JOSE_CORE_DRAW=1` it is written
/// instead.
#[test]
fn costs_on_a_device_are_those_of_the_firmware() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name| std::fs::read_to_string(root.join(name)).unwrap();
    let (budgets, firmware) = (read("examples/firmware/BUDGETS.md"), read("examples/firmware/src/main.rs"));
    let budgets = section(&budgets, "\n## thumbv7em-none-eabihf\n", "\n## ");
    let cost = |name: String| section(budgets, &format!("\n| {name} | "), " |");
    // The assertion of a size ends with the name.
    let key = |name| {
        let (before, _) = firmware.split_once(&format!(", \"{name}\");")).unwrap();
        before.rsplit_once("size == ").unwrap().1.replace('_', ",")
    };
    let row = |name, flash: &str, [read, verify]: [&str; 2]| {
        let [stack, instructions] = ["peak stack", "instructions"]
            .map(|what| [read, verify].map(|kind| cost(format!("{what}, {name}{kind}"))).join(" | "));
        format!("{} | {} | {stack} | {instructions} |\n", key(name), cost(format!("flash, {name}{flash}")))
    };
    let mut table = String::from(
        "Bytes and instructions on a Cortex-M4, with `opt-level = \"s\"`, fat LTO and the compact SHA-256 of the crate `sha2` \
         (`--cfg sha2_backend_soft=\"compact\"`). Flash includes the text of a JWK Set and of a token. The scratch buffer is \
         not part of the stack. In the row of the prepared key, the columns about reading are about preparing it.\n\n\
         | | size of `VerifyingKey` | flash | stack to read the key | stack to verify | instructions to read the key | instructions to verify |\n\
         |---|--:|--:|--:|--:|--:|--:|\n",
    );
    let usual = [", reading the key", ""];
    for (name, key) in
        [("HS256", ""), ("RS256", ", 2048 bits"), ("PS256", ", 2048 bits"), ("Ed25519", ""), ("ES256", "")]
    {
        table += &format!("| {name}{key} | {}", row(name, "", usual));
    }
    let prepared = row("ES256", ", with preparation", [", preparing the key", ", prepared key"]);
    table += &format!("| ES256, prepared key | {prepared}");
    table += &format!(
        "| HS256, ES256 and RS256 | {} | {} | | | | |\n",
        key("all three"),
        cost("flash, all three".into())
    );

    let file = root.join("src/device.md");
    if std::env::var_os("JOSE_CORE_DRAW").is_some() {
        std::fs::write(&file, &table).unwrap();
    }
    assert_eq!(read("src/device.md"), table, "run this test with JOSE_CORE_DRAW=1");
}

#[test]
fn what_is_not_there_is_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let missing = |span| missing(root, root, span);
    assert_eq!(missing("tests/documents.rs: what_is_not_there_is_found"), None);
    assert_eq!(missing("tests/no_such.rs").unwrap(), "tests/no_such.rs is not there");
    assert_eq!(missing("src/lib.rs: no_such").unwrap(), "src/lib.rs has no no_such");
}
