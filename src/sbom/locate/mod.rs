//! Where things stand in a document, as people and tools look for them: the way through its structure, line, column,
//! and the words around. Only for what is told: a model that kept this for every component would be many times as large.

mod json;
mod tag_value;
#[cfg(test)]
mod tests;
mod xml;

use super::{Format, Limits};

/// Longest way through a document that is told, in bytes. Honest ones take a tenth of that.
const MAX_PATH: usize = 256;
/// Most characters of the words around a place.
const MAX_EXCERPT: usize = 100;
/// Characters of them before the place, where its line is longer.
const BEFORE: usize = 40;

/// What is looked for: a component, and in it one value.
#[derive(Debug, Clone, Copy)]
pub struct Sought<'s> {
    /// Offset of the component, from its [`super::Place`].
    pub offset: u64,
    /// Names of the component's members that the value may stand in, in the words of every format.
    pub members: &'s [&'s str],
    /// The value, unescaped. Without one, or where it is not found, the component itself is the place.
    pub value: Option<&'s str>,
}

/// Where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The way through the structure: as jq writes it for JSON, as an XPath for XML, and none for tag-value.
    pub path: Option<String>,
    /// 1-based line.
    pub line: u32,
    /// 1-based column, in characters.
    pub column: Option<u64>,
    /// The words around, on one line and as they are written.
    pub excerpt: Option<String>,
}

impl Found {
    /// Only a line is known.
    pub fn line(line: u32) -> Self {
        Self {
            path: None,
            line,
            column: None,
            excerpt: None,
        }
    }
}

/// A place by its offset, before lines are counted.
#[derive(Debug, Clone)]
struct Spot {
    offset: usize,
    path: Option<String>,
    /// Whether it is the value, and not only the component around it.
    is_value: bool,
}

/// Looks for things in a document that was read with these limits. What is not there at all is `None`.
pub fn locate(text: &str, format: Format, sought: &[Sought<'_>], limits: &Limits) -> Vec<Option<Found>> {
    let mut order: Vec<usize> = (0..sought.len()).collect();
    order.sort_by_key(|at| sought.get(*at).map(|one| one.offset));
    let sorted: Vec<Sought<'_>> = order.iter().filter_map(|at| sought.get(*at)).copied().collect();
    let spots = match format {
        Format::CycloneDxJson | Format::SpdxJson | Format::Spdx3Json => json::spots(text, &sorted, limits),
        Format::CycloneDxXml => xml::spots(text, &sorted),
        Format::SpdxTagValue => tag_value::spots(text, &sorted),
    };
    let mut by_offset: Vec<(usize, Spot)> = order
        .into_iter()
        .zip(spots)
        .filter_map(|(at, spot)| Some((at, spot?)))
        .collect();
    by_offset.sort_by_key(|(_, spot)| spot.offset);
    let mut found = vec![None; sought.len()];
    let mut counted = Counted::default();
    for (at, spot) in by_offset {
        counted.advance(text, spot.offset);
        if let Some(slot) = found.get_mut(at) {
            *slot = Some(Found {
                line: counted.line.saturating_add(1),
                column: Some(counted.column + 1),
                excerpt: excerpt(text, &spot),
                path: spot.path,
            });
        }
    }
    found
}

/// Lines and columns, counted on from the last place, so that one long line is gone through once.
#[derive(Default)]
struct Counted {
    at: usize,
    line: u32,
    column: u64,
}

impl Counted {
    fn advance(&mut self, text: &str, to: usize) {
        let between = text.get(self.at..to).unwrap_or_default();
        let lines = between.bytes().filter(|byte| *byte == b'\n').count();
        let last = between.rsplit('\n').next().unwrap_or_default().chars().count() as u64;
        self.column = if lines == 0 { self.column + last } else { last };
        self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        self.at = to;
    }
}

/// The words at a place on one line: the line of a value. Of a whole component none: it begins with whatever its
/// generator writes first.
fn excerpt(text: &str, spot: &Spot) -> Option<String> {
    let (before, after) = text.split_at_checked(spot.offset)?;
    if !spot.is_value && after.starts_with(['{', '<']) {
        return None;
    }
    let head = before.rsplit('\n').next().unwrap_or_default().trim_start();
    // Cut first: the line may be the whole document.
    let window = head.len() + 4 * MAX_EXCERPT;
    let tail = after.split('\n').next().unwrap_or_default();
    if head.len() <= MAX_EXCERPT && tail.len() <= window {
        let line = format!("{head}{}", tail.trim_end());
        if line.chars().count() <= MAX_EXCERPT {
            return Some(line);
        }
    }
    let kept: String = head.chars().rev().take(BEFORE).collect();
    let is_cut = kept.len() < head.len();
    let head: String = kept.chars().rev().collect();
    let room = MAX_EXCERPT - head.chars().count().min(BEFORE);
    let shown: String = tail.chars().take(room).collect();
    let (left, right) = (
        if is_cut { "..." } else { "" },
        if shown.len() < tail.len() { "..." } else { "" },
    );
    Some(format!("{left}{head}{shown}{right}"))
}
