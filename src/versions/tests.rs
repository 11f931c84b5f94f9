//! Orders and ranges by the specifications' own examples, and what holds for every version.

use std::cmp::Ordering;

use proptest::prelude::*;

use super::*;

fn version(scheme: Scheme, text: &str) -> Version {
    Version::parse(scheme, text).unwrap_or_else(|| panic!("{scheme:?} {text} cannot be read"))
}

fn order(scheme: Scheme, a: &str, b: &str) -> Option<Ordering> {
    version(scheme, a).compare(&version(scheme, b))
}

/// Each version is older than every one after it.
const ASCENDING: &[(Scheme, &[&str])] = &[
    (
        Scheme::Semver,
        &[
            "0.0.0",
            "0.9.9",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.1",
            "1.2.0",
            "1.10.0",
            "2.0.0",
        ],
    ),
    (
        Scheme::Go,
        &[
            "v0.0.0-20190101000000-abcdefabcdef",
            "v0.0.0-20200101000000-abcdefabcdef",
            "v0.0.1",
            "v1.2.3",
            "v1.2.4-0.20191109021931-daa7c04131f5",
            "v1.2.4",
            "v2.0.0+incompatible",
            "v2.0.1+incompatible",
        ],
    ),
    (
        // PEP 440, "Summary of permitted suffixes and relative ordering" and the examples above it.
        Scheme::Pep440,
        &[
            "0.9",
            "1.0.dev456",
            "1.0a1",
            "1.0a2.dev456",
            "1.0a12.dev456",
            "1.0a12",
            "1.0b1.dev456",
            "1.0b2",
            "1.0b2.post345.dev456",
            "1.0b2.post345",
            "1.0rc1.dev456",
            "1.0rc1",
            "1.0",
            "1.0+abc.5",
            "1.0+abc.7",
            "1.0+5",
            "1.0.post456.dev34",
            "1.0.post456",
            "1.0.15",
            "1.1.dev1",
            "1!0.1",
        ],
    ),
    (
        // deb-version(7) and dpkg's own test suite.
        Scheme::Deb,
        &[
            "0~~",
            "0~",
            "0",
            "0a",
            "0.",
            "1.0~beta1~svn1245",
            "1.0~beta1",
            "1.0",
            "1.0-1~bpo9+1",
            "1.0-1",
            "1.0-1+b1",
            "1.0-1.1",
            "1.0-2",
            "1.0a",
            "1.0.4-2",
            "1.2.3",
            "1.2.10",
            "2.7.4+reloaded2-13",
            "1:0.1",
            "1:1.0",
            "2:0",
        ],
    ),
    (
        // rpm's tests/rpmvercmp.at.
        Scheme::Rpm,
        &[
            "xyz.4",
            "xyz10",
            "xyz10.1",
            "1.0~rc1~git123",
            "1.0~rc1",
            "1.0~rc1^git1",
            "1.0~rc2",
            "1.0^git1~pre",
            "1.0^git1",
            "1.0^git2",
            "1.0^20160101",
            "1.0^20160101^git1",
            "1.0^20160102",
            "1.01",
            "2.0",
            "2.0.1",
            "2.0.1a",
            "4.999.9",
            "5.0",
            "5.5p1",
            "5.5p2",
            "5.5p10",
            "5.6p1",
            "6.0",
            "6.0.rc1",
            "6.5p1",
            "10xyz",
            "10.0001",
            "10.1xyz",
            "10.0039",
            "20101121",
            "20101122",
            "1:0.1",
            "1:0.1-1",
            "1:0.1-2.fc40",
            "2:0",
        ],
    ),
    (
        // apk-tools' test/version.data.
        Scheme::Apk,
        &[
            "0.1.0_alpha_pre2",
            "0.1.0_alpha",
            "0.1.0_beta",
            "0.1.0_rc1",
            "0.1.0",
            "0.1.0_git20120101",
            "0.1.0_p1",
            "0.1.1",
            "1.0.02",
            "1.0.1",
            "1.0.2",
            "1.2.3",
            "1.2.3-r1",
            "1.2.3-r10",
            "1.2.3a",
            "1.2.3b",
            "1.10",
            "3.0.8",
            "20050718",
            "20050718_p1",
        ],
    ),
    (
        // Maven's ComparableVersionTest, VERSIONS_QUALIFIER.
        Scheme::Maven,
        &[
            "1-alpha2snapshot",
            "1-alpha2",
            "1-alpha-123",
            "1-beta-2",
            "1-beta123",
            "1-m2",
            "1-m11",
            "1-rc",
            "1-cr2",
            "1-rc123",
            "1-SNAPSHOT",
            "1",
            "1-sp",
            "1-sp2",
            "1-sp123",
            "1-abc",
            "1-def",
            "1-pom-1",
            "1-1-snapshot",
            "1-1",
            "1-2",
            "1-123",
        ],
    ),
    (
        // VERSIONS_NUMBER.
        Scheme::Maven,
        &[
            "2.0", "2.0.a", "2-1", "2.0.2", "2.0.123", "2.1.0", "2.1-a", "2.1b", "2.1-c", "2.1-1", "2.1.0.1",
            "2.2", "2.123", "11.a2", "11.a11", "11.b2", "11.b11", "11.m2", "11.m11", "11", "11.a", "11b",
            "11c", "11m",
        ],
    ),
    (
        // MNG-5568, MNG-6572, and versions as they are published.
        Scheme::Maven,
        &[
            "5.0.0.M1",
            "5.0.0.RC1",
            "5.0.0.RELEASE",
            "5.0.1.Final",
            "6.1.0rc3",
            "6.1.0",
            "6.1H.5-beta",
            "31.1-android",
            "31.1-jre",
            "20190126.230843",
            "1234567890.12345",
            "123456789012345.1H.5-beta",
            "12345678901234567890.1H.5-beta",
        ],
    ),
    (
        // rubygems' test_gem_version.rb.
        Scheme::Gem,
        &[
            "0.beta.1",
            "1.0.0.beta1",
            "1.0.0-rc1",
            "1.0",
            "1.8.1",
            "1.8.2.a",
            "1.8.2.a9",
            "1.8.2.a10",
            "1.8.2.b",
            "1.8.2",
            "1.9",
            "1.10",
        ],
    ),
    (
        Scheme::Nuget,
        &[
            "1.0.0-Alpha",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc",
            "1.0",
            "1.0.0.1",
            "1.0.1-rc",
            "1.0.1",
            "1.2",
            "1.10.0.0",
        ],
    ),
];

