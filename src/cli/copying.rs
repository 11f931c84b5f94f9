//! What `save` and `load` have in common: where an image comes from, the copy, and what is said about it.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use super::output::Console;
use super::progress::Progress;
use super::{Global, Problem};
use crate::ops::transfer::{Attached, Freight, How, OnBytes, collect, ship};
use crate::registry::archive::Archive;
use crate::registry::client::{Client, RemoteStore};
use crate::registry::{Layout, PlatformChoice, Sink, Source};
use crate::report::{ExitCode, Finding, Report, Verdict, visible};
use crate::subject::{Digest, LayoutSelector, Platform, Subject};

/// Prefix of an archive as `docker save` writes it.
const ARCHIVE: &str = "docker-archive:";
/// Blobs that are copied at the same time unless somebody says otherwise.
const BLOBS_AT_ONCE: usize = 4;
/// Places that are looked in at the same time: looking is waiting.
const PLACES_AT_ONCE: usize = 16;

/// An image to be copied, as it is named on the command line.
pub(super) struct Named {
    text: String,
    subject: Subject,
    /// Which image of an archive.
    of_archive: Option<String>,
}

impl Named {
    /// Reads the argument. A file is an archive.
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        if let Some(rest) = text.strip_prefix(ARCHIVE) {
            let (path, of_archive) = split_archive(rest)?;
            return Ok(Self {
                text: text.to_owned(),
                subject: Subject::File(path),
                of_archive,
            });
        }
        let subject = Subject::parse(text, super::verify::path_kind)
            .map_err(|error| Problem::usage(error.to_string()))?;
        match subject {
            Subject::Image(_) | Subject::Layout { .. } | Subject::File(_) => Ok(Self {
                text: text.to_owned(),
                subject,
                of_archive: None,
            }),
            Subject::Directory { .. } | Subject::Stdin | Subject::Digest(_) => Err(Problem::usage(format!(
                "{text} names no image to copy"
            ))
            .help(
                "name an image (registry/repository:tag), oci-layout:DIR, or the file that docker save wrote",
            )),
        }
    }

    /// The argument and what it names, for setting up the client.
    pub(super) fn subject(&self) -> (String, Subject) {
        (self.text.clone(), self.subject.clone())
    }
}

/// `FILE` or `FILE:image`. The whole text first: a file name may hold a colon.
fn split_archive(text: &str) -> Result<(PathBuf, Option<String>), Problem> {
    let whole = std::iter::once((text, None));
    let split = text
        .match_indices(':')
        .map(|(at, _)| (text.get(..at).unwrap_or_default(), text.get(at + 1..)));
    for (path, image) in whole.chain(split) {
        if Path::new(path).is_file() {
            return Ok((PathBuf::from(path), image.map(str::to_owned)));
        }
    }
    Err(Problem::usage(format!("no such file: {text}")))
}

/// Where an image is copied from, opened.
enum From {
    Remote(RemoteStore),
    Layout {
        layout: Layout,
        selector: LayoutSelector,
        /// Keeps the unpacked archive.
        _archive: Option<Archive>,
    },
}

/// Why a copy did not come about.
pub(super) enum Failure {
    /// The command line.
    Usage(Problem),
    /// Something could not be read or written.
    Finding(Box<Finding>),
}

impl std::convert::From<Box<Finding>> for Failure {
    fn from(finding: Box<Finding>) -> Self {
        Self::Finding(finding)
    }
}

impl std::convert::From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Usage(problem)
    }
}

/// Everything that is known about an image before it is copied.
pub(super) struct Cargo {
    from: From,
    freight: Freight,
    tag: Option<String>,
}

impl Cargo {
    /// Finds the image and everything that belongs to it.
    pub(super) fn collect(
        named: &Named,
        platform: Option<&Platform>,
        client: Option<&Client>,
        global: &Global,
    ) -> Result<Self, Failure> {
        let choice = platform.map_or(PlatformChoice::AsIs, |platform| {
            PlatformChoice::One(platform.clone())
        });
        let from = open(named, client)?;
        let jobs = at_once(global, PLACES_AT_ONCE);
        let (freight, mut tag) = match &from {
            From::Remote(store) => (gather(store, store.resolve(&choice)?.first(), jobs)?, None),
            From::Layout { layout, selector, .. } => {
                let resolved = layout.resolve(selector, &choice);
                let resolved = resolved.map_err(|error| Box::new(error.finding()))?;
                let freight = gather(layout, resolved.first(), jobs)?;
                let digest = &freight.root.descriptor().digest;
                let mut named = layout.top_level().filter(|entry| entry.digest == *digest);
                let tag = named.find_map(|entry| entry.tag().map(str::to_owned));
                (freight, tag)
            }
        };
        if let Subject::Image(reference) = &named.subject {
            tag = reference.tag().map(str::to_owned);
        }
        Ok(Self { from, freight, tag })
    }

    /// The digest of the image.
    pub(super) fn digest(&self) -> &Digest {
        &self.freight.root.descriptor().digest
    }

    /// The tag that the image has where it comes from.
    pub(super) fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// Copies everything, and gives the number of blobs that had to be moved.
    pub(super) fn ship(
        &self,
        sink: &dyn Sink,
        tag: Option<&str>,
        global: &Global,
        console: &Console,
    ) -> Result<usize, Failure> {
        let jobs = at_once(global, BLOBS_AT_ONCE);
        let progress = Arc::new(Progress::copying(
            console.shows_progress(),
            self.freight.blob_bytes(),
        ));
        let for_copy = Arc::clone(&progress);
        let on_bytes: OnBytes = Arc::new(move |count| for_copy.bytes(count));
        let shipped = match &self.from {
            From::Remote(store) => ship(store, sink, &self.freight, tag, jobs, &on_bytes),
            From::Layout { layout, .. } => ship(layout, sink, &self.freight, tag, jobs, &on_bytes),
        };
        progress.clear();
        Ok(shipped?.moved)
    }

