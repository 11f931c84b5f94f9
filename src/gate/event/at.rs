//! A value of an event with the place where it stands, so that every refusal can name it.

use std::borrow::Cow;

use super::error::{EventError, EventProblem};
use crate::strict_json::{Kind, Node};

/// A value and its JSON pointer.
#[derive(Debug, Clone)]
pub(super) struct At<'t> {
    node: Node<'t>,
    place: String,
}

impl<'t> At<'t> {
    /// The whole document; `None` when it is not one JSON value.
    pub(super) fn document(text: &'t str) -> Option<Self> {
        Some(Self {
            node: Node::document(text)?,
            place: String::new(),
        })
    }

    /// A problem with this value.
    pub(super) fn problem(&self, problem: EventProblem) -> EventError {
        EventError::new(problem, self.place.clone())
    }

    /// A member of an object; `None` where there is none or it is `null`. The names are ours and hold nothing that a
    /// pointer would escape.
    pub(super) fn get(&self, name: &str) -> Option<Self> {
        let node = self.node.member(name)?;
        (node.kind() != Kind::Null).then(|| Self {
            node,
            place: format!("{}/{name}", self.place),
        })
    }

    /// Whether an object has a member, whatever its value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.node.member(name).is_some()
    }

    /// A member that has to be there.
    pub(super) fn need(&self, name: &str) -> Result<Self, EventError> {
        self.get(name)
            .ok_or_else(|| EventError::new(EventProblem::Missing, format!("{}/{name}", self.place)))
    }

    /// This value as a text.
    pub(super) fn text(&self) -> Result<Cow<'t, str>, EventError> {
        self.node.string().ok_or_else(|| self.wrong("a text"))
    }

    /// A member that has to be there and a text.
    pub(super) fn need_text(&self, name: &str) -> Result<Cow<'t, str>, EventError> {
        self.need(name)?.text()
    }

    /// A member that is a text and not empty, when it is there.
    pub(super) fn get_text(&self, name: &str) -> Result<Option<Cow<'t, str>>, EventError> {
        let text = self.get(name).map(|found| found.text()).transpose()?;
        Ok(text.filter(|text| !text.is_empty()))
    }

    /// The items of a list of at most `limit`.
    pub(super) fn items(&self, limit: usize) -> Result<Vec<Self>, EventError> {
        let items = self.node.items().ok_or_else(|| self.wrong("a list"))?;
        if items.len() > limit {
            return Err(self.problem(EventProblem::TooMany(limit)));
        }
        let numbered = items.into_iter().enumerate();
        Ok(numbered
            .map(|(index, node)| Self {
                node,
                place: format!("{}/{index}", self.place),
            })
            .collect())
    }

    /// This value, which has to be an object.
    pub(super) fn object(self) -> Result<Self, EventError> {
        match self.node.kind() {
            Kind::Object => Ok(self),
            _ => Err(self.wrong("an object")),
        }
    }

    fn wrong(&self, wanted: &'static str) -> EventError {
        self.problem(EventProblem::Kind {
            wanted,
            found: self.node.kind().words(),
        })
    }
}
