//! The list of a directory's files that is signed: predicate type `https://model_signing/signature/v1.0`, as the tool
//! `model-signing` of OpenSSF writes and reads it.
//!
//! One subject stands for the directory. Its digest is the SHA-256 over the digests of all files, one after the other in
//! the order of the names. That digest says nothing of the names, so two directories are only held against each other
//! file by file.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Statement;
use crate::subject::{Algorithm, Digest};

/// The predicate type of a signed directory.
pub const MODEL_SIGNING_TYPE: &str = "https://model_signing/signature/v1.0";
/// Most files of one directory.
pub const MAX_LISTED_FILES: usize = 100_000;

/// The only way of listing that is read: whole files, not shards of them.
const METHOD: &str = "files";
/// The only digests that are compared.
const HASH: &str = "sha256";

/// The name of a file in a directory: steps that are neither empty nor `.` nor `..`, with `/` between them. Compared by
/// its bytes, so a name in another case or another Unicode form is another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName(String);

impl FileName {
    /// Reads a name; `None` when it leads out of the directory, or has two spellings.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.split('/').all(|step| !matches!(step, "" | "." | ".."));
        (plain && !text.contains('\0')).then(|| Self(text.to_owned()))
    }

    /// Whether it is `other`, or lies below it.
    pub fn is_within(&self, other: &Self) -> bool {
        let rest = self.0.strip_prefix(&other.0);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Ord for FileName {
    /// Step by step, as the order of the signed digest demands.
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.split('/').cmp(other.0.split('/'))
    }
}

impl PartialOrd for FileName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The files of a directory with their SHA-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileList {
    files: BTreeMap<FileName, Digest>,
    ignored: Vec<String>,
}

/// Where a directory differs from the list that was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// Signed, and not there.
    Missing(FileName),
    /// There with other bytes.
    Changed {
        /// The file.
        name: FileName,
        /// What was signed.
        signed: Digest,
        /// What is there.
        found: Digest,
    },
    /// There, and not signed.
    Added(FileName),
}

/// Why a statement is no list of files that can be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileListProblem {
    /// Another predicate.
    #[error("a statement of type {0:?} lists no files of a directory")]
    Type(String),
    /// A member is missing or of the wrong type.
    #[error("not a list of files: {0}")]
    Shape(String),
    /// Files in another form than whole, or by another hash.
    #[error("the list is of {method:?} by {hash:?}, and only {METHOD:?} by {HASH:?} can be compared")]
    Method {
        /// What is listed.
        method: String,
        /// The hash.
        hash: String,
    },
    /// A name that leads out of the directory, or has two spellings.
    #[error("{0:?} is no name of a file in the directory")]
    Name(String),
    /// The same file again.
    #[error("{0:?} is listed twice")]
    Twice(String),
    /// No files, or too many.
    #[error("{0} files, and there must be 1 to {MAX_LISTED_FILES}")]
    Count(usize),
    /// The list is not what the subject stands for.
    #[error("the digest of the list is {listed}, and the statement is about another")]
    Inconsistent {
        /// The digest over the digests of the list.
        listed: Digest,
    },
}

#[derive(Serialize, Deserialize)]
struct Predicate {
    serialization: Serialization,
    resources: Vec<Resource>,
}

#[derive(Serialize, Deserialize)]
struct Serialization {
    method: String,
    hash_type: String,
    allow_symlinks: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ignore_paths: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Resource {
    name: String,
    algorithm: String,
    digest: String,
}

impl FileList {
    /// A list of files; `ignored` are the paths that were left out.
    ///
    /// # Errors
    ///
    /// There are none, too many, or one of them twice.
    pub fn new(
        files: impl IntoIterator<Item = (FileName, Digest)>,
        ignored: Vec<String>,
    ) -> Result<Self, FileListProblem> {
        let mut listed = BTreeMap::new();
        for (name, digest) in files {
            if let Some(twice) = listed.insert(name.clone(), digest).map(|_| name) {
                return Err(FileListProblem::Twice(twice.0));
            }
        }
        match listed.len() {
            1..=MAX_LISTED_FILES => Ok(Self {
                files: listed,
                ignored,
            }),
            count => Err(FileListProblem::Count(count)),
        }
    }

