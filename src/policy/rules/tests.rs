//! The rules by tables: what passes, what is objected to, and by which code.

mod properties;

use jiff::civil::{Date, date};

use super::*;
use crate::licences::{Entry, LicenceLists};
use crate::purl::Pattern;
use crate::report::{Origin, Severity};
use crate::versions::{Range, Scheme};

const TODAY: Date = date(2026, 5, 1);

fn origin() -> Origin {
    Origin::flag("policy")
}

fn range(pattern: &Pattern, text: &str) -> Range {
    Range::parse(Scheme::of_type(pattern.kind().unwrap_or_default()), text).unwrap()
}

/// `pkg:cargo/serde >=1,<2`, without a range any version.
fn rule(text: &str) -> PackageRule {
    let (package, versions) = text.split_once(' ').unwrap_or((text, "*"));
    let package = Pattern::parse(package).unwrap();
    PackageRule {
        versions: range(&package, versions),
        package,
        suppliers: Vec::new(),
        hashes: Vec::new(),
        origin: Origin::flag(text),
    }
}

fn exception<T>(text: &str, expires: Date, allows: T) -> Exceptions<T> {
    let PackageRule {
        package,
        versions,
        origin,
        ..
    } = rule(text);
    let exception = Exception {
        package,
        versions,
        reason: "the fix is not published yet".to_owned(),
        owner: "security@acme.example".to_owned(),
        expires,
        origin,
    };
    Exceptions::new(vec![(exception, allows)])
}

fn component(purl: &str) -> Ingredient<'_> {
    Ingredient {
        group: None,
        name: "component",
        version: None,
        identity: Identity::of(Some(purl)),
        supplier: None,
        hashes: Vec::new(),
        licences: None,
    }
}

