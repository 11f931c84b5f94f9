//! Walking a document in the way that a deployment tool reads it: aliases followed, merges merged.

use std::collections::{HashMap, HashSet};

use super::context::Context;
use super::limits::{MAX_DEPTH, MAX_IMAGE_USES, MAX_TOLD, MAX_VISITS};
use super::source::{Source, quoted};
use super::tree::{Content, MERGE_KEY, NodeId, Tree};
use crate::report::{Code, Finding};

/// A place that names an image.
#[derive(Debug)]
pub(super) struct Sighting {
    /// The scalar.
    pub(super) node: NodeId,
    /// The way to the field.
    pub(super) path: String,
    /// 1-based number of the document.
    pub(super) document: usize,
}

/// What was seen in all documents.
pub(super) struct Walk<'a> {
    source: &'a Source,
    tree: &'a Tree<'a>,
    visits: usize,
    object: String,
    document: usize,
    path: Vec<Step<'a>>,
    /// Every place that names an image.
    pub(super) images: Vec<Sighting>,
    /// Anchored scalars that are used for something else, and where.
    pub(super) others: HashMap<NodeId, String>,
    /// What is worth knowing.
    pub(super) notices: Vec<Finding>,
}

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Item(usize),
}

/// A key with its value, merges merged.
type Entry<'a> = (&'a str, NodeId, NodeId);

impl<'a> Walk<'a> {
    /// A walk that has seen nothing.
    pub(super) fn new(source: &'a Source, tree: &'a Tree<'a>) -> Self {
        Self {
            source,
            tree,
            visits: 0,
            object: String::new(),
            document: 0,
            path: Vec::new(),
            images: Vec::new(),
            others: HashMap::new(),
            notices: Vec::new(),
        }
    }

    /// Walks the document with this 1-based number.
    pub(super) fn document(
        &mut self,
        root: NodeId,
        number: usize,
        context: Context,
    ) -> Result<(), Box<Finding>> {
        self.document = number;
        self.path.clear();
        self.object.clear();
        match context {
            Context::Object => self.object(root, None, 0),
            context => self.visit(root, context, 0),
        }
    }

    /// The value of a key of a mapping.
    pub(super) fn field(&mut self, mapping: NodeId, key: &str) -> Result<Option<NodeId>, Box<Finding>> {
        let entries = self.entries(mapping, 0)?;
        Ok(find(&entries, key))
    }

    /// A Kubernetes object, or a list of them.
    fn object(&mut self, root: NodeId, listed_as: Option<&'a str>, depth: usize) -> Result<(), Box<Finding>> {
        let entries = self.entries(root, depth)?;
        let kind = find(&entries, "kind")
            .and_then(|kind| self.tree.text(kind))
            .or(listed_as);
        let kind = kind.unwrap_or_default();
        let items = match kind.strip_suffix("List") {
            Some(item_kind) => self.items(&entries, item_kind, depth)?,
            None => None,
        };
        let name = self.name(&entries)?;
        self.object = format!("{}/{}", plain(kind), plain(name.unwrap_or("(unnamed)")));
        if let (true, Some(images)) = (kind == "Kustomization", find(&entries, "images")) {
            let message = "a kustomization replaces images when it is built".to_owned();
            self.notice(images, message, "pin what kustomize build prints");
        }
        // A definition describes fields and runs nothing.
        let group = find(&entries, "apiVersion").and_then(|version| self.tree.text(version));
        let inert = kind == "CustomResourceDefinition"
            && group.is_some_and(|group| group.starts_with("apiextensions.k8s.io/"));
        for (key, _, value) in entries {
            let context = match key {
                _ if Some(value) == items => continue,
                _ if inert => Context::Inert,
                "status" => Context::Inert,
                key => Context::Object.under(key),
            };
            self.step(Step::Key(key), value, context, depth)?;
        }
        Ok(())
    }

