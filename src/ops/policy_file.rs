//! Reading the policy file that was named, and the files beside it that it names.

use std::cell::RefCell;
use std::path::Path;

use super::read;
use crate::policy::{self, Files, MAX_POLICY_BYTES, Policy};
use crate::report::{Code, Finding, Origin};
use crate::subject::Digest;

/// Most bytes of a file that a policy names: trust roots are the largest.
const MAX_NAMED_FILE_BYTES: u64 = 16 << 20;

/// A policy with everything that it was made of.
#[derive(Debug, Clone)]
pub struct PolicyFile {
    /// The policy.
    pub policy: Policy,
    /// SHA-256 over the file and every file that was read for it: another one means that something of it changed.
    pub inputs: Digest,
}

/// Reads a policy. A pinned one has to have the digest, before anything in it is read, and may not lean on files that
/// the digest does not fix. `named_by` is where the path was written.
pub fn read(path: &Path, pinned: Option<&Digest>, named_by: &Origin) -> Result<PolicyFile, Vec<Finding>> {
    let label = path.display().to_string();
    let limit = u64::try_from(MAX_POLICY_BYTES).unwrap_or(u64::MAX);
    let bytes = read::bounded(path, limit).map_err(|detail| {
        vec![Finding::new(Code::PolicyInvalid, format!("{label}: {detail}")).origin(named_by)]
    })?;
    if let Some(digest) = pinned {
        policy::check_digest(&label, &bytes, digest).map_err(|finding| vec![finding])?;
    }
    let inputs = RefCell::new(Digest::sha256(&bytes).to_string());
    let files = Files {
        folder: path.parent().unwrap_or(Path::new(".")),
        read: &|path| {
            let bytes = read::bounded(path, MAX_NAMED_FILE_BYTES).map_err(|error| error.to_string())?;
            let mut inputs = inputs.borrow_mut();
            inputs.push_str(&Digest::sha256(&bytes).to_string());
            Ok(bytes)
        },
    };
    let policy = policy::parse(&label, &bytes, &files)?;
    if pinned.is_some() && !policy.unpinned().is_empty() {
        return Err(policy.unpinned().to_vec());
    }
    let inputs = Digest::sha256(inputs.borrow().as_bytes());
    Ok(PolicyFile { policy, inputs })
}