fn licensed<'a>(purl: &'a str, licences: &[LicenceText<'_>]) -> Ingredient<'a> {
    Ingredient {
        licences: LicenceText::join(licences.iter().copied(), Several::All),
        ..component(purl)
    }
}

/// The code and the origin of an objection, or `passes`.
fn said(ruling: Option<Ruling>) -> String {
    ruling.map_or("passes".to_owned(), |ruling| {
        let origin = ruling.finding.origin.unwrap();
        format!("{}: {}", ruling.finding.code, origin.source)
    })
}

fn library() -> ComponentRules {
    ComponentRules::new(Mode::Enforce, OnUnknown::Deny, origin())
        .allow(
            [
                "pkg:cargo/serde",
                "pkg:npm/@acme/*",
                "pkg:npm/react >=18,<19",
                "pkg:deb/debian/**",
            ]
            .map(rule)
            .to_vec(),
        )
        .deny(
            [
                "pkg:cargo/serde =1.0.171",
                "pkg:npm/@acme/old",
                "pkg:deb/debian/xz-utils >=5.6.0,<5.6.2",
            ]
            .map(rule)
            .to_vec(),
        )
}

#[test]
fn packages_pass_by_name_and_version() {
    let rows = [
        // Approved in every version, so no bump needs an edit; the withdrawn version is denied all the same.
        ("pkg:cargo/serde@1.0.200", "passes"),
        ("pkg:cargo/serde@1.0.228", "passes"),
        (
            "pkg:cargo/serde@1.0.171",
            "component-denied: pkg:cargo/serde =1.0.171",
        ),
        // A version that cannot be read may be the denied one.
        (
            "pkg:cargo/serde@latest",
            "component-denied: pkg:cargo/serde =1.0.171",
        ),
        ("pkg:cargo/serde", "component-denied: pkg:cargo/serde =1.0.171"),
        ("pkg:cargo/serde-evil@1.0.200", "component-not-allowed: policy"),
        ("pkg:npm/@acme/new@0.0.1", "passes"),
        ("pkg:npm/@acme/old@9.0.0", "component-denied: pkg:npm/@acme/old"),
        ("pkg:npm/acme/new@1.0.0", "component-not-allowed: policy"),
        ("pkg:npm/react@18.2.0", "passes"),
        (
            "pkg:npm/react@17.0.0",
            "component-not-allowed: pkg:npm/react >=18,<19",
        ),
        (
            "pkg:npm/react@19.0.0-rc.1",
            "component-not-allowed: pkg:npm/react >=18,<19",
        ),
        (
            "pkg:deb/debian/xz-utils@5.6.1-1",
            "component-denied: pkg:deb/debian/xz-utils >=5.6.0,<5.6.2",
        ),
        ("pkg:deb/debian/xz-utils@5.4.1-0.2", "passes"),
        ("pkg:deb/ubuntu/curl@8", "component-not-allowed: policy"),
        ("not a package URL", "component-unidentified: policy"),
        ("pkg:npm/a@1/b", "component-unidentified: policy"),
        ("", "component-unidentified: policy"),
    ];
    for (purl, expected) in rows {
        assert_eq!(said(library().rule(&component(purl), TODAY)), expected, "{purl}");
    }
}

#[test]
fn without_an_allow_list_only_the_deny_list_decides() {
    let rules = ComponentRules::new(Mode::Enforce, OnUnknown::Allow, origin())
        .deny(vec![rule("pkg:npm/event-stream")]);
    assert_eq!(
        said(rules.rule(&component("pkg:npm/lodash@1.0.0"), TODAY)),
        "passes"
    );
    assert_eq!(said(rules.rule(&component(""), TODAY)), "passes");
    let denied = said(rules.rule(&component("pkg:npm/event-stream@3.3.6"), TODAY));
    assert_eq!(denied, "component-denied: pkg:npm/event-stream");
}

#[test]
fn the_version_beside_a_package_url_counts_where_that_has_none() {
    let mut ingredient = component("pkg:cargo/serde");
    ingredient.version = Some("1.0.200");
    assert_eq!(said(library().rule(&ingredient, TODAY)), "passes");
    ingredient.version = Some("1.0.171");
    assert_eq!(
        said(library().rule(&ingredient, TODAY)),
        "component-denied: pkg:cargo/serde =1.0.171"
    );
}

#[test]
fn an_allow_rule_can_pin_hashes_and_suppliers() {
    let mut pinned = rule("pkg:generic/tool");
    pinned.hashes = vec![("sha-256".to_owned(), "ab".to_owned())];
    pinned.suppliers = vec!["Acme".to_owned()];
    let rules = ComponentRules::new(Mode::Enforce, OnUnknown::Deny, origin()).allow(vec![pinned]);
    type Row<'a> = (&'a [(&'a str, &'a str)], Option<&'a str>, &'a str);
    let rows: [Row<'_>; 6] = [
        (&[("sha-256", "AB")], Some("Acme"), "passes"),
        (&[("sha-1", "00"), ("sha-256", "ab")], Some("Acme"), "passes"),
        (
            &[("sha-256", "ab"), ("sha-256", "cd")],
            Some("Acme"),
            "carries none of the pinned hashes",
        ),
        (
            &[("sha-512", "ab")],
            Some("Acme"),
            "carries none of the pinned hashes",
        ),
        (&[], Some("Acme"), "carries none of the pinned hashes"),
        (&[("sha-256", "ab")], Some("Acme Corp"), "the supplier is another"),
    ];
    for (hashes, supplier, expected) in rows {
        let ingredient = Ingredient {
            hashes: hashes.to_vec(),
            supplier,
            ..component("pkg:generic/tool@1")
        };
        let message = rules
            .rule(&ingredient, TODAY)
            .map_or("passes".to_owned(), |ruling| ruling.finding.message);
        assert!(message.ends_with(expected), "{hashes:?} {supplier:?}: {message}");
    }
}

