//! The rule about what an SBOM has to say: the minimum elements, its age, and what made it.

use std::time::Duration;

use jiff::Timestamp;

use super::ruling::{Mode, Ruling, finding};
use crate::report::{Code, Finding, Origin};
use crate::versions::Range;

/// How far a document's clock may be ahead of ours, in seconds.
pub const MAX_CLOCK_SKEW: i64 = 300;

/// What an SBOM has to say.
#[derive(Debug, Clone)]
pub struct CompletenessRules {
    /// What becomes of objections.
    pub mode: Mode,
    /// The elements that are demanded.
    pub demanded: Vec<DemandedElement>,
    /// How old the document may be, by its own timestamp.
    pub max_age: Option<(Duration, Origin)>,
    /// Tools of which one has to have made the document; none means any.
    pub generators: Vec<GeneratorRule>,
}

/// A minimum element that is demanded.
#[derive(Debug, Clone)]
pub struct DemandedElement {
    /// The element.
    pub element: Element,
    /// Whether it is only recorded where it is missing, whatever the rule's mode.
    pub is_audited: bool,
    /// Where that is written.
    pub origin: Origin,
}

/// The minimum elements of an SBOM (NTIA, 2021).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Element {
    /// Every component has a name.
    Name,
    /// Every component has a version.
    Version,
    /// Every component has a supplier.
    Supplier,
    /// Every component has a package URL or a CPE.
    Id,
    /// Every component takes part in a relationship.
    Relationships,
    /// The document names a person or an organisation that made it.
    Author,
    /// The document says when it was made.
    Timestamp,
}

/// A tool that may have made the document.
#[derive(Debug, Clone)]
pub struct GeneratorRule {
    /// Its name, letter by letter.
    pub name: String,
    /// Its versions.
    pub versions: Range,
    /// Where it is written.
    pub origin: Origin,
}

/// What a document says of itself, and which components lack what.
#[derive(Debug, Clone, Default)]
pub struct Stated<'a> {
    /// When it was made, as written.
    pub created: Option<&'a str>,
    /// Whether a person or an organisation made it.
    pub has_author: bool,
    /// The tools that made it, with their versions where these stand apart.
    pub tools: Vec<(&'a str, Option<&'a str>)>,
    /// How many components there are.
    pub components: usize,
    /// The components that lack an element, named for people with their places.
    pub lacking: Vec<(Element, Vec<String>)>,
}

/// Most components that are named in one objection.
const MAX_NAMED: usize = 5;

impl Element {
    /// Every element, with the word for it in a policy.
    pub const ALL: [(&'static str, Self); 7] = [
        ("name", Self::Name),
        ("version", Self::Version),
        ("supplier", Self::Supplier),
        ("id", Self::Id),
        ("relationships", Self::Relationships),
        ("author", Self::Author),
        ("timestamp", Self::Timestamp),
    ];

    /// The word for it in a policy.
    pub fn word(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, element)| *element == self);
        found.map_or("", |(word, _)| word)
    }
}

impl CompletenessRules {
    /// Whether this element is demanded by any key.
    pub fn demands(&self, element: Element) -> bool {
        self.mode != Mode::Off
            && (self.demanded.iter().any(|demanded| demanded.element == element)
                || (element == Element::Timestamp && self.max_age.is_some()))
    }

    /// Whether the tools that made the document are asked about.
    pub fn asks_for_tools(&self) -> bool {
        self.mode != Mode::Off && !self.generators.is_empty()
    }

    /// Everything that the document lacks.
    pub fn rule(&self, stated: &Stated<'_>, now: Timestamp) -> Vec<Ruling> {
        if self.mode == Mode::Off {
            return Vec::new();
        }
        let elements = self
            .demanded
            .iter()
            .filter_map(|demanded| self.element(demanded, stated));
        let mut rulings: Vec<Ruling> = elements.collect();
        rulings.extend(self.age(stated, now));
        rulings.extend(self.generator(stated));
        rulings
    }

    fn element(&self, demanded: &DemandedElement, stated: &Stated<'_>) -> Option<Ruling> {
        let message = match demanded.element {
            Element::Author => {
                (!stated.has_author).then(|| "the SBOM names nobody who made it".to_owned())?
            }
            Element::Timestamp => {
                let is_there = stated.created.is_some();
                (!is_there).then(|| "the SBOM does not say when it was made".to_owned())?
            }
            element => {
                let lacking = stated.lacking.iter().find(|(other, _)| *other == element);
                let components = lacking.map(|(_, components)| components.as_slice())?;
                missing(element, components, stated.components)?
            }
        };
        let mode = match (self.mode, demanded.is_audited) {
            (Mode::Enforce, true) => Mode::Audit,
            (mode, _) => mode,
        };
        let word = demanded.element.word();
        let finding = finding(
            Code::SbomIncomplete,
            message,
            String::new(),
            Some(&demanded.origin),
        );
        ruling(mode, word, finding.expected(word), "have the generator write it")
    }

