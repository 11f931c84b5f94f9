//! The `portcullis` binary: run, and exit with the code that the run came to. The only place that exits.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

fn main() -> ExitCode {
    // A panic is a bug and never a pass: the default handler has printed where it happened (CVE-2026-44310).
    let outcome = catch_unwind(AssertUnwindSafe(|| portcullis::cli::run(std::env::args_os())));
    let code = outcome.unwrap_or(portcullis::report::ExitCode::Bug);
    ExitCode::from(code.number())
}
