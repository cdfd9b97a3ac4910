//! JSON as serde_json reads it, with nothing lost: members in the order of the text, names that occur
//! twice, numbers as they are written, and the text of every part.

use std::collections::HashSet;
use std::fmt;

use jose_core::json::{MAX_DEPTH, MAX_OPEN_MEMBERS};
use jose_core::{JsonError, JsonErrorKind};
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
const MOST_LEVELS: usize = 128;

impl<'a> Document<'a> {
    /// The value of a whole text, unless serde_json refuses it.
    pub fn read(text: &'a [u8]) -> Option<Self> {
        Self::of(serde_json::from_slice::<&RawValue>(text).ok()?.get(), 0)
    }

    fn of(text: &'a str, level: usize) -> Option<Self> {
        let below = |part: &'a RawValue| Self::of(part.get(), level + 1);
        let value = match text.as_bytes()[0] {
            b'{' | b'[' if level == MOST_LEVELS => return None,
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

    /// The first thing, in the order of `text`, that RFC 8259 leaves open and this crate refuses.
    pub fn fault(&self, text: &[u8]) -> Option<JsonError> {
        self.fault_below(text, 0, 0)
    }

    fn fault_below(&self, text: &[u8], depth: usize, open: usize) -> Option<JsonError> {
        let fault = |kind, part| Some(JsonError { kind, offset: offset(text, part) });
        if matches!(self.value, Value::Array(_) | Value::Object(_)) && depth == MAX_DEPTH {
            return fault(JsonErrorKind::Depth, self.text);
        }
        match &self.value {
            Value::Array(elements) => {
                elements.iter().find_map(|element| element.fault_below(text, depth + 1, open))
            }
            Value::Object(members) => {
                let mut seen = HashSet::new();
                members.iter().find_map(|member| {
                    if !seen.insert(&member.name) {
                        return fault(JsonErrorKind::DuplicateName, member.written);
                    }
                    if open + seen.len() > MAX_OPEN_MEMBERS {
                        return fault(JsonErrorKind::Members, member.written);
                    }
                    member.value.fault_below(text, depth + 1, open + seen.len())
                })
            }
            _ => None,
        }
    }

    /// The string, if it is one.
    pub fn string(&self) -> Option<&str> {
        if let Value::String(string) = &self.value { Some(string) } else { None }
    }
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
