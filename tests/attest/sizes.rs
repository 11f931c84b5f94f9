//! Predicates of every size: what is told, and what a limit says of itself.

use portcullis::sandbox::server::Options;
use serde_json::{Value, json};

use crate::world::{World, artifact, assert_code, assert_finding, cyclonedx, text};

/// An SBOM with about this many bytes.
fn sbom(bytes: usize) -> String {
    let component = json!({"type": "library", "name": "library-with-a-name", "version": "1.2.3"});
    let count = bytes / (component.to_string().len() + 1);
    let mut sbom = cyclonedx(&artifact());
    sbom["components"] = Value::Array(vec![component; count]);
    sbom.to_string()
}

const TYPED: [&str; 6] = ["app", "--predicate", "sbom", "--type", "cyclonedx", "--overwrite"];

#[test]
fn predicates_of_usual_sizes_are_attested_in_either_log_and_their_sizes_told() {
    let world = World::new();
    for (bytes, is_stored) in [(30_000, true), (100_000, true), (500_000, false)] {
        let sbom = sbom(bytes);
        world.write("sbom", &sbom);
        for version in ["1", "2"] {
            let output =
                world.attest(&[&TYPED[..], &["--rekor-version", version, "--format", "json"]].concat());
            assert_code(&output, 0);
            let report: Value = serde_json::from_slice(&output.stdout).unwrap();
            let sizes = &report["attested"][0]["sizes"];
            let size = |name: &str| usize::try_from(sizes[name].as_u64().unwrap()).unwrap();
            assert_eq!(report["predicateBytes"], sbom.len());
            assert!(size("envelope") > sbom.len() * 4 / 3);
            // Rekor v1 is sent the envelope, Rekor v2 a digest; neither keeps more than that.
            assert_eq!(size("logRequest") > size("envelope"), version == "1");
            assert!(size("logEntry") < 5_000);
            let told = report["findings"]
                .to_string()
                .contains("envelope-not-stored-by-log");
            assert_eq!(told, version == "1" && !is_stored, "{bytes} {report}");
            let bundle = "app.cyclonedx.sigstore.json";
            assert_code(
                &world.verify(&["app", "--bundle", bundle, "--type", "cyclonedx"]),
                0,
            );
        }
    }
}

#[test]
fn a_predicate_over_a_limit_names_the_limit_and_whose_it_is() {
    let world = World::with(Options {
        rekor_v1_limit: Some(16 * 1024),
        ..Options::default()
    });
    world.write("sbom", &sbom(30_000));
    let output = world.attest(&[&TYPED[..], &["--rekor-version", "1"]].concat());
    assert_finding(&output, 4, "log-entry-too-large");
    let said = text(&output.stderr);
    for part in ["HTTP 500", "request body too large", "whoever runs it"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!world.path("app.cyclonedx.sigstore.json").exists());
    // Nothing else is in the way.
    assert_code(
        &world.attest(&[&TYPED[..], &["--rekor-version", "2"]].concat()),
        0,
    );

    let limited = [&TYPED[..], &["--max-predicate-bytes", "20000"]].concat();
    let output = world.attest(&limited);
    assert_finding(&output, 1, "predicate-too-large");
    let said = text(&output.stderr);
    assert!(
        said.contains("20000") && said.contains("--max-predicate-bytes"),
        "{said}"
    );
}
