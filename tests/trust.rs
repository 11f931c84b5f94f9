//! Trust roots over TUF: refreshed, cached, offline, and served by hostile repositories. Loopback only.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of a test fails the test by panicking"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use portcullis::report::Code;
use portcullis::sigstore::trust::{
    CacheOutcome, CheckState, TrustChoice, TrustOptions, diagnose, load, update,
};
use portcullis::subject::Digest;
use sigstore_trust_root::{
    SIGSTORE_PRODUCTION_SIGNING_CONFIG, SIGSTORE_PRODUCTION_TRUSTED_ROOT, SIGSTORE_STAGING_TRUSTED_ROOT,
};

#[path = "support/server.rs"]
mod server;
#[path = "support/tuf.rs"]
mod tuf;

use server::{Answer, Answers, Server};
use tuf::{Key, Repository};

/// When the tests take place; the repository's metadata expires ten days later.
fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn days_later(days: i64) -> Timestamp {
    now() + SignedDuration::from_hours(24 * days)
}

/// A repository being served, its bootstrap root in a file, and a place for the cache.
struct World {
    repository: Repository,
    server: Server,
    choice: TrustChoice,
    dir: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        Self::of(Repository::new(&[
            ("trusted_root.json", SIGSTORE_STAGING_TRUSTED_ROOT),
            ("signing_config.v0.2.json", SIGSTORE_PRODUCTION_SIGNING_CONFIG),
        ]))
    }

    fn of(repository: Repository) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let bootstrap_root = dir.path().join("root.json");
        std::fs::write(&bootstrap_root, repository.root()).unwrap();
        let server = Server::start(repository.answers());
        let choice = TrustChoice::Tuf {
            url: server.url(),
            bootstrap_root,
        };
        Self {
            repository,
            server,
            choice,
            dir,
        }
    }

    fn cache_dir(&self) -> PathBuf {
        self.dir.path().join("cache")
    }

    fn online(&self) -> TrustOptions {
        TrustOptions {
            cache_dir: Some(self.cache_dir()),
            timeout: Duration::from_secs(20),
            ..TrustOptions::default()
        }
    }

    fn offline(&self) -> TrustOptions {
        TrustOptions {
            offline: true,
            ..self.online()
        }
    }

    /// Serves the repository as it is now.
    fn publish(&self) {
        self.server.set(self.repository.answers());
    }

    /// Serves something else in place of one file.
    fn serve(&self, path: &str, answer: Answer) {
        let mut answers = self.repository.answers();
        answers.insert(path.to_owned(), answer);
        self.server.set(answers);
    }

    fn cache_file(&self) -> PathBuf {
        let files = files_below(&self.cache_dir());
        assert_eq!(files.len(), 1, "{files:?}");
        files.into_iter().next().unwrap()
    }
}

fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

// Refreshing.

#[test]
fn a_refresh_gives_what_the_repository_signed_and_no_warning() {
    let world = World::new();
    let options = TrustOptions {
        signing_config: true,
        ..world.online()
    };
    let material = load(&world.choice, &options, now()).unwrap();
    assert_eq!(material.root().tlogs.len(), 5);
    assert!(material.signing_config().is_some());
    assert_eq!(material.findings(), []);
    let report = material.report();
    assert_eq!(report.source, "tuf");
    assert_eq!(report.name, world.server.url());
    assert_eq!(
        report.digest,
        Digest::sha256(SIGSTORE_STAGING_TRUSTED_ROOT.as_bytes())
    );
    assert_eq!((report.as_of, report.age_days), (Some(now()), Some(0)));
}

#[test]
fn a_second_refresh_only_asks_whether_there_is_something_new() {
    let world = World::new();
    load(&world.choice, &world.online(), now()).unwrap();
    world.server.take_requests();
    load(&world.choice, &world.online(), days_later(1)).unwrap();
    assert_eq!(world.server.take_requests(), ["2.root.json", "timestamp.json"]);
}

