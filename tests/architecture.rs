//! The tree is the pipeline. A file imports only from modules that `lib.rs` lists before its own, has at
//! most 500 lines, can be reached from `lib.rs`, and has no `unsafe`.
//!
//! The checker reads text: it knows comments, `mod`, and paths that begin with `crate` or `super`, which
//! is all that this code base uses. The last test shows that it can fail.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const MAX_LINES: usize = 500;

/// Source files by their path from `src/`, with slashes.
type Tree = BTreeMap<String, String>;

fn sources() -> Tree {
    fn collect(folder: &Path, prefix: &str, tree: &mut Tree) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
            if path.is_dir() {
                collect(&path, &format!("{name}/"), tree);
            } else if name.ends_with(".rs") {
                tree.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut tree = Tree::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut tree);
    tree
}

#[test]
fn the_tree_is_the_pipeline() {
    let tree = sources();
    assert!(tree.len() > 15, "only {} files", tree.len());
    let faults = faults(&tree);
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// Everything that is wrong with a tree, one line each.
fn faults(tree: &Tree) -> Vec<String> {
    let code: Tree = tree.iter().map(|(file, text)| (file.clone(), without_comments(text))).collect();
    let order = modules(&code["lib.rs"]);
    let mut faults = Vec::new();
    let mut reached = BTreeSet::from(["lib.rs".to_owned()]);
    for module in &order {
        reach(&code, module, &mut reached);
    }
    for (file, text) in &code {
        if !reached.contains(file) {
            faults.push(format!("{file}: not reached from lib.rs"));
        }
        let lines = tree[file].lines().count();
        if lines > MAX_LINES {
            faults.push(format!("{file}: {lines} lines"));
        }
        if words(text).contains(&"unsafe") {
            faults.push(format!("{file}: unsafe"));
        }
        // lib.rs says what is public, and may name everything.
        if file != "lib.rs" {
            let paths = module_path(file);
            let own = order.iter().position(|module| *module == paths[0]);
            for target in imports(text, paths.len()) {
                match order.iter().position(|module| *module == target) {
                    Some(place) if Some(place) > own => {
                        faults.push(format!("{file}: imports {target}, which is listed later"));
                    }
                    None => faults.push(format!("{file}: imports {target}, which is no module of lib.rs")),
                    Some(_) => {}
                }
            }
        }
    }
    faults
}

/// The file of a module and those of its children, by `mod name;`. Files are `foo.rs` and `foo/bar.rs`.
fn reach(code: &Tree, module: &str, reached: &mut BTreeSet<String>) {
    let file = format!("{module}.rs");
    let Some(text) = code.get(&file) else { return };
    reached.insert(file);
    for child in modules(text) {
        reach(code, &format!("{module}/{child}"), reached);
    }
}

/// `a/b.rs` as `[a, b]`.
fn module_path(file: &str) -> Vec<&str> {
    file.trim_end_matches(".rs").split('/').collect()
}

/// The names in `mod name;`, in order.
fn modules(code: &str) -> Vec<String> {
    let words = words(code);
    let declared = words.windows(3).filter(|window| window[0] == "mod" && window[2] == ";");
    declared.map(|window| window[1].to_owned()).collect()
}

fn without_comments(text: &str) -> String {
    // A comment begins a line or stands behind a blank, which `//` in a string here does not.
    let code = text.lines().map(|line| match line.trim_start().starts_with("//") {
        true => "",
        false => line.split_once(" //").map_or(line, |(code, _)| code),
    });
    without_literals(&code.collect::<Vec<_>>().join("\n"))
}

/// The code with nothing in its strings and characters, in which braces are not the code's.
fn without_literals(code: &str) -> String {
    let mut kept = String::new();
    let mut rest = code;
    while let Some(place) = rest.find(['"', '\'']) {
        let (before, literal) = rest.split_at(place);
        kept += before;
        let quote = &literal[..1];
        let mut inside = literal[1..].char_indices();
        let mut end = None;
        while let Some((at, character)) = inside.next() {
            match character {
                '\\' => drop(inside.next()),
                _ if character.to_string() == quote => {
                    end = Some(at);
                    break;
                }
                // What has no second quote behind one character is a lifetime.
                _ if quote == "'"
                    && !literal[1 + at + character.len_utf8()..].starts_with('\'')
                    && at == 0 =>
                {
                    break;
                }
                _ => {}
            }
        }
        kept += quote;
        rest = end.map_or(&literal[1..], |end| &literal[1 + end..][1..]);
    }
    kept + rest
}

/// Identifiers, and every other character that is no white space by itself.
fn words(code: &str) -> Vec<&str> {
    let part = |character: char| character.is_alphanumeric() || character == '_';
    let mut words = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = if part(first) {
            rest.find(|character| !part(character)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        words.push(&rest[..end]);
        rest = rest[end..].trim_start();
    }
    words
}

/// The modules of `lib.rs` that the code of a file names, whose own path has this many parts.
fn imports(code: &str, depth: usize) -> BTreeSet<String> {
    let words = words(code);
    let mut found = BTreeSet::new();
    // Where modules inside the file end: each is one step further from the root.
    let mut inner = Vec::new();
    let mut braces = 0_usize;
    for (place, word) in words.iter().enumerate() {
        match *word {
            "{" => {
                if place >= 2 && words[place - 2] == "mod" {
                    inner.push(braces);
                }
                braces += 1;
            }
            "}" => {
                braces -= 1;
                inner.pop_if(|opened| *opened == braces);
            }
            "crate" if words[place + 1..].starts_with(&[":", ":"]) => heads(&words[place + 3..], &mut found),
            // Of `super::super::name`, only the first is looked at, and it takes the others along.
            "super" if place < 3 || words[place - 3] != "super" => {
                let rest = &words[place..];
                let ups = rest.chunks(3).take_while(|step| **step == ["super", ":", ":"]).count();
                if ups == depth + inner.len() {
                    heads(&rest[ups * 3..], &mut found);
                }
            }
            _ => {}
        }
    }
    found
}

/// The first name of a path, or those of a group `{a::b, c}`.
fn heads(words: &[&str], found: &mut BTreeSet<String>) {
    if words[0] != "{" {
        found.insert(words[0].to_owned());
        return;
    }
    let (mut depth, mut head) = (0, true);
    for word in words {
        match *word {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," => head = depth == 1,
            name if head => {
                found.insert(name.to_owned());
                head = false;
            }
            _ => {}
        }
        if depth == 0 {
            return;
        }
    }
}

/// Small trees, each with what is wrong with it.
#[test]
fn the_checker_can_fail() {
    let lib = ("lib.rs", "pub mod a;\n#[cfg(x)]\nmod b;\nmod c;\npub use self::c::C;");
    let (a, b, c) =
        (("a.rs", "mod x;"), ("b.rs", "use crate::a::{A, Z};"), ("c.rs", "use super::{a::A, b};"));
    let x = ("a/x.rs", "use super::X;");
    let long = "// a line\n".repeat(501);
    let checks: [(&str, &str, &[&str]); 16] = [
        ("b.rs", "// use crate::c::C;\n/// [`c`](crate::c) \nuse crate::a; // crate::c", &[]),
        ("b.rs", "use crate::c::C;", &["b.rs: imports c, which is listed later"]),
        ("b.rs", "use super::c::C;", &["b.rs: imports c, which is listed later"]),
        ("b.rs", "fn f() { crate::c::f() }", &["b.rs: imports c, which is listed later"]),
        ("b.rs", "use crate::{a::{A, B}, c};", &["b.rs: imports c, which is listed later"]),
        ("b.rs", "mod inner { use super::b; use super::super::a; } use super::a;", &[]),
        ("b.rs", "mod inner { use super::super::c; }", &["b.rs: imports c, which is listed later"]),
        ("b.rs", "mod inner {} use super::c;", &["b.rs: imports c, which is listed later"]),
        ("b.rs", "fn f<'a>(x: &'a u8) { ('}', b'}', \"}\\\"}\", '\\'', '\\u{7d}') } use crate::a;", &[]),
        ("b.rs", "fn f() { '}'; \"\\\\\"; crate::c::f() }", &["b.rs: imports c, which is listed later"]),
        ("b.rs", "use crate::C;", &["b.rs: imports C, which is no module of lib.rs"]),
        ("a/x.rs", "use super::super::b;", &["a/x.rs: imports b, which is listed later"]),
        ("a/x.rs", "use crate::a::A; use super::super::a::B;", &[]),
        ("a/y.rs", "", &["a/y.rs: not reached from lib.rs"]),
        ("b.rs", &long, &["b.rs: 501 lines"]),
        ("b.rs", "fn f() { unsafe { g() } }", &["b.rs: unsafe"]),
    ];
    for (file, text, expected) in checks {
        let files = [lib, a, b, c, x, (file, text)];
        let tree = files.map(|(file, text)| (file.to_owned(), text.to_owned())).into_iter().collect();
        assert_eq!(faults(&tree), expected, "{file} with {text:.60}");
    }
}
