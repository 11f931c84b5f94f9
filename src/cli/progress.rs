//! Progress on a terminal, for anything that takes longer than half a second.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Files smaller than this are hashed before a person would notice.
const QUIET_BYTES: u64 = 256 << 20;
/// Less than this is copied before a person would notice.
const QUIET_COPY_BYTES: u64 = 8 << 20;
/// Fewer subjects than this are done before a person would notice.
const QUIET_SUBJECTS: usize = 200;

/// One line of progress, or none.
pub(super) struct Progress {
    bytes: Option<ProgressBar>,
    subjects: Option<ProgressBar>,
}

impl Progress {
    /// Shows bytes for large files, subjects for long lists, and nothing otherwise or when `shown` is false.
    pub(super) fn new(shown: bool, bytes: u64, subjects: usize) -> Self {
        let large = shown && bytes >= QUIET_BYTES;
        let many = shown && !large && subjects >= QUIET_SUBJECTS;
        Self {
            bytes: large.then(|| {
                bar(
                    bytes,
                    "hashing {bar:30} {bytes}/{total_bytes} {binary_bytes_per_sec}",
                )
            }),
            subjects: many.then(|| bar(subjects as u64, "verifying {bar:30} {pos}/{len}")),
        }
    }

    /// Shows the bytes that are copied, when `shown`. Quick copies are done before the line appears.
    pub(super) fn copying(shown: bool, bytes: u64) -> Self {
        let template = "copying {bar:30} {bytes}/{total_bytes} {binary_bytes_per_sec}";
        Self {
            bytes: (shown && bytes >= QUIET_COPY_BYTES).then(|| bar(bytes, template)),
            subjects: None,
        }
    }

    /// More bytes were hashed or copied.
    pub(super) fn bytes(&self, count: u64) {
        if let Some(bar) = &self.bytes {
            bar.inc(count);
        }
    }

    /// One more subject is done.
    pub(super) fn subject(&self) {
        if let Some(bar) = &self.subjects {
            bar.inc(1);
        }
    }

    /// Takes the line away, so that the report stands alone.
    pub(super) fn clear(&self) {
        for bar in self.bytes.iter().chain(&self.subjects) {
            bar.finish_and_clear();
        }
    }
}

fn bar(length: u64, template: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr_with_hz(5));
    // The templates are constants; a bad one leaves indicatif's own style.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(500));
    bar
}
