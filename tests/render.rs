//! The renderers, on one report for each situation that a reader meets.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

#[path = "render/hostile.rs"]
mod hostile;
#[path = "render/json_schema.rs"]
mod json_schema;
#[path = "render/samples.rs"]
mod samples;

use portcullis::report::{
    Code, ExitCode, Format, Report, Style, Verdict, exit_codes_markdown, exit_codes_text, explain, render,
    schema, stdout_lines,
};
use serde_json::Value;

/// Compares with the snapshot `tests/snapshots/<name>.snap`. What changes with every release or new code is left out.
fn snapshot(name: &str, text: &str) {
    let filters = vec![
        (concat!("\"", env!("CARGO_PKG_VERSION"), "\""), "\"[version]\""),
        ("\"ruleIndex\": [0-9]+", "\"ruleIndex\": \"[index]\""),
    ];
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true, filters => filters }, {
        insta::assert_snapshot!(name, text);
    });
}

fn plain(report: &Report, format: Format) -> String {
    render(report, format, &Style::PLAIN)
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn people_read_what_was_decided_why_and_what_to_do() {
    for (name, report) in samples::all() {
        snapshot(&format!("{name}.human"), &plain(&report, Format::Human));
    }
}

#[test]
fn people_may_ask_for_everything() {
    let style = Style {
        verbose: true,
        ..Style::PLAIN
    };
    for (name, report) in [
        ("allowed-image", samples::allowed_image()),
        ("allowed-file-by-key", samples::allowed_file_by_key()),
        ("denied-unverified", samples::denied_unverified()),
        ("denied-identity", samples::denied_identity()),
        ("denied-ingredients", samples::denied_ingredients()),
    ] {
        snapshot(
            &format!("{name}.human-verbose"),
            &render(&report, Format::Human, &style),
        );
    }
}

#[test]
fn colour_repeats_what_words_and_marks_say() {
    let style = Style {
        color: true,
        ..Style::PLAIN
    };
    let escape = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    for (name, report) in samples::all() {
        let coloured = render(&report, Format::Human, &style);
        if name == "denied-identity" {
            snapshot("denied-identity.human-colour", &coloured);
        }
        assert_eq!(
            escape.replace_all(&coloured, ""),
            plain(&report, Format::Human),
            "{name}"
        );
    }
}

#[test]
fn a_narrow_terminal_without_unicode_still_shows_which_part_differs() {
    let style = Style {
        width: 50,
        unicode: false,
        ..Style::PLAIN
    };
    let text = render(&samples::denied_identity(), Format::Human, &style);
    assert!(text.is_ascii(), "{text}");
    snapshot("denied-identity.human-narrow", &text);
}

#[test]
fn digests_are_never_broken() {
    for width in [0, 40, 60, 100, usize::MAX] {
        let style = Style {
            width,
            ..Style::PLAIN
        };
        for (name, report) in samples::all() {
            let text = render(&report, Format::Human, &style);
            for subject in &report.subjects {
                if let Some(digest) = &subject.digest {
                    assert!(text.contains(&digest.to_string()), "{name} at {width}:\n{text}");
                }
            }
        }
    }
}

#[test]
fn pipelines_read_json() {
    for (name, report) in samples::all() {
        snapshot(&format!("{name}.json"), &plain(&report, Format::Json));
    }
}

#[test]
fn every_json_report_fits_the_schema() {
    let schema = json(&schema());
    for (name, report) in samples::all() {
        let document = json(&plain(&report, Format::Json));
        assert_eq!(json_schema::violations(&schema, &document), [""; 0], "{name}");
    }
}

#[test]
fn the_schema_refuses_what_is_no_report() {
    let schema = json(&schema());
    let good = json(&plain(&samples::denied_identity(), Format::Json));
    let spoiled: [(&str, Value); 6] = [
        ("/schemaVersion", "2".into()),
        ("/verdict", "maybe".into()),
        ("/exitCode", 7.into()),
        ("/subjects/0/digest", "sha256:00".into()),
        ("/subjects/0/candidates/0/findings/0/code", "no-such-code".into()),
        ("/subjects/0/places", Value::Null),
    ];
    for (place, value) in spoiled {
        let mut bad = good.clone();
        *bad.pointer_mut(place).unwrap() = value;
        assert_ne!(json_schema::violations(&schema, &bad), [""; 0], "{place}");
    }
}

#[test]
fn dashboards_read_sarif() {
    for (name, report) in samples::all() {
        let sarif = plain(&report, Format::Sarif);
        snapshot(&format!("{name}.sarif"), &without_rules(&sarif));
    }
}

/// The SARIF text without its rules, which are the same in every report and have a test of their own.
fn without_rules(sarif: &str) -> String {
    let (head, rest) = sarif.split_once("\"rules\": [").unwrap();
    let (_, tail) = rest.split_once("\n          ]").unwrap();
    format!("{head}\"rules\": [ … ]{tail}")
}

#[test]
fn sarif_rules_are_the_finding_codes() {
    let sarif = json(&plain(&samples::allowed_image(), Format::Sarif));
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), Code::ALL.len());
    for (rule, code) in rules.iter().zip(Code::ALL) {
        assert_eq!(rule["id"], code.name());
        assert_eq!(rule["shortDescription"]["text"], code.title());
        assert_eq!(rule["fullDescription"]["text"], code.explanation());
        assert!(
            rule["help"]["text"]
                .as_str()
                .is_some_and(|help| help.contains(code.name()))
        );
    }
}

