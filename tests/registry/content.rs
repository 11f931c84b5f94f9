//! What the tests put into the registry: one image, and evidence about it by us and by others.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use portcullis::attestation::COSIGN_SIGN_TYPE;
use portcullis::http::{Patience, RetryPolicy, Secret};
use portcullis::policy::Demand;
use portcullis::registry::client::{Client, ClientConfig, Credential, CredentialOptions};
use portcullis::sandbox::legacy::LegacyLayer;
use portcullis::sandbox::{Instance, SignOptions};
use portcullis::sigstore::Engine;
use portcullis::subject::Digest;
use serde_json::{Value, json};

use crate::fake::{Contents, Login, PASSWORD, Registry, USER};
use crate::judge::{self, Answer, Question};

pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
const DSSE: &str = "application/vnd.dsse.envelope.v1+json";
pub(crate) const ISSUER: &str = "https://accounts.example.com";
/// Who has to have signed.
pub(crate) const US: &str = "us@example.com";
/// Somebody else, who signs just as genuinely.
const THEM: &str = "them@example.com";

/// The image's one layer, of 1 GiB. It is in no registry.
pub(crate) const LAYER: &str = "sha256:1a9e000000000000000000000000000000000000000000000000000000000000";

/// Where evidence is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spot {
    Referrers,
    ReferrersTag,
    Sig,
    Att,
}

/// Everything that takes long to make.
struct Minted {
    engine: Engine,
    ours: Evidence,
    theirs: Evidence,
    trusted_root: tempfile::NamedTempFile,
}

/// The same statement in each form.
struct Evidence {
    bundle: Vec<u8>,
    sig: LegacyLayer,
    att: LegacyLayer,
}

fn minted() -> &'static Minted {
    static MINTED: OnceLock<Minted> = OnceLock::new();
    MINTED.get_or_init(|| {
        let mut instance = Instance::new(11, Timestamp::from_second(1_760_000_000).unwrap()).unwrap();
        let (_, root) = image();
        let digest: Digest = root["digest"].as_str().unwrap().parse().unwrap();
        Minted {
            ours: evidence(&mut instance, US, &digest),
            theirs: evidence(&mut instance, THEM, &digest),
            engine: judge::engine(&instance.trusted_root_json().unwrap()),
            trusted_root: {
                let file = tempfile::NamedTempFile::new().unwrap();
                std::fs::write(file.path(), instance.trusted_root_json().unwrap().to_string()).unwrap();
                file
            },
        }
    })
}

fn evidence(instance: &mut Instance, who: &str, digest: &Digest) -> Evidence {
    let options = SignOptions::keyless(who, ISSUER);
    let bytes: [u8; 32] = digest.as_bytes().try_into().unwrap();
    let subjects = [("app", bytes)];
    let predicate = json!({"by": who});
    Evidence {
        bundle: instance
            .attest(&subjects, COSIGN_SIGN_TYPE, &predicate, &options)
            .unwrap()
            .to_string()
            .into_bytes(),
        sig: instance
            .legacy_signature("registry.example/org/app", &digest.to_string(), &options)
            .unwrap(),
        att: instance
            .legacy_attestation(&subjects, "https://slsa.dev/provenance/v1", &predicate, &options)
            .unwrap(),
    }
}

/// The trusted root that the evidence verifies under, for the program.
pub(crate) fn trusted_root_file() -> &'static std::path::Path {
    minted().trusted_root.path()
}

pub(crate) fn engine() -> &'static Engine {
    &minted().engine
}

/// The one image, under the tag `v1`, with its descriptor. Nothing hangs on it.
pub(crate) fn image() -> (Contents, Value) {
    let mut contents = Contents {
        has_referrers: true,
        ..Contents::default()
    };
    let config = contents.blob(
        "application/vnd.oci.image.config.v1+json",
        br#"{"os":"linux","architecture":"amd64"}"#,
    );
    // Nobody has it: whoever asks for it fails.
    let layer = json!({
        "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": LAYER, "size": 1 << 30,
    });
    let root = contents.manifest(&json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer],
    }));
    contents.root = root["digest"].as_str().unwrap().to_owned();
    contents.tag("v1", &root);
    (contents, root)
}

