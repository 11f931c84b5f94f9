//! Reading JSON that two readers cannot understand differently.
//!
//! Refused are, at any depth: a key that stands twice in one object (compared after unescaping), trailing text,
//! invalid UTF-8 and nesting beyond 128. Where members have names that mean something, a key that equals one only
//! when case is ignored is refused as well, because readers that ignore case would take it for that member.
//!
//! Messages name the place and the kind of value, and never repeat the text: a layout could have a link to a file
//! that is not its author's to read.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Why a text is not acceptable JSON, or not of the expected shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum JsonError {
    /// A key that stands twice in one object.
    Duplicate {
        /// 1-based line of the second one.
        line: usize,
        /// 1-based column at which the second one ends.
        column: usize,
    },
    /// Anything else that is wrong, with its place: a line and column, or a path such as `manifests[2].digest`.
    Invalid {
        /// Where.
        place: String,
        /// What.
        detail: String,
    },
}

/// Parses `bytes` as one JSON document without doubled keys.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, JsonError> {
    let doubled = Cell::new(false);
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { doubled: &doubled }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    value.map_err(|error| match doubled.get() {
        true => JsonError::Duplicate {
            line: error.line(),
            column: error.column(),
        },
        false => JsonError::Invalid {
            place: format!("line {} column {}", error.line(), error.column()),
            detail: match error.classify() {
                serde_json::error::Category::Eof => "the JSON text ends too early",
                serde_json::error::Category::Syntax
                | serde_json::error::Category::Data
                | serde_json::error::Category::Io => "this is not valid JSON, or nested too deeply",
            }
            .to_owned(),
        },
    })
}

/// Builds a [`Value`] and notes in `doubled` when a key came twice.
#[derive(Clone, Copy)]
struct Strict<'c> {
    doubled: &'c Cell<bool>,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            if object.contains_key(&key) {
                self.doubled.set(true);
                return Err(A::Error::custom("doubled key"));
            }
            let value = members.next_value_seed(self)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

/// A value together with its path from the root of the document.
#[derive(Debug, Clone)]
pub(crate) struct Node<'v> {
    value: &'v Value,
    path: String,
}

impl<'v> Node<'v> {
    /// The whole document.
    pub(crate) fn root(value: &'v Value) -> Self {
        Self {
            value,
            path: String::new(),
        }
    }

    /// An error at this place.
    pub(crate) fn invalid(&self, detail: impl Into<String>) -> JsonError {
        let place = if self.path.is_empty() {
            "the top level"
        } else {
            &self.path
        };
        JsonError::Invalid {
            place: place.to_owned(),
            detail: detail.into(),
        }
    }

    /// The object's members; `known` are the names that will be asked for.
    pub(crate) fn object(&self, known: &'static [&'static str]) -> Result<Object<'v>, JsonError> {
        let members = self.members()?;
        for key in members.keys() {
            let folded = folded(key);
            let alike = |name: &&&str| **name != key && name.eq_ignore_ascii_case(&folded);
            if let Some(name) = known.iter().find(alike) {
                return Err(self.invalid(format!(
                    "a member is spelled like {name:?} but for its case, which some readers ignore"
                )));
            }
        }
        Ok(Object {
            members,
            path: self.path.clone(),
        })
    }

    /// The object's members as texts, for annotations.
    pub(crate) fn texts(&self) -> Result<std::collections::BTreeMap<String, String>, JsonError> {
        let mut texts = std::collections::BTreeMap::new();
        for (key, value) in self.members()? {
            let Value::String(text) = value else {
                return Err(self.invalid(format!(
                    "every value here has to be a text, one is {}",
                    kind(value)
                )));
            };
            texts.insert(key.clone(), text.clone());
        }
        Ok(texts)
    }

    /// The text.
    pub(crate) fn text(&self) -> Result<&'v str, JsonError> {
        match self.value {
            Value::String(text) => Ok(text),
            other => Err(self.invalid(format!("this has to be a text, it is {}", kind(other)))),
        }
    }

    /// The number, which has to be whole and not negative.
    pub(crate) fn number(&self) -> Result<u64, JsonError> {
        self.value
            .as_u64()
            .ok_or_else(|| self.invalid("this has to be a whole number that is not negative"))
    }

    /// The items of the list.
    pub(crate) fn items(&self) -> Result<Vec<Self>, JsonError> {
        match self.value {
            Value::Array(items) => Ok(items
                .iter()
                .enumerate()
                .map(|(index, value)| Self {
                    value,
                    path: format!("{}[{index}]", self.path),
                })
                .collect()),
            other => Err(self.invalid(format!("this has to be a list, it is {}", kind(other)))),
        }
    }

    fn members(&self) -> Result<&'v Map<String, Value>, JsonError> {
        match self.value {
            Value::Object(members) => Ok(members),
            other => Err(self.invalid(format!("this has to be an object, it is {}", kind(other)))),
        }
    }
}

/// An object whose member names have been checked.
#[derive(Debug, Clone)]
pub(crate) struct Object<'v> {
    members: &'v Map<String, Value>,
    path: String,
}

impl<'v> Object<'v> {
    /// The member, when it is there. `null` is a value of the wrong type, not an absent member.
    pub(crate) fn optional(&self, name: &str) -> Option<Node<'v>> {
        self.members.get(name).map(|value| Node {
            value,
            path: match self.path.as_str() {
                "" => name.to_owned(),
                path => format!("{path}.{name}"),
            },
        })
    }

    /// The member, which has to be there.
    pub(crate) fn required(&self, name: &str) -> Result<Node<'v>, JsonError> {
        self.optional(name).ok_or_else(|| JsonError::Invalid {
            place: match self.path.as_str() {
                "" => "the top level".to_owned(),
                path => path.to_owned(),
            },
            detail: format!("the member {name:?} is missing"),
        })
    }

    /// Whether the member is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }
}

/// Lower case as readers that ignore case see it: they also take the long s and the Kelvin sign for s and k.
fn folded(key: &str) -> String {
    key.chars()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'ſ' => 's',
            other => other,
        })
        .collect()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