    /// Walks the objects of a list, and says which value they were. Other kinds than lists end in `List` too, so all else
    /// is walked as in any object.
    fn items(
        &mut self,
        entries: &[Entry<'a>],
        item_kind: &'a str,
        depth: usize,
    ) -> Result<Option<NodeId>, Box<Finding>> {
        let tree = self.tree;
        let Some(list) = find(entries, "items") else {
            return Ok(None);
        };
        let Content::Sequence(items) = &tree.node(tree.resolve(list)).content else {
            return Ok(None);
        };
        if !items
            .iter()
            .all(|item| matches!(tree.node(tree.resolve(*item)).content, Content::Mapping(_)))
        {
            return Ok(None);
        }
        self.check_depth(list, depth)?;
        let path = std::mem::take(&mut self.path);
        for item in items {
            self.object(*item, Some(item_kind).filter(|kind| !kind.is_empty()), depth + 1)?;
        }
        self.path = path;
        Ok(Some(list))
    }

    fn name(&mut self, entries: &[Entry<'a>]) -> Result<Option<&'a str>, Box<Finding>> {
        let Some(metadata) = find(entries, "metadata") else {
            return Ok(None);
        };
        let metadata = self.entries(metadata, 0)?;
        let name = find(&metadata, "name").or_else(|| find(&metadata, "generateName"));
        Ok(name.and_then(|name| self.tree.text(name)))
    }

    fn step(
        &mut self,
        step: Step<'a>,
        id: NodeId,
        context: Context,
        depth: usize,
    ) -> Result<(), Box<Finding>> {
        self.path.push(step);
        let result = self.visit(id, context, depth + 1);
        self.path.pop();
        result
    }

    fn visit(&mut self, id: NodeId, context: Context, depth: usize) -> Result<(), Box<Finding>> {
        self.check_depth(id, depth)?;
        self.spend(1, id)?;
        match context {
            Context::Image => return self.image(id),
            // Only what an alias or a merge brings elsewhere counts, and it is visited there.
            Context::Shelf => return Ok(()),
            Context::Doubtful => self.doubt(id)?,
            Context::Service => self.service(id)?,
            Context::Compose => self.includes(id)?,
            _ => {}
        }
        let tree = self.tree;
        let target = tree.resolve(id);
        match &tree.node(target).content {
            Content::Scalar(..) => self.other(target),
            Content::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.step(Step::Item(index), *item, context.item(), depth)?;
                }
            }
            Content::Mapping(_) => {
                let entries = self.entries(target, depth)?;
                let context = match context {
                    Context::Mount if self.says(&entries, "type", "image") => Context::ImageMount,
                    context => context,
                };
                for (key, _, value) in entries {
                    self.step(Step::Key(key), value, context.under(key), depth)?;
                }
            }
            Content::Alias(_) => {}
        }
        Ok(())
    }

    fn says(&self, entries: &[Entry<'a>], key: &str, text: &str) -> bool {
        find(entries, key).and_then(|value| self.tree.text(value)) == Some(text)
    }

    fn image(&mut self, id: NodeId) -> Result<(), Box<Finding>> {
        if self.images.len() >= MAX_IMAGE_USES {
            let message = format!("more than {MAX_IMAGE_USES} places name an image");
            return Err(self.malformed(id, message));
        }
        self.images.push(Sighting {
            node: self.tree.resolve(id),
            path: self.words(),
            document: self.document,
        });
        Ok(())
    }

    fn other(&mut self, target: NodeId) {
        if self.tree.node(target).anchored {
            let path = self.words();
            self.others.entry(target).or_insert(path);
        }
    }

    /// Says that a field looks like an image's, if it does.
    fn doubt(&mut self, id: NodeId) -> Result<(), Box<Finding>> {
        let target = self.tree.resolve(id);
        let names_an_image = match &self.tree.node(target).content {
            Content::Scalar(value, _) => !value.is_empty(),
            Content::Mapping(_) => self.field(target, "repository")?.is_some(),
            Content::Sequence(_) | Content::Alias(_) => false,
        };
        if names_an_image {
            let message = format!("{} may name an image, and is not in a container", self.words());
            self.notice(
                id,
                message,
                "verify and pin it by hand, or pin what its controller makes of it",
            );
        }
        Ok(())
    }

    fn includes(&mut self, id: NodeId) -> Result<(), Box<Finding>> {
        if let Some(include) = self.field(id, "include")? {
            let message = "other Compose files are included, and were not looked at".to_owned();
            self.notice(include, message, "pin what docker compose config prints");
        }
        Ok(())
    }

    /// Says what a Compose service runs beside the image that it names.
    fn service(&mut self, id: NodeId) -> Result<(), Box<Finding>> {
        let entries = self.entries(id, 0)?;
        let image = find(&entries, "image");
        let (builds, extends) = (find(&entries, "build"), find(&entries, "extends"));
        if let Some(build) = builds {
            let (message, help) = match image {
                None => (
                    "is built where it runs, so there is no image to pin",
                    "build and push the image first, and name it by image",
                ),
                Some(_) => (
                    "may be built where it runs instead of pulling the image that is pinned",
                    "deploy without build, or with pull_policy: always",
                ),
            };
            self.notice(build, format!("{} {message}", self.words()), help);
        }
        if let (None, Some(extends)) = (image, extends)
            && self.field(extends, "file")?.is_some()
        {
            let message = format!("{} takes its image from another file", self.words());
            self.notice(extends, message, "pin what docker compose config prints");
        }
        Ok(())
    }

    /// Adds a warning that something may run that was not looked at.
    pub(super) fn notice(&mut self, at: NodeId, message: String, help: &str) {
        if self.notices.len() < MAX_TOLD {
            let span = &self.tree.node(at).span;
            let finding = self.source.finding(Code::ImageNotCovered, span, message);
            self.notices.push(finding.help(help));
        }
    }

    /// The keys and values of a mapping with merges merged; nothing for anything else.
    fn entries(&mut self, id: NodeId, depth: usize) -> Result<Vec<Entry<'a>>, Box<Finding>> {
        let tree = self.tree;
        let Content::Mapping(list) = &tree.node(tree.resolve(id)).content else {
            return Ok(Vec::new());
        };
        self.check_depth(id, depth)?;
        self.spend(list.len(), id)?;
        let mut own: Vec<Entry<'a>> = Vec::with_capacity(list.len());
        let mut merged: Vec<Entry<'a>> = Vec::new();
        for (key, value) in list {
            let name = tree.text(*key).unwrap_or_default();
            if name != MERGE_KEY {
                own.push((name, *key, *value));
                continue;
            }
            merged = self.merged(*value, depth)?;
            let brought: HashSet<&str> = merged.iter().map(|(name, ..)| *name).collect();
            // Some readers let a merge win over a key that stands before it.
            if let Some((name, key, _)) = own.iter().find(|(name, ..)| brought.contains(name)) {
                let message = format!("{} stands before a merge that brings it too", quoted(name));
                let span = &tree.node(*key).span;
                let finding = self.source.finding(Code::DeploymentFileAmbiguous, span, message);
                return Err(Box::new(
                    finding.help("put << first: readers differ in which of the two they take"),
                ));
            }
        }
        if !merged.is_empty() {
            let names: HashSet<&str> = own.iter().map(|(name, ..)| *name).collect();
            own.extend(merged.into_iter().filter(|(name, ..)| !names.contains(name)));
        }
        Ok(own)
    }

    /// What a merge brings: one mapping, or a list of them of which the first wins.
    fn merged(&mut self, value: NodeId, depth: usize) -> Result<Vec<Entry<'a>>, Box<Finding>> {
        let tree = self.tree;
        let sources = match &tree.node(tree.resolve(value)).content {
            Content::Sequence(items) => items.clone(),
            _ => vec![value],
        };
        let mut merged: Vec<Entry<'a>> = Vec::new();
        let mut names: HashSet<&str> = HashSet::new();
        for source in sources {
            if !matches!(tree.node(tree.resolve(source)).content, Content::Mapping(_)) {
                return Err(self.malformed(source, "only a mapping can be merged".to_owned()));
            }
            for entry in self.entries(source, depth + 1)? {
                if names.insert(entry.0) {
                    merged.push(entry);
                }
            }
        }
        Ok(merged)
    }

