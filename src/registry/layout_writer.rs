//! Writing an OCI image layout (OCI image specification, `image-layout.md`).
//!
//! Every file comes to its name whole, by a rename. Blobs come first, and `index.json`, which makes them a layout, comes
//! last, with [`LayoutWriter::finish`]: what was begun and not finished is no layout, or the layout that was there before.
//! What is in it stays in it: entries are added, and a tag that names another image is not moved.
//!
//! The first image of a layout and its evidence also get the marks of `cosign save`, so that `cosign load` reads it. cosign
//! knows one image in a layout, so with a second one there are none.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::content::{Checked, Content, Difference, finding_of};
use super::discover::evidence_tag;
use super::edit::{Edit, LayersEdit, pointer};
use super::error::LayoutError;
use super::layout::{LAYOUT_VERSION, Layout};
use super::layout_source::{LayoutBlob, small};
use super::manifest::{Descriptor, ManifestKind, names};
use super::raw::{Members, RawManifest, unwritable};
use super::sink::{Sink, Source};
use super::store::Store;
use crate::report::{Code, Finding, PlaceKind};
use crate::subject::Digest;

/// Bytes that are copied at a time.
const CHUNK_BYTES: usize = 256 * 1024;

/// How the names of files begin that are not whole yet.
const TEMPORARY: &str = ".portcullis-";

/// A layout that is being written.
#[derive(Debug)]
pub struct LayoutWriter {
    path: PathBuf,
    begun: Mutex<Begun>,
}

/// What `index.json` will say besides what it says.
#[derive(Debug, Default)]
struct Begun {
    entries: Vec<Entry>,
    removed: Vec<Digest>,
}

/// An entry of `index.json`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    descriptor: Descriptor,
    tag: Option<String>,
    is_image: bool,
}

