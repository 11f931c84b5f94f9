//! Benchmarks of what decides the ingredients of an artifact: patterns of packages, ranges of versions and licence
//! expressions, at the size of a large SBOM. The plain loop over all patterns is the baseline of the index.

#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot run has to stop at once"
)]

use std::hint::black_box;

use divan::Bencher;
use divan::counter::ItemsCount;
use jiff::civil::date;
use portcullis::licences::{Entry, Expression, LicenceLists};
use portcullis::policy::rules::{
    ComponentRules, Exception, Exceptions, Identity, Ingredient, LicenceRules, LicenceText, Mode, OnUnknown,
    PackageRule, Several,
};
use portcullis::purl::{Pattern, PatternIndex, Purl};
use portcullis::report::Origin;
use portcullis::versions::{Range, Scheme};

/// Components of a CycloneDX document of 50 MB.
const COMPONENTS: usize = 38_000;
/// Rules of a large policy.
const RULES: usize = 1_000;

fn main() {
    divan::main();
}

/// Package URLs of four ecosystems, with versions, qualifiers and encoded scopes as generators write them.
fn components() -> Vec<String> {
    let one = |at: usize| match at % 4 {
        0 => format!("pkg:npm/%40scope-{}/package-{at}@1.{}.0", at % 300, at % 50),
        1 => format!("pkg:cargo/crate-{at}@0.{}.1", at % 50),
        2 => format!(
            "pkg:golang/github.com/org-{}/module-{at}@v1.{}.0",
            at % 300,
            at % 50
        ),
        _ => format!(
            "pkg:deb/debian/library-{at}@1.{}-1?arch=amd64&distro=debian-12",
            at % 50
        ),
    };
    (0..COMPONENTS).map(one).collect()
}

/// Mostly single packages, some namespaces, a few wide ones.
fn patterns() -> Vec<Pattern> {
    let one = |at: usize| match at % 10 {
        0 => format!("pkg:npm/@scope-{at}/*"),
        1 => format!("pkg:golang/github.com/org-{at}/**"),
        2 => format!("pkg:deb/debian/library-{}", at * 4 + 3),
        3 => format!("pkg:npm/*/package-{}", at * 4),
        _ => format!("pkg:cargo/crate-{}", at * 4 + 1),
    };
    (0..RULES).map(|at| Pattern::parse(&one(at)).unwrap()).collect()
}

/// Reading every package URL, which both sides below have behind them.
#[divan::bench(sample_count = 20)]
fn a_read_package_urls(bencher: Bencher) {
    let texts = components();
    bencher
        .counter(ItemsCount::new(COMPONENTS))
        .bench(|| texts.iter().filter(|text| Purl::parse(text).is_ok()).count());
}

#[divan::bench(sample_count = 20)]
fn b_index_of_patterns(bencher: Bencher) {
    let (texts, patterns) = (components(), patterns());
    let purls: Vec<Purl<'_>> = texts.iter().map(|text| Purl::parse(text).unwrap()).collect();
    bencher.counter(ItemsCount::new(COMPONENTS)).bench(|| {
        let index = PatternIndex::new(&patterns);
        purls.iter().map(|purl| index.matching(purl).len()).sum::<usize>()
    });
}

#[divan::bench(sample_count = 5)]
fn c_loop_over_patterns(bencher: Bencher) {
    let (texts, patterns) = (components(), patterns());
    let purls: Vec<Purl<'_>> = texts.iter().map(|text| Purl::parse(text).unwrap()).collect();
    bencher.counter(ItemsCount::new(COMPONENTS)).bench(|| {
        let matching = |purl: &Purl<'_>| patterns.iter().filter(|pattern| pattern.matches(purl)).count();
        purls.iter().map(matching).sum::<usize>()
    });
}

