//! What publishing leaves in an honest registry, with a referrers API and without.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use portcullis::registry::publish::{self, LegacyKind, LegacyLayer};
use portcullis::registry::{BlobContent, Descriptor, Sink, discover};
use portcullis::report::{Code, Finding};
use portcullis::subject::Digest;
use serde_json::{Value, json};

use crate::content::{INDEX, MANIFEST, PREDICATE, REPOSITORY, bundle, listed, referrers_tag, store, subject};
use crate::warehouse::{Misdeed, Nature, Step, Warehouse};

const WITH_API: Nature = Nature {
    has_referrers: true,
    has_conditions: false,
    wants_token: true,
    slow: std::time::Duration::ZERO,
};
const PLAIN: Nature = Nature {
    has_referrers: false,
    ..WITH_API
};

#[test]
fn a_published_bundle_is_found_again_with_and_without_a_referrers_api() {
    for nature in [WITH_API, PLAIN] {
        let registry = Warehouse::start(nature);
        let published = publish::bundle(&store(&registry), &subject(), &bundle("one")).unwrap();
        let found = discover(&store(&registry), &subject().digest);
        assert_eq!(found.attachments.len(), 1, "{:?}", found.places);
        assert!(
            found.attachments[0]
                .location
                .contains(&published.digest.to_string())
        );
        assert_eq!(registry.tags().is_empty(), nature.has_referrers);
    }
}

#[test]
fn a_token_is_asked_for_to_write_only_by_those_who_write() {
    let registry = Warehouse::start(PLAIN);
    publish::bundle(&store(&registry), &subject(), &bundle("one")).unwrap();
    assert_eq!(registry.count("GET", "/token?"), 1);
    assert_eq!(
        registry.count("GET", "scope=repository%3Aorg%2Fapp%3Apull%2Cpush"),
        1
    );
    discover(&store(&registry), &subject().digest);
    let scopes: Vec<String> = registry.seen().into_iter().map(|seen| seen.target).collect();
    let last = scopes
        .iter()
        .rfind(|target| target.starts_with("/token"))
        .unwrap();
    assert!(last.ends_with("scope=repository%3Aorg%2Fapp%3Apull"), "{last}");
}

#[test]
fn entries_of_other_tools_stay_byte_for_byte() {
    let registry = Warehouse::start(PLAIN);
    let theirs = format!(
        r#"{{ "mediaType":"{MANIFEST}", "digest":"{}", "size":12, "annotations":{{"z":"\u00e9","a":""}}, "x":[1.0, null]}}"#,
        Digest::sha256(b"theirs")
    );
    let index = format!(
        r#"{{"schemaVersion":2,"mediaType":"{INDEX}","manifests":[{theirs}],"annotations":{{"k":"v"}}}}"#
    );
    registry.put(REPOSITORY, Some(&referrers_tag()), INDEX, index.as_bytes());
    publish::bundle(&store(&registry), &subject(), &bundle("one")).unwrap();
    let after = String::from_utf8(registry.tagged(REPOSITORY, &referrers_tag()).unwrap()).unwrap();
    assert!(after.contains(&theirs), "{after}");
    assert!(after.contains(r#""annotations":{"k":"v"}"#), "{after}");
    assert_eq!(listed(&registry).len(), 2);
}

#[test]
fn a_tag_that_is_no_list_is_left_alone() {
    let registry = Warehouse::start(PLAIN);
    let config = registry.put_blob(REPOSITORY, b"{}");
    let image = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "layers": [],
        "config": {"mediaType": "application/x", "digest": config.to_string(), "size": 2},
    });
    let image = image.to_string();
    registry.put(REPOSITORY, Some(&referrers_tag()), MANIFEST, image.as_bytes());
    let finding = publish::bundle(&store(&registry), &subject(), &bundle("one")).unwrap_err();
    assert_eq!(finding.code, Code::ManifestMalformed);
    assert_eq!(
        registry.tagged(REPOSITORY, &referrers_tag()).unwrap(),
        image.as_bytes()
    );
}

fn layer(signature: &str) -> LegacyLayer {
    LegacyLayer {
        kind: LegacyKind::Signature,
        bytes: b"{\"critical\":{}}".to_vec(),
        annotations: BTreeMap::from([(
            "dev.cosignproject.cosign/signature".to_owned(),
            signature.to_owned(),
        )]),
    }
}