impl LayoutWriter {
    /// Begins to write to the directory `path`, which is made when it is not there. A directory that holds something
    /// else is refused.
    ///
    /// # Errors
    ///
    /// When the directory cannot be used.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, Box<Finding>> {
        let path = path.into();
        fs::create_dir_all(&path).map_err(|error| unwritten(&path, &error))?;
        if !path.join("index.json").exists() && !path.join("oci-layout").exists() {
            let unknown = fs::read_dir(&path)
                .map_err(|error| unwritten(&path, &error))?
                .filter_map(Result::ok)
                // Blobs alone were left by somebody who did not come to the end, and so were temporary files.
                .find(|entry| {
                    let name = entry.file_name();
                    name != "blobs" && !name.to_string_lossy().starts_with(TEMPORARY)
                });
            if unknown.is_some() {
                let detail = std::io::Error::other("it holds something else than an OCI layout");
                return Err(unwritten(&path, &detail));
            }
        }
        Ok(Self::beside(path))
    }

    /// Begins to write to a directory that is there and holds other files as well.
    pub(super) fn beside(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            begun: Mutex::default(),
        }
    }

    /// Writes `oci-layout` and `index.json`: from here on it is a layout, with everything that was put into it.
    ///
    /// # Errors
    ///
    /// When it could not be written, or when the layout has come to hold another image under one of the tags.
    pub fn finish(&self) -> Result<(), Box<Finding>> {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = |error: &std::io::Error| unwritten(&self.path, error);
        let version = json!({"imageLayoutVersion": LAYOUT_VERSION}).to_string();
        let mark = self.path.join("oci-layout");
        if !mark.exists() {
            self.create(&mark, version.as_bytes())?;
        }
        // Two writers of one layout take turns here, so that none drops what the other has just entered.
        let lock = File::open(&mark).map_err(|error| failed(&error))?;
        lock.lock().map_err(|error| failed(&error))?;
        let index = self.path.join("index.json");
        let current = match index.exists() {
            true => Some(self.current()?),
            false => None,
        };
        let bytes = begun
            .written_into(current.as_ref())
            .map_err(|error| Box::new(error.finding()))?;
        // What is written has to be readable here.
        let manifest =
            RawManifest::new(bytes, names::OCI_INDEX).map_err(|error| Box::new(error.finding()))?;
        begun.check_tags(current.as_ref(), &self.path)?;
        self.replace(&index, manifest.bytes())?;
        lock.unlock().map_err(|error| failed(&error))
    }

    fn current(&self) -> Result<RawManifest, Box<Finding>> {
        let read = || RawManifest::new(small(&self.path.join("index.json"))?, names::OCI_INDEX);
        read().map_err(|error| Box::new(error.finding()))
    }

    /// Writes a file as a whole or not at all.
    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), Box<Finding>> {
        let write = || {
            let file = self.prepared(path, bytes)?;
            file.persist(path).map(drop).map_err(|error| error.error)
        };
        write().map_err(|error| unwritten(path, &error))
    }

    /// Writes a file as a whole, unless somebody else was faster. What is there stays: another writer may have locked it.
    fn create(&self, path: &Path, bytes: &[u8]) -> Result<(), Box<Finding>> {
        let write = || match self.prepared(path, bytes)?.persist_noclobber(path) {
            Err(error) if error.error.kind() != std::io::ErrorKind::AlreadyExists => Err(error.error),
            _ => Ok(()),
        };
        write().map_err(|error| unwritten(path, &error))
    }

    /// A file beside `path` with all of its bytes, under another name.
    fn prepared(&self, path: &Path, bytes: &[u8]) -> std::io::Result<tempfile::NamedTempFile> {
        let folder = path.parent().unwrap_or(&self.path);
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::with_prefix_in(TEMPORARY, folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        readable(file.as_file())?;
        Ok(file)
    }

    /// Where a blob goes. Both parts come from a digest that parsed: a name out of three, and hex.
    fn blob_path(&self, digest: &Digest) -> PathBuf {
        self.path
            .join("blobs")
            .join(digest.algorithm().name())
            .join(digest.to_hex())
    }

    fn put_bytes(&self, manifest: &RawManifest) -> Result<(), Box<Finding>> {
        let descriptor = manifest.descriptor();
        let path = self.blob_path(&descriptor.digest);
        match small(&path) {
            Ok(there) if there == manifest.bytes() => Ok(()),
            _ => self.replace(&path, manifest.bytes()),
        }
    }

    fn enter(&self, entry: Entry) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.removed.retain(|digest| *digest != entry.descriptor.digest);
        if !begun.entries.contains(&entry) {
            begun.entries.push(entry);
        }
    }

    /// What a tag points to, by what was entered here or before.
    fn tagged(&self, tag: &str) -> Result<Option<RawManifest>, Box<Finding>> {
        let entered = {
            let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
            let mut entries = begun.entries.iter().rev();
            entries
                .find(|entry| entry.tag.as_deref() == Some(tag))
                .map(|entry| entry.descriptor.clone())
        };
        if let Some(descriptor) = entered {
            let read = || {
                let bytes = small(&self.blob_path(&descriptor.digest))?;
                RawManifest::new(bytes, &descriptor.media_type)
            };
            return read().map(Some).map_err(|error| Box::new(error.finding()));
        }
        if !self.path.join("index.json").exists() {
            return Ok(None);
        }
        let layout = Layout::open(&self.path).map_err(|error| Box::new(error.finding()))?;
        let found = Store::tagged(&layout, tag).found;
        found.first().map(|descriptor| layout.raw(descriptor)).transpose()
    }
}

impl Begun {
    /// `index.json` with the new entries, and with everything else as it is.
    fn written_into(&self, current: Option<&RawManifest>) -> Result<Vec<u8>, LayoutError> {
        let mut members = match current {
            Some(current) => Members::of(current)?,
            None => serde_json::from_value(json!({"mediaType": names::OCI_INDEX, "schemaVersion": 2}))
                .map_err(|error| unwritable(&error))?,
        };
        let before = current.map_or(&[][..], |current| current.document().manifests());
        let moved = |old: &Descriptor| {
            let tagged = |entry: &Entry| entry.tag.is_some() && entry.tag.as_deref() == old.tag();
            self.removed.contains(&old.digest)
                || self.entries.iter().any(|entry| !entry.is_image && tagged(entry))
        };
        let texts = members.elements("manifests")?;
        let mut entries: Vec<Box<RawValue>> = texts
            .into_iter()
            .zip(before)
            .filter(|(_, old)| !moved(old))
            .map(|(text, _)| text)
            .collect();
        let is_there = |entry: &Entry| {
            before.iter().any(|old| {
                !moved(old) && old.digest == entry.descriptor.digest && old.tag() == entry.tag.as_deref()
            })
        };
        for entry in self.entries.iter().filter(|entry| !is_there(entry)) {
            let kind = self.kind_of(entry, before.is_empty());
            let value = serde_json::value::to_raw_value(&entry.written(kind));
            entries.push(value.map_err(|error| unwritable(&error))?);
        }
        members.set("manifests", &entries)?;
        serde_json::to_vec(&members).map_err(|error| unwritable(&error))
    }

