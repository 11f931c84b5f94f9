//! A pass over a JSON document that refuses what readers disagree about.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Checks that `text` is one JSON value in which no object has the same key twice.
///
/// Depth is bounded by serde_json (128). The error carries line and column.
pub(crate) fn check_unique_keys(text: &str) -> Result<(), serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    Unique.deserialize(&mut reader)?;
    reader.end()
}

/// Reads any value and keeps nothing of it.
#[derive(Clone, Copy)]
struct Unique;

impl<'de> DeserializeSeed<'de> for Unique {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique {
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
        while items.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(key) = members.next_key::<String>()? {
            if seen.contains(&key) {
                return Err(A::Error::custom(format_args!(
                    "the key {key:?} stands twice in one object"
                )));
            }
            seen.insert(key);
            members.next_value_seed(self)?;
        }
        Ok(())
    }
}

/// Byte offset of a 1-based line and column as serde_json counts them (bytes).
pub(crate) fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let mut offset = (before + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_with_unique_keys_passes() {
        for good in [
            "{}",
            "[1, -2.5, true, null, \"ä\"]",
            r#"{"a":{"b":1},"b":{"a":[]}}"#,
        ] {
            assert!(check_unique_keys(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn doubled_keys_trailing_text_depth_and_garbage_are_refused() {
        let deep = "[".repeat(100_000);
        for bad in [
            r#"{"a":1,"a":1}"#,
            r#"[{"x":{"a":1,"b":2,"a":3}}]"#,
            r#"{"a":1,"\u0061":2}"#,
            "{} {}",
            "{",
            "",
            "nul",
            &deep,
        ] {
            let shown: String = bad.chars().take(40).collect();
            assert!(check_unique_keys(bad).is_err(), "{shown}");
        }
    }

    #[test]
    fn a_doubled_key_is_named_with_its_place() {
        let error = check_unique_keys("{\n \"a\": 1,\n \"a\": 2\n}").unwrap_err();
        assert!(error.to_string().contains("\"a\""), "{error}");
        assert_eq!(error.line(), 3);
    }

    #[test]
    fn offsets_stay_inside_the_text() {
        let text = "ab\ncä\n";
        assert_eq!(offset_of(text, 2, 1), 3);
        for (line, column) in [(0, 0), (2, 3), (2, 99), (99, 99), (usize::MAX, usize::MAX / 2)] {
            assert!(text.is_char_boundary(offset_of(text, line, column)));
        }
    }
}
