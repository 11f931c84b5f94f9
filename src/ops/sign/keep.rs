//! Bundles and resume files on disk. A file is there whole or not at all, and none is overwritten unasked.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::image::{Destination, ImageForm};

/// What is added to the name of a file to name its bundle.
const BUNDLE_SUFFIX: &str = ".sigstore.json";
/// The same for a signature in cosign's older form.
const LEGACY_SUFFIX: &str = ".sig";
/// What is added to the name of a bundle to name what there is of it.
const RESUME_SUFFIX: &str = ".resume";

/// Whether a file that is there may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It stays.
    Keep,
    /// It is replaced.
    Overwrite,
}

/// The bundle beside a file, where `verify` looks for it.
pub fn bundle_beside(file: &Path) -> PathBuf {
    with_suffix(file, BUNDLE_SUFFIX)
}

/// The resume file beside a bundle.
pub fn resume_beside(bundle: &Path) -> PathBuf {
    with_suffix(bundle, RESUME_SUFFIX)
}

/// The bundle that a resume file stands beside; `None` for a file of another name.
pub fn bundle_of_resume(resume: &Path) -> Option<PathBuf> {
    resume.to_str()?.strip_suffix(RESUME_SUFFIX).map(PathBuf::from)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Writes a file whole, and reads it back.
///
/// # Errors
///
/// When it is there already, when the disk is full, and when what is read back is something else.
pub fn write(path: &Path, text: &str, existing: Existing) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::Builder::new()
        .prefix(".portcullis-")
        .tempfile_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    publish_mode(file.as_file())?;
    match existing {
        Existing::Keep => file.persist_noclobber(path)?,
        Existing::Overwrite => file.persist(path)?,
    };
    let mut back = Vec::with_capacity(text.len());
    std::fs::File::open(path)?
        .take(text.len() as u64 + 1)
        .read_to_end(&mut back)?;
    match back == text.as_bytes() {
        true => Ok(()),
        false => Err(io::Error::other("what was read back is not what was written")),
    }
}

/// Temporary files are for their owner alone; what is published is for everybody who may read the folder.
#[cfg(unix)]
fn publish_mode(file: &std::fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn publish_mode(_: &std::fs::File) -> io::Result<()> {
    Ok(())
}

/// The name of the resume file, in the working directory, of a signature about an image.
pub fn resume_for(destination: &Destination) -> PathBuf {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || c == '.' {
            c
        } else {
            '-'
        }
    };
    let image: String = destination.image.name().chars().map(plain).collect();
    let form = match destination.form {
        ImageForm::Bundle => BUNDLE_SUFFIX,
        ImageForm::LegacyTag { .. } => LEGACY_SUFFIX,
    };
    PathBuf::from(format!("{image}{form}{RESUME_SUFFIX}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_not_overwritten_unasked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sigstore.json");
        write(&path, "first", Existing::Keep).unwrap();
        let error = write(&path, "second", Existing::Keep).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "first");
        write(&path, "second", Existing::Overwrite).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "second");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn names_lead_there_and_back() {
        let bundle = bundle_beside(Path::new("dir/app.tar.gz"));
        assert_eq!(bundle, Path::new("dir/app.tar.gz.sigstore.json"));
        let resume = resume_beside(&bundle);
        assert_eq!(bundle_of_resume(&resume), Some(bundle));
        assert_eq!(bundle_of_resume(Path::new("other.json")), None);
    }
}
