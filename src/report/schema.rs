//! The JSON Schemas of the documents, derived from their types so that they cannot drift.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

use super::{Inspection, Report};

/// The JSON Schema (2020-12) of the document that `--format json` writes; checked in as `docs/report.schema.json`.
pub fn schema() -> String {
    schema_of::<Report>()
}

/// The JSON Schema of the document that `inspect --format json` writes; checked in as `docs/inspection.schema.json`.
pub fn inspection_schema() -> String {
    schema_of::<Inspection>()
}

/// The JSON Schema of a document that is written.
pub(crate) fn schema_of<T: JsonSchema>() -> String {
    // What is written is described, not what would be read: members that may be left out are not required.
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    super::render::json_document(&generator.into_root_schema_for::<T>())
}
