//! What counts as complete, fresh, and made by the right tool.

use super::*;
use crate::report::Severity;
use crate::versions::Scheme;

const NOW: &str = "2026-05-01T12:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn rules() -> CompletenessRules {
    CompletenessRules {
        mode: Mode::Enforce,
        demanded: Vec::new(),
        max_age: None,
        generators: Vec::new(),
    }
}

fn demanded(element: Element, is_audited: bool) -> DemandedElement {
    DemandedElement {
        element,
        is_audited,
        origin: Origin::flag("policy"),
    }
}

fn codes(rules: &CompletenessRules, stated: &DocumentStated<'_>) -> Vec<Code> {
    let rulings = rules.rule(stated, now()).into_iter();
    rulings.map(|ruling| ruling.finding.code).collect()
}

#[test]
fn an_age_is_measured_against_now_and_the_future_is_no_freshness() {
    let rules = CompletenessRules {
        max_age: Some((Duration::from_secs(86_400), Origin::flag("max-age"))),
        ..rules()
    };
    let rows = [
        (Some("2026-05-01T11:00:00Z"), None),
        (Some("2026-05-01T13:59:00+02:00"), None),
        (Some("2026-04-30T12:00:00Z"), None),
        (Some("2026-04-30T11:59:59Z"), Some(Code::SbomTooOld)),
        (Some("1970-01-01T00:00:00Z"), Some(Code::SbomTooOld)),
        // Clocks differ a little.
        (Some("2026-05-01T12:05:00Z"), None),
        (Some("2026-05-01T12:05:01Z"), Some(Code::SbomTimestampInvalid)),
        (Some("9999-01-01T00:00:00Z"), Some(Code::SbomTimestampInvalid)),
        // Without an offset nobody knows which hour is meant.
        (Some("2026-05-01T11:00:00"), Some(Code::SbomTimestampInvalid)),
        (Some("yesterday"), Some(Code::SbomTimestampInvalid)),
        (None, Some(Code::SbomTimestampInvalid)),
    ];
    for (created, expected) in rows {
        let stated = DocumentStated {
            created,
            ..DocumentStated::default()
        };
        assert_eq!(
            codes(&rules, &stated),
            expected.into_iter().collect::<Vec<_>>(),
            "{created:?}"
        );
    }
}

#[test]
fn a_generator_is_known_by_its_name_and_version() {
    let rules = CompletenessRules {
        generators: vec![GeneratorRule {
            name: "syft".to_owned(),
            versions: Range::parse(Scheme::Semver, ">=1.18, <2").unwrap(),
            origin: Origin::flag("generator"),
        }],
        ..rules()
    };
    /// The tools of a document with their versions, and whether they satisfy.
    type Row = (&'static [(&'static str, Option<&'static str>)], bool);
    let rows: [Row; 11] = [
        (&[("syft", Some("1.18.1"))], true),
        (&[("syft", Some("v1.18.1"))], true),
        (&[("syft-1.18.1", None)], true),
        (&[("npm", Some("10.0.0")), ("syft", Some("1.20.0"))], true),
        (&[("syft", Some("1.17.0"))], false),
        (&[("syft-1.17.0", None)], false),
        (&[("syft", None)], false),
        (&[("syft", Some("unknown"))], false),
        (&[("syft-evil-1.18.1", None)], false),
        (&[("Syft", Some("1.18.1"))], false),
        (&[], false),
    ];
    for (tools, passes) in rows {
        let stated = DocumentStated {
            tools: tools.to_vec(),
            ..DocumentStated::default()
        };
        assert_eq!(codes(&rules, &stated).is_empty(), passes, "{tools:?}");
    }
}

#[test]
fn every_element_is_one_objection_however_many_components_lack_it() {
    let lacking: Vec<String> = (1..=8)
        .map(|number| format!("part-{number} (line {number})"))
        .collect();
    let stated = DocumentStated {
        components: 20,
        lacking: vec![
            (Element::Version, lacking),
            (Element::Supplier, Vec::new()),
            (Element::Id, vec!["odd (line 3)".to_owned()]),
        ],
        ..DocumentStated::default()
    };
    let rules = CompletenessRules {
        demanded: vec![
            demanded(Element::Version, false),
            demanded(Element::Supplier, false),
            demanded(Element::Id, true),
            demanded(Element::Author, false),
            demanded(Element::Timestamp, true),
        ],
        ..rules()
    };
    let told: Vec<(String, Severity, bool)> = rules
        .rule(&stated, now())
        .into_iter()
        .map(|ruling| {
            let finding = ruling.finding;
            (finding.message, finding.severity, finding.audited)
        })
        .collect();
    let row = |message: &str, is_audited| {
        let severity = if is_audited {
            Severity::Warning
        } else {
            Severity::Deny
        };
        (message.to_owned(), severity, is_audited)
    };
    assert_eq!(
        told,
        [
            row(
                "8 of 20 components have no version: part-1 (line 1), part-2 (line 2), part-3 (line 3), part-4 (line 4), \
                 part-5 (line 5) and 3 more",
                false
            ),
            row(
                "1 of 20 components have no package URL or CPE: odd (line 3)",
                true
            ),
            row("the SBOM names nobody who made it", false),
            row("the SBOM does not say when it was made", true),
        ]
    );
    let mut off = rules;
    off.mode = Mode::Off;
    assert!(off.rule(&stated, now()).is_empty());
    off.mode = Mode::Audit;
    assert!(
        off.rule(&stated, now())
            .iter()
            .all(|ruling| ruling.finding.audited)
    );
}

#[test]
fn the_fingerprint_of_what_is_missing_does_not_depend_on_which_components_lack_it() {
    let rules = CompletenessRules {
        demanded: vec![demanded(Element::Version, false)],
        ..rules()
    };
    let print = |name: &str| {
        let stated = DocumentStated {
            lacking: vec![(Element::Version, vec![name.to_owned()])],
            ..DocumentStated::default()
        };
        let rulings = rules.rule(&stated, now());
        rulings[0].finding.fingerprint.clone().unwrap()
    };
    assert_eq!(print("a"), print("b"));
}
