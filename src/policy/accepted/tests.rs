//! What acceptances do to findings, and which files of them are refused.

use jiff::civil::{Date, date};

use crate::policy::parse_accepted;
use crate::policy::rules::{Mode, Ruling};
use crate::report::{Code, Finding, Severity};

const TODAY: Date = date(2026, 5, 1);

fn objection(code: Code, package: &str, decided_by: &str) -> Finding {
    let finding = Finding::new(code, "it is not allowed");
    let ruling = Ruling::new(Mode::Enforce, package.to_owned(), decided_by.to_owned(), finding);
    ruling.unwrap().finding
}

fn odd() -> Finding {
    objection(Code::LicenceNotAllowed, "pkg:npm/odd", "GPL-3.0-only")
}

fn entry(target: &str, expires: &str) -> String {
    format!("[[accepted]]\n{target}\nreason = \"ticket 7\"\nowner = \"legal\"\nexpires = \"{expires}\"\n")
}

/// Severity and message after the finding met the entries.
fn marked(entries: &str, mut finding: Finding) -> (Severity, String) {
    let text = format!("version = 1\n{entries}");
    let accepted = parse_accepted("accepted.toml", text.as_bytes()).unwrap();
    let acceptances = accepted.on(TODAY);
    acceptances.mark(&mut finding);
    assert_eq!(finding.accepted.is_some(), finding.severity == Severity::Info);
    (finding.severity, finding.message)
}

#[test]
fn an_acceptance_holds_for_its_finding_through_its_last_day() {
    let fingerprint = format!("fingerprint = \"{}\"", odd().fingerprint.unwrap());
    let rule = "rule = \"licence-not-allowed\"\npackage = \"pkg:npm/odd\"";
    for target in [fingerprint.as_str(), rule] {
        assert_eq!(marked(&entry(target, "2026-05-01"), odd()).0, Severity::Info);
        let (severity, message) = marked(&entry(target, "2026-04-30"), odd());
        assert_eq!(severity, Severity::Deny);
        assert_eq!(message, "it is not allowed; accepted until 2026-04-30 (ticket 7)");
        let other = objection(Code::LicenceNotAllowed, "pkg:npm/even", "GPL-3.0-only");
        assert_eq!(marked(&entry(target, "2026-05-01"), other).0, Severity::Deny);
    }
    // The fingerprint is about one licence, the rule about any.
    let other = || objection(Code::LicenceNotAllowed, "pkg:npm/odd", "SSPL-1.0");
    assert_eq!(
        marked(&entry(&fingerprint, "2026-05-01"), other()).0,
        Severity::Deny
    );
    assert_eq!(marked(&entry(rule, "2026-05-01"), other()).0, Severity::Info);
    let denied = objection(Code::LicenceDenied, "pkg:npm/odd", "GPL-3.0-only");
    assert_eq!(marked(&entry(rule, "2026-05-01"), denied).0, Severity::Deny);
}

#[test]
fn nothing_but_what_rules_about_ingredients_object_to_can_be_accepted() {
    for code in Code::ALL {
        let may = code.can_be_accepted();
        let is_ours = [
            "component-",
            "licence-",
            "sbom-incomplete",
            "sbom-too-old",
            "sbom-timestamp",
            "sbom-generator",
        ]
        .iter()
        .any(|start| code.name().starts_with(start));
        // Rules of other files may add codes to the group; none about signatures or binding may be in it.
        assert!(may || !is_ours, "{code}");
        let untouchable = [
            "signature",
            "identity",
            "sbom-digest-mismatch",
            "sbom-root-unbound",
            "sbom-field-unreadable",
        ];
        assert!(
            !(may && untouchable.iter().any(|start| code.name().starts_with(start))),
            "{code}"
        );
        // Even a finding that has a fingerprint by mistake.
        if !may {
            let finding = objection(*code, "pkg:npm/odd", "");
            let before = finding.severity;
            let fingerprint = format!("fingerprint = \"{}\"", finding.fingerprint.clone().unwrap());
            let text = format!("version = 1\n{}", entry(&fingerprint, "2026-05-01"));
            let mut finding = finding;
            parse_accepted("a", text.as_bytes())
                .unwrap()
                .on(TODAY)
                .mark(&mut finding);
            assert_eq!((finding.severity, finding.accepted), (before, None), "{code}");
        }
    }
}

