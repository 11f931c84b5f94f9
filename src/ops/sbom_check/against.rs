//! The rules of a policy held against SBOMs, to find out which of them are about anything.

use super::ingredients::ingredient;
use crate::policy::{SbomRules, Usage};
use crate::report::Finding;
use crate::sbom::Document;

/// The entries of the rules that nothing in these documents meets. Nothing is verified here.
pub fn unused_rules(rules: &SbomRules, documents: &[Document<'_>]) -> Vec<Finding> {
    let several = rules.licences.as_ref().map(|rule| rule.several);
    let mut usage = Usage::new(rules);
    for document in documents {
        for component in document.ingredients() {
            usage.see(&ingredient(component, several.unwrap_or_default()));
        }
    }
    usage.unused()
}
