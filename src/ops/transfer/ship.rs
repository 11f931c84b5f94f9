//! Copying what was collected.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::collect::{Freight, How};
use crate::ops::pool;
use crate::registry::{BlobContent, Descriptor, RawManifest, Sink, Source};
use crate::report::Finding;
use crate::subject::Digest;

/// Told about the bytes of blobs that are done with, for progress.
pub type OnBytes = Arc<dyn Fn(u64) + Send + Sync>;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shipped {
    /// Blobs whose bytes were moved; the others were there already.
    pub moved: usize,
}

/// Copies `freight` from `source` to `sink`, and lets `tag` point to the image if one is given. `jobs` blobs are copied at
/// the same time.
///
/// # Errors
///
/// The finding that says what could not be copied. The image's own entry or tag has then not been written.
pub fn ship(
    source: &impl Source,
    sink: &dyn Sink,
    freight: &Freight,
    tag: Option<&str>,
    jobs: NonZeroUsize,
    on_bytes: &OnBytes,
) -> Result<Shipped, Box<Finding>> {
    let stop = AtomicBool::new(false);
    let moved = AtomicUsize::new(0);
    let results = pool::map(jobs, &freight.blobs, |blob| {
        // One that cannot be copied is enough to know that all is in vain.
        if stop.load(Ordering::Relaxed) {
            return Ok(());
        }
        let result = ship_blob(source, sink, blob, on_bytes);
        match &result {
            Ok(true) => drop(moved.fetch_add(1, Ordering::Relaxed)),
            Ok(false) => {}
            Err(_) => stop.store(true, Ordering::Relaxed),
        }
        result.map(|_| ())
    });
    results.into_iter().collect::<Result<(), _>>()?;
    for part in &freight.parts {
        sink.put_manifest(part, None)?;
    }
    if !freight.parts.is_empty() || !freight.attached.is_empty() {
        sink.put_manifest(&freight.root, None)?;
    }
    let mut referrers: BTreeMap<&Digest, Vec<RawManifest>> = BTreeMap::new();
    for attached in &freight.attached {
        match &attached.how {
            How::Referrer => referrers
                .entry(&attached.about)
                .or_default()
                .push(attached.manifest.clone()),
            How::Tag(tag) => sink.add_layers(tag, attached.manifest.clone())?,
        }
    }
    for (subject, manifests) in referrers {
        sink.attach(subject, &manifests)?;
    }
    sink.put_image(&freight.root, tag)?;
    Ok(Shipped {
        moved: moved.into_inner(),
    })
}

/// Tells whether its bytes were moved.
fn ship_blob(
    source: &impl Source,
    sink: &dyn Sink,
    blob: &Descriptor,
    on_bytes: &OnBytes,
) -> Result<bool, Box<Finding>> {
    if sink.has_blob(blob)? || sink.mount(blob, &source.name())? {
        on_bytes(blob.size);
        return Ok(false);
    }
    let content = Counted {
        inner: source.content(blob),
        on_bytes: Arc::clone(on_bytes),
    };
    sink.put_blob(blob, Arc::new(content))?;
    Ok(true)
}

/// Content that tells how much of it was read.
struct Counted {
    inner: Arc<dyn BlobContent>,
    on_bytes: OnBytes,
}

impl BlobContent for Counted {
    fn open(&self) -> Result<Box<dyn Read + Send>, Box<Finding>> {
        Ok(Box::new(CountedReader {
            inner: self.inner.open()?,
            on_bytes: Arc::clone(&self.on_bytes),
        }))
    }
}

struct CountedReader {
    inner: Box<dyn Read + Send>,
    on_bytes: OnBytes,
}

impl Read for CountedReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        (self.on_bytes)(count as u64);
        Ok(count)
    }
}
