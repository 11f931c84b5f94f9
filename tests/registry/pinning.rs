//! `portcullis pin` with images that are really signed: the same bytes come back with the verified digests in, or nothing
//! changes.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::content::{ISSUER, MANIFEST, Spot, US, add_foreign, image, signed, trusted_root_file};
use crate::fake::{Contents, Misdeed, Registry, Step};
use crate::support::{Program, Run};

fn pin(arguments: &[&str]) -> Program {
    Program::new()
        .argument("pin")
        .arguments(["--identity", US, "--issuer", ISSUER, "--trusted-root"])
        .argument(trusted_root_file())
        .arguments(arguments)
}

/// A registry with our image under `v1` and `stable`, and one that nobody signed under `unsigned`.
fn registry() -> Registry {
    let mut contents = signed(Spot::Referrers);
    contents.tags.insert("stable".to_owned(), contents.root.clone());
    unsigned(&mut contents);
    Registry::start(contents)
}

fn unsigned(contents: &mut Contents) {
    let config = contents.blob("application/vnd.oci.image.config.v1+json", b"{}");
    let other = contents.manifest(&json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [],
    }));
    contents.tag("unsigned", &other);
}

/// Kubernetes: two documents, comments, quotes, an init container, and an image that is pinned already.
fn kubernetes(registry: &Registry) -> String {
    let (v1, stable) = (registry.reference("v1"), registry.reference("stable"));
    let root = image().0.root;
    format!(
        "# production\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: shop}}\nspec:\n  template:\n    spec:\n      \
         initContainers:\n        - name: migrate\n          image: \"{v1}\"   # once\n      containers:\n        - {{name: web, image: \
         '{stable}', args: [\"--image\", \"{v1}\"]}}\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: fixed\nspec:\n  containers:\n  - \
         image: {v1}@{root}\n\n# the end"
    )
}

/// The text with every image by its tag followed by its digest, but for those that are arguments of a program.
fn pinned(registry: &Registry, text: &str) -> String {
    let root = image().0.root;
    let argument = format!("[\"--image\", \"{}\"]", registry.reference("v1"));
    let kept = "[ARGUMENT]";
    let mut text = text.replace(&argument, kept).replace(&format!("@{root}"), "");
    for tag in ["v1", "stable"] {
        let reference = registry.reference(tag);
        text = text.replace(&reference, &format!("{reference}@{root}"));
    }
    text.replace(kept, &argument)
}

fn compose(registry: &Registry) -> String {
    format!(
        "x-common: &common\r\n  image: {}\t# tab and CR LF\r\nservices:\r\n  web:\r\n    <<: *common\r\n  cache: {{image: {}}}\r\n",
        registry.reference("v1"),
        registry.reference("stable"),
    )
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

fn assert_done(run: &Run, text: &str) {
    assert_eq!((run.code, run.stdout.as_str()), (0, text), "{run:?}");
}

#[test]
fn the_same_bytes_come_back_with_the_digests_in() {
    let registry = registry();
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("deploy.yaml", kubernetes(&registry)),
        ("compose.yaml", compose(&registry)),
    ] {
        let path = write(folder.path(), name, &text);
        let path = path.to_str().unwrap();
        let run = pin(&[path]).run();
        assert_done(&run, &pinned(&registry, &text));
        assert_done(
            &pin(&["-"]).run_with_stdin(text.as_bytes()),
            &pinned(&registry, &text),
        );
        let run = pin(&["--check", path]).run();
        assert_eq!(run.code, 0, "{run:?}");
        assert_eq!(fs::read_to_string(path).unwrap(), text);
        // Pinned files pass as they are.
        let again = pin(&["-"]).run_with_stdin(pinned(&registry, &text).as_bytes());
        assert_done(&again, &pinned(&registry, &text));
    }
    let short = format!("services: {{a: {{image: {}}}}}", registry.reference("v1"));
    let name = registry.reference("v1").replace(":v1", "");
    let run = pin(&["--drop-tag", "-"]).run_with_stdin(short.as_bytes());
    assert_done(
        &run,
        &format!("services: {{a: {{image: {name}@{}}}}}", image().0.root),
    );
}

