//! Arbitrary bytes where a layout's documents should be: an error or an empty answer, never a panic.

use proptest::prelude::{ProptestConfig, any, prop, proptest};
use proptest::strategy::Strategy;

use super::*;
use crate::registry::{PlatformChoice, discover};
use crate::subject::LayoutSelector;

/// Opens, resolves and discovers; whether it works out is not the question.
fn exercise(builder: &Builder) {
    let Ok(layout) = Layout::open(builder.directory.path()) else {
        return;
    };
    for choice in [
        PlatformChoice::AsIs,
        PlatformChoice::All,
        PlatformChoice::One("linux/amd64".parse().unwrap()),
    ] {
        for resolved in layout.resolve(&LayoutSelector::Only, &choice).unwrap_or_default() {
            assert_eq!(discover(&layout, &resolved.digest).places.len(), 7);
        }
    }
}

/// A valid layout with an index, evidence in several forms, and all its files.
fn sample() -> (Builder, Vec<PathBuf>) {
    let mut builder = Builder::new();
    let image = builder.image("app");
    let index = builder.index_of(&[on_platform(&image, "linux/amd64"), buildkit(&builder, &image)]);
    let referrer = builder.artifact(&[builder.blob(BUNDLE, b"bundle")], Some(&index));
    let referrers = builder.index_of(std::slice::from_ref(&referrer));
    let tag = format!("sha256-{}", digest(&index).to_hex());
    builder.add(&index).add(&referrer).add_tagged(&referrers, &tag);
    let _ = builder.open().unwrap();
    let mut files = vec![builder.directory.path().join("index.json")];
    let blobs = fs::read_dir(builder.directory.path().join("blobs/sha256")).unwrap();
    files.extend(blobs.map(|entry| entry.unwrap().path()));
    files.sort();
    (builder, files)
}

#[test]
fn a_layout_cut_at_any_byte_is_never_a_panic() {
    let (builder, files) = sample();
    for file in files {
        let bytes = fs::read(&file).unwrap();
        for length in (0..bytes.len()).step_by(7) {
            fs::write(&file, &bytes[..length]).unwrap();
            exercise(&builder);
        }
        fs::write(&file, &bytes).unwrap();
    }
}

#[test]
fn a_cut_index_json_is_always_an_error() {
    let (builder, _) = sample();
    let file = builder.directory.path().join("index.json");
    let bytes = fs::read(&file).unwrap();
    for length in 0..bytes.len() {
        fs::write(&file, &bytes[..length]).unwrap();
        assert!(Layout::open(builder.directory.path()).is_err(), "{length}");
    }
}

/// JSON of any shape, with the member names that mean something.
fn documents() -> impl Strategy<Value = Value> {
    let leaf = proptest::prop_oneof![
        proptest::strategy::Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop::sample::select(vec![OCI_INDEX, OCI_MANIFEST, "", "sha256:00", "\u{1b}"]).prop_map(Value::from),
    ];
    let name = prop::sample::select(vec![
        "schemaVersion",
        "mediaType",
        "manifests",
        "layers",
        "config",
        "subject",
        "digest",
        "size",
        "platform",
        "os",
        "annotations",
        "kind",
        "Manifests",
    ]);
    leaf.prop_recursive(4, 64, 6, move |inner| {
        proptest::prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(name.clone().prop_map(str::to_owned), inner, 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_as_index_json(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        let builder = Builder::new();
        builder.write("index.json", &bytes);
        exercise(&builder);
    }

    #[test]
    fn any_json_as_a_manifest(document in documents()) {
        let mut builder = Builder::new();
        for media_type in [OCI_MANIFEST, OCI_INDEX] {
            let descriptor = builder.blob(media_type, document.to_string().as_bytes());
            builder.add(&descriptor);
        }
        let _ = builder.open();
        exercise(&builder);
    }
}