const EQUAL: &[(Scheme, &[&str])] = &[
    (Scheme::Semver, &["1.0.0", "1.0.0+build", "1.0.0+other"]),
    (Scheme::Go, &["v2.0.0", "2.0.0", "v2.0.0+incompatible"]),
    (Scheme::Pep440, &["1.0", "v1.0", "1.0.0", "1"]),
    (Scheme::Pep440, &["1.0a1", "1.0.alpha1", "1.0-ALPHA-1", "1.0_a_1"]),
    (Scheme::Pep440, &["1.0.post1", "1.0-1", "1.0rev1", "1.0-r1"]),
    (Scheme::Deb, &["1.0", "0:1.0", "1.0-0", "1.00"]),
    (Scheme::Rpm, &["2.0", "2_0", "0:2.0", "2..0", "2.0."]),
    (Scheme::Rpm, &["10.0001", "10.1"]),
    (Scheme::Rpm, &["a+", "a_", "+a"]),
    (Scheme::Apk, &["1.2.3", "1.2.3-r0", "1.2.3~abc"]),
    (
        Scheme::Maven,
        &[
            "1", "1.0", "1.0.0", "1-0", "1.0-0", "1ga", "1-Final", "1RELEASE", "1.0.0-ga",
        ],
    ),
    (
        Scheme::Maven,
        &["1a", "1-a", "1.0-a", "1.0.0-a", "1.0a", "1.0.0A"],
    ),
    (Scheme::Maven, &["1x", "1-x", "1.0-x", "1.0.0x"]),
    (Scheme::Maven, &["1cr", "1rc", "1Cr"]),
    (Scheme::Maven, &["1a1", "1-alpha-1"]),
    (Scheme::Maven, &["1m3", "1-milestone-3", "1MileStone3"]),
    (Scheme::Gem, &["1", "1.0", "1.0.0", "1.00"]),
    (Scheme::Gem, &["1.0-rc1", "1.0.pre.rc1", "1.pre.rc.1"]),
    (Scheme::Nuget, &["1", "1.0", "1.0.0.0", "1.0.0+x", "01.0"]),
    (Scheme::Nuget, &["1.0.0-BETA", "1.0-beta"]),
];

