use super::*;
use crate::strict_json;

fn skip(text: &str, limits: &Limits) -> Result<(), Refused> {
    let mut json = Json::new(text, limits);
    json.skip()?;
    json.end()
}

/// Both readers, the same answer.
fn agree(text: &str) {
    let limits = Limits::default();
    let ours = skip(text, &limits);
    let theirs = strict_json::check(
        text.as_bytes(),
        strict_json::Limits {
            bytes: limits.bytes,
            depth: limits.depth,
        },
    );
    // A number beyond a double is JSON all the same; serde_json cannot hold it.
    let is_too_big = theirs
        .as_ref()
        .is_err_and(|problem| problem.to_string().contains("out of range"));
    assert!(
        ours.is_ok() == theirs.is_ok() || is_too_big,
        "{text:?}: {ours:?}, {theirs:?}"
    );
}

#[test]
fn it_reads_what_serde_json_reads() {
    for text in [
        "",
        " ",
        "{",
        "[",
        "]",
        "{}",
        "[]",
        "[1,]",
        "[,1]",
        "{\"a\":1,}",
        "{\"a\"}",
        "{a:1}",
        "{\"a\":1 \"b\":2}",
        "null",
        "nul",
        "nullx",
        "true",
        "false",
        "0",
        "-0",
        "01",
        "-",
        "+1",
        "1.",
        ".5",
        "1.5",
        "1e5",
        "1e",
        "1E+5",
        "1e-",
        "1e400",
        "-1e400",
        "NaN",
        "Infinity",
        "-Infinity",
        "0x10",
        "\"a\"",
        "\"",
        "\"\\\"",
        "\"\\u0041\"",
        "\"\\u00\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud83d\"",
        "\"\\ude00\"",
        "\"\\ud83d\\u0041\"",
        "\"\\x\"",
        "\"\t\"",
        "\"\u{7f}\u{80}\u{2028}\"",
        "\"\\u+123\"",
        "\u{feff}{}",
        "{} {}",
        "'a'",
        "/**/{}",
        "[1 2]",
        "\u{b}1",
        "\"\\u00é\"",
        "{\"a\":{\"b\":1},\"b\":{\"a\":1}}",
        "{\"a\":1,\"a\":1}",
        "{\"a\":1,\"\\u0061\":1}",
        "[{\"x\":{\"é\":1,\"\\u00e9\":2}}]",
    ] {
        agree(text);
    }
    agree(&"[".repeat(99));
    agree(&format!("{}{}", "[".repeat(100), "]".repeat(100)));
    agree(&format!("{}{}", "[".repeat(101), "]".repeat(101)));
}

#[test]
fn a_duplicate_is_found_among_few_keys_and_among_many() {
    for count in [2, FEW_KEYS - 1, FEW_KEYS, FEW_KEYS + 1, 5 * FEW_KEYS] {
        let mut members: Vec<String> = (0..count).map(|key| format!("\"{key}\":0")).collect();
        agree(&format!("{{{}}}", members.join(",")));
        for twice in [0, count / 2, count - 1] {
            members.push(format!("\"{twice}\":0"));
            let text = format!("{{{}}}", members.join(","));
            let refused = skip(&text, &Limits::default()).unwrap_err();
            assert_eq!(
                refused.reason,
                Refusal::DuplicateKey {
                    key: twice.to_string()
                }
            );
            members.pop();
        }
    }
}

#[test]
fn a_refusal_says_where() {
    let refused = skip("{\n  \"a\": 1,\n  \"a\": 2}", &Limits::default()).unwrap_err();
    assert_eq!(
        (refused.place.line, refused.column, refused.place.offset),
        (3, 3, 14)
    );
}

#[test]
fn strings_are_bounded_escaped_or_not() {
    let limits = Limits {
        string: 4,
        ..Limits::default()
    };
    assert!(skip("\"abcd\"", &limits).is_ok());
    assert!(skip("\"ab\\ncd\"", &limits).is_err());
    assert!(skip("\"abcde\"", &limits).is_err());
    assert!(skip("{\"abcde\":1}", &limits).is_err());
}

proptest::proptest! {
    #[test]
    fn it_agrees_with_serde_json_on_anything(text in r#"[\[\]{}:,"\\ua0-9eE+\-. \ntrflsd]{0,24}"#) {
        agree(&text);
    }

    #[test]
    fn strings_come_back(text in ".{0,40}") {
        let limits = Limits::default();
        let written = serde_json::to_string(&text).unwrap();
        let mut json = Json::new(&written, &limits);
        proptest::prop_assert_eq!(json.string().unwrap(), text);
    }
}
