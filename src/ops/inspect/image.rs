//! Images in layouts and registries: the whole family, and every place in which something could hang on a member.

use std::collections::BTreeSet;
use std::path::Path;

use oci_spec::distribution::Reference;

use super::{Request, claims, file};
use crate::ops::verify::candidate::Candidate;
use crate::policy::Limits;
use crate::registry::{self, Attachment, AttachmentContent, Layout, Member, PlatformChoice, Resolved, Store};
use crate::report::{Attached, Code, Finding, InspectedPlace, Node};
use crate::sigstore::legacy;
use crate::subject::{Digest, LayoutSelector};

/// An image in a layout.
pub(super) fn look_in_layout(
    path: &Path,
    selector: &LayoutSelector,
    request: &Request<'_>,
) -> Result<Node, Box<Finding>> {
    let unreadable = |error: registry::LayoutError| Box::new(error.finding());
    let layout = Layout::open(path).map_err(unreadable)?;
    let family = layout.family(selector).map_err(unreadable)?;
    let family = picked(family, request, |choice| {
        layout.resolve(selector, choice).map_err(unreadable)
    })?;
    let name = |digest: &Digest| format!("oci-layout:{}@{digest}", layout.path().display());
    Ok(tree(&layout, family, &name, request))
}

/// An image in a registry.
pub(super) fn look_in_registry(reference: &Reference, request: &Request<'_>) -> Result<Node, Box<Finding>> {
    let Some(registry) = request.registry else {
        let finding = Finding::new(
            Code::SubjectUnreadable,
            "images in registries are out of reach here",
        );
        return Err(Box::new(finding));
    };
    let store = (registry.open)(reference)?;
    let family = picked(store.family()?, request, |choice| store.resolve(choice))?;
    if request.bundles.is_empty() {
        store.prefetch(family.digests());
    }
    Ok(tree(&store, family, &|digest| store.name_of(digest), request))
}

/// The whole family, or with `--platform` the way to one image of it.
fn picked(
    family: Member,
    request: &Request<'_>,
    resolve: impl FnOnce(&PlatformChoice) -> Result<Vec<Resolved>, Box<Finding>>,
) -> Result<Member, Box<Finding>> {
    let Some(platform) = request.platform else {
        return Ok(family);
    };
    let images = resolve(&PlatformChoice::One(platform.clone()))?;
    let image = images.first().and_then(|image| family.only(&image.digest));
    image.ok_or_else(|| {
        Box::new(Finding::new(
            Code::InternalError,
            "the image for the platform is not in the index",
        ))
    })
}

fn tree(store: &impl Store, family: Member, name: &dyn Fn(&Digest) -> String, request: &Request<'_>) -> Node {
    let inside: BTreeSet<Digest> = family.digests().into_iter().cloned().collect();
    Tree {
        store,
        name,
        request,
        inside,
    }
    .node(family)
}

struct Tree<'t, S> {
    store: &'t S,
    name: &'t dyn Fn(&Digest) -> String,
    request: &'t Request<'t>,
    /// The digests of the whole family.
    inside: BTreeSet<Digest>,
}

impl<S: Store> Tree<'_, S> {
    fn node(&self, member: Member) -> Node {
        let Member {
            descriptor,
            problem,
            members,
        } = member;
        let places = match self.request.bundles {
            [] => self.places(&descriptor.digest),
            named => file::named_bundles(named, &descriptor.digest),
        };
        Node {
            name: (self.name)(&descriptor.digest),
            digest: descriptor.digest,
            media_type: Some(descriptor.media_type),
            size: Some(descriptor.size),
            platform: descriptor.platform.map(|platform| platform.to_string()),
            problem,
            places,
            images: members.into_iter().map(|member| self.node(member)).collect(),
        }
    }

    fn places(&self, digest: &Digest) -> Vec<InspectedPlace> {
        let discovery = registry::discover(self.store, digest);
        let mut places: Vec<InspectedPlace> = discovery
            .places
            .into_iter()
            .map(|place| InspectedPlace {
                place,
                attached: Vec::new(),
                omitted: 0,
            })
            .collect();
        for attachment in discovery.attachments {
            // A statement that says it is about an image inside is listed there.
            let elsewhere = attachment.about != *digest && self.inside.contains(&attachment.about);
            if let (false, Some(place)) = (elsewhere, places.get_mut(attachment.place)) {
                place.attached.push(described(attachment, digest));
            }
        }
        places
    }
}

fn described(attachment: Attachment, about: &Digest) -> Attached {
    let (digest, size) = (attachment.digest.clone(), attachment.size);
    let (media_type, certificate) = match &attachment.content {
        AttachmentContent::Unsigned { media_type, .. } => (Some(media_type.clone()), None),
        AttachmentContent::LegacySignature { annotations, .. }
        | AttachmentContent::LegacyAttestation { annotations, .. } => {
            (None, legacy::claimed_certificate(annotations))
        }
        AttachmentContent::Bundle { .. } | AttachmentContent::Unreadable(_) => (None, None),
    };
    let candidate = Candidate::from_attachment(attachment, Limits::default().evidence_bytes);
    let mut attached = claims::attached(candidate, about, digest, size, media_type);
    // Of what makes no bundle, the certificate may still be read.
    if let (None, Some(certificate)) = (&attached.claimed.signer, &certificate) {
        attached.claimed = claims::with_certificate(attached.claimed, certificate);
    }
    attached
}
