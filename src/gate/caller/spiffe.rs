//! SPIFFE IDs: `spiffe://trust-domain/path`, as the SPIFFE ID specification writes them, and rules for them.

use std::fmt;

/// Longest SPIFFE ID, in bytes (SPIFFE ID, section 2.3).
const MAX_ID_BYTES: usize = 2048;

/// A SPIFFE ID of a workload: its path is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpiffeId {
    domain: String,
    path: String,
}

/// Which SPIFFE IDs are accepted: one, or all below a path (`spiffe://domain/ci/*` for one more step, `/**` for any).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpiffeRule {
    id: SpiffeId,
    below: Option<Below>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Below {
    OneStep,
    Any,
}

/// A text that is no SPIFFE ID of a workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a SPIFFE ID is spiffe://trust-domain/path, the domain in lower case, the steps of the path of letters, digits, dots, dashes and underscores"
)]
pub struct NoSpiffeId;

impl SpiffeId {
    /// Reads an ID.
    ///
    /// # Errors
    ///
    /// [`NoSpiffeId`].
    pub fn parse(text: &str) -> Result<Self, NoSpiffeId> {
        let rest = text
            .strip_prefix("spiffe://")
            .filter(|_| text.len() <= MAX_ID_BYTES);
        let (domain, path) = rest.and_then(|rest| rest.split_once('/')).ok_or(NoSpiffeId)?;
        let in_domain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._".contains(&byte);
        let in_path = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        let is_step =
            |step: &str| !step.is_empty() && step != "." && step != ".." && step.bytes().all(in_path);
        let good = !domain.is_empty() && domain.bytes().all(in_domain) && path.split('/').all(is_step);
        good.then(|| Self {
            domain: domain.to_owned(),
            path: path.to_owned(),
        })
        .ok_or(NoSpiffeId)
    }
}

impl fmt::Display for SpiffeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "spiffe://{}/{}", self.domain, self.path)
    }
}

impl SpiffeRule {
    /// Reads a rule. The trust domain and at least one step of the path are always written out.
    ///
    /// # Errors
    ///
    /// [`NoSpiffeId`].
    pub fn parse(text: &str) -> Result<Self, NoSpiffeId> {
        let (id, below) = match (text.strip_suffix("/**"), text.strip_suffix("/*")) {
            (Some(id), _) => (id, Some(Below::Any)),
            (None, Some(id)) => (id, Some(Below::OneStep)),
            (None, None) => (text, None),
        };
        Ok(Self {
            id: SpiffeId::parse(id)?,
            below,
        })
    }

    /// Whether an ID is accepted.
    pub fn accepts(&self, id: &SpiffeId) -> bool {
        let rest = id.path.strip_prefix(self.id.path.as_str());
        self.id.domain == id.domain
            && match (self.below, rest.map(|rest| rest.strip_prefix('/').ok_or(rest))) {
                (_, None) => false,
                (None, Some(rest)) => rest == Err(""),
                (Some(Below::Any), Some(rest)) => rest.is_ok(),
                (Some(Below::OneStep), Some(rest)) => rest.is_ok_and(|step| !step.contains('/')),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_of_workloads_are_read() {
        assert!(SpiffeId::parse("spiffe://prod.example/ns/ci/sa/builder").is_ok());
        for bad in [
            "",
            "spiffe://",
            "spiffe://prod.example",
            "spiffe://prod.example/",
            "spiffe:///path",
            "spiffe://Prod.example/a",
            "SPIFFE://prod.example/a",
            "spiffe://prod.example/a//b",
            "spiffe://prod.example/../a",
            "spiffe://user@prod.example/a",
            "spiffe://prod.example:443/a",
            "spiffe://prod.example/a?b",
            "spiffe://prod.example/%61",
            "https://prod.example/a",
        ] {
            assert_eq!(SpiffeId::parse(bad), Err(NoSpiffeId), "{bad}");
        }
    }

    #[test]
    fn a_rule_accepts_its_own_trust_domain_and_path() {
        for (rule, id, expected) in [
            ("spiffe://a.example/ci", "spiffe://a.example/ci", true),
            ("spiffe://a.example/ci", "spiffe://b.example/ci", false),
            ("spiffe://a.example/ci", "spiffe://a.example.evil/ci", false),
            ("spiffe://a.example/ci", "spiffe://a.example/ci/x", false),
            ("spiffe://a.example/ci", "spiffe://a.example/ci2", false),
            ("spiffe://a.example/ci/*", "spiffe://a.example/ci/x", true),
            ("spiffe://a.example/ci/*", "spiffe://a.example/ci", false),
            ("spiffe://a.example/ci/*", "spiffe://a.example/ci/x/y", false),
            ("spiffe://a.example/ci/*", "spiffe://a.example/ci2/x", false),
            ("spiffe://a.example/ci/**", "spiffe://a.example/ci/x/y", true),
        ] {
            let id = SpiffeId::parse(id).unwrap();
            assert_eq!(
                SpiffeRule::parse(rule).unwrap().accepts(&id),
                expected,
                "{rule} and {id}"
            );
        }
        for bad in [
            "spiffe://*/ci",
            "spiffe://a.example/**",
            "spiffe://a.example/*/ci",
            "*",
        ] {
            assert_eq!(SpiffeRule::parse(bad), Err(NoSpiffeId), "{bad}");
        }
    }
}
