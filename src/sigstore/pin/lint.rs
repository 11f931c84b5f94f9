//! Warnings about patterns that accept more than their author thinks.
//!
//! Each warning shows a value that the pattern lets in, and that value has been put to the pattern: what is not
//! accepted is not warned about. Anchors are never missed, because patterns match whole strings here.

use super::pattern::WholePattern;
use super::shape::Shape;
use crate::report::{Code, Finding, Origin};
use crate::sigstore::certificate::SanKind;

/// What a pattern is compared with; decides which mistakes are possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatternUse {
    /// A URI in a certificate, such as a CI workflow.
    Uri,
    /// An e-mail address in a certificate.
    Email,
    /// A user name in a certificate.
    OtherName,
    /// An OIDC issuer.
    Issuer,
}

impl From<SanKind> for PatternUse {
    fn from(kind: SanKind) -> Self {
        match kind {
            SanKind::Uri => Self::Uri,
            SanKind::Email => Self::Email,
            SanKind::OtherName => Self::OtherName,
        }
    }
}

/// Which part of an identity a piece of a pattern stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Zone {
    /// Before `://`, or all of a text that has none.
    Scheme,
    Separator,
    Host,
    Owner,
    /// Everything behind the owner.
    Path,
    /// Behind the `@` of a workflow.
    Ref,
    Mailbox,
}

/// Refs that have nothing in common: a pattern that accepts all of them accepts any.
const STRANGE_REFS: [&str; 3] = [
    "refs/heads/attacker",
    "refs/pull/1/merge",
    "refs/tags/v0.0.0-attacker",
];

/// A pattern's shape with the zone of each piece.
struct Layout<'a> {
    pattern: &'a WholePattern,
    shape: &'a Shape,
    zones: Vec<Zone>,
}

impl WholePattern {
    /// What is wider about this pattern than it looks, at most one finding of each code.
    pub fn lint(&self, usage: PatternUse, origin: &Origin) -> Vec<Finding> {
        let mut findings: Vec<Finding> = Vec::new();
        for shape in Shape::of(self) {
            let layout = Layout {
                pattern: self,
                shape: &shape,
                zones: zones(&shape, usage),
            };
            let checks = [
                layout.dot(),
                layout.prefix(usage),
                layout.any_ref(usage),
                layout.slash(usage),
            ];
            for finding in checks.into_iter().flatten() {
                if !findings.iter().any(|earlier| earlier.code == finding.code) {
                    findings.push(finding.expected(self.as_str()).origin(origin));
                }
            }
        }
        findings
    }
}

