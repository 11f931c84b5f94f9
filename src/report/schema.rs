//! The JSON Schema of the report, derived from its types so that it cannot drift.

use schemars::generate::SchemaSettings;

use super::Report;

/// The JSON Schema (2020-12) of the document that `--format json` writes; checked in as `docs/report.schema.json`.
pub fn schema() -> String {
    // What is written is described, not what would be read: members that may be left out are not required.
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    super::render::json_document(&generator.into_root_schema_for::<Report>())
}
