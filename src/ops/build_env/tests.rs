use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const REPORT: &str = include_str!("../../../fixtures/build-env/report.json");

fn report() -> Value {
    serde_json::from_str(REPORT).unwrap()
}

fn read(report: &Value) -> Result<Facts, ReportProblem> {
    Facts::read(report.to_string().as_bytes(), Selection::Only)
}

fn changed(pointer: &str, value: Value) -> Value {
    let mut report = report();
    *report.pointer_mut(pointer).unwrap() = value;
    report
}

fn prefix(text: &str) -> Prefix {
    text.parse().unwrap()
}

fn variable(name: &'static str, value: &str) -> Variable {
    Variable {
        name,
        value: value.to_owned(),
    }
}

#[test]
fn each_form_has_the_facts_of_the_evidence_that_counted() {
    let facts = read(&report()).unwrap();
    let names: Vec<&str> = facts.variables().iter().map(|variable| variable.name).collect();
    assert_eq!(names, NAMES, "every variable, in order");
    for (name, form) in [
        ("shell", Form::Shell),
        ("json", Form::Json),
        ("dotenv", Form::Dotenv),
    ] {
        let text = render(facts.variables(), &prefix("BUILD_"), form).unwrap();
        assert!(!text.contains("evil"), "{text}");
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn only_what_was_allowed_gets_variables() {
    for (pointer, value) in [
        ("/verdict", json!("denied")),
        ("/exitCode", json!(1)),
        ("/subjects/0/verdict", json!("denied")),
    ] {
        let problem = read(&changed(pointer, value)).unwrap_err();
        assert!(
            matches!(problem, ReportProblem::NotAllowed(_)),
            "{pointer}: {problem}"
        );
    }
    for (pointer, value) in [
        ("/subjects/0/candidates/1/accepted", json!(false)),
        ("/subjects/0/candidates/1/verified", json!(false)),
        ("/subjects/0/digest", Value::Null),
        ("/subjects/0/digest", json!("sha256:e3b0")),
        ("/tool/name", json!("another")),
        ("/schemaVersion", json!("2")),
        ("/verdict", Value::Null),
        ("/subjects", Value::Null),
    ] {
        let problem = read(&changed(pointer, value)).unwrap_err();
        assert!(
            matches!(problem, ReportProblem::NotAReport(_)),
            "{pointer}: {problem}"
        );
    }
    let doubled = REPORT.replacen(
        "\"verdict\": \"allowed\"",
        "\"verdict\": \"denied\", \"verdict\": \"allowed\"",
        1,
    );
    assert!(matches!(
        Facts::read(doubled.as_bytes(), Selection::Only),
        Err(ReportProblem::NotAReport(_))
    ));
}

/// Everybody can sign something that says whatever a deployment looks for.
#[test]
fn where_any_signer_was_accepted_nothing_is_passed_on() {
    let finding = json!([{"code": "unsafe-any-identity", "severity": "warning", "message": "any signer"}]);
    let problem = read(&changed("/findings", finding)).unwrap_err();
    assert_eq!(problem, ReportProblem::AnyIdentity);
    let other = json!([{"code": "key-without-log", "severity": "warning", "message": "no log"}]);
    assert!(read(&changed("/findings", other)).is_ok());
}

/// A deployment may take one of them and look at the other.
#[test]
fn image_and_digest_are_one_image() {
    for (pointer, value) in [
        (
            "/subjects/0/digest",
            json!(crate::subject::Digest::sha256(b"another").to_string()),
        ),
        ("/subjects/0/name", json!("ghcr.io/org/app:v1")),
        ("/subjects/0/name", json!("ghcr.io/org/app")),
    ] {
        let problem = read(&changed(pointer, value)).unwrap_err();
        assert!(
            matches!(problem, ReportProblem::NotAReport(_)),
            "{pointer}: {problem}"
        );
    }
}

#[test]
fn what_is_not_known_is_not_set() {
    let mut report = report();
    report.as_object_mut().unwrap().remove("policy");
    let evidence = report.pointer_mut("/subjects/0/candidates/1").unwrap();
    evidence["signer"] = json!({"kind": "key", "identity": "ab12"});
    evidence["logs"] = json!([]);
    let facts = read(&report).unwrap();
    let text = render(facts.variables(), &prefix("B_"), Form::Dotenv).unwrap();
    let names: Vec<&str> = text.lines().map(|line| line.split_once('=').unwrap().0).collect();
    assert_eq!(
        names,
        ["B_IMAGE", "B_DIGEST", "B_SIGNER", "B_SIGNED_AT", "B_VERIFIED_AT"]
    );
    assert!(text.contains("B_SIGNER=key:ab12\n"));
}

#[test]
fn of_several_subjects_one_is_chosen() {
    let mut report = report();
    let other = json!({"input": "b", "kind": "file", "name": "b", "digest": crate::subject::Digest::sha256(b"b").to_string(),
        "verdict": "allowed", "candidates": report["subjects"][0]["candidates"]});
    report["subjects"].as_array_mut().unwrap().push(other);
    let bytes = report.to_string();
    let choose = |selection| Facts::read(bytes.as_bytes(), selection);
    assert!(matches!(choose(Selection::Only), Err(ReportProblem::Subject(_))));
    assert!(matches!(
        choose(Selection::Named("c")),
        Err(ReportProblem::Subject(_))
    ));
    let file = choose(Selection::Named("b")).unwrap();
    assert!(file.variables().iter().all(|variable| variable.name != "IMAGE"));
    assert!(choose(Selection::Named("ghcr.io/org/app:v1")).is_ok());
    report["subjects"][0]["name"] = json!("b");
    assert!(matches!(
        Facts::read(report.to_string().as_bytes(), Selection::Named("b")),
        Err(ReportProblem::Subject(_))
    ));
}

/// Whoever signs chooses the identity.
#[test]
fn a_value_that_could_become_another_line_is_refused() {
    for hostile in [
        "a\nBUILD_DIGEST=x",
        "a\r",
        "a\u{0}b",
        "a\u{1b}[2J",
        "a\u{2028}b",
        "a\u{202E}b",
    ] {
        let report = changed("/subjects/0/candidates/1/signer/identity", json!(hostile));
        let problem = read(&report).unwrap_err();
        assert!(
            matches!(problem, ReportProblem::Value { name: "SIGNER", .. }),
            "{problem}"
        );
    }
    let long = changed(
        "/subjects/0/candidates/1/signer/identity",
        json!("a".repeat(9000)),
    );
    assert!(matches!(read(&long), Err(ReportProblem::Value { .. })));
}

#[test]
fn env_files_hold_only_what_every_reader_takes_alike() {
    for hostile in [
        "a b",
        "a#b",
        "$HOME",
        "`id`",
        "\"a\"",
        "'a'",
        "a\\b",
        "a;b",
        "ä",
        "refs/heads/a&reboot",
        "~root",
        "a|b",
        "(a)",
    ] {
        let problem = render(&[variable("SIGNER", hostile)], &prefix("B_"), Form::Dotenv).unwrap_err();
        assert_eq!(problem.name, "B_SIGNER", "{hostile}");
    }
}

#[test]
fn prefixes_begin_names() {
    for (text, expected) in [
        ("BUILD_", true),
        ("_", true),
        ("B2", true),
        ("", false),
        ("2B", false),
        ("b", false),
        ("A B", false),
        ("A=", false),
    ] {
        assert_eq!(text.parse::<Prefix>().is_ok(), expected, "{text}");
    }
}

mod task_definitions {
    use super::*;

    fn edited(task: &str, container: Option<&str>) -> Result<String, TaskProblem> {
        let facts = read(&report()).unwrap();
        // Few variables keep the snapshots short; LOG_URL is among those that are known and not set.
        let some: Vec<Variable> = facts.variables().iter().take(3).cloned().collect();
        edit_task_definition(task, container, &some, &prefix("BR_BUILD_"))
    }

    #[test]
    fn variables_get_into_the_file_and_nothing_else_changes() {
        let tasks = [
            (
                "several-lines",
                include_str!("../../../fixtures/build-env/tasks/several-lines.json"),
            ),
            (
                "one-line",
                include_str!("../../../fixtures/build-env/tasks/one-line.json"),
            ),
            (
                "no-environment",
                include_str!("../../../fixtures/build-env/tasks/no-environment.json"),
            ),
            (
                "empty-environment",
                include_str!("../../../fixtures/build-env/tasks/empty-environment.json"),
            ),
            (
                "minified-without-environment",
                include_str!("../../../fixtures/build-env/tasks/minified-without-environment.json"),
            ),
            (
                "described",
                include_str!("../../../fixtures/build-env/tasks/described.json"),
            ),
        ];
        for (name, task) in tasks {
            let text = edited(task, Some("app")).unwrap();
            assert!(serde_json::from_str::<Value>(&text).is_ok(), "{text}");
            assert_eq!(
                edited(&text, Some("app")).as_ref(),
                Ok(&text),
                "{name}: a second time changes nothing"
            );
            assert_eq!(task.contains("\r\n"), text.contains("\r\n"));
            insta::assert_snapshot!(format!("task-{name}"), text);
        }
    }

    #[test]
    fn what_is_no_task_definition_is_refused_with_its_place() {
        let container =
            |members: &str| format!("{{\"containerDefinitions\":[{{\"name\":\"app\",{members}}}]}}");
        for (task, expected) in [
            ("{".to_owned(), "not JSON"),
            ("[]".to_owned(), "has no containerDefinitions"),
            (
                "{\"containerDefinitions\":{}}".to_owned(),
                "/containerDefinitions is no list",
            ),
            ("{\"containerDefinitions\":[]}".to_owned(), "has no containers"),
            (
                "{\"containerDefinitions\":[1]}".to_owned(),
                "/containerDefinitions/0 is no container",
            ),
            (
                "{\"containerDefinitions\":[{\"name\":\"a\"},{\"name\":\"b\"}]}".to_owned(),
                "choose one with --container: a, b",
            ),
            (
                container("\"environment\":1"),
                "/containerDefinitions/0/environment is no list",
            ),
            (
                container("\"environment\":[1]"),
                "/containerDefinitions/0/environment/0 is no variable",
            ),
            (container("\"name\":\"app\""), "stands twice"),
            (
                container("\"secrets\":[{\"name\":\"BR_BUILD_DIGEST\",\"valueFrom\":\"x\"}]"),
                "BR_BUILD_DIGEST is among",
            ),
        ] {
            let message = edited(&task, None).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
        let named = edited(&container("\"cpu\":1"), Some("web"))
            .unwrap_err()
            .to_string();
        assert!(named.contains("\"web\"") && named.contains("app"), "{named}");
    }

    proptest! {
        /// Every value arrives as it was, and every variable that is not ours stays.
        #[test]
        fn values_arrive(value in "\\PC{0,20}", others in prop::collection::btree_map("[A-Z]{1,5}", any::<String>(), 0..4), pretty: bool) {
            let environment: Vec<Value> = others.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
            let task = json!({"containerDefinitions": [{"name": "app", "environment": environment, "cpu": 1}]});
            let task = if pretty { format!("{task:#}") } else { task.to_string() };
            let edited = edit_task_definition(&task, None, &[variable("SIGNER", &value)], &prefix("B_")).unwrap();
            let found: Value = serde_json::from_str(&edited).unwrap();
            let found = found["containerDefinitions"][0]["environment"].as_array().unwrap().clone();
            let mut expected = environment;
            expected.push(json!({"name": "B_SIGNER", "value": value}));
            prop_assert_eq!(found, expected);
        }
    }
}
