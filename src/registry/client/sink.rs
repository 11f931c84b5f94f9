//! An image of a registry as a place to write to and to copy from, for threads that may wait.

use std::io::Read;
use std::sync::Arc;

use super::image::Image;
use super::store::RemoteStore;
use super::trouble::{Trouble, Why};
use super::write::Written;
use crate::registry::content::{Checked, Content, Difference};
use crate::registry::discover::referrers_tag;
use crate::registry::edit::{LayersEdit, ListEdit};
use crate::registry::error::LayoutError;
use crate::registry::manifest::Descriptor;
use crate::registry::raw::RawManifest;
use crate::registry::sink::{Sink, Source};
use crate::report::Finding;
use crate::subject::Digest;

impl Sink for RemoteStore {
    fn place(&self) -> String {
        self.image().name().to_owned()
    }

    fn has_blob(&self, blob: &Descriptor) -> Result<bool, Box<Finding>> {
        self.finish(self.image().has_blob(blob))
    }

    fn put_blob(&self, blob: &Descriptor, content: Arc<dyn Content>) -> Result<(), Box<Finding>> {
        self.finish(self.image().upload(blob, content))
    }

    fn mount(&self, blob: &Descriptor, other: &str) -> Result<bool, Box<Finding>> {
        let registry = self.image().session().name();
        let repository = other
            .strip_prefix(registry)
            .and_then(|rest| rest.strip_prefix('/'));
        match repository {
            Some(repository) if repository != self.image().repository() => {
                self.finish(self.image().mount(blob, repository))
            }
            _ => Ok(false),
        }
    }

    fn put_manifest(&self, manifest: &RawManifest, tag: Option<&str>) -> Result<(), Box<Finding>> {
        self.finish(async {
            self.image().keep_manifest(manifest).await?;
            match tag {
                Some(tag) => self.image().point(tag, manifest).await,
                None => Ok(()),
            }
        })
    }

    fn attach(&self, subject: &Digest, referrers: &[RawManifest]) -> Result<(), Box<Finding>> {
        self.finish(attach(self.image(), subject, referrers))
    }

    fn add_layers(&self, tag: &str, manifest: RawManifest) -> Result<(), Box<Finding>> {
        self.finish(async {
            self.image().keep_manifest(&manifest).await?;
            let edit = LayersEdit::adding(manifest);
            let mut edit = edit.map_err(|error| document(self.image(), tag, error))?;
            self.image().change_tag(tag, &mut edit).await
        })
    }

    fn detach(&self, subject: &Digest, referrers: &[Digest]) -> Result<Vec<Digest>, Box<Finding>> {
        self.finish(async {
            let mut edit = ListEdit::removing(referrers.iter().cloned());
            self.image()
                .change_tag(&referrers_tag(subject), &mut edit)
                .await?;
            let mut left = Vec::new();
            for digest in referrers {
                if !self.image().delete_manifest(digest).await? {
                    left.push(digest.clone());
                }
            }
            Ok(left)
        })
    }
}

async fn attach(image: &Image, subject: &Digest, referrers: &[RawManifest]) -> Result<(), Trouble> {
    let tag = referrers_tag(subject);
    let mut unlisted = Vec::new();
    for referrer in referrers {
        let about = referrer.document().subject.as_ref();
        if about.map(|about| &about.digest) != Some(subject) {
            let why = Why::Protocol(format!(
                "{} is about something else",
                referrer.descriptor().digest
            ));
            return Err(image.trouble(&format!("manifests/{tag}"), why));
        }
        if image.keep_manifest(referrer).await? != Written::Listed {
            unlisted.push(referrer);
        }
    }
    if unlisted.is_empty() {
        return Ok(());
    }
    let edit = ListEdit::adding(&unlisted);
    let mut edit = edit.map_err(|error| document(image, &tag, error))?;
    image.change_tag(&tag, &mut edit).await
}

fn document(image: &Image, tag: &str, error: LayoutError) -> Trouble {
    image.trouble(&format!("manifests/{tag}"), Why::Document(Box::new(error)))
}

impl Source for RemoteStore {
    fn describe(&self, digest: &Digest) -> Result<Descriptor, Box<Finding>> {
        self.finish(self.image().describe(digest))
    }

    fn raw(&self, descriptor: &Descriptor) -> Result<RawManifest, Box<Finding>> {
        self.finish(self.image().raw(descriptor))
    }

    fn content(&self, descriptor: &Descriptor) -> Arc<dyn Content> {
        Arc::new(RemoteBlob {
            store: self.clone(),
            descriptor: descriptor.clone(),
        })
    }
}

/// A blob of a registry, which is fetched when it is opened.
struct RemoteBlob {
    store: RemoteStore,
    descriptor: Descriptor,
}

impl Content for RemoteBlob {
    fn open(&self) -> Result<Box<dyn Read + Send>, Box<Finding>> {
        let image = Arc::clone(self.store.image());
        let descriptor = self.descriptor.clone();
        let asked = format!("GET {}@{}", image.name(), descriptor.digest);
        let expected = descriptor.clone();
        let stream = self
            .store
            .stream(|sender| async move { image.stream(&descriptor, sender).await });
        Ok(Box::new(Checked::new(stream, expected.clone(), move |how| {
            let why = match how {
                Difference::Digest(found) => Why::Digest {
                    expected: expected.digest.clone(),
                    found,
                },
                Difference::Size(found) => Why::Size {
                    expected: expected.size,
                    found,
                },
            };
            Trouble::new(asked.clone(), why).finding()
        })))
    }
}