#[test]
fn legacy_signatures_over_the_same_payload_add_up() {
    let registry = Warehouse::start(PLAIN);
    let digest = &subject().digest;
    for signature in ["one", "two", "one"] {
        let tag = publish::legacy(&store(&registry), digest, &layer(signature)).unwrap();
        assert_eq!(tag, format!("{}.sig", referrers_tag()));
    }
    let bytes = registry
        .tagged(REPOSITORY, &format!("{}.sig", referrers_tag()))
        .unwrap();
    let manifest: Value = serde_json::from_slice(&bytes).unwrap();
    let signatures: Vec<&Value> = manifest["layers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|layer| &layer["annotations"]["dev.cosignproject.cosign/signature"])
        .collect();
    assert_eq!(signatures, ["one", "two"]);
    let config = registry
        .blob(REPOSITORY, manifest["config"]["digest"].as_str().unwrap())
        .unwrap();
    let config: Value = serde_json::from_slice(&config).unwrap();
    assert_eq!(config["rootfs"]["diff_ids"].as_array().unwrap().len(), 2);
}

#[test]
fn earlier_bundles_of_the_same_predicate_type_are_replaced_and_no_others() {
    for nature in [WITH_API, PLAIN] {
        let registry = Warehouse::start(nature);
        let digest = &subject().digest;
        let old = publish::bundle(&store(&registry), &subject(), &bundle("old")).unwrap();
        let mut other = bundle("other");
        other.predicate_type = Some("https://spdx.dev/Document".to_owned());
        let other = publish::bundle(&store(&registry), &subject(), &other).unwrap();
        let earlier = publish::earlier(&store(&registry), digest, PREDICATE).unwrap();
        assert_eq!(earlier, std::slice::from_ref(&old.digest));
        publish::bundle(&store(&registry), &subject(), &bundle("new")).unwrap();
        assert_eq!(publish::remove(&store(&registry), digest, &earlier).unwrap(), []);
        assert!(!registry.has_manifest(REPOSITORY, &old.digest.to_string()));
        assert!(registry.has_manifest(REPOSITORY, &other.digest.to_string()));
        assert_eq!(discover(&store(&registry), digest).attachments.len(), 2);
    }
}

#[test]
fn what_may_not_be_deleted_is_taken_from_the_list_and_named() {
    let registry = Warehouse::start(PLAIN);
    let old = publish::bundle(&store(&registry), &subject(), &bundle("old")).unwrap();
    let new = publish::bundle(&store(&registry), &subject(), &bundle("new")).unwrap();
    registry.forbid_deleting();
    let left = publish::remove(
        &store(&registry),
        &subject().digest,
        std::slice::from_ref(&old.digest),
    )
    .unwrap();
    assert_eq!(left, [old.digest]);
    assert_eq!(listed(&registry), [new.digest.to_string()]);
}

/// Many bytes that are made while they are read.
struct Long {
    size: u64,
    /// The most that was read before any of it can have been sent.
    read: Arc<AtomicU64>,
}

impl BlobContent for Long {
    fn open(&self) -> Result<Box<dyn Read + Send>, Box<Finding>> {
        struct Counted(std::io::Take<std::io::Repeat>, Arc<AtomicU64>);
        impl Read for Counted {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                let count = self.0.read(buffer)?;
                self.1.fetch_add(count as u64, Ordering::SeqCst);
                Ok(count)
            }
        }
        Ok(Box::new(Counted(
            std::io::repeat(7).take(self.size),
            Arc::clone(&self.read),
        )))
    }
}

#[test]
fn a_large_blob_is_read_no_faster_than_it_is_sent() {
    let registry = Warehouse::start(PLAIN);
    let size = 64 << 20;
    let digest = Digest::sha256(&vec![7; size]);
    let blob = Descriptor::new("application/x", digest.clone(), size as u64);
    let read = Arc::new(AtomicU64::new(0));
    let long = || {
        Arc::new(Long {
            size: size as u64,
            read: Arc::clone(&read),
        })
    };
    store(&registry).put_blob(&blob, long()).unwrap();
    assert_eq!(
        registry.blob(REPOSITORY, &digest.to_string()).unwrap().len(),
        size
    );
    // A registry that does not take it: only what was read ahead, and what the system keeps for the connection, was read.
    read.store(0, Ordering::SeqCst);
    registry.misbehave(Step::PutBlob, Misdeed::Deaf, 99);
    let finding = store(&registry).put_blob(&blob, long()).unwrap_err();
    assert_eq!(finding.code, Code::RegistryUnreachable);
    let attempts = registry.count("PUT", "/blobs/uploads/") as u64 - 1;
    let read = read.load(Ordering::SeqCst);
    assert!(
        read < attempts * (16 << 20),
        "{read} bytes in {attempts} attempts"
    );
}

#[test]
fn a_blob_that_the_registry_has_elsewhere_is_mounted() {
    let registry = Warehouse::start(PLAIN);
    let digest = registry.put_blob("base", b"layer");
    let blob = Descriptor::new("application/x", digest.clone(), 5);
    let other = format!("{}/base", registry.host());
    assert!(store(&registry).mount(&blob, &other).unwrap());
    assert!(registry.blob(REPOSITORY, &digest.to_string()).is_some());
    let scope = "scope=repository%3Aorg%2Fapp%3Apull%2Cpush&scope=repository%3Abase%3Apull";
    assert_eq!(registry.count("GET", scope), 1);
    assert_eq!(registry.count("PUT", "/blobs/"), 0);
    let absent = Descriptor::new("application/x", Digest::sha256(b"absent"), 6);
    assert!(!store(&registry).mount(&absent, &other).unwrap());
    assert!(!store(&registry).mount(&blob, "elsewhere.test/base").unwrap());
}
