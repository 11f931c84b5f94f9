//! Places in JSON: one pass over the document, with the way so far as one text.

use std::fmt::Write as _;
use std::ops::Range;

use super::{MAX_PATH, Sought, Spot};
use crate::sbom::json::{Json, Kind};
use crate::sbom::limits::Limits;
use crate::sbom::problem::Refused;

/// Finds them; `sought` is sorted by offset.
pub(super) fn spots(text: &str, sought: &[Sought<'_>], limits: &Limits) -> Vec<Option<Spot>> {
    let mut search = Search {
        sought,
        next: 0,
        path: String::new(),
        inside: Vec::new(),
        spots: vec![None; sought.len()],
    };
    // The document was read before, so nothing is refused here; what is not found stays unknown.
    let _ = search.value(&mut Json::new(text, limits));
    search.spots
}

struct Search<'s> {
    sought: &'s [Sought<'s>],
    /// The first of `sought` whose place is still ahead.
    next: usize,
    path: String,
    /// What is looked for in the values that are gone through.
    inside: Vec<usize>,
    spots: Vec<Option<Spot>>,
}

impl Search<'_> {
    fn value(&mut self, json: &mut Json<'_>) -> Result<(), Refused> {
        let kind = json.kind()?;
        let offset = json.place().offset;
        let begun = self.begun(offset);
        for number in begun.clone() {
            self.note(number, offset, false);
        }
        match kind {
            Kind::Object => self.object(json, begun),
            Kind::Array => {
                let length = self.path.len();
                let mut index = 0_usize;
                json.array(|json| {
                    // Writing to a string cannot fail.
                    let _ = write!(self.path, "[{index}]");
                    index += 1;
                    let taken = self.value(json);
                    self.path.truncate(length);
                    taken
                })
            }
            Kind::String if self.inside.is_empty() => json.skip(),
            Kind::String => {
                let text = json.string()?;
                self.string(offset, &text);
                Ok(())
            }
            Kind::Plain => json.skip(),
        }
    }

    /// What begins at this offset: several things may be sought in one component.
    fn begun(&mut self, offset: u64) -> Range<usize> {
        let ahead = self.sought.get(self.next..).unwrap_or_default();
        let from = self.next + ahead.partition_point(|one| one.offset < offset);
        let ahead = self.sought.get(from..).unwrap_or_default();
        self.next = from + ahead.iter().take_while(|one| one.offset == offset).count();
        from..self.next
    }

    fn object(&mut self, json: &mut Json<'_>, begun: Range<usize>) -> Result<(), Refused> {
        let length = self.path.len();
        let around = self.inside.clone();
        let taken = json.object(|json, key| {
            // Behind the last component that is sought there is nothing to find.
            if self.next == self.sought.len() && begun.is_empty() && self.inside.is_empty() {
                return json.skip();
            }
            step(&mut self.path, key);
            if !begun.is_empty() {
                let holding = begun.clone().filter(|number| self.may_hold(*number, key));
                self.inside = around.iter().copied().chain(holding).collect();
            }
            let taken = self.value(json);
            self.path.truncate(length);
            taken
        });
        self.inside = around;
        taken
    }

    fn may_hold(&self, number: usize, key: &str) -> bool {
        self.sought
            .get(number)
            .is_some_and(|one| one.members.contains(&key))
    }

    fn string(&mut self, offset: u64, text: &str) {
        let is_it = |number: &&usize| {
            let value = self.sought.get(**number).and_then(|one| one.value);
            value == Some(text)
        };
        for number in self.inside.iter().filter(is_it).copied().collect::<Vec<_>>() {
            self.note(number, offset, true);
        }
    }

    /// Notes a place, unless there is a better one already.
    fn note(&mut self, number: usize, offset: u64, is_value: bool) {
        let Ok(offset) = usize::try_from(offset) else {
            return;
        };
        if let Some(slot) = self.spots.get_mut(number)
            && slot.as_ref().is_none_or(|known| !known.is_value)
            && self.path.len() <= MAX_PATH
        {
            let path = if self.path.is_empty() { "." } else { &self.path };
            *slot = Some(Spot {
                offset,
                path: Some(path.to_owned()),
                is_value,
            });
        }
    }
}

/// Adds a member to a way, as jq writes it.
fn step(path: &mut String, key: &str) {
    let is_plain = key
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && key.bytes().next().is_some_and(|first| !first.is_ascii_digit());
    path.push('.');
    if is_plain {
        path.push_str(key);
    } else {
        path.push_str(&serde_json::Value::from(key).to_string());
    }
}