#[test]
fn what_a_chart_renders_goes_through_a_pipe() {
    let registry = registry();
    let chart = format!(
        "---\n# Source: shop/templates/web.yaml\napiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: tidy}}\nspec:\n  \
         jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:\n            - image: {}\n---\n# Source: \
         shop/templates/list.yaml\napiVersion: v1\nkind: List\nitems:\n- kind: ConfigMap\n  apiVersion: v1\n  data: {{image: not-one}}\n",
        registry.reference("v1")
    );
    let run = pin(&["-"]).run_with_stdin(chart.as_bytes());
    assert_done(&run, &pinned(&registry, &chart));
}

#[test]
fn files_are_replaced_whole_and_keep_their_modes_and_links() {
    let registry = registry();
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (kubernetes(&registry), compose(&registry));
    let deploy = write(folder.path(), "deploy.yaml", &one);
    let real = write(folder.path(), "real.yaml", &two);
    fs::set_permissions(&deploy, fs::Permissions::from_mode(0o640)).unwrap();
    let link = folder.path().join("compose.yaml");
    std::os::unix::fs::symlink("real.yaml", &link).unwrap();
    let before = fs::metadata(&deploy).unwrap().ino();
    let arguments = [deploy.to_str().unwrap(), link.to_str().unwrap(), "--write"];
    let run = pin(&arguments).run();
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(fs::read_to_string(&deploy).unwrap(), pinned(&registry, &one));
    assert_eq!(fs::read_to_string(&real).unwrap(), pinned(&registry, &two));
    assert_eq!(fs::metadata(&deploy).unwrap().mode() & 0o777, 0o640);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    // A new file took the place of the old one, so nobody ever sees a half.
    let after = fs::metadata(&deploy).unwrap().ino();
    assert_ne!(after, before);
    // Nothing is left to do, so nothing is touched.
    assert_eq!(pin(&arguments).run().code, 0);
    assert_eq!(fs::metadata(&deploy).unwrap().ino(), after);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[test]
fn one_image_that_is_not_allowed_stops_everything_and_changes_nothing() {
    let mut foreign = image().0;
    add_foreign(&mut foreign, Spot::Referrers);
    let mut throttled = image().0;
    throttled.misbehave(
        Step::Referrers,
        Misdeed::Status(429, vec!["Retry-After: 9999".to_owned()], Vec::new()),
    );
    let (good, foreign, throttled) = (registry(), Registry::start(foreign), Registry::start(throttled));
    for (bad, code, word) in [
        (good.reference("unsigned"), 3, "no evidence"),
        (foreign.reference("v1"), 1, "denied"),
        (throttled.reference("v1"), 4, "undecided"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let first = write(folder.path(), "a.yaml", &kubernetes(&good));
        let text = format!(
            "services:\n  good: {{image: {}}}\n  bad:\n    image: {bad}\n",
            good.reference("v1")
        );
        let second = write(folder.path(), "b.yaml", &text);
        let (first, second) = (first.to_str().unwrap(), second.to_str().unwrap());
        for arguments in [
            &["--write", first, second][..],
            &["--check", first, second],
            &[second],
        ] {
            let run = pin(arguments).run();
            assert_eq!(
                (run.code, run.stdout.as_str()),
                (code, ""),
                "{arguments:?}: {run:?}"
            );
            assert!(run.stderr.contains("b.yaml:4:12: "), "{run:?}");
            assert!(run.stderr.contains(word), "{run:?}");
            assert_eq!(fs::read_to_string(first).unwrap(), kubernetes(&good));
            assert_eq!(fs::read_to_string(second).unwrap(), text);
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        }
    }
}

#[test]
fn each_distinct_image_is_looked_up_once() {
    let registry = registry();
    let text = compose(&registry).replace("cache:", "again: {<<: *common}\r\n  cache:");
    let run = pin(&["-"]).run_with_stdin(text.as_bytes());
    assert_eq!(run.code, 0, "{run:?}");
    let paths = registry.take_paths();
    for tag in ["v1", "stable"] {
        let asked = format!("manifests/{tag}");
        assert_eq!(
            paths.iter().filter(|path| path.ends_with(&asked)).count(),
            1,
            "{paths:#?}"
        );
    }
}
