//! Misuse that does not compile: a file of `misuse/` each, with what the compiler says to it.
//!
//! `pass.rs` is the same calls, used rightly: without it, a case could fail for another reason than its
//! own, a name that has changed for one. After a change of the compiler's wording,
//! `TRYBUILD=overwrite cargo test` writes the `.stderr` files again; read the difference.

#[test]
fn misuse_does_not_compile() {
    let files = std::fs::read_dir("misuse").unwrap().map(|file| file.unwrap().path());
    let cases = files.filter(|file| file.extension().is_some_and(|extension| extension == "rs"));
    assert!(cases.count() > 20, "cases are missing");

    let test = trybuild::TestCases::new();
    test.pass("pass.rs");
    test.compile_fail("misuse/*.rs");
}
