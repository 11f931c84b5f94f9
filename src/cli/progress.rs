//! Progress on a terminal, for anything that takes longer than half a second.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use oci_spec::distribution::Reference;

use crate::report::visible;
use crate::subject::Subject;

/// Files smaller than this are hashed before a person would notice.
const QUIET_BYTES: u64 = 256 << 20;
/// Less than this is copied before a person would notice.
const QUIET_COPY_BYTES: u64 = 8 << 20;
/// Fewer subjects than this are done before a person would notice.
const QUIET_SUBJECTS: usize = 200;
/// What is done sooner shows nothing.
const QUIET: Duration = Duration::from_millis(500);
/// Most images that have a line at the same time.
const MAX_LINES: usize = 10;

/// Lines of progress, or none.
pub(super) struct Progress {
    bytes: Option<ProgressBar>,
    subjects: Option<ProgressBar>,
    images: Option<Lines>,
}

impl Progress {
    /// Shows a line for each image that is being looked at, bytes for large files, subjects for long lists, and nothing
    /// otherwise or when `shown` is false.
    pub(super) fn new(shown: bool, bytes: u64, subjects: &[(String, Subject)]) -> Self {
        let images = subjects
            .iter()
            .any(|(_, subject)| matches!(subject, Subject::Image(_)));
        let large = shown && !images && bytes >= QUIET_BYTES;
        let many = shown && !images && !large && subjects.len() >= QUIET_SUBJECTS;
        Self {
            bytes: large.then(|| {
                bar(
                    bytes,
                    "hashing {bar:30} {bytes}/{total_bytes} {binary_bytes_per_sec}",
                )
            }),
            subjects: many.then(|| bar(subjects.len() as u64, "verifying {bar:30} {pos}/{len}")),
            images: (shown && images).then(|| Lines::new(subjects)),
        }
    }

    /// An image is being looked at.
    pub(super) fn image(&self, reference: &Reference) {
        if let Some(lines) = &self.images {
            lines.begin(reference);
        }
    }

    /// The subject that was typed like this is done.
    pub(super) fn subject_done(&self, typed: &str) {
        if let Some(bar) = &self.subjects {
            bar.inc(1);
        }
        if let Some(lines) = &self.images {
            lines.end(typed);
        }
    }

    /// Shows the bytes that are copied, when `shown`. Quick copies are done before the line appears.
    pub(super) fn copying(shown: bool, bytes: u64) -> Self {
        let template = "copying {bar:30} {bytes}/{total_bytes} {binary_bytes_per_sec}";
        Self {
            bytes: (shown && bytes >= QUIET_COPY_BYTES).then(|| bar(bytes, template)),
            subjects: None,
            images: None,
        }
    }

    /// More bytes were hashed or copied.
    pub(super) fn bytes(&self, count: u64) {
        if let Some(bar) = &self.bytes {
            bar.inc(count);
        }
    }

    /// Takes the line away, so that the report stands alone.
    pub(super) fn clear(&self) {
        for bar in self.bytes.iter().chain(&self.subjects) {
            bar.finish_and_clear();
        }
        if let Some(lines) = &self.images {
            lines.clear();
        }
    }
}

/// A line for each image in flight, and one that counts when there are several.
struct Lines {
    all: MultiProgress,
    count: Option<ProgressBar>,
    /// What was typed, by the reference that it stands for.
    typed: HashMap<String, String>,
    in_flight: Mutex<BTreeMap<String, Option<ProgressBar>>>,
    /// Kept until the end: when it goes, nobody waits any more to show the lines.
    _hidden: mpsc::Sender<()>,
}

