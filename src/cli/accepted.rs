//! Reading the file of accepted findings that was named.

use std::path::Path;

use crate::ops::read;
use crate::policy::{self, Accepted, MAX_ACCEPTED_BYTES};
use crate::report::{Code, Finding, Origin};
use crate::subject::Digest;

/// Reads a file of accepted findings. A pinned one has to have the digest, before anything in it is read.
pub(super) fn read_accepted(path: &Path, pinned: Option<&Digest>) -> Result<Accepted, Vec<Finding>> {
    let label = path.display().to_string();
    let limit = u64::try_from(MAX_ACCEPTED_BYTES).unwrap_or(u64::MAX);
    let bytes = read::bounded(path, limit).map_err(|detail| {
        let finding = Finding::new(Code::AcceptedInvalid, format!("{label}: {detail}"));
        vec![finding.origin(&Origin::flag("--accepted"))]
    })?;
    if let Some(digest) = pinned {
        policy::check_accepted_digest(&label, &bytes, digest).map_err(|finding| vec![finding])?;
    }
    policy::parse_accepted(&label, &bytes)
}
