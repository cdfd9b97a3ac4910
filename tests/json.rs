//! The JSON reader: what each fault reads, and names that are told apart in objects of any size.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

use jose_core::error::{JsonError, JsonErrorKind};
use jose_core::json::Value;

/// Each fault, in a text that has no other: what was expected, what was found, and where.
#[test]
fn faults() {
    for (text, message) in [
        ("", "expected a value, found end of text at byte 0"),
        (" ", "expected a value, found end of text at byte 1"),
        (r#"{"a" 1}"#, "expected ':' after member name, found '1' at byte 5"),
        (r#"{"a""#, "expected ':' after member name, found end of text at byte 4"),
        (r#"{"a":}"#, "expected a value, found '}' at byte 5"),
        (r#"{"a":"#, "expected a value, found end of text at byte 5"),
        (r#"{"a":1 "b":2}"#, "expected ',' or '}' after member, found '\"' at byte 7"),
        (r#"{"a":1"#, "expected ',' or '}' after member, found end of text at byte 6"),
        (r#"{"a":1]"#, "expected ',' or '}' after member, found ']' at byte 6"),
        ("{a:1}", "expected a member name in double quotes, found 'a' at byte 1"),
        ("{'a':1}", "expected a member name in double quotes, found '\\'' at byte 1"),
        ("{,}", "expected a member name in double quotes, found ',' at byte 1"),
        (r#"{"a":1,}"#, "expected a member name in double quotes, found '}' at byte 7"),
        ("{", "expected a member name in double quotes, found end of text at byte 1"),
        ("[1 2]", "expected ',' or ']' after array element, found '2' at byte 3"),
        ("[1}", "expected ',' or ']' after array element, found '}' at byte 2"),
        ("[1", "expected ',' or ']' after array element, found end of text at byte 2"),
        ("[1,]", "expected a value, found ']' at byte 3"),
        ("[,1]", "expected a value, found ',' at byte 1"),
        ("[", "expected a value, found end of text at byte 1"),
        ("]", "expected a value, found ']' at byte 0"),
        ("1 2", "expected end of text after JSON value, found '2' at byte 2"),
        ("{} \u{e9}", "expected end of text after JSON value, found '\\u{e9}' at byte 3"),
        ("nul", "expected true, false or null, found end of text at byte 3"),
        ("[truE]", "expected true, false or null, found 'E' at byte 4"),
        ("NaN", "expected a value, found 'N' at byte 0"),
        ("+1", "expected a value, found '+' at byte 0"),
        ("\n\0", "expected a value, found '\\u{0}' at byte 1"),
        ("-", "expected a digit in number, found end of text at byte 1"),
        ("-a", "expected a digit in number, found 'a' at byte 1"),
        ("[1.]", "expected a digit in number, found ']' at byte 3"),
        ("1e+", "expected a digit in number, found end of text at byte 3"),
        ("[01]", "expected no digit after leading zero, found '1' at byte 2"),
        ("-00", "expected no digit after leading zero, found '0' at byte 2"),
        (r#""abc"#, "expected '\"' at end of string, found end of text at byte 4"),
        (r#""abcdefghijklmn"#, "expected '\"' at end of string, found end of text at byte 15"),
        ("\"a\nb\"", "expected control characters in strings to be escaped, found '\\n' at byte 2"),
        (
            "\"abcdefgh\tijklmn\"",
            "expected control characters in strings to be escaped, found '\\t' at byte 9",
        ),
        (r#""\x41""#, "expected an escape sequence of JSON, found an unknown one at byte 1"),
        (r#""\u00g1""#, "expected an escape sequence of JSON, found an unknown one at byte 1"),
        (r#""\u004"#, "expected an escape sequence of JSON, found an unknown one at byte 1"),
        (r#""\"#, "expected an escape sequence of JSON, found an unknown one at byte 1"),
        (r#""\ud800""#, "expected surrogates in pairs, found half of a pair at byte 1"),
        (r#""\ud800\ud800""#, "expected surrogates in pairs, found half of a pair at byte 1"),
        (r#""a\udc00""#, "expected surrogates in pairs, found half of a pair at byte 2"),
        (r#"{"a":1,"a":2}"#, "expected unique member names, found a second member of this name at byte 7"),
        (
            r#"[{"a":{"b":1,"\u0062":2}}]"#,
            "expected unique member names, found a second member of this name at byte 13",
        ),
        ("\u{feff}{}", "expected JSON without byte order mark, found one at byte 0"),
    ] {
        assert_eq!(Value::parse(text).unwrap_err().to_string(), message, "{text}");
        // The same inside an array, which another function reads, and behind what could hide it.
        let inside = format!("[[],{text}");
        if !text.is_empty() && !message.contains("end of text") && !text.starts_with(['\u{feff}', ' ', ']']) {
            let (kept, offset) = message.rsplit_once(' ').unwrap();
            let moved = format!("{kept} {}", offset.parse::<usize>().unwrap() + 4);
            assert_eq!(Value::parse(&inside).unwrap_err().to_string(), moved, "{inside}");
        }
    }
    for (text, offset) in [(&b"\"\xff\""[..], 1), (b"[1,\"ab\xc3\"]", 6), (b"\xed\xa0\x80", 0)] {
        let message = format!("expected UTF-8, found an invalid byte at byte {offset}");
        assert_eq!(Value::parse(text).unwrap_err().to_string(), message);
    }
}

/// An object with these names.
fn object(names: &[String]) -> String {
    let members: Vec<_> = names.iter().map(|name| format!(r#""{name}":{{"x":[1,"}}"]}}"#)).collect();
    format!("{{{}}}", members.join(","))
}

/// Names that are alike in different ways: in their first octets, in their last, of seven and of eight
/// octets, in escapes, and beyond ASCII.
fn names(count: usize) -> Vec<String> {
    let name = |number: usize| match number % 7 {
        0 => format!("{number}"),
        1 => format!("https://issuer.example/claims/{number}"),
        2 => format!("{number}-is-the-number-of-a-long-name"),
        3 => format!("n{number:06}"),
        4 => format!("n{number:07}"),
        5 => format!("{number}\u{e9}\u{1f511}"),
        _ => format!(r"{number}\u0000"),
    };
    (0..count).map(name).collect()
}

/// A name in another spelling: every character as an escape.
fn in_escapes(name: &str) -> String {
    let value: String = serde_json::from_str(&format!("\"{name}\"")).unwrap();
    value.encode_utf16().map(|unit| format!(r"\u{unit:04x}")).collect()
}

/// Two members of one name are found wherever they are, on either side of what is kept of names and of
/// each window: 28 and 512 names (128 where pointers have 32 bits).
#[test]
fn duplicate_names_in_large_objects() {
    let twice = |text: &str, second: usize| {
        let error = JsonError { kind: JsonErrorKind::DuplicateName, found: None, offset: second };
        assert_eq!(Value::parse(text), Err(error), "{text:.90}");
    };
    let places = [0, 1, 27, 28, 29, 63, 127, 128, 129, 156, 255, 256, 257, 298, 511, 512, 513, 539];
    for count in [2, 3, 27, 28, 29, 30, 128, 129, 130, 157, 256, 257, 300, 512, 513, 514, 541] {
        let names = names(count);
        assert!(Value::parse(&object(&names)).is_ok(), "{count}");
        // In the largest objects, only around the ends of what is kept.
        let places = places.into_iter().filter(|place| count < 500 || [0, 28, 511, 512, 513].contains(place));
        for first in places.clone().filter(|place| *place < count - 1) {
            for second in places.clone().chain([count - 1]).filter(|place| *place > first && *place < count) {
                for spelling in [names[first].clone(), in_escapes(&names[first])] {
                    let mut names = names.clone();
                    names[second] = spelling;
                    let offset = object(&names[..second]).len();
                    twice(&object(&names), offset);
                    // Inside another value, and beside as many names that are open.
                    twice(&format!("[{}]", object(&names)), offset + 1);
                    let outside = object(&self::names(40));
                    let outer = outside.strip_suffix('}').unwrap();
                    let text = format!(r#"{outer},"in":{}}}"#, object(&names));
                    twice(&text, outer.len() + 6 + offset);
                }
            }
        }
    }
}

/// The same names in objects side by side and inside one another are no duplicates.
#[test]
fn names_of_different_objects() {
    let names = names(100);
    let mut text = object(&names);
    for _ in 0..5 {
        let all = text.clone();
        let mut outer = object(&names);
        outer.pop();
        text = format!(r#"{outer},"in":{all}}}"#);
    }
    assert!(Value::parse(&text).is_ok());
    assert!(Value::parse(&format!("[{text},{text}]")).is_ok());
    // What follows an object is not among its names.
    let behind = format!(r#"{{"in":{} "0":0}}"#, object(&names));
    assert_eq!(Value::parse(&behind).unwrap_err().kind, JsonErrorKind::ExpectedCommaOrBrace);
    // One of them once more, at each level.
    for (place, _) in text.match_indices(r#","in""#) {
        let twice = format!(r#"{},"n000003":0{}"#, &text[..place], &text[place..]);
        assert_eq!(Value::parse(&twice).unwrap_err().kind, JsonErrorKind::DuplicateName, "{place}");
    }
}
