//! What a layout's files may look like.

use super::*;
use crate::registry::limits::{
    MAX_INDEX_DEPTH, MAX_LAYERS, MAX_MANIFEST_BYTES, MAX_MANIFEST_TOTAL_BYTES, MAX_MANIFESTS,
};
use crate::registry::{PlatformChoice, Resolved};
use crate::report::{Code, Verdict};
use crate::subject::LayoutSelector;

/// Opens the layout and reads its only image.
fn only(builder: &Builder) -> Result<Vec<Resolved>, LayoutError> {
    builder
        .open()?
        .resolve(&LayoutSelector::Only, &PlatformChoice::AsIs)
}

/// Opens the layout after writing this `index.json`.
fn with_index(text: &str) -> Result<Layout, LayoutError> {
    let builder = Builder::new();
    builder.write("index.json", text.as_bytes());
    Layout::open(builder.directory.path())
}

/// The error for a layout whose only image is this document, stored under the type it is pointed to with.
fn image_error(media_type: &str, document: &Value) -> LayoutError {
    let mut builder = Builder::new();
    let descriptor = builder.blob(media_type, document.to_string().as_bytes());
    builder.add(&descriptor);
    only(&builder).unwrap_err()
}

#[test]
fn a_directory_without_the_oci_layout_file_is_no_layout() {
    let builder = Builder::new();
    fs::remove_file(builder.directory.path().join("oci-layout")).unwrap();
    assert!(matches!(builder.open(), Err(LayoutError::NotALayout { .. })));
    let missing = builder.directory.path().join("nowhere");
    assert!(matches!(
        Layout::open(missing),
        Err(LayoutError::NotALayout { .. })
    ));
}

