//! Every fuzz target over every file of its corpus, so that what fuzzing found once stays found without cargo-fuzz.

#[path = "../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "it is a library of its own under cargo-fuzz")]
mod targets;

use std::path::{Path, PathBuf};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus")
}

#[test]
fn no_target_fails_on_its_corpus() {
    for (name, body) in targets::TARGETS {
        let files: Vec<PathBuf> = std::fs::read_dir(corpus().join(name))
            .unwrap_or_else(|error| panic!("the corpus of {name}: {error}"))
            .map(|entry| entry.unwrap().path())
            .collect();
        assert!(!files.is_empty(), "the corpus of {name} is empty");
        for file in files {
            let data = std::fs::read(&file).unwrap();
            let outcome = std::panic::catch_unwind(|| body(&data));
            assert!(outcome.is_ok(), "{name} fails on {}", file.display());
        }
    }
}

/// The cheapest damage there is.
#[test]
fn cut_anywhere_no_seed_makes_a_target_fail() {
    for (name, body) in targets::TARGETS {
        for entry in std::fs::read_dir(corpus().join(name)).unwrap() {
            let data = std::fs::read(entry.unwrap().path()).unwrap();
            let step = data.len() / 16 + 1;
            for end in (0..data.len()).step_by(step) {
                body(&data[..end]);
            }
        }
    }
}
