//! Resume files: a signature that lacks evidence, or that could not be published, and where it was to go. No secret is in
//! them.

use std::io::Read;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::image::{Destination, ImageForm};
use crate::ops::publish::Image;
use crate::report::{Code, Finding};
use crate::sigstore::sign::{Draft, MAX_RESUME_BYTES};
use crate::strict_json;

/// The type of the file for an image. Without it, it is the draft alone, for a bundle on disk.
const MEDIA_TYPE: &str = "application/vnd.portcullis.unpublished-signature.v1+json";
/// Most levels of nesting: those of a draft, and one around it.
const MAX_DEPTH: usize = 25;

/// What is in a resume file.
#[derive(Debug, Clone, PartialEq)]
pub struct Unfinished {
    /// The signature as far as it came.
    pub draft: Draft,
    /// Where it goes; `None` for a file on disk.
    pub destination: Option<Destination>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wire {
    media_type: String,
    /// `registry/repository@digest`.
    image: String,
    created: Timestamp,
    /// For cosign's tag: the payload, base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    legacy_payload: Option<String>,
    signature: Box<RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    media_type: String,
}

/// A draft as a file.
///
/// # Errors
///
/// When it cannot be put into JSON, which is a bug.
pub fn to_json(draft: &Draft, destination: Option<&Destination>) -> Result<String, Finding> {
    let text = draft.to_json()?;
    let Some(destination) = destination else {
        return Ok(text);
    };
    let bug = |error: serde_json::Error| Finding::new(Code::InternalError, error.to_string());
    let wire = Wire {
        media_type: MEDIA_TYPE.to_owned(),
        image: destination.image.name(),
        created: destination.created,
        legacy_payload: match &destination.form {
            ImageForm::Bundle => None,
            ImageForm::LegacyTag { payload } => Some(STANDARD.encode(payload)),
        },
        signature: RawValue::from_string(text).map_err(bug)?,
    };
    serde_json::to_string(&wire).map_err(bug)
}

/// Reads a resume file. Nothing in it is believed: what is finished from it is verified like everything else, and has to
/// be about the image that it goes to.
///
/// # Errors
///
/// `resume-file-invalid`, naming the file.
pub fn read(path: &Path) -> Result<Unfinished, Finding> {
    let name = path.display().to_string();
    let invalid = |detail: String| {
        Finding::new(
            Code::ResumeFileInvalid,
            format!("{name} is not an unfinished signature: {detail}"),
        )
        .help("name the file that the failed run wrote, or sign again")
    };
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(MAX_RESUME_BYTES as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| Finding::new(Code::ResumeFileInvalid, format!("{name}: {error}")))?;
    let limits = strict_json::Limits {
        bytes: MAX_RESUME_BYTES,
        depth: MAX_DEPTH,
    };
    strict_json::check(&bytes, limits).map_err(|problem| invalid(problem.to_string()))?;
    let kind: Kind = serde_json::from_slice(&bytes).map_err(|error| invalid(error.to_string()))?;
    if kind.media_type != MEDIA_TYPE {
        let draft = Draft::parse(&name, &bytes)?;
        let destination = None;
        return Ok(Unfinished { draft, destination });
    }
    let wire: Wire = serde_json::from_slice(&bytes).map_err(|error| invalid(error.to_string()))?;
    let draft = Draft::parse(&name, wire.signature.get().as_bytes())?;
    let image = Image::parse(&wire.image)
        .ok_or_else(|| invalid("image is not registry/repository@digest".to_owned()))?;
    let form = match wire.legacy_payload {
        None => ImageForm::Bundle,
        Some(text) => ImageForm::LegacyTag {
            payload: STANDARD
                .decode(text)
                .map_err(|_| invalid("legacyPayload is not base64".to_owned()))?,
        },
    };
    let destination = Destination {
        image,
        form,
        created: wire.created,
    };
    destination.check(&draft)?;
    Ok(Unfinished {
        draft,
        destination: Some(destination),
    })
}
