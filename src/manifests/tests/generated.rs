//! Random documents from a small grammar: what is known of them by construction has to be found, and nothing else may
//! change.

use proptest::prelude::*;

use super::{digest_of, texts};
use crate::manifests::{FindOptions, TagStyle, find, rewrite};
use crate::subject::Digest;

/// A text of which some parts are the bytes of images.
#[derive(Debug, Clone, Default)]
struct Marked {
    parts: Vec<(bool, String)>,
}

impl Marked {
    fn text(text: impl Into<String>) -> Self {
        Self {
            parts: vec![(false, text.into())],
        }
    }

    fn image(text: impl Into<String>) -> Self {
        Self {
            parts: vec![(true, text.into())],
        }
    }

    fn then(mut self, other: Self) -> Self {
        self.parts.extend(other.parts);
        self
    }

    fn map_images(&self, map: impl Fn(&str) -> String) -> String {
        let part = |(image, text): &(bool, String)| if *image { map(text) } else { text.clone() };
        self.parts.iter().map(part).collect()
    }

    fn images(&self) -> Vec<&str> {
        self.parts
            .iter()
            .filter(|(image, _)| *image)
            .map(|(_, text)| text.as_str())
            .collect()
    }
}

fn reference() -> impl Strategy<Value = String> {
    (
        "(|ghcr\\.io/|localhost:5000/)[a-z]{2,8}(/[a-z]{1,5}(-[a-z0-9]{1,3})?)?",
        "(|:[a-z][a-z0-9._-]{0,6})",
    )
        .prop_map(|(repository, tag)| repository + &tag)
        // Written plainly, these are no texts but truth values to some readers, and are refused as images.
        .prop_filter("a word of YAML 1.1", |reference| {
            !["null", "true", "false", "yes", "no", "on", "off"].contains(&reference.as_str())
        })
}

/// Blanks and a comment up to the end of the line.
fn line_end() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "",
        " ",
        "  # why: {x}",
        " # image: evil/miner:1",
        " # ☃ \"'",
        "\t# tab",
    ])
    .prop_map(str::to_owned)
}

/// An image in one of the ways to write a text; continuation lines are indented by `indent`.
fn scalar(indent: &'static str) -> impl Strategy<Value = Marked> {
    (reference(), line_end(), 0..7_u8).prop_map(move |(reference, end, style)| {
        let around = |before: &str, after: &str| {
            Marked::text(before)
                .then(Marked::image(&reference))
                .then(Marked::text(after.to_owned() + &end + "\n"))
        };
        let below = |header: &str| {
            Marked::text(format!("{header}{end}\n{indent}"))
                .then(Marked::image(&reference))
                .then(Marked::text("\n"))
        };
        match style {
            0 | 1 => around("", ""),
            2 => around("'", "'"),
            3 => around("\"", "\""),
            4 => below("|-"),
            5 => below(">-"),
            _ => around("!!str ", ""),
        }
    })
}

/// Lines of a container that name no image.
fn noise() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "",
        "      # image: evil/miner:1\n",
        "      env: [{name: IMAGE, value: \"nginx:1\"}, {name: 'ü', value: '🐳'}]\n",
        "      args:\n      - --image=nginx:1\n      - |\n        image: nginx:1\n        ---\n",
        "\n\n",
        "      command: [\"sh\", \"-c\",\n        \"echo 'image: x'\"]\n",
    ])
    .prop_map(str::to_owned)
}

fn container() -> impl Strategy<Value = Marked> {
    (noise(), scalar("          "), noise(), any::<bool>()).prop_map(|(before, image, after, first)| {
        let key = Marked::text("      image: ").then(image);
        let head = Marked::text("    - name: a\n");
        match first {
            true => head.then(key).then(Marked::text(
                before
                    + &after
                        .replace("env", "env2")
                        .replace("args", "args2")
                        .replace("command", "command2"),
            )),
            false => head.then(Marked::text(before)).then(key),
        }
    })
}

fn pod() -> impl Strategy<Value = Marked> {
    let list = |name: &'static str| {
        prop::collection::vec(container(), 1..4).prop_map(move |containers| {
            containers
                .into_iter()
                .fold(Marked::text(format!("    {name}:\n")), Marked::then)
        })
    };
    (line_end(), list("initContainers"), list("containers")).prop_map(|(end, init, main)| {
        Marked::text(format!(
            "apiVersion: v1\nkind: Pod{end}\nmetadata: {{name: p}}\nspec:\n"
        ))
        .then(init)
        .then(main)
    })
}

fn config() -> impl Strategy<Value = Marked> {
    prop::sample::select(vec![
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  a.yaml: |\n    image: nginx\n    größe: 1\n",
        "# only a comment\n",
        "",
        "{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \"n\"}}\n",
    ])
    .prop_map(Marked::text)
}

fn stream() -> impl Strategy<Value = Marked> {
    let document = prop_oneof![3 => pod(), 1 => config()];
    (
        prop::collection::vec(document, 1..5),
        line_end(),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(documents, end, crlf, mark)| {
            let separator = Marked::text(format!("---{}\n", end.replace('\t', " ")));
            let start = Marked::text(if mark { "\u{feff}" } else { "" });
            let mut stream = documents.into_iter().fold(start, |stream, document| {
                stream.then(separator.clone()).then(document)
            });
            if crlf {
                for (_, text) in &mut stream.parts {
                    *text = text.replace('\n', "\r\n");
                }
            }
            stream
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn only_image_texts_change(stream in stream()) {
        let text = stream.map_images(str::to_owned);
        let options = FindOptions { allow_no_images: true };
        let found = find("m.yaml", &text, options).map_err(|error| TestCaseError::fail(format!("{error:?}\n{text}")))?;
        prop_assert_eq!(texts(&found), stream.images());
        for image in found.images() {
            prop_assert_eq!(&text[image.span()], image.text());
        }
        let digest = |reference: &str| {
            let found = found.images().iter().find(|image| image.text() == reference);
            found.and_then(digest_of).as_ref().map(Digest::to_string).unwrap_or_default()
        };
        let expected = stream.map_images(|reference| format!("{reference}@{}", digest(reference)));
        prop_assert_eq!(rewrite(&found, TagStyle::Keep, digest_of).unwrap().text, expected);
        let expected = stream.map_images(|reference| {
            let name = reference.rsplit('/').next().unwrap_or_default();
            let tag = name.split_once(':').map_or(0, |(_, tag)| tag.len() + 1);
            format!("{}@{}", &reference[..reference.len() - tag], digest(reference))
        });
        prop_assert_eq!(rewrite(&found, TagStyle::Drop, digest_of).unwrap().text, expected);
    }
}
