//! JSON as serde_json reads it, with nothing lost: members in the order of the text, names that occur
//! twice, numbers as they are written, and the text of every part.

use std::collections::HashSet;
use std::fmt;

use jose_core::json::{self, MAX_DEPTH};
use jose_core::{
    Limits,
    error::{JsonError, JsonErrorKind},
};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A value and its text.
pub struct Document<'a> {
    pub text: &'a str,
    pub value: Value<'a>,
}

pub enum Value<'a> {
    Null,
    Bool(bool),
    Number,
    String(String),
    Array(Vec<Document<'a>>),
    Object(Vec<Member<'a>>),
}

pub struct Member<'a> {
    /// The name as it is written, quotes and all.
    pub written: &'a str,
    pub name: String,
    pub value: Document<'a>,
}

/// Deeper than this crate reads, and not so deep that the recursion here is in danger.
const MAX_LEVELS: usize = 128;

impl<'a> Document<'a> {
    /// The value of a whole text, unless serde_json refuses it.
    pub fn read(text: &'a [u8]) -> Option<Self> {
        Self::of(serde_json::from_slice::<&RawValue>(text).ok()?.get(), 0)
    }

    fn of(text: &'a str, level: usize) -> Option<Self> {
        let below = |part: &'a RawValue| Self::of(part.get(), level + 1);
        let value = match text.as_bytes()[0] {
            b'{' | b'[' if level == MAX_LEVELS => return None,
            b'{' => {
                let Members(members) = serde_json::from_str(text).ok()?;
                let member = |(name, value): (&'a RawValue, &'a RawValue)| {
                    let resolved = serde_json::from_str(name.get()).ok()?;
                    Some(Member { written: name.get(), name: resolved, value: below(value)? })
                };
                Value::Object(members.into_iter().map(member).collect::<Option<_>>()?)
            }
            b'[' => {
                let elements: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                Value::Array(elements.into_iter().map(below).collect::<Option<_>>()?)
            }
            b'"' => Value::String(serde_json::from_str(text).ok()?),
            b't' | b'f' => Value::Bool(text == "true"),
            b'n' => Value::Null,
            _ => Value::Number,
        };
        Some(Self { text, value })
    }

    /// Whether the crate may refuse `text` for this, or accept it: the first thing, in the order of the
    /// text, that RFC 8259 leaves open and this crate refuses. Of names in an object of which not all are
    /// kept, the crate says later that there are two of the same, so that any fault may be named there.
    pub fn agrees(&self, text: &[u8], found: Option<JsonError>) -> bool {
        let faults = self.faults(text);
        let first = faults.iter().min_by_key(|fault| fault.offset).copied();
        found == first || self.is_large() && found.is_some_and(|found| faults.contains(&found))
    }

    /// The first fault, in the order of the text.
    pub fn fault(&self, text: &[u8]) -> Option<JsonError> {
        self.faults(text).into_iter().min_by_key(|fault| fault.offset)
    }

    fn faults(&self, text: &[u8]) -> Vec<JsonError> {
        let mut faults = Vec::new();
        self.add_faults(text, 0, 0, &mut faults);
        faults
    }

    fn add_faults(&self, text: &[u8], depth: usize, open: usize, faults: &mut Vec<JsonError>) {
        let fault = |kind, part| JsonError { kind, found: None, offset: offset(text, part) };
        if matches!(self.value, Value::Array(_) | Value::Object(_)) && depth == MAX_DEPTH {
            return faults.push(fault(JsonErrorKind::TooDeep, self.text));
        }
        match &self.value {
            Value::Array(elements) => {
                elements.iter().for_each(|element| element.add_faults(text, depth + 1, open, faults));
            }
            Value::Object(members) => {
                let mut seen = HashSet::new();
                for (count, member) in (1..).zip(members) {
                    if open + count > Limits::new().members() {
                        faults.push(fault(JsonErrorKind::TooManyMembers, member.written));
                    } else if !seen.insert(&member.name) {
                        faults.push(fault(JsonErrorKind::DuplicateName, member.written));
                    }
                    member.value.add_faults(text, depth + 1, open + count, faults);
                }
            }
            _ => {}
        }
    }

    /// Whether more names are open at one place than the crate keeps.
    pub fn is_large(&self) -> bool {
        fn open(document: &Document<'_>, outside: usize) -> usize {
            match &document.value {
                Value::Array(elements) => {
                    elements.iter().map(|element| open(element, outside)).max().unwrap_or(outside)
                }
                Value::Object(members) => {
                    let count = outside + members.len();
                    members.iter().map(|member| open(&member.value, count)).max().unwrap_or(count)
                }
                _ => outside,
            }
        }
        open(self, 0) > 28
    }

    /// The string, if it is one.
    pub fn string(&self) -> Option<&str> {
        if let Value::String(string) = &self.value { Some(string) } else { None }
    }
}

/// Holds why a header or key is no JSON to why the whole text is none. They may name different faults where
/// a name occurs twice, since not all names of a text are kept.
pub fn same_fault(text: &[u8], error: JsonError) {
    let other = json::Value::parse(text).expect_err("it is no JSON");
    let twice = [error, other].iter().any(|error| error.kind == JsonErrorKind::DuplicateName);
    assert!(error == other || twice, "{error}, but {other}");
}

/// Where a part of a text starts in it.
pub fn offset(text: &[u8], part: &str) -> usize {
    part.as_ptr().addr() - text.as_ptr().addr()
}

/// The members of one object, names and values as they are written.
struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}
