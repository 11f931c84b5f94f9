//! The shape that a specification gives a predicate, as data, and holding a document against it.
//!
//! Only what a specification requires or what readers rely on is in a shape. Members that it does not name are fine, and
//! an optional member may be `null`, which many writers mean as absent.

use super::format;
use super::problem::{Collector, Problem};
use super::resource;
use crate::strict_json::{Kind, Node};

/// What a value has to be.
#[derive(Debug)]
pub(super) enum Shape {
    /// Anything.
    Any,
    /// A text.
    Text,
    /// A text that is not empty.
    Name,
    /// An absolute URI or IRI.
    Uri,
    /// A time as RFC 3339 writes it.
    Time,
    /// `true` or `false`.
    Boolean,
    /// A whole number of at least this.
    Whole(u64),
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A text for which a function holds, and what that is.
    Like(fn(&str) -> bool, &'static str),
    /// An in-toto digest set: names of algorithms with lower-case hex.
    Digests,
    /// An in-toto resource descriptor.
    Resource,
    /// A list of these.
    List(&'static Shape),
    /// A list of at least one of these.
    Some(&'static Shape),
    /// An object with members of any name.
    Map(&'static Shape),
    /// An object with these members, and others.
    Object(&'static [Field]),
}

/// A member of an object.
#[derive(Debug)]
pub(super) struct Field {
    name: &'static str,
    shape: &'static Shape,
    required: bool,
}

/// A member that has to be there.
pub(super) const fn need(name: &'static str, shape: &'static Shape) -> Field {
    Field {
        name,
        shape,
        required: true,
    }
}

/// A member that may be there.
pub(super) const fn may(name: &'static str, shape: &'static Shape) -> Field {
    Field {
        name,
        shape,
        required: false,
    }
}

/// Holds a value against a shape. `section` names the specification.
pub(super) fn check(node: Node<'_>, shape: &Shape, section: &str, found: &mut Collector) {
    match shape {
        Shape::Any => {}
        Shape::List(item) => list(node, item, section, found),
        Shape::Some(item) => {
            if node.items().is_some_and(|items| items.is_empty()) {
                found.add(Problem::value(node, "a list of at least one", section));
            }
            list(node, item, section, found);
        }
        Shape::Map(value) => match node.members() {
            Some(members) => {
                for member in members {
                    check(member.value, value, section, found);
                }
            }
            None => found.add(Problem::value(node, "an object", section)),
        },
        Shape::Object(fields) => object(node, fields, section, found),
        Shape::Digests => resource::digests(node, section, found),
        Shape::Resource => resource::descriptor(node, section, found),
        simple => {
            if let Err(expected) = simple_value(node, simple) {
                found.add(Problem::value(node, &expected, section));
            }
        }
    }
}

fn list(node: Node<'_>, item: &Shape, section: &str, found: &mut Collector) {
    match node.items() {
        Some(items) => {
            for node in items {
                check(node, item, section, found);
            }
        }
        None => found.add(Problem::value(node, "a list", section)),
    }
}

fn object(node: Node<'_>, fields: &[Field], section: &str, found: &mut Collector) {
    let Some(members) = node.members() else {
        found.add(Problem::value(node, "an object", section));
        return;
    };
    for field in fields {
        let member = members.iter().find(|member| member.name == field.name);
        match member {
            Some(member) if member.value.kind() == Kind::Null && !field.required => {}
            Some(member) => check(member.value, field.shape, section, found),
            None if field.required => found.add(Problem::missing(node, field.name, section)),
            None => {}
        }
    }
}

/// Holds a value that is no list and no object against its shape, and says what it should have been.
fn simple_value(node: Node<'_>, shape: &Shape) -> Result<(), String> {
    let text = node.string();
    let text_that = |holds: fn(&str) -> bool| text.as_deref().is_some_and(holds);
    let (holds, expected) = match shape {
        Shape::Text => (text.is_some(), "a text".to_owned()),
        Shape::Name => (
            text_that(|text| !text.trim().is_empty()),
            "a text that is not empty".to_owned(),
        ),
        Shape::Uri => (
            text_that(format::is_uri),
            "a URI with its scheme, such as https://example.com/x".to_owned(),
        ),
        Shape::Time => (
            text_that(format::is_time),
            "a time as RFC 3339 writes it, such as 2026-01-31T12:00:00Z".to_owned(),
        ),
        Shape::Boolean => (node.kind() == Kind::Boolean, "true or false".to_owned()),
        Shape::Whole(least) => (
            node.whole_number().is_some_and(|number| number >= *least),
            format!("a whole number of at least {least}"),
        ),
        Shape::OneOf(allowed) => (
            text.as_deref().is_some_and(|text| allowed.contains(&text)),
            match allowed {
                [one] => format!("{one:?}"),
                several => format!("one of {}", several.join(", ")),
            },
        ),
        Shape::Like(holds, expected) => (text_that(*holds), (*expected).to_owned()),
        Shape::Any
        | Shape::Digests
        | Shape::Resource
        | Shape::List(_)
        | Shape::Some(_)
        | Shape::Map(_)
        | Shape::Object(_) => (true, String::new()),
    };
    if holds { Ok(()) } else { Err(expected) }
}