#[test]
fn a_refresh_follows_new_versions_and_new_roots() {
    let mut world = World::new();
    load(&world.choice, &world.online(), now()).unwrap();
    world.repository.next_root();
    world.repository.timestamp_key = Key::new("timestamp-b");
    world.repository.version = 6;
    world.repository.targets.insert(
        "trusted_root.json".to_owned(),
        SIGSTORE_PRODUCTION_TRUSTED_ROOT.into(),
    );
    world.publish();

    let changed = update(&world.choice, &world.online(), days_later(1)).unwrap();
    assert!(changed.root_changed());
    assert_eq!(changed.cache, CacheOutcome::Written);
    let before = changed.before.as_ref().unwrap();
    assert_eq!(before.fetched_at, now());
    assert_eq!(
        before.digest,
        Digest::sha256(SIGSTORE_STAGING_TRUSTED_ROOT.as_bytes())
    );
    assert_eq!(
        changed.after.digest,
        Digest::sha256(SIGSTORE_PRODUCTION_TRUSTED_ROOT.as_bytes())
    );
    let text = changed.lines().join("\n");
    for expected in [
        "the trusted root changed",
        "root      version 2 (was 1)",
        "timestamp version 6 (was 5)",
    ] {
        assert!(text.contains(expected), "{text}");
    }

    let again = update(&world.choice, &world.online(), days_later(2)).unwrap();
    assert!(!again.root_changed());
    // The cached chain of roots leads to the new keys offline as well.
    let offline = load(&world.choice, &world.offline(), days_later(2)).unwrap();
    assert_eq!(offline.report().as_of, Some(days_later(2)));
    assert_eq!(offline.report().digest, changed.after.digest);
}

#[test]
fn a_document_of_a_delegated_role_is_found_online_and_offline() {
    for role in ["registry", "../../../../evil", "a/b", "%2e%2e"] {
        let mut repository = Repository::new(&[("trusted_root.json", SIGSTORE_STAGING_TRUSTED_ROOT)]);
        repository.delegated = Some((role.to_owned(), Key::new("delegated")));
        let world = World::of(repository);
        let online = load(&world.choice, &world.online(), now());
        if role.starts_with('%') {
            // Its file name would be read back as another one; whatever comes of it, nothing is written elsewhere.
            assert!(online.is_err(), "{role}");
        } else {
            assert_eq!(online.unwrap().root().tlogs.len(), 5, "{role}");
            assert_eq!(
                load(&world.choice, &world.offline(), now())
                    .unwrap()
                    .report()
                    .source,
                "cache"
            );
            world.cache_file();
        }
        assert!(
            files_below(world.dir.path()).len() <= 2,
            "the bootstrap root and the cache: {role}"
        );
    }
}

#[test]
fn only_an_update_that_can_be_one_is_tried() {
    let world = World::new();
    let error = update(&world.choice, &world.offline(), now()).unwrap_err();
    assert_eq!(error.code(), Code::TrustUnavailable);
    let file = TrustChoice::File(world.dir.path().join("root.json"));
    assert_eq!(
        update(&file, &world.online(), now()).unwrap_err().code(),
        Code::TrustInvalid
    );
    assert_eq!(world.server.connections(), 0);
}

// Offline.

#[test]
fn offline_uses_the_cache_with_a_warning_and_its_age_and_without_a_connection() {
    let world = World::new();
    load(&world.choice, &world.online(), now()).unwrap();
    let connections = world.server.connections();
    let rows = [
        (3, "without refreshing it", false),
        (400, "its TUF timestamp metadata expired on 2026-12-01", true),
    ];
    for (days, expected, expired) in rows {
        let material = load(&world.choice, &world.offline(), days_later(days)).unwrap();
        assert_eq!(material.report().source, "cache");
        assert_eq!(material.report().as_of, Some(now()));
        assert_eq!(material.report().age_days, Some(days));
        let [warning] = material.findings() else {
            panic!("{:?}", material.findings())
        };
        assert_eq!(warning.code, Code::TrustStale);
        assert!(warning.message.contains("2026-11-21"), "{}", warning.message);
        assert!(warning.message.contains(expected), "{}", warning.message);
        assert_eq!(
            warning.message.contains("expired"),
            expired,
            "{}",
            warning.message
        );
    }
    assert_eq!(world.server.connections(), connections);
}

