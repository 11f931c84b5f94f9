//! Replacing files in place: whole or not at all, permissions kept.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// New contents for a file, written beside it and not yet in its place.
pub(super) struct Prepared {
    file: NamedTempFile,
    target: PathBuf,
    before: String,
}

impl Prepared {
    /// Writes the new contents beside the file. `before` is what it held when it was read.
    ///
    /// A symbolic link stays one: the file that it leads to is replaced.
    pub(super) fn new(path: &Path, before: &str, text: &str) -> io::Result<Self> {
        let target = path.canonicalize()?;
        let folder = target.parent().ok_or(io::ErrorKind::InvalidInput)?;
        let permissions = target.metadata()?.permissions();
        if permissions.readonly() {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let mut file = NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().set_permissions(permissions)?;
        file.as_file().sync_all()?;
        Ok(Self {
            file,
            target,
            before: before.to_owned(),
        })
    }

    /// Puts the new contents in place, unless somebody else changed the file in the meantime.
    pub(super) fn replace(self) -> io::Result<()> {
        let mut now = Vec::new();
        let limit = u64::try_from(self.before.len())
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        File::open(&self.target)?.take(limit).read_to_end(&mut now)?;
        if now != self.before.as_bytes() {
            return Err(io::Error::other("it was changed while its images were verified"));
        }
        self.file.persist(&self.target).map_err(|error| error.error)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        fs::write(&path, "old").unwrap();
        Prepared::new(&path, "old", "new").unwrap().replace().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(folder.path()), ["a.yaml"]);
    }

    #[test]
    fn a_file_that_changed_in_the_meantime_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        for other in ["other", "older", "ol", ""] {
            fs::write(&path, "old").unwrap();
            let prepared = Prepared::new(&path, "old", "new").unwrap();
            fs::write(&path, other).unwrap();
            assert!(prepared.replace().is_err());
            assert_eq!(fs::read_to_string(&path).unwrap(), other);
            assert_eq!(names(folder.path()), ["a.yaml"]);
        }
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        let link = folder.path().join("link.yaml");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("a.yaml", &link).unwrap();
        Prepared::new(&link, "old", "new").unwrap().replace().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).unwrap();
        assert!(Prepared::new(&path, "new", "newer").is_err());
        assert_eq!(names(folder.path()), ["a.yaml", "link.yaml"]);
    }

    #[test]
    fn a_file_that_is_gone_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Prepared::new(&folder.path().join("a.yaml"), "", "new").is_err());
    }
}
