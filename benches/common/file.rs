//! A file too large to be held in memory.

use std::fs::File;
use std::process::{Command, Stdio};

use portcullis::ops::hash;
use tempfile::NamedTempFile;

/// Size of the file.
pub const BYTES: u64 = 4 << 30;

/// A sparse file: it takes no disk space, and reading it costs what reading from the page cache costs.
pub struct LargeFile(NamedTempFile);

impl LargeFile {
    pub fn new() -> Self {
        let file = NamedTempFile::new().unwrap();
        File::set_len(file.as_file(), BYTES).unwrap();
        Self(file)
    }

    /// Hashes it as this program does.
    pub fn hash(&self) {
        divan::black_box(hash::file(self.0.path(), BYTES, &|_| {}).unwrap());
    }

    /// Hashes it with another program.
    pub fn hash_with(&self, command: &[&str]) {
        let (program, args) = command.split_first().unwrap();
        let status = Command::new(program)
            .args(args)
            .arg(self.0.path())
            .stdout(Stdio::null())
            .status()
            .unwrap_or_else(|error| panic!("{program} is needed for comparison: {error}"));
        assert!(status.success());
    }
}
