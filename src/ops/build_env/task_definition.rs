//! Putting variables into an Amazon ECS task definition (`containerDefinitions[].environment`), in place: everything
//! outside of that list stays as it was, byte for byte, and so does every entry in it that is somebody else's.

use std::ops::Range;

use super::form::Prefix;
use super::{NAMES, Variable};
use crate::strict_json::{self, Kind, Member, Node};

/// Most bytes of a task definition. ECS itself takes 64 KiB.
pub const MAX_TASK_DEFINITION_BYTES: usize = 1 << 20;
/// Most levels of a task definition.
const MAX_DEPTH: usize = 32;

/// Why a task definition is not edited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TaskProblem {
    /// Not JSON.
    #[error("the task definition: {0}")]
    Json(String),
    /// Not the shape of a task definition.
    #[error("the task definition: {place} {detail}")]
    Shape {
        /// Where, as a JSON pointer.
        place: String,
        /// What is wrong there.
        detail: String,
    },
    /// Which container is meant cannot be told.
    #[error("{0}")]
    Container(String),
    /// ECS refuses a variable that is also a secret.
    #[error("{0} is among the container's secrets, and a variable cannot be both")]
    Secret(String),
}

/// Gives the text with the variables in one container's environment: new ones behind those that are there, known ones in
/// their place. A variable of an earlier deployment that is known by its name and has no value now is taken out, so that
/// the metadata of two builds never mix.
///
/// # Errors
///
/// It is no task definition, or which container is meant cannot be told.
pub fn edit(
    text: &str,
    container: Option<&str>,
    variables: &[Variable],
    prefix: &Prefix,
) -> Result<String, TaskProblem> {
    let limits = strict_json::Limits {
        bytes: MAX_TASK_DEFINITION_BYTES,
        depth: MAX_DEPTH,
    };
    strict_json::check(text.as_bytes(), limits).map_err(|problem| TaskProblem::Json(problem.to_string()))?;
    let root = Node::document(text).ok_or_else(|| TaskProblem::Json("not JSON".to_owned()))?;
    let container = find(text, root, container)?;
    check_secrets(container, variables, prefix)?;
    let members = container.members().unwrap_or_default();
    let (span, new) = match members.iter().find(|member| member.name == "environment") {
        Some(member) => (
            member.value.span(),
            environment(text, container, member.value, variables, prefix)?,
        ),
        None => insertion(text, container, &members, variables, prefix),
    };
    let (before, after) = (text.get(..span.start), text.get(span.end..));
    Ok([before.unwrap_or_default(), &new, after.unwrap_or_default()].concat())
}

fn shape(text: &str, node: Node<'_>, detail: &str) -> TaskProblem {
    TaskProblem::Shape {
        place: strict_json::pointer(text, node.span().start),
        detail: detail.to_owned(),
    }
}

/// The container, in a task definition as it is registered or as it is described (`aws ecs describe-task-definition`).
fn find<'t>(text: &str, root: Node<'t>, wanted: Option<&str>) -> Result<Node<'t>, TaskProblem> {
    let definition = root.member("taskDefinition").unwrap_or(root);
    let list = definition
        .member("containerDefinitions")
        .ok_or_else(|| shape(text, definition, "has no containerDefinitions"))?;
    let containers = list
        .items()
        .ok_or_else(|| shape(text, list, "is no list of containers"))?;
    let name = |node: &Node<'_>| {
        node.member("name")
            .and_then(Node::string)
            .map(|name| name.into_owned())
    };
    let names = || {
        let names: Vec<String> = containers.iter().filter_map(name).collect();
        names.join(", ")
    };
    let found: Vec<Node<'t>> = match wanted {
        None => containers.clone(),
        Some(wanted) => containers
            .iter()
            .filter(|node| name(node).as_deref() == Some(wanted))
            .copied()
            .collect(),
    };
    match (found.as_slice(), wanted) {
        ([one], _) if one.kind() == Kind::Object => Ok(*one),
        ([one], _) => Err(shape(text, *one, "is no container")),
        ([], None) => Err(TaskProblem::Container(
            "the task definition has no containers".to_owned(),
        )),
        (_, None) => Err(TaskProblem::Container(format!(
            "the task definition has several containers; choose one with --container: {}",
            names()
        ))),
        ([], Some(wanted)) => Err(TaskProblem::Container(format!(
            "no container is called {wanted:?}; there are: {}",
            names()
        ))),
        (_, Some(wanted)) => Err(TaskProblem::Container(format!(
            "several containers are called {wanted:?}"
        ))),
    }
}

fn check_secrets(container: Node<'_>, variables: &[Variable], prefix: &Prefix) -> Result<(), TaskProblem> {
    let secrets = container
        .member("secrets")
        .and_then(Node::items)
        .unwrap_or_default();
    for secret in secrets {
        let name = secret.member("name").and_then(Node::string).unwrap_or_default();
        if let Some(variable) = variables
            .iter()
            .find(|variable| prefix.name(variable.name) == name)
        {
            return Err(TaskProblem::Secret(prefix.name(variable.name)));
        }
    }
    Ok(())
}