    /// What was done, for people and machines.
    pub(super) fn summary<'a>(
        &'a self,
        command: &'static str,
        named: &'a Named,
        to: String,
        reference: String,
        moved: usize,
    ) -> Summary<'a> {
        let freight = &self.freight;
        Summary {
            schema_version: "1",
            command,
            verified: false,
            from: &named.text,
            to,
            reference,
            digest: self.digest(),
            media_type: &freight.root.descriptor().media_type,
            manifests: freight.manifests().count(),
            blobs: freight.blobs.len(),
            blobs_moved: moved,
            blob_bytes: freight.blob_bytes(),
            attached: freight.attached.iter().map(AttachedSummary::new).collect(),
            findings: &freight.findings,
        }
    }
}

fn open(named: &Named, client: Option<&Client>) -> Result<From, Failure> {
    match &named.subject {
        Subject::Image(reference) => {
            let client = client.ok_or_else(|| Problem::undecided("there is no network client"))?;
            Ok(From::Remote(client.open(reference)?))
        }
        Subject::Layout { path, selector } => Ok(From::Layout {
            layout: Layout::open(path).map_err(|error| Box::new(error.finding()))?,
            selector: selector.clone(),
            _archive: None,
        }),
        Subject::File(path) => {
            let archive = Archive::open(path)?;
            let layout = archive.layout().map_err(|error| Box::new(error.finding()))?;
            let selector = named
                .of_archive
                .clone()
                .map_or(LayoutSelector::Only, LayoutSelector::Tag);
            Ok(From::Layout {
                layout,
                selector,
                _archive: Some(archive),
            })
        }
        Subject::Directory { .. } | Subject::Stdin | Subject::Digest(_) => {
            Err(Problem::usage("this names no image to copy").into())
        }
    }
}

fn gather(
    source: &impl Source,
    resolved: Option<&crate::registry::Resolved>,
    jobs: NonZeroUsize,
) -> Result<Freight, Failure> {
    let resolved = resolved.ok_or_else(|| Problem::undecided("nothing was found to copy"))?;
    Ok(collect(source, &source.describe(&resolved.digest)?, jobs)?)
}

fn at_once(global: &Global, usual: usize) -> NonZeroUsize {
    global
        .jobs
        .or(NonZeroUsize::new(usual))
        .unwrap_or(NonZeroUsize::MIN)
}

/// What was copied. Nothing of it is verified.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Summary<'a> {
    schema_version: &'static str,
    command: &'static str,
    verified: bool,
    from: &'a str,
    to: String,
    reference: String,
    digest: &'a Digest,
    media_type: &'a str,
    manifests: usize,
    blobs: usize,
    blobs_moved: usize,
    blob_bytes: u64,
    attached: Vec<AttachedSummary<'a>>,
    findings: &'a [Finding],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AttachedSummary<'a> {
    about: &'a Digest,
    digest: &'a Digest,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    artifact_type: Option<&'a str>,
}

impl<'a> AttachedSummary<'a> {
    fn new(attached: &'a Attached) -> Self {
        Self {
            about: &attached.about,
            digest: &attached.manifest.descriptor().digest,
            tag: match &attached.how {
                How::Referrer => None,
                How::Tag(tag) => Some(tag),
            },
            artifact_type: attached.manifest.document().artifact_type.as_deref(),
        }
    }
}

impl Summary<'_> {
    /// Says what was done, and gives the exit code.
    pub(super) fn show(&self, console: &Console) -> ExitCode {
        if console.wants_json() {
            return console.print_json(self, ExitCode::Allowed);
        }
        let mut text = String::new();
        for finding in self.findings {
            text.push_str(&format!(
                "warning: {}: {}\n",
                finding.code,
                visible(&finding.message)
            ));
            if let Some(help) = &finding.help {
                text.push_str(&format!("  help: {}\n", visible(help)));
            }
        }
        text.push_str(&format!(
            "copied, not verified: {} manifests and {} blobs ({} moved), {} of them attached\n",
            self.manifests,
            self.blobs,
            self.blobs_moved,
            self.attached.len()
        ));
        for attached in &self.attached {
            let what = attached.tag.or(attached.artifact_type).unwrap_or("referrer");
            text.push_str(&format!("  {} about {}\n", visible(what), attached.about));
        }
        console.tell(&text);
        console.print_and_exit(&format!("{}\n", self.reference), ExitCode::Allowed)
    }
}

/// Reports why nothing was copied, or not all of it.
pub(super) fn fail(command: &'static str, failure: Failure, console: &Console) -> ExitCode {
    match failure {
        Failure::Usage(problem) => console.fail(&problem),
        Failure::Finding(finding) => {
            let mut report = Report::refused(command, Timestamp::now(), vec![*finding]);
            // Nothing was examined, so nothing is denied: it could not be done, or the configuration is wrong.
            if report.verdict != Verdict::Misconfigured {
                report.verdict = Verdict::Undecided;
                report.exit_code = report.verdict.into();
            }
            console.finish(&report)
        }
    }
}