#[test]
fn what_has_ended_and_what_nothing_meets_is_reported() {
    let rule = |package: &str| format!("rule = \"licence-not-allowed\"\npackage = \"{package}\"");
    let text = format!(
        "version = 1\n{}{}{}",
        entry(&rule("pkg:npm/odd"), "2026-05-01"),
        entry(&rule("pkg:npm/gone"), "2026-05-01"),
        entry(&rule("pkg:npm/over"), "2026-04-30"),
    );
    let accepted = parse_accepted("accepted.toml", text.as_bytes()).unwrap();
    let acceptances = accepted.on(TODAY);
    acceptances.mark(&mut odd());
    let told = |all| -> Vec<(Code, Option<usize>)> {
        let leftovers = acceptances.leftovers(all).into_iter();
        leftovers
            .map(|finding| (finding.code, finding.origin.and_then(|origin| origin.line)))
            .collect()
    };
    let ended = (Code::AcceptanceEnded, Some(14));
    assert_eq!(told(true), [(Code::AcceptanceUnmatched, Some(8)), ended]);
    // Where something could not be looked at, nobody knows what would have met.
    assert_eq!(told(false), [ended]);
}

#[test]
fn a_file_with_a_mistake_accepts_nothing_and_says_where() {
    let good = "rule = \"licence-unknown\"\npackage = \"pkg:npm/odd\"";
    let day = "2026-05-01";
    let rows = [
        ("".to_owned(), "the file does not say its version"),
        (
            "version = 1\n[[accepted]]\n".to_owned(),
            "[[accepted]] has no rule",
        ),
        (
            format!(
                "version = 1\n{}",
                entry("rule = \"signature-invalid\"\npackage = \"a\"", day)
            ),
            "signature-invalid cannot be accepted",
        ),
        (
            format!(
                "version = 1\n{}",
                entry("rule = \"sbom-digest-mismatch\"\npackage = \"a\"", day)
            ),
            "sbom-digest-mismatch cannot be accepted",
        ),
        (
            format!(
                "version = 1\n{}",
                entry("rule = \"everything\"\npackage = \"a\"", day)
            ),
            "\"everything\" is no code of a finding",
        ),
        (
            format!("version = 1\n{}", entry("rule = \"licence-unknown\"", day)),
            "[[accepted]] has no package",
        ),
        (
            format!("version = 1\n{}", entry("fingerprint = \"abc\"", day)),
            "\"abc\" is no fingerprint",
        ),
        (
            format!(
                "version = 1\n{}",
                entry(&format!("fingerprint = \"{}\"\n{good}", "0".repeat(32)), day)
            ),
            "a fingerprint stands for rule and package, and rule stands beside it",
        ),
        (
            format!("version = 1\n{}", entry(good, "never")),
            "expires cannot be \"never\"",
        ),
        (
            format!("version = 1\n{}", entry(good, day).replace("owner", "# owner")),
            "[[accepted]] has no owner",
        ),
        (
            format!("version = 1\n{}{}", entry(good, day), entry(good, "2027-01-01")),
            "this is accepted twice",
        ),
        (
            format!("version = 1\nall = true\n{}", entry(good, day)),
            "the file has no key \"all\"",
        ),
        ("version = 1\n[[accepted]\n".to_owned(), "not TOML"),
    ];
    for (text, expected) in rows {
        let findings = parse_accepted("accepted.toml", text.as_bytes()).unwrap_err();
        assert!(
            findings.iter().any(|finding| finding.message.contains(expected)),
            "{text}: {findings:#?}"
        );
        assert!(
            findings
                .iter()
                .all(|finding| finding.code == Code::AcceptedInvalid)
        );
    }
}
