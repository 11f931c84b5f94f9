//! Putting digests in. Only the bytes of image texts change, and the result is read again before it is given out.

use std::collections::BTreeMap;
use std::ops::Range;

use super::source::{Source, quoted};
use super::tree::{Content, Tree};
use super::{Found, ImageUse, find};
use crate::report::{Code, Finding};
use crate::subject::Digest;

/// What becomes of a tag when a digest is put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TagStyle {
    /// `repository:tag@sha256:…`: the digest decides, and people see the tag.
    #[default]
    Keep,
    /// `repository@sha256:…`.
    Drop,
}

/// A text with a digest in every image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewritten {
    /// The text.
    pub text: String,
    /// What changed, in the order of the file.
    pub changes: Vec<Change>,
}

/// One text that a digest was put into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// 1-based line, the same before and after.
    pub line: usize,
    /// The image as it was, escapes read.
    pub before: String,
    /// The image as it is now.
    pub after: String,
}

/// A text of the file that is replaced.
struct Edit<'a> {
    image: &'a ImageUse,
    digest: Digest,
    replacement: String,
}

/// The text with a digest in every image; `digests` gives the verified digest of each.
///
/// An image that has a digest in the file stays byte for byte.
///
/// # Errors
///
/// `internal-error` when an image has no verified digest or another one than in the file, or when the new text does not
/// read back as the old one with digests: nothing is given out then, in whole or in part.
pub fn rewrite(
    found: &Found,
    tags: TagStyle,
    digests: impl Fn(&ImageUse) -> Option<Digest>,
) -> Result<Rewritten, Finding> {
    let mut edits: BTreeMap<usize, Edit<'_>> = BTreeMap::new();
    for image in &found.images {
        let Some(digest) = digests(image) else {
            return Err(broken(found, image, "has no verified digest"));
        };
        if image.digest.as_ref().is_some_and(|own| *own != digest) {
            return Err(broken(found, image, "was verified under another digest"));
        }
        let same = edits
            .get(&image.span.start)
            .is_none_or(|edit| edit.digest == digest);
        if !same {
            return Err(broken(found, image, "was verified under two digests"));
        }
        let replacement = replacement(found, image, tags, &digest);
        edits.insert(
            image.span.start,
            Edit {
                image,
                digest,
                replacement,
            },
        );
    }
    let (text, moved) = apply(found.text(), &edits)
        .ok_or_else(|| Finding::new(Code::InternalError, "places of images overlap"))?;
    check(found, &text, tags, &edits, &moved)?;
    let changes = edits
        .into_values()
        .filter(|edit| edit.image.digest.is_none())
        .map(|edit| Change {
            line: edit.image.line,
            before: edit.image.text.clone(),
            after: edit.replacement,
        });
    Ok(Rewritten {
        text,
        changes: changes.collect(),
    })
}

fn replacement(found: &Found, image: &ImageUse, tags: TagStyle, digest: &Digest) -> String {
    if image.digest.is_some() {
        return found
            .text()
            .get(image.span.clone())
            .unwrap_or_default()
            .to_owned();
    }
    // A reference without a tag gets the implied one, which is not in the text.
    let tag = image.reference.tag().map(|tag| format!(":{tag}"));
    let repository = tag
        .and_then(|tag| image.text.strip_suffix(&tag))
        .unwrap_or(&image.text);
    match tags {
        TagStyle::Keep => format!("{}@{digest}", image.text),
        TagStyle::Drop => format!("{repository}@{digest}"),
    }
}

/// For the beginning of each image's text in the old file, where it stands in the new one.
type Moved = BTreeMap<usize, Range<usize>>;

/// The new text, and where each image's text stands in it.
fn apply(text: &str, edits: &BTreeMap<usize, Edit<'_>>) -> Option<(String, Moved)> {
    let mut result = String::with_capacity(text.len() + edits.len() * 80);
    let mut moved = Moved::new();
    let mut at = 0;
    for edit in edits.values() {
        result.push_str(text.get(at..edit.image.span.start)?);
        let start = result.len();
        result.push_str(&edit.replacement);
        moved.insert(edit.image.span.start, start..result.len());
        at = edit.image.span.end;
    }
    result.push_str(text.get(at..)?);
    Some((result, moved))
}