    fn age(&self, stated: &Stated<'_>, now: Timestamp) -> Option<Ruling> {
        let (limit, origin) = self.max_age.as_ref()?;
        let unusable = |what: &str| {
            let found = stated.created.unwrap_or("no timestamp").to_owned();
            let finding = finding(Code::SbomTimestampInvalid, what.to_owned(), found, Some(origin));
            let help = "have the generator write the time in UTC, on a machine whose clock is right";
            ruling(self.mode, "timestamp", finding, help)
        };
        let Some(created) = stated.created else {
            return unusable("the SBOM does not say when it was made");
        };
        let Ok(made) = created.parse::<Timestamp>() else {
            return unusable("when the SBOM was made cannot be read");
        };
        let age = now.as_second().saturating_sub(made.as_second());
        if age < -MAX_CLOCK_SKEW {
            return unusable("the SBOM was made in the future");
        }
        let allowed = i64::try_from(limit.as_secs()).unwrap_or(i64::MAX);
        if age <= allowed {
            return None;
        }
        let finding = finding(
            Code::SbomTooOld,
            format!("the SBOM is {} old", words(age)),
            made.to_string(),
            Some(origin),
        )
        .expected(format!("at most {}", words(allowed)));
        ruling(
            self.mode,
            "max-age",
            finding,
            "generate the SBOM in the build that makes the artifact",
        )
    }

    fn generator(&self, stated: &Stated<'_>) -> Option<Ruling> {
        let first = self.generators.first()?;
        let is_one = |rule: &GeneratorRule| stated.tools.iter().any(|tool| rule.accepts(*tool));
        if self.generators.iter().any(is_one) {
            return None;
        }
        let found: Vec<String> = stated
            .tools
            .iter()
            .map(|(name, version)| match version {
                Some(version) => format!("{name} {version}"),
                None => (*name).to_owned(),
            })
            .collect();
        let found = if found.is_empty() {
            "no tool".to_owned()
        } else {
            found.join(", ")
        };
        let expected: Vec<String> = self
            .generators
            .iter()
            .map(|rule| format!("{} {}", rule.name, rule.versions))
            .collect();
        let finding = finding(
            Code::SbomGeneratorMismatch,
            "the SBOM was made by another tool".to_owned(),
            found,
            Some(&first.origin),
        )
        .expected(expected.join(", "));
        ruling(
            self.mode,
            "generator",
            finding,
            "generate the SBOM with one of the tools that are expected",
        )
    }
}

impl GeneratorRule {
    /// Whether this tool made the document. SPDX writes name and version as one word.
    fn accepts(&self, (name, version): (&str, Option<&str>)) -> bool {
        let is_version = |version: &str| {
            let version = version.strip_prefix('v').unwrap_or(version);
            self.versions.contains(Some(version)).permits()
        };
        match version {
            Some(version) => name == self.name && is_version(version),
            None if name == self.name => self.versions.contains(None).permits(),
            None => name
                .strip_prefix(&self.name)
                .and_then(|rest| rest.strip_prefix('-'))
                .is_some_and(|version| {
                    version.starts_with(|letter: char| letter.is_ascii_digit() || letter == 'v')
                        && is_version(version)
                }),
        }
    }
}

/// An objection to the document as a whole.
fn ruling(mode: Mode, what: &str, finding: Finding, help: &str) -> Option<Ruling> {
    Ruling::new(mode, String::new(), what.to_owned(), finding.help(help))
}

/// How many components lack an element, and some of them; nothing where none does.
fn missing(element: Element, components: &[String], total: usize) -> Option<String> {
    let named: Vec<&str> = components.iter().take(MAX_NAMED).map(String::as_str).collect();
    let what = match element {
        Element::Id => "package URL or CPE",
        Element::Relationships => "relationship to another component",
        element => element.word(),
    };
    let more = match components.len().checked_sub(named.len())? {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    match components.len() {
        0 => None,
        count => Some(format!(
            "{count} of {total} components have no {what}: {}{more}",
            named.join(", ")
        )),
    }
}

/// An age for people.
fn words(seconds: i64) -> String {
    match seconds {
        0..172_800 => format!("{} hours", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests;