const UNREADABLE: &[(Scheme, &[&str])] = &[
    (
        Scheme::Semver,
        &[
            "",
            "1",
            "1.0",
            "v1.0.0",
            "1.0.0.0",
            "01.0.0",
            "latest",
            "1.0.0-",
            "file:../x",
        ],
    ),
    (Scheme::Go, &["(devel)", "go1.21", "v1", "vv1.0.0", ""]),
    (
        Scheme::Pep440,
        &["french toast", "1.0+", "1.0-x", "", "2004d.x.y"],
    ),
    (
        Scheme::Deb,
        &["", "a:1.0", ":1", "1.0-", "1 0", "1.0_1", "1.0/2", "-1"],
    ),
    (Scheme::Rpm, &["", "a:1", "1-", "-1", "1 2", "()", "..."]),
    (
        Scheme::Apk,
        &[
            "", "a", "1.", "1.0_foo", "1.0-rc1", "1.0-r", "1..0", "1.0ab", "1.0_",
        ],
    ),
    (Scheme::Maven, &["", "1 0", "1.é"]),
    (
        Scheme::Gem,
        &["", "junk", "1.0\n2.0", "1..2", "1.2\u{a0}", "1.", "-1"],
    ),
    (
        Scheme::Nuget,
        &["", "1.0.0.0.0", "1.0-", "a", "1.0-be_ta", "1..0", "+1.0", "1.+2"],
    ),
];

#[test]
fn versions_ascend_as_their_ecosystem_says() {
    for (scheme, versions) in ASCENDING {
        for (at, low) in versions.iter().enumerate() {
            for high in &versions[at + 1..] {
                assert_eq!(
                    order(*scheme, low, high),
                    Some(Ordering::Less),
                    "{scheme:?} {low} < {high}"
                );
                assert_eq!(
                    order(*scheme, high, low),
                    Some(Ordering::Greater),
                    "{scheme:?} {high} > {low}"
                );
            }
        }
    }
}

#[test]
fn spellings_of_one_version_are_equal() {
    for (scheme, versions) in EQUAL {
        for a in *versions {
            for b in *versions {
                assert_eq!(
                    order(*scheme, a, b),
                    Some(Ordering::Equal),
                    "{scheme:?} {a} = {b}"
                );
            }
        }
    }
}

#[test]
fn what_is_no_version_is_said_to_be_none() {
    for (scheme, texts) in UNREADABLE {
        for text in *texts {
            assert!(Version::parse(*scheme, text).is_none(), "{scheme:?} {text:?}");
        }
    }
    let long = "1".repeat(MAX_VERSION_BYTES + 1);
    assert!(Version::parse(Scheme::Maven, &long).is_none());
}

#[test]
fn versions_without_an_order_are_equal_or_not() {
    assert_eq!(order(Scheme::Text, "a", "a"), Some(Ordering::Equal));
    assert_eq!(order(Scheme::Text, "a", "b"), None);
    let (semver, deb) = (version(Scheme::Semver, "1.0.0"), version(Scheme::Deb, "1.0.0"));
    assert_eq!(semver.compare(&deb), None);
    assert_eq!(compare("deb", "1.0~rc1", "1.0"), Some(Ordering::Less));
    assert_eq!(compare("npm", "1.0.0", "latest"), None);
}

