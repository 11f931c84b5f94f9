//! What accepted VEX documents say about one vulnerability of one component.
//!
//! Of several versions of a document the highest counts. Of several statements about the same thing the latest counts,
//! and of those of one time each has to excuse. A statement excuses only where it is exactly about the component in this
//! artifact; it speaks against an excuse as soon as it may be about it.

use std::collections::HashMap;
use std::rc::Rc;

use jiff::Timestamp;

use crate::attestation::vex::{Document, Identity, Product, Statement, Status};
use crate::ops::verify::VexEvidence;
use crate::policy::rules::{MAX_CLOCK_SKEW, Mode, VulnerabilityRules};
use crate::purl::Purl;
use crate::report::{Code, Finding};
use crate::sbom::binding::{Verified, image_digest};
use crate::sbom::{Component, HashAlgorithm};
use crate::subject::{Algorithm, Digest};

/// Statements of accepted documents, by the names of their vulnerabilities in upper case.
pub(super) struct Vex<'v> {
    about: HashMap<String, Vec<Told>>,
    digests: &'v [Verified],
    now: Timestamp,
    /// Whether there can be no other documents.
    pub(super) is_complete: bool,
}

/// A statement and where it stands.
struct Told {
    statement: Rc<Statement>,
    place: Rc<str>,
}

/// What accepted documents say about one vulnerability of one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    /// Nothing.
    Nothing,
    /// Something about the same vulnerability of something else; where.
    Elsewhere(String),
    /// That it stands; why.
    Against(String),
    /// That it does no harm; why, and who says so.
    Excuse(String),
}

/// The artifact as a document knows it.
#[derive(Clone, Copy)]
pub(super) struct Artifact<'d, 'a> {
    /// The root of the document, where there is one and only one.
    pub(super) root: Option<&'d Component<'a>>,
}

/// How far a statement is about a component in this artifact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It is about something else.
    None,
    /// It may be about it, or about a part of where it is.
    Loose,
    /// It is about it.
    Exact,
}

impl<'v> Vex<'v> {
    /// Reads the accepted documents, where a rule needs them. One that cannot be read is a finding.
    pub(super) fn read(
        evidence: &VexEvidence,
        digests: &'v [Verified],
        rules: Option<&VulnerabilityRules>,
        now: Timestamp,
    ) -> (Self, Vec<Finding>) {
        let mut documents = Vec::new();
        let mut findings = Vec::new();
        let mode = rules.map_or(Mode::Off, |rules| rules.mode);
        for attested in evidence.documents.iter().filter(|_| mode != Mode::Off) {
            match Document::parse(&attested.text) {
                Ok(document) => documents.push((document, attested.location.as_str())),
                Err(detail) => {
                    let message = format!("{}: the VEX document cannot be read: {detail}", attested.location);
                    let finding = Finding::new(Code::VexUnreadable, message)
                        .help("have its author attest a well-formed document");
                    findings.extend(mode.apply(finding));
                }
            }
        }
        let mut newest: HashMap<(String, String), u64> = HashMap::new();
        let series = |document: &Document| (document.id.clone(), document.author.clone());
        for (document, _) in &documents {
            let version = newest.entry(series(document)).or_default();
            *version = document.version.max(*version);
        }
        documents.retain(|(document, _)| newest.get(&series(document)) == Some(&document.version));
        let mut vex = Self {
            about: HashMap::new(),
            digests,
            now,
            is_complete: evidence.is_complete,
        };
        for (document, location) in documents {
            vex.add(document, location);
        }
        (vex, findings)
    }

    fn add(&mut self, document: Document, location: &str) {
        let place: Rc<str> = format!("{} in {location}", document.id).into();
        for statement in document.statements {
            let statement = Rc::new(statement);
            let mut names: Vec<String> = statement.names.iter().map(|name| key(name)).collect();
            names.sort_unstable();
            names.dedup();
            for name in names {
                self.about.entry(name).or_default().push(Told {
                    statement: statement.clone(),
                    place: place.clone(),
                });
            }
        }
    }