    /// Reads the list of a statement, which has to be about exactly this list.
    ///
    /// # Errors
    ///
    /// It is no such statement, or the list is not what its subject stands for.
    pub fn read(statement: &Statement) -> Result<Self, FileListProblem> {
        if statement.predicate_type() != MODEL_SIGNING_TYPE {
            return Err(FileListProblem::Type(statement.predicate_type().to_owned()));
        }
        let predicate: Predicate = serde_json::from_str(statement.predicate().get())
            .map_err(|error| FileListProblem::Shape(error.to_string()))?;
        let Serialization {
            method,
            hash_type,
            ignore_paths,
            ..
        } = predicate.serialization;
        if method != METHOD || hash_type != HASH {
            return Err(FileListProblem::Method {
                method,
                hash: hash_type,
            });
        }
        let files: Vec<_> = predicate
            .resources
            .into_iter()
            .map(Resource::read)
            .collect::<Result<_, _>>()?;
        let list = Self::new(files, ignore_paths)?;
        let listed = list.digest();
        match statement.is_about(&listed) {
            true => Ok(list),
            false => Err(FileListProblem::Inconsistent { listed }),
        }
    }

    /// The statement that is signed for a directory of this name. The same list gives the same bytes.
    pub fn statement(&self, name: &str) -> Vec<u8> {
        let resources = self.files.iter().map(|(name, digest)| Resource {
            name: name.0.clone(),
            algorithm: HASH.to_owned(),
            digest: digest.to_hex(),
        });
        let predicate = Predicate {
            serialization: Serialization {
                method: METHOD.to_owned(),
                hash_type: HASH.to_owned(),
                allow_symlinks: false,
                ignore_paths: self.ignored.clone(),
            },
            resources: resources.collect(),
        };
        serde_json::json!({
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": name, "digest": {HASH: self.digest().to_hex()}}],
            "predicateType": MODEL_SIGNING_TYPE,
            "predicate": predicate,
        })
        .to_string()
        .into_bytes()
    }

    /// The digest that stands for the directory: over the digests of its files, and over nothing of their names.
    pub fn digest(&self) -> Digest {
        let bytes: Vec<u8> = self
            .files
            .values()
            .flat_map(|digest| digest.as_bytes().iter().copied())
            .collect();
        Digest::sha256(&bytes)
    }

    /// How many files are listed; never none.
    pub fn count(&self) -> usize {
        self.files.len()
    }

    /// Whether whoever made the list says that this file was left out of it.
    pub fn says_ignored(&self, name: &FileName) -> bool {
        let ignored = self.ignored.iter().filter_map(|text| FileName::parse(text));
        ignored.into_iter().any(|ignored| name.is_within(&ignored))
    }

