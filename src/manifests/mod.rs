//! Deployment files: finding every image that they name, and putting digests in without touching another byte.
//!
//! Read are Kubernetes manifests (every workload kind, lists, custom resources that describe pods, YAML streams and
//! JSON) and Compose files. Nothing is rendered and nothing is guessed: what depends on variables, what two readers of
//! YAML take differently, and what cannot be edited safely is refused with its place.
//!
//! [`find`] and [`rewrite`] are pure. A rewritten text is read again before it is given out.

mod context;
mod image;
mod limits;
mod rewrite;
mod source;
#[cfg(test)]
mod tests;
mod tree;
mod walk;

use std::collections::HashSet;
use std::ops::Range;

use self::context::Context;
use self::source::Source;
use self::tree::{Content, NodeId, Tree};
use self::walk::{Sighting, Walk};
use crate::report::{Code, Finding, Origin};
use crate::subject::{Digest, Reference};

pub use limits::{
    MAX_DEPTH, MAX_DOCUMENTS, MAX_IMAGE_USES, MAX_MANIFEST_BYTES, MAX_NODES, MAX_TOLD, MAX_VISITS,
};
pub use rewrite::{Change, Rewritten, TagStyle, rewrite};

/// What reads a file to deploy it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Kubernetes manifests.
    Kubernetes,
    /// A Compose file.
    Compose,
}

/// How a file is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FindOptions {
    /// Whether a file that names no image passes, as many files of a tree do.
    pub allow_no_images: bool,
}

/// One place that names an image. Several may share one text of the file, through aliases and merges.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageUse {
    text: String,
    reference: Reference,
    digest: Option<Digest>,
    span: Range<usize>,
    path: String,
    line: usize,
    column: usize,
    document: usize,
}

impl ImageUse {
    /// The image as it is written, escapes read.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The image.
    pub fn reference(&self) -> &Reference {
        &self.reference
    }

    /// The digest that it is pinned to in the file.
    pub fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// The bytes of the file that name it: the text without quotes and block indicators.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The way to the field, for example `Deployment/web spec.template.spec.containers[0].image`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// 1-based line of the text.
    pub fn line(&self) -> usize {
        self.line
    }

    /// 1-based column of the text, counted in characters.
    pub fn column(&self) -> usize {
        self.column
    }

    /// 1-based number of the document in the file; empty ones count.
    pub fn document(&self) -> usize {
        self.document
    }
}

/// Every image that a file names. Only [`find`] makes it, so it belongs to the text that it was made from.
#[derive(Debug, Clone)]
pub struct Found {
    source: Source,
    images: Vec<ImageUse>,
    kind: Option<Kind>,
    notices: Vec<Finding>,
    options: FindOptions,
}

impl Found {
    /// Every use, in the order of the documents.
    pub fn images(&self) -> &[ImageUse] {
        &self.images
    }

    /// What deploys the file; nothing is known of an empty one.
    pub fn kind(&self) -> Option<Kind> {
        self.kind
    }

    /// Warnings about what may run and was not looked at.
    pub fn notices(&self) -> &[Finding] {
        &self.notices
    }

    /// The name of the file in messages.
    pub fn label(&self) -> &str {
        self.source.label()
    }

    /// The text that was searched.
    pub fn text(&self) -> &str {
        self.source.text()
    }

    /// The place of a use, for a finding about it.
    pub fn origin(&self, image: &ImageUse) -> Origin {
        self.source.origin(&image.span)
    }
}

/// Finds every image that a file names. `label` is the file's name in messages.
///
/// # Errors
///
/// Every mistake with its place, up to [`MAX_TOLD`]: the text is not YAML or exceeds a limit (`deployment-file-malformed`),
/// readers would differ about it (`deployment-file-ambiguous`), an image cannot be told (`image-reference-invalid`,
/// `image-reference-variable`), or there is none (`deployment-file-no-images`).
pub fn find(label: &str, text: &str, options: FindOptions) -> Result<Found, Vec<Finding>> {
    let source = Source::new(label, text).map_err(|finding| vec![finding])?;
    let (images, kind, notices) = search(&source)?;
    if images.is_empty() && !options.allow_no_images {
        let finding = Finding::new(Code::DeploymentFileNoImages, format!("{label} names no image"));
        return Err(vec![finding.origin(&Origin::flag(label)).help(
            "name the file that is deployed; --allow-no-images lets files without images pass",
        )]);
    }
    Ok(Found {
        source,
        images,
        kind,
        notices,
        options,
    })
}

