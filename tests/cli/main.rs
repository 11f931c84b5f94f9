//! Properties of the program as a whole: where results go, what the environment may do, what is found out when.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "../support/mod.rs"]
mod support;

mod build_env;
mod deadline;
mod environment;
mod help;
mod keys;
mod network;
mod refusals;
mod sbom;
mod stdin;
mod streams;
mod subjects;
mod suggest;

use support::{Case, Program};

/// A case that is allowed: a file, its bundle and an e-mail identity.
const ALLOWED: &str = "cosign-v3-blob";
/// The same file by another identity.
const DENIED: &str = "wrong-email_fail";

fn case(name: &str) -> Program {
    Case::named(name).command()
}

/// The flags that say who may sign the file of [`ALLOWED`].
const WHO: [&str; 4] = [
    "--identity",
    "w.vollprecht@gmail.com",
    "--issuer",
    "https://github.com/login/oauth",
];

/// A path in the folder of [`ALLOWED`].
fn allowed_file(name: &str) -> String {
    format!("{}/{ALLOWED}/{name}", support::CASES)
}

/// Makes a FIFO that nobody writes to: who opens it for reading waits for ever.
fn fifo(folder: &std::path::Path) -> std::path::PathBuf {
    let path = folder.join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    path
}