impl Lines {
    fn new(subjects: &[(String, Subject)]) -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::hidden());
        let count = (subjects.len() > 1).then(|| {
            let bar = all.add(ProgressBar::new(subjects.len() as u64));
            with_style(&bar, "{pos} of {len} done");
            bar
        });
        let (hidden, until) = mpsc::channel();
        let lines = all.clone();
        std::thread::spawn(move || {
            if until.recv_timeout(QUIET) == Err(mpsc::RecvTimeoutError::Timeout) {
                lines.set_draw_target(ProgressDrawTarget::stderr_with_hz(5));
            }
        });
        Self {
            all,
            count,
            typed: subjects
                .iter()
                .filter_map(|(typed, subject)| match subject {
                    Subject::Image(reference) => Some((reference.whole(), typed.clone())),
                    _ => None,
                })
                .collect(),
            in_flight: Mutex::default(),
            _hidden: hidden,
        }
    }

    fn begin(&self, reference: &Reference) {
        let Some(name) = self.typed.get(&reference.whole()) else {
            return;
        };
        let mut in_flight = self.in_flight();
        let shown = in_flight.values().flatten().count();
        let line = (shown < MAX_LINES).then(|| self.line(name));
        in_flight.insert(name.clone(), line);
    }

    fn end(&self, name: &str) {
        let mut in_flight = self.in_flight();
        // An index with all its images ends more than once.
        let Some(line) = in_flight.remove(name) else {
            return;
        };
        if let Some(count) = &self.count {
            count.inc(1);
        }
        if let Some(line) = line {
            line.finish_and_clear();
            self.all.remove(&line);
            // Its line goes to one that has none.
            if let Some((name, line)) = in_flight.iter_mut().find(|(_, line)| line.is_none()) {
                *line = Some(self.line(name));
            }
        }
    }

    fn line(&self, name: &str) -> ProgressBar {
        let line = self.all.add(ProgressBar::new_spinner());
        with_style(&line, "{elapsed:>4} {wide_msg}");
        line.set_message(visible(name));
        line.enable_steady_tick(QUIET);
        line
    }

    fn clear(&self) {
        for line in std::mem::take(&mut *self.in_flight()).into_values().flatten() {
            line.finish_and_clear();
        }
        if let Some(count) = &self.count {
            count.finish_and_clear();
        }
        // The lines may be gone already, or the terminal.
        let _ = self.all.clear();
    }

    fn in_flight(&self) -> MutexGuard<'_, BTreeMap<String, Option<ProgressBar>>> {
        // A line too many is the worst that can come of a panic.
        self.in_flight.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn bar(length: u64, template: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr_with_hz(5));
    with_style(&bar, template);
    bar.enable_steady_tick(QUIET);
    bar
}

fn with_style(bar: &ProgressBar, template: &str) {
    // The templates are constants; a bad one leaves indicatif's own style.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}

/// What is being done now, on a terminal: a line for steps that wait for somebody else.
pub(super) struct Steps(Option<ProgressBar>);

impl Steps {
    /// Shows steps unless `shown` is false. Nothing is drawn before the first one: people may be asked something.
    pub(super) fn new(shown: bool) -> Self {
        Self(shown.then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(5));
            with_style(&bar, "{elapsed:>4} {wide_msg}");
            bar
        }))
    }

    /// Goes on to the next step.
    pub(super) fn step(&self, text: &str) {
        if let Some(bar) = &self.0 {
            bar.set_message(visible(text));
            bar.enable_steady_tick(QUIET);
        }
    }

    /// Takes the line away, so that the report stands alone.
    pub(super) fn clear(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(count: usize) -> Vec<(String, Subject)> {
        let image = |number| {
            let text = format!("r.example/app{number:02}:v1");
            (text.clone(), Subject::Image(text.parse().unwrap()))
        };
        (0..count).map(image).collect()
    }

    fn reference(subject: &Subject) -> &Reference {
        match subject {
            Subject::Image(reference) => reference,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn images_in_flight_share_the_lines_and_each_ends_once() {
        let images = images(MAX_LINES + 3);
        let lines = Lines::new(&images);
        let shown = || lines.in_flight().values().flatten().count();
        for (_, subject) in &images {
            lines.begin(reference(subject));
        }
        assert_eq!(shown(), MAX_LINES);
        let done = || lines.count.as_ref().map(ProgressBar::position);
        for (number, (name, _)) in images.iter().enumerate() {
            // An index ends with each of its images.
            lines.end(name);
            lines.end(name);
            assert_eq!(done(), Some(number as u64 + 1));
            assert_eq!(shown(), MAX_LINES.min(images.len() - number - 1));
        }
        lines.clear();
    }

    #[test]
    fn nothing_is_shown_unless_it_may_be() {
        let images = images(2);
        let progress = Progress::new(false, QUIET_BYTES, &images);
        progress.image(reference(&images[0].1));
        assert!(progress.images.is_none() && progress.bytes.is_none() && progress.subjects.is_none());
        progress.clear();
    }
}
