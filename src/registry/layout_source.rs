//! A layout as a place to copy from.

use std::fs::{self, File};
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use super::content::{Checked, Content, Difference};
use super::error::LayoutError;
use super::layout::{Layout, read};
use super::limits::MAX_MANIFEST_BYTES;
use super::manifest::Descriptor;
use super::raw::RawManifest;
use super::sink::Source;
use crate::report::Finding;
use crate::subject::Digest;

impl Source for Layout {
    fn describe(&self, digest: &Digest) -> Result<Descriptor, Box<Finding>> {
        let found = self.known().find(|descriptor| descriptor.digest == *digest);
        let error = || LayoutError::NotFound {
            layout: self.path().display().to_string(),
            wanted: format!("manifest {digest}"),
            available: Vec::new(),
        };
        let descriptor = found.ok_or_else(error);
        let descriptor = descriptor.map_err(|error| Box::new(error.finding()))?;
        let document = self.document(descriptor);
        document.map_err(|error| Box::new(error.finding()))?;
        Ok(Descriptor::new(
            descriptor.media_type.clone(),
            digest.clone(),
            descriptor.size,
        ))
    }

    fn raw(&self, descriptor: &Descriptor) -> Result<RawManifest, Box<Finding>> {
        let again = || {
            self.document(descriptor)?;
            let bytes = self.blob(descriptor, MAX_MANIFEST_BYTES)?;
            RawManifest::with_digest(bytes, &descriptor.media_type, descriptor.digest.clone())
        };
        again().map_err(|error| Box::new(error.evidence_finding()))
    }

    fn content(&self, descriptor: &Descriptor) -> Arc<dyn Content> {
        Arc::new(LayoutBlob {
            path: self.blob_path(&descriptor.digest),
            descriptor: descriptor.clone(),
        })
    }
}

/// A blob in a file.
pub(crate) struct LayoutBlob {
    pub(crate) path: PathBuf,
    pub(crate) descriptor: Descriptor,
}

impl Content for LayoutBlob {
    fn open(&self) -> Result<Box<dyn Read + Send>, Box<Finding>> {
        let unreadable =
            |error: &std::io::Error| Box::new(LayoutError::unreadable(&self.path, error).evidence_finding());
        // A device or pipe may never end.
        let metadata = fs::metadata(&self.path).map_err(|error| unreadable(&error))?;
        if !metadata.is_file() {
            return Err(unreadable(&std::io::Error::other("it is not a regular file")));
        }
        let file = File::open(&self.path).map_err(|error| unreadable(&error))?;
        let (name, expected) = (self.path.display().to_string(), self.descriptor.clone());
        Ok(Box::new(Checked::new(file, expected.clone(), move |how| {
            let file = name.clone();
            let error = match how {
                Difference::Digest(found) => LayoutError::DigestMismatch {
                    file,
                    expected: expected.digest.clone(),
                    found,
                },
                Difference::Size(found) => LayoutError::SizeMismatch {
                    file,
                    expected: expected.size,
                    found,
                },
            };
            error.evidence_finding()
        })))
    }
}

/// Reads a small file of a layout, for those who change it.
pub(super) fn small(path: &std::path::Path) -> Result<Vec<u8>, LayoutError> {
    read(path, MAX_MANIFEST_BYTES, "bytes of an index")
}
