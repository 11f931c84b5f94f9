//! The forms that variables are written in.

use std::str::FromStr;

use super::Variable;

/// How variables are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `export NAME='value'` for a POSIX shell.
    Shell,
    /// One JSON object.
    Json,
    /// `NAME=value` lines for Docker, Compose and the libraries that read `.env` files.
    Dotenv,
}

/// What stands in front of every name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefix(String);

/// A prefix that does not begin a variable's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a prefix has capital letters, digits and underscores, does not begin with a digit, and has at most 64 characters"
)]
pub struct PrefixProblem;

/// A value that a form cannot write so that all of its readers read the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} has characters that readers of .env files understand differently")]
pub struct FormProblem {
    /// The variable with its prefix.
    pub name: String,
}

impl Prefix {
    /// Longest prefix in characters.
    const MAX: usize = 64;

    /// A variable's whole name.
    pub(super) fn name(&self, variable: &str) -> String {
        format!("{}{variable}", self.0)
    }
}

impl FromStr for Prefix {
    type Err = PrefixProblem;

    fn from_str(text: &str) -> Result<Self, PrefixProblem> {
        let fits = |sign: char| sign.is_ascii_uppercase() || sign.is_ascii_digit() || sign == '_';
        let is_prefix = !text.is_empty()
            && text.len() <= Self::MAX
            && text.chars().all(fits)
            && !text.starts_with(|sign: char| sign.is_ascii_digit());
        is_prefix.then(|| Self(text.to_owned())).ok_or(PrefixProblem)
    }
}

/// Writes the variables.
///
/// # Errors
///
/// A value cannot be written in this form without meaning something else to some of its readers.
pub fn render(variables: &[Variable], prefix: &Prefix, form: Form) -> Result<String, FormProblem> {
    match form {
        Form::Shell => Ok(variables
            .iter()
            .map(|variable| {
                format!(
                    "export {}={}\n",
                    prefix.name(variable.name),
                    quoted(&variable.value)
                )
            })
            .collect()),
        Form::Json => {
            let members = variables
                .iter()
                .map(|variable| (prefix.name(variable.name), variable.value.clone().into()));
            let object: serde_json::Map<String, serde_json::Value> = members.collect();
            Ok(format!("{:#}\n", serde_json::Value::Object(object)))
        }
        Form::Dotenv => variables
            .iter()
            .map(|variable| {
                let name = prefix.name(variable.name);
                if variable.value.chars().all(is_plain) {
                    Ok(format!("{name}={}\n", variable.value))
                } else {
                    Err(FormProblem { name })
                }
            })
            .collect(),
    }
}

/// A text in single quotes, inside which a POSIX shell takes every character for itself.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Characters that stand for themselves in every reader of `.env` files, a shell that is told to `source` one among them:
/// no quotes, spaces, `#`, `$` or backslashes, no `&`, which would end the assignment and begin a command, and no `~`.
fn is_plain(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || "._:/@%+,=-?".contains(sign)
}
