//! Which patterns are warned about, and with which example.

use super::*;

const GITHUB: &str = r"https://github\.com/org/app/\.github/workflows/release\.yml@refs/heads/main";

fn lint(pattern: &str, usage: PatternUse) -> Vec<(&'static str, String)> {
    let pattern = WholePattern::new(pattern).unwrap();
    let findings = pattern.lint(usage, &Origin::flag("--identity-regex"));
    for finding in &findings {
        let example = finding.found.as_deref().unwrap();
        assert!(pattern.is_match(example), "{pattern} does not let in {example}");
        assert!(finding.message.contains(example) && finding.help.is_some() && finding.origin.is_some());
    }
    findings
        .into_iter()
        .map(|finding| (finding.code.name(), finding.found.unwrap()))
        .collect()
}

fn codes(pattern: &str, usage: PatternUse) -> Vec<&'static str> {
    let mut codes: Vec<_> = lint(pattern, usage).into_iter().map(|(code, _)| code).collect();
    codes.sort_unstable();
    codes
}

#[test]
fn careful_patterns_are_not_warned_about() {
    for pattern in [
        GITHUB.to_owned(),
        format!("^{GITHUB}$"),
        format!("^{GITHUB}"),
        format!(r"\A{GITHUB}\z"),
        r"https://github\.com/org/[^/]+/\.github/workflows/release\.yml@refs/heads/main".to_owned(),
        r"https://github\.com/org/app/\.github/workflows/[^/@]+@refs/tags/v\d+\.\d+\.\d+".to_owned(),
        r"https://github\.com/(org|corp)/app/\.github/workflows/release\.ya?ml@refs/(heads/main|tags/.*)"
            .to_owned(),
        r"https://github[.]com/org/app/[.]github/workflows/release[.]yml@refs/heads/release/.*".to_owned(),
        r"(?i)https://github\.com/org/app/\.github/workflows/release\.yml@refs/heads/main".to_owned(),
        r"https://gitlab\.com/group/app//\.gitlab-ci\.yml@refs/heads/main".to_owned(),
        r"spiffe://example\.org/ns/[^/]+/sa/builder".to_owned(),
        r"https://[a-z0-9]+\.example\.org/workload/build".to_owned(),
    ] {
        assert_eq!(lint(&pattern, PatternUse::Uri), [], "{pattern}");
    }
    for pattern in [
        r"alice@example\.com",
        r"^[^@]+@example\.com$",
        r".*@example\.com",
        r"[a-z]+@([a-z]+\.)?example\.com",
    ] {
        assert_eq!(lint(pattern, PatternUse::Email), [], "{pattern}");
    }
    for pattern in [
        r"https://token\.actions\.githubusercontent\.com",
        r"https://token\.actions\.githubusercontent\.com(/corp)?",
        r"https://[^/]+\.example\.com",
    ] {
        assert_eq!(lint(pattern, PatternUse::Issuer), [], "{pattern}");
    }
    assert_eq!(lint(r"[a-z]+!example\.com", PatternUse::OtherName), []);
}