/// An objection points at the policy and, beside it, at the SBOM: at a line only where the SBOM is a file.
#[test]
fn sarif_points_into_the_policy_and_into_the_sbom() {
    let sarif = json(&plain(&samples::denied_ingredients(), Format::Sarif));
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let of = |rule: &str| results.iter().find(|result| result["ruleId"] == rule).unwrap();
    let signed = of("licence-not-allowed");
    assert_eq!(
        signed["locations"][0]["physicalLocation"]["region"]["startLine"],
        4
    );
    let related = &signed["relatedLocations"][0];
    assert_eq!(related["physicalLocation"].get("region"), None);
    assert_eq!(
        related["logicalLocations"][0]["fullyQualifiedName"],
        ".components[0].licenses[0].license.id"
    );
    let in_file = of("component-denied");
    for place in [&in_file["locations"][0], &in_file["relatedLocations"][0]] {
        assert_eq!(
            place["physicalLocation"]["artifactLocation"]["uri"],
            "target/shop.cdx.json"
        );
        assert_eq!(place["physicalLocation"]["region"]["startLine"], 412);
    }
}

#[test]
fn objections_of_a_rule_are_one_annotation_and_one_case() {
    let report = samples::denied_ingredients();
    let github = plain(&report, Format::Github);
    let annotations = github.lines().filter(|line| line.starts_with("::error ")).count();
    assert_eq!(annotations, 3, "two rules and the verdict:\n{github}");
    let junit = plain(&report, Format::Junit);
    let document = roxmltree::Document::parse(&junit).unwrap();
    let cases = document
        .descendants()
        .filter(|node| node.has_tag_name("testcase"));
    let failed: Vec<_> = cases
        .filter(|case| case.children().any(|child| child.has_tag_name("failure")))
        .map(|case| case.attribute("name").unwrap())
        .collect();
    assert_eq!(failed[1..], ["licence-not-allowed", "component-denied"]);
}

#[test]
fn sarif_has_errors_exactly_where_something_is_not_allowed() {
    for (name, report) in samples::all() {
        let sarif = json(&plain(&report, Format::Sarif));
        let run = &sarif["runs"][0];
        assert_eq!(
            run["invocations"][0]["exitCode"],
            report.exit_code.number(),
            "{name}"
        );
        let results = run["results"].as_array().unwrap();
        let errors = results.iter().filter(|result| result["level"] == "error").count();
        assert_eq!(errors > 0, report.verdict != Verdict::Allowed, "{name}");
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(
                run["tool"]["driver"]["rules"][index]["id"], result["ruleId"],
                "{name}"
            );
            let print = result["partialFingerprints"]["portcullis/v1"].as_str().unwrap();
            let alike = results
                .iter()
                .filter(|other| other["partialFingerprints"]["portcullis/v1"] == print);
            assert_eq!(alike.count(), 1, "{name}");
        }
    }
}

#[test]
fn ci_systems_read_junit() {
    for (name, report) in samples::all() {
        snapshot(&format!("{name}.junit"), &plain(&report, Format::Junit));
    }
}

