//! What the documents name is there: every file, and every test that stands for a statement.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected must stop"
)]

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

/// What a code span names and is not there: a file below `root`, or below `folder`, or a function
/// of such a file (`tests/api.rs: messages`).
fn missing(root: &Path, folder: &Path, span: &str) -> Option<String> {
    let (path, function) = span.split_once(": ").map_or((span, None), |(path, name)| (path, Some(name)));
    let is_path =
        path.contains('/') || [".rs", ".md", ".json", ".toml"].iter().any(|end| path.ends_with(end));
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    // A media type is no path, nor is what has a place to fill in.
    if !is_path || !path.chars().all(plain) || path.starts_with('/') || path.starts_with("application/") {
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

/// The README's tables have every feature of Cargo.toml, and say of each whether `default` lists it.
#[test]
fn features_are_those_of_the_manifest() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name| std::fs::read_to_string(root.join(name)).unwrap();
    let (readme, manifest) = (read("README.md"), read("Cargo.toml"));

    let mut said = Vec::new();
    for row in section(&readme, "\n## Features\n", "\n## ").lines().filter(|line| line.starts_with("| `")) {
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

#[test]
fn what_is_not_there_is_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let missing = |span| missing(root, root, span);
    assert_eq!(missing("tests/documents.rs: what_is_not_there_is_found"), None);
    assert_eq!(missing("tests/no_such.rs").unwrap(), "tests/no_such.rs is not there");
    assert_eq!(missing("src/lib.rs: no_such").unwrap(), "src/lib.rs has no no_such");
}