    /// What is said about a vulnerability with these ids, of a component where it is in the document.
    pub(super) fn hear<'i>(
        &self,
        ids: impl IntoIterator<Item = &'i str>,
        component: Option<&Component<'_>>,
        artifact: Artifact<'_, '_>,
    ) -> Heard {
        let ids = ids.into_iter().map(key);
        let named = ids.filter_map(|id| self.about.get(&id)).flatten();
        let mut elsewhere = None;
        let mut counted: Vec<&Told> = Vec::new();
        for told in named {
            match (
                self.fit(&told.statement, component, artifact),
                told.statement.status,
            ) {
                (Fit::Exact, _) | (Fit::Loose, Status::Affected | Status::UnderInvestigation) => {
                    counted.push(told)
                }
                (Fit::Loose | Fit::None, _) => elsewhere = Some(told),
            }
        }
        let latest = counted.iter().map(|told| told.statement.time).max();
        let Some(latest) = latest else {
            return match elsewhere {
                Some(told) => Heard::Elsewhere(format!(
                    "the VEX statement about it in {} is about another product or part",
                    told.place
                )),
                None => Heard::Nothing,
            };
        };
        let mut excuse = None;
        for told in counted.iter().filter(|told| told.statement.time == latest) {
            match self.excuse(&told.statement) {
                Ok(words) => excuse = Some(format!("{words}, {}, {}", told.statement.time, told.place)),
                Err(why) => {
                    return Heard::Against(format!("{why} ({}, {})", told.statement.time, told.place));
                }
            }
        }
        excuse.map_or(Heard::Nothing, Heard::Excuse)
    }

    /// Why a statement excuses, or why it does not.
    fn excuse(&self, statement: &Statement) -> Result<String, String> {
        let label = statement.status.label();
        let ahead = statement.time.as_second().saturating_sub(self.now.as_second());
        if ahead > MAX_CLOCK_SKEW {
            return Err(format!(
                "the latest VEX statement says {label} from a time to come"
            ));
        }
        match (statement.status, &statement.reason) {
            (Status::Fixed, _) => Ok("VEX says fixed".to_owned()),
            (Status::NotAffected, Some(reason)) => Ok(format!("VEX says not_affected: {reason}")),
            (Status::NotAffected, None) => {
                Err("the latest VEX statement says not_affected and gives no reason".to_owned())
            }
            (Status::Affected | Status::UnderInvestigation, _) => {
                Err(format!("the latest VEX statement says {label}"))
            }
        }
    }

    fn fit(
        &self,
        statement: &Statement,
        component: Option<&Component<'_>>,
        artifact: Artifact<'_, '_>,
    ) -> Fit {
        let products = statement.products.iter();
        products
            .map(|product| self.fit_of(product, component, artifact))
            .max()
            .unwrap_or(Fit::None)
    }

    fn fit_of(
        &self,
        product: &Product,
        component: Option<&Component<'_>>,
        artifact: Artifact<'_, '_>,
    ) -> Fit {
        let whole = match &product.identity {
            None => Fit::Exact,
            Some(identity) => self.is_artifact(identity, artifact),
        };
        let of =
            |identity: &Identity| component.map_or(Fit::Loose, |component| is_component(identity, component));
        if product.parts.is_empty() {
            let itself = product.identity.as_ref().map_or(Fit::None, of);
            return whole.max(itself);
        }
        let part = product.parts.iter().map(of).max().unwrap_or(Fit::None);
        // Said of another product with this part, or of this component with a part of its own.
        let itself = product.identity.as_ref().map_or(Fit::None, of);
        match (whole, part) {
            (Fit::Exact, part) => part.max(itself.min(Fit::Loose)),
            (_, part) => part.max(itself).min(Fit::Loose),
        }
    }

    /// Whether a product is the artifact: by a digest that was verified, or by the package URL of the document's root.
    fn is_artifact(&self, identity: &Identity, artifact: Artifact<'_, '_>) -> Fit {
        let mut fits = false;
        let mut contradicts = false;
        let mut compare = |digest: &Digest| {
            let same_algorithm = |known: &&Verified| known.digest.algorithm() == digest.algorithm();
            let is_known = self.digests.iter().any(|known| known.digest == *digest);
            fits |= is_known;
            contradicts |= !is_known && self.digests.iter().any(|known| same_algorithm(&known));
        };
        for (algorithm, hex) in &identity.hashes {
            if let Some(digest) = digest(algorithm, hex) {
                compare(&digest);
            }
        }
        let purls = || identity.purls.iter().filter_map(|purl| Purl::parse(purl).ok());
        for digest in purls().filter_map(|purl| image_digest(&purl)) {
            compare(&digest);
        }
        let root = artifact.root.and_then(|root| Some((root, parsed(root)?)));
        let is_root = root.is_some_and(|(root, purl)| purls().any(|general| covers(&general, &purl, root)));
        match (fits || is_root, contradicts) {
            (true, false) => Fit::Exact,
            (true, true) => Fit::Loose,
            (false, _) if is_opaque(identity) => Fit::Loose,
            (false, _) => Fit::None,
        }
    }
}

