//! Many bundles at once.

use std::path::PathBuf;

use portcullis::subject::Subject;
use tempfile::TempDir;

use super::cases::Case;

/// Bundles of a batch; also the most that one file may hold.
pub const SIZE: usize = 10_000;

/// The same bundle [`SIZE`] times: as subjects that share its file, and as the lines of one file.
pub struct Batch {
    pub subjects: Vec<(String, Subject)>,
    dir: TempDir,
}

impl Batch {
    pub fn new(case: &Case) -> Self {
        let bundle: serde_json::Value = serde_json::from_str(&case.text()).unwrap();
        let batch = Self {
            subjects: vec![case.subject(); SIZE],
            dir: tempfile::tempdir().unwrap(),
        };
        std::fs::write(batch.lines(), format!("{bundle}\n").repeat(SIZE)).unwrap();
        batch
    }

    /// One subject, for the file with all bundles.
    pub fn first(&self) -> &[(String, Subject)] {
        self.subjects.chunks(1).next().unwrap()
    }

    /// The file with one bundle in each line.
    pub fn lines(&self) -> PathBuf {
        self.dir.path().join("bundles.jsonl")
    }
}
