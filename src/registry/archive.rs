//! Images as `docker save` writes them: a tar archive that holds an OCI layout (Docker 25 and later), or a
//! `manifest.json` with a configuration and layers beside it (before that).
//!
//! The archive is unpacked into a folder of its own, which ends with the [`Archive`], and read from there as a layout.
//! Names in it are never used as paths: files are numbered, and come to a name only where they are a blob, which is named
//! by a digest. Links are not followed. The archive is not compressed, so what comes out of it is never more than what it is.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;
use tempfile::TempDir;

use super::content::Hasher;
use super::edit::{IMAGE_CONFIG, pointer};
use super::error::{LayoutError, quoted};
use super::layout::Layout;
use super::layout_source::LayoutBlob;
use super::layout_writer::LayoutWriter;
use super::limits::{MAX_CONFIG_BYTES, MAX_LAYERS, MAX_MANIFEST_BYTES};
use super::manifest::{Descriptor, names};
use super::rationed::Rationed;
use super::raw::RawManifest;
use super::sink::Sink;
use crate::report::{Code, Finding};
use crate::subject::{Algorithm, Digest};

/// Entries of one archive. An image of 127 layers has some hundreds.
const MAX_ENTRIES: usize = 20_000;
/// Bytes of a name in an archive.
const MAX_NAME_BYTES: usize = 1024;
/// Bytes that describe an entry: its header, and the names and attributes before it, which the reader of archives keeps in
/// memory.
const MAX_DESCRIPTION_BYTES: u64 = 1024 * 1024;
/// Images of one archive.
const MAX_ARCHIVE_IMAGES: usize = 100;
/// Bytes that are copied at a time.
const CHUNK_BYTES: usize = 256 * 1024;
/// A layer that is not compressed.
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
/// How a compressed file begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// An archive that has been unpacked.
#[derive(Debug)]
pub struct Archive {
    folder: TempDir,
}

/// A file of the archive, under its number.
struct Unpacked {
    path: PathBuf,
    digest: Digest,
    size: u64,
}

#[derive(Deserialize)]
struct Image {
    #[serde(rename = "Config")]
    config: String,
    #[serde(rename = "RepoTags", default)]
    tags: Option<Vec<String>>,
    #[serde(rename = "Layers")]
    layers: Vec<String>,
}

#[derive(Deserialize)]
struct Config {
    rootfs: RootFs,
}

#[derive(Deserialize)]
struct RootFs {
    diff_ids: Vec<String>,
}

impl Archive {
    /// Unpacks the archive at `path`. Each image of an old archive becomes an OCI manifest over its own bytes; its digest
    /// is not that of the image in the registry it came from, whose layers are compressed.
    ///
    /// # Errors
    ///
    /// The finding that says what is wrong with it.
    pub fn open(path: &Path) -> Result<Self, Box<Finding>> {
        let read = || -> Result<Self, Fault> {
            let mut file = File::open(path)?;
            let folder = TempDir::with_prefix("portcullis-")?;
            let files = unpack(&mut file, folder.path())?;
            if files.contains_key("oci-layout") && files.contains_key("index.json") {
                as_layout(files, folder.path())?;
            } else {
                as_images(files, folder.path())?;
            }
            Ok(Self { folder })
        };
        read().map_err(|fault| fault.finding(path))
    }

    /// The layout that it holds, or that was made of it.
    ///
    /// # Errors
    ///
    /// When that is no layout.
    pub fn layout(&self) -> Result<Layout, LayoutError> {
        Layout::open(self.folder.path())
    }
}

/// Why an archive cannot be read.
enum Fault {
    Malformed(String),
    Io(io::Error),
    Finding(Box<Finding>),
}

impl Fault {
    fn finding(self, path: &Path) -> Box<Finding> {
        let place = path.display();
        match self {
            Self::Finding(finding) => finding,
            Self::Malformed(detail) => Box::new(
                Finding::new(Code::ArchiveMalformed, format!("{place}: {detail}"))
                    .help("save the image again, for example with docker save"),
            ),
            Self::Io(error) => Box::new(Finding::new(
                Code::ArchiveMalformed,
                format!("{place} cannot be read: {error}"),
            )),
        }
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn malformed<T>(detail: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Malformed(detail.into()))
}

/// Writes every regular file of the archive into `folder` under a number, hashed.
fn unpack(file: &mut File, folder: &Path) -> Result<BTreeMap<String, Unpacked>, Fault> {
    let limit = file.metadata()?.len();
    let mut start = [0; 2];
    let count = file.read(&mut start)?;
    if count == start.len() && start == GZIP {
        return malformed("it is compressed; uncompress it first, for example with gunzip");
    }
    file.seek(SeekFrom::Start(0))?;
    let mut files = BTreeMap::new();
    let mut total = 0_u64;
    let (file, ration) = Rationed::new(file);
    let mut archive = tar::Archive::new(file);
    ration.allow(MAX_DESCRIPTION_BYTES);
    for (number, entry) in archive.entries()?.enumerate() {
        if number >= MAX_ENTRIES {
            return malformed(format!("it has more than {MAX_ENTRIES} entries"));
        }
        let mut entry = entry?;
        let name = safe_name(&entry.path_bytes())?;
        let kind = entry.header().entry_type();
        if kind.is_dir() || kind.is_symlink() || kind.is_hard_link() || kind.is_pax_global_extensions() {
            // A link is no file: whoever needs what it stands for does not find it.
            ration.allow(MAX_DESCRIPTION_BYTES);
            continue;
        }
        if !kind.is_file() {
            return malformed(format!("{} is no file", quoted(&name)));
        }
        // Sparse entries claim more than they hold.
        total = total.saturating_add(entry.size());
        if total > limit {
            return malformed("its entries are larger than the archive");
        }
        let path = folder.join(format!("file-{number}"));
        ration.allow(limit);
        let (digest, size) = copy(&mut entry, &path)?;
        ration.allow(MAX_DESCRIPTION_BYTES);
        let unpacked = Unpacked { path, digest, size };
        if files.insert(name.clone(), unpacked).is_some() {
            return malformed(format!("{} stands in it twice", quoted(&name)));
        }
    }
    Ok(files)
}

/// A relative name without dots, or why there is none.
fn safe_name(bytes: &[u8]) -> Result<String, Fault> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return malformed("a name in it is not UTF-8");
    };
    if text.len() > MAX_NAME_BYTES {
        return malformed("a name in it is too long");
    }
    let mut parts = Vec::new();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => return malformed(format!("{} leads out of it", quoted(text))),
            part if part.contains(['\\', '\0']) => {
                return malformed(format!("{} is no name for a file", quoted(text)));
            }
            part => parts.push(part),
        }
    }
    match text.starts_with('/') {
        true => malformed(format!("{} leads out of it", quoted(text))),
        false => Ok(parts.join("/")),
    }
}

