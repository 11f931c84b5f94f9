//! Lists of hashes as the JSON formats have them: objects of an algorithm and its value, under names of their own.

use super::event::Visitor;
use super::json::Json;
use super::model::{Component, Text};
use super::problem::{ProblemKind, Refused};
use super::reading::{Field, Reading};

/// What a format calls a list of hashes and its members.
pub(super) struct Names {
    /// The member of the component that is the list.
    pub(super) list: &'static str,
    /// The member that names the algorithm.
    pub(super) algorithm: &'static str,
    /// The member that holds the hexadecimal digits.
    pub(super) value: &'static str,
}

/// Gives a component the hashes of a list.
pub(super) fn hashes<'a, V: Visitor<'a>>(
    json: &mut Json<'a>,
    reading: &mut Reading<'_, '_, V>,
    one: &mut Component<'a>,
    names: &Names,
) -> Result<(), Refused> {
    let field = Field::of(one.index, names.list);
    reading.array(json, field, |reading, json| {
        let place = json.place();
        let mut algorithm: Option<Text<'a>> = None;
        let mut value: Option<Text<'a>> = None;
        reading.object(json, field, |reading, json, key| {
            if key == names.algorithm {
                algorithm = reading.text(json, field)?;
            } else if key == names.value {
                value = reading.text(json, field)?;
            } else {
                json.skip()?;
            }
            Ok(())
        })?;
        match (algorithm, value) {
            (Some(algorithm), Some(value)) => {
                reading
                    .one_more(one.hashes.len(), "hashes of one component")
                    .map_err(|reason| json.refuse(reason))?;
                one.hashes.extend(reading.hash(&algorithm, value, field, place));
            }
            _ => reading.problem(ProblemKind::Missing, field, "", place),
        }
        Ok(())
    })
}
