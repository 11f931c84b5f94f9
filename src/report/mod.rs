//! What was found out: findings with stable codes, verdicts, exit codes, and the renderers that tell people and
//! machines.
//!
//! A refusal is a value here, never an error. Renderers only read; nothing in this module decides.

mod code;
mod explain;
mod finding;
mod inspection;
mod model;
mod render;
mod sbom_place;
mod schema;
mod verdict;

pub use code::{Code, Group, Severity};
pub use explain::{exit_codes_markdown, exit_codes_text, explain, explain_all};
pub use finding::{Acceptance, Excerpt, Finding, Origin, PartDifference};
pub use inspection::{
    Attached, ClaimedLogEntry, Claims, INSPECTION_KIND, INSPECTION_VERSION, Inspected, InspectedPlace,
    InspectedSubject, Inspection, NOTICE, Never, Node,
};
pub use model::{
    CandidateReport, EvidenceKind, LogReference, PinReport, Place, PlaceKind, PlaceOutcome, PolicyReport,
    Report, SCHEMA_VERSION, SignerReport, SubjectKind, SubjectReport, TimeSource, ToolReport, TrustReport,
    VerifiedTime,
};
pub(crate) use render::text::visible;
pub use render::{
    Format, Signs, Style, UnknownFormat, inspection_json, inspection_tree, render, render_findings,
    stdout_lines,
};
pub use sbom_place::SbomPlace;
pub(crate) use schema::schema_of;
pub use schema::{inspection_schema, schema};
pub use verdict::{ExitCode, Verdict};