#[test]
fn online_never_falls_back_to_what_is_cached() {
    let world = World::new();
    load(&world.choice, &world.online(), now()).unwrap();
    for (name, answers) in [
        ("nothing there", Answers::new()),
        (
            "an error",
            Answers::from([("2.root.json".to_owned(), Answer::Status(503))]),
        ),
    ] {
        world.server.set(answers);
        let error = load(&world.choice, &world.online(), now()).unwrap_err();
        assert_eq!(error.code(), Code::TrustUnavailable, "{name}: {error}");
        assert!(load(&world.choice, &world.offline(), now()).is_ok(), "{name}");
    }
    let World {
        choice, server, dir, ..
    } = world;
    drop(server);
    let options = TrustOptions {
        cache_dir: Some(dir.path().join("cache")),
        ..TrustOptions::default()
    };
    let error = load(&choice, &options, now()).unwrap_err();
    assert_eq!(error.code(), Code::TrustUnavailable, "{error}");
}

#[test]
fn a_cache_of_another_bootstrap_root_is_not_used() {
    let world = World::new();
    load(&world.choice, &world.online(), now()).unwrap();
    let mut other = Repository::new(&[("trusted_root.json", SIGSTORE_STAGING_TRUSTED_ROOT)]);
    other.version = 99;
    let bootstrap_root = world.dir.path().join("other.json");
    std::fs::write(&bootstrap_root, other.root()).unwrap();
    let choice = TrustChoice::Tuf {
        url: world.server.url(),
        bootstrap_root,
    };
    let error = load(&choice, &world.offline(), now()).unwrap_err();
    assert_eq!(error.code(), Code::TrustUnavailable);
    assert!(error.to_string().contains("nothing is cached"), "{error}");
}

// The cache.

#[test]
fn a_cache_that_was_changed_is_never_believed() {
    let world = World::new();
    load(&world.choice, &world.online(), now()).unwrap();
    let path = world.cache_file();
    let genuine = std::fs::read_to_string(&path).unwrap();
    let cached: serde_json::Value = serde_json::from_str(&genuine).unwrap();

    let other = Repository::new(&[("trusted_root.json", SIGSTORE_PRODUCTION_TRUSTED_ROOT)]);
    let base64 = |bytes: &[u8]| {
        use base64::Engine as _;
        serde_json::json!(base64::engine::general_purpose::STANDARD.encode(bytes))
    };
    let forged = |name: &str, bytes: &[u8]| {
        let mut cached = cached.clone();
        cached["files"][name] = base64(bytes);
        cached.to_string()
    };
    let mut later = cached.clone();
    later["fetchedAt"] = serde_json::json!("2027-01-01T00:00:00Z");
    let rows = [
        ("garbage", "garbage".to_owned()),
        ("nothing", String::new()),
        ("cut", genuine[..genuine.len() / 2].to_owned()),
        ("deep", "[".repeat(1_000_000)),
        ("another format", genuine.replace("\"format\":1", "\"format\":2")),
        (
            "another document",
            forged(
                "targets/trusted_root.json",
                SIGSTORE_PRODUCTION_TRUSTED_ROOT.as_bytes(),
            ),
        ),
        (
            "another's timestamp",
            forged("timestamp.json", &other.files()["timestamp.json"]),
        ),
        (
            "another's targets",
            forged("targets.json", &other.files()["5.targets.json"]),
        ),
        ("a time after its expiry", later.to_string()),
    ];
    for (name, text) in rows {
        std::fs::write(&path, text).unwrap();
        let error = load(&world.choice, &world.offline(), now()).expect_err(name);
        assert!(error.to_string().contains("unusable"), "{name}: {error}");
        // Online it is as if there were none, and it is replaced.
        let material = load(&world.choice, &world.online(), now()).unwrap();
        assert_eq!(material.root().tlogs.len(), 5, "{name}");
        assert_eq!(
            load(&world.choice, &world.offline(), now())
                .unwrap()
                .report()
                .source,
            "cache",
            "{name}"
        );
    }
}

