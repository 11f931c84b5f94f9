//! Reading the policy file that was named, the files beside it that it names, and the file of accepted findings.

use std::path::Path;

use crate::ops::read;
use crate::policy::{self, Accepted, Files, MAX_ACCEPTED_BYTES, MAX_POLICY_BYTES, Policy};
use crate::report::{Code, Finding, Origin};
use crate::subject::Digest;

/// Most bytes of a file that a policy names: trust roots are the largest.
const MAX_NAMED_FILE_BYTES: u64 = 16 << 20;

/// Reads a policy. A pinned one has to have the digest, before anything in it is read, and may not lean on files that
/// the digest does not fix.
pub(super) fn read(path: &Path, pinned: Option<&Digest>) -> Result<Policy, Vec<Finding>> {
    let label = path.display().to_string();
    let limit = u64::try_from(MAX_POLICY_BYTES).unwrap_or(u64::MAX);
    let bytes = read::bounded(path, limit).map_err(|detail| {
        vec![
            Finding::new(Code::PolicyInvalid, format!("{label}: {detail}")).origin(&Origin::flag("--policy")),
        ]
    })?;
    if let Some(digest) = pinned {
        policy::check_digest(&label, &bytes, digest).map_err(|finding| vec![finding])?;
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let files = Files {
        folder,
        read: &|path| read::bounded(path, MAX_NAMED_FILE_BYTES).map_err(|error| error.to_string()),
    };
    let policy = policy::parse(&label, &bytes, &files)?;
    if pinned.is_some() && !policy.unpinned().is_empty() {
        return Err(policy.unpinned().to_vec());
    }
    Ok(policy)
}

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
