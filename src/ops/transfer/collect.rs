//! What belongs to an image: its manifests, the evidence about each of them, and the blobs of all.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::num::NonZeroUsize;

use crate::ops::pool;
use crate::registry::limits::{MAX_INDEX_DEPTH, MAX_MANIFEST_TOTAL_BYTES, MAX_MANIFESTS};
use crate::registry::{Content, Descriptor, LegacyTag, Listing, ManifestKind, RawManifest, Source};
use crate::report::{Code, Finding};
use crate::subject::Digest;

/// How deep evidence about evidence may go: a signature over an SBOM is two.
const MAX_EVIDENCE_DEPTH: usize = 4;

/// Everything that is copied.
#[derive(Debug)]
pub struct Freight {
    /// The image or index that was asked for.
    pub root: RawManifest,
    /// The manifests inside an index, each after those that it lists.
    pub parts: Vec<RawManifest>,
    /// The evidence about each of these manifests, and about the evidence.
    pub attached: Vec<Attached>,
    /// The configurations, layers and evidence that all of them point to, each once.
    pub blobs: Vec<Descriptor>,
    /// What is worth knowing: that nothing is attached, or that something was left out.
    pub findings: Vec<Finding>,
}

/// One manifest with evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// The digest that it is about.
    pub about: Digest,
    /// The manifest.
    pub manifest: RawManifest,
    /// How it is tied to that digest.
    pub how: How,
}

/// How evidence is tied to what it is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// By its `subject` (OCI 1.1).
    Referrer,
    /// By one of cosign's tags.
    Tag(String),
}

/// Lists what belongs to `root`, and reads all of its manifests. `jobs` places are asked at the same time.
///
/// # Errors
///
/// When a manifest cannot be read or a place did not answer: what is not known completely is not copied.
pub fn collect(source: &impl Source, root: &Descriptor, jobs: NonZeroUsize) -> Result<Freight, Box<Finding>> {
    let root = source.raw(root)?;
    let mut gathered = Gathered::default();
    gathered.account(&root)?;
    let parts = parts(source, &root, &mut gathered)?;
    let mut waiting: Vec<Digest> = std::iter::once(&root)
        .chain(&parts)
        .map(|manifest| manifest.descriptor().digest.clone())
        .collect();
    let mut asked: BTreeSet<Digest> = waiting.iter().cloned().collect();
    for _ in 0..MAX_EVIDENCE_DEPTH {
        let found = pool::map(jobs, &waiting, |digest| evidence(source, digest));
        waiting = Vec::new();
        for found in found {
            for attached in found?.take(&mut gathered)? {
                let digest = attached.manifest.descriptor().digest.clone();
                if asked.insert(digest.clone()) {
                    waiting.push(digest);
                }
            }
        }
        if waiting.is_empty() {
            break;
        }
    }
    if !waiting.is_empty() {
        let message = format!("evidence about evidence goes deeper than {MAX_EVIDENCE_DEPTH} steps");
        return Err(Box::new(Finding::new(Code::LayoutMalformed, message)));
    }
    let Gathered {
        attached,
        mut findings,
        ..
    } = gathered;
    if attached.is_empty() && parts.iter().all(|part| !is_evidence(part)) {
        let digest = &root.descriptor().digest;
        findings.push(
            Finding::new(Code::NothingAttached, format!("nothing is attached to {digest}"))
                .help("if there should be evidence, look for it where the image came from first"),
        );
    }
    let mut freight = Freight {
        root,
        parts,
        attached,
        blobs: Vec::new(),
        findings,
    };
    freight.list_blobs();
    Ok(freight)
}

/// BuildKit keeps its attestations inside the index.
fn is_evidence(manifest: &RawManifest) -> bool {
    let Content::Image { layers, .. } = &manifest.document().content else {
        return false;
    };
    !layers.is_empty()
        && layers
            .iter()
            .all(|layer| layer.media_type == "application/vnd.in-toto+json")
}

/// What has been read so far.
#[derive(Debug, Default)]
struct Gathered {
    attached: Vec<Attached>,
    findings: Vec<Finding>,
    seen: BTreeSet<(Digest, Digest, How)>,
    count: usize,
    bytes: u64,
}

impl Gathered {
    /// Counts a manifest against the limits.
    fn account(&mut self, manifest: &RawManifest) -> Result<(), Box<Finding>> {
        self.count = self.count.saturating_add(1);
        self.bytes = self.bytes.saturating_add(manifest.descriptor().size);
        match self.count > MAX_MANIFESTS || self.bytes > MAX_MANIFEST_TOTAL_BYTES {
            true => Err(Box::new(Finding::new(
                Code::LayoutMalformed,
                format!(
                    "the image has more than {MAX_MANIFESTS} manifests, or more than {MAX_MANIFEST_TOTAL_BYTES} bytes of them"
                ),
            ))),
            false => Ok(()),
        }
    }
}

/// The manifests inside an index, at any depth, each after those that it lists.
fn parts(
    source: &impl Source,
    root: &RawManifest,
    gathered: &mut Gathered,
) -> Result<Vec<RawManifest>, Box<Finding>> {
    let mut parts = Vec::new();
    let mut seen = BTreeSet::from([root.descriptor().digest.clone()]);
    let mut queue: VecDeque<(usize, Descriptor)> = listed(root, 1).collect();
    while let Some((depth, descriptor)) = queue.pop_front() {
        if !seen.insert(descriptor.digest.clone()) {
            continue;
        }
        if depth > MAX_INDEX_DEPTH {
            let message = format!("indexes are nested deeper than {MAX_INDEX_DEPTH}");
            return Err(Box::new(Finding::new(Code::LayoutMalformed, message)));
        }
        let part = source.raw(&descriptor)?;
        gathered.account(&part)?;
        queue.extend(listed(&part, depth.saturating_add(1)));
        parts.push(part);
    }
    // Breadth first, turned round: what is listed comes before what lists it.
    parts.reverse();
    Ok(parts)
}

