//! A YAML stream as a tree that remembers where every value stands.
//!
//! Aliases stay aliases: nothing is copied, so a few lines of aliases to aliases cost nothing here. What readers of YAML
//! resolve differently is refused: a key that stands twice, keys that are not plain strings, tags beyond the core schema.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

use super::limits::{MAX_DEPTH, MAX_DOCUMENTS, MAX_NODES};
use super::source::{Source, quoted};
use crate::report::{Code, Finding};

/// The key that merges another mapping into its own (YAML 1.1, still read by every deployment tool).
pub(super) const MERGE_KEY: &str = "<<";

/// Prefix of the tags that the core schema of YAML defines.
const CORE_TAG: &str = "tag:yaml.org,2002:";

/// One value of a [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct NodeId(usize);

/// A value with its place.
#[derive(Debug)]
pub(super) struct Node<'t> {
    /// What it is.
    pub(super) content: Content<'t>,
    /// Where it stands: all of a scalar, the beginning of anything else.
    pub(super) span: Range<usize>,
    /// Whether an alias may refer to it.
    pub(super) anchored: bool,
    /// Whether it carries a tag other than the one for strings.
    pub(super) tagged: bool,
}

/// What a value is.
#[derive(Debug, PartialEq)]
pub(super) enum Content<'t> {
    /// A text, as it reads after escapes and folding.
    Scalar(Cow<'t, str>, ScalarStyle),
    /// A list.
    Sequence(Vec<NodeId>),
    /// Keys and values in the order of the file. Keys are scalars and differ from each other.
    Mapping(Vec<(NodeId, NodeId)>),
    /// Another value of the same document, complete before this one.
    Alias(NodeId),
}

/// A stream of documents.
#[derive(Debug, Default)]
pub(super) struct Tree<'t> {
    nodes: Vec<Node<'t>>,
    /// The root of each document, empty ones included.
    pub(super) roots: Vec<NodeId>,
}

/// Stands for a value that is not there; no [`NodeId`] leads to it.
static NOTHING: Node<'static> = Node {
    content: Content::Scalar(Cow::Borrowed(""), ScalarStyle::Plain),
    span: 0..0,
    anchored: false,
    tagged: false,
};

impl<'t> Tree<'t> {
    /// Reads every document of a text.
    pub(super) fn read(source: &'t Source) -> Result<Self, Finding> {
        Reader::new(source).read()
    }

    /// A value, aliases not followed.
    pub(super) fn node(&self, id: NodeId) -> &Node<'t> {
        self.nodes.get(id.0).unwrap_or(&NOTHING)
    }

    /// The value that is meant: an alias leads to what it names.
    pub(super) fn resolve(&self, id: NodeId) -> NodeId {
        match self.node(id).content {
            // An alias names an anchored value, and an alias cannot be anchored: one step is all there is.
            Content::Alias(target) => target,
            _ => id,
        }
    }

    /// The text of a scalar, aliases followed.
    pub(super) fn text(&self, id: NodeId) -> Option<&str> {
        match &self.node(self.resolve(id)).content {
            Content::Scalar(value, _) => Some(value),
            _ => None,
        }
    }

    /// Every value in the order of the file.
    pub(super) fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node<'t>)> {
        self.nodes
            .iter()
            .enumerate()
            .map(|(index, node)| (NodeId(index), node))
    }
}

/// A sequence or mapping that is still being read.
struct Open {
    node: NodeId,
    kind: OpenKind,
}

enum OpenKind {
    Sequence(Vec<NodeId>),
    Mapping {
        entries: Vec<(NodeId, NodeId)>,
        key: Option<NodeId>,
    },
}

struct Reader<'t> {
    source: &'t Source,
    tree: Tree<'t>,
    open: Vec<Open>,
    anchors: HashMap<usize, NodeId>,
    explicit_documents: usize,
}

impl<'t> Reader<'t> {
    fn new(source: &'t Source) -> Self {
        Self {
            source,
            tree: Tree::default(),
            open: Vec::new(),
            anchors: HashMap::new(),
            explicit_documents: 0,
        }
    }

