//! Which fields name an image: one table for Kubernetes and one for Compose.

use super::Kind;

/// Where in a document a value stands, as far as telling images from other texts needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    /// Anywhere in a Kubernetes object where a pod may be described: a workload, a list, a custom resource.
    Object,
    /// Where nothing is deployed from: metadata, status, schemas, and all of Compose that runs nothing.
    Inert,
    /// A definition that only counts where an alias or a merge brings it (`x-…`).
    Shelf,
    /// A list of containers, by any of its names.
    Containers,
    /// One container.
    Container,
    /// The volumes of a pod.
    Volumes,
    /// One volume of a pod.
    Volume,
    /// The `image` of a volume.
    ImageVolume,
    /// All of a Compose file.
    Compose,
    /// The services of a Compose file.
    Services,
    /// One service.
    Service,
    /// The volumes of a service.
    Mounts,
    /// One volume of a service.
    Mount,
    /// A volume of a service with `type: image`.
    ImageMount,
    /// The name of an image.
    Image,
    /// A field that is named like an image's, in a place that is not known to hold one.
    Doubtful,
}

impl Context {
    /// Where a document of this kind begins.
    pub(super) fn root(kind: Kind) -> Self {
        match kind {
            Kind::Kubernetes => Self::Object,
            Kind::Compose => Self::Compose,
        }
    }

    /// Where the value of a key stands.
    pub(super) fn under(self, key: &str) -> Self {
        match (self, key) {
            (Self::Container | Self::Service, "image")
            | (Self::ImageVolume, "reference")
            | (Self::ImageMount, "source") => Self::Image,
            (Self::Volume, "image") => Self::ImageVolume,
            (Self::Inert | Self::Image, _) => Self::Inert,
            (Self::Compose | Self::Service, extension) if extension.starts_with("x-") => Self::Shelf,
            (Self::Compose, "services") => Self::Services,
            (Self::Services, _) => Self::Service,
            (Self::Service, "volumes") => Self::Mounts,
            (Self::Compose | Self::Service | Self::Mounts | Self::Mount | Self::ImageMount, _) => Self::Inert,
            (Self::Shelf, _) => Self::Shelf,
            (_, "metadata") => Self::Inert,
            (_, "containers" | "initContainers" | "ephemeralContainers") => Self::Containers,
            (_, "volumes") => Self::Volumes,
            (_, "image") => Self::Doubtful,
            _ => Self::Object,
        }
    }

    /// Where an item of a list stands.
    pub(super) fn item(self) -> Self {
        match self {
            Self::Containers => Self::Container,
            Self::Volumes => Self::Volume,
            Self::Mounts => Self::Mount,
            Self::Inert | Self::Shelf | Self::Object => self,
            Self::Compose | Self::Services | Self::Service | Self::Mount | Self::ImageMount => Self::Inert,
            Self::Container | Self::Volume | Self::ImageVolume | Self::Image | Self::Doubtful => Self::Object,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(kind: Kind, path: &[&str]) -> Context {
        path.iter()
            .fold(Context::root(kind), |context, step| match *step {
                "[]" => context.item(),
                key => context.under(key),
            })
    }

    #[test]
    fn containers_are_found_wherever_a_pod_is_described() {
        for path in [
            &["spec", "containers", "[]", "image"][..],
            &["spec", "template", "spec", "initContainers", "[]", "image"],
            &[
                "spec",
                "jobTemplate",
                "spec",
                "template",
                "spec",
                "ephemeralContainers",
                "[]",
                "image",
            ],
            &["template", "spec", "containers", "[]", "image"],
            &["spec", "volumes", "[]", "image", "reference"],
            &["spec", "workers", "[]", "podSpec", "containers", "[]", "image"],
        ] {
            assert_eq!(walk(Kind::Kubernetes, path), Context::Image, "{path:?}");
        }
    }

    #[test]
    fn texts_that_no_pod_runs_are_no_images() {
        for (path, context) in [
            (&["metadata", "annotations", "image"][..], Context::Inert),
            (
                &["spec", "containers", "[]", "env", "[]", "value"],
                Context::Object,
            ),
            (
                &["spec", "containers", "[]", "image", "reference"],
                Context::Inert,
            ),
            (&["spec", "image"], Context::Doubtful),
            (&["spec", "steps", "[]", "image"], Context::Doubtful),
        ] {
            assert_eq!(walk(Kind::Kubernetes, path), context, "{path:?}");
        }
    }

    #[test]
    fn compose_files_name_images_in_services_alone() {
        for (path, context) in [
            (&["services", "web", "image"][..], Context::Image),
            (&["services", "web", "environment", "image"], Context::Inert),
            (&["services", "web", "build", "image"], Context::Inert),
            (&["x-web", "image"], Context::Shelf),
            (&["networks", "image"], Context::Inert),
        ] {
            assert_eq!(walk(Kind::Compose, path), context, "{path:?}");
        }
    }
}
