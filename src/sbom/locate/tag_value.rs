//! Places in tag-value, which is made of lines: no way leads through it but the line's number.

use super::{Sought, Spot};

/// The tag that begins a package.
const BEGIN: &str = "PackageName:";

/// Finds them.
pub(super) fn spots(text: &str, sought: &[Sought<'_>]) -> Vec<Option<Spot>> {
    sought.iter().map(|one| spot(text, one)).collect()
}

fn spot(text: &str, sought: &Sought<'_>) -> Option<Spot> {
    let start = usize::try_from(sought.offset).ok()?;
    let mut offset = start;
    for (number, line) in text.get(start..)?.split_inclusive('\n').enumerate() {
        if number > 0 && line.starts_with(BEGIN) {
            break;
        }
        if is_sought(line, sought) {
            return Some(Spot {
                offset,
                path: None,
                is_value: true,
            });
        }
        offset += line.len();
    }
    Some(Spot {
        offset: start,
        path: None,
        is_value: true,
    })
}

fn is_sought(line: &str, sought: &Sought<'_>) -> bool {
    let Some((tag, said)) = line.split_once(':') else {
        return false;
    };
    // A reference has its category and type in front of what it names.
    let last = said.trim().rsplit(' ').next();
    let is_said = |value: &str| said.trim() == value || last == Some(value);
    sought.members.contains(&tag) && sought.value.is_some_and(is_said)
}