/// The image with our evidence at one spot.
pub(crate) fn signed(spot: Spot) -> Contents {
    let (mut contents, root) = image();
    attach(&mut contents, &root, spot, &minted().ours);
    // The tag is for registries that have no such API; one that has it would list the same manifests.
    contents.has_referrers = spot != Spot::ReferrersTag;
    contents
}

/// Adds genuine evidence by somebody who is not accepted.
pub(crate) fn add_foreign(contents: &mut Contents, spot: Spot) {
    let root = image().1;
    attach(contents, &root, spot, &minted().theirs);
}

/// Adds our evidence at another spot.
pub(crate) fn add_ours(contents: &mut Contents, spot: Spot) {
    let root = image().1;
    attach(contents, &root, spot, &minted().ours);
}

fn attach(contents: &mut Contents, root: &Value, spot: Spot, evidence: &Evidence) {
    let tag = root["digest"].as_str().unwrap().replace(':', "-");
    match spot {
        Spot::Referrers => {
            bundle_manifest(contents, root, evidence);
        }
        Spot::ReferrersTag => {
            let mut entry = bundle_manifest(contents, root, evidence);
            entry["artifactType"] = json!(BUNDLE);
            let index = contents.manifest(&json!({
                "schemaVersion": 2, "mediaType": INDEX, "manifests": [entry],
            }));
            contents.tag(&tag, &index);
        }
        Spot::Sig => legacy(contents, &format!("{tag}.sig"), SIMPLE_SIGNING, &evidence.sig),
        Spot::Att => legacy(contents, &format!("{tag}.att"), DSSE, &evidence.att),
    }
}

fn bundle_manifest(contents: &mut Contents, root: &Value, evidence: &Evidence) -> Value {
    let config = contents.blob("application/vnd.oci.empty.v1+json", b"{}");
    let layer = contents.blob(BUNDLE, &evidence.bundle);
    contents.manifest(&json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": BUNDLE,
        "config": config, "layers": [layer], "subject": root,
    }))
}

fn legacy(contents: &mut Contents, tag: &str, media_type: &str, layer: &LegacyLayer) {
    let config = contents.blob("application/vnd.oci.image.config.v1+json", b"{}");
    let mut descriptor = contents.blob(media_type, &layer.payload);
    descriptor["annotations"] = json!(layer.annotations);
    let manifest = contents.manifest(&json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [descriptor],
    }));
    contents.tag(tag, &manifest);
}

/// What is demanded: anything signed by us.
pub(crate) fn demand() -> Demand {
    judge::anything_by(judge::identity(US, ISSUER))
}

/// Settings that do not make a test wait.
pub(crate) fn config() -> ClientConfig {
    ClientConfig {
        deadline: Some(Instant::now() + Duration::from_secs(60)),
        patience: Patience {
            connect: Duration::from_secs(5),
            answer: Duration::from_secs(10),
            read: Duration::from_secs(5),
            grace: Duration::from_secs(5),
            slowest: 1024,
            retry: RetryPolicy {
                attempts: 2,
                base: Duration::from_millis(1),
                longest: Duration::from_millis(50),
            },
        },
        ..ClientConfig::default()
    }
}

/// The same with the password that `registry` knows.
pub(crate) fn config_for(registry: &Registry) -> ClientConfig {
    let credential = Credential::Password {
        username: Secret::new(USER),
        password: Secret::new(PASSWORD),
    };
    ClientConfig {
        credentials: CredentialOptions {
            given: Some((registry.host(), credential)),
            ..CredentialOptions::default()
        },
        ..config()
    }
}

/// Makes the registry ask for a token.
pub(crate) fn locked(mut contents: Contents) -> Contents {
    contents.login = Login::Bearer { realm: None };
    contents
}

/// Verifies the image under `v1`.
pub(crate) fn verify(registry: &Registry, config: ClientConfig) -> Answer {
    let client = Client::new(config).unwrap();
    verify_reference(&client, &registry.reference("v1"))
}

pub(crate) fn verify_reference(client: &Client, reference: &str) -> Answer {
    Question::image(engine(), client, reference, demand()).ask()
}