    /// Where `found` differs from this list, in the order of the names.
    pub fn differences(&self, found: &Self) -> Vec<Difference> {
        let of_signed = self
            .files
            .iter()
            .filter_map(|(name, signed)| match found.files.get(name) {
                None => Some(Difference::Missing(name.clone())),
                Some(digest) if digest != signed => Some(Difference::Changed {
                    name: name.clone(),
                    signed: signed.clone(),
                    found: digest.clone(),
                }),
                Some(_) => None,
            });
        let added = found
            .files
            .keys()
            .filter(|name| !self.files.contains_key(name))
            .map(|name| Difference::Added(name.clone()));
        of_signed.chain(added).collect()
    }
}

impl Resource {
    fn read(self) -> Result<(FileName, Digest), FileListProblem> {
        if self.algorithm != HASH {
            return Err(FileListProblem::Method {
                method: METHOD.to_owned(),
                hash: self.algorithm,
            });
        }
        let digest = Digest::parse_hex(Algorithm::Sha256, &self.digest)
            .map_err(|error| FileListProblem::Shape(error.to_string()))?;
        let name = FileName::parse(&self.name).ok_or(FileListProblem::Name(self.name))?;
        Ok((name, digest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(files: &[(&str, &str)]) -> FileList {
        let file = |(name, content): &(&str, &str)| {
            (FileName::parse(name).unwrap(), Digest::sha256(content.as_bytes()))
        };
        FileList::new(files.iter().map(file), Vec::new()).unwrap()
    }

    fn read(statement: &[u8]) -> Result<FileList, FileListProblem> {
        FileList::read(&Statement::parse(statement).unwrap())
    }

    #[test]
    fn what_was_written_is_read_again_whatever_the_order_of_the_files() {
        let one = list(&[("a", "1"), ("b/c", "2"), ("b-c", "3")]);
        let other = list(&[("b-c", "3"), ("b/c", "2"), ("a", "1")]);
        assert_eq!(one.statement("dir"), other.statement("dir"));
        assert_eq!(read(&one.statement("dir")), Ok(one));
    }

    /// As `model-signing` orders them (`tests/judge/live.sh` asks it): by steps, where `b/c` stands before `b-c`.
    #[test]
    fn the_digest_is_over_the_digests_in_the_order_of_the_steps() {
        let digests: Vec<u8> = ["1", "2", "3"]
            .iter()
            .flat_map(|content| Digest::sha256(content.as_bytes()).as_bytes().to_vec())
            .collect();
        let list = list(&[("b-c", "3"), ("b/c", "2"), ("a", "1")]);
        assert_eq!(list.digest(), Digest::sha256(&digests));
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_none() {
        for text in ["", "/a", "a/", "a//b", "./a", "a/..", "../a", "a\0b"] {
            assert_eq!(FileName::parse(text), None, "{text:?}");
        }
        let git = FileName::parse(".git").unwrap();
        assert!(FileName::parse(".git/config").unwrap().is_within(&git));
        assert!(!FileName::parse(".gitignore").unwrap().is_within(&git));
    }

    #[test]
    fn every_difference_is_named_and_a_rename_is_two() {
        let signed = list(&[("a", "1"), ("b", "2"), ("c", "3")]);
        assert_eq!(signed.differences(&signed.clone()), []);
        let name = |text| FileName::parse(text).unwrap();
        assert_eq!(
            signed.differences(&list(&[("a", "x"), ("c", "3"), ("d", "4")])),
            [
                Difference::Changed {
                    name: name("a"),
                    signed: Digest::sha256(b"1"),
                    found: Digest::sha256(b"x"),
                },
                Difference::Missing(name("b")),
                Difference::Added(name("d")),
            ]
        );
        // The digest over all digests stays the same, and so it must never be what is compared.
        let renamed = list(&[("A", "1"), ("b", "2"), ("c", "3")]);
        assert_eq!(renamed.digest(), signed.digest());
        assert_eq!(
            signed.differences(&renamed),
            [Difference::Missing(name("a")), Difference::Added(name("A"))]
        );
    }

    #[test]
    fn a_list_that_has_two_readings_is_none() {
        let text = String::from_utf8(list(&[("a", "1"), ("b", "2")]).statement("dir")).unwrap();
        for (from, to, expected) in [
            (MODEL_SIGNING_TYPE, "https://example.com/other", "lists no files"),
            ("\"files\"", "\"shards\"", "can be compared"),
            (
                "\"hash_type\":\"sha256\"",
                "\"hash_type\":\"blake3\"",
                "can be compared",
            ),
            (
                "\"algorithm\":\"sha256\"",
                "\"algorithm\":\"blake2b\"",
                "can be compared",
            ),
            ("\"name\":\"b\"", "\"name\":\"a\"", "listed twice"),
            ("\"name\":\"b\"", "\"name\":\"../b\"", "no name of a file"),
            (
                &Digest::sha256(b"2").to_hex(),
                &Digest::sha256(b"x").to_hex(),
                "about another",
            ),
            ("\"resources\"", "\"other\"", "not a list"),
        ] {
            let changed = text.replace(from, to);
            assert_ne!(changed, text, "{from}");
            let error = read(changed.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(expected), "{to}: {error}");
        }
        assert_eq!(FileList::new([], Vec::new()), Err(FileListProblem::Count(0)));
    }
}