    /// cosign's mark for an entry: only for one image, in a layout that was empty.
    fn kind_of(&self, entry: &Entry, was_empty: bool) -> Option<&'static str> {
        let mut images = self.entries.iter().filter(|entry| entry.is_image);
        let (Some(image), None, true) = (images.next(), images.next(), was_empty) else {
            return None;
        };
        if entry.is_image {
            return Some(match entry.descriptor.kind() {
                Some(ManifestKind::Index) => "imageIndex",
                _ => "image",
            });
        }
        let tag = entry.tag.as_deref()?;
        [
            (PlaceKind::SignatureTag, "sigs"),
            (PlaceKind::AttestationTag, "atts"),
        ]
        .into_iter()
        .find(|(place, _)| evidence_tag(*place, &image.descriptor.digest) == tag)
        .map(|(_, kind)| kind)
    }

    /// A tag of an image is not moved from one to another.
    fn check_tags(&self, current: Option<&RawManifest>, path: &Path) -> Result<(), Box<Finding>> {
        let there = current.map_or(&[][..], |current| current.document().manifests());
        for entry in self
            .entries
            .iter()
            .filter(|entry| entry.is_image && entry.tag.is_some())
        {
            let taken = there
                .iter()
                .find(|old| old.tag() == entry.tag.as_deref() && old.digest != entry.descriptor.digest);
            if let Some(old) = taken {
                let message = format!("{} has another image under the same tag", path.display());
                let finding = Finding::new(Code::LayoutTagTaken, message)
                    .found(old.digest.to_string())
                    .expected(entry.descriptor.digest.to_string())
                    .help("save to another folder");
                return Err(Box::new(finding));
            }
        }
        Ok(())
    }
}

impl Entry {
    fn written(&self, kind: Option<&str>) -> Value {
        let mut value = pointer(&self.descriptor);
        let mut annotations = serde_json::Map::new();
        if let Some(kind) = kind {
            annotations.insert(
                names::KIND.to_owned(),
                json!(format!("{}{kind}", names::KIND_PREFIX)),
            );
        }
        if let Some(tag) = &self.tag {
            annotations.insert(names::REF_NAME.to_owned(), json!(tag));
        }
        if let (Some(members), false) = (value.as_object_mut(), annotations.is_empty()) {
            members.insert("annotations".to_owned(), Value::Object(annotations));
        }
        value
    }
}

impl Sink for LayoutWriter {
    fn place(&self) -> String {
        self.path.display().to_string()
    }

