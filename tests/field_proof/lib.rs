//! A proof that the operations of the ES256 field are what they are meant to be, for all operands.
//!
//! The text of `limbs64.rs` and `limbs32.rs` is run on words of which nothing is known. For every operation
//! on words the exact relation is kept between what goes in and what comes out, over the integers. Then
//! the results are compared with what is meant, as polynomials. Proved is, for both widths:
//!
//! - `minus_p`: t - p and whether it is below zero, for t of 256 bits.
//! - `subtract_p`: t or t - p, below p, for t of 256 bits. (The rare path.)
//! - `reduce_once`: T or T - p, below p, for T = t + carry * 2^256 below 2p.
//! - `montgomery_reduce`: below p, and N = low + high * 2^256 modulo p when it is multiplied by 2^256, for N
//!   below p * 2^256. (With 64 bits also `reduce_word`.)
//! - `add`, `sub`, `mul`, `square`: below p, and a + b, a - b, a * b / 2^256 and a * a / 2^256 modulo p, for
//!   a and b below p.
//!
//! No carry is supposed to be zero: where one is left, the proof shows that it is, by the ranges of the
//! numbers. Supposed are the operations on words as `machine.rs` writes them (`words.rs` is held to them for
//! all words of 8 bits, and in part for real ones), that the reader of the text takes it as the compiler
//! does, and the compiler.

#![cfg(test)]

mod machine;
mod polynomial;
mod proofs;
mod words;

use proofs::Field;

const FILES: [(&str, u32); 2] = [
    (include_str!("../../src/key/p256/field/limbs64.rs"), 64),
    (include_str!("../../src/key/p256/field/limbs32.rs"), 32),
];

#[test]
fn operations_are_proved() {
    for (text, bits) in FILES {
        let proved =
            Field::new(text, bits).unwrap().prove().unwrap_or_else(|error| panic!("{bits}: {error}"));
        assert_eq!(proved.len(), if bits == 64 { 9 } else { 8 });
    }
}

/// The text with one place changed.
fn changed(text: &str, at: usize, length: usize, to: &str) -> String {
    [&text[..at], to, &text[at + length..]].concat()
}

/// Where a text stands in code, behind the imports.
fn places<'t>(text: &'t str, what: &'t str) -> impl Iterator<Item = usize> + 't {
    let from = text.find("pub(super) const fn").unwrap();
    text.match_indices(what).map(|(at, _)| at).filter(move |at| {
        let line = text[..*at].rfind('\n').unwrap_or_default();
        *at > from && !text[line..*at].contains("//")
    })
}

/// With any one carry dropped, the proof fails.
#[test]
fn no_carry_can_be_dropped() {
    for (text, bits) in FILES {
        let mut dropped = 0;
        for carry in ["carry", "borrow", "carry3", "carry6", "borrow7"] {
            for at in places(text, &format!(", {carry})")) {
                let line = text[text[..at].rfind('\n').unwrap() + 1..].lines().next().unwrap().trim();
                if text[at..].starts_with(&format!(", {carry}) =")) {
                    continue;
                }
                // Where the carry is that of a product, it is a word.
                let none = if line.contains("mul_add") { "0" } else { "false" };
                let changed = changed(text, at + 2, carry.len(), none);
                match Field::new(&changed, bits).unwrap().prove() {
                    Err(error) => assert!(!error.contains("cannot run"), "{bits}: {error}, in {line}"),
                    Ok(_) => panic!("{bits}: proved with {none} for the {carry} of {line}"),
                }
                dropped += 1;
            }
        }
        assert!(dropped >= 45, "{bits}: only {dropped} carries");
    }
}

/// With any one word taken for the next one, the proof fails.
#[test]
fn no_word_can_be_another() {
    for (text, bits) in FILES {
        let words = 256 / bits;
        let (mut refused, mut not_run) = (0, 0);
        // Not those of p, of which some are equal.
        for (letter, digit) in ["a", "b", "t", "m", "h", "d"]
            .iter()
            .flat_map(|letter| (0..words).map(move |digit| (letter, digit)))
        {
            let name = format!("{letter}{digit}");
            let next = format!("{letter}{}", (digit + 1) % words);
            for at in places(text, &name).collect::<Vec<_>>() {
                // A use, in a call: behind the `=` of its line.
                let line = &text[text[..at].rfind('\n').unwrap() + 1..];
                let line = line.lines().next().unwrap();
                let before = &text[at - 1..at];
                let is_use = text[..at].rfind('=') > text[..at].rfind('\n')
                    && line.contains("= ")
                    && [" ", "("].contains(&before)
                    && [",", ")"].contains(&&text[at + 2..at + 3]);
                if !is_use || line.trim_start().starts_with("let ([") {
                    continue;
                }
                let changed = changed(text, at, 2, &next);
                match Field::new(&changed, bits).unwrap().prove() {
                    Err(error) if error.contains("cannot run") => not_run += 1,
                    Err(_) => refused += 1,
                    Ok(_) => panic!("{bits}: proved with {next} for {name} in {line}"),
                }
            }
        }
        assert!(refused > 100 && not_run < refused / 4, "{bits}: {refused} refused, {not_run} not run");
    }
}

/// Other faults, each in one place.
#[test]
fn other_faults_are_found() {
    let faults = [
        (64, "0xffff_ffff_0000_0001", "0xffff_ffff_0000_0002"),
        (64, "if below_p { t }", "if below_p { difference }"),
        (64, "if t3 < p3 {", "if p3 < t3 {"),
        (64, "if t3 < p3 {", "if t2 < p3 {"),
        (64, "if_carry(borrow, p1)", "if_carry(borrow, p0)"),
        (64, "if_carry(carry, p3)", "p3"),
        (64, "let (low, high) = shift32(t0)", "let (high, low) = shift32(t0)"),
        (64, "(reduce_word(reduce_word(low)))", "(reduce_word(low))"),
        (32, "[0, 0, 1, u32::MAX]", "[0, 1, 0, u32::MAX]"),
        (32, "if below_p { t } else { difference }", "if below_p { difference } else { t }"),
        (32, "if t7 < Word::MAX {", "if t6 < Word::MAX {"),
        (32, "Word::MAX - 1", "Word::MAX - 2"),
        (32, "if_carry(borrow, 1)", "if_carry(borrow, 2)"),
        (32, "let (m7, borrow7) = overflowing_sub(t7, m0)", "let (m7, borrow7) = overflowing_sub(t7, m1)"),
    ];
    for (bits, from, to) in faults {
        let (text, _) = FILES.into_iter().find(|(_, width)| *width == bits).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{from}");
        let error = Field::new(&text.replace(from, to), bits).unwrap().prove().unwrap_err();
        assert!(!error.contains("cannot run"), "{error}: {to}");
    }
}