/// Type of the package URL, range, then the versions that are in it, out of it, and in doubt.
type Row = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
);

const RANGES: &[Row] = &[
    ("cargo", "*", &["1.0.0", "1.0.0-rc.1", "nonsense", ""], &[], &[]),
    (
        "cargo",
        "=1.2.3",
        &["1.2.3", "1.2.3+build"],
        &["1.2.4", "1.2.3-rc.1"],
        &["", "v1.2.3", "1.2"],
    ),
    ("cargo", "==1.2.3", &["1.2.3"], &["1.2.4"], &[]),
    (
        "npm",
        ">=1.2,<2",
        &["1.2.0", "1.99.0"],
        &["1.1.9", "2.0.0"],
        &["2.0.0-rc.1", "1.5.0-beta"],
    ),
    (
        "npm",
        ">=1.5.0-beta,<2",
        &["1.5.0-beta", "1.5.0-rc", "1.6.0"],
        &["1.5.0-alpha"],
        &["1.6.0-beta"],
    ),
    ("npm", "=1.5.0-beta", &["1.5.0-beta"], &["1.5.0", "1.5.0-rc"], &[]),
    (
        "npm",
        ">1.2.3",
        &["1.2.4"],
        &["1.2.3", "1.2.3-rc.1"],
        &["1.2.4-rc.1"],
    ),
    ("npm", "<=1.2.3", &["1.2.3", "0.1.0"], &["1.2.4"], &["1.2.3-rc.1"]),
    (
        "npm",
        "!=1.0.171",
        &["1.0.170", "1.0.172"],
        &["1.0.171"],
        &["1.0.172-rc.1", "?"],
    ),
    (
        "npm",
        ">=1,<2||>=3,<4",
        &["1.0.0", "3.0.0"],
        &["2.0.0", "4.0.0"],
        &["4.0.0-rc.1"],
    ),
    // Caret and tilde by the tables of Cargo and node-semver.
    (
        "cargo",
        "^1.2.3",
        &["1.2.3", "1.9.0"],
        &["1.2.2", "2.0.0"],
        &["2.0.0-alpha", "1.3.0-alpha"],
    ),
    ("cargo", "^0.2.3", &["0.2.3", "0.2.9"], &["0.3.0", "0.2.2"], &[]),
    ("cargo", "^0.0.3", &["0.0.3"], &["0.0.4", "0.1.0"], &[]),
    ("cargo", "^0.0", &["0.0.0", "0.0.9"], &["0.1.0"], &[]),
    ("cargo", "^0", &["0.0.0", "0.9.9"], &["1.0.0"], &[]),
    ("cargo", "^1.2", &["1.2.0", "1.9.0"], &["1.1.9", "2.0.0"], &[]),
    (
        "npm",
        "^1.2.3-beta.2",
        &["1.2.3-beta.2", "1.2.3-beta.4", "1.2.3"],
        &["1.2.3-beta.1"],
        &["1.2.4-beta.2"],
    ),
    (
        "npm",
        "~1.2.3",
        &["1.2.3", "1.2.9"],
        &["1.3.0", "1.2.2"],
        &["1.3.0-0"],
    ),
    ("npm", "~1.2", &["1.2.0", "1.2.9"], &["1.3.0"], &[]),
    ("npm", "~1", &["1.0.0", "1.9.0"], &["2.0.0"], &[]),
    ("npm", "~0.2.3", &["0.2.3", "0.2.9"], &["0.3.0"], &[]),
    // Go: pseudo-versions are ordinary, the next major version's pre-releases are not meant.
    (
        "golang",
        ">=v1.2,<v2",
        &["v1.2.0", "v1.2.4-0.20191109021931-daa7c04131f5", "1.3.0"],
        &["v1.1.0", "v2.0.0"],
        &["v2.0.0-rc.1", "(devel)"],
    ),
    (
        "golang",
        ">=v0.0.0-20200101000000-aaaaaaaaaaaa",
        &["v0.0.0-20210101000000-bbbbbbbbbbbb", "v0.1.0"],
        &["v0.0.0-20190101000000-cccccccccccc"],
        &[],
    ),
    (
        "golang",
        "=v2.0.0+incompatible",
        &["v2.0.0+incompatible"],
        &["v2.0.1+incompatible"],
        &[],
    ),
    // PEP 440.
    (
        "pypi",
        ">=1.2,<2",
        &["1.2", "1.2.0", "1.2.post1", "1.9"],
        &["1.1", "2.0"],
        &["2.0a1", "1.5b1", "2.dev0", "1!1.5"],
    ),
    ("pypi", "~=2.2", &["2.2", "2.9"], &["2.1", "3.0"], &["2.3a1"]),
    ("pypi", "~=1.4.5", &["1.4.5", "1.4.9"], &["1.5.0", "1.4.4"], &[]),
    ("pypi", "~=2.2.post3", &["2.2.post3", "2.3"], &["2.2", "3.0"], &[]),
    (
        "pypi",
        "=1.1",
        &["1.1", "1.1.0", "1.1+ubuntu.1"],
        &["1.1.post1", "1.1.1"],
        &[],
    ),
    (
        "pypi",
        "=1.1+ubuntu.1",
        &["1.1+ubuntu.1"],
        &["1.1", "1.1+ubuntu.2"],
        &[],
    ),
    (
        "pypi",
        ">1.7",
        &["1.7.1", "1.8"],
        &["1.7", "1.7.0", "1.7+local"],
        &["1.7.0.post1"],
    ),
    ("pypi", ">1.7.post2", &["1.7.1", "1.7.0.post3"], &["1.7.0"], &[]),
    ("pypi", ">=1!1.0", &["1!1.5"], &["9.0"], &[]),
    // Distributions.
    (
        "deb",
        ">=1.2.3,<2",
        &["1.2.3", "1.2.3-1", "2~rc1"],
        &["1.2.2", "1.2.3~rc1", "2"],
        &["1:1.5", "1:0.1"],
    ),
    ("deb", ">=1:1.2", &["1:1.2", "2:0.1"], &["5.0", "1:1.1"], &[]),
    (
        "rpm",
        ">=2.0,<3",
        &["2.0-1.fc40", "2.0", "2.9.1-3"],
        &["1.9-1", "3.0-1"],
        &["1:2.5-1"],
    ),
    (
        "rpm",
        "=2.0",
        &["2.0-1.fc40", "2.0-2.fc40"],
        &["2.0.1-1", "2.0~rc1-1"],
        &[],
    ),
    ("rpm", "=2.0-1.fc40", &["2.0-1.fc40"], &["2.0-2.fc40", "2.0"], &[]),
    ("rpm", "<=2.0", &["2.0-9", "1.0"], &["2.0.1-1"], &[]),
    ("rpm", "<0:2.0", &["1.0"], &["2.0-9", "1:1.0"], &[]),
    (
        "apk",
        ">=1.2,<1.3",
        &["1.2.3-r0", "1.2-r1"],
        &["1.1.9-r9", "1.3-r0"],
        &["latest"],
    ),
    // Maven.
    (
        "maven",
        ">=1.2,<2",
        &["1.2", "1.2.0.Final", "1.5-jre", "1.5-SNAPSHOT"],
        &["1.2-SNAPSHOT", "2.0"],
        &["2.0-alpha-1", "2-SNAPSHOT"],
    ),
    (
        "maven",
        "=2.17.1",
        &["2.17.1"],
        &["2.17.0", "2.17.1-SNAPSHOT"],
        &[],
    ),
    // RubyGems.
    (
        "gem",
        "~>2.1",
        &["2.1", "2.9.1"],
        &["2.0", "3.0"],
        &["2.2.rc1", "3.0.a"],
    ),
    ("gem", "~>2.1.3", &["2.1.3", "2.1.9"], &["2.2", "2.1.2"], &[]),
    ("gem", "~>2", &["2.0", "2.9"], &["3.0"], &[]),
    (
        "nuget",
        ">=1.2,<2",
        &["1.2.0", "1.9.0.4"],
        &["1.1.9.9", "2.0"],
        &["2.0-beta"],
    ),
    // No order.
    ("oci", "=sha256:ab", &["sha256:ab"], &["sha256:cd"], &[""]),
    ("generic", "!=1.1.1", &["1.1.0"], &["1.1.1"], &[""]),
];