    /// A file of that name is not enough: its bytes are hashed.
    fn has_blob(&self, blob: &Descriptor) -> Result<bool, Box<Finding>> {
        let path = self.blob_path(&blob.digest);
        let regular = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file());
        if !regular {
            return Ok(false);
        }
        let there = LayoutBlob {
            path,
            descriptor: blob.clone(),
        };
        let mut reader = match there.open() {
            Ok(reader) => reader,
            Err(_) => return Ok(false),
        };
        // Whatever is wrong with it, it is written anew.
        Ok(std::io::copy(&mut reader, &mut std::io::sink()).is_ok())
    }

    fn put_blob(&self, blob: &Descriptor, content: Arc<dyn Content>) -> Result<(), Box<Finding>> {
        let path = self.blob_path(&blob.digest);
        let folder = path.parent().unwrap_or(&self.path);
        let failed = |error: &std::io::Error| unwritten(&path, error);
        fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        let expected = blob.clone();
        let mut reader = Checked::new(content.open()?, blob.clone(), move |how| {
            let (expected, found) = match how {
                Difference::Digest(found) => (expected.digest.to_string(), found.to_string()),
                Difference::Size(found) => (format!("{} bytes", expected.size), format!("{found} bytes")),
            };
            let message = "what was to be written is not what points to it says".to_owned();
            Finding::new(Code::LayoutMalformed, message)
                .found(found)
                .expected(expected)
        });
        let mut file =
            tempfile::NamedTempFile::with_prefix_in(TEMPORARY, folder).map_err(|error| failed(&error))?;
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let count = match reader.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(finding_of(error, &blob.digest.to_string())),
            };
            file.write_all(chunk.get(..count).unwrap_or_default())
                .map_err(|error| failed(&error))?;
        }
        let close = || {
            file.as_file().sync_all()?;
            readable(file.as_file())?;
            file.persist(&path).map(drop).map_err(|error| error.error)
        };
        close().map_err(|error: std::io::Error| failed(&error))
    }

    fn put_manifest(&self, manifest: &RawManifest, tag: Option<&str>) -> Result<(), Box<Finding>> {
        self.put_bytes(manifest)?;
        if let Some(tag) = tag {
            self.enter(Entry {
                descriptor: manifest.descriptor().clone(),
                tag: Some(tag.to_owned()),
                is_image: false,
            });
        }
        Ok(())
    }

    fn put_image(&self, manifest: &RawManifest, tag: Option<&str>) -> Result<(), Box<Finding>> {
        self.put_bytes(manifest)?;
        self.enter(Entry {
            descriptor: manifest.descriptor().clone(),
            tag: tag.map(str::to_owned),
            is_image: true,
        });
        Ok(())
    }

    fn attach(&self, _subject: &Digest, referrers: &[RawManifest]) -> Result<(), Box<Finding>> {
        for referrer in referrers {
            self.put_bytes(referrer)?;
            self.enter(Entry {
                descriptor: referrer.descriptor().clone(),
                tag: None,
                is_image: false,
            });
        }
        Ok(())
    }

    fn add_layers(&self, tag: &str, manifest: RawManifest) -> Result<(), Box<Finding>> {
        let current = self.tagged(tag)?;
        let change = LayersEdit::adding(manifest)
            .and_then(|mut edit| edit.apply(current.as_ref()))
            .map_err(|error| Box::new(error.finding()))?;
        let Some(change) = change else { return Ok(()) };
        for (blob, bytes) in change.blobs {
            self.put_blob(&blob, Arc::new(bytes))?;
        }
        {
            let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
            begun.entries.retain(|entry| entry.tag.as_deref() != Some(tag));
        }
        self.put_manifest(&change.manifest, Some(tag))
    }

    /// Takes their entries out; their bytes stay, since another image may have them too.
    fn detach(&self, _subject: &Digest, referrers: &[Digest]) -> Result<Vec<Digest>, Box<Finding>> {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun
            .entries
            .retain(|entry| !referrers.contains(&entry.descriptor.digest));
        begun.removed.extend(referrers.iter().cloned());
        Ok(Vec::new())
    }
}

/// Temporary files are for their owner alone; what is in a layout is for everybody who may read the folder.
#[cfg(unix)]
fn readable(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &File) -> std::io::Result<()> {
    Ok(())
}

fn unwritten(path: &Path, error: &std::io::Error) -> Box<Finding> {
    let message = format!("{} cannot be written: {error}", path.display());
    Box::new(Finding::new(Code::CopyWriteFailed, message).help("check the folder, its rights and the disk"))
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    /// Both find no layout, and both make one.
    #[test]
    fn two_who_begin_a_layout_at_the_same_time_lose_nothing() {
        for _ in 0..100 {
            let folder = tempfile::tempdir().unwrap();
            let both = Barrier::new(2);
            std::thread::scope(|scope| {
                for name in ["a", "b"] {
                    let (folder, both) = (folder.path(), &both);
                    scope.spawn(move || {
                        let manifest = json!({"schemaVersion": 2, "mediaType": names::OCI_INDEX, "manifests": [],
                            "annotations": {"name": name}});
                        let manifest =
                            RawManifest::new(manifest.to_string().into_bytes(), names::OCI_INDEX).unwrap();
                        let writer = LayoutWriter::open(folder).unwrap();
                        writer.put_image(&manifest, Some(name)).unwrap();
                        both.wait();
                        writer.finish().unwrap();
                    });
                }
            });
            let layout = Layout::open(folder.path()).unwrap();
            assert_eq!(layout.top_level().count(), 2);
        }
    }
}
