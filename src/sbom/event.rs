//! What a reader tells while it reads, one thing after the other, so that a document need not be kept to be decided.

use super::model::{Component, EdgeKind, Format, NamedLicence, Text, Tool};
use super::problem::Problem;
use super::vulnerability::Vulnerability;

/// Takes what a reader tells.
pub trait Visitor<'a> {
    /// Called once for every event, in document order.
    fn visit(&mut self, event: Event<'a>);
}

/// One thing that a document says.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<'a> {
    /// A fact about the document.
    Fact(Fact, Text<'a>),
    /// What made it.
    Tool(Tool<'a>),
    /// A component, after everything that is nested in it. Its index was given before, in document order.
    Component(Box<Component<'a>>),
    /// The id of a component that the document describes.
    Root(Text<'a>),
    /// An edge, by the ids of components, which may come later or not at all.
    Edge {
        /// Id of the component that depends or contains.
        from: Text<'a>,
        /// Id of the other.
        to: Text<'a>,
        /// Which of the two.
        kind: EdgeKind,
    },
    /// A component with another one nested in it, by index.
    Nested {
        /// The outer one.
        parent: u32,
        /// The inner one.
        child: u32,
    },
    /// A licence that the document defines itself.
    NamedLicence(NamedLicence<'a>),
    /// A vulnerability.
    Vulnerability(Vulnerability<'a>),
    /// A field that could not be read.
    Problem(Problem),
    /// The format, once it is certain: the last event.
    End(Format),
}

/// What a fact is about; the fields of [`super::Head`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    /// Version of the format.
    SpecVersion,
    /// Serial number or namespace.
    Serial,
    /// Name of the document.
    Name,
    /// When it was made.
    Created,
    /// Who made it; can come more than once.
    Author,
    /// Who supplies what it describes.
    Supplier,
}
