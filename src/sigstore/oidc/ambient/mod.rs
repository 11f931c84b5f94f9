//! Tokens that the surroundings of a process offer: CI systems, clouds, files.
//!
//! The sources are asked in the order of `SOURCES`. The first one that is meant is the one: if it fails, that is an error
//! that says why, and no other source is tried in its place, because the identity would be another one.

mod buildkite;
mod circleci;
mod file;
mod github;
mod gitlab;
mod google;
mod variable;

use std::path::Path;

use super::error::OidcError;
use crate::http::{Secret, Web};

/// Where cosign looks for a token that somebody mounted.
pub const TOKEN_PATH: &str = "/var/run/sigstore/cosign/oidc-token";
/// Where Linux says what machine it runs on.
pub const PRODUCT_NAME_PATH: &str = "/sys/class/dmi/id/product_name";

/// Runs a program with arguments.
pub type Run<'a> = dyn Fn(&str, &[&str]) -> Result<Secret, String> + 'a;

/// What a process can see around it.
pub struct Surroundings<'a> {
    /// The value of an environment variable that is not empty.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// Runs a program and gives what it prints; the error says what went wrong, without its output.
    pub run: &'a Run<'a>,
    /// A mounted token: [`TOKEN_PATH`].
    pub token_path: &'a Path,
    /// The name of the machine: [`PRODUCT_NAME_PATH`].
    pub product_name_path: &'a Path,
}

impl Surroundings<'_> {
    fn variable(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    fn is_true(&self, name: &str) -> bool {
        self.variable(name)
            .is_some_and(|value| value == "true" || value == "1")
    }
}

/// What a source is asked with.
struct Asking<'a> {
    audience: &'a str,
    around: &'a Surroundings<'a>,
    web: &'a Web,
}

/// What a source gives. `None` when these are not its surroundings.
type Given = Option<Result<Secret, OidcError>>;

/// A source: its name, and how it is asked.
struct Source {
    name: &'static str,
    ask: fn(&Asking<'_>) -> Given,
}

/// Every source, in the order in which they are asked.
const SOURCES: [Source; 7] = [
    Source {
        name: variable::NAME,
        ask: variable::ask,
    },
    Source {
        name: github::NAME,
        ask: github::ask,
    },
    Source {
        name: gitlab::NAME,
        ask: gitlab::ask,
    },
    Source {
        name: buildkite::NAME,
        ask: buildkite::ask,
    },
    Source {
        name: circleci::NAME,
        ask: circleci::ask,
    },
    Source {
        name: google::NAME,
        ask: google::ask,
    },
    Source {
        name: file::NAME,
        ask: file::ask,
    },
];

/// The names of the sources, in the order in which they are asked.
pub fn source_names() -> impl Iterator<Item = &'static str> {
    SOURCES.iter().map(|source| source.name)
}

/// The token of the first source that is meant, with the source's name. `None` when none is.
pub(super) fn find(
    audience: &str,
    around: &Surroundings<'_>,
    web: &Web,
) -> Option<(&'static str, Result<Secret, OidcError>)> {
    let asking = Asking {
        audience,
        around,
        web,
    };
    SOURCES
        .iter()
        .find_map(|source| (source.ask)(&asking).map(|outcome| (source.name, outcome)))
}