fn copy(reader: &mut impl Read, path: &Path) -> Result<(Digest, u64), Fault> {
    let mut file = File::create_new(path)?;
    let mut hasher = Hasher::new(Algorithm::Sha256);
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut size = 0_u64;
    loop {
        let count = reader.read(&mut chunk)?;
        let Some(bytes) = chunk.get(..count).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        hasher.update(bytes);
        file.write_all(bytes)?;
        size = size.saturating_add(count as u64);
    }
    match hasher.finish() {
        Some(digest) => Ok((digest, size)),
        None => malformed("it cannot be hashed"),
    }
}

/// Gives the files of a layout their names. Whether they are what these say is found out by whoever reads them.
fn as_layout(files: BTreeMap<String, Unpacked>, folder: &Path) -> Result<(), Fault> {
    for (name, file) in files {
        let parts: Vec<&str> = name.split('/').collect();
        let place = match parts.as_slice() {
            ["oci-layout" | "index.json"] => folder.join(&name),
            ["blobs", algorithm, hex] => match format!("{algorithm}:{hex}").parse::<Digest>() {
                Ok(digest) => folder
                    .join("blobs")
                    .join(digest.algorithm().name())
                    .join(digest.to_hex()),
                Err(_) => continue,
            },
            _ => continue,
        };
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::rename(&file.path, place)?;
    }
    Ok(())
}

/// Makes a layout of the images that `manifest.json` names.
fn as_images(files: BTreeMap<String, Unpacked>, folder: &Path) -> Result<(), Fault> {
    let Some(list) = files.get("manifest.json") else {
        return malformed("it has neither an OCI layout nor a manifest.json");
    };
    let Ok(images) = serde_json::from_slice::<Vec<Image>>(&small(list, MAX_MANIFEST_BYTES)?) else {
        return malformed("its manifest.json cannot be read");
    };
    if images.is_empty() || images.len() > MAX_ARCHIVE_IMAGES {
        return malformed(format!("it has {} images", images.len()));
    }
    let writer = LayoutWriter::beside(folder);
    for image in images {
        let manifest = write_image(&files, &image, &writer)?;
        let tags = image.tags.unwrap_or_default();
        if tags.is_empty() {
            writer.put_image(&manifest, None).map_err(Fault::Finding)?;
        }
        for tag in tags {
            writer.put_image(&manifest, Some(&tag)).map_err(Fault::Finding)?;
        }
    }
    writer.finish().map_err(Fault::Finding)
}

fn write_image(
    files: &BTreeMap<String, Unpacked>,
    image: &Image,
    writer: &LayoutWriter,
) -> Result<RawManifest, Fault> {
    let find = |name: &str| match files.get(name) {
        Some(file) => Ok(file),
        None => malformed(format!("it has no file {}, or a link in its place", quoted(name))),
    };
    if image.layers.len() > MAX_LAYERS {
        return malformed(format!("it has an image with more than {MAX_LAYERS} layers"));
    }
    let config = find(&image.config)?;
    let Ok(said) = serde_json::from_slice::<Config>(&small(config, MAX_CONFIG_BYTES)?) else {
        return malformed("a configuration in it cannot be read");
    };
    let layers: Vec<&Unpacked> = image
        .layers
        .iter()
        .map(|name| find(name))
        .collect::<Result<_, _>>()?;
    let found: Vec<String> = layers.iter().map(|layer| layer.digest.to_string()).collect();
    if found != said.rootfs.diff_ids {
        return malformed("its layers are not those that the configuration names");
    }
    let mut descriptors = Vec::new();
    for (media_type, file) in
        std::iter::once((IMAGE_CONFIG, config)).chain(layers.iter().map(|layer| (LAYER, *layer)))
    {
        let descriptor = Descriptor::new(media_type, file.digest.clone(), file.size);
        let content = LayoutBlob {
            path: file.path.clone(),
            descriptor: descriptor.clone(),
        };
        writer
            .put_blob(&descriptor, Arc::new(content))
            .map_err(Fault::Finding)?;
        descriptors.push(pointer(&descriptor));
    }
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": names::OCI_MANIFEST,
        "config": descriptors.first(),
        "layers": descriptors.get(1..),
    });
    RawManifest::new(manifest.to_string().into_bytes(), names::OCI_MANIFEST)
        .map_err(|error| Fault::Finding(Box::new(error.finding())))
}

fn small(file: &Unpacked, limit: u64) -> Result<Vec<u8>, Fault> {
    if file.size > limit {
        return malformed("a file in it is larger than it can be");
    }
    Ok(fs::read(&file.path)?)
}
