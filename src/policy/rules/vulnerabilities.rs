//! The rule about vulnerabilities that a document states. It looks for none itself.

use jiff::civil::Date;

use super::exception::Exceptions;
use super::ingredient::{Identity, Ingredient};
use super::ruling::{Mode, OnUnknown, Ruling, finding};
use crate::report::{Code, Finding, Origin};
use crate::severity::{Assessment, Severity};

/// Which vulnerabilities the ingredients may have.
#[derive(Debug, Clone)]
pub struct VulnerabilityRules {
    /// What becomes of objections.
    pub mode: Mode,
    /// The mildest severity that is objected to.
    pub deny: Severity,
    /// What becomes of vulnerabilities without a rating that can be compared.
    pub unknown: OnUnknown,
    /// Whether the document that states a vulnerability may excuse it as well.
    pub analysis: Analysis,
    /// Exceptions for single packages.
    pub exceptions: Exceptions<VulnerabilityException>,
    /// Where the severity is written.
    pub deny_origin: Origin,
    /// Where it is written what becomes of those without a rating, or the table.
    pub unknown_origin: Origin,
}

/// What the analysis in the document itself is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Analysis {
    /// Nothing: a document does not excuse what it states.
    #[default]
    Ignore,
    /// It excuses.
    Believe,
}

/// Which vulnerability an exception is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VulnerabilityException {
    /// One of its ids, in any case.
    pub id: String,
}

/// One vulnerability of one component, as a document states it.
#[derive(Debug, Clone)]
pub struct StatedVulnerability<'a> {
    /// Its id and its ids elsewhere; empty where the document gives none.
    pub ids: Vec<&'a str>,
    /// What its ratings come to.
    pub assessment: Assessment,
    /// The component; the text by which the document names it where it is not in the document, `None` where the
    /// document does not name one.
    pub affected: Affected<'a>,
    /// What others say about it.
    pub word: Word,
}

/// What a vulnerability is stated of.
#[derive(Debug, Clone)]
pub enum Affected<'a> {
    /// A component of the document.
    Component(Box<Ingredient<'a>>),
    /// Something that is not in the document.
    Elsewhere(&'a str),
    /// The document does not say.
    Unsaid,
}

/// What is said about a vulnerability beside its ratings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// Nothing.
    Nothing,
    /// It stands in spite of what is said, and why.
    Stands(String),
    /// It does no harm here, and who says so.
    Excused(String),
}

impl Affected<'_> {
    /// The package without its version, for people and for fingerprints.
    fn package(&self) -> String {
        match self {
            Self::Component(ingredient) => ingredient.package(),
            Self::Elsewhere(target) => (*target).to_owned(),
            Self::Unsaid => "the artifact".to_owned(),
        }
    }

    fn exactly(&self) -> String {
        match self {
            Self::Component(ingredient) => match (&ingredient.identity, ingredient.version) {
                (Identity::Package(purl), _) => purl.to_string(),
                (_, Some(version)) => format!("{} {version}", ingredient.name),
                (_, None) => ingredient.name.to_owned(),
            },
            Self::Elsewhere(_) | Self::Unsaid => self.package(),
        }
    }
}

impl VulnerabilityRules {
    /// Whether the rule looks at vulnerabilities at all.
    pub fn is_on(&self) -> bool {
        self.mode != Mode::Off
    }

    /// Whether there can be anything against a vulnerability with these ratings.
    pub fn objects_to(&self, assessment: Assessment) -> bool {
        self.objection(assessment).is_some()
    }

    /// Looks at one vulnerability of one component on a day, in UTC. One that is excused and would be objected to
    /// otherwise is told as well.
    pub fn rule(&self, stated: &StatedVulnerability<'_>, today: Date) -> Option<Ruling> {
        let objection = self.objection(stated.assessment)?;
        let ended = match &stated.affected {
            Affected::Component(ingredient) => {
                let is_about = |exception: &VulnerabilityException| {
                    stated.ids.iter().any(|id| id.eq_ignore_ascii_case(&exception.id))
                };
                let excepted = self.exceptions.of_those(ingredient, today, is_about);
                if !excepted.holding.is_empty() {
                    return None;
                }
                excepted.ended()
            }
            Affected::Elsewhere(_) | Affected::Unsaid => String::new(),
        };
        let package = stated.affected.package();
        let id = stated
            .ids
            .first()
            .copied()
            .unwrap_or("a vulnerability without an id");
        let has = format!("{package} has {id}, {}", objection.what);
        let found = stated.affected.exactly();
        let why = match &stated.word {
            Word::Excused(word) => {
                let message = format!("{has}, and is excused: {word}");
                let code = Code::VulnerabilityExcused;
                let mut finding = finding(code, message, found, Some(objection.origin));
                // It is no objection: there is nothing to accept, and it weighs nothing.
                finding.audited = objection.mode == Mode::Audit;
                finding.package = Some(package.clone());
                return Some(Ruling {
                    finding,
                    package,
                    decided_by: id.to_owned(),
                });
            }
            Word::Stands(why) => format!("; {why}"),
            Word::Nothing => String::new(),
        };
        let finding = objection.finding(format!("{has}{ended}{why}"), found);
        Ruling::new(objection.mode, package, id.to_owned(), finding)
    }

