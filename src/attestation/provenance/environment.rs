//! Reading the environment of a CI job: only what is on the list, and only what has the documented form.

use super::{CiProblem, Platform};

/// Longest value that is read, in bytes. URLs, refs and names stay far below it.
const MAX_VALUE_BYTES: usize = 4096;

/// The environment of a job on one platform.
pub(super) struct Environment<'a> {
    platform: Platform,
    read: &'a dyn Fn(&str) -> Option<String>,
}

impl<'a> Environment<'a> {
    pub(super) fn new(platform: Platform, read: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { platform, read }
    }

    /// The value of a variable; `None` when it is not set, empty, or not on the platform's list.
    pub(super) fn get(&self, variable: &'static str) -> Result<Option<String>, CiProblem> {
        if !self.platform.variables().contains(&variable) {
            return Ok(None);
        }
        let value = (self.read)(variable).filter(|value| !value.is_empty());
        let fits = |value: &String| value.len() <= MAX_VALUE_BYTES && !value.contains(char::is_control);
        match value {
            Some(value) if !fits(&value) => Err(CiProblem::Malformed {
                variable,
                expected: "one line of at most 4096 bytes",
            }),
            value => Ok(value),
        }
    }

    /// The value of a variable that has to be there.
    pub(super) fn need(&self, variable: &'static str) -> Result<String, CiProblem> {
        self.get(variable)?.ok_or(CiProblem::Missing {
            platform: self.platform.name(),
            variable,
        })
    }

    /// A commit: all hex digits of a SHA-1 or SHA-256 object id.
    pub(super) fn commit(&self, variable: &'static str) -> Result<String, CiProblem> {
        let value = self.need(variable)?;
        let is_id = matches!(value.len(), 40 | 64) && value.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_id {
            Ok(value.to_ascii_lowercase())
        } else {
            Err(CiProblem::Malformed {
                variable,
                expected: "a full commit id",
            })
        }
    }

    /// An https address, without a slash at its end, credentials, query or fragment.
    pub(super) fn address(&self, variable: &'static str) -> Result<String, CiProblem> {
        let value = self.need(variable)?;
        super::git::web_address(&value).ok_or(CiProblem::Malformed {
            variable,
            expected: "an http address",
        })
    }

    /// Several optional variables as members of an object, by the names that they get there.
    pub(super) fn members(
        &self,
        names: &[(&'static str, &'static str)],
    ) -> Result<serde_json::Map<String, serde_json::Value>, CiProblem> {
        let mut members = serde_json::Map::new();
        for (member, variable) in names {
            if let Some(value) = self.get(variable)? {
                members.insert((*member).to_owned(), value.into());
            }
        }
        Ok(members)
    }
}