#[test]
fn ranges_answer_as_their_ecosystem_says() {
    for (kind, range, inside, outside, doubtful) in RANGES {
        let range = Range::parse(Scheme::of_type(kind), range)
            .unwrap_or_else(|error| panic!("{kind} {range}: {error}"));
        let answers = |texts: &[&str], right: fn(Answer) -> bool| {
            for text in texts {
                let answer = range.contains(Some(text));
                assert!(right(answer), "{kind} {range} {text:?}: {answer:?}");
            }
        };
        answers(inside, |answer| answer == Answer::In);
        answers(outside, |answer| answer == Answer::Out);
        answers(doubtful, |answer| matches!(answer, Answer::Unknown(_)));
    }
}

#[test]
fn a_doubt_neither_permits_nor_acquits() {
    let range = Range::parse(Scheme::Semver, "<2").unwrap();
    let doubts = [
        (None, Doubt::Absent),
        (Some("one"), Doubt::Unreadable),
        (Some("2.0.0-rc.1"), Doubt::PreRelease),
    ];
    for (version, doubt) in doubts {
        let answer = range.contains(version);
        assert_eq!(answer, Answer::Unknown(doubt));
        assert!(!answer.permits() && answer.condemns());
    }
    assert!(Answer::In.permits() && Answer::In.condemns());
    assert!(!Answer::Out.permits() && !Answer::Out.condemns());
    assert!(Range::any(Scheme::Semver).contains(None).permits());
}

