//! How far a statement is about a component in this artifact.

use crate::attestation::vex::{Identity, Product, Statement};
use crate::purl::Purl;
use crate::sbom::binding::{Verified, image_digest};
use crate::sbom::{Component, HashAlgorithm};
use crate::subject::{Algorithm, Digest};

/// The artifact that a document is about.
#[derive(Clone, Copy)]
pub(in crate::ops::sbom_check) struct Artifact<'d, 'a> {
    /// The digests that were verified.
    pub(in crate::ops::sbom_check) digests: &'d [Verified],
    /// The root of the document, where there is one and only one.
    pub(in crate::ops::sbom_check) root: Option<&'d Component<'a>>,
}

/// How far a statement is about a component in this artifact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// It is about something else.
    None,
    /// It may be about it, or about a part of where it is.
    Loose,
    /// It is about it.
    Exact,
}

/// How far a statement is about a component; `None` is one that is not in the document.
pub(super) fn fit(
    statement: &Statement,
    component: Option<&Component<'_>>,
    artifact: Artifact<'_, '_>,
) -> Fit {
    let products = statement.products.iter();
    products
        .map(|product| fit_of(product, component, artifact))
        .max()
        .unwrap_or(Fit::None)
}

fn fit_of(product: &Product, component: Option<&Component<'_>>, artifact: Artifact<'_, '_>) -> Fit {
    let whole = match &product.identity {
        None => Fit::Exact,
        Some(identity) => is_artifact(identity, artifact),
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
fn is_artifact(identity: &Identity, artifact: Artifact<'_, '_>) -> Fit {
    let mut fits = false;
    let mut contradicts = false;
    let mut compare = |digest: &Digest| {
        let same_algorithm = |known: &&Verified| known.digest.algorithm() == digest.algorithm();
        let is_known = artifact.digests.iter().any(|known| known.digest == *digest);
        fits |= is_known;
        contradicts |= !is_known && artifact.digests.iter().any(|known| same_algorithm(&known));
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
    let is_root =
        root.is_some_and(|(root, purl)| purls().any(|general| likeness(&general, &purl, root) == Fit::Exact));
    match (fits || is_root, contradicts) {
        (true, false) => Fit::Exact,
        (true, true) => Fit::Loose,
        (false, _) if is_opaque(identity) => Fit::Loose,
        (false, _) => Fit::None,
    }
}

/// Whether nothing that identifies it can be compared here: it is named by a CPE or by an address alone.
fn is_opaque(identity: &Identity) -> bool {
    identity.purls.is_empty() && identity.hashes.is_empty()
}

/// Whether a product or a part is a component. Every identifier that can be compared has to agree.
fn is_component(identity: &Identity, component: &Component<'_>) -> Fit {
    let own = parsed(component);
    let of_purl = |purl: &String| {
        let general = Purl::parse(purl).ok();
        let both = general.as_ref().zip(own.as_ref());
        both.map_or(Fit::None, |(general, own)| likeness(general, own, component))
    };
    let of_hash = |(name, hex): &(String, String)| {
        let algorithm = HashAlgorithm::from_name(name)?;
        let mut own = component.hashes.iter().filter(|hash| hash.algorithm == algorithm);
        let first = own.next()?;
        let is_same = |other: &str| other.eq_ignore_ascii_case(hex);
        Some(match is_same(&first.hex) && own.all(|hash| is_same(&hash.hex)) {
            // Anybody can make two things with the same weak hash.
            true if is_strong(algorithm) || !identity.purls.is_empty() => Fit::Exact,
            true => Fit::Loose,
            false => Fit::None,
        })
    };
    let purls = identity.purls.iter().map(of_purl);
    let fits: Vec<Fit> = purls.chain(identity.hashes.iter().filter_map(of_hash)).collect();
    let (best, worst) = (fits.iter().max().copied(), fits.iter().min().copied());
    match (best.unwrap_or(Fit::None), worst.unwrap_or(Fit::None)) {
        (Fit::None, _) if is_opaque(identity) => Fit::Loose,
        (Fit::None, _) => Fit::None,
        (_, Fit::Exact) => Fit::Exact,
        (..) => Fit::Loose,
    }
}

/// Whether nobody can make two things with the same hash.
fn is_strong(algorithm: HashAlgorithm) -> bool {
    !matches!(algorithm, HashAlgorithm::Md5 | HashAlgorithm::Sha1)
}

fn parsed<'c>(component: &'c Component<'_>) -> Option<Purl<'c>> {
    Purl::parse(component.purl.as_deref()?).ok()
}

/// Whether a package URL stands for a component: the same package, and everything else that it says. Where the component
/// does not say it, it may.
fn likeness(general: &Purl<'_>, own: &Purl<'_>, component: &Component<'_>) -> Fit {
    if general.package() != own.package() {
        return Fit::None;
    }
    let version = (general.version(), own.version().or(component.version.as_deref()));
    let qualifiers = general
        .qualifiers()
        .map(|(key, value)| (Some(value), own.qualifier(key)));
    let said = qualifiers.chain([version, (general.subpath(), own.subpath())]);
    let each = said.map(|(wanted, own)| match (wanted, own) {
        (None, _) => Fit::Exact,
        (Some(_), None) => Fit::Loose,
        (Some(wanted), Some(own)) if wanted == own => Fit::Exact,
        (Some(_), Some(_)) => Fit::None,
    });
    each.min().unwrap_or(Fit::Exact)
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
