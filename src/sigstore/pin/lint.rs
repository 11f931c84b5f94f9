//! Warnings about patterns that accept more than their author thinks.
//!
//! Each warning shows a value that the pattern lets in, and that value has been put to the pattern: what is not
//! accepted is not warned about. Anchors are never missed, because patterns match whole strings here.

mod zone;

use self::zone::{Zone, zones};
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

    /// Whether the piece continues a name that began before it.
    fn attached(&self, index: usize) -> bool {
        let before = index.checked_sub(1).and_then(|at| self.zones.get(at));
        before.is_some() && before == self.zones.get(index)
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
            let attached = self.attached(index);
            let after = self.zones.get(index + 1).copied();
            match zone {
                Zone::Scheme if matches!(usage, PatternUse::Uri | PatternUse::Issuer) => {
                    self.any_host(index, usage)
                }
                Zone::Host if attached => self.longer_host(index, usage),
                Zone::Host if after == Some(Zone::Host) => self.shorter_host(index),
                Zone::Mailbox if attached => self.longer_host(index, usage).filter(|_| after.is_none()),
                Zone::Mailbox => self.mailbox_swallows_host(index),
                Zone::Owner if attached && usage == PatternUse::Uri => self.longer_owner(index),
                Zone::Owner if usage == PatternUse::Uri => self.any_owner(index),
                _ => None,
            }
        })
    }

    /// Replacements for a wildcard: with a whole path behind them where nothing follows in the pattern and the path
    /// belongs to the identity, then bare.
    fn forms(&self, index: usize, usage: PatternUse, path: &str, bare: &[&str]) -> Vec<String> {
        let is_last = index + 1 == self.shape.pieces.len();
        let whole = bare.iter().filter(|_| is_last && usage == PatternUse::Uri);
        let whole = whole.map(|start| format!("{start}{path}"));
        whole
            .chain(bare.iter().map(|start| (*start).to_owned()))
            .collect()
    }

    fn any_host(&self, index: usize, usage: PatternUse) -> Option<Finding> {
        let bare: &[&str] = if index + 1 == self.shape.pieces.len() {
            &["https://evil.example", "://evil.example"]
        } else {
            &["https://evil.example/x", "://evil.example/x"]
        };
        let forms = self.forms(
            index,
            usage,
            "/org/app/.github/workflows/x.yml@refs/heads/x",
            bare,
        );
        let example = self.let_in(index, &forms)?;
        Some(warning(
            Code::PatternBarePrefix,
            "this pattern accepts identities of any host",
            example,
            "write the scheme, the host and the owner out in front of the wildcard",
        ))
    }

    fn longer_host(&self, index: usize, usage: PatternUse) -> Option<Finding> {
        let path = "/org/app/.github/workflows/x.yml@refs/heads/x";
        let forms = self.forms(index, usage, path, &[".evil.example", "-evil.example", "evil"]);
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
        let forms = self.forms(
            index,
            PatternUse::Uri,
            "/app/.github/workflows/x.yml@refs/heads/x",
            &["-evil", "evil"],
        );
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
        let forms = self.forms(
            index,
            PatternUse::Uri,
            "/app/.github/workflows/x.yml@refs/heads/x",
            &["attacker"],
        );
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
            let examples = STRANGE_REFS.map(example);
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
                let realistic = rest_of_workflow(&self.shape.spell_before(last));
                [realistic, "@", "/x@", "x@"].iter().find_map(|middle| {
                    all(&|strange| self.shape.spell_with(last, &format!("{middle}{strange}")))
                })
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
                // A host that is made longer is the business of the check for prefixes.
                Zone::Host if self.attached(index) => return None,
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

/// What is missing of a workflow's identity behind `before`, up to its ref, judged by the slashes: two behind the
/// scheme, and one each in front of owner, repository and file.
fn rest_of_workflow(before: &str) -> &'static str {
    match (before.matches('/').count(), before.ends_with('/')) {
        (0..=3, true) => "org/app/.github/workflows/x.yml@",
        (0..=3, false) => "/app/.github/workflows/x.yml@",
        (4, true) => "app/.github/workflows/x.yml@",
        (4, false) => "/.github/workflows/x.yml@",
        (5, true) => ".github/workflows/x.yml@",
        (_, true) => "x.yml@",
        (_, false) => "@",
    }
}

fn warning(code: Code, message: &str, example: String, help: &str) -> Finding {
    Finding::new(code, format!("{message}: it would let in {example}"))
        .found(example)
        .help(help)
}

#[cfg(test)]
mod tests;