    /// What there is against a vulnerability by its ratings alone.
    fn objection(&self, assessment: Assessment) -> Option<Objection<'_>> {
        if self.mode == Mode::Off {
            return None;
        }
        if let Some(severity) = assessment.worst.filter(|worst| *worst >= self.deny) {
            return Some(Objection {
                code: Code::VulnerabilityDenied,
                what: format!("which is rated {severity}"),
                mode: self.mode,
                origin: &self.deny_origin,
            });
        }
        let what = match (assessment.worst, assessment.may_be_worse) {
            (Some(_), false) => return None,
            (Some(worst), true) => {
                format!("which is rated {worst} and has another rating that cannot be compared")
            }
            (None, true) => "whose ratings cannot be compared".to_owned(),
            (None, false) => "which nobody has rated".to_owned(),
        };
        Some(Objection {
            code: Code::VulnerabilityUnrated,
            what,
            mode: self.mode.of_unknown(self.unknown)?,
            origin: &self.unknown_origin,
        })
    }
}

struct Objection<'r> {
    code: Code,
    what: String,
    mode: Mode,
    origin: &'r Origin,
}

impl Objection<'_> {
    fn finding(&self, message: String, found: String) -> Finding {
        finding(self.code, message, found, Some(self.origin)).help(
            "use a version with a fix; where it does no harm in this artifact, have whoever answers for that attest an \
             OpenVEX document that says why",
        )
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::policy::rules::Exception;
    use crate::purl::Pattern;
    use crate::report::Severity as Weight;
    use crate::severity::Grade;
    use crate::versions::{Range, Scheme};

    const TODAY: Date = date(2026, 5, 1);

    fn rules(deny: Severity, unknown: OnUnknown) -> VulnerabilityRules {
        VulnerabilityRules {
            mode: Mode::Enforce,
            deny,
            unknown,
            analysis: Analysis::Ignore,
            exceptions: Exceptions::default(),
            deny_origin: Origin::flag("deny"),
            unknown_origin: Origin::flag("unknown"),
        }
    }

    fn ingredient(purl: &str) -> Ingredient<'_> {
        Ingredient {
            group: None,
            name: "component",
            version: None,
            identity: Identity::of(Some(purl)),
            supplier: None,
            hashes: Vec::new(),
            licences: None,
        }
    }

    fn stated(grades: &[Grade]) -> StatedVulnerability<'static> {
        StatedVulnerability {
            ids: vec!["CVE-1", "GHSA-1"],
            assessment: grades.iter().copied().collect(),
            affected: Affected::Component(Box::new(ingredient("pkg:npm/left-pad@1.3.0"))),
            word: Word::Nothing,
        }
    }

    /// The code and the weight of what is said.
    fn said(ruling: Option<&Ruling>) -> Option<(Code, Weight)> {
        ruling.map(|ruling| (ruling.finding.code, ruling.finding.severity))
    }

    #[test]
    fn a_vulnerability_is_decided_by_its_worst_rating() {
        use OnUnknown::{Allow, Audit, Deny};
        let denied = Some((Code::VulnerabilityDenied, Weight::Deny));
        let unrated = |weight| Some((Code::VulnerabilityUnrated, weight));
        let rated = Grade::Rated;
        for (grades, deny, unknown, expected) in [
            (vec![rated(Severity::High)], Severity::High, Deny, denied),
            (vec![rated(Severity::Critical)], Severity::High, Deny, denied),
            (vec![rated(Severity::Medium)], Severity::High, Deny, None),
            (
                vec![rated(Severity::Low), rated(Severity::High)],
                Severity::High,
                Allow,
                denied,
            ),
            (vec![rated(Severity::None)], Severity::None, Allow, denied),
            (vec![rated(Severity::None)], Severity::Info, Deny, None),
            (vec![], Severity::High, Deny, unrated(Weight::Deny)),
            (vec![], Severity::High, Audit, unrated(Weight::Warning)),
            (vec![], Severity::High, Allow, None),
            (vec![Grade::Unsaid], Severity::High, Deny, unrated(Weight::Deny)),
            (
                vec![Grade::Unsaid, rated(Severity::Low)],
                Severity::High,
                Deny,
                None,
            ),
            // A rating that cannot be compared is never passed over for one that can.
            (
                vec![Grade::Opaque, rated(Severity::Low)],
                Severity::High,
                Deny,
                unrated(Weight::Deny),
            ),
            (
                vec![Grade::Opaque, rated(Severity::High)],
                Severity::High,
                Allow,
                denied,
            ),
        ] {
            let found = rules(deny, unknown).rule(&stated(&grades), TODAY);
            assert_eq!(said(found.as_ref()), expected, "{grades:?} {deny} {unknown:?}");
        }
    }

    #[test]
    fn modes_and_words_decide_how_much_it_weighs() {
        let high = stated(&[Grade::Rated(Severity::High)]);
        let excused = StatedVulnerability {
            word: Word::Excused("VEX".to_owned()),
            ..high.clone()
        };
        let stands = StatedVulnerability {
            word: Word::Stands("it is under investigation".to_owned()),
            ..high.clone()
        };
        let rules = |mode| VulnerabilityRules {
            mode,
            ..rules(Severity::High, OnUnknown::Deny)
        };
        let ask = |mode, stated: &StatedVulnerability<'_>| said(rules(mode).rule(stated, TODAY).as_ref());
        let denied = |weight| Some((Code::VulnerabilityDenied, weight));
        let told = Some((Code::VulnerabilityExcused, Weight::Info));
        assert_eq!(ask(Mode::Enforce, &high), denied(Weight::Deny));
        assert_eq!(ask(Mode::Audit, &high), denied(Weight::Warning));
        assert_eq!(ask(Mode::Off, &high), None);
        assert_eq!(ask(Mode::Enforce, &stands), denied(Weight::Deny));
        assert_eq!(ask(Mode::Enforce, &excused), told);
        assert_eq!(ask(Mode::Audit, &excused), told);
        assert_eq!(ask(Mode::Off, &excused), None);
        let ruling = rules(Mode::Enforce).rule(&stands, TODAY).unwrap();
        assert_eq!(
            ruling.finding.message,
            "pkg:npm/left-pad has CVE-1, which is rated high; it is under investigation"
        );
    }

    #[test]
    fn an_exception_is_for_one_vulnerability_of_one_package_until_it_ends() {
        let except = |id: &str, package: &str, versions: &str, expires| {
            let package = Pattern::parse(package).unwrap();
            let exception = Exception {
                versions: Range::parse(Scheme::of_type(package.kind().unwrap()), versions).unwrap(),
                package,
                reason: "not reachable".to_owned(),
                owner: "team@example.com".to_owned(),
                expires,
                origin: Origin::flag("exception"),
            };
            let allows = VulnerabilityException { id: id.to_owned() };
            VulnerabilityRules {
                exceptions: Exceptions::new(vec![(exception, allows)]),
                ..rules(Severity::High, OnUnknown::Deny)
            }
        };
        let stated = stated(&[Grade::Rated(Severity::High)]);
        let later = date(2026, 6, 1);
        for (id, package, versions, expires, passes) in [
            ("CVE-1", "pkg:npm/left-pad", "*", later, true),
            ("ghsa-1", "pkg:npm/*", "*", later, true),
            ("CVE-1", "pkg:npm/left-pad", ">=1, <2", TODAY, true),
            ("CVE-1", "pkg:npm/left-pad", ">=2", later, false),
            ("CVE-11", "pkg:npm/left-pad", "*", later, false),
            ("CVE-1", "pkg:npm/right-pad", "*", later, false),
            ("CVE-1", "pkg:npm/left-pad", "*", date(2026, 4, 30), false),
        ] {
            let ruling = except(id, package, versions, expires).rule(&stated, TODAY);
            assert_eq!(ruling.is_none(), passes, "{id} {package} {versions} {expires}");
            if let Some(ruling) = ruling.filter(|_| expires < TODAY) {
                let end = "its exception (not reachable) ended on 2026-04-30";
                assert!(
                    ruling.finding.message.ends_with(end),
                    "{}",
                    ruling.finding.message
                );
            }
        }
    }

    #[test]
    fn what_has_no_component_is_not_passed_over() {
        let rules = rules(Severity::High, OnUnknown::Deny);
        for (affected, package) in [
            (Affected::Unsaid, "the artifact"),
            (Affected::Elsewhere("urn:cdx:other/1#x"), "urn:cdx:other/1#x"),
        ] {
            let stated = StatedVulnerability {
                affected,
                ids: Vec::new(),
                ..stated(&[Grade::Rated(Severity::Critical)])
            };
            let ruling = rules.rule(&stated, TODAY).unwrap();
            assert_eq!(ruling.package, package);
            assert_eq!(
                ruling.finding.message,
                format!("{package} has a vulnerability without an id, which is rated critical")
            );
        }
    }
}