#[test]
fn only_version_1_0_0_is_read() {
    for (text, error) in [
        (
            r#"{"imageLayoutVersion":"2.0.0"}"#,
            "imageLayoutVersion is \"2.0.0\"",
        ),
        (
            r#"{"imageLayoutVersion":"1.0.0","imageLayoutVersion":"2.0.0"}"#,
            "same key twice",
        ),
        (r#"{"imageLayoutVersion":1}"#, "has to be a text"),
        (r#"{"ImageLayoutVersion":"1.0.0"}"#, "but for its case"),
        ("{}", "is missing"),
        ("", "ends too early"),
        ("[]", "has to be an object"),
    ] {
        let builder = Builder::new();
        builder.write("oci-layout", text.as_bytes());
        let found = builder.open().unwrap_err().to_string();
        assert!(found.contains(error), "{text}: {found}");
    }
}

#[test]
fn an_index_json_that_is_not_a_plain_index_is_refused_with_its_place() {
    let entry = |members: &str| format!(r#"{{"schemaVersion":2,"manifests":[{{{members}}}]}}"#);
    let digest = format!(r#""digest":"{}""#, Digest::sha256(b""));
    for (text, error) in [
        ("".to_owned(), "ends too early"),
        (r#"{"schemaVersion":2,"manifests":["#.to_owned(), "ends too early"),
        (
            r#"{"schemaVersion":2,"manifests":[]} {}"#.to_owned(),
            "not valid JSON",
        ),
        ("[".repeat(100_000), "nested too deeply"),
        ("null".to_owned(), "has to be an object, it is null"),
        (r#"{"schemaVersion":2}"#.to_owned(), "\"config\" is missing"),
        (
            r#"{"schemaVersion":1,"manifests":[]}"#.to_owned(),
            "schemaVersion has to be 2",
        ),
        (
            r#"{"schemaVersion":"2","manifests":[]}"#.to_owned(),
            "at schemaVersion: this has to be a whole number",
        ),
        (
            r#"{"schemaVersion":2,"manifests":null}"#.to_owned(),
            "at manifests: this has to be a list, it is null",
        ),
        (
            r#"{"schemaVersion":2,"manifests":{}}"#.to_owned(),
            "has to be a list, it is an object",
        ),
        (
            r#"{"schemaVersion":2,"manifests":[1]}"#.to_owned(),
            "at manifests[0]: this has to be an object",
        ),
        (
            r#"{"schemaVersion":2,"manifests":[],"manifests":[]}"#.to_owned(),
            "same key twice",
        ),
        (
            r#"{"schemaVersion":2,"manifests":[],"manifest\u0073":[]}"#.to_owned(),
            "same key twice",
        ),
        (
            r#"{"schemaVersion":2,"manifests":[],"Layers":[]}"#.to_owned(),
            "like \"layers\" but for its case",
        ),
        (
            r#"{"schemaVersion":2,"manifests":[],"layerſ":[]}"#.to_owned(),
            "like \"layers\" but for its case",
        ),
        (
            r#"{"schemaVersion":2,"manifests":[],"layers":[]}"#.to_owned(),
            "as an index and as a manifest",
        ),
        (
            r#"{"schemaVersion":2,"manifests":[],"config":{}}"#.to_owned(),
            "as an index and as a manifest",
        ),
        (
            format!(r#"{{"schemaVersion":2,"mediaType":"{OCI_MANIFEST}","manifests":[]}}"#),
            "mediaType does not go with",
        ),
        (
            entry(&digest),
            "at manifests[0]: the member \"mediaType\" is missing",
        ),
        (
            entry(&format!(r#"{digest},"mediaType":"x","size":-1"#)),
            "at manifests[0].size: this has to be a whole number",
        ),
        (
            entry(&format!(r#"{digest},"mediaType":"x","size":1e3"#)),
            "has to be a whole number",
        ),
        (
            entry(&format!(
                r#"{digest},"mediaType":"x","size":1,"annotations":{{"a":1}}"#
            )),
            "at manifests[0].annotations: every value here has to be a text",
        ),
        (
            entry(&format!(
                r#"{digest},"mediaType":"x","size":1,"annotations":{{"a":"1","a":"2"}}"#
            )),
            "same key twice",
        ),
        (
            entry(r#""digest":"sha256:../../etc/passwd","mediaType":"x","size":1"#),
            "at manifests[0].digest: this is not a",
        ),
        (
            entry(r#""digest":"../../etc:00","mediaType":"x","size":1"#),
            "at manifests[0].digest: this is not a",
        ),
        (
            entry(r#""digest":"sha256:abc","mediaType":"x","size":1"#),
            "at manifests[0].digest: this is not a",
        ),
    ] {
        let found = with_index(&text).unwrap_err().to_string();
        assert!(found.contains(error), "{text:.200}: {found}");
        assert!(!found.contains("passwd"), "{found}");
    }
}

#[test]
fn a_blob_with_other_bytes_than_its_digest_is_refused() {
    let mut builder = Builder::new();
    let image = builder.image("app");
    builder.add(&image);
    let text = fs::read_to_string(builder.path_of(&image)).unwrap();
    fs::write(
        builder.path_of(&image),
        text.replace("schemaVersion\":2", "schemaVersion\":3"),
    )
    .unwrap();
    let error = only(&builder).unwrap_err();
    assert!(matches!(error, LayoutError::DigestMismatch { .. }), "{error}");
    assert_eq!(error.code(), Code::LayoutMalformed);
    assert_eq!(error.finding().expected, Some(digest(&image).to_string()));
}

#[test]
fn the_size_in_the_descriptor_has_to_be_the_real_one() {
    for size in [0_u64, 1, 1 << 40, u64::MAX] {
        let mut builder = Builder::new();
        let mut image = builder.image("app");
        image["size"] = json!(size);
        builder.add(&image);
        assert!(
            matches!(only(&builder), Err(LayoutError::SizeMismatch { .. })),
            "{size}"
        );
    }
}

#[test]
fn a_missing_blob_is_unreadable_and_not_absent() {
    let mut builder = Builder::new();
    let image = builder.image("app");
    builder.add(&image);
    fs::remove_file(builder.path_of(&image)).unwrap();
    let error = only(&builder).unwrap_err();
    assert!(error.to_string().contains("it is not there"), "{error}");
    assert_eq!(error.code().verdict(), Verdict::Undecided);
    fs::create_dir(builder.path_of(&image)).unwrap();
    let error = only(&builder).unwrap_err();
    assert!(error.to_string().contains("not a regular file"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_pipe_in_place_of_a_blob_does_not_hang() {
    let mut builder = Builder::new();
    let image = builder.image("app");
    builder.add(&image);
    fs::remove_file(builder.path_of(&image)).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(builder.path_of(&image))
        .status();
    assert!(made.unwrap().success());
    let error = only(&builder).unwrap_err();
    assert!(error.to_string().contains("not a regular file"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_to_regular_files_only() {
    use std::os::unix::fs::symlink;
    let mut builder = Builder::new();
    let image = builder.image("app");
    builder.add(&image);
    let (blob, elsewhere) = (
        builder.path_of(&image),
        builder.directory.path().join("elsewhere"),
    );
    fs::rename(&blob, &elsewhere).unwrap();
    symlink(&elsewhere, &blob).unwrap();
    assert!(only(&builder).is_ok());
    fs::write(&elsewhere, b"secret").unwrap();
    let error = only(&builder).unwrap_err();
    assert!(matches!(error, LayoutError::DigestMismatch { .. }), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
    fs::remove_file(&blob).unwrap();
    symlink("/dev/zero", &blob).unwrap();
    let error = only(&builder).unwrap_err();
    assert!(error.to_string().contains("not a regular file"), "{error}");
}

#[test]
fn what_is_pointed_to_as_one_kind_is_never_read_as_the_other() {
    let builder = Builder::new();
    let mut image = builder.image_document("app");
    let index = json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []});
    for (media_type, document) in [
        (OCI_INDEX, &image),
        (DOCKER_MANIFEST, &image),
        (OCI_MANIFEST, &index),
    ] {
        let error = image_error(media_type, document);
        assert!(
            matches!(error, LayoutError::MediaTypeMismatch { .. }),
            "{media_type}: {error}"
        );
    }
    // Without a mediaType of its own, the document's shape decides.
    image.as_object_mut().unwrap().remove("mediaType");
    assert!(matches!(
        image_error(OCI_INDEX, &image),
        LayoutError::MediaTypeMismatch { .. }
    ));
    image["manifests"] = json!([]);
    for media_type in [OCI_INDEX, OCI_MANIFEST] {
        let error = image_error(media_type, &image).to_string();
        assert!(error.contains("as an index and as a manifest"), "{error}");
    }
}

#[test]
fn manifests_of_other_forms_are_refused() {
    let mut image = Builder::new().image_document("app");
    image["mediaType"] = json!("application/vnd.oci.artifact.manifest.v1+json");
    image["blobs"] = json!([]);
    let error = image_error(OCI_MANIFEST, &image).to_string();
    assert!(error.contains("\"blobs\" are not supported"), "{error}");
    image.as_object_mut().unwrap().remove("blobs");
    let error = image_error(OCI_MANIFEST, &image).to_string();
    assert!(error.contains("mediaType does not go with"), "{error}");
}

#[test]
fn an_index_that_contains_itself_ends() {
    // A real loop would need a collision, so one of the digests is wrong.
    let mut builder = Builder::new();
    let inner = builder.index_of(&[]);
    let outer = builder.index_of(std::slice::from_ref(&inner));
    let looped = json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [outer]});
    fs::write(builder.path_of(&inner), looped.to_string()).unwrap();
    builder.add_tagged(&outer, "outer").add_tagged(&inner, "inner");
    let layout = builder.open().unwrap();
    let all = |tag: &str| layout.resolve(&LayoutSelector::Tag(tag.into()), &PlatformChoice::All);
    for tag in ["outer", "inner"] {
        assert!(
            matches!(all(tag), Err(LayoutError::DigestMismatch { .. })),
            "{tag}"
        );
    }
}

#[test]
fn deep_nesting_of_indexes_is_refused() {
    let nested = |depth: usize| {
        let mut builder = Builder::new();
        let mut top = builder.image("app");
        for _ in 0..depth {
            top = builder.index_of(&[top]);
        }
        builder.add(&top);
        builder.open()
    };
    assert!(nested(MAX_INDEX_DEPTH).is_ok());
    assert!(matches!(
        nested(MAX_INDEX_DEPTH + 1),
        Err(LayoutError::Limit { .. })
    ));
}

#[test]
fn the_number_of_entries_is_limited_over_all_indexes() {
    let mut builder = Builder::new();
    let image = json!({"mediaType": OCI_MANIFEST, "digest": Digest::sha256(b"gone").to_string(), "size": 1});
    builder.index = vec![image.clone(); MAX_MANIFESTS];
    assert!(builder.open().is_ok());
    builder.add(&image);
    assert!(matches!(builder.open(), Err(LayoutError::Limit { .. })));
    builder.index.truncate(MAX_MANIFESTS / 2);
    // The inner index is named many times, and its entries count once.
    let inner = builder.index_of(&vec![image; MAX_MANIFESTS / 2]);
    builder.add(&inner).add(&inner);
    assert!(matches!(
        builder.open(),
        Err(LayoutError::Limit {
            what: "entries of all indexes",
            ..
        })
    ));
}

#[test]
fn large_documents_and_many_layers_are_refused() {
    let builder = Builder::new();
    let padding = " ".repeat(usize::try_from(MAX_MANIFEST_BYTES).unwrap());
    builder.write(
        "index.json",
        format!(r#"{{"schemaVersion":2,"manifests":[]}}{padding}"#).as_bytes(),
    );
    assert!(matches!(
        Layout::open(builder.directory.path()),
        Err(LayoutError::Limit { .. })
    ));

    let mut image = builder.image_document("app");
    let layer = image["layers"][0].clone();
    image["layers"] = json!(vec![layer; MAX_LAYERS + 1]);
    assert!(matches!(
        image_error(OCI_MANIFEST, &image),
        LayoutError::Limit { what: "layers", .. }
    ));
}

#[test]
fn the_bytes_of_all_manifests_are_limited() {
    let mut builder = Builder::new();
    let padding = " ".repeat(usize::try_from(MAX_MANIFEST_BYTES / 2).unwrap());
    for number in 0..=MAX_MANIFEST_TOTAL_BYTES / (MAX_MANIFEST_BYTES / 2) {
        let manifest = format!("{}{padding}", builder.image_document(&number.to_string()));
        let descriptor = builder.blob(OCI_MANIFEST, manifest.as_bytes());
        builder.add(&descriptor);
    }
    assert!(matches!(
        builder.open(),
        Err(LayoutError::Limit {
            what: "bytes of all manifests",
            ..
        })
    ));
    builder.index.truncate(2);
    assert!(builder.open().is_ok());
}

#[test]
fn every_error_has_a_code_that_never_allows() {
    let file = || "f".to_owned();
    for (error, code) in [
        (
            LayoutError::NotALayout {
                path: file(),
                detail: file(),
            },
            Code::LayoutMalformed,
        ),
        (
            LayoutError::Unreadable {
                file: file(),
                detail: file(),
            },
            Code::SubjectUnreadable,
        ),
        (
            LayoutError::DuplicateKey {
                file: file(),
                line: 1,
                column: 1,
            },
            Code::DuplicateKey,
        ),
        (
            LayoutError::Limit {
                file: file(),
                what: "w",
                limit: 1,
            },
            Code::LayoutMalformed,
        ),
        (
            LayoutError::NotFound {
                layout: file(),
                wanted: file(),
                available: vec![],
            },
            Code::SubjectNotFound,
        ),
        (
            LayoutError::Ambiguous {
                layout: file(),
                wanted: file(),
                candidates: vec![],
            },
            Code::SubjectNotFound,
        ),
    ] {
        assert_eq!(error.code(), code);
        assert_ne!(code.verdict(), Verdict::Allowed);
        assert_eq!(error.finding().code, code);
        assert_ne!(error.evidence_finding().code, Code::SubjectUnreadable);
    }
}