impl Layout<'_> {
    /// The pieces that can be more than one character, with their positions and zones.
    fn wildcards(&self) -> impl DoubleEndedIterator<Item = (usize, Zone)> + '_ {
        let pieces = self.shape.pieces.iter().zip(&self.zones).enumerate();
        pieces
            .filter(|(_, (piece, _))| piece.repeats() && piece.has('e'))
            .map(|(at, (_, zone))| (at, *zone))
    }

    /// The first spelling with the piece at `index` replaced that the pattern accepts.
    fn let_in(&self, index: usize, replacements: &[String]) -> Option<String> {
        replacements
            .iter()
            .map(|replacement| self.shape.spell_with(index, replacement))
            .find(|example| self.pattern.is_match(example))
    }

    /// A single `.` in a host name.
    fn dot(&self) -> Option<Finding> {
        let (index, _) = self
            .shape
            .pieces
            .iter()
            .zip(&self.zones)
            .enumerate()
            .find(|(_, (piece, zone))| **zone == Zone::Host && piece.is_any() && !piece.repeats())
            .map(|(index, (_, zone))| (index, zone))?;
        let example = self.let_in(index, &["X".to_owned()])?;
        Some(warning(
            Code::PatternUnescapedDot,
            "a dot in the host name of this pattern accepts any character",
            example,
            r"write \. for a dot in the host name",
        ))
    }

    /// A wildcard that makes a host or an owner longer, or takes its place.
    fn prefix(&self, usage: PatternUse) -> Option<Finding> {
        self.wildcards().find_map(|(index, zone)| {
            let before = index.checked_sub(1).and_then(|at| self.zones.get(at)).copied();
            let attached = before == Some(zone);
            let after = self.zones.get(index + 1).copied();
            match zone {
                Zone::Scheme if matches!(usage, PatternUse::Uri | PatternUse::Issuer) => self.any_host(index),
                Zone::Host if attached => self.longer_host(index),
                Zone::Host if after == Some(Zone::Host) => self.shorter_host(index),
                Zone::Mailbox if attached => self.longer_host(index).filter(|_| after.is_none()),
                Zone::Mailbox => self.mailbox_swallows_host(index),
                Zone::Owner if attached && usage == PatternUse::Uri => self.longer_owner(index),
                Zone::Owner if usage == PatternUse::Uri => self.any_owner(index),
                _ => None,
            }
        })
    }

    fn any_host(&self, index: usize) -> Option<Finding> {
        let tail = "evil.example/org/app/.github/workflows/x.yml@refs/heads/x";
        let forms = [
            format!("https://{tail}"),
            "https://evil.example/".to_owned(),
            format!("://{tail}"),
            "https://evil.example".to_owned(),
        ];
        let example = self.let_in(index, &forms)?;
        Some(warning(
            Code::PatternBarePrefix,
            "this pattern accepts identities of any host",
            example,
            "write the scheme, the host and the owner out in front of the wildcard",
        ))
    }

    fn longer_host(&self, index: usize) -> Option<Finding> {
        let tail = "/org/app/.github/workflows/x.yml@refs/heads/x";
        let forms = [
            format!(".evil.example{tail}"),
            ".evil.example".to_owned(),
            "-evil.example".to_owned(),
            "evil".to_owned(),
        ];
        let example = self.let_in(index, &forms)?;
        Some(warning(
            Code::PatternBarePrefix,
            "a wildcard behind the host name accepts hosts that begin alike",
            example,
            "end the host name with / or with the end of the pattern",
        ))
    }

    /// `.*example\.com` accepts `evil-example.com`; a wildcard that a dot follows accepts only subdomains.
    fn shorter_host(&self, index: usize) -> Option<Finding> {
        if self.shape.pieces.get(index + 1)?.literal() == Some('.') {
            return None;
        }
        let example = self.let_in(index, &["evil-".to_owned(), "evil".to_owned()])?;
        Some(warning(
            Code::PatternBarePrefix,
            "a wildcard in front of the host name accepts hosts that end alike",
            example,
            r"write the host name out; for subdomains, [^/@]+\. in front of it",
        ))
    }

    /// `.*example\.com` for e-mail addresses, where nothing says that the host begins behind an `@`.
    fn mailbox_swallows_host(&self, index: usize) -> Option<Finding> {
        let has_at = self.shape.pieces.iter().any(|piece| piece.literal() == Some('@'));
        if has_at {
            return None;
        }
        let example = self.let_in(
            index,
            &["mallory@evil-".to_owned(), "mallory@evil.example".to_owned()],
        )?;
        Some(warning(
            Code::PatternBarePrefix,
            "this pattern does not fix the host of the e-mail address",
            example,
            r"write @ and the host name out, for example [^@]+@example\.com",
        ))
    }

    fn longer_owner(&self, index: usize) -> Option<Finding> {
        let forms = [
            "-evil/app/.github/workflows/x.yml@refs/heads/x",
            "-evil/app",
            "-evil",
            "evil",
        ]
        .map(str::to_owned);
        let example = self.let_in(index, &forms)?;
        Some(warning(
            Code::PatternBarePrefix,
            "a wildcard behind the owner accepts owners that begin alike, which anybody can register",
            example,
            "end the owner with /",
        ))
    }

    fn any_owner(&self, index: usize) -> Option<Finding> {
        // An identity that is no CI workflow has no owner that anybody could register.
        if !self.is_workflow() {
            return None;
        }
        let forms = [
            "attacker/app/.github/workflows/x.yml@refs/heads/x",
            "attacker/app",
            "attacker",
        ]
        .map(str::to_owned);
        let example = self.let_in(index, &forms)?;
        Some(warning(
            Code::PatternBarePrefix,
            "this pattern accepts any owner",
            example,
            "write the owner out in front of the wildcard",
        ))
    }

    /// Any ref of a workflow: nothing fixed behind the `@`, or no `@` at all.
    fn any_ref(&self, usage: PatternUse) -> Option<Finding> {
        if usage != PatternUse::Uri || !self.is_workflow() {
            return None;
        }
        let all = |example: &dyn Fn(&str) -> String| {
            let examples = STRANGE_REFS.map(|strange| example(strange));
            examples
                .iter()
                .all(|text| self.pattern.is_match(text))
                .then(|| examples.into_iter().next())
                .flatten()
        };
        let example = match self.zones.iter().position(|zone| *zone == Zone::Ref) {
            Some(start) => {
                let before = self.shape.spell_before(start);
                all(&|strange| format!("{before}{strange}"))
            }
            None => {
                let (last, _) = self.wildcards().next_back()?;
                [
                    "@",
                    ".github/workflows/x.yml@",
                    "app/.github/workflows/x.yml@",
                    "org/app/.github/workflows/x.yml@",
                ]
                .iter()
                .find_map(|middle| all(&|strange| self.shape.spell_with(last, &format!("{middle}{strange}"))))
            }
        }?;
        Some(warning(
            Code::PatternNoRef,
            "this pattern accepts any ref, so every branch, tag and pull request that can run the workflow",
            example,
            r"end the pattern with the workflow and its ref, for example /\.github/workflows/release\.yml@refs/heads/main",
        ))
    }

    /// `.*` between fixed parts of a path, where it also accepts `/` and `@`.
    fn slash(&self, usage: PatternUse) -> Option<Finding> {
        if !matches!(usage, PatternUse::Uri | PatternUse::Issuer) {
            return None;
        }
        self.wildcards().find_map(|(index, zone)| {
            let piece = self.shape.pieces.get(index)?;
            let next = self.shape.pieces.get(index + 1)?;
            if !piece.is_any() {
                return None;
            }
            let forms: &[&str] = match zone {
                Zone::Host => &["evil.example/x", "evil.example/"],
                Zone::Owner => &["attacker/x", "x.yml@refs/heads/x"],
                // A branch may be called `x@refs/heads/main`, so the ref that is demanded can be its own.
                Zone::Path if next.literal() == Some('@') => {
                    &[".github/workflows/x.yml@refs/heads/x", "x.yml@refs/heads/x"]
                }
                Zone::Path => &["app/x", "x/y"],
                Zone::Scheme | Zone::Separator | Zone::Ref | Zone::Mailbox => return None,
            };
            let forms: Vec<String> = forms.iter().map(|form| (*form).to_owned()).collect();
            let example = self.let_in(index, &forms)?;
            Some(warning(
                Code::PatternCrossesSlash,
                "a wildcard in the middle of this pattern also accepts / and @",
                example,
                "write [^/@]+ for one name",
            ))
        })
    }

    /// Whether this looks like the identity of a CI workflow, which ends in `@ref`.
    fn is_workflow(&self) -> bool {
        let text = self.shape.spell();
        let host = text.split_once("://").map_or("", |(_, rest)| rest);
        ["github.", "gitlab."].iter().any(|start| host.starts_with(start))
            || ["/.github/workflows/", ".gitlab-ci.yml", "@refs/"].iter().any(|part| text.contains(part))
            // Nothing is fixed at all: workflows are among what it accepts.
            || self.wildcards().next().is_some_and(|(_, zone)| zone == Zone::Scheme)
    }
}