fn listed(index: &RawManifest, depth: usize) -> impl Iterator<Item = (usize, Descriptor)> {
    let manifests = index.document().manifests().to_vec();
    manifests.into_iter().map(move |descriptor| (depth, descriptor))
}

/// What is attached to one digest.
#[derive(Debug, Default)]
struct Evidence {
    attached: Vec<Attached>,
    findings: Vec<Finding>,
}

impl Evidence {
    /// Moves what is new to what was gathered, and gives it.
    fn take(self, gathered: &mut Gathered) -> Result<Vec<Attached>, Box<Finding>> {
        gathered.findings.extend(self.findings);
        let mut new = Vec::new();
        for attached in self.attached {
            let digest = attached.manifest.descriptor().digest.clone();
            let key = (attached.about.clone(), digest, attached.how.clone());
            if gathered.seen.insert(key) {
                gathered.account(&attached.manifest)?;
                gathered.attached.push(attached.clone());
                new.push(attached);
            }
        }
        Ok(new)
    }

    fn add(
        &mut self,
        source: &impl Source,
        about: &Digest,
        descriptor: &Descriptor,
        how: How,
    ) -> Result<(), Box<Finding>> {
        let manifest = source.raw(descriptor)?;
        let subject = manifest.document().subject.as_ref();
        if how == How::Referrer && subject.map(|subject| &subject.digest) != Some(about) {
            let message = format!(
                "{} is listed as a referrer of {about} and is none",
                descriptor.digest
            );
            self.findings.push(Finding::new(Code::NotCopied, message));
            return Ok(());
        }
        self.attached.push(Attached {
            about: about.clone(),
            manifest,
            how,
        });
        Ok(())
    }
}

/// Asks every place that evidence is kept in.
fn evidence(source: &impl Source, digest: &Digest) -> Result<Evidence, Box<Finding>> {
    let mut evidence = Evidence::default();
    for descriptor in complete(source.referrers(digest))? {
        evidence.add(source, digest, &descriptor, How::Referrer)?;
    }
    for index in complete(source.tagged(&LegacyTag::Referrers.of(digest)))? {
        for descriptor in source.raw(&index)?.document().manifests() {
            evidence.add(source, digest, descriptor, How::Referrer)?;
        }
    }
    for tag in [LegacyTag::Signatures, LegacyTag::Attestations, LegacyTag::Sbom] {
        let tag = tag.of(digest);
        for descriptor in complete(source.tagged(&tag))? {
            evidence.add(source, digest, &descriptor, How::Tag(tag.clone()))?;
        }
    }
    for descriptor in source
        .saved_with(digest)
        .map(complete)
        .transpose()?
        .unwrap_or_default()
    {
        match LegacyTag::saved_as(&descriptor) {
            Some(tag) => evidence.add(source, digest, &descriptor, How::Tag(tag.of(digest)))?,
            None => {
                let message = format!("{} has a mark of cosign's that is not known", descriptor.digest);
                evidence.findings.push(Finding::new(Code::NotCopied, message));
            }
        }
    }
    Ok(evidence)
}

/// What a place listed, if it listed everything.
fn complete(listing: Listing) -> Result<Vec<Descriptor>, Box<Finding>> {
    match listing.failed.into_iter().next() {
        Some(failed) => Err(Box::new(failed)),
        None => Ok(listing.found),
    }
}

impl Freight {
    /// Every manifest that is copied.
    pub fn manifests(&self) -> impl Iterator<Item = &RawManifest> {
        let attached = self.attached.iter().map(|attached| &attached.manifest);
        std::iter::once(&self.root).chain(&self.parts).chain(attached)
    }

    /// Bytes of all blobs.
    pub fn blob_bytes(&self) -> u64 {
        self.blobs
            .iter()
            .fold(0, |sum: u64, blob| sum.saturating_add(blob.size))
    }

    fn list_blobs(&mut self) {
        let mut blobs: BTreeMap<Digest, Descriptor> = BTreeMap::new();
        let mut left_out = BTreeSet::new();
        for manifest in self.manifests() {
            let Content::Image { config, layers } = &manifest.document().content else {
                continue;
            };
            for blob in std::iter::once(config).chain(layers) {
                match may_be_absent(&blob.media_type) {
                    true => drop(left_out.insert(blob.digest.clone())),
                    false => drop(blobs.entry(blob.digest.clone()).or_insert_with(|| blob.clone())),
                }
            }
        }
        self.blobs = blobs.into_values().collect();
        self.findings.extend(left_out.into_iter().map(|digest| {
            let message = format!("layer {digest} may not be distributed, and registries do not have it");
            Finding::new(Code::NotCopied, message)
        }));
    }

    /// The kind of the root.
    pub fn kind(&self) -> ManifestKind {
        self.root.document().kind()
    }
}

/// Layers that are fetched from elsewhere (OCI image specification, non-distributable layers).
fn may_be_absent(media_type: &str) -> bool {
    media_type.starts_with("application/vnd.oci.image.layer.nondistributable.")
        || media_type.starts_with("application/vnd.docker.image.rootfs.foreign.")
}