#[test]
fn a_component_without_a_package_url_passes_by_name_and_supplier_only() {
    let named = NamedRule {
        name: "component".to_owned(),
        supplier: "Acme".to_owned(),
        origin: origin(),
    };
    let rules = library().named(vec![named]);
    let with = |supplier, purl| Ingredient {
        supplier,
        ..component(purl)
    };
    assert_eq!(said(rules.rule(&with(Some("Acme"), ""), TODAY)), "passes");
    for ingredient in [
        with(None, ""),
        with(Some("Evil"), ""),
        with(Some("Acme"), "pkg:broken"),
    ] {
        assert_eq!(
            said(rules.rule(&ingredient, TODAY)),
            "component-unidentified: policy"
        );
    }
}

#[test]
fn an_exception_holds_through_its_last_day() {
    let purl = "pkg:cargo/serde@1.0.171";
    let until = |expires| library().except(exception("pkg:cargo/serde =1.0.171", expires, ()));
    assert_eq!(said(until(TODAY).rule(&component(purl), TODAY)), "passes");
    let over = until(date(2026, 4, 30)).rule(&component(purl), TODAY).unwrap();
    assert_eq!(
        over.finding.message,
        "pkg:cargo/serde is denied by pkg:cargo/serde =1.0.171; its exception (the fix is not published yet) ended on 2026-04-30"
    );
    // Only for the versions that it names, and never for one that cannot be read.
    let other = until(TODAY).deny(vec![rule("pkg:cargo/serde")]);
    assert!(other.rule(&component("pkg:cargo/serde@1.0.172"), TODAY).is_some());
    assert!(other.rule(&component("pkg:cargo/serde@latest"), TODAY).is_some());
}

fn licences() -> LicenceRules {
    let entries = |ids: &[&str]| ids.iter().map(|id| Entry::parse(id).unwrap()).collect();
    LicenceRules {
        mode: Mode::Enforce,
        unknown: OnUnknown::Deny,
        lists: LicenceLists {
            allow: Some(entries(&["MIT", "Apache-2.0"])),
            deny: entries(&["AGPL-3.0-only"]),
        },
        several: Several::All,
        allow_origins: vec![origin(), origin()],
        deny_origins: vec![Origin::flag("deny")],
        origin: Origin::flag("allow"),
        exceptions: Exceptions::default(),
    }
}