#[test]
fn each_mistake_is_shown_with_an_identity_that_it_lets_in() {
    let tail = r"/\.github/workflows/release\.yml@refs/heads/main";
    for (pattern, code, example) in [
        (
            GITHUB.replace(r"github\.com", "github.com"),
            "pattern-unescaped-dot",
            "https://githubXcom/org/app/.github/workflows/release.yml@refs/heads/main",
        ),
        (
            r"https://github\.com/fluxcd.*".to_owned(),
            "pattern-bare-prefix",
            "https://github.com/fluxcd-evil/app/.github/workflows/x.yml@refs/heads/x",
        ),
        (
            format!(r"https://github\.com/fluxcd[^/]*/flux2{tail}"),
            "pattern-bare-prefix",
            "https://github.com/fluxcd-evil/flux2/.github/workflows/release.yml@refs/heads/main",
        ),
        (
            format!(r"https://github\.com/[^/]+/app{tail}"),
            "pattern-bare-prefix",
            "https://github.com/attacker/app/.github/workflows/release.yml@refs/heads/main",
        ),
        (
            format!(r"https://github\.com.*{tail}"),
            "pattern-bare-prefix",
            "https://github.com.evil.example/.github/workflows/release.yml@refs/heads/main",
        ),
        (
            r"https://github\.com/org/app/\.github/workflows/release\.yml@.*".to_owned(),
            "pattern-without-ref",
            "https://github.com/org/app/.github/workflows/release.yml@refs/heads/attacker",
        ),
        (
            r"^https://github\.com/org/app/".to_owned() + ".*",
            "pattern-without-ref",
            "https://github.com/org/app/.github/workflows/x.yml@refs/heads/attacker",
        ),
        (
            r"https://github\.com/org/app/\.github/workflows/release\.yml.*".to_owned(),
            "pattern-without-ref",
            "https://github.com/org/app/.github/workflows/release.yml@refs/heads/attacker",
        ),
        (
            format!(r"https://github\.com/org/.*{tail}"),
            "pattern-crosses-slash",
            "https://github.com/org/app/x/.github/workflows/release.yml@refs/heads/main",
        ),
        (
            r"https://github\.com/org/app/.*@refs/heads/main".to_owned(),
            "pattern-crosses-slash",
            "https://github.com/org/app/.github/workflows/x.yml@refs/heads/x@refs/heads/main",
        ),
        (
            format!(r"https://.*\.example\.com/org/app{tail}"),
            "pattern-crosses-slash",
            "https://evil.example/x.example.com/org/app/.github/workflows/release.yml@refs/heads/main",
        ),
    ] {
        let findings = lint(&pattern, PatternUse::Uri);
        assert!(
            findings.contains(&(code, example.to_owned())),
            "{pattern}: {findings:?}"
        );
    }
}

#[test]
fn hosts_of_addresses_and_issuers_are_looked_at_too() {
    for (pattern, usage, code, example) in [
        (
            r"alice@example.com",
            PatternUse::Email,
            "pattern-unescaped-dot",
            "alice@exampleXcom",
        ),
        (
            r"alice@example\.com.*",
            PatternUse::Email,
            "pattern-bare-prefix",
            "alice@example.com.evil.example",
        ),
        (
            r".*@.*example\.com",
            PatternUse::Email,
            "pattern-bare-prefix",
            "x@evil-example.com",
        ),
        (
            r".*example\.com",
            PatternUse::Email,
            "pattern-bare-prefix",
            "mallory@evil-example.com",
        ),
        (
            r"https://token.actions.githubusercontent.com",
            PatternUse::Issuer,
            "pattern-unescaped-dot",
            "https://tokenXactions.githubusercontent.com",
        ),
        (
            r"https://accounts\.google\.com.*",
            PatternUse::Issuer,
            "pattern-bare-prefix",
            "https://accounts.google.com.evil.example",
        ),
        (
            r".*",
            PatternUse::Issuer,
            "pattern-bare-prefix",
            "https://evil.example",
        ),
        (
            r".*\.githubusercontent\.com",
            PatternUse::Issuer,
            "pattern-bare-prefix",
            "https://evil.example/x.githubusercontent.com",
        ),
    ] {
        let findings = lint(pattern, usage);
        assert!(
            findings.contains(&(code, example.to_owned())),
            "{pattern}: {findings:?}"
        );
    }
}

#[test]
fn the_widest_pattern_gets_every_warning_that_fits() {
    assert_eq!(
        codes(".*", PatternUse::Uri),
        ["pattern-bare-prefix", "pattern-without-ref"]
    );
    assert_eq!(
        codes(r".*@refs/heads/main", PatternUse::Uri),
        ["pattern-bare-prefix"]
    );
    assert_eq!(
        codes(r"https://github.com/.*", PatternUse::Uri),
        [
            "pattern-bare-prefix",
            "pattern-unescaped-dot",
            "pattern-without-ref"
        ]
    );
}

#[test]
fn one_careless_alternative_is_enough() {
    let pattern = format!(r"({GITHUB}|https://github\.com/org/.*)");
    assert_eq!(codes(&pattern, PatternUse::Uri), ["pattern-without-ref"]);
}

#[test]
fn the_help_tightens() {
    for pattern in [".*", "https://github.com/.*/x@.*", "https://github.com.*"] {
        for finding in WholePattern::new(pattern)
            .unwrap()
            .lint(PatternUse::Uri, &Origin::flag("x"))
        {
            let help = finding.help.unwrap();
            for word in ["remove", "loosen", "ignore", "disable", ".*"] {
                assert!(!help.contains(word), "{help}");
            }
        }
    }
}
