//! JSON from strangers: bounded, and without duplicate keys.
//!
//! serde keeps one of two equal keys and other readers keep the other one, so a document with a duplicate key can show
//! two programs two different things (CVE-2026-44309). Documents that decide something pass through [`check`] first.

mod node;

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};

pub use node::{Kind, Member, Node, offset_of, pointer, pointers};

/// Caps for one document.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most bytes.
    pub bytes: usize,
    /// Most levels of arrays and objects.
    pub depth: usize,
}

/// Why a document is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// More bytes than the cap.
    #[error("{found} bytes, more than the limit of {limit}")]
    TooLarge {
        /// Size of the document.
        found: usize,
        /// The cap.
        limit: usize,
    },
    /// Deeper than the cap.
    #[error("nested deeper than {limit} levels at line {line}, column {column}")]
    TooDeep {
        /// The cap.
        limit: usize,
        /// 1-based line.
        line: usize,
        /// 1-based column, in bytes.
        column: usize,
    },
    /// The same key twice in one object.
    #[error("the key {key:?} stands twice in one object, the second time at line {line}, column {column}")]
    DuplicateKey {
        /// The key.
        key: String,
        /// 1-based line.
        line: usize,
        /// 1-based column, in bytes.
        column: usize,
    },
    /// Not JSON, or cut off.
    #[error("not JSON: {detail}")]
    Syntax {
        /// What the reader says, with line and column.
        detail: String,
        /// 1-based line.
        line: usize,
        /// 1-based column, in bytes.
        column: usize,
    },
}

impl Problem {
    /// Line and column of the problem, both 1-based, the column in bytes; line 1, column 1 where it is the whole text.
    pub fn place(&self) -> (usize, usize) {
        match self {
            Self::TooLarge { .. } => (1, 1),
            Self::TooDeep { line, column, .. }
            | Self::DuplicateKey { line, column, .. }
            | Self::Syntax { line, column, .. } => (*line, *column),
        }
    }
}

/// Checks that `bytes` is one JSON document within `limits` and without duplicate keys.
pub fn check(bytes: &[u8], limits: Limits) -> Result<(), Problem> {
    if bytes.len() > limits.bytes {
        return Err(Problem::TooLarge {
            found: bytes.len(),
            limit: limits.bytes,
        });
    }
    let refused = RefCell::new(None);
    let seed = Checker {
        depth: limits.depth,
        refused: &refused,
    };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let outcome = seed
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end());
    outcome.map_err(|error| {
        let (line, column) = (error.line(), error.column());
        match refused.take() {
            Some(Refusal::Duplicate(key)) => Problem::DuplicateKey { key, line, column },
            Some(Refusal::Depth) => Problem::TooDeep {
                limit: limits.depth,
                line,
                column,
            },
            None => Problem::Syntax {
                detail: error.to_string(),
                line,
                column,
            },
        }
    })
}

enum Refusal {
    Duplicate(String),
    Depth,
}

#[derive(Clone, Copy)]
struct Checker<'a> {
    depth: usize,
    refused: &'a RefCell<Option<Refusal>>,
}

impl Checker<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self { depth, ..self }),
            None => {
                *self.refused.borrow_mut() = Some(Refusal::Depth);
                Err(E::custom("too deep"))
            }
        }
    }
}

/// Keys of one object that are compared one by one. Objects of a bundle have fewer, and hashing costs more for them.
const FEW_KEYS: usize = 12;

/// The keys of one object.
#[derive(Default)]
struct Keys {
    few: Vec<String>,
    more: HashSet<String>,
}

impl Keys {
    /// Adds a key, or gives it back when it is there already.
    fn insert(&mut self, key: String) -> Result<(), String> {
        if self.few.contains(&key) || self.more.contains(&key) {
            return Err(key);
        }
        if self.few.len() < FEW_KEYS {
            self.few.push(key);
        } else {
            self.more.insert(key);
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Checker<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Checker<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        while items.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        let mut keys = Keys::default();
        while let Some(key) = members.next_key::<String>()? {
            if let Err(key) = keys.insert(key) {
                *self.refused.borrow_mut() = Some(Refusal::Duplicate(key));
                return Err(A::Error::custom("duplicate key"));
            }
            members.next_value_seed(inner)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { bytes: 100, depth: 3 };

    fn problem(text: &str) -> Problem {
        check(text.as_bytes(), LIMITS).unwrap_err()
    }

    #[test]
    fn plain_documents_pass() {
        for text in [
            "null",
            "{}",
            r#"{"a":[1,-2,3.5,true,null,"x"],"b":{"a":{}}}"#,
            " [ ] ",
        ] {
            assert_eq!(check(text.as_bytes(), LIMITS), Ok(()), "{text}");
        }
    }

    #[test]
    fn a_duplicate_is_found_among_few_keys_and_among_many() {
        let limits = Limits {
            bytes: 1 << 20,
            depth: 3,
        };
        for count in [1, FEW_KEYS, FEW_KEYS + 1, 5 * FEW_KEYS] {
            let members: Vec<String> = (0..count).map(|key| format!(r#""{key}":0"#)).collect();
            let all = members.join(",");
            assert_eq!(check(format!("{{{all}}}").as_bytes(), limits), Ok(()));
            for twice in [0, count - 1] {
                let text = format!("{{{all},{}}}", members[twice]);
                let Err(Problem::DuplicateKey { key, .. }) = check(text.as_bytes(), limits) else {
                    panic!("{twice} of {count} is not found");
                };
                assert_eq!(key, twice.to_string());
            }
        }
    }

    #[test]
    fn a_duplicate_key_is_named_with_its_place_at_any_depth_and_spelling() {
        assert_eq!(
            problem("{\"a\":[{\"b\":1,\n\"b\":2}]}"),
            Problem::DuplicateKey {
                key: "b".into(),
                line: 2,
                column: 3
            }
        );
        // The same key, once escaped.
        assert!(matches!(
            problem(r#"{"a":1,"\u0061":2}"#),
            Problem::DuplicateKey { .. }
        ));
    }

    #[test]
    fn depth_and_size_are_capped() {
        assert!(matches!(problem("[[[[]]]]"), Problem::TooDeep { limit: 3, .. }));
        assert!(matches!(problem(&"[".repeat(90)), Problem::TooDeep { .. }));
        assert_eq!(
            problem(&" ".repeat(101)),
            Problem::TooLarge {
                found: 101,
                limit: 100
            }
        );
    }

    #[test]
    fn anything_else_is_not_json() {
        for text in [
            "",
            "{",
            "{\"a\"}",
            "[1,]",
            "nul",
            "\u{feff}{}",
            "{} {}",
            "{}x",
            "'a'",
            "01",
        ] {
            assert!(matches!(problem(text), Problem::Syntax { .. }), "{text:?}");
        }
        assert!(matches!(check(b"\"\xff\"", LIMITS), Err(Problem::Syntax { .. })));
    }
}
