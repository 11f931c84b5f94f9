//! Whether the manifests of a revision deploy what was verified, and nothing else.

use std::collections::BTreeSet;

use super::super::Order;
use crate::manifests::{FindOptions, ImageUse, find};
use crate::report::{Code, Finding};
use crate::subject::Reference;

/// Images that a finding names.
const MAX_NAMED: usize = 5;

/// Checks every image of the manifests of an application. `others` are images that need no decision, as they are written,
/// with their digest.
///
/// # Errors
///
/// When an image is not covered by the order, when one cannot be told, or when the artifact itself is not among them: a
/// sync would deploy what nobody verified, or would not deploy what was (`trigger-images-differ`).
pub(super) fn check(manifests: &[String], order: &Order, others: &[String]) -> Result<(), Finding> {
    let mut foreign = BTreeSet::new();
    let mut present = false;
    for manifest in manifests {
        let options = FindOptions {
            allow_no_images: true,
        };
        let found = find("the application's manifests", manifest, options)
            .map_err(|findings| unreadable(&findings))?;
        for image in found.images() {
            let covered = image
                .digest()
                .is_some_and(|digest| order.covers(&repository(image.reference()), digest));
            present |= is_artifact(image, order);
            if !covered && !others.iter().any(|other| other == image.text()) {
                foreign.insert(image.text().to_owned());
            }
        }
    }
    let expected = order.image();
    if !foreign.is_empty() {
        let count = foreign.len();
        let named: Vec<String> = foreign.into_iter().take(MAX_NAMED).collect();
        let message = format!("the revision would deploy {count} image(s) that no decision allows");
        return Err(Finding::new(Code::TriggerImagesDiffer, message)
            .found(named.join(", "))
            .expected(expected)
            .help("commit the verified digest, have the others verified for the same application, or list them as other-images"));
    }
    if !present {
        let message = "the revision does not name the verified image, so a sync would not deploy it";
        return Err(Finding::new(Code::TriggerImagesDiffer, message)
            .expected(expected)
            .help("commit the verified digest; `portcullis pin` writes it"));
    }
    Ok(())
}

fn is_artifact(image: &ImageUse, order: &Order) -> bool {
    image.digest() == Some(order.digest()) && repository(image.reference()) == order.repository()
}

fn repository(reference: &Reference) -> String {
    format!("{}/{}", reference.registry(), reference.repository())
}

fn unreadable(findings: &[Finding]) -> Finding {
    let why = findings.first().map_or("", |finding| finding.message.as_str());
    Finding::new(
        Code::TriggerImagesDiffer,
        format!("the images of the revision cannot be told: {why}"),
    )
    .help("a deployment whose images are not known is not set off")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::trigger::testing::{digest, order};

    fn pod(images: &[String]) -> String {
        let containers: Vec<_> = images
            .iter()
            .map(|image| serde_json::json!({ "name": "c", "image": image }))
            .collect();
        serde_json::json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "p" }, "spec": { "containers": containers } })
            .to_string()
    }

    #[test]
    fn a_revision_deploys_what_was_verified_and_nothing_else() {
        let app = |character| format!("registry.example/team/app@{}", digest(character));
        let worker = format!("registry.example/team/worker@{}", digest('b'));
        let proxy = format!("other.example/proxy@{}", digest('c'));
        let tagged = "registry.example/team/app:v1".to_owned();
        let rows: Vec<(&str, Vec<String>, bool)> = vec![
            ("the image", vec![app('a')], true),
            (
                "with the tag that goes with it",
                vec![format!("registry.example/team/app:v1@{}", digest('a'))],
                true,
            ),
            ("with another verified one", vec![app('a'), worker.clone()], true),
            ("with one that is listed", vec![app('a'), proxy.clone()], true),
            ("none", vec![], false),
            ("only another verified one", vec![worker], false),
            ("another digest", vec![app('d')], false),
            ("the right and another digest", vec![app('a'), app('d')], false),
            ("only a tag", vec![tagged.clone()], false),
            ("the image and only a tag", vec![app('a'), tagged], false),
            (
                "the digest in another repository",
                vec![format!("registry.example/evil/app@{}", digest('a'))],
                false,
            ),
            (
                "the digest in another registry",
                vec![format!("evil.example/team/app@{}", digest('a'))],
                false,
            ),
            (
                "one that is not listed",
                vec![app('a'), format!("other.example/proxy@{}", digest('d'))],
                false,
            ),
            (
                "one that cannot be told",
                vec![app('a'), "${IMAGE}".to_owned()],
                false,
            ),
        ];
        for (name, images, passes) in rows {
            let result = check(
                &[pod(&images)],
                &order(&[("worker", 'b')]),
                std::slice::from_ref(&proxy),
            );
            assert_eq!(result.is_ok(), passes, "{name}: {result:?}");
        }
        assert!(
            check(&["{".to_owned()], &order(&[]), &[]).is_err(),
            "no manifest at all"
        );
    }
}