fn warning(code: Code, message: &str, example: String, help: &str) -> Finding {
    Finding::new(code, format!("{message}: it would let in {example}"))
        .found(example)
        .help(help)
}

/// The zone of each piece of a shape.
fn zones(shape: &Shape, usage: PatternUse) -> Vec<Zone> {
    let literals: Vec<Option<char>> = shape.pieces.iter().map(super::shape::Piece::literal).collect();
    match usage {
        PatternUse::Email => {
            let at = literals
                .iter()
                .rposition(|c| *c == Some('@'))
                .unwrap_or(literals.len());
            (0..literals.len())
                .map(|index| match index.cmp(&at) {
                    std::cmp::Ordering::Less => Zone::Mailbox,
                    std::cmp::Ordering::Equal => Zone::Separator,
                    std::cmp::Ordering::Greater => Zone::Host,
                })
                .collect()
        }
        PatternUse::OtherName => vec![Zone::Path; literals.len()],
        PatternUse::Uri | PatternUse::Issuer => uri_zones(&literals),
    }
}

fn uri_zones(literals: &[Option<char>]) -> Vec<Zone> {
    let scheme = literals
        .windows(3)
        .position(|window| window == [Some(':'), Some('/'), Some('/')]);
    let Some(scheme) = scheme else {
        return vec![Zone::Scheme; literals.len()];
    };
    let mut zone = Zone::Host;
    let mut zones = vec![Zone::Scheme; scheme];
    zones.extend([Zone::Separator; 3]);
    for literal in literals.iter().skip(scheme + 3) {
        let next = match (zone, literal) {
            (Zone::Host, Some('/')) => Zone::Owner,
            (Zone::Owner, Some('/')) => Zone::Path,
            (Zone::Owner | Zone::Path, Some('@')) => Zone::Ref,
            _ => {
                zones.push(zone);
                continue;
            }
        };
        zones.push(Zone::Separator);
        zone = next;
    }
    zones
}

#[cfg(test)]
mod tests {
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
            r"https://github[.]com/org/app/[.]github/workflows/release[.]yml@refs/heads/release/.*"
                .to_owned(),
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
                "https://evil.example/",
            ),
            (
                r".*\.githubusercontent\.com",
                PatternUse::Issuer,
                "pattern-bare-prefix",
                "https://evil.example/.githubusercontent.com",
            ),
        ] {
            let findings = lint(pattern, usage);
            assert!(
                findings
                    .iter()
                    .any(|(found, text)| (*found, text.as_str()) == (code, example)
                        || *found == code && usage == PatternUse::Issuer),
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
}