/// The new text of an environment that is there.
fn environment(
    text: &str,
    container: Node<'_>,
    list: Node<'_>,
    variables: &[Variable],
    prefix: &Prefix,
) -> Result<String, TaskProblem> {
    let items = match list.kind() {
        Kind::Null => Vec::new(),
        _ => list
            .items()
            .ok_or_else(|| shape(text, list, "is no list of variables"))?,
    };
    let mut entries = Vec::new();
    let mut written: Vec<&'static str> = Vec::new();
    for item in &items {
        let name = item
            .member("name")
            .and_then(Node::string)
            .ok_or_else(|| shape(text, *item, "is no variable with a name"))?;
        let Some(known) = NAMES.into_iter().find(|known| prefix.name(known) == name) else {
            entries.push(item.text().to_owned());
            continue;
        };
        // What is doubled in the file is written once.
        let variable = variables.iter().find(|variable| variable.name == known);
        if let (Some(variable), false) = (variable, written.contains(&known)) {
            written.push(known);
            entries.push(like(*item, variable, prefix));
        }
    }
    let pattern = items.last().copied();
    for variable in variables
        .iter()
        .filter(|variable| !written.contains(&variable.name))
    {
        entries.push(match pattern {
            Some(pattern) => like(pattern, variable, prefix),
            None => plain(variable, prefix),
        });
    }
    let (gap, end) = match items.as_slice() {
        [] => gaps_below(text, container),
        [first, .., last] | [first @ last] => (
            text.get(list.span().start + 1..first.span().start)
                .unwrap_or_default()
                .to_owned(),
            text.get(last.span().end..list.span().end - 1)
                .unwrap_or_default()
                .to_owned(),
        ),
    };
    let between = match items.as_slice() {
        [first, second, ..] => text
            .get(first.span().end..second.span().start)
            .unwrap_or(",")
            .to_owned(),
        _ => between(&gap),
    };
    Ok(joined(&entries, &gap, &between, &end))
}

/// What stands between two entries where there are no two yet: in one line a space sets them apart.
fn between(gap: &str) -> String {
    if gap.contains('\n') {
        format!(",{gap}")
    } else {
        ", ".to_owned()
    }
}

fn joined(entries: &[String], gap: &str, between: &str, end: &str) -> String {
    if entries.is_empty() {
        return "[]".to_owned();
    }
    format!("[{gap}{}{end}]", entries.join(between))
}

/// An environment for a container that has none: where it goes, and its text.
fn insertion(
    text: &str,
    container: Node<'_>,
    members: &[Member<'_>],
    variables: &[Variable],
    prefix: &Prefix,
) -> (Range<usize>, String) {
    let entries: Vec<String> = variables.iter().map(|variable| plain(variable, prefix)).collect();
    let (gap, end) = gaps_below(text, container);
    let list = joined(&entries, &gap, &between(&gap), &end);
    let start = container.span().start + 1;
    match (members.first(), members.last()) {
        (Some(first), Some(last)) => {
            let gap = text.get(start..first.key.span().start).unwrap_or_default();
            let at = last.value.span().end;
            (at..at, format!(",{gap}\"environment\": {list}"))
        }
        _ => (start..start, format!("\"environment\": {list}")),
    }
}

/// The space before an entry and before the closing bracket of a list that is a member of `container`, as deep as its
/// neighbours are.
fn gaps_below(text: &str, container: Node<'_>) -> (String, String) {
    let start = container.span().start;
    let first = container.members().unwrap_or_default().into_iter().next();
    let inner = first.and_then(|member| text.get(start + 1..member.key.span().start));
    let Some(inner) = inner.filter(|gap| gap.contains('\n')) else {
        return (String::new(), String::new());
    };
    let line = text
        .get(..start)
        .unwrap_or_default()
        .rsplit('\n')
        .next()
        .unwrap_or_default();
    let outer: String = line.chars().take_while(|sign| sign.is_whitespace()).collect();
    let indent = inner.rsplit('\n').next().unwrap_or_default();
    let step = indent
        .strip_prefix(outer.as_str())
        .filter(|step| !step.is_empty());
    (format!("{inner}{}", step.unwrap_or("  ")), inner.to_owned())
}

fn plain(variable: &Variable, prefix: &Prefix) -> String {
    let value = serde_json::Value::from(variable.value.as_str());
    format!(
        "{{ \"name\": \"{}\", \"value\": {value} }}",
        prefix.name(variable.name)
    )
}

/// The variable, written as another entry is: its spacing and the order of its members.
fn like(pattern: Node<'_>, variable: &Variable, prefix: &Prefix) -> String {
    let members = pattern.members().unwrap_or_default();
    let find = |name: &str| members.iter().find(|member| member.name == name);
    let (Some(name), Some(value), 2) = (find("name"), find("value"), members.len()) else {
        return plain(variable, prefix);
    };
    let offset = pattern.span().start;
    let mut text = pattern.text().to_owned();
    let mut parts = [
        (name.value.span(), format!("\"{}\"", prefix.name(variable.name))),
        (
            value.value.span(),
            serde_json::Value::from(variable.value.as_str()).to_string(),
        ),
    ];
    // From the back, so that the front keeps its place.
    parts.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    for (span, new) in parts {
        text.replace_range(span.start - offset..span.end - offset, &new);
    }
    text
}