#[test]
fn licences_pass_by_their_expression() {
    use LicenceText::{Expression, Name};
    let rows: [(&[LicenceText<'_>], &str); 11] = [
        (&[Expression("MIT")], "passes"),
        (&[Expression("MIT OR GPL-3.0-only")], "passes"),
        (
            &[Expression("MIT AND GPL-3.0-only")],
            "licence-not-allowed: allow",
        ),
        (&[Expression("AGPL-3.0")], "licence-denied: deny"),
        (
            &[Expression("MIT"), Expression("AGPL-3.0-only")],
            "licence-denied: deny",
        ),
        (&[Name("MIT License")], "passes"),
        (&[Name("The MIT licence")], "licence-unknown: allow"),
        (&[Expression("MIT Apache-2.0")], "licence-unknown: allow"),
        // What cannot be read hides nothing that can.
        (
            &[Expression("MIT Apache-2.0"), Expression("GPL-3.0-only")],
            "licence-not-allowed: allow",
        ),
        (&[Expression("NOASSERTION")], "licence-unknown: allow"),
        (&[], "licence-unknown: allow"),
    ];
    for (texts, expected) in rows {
        let ingredient = licensed("pkg:npm/x@1.0.0", texts);
        assert_eq!(said(licences().rule(&ingredient, TODAY)), expected, "{texts:?}");
    }
}

#[test]
fn an_exception_to_the_licences_allows_what_it_names() {
    let allows = LicenceException {
        allow: vec![Entry::parse("AGPL-3.0-only").unwrap()],
        unknown: false,
    };
    let rules = LicenceRules {
        exceptions: exception("pkg:npm/x >=1,<2", TODAY, allows),
        ..licences()
    };
    let ruling = |purl, text| said(rules.rule(&licensed(purl, &[LicenceText::Expression(text)]), TODAY));
    assert_eq!(ruling("pkg:npm/x@1.5.0", "AGPL-3.0-only"), "passes");
    assert_eq!(
        ruling("pkg:npm/x@1.5.0", "GPL-2.0-only"),
        "licence-not-allowed: allow"
    );
    assert_eq!(ruling("pkg:npm/x@1.5.0", "NOASSERTION"), "licence-unknown: allow");
    assert_eq!(ruling("pkg:npm/x@2.0.0", "AGPL-3.0-only"), "licence-denied: deny");
    assert_eq!(ruling("pkg:npm/y@1.5.0", "AGPL-3.0-only"), "licence-denied: deny");
    let unknown = LicenceException {
        unknown: true,
        ..LicenceException::default()
    };
    let rules = LicenceRules {
        exceptions: exception("pkg:npm/x", TODAY, unknown),
        ..licences()
    };
    assert_eq!(
        said(rules.rule(&licensed("pkg:npm/x@1.0.0", &[]), TODAY)),
        "passes"
    );
    let denied = licensed("pkg:npm/x@1.0.0", &[LicenceText::Expression("AGPL-3.0-only")]);
    assert_eq!(said(rules.rule(&denied, TODAY)), "licence-denied: deny");
}

#[test]
fn the_mode_says_what_becomes_of_an_objection() {
    let bad = licensed("pkg:npm/x@1.0.0", &[LicenceText::Expression("AGPL-3.0-only")]);
    let missing = licensed("pkg:npm/x@1.0.0", &[]);
    let severity = |mode, unknown, ingredient| {
        let rules = LicenceRules {
            mode,
            unknown,
            ..licences()
        };
        rules
            .rule(ingredient, TODAY)
            .map(|ruling| ruling.finding.severity)
    };
    let rows = [
        (
            Mode::Enforce,
            OnUnknown::Deny,
            Some(Severity::Deny),
            Some(Severity::Deny),
        ),
        (
            Mode::Enforce,
            OnUnknown::Audit,
            Some(Severity::Deny),
            Some(Severity::Warning),
        ),
        (Mode::Enforce, OnUnknown::Allow, Some(Severity::Deny), None),
        (
            Mode::Audit,
            OnUnknown::Deny,
            Some(Severity::Warning),
            Some(Severity::Warning),
        ),
        (Mode::Audit, OnUnknown::Allow, Some(Severity::Warning), None),
        (Mode::Off, OnUnknown::Deny, None, None),
    ];
    for (mode, unknown, of_bad, of_missing) in rows {
        assert_eq!(severity(mode, unknown, &bad), of_bad, "{mode:?} {unknown:?}");
        assert_eq!(
            severity(mode, unknown, &missing),
            of_missing,
            "{mode:?} {unknown:?}"
        );
    }
    let off = ComponentRules::new(Mode::Off, OnUnknown::Deny, origin()).deny(vec![rule("pkg:**")]);
    assert!(off.rule(&component("pkg:npm/x@1.0.0"), TODAY).is_none());
}

#[test]
fn a_fingerprint_is_about_the_package_and_the_rule_and_no_version() {
    let print = |purl, licence| {
        let ingredient = licensed(purl, &[LicenceText::Expression(licence)]);
        licences()
            .rule(&ingredient, TODAY)
            .unwrap()
            .finding
            .fingerprint
            .unwrap()
    };
    let first = print("pkg:npm/x@1.0.0", "AGPL-3.0-only");
    assert_eq!(first.len(), 32);
    assert_eq!(
        first,
        print("pkg:npm/x@2.0.0?a=b", "AGPL-3.0-only OR AGPL-3.0-only")
    );
    assert_ne!(first, print("pkg:npm/y@1.0.0", "AGPL-3.0-only"));
    assert_ne!(first, print("pkg:npm/x@1.0.0", "GPL-3.0-only"));
}
