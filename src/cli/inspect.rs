//! `portcullis inspect`.

use std::path::PathBuf;

use jiff::Timestamp;
use oci_spec::distribution::Reference;

use super::output::Console;
use super::progress::Progress;
use super::registry::{self, RegistryArgs};
use super::rules::default_jobs;
use super::verify::{check_bundles, is_image, parse_subjects};
use super::{Global, Problem};
use crate::ops::inspect::{Request, inspect};
use crate::ops::verify::RegistryAccess;
use crate::report::{ExitCode, inspection_json, inspection_tree};
use crate::subject::{Platform, Subject};

/// Arguments of `inspect`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Images (registry/repository:tag), files, `-`, digests (sha256:<hex>), oci-layout:DIR[:tag|@digest]
    #[arg(value_name = "SUBJECT", required = true)]
    subjects: Vec<String>,
    /// Bundle file, repeatable; JSON Lines hold several. Without it, FILE.sigstore.json and FILE.sigstore are read
    #[arg(long, value_name = "FILE")]
    bundle: Vec<PathBuf>,
    /// Only this image of an index, for example linux/amd64; without it, the index and every image in it
    #[arg(long, value_name = "OS/ARCH")]
    platform: Option<Platform>,
    #[command(flatten)]
    registry: RegistryArgs,
}

/// What the command does, at length.
pub(super) const LONG_ABOUT: &str = "\
Shows everything that is attached to subjects, as it claims to be: signatures, attestations, SBOMs, in every format and \
every place, for an index and for each image in it.

Nothing is verified. Anybody can attach anything and name anybody as its signer; only portcullis verify decides. The tree \
and the JSON document say so, and neither has a verdict.

Exit code 0 means that everything could be looked at, also when nothing is attached; 4 that some place did not answer, \
and what did is shown.";

const EXAMPLES: &str = "\
Examples:
  Everything that hangs on an image and on the images in it:
    portcullis inspect ghcr.io/org/app:v1

  Who claims to have signed, for a script that looks further:
    portcullis inspect ghcr.io/org/app:v1 --format json | jq '.. | .signer? // empty'

  What a bundle says about itself:
    portcullis inspect app.tar.gz --bundle app.sigstore.json --offline";

pub(super) fn run(args: &Args, global: &Global, console: &Console) -> ExitCode {
    match look(args, global, console) {
        Ok((text, code)) => console.print_and_exit(&text, code),
        Err(problem) => console.fail(&problem),
    }
}

fn look(args: &Args, global: &Global, console: &Console) -> Result<(String, ExitCode), Problem> {
    let subjects = parse_subjects(args.subjects.clone())?;
    check_bundles(&args.bundle, &subjects)?;
    let on_stdin = subjects
        .iter()
        .filter(|(_, subject)| *subject == Subject::Stdin)
        .count();
    if on_stdin > 1 {
        return Err(Problem::usage("standard input can be read only once"));
    }
    if args.platform.is_some() && !subjects.iter().any(|(_, subject)| is_image(subject)) {
        return Err(Problem::usage("--platform is for images, and no subject is one"));
    }
    let client = args.registry.client(&subjects, on_stdin > 0, global)?;
    let progress = Progress::new(console.shows_progress(), 0, &subjects);
    let open = client.as_ref().map(|client| {
        |reference: &Reference| {
            progress.image(reference);
            client.open(reference)
        }
    });
    let inspection = inspect(&Request {
        subjects: &subjects,
        bundles: &args.bundle,
        platform: args.platform.as_ref(),
        registry: open.as_ref().map(|open| RegistryAccess {
            open,
            in_flight: registry::in_flight(global),
        }),
        jobs: global.jobs.unwrap_or_else(default_jobs),
        now: Timestamp::now(),
        on_subject: &|typed| progress.subject_done(typed),
    });
    progress.clear();
    let text = match console.wants_json() {
        true => inspection_json(&inspection),
        false => inspection_tree(&inspection, console.signs()),
    };
    Ok((text, inspection.exit_code()))
}
