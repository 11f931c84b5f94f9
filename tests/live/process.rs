//! A program that runs for the length of a test.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a program may take to get ready.
const READY: Duration = Duration::from_secs(60);
/// Starts the program that the arguments name, and ends it when standard input ends: then the test has let go of it, or is
/// gone itself.
const KEEPER: &str = r#""$@" </dev/null & child=$!; read -r _; kill "$child" 2>/dev/null; wait "$child""#;

/// A program and what it said. It ends with the value.
pub(crate) struct Process {
    keeper: Child,
    log: PathBuf,
    folder: tempfile::TempDir,
}

impl Process {
    /// The program at `variable`'s value, or else at `usual`; `None`, with a word on why, when it is not there.
    pub(crate) fn find(variable: &str, usual: &str) -> Option<PathBuf> {
        let path = std::env::var_os(variable).map_or_else(|| PathBuf::from(usual), PathBuf::from);
        if path.is_file() {
            return Some(path);
        }
        let why = format!("{} is not installed; {variable} names another", path.display());
        assert!(
            std::env::var_os("CI").is_none_or(|value| value != "true"),
            "{why}; in CI that is a failure"
        );
        println!("skipped: {why}");
        None
    }

    /// The program that `tests/live/setup.sh` installed under this path in its folder. Only where `PORTCULLIS_LIVE` is `1`,
    /// and then it has to be there; else `None`, with a word on why.
    pub(crate) fn installed(path: &str) -> Option<PathBuf> {
        if std::env::var_os("PORTCULLIS_LIVE").is_none_or(|value| value != "1") {
            println!("skipped: {path} is started by tests/live/run.sh only");
            return None;
        }
        let folder = std::env::var_os("PORTCULLIS_LIVE_PROGRAMS").map(PathBuf::from);
        let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache/portcullis-live"));
        let program = folder.or(home)?.join(path);
        assert!(
            program.is_file(),
            "{} is not installed; tests/live/setup.sh does that",
            program.display()
        );
        Some(program)
    }

    /// Starts a program in a folder of its own, with arguments made from that folder's path.
    pub(crate) fn start(program: &Path, arguments: impl FnOnce(&Path) -> Vec<OsString>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let output = File::create(&log).unwrap();
        let keeper = Command::new("/bin/sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(program)
            .args(arguments(folder.path()))
            .env_clear()
            .env("HOME", folder.path())
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap();
        Self { keeper, log, folder }
    }

    /// Its folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// All that it said so far, on both outputs.
    pub(crate) fn log(&self) -> String {
        let mut text = String::new();
        File::open(&self.log).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    /// Waits until `look` finds something in what the program says.
    pub(crate) fn wait_for<T>(&self, look: impl Fn(&str) -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            let log = self.log();
            if let Some(found) = look(&log) {
                return found;
            }
            assert!(started.elapsed() < READY, "it did not get ready: {log}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The keeper ends its child by the child's process id, and then itself.
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

#[test]
fn a_program_ends_with_its_test() {
    let process = Process::start(Path::new("/bin/sh"), |_| {
        vec!["-c".into(), "echo pid $$; exec sleep 600".into()]
    });
    let pid: u32 = process.wait_for(|log| log.strip_prefix("pid ")?.strip_suffix('\n')?.parse().ok());
    let entry = PathBuf::from(format!("/proc/{pid}"));
    assert!(entry.exists() || !Path::new("/proc/self").exists());
    drop(process);
    assert!(!entry.exists());
}