    fn check_depth(&self, id: NodeId, depth: usize) -> Result<(), Box<Finding>> {
        if depth <= MAX_DEPTH {
            return Ok(());
        }
        Err(self.malformed(
            id,
            format!("values are nested more than {MAX_DEPTH} deep, aliases followed"),
        ))
    }

    fn spend(&mut self, visits: usize, id: NodeId) -> Result<(), Box<Finding>> {
        self.visits += visits + 1;
        if self.visits <= MAX_VISITS {
            return Ok(());
        }
        Err(self.malformed(
            id,
            format!("aliases make more than {MAX_VISITS} values of this file"),
        ))
    }

    fn malformed(&self, id: NodeId, message: String) -> Box<Finding> {
        let span = &self.tree.node(id).span;
        Box::new(self.source.finding(Code::DeploymentFileMalformed, span, message))
    }

    /// Where the walk is, in words.
    fn words(&self) -> String {
        let mut words = self.object.clone();
        for (index, step) in self.path.iter().enumerate() {
            match step {
                Step::Item(item) => words.push_str(&format!("[{item}]")),
                Step::Key(key) => {
                    if !words.is_empty() {
                        words.push(if index == 0 { ' ' } else { '.' });
                    }
                    words.push_str(&plain(key));
                }
            }
        }
        words
    }
}

fn find(entries: &[Entry<'_>], key: &str) -> Option<NodeId> {
    entries
        .iter()
        .find(|(name, ..)| *name == key)
        .map(|(_, _, value)| *value)
}

/// A name as it is where it holds nothing unusual, else quoted.
fn plain(name: &str) -> String {
    let usual =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '(' | ')' | '/');
    if !name.is_empty() && name.len() <= super::limits::MAX_QUOTED_CHARS && name.chars().all(usual) {
        name.to_owned()
    } else {
        quoted(name)
    }
}
