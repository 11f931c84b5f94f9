//! Texts that were made to break a reader: each is refused with a code and a place, in bounded time.

use proptest::prelude::*;

use super::{digest_of, texts};
use crate::manifests::{
    FindOptions, MAX_DEPTH, MAX_DOCUMENTS, MAX_IMAGE_USES, MAX_NODES, MAX_TOLD, TagStyle, find, rewrite,
};
use crate::report::{Code, Finding};

fn refused(text: &str) -> Vec<Finding> {
    find(
        "hostile.yaml",
        text,
        FindOptions {
            allow_no_images: true,
        },
    )
    .unwrap_err()
}

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n";

#[test]
fn every_hostile_text_is_refused_with_its_code_and_place() {
    let bomb = {
        let mut text = format!("{POD}x0: &x0 [a]\n");
        for level in 1..30 {
            let items = vec![format!("*x{}", level - 1); 10].join(", ");
            text.push_str(&format!("x{level}: &x{level} [{items}]\n"));
        }
        text
    };
    let merge_bomb = {
        let mut text = format!("{POD}x0: &x0 {{a: b}}\n");
        for level in 1..30 {
            let items = vec![format!("*x{}", level - 1); 10].join(", ");
            text.push_str(&format!("x{level}: &x{level} {{<<: [{items}]}}\n"));
        }
        text
    };
    let deep_by_alias = {
        let mut text = format!("{POD}x0: &x0 [a]\n");
        for level in 1..=MAX_DEPTH {
            text.push_str(&format!("x{level}: &x{level} [*x{}]\n", level - 1));
        }
        text
    };
    use Code::{DeploymentFileAmbiguous, DeploymentFileMalformed, ImageReferenceInvalid};
    let rows: Vec<(&str, String, Code)> = vec![
        ("garbage", "\u{1}\u{2}%%%".into(), DeploymentFileAmbiguous),
        ("zero bytes", "a: \0".into(), DeploymentFileAmbiguous),
        ("percent", "%%%".into(), DeploymentFileMalformed),
        ("a text", "nginx:1.27".into(), DeploymentFileMalformed),
        ("a list", "- nginx:1.27".into(), DeploymentFileMalformed),
        (
            "truncated",
            "apiVersion: v1\nkind: Pod\nspec: {containers: [{image: ".into(),
            DeploymentFileMalformed,
        ),
        ("unbalanced", "]]]]".into(), DeploymentFileMalformed),
        (
            "tab indentation",
            format!("{POD}spec:\n\tcontainers: []\n"),
            DeploymentFileMalformed,
        ),
        ("deep flow", "[".repeat(100_000), DeploymentFileMalformed),
        ("deep mappings", "{a: ".repeat(100_000), DeploymentFileMalformed),
        (
            "deep block",
            (0..1_000)
                .map(|level| format!("{}a:\n", " ".repeat(level)))
                .collect(),
            DeploymentFileMalformed,
        ),
        ("deep lists", "- ".repeat(100_000), DeploymentFileMalformed),
        ("aliases to aliases", bomb, DeploymentFileMalformed),
        ("merges of merges", merge_bomb, DeploymentFileMalformed),
        ("deep by alias", deep_by_alias, DeploymentFileMalformed),
        (
            "values",
            format!("{POD}x: [{}]", "1,".repeat(MAX_NODES)),
            DeploymentFileMalformed,
        ),
        (
            "documents",
            "---\n".repeat(MAX_DOCUMENTS + 2),
            DeploymentFileMalformed,
        ),
        (
            "images",
            format!(
                "{POD}spec: {{containers: [{}]}}",
                "{image: a},".repeat(MAX_IMAGE_USES + 1)
            ),
            DeploymentFileMalformed,
        ),
        (
            "unknown alias",
            format!("{POD}spec: *nothing\n"),
            DeploymentFileMalformed,
        ),
        (
            "alias across documents",
            format!("{POD}x: &a b\n---\n{POD}x: *a\n"),
            DeploymentFileMalformed,
        ),
        (
            "alias to itself",
            format!("{POD}x: &a [*a]\n"),
            DeploymentFileMalformed,
        ),
        (
            "alias as key",
            format!("{POD}x: &a b\n*a : c\n"),
            DeploymentFileAmbiguous,
        ),
        (
            "list as key",
            format!("{POD}? [a]\n: b\n"),
            DeploymentFileAmbiguous,
        ),
        (
            "mapping as key",
            format!("{POD}? {{a: b}}\n: b\n"),
            DeploymentFileAmbiguous,
        ),
        (
            "encoded key",
            format!("{POD}spec: {{containers: [{{!!binary aW1hZ2U=: evil}}]}}\n"),
            DeploymentFileAmbiguous,
        ),
        (
            "tagged key",
            format!("{POD}!!int 1: b\n"),
            DeploymentFileAmbiguous,
        ),
        (
            "own tag",
            format!("{POD}x: !reset null\n"),
            DeploymentFileAmbiguous,
        ),
        (
            "renamed tag",
            format!("%TAG !e! tag:yaml.org,2002:\n---\n{POD}x: !e!binary aW1hZ2U=\n"),
            DeploymentFileAmbiguous,
        ),
        (
            "quoted merge",
            format!("{POD}x: {{\"<<\": {{a: b}}}}\n"),
            DeploymentFileAmbiguous,
        ),
        (
            "two merges",
            format!("{POD}x: {{<<: {{a: b}}, <<: {{c: d}}}}\n"),
            DeploymentFileAmbiguous,
        ),
        (
            "merge of a text",
            format!("{POD}x: {{<<: a}}\n"),
            DeploymentFileMalformed,
        ),
        (
            "merge of a list in a list",
            format!("{POD}x: {{<<: [[a]]}}\n"),
            DeploymentFileMalformed,
        ),
        (
            "key twice at the top",
            format!("{POD}kind: Service\n"),
            DeploymentFileAmbiguous,
        ),
        (
            "image is a number",
            format!("{POD}spec: {{containers: [{{image: 12}}]}}\n"),
            ImageReferenceInvalid,
        ),
        (
            "image is tagged",
            format!("{POD}spec: {{containers: [{{image: !!int \"12\"}}]}}\n"),
            ImageReferenceInvalid,
        ),
        (
            "image over lines",
            format!("{POD}spec: {{containers: [{{image: \"a/\\\n  b\"}}]}}\n"),
            ImageReferenceInvalid,
        ),
        (
            "image climbs",
            format!("{POD}spec: {{containers: [{{image: ../../etc/passwd}}]}}\n"),
            ImageReferenceInvalid,
        ),
        (
            "image is long",
            format!(
                "{POD}spec: {{containers: [{{image: {}}}]}}\n",
                "a".repeat(100_000)
            ),
            ImageReferenceInvalid,
        ),
        (
            "escape sequence",
            format!("{POD}spec: {{containers: [{{image: \"\\e[31m\"}}]}}\n"),
            ImageReferenceInvalid,
        ),
    ];
    for (name, text, code) in rows {
        let findings = refused(&text);
        let first = &findings[0];
        assert_eq!(first.code, code, "{name}: {}", first.message);
        assert_eq!(first.origin.as_ref().unwrap().source, "hostile.yaml", "{name}");
        assert!(first.message.chars().count() < 1_000, "{name}");
        assert!(
            !first.message.chars().any(char::is_control),
            "{name}: {:?}",
            first.message
        );
    }
}