#[test]
fn what_is_no_range_says_why() {
    let cases = [
        ("cargo", "1.2.3", "\"1.2.3\" has no operator"),
        ("cargo", "", "\"\" has no operator"),
        ("cargo", ">=1,", "\"\" has no operator"),
        ("cargo", ">=1 || ", "\"\" has no operator"),
        ("cargo", ">=1 <2", "\"1 <2\" is no version of this kind"),
        (
            "cargo",
            "=1.2",
            "\"1.2\" could mean a version or all that begin with it; write all three numbers",
        ),
        (
            "npm",
            ">1",
            "\"1\" could mean a version or all that begin with it; write all three numbers",
        ),
        ("npm", "=*", "\"*\" is no version of this kind"),
        ("npm", "~=1.2", "~= is not used for versions of this kind"),
        ("pypi", "^1.2", "^ is not used for versions of this kind"),
        ("pypi", "~=1", "\"1\" is no version of this kind"),
        ("deb", "~1", "~ is not used for versions of this kind"),
        (
            "oci",
            ">=1",
            "versions of this kind have no order that is known here, so only =, != and * can be decided",
        ),
        (
            "cargo",
            "^99999999999999999999",
            "\"99999999999999999999\" is no version of this kind",
        ),
        (
            "cargo",
            "^18446744073709551615",
            "\"18446744073709551615\" is no version of this kind",
        ),
    ];
    for (kind, text, expected) in cases {
        let error = Range::parse(Scheme::of_type(kind), text).unwrap_err();
        assert_eq!(error.to_string(), expected, "{kind} {text}");
    }
    let many = vec!["!=1.0.0"; MAX_BOUNDS + 1].join(",");
    assert_eq!(
        Range::parse(Scheme::Semver, &many).unwrap_err(),
        RangeError::TooMany
    );
}

