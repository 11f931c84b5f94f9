//! What was found out: findings with stable codes, verdicts, exit codes, and the renderers that tell people and
//! machines.
//!
//! A refusal is a value here, never an error. Renderers only read; nothing in this module decides.

mod code;
mod explain;
mod finding;
mod model;
mod render;
mod schema;
mod verdict;

pub use code::{Code, Group, Severity};
pub use explain::{exit_codes_markdown, exit_codes_text, explain, explain_all};
pub use finding::{Excerpt, Finding, Origin, PartDifference};
pub use model::{
    CandidateReport, EvidenceKind, LogReference, PinReport, Place, PlaceKind, PlaceOutcome, PolicyReport,
    Report, SCHEMA_VERSION, SignerReport, SubjectKind, SubjectReport, TimeSource, ToolReport, TrustReport,
    VerifiedTime,
};
pub(crate) use render::text::visible;
pub use render::{Format, Style, UnknownFormat, render, stdout_lines};
pub use schema::schema;
pub use verdict::{ExitCode, Verdict};