#[test]
fn junit_counts_what_it_holds() {
    for (name, report) in samples::all() {
        let text = plain(&report, Format::Junit);
        let document = roxmltree::Document::parse(&text).unwrap();
        let count = |tag: &str| {
            document
                .descendants()
                .filter(|node| node.has_tag_name(tag))
                .count()
                .to_string()
        };
        let suite = document
            .descendants()
            .find(|node| node.has_tag_name("testsuite"))
            .unwrap();
        assert_eq!(
            suite.attribute("tests"),
            Some(count("testcase").as_str()),
            "{name}"
        );
        assert_eq!(
            suite.attribute("failures"),
            Some(count("failure").as_str()),
            "{name}"
        );
        assert_eq!(suite.attribute("errors"), Some(count("error").as_str()), "{name}");
        let passed = suite.attribute("failures") == Some("0") && suite.attribute("errors") == Some("0");
        assert_eq!(passed, report.verdict == Verdict::Allowed, "{name}");
        assert_ne!(suite.attribute("tests"), Some("0"), "{name}");
    }
}

#[test]
fn workflows_read_commands() {
    for (name, report) in samples::all() {
        snapshot(&format!("{name}.github"), &plain(&report, Format::Github));
    }
}

#[test]
fn annotations_beyond_the_limit_leave_room_for_the_verdict() {
    let mut report = samples::misconfigured();
    let first = report.findings[0].clone();
    for number in 0..30 {
        let mut finding = first.clone();
        finding.message = format!("mistake {number}");
        report.findings.push(finding);
    }
    let text = plain(&report, Format::Github);
    let commands = text.lines().filter(|line| line.starts_with("::error ")).count();
    assert_eq!(commands, 10);
    assert!(
        text.lines()
            .last()
            .unwrap()
            .starts_with("::error title=portcullis%3A misconfigured::")
    );
    for number in 0..30 {
        assert!(text.contains(&format!("mistake {number}")), "{number}");
    }
}

#[test]
fn stdout_holds_the_subjects_only_when_all_is_allowed() {
    let image = samples::allowed_image();
    let file = samples::allowed_file_by_key();
    let name = &image.subjects[0].name;
    assert_eq!(stdout_lines(&image), Some(format!("{name}\n")));
    let digest = file.subjects[0].digest.as_ref().unwrap();
    assert_eq!(
        stdout_lines(&file),
        Some(format!("{digest}  shop-1.4.0.tar.gz\n"))
    );
    for (name, report) in samples::all() {
        assert_eq!(
            stdout_lines(&report).is_some(),
            report.exit_code == ExitCode::Allowed,
            "{name}"
        );
    }
}

#[test]
fn stdout_holds_nothing_for_a_report_that_contradicts_itself() {
    let spoil: [fn(&mut Report); 4] = [
        |report| report.subjects[0].verdict = Verdict::Denied,
        |report| report.verdict = Verdict::Undecided,
        |report| report.subjects[0].digest = None,
        |report| report.subjects.clear(),
    ];
    for (number, spoil) in spoil.iter().enumerate() {
        let mut report = samples::allowed_file_by_key();
        spoil(&mut report);
        assert_eq!(stdout_lines(&report), None, "{number}");
    }
}

#[test]
fn a_file_name_forges_no_line_on_stdout() {
    let mut report = samples::allowed_file_by_key();
    report.subjects[0].name = "a\nregistry.example/evil@sha256:00".to_owned();
    let lines = stdout_lines(&report).unwrap();
    assert_eq!(lines.lines().count(), 1, "{lines}");
}

#[test]
fn formats_are_named_as_they_are_typed() {
    for format in Format::ALL {
        assert_eq!(format.to_string().parse(), Ok(format));
    }
    for text in ["", "Human", "xml", "json "] {
        let error = text.parse::<Format>().unwrap_err();
        assert!(
            error.to_string().contains("human, json, sarif, junit or github"),
            "{error}"
        );
    }
}

#[test]
fn codes_are_explained() {
    snapshot("explain.identity-mismatch", &explain(Code::IdentityMismatch));
    snapshot("explain.unsafe-any-identity", &explain(Code::UnsafeAnyIdentity));
    snapshot(
        "exit-codes",
        &format!("{}\n{}", exit_codes_text(), exit_codes_markdown()),
    );
}
