//! Objections told with their place: what of the SBOM offended, where that stands, and how it came into the artifact.

use super::paths::Paths;
use crate::policy::rules::Ruling;
use crate::report::{Finding, SbomPlace};
use crate::sbom::locate::{Found, Sought, locate};
use crate::sbom::{Component, Document, Limits, Place};

/// Members that state licences, in the words of every format.
const LICENCE_MEMBERS: [&str; 6] = [
    "licenses",
    "license",
    "licenseDeclared",
    "licenseConcluded",
    "PackageLicenseDeclared",
    "PackageLicenseConcluded",
];
/// Members that say which package it is.
const PACKAGE_MEMBERS: [&str; 5] = [
    "purl",
    "externalRefs",
    "software_packageUrl",
    "externalIdentifier",
    "ExternalRef",
];

/// The document that is told about.
pub(super) struct Source<'s> {
    /// Location of the attestation, or the path of the file.
    pub(super) name: &'s str,
    /// Whether it is a predicate.
    pub(super) is_attested: bool,
    /// The document.
    pub(super) text: &'s str,
    /// What it was read with.
    pub(super) limits: &'s Limits,
}

/// An objection and how often it was made.
pub(super) struct Objection<'d, 'a> {
    /// The objection.
    pub(super) ruling: Ruling,
    /// The first place it is made to.
    pub(super) first: Spot<'d, 'a>,
    /// How many further components of the package it is made to.
    pub(super) others: usize,
}

/// Where in the document something stands that is objected to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot<'d, 'a> {
    /// The component that it is about; `None` where that is not in the document.
    pub(super) component: Option<&'d Component<'a>>,
    /// What offends, where it is not the component itself.
    pub(super) offender: Option<Place>,
}

impl<'d, 'a> Spot<'d, 'a> {
    /// A component itself.
    pub(super) fn component(component: &'d Component<'a>) -> Self {
        Self {
            component: Some(component),
            offender: None,
        }
    }

    fn place(&self) -> Place {
        let component = self.component.map(|component| component.place);
        self.offender.or(component).unwrap_or_default()
    }
}

/// The findings, each with its place.
pub(super) fn place(
    source: &Source<'_>,
    document: &Document<'_>,
    objections: Vec<Objection<'_, '_>>,
) -> Vec<Finding> {
    let paths = Paths::of(document);
    let sought: Vec<Sought<'_>> = objections.iter().map(Objection::sought).collect();
    let found = locate(source.text, document.format, &sought, source.limits);
    let placed = objections.into_iter().zip(found);
    placed
        .map(|(objection, found)| objection.into_finding(source, document, &paths, found))
        .collect()
}

/// Findings about the document, each with the offset of what it is about where there is such a place.
pub(super) fn point(
    source: &Source<'_>,
    document: &Document<'_>,
    findings: Vec<(Option<u64>, Finding)>,
) -> Vec<Finding> {
    let sought: Vec<Sought<'_>> = findings
        .iter()
        .filter_map(|(offset, _)| offset.map(whole))
        .collect();
    let mut found = locate(source.text, document.format, &sought, source.limits).into_iter();
    let placed = |(offset, finding): (Option<u64>, Finding)| match offset.and_then(|_| found.next().flatten())
    {
        Some(found) => finding.in_sbom(source.place(found)),
        None => finding,
    };
    findings.into_iter().map(placed).collect()
}

/// A value as a whole.
fn whole(offset: u64) -> Sought<'static> {
    Sought {
        offset,
        members: &[],
        value: None,
    }
}

impl Source<'_> {
    fn place(&self, found: Found) -> SbomPlace {
        SbomPlace {
            document: self.name.to_owned(),
            attested: self.is_attested,
            line: found.line,
            column: found.column,
            path: found.path,
            version: None,
            reached_by: Vec::new(),
            others: 0,
            excerpt: found.excerpt,
        }
    }
}

impl<'d, 'a> Objection<'d, 'a> {
    /// Counts the same objection once more. Which of them is told does not depend on their order.
    pub(super) fn add(&mut self, ruling: Ruling, spot: Spot<'d, 'a>) {
        let key = |ruling: &Ruling| (ruling.finding.found.clone(), ruling.finding.message.clone());
        if key(&ruling) < key(&self.ruling) {
            self.ruling = ruling;
            self.first = spot;
        }
        self.others += 1;
    }

    /// What is said, to be marked as known.
    pub(super) fn finding(&mut self) -> &mut Finding {
        &mut self.ruling.finding
    }

    /// What offends: the licence, or else the package URL.
    fn sought(&self) -> Sought<'d> {
        let (Some(component), None) = (self.first.component, self.first.offender) else {
            return whole(self.first.place().offset);
        };
        let Component {
            licences,
            purl,
            place,
            ..
        } = component;
        let (members, value): (&'static [&'static str], _) =
            if self.ruling.finding.code.name().starts_with("licence-") {
                let has_term = |text: &&str| {
                    !self.ruling.decided_by.is_empty() && text.contains(&self.ruling.decided_by)
                };
                let mut stated = licences.iter().map(|licence| licence.text.as_ref());
                let first = stated.clone().next();
                (&LICENCE_MEMBERS, stated.find(has_term).or(first))
            } else {
                (&PACKAGE_MEMBERS, purl.as_deref())
            };
        Sought {
            offset: place.offset,
            members,
            value,
        }
    }

    fn into_finding(
        self,
        source: &Source<'_>,
        document: &Document<'_>,
        paths: &Paths,
        found: Option<Found>,
    ) -> Finding {
        let Self {
            ruling,
            first,
            others,
        } = self;
        let found = found.unwrap_or_else(|| Found::line(first.place().line));
        let component = first.component;
        let version = component.and_then(|component| component.version.as_deref());
        let way = component.map(|component| paths.to(document, component.index));
        let place = SbomPlace {
            version: version.map(str::to_owned),
            reached_by: way.unwrap_or_default(),
            others,
            ..source.place(found)
        };
        ruling.finding.in_sbom(place)
    }
}
