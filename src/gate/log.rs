//! The gate's log: one JSON object a line, for whoever collects it. What strangers wrote is escaped, and no line holds a
//! secret.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::report::visible;

/// Longest text of one field, in characters.
const MAX_FIELD_CHARS: usize = 1_000;

/// Where lines go.
#[derive(Clone)]
pub struct Log(Arc<dyn Fn(&str) + Send + Sync>);

impl Log {
    /// A log whose lines, each with its line end, are given to `write`.
    pub fn new(write: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(write))
    }

    /// Writes a line: the time, what happened as a stable name, and its circumstances.
    pub fn line(&self, event: &str, fields: &[(&str, &dyn fmt::Display)]) {
        let mut line = Map::new();
        line.insert("time".to_owned(), Value::from(Timestamp::now().to_string()));
        line.insert("event".to_owned(), Value::from(event));
        for (name, value) in fields {
            let text: String = visible(&value.to_string())
                .chars()
                .take(MAX_FIELD_CHARS)
                .collect();
            line.insert((*name).to_owned(), Value::from(text));
        }
        (self.0)(&format!("{}\n", Value::Object(line)));
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn hostile_texts_stay_in_their_line_and_field() {
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&lines);
        let log = Log::new(move |line| kept.lock().unwrap().push(line.to_owned()));
        let hostile = "a\n{\"event\":\"allowed\"}\u{1b}[2J\u{202e}\"";
        log.line("refused", &[("reason", &hostile), ("long", &"x".repeat(5_000))]);
        let lines = lines.lock().unwrap();
        let [line] = lines.as_slice() else { panic!() };
        assert_eq!(line.matches('\n').count(), 1, "{line}");
        assert!(!line.contains('\u{1b}') && !line.contains('\u{202e}'), "{line}");
        let value: Value = serde_json::from_str(line).unwrap();
        assert_eq!(value["event"], "refused");
        assert_eq!(value["long"].as_str().unwrap().len(), MAX_FIELD_CHARS);
    }
}