#[test]
fn a_cache_that_cannot_be_written_denies_nothing() {
    let world = World::new();
    let file = world.dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    // Not even the superuser can make a directory in either.
    for cache_dir in [file.join("cache"), PathBuf::from("/proc/portcullis")] {
        let options = TrustOptions {
            cache_dir: Some(cache_dir),
            ..world.online()
        };
        assert_eq!(
            load(&world.choice, &options, now()).unwrap().report().source,
            "tuf"
        );
        let outcome = update(&world.choice, &options, now()).unwrap().cache;
        assert!(matches!(outcome, CacheOutcome::Failed(_)), "{outcome:?}");
    }
    let none = TrustOptions {
        cache_dir: None,
        ..world.online()
    };
    assert_eq!(
        update(&world.choice, &none, now()).unwrap().cache,
        CacheOutcome::Off
    );
}

#[test]
#[cfg(unix)]
fn a_pipe_in_place_of_the_cache_file_does_not_block() {
    let world = World::new();
    load(&world.choice, &world.online(), now()).unwrap();
    let path = world.cache_file();
    std::fs::remove_file(&path).unwrap();
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    let began = Instant::now();
    assert!(load(&world.choice, &world.offline(), now()).is_err());
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn sixteen_runs_at_once_all_succeed_and_leave_one_good_cache() {
    let mut world = World::new();
    for round in 0..3 {
        world.repository.version += 1;
        world.publish();
        let (world, online) = (&world, world.online());
        std::thread::scope(|scope| {
            let runs: Vec<_> = (0..16)
                .map(|_| {
                    scope.spawn(|| load(&world.choice, &online, now()).map(|it| it.report().source.clone()))
                })
                .collect();
            for run in runs {
                assert_eq!(run.join().unwrap().as_deref(), Ok("tuf"), "round {round}");
            }
        });
        assert_eq!(
            load(&world.choice, &world.offline(), now())
                .unwrap()
                .report()
                .source,
            "cache"
        );
        world.cache_file();
    }
}

#[test]
fn a_withdrawn_key_stays_withdrawn_after_a_refresh_that_failed() {
    let mut world = World::new();
    load(&world.choice, &world.online(), now()).unwrap();
    let old_answers = world.repository.answers();

    world.repository.next_root();
    world.repository.timestamp_key = Key::new("timestamp-b");
    world.repository.version = 6;
    world.serve("timestamp.json", Answer::Status(500));
    assert_eq!(
        load(&world.choice, &world.online(), now()).unwrap_err().code(),
        Code::TrustUnavailable
    );

    // Somebody with the withdrawn key holds the new root back.
    world.server.set(old_answers);
    let error = load(&world.choice, &world.online(), now()).unwrap_err();
    assert_eq!(error.code(), Code::TrustInvalid, "{error}");
    assert!(error.to_string().contains("threshold"), "{error}");
}

// Hostile and broken repositories.

#[test]
fn what_a_repository_may_not_serve_is_refused_with_its_own_code() {
    use Code::{TrustInvalid, TrustUnavailable};
    let elsewhere = Server::start(Answers::new());
    let file = |text: &str| Answer::File(text.as_bytes().to_vec());
    let big = |length| Answer::File(vec![b' '; length]);
    let json = serde_json::to_vec(&serde_json::json!({"signed": {}, "signatures": []})).unwrap();
    let rows: Vec<(&str, Answer, Code, &str)> = vec![
        (
            "timestamp.json",
            Answer::Status(404),
            TrustUnavailable,
            "timestamp.json not found",
        ),
        ("timestamp.json", Answer::Status(403), TrustUnavailable, "403"),
        ("timestamp.json", Answer::Status(429), TrustUnavailable, "429"),
        ("timestamp.json", Answer::Status(500), TrustUnavailable, "500"),
        ("timestamp.json", Answer::Status(204), TrustUnavailable, "204"),
        ("timestamp.json", Answer::Status(206), TrustUnavailable, "206"),
        (
            "2.root.json",
            Answer::Status(500),
            TrustUnavailable,
            "2.root.json",
        ),
        (
            "timestamp.json",
            Answer::Redirect(elsewhere.url()),
            TrustUnavailable,
            "redirects are not followed",
        ),
        (
            "2.root.json",
            Answer::Redirect(elsewhere.url()),
            TrustUnavailable,
            "redirects are not followed",
        ),
        (
            "timestamp.json",
            Answer::BrokenOff(json.clone()),
            TrustUnavailable,
            "cannot fetch",
        ),
        (
            "timestamp.json",
            Answer::Slow,
            TrustUnavailable,
            "took longer than",
        ),
        (
            "timestamp.json",
            Answer::Silent,
            TrustUnavailable,
            "took longer than",
        ),
        (
            "timestamp.json",
            Answer::Endless,
            TrustInvalid,
            "larger than 16384 bytes",
        ),
        (
            "timestamp.json",
            big(16_385),
            TrustInvalid,
            "larger than 16384 bytes",
        ),
        (
            "2.root.json",
            big(600_000),
            TrustInvalid,
            "larger than 524288 bytes",
        ),
        ("timestamp.json", Answer::File(json), TrustInvalid, "refused"),
        ("timestamp.json", file(""), TrustInvalid, "JSON"),
        (
            "timestamp.json",
            file("{\"signed\": {\"_type\""),
            TrustInvalid,
            "JSON",
        ),
        (
            "timestamp.json",
            Answer::File(vec![0xff; 100]),
            TrustInvalid,
            "JSON",
        ),
        ("timestamp.json", file(&"[".repeat(16_000)), TrustInvalid, "JSON"),
        (
            "2.root.json",
            file("<html>captive portal</html>"),
            TrustInvalid,
            "JSON",
        ),
        (
            "5.snapshot.json",
            Answer::Status(404),
            TrustUnavailable,
            "5.snapshot.json not found",
        ),
        ("5.targets.json", file("{}"), TrustInvalid, "refused"),
    ];
    let world = World::new();
    for (path, answer, code, expected) in rows {
        world.serve(path, answer);
        let options = TrustOptions {
            timeout: Duration::from_secs(1),
            cache_dir: None,
            ..world.online()
        };
        let began = Instant::now();
        let error = load(&world.choice, &options, now()).expect_err(expected);
        assert!(began.elapsed() < Duration::from_secs(8), "{path}: {expected}");
        assert_eq!(error.code(), code, "{path}: {error}");
        assert!(
            error.to_string().contains(expected),
            "{path}: {error} should say: {expected}"
        );
    }
    assert_eq!(elsewhere.connections(), 0);
    world.publish();
    assert!(
        load(&world.choice, &world.online(), now()).is_ok(),
        "the repository itself is fine"
    );
}

#[test]
fn metadata_that_is_signed_wrongly_or_out_of_date_is_refused() {
    type Change = fn(&mut Repository);
    let rows: &[(&str, Change)] = &[
        ("threshold not met for role timestamp", |it| {
            it.timestamp_key = Key::new("timestamp-a")
        }),
        ("threshold not met for role snapshot", |it| {
            it.snapshot_key = Key::new("snapshot-a")
        }),
        ("threshold not met for role targets", |it| {
            it.targets_key = Key::new("targets-a")
        }),
        ("rollback detected for timestamp", |it| it.version = 4),
        ("timestamp metadata expired", |it| {
            it.expire("timestamp", "2026-11-20T00:00:00Z")
        }),
        ("snapshot metadata expired", |it| {
            it.expire("snapshot", "2026-11-20T00:00:00Z")
        }),
        ("targets metadata expired", |it| {
            it.expire("targets", "2026-11-20T00:00:00Z")
        }),
        ("root metadata expired", |it| {
            it.next_root();
            it.expire("root", "2026-11-20T00:00:00Z");
        }),
        ("threshold not met for role root", |it| {
            it.next_root();
            it.root_keys = vec![Key::new("root-a"), Key::new("root-b")];
        }),
        ("not listed by any", |it| {
            drop(it.targets.remove("trusted_root.json"))
        }),
        ("is not a trusted root", |it| {
            drop(it.targets.insert("trusted_root.json".into(), b"{}".to_vec()))
        }),
        ("stands twice", |it| {
            let doubled = SIGSTORE_STAGING_TRUSTED_ROOT.replacen("\"tlogs\"", "\"tlogs\": [], \"tlogs\"", 1);
            it.targets
                .insert("trusted_root.json".into(), doubled.into_bytes());
        }),
    ];
    for (expected, change) in rows {
        let mut world = World::new();
        load(&world.choice, &world.online(), now()).unwrap();
        let cached = std::fs::read(world.cache_file()).unwrap();
        world.repository.version += 1;
        if expected.starts_with("rollback") {
            world.repository.version = 5;
        }
        change(&mut world.repository);
        world.publish();
        let error = load(&world.choice, &world.online(), now()).expect_err(expected);
        assert_eq!(error.code(), Code::TrustInvalid, "{error}");
        assert!(
            error.to_string().contains(expected),
            "{error} should say: {expected}"
        );
        // What is not complete and fit for use never replaces what was.
        let offline = load(&world.choice, &world.offline(), now()).expect(expected);
        assert_eq!(offline.root().tlogs.len(), 5, "{expected}");
        let unchanged = std::fs::read(world.cache_file()).unwrap() == cached;
        assert_eq!(
            unchanged,
            *expected != "root metadata expired",
            "{expected}: only a new root is kept"
        );
    }
}

#[test]
fn the_same_signature_twice_does_not_meet_a_threshold_of_two() {
    let mut repository = Repository::new(&[("trusted_root.json", SIGSTORE_STAGING_TRUSTED_ROOT)]);
    repository.timestamp_threshold = 2;
    let world = World::of(repository);
    let mut timestamp: serde_json::Value =
        serde_json::from_slice(&world.repository.files()["timestamp.json"]).unwrap();
    let signature = timestamp["signatures"][0].clone();
    timestamp["signatures"] = serde_json::json!([signature, signature]);
    world.serve("timestamp.json", Answer::File(timestamp.to_string().into_bytes()));
    let error = load(&world.choice, &world.online(), now()).unwrap_err();
    assert_eq!(error.code(), Code::TrustInvalid);
    assert!(error.to_string().contains("duplicate signature"), "{error}");
}

#[test]
fn a_document_other_than_the_signed_one_is_refused() {
    let world = World::new();
    let name = |text: &str| {
        format!(
            "targets/{}.trusted_root.json",
            sigstore_crypto::sha256(text.as_bytes()).to_hex()
        )
    };
    let path = name(SIGSTORE_STAGING_TRUSTED_ROOT);
    let same_length = SIGSTORE_STAGING_TRUSTED_ROOT.replacen("2021", "2022", 1);
    for (text, expected) in [
        (same_length.as_str(), "mismatch"),
        (&SIGSTORE_STAGING_TRUSTED_ROOT[..100], "length"),
        (&format!("{SIGSTORE_STAGING_TRUSTED_ROOT} "), "larger than"),
    ] {
        world.serve(&path, Answer::File(text.as_bytes().to_vec()));
        let error = load(&world.choice, &world.online(), now()).expect_err(expected);
        assert_eq!(error.code(), Code::TrustInvalid, "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn a_bootstrap_root_that_is_none_is_refused_before_any_connection() {
    let world = World::new();
    let path = world.dir.path().join("other.json");
    let mut unsigned: serde_json::Value = serde_json::from_slice(&world.repository.root()).unwrap();
    unsigned["signatures"] = serde_json::json!([]);
    for text in [
        "",
        "{}",
        "[]",
        SIGSTORE_STAGING_TRUSTED_ROOT,
        &unsigned.to_string(),
        &" ".repeat(600_000),
    ] {
        std::fs::write(&path, text).unwrap();
        let choice = TrustChoice::Tuf {
            url: world.server.url(),
            bootstrap_root: path.clone(),
        };
        let error = load(&choice, &world.online(), now()).unwrap_err();
        assert_eq!(error.code(), Code::TrustInvalid, "{error}");
    }
    assert_eq!(world.server.connections(), 0);
}

#[test]
fn loading_inside_another_runtime_works() {
    let world = World::new();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert!(
        runtime
            .block_on(async { load(&world.choice, &world.online(), now()) })
            .is_ok()
    );
}

// The doctor.

#[test]
fn the_doctor_finds_nothing_wrong_with_a_good_repository() {
    let world = World::new();
    let diagnosis = diagnose(&world.choice, &world.online(), now());
    let bad: Vec<String> = diagnosis
        .checks
        .iter()
        .filter(|check| check.state == CheckState::Fail)
        .map(|check| format!("{}: {}", check.name, check.detail))
        .collect();
    assert_eq!(bad, [""; 0]);
    let text = diagnosis.lines().join("\n");
    for expected in [
        "ok    TUF root: version 1, expires 2027-06-01",
        "ok    TUF timestamp: version 5, expires 2026-12-01",
        "ok    target trusted_root.json: listed",
        "ok    target signing_config.v0.2.json: listed",
        "ok    signature log 1 (https://rekor.sigstage.dev): parses",
        "ok    cache: kept for --offline",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
}

#[test]
fn the_doctor_names_the_part_that_is_wrong_and_a_next_step() {
    type Change = fn(&mut Repository);
    let rows: &[(&str, CheckState, Change)] = &[
        ("TUF timestamp", CheckState::Fail, |it| {
            it.expire("timestamp", "2026-11-20T00:00:00Z")
        }),
        ("TUF timestamp", CheckState::Warn, |it| {
            it.expire("timestamp", "2026-11-22T00:00:00Z")
        }),
        ("TUF root", CheckState::Warn, |it| {
            it.next_root();
            it.expire("root", "2026-12-01T00:00:00Z");
        }),
        ("TUF targets", CheckState::Fail, |it| {
            it.targets_key = Key::new("targets-a")
        }),
        ("target signing_config.v0.2.json", CheckState::Warn, |it| {
            it.targets.remove("signing_config.v0.2.json");
        }),
        ("target trusted_root.json", CheckState::Fail, |it| {
            drop(it.targets.remove("trusted_root.json"))
        }),
        (
            "signature log 1 (https://rekor.sigstage.dev)",
            CheckState::Fail,
            |it| {
                let mut root: serde_json::Value =
                    serde_json::from_str(SIGSTORE_STAGING_TRUSTED_ROOT).unwrap();
                root["tlogs"][0]["logId"]["keyId"] = serde_json::json!("");
                it.targets
                    .insert("trusted_root.json".into(), root.to_string().into_bytes());
            },
        ),
    ];
    for (name, state, change) in rows {
        let mut world = World::new();
        change(&mut world.repository);
        world.publish();
        let diagnosis = diagnose(&world.choice, &world.online(), now());
        let check = diagnosis.checks.iter().find(|check| check.name == *name);
        let check = check.unwrap_or_else(|| panic!("no check {name}: {:#?}", diagnosis.checks));
        assert_eq!(check.state, *state, "{check:?}");
        assert!(
            check.help.as_ref().is_some_and(|help| !help.is_empty()),
            "{check:?}"
        );
        assert!(diagnosis.worst() >= *state);
    }
}

#[test]
fn the_doctor_works_from_a_file_offline_and_with_a_wrong_clock() {
    let world = World::new();
    let path = world.dir.path().join("trusted_root.json");
    std::fs::write(&path, SIGSTORE_PRODUCTION_TRUSTED_ROOT).unwrap();
    let file = diagnose(&TrustChoice::File(path), &world.offline(), now());
    assert_eq!(file.worst(), CheckState::Ok, "{:#?}", file.lines());
    let missing = diagnose(
        &TrustChoice::File(world.dir.path().join("none")),
        &world.offline(),
        now(),
    );
    assert_eq!(missing.worst(), CheckState::Fail);

    let built_in = diagnose(&TrustChoice::PublicGood, &world.offline(), now());
    assert_eq!(built_in.worst(), CheckState::Warn, "{:#?}", built_in.lines());
    assert!(
        built_in
            .lines()
            .join("\n")
            .contains("built-in trusted root: published 2026-10-23, 29 days ago")
    );

    let before = diagnose(&TrustChoice::PublicGood, &world.offline(), Timestamp::UNIX_EPOCH);
    assert_eq!(before.checks[0].name, "clock");
    assert_eq!(before.checks[0].state, CheckState::Fail);
    assert_eq!(world.server.connections(), 0);
}

// In a process of its own, because the environment and the working directory belong to the process.

/// What the child does; set by the tests below.
const TASK: &str = "PORTCULLIS_TEST_TASK";

#[test]
#[ignore = "run by other tests as a child process"]
fn child() {
    let task = std::env::var(TASK).unwrap();
    let (task, argument) = task.split_once('=').unwrap();
    let offline = TrustOptions {
        offline: true,
        ..TrustOptions::default()
    };
    match task {
        "offline" => {
            for choice in [TrustChoice::PublicGood, TrustChoice::Staging, TrustChoice::GitHub] {
                assert!(load(&choice, &offline, now()).is_ok());
                diagnose(&choice, &offline, now());
            }
            assert!(
                load(
                    &TrustChoice::File(argument.into()),
                    &TrustOptions::default(),
                    now()
                )
                .is_ok()
            );
        }
        "online" => {
            let error = load(&TrustChoice::PublicGood, &TrustOptions::default(), now()).unwrap_err();
            assert_eq!(error.code(), Code::TrustUnavailable, "{error}");
        }
        "refresh" => {
            let choice = TrustChoice::Tuf {
                url: argument.to_owned(),
                bootstrap_root: "../root.json".into(),
            };
            let cache_dir = Some(PathBuf::from("../cache"));
            let options = TrustOptions {
                cache_dir,
                ..TrustOptions::default()
            };
            load(&choice, &options, now()).unwrap();
            update(&choice, &options, now()).unwrap();
            load(
                &choice,
                &TrustOptions {
                    offline: true,
                    ..options
                },
                now(),
            )
            .unwrap();
        }
        other => panic!("{other}"),
    }
}

fn run_child(task: &str, dir: &Path, proxy: &str) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "child", "--ignored"])
        .current_dir(dir)
        .env(TASK, task);
    for name in [
        "HOME",
        "TMPDIR",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
    ] {
        command.env(name, dir);
    }
    for name in [
        "HTTPS_PROXY",
        "https_proxy",
        "HTTP_PROXY",
        "http_proxy",
        "ALL_PROXY",
        "all_proxy",
    ] {
        command.env(name, proxy);
    }
    command.env_remove("NO_PROXY").env_remove("no_proxy");
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
}

#[test]
fn offline_and_files_contact_nobody_not_even_the_proxy() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("trusted_root.json");
    std::fs::write(&path, SIGSTORE_PRODUCTION_TRUSTED_ROOT).unwrap();
    let proxy = Server::start(Answers::new());
    run_child(&format!("offline={}", path.display()), dir.path(), &proxy.url());
    assert_eq!(proxy.connections(), 0);
    // The proxy would have been contacted: online it is.
    run_child("online=", dir.path(), &proxy.url());
    assert!(proxy.connections() > 0);
}

#[test]
fn a_refresh_writes_its_cache_file_and_nothing_else_and_asks_no_proxy_for_loopback() {
    let world = World::new();
    let home = world.dir.path().join("home");
    std::fs::create_dir(&home).unwrap();
    let proxy = Server::start(Answers::new());
    run_child(&format!("refresh={}", world.server.url()), &home, &proxy.url());
    assert_eq!(proxy.connections(), 0);
    let files = files_below(world.dir.path());
    assert_eq!(files.len(), 2, "{files:?}");
    assert!(files.iter().any(|file| file.ends_with("root.json")), "{files:?}");
    assert!(files.contains(&world.cache_file()));
}
