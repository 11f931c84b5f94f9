//! Candidates about which the same is to be said are said once: a registry can hold hundreds of them.

use std::collections::HashMap;

use super::candidate::what_words;
use crate::report::CandidateReport;
use crate::report::render::page::Page;

/// Most locations of one group that are shown without `--verbose`.
const MAX_LOCATIONS: usize = 3;

/// Candidates of the same format and kind about which the same is to be said.
pub(super) struct Group<'r> {
    /// The first of them.
    pub(super) first: &'r CandidateReport,
    /// Where each of them is.
    pub(super) places: Vec<&'r str>,
    /// What is to be said.
    pub(super) body: String,
}

impl Group<'_> {
    /// The locations to show, with a count of those left out.
    pub(super) fn locations(&self, page: &Page<'_>) -> Vec<String> {
        let shown = if page.style.verbose {
            self.places.len()
        } else {
            MAX_LOCATIONS
        };
        let places = self.places.iter().take(shown);
        let mut locations: Vec<String> = places.map(|place| (*place).to_owned()).collect();
        let rest = self.places.len().saturating_sub(shown);
        if rest > 0 {
            locations.push(format!("and {rest} more"));
        }
        locations
    }
}

/// Renders each candidate's text and joins those that read the same, in the order in which they first appear.
pub(super) fn grouped<'r>(
    page: &Page<'_>,
    candidates: impl Iterator<Item = &'r CandidateReport>,
    body: impl Fn(&mut Page<'_>, &'r CandidateReport),
) -> Vec<Group<'r>> {
    let mut groups: Vec<Group<'r>> = Vec::new();
    let mut known: HashMap<(String, String), usize> = HashMap::new();
    for candidate in candidates {
        let mut part = Page::new(page.style);
        body(&mut part, candidate);
        let body = part.finish();
        let key = (what_words(candidate), body.clone());
        match known.get(&key).and_then(|at| groups.get_mut(*at)) {
            Some(group) => group.places.push(&candidate.location),
            None => {
                known.insert(key, groups.len());
                groups.push(Group {
                    first: candidate,
                    places: vec![&candidate.location],
                    body,
                });
            }
        }
    }
    groups
}