fn key(id: &str) -> String {
    id.trim().to_ascii_uppercase()
}

/// Whether nothing that identifies it can be compared here: it is named by a CPE or by an address alone.
fn is_opaque(identity: &Identity) -> bool {
    identity.purls.is_empty() && identity.hashes.is_empty()
}

/// Whether a product or a part is a component. Every identifier that can be compared has to agree.
fn is_component(identity: &Identity, component: &Component<'_>) -> Fit {
    let own = parsed(component);
    let agrees = |purl: &String| {
        let general = Purl::parse(purl).ok();
        let both = general.as_ref().zip(own.as_ref());
        both.is_some_and(|(general, own)| covers(general, own, component))
    };
    let hashes = identity.hashes.iter().filter_map(|(name, hex)| {
        let algorithm = HashAlgorithm::from_name(name)?;
        let mut own = component.hashes.iter().filter(|hash| hash.algorithm == algorithm);
        let first = own.next()?;
        let is_same = |other: &str| other.eq_ignore_ascii_case(hex);
        let agrees = is_same(&first.hex) && own.all(|hash| is_same(&hash.hex));
        Some((is_strong(algorithm), agrees))
    });
    let hashes: Vec<(bool, bool)> = hashes.collect();
    let any = identity.purls.iter().any(agrees) || hashes.iter().any(|(_, agrees)| *agrees);
    let all = identity.purls.iter().all(agrees) && hashes.iter().all(|(_, agrees)| *agrees);
    let is_named = !identity.purls.is_empty() || hashes.iter().any(|(is_strong, _)| *is_strong);
    match (any, all && is_named) {
        (true, true) => Fit::Exact,
        (true, false) => Fit::Loose,
        (false, _) if is_opaque(identity) => Fit::Loose,
        (false, _) => Fit::None,
    }
}

/// Whether nobody can make two things with the same hash.
fn is_strong(algorithm: HashAlgorithm) -> bool {
    !matches!(algorithm, HashAlgorithm::Md5 | HashAlgorithm::Sha1)
}

fn parsed<'c>(component: &'c Component<'_>) -> Option<Purl<'c>> {
    Purl::parse(component.purl.as_deref()?).ok()
}

/// Whether a package URL stands for a component: the same package, and everything else that it says.
fn covers(general: &Purl<'_>, own: &Purl<'_>, component: &Component<'_>) -> bool {
    let version = own.version().or(component.version.as_deref());
    general.package() == own.package()
        && general.version().is_none_or(|wanted| version == Some(wanted))
        && general
            .qualifiers()
            .all(|(key, value)| own.qualifier(key) == Some(value))
        && general
            .subpath()
            .is_none_or(|wanted| own.subpath() == Some(wanted))
}

/// A digest by the name that OpenVEX has for its algorithm (OpenVEX 0.2.0, Hash Names Table), or the one without dash.
fn digest(algorithm: &str, hex: &str) -> Option<Digest> {
    let algorithm = match HashAlgorithm::from_name(algorithm)? {
        HashAlgorithm::Sha256 => Algorithm::Sha256,
        HashAlgorithm::Sha384 => Algorithm::Sha384,
        HashAlgorithm::Sha512 => Algorithm::Sha512,
        _ => return None,
    };
    Digest::parse_hex(algorithm, hex).ok()
}