#[test]
fn what_only_looks_hostile_passes() {
    for (name, text) in [
        (
            "an image under a merge",
            "services: {a: &a {image: nginx}, b: {<<: *a}}",
        ),
        (
            "separator in a text",
            "services:\n  a:\n    image: nginx\n    command: |\n      ---\n      b\n",
        ),
        ("document end", "services: {a: {image: nginx}}\n...\n"),
        ("directive", "%YAML 1.2\n---\nservices: {a: {image: nginx}}\n"),
        (
            "empty documents",
            "---\n---\nservices: {a: {image: nginx}}\n---\n# end\n",
        ),
    ] {
        let found =
            find("m.yaml", text, FindOptions::default()).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert!(texts(&found).iter().all(|text| *text == "nginx"), "{name}");
        rewrite(&found, TagStyle::Keep, digest_of).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
}

#[test]
fn many_mistakes_are_told_up_to_a_limit() {
    let images = "{image: \"A B\"},".repeat(MAX_TOLD * 3);
    assert_eq!(
        refused(&format!("{POD}spec: {{containers: [{images}]}}")).len(),
        MAX_TOLD
    );
}

#[test]
fn nothing_is_given_out_without_a_digest_for_every_image() {
    let text = "services: {a: {image: nginx}, b: {image: redis}}";
    let found = find("m.yaml", text, FindOptions::default()).unwrap();
    let some =
        |name: &'static str| move |image: &super::ImageUse| digest_of(image).filter(|_| image.text() == name);
    assert_eq!(
        rewrite(&found, TagStyle::Keep, some("nginx")).unwrap_err().code,
        Code::InternalError
    );
    assert_eq!(
        rewrite(&found, TagStyle::Keep, |_| None).unwrap_err().code,
        Code::InternalError
    );
}

#[test]
fn another_digest_than_the_one_in_the_file_is_refused() {
    let text = format!("services: {{a: {{image: nginx@sha256:{}}}}}", "a".repeat(64));
    let found = find("m.yaml", &text, FindOptions::default()).unwrap();
    let other = |_: &super::ImageUse| Some(crate::subject::Digest::sha256(b""));
    assert_eq!(
        rewrite(&found, TagStyle::Keep, other).unwrap_err().code,
        Code::InternalError
    );
    assert_eq!(rewrite(&found, TagStyle::Keep, digest_of).unwrap().text, text);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Texts of YAML's own signs find more corners than random letters.
    #[test]
    fn no_text_panics_or_loses_a_byte(parts in prop::collection::vec(piece(), 0..40)) {
        survives(&parts.concat());
    }

    /// A good file with a few bytes changed.
    #[test]
    fn no_damaged_file_panics_or_loses_a_byte(
        mut edits in prop::collection::vec((0..GOOD.len(), piece()), 1..5),
        cut in 0..GOOD.len(),
    ) {
        // From the end, so that the places are those of the undamaged text.
        edits.sort();
        let mut text = GOOD.to_owned();
        for (at, piece) in edits.iter().rev() {
            text.insert_str(*at, piece);
        }
        survives(&text);
        survives(&text.chars().take(cut).collect::<String>());
    }
}

const GOOD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a # b\nspec:\n  containers:\n  - name: a\n    image: \"nginx:1.27\"\n  - {name: b, image: &b 'redis:7'}\n  - image: *b\n  - image: >-\n      alpine\n---\n# end\n";

/// Whatever is not refused reads back as itself with digests.
fn survives(text: &str) {
    if let Ok(found) = find(
        "m.yaml",
        text,
        FindOptions {
            allow_no_images: true,
        },
    ) {
        let pinned = rewrite(&found, TagStyle::Keep, digest_of).unwrap().text;
        let images = found.images();
        assert!(
            pinned.len() >= text.len()
                && (pinned == text) == images.iter().all(|image| image.digest().is_some())
        );
    }
}

fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a",
        "b: ",
        ": ",
        ":",
        "- ",
        "-",
        "? ",
        "&a ",
        "*a",
        "!!str ",
        "!x ",
        "|",
        ">",
        "|-\n",
        ">-\n  ",
        "\n",
        "\n  ",
        "\n    ",
        "\r\n",
        "\t",
        "---\n",
        "--- ",
        "...\n",
        "{",
        "}",
        "[",
        "]",
        ",",
        "'",
        "\"",
        "\\",
        "\\u0041",
        "\\\n",
        "#",
        " # c",
        "%YAML 1.2\n",
        "<<: ",
        "image: ",
        "image",
        "services: ",
        "containers: ",
        "nginx:1",
        "é",
        "🐳",
        "\u{feff}",
        "@",
        "`",
        "~",
        "1",
        "  ",
        " ",
        "apiVersion: v1\nkind: Pod\n",
        "spec:\n",
        "''",
        "\"\"",
        "sha256:",
        "$",
        "{{",
        "\0",
        "|2\n",
        "|+\n\n",
    ])
}
