//! What holds for every list of rules and every component.

use proptest::prelude::*;

use super::*;

const PATTERNS: [&str; 8] = [
    "pkg:npm/a",
    "pkg:npm/b",
    "pkg:npm/@s/a",
    "pkg:npm/@s/*",
    "pkg:npm/**",
    "pkg:cargo/a",
    "pkg:**",
    "pkg:*/a",
];
const RANGES: [&str; 4] = ["*", ">=1.0.0,<2.0.0", "=1.0.0", "<1.0.0"];
const PURLS: [&str; 8] = [
    "pkg:npm/a@1.0.0",
    "pkg:npm/a@0.9.0",
    "pkg:npm/b@2.0.0-rc.1",
    "pkg:npm/%40s/a@1.5.0",
    "pkg:npm/%40s/b",
    "pkg:cargo/a@1.0.0",
    "pkg:npm/broken@1/2",
    "",
];
const LICENCES: [&str; 7] = [
    "MIT",
    "Apache-2.0",
    "GPL-2.0-or-later",
    "AGPL-3.0-only",
    "LicenseRef-x",
    "NOASSERTION",
    "no id at all",
];

fn package_rule() -> impl Strategy<Value = PackageRule> {
    let parts = (
        prop::sample::select(&PATTERNS[..]),
        prop::sample::select(&RANGES[..]),
    );
    parts.prop_map(|(pattern, versions)| {
        // A pattern of any type has versions without order.
        let has_order = Pattern::parse(pattern).unwrap().kind().is_some();
        rule(&format!("{pattern} {}", if has_order { versions } else { "*" }))
    })
}

fn package_rules() -> impl Strategy<Value = Vec<PackageRule>> {
    prop::collection::vec(package_rule(), 0..5)
}

fn expression() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(&LICENCES[..5]).prop_map(str::to_owned);
    leaf.prop_recursive(3, 8, 3, |inner| {
        let parts = prop::collection::vec(inner, 2..4);
        (parts, prop::bool::ANY).prop_map(|(parts, is_and)| {
            let joined = parts.join(if is_and { ") AND (" } else { ") OR (" });
            format!("({joined})")
        })
    })
}

/// 0 passes, 1 is recorded, 2 is denied.
fn weight(ruling: Option<Ruling>) -> u8 {
    match ruling.map(|ruling| ruling.finding.severity) {
        None => 0,
        Some(Severity::Info | Severity::Warning) => 1,
        Some(Severity::Deny) => 2,
    }
}

fn deciding(allow: Option<Vec<PackageRule>>, deny: Vec<PackageRule>) -> ComponentRules {
    let rules = ComponentRules::new(Mode::Enforce, OnUnknown::Audit, origin()).deny(deny);
    match allow {
        Some(allow) => rules.allow(allow),
        None => rules,
    }
}

proptest! {
    #[test]
    fn an_and_never_turns_a_denial_into_a_pass(a in expression(), b in expression(), unknown in 0..3_usize) {
        let rules = LicenceRules {
            unknown: [OnUnknown::Deny, OnUnknown::Audit, OnUnknown::Allow][unknown],
            ..licences()
        };
        let weigh = |text: &str| weight(rules.rule(&licensed("pkg:npm/x@1.0.0", &[LicenceText::Expression(text)]), TODAY));
        let (alone, joined) = (weigh(&a), weigh(&format!("({a}) AND ({b})")));
        prop_assert!(joined >= alone, "{a} weighs {alone}, with AND {b} {joined}");
        // A list means the same.
        let texts = [LicenceText::Expression(&a), LicenceText::Expression(&b)];
        let listed = weight(rules.rule(&licensed("pkg:npm/x@1.0.0", &texts), TODAY));
        prop_assert_eq!(listed, joined);
    }

    #[test]
    fn one_more_licence_in_a_list_never_helps(
        texts in prop::collection::vec(prop::sample::select(&LICENCES[..]), 1..4),
        more in prop::sample::select(&LICENCES[..]),
    ) {
        let weigh = |texts: &[&str]| {
            let texts: Vec<LicenceText<'_>> = texts.iter().map(|text| LicenceText::Expression(text)).collect();
            weight(licences().rule(&licensed("pkg:npm/x@1.0.0", &texts), TODAY))
        };
        let mut longer = texts.clone();
        longer.push(more);
        prop_assert!(weigh(&longer) >= weigh(&texts), "{:?} and {}", texts, more);
    }

    #[test]
    fn one_more_deny_rule_never_lets_anything_pass(
        allow in prop::option::of(package_rules()),
        deny in package_rules(),
        more in package_rule(),
        purl in prop::sample::select(&PURLS[..]),
    ) {
        let before = weight(deciding(allow.clone(), deny.clone()).rule(&component(purl), TODAY));
        let mut longer = deny;
        longer.push(more);
        let after = weight(deciding(allow, longer).rule(&component(purl), TODAY));
        prop_assert!(after >= before, "{purl}");
    }

    #[test]
    fn one_more_allow_rule_never_denies_and_the_order_of_rules_never_counts(
        allow in package_rules(),
        deny in package_rules(),
        more in package_rule(),
        purl in prop::sample::select(&PURLS[..]),
    ) {
        let weigh = |allow: &[PackageRule], deny: &[PackageRule]| {
            weight(deciding(Some(allow.to_vec()), deny.to_vec()).rule(&component(purl), TODAY))
        };
        let before = weigh(&allow, &deny);
        let mut longer = allow.clone();
        longer.push(more);
        prop_assert!(weigh(&longer, &deny) <= before, "{purl}");
        let (mut back, mut forth) = (allow, deny);
        back.reverse();
        forth.reverse();
        prop_assert_eq!(weigh(&back, &forth), before);
    }
}
