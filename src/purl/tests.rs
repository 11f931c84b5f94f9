//! Package URLs by the specification's examples, and patterns against what nearly matches them.

use proptest::prelude::*;

use super::*;
use crate::report::Origin;

fn purl(text: &str) -> Purl<'_> {
    Purl::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn pattern(text: &str) -> Pattern {
    Pattern::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Text and canonical form. From the examples and test suite of the purl specification, apart from those that say
/// otherwise.
const CANONICAL: &[(&str, &str)] = &[
    ("pkg:cargo/rand@0.7.2", "pkg:cargo/rand@0.7.2"),
    ("pkg:npm/foobar@12.3.1", "pkg:npm/foobar@12.3.1"),
    (
        "pkg:npm/%40angular/animation@12.3.1",
        "pkg:npm/%40angular/animation@12.3.1",
    ),
    // Unencoded scopes are common.
    (
        "pkg:npm/@angular/animation@12.3.1",
        "pkg:npm/%40angular/animation@12.3.1",
    ),
    ("pkg:npm/@angular/animation", "pkg:npm/%40angular/animation"),
    ("PKG:NPM/FooBar@1.0.0-RC1", "pkg:npm/foobar@1.0.0-RC1"),
    ("pkg://npm/foobar", "pkg:npm/foobar"),
    (
        "pkg:pypi/Django_package@1.11.1.dev1",
        "pkg:pypi/django-package@1.11.1.dev1",
    ),
    // The registry's rule, PEP 503.
    ("pkg:pypi/Zope.Interface", "pkg:pypi/zope-interface"),
    ("pkg:pypi/a-_.b", "pkg:pypi/a-b"),
    (
        "pkg:github/Package-url/purl-Spec@244fd47e07d1004f0aed9c",
        "pkg:github/package-url/purl-spec@244fd47e07d1004f0aed9c",
    ),
    (
        "pkg:bitbucket/birKenfeld/pyGments-main@244fd47e07d1014f0aed9c",
        "pkg:bitbucket/birkenfeld/pygments-main@244fd47e07d1014f0aed9c",
    ),
    (
        "pkg:golang/google.golang.org/genproto#/googleapis/api/annotations/",
        "pkg:golang/google.golang.org/genproto#googleapis/api/annotations",
    ),
    (
        "pkg:golang/github.com/BurntSushi/toml@v1.0.0",
        "pkg:golang/github.com/burntsushi/toml@v1.0.0",
    ),
    (
        "pkg:Maven/org.apache.xmlgraphics/batik-anim@1.9.1?repositorY_url=repo.spring.io/release&classifier=sources",
        "pkg:maven/org.apache.xmlgraphics/batik-anim@1.9.1?classifier=sources&repository_url=repo.spring.io/release",
    ),
    (
        "pkg:maven/HTTPClient/HTTPClient@0.3-3",
        "pkg:maven/HTTPClient/HTTPClient@0.3-3",
    ),
    (
        "pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64",
        "pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64",
    ),
    ("pkg:deb/Debian/Curl@7.50.3-1", "pkg:deb/debian/curl@7.50.3-1"),
    (
        "pkg:rpm/Fedora/Curl@7.50.3-1.fc25?Arch=i386",
        "pkg:rpm/fedora/Curl@7.50.3-1.fc25?arch=i386",
    ),
    (
        "pkg:docker/cassandra@sha256%3A244fd47e07d1004f0aed9c",
        "pkg:docker/cassandra@sha256:244fd47e07d1004f0aed9c",
    ),
    (
        "pkg:oci/app@sha256:ab?repository_url=ghcr.io%2Forg%2Fapp",
        "pkg:oci/app@sha256:ab?repository_url=ghcr.io/org/app",
    ),
    (
        "pkg:nuget/EnterpriseLibrary.Common@6.0.1304",
        "pkg:nuget/enterpriselibrary.common@6.0.1304",
    ),
    (
        "pkg:gem/jruby-launcher@1.1.2?Platform=java",
        "pkg:gem/jruby-launcher@1.1.2?platform=java",
    ),
    (
        "pkg:composer/Laravel/Laravel@5.5.0",
        "pkg:composer/laravel/laravel@5.5.0",
    ),
    ("pkg:cpan/drolsky/DateTime@1.55", "pkg:cpan/DROLSKY/DateTime@1.55"),
    ("pkg:cpan/Perl::Version@1.013", "pkg:cpan/Perl%3A%3AVersion@1.013"),
    (
        "pkg:swift/github.com/Alamofire/Alamofire@5.4.3",
        "pkg:swift/github.com/alamofire/alamofire@5.4.3",
    ),
    ("pkg:pub/my-package@1.0.0", "pkg:pub/my_package@1.0.0"),
    (
        "pkg:generic/openssl@1.1.10g?checksum=sha256:de4d&empty=",
        "pkg:generic/openssl@1.1.10g?checksum=sha256:de4d",
    ),
    (
        "pkg:swid/Acme/example.com/Enterprise+Server@1.0.0",
        "pkg:swid/Acme/example.com/Enterprise%2BServer@1.0.0",
    ),
    ("pkg:cargo/serde@", "pkg:cargo/serde"),
    ("pkg:cargo/serde/", "pkg:cargo/serde"),
    ("pkg:generic/a%20b@1%200", "pkg:generic/a%20b@1%200"),
];

#[test]
fn package_urls_have_one_canonical_form() {
    for (text, canonical) in CANONICAL {
        assert_eq!(purl(text).to_string(), *canonical, "{text}");
        assert_eq!(purl(canonical), purl(text));
    }
}

#[test]
fn what_can_be_read_in_two_ways_is_refused() {
    let cases = [
        ("EnterpriseLibrary.Common@6.0.1304", PurlError::Scheme),
        ("pkg%3Amaven/org.apache.commons/io", PurlError::Scheme),
        ("npm/ms", PurlError::Scheme),
        ("pkg:EnterpriseLibrary.Common@6.0.1304", PurlError::Name),
        ("pkg:maven/@1.3.4", PurlError::Name),
        ("pkg:npm", PurlError::Name),
        ("pkg:npm/", PurlError::Segment),
        ("pkg:n&inx/nginx@0.8.9", PurlError::Type),
        ("pkg:3nginx/nginx@0.8.9", PurlError::Type),
        ("pkg:nginx:a/nginx@0.8.9", PurlError::Type),
        ("pkg:/nginx", PurlError::Name),
        ("pkg:npm/lodash@1/evil", PurlError::Version),
        ("pkg:npm/a//b", PurlError::Segment),
        ("pkg:npm/a%2Fb", PurlError::Segment),
        ("pkg:npm/../b", PurlError::Segment),
        ("pkg:npm/%2E%2E/b", PurlError::Segment),
        ("pkg:golang/a/b#x/../y", PurlError::Segment),
        ("pkg:npm/a%", PurlError::Encoding),
        ("pkg:npm/a%4", PurlError::Encoding),
        ("pkg:npm/a%+1", PurlError::Encoding),
        ("pkg:npm/a%zz", PurlError::Encoding),
        ("pkg:npm/a%ff", PurlError::Encoding),
        ("pkg:npm/a%0Ab", PurlError::Control),
        ("pkg:npm/a\u{1b}[31m", PurlError::Control),
        ("pkg:npm/a?in%20production=true", PurlError::Qualifier),
        ("pkg:npm/a?arch", PurlError::Qualifier),
        ("pkg:npm/a?arch=x&Arch=y", PurlError::Qualifier),
        ("pkg:npm/a?=x", PurlError::Qualifier),
    ];
    for (text, expected) in cases {
        assert_eq!(Purl::parse(text), Err(expected), "{text}");
    }
    let long = format!("pkg:npm/{}", "a".repeat(MAX_PURL_BYTES));
    let deep = format!("pkg:golang/{}a", "a/".repeat(MAX_SEGMENTS));
    for text in [&long, &deep] {
        assert_eq!(Purl::parse(text), Err(PurlError::TooLarge));
    }
}

#[test]
fn a_package_stays_the_same_from_version_to_version() {
    let packages =
        ["pkg:npm/@a/b@1", "pkg:npm/%40A/B@2?x=y#z", "pkg:npm/@a/b"].map(|text| purl(text).package());
    assert_eq!(packages, ["pkg:npm/%40a/b"; 3]);
    let purl = purl("pkg:npm/@a/b@1?vcs_url=git://host");
    assert_eq!(
        (purl.kind(), purl.name(), purl.version()),
        ("npm", "b", Some("1"))
    );
    assert_eq!(purl.namespace(), ["@a"]);
    assert_eq!(purl.qualifier("vcs_url"), Some("git://host"));
}

#[test]
fn the_epoch_of_an_rpm_belongs_to_its_version() {
    let version = |text| {
        purl(text)
            .comparable_version()
            .map(|version| version.into_owned())
    };
    assert_eq!(
        version("pkg:rpm/centerim@4.22-1?epoch=1"),
        Some("1:4.22-1".to_owned())
    );
    assert_eq!(
        version("pkg:rpm/centerim@2:4.22-1?epoch=1"),
        Some("2:4.22-1".to_owned())
    );
    assert_eq!(version("pkg:deb/debian/x@1.0?epoch=1"), Some("1.0".to_owned()));
    assert_eq!(version("pkg:rpm/centerim"), None);
}

/// Pattern, packages that it matches, packages that it does not.
type Row = (&'static str, &'static [&'static str], &'static [&'static str]);

const PATTERNS: &[Row] = &[
    (
        "pkg:npm/lodash",
        &["pkg:npm/lodash@4.17.21", "pkg:npm/Lodash", "pkg:npm/lodash?x=y#z"],
        &[
            "pkg:npm/lodash-evil",
            "pkg:npm/lodas",
            "pkg:npm/evil/lodash",
            "pkg:npm/lodash/evil",
            "pkg:cargo/lodash",
        ],
    ),
    (
        "pkg:npm/@babel/*",
        &["pkg:npm/%40babel/core@7.0.0", "pkg:npm/@babel/x"],
        &[
            "pkg:npm/@babel-evil/core",
            "pkg:npm/babel",
            "pkg:npm/@babel/a/b",
            "pkg:npm/core",
        ],
    ),
    (
        "pkg:npm/*",
        &["pkg:npm/lodash"],
        &["pkg:npm/@babel/core", "pkg:cargo/lodash"],
    ),
    (
        "pkg:npm/**",
        &["pkg:npm/lodash", "pkg:npm/@babel/core"],
        &["pkg:npmx/lodash"],
    ),
    (
        "pkg:golang/github.com/org/**",
        &[
            "pkg:golang/github.com/org/a",
            "pkg:golang/github.com/org/a/b/v2@v2.0.0",
            "pkg:golang/github.com/Org/A",
        ],
        &[
            "pkg:golang/github.com/org",
            "pkg:golang/github.com/org-evil/a",
            "pkg:golang/evil/github.com/org/a",
        ],
    ),
    (
        "pkg:golang/github.com/*/toml",
        &["pkg:golang/github.com/BurntSushi/toml"],
        &["pkg:golang/github.com/toml", "pkg:golang/github.com/a/b/toml"],
    ),
    (
        "pkg:pypi/Zope.Interface",
        &["pkg:pypi/zope_interface@5"],
        &["pkg:pypi/zopeinterface"],
    ),
    (
        "pkg:maven/org.apache/Thing",
        &["pkg:maven/org.apache/Thing"],
        &["pkg:maven/org.apache/thing"],
    ),
    (
        "pkg:*/serde",
        &["pkg:cargo/serde", "pkg:npm/serde"],
        &["pkg:npm/@a/serde"],
    ),
    ("pkg:**", &["pkg:cargo/serde", "pkg:npm/@a/b"], &[]),
    (
        "pkg:deb/debian/**",
        &["pkg:deb/Debian/curl@1"],
        &["pkg:deb/ubuntu/curl"],
    ),
    ("pkg:generic/a%20b", &["pkg:generic/a%20b"], &["pkg:generic/a"]),
];

#[test]
fn patterns_match_whole_parts() {
    for (text, inside, outside) in PATTERNS {
        let pattern = pattern(text);
        let index = PatternIndex::new([&pattern]);
        for package in *inside {
            assert!(pattern.matches(&purl(package)), "{text} {package}");
            assert_eq!(index.matching(&purl(package)), [0], "{text} {package}");
        }
        for package in *outside {
            assert!(!pattern.matches(&purl(package)), "{text} {package}");
            assert!(index.matching(&purl(package)).is_empty(), "{text} {package}");
        }
    }
}

#[test]
fn what_a_pattern_cannot_say_is_refused() {
    let cases = [
        ("serde", "it does not begin with pkg:"),
        ("pkg:", "it has a type and no name; write pkg:TYPE/NAME"),
        ("pkg:cargo", "it has a type and no name; write pkg:TYPE/NAME"),
        ("pkg:*", "it has a type and no name; write pkg:TYPE/NAME"),
        (
            "pkg:cargo/",
            "a part of it is empty, or would be read as another path",
        ),
        (
            "pkg:cargo/serde@1",
            "a version does not belong into a pattern of packages; write it beside it, as a range",
        ),
        (
            "pkg:npm/@a/b@1",
            "a version does not belong into a pattern of packages; write it beside it, as a range",
        ),
        (
            "pkg:cargo/serde?x=y",
            "qualifiers and subpaths do not belong into a pattern of packages",
        ),
        (
            "pkg:npm/lodash*",
            "\"lodash*\" has a wildcard inside a part; * stands for a whole part",
        ),
        (
            "pkg:npm/lodash**",
            "\"lodash**\" has a wildcard inside a part; * stands for a whole part",
        ),
        (
            "pkg:npm/***",
            "\"***\" has a wildcard inside a part; * stands for a whole part",
        ),
        ("pkg:npm/**/x", "** stands only at the end of a pattern"),
        (
            "pkg:npm/../x",
            "a part of it is empty, or would be read as another path",
        ),
        (
            "pkg:n_m/x",
            "its type is not a letter followed by letters, digits, dots, pluses and dashes",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(Pattern::parse(text).unwrap_err().to_string(), expected, "{text}");
    }
}

#[test]
fn broad_patterns_are_warned_about() {
    let broad = [
        "pkg:**",
        "pkg:*/*",
        "pkg:*/serde",
        "pkg:*/**",
        "pkg:npm/**",
        "pkg:npm/*",
        "pkg:npm/*/core",
        "pkg:deb/**",
        "pkg:golang/**",
        "pkg:golang/github.com/**",
        "pkg:golang/github.com/*/toml",
        "pkg:github/**",
        "pkg:swift/github.com/**",
    ];
    for text in broad {
        assert!(
            pattern(text).lint(&Origin::flag("--allow-package")).is_some(),
            "{text}"
        );
    }
    let narrow = [
        "pkg:cargo/serde",
        "pkg:npm/@babel/*",
        "pkg:deb/debian/**",
        "pkg:golang/github.com/org/**",
        "pkg:golang/k8s.io/**",
        "pkg:github/org/*",
        "pkg:maven/org.apache/*",
    ];
    for text in narrow {
        assert!(
            pattern(text).lint(&Origin::flag("--allow-package")).is_none(),
            "{text}"
        );
    }
}

fn segment() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a", "b", "c", "*"])
}

fn some_pattern() -> impl Strategy<Value = Pattern> {
    let path = prop::collection::vec(segment(), 1..4);
    let kind = prop::sample::select(vec!["cargo", "npm", "*"]);
    (kind, path, any::<bool>()).prop_map(|(kind, path, goes_on)| {
        let end = if goes_on { "/**" } else { "" };
        pattern(&format!("pkg:{kind}/{}{end}", path.join("/")))
    })
}

proptest! {
    #[test]
    fn the_index_finds_what_the_loop_finds(
        patterns in prop::collection::vec(some_pattern(), 0..20),
        text in "pkg:(cargo|npm|gem)(/[abc]){1,5}",
    ) {
        let purl = purl(&text);
        let looped: Vec<usize> = (0..patterns.len()).filter(|at| patterns[*at].matches(&purl)).collect();
        prop_assert_eq!(PatternIndex::new(&patterns).matching(&purl), looped);
    }

    #[test]
    fn what_is_written_is_read_back(text in "pkg:[a-z]{1,3}(/[@a-zA-Z0-9%._~ +é-]{1,6}){1,3}(@[a-z0-9:+.]{1,5})?(\\?[a-z]=[a-z/&=]{0,5})?(#[a-z/]{0,4})?") {
        if let Ok(purl) = Purl::parse(&text) {
            let canonical = purl.to_string();
            prop_assert_eq!(Purl::parse(&canonical), Ok(purl), "{}", canonical);
        }
    }

    #[test]
    fn no_text_makes_the_readers_fail(text in "(pkg:)?\\PC{0,40}") {
        let _ = Purl::parse(&text);
        let _ = Pattern::parse(&text);
    }
}