type Searched = (Vec<ImageUse>, Option<Kind>, Vec<Finding>);

fn search(source: &Source) -> Result<Searched, Vec<Finding>> {
    let tree = Tree::read(source).map_err(|finding| vec![finding])?;
    let mut walk = Walk::new(source, &tree);
    let kind = walk_documents(source, &tree, &mut walk).map_err(|finding| vec![*finding])?;
    let mut images = Vec::with_capacity(walk.images.len());
    let mut mistakes: Vec<Finding> = Vec::new();
    let mut told: HashSet<NodeId> = HashSet::new();
    for sighting in &walk.images {
        match image_use(source, &tree, &walk, sighting) {
            Ok(image) => images.push(image),
            Err(finding) if told.insert(sighting.node) && mistakes.len() < MAX_TOLD => mistakes.push(finding),
            Err(_) => {}
        }
    }
    if mistakes.is_empty() {
        Ok((images, kind, walk.notices))
    } else {
        Err(mistakes)
    }
}

fn walk_documents<'a>(
    source: &'a Source,
    tree: &'a Tree<'a>,
    walk: &mut Walk<'a>,
) -> Result<Option<Kind>, Box<Finding>> {
    let mut kind = None;
    for (index, root) in tree.roots.iter().enumerate() {
        let node = tree.node(*root);
        if matches!(&node.content, Content::Scalar(text, _) if matches!(text.as_ref(), "" | "~" | "null")) {
            continue;
        }
        let own = document_kind(walk, *root)?;
        let (Some(own), true) = (own, kind.is_none_or(|kind| own == Some(kind))) else {
            let message = match own {
                None => {
                    "this is neither a Kubernetes object (apiVersion, kind) nor a Compose file (services)"
                }
                Some(_) => "Kubernetes objects and a Compose file stand in one file",
            };
            let finding = source.finding(Code::DeploymentFileMalformed, &node.span, message);
            return Err(Box::new(finding));
        };
        kind = Some(own);
        walk.document(*root, index + 1, Context::root(own))?;
    }
    Ok(kind)
}

fn document_kind(walk: &mut Walk<'_>, root: NodeId) -> Result<Option<Kind>, Box<Finding>> {
    let object = walk.field(root, "apiVersion")?.is_some() && walk.field(root, "kind")?.is_some();
    if object {
        return Ok(Some(Kind::Kubernetes));
    }
    let compose = walk.field(root, "services")?.is_some() || walk.field(root, "include")?.is_some();
    Ok(compose.then_some(Kind::Compose))
}

fn image_use(
    source: &Source,
    tree: &Tree<'_>,
    walk: &Walk<'_>,
    sighting: &Sighting,
) -> Result<ImageUse, Finding> {
    let node = tree.node(sighting.node);
    let named = image::read(source, node).map_err(|finding| Finding {
        message: format!("{}: {}", sighting.path, finding.message),
        ..finding
    })?;
    if let Some(other) = walk.others.get(&sighting.node) {
        let message = format!("{} has its text in common with {other}", sighting.path);
        let finding = source.finding(Code::DeploymentFileAmbiguous, &node.span, message);
        return Err(finding.help("write the text out in both places: a digest belongs into the image alone"));
    }
    let (line, column) = source.place(named.span.start);
    Ok(ImageUse {
        text: named.text,
        reference: named.reference,
        digest: named.digest,
        span: named.span,
        path: sighting.path.clone(),
        line,
        column,
        document: sighting.document,
    })
}
