//! Benchmarks of what decides the ingredients of an artifact: patterns of packages, ranges of versions and licence
//! expressions, at the size of a large SBOM. The plain loop over all patterns is the baseline of the index.

#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot run has to stop at once"
)]

use std::hint::black_box;

use divan::Bencher;
use divan::counter::ItemsCount;
use portcullis::licences::{Entry, Expression, LicenceLists};
use portcullis::purl::{Pattern, PatternIndex, Purl};
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
