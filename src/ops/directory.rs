//! Directories: every file in one, hashed in parallel.
//!
//! What cannot be said in a list of files is refused, never left out in silence: symbolic links, devices and sockets,
//! names that are not UTF-8. Directories without files are not seen. The files are read one after the other, so what a
//! writer changes meanwhile is found in its old or its new state; a file that is exchanged for something else between
//! the listing and the reading is an error.

use std::fs::{File, Metadata};
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use super::{hash, pool};
use crate::attestation::{FileList, FileName, MAX_LISTED_FILES};
use crate::report::{Code, Finding};
use crate::subject::Digest;

/// Most levels of directories below one another.
const MAX_DEPTH: usize = 64;
/// Most directories and files that are looked at.
const MAX_ENTRIES: usize = 4 * MAX_LISTED_FILES;

/// How a directory is read.
pub(super) struct Reading<'a> {
    /// What does not count: names of files and directories in it.
    pub(super) ignored: &'a [String],
    /// Bundles and resume files; those that lie in the directory do not count.
    pub(super) evidence: &'a [PathBuf],
    /// Most bytes of one file.
    pub(super) limit: u64,
    /// Files hashed at once.
    pub(super) jobs: NonZeroUsize,
    /// Told about every chunk that was hashed, in bytes.
    pub(super) on_bytes: hash::OnBytes<'a>,
}

/// A file as it was listed.
struct Listed {
    name: FileName,
    path: PathBuf,
    metadata: Metadata,
}

/// Lists and hashes the files of a directory.
///
/// # Errors
///
/// Something in it cannot be listed or read, it has no files, or too many.
pub(super) fn read(root: &Path, reading: &Reading<'_>) -> Result<FileList, Finding> {
    let shown = root.display();
    let ignored = ignored(root, reading)?;
    let mut walk = Walk {
        ignored: &ignored,
        files: Vec::new(),
        entries: 0,
    };
    walk.directory(root, None, 0)?;
    let hashed = pool::map(reading.jobs, &walk.files, |file| {
        let digest = digest(file, reading).map_err(|error| unreadable(&file.path, &error))?;
        Ok((file.name.clone(), digest))
    });
    let hashed = hashed.into_iter().collect::<Result<Vec<_>, Finding>>()?;
    let said = ignored.iter().map(|name| name.as_str().to_owned()).collect();
    FileList::new(hashed, said)
        .map_err(|problem| Finding::new(Code::DirectoryUnrepresentable, format!("{shown}: {problem}")))
}

/// The names that do not count, in order.
fn ignored(root: &Path, reading: &Reading<'_>) -> Result<Vec<FileName>, Finding> {
    let mut names = Vec::new();
    for text in reading.ignored {
        let text = text.trim_end_matches('/');
        let name = FileName::parse(text.strip_prefix("./").unwrap_or(text)).ok_or_else(|| {
            let message = format!("{text:?} cannot be ignored: it names nothing within the directory");
            Finding::new(Code::DirectoryUnrepresentable, message)
                .help("write the name as it is seen from the directory, for example .git")
        })?;
        names.push(name);
    }
    let root = root.canonicalize().map_err(|error| unreadable(root, &error))?;
    names.extend(reading.evidence.iter().filter_map(|path| within(&root, path)));
    names.sort();
    names.dedup();
    Ok(names)
}

/// The name of a file in the directory, if it lies there. The file need not be there yet; its folder has to.
fn within(root: &Path, path: &Path) -> Option<FileName> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
    let inside = folder.join(path.file_name()?);
    let steps: Option<Vec<&str>> = inside
        .strip_prefix(root)
        .ok()?
        .components()
        .map(|step| step.as_os_str().to_str())
        .collect();
    FileName::parse(&steps?.join("/"))
}

struct Walk<'a> {
    ignored: &'a [FileName],
    files: Vec<Listed>,
    entries: usize,
}

impl Walk<'_> {
    fn directory(&mut self, path: &Path, name: Option<&FileName>, depth: usize) -> Result<(), Finding> {
        if depth > MAX_DEPTH {
            return Err(
                unrepresentable(path, "lies too deep").expected(format!("at most {MAX_DEPTH} levels"))
            );
        }
        let entries = std::fs::read_dir(path).map_err(|error| unreadable(path, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(path, &error))?;
            self.entries = self.entries.saturating_add(1);
            if self.entries > MAX_ENTRIES || self.files.len() > MAX_LISTED_FILES {
                return Err(unrepresentable(path, "is of a directory with too many files")
                    .expected(format!("at most {MAX_LISTED_FILES} files")));
            }
            self.entry(&entry.path(), entry.file_name().to_str(), name, depth)?;
        }
        Ok(())
    }

    fn entry(
        &mut self,
        path: &Path,
        step: Option<&str>,
        folder: Option<&FileName>,
        depth: usize,
    ) -> Result<(), Finding> {
        let full = match (folder, step) {
            (None, Some(step)) => Some(step.to_owned()),
            (Some(folder), Some(step)) => Some(format!("{folder}/{step}")),
            (_, None) => None,
        };
        let name = full
            .and_then(|full| FileName::parse(&full))
            .ok_or_else(|| unrepresentable(path, "has a name that is not UTF-8"))?;
        if self.ignored.iter().any(|ignored| name.is_within(ignored)) {
            return Ok(());
        }
        let metadata = path
            .symlink_metadata()
            .map_err(|error| unreadable(path, &error))?;
        if metadata.is_dir() {
            return self.directory(path, Some(&name), depth.saturating_add(1));
        }
        if !metadata.is_file() {
            let what = match metadata.is_symlink() {
                true => "is a symbolic link",
                false => "is neither a file nor a directory",
            };
            return Err(unrepresentable(path, what));
        }
        let path = path.to_owned();
        self.files.push(Listed { name, path, metadata });
        Ok(())
    }
}

