//! SBOMs whose names want to be read as something else: by a terminal, a log, a dashboard, a person.

use serde_json::json;

use crate::support::Run;
use crate::{A, EMAIL, World};

/// Names that have done harm somewhere.
const NAMES: [&str; 16] = [
    "\u{1b}[2J\u{1b}[32mallowed\u{1b}[0m",
    "\n::error::pwned",
    "\r\n::set-output name=verdict::allowed",
    "::endgroup::",
    "::group::licence-denied: 0 findings in 0 packages",
    "##[add-mask]x",
    "\u{202E}gnp.exe",
    "zero\u{200B}width",
    "]]><testcase name=\"x\"/>",
    "</failure>&amp;&#0;",
    "[click](javascript:alert(1)) **bold** <img src=x onerror=alert(1)>",
    "✓ allowed: everything",
    "x\n✓ allowed: everything",
    "✗ licence-denied: another package",
    "\u{0}\u{7f}\u{9b}31m",
    "a, line=1::b",
];

fn components(names: &[String]) -> Vec<serde_json::Value> {
    names
        .iter()
        .map(|name| json!({"type": "library", "name": name, "version": name, "licenses": [{"license": {"name": name}}]}))
        .collect()
}

fn runs(names: &[String]) -> Vec<(&'static str, Run)> {
    let mut world = World::new();
    let mut sbom = crate::sbom(A, "MIT");
    let mut listed = components(names);
    // What depends on what shows in the ways from the root.
    let refs: Vec<String> = (0..listed.len()).map(|number| format!("r{number}")).collect();
    for (component, id) in listed.iter_mut().zip(&refs) {
        component["bom-ref"] = id.clone().into();
    }
    sbom["metadata"]["component"]["bom-ref"] = "app".into();
    sbom["dependencies"] =
        json!([{"ref": "app", "dependsOn": [refs[0]]}, {"ref": refs[0], "dependsOn": refs[1..]}]);
    sbom["components"] = listed.into();
    let bundle = world.attest(A, &sbom, EMAIL);
    ["human", "json", "sarif", "junit", "github"]
        .map(|format| {
            (
                format,
                world.program("a", &bundle).arguments(["--format", format]).run(),
            )
        })
        .into()
}

#[test]
fn no_name_in_an_sbom_acts_on_what_reads_the_report() {
    let names: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    for (format, run) in runs(&names) {
        assert_eq!(run.code, 1, "{format}: {run:?}");
        let text = format!("{}{}", run.stdout, run.stderr);
        let acts = |sign: char| {
            sign != '\n'
                && (sign.is_control() || matches!(sign, '\u{202A}'..='\u{202E}' | '\u{200B}'..='\u{200F}'))
        };
        assert_eq!(text.chars().find(|sign| acts(*sign)), None, "{format}");
        assert!(!text.contains("##["), "{format}");
        for line in text.lines() {
            let ours = format == "github"
                && (line == "::endgroup::"
                    || [
                        "::error title=portcullis%3A ",
                        "::group::licence-unknown: ",
                        "::group::component-unidentified: ",
                    ]
                    .iter()
                    .any(|start| line.starts_with(start)));
            assert!(ours || !line.trim_start().starts_with("::"), "{format}: {line}");
            // What a person takes for the verdict stands at the start of a line.
            assert!(
                !line.starts_with('✓') && !line.starts_with("allowed"),
                "{format}: {line}"
            );
        }
    }
}

#[test]
fn documents_for_machines_stay_documents_and_hold_what_was_said() {
    let names: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    for (format, run) in runs(&names) {
        match format {
            "junit" => {
                let document =
                    roxmltree::Document::parse(&run.stdout).unwrap_or_else(|error| panic!("{error}"));
                let cases = document
                    .descendants()
                    .filter(|node| node.has_tag_name("testcase"));
                let names: Vec<_> = cases
                    .map(|case| case.attribute("name").unwrap().to_owned())
                    .collect();
                assert_eq!(names, ["a", "licence-unknown"]);
            }
            "sarif" => {
                let sarif: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
                let text = sarif["runs"][0]["results"].to_string();
                assert!(
                    text.contains("javascript") && !text.contains("[click]("),
                    "a link"
                );
            }
            "json" => {
                let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
                let findings = report["subjects"][0]["findings"].as_array().unwrap();
                for name in &names {
                    let said = |finding: &serde_json::Value| {
                        let way = finding["sbom"]["reachedBy"].as_array();
                        way.is_some_and(|way| {
                            way.iter()
                                .any(|step| step.as_str().is_some_and(|step| step.contains(name.as_str())))
                        })
                    };
                    assert!(findings.iter().any(said), "{name:?}");
                }
            }
            _ => {}
        }
    }
}

#[test]
fn huge_names_and_hundreds_of_objections_leave_a_report_that_can_be_read() {
    let mut names: Vec<String> = (0..300).map(|number| format!("package-{number}")).collect();
    names.extend(["x".repeat(60_000), "y ".repeat(30_000)]);
    for (format, run) in runs(&names) {
        assert_eq!(run.code, 1, "{format}");
        match format {
            "human" => {
                let lines = run.stderr.lines().count();
                assert!(lines < 150, "{lines} lines");
                assert!(
                    run.stderr.contains("objections to 302 packages"),
                    "{}",
                    run.stderr
                );
                assert!(run.stderr.contains("--verbose"), "how to see the others");
            }
            "github" => {
                let commands = run
                    .stdout
                    .lines()
                    .filter(|line| line.starts_with("::error "))
                    .count();
                assert!((2..=10).contains(&commands), "{commands}");
                assert!(run.stdout.len() < 1 << 20);
            }
            _ => {}
        }
    }
}