/// Reads the new text as if it came from elsewhere, and compares it with what it has to say.
fn check(
    found: &Found,
    text: &str,
    tags: TagStyle,
    edits: &BTreeMap<usize, Edit<'_>>,
    moved: &Moved,
) -> Result<(), Finding> {
    let reread = find(found.source.label(), text, found.options).map_err(|findings| {
        differs(
            findings
                .first()
                .map_or("it is refused", |finding| &finding.message),
        )
    })?;
    if reread.images.len() != found.images.len() || reread.kind != found.kind {
        return Err(differs("it names other images"));
    }
    for (before, after) in found.images.iter().zip(&reread.images) {
        let Some(edit) = edits.get(&before.span.start) else {
            return Err(differs("an image was missed"));
        };
        let (old, new) = (&before.reference, &after.reference);
        let tag_as_wanted = match (before.digest.is_some(), tags) {
            (true, _) => new == old && before.text == after.text,
            (false, TagStyle::Drop) => new.tag().is_none(),
            (false, TagStyle::Keep) => new.tag() == old.tag() || (new.tag().is_none() && implied(before)),
        };
        let same = before.path == after.path
            && (before.document, before.line) == (after.document, after.line)
            && moved.get(&before.span.start) == Some(&after.span)
            && (old.registry(), old.repository()) == (new.registry(), new.repository())
            && after.digest.as_ref() == Some(&edit.digest);
        if !same || !tag_as_wanted {
            return Err(differs(&format!("{} reads {}", before.path, quoted(&after.text))));
        }
    }
    same_elsewhere(&found.source, &reread.source, edits, moved)
}

/// Whether the tag of an image is not in its text.
fn implied(image: &ImageUse) -> bool {
    image
        .reference
        .tag()
        .is_none_or(|tag| !image.text.ends_with(&format!(":{tag}")))
}

/// All bytes, and all values, but those of images are as they were.
fn same_elsewhere(
    before: &Source,
    after: &Source,
    edits: &BTreeMap<usize, Edit<'_>>,
    moved: &Moved,
) -> Result<(), Finding> {
    let old_spans = edits.values().map(|edit| &edit.image.span);
    if without(before.text(), old_spans) != without(after.text(), moved.values()) {
        return Err(differs("other bytes changed"));
    }
    let (old, new) = (Tree::read(before)?, Tree::read(after)?);
    if old.roots != new.roots || old.nodes().count() != new.nodes().count() {
        return Err(differs("its structure changed"));
    }
    for ((_, old), (_, new)) in old.nodes().zip(new.nodes()) {
        let is_image = |span: &Range<usize>| {
            edits
                .range(..=span.end)
                .next_back()
                .is_some_and(|(at, _)| *at >= span.start)
        };
        let same = match (&old.content, &new.content) {
            (Content::Scalar(_, one), Content::Scalar(_, other)) if is_image(&old.span) => one == other,
            (one, other) => one == other,
        };
        if !same || old.tagged != new.tagged || old.anchored != new.anchored {
            return Err(differs("another value changed"));
        }
    }
    Ok(())
}

/// A text without some of its bytes.
fn without<'t, 's>(text: &'t str, spans: impl Iterator<Item = &'s Range<usize>>) -> Vec<&'t str> {
    let mut at = 0;
    let mut rest = Vec::new();
    for span in spans {
        rest.push(text.get(at..span.start).unwrap_or_default());
        at = span.end;
    }
    rest.push(text.get(at..).unwrap_or_default());
    rest
}

fn broken(found: &Found, image: &ImageUse, what: &str) -> Finding {
    Finding::new(
        Code::InternalError,
        format!("{} {what}, so nothing is pinned", image.path),
    )
    .origin(&found.origin(image))
}

fn differs(how: &str) -> Finding {
    Finding::new(
        Code::InternalError,
        format!("the pinned text does not read back as it should ({how}), so it is not given out"),
    )
}