#[divan::bench(sample_count = 20)]
fn d_ranges_of_versions(bencher: Bencher) {
    let texts = components();
    let purls: Vec<Purl<'_>> = texts.iter().map(|text| Purl::parse(text).unwrap()).collect();
    let range = |kind| Range::parse(Scheme::of_type(kind), ">=1.2,<2").unwrap();
    let ranges = ["npm", "cargo", "golang", "deb"].map(range);
    bencher.counter(ItemsCount::new(COMPONENTS)).bench(|| {
        let permitted = |(purl, range): &(&Purl<'_>, &Range)| range.contains(purl.version()).permits();
        purls.iter().zip(ranges.iter().cycle()).filter(permitted).count()
    });
}

#[divan::bench(sample_count = 20)]
fn e_licence_expressions(bencher: Bencher) {
    let texts = [
        "MIT",
        "MIT OR Apache-2.0",
        "(MIT OR Apache-2.0) AND Unicode-3.0",
        "GPL-2.0+ AND LicenseRef-x",
    ];
    let allow = ["MIT", "Apache-2.0", "BSD-3-Clause", "ISC", "Unicode-3.0", "Zlib"];
    let lists = LicenceLists {
        allow: Some(allow.iter().map(|id| Entry::parse(id).unwrap()).collect()),
        deny: vec![Entry::parse("AGPL-3.0-or-later").unwrap()],
    };
    bencher.counter(ItemsCount::new(COMPONENTS)).bench(|| {
        for text in texts.iter().cycle().take(COMPONENTS) {
            black_box(lists.decide(&Expression::parse(text).unwrap()));
        }
    });
}

/// Rules as a large policy has them: most allow, some deny, a few exceptions; a third with a range of versions.
fn component_rules() -> ComponentRules {
    let rule = |(at, package): (usize, Pattern)| {
        let scheme = Scheme::of_type(package.kind().unwrap_or_default());
        let versions = match at % 3 {
            0 => Range::parse(scheme, ">=1.2, <2").unwrap(),
            _ => Range::any(scheme),
        };
        PackageRule {
            package,
            versions,
            suppliers: Vec::new(),
            hashes: Vec::new(),
            origin: Origin::flag("policy"),
        }
    };
    let rules: Vec<PackageRule> = patterns().into_iter().enumerate().map(rule).collect();
    let wide = ["pkg:npm/**", "pkg:golang/**", "pkg:deb/**", "pkg:cargo/**"];
    let wide = wide.iter().map(|text| rule((1, Pattern::parse(text).unwrap())));
    let (deny, allow) = rules.split_at(RULES / 5);
    let exceptions = deny.iter().take(50).map(|rule| {
        let exception = Exception {
            package: rule.package.clone(),
            versions: rule.versions.clone(),
            reason: "reviewed".to_owned(),
            owner: "security".to_owned(),
            expires: date(2027, 1, 1),
            origin: rule.origin.clone(),
        };
        (exception, ())
    });
    ComponentRules::new(Mode::Enforce, OnUnknown::Deny, Origin::flag("policy"))
        .allow(allow.iter().cloned().chain(wide).collect())
        .deny(deny.to_vec())
        .except(Exceptions::new(exceptions.collect()))
}

fn licence_rules() -> LicenceRules {
    let ids = [
        "MIT",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "Unicode-3.0",
        "Zlib",
        "MPL-2.0",
        "0BSD",
        "CC0-1.0",
        "Unlicense",
        "BSL-1.0",
    ];
    LicenceRules {
        mode: Mode::Enforce,
        unknown: OnUnknown::Audit,
        lists: LicenceLists {
            allow: Some(ids.iter().map(|id| Entry::parse(id).unwrap()).collect()),
            deny: vec![Entry::parse("AGPL-3.0-or-later").unwrap()],
        },
        several: Several::All,
        allow_origins: ids.iter().map(|_| Origin::flag("policy")).collect(),
        deny_origins: vec![Origin::flag("policy")],
        origin: Origin::flag("policy"),
        exceptions: Exceptions::default(),
    }
}

/// All that deciding costs on top of reading the document: package URLs and licences read, 1,000 rules about packages and
/// the rule about licences asked, for every component.
#[divan::bench(sample_count = 20)]
fn f_decide_every_component(bencher: Bencher) {
    let texts = components();
    let licences = [
        "MIT",
        "MIT OR Apache-2.0",
        "(MIT OR Apache-2.0) AND Unicode-3.0",
        "ISC",
    ];
    let (packages, licence_rules) = (component_rules(), licence_rules());
    let today = date(2026, 5, 1);
    bencher.counter(ItemsCount::new(COMPONENTS)).bench(|| {
        let decided = texts.iter().zip(licences.iter().cycle()).map(|(purl, licence)| {
            let ingredient = Ingredient {
                group: None,
                name: "component",
                version: None,
                identity: Identity::of(Some(purl)),
                supplier: None,
                hashes: Vec::new(),
                licences: LicenceText::join([LicenceText::Expression(licence)], Several::All),
            };
            let rulings = [
                packages.rule(&ingredient, today),
                licence_rules.rule(&ingredient, today),
            ];
            rulings.iter().flatten().count()
        });
        decided.sum::<usize>()
    });
}