fn digest(listed: &Listed, reading: &Reading<'_>) -> io::Result<Digest> {
    let file = File::open(&listed.path)?;
    // A link may have taken its place since it was listed.
    if !is_same(&file.metadata()?, &listed.metadata) {
        return Err(io::Error::other("was exchanged while the directory was read"));
    }
    hash::copy(file, &mut io::sink(), reading.limit, reading.on_bytes)
}

#[cfg(unix)]
fn is_same(opened: &Metadata, listed: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    opened.is_file() && (opened.dev(), opened.ino()) == (listed.dev(), listed.ino())
}

#[cfg(not(unix))]
fn is_same(opened: &Metadata, listed: &Metadata) -> bool {
    opened.is_file() && opened.len() == listed.len()
}

fn unrepresentable(path: &Path, what: &str) -> Finding {
    Finding::new(
        Code::DirectoryUnrepresentable,
        format!("{} {what}", path.display()),
    )
    .help("remove it, or leave it out by name with --ignore")
}

fn unreadable(path: &Path, error: &io::Error) -> Finding {
    Finding::new(Code::SubjectUnreadable, format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        folder
    }

    fn read_with(root: &Path, ignored: &[&str], evidence: &[PathBuf]) -> Result<FileList, Finding> {
        let ignored: Vec<String> = ignored.iter().map(|text| (*text).to_owned()).collect();
        let reading = Reading {
            ignored: &ignored,
            evidence,
            limit: 1 << 20,
            jobs: NonZeroUsize::new(3).unwrap(),
            on_bytes: &|_| {},
        };
        read(root, &reading)
    }

    fn list(files: &[(&str, &str)], ignored: &[&str]) -> FileList {
        let file = |(name, content): &(&str, &str)| {
            (FileName::parse(name).unwrap(), Digest::sha256(content.as_bytes()))
        };
        let ignored = ignored.iter().map(|text| (*text).to_owned()).collect();
        FileList::new(files.iter().map(file), ignored).unwrap()
    }

    #[test]
    fn every_file_is_listed_and_names_that_differ_in_case_are_two() {
        let files = [
            ("a", "1"),
            ("A", "2"),
            ("d/e/f", "3"),
            (".hidden", ""),
            ("d\\e", "4"),
        ];
        let folder = folder(&files);
        assert_eq!(read_with(folder.path(), &[], &[]).unwrap(), list(&files, &[]));
    }

    #[test]
    fn what_is_ignored_is_said_and_a_name_is_no_pattern() {
        let folder = folder(&[
            ("a", "1"),
            (".git/config", "2"),
            (".gitignore", "3"),
            ("out.json", "4"),
        ]);
        let kept = [("a", "1"), (".gitignore", "3")];
        let bundles = [folder.path().join("out.json"), PathBuf::from("elsewhere.json")];
        assert_eq!(
            read_with(folder.path(), &["./.git/"], &bundles).unwrap(),
            list(&kept, &[".git", "out.json"])
        );
        for outside in ["", "/etc", "../a", "."] {
            let finding = read_with(folder.path(), &[outside], &[]).unwrap_err();
            assert_eq!(finding.code, Code::DirectoryUnrepresentable, "{outside}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_is_neither_a_file_nor_a_directory_is_refused_unless_it_is_ignored() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt as _;

        let link = |path: &Path| std::os::unix::fs::symlink("a", path).unwrap();
        let socket = |path: &Path| drop(std::os::unix::net::UnixListener::bind(path).unwrap());
        let file = |path: &Path| std::fs::write(path, "").unwrap();
        type Make = fn(&Path);
        for (name, make, expected) in [
            (&b"link"[..], link as Make, "symbolic link"),
            (b"socket", socket, "neither a file"),
            (b"\xff", file, "not UTF-8"),
        ] {
            let folder = folder(&[("a", "1")]);
            make(&folder.path().join(OsStr::from_bytes(name)));
            let finding = read_with(folder.path(), &[], &[]).unwrap_err();
            assert_eq!(finding.code, Code::DirectoryUnrepresentable);
            assert!(finding.message.contains(expected), "{}", finding.message);
        }
        let folder = folder(&[("a", "1")]);
        link(&folder.path().join("link"));
        assert!(read_with(folder.path(), &["link"], &[]).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_was_exchanged_after_it_was_listed_is_an_error() {
        let folder = folder(&[("a", "1"), ("b", "2")]);
        let path = folder.path().join("a");
        let listed = Listed {
            name: FileName::parse("a").unwrap(),
            metadata: path.symlink_metadata().unwrap(),
            path: path.clone(),
        };
        std::fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(folder.path().join("b"), &path).unwrap();
        let reading = Reading {
            ignored: &[],
            evidence: &[],
            limit: 10,
            jobs: NonZeroUsize::MIN,
            on_bytes: &|_| {},
        };
        assert!(
            digest(&listed, &reading)
                .unwrap_err()
                .to_string()
                .contains("exchanged")
        );
    }

    #[test]
    fn a_directory_without_files_and_one_that_is_too_deep_are_refused() {
        let empty = tempfile::tempdir().unwrap();
        std::fs::create_dir(empty.path().join("d")).unwrap();
        let deep = folder(&[(&format!("{}f", "d/".repeat(MAX_DEPTH + 1)), "")]);
        for (folder, expected) in [(&empty, "0 files"), (&deep, "too deep")] {
            let finding = read_with(folder.path(), &[], &[]).unwrap_err();
            assert_eq!(finding.code, Code::DirectoryUnrepresentable);
            assert!(finding.message.contains(expected), "{}", finding.message);
        }
    }
}
