//! The smallest readable allow-list that accepts what SBOMs say, as the `[sbom]` part of a policy.
//!
//! What nobody can vouch for is never suggested: a component without a licence that SPDX knows, or without a package URL,
//! becomes a comment that somebody has to look at and take up.

mod licences;
mod packages;
mod text;

use super::ingredients::ingredient;
use crate::policy::rules::{Ingredient, Several};
use crate::sbom::Document;

use self::text::comment;

/// Most proposals that are written as comments; of more only the number is told.
const MAX_PROPOSALS: usize = 50;

/// Writes the allow-lists for everything in these documents. `names` are the documents' names for people.
pub fn suggest(documents: &[Document<'_>], names: &[String]) -> String {
    let ingredients: Vec<Ingredient<'_>> = documents
        .iter()
        .flat_map(|document| document.ingredients())
        .map(|component| ingredient(component, Several::All))
        .collect();
    let mut out = comment(&format!(
        "Suggested by portcullis from {}: what is in there now, in any version.",
        names.join(", ")
    ));
    out += &comment(
        "Nothing was verified. Read every line before it becomes your policy: accepting is deciding.",
    );
    out.push('\n');
    out += &licences::write(&ingredients);
    out.push('\n');
    out += &packages::write(&ingredients);
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// A number with its noun.
fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

#[cfg(test)]
mod tests;