    fn read(mut self) -> Result<Tree<'t>, Finding> {
        let (body, ..) = self.source.body();
        for event in Parser::new_from_str(body) {
            match event {
                Ok((event, span)) => self.event(event, self.span(span))?,
                Err(error) => {
                    let at = self.span(Span::empty(*error.marker()));
                    let message = format!("this is not YAML: {}", error.info());
                    return Err(self.malformed(&at, message));
                }
            }
        }
        if self.explicit_documents != self.source.separators() {
            let message = format!(
                "{} lines begin with ---, but {} of them separate documents",
                self.source.separators(),
                self.explicit_documents
            );
            return Err(self.ambiguous(&(0..0), message));
        }
        Ok(self.tree)
    }

    fn span(&self, span: Span) -> Range<usize> {
        let (_, _, skipped) = self.source.body();
        let start = self.source.byte(span.start.index() + skipped);
        let end = self.source.byte(span.end.index() + skipped);
        start..end.max(start)
    }

    fn event(&mut self, event: Event<'t>, span: Range<usize>) -> Result<(), Finding> {
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(explicit) => {
                self.explicit_documents += usize::from(explicit);
                // An alias cannot reach into an earlier document.
                self.anchors.clear();
                Ok(())
            }
            Event::Scalar(value, style, anchor, tag) => {
                let node = self.add(Content::Scalar(value, style), &span, anchor, tag.as_deref())?;
                self.attach(node)
            }
            Event::Alias(anchor) => self.alias(anchor, &span),
            Event::SequenceStart(anchor, tag) => {
                let node = self.add(Content::Sequence(Vec::new()), &span, anchor, tag.as_deref())?;
                self.begin(node, OpenKind::Sequence(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                let node = self.add(Content::Mapping(Vec::new()), &span, anchor, tag.as_deref())?;
                let entries = Vec::new();
                self.begin(node, OpenKind::Mapping { entries, key: None })
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
        }
    }

    fn add(
        &mut self,
        content: Content<'t>,
        span: &Range<usize>,
        anchor: usize,
        tag: Option<&Tag>,
    ) -> Result<NodeId, Finding> {
        if self.tree.nodes.len() >= MAX_NODES {
            return Err(self.malformed(
                span,
                format!("there are more than {MAX_NODES} values in the file"),
            ));
        }
        let tagged = match tag.map(|tag| format!("{}{}", tag.handle, tag.suffix)) {
            None => false,
            Some(tag) => match tag.strip_prefix(CORE_TAG) {
                Some("str") => false,
                Some("map" | "seq" | "int" | "float" | "bool" | "null") => true,
                _ => {
                    let message = format!(
                        "the tag {} means different things to different readers",
                        quoted(&tag)
                    );
                    return Err(self
                        .ambiguous(span, message)
                        .help("write the value without a tag"));
                }
            },
        };
        let id = NodeId(self.tree.nodes.len());
        self.tree.nodes.push(Node {
            content,
            span: span.clone(),
            anchored: anchor != 0,
            tagged,
        });
        if anchor != 0 {
            self.anchors.insert(anchor, id);
        }
        Ok(id)
    }

    fn alias(&mut self, anchor: usize, span: &Range<usize>) -> Result<(), Finding> {
        let Some(&target) = self.anchors.get(&anchor) else {
            return Err(self.malformed(span, "the alias names nothing in this document"));
        };
        if self.open.iter().any(|open| open.node == target) {
            return Err(self.malformed(span, "the alias names a value that contains it"));
        }
        let node = self.add(Content::Alias(target), span, 0, None)?;
        self.attach(node)
    }

    fn begin(&mut self, node: NodeId, kind: OpenKind) -> Result<(), Finding> {
        let as_key = matches!(
            self.open.last(),
            Some(Open {
                kind: OpenKind::Mapping { key: None, .. },
                ..
            })
        );
        let span = self.tree.node(node).span.clone();
        if as_key {
            let finding = self.ambiguous(&span, "a key is not a text");
            return Err(
                finding.help("render templates before they are pinned, and quote what begins with a brace")
            );
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(self.malformed(&span, format!("values are nested more than {MAX_DEPTH} deep")));
        }
        self.open.push(Open { node, kind });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Finding> {
        let Some(Open { node, kind }) = self.open.pop() else {
            return Ok(());
        };
        let content = match kind {
            OpenKind::Sequence(items) => Content::Sequence(items),
            OpenKind::Mapping { entries, .. } => {
                self.check_keys(&entries)?;
                Content::Mapping(entries)
            }
        };
        if let Some(place) = self.tree.nodes.get_mut(node.0) {
            place.content = content;
        }
        self.attach(node)
    }

    /// Puts a complete value where it belongs.
    fn attach(&mut self, node: NodeId) -> Result<(), Finding> {
        match self.open.last_mut() {
            None if self.tree.roots.len() >= MAX_DOCUMENTS => {
                let span = self.tree.node(node).span.clone();
                return Err(self.malformed(&span, format!("there are more than {MAX_DOCUMENTS} documents")));
            }
            None => self.tree.roots.push(node),
            Some(Open {
                kind: OpenKind::Sequence(items),
                ..
            }) => items.push(node),
            Some(Open {
                kind: OpenKind::Mapping { entries, key },
                ..
            }) => match key.take() {
                Some(key) => entries.push((key, node)),
                None => *key = Some(node),
            },
        }
        Ok(())
    }

    fn check_keys(&self, entries: &[(NodeId, NodeId)]) -> Result<(), Finding> {
        let mut seen = HashSet::with_capacity(entries.len());
        for (key, _) in entries {
            let node = self.tree.node(*key);
            let Content::Scalar(name, style) = &node.content else {
                return Err(self.ambiguous(&node.span, "a key is not a text"));
            };
            if node.tagged {
                return Err(self.ambiguous(&node.span, "a key has a tag"));
            }
            if name == MERGE_KEY && *style != ScalarStyle::Plain {
                let message = "a quoted << merges to some readers and is a key of that name to others";
                return Err(self.ambiguous(&node.span, message));
            }
            if !seen.insert(name.as_ref()) {
                let message = format!("the key {} stands twice in one mapping", quoted(name));
                let finding = self.ambiguous(&node.span, message);
                return Err(finding.help("remove one of the two: readers differ in which of them they take"));
            }
        }
        Ok(())
    }

    fn malformed(&self, span: &Range<usize>, message: impl Into<String>) -> Finding {
        self.source.finding(Code::DeploymentFileMalformed, span, message)
    }

    fn ambiguous(&self, span: &Range<usize>, message: impl Into<String>) -> Finding {
        self.source.finding(Code::DeploymentFileAmbiguous, span, message)
    }
}