/// Texts that look like versions of a scheme often enough.
fn text(scheme: Scheme) -> BoxedStrategy<String> {
    let pattern = match scheme {
        Scheme::Semver | Scheme::Go => r"[0-2]\.[0-2]\.[0-2](-(a|b|0|1)(\.(a|1|10))?)?",
        Scheme::Pep440 => r"([01]!)?[0-2](\.[0-2]){0,2}((a|b|rc)[0-2])?(\.post[0-2])?(\.dev[0-2])?(\+[a1])?",
        Scheme::Deb => r"([01]:)?[0-2][0-2a~+.]{0,5}(-[0-2a~+.]{0,3})?",
        Scheme::Rpm => r"([01]:)?[0-2a][0-2a~^._]{0,6}(-[0-2a])?",
        Scheme::Apk => r"[0-2](\.[0-2]{1,2}){0,2}[a-b]?(_(alpha|rc|p|git)[0-2]?){0,2}(-r[0-2])?",
        Scheme::Maven => r"[0-2](\.[0-2]){0,2}(-(alpha|rc|sp|jre|SNAPSHOT)(-?[0-2])?)?",
        Scheme::Gem => r"[0-2](\.[0-2ab]){0,3}(-a1?)?",
        Scheme::Nuget => r"[0-2](\.[0-2]){0,3}(-(a|B|1)(\.1)?)?",
        Scheme::Text => r"[a-c]{1,2}",
    };
    pattern.boxed()
}

fn three() -> impl Strategy<Value = (Scheme, [String; 3])> {
    let schemes = [
        Scheme::Semver,
        Scheme::Go,
        Scheme::Pep440,
        Scheme::Deb,
        Scheme::Rpm,
        Scheme::Apk,
        Scheme::Maven,
        Scheme::Gem,
        Scheme::Nuget,
    ];
    prop::sample::select(schemes.to_vec())
        .prop_flat_map(|scheme| (Just(scheme), [text(scheme), text(scheme), text(scheme)]))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn every_order_is_total((scheme, texts) in three()) {
        let versions = texts.clone().map(|text| Version::parse(scheme, &text));
        let [Some(a), Some(b), Some(c)] = versions else {
            return Ok(());
        };
        let [ab, ba, bc, ac] = [(&a, &b), (&b, &a), (&b, &c), (&a, &c)].map(|(x, y)| x.compare(y).unwrap());
        prop_assert_eq!(a.compare(&a), Some(Ordering::Equal));
        prop_assert_eq!(ab, ba.reverse(), "{:?} {:?}", scheme, texts);
        if ab.is_le() && bc.is_le() {
            let strict = ab.is_lt() || bc.is_lt();
            prop_assert_eq!(ac, if strict { Ordering::Less } else { Ordering::Equal }, "{:?} {:?}", scheme, texts);
        }
    }

    #[test]
    fn ranges_agree_with_the_order((scheme, texts) in three()) {
        let [a, b, _] = &texts;
        let (Some(version), Some(bound)) = (Version::parse(scheme, a), Version::parse(scheme, b)) else {
            return Ok(());
        };
        let answer = |sign: &str| Range::parse(scheme, &format!("{sign}{b}")).ok().map(|range| range.contains(Some(a)));
        let order = version.compare_to_bound(&bound).unwrap();
        let expected = [
            ("=", order.is_eq()), ("!=", order.is_ne()), ("<", order.is_lt()), ("<=", order.is_le()), (">", order.is_gt()),
            (">=", order.is_ge()),
        ];
        for (sign, inside) in expected {
            match answer(sign) {
                Some(Answer::In) => prop_assert!(inside, "{:?} {} {}{}", scheme, a, sign, b),
                Some(Answer::Out) => prop_assert!(!inside, "{:?} {} {}{}", scheme, a, sign, b),
                Some(Answer::Unknown(_)) | None => {}
            }
        }
    }

    #[test]
    fn no_text_makes_the_readers_fail(version in "\\PC{0,24}", range in "[<>=!~^*|, ]{0,3}\\PC{0,16}") {
        for kind in ["cargo", "golang", "pypi", "deb", "rpm", "apk", "maven", "gem", "nuget", "oci"] {
            let scheme = Scheme::of_type(kind);
            let _ = Version::parse(scheme, &version);
            if let Ok(range) = Range::parse(scheme, &range) {
                let _ = range.contains(Some(&version));
            }
        }
    }
}
