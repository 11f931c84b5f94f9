//! `build env`: what a verification found out, as environment variables for the deployment of what was verified.
//!
//! Report in, text out. The report decides who is believed: only a subject that was allowed gets variables, and they
//! come from the evidence that counted. Values were chosen by whoever signed, so each form either writes them in a way
//! that its readers cannot take for anything else, or refuses.

mod facts;
mod form;
mod task_definition;

pub use facts::{Facts, MAX_REPORT_BYTES, ReportProblem, Selection};
pub use form::{Form, FormProblem, Prefix, PrefixProblem, render};
pub use task_definition::{MAX_TASK_DEFINITION_BYTES, TaskProblem, edit as edit_task_definition};

/// One variable, its name without the prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// The name, for example `IMAGE`.
    pub name: &'static str,
    /// The value: one line.
    pub value: String,
}

/// Every name that there is, in the order of the output.
pub const NAMES: [&str; 14] = [
    "IMAGE",
    "DIGEST",
    "COMMIT",
    "SOURCE_REPOSITORY",
    "SOURCE_REF",
    "SIGNER",
    "ISSUER",
    "RUN_URL",
    "SIGNED_AT",
    "LOG_INDEX",
    "LOG_ID",
    "LOG_URL",
    "VERIFIED_AT",
    "POLICY_DIGEST",
];

#[cfg(test)]
mod tests;
